//! An assessment: its state, its columns, what can happen to it and what follows.

use ::store::{StoreError, Value};
use base::{Id, Instant};
use facts::{Fact, Measure};
use records::{Column, DoesNotFollow, Due, Moment, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// Where an assessment stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// The unit may explain what its figures come from.
    #[default]
    Open,
    /// The figures of that day are kept.
    Published,
}
base::closed_list!(State, {
    Open => "open",
    Published => "published",
});

/// What the assessor said to an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Accepted,
    Declined,
}

/// An explanation; its words and those of the answer stand beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// From 1, within the assessment.
    pub n: i64,
    /// The index it is about.
    pub index: String,
    /// The event beside which its words stand.
    pub said: i64,
    pub verdict: Option<Verdict>,
    /// The event beside which the answer's words stand.
    pub answered: Option<i64>,
}

/// What an index came to on the day of publishing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    pub index: String,
    /// In hundredths; none for what was left out.
    pub points: Option<i64>,
    /// Every count, in the order of the definition.
    pub counts: Vec<i64>,
}

/// Assessments that were published.
pub static PUBLISHED: Measure = Measure::once("assessment_published");
/// Everything assessments are counted by.
pub const MEASURES: &[&Measure] = &[&PUBLISHED];

/// The due of the unit's explanation.
pub const EXPLAIN: &str = "assessment-explain";
/// The due of publishing.
pub const PUBLISH: &str = "assessment-publish";
/// The book of the numbers, by year.
pub const BOOK: &str = "assessment";

/// An assessment's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assessment {
    pub state: State,
    /// The id of the set.
    pub criteria: String,
    /// The unit that is assessed.
    pub unit: Id,
    /// The unit in whose name it is assessed.
    pub assessor: Id,
    /// `2026-Q4` or `2026`.
    pub period: String,
    pub opened_at: Instant,
    pub explain_by: Instant,
    pub publish_by: Instant,
    /// The unit has said that it has nothing, or nothing more, to explain.
    pub agreed_at: Option<Instant>,
    pub explained: Vec<Explanation>,
    pub published_at: Option<Instant>,
    pub figures: Vec<Frozen>,
    pub year: i64,
    pub n: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Open {
        criteria: String,
        unit: Id,
        assessor: Id,
        period: String,
        explain_by: Instant,
        publish_by: Instant,
        year: i64,
        n: i64,
    },
    Explain {
        index: String,
    },
    /// Nothing more to explain.
    Agree,
    Accept {
        explanation: i64,
    },
    Decline {
        explanation: i64,
    },
    Publish {
        figures: Vec<Frozen>,
        level: base::Level,
    },
}

impl Assessment {
    /// Explanations that nobody has answered.
    pub fn unanswered(&self) -> impl Iterator<Item = &Explanation> {
        self.explained.iter().filter(|one| one.verdict.is_none())
    }

    fn answer(&mut self, n: i64, verdict: Verdict, moment: &Moment) -> Result<(), DoesNotFollow> {
        let open = self.explained.iter_mut().find(|one| one.n == n && one.verdict.is_none());
        let one = open.ok_or(DoesNotFollow("no explanation that waits"))?;
        (one.verdict, one.answered) = (Some(verdict), Some(moment.n));
        Ok(())
    }
}

impl Subject for Assessment {
    const KIND: &'static str = "assessment";
    const TABLE: &'static str = "assessment";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Open { criteria, unit, assessor, period, explain_by, publish_by, year, n } = event else {
                return Err(DoesNotFollow("nothing was opened"));
            };
            let opened = Assessment {
                criteria: criteria.clone(),
                unit: *unit,
                assessor: *assessor,
                period: period.clone(),
                opened_at: moment.at,
                explain_by: *explain_by,
                publish_by: *publish_by,
                year: *year,
                n: *n,
                ..Assessment::default()
            };
            return Ok((opened, Vec::new()));
        };
        let (mut a, mut facts) = (before.clone(), Vec::new());
        match event {
            Event::Open { .. } => return Err(DoesNotFollow("opened twice")),
            Event::Explain { index } => {
                let n = a.explained.len() as i64 + 1;
                let said = Explanation { n, index: index.clone(), said: moment.n, verdict: None, answered: None };
                a.explained.push(said);
            }
            Event::Agree => a.agreed_at = Some(moment.at),
            Event::Accept { explanation } => a.answer(*explanation, Verdict::Accepted, moment)?,
            Event::Decline { explanation } => a.answer(*explanation, Verdict::Declined, moment)?,
            Event::Publish { figures, level } => {
                a.state = State::Published;
                a.published_at = Some(moment.at);
                a.figures.clone_from(figures);
                facts.push(Fact::one(&PUBLISHED, moment.at.date(), (a.unit, *level), moment.subject));
            }
        }
        Ok((a, facts))
    }

    fn dues(&self) -> Vec<Due> {
        if self.state != State::Open {
            return Vec::new();
        }
        let due = |name, unit, at| Due { name, unit, holder: None, at, part: 0 };
        let explain = self.agreed_at.is_none().then(|| due(EXPLAIN, self.unit, self.explain_by));
        explain.into_iter().chain([due(PUBLISH, self.assessor, self.publish_by)]).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }
}

/// Every column.
const COLUMNS: &[Column<Assessment>] = &[
    Column {
        name: "state",
        get: |a| Value::from(a.state.as_str()),
        set: |a, row| {
            let word: String = row.get("state")?;
            let known = State::read(&word);
            a.state = known.ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: word })?;
            Ok(())
        },
    },
    column!("criteria", criteria),
    column!("unit_id", unit),
    column!("assessor_id", assessor),
    column!("period", period),
    column!("opened_at", opened_at),
    column!("explain_by", explain_by),
    column!("publish_by", publish_by),
    column!("agreed_at", agreed_at),
    column!("explained", list explained),
    column!("published_at", published_at),
    column!("figures", list figures),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `DG26-000012`.
pub fn code(year: i64, n: i64) -> String {
    format!("DG{:02}-{n:06}", year % 100)
}
