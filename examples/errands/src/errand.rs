//! An errand: its state, its columns, what can happen to it, what can be done with it.

use crate::rights::{DO_ERRANDS, READ_ERRANDS};
use ::store::{BoxFuture, Tx};
use base::calendar::Limit;
use base::{Actor, Fault, Id, Instant, Level, Problem};
use facts::{Fact, Measure};
use organisation::House;
use records::{
    Aside, Asker, By, Column, Decided, DoesNotFollow, Due, Field, Found, Held, Machine, Moment, Number, Subject, Typed,
    Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// Done by its due date.
const ON_TIME: i64 = 16;
/// Counted when one is done.
pub static DONE: Measure = Measure::once("errand_done").with(ON_TIME, &[("ON_TIME", ON_TIME)]);
/// Everything errands are counted by.
pub const MEASURES: &[&Measure] = &[&DONE];
/// The due of one that is open.
pub const TO_DO: &str = "errand-to-do";
/// The book of the numbers, by year.
pub const BOOK: &str = "errand";
/// How long one may take.
const LIMIT: Limit = Limit::WorkingDays(5);

/// Where an errand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Done,
}

/// An errand's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Errand {
    pub done: bool,
    pub unit: Id,
    pub level: String,
    pub due_at: Instant,
    pub year: i64,
    pub n: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Write { unit: Id, level: Level, due_at: Instant, year: i64, n: i64 },
    Finish,
}

impl Subject for Errand {
    const KIND: &'static str = "errand";
    const TABLE: &'static str = "errand";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        match (before, event) {
            (None, Event::Write { unit, level, due_at, year, n }) => {
                let level = level.as_str().to_owned();
                Ok((Errand { done: false, unit: *unit, level, due_at: *due_at, year: *year, n: *n }, Vec::new()))
            }
            (Some(before), Event::Finish) => {
                let flags = if moment.at <= before.due_at { ON_TIME } else { 0 };
                let level = before.level.parse().unwrap_or(Level::Province);
                let done = Fact::one(&DONE, moment.at.date(), (before.unit, level), moment.subject);
                let done = Fact { flags, ..done };
                Ok((Errand { done: true, ..before.clone() }, vec![done]))
            }
            _ => Err(DoesNotFollow("written twice, or never")),
        }
    }

    fn dues(&self) -> Vec<Due> {
        let due = Due { name: TO_DO, unit: self.unit, holder: None, at: self.due_at, part: 0 };
        if self.done { Vec::new() } else { vec![due] }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title"], units: vec![self.unit], ..Found::default() }
    }
}

/// Every column: INSERT, UPDATE, reading and the proof's difference.
const COLUMNS: &[Column<Errand>] = &[
    column!("done", done),
    column!("unit_id", unit),
    column!("level", level),
    column!("due_at", due_at),
    column!("year", year),
    column!("n", n),
];

/// What is asked of whoever writes one down.
pub const WRITING: &[Field] = &[Field::line("title", 200)];

impl Machine for Errand {
    type State = State;
    type House = House;
    /// The table: word, from, to, who, what is asked, the rule.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("write", &[State::Open], &[Who::At(DO_ERRANDS, |e| e.unit)], WRITING),
        Verb::new(
            "finish",
            &[State::Open],
            &[State::Done],
            &[Who::At(DO_ERRANDS, |e| e.unit)],
            &[Field::lines("note", 1_000).optional()],
            |_, given| Ok(Decided::event(Event::Finish)?.with("note", given.text("note"))),
        ),
    ];

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(&ctx.app))
    }

    fn state(&self) -> State {
        if self.done { State::Done } else { State::Open }
    }

    fn word(state: State) -> &'static str {
        match state {
            State::Open => "open",
            State::Done => "done",
        }
    }

    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        asker.standing(READ_ERRANDS, house.tree.path(held.state.unit)).is_some()
    }
}

/// Writes one down for the unit of the first post that lets one.
///
/// # Errors
/// `Forbidden` with `records-not-yours` without such a post; `Invalid` with every problem at its field.
pub async fn write(tx: &Tx, house: &House, actor: &Actor, now: Instant, typed: &Typed) -> Result<Held<Errand>, Fault> {
    let unit = house.post(actor, DO_ERRANDS).ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(WRITING, typed)?;
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let due_at = house.calendar.due(now, LIMIT, None).due_at;
    let event = Event::Write { unit: unit.id, level: unit.level, due_at, year, n };
    let by = By { actor: Some(actor.account), agency: Some(unit.id), now };
    let words = [Aside { name: "title", text: given.text("title").to_owned() }];
    records::begin(tx, by, (Id::next(now), &format!("ER{:02}-{n:06}", year % 100)), &event, &words).await
}
