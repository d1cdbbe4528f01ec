//! The sitting: its state, its columns, what can happen to it.

use ::store::{StoreError, Value};
use base::{Id, Instant};
use facts::Fact;
use organisation::Followed;
use records::{Column, DoesNotFollow, Due, EVERYBODY, Found, Moment, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// Where a sitting stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// A day is named; questions come in.
    #[default]
    Announced,
    /// It took place; the minutes are not public yet.
    Held,
    /// Everybody reads the minutes.
    Published,
    /// It does not take place.
    Cancelled,
}
base::closed_list!(State, {
    Announced => "announced",
    Held => "held",
    Published => "published",
    Cancelled => "cancelled",
});

/// A sitting's state; see [`records::Subject`]. Title, place and minutes are words beside the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dialogue {
    pub state: State,
    /// The agency whose head sits.
    pub agency: Id,
    pub held_at: Instant,
    /// Until when questions are taken in beforehand.
    pub ask_until: Instant,
    pub minutes_due_at: Option<Instant>,
    pub published_at: Option<Instant>,
    pub year: i64,
    pub n: i64,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Announce {
        agency: Id,
        held_at: Instant,
        ask_until: Instant,
        year: i64,
        n: i64,
    },
    Move {
        held_at: Instant,
        ask_until: Instant,
    },
    Hold {
        minutes_due_at: Instant,
    },
    Publish,
    Cancel,
    /// Agencies were reorganised: it goes on where the work of its units goes.
    Follow(Followed),
}

/// The names a sitting owes something by.
pub mod due {
    pub const HOLD: &str = "dialogue-hold";
    pub const MINUTES: &str = "dialogue-minutes";
}

/// The book of the numbers, by year.
pub const BOOK: &str = "dialogue";

/// `DT26-0003`.
pub fn code(year: i64, n: i64) -> String {
    format!("DT{:02}-{n:04}", year % 100)
}

const COLUMNS: &[Column<Dialogue>] = &[
    Column {
        name: "state",
        get: |d| Value::from(d.state.as_str()),
        set: |d, row| {
            let word: String = row.get("state")?;
            d.state = State::read(&word)
                .ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: word.clone() })?;
            Ok(())
        },
    },
    column!("agency_id", agency),
    column!("held_at", held_at),
    column!("ask_until", ask_until),
    column!("minutes_due_at", minutes_due_at),
    column!("published_at", published_at),
    column!("year", year),
    column!("n", n),
];

impl Subject for Dialogue {
    const KIND: &'static str = "dialogue";
    const TABLE: &'static str = "dialogue";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        if let Event::Announce { agency, held_at, ask_until, year, n } = event {
            let (held_at, ask_until) = (*held_at, *ask_until);
            let begun = Dialogue { agency: *agency, held_at, ask_until, year: *year, n: *n, ..Dialogue::default() };
            return if before.is_none() { Ok((begun, Vec::new())) } else { Err(DoesNotFollow("announced twice")) };
        }
        let mut d = before.cloned().ok_or(DoesNotFollow("nothing was announced"))?;
        match event {
            Event::Announce { .. } => {}
            Event::Move { held_at, ask_until } => (d.held_at, d.ask_until) = (*held_at, *ask_until),
            Event::Hold { minutes_due_at } => {
                d.state = State::Held;
                d.minutes_due_at = Some(*minutes_due_at);
            }
            Event::Publish => {
                d.state = State::Published;
                d.published_at = Some(moment.at);
            }
            Event::Cancel => d.state = State::Cancelled,
            Event::Follow(followed) => d.agency = followed.to(d.agency),
        }
        Ok((d, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        let one = |name, at| vec![Due { name, unit: self.agency, holder: None, at, part: 0 }];
        match (self.state, self.minutes_due_at) {
            (State::Announced, _) => one(due::HOLD, self.held_at),
            (State::Held, Some(at)) => one(due::MINUTES, at),
            _ => Vec::new(),
        }
    }

    /// A sitting is public.
    fn found(&self) -> Found {
        Found { words: &["title", "place", "text", "minutes"], units: vec![EVERYBODY], ..Found::default() }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }
}
