//! A reorganisation (sắp xếp cơ quan): one decision that merges, splits and dissolves agencies on a day. Its state, its columns, what can
//! happen to it. What it means for the tree is in `plan`, what it carries along in `moving`.

pub(crate) mod execute;
pub mod line;
pub mod moving;
pub(crate) mod pages;
pub mod plan;
pub(crate) mod rehearsal_page;
pub mod verbs;

use base::{Date, Id, Instant};
use facts::Fact;
use line::Line;
use records::{
    Column, DoesNotFollow, Due, DueKind, Found, Kind, Link, LinkKind, Moment, Number, Subject, column, frame,
};
use serde::{Deserialize, Serialize};

/// Where a decision stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Draft,
    /// Its lines stand; somebody else is to execute it.
    Submitted,
    /// Done: the tree and every room follow it.
    Executed,
    /// Given up.
    Dropped,
}
base::closed_list!(State, {
    Draft => "draft",
    Submitted => "submitted",
    Executed => "executed",
    Dropped => "dropped",
});

/// Owed from the day it takes effect on, until it is executed.
pub const EXECUTE: &str = "reorganisation-execute";
/// The book of the numbers, by year.
pub const BOOK: &str = "reorganisation";
/// What a decision points to the agencies of its lines by, once it is executed.
pub const REORGANISES: &str = "reorganises";
/// How much of something moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Key of the words, with the number as `$n`.
    pub what: String,
    pub n: i64,
}

/// What a decision says at its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: String,
    pub authority: String,
    pub day: Date,
}

/// What became of a line when it was executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub n: i64,
    /// The agencies it made, in the order of the line.
    pub made: Vec<Id>,
}

/// A decision's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reorganisation {
    pub state: State,
    pub office: Id,
    pub author: Option<Id>,
    pub writers: Vec<Id>,
    pub number: String,
    /// Who signs: "Chủ tịch UBND tỉnh".
    pub authority: String,
    pub day: Date,
    pub lines: Vec<Line>,
    pub next_line: i64,
    pub executed_at: Option<Instant>,
    pub moved: Vec<Count>,
    pub year: i64,
    pub n: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Prepare { office: Id, head: Head, year: i64, n: i64 },
    Amend { head: Head },
    Merge { line: Line },
    Split { line: Line },
    Dissolve { line: Line },
    DropLine { line: i64 },
    Submit,
    GiveBack,
    Drop,
    Execute { done: Vec<Done>, moved: Vec<Count> },
}

impl Event {
    /// Whether it changes what is decided, or hands it on.
    fn writes(&self) -> bool {
        !matches!(self, Event::GiveBack | Event::Drop | Event::Execute { .. })
    }
}

impl Reorganisation {
    /// Whether somebody had a hand in it.
    pub fn is_by(&self, account: Option<Id>) -> bool {
        records::had_a_hand(account, self.author, &self.writers)
    }

    /// The line of a number.
    pub fn line(&self, n: i64) -> Option<&Line> {
        self.lines.iter().find(|line| line.n == n)
    }

    fn headed(&mut self, head: &Head) {
        (self.number, self.authority, self.day) = (head.number.clone(), head.authority.clone(), head.day);
    }

    fn with(&mut self, line: &Line) {
        self.lines.push(line.clone());
        self.next_line = line.n + 1;
    }
}

impl Subject for Reorganisation {
    const KIND: &'static str = "reorganisation";
    const TABLE: &'static str = "reorganisation";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Prepare { office, head, year, n } = event else { return Err(DoesNotFollow("nothing prepared")) };
            let (author, office) = (moment.actor, *office);
            let mut begun =
                Reorganisation { office, author, next_line: 1, year: *year, n: *n, ..Reorganisation::default() };
            begun.headed(head);
            return Ok((begun, Vec::new()));
        };
        let mut r = before.clone();
        if let Some(account) = moment.actor.filter(|account| event.writes() && !r.is_by(Some(*account))) {
            r.writers.push(account);
        }
        match event {
            Event::Prepare { .. } => return Err(DoesNotFollow("prepared twice")),
            Event::Amend { head } => r.headed(head),
            Event::Merge { line } | Event::Split { line } | Event::Dissolve { line } => r.with(line),
            Event::DropLine { line } => r.lines.retain(|known| known.n != *line),
            Event::Submit => r.state = State::Submitted,
            Event::GiveBack => r.state = State::Draft,
            Event::Drop => r.state = State::Dropped,
            Event::Execute { done, moved } => {
                (r.state, r.executed_at) = (State::Executed, Some(moment.at));
                for line in &mut r.lines {
                    let done = done.iter().find(|done| done.n == line.n).ok_or(DoesNotFollow("a line left out"))?;
                    if done.made.len() != line.makes.len() {
                        return Err(DoesNotFollow("an agency left out"));
                    }
                    line.makes.iter_mut().zip(&done.made).for_each(|(makes, id)| makes.id = Some(*id));
                }
                r.moved.clone_from(moved);
            }
        }
        Ok((r, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        let due = Due::by_evening(EXECUTE, self.office, self.day);
        (self.state == State::Submitted).then_some(due).into_iter().collect()
    }

    fn links(&self) -> Vec<Link> {
        if self.state != State::Executed {
            return Vec::new();
        }
        let mut others: Vec<Id> = self.lines.iter().flat_map(Line::agencies).collect();
        others.sort_unstable();
        others.dedup();
        others.into_iter().map(|other| Link { name: REORGANISES, other }).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title"], units: vec![self.office], ..Found::default() }
    }
}

/// Every column.
const COLUMNS: &[Column<Reorganisation>] = &[
    column!("state", word state),
    column!("office_id", office),
    column!("author_id", author),
    column!("writers", list writers),
    column!("number", number),
    column!("authority", authority),
    column!("day", day),
    column!("lines", list lines),
    column!("next_line", next_line),
    column!("executed_at", executed_at),
    column!("moved", list moved),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `SX26-000012`.
pub fn code(year: i64, n: i64) -> String {
    format!("SX{:02}-{n:06}", year % 100)
}

/// Reorganisations among the kinds of the program.
pub const KIND: Kind = Kind::of::<Reorganisation>(
    &[],
    &[DueKind {
        name: EXECUTE,
        word: "reorganisation-due-execute",
        right: crate::rights::KEEP_ORGANISATION,
        served: false,
    }],
    crate::rights::KEEP_ORGANISATION,
    frame::cards::<Reorganisation>,
)
.for_programs::<Reorganisation>()
.searched("reorganisation-title", "")
.linking(&[LinkKind {
    name: REORGANISES,
    word: "reorganisation-link-reorganises",
    back: "reorganisation-link-reorganised",
}]);

#[cfg(test)]
mod tests;
