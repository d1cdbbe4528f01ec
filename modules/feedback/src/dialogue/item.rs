//! What is asked and promised at a sitting: its state, its columns, what can happen to it.

use crate::apply::flag;
use ::store::{StoreError, Value};
use base::{Id, Instant, Level};
use facts::{Fact, Measure};
use organisation::Followed;
use records::{Column, DoesNotFollow, Due, Found, Link, Moment, News, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// A question laid with the unit that answers.
pub static ASKED: Measure = Measure::once("dialogue_asked");
/// A question answered, on time or late.
pub static ANSWERED: Measure = Measure::once("dialogue_answered").with(flag::ON_TIME, flag::NAMES);
/// Something promised.
pub static PROMISED: Measure = Measure::once("dialogue_promised");
/// A promise kept, on time or late.
pub static FULFILLED: Measure = Measure::once("dialogue_fulfilled").with(flag::ON_TIME, flag::NAMES);

/// Everything items are counted by.
pub const ITEM_MEASURES: &[&Measure] = &[&ASKED, &ANSWERED, &PROMISED, &FULFILLED];

pub const QUESTION: &str = "question";
pub const COMMITMENT: &str = "commitment";

/// Where an item stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Asked; no unit has it yet.
    #[default]
    Sent,
    /// Lies with the unit that answers or keeps the promise.
    Open,
    /// Answered, or kept.
    Settled,
    /// Not taken up, for a reason.
    SetAside,
}
base::closed_list!(State, { Sent => "sent", Open => "open", Settled => "settled", SetAside => "set-aside" });

/// An item's state; see [`records::Subject`]. What was said is beside the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    pub state: State,
    /// [`QUESTION`] or [`COMMITMENT`].
    pub class: String,
    /// `portal` or `sitting`.
    pub channel: String,
    pub dialogue: Id,
    /// The agency whose head sits.
    pub agency: Id,
    /// Where it lies; the agency before it is routed.
    pub unit: Id,
    /// The level of that unit, for the figures.
    pub level: String,
    /// The account it was asked from.
    pub account: Option<Id>,
    /// Until when it is routed, answered or kept.
    pub due_at: Instant,
    pub settled_at: Option<Instant>,
    pub year: i64,
    pub n: i64,
}

/// An item as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Came {
    pub dialogue: Id,
    pub agency: Id,
    pub unit: Id,
    pub level: Level,
    pub account: Option<Id>,
    pub due_at: Instant,
    pub year: i64,
    pub n: i64,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    /// Sent beforehand from the portal.
    Ask(Came),
    /// Asked at the sitting, and laid with a unit there and then.
    Enter(Came),
    /// Promised at the sitting.
    Promise(Came),
    Route {
        unit: Id,
        level: Level,
        due_at: Instant,
    },
    Answer,
    Fulfil,
    SetAside,
    /// Agencies were reorganised: it goes on where the work of its units goes.
    Follow(Followed),
}

/// The names an item owes something by.
pub mod due {
    pub const ROUTE: &str = "dialogue-route";
    pub const ANSWER: &str = "dialogue-answer";
    pub const FULFIL: &str = "dialogue-fulfil";
}

/// The book of the numbers, by year.
pub const BOOK: &str = "dialogue-item";

/// `DT26-0003.12`: the sitting's code and the item's number in the year.
pub fn code(sitting: &str, n: i64) -> String {
    format!("{sitting}.{n}")
}

const COLUMNS: &[Column<Item>] = &[
    Column {
        name: "state",
        get: |i| Value::from(i.state.as_str()),
        set: |i, row| {
            let word: String = row.get("state")?;
            i.state = State::read(&word)
                .ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: word.clone() })?;
            Ok(())
        },
    },
    column!("class", class),
    column!("channel", channel),
    column!("dialogue_id", dialogue),
    column!("agency_id", agency),
    column!("unit_id", unit),
    column!("level", level),
    column!("account_id", account),
    column!("due_at", due_at),
    column!("settled_at", settled_at),
    column!("year", year),
    column!("n", n),
];

fn begun(came: &Came, class: &str, channel: &str, state: State) -> Item {
    Item {
        state,
        class: class.to_owned(),
        channel: channel.to_owned(),
        dialogue: came.dialogue,
        agency: came.agency,
        unit: came.unit,
        level: came.level.as_str().to_owned(),
        account: came.account,
        due_at: came.due_at,
        settled_at: None,
        year: came.year,
        n: came.n,
    }
}

fn fact(i: &Item, moment: &Moment, measure: &'static Measure, flags: i64) -> Fact {
    let level = i.level.parse().unwrap_or(Level::Province);
    Fact {
        field: "dialogue".to_owned(),
        channel: if i.channel == "portal" { 2 } else { 1 },
        flags,
        ..Fact::one(measure, moment.at.date(), (i.unit, level), moment.subject)
    }
}

impl Subject for Item {
    const KIND: &'static str = "dialogue-item";
    const TABLE: &'static str = "dialogue_item";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let new = match event {
            Event::Ask(came) => Some((begun(came, QUESTION, "portal", State::Sent), None)),
            Event::Enter(came) => Some((begun(came, QUESTION, "sitting", State::Open), Some(&ASKED))),
            Event::Promise(came) => Some((begun(came, COMMITMENT, "sitting", State::Open), Some(&PROMISED))),
            _ => None,
        };
        if let Some((item, measure)) = new {
            if before.is_some() {
                return Err(DoesNotFollow("came twice"));
            }
            let facts = measure.map(|measure| fact(&item, moment, measure, 0)).into_iter().collect();
            return Ok((item, facts));
        }
        let mut item = before.cloned().ok_or(DoesNotFollow("nothing was asked"))?;
        let mut facts = Vec::new();
        match event {
            Event::Route { unit, level, due_at } => {
                let first = item.state == State::Sent;
                item.state = State::Open;
                item.unit = *unit;
                item.level = level.as_str().to_owned();
                item.due_at = *due_at;
                if first {
                    facts.push(fact(&item, moment, &ASKED, 0));
                }
            }
            Event::Answer | Event::Fulfil => {
                let (class, measure) =
                    if matches!(event, Event::Answer) { (QUESTION, &ANSWERED) } else { (COMMITMENT, &FULFILLED) };
                if item.class != class {
                    return Err(DoesNotFollow("of another class"));
                }
                item.state = State::Settled;
                item.settled_at = Some(moment.at);
                let on_time = moment.at <= item.due_at;
                facts.push(fact(&item, moment, measure, if on_time { flag::ON_TIME } else { 0 }));
            }
            Event::SetAside => item.state = State::SetAside,
            Event::Follow(followed) => {
                (item.agency, item.unit) = (followed.to(item.agency), followed.to(item.unit));
            }
            Event::Ask(_) | Event::Enter(_) | Event::Promise(_) => {}
        }
        Ok((item, facts))
    }

    fn dues(&self) -> Vec<Due> {
        let one = |name, unit| vec![Due { name, unit, holder: None, at: self.due_at, part: 0 }];
        match self.state {
            State::Sent => one(due::ROUTE, self.agency),
            State::Open if self.class == COMMITMENT => one(due::FULFIL, self.unit),
            State::Open => one(due::ANSWER, self.unit),
            State::Settled | State::SetAside => Vec::new(),
        }
    }

    fn links(&self) -> Vec<Link> {
        vec![Link { name: "of", other: self.dialogue }]
    }

    fn found(&self) -> Found {
        let words = &["text", "name", "public-question", "public-answer"];
        Found { words, units: vec![self.agency, self.unit], ..Found::default() }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    /// Whoever asked is told that it came in, and what became of it.
    fn news(&self, _: &Moment, event: &Event) -> Option<News> {
        let kind = match event {
            Event::Ask(_) => "received",
            Event::Answer => "answered",
            Event::SetAside => "set-aside",
            _ => return None,
        };
        Some(News { kind, account: self.account })
    }
}
