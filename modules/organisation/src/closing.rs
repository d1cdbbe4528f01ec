//! An emergency decision (thay đổi lịch khẩn cấp): days on which a storm, an epidemic or a system that is down kept offices closed. It closes
//! them in the calendar and moves what was promised through them. Its state, its columns, what can happen to it.

pub(crate) mod execute;
pub(crate) mod pages;
pub mod rules;
pub mod verbs;

pub use execute::{Closing as Case, ClosingRoom, Closings, closing};
pub use rules::CountedBy;

use crate::reorganisation::Count;
use base::{Date, Id, Instant};
use facts::Fact;
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
    /// Somebody else is to execute it.
    Submitted,
    /// Done: the days are closed, and what was promised has moved.
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

/// Owed once it is handed on, until it is executed.
pub const EXECUTE: &str = "closing-execute";
/// The book of the numbers, by year.
pub const BOOK: &str = "closing";
/// What a decision points to the agencies it closes by, once it is executed.
pub const CLOSES: &str = "closes";

/// What a decision says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: String,
    pub authority: String,
    pub first: Date,
    pub last: Date,
    /// None for the whole province.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<Id>,
}

/// A decision's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Closing {
    pub state: State,
    pub office: Id,
    pub author: Option<Id>,
    pub writers: Vec<Id>,
    pub number: String,
    /// Who signs: "Chủ tịch UBND tỉnh".
    pub authority: String,
    pub first: Date,
    pub last: Date,
    /// The agencies that are closed; none for the whole province.
    pub agencies: Vec<Id>,
    pub executed_at: Option<Instant>,
    /// The revision of the calendar it made.
    pub revision: Option<i64>,
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
    Submit,
    GiveBack,
    Drop,
    Execute { revision: i64, moved: Vec<Count> },
}

impl Event {
    /// Whether it changes what is decided, or hands it on.
    fn writes(&self) -> bool {
        !matches!(self, Event::GiveBack | Event::Drop | Event::Execute { .. })
    }
}

impl Closing {
    /// Whether somebody had a hand in it.
    pub fn is_by(&self, account: Option<Id>) -> bool {
        records::had_a_hand(account, self.author, &self.writers)
    }

    fn headed(&mut self, head: &Head) {
        (self.number, self.authority) = (head.number.clone(), head.authority.clone());
        (self.first, self.last) = (head.first, head.last);
        self.agencies.clone_from(&head.agencies);
    }
}

impl Subject for Closing {
    const KIND: &'static str = "closing";
    const TABLE: &'static str = "closing";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Prepare { office, head, year, n } = event else { return Err(DoesNotFollow("nothing prepared")) };
            let (author, office) = (moment.actor, *office);
            let mut begun = Closing { office, author, year: *year, n: *n, ..Closing::default() };
            begun.headed(head);
            return Ok((begun, Vec::new()));
        };
        let mut c = before.clone();
        if let Some(account) = moment.actor.filter(|account| event.writes() && !c.is_by(Some(*account))) {
            c.writers.push(account);
        }
        match event {
            Event::Prepare { .. } => return Err(DoesNotFollow("prepared twice")),
            Event::Amend { head } => c.headed(head),
            Event::Submit => c.state = State::Submitted,
            Event::GiveBack => c.state = State::Draft,
            Event::Drop => c.state = State::Dropped,
            // Power is never one person's: whoever had a hand in it does not execute it, whatever wrote the event.
            Event::Execute { .. } if c.is_by(moment.actor) => return Err(DoesNotFollow("executed by its author")),
            Event::Execute { revision, moved } => {
                (c.state, c.executed_at, c.revision) = (State::Executed, Some(moment.at), Some(*revision));
                c.moved.clone_from(moved);
            }
        }
        Ok((c, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        let due = Due::by_evening(EXECUTE, self.office, self.last);
        (self.state == State::Submitted).then_some(due).into_iter().collect()
    }

    fn links(&self) -> Vec<Link> {
        let executed = self.state == State::Executed;
        let mut agencies: Vec<Id> = self.agencies.iter().copied().filter(|_| executed).collect();
        agencies.sort_unstable();
        agencies.into_iter().map(|other| Link { name: CLOSES, other }).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title"], units: vec![self.office], ..Found::default() }
    }
}

/// Every column.
const COLUMNS: &[Column<Closing>] = &[
    column!("state", word state),
    column!("office_id", office),
    column!("author_id", author),
    column!("writers", list writers),
    column!("number", number),
    column!("authority", authority),
    column!("first_day", first),
    column!("last_day", last),
    column!("agencies", list agencies),
    column!("executed_at", executed_at),
    column!("revision", revision),
    column!("moved", list moved),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `KC26-000012`.
pub fn code(year: i64, n: i64) -> String {
    format!("KC{:02}-{n:06}", year % 100)
}

/// Emergency decisions among the kinds of the program.
pub const KIND: Kind = Kind::of::<Closing>(
    &[],
    &[DueKind { name: EXECUTE, word: "closing-due-execute", right: crate::rights::KEEP_ORGANISATION, served: false }],
    crate::rights::KEEP_ORGANISATION,
    frame::cards::<Closing>,
)
.for_programs::<Closing>()
.searched("closing-title", "")
.linking(&[LinkKind { name: CLOSES, word: "closing-link-closes", back: "closing-link-closed" }]);

#[cfg(test)]
mod tests;
