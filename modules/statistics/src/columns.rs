//! The columns of the forms (TT 01/2020/TT-VPCP, forms II.06), each a sum of what is counted, and what makes a dossier open.

use dossiers::measures::{CARRIED, RECEIVED, REFUSED_INTAKE, RETURNED, SETTLED, STOPPED, WITHDRAWN, flag};
use dossiers::report::Standing;
use facts::{Count, Indicator, Measure, Unit};

/// One term of a sum over facts.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    pub measure: &'static Measure,
    /// Flags that must all be set.
    all: i64,
    /// Flags none of which may be set.
    none: i64,
    channel: Option<i64>,
    /// 1, or -1 where it is taken off.
    pub sign: i64,
}

impl Term {
    const fn plus(measure: &'static Measure) -> Term {
        Term { measure, all: 0, none: 0, channel: None, sign: 1 }
    }

    const fn minus(measure: &'static Measure) -> Term {
        Term { sign: -1, ..Term::plus(measure) }
    }

    const fn with(self, all: i64, none: i64) -> Term {
        Term { all, none, ..self }
    }

    const fn by(self, channel: base::Channel) -> Term {
        Term { channel: Some(channel.code()), ..self }
    }

    /// What it takes of the facts.
    pub fn count(&self) -> Count {
        Count {
            measure: self.measure.name.to_owned(),
            of: Some(self.measure),
            all: self.all,
            none: self.none,
            channel: self.channel,
            fields: None,
            level: None,
            stock: false,
        }
    }

    /// The same as an indicator, which opens to its cases.
    pub fn indicator(&self) -> Indicator {
        Indicator {
            id: self.measure.name.to_owned(),
            valid_from: base::Date::constant(2000, 1, 1),
            name_vi: String::new(),
            name_en: String::new(),
            definition_vi: String::new(),
            definition_en: String::new(),
            unit: Unit::Count,
            source: String::new(),
            numerator: self.count(),
            denominator: self.count(),
            needs: None,
            beside: None,
            least: 0,
        }
    }
}

/// What makes a dossier one of an agency's open ones, and what ends that: the one place that says it. Whatever else moves open dossiers
/// from one agency to another is one more line here, a fact of -1 there and of 1 here.
pub static OPEN: &[Term] = &[
    Term::plus(&RECEIVED),
    // From an agency that ended to the one that follows it: -1 there, 1 here (decision 0037).
    Term::plus(&CARRIED),
    // What ended late without a decision counts as settled too, beside its own end.
    Term::minus(&SETTLED).with(0, flag::UNDECIDED),
    Term::minus(&WITHDRAWN),
    Term::minus(&STOPPED),
];

/// Ends that a dossier can come to before it was received: those are no ends of what was open.
pub static MAY_COME_BEFORE: &[&Measure] = &[&WITHDRAWN, &STOPPED];

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// What happened within the period.
    Flow(&'static Term),
    /// What was open on the eve of the period.
    Before,
    /// What is open at its end: all of it, or what stands so.
    After(Option<Standing>),
    /// The sum of others.
    Sum(&'static [Column]),
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Received,
    Carried,
    Online,
    Counter,
    Post,
    Settled,
    Early,
    OnTime,
    Late,
    Withdrawn,
    Stopped,
    Open,
    InTime,
    Overdue,
    Paused,
    Returned,
    Refused,
}
base::closed_list!(Column, {
    Received => "received",
    Carried => "carried",
    Online => "online",
    Counter => "counter",
    Post => "post",
    Settled => "settled",
    Early => "early",
    OnTime => "on-time",
    Late => "late",
    Withdrawn => "withdrawn",
    Stopped => "stopped",
    Open => "open",
    InTime => "in-time",
    Overdue => "overdue",
    Paused => "paused",
    Returned => "returned",
    Refused => "refused",
});

static ONLINE: Term = Term::plus(&RECEIVED).by(base::Channel::Online);
static COUNTER: Term = Term::plus(&RECEIVED).by(base::Channel::Counter);
static POST: Term = Term::plus(&RECEIVED).by(base::Channel::Post);
static EARLY: Term = Term::plus(&SETTLED).with(flag::EARLY, flag::UNDECIDED);
static ON_TIME: Term = Term::plus(&SETTLED).with(flag::ON_TIME, flag::EARLY | flag::UNDECIDED);
static LATE: Term = Term::plus(&SETTLED).with(0, flag::ON_TIME | flag::UNDECIDED);
static TAKEN_BACK: Term = Term::plus(&WITHDRAWN);
static STOPPED_BY_OFFICE: Term = Term::plus(&STOPPED);
static HANDED_OUT: Term = Term::plus(&RETURNED);
static NOT_TAKEN_IN: Term = Term::plus(&REFUSED_INTAKE);

impl Column {
    /// How many there are.
    pub const N: usize = Column::ALL.len();

    pub fn holds(self) -> Holds {
        match self {
            Column::Received => Holds::Sum(&[Column::Carried, Column::Online, Column::Counter, Column::Post]),
            Column::Carried => Holds::Before,
            Column::Online => Holds::Flow(&ONLINE),
            Column::Counter => Holds::Flow(&COUNTER),
            Column::Post => Holds::Flow(&POST),
            Column::Settled => Holds::Sum(&[Column::Early, Column::OnTime, Column::Late]),
            Column::Early => Holds::Flow(&EARLY),
            Column::OnTime => Holds::Flow(&ON_TIME),
            Column::Late => Holds::Flow(&LATE),
            Column::Withdrawn => Holds::Flow(&TAKEN_BACK),
            Column::Stopped => Holds::Flow(&STOPPED_BY_OFFICE),
            Column::Open => Holds::After(None),
            Column::InTime => Holds::After(Some(Standing::InTime)),
            Column::Overdue => Holds::After(Some(Standing::Overdue)),
            Column::Paused => Holds::After(Some(Standing::Paused)),
            Column::Returned => Holds::Flow(&HANDED_OUT),
            Column::Refused => Holds::Flow(&NOT_TAKEN_IN),
        }
    }

    /// Its place among [`Column::ALL`].
    pub fn place(self) -> usize {
        Column::ALL.iter().position(|one| *one == self).unwrap_or_default()
    }

    /// The measures it sums, whatever else it holds.
    fn measures(self) -> Vec<&'static Measure> {
        match self.holds() {
            Holds::Flow(term) => vec![term.measure],
            Holds::Sum(columns) => columns.iter().flat_map(|column| column.measures()).collect(),
            Holds::Before | Holds::After(_) => OPEN.iter().map(|term| term.measure).collect(),
        }
    }
}

/// Every measure of the table, once.
pub fn measures() -> Vec<&'static str> {
    let mut names: Vec<&str> = Column::ALL.iter().flat_map(|column| column.measures()).map(|one| one.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The numbers of a line; none where one can't be known exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values([Option<i64>; Column::N]);

impl Default for Values {
    fn default() -> Self {
        Values([Some(0); Column::N])
    }
}

impl Values {
    pub fn get(&self, column: Column) -> Option<i64> {
        self.0.get(column.place()).copied().flatten()
    }

    pub(crate) fn set(&mut self, column: Column, value: Option<i64>) {
        if let Some(cell) = self.0.get_mut(column.place()) {
            *cell = value;
        }
    }

    /// Nothing was counted in it, and nothing is unknown.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|value| *value == Some(0))
    }

    /// Cell by cell; unknown where either is.
    pub(crate) fn joined(self, other: &Values, sign: i64) -> Values {
        let mut sums = self;
        for (cell, more) in sums.0.iter_mut().zip(other.0) {
            *cell = cell.zip(more).and_then(|(one, more)| one.checked_add(sign.checked_mul(more)?));
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settled_case_is_early_or_on_time_or_late_and_never_two_of_them() {
        let cell = |flags| facts::Cell {
            measure: "settled".to_owned(),
            level: "commune".to_owned(),
            field: "ho-tich".to_owned(),
            channel: 1,
            flags,
            n: 1,
        };
        let filter = facts::Filter::year(2026);
        let takes =
            |flags| [&EARLY, &ON_TIME, &LATE].map(|term| term.count().takes(&cell(flags), &filter)).map(usize::from);
        assert_eq!(takes(flag::ON_TIME | flag::EARLY), [1, 0, 0]);
        assert_eq!(takes(flag::ON_TIME), [0, 1, 0]);
        // A later date given with an apology doesn't make it timely.
        assert_eq!(takes(flag::BY_LATER_DATE | flag::PUT_OFF), [0, 0, 1]);
        assert_eq!(takes(0), [0, 0, 1]);
        // Withdrawn or stopped late: no settled case, it stands among its own.
        assert_eq!(takes(flag::UNDECIDED), [0, 0, 0]);
    }

    #[test]
    fn what_is_unknown_makes_its_sum_unknown_and_nothing_else() {
        let (mut one, mut other) = (Values::default(), Values::default());
        one.set(Column::Late, Some(3));
        one.set(Column::Overdue, None);
        other.set(Column::Late, Some(1));
        let sum = one.joined(&other, -1);
        assert_eq!((sum.get(Column::Late), sum.get(Column::Overdue)), (Some(2), None));
        assert_eq!(sum.get(Column::Open), Some(0));
        assert!(!one.is_empty() && Values::default().is_empty());
    }
}
