//! An initiative: its state, its columns, what can happen to it and what follows.

use ::store::{StoreError, Value};
use base::{Id, Instant, Level};
use facts::{Fact, Measure};
use files::Seal;
use organisation::Followed;
use records::{Column, DoesNotFollow, Due, EVERYBODY, Found, Link, Moment, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// Where an initiative stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Handed in; the head of the agency has not decided.
    #[default]
    Submitted,
    Recognised,
    Declined,
    /// Taken back by whoever handed it in.
    Withdrawn,
}
base::closed_list!(State, {
    Submitted => "submitted",
    Recognised => "recognised",
    Declined => "declined",
    Withdrawn => "withdrawn",
});

/// What is handed in; the place in the list is the number in facts.
pub const SORTS: &[&str] = &["initiative", "model", "pilot"];
/// How far a recognition reaches.
pub const REACHES: &[&str] = &["agency", "province"];

/// Handed in.
pub static SUBMITTED: Measure = Measure::once("initiative_submitted");
/// Recognised for the first time.
pub static RECOGNISED: Measure = Measure::once("initiative_recognised");
/// Taken up by another unit.
pub static TAKEN_UP: Measure = Measure::again("initiative_taken_up");
/// Everything initiatives are counted by.
pub const MEASURES: &[&Measure] = &[&SUBMITTED, &RECOGNISED, &TAKEN_UP];

/// The due of the head's decision.
pub const ASSESS: &str = "initiative-assess";
/// The book of the numbers, by year.
pub const BOOK: &str = "initiative";

/// An initiative's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Initiative {
    pub state: State,
    /// One of [`SORTS`].
    pub sort: String,
    /// Who handed it in.
    pub author: Option<Id>,
    /// Their unit.
    pub unit: Id,
    /// The agency whose head decides.
    pub agency: Id,
    pub level: String,
    pub submitted_at: Instant,
    pub assess_due_at: Instant,
    pub decided_at: Option<Instant>,
    /// One of [`REACHES`]; empty before.
    pub reach: String,
    /// Where it was taken up.
    pub taken_up: Vec<Id>,
    pub year: i64,
    pub n: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Submit {
        sort: String,
        unit: Id,
        agency: Id,
        level: Level,
        assess_due_at: Instant,
        year: i64,
        n: i64,
        papers: Vec<Seal>,
    },
    Recognise {
        reach: String,
    },
    Decline,
    TakeUp {
        unit: Id,
        level: Level,
    },
    Withdraw,
    /// Agencies were reorganised: it goes on where the work of its units goes.
    Follow(Followed),
}

fn fact(i: &Initiative, moment: &Moment, measure: &'static Measure, agency: Id, level: Level) -> Fact {
    let channel = SORTS.iter().position(|sort| *sort == i.sort).map_or(0, |place| place as i64 + 1);
    Fact { channel, ..Fact::one(measure, moment.at.date(), (agency, level), moment.subject) }
}

impl Initiative {
    fn at_level(&self) -> Level {
        self.level.parse().unwrap_or(Level::Province)
    }
}

impl Subject for Initiative {
    const KIND: &'static str = "initiative";
    const TABLE: &'static str = "initiative";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Submit { sort, unit, agency, level, assess_due_at, year, n, .. } = event else {
                return Err(DoesNotFollow("nothing was handed in"));
            };
            let i = Initiative {
                sort: sort.clone(),
                author: moment.actor,
                unit: *unit,
                agency: *agency,
                level: level.as_str().to_owned(),
                submitted_at: moment.at,
                assess_due_at: *assess_due_at,
                year: *year,
                n: *n,
                ..Initiative::default()
            };
            let submitted = fact(&i, moment, &SUBMITTED, i.unit, i.at_level());
            return Ok((i, vec![submitted]));
        };
        let mut i = before.clone();
        let counted = match event {
            Event::Submit { .. } => return Err(DoesNotFollow("handed in twice")),
            Event::Recognise { reach } => {
                let first = i.state != State::Recognised;
                i.state = State::Recognised;
                i.reach.clone_from(reach);
                i.decided_at = i.decided_at.or(Some(moment.at));
                first.then(|| fact(&i, moment, &RECOGNISED, i.unit, i.at_level()))
            }
            Event::Decline => {
                i.state = State::Declined;
                i.decided_at = Some(moment.at);
                None
            }
            Event::TakeUp { unit, level } => {
                i.taken_up.push(*unit);
                Some(fact(&i, moment, &TAKEN_UP, *unit, *level))
            }
            Event::Withdraw => {
                i.state = State::Withdrawn;
                None
            }
            Event::Follow(followed) => {
                (i.unit, i.agency) = (followed.to(i.unit), followed.to(i.agency));
                None
            }
        };
        Ok((i, counted.into_iter().collect()))
    }

    fn dues(&self) -> Vec<Due> {
        let due = Due { name: ASSESS, unit: self.agency, holder: None, at: self.assess_due_at, part: 0 };
        if self.state == State::Submitted { vec![due] } else { Vec::new() }
    }

    fn links(&self) -> Vec<Link> {
        self.taken_up.iter().map(|unit| Link { name: "taken-up-at", other: *unit }).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        // What is recognised is there for everybody to learn from.
        let everybody = (self.state == State::Recognised).then_some(EVERYBODY);
        let units = [self.unit, self.agency].into_iter().chain(everybody).collect();
        Found { words: &["title", "text", "answer_does"], units, ..Found::default() }
    }

    fn seals(event: &Event) -> &[Seal] {
        match event {
            Event::Submit { papers, .. } => papers,
            _ => &[],
        }
    }
}

/// Every column.
const COLUMNS: &[Column<Initiative>] = &[
    Column {
        name: "state",
        get: |i| Value::from(i.state.as_str()),
        set: |i, row| {
            let word: String = row.get("state")?;
            let known = State::read(&word);
            i.state = known.ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: word })?;
            Ok(())
        },
    },
    column!("sort", sort),
    column!("author_id", author),
    column!("unit_id", unit),
    column!("agency_id", agency),
    column!("level", level),
    column!("submitted_at", submitted_at),
    column!("assess_due_at", assess_due_at),
    column!("decided_at", decided_at),
    column!("reach", reach),
    column!("taken_up", list taken_up),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `SK26-000123`.
pub fn code(year: i64, n: i64) -> String {
    format!("SK{:02}-{n:06}", year % 100)
}
