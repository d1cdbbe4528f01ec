//! The operating regulation of the one-stop (quy chế): one version in force at a time, shown at every counter, and the numbers in it that the
//! rules of the queue follow.

use crate::data::{self, Rule};
use crate::house::House;
use crate::rights::ISSUE_REGULATION;
use crate::store;
use ::store::{BoxFuture, Tx};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use facts::Fact;
use records::{
    Aside, Ask, Asker, By, Column, Decided, DoesNotFollow, EVERYBODY, Field, Found, Given, Held, Machine, Moment,
    Number, Subject, Typed, Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// The book of the numbers, by year.
pub const BOOK: &str = "desk-regulation";
/// Longest text, in letters: some twelve pages.
const TEXT_MAX: usize = 40_000;

/// Where a version stands; whether it is in force follows from its day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Issued,
    Withdrawn,
}
base::closed_list!(State, { Issued => "issued", Withdrawn => "withdrawn" });

/// The numbers of a regulation that a rule can read; what it does not say is as the shipped data have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    pub short_wait_minutes: Option<i64>,
    pub priority_in_a_row: Option<i64>,
    pub absent_after_minutes: Option<i64>,
    pub slot_places: Option<i64>,
}

impl Numbers {
    /// A rule with the numbers of the regulation in the place of its own.
    pub fn over(&self, rule: &Rule) -> Rule {
        let in_a_row = self.priority_in_a_row.and_then(|n| usize::try_from(n).ok());
        Rule {
            short_wait_minutes: self.short_wait_minutes.unwrap_or(rule.short_wait_minutes),
            priority_in_a_row: in_a_row.unwrap_or(rule.priority_in_a_row),
            absent_after_minutes: self.absent_after_minutes.unwrap_or(rule.absent_after_minutes),
            slot_places: self.slot_places.unwrap_or(rule.slot_places),
            ..rule.clone()
        }
    }
}

/// A version of the regulation; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq)]
pub struct Regulation {
    pub state: State,
    /// The agency that issued it: the province's.
    pub unit: Id,
    pub decision: String,
    /// The first day it is followed.
    pub effective_on: Date,
    pub numbers: Numbers,
    pub year: i64,
    pub n: i64,
}

impl Default for Regulation {
    fn default() -> Self {
        let (numbers, effective_on) = (Numbers::default(), Date::MIN);
        Regulation {
            state: State::Issued,
            unit: Id::default(),
            decision: String::new(),
            effective_on,
            numbers,
            year: 0,
            n: 0,
        }
    }
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Issue { unit: Id, decision: String, effective_on: Date, numbers: Numbers, year: i64, n: i64 },
    Withdraw,
}

impl Subject for Regulation {
    const KIND: &'static str = "desk-regulation";
    const TABLE: &'static str = "desk_regulation";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, _: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        match (before, event) {
            (None, Event::Issue { unit, decision, effective_on, numbers, year, n }) => Ok((
                Regulation {
                    state: State::Issued,
                    unit: *unit,
                    decision: decision.clone(),
                    effective_on: *effective_on,
                    numbers: numbers.clone(),
                    year: *year,
                    n: *n,
                },
                Vec::new(),
            )),
            (Some(before), Event::Withdraw) => {
                Ok((Regulation { state: State::Withdrawn, ..before.clone() }, Vec::new()))
            }
            _ => Err(DoesNotFollow("issued twice, or never")),
        }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title", "text"], units: vec![EVERYBODY], ..Found::default() }
    }
}

/// A number of the regulation as a column.
macro_rules! number {
    ($name:literal, $field:ident) => {
        Column {
            name: $name,
            get: |regulation: &Regulation| regulation.numbers.$field.into(),
            set: |regulation, row| records::cell(&mut regulation.numbers.$field, row, $name),
        }
    };
}

/// Every column.
const COLUMNS: &[Column<Regulation>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("decision", decision),
    column!("effective_on", effective_on),
    number!("short_wait_minutes", short_wait_minutes),
    number!("priority_in_a_row", priority_in_a_row),
    number!("absent_after_minutes", absent_after_minutes),
    number!("slot_places", slot_places),
    column!("year", year),
    column!("n", n),
];

const ISSUERS: &[Who<Regulation>] = &[Who::At(ISSUE_REGULATION, |regulation| regulation.unit)];

/// What is asked of whoever issues one.
pub const ISSUING: &[Field] = &[
    Field::line("title", 200),
    Field::line("decision", 100),
    Field::choice("effective_on", Ask::Day),
    Field::lines("text", TEXT_MAX),
    Field::choice("short_wait_minutes", Ask::Number(1, 240)).optional(),
    Field::choice("priority_in_a_row", Ask::Number(1, 20)).optional(),
    Field::choice("absent_after_minutes", Ask::Number(1, 240)).optional(),
    Field::choice("slot_places", Ask::Number(1, 50)).optional(),
];

impl Machine for Regulation {
    type State = State;
    type House = House;
    /// The table: word, from, to, who, what is asked, the rule.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("issue", &[State::Issued], ISSUERS, ISSUING),
        Verb::new(
            "withdraw",
            &[State::Issued],
            &[State::Withdrawn],
            ISSUERS,
            &[Field::lines("reason", 1_000)],
            |_, given| Ok(Decided::event(Event::Withdraw)?.with("reason", given.text("reason"))),
        ),
    ];

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(ctx))
    }

    fn state(&self) -> State {
        self.state
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// It hangs at every counter.
    fn may_read(_: &Held<Self>, _: &House, _: &Asker<'_>) -> bool {
        true
    }
}

fn numbers(given: &Given) -> Numbers {
    Numbers {
        short_wait_minutes: given.number("short_wait_minutes"),
        priority_in_a_row: given.number("priority_in_a_row"),
        absent_after_minutes: given.number("absent_after_minutes"),
        slot_places: given.number("slot_places"),
    }
}

/// Issues a version for the whole province, from today on at the earliest: what was done before it was done under another.
///
/// # Errors
/// `Forbidden` with `records-not-yours` for whoever may not for the province; `Invalid` at each field, `desk-regulation-past` for a day that is over.
pub async fn issue(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Regulation>, Fault> {
    let root = house.org.tree.root().ok_or_else(|| Fault::internal("no root"))?;
    let standing = Asker::actor(actor, now).standing(ISSUE_REGULATION, &root.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(ISSUING, typed)?;
    let effective_on = given.day("effective_on").unwrap_or(Date::MIN);
    if effective_on < now.date() {
        return Err(Fault::invalid(Problem::new("desk-regulation-past").field("effective_on")));
    }
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let decision = given.text("decision").to_owned();
    let event = Event::Issue { unit: root.id, decision, effective_on, numbers: numbers(&given), year, n };
    let words = ["title", "text"].map(|name| Aside { name, text: given.text(name).to_owned() });
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    records::begin(tx, by, (Id::next(now), &format!("QC{:02}-{n:04}", year % 100)), &event, &words).await
}

/// How a queue is kept now: the day's shipped rule, with the numbers of the regulation in force.
///
/// # Errors
/// `Internal` without any rule: the shipped data could not be read; and the database's.
pub async fn rule(tx: &Tx, now: Instant) -> Result<Rule, Fault> {
    let rule = data::rule(now.date()).ok_or_else(|| Fault::internal("no rule of the queue"))?;
    let regulation = store::regulation_on(tx, now.date()).await?;
    Ok(regulation.map_or_else(|| rule.clone(), |held| held.state.numbers.over(rule)))
}
