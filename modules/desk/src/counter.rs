//! A counter of a desk: its number and name, the fields it serves, and whether somebody stands at it.

use crate::house::{House, is_desk};
use crate::rights::{KEEP_DESK, READ_DESK, SERVE_COUNTER};
use crate::store;
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id, Instant, Level, Problem};
use facts::Fact;
use organisation::Followed;
use records::{
    Ask, Asker, By, Column, Decided, DoesNotFollow, Field, Given, Held, Machine, Moment, Office, Subject, Typed, Verb,
    Who, column,
};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// Counters of one desk at most.
pub const COUNTERS_MAX: usize = 60;

/// Whether somebody stands at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Closed,
    Open,
    /// It is a counter no more.
    Ended,
}
base::closed_list!(State, {
    Closed => "closed",
    Open => "open",
    Ended => "ended",
});

/// A counter's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counter {
    pub state: State,
    pub unit: Id,
    pub level: String,
    /// The number over it.
    pub number: i64,
    /// What stands beside the number; empty where nothing does.
    pub name: String,
    /// Codes of the fields it serves; none: every field.
    pub fields: Vec<String>,
    pub changed_at: Instant,
}

impl Counter {
    /// Whether it serves a field.
    pub fn serves(&self, field: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|own| own == field)
    }
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    SetUp {
        unit: Id,
        level: Level,
        number: i64,
        name: String,
        fields: Vec<String>,
    },
    /// Its number stays: another number is another counter.
    Change {
        name: String,
        fields: Vec<String>,
    },
    Open,
    Close,
    End,
    /// Agencies were reorganised: it stands at the desk that takes the work on, under its number where that was free.
    Follow {
        #[serde(flatten)]
        followed: Followed,
        number: i64,
    },
}

impl Subject for Counter {
    const KIND: &'static str = "counter";
    const TABLE: &'static str = "desk_counter";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let counter = match (before, event) {
            (None, Event::SetUp { unit, level, number, name, fields }) => Counter {
                state: State::Closed,
                unit: *unit,
                level: level.as_str().to_owned(),
                number: *number,
                name: name.clone(),
                fields: fields.clone(),
                changed_at: moment.at,
            },
            (Some(before), Event::Change { name, fields }) => {
                let (name, fields) = (name.clone(), fields.clone());
                Counter { name, fields, changed_at: moment.at, ..before.clone() }
            }
            (Some(before), Event::Open | Event::Close | Event::End) => {
                let state = match event {
                    Event::Open => State::Open,
                    Event::Close => State::Closed,
                    _ => State::Ended,
                };
                Counter { state, changed_at: moment.at, ..before.clone() }
            }
            (Some(before), Event::Follow { followed, number }) => {
                Counter { unit: followed.to(before.unit), number: *number, changed_at: moment.at, ..before.clone() }
            }
            _ => return Err(DoesNotFollow("set up twice, or never")),
        };
        Ok((counter, Vec::new()))
    }
}

/// Every column.
const COLUMNS: &[Column<Counter>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("level", level),
    column!("number", number),
    column!("name", name),
    column!("fields", list fields),
    column!("changed_at", changed_at),
];

const KEEPERS: &[Who<Counter>] = &[Who::At(KEEP_DESK, |counter| counter.unit)];
const STANDERS: &[Who<Counter>] =
    &[Who::At(SERVE_COUNTER, |counter| counter.unit), Who::At(KEEP_DESK, |counter| counter.unit)];
const NAME: Field = Field::line("counter_name", 60).optional();
const FIELDS: Field = Field::of("fields", Ask::Words, 2_000).optional();

/// What is asked of whoever ends one.
pub const ENDING: &[Field] = &[Field::lines("reason", 1_000)];

/// What is asked of whoever sets one up.
pub const SETTING: &[Field] =
    &[Field::choice("unit", Ask::Unit), Field::choice("number", Ask::Number(1, 99)), NAME, FIELDS];

impl Machine for Counter {
    type State = State;
    type House = House;
    /// The table: word, from, to, who, what is asked, the rule.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("set-up", &[State::Closed], KEEPERS, SETTING),
        Verb::new("open", &[State::Closed], &[State::Open], STANDERS, &[], |_, _| Decided::event(Event::Open)),
        // Closing is done with whoever is there, ending looks at duties and slots: functions of `queue_acts`.
        Verb { from: &[State::Open], ..Verb::beginning("close", &[State::Closed], STANDERS, &[]) },
        Verb::new("change", &[State::Closed, State::Open], &[], KEEPERS, &[NAME, FIELDS], change),
        Verb { from: &[State::Closed], ..Verb::beginning("end", &[State::Ended], KEEPERS, ENDING) },
        // With its desk (`crate::moving`); nobody's act.
        Verb { from: &[State::Closed, State::Open], ..Verb::beginning("follow", &[], &[], &[]) },
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

    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        asker.standing(READ_DESK, house.org.tree.path(held.state.unit)).is_some()
    }
}

/// The fields that were ticked, each one that procedures have.
fn fields(house: &House, given: &Given) -> Result<Vec<String>, Fault> {
    let chosen = given.words("fields");
    let known = |field: &String| house.fields.iter().any(|(code, _)| code == field);
    if chosen.iter().all(known) {
        return Ok(chosen);
    }
    Err(Fault::invalid(Problem::new("records-field-choice").field("fields")))
}

fn change(on: &Office<'_, Counter>, given: &Given) -> Result<Decided<Counter>, Fault> {
    let fields = fields(on.house, given)?;
    Decided::event(Event::Change { name: given.text("counter_name").to_owned(), fields })
}

/// Sets a counter up at a desk, by whoever keeps it. Two that stand do not share a number.
///
/// # Errors
/// `Invalid` at the field: no reception unit, a number that another counter has; `Conflict` with `desk-counters-full`; `Forbidden` with
/// `records-not-yours`.
pub async fn set_up(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Counter>, Fault> {
    let given = records::read_fields(SETTING, typed)?;
    let unit = given.id("unit").and_then(|unit| house.org.tree.get(unit)).filter(|unit| is_desk(unit));
    let unit = unit.ok_or_else(|| Fault::invalid(Problem::new("desk-unit-none").field("unit")))?;
    let standing = Asker::actor(actor, now).standing(KEEP_DESK, &unit.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let (number, fields) = (given.number("number").unwrap_or(1), fields(house, &given)?);
    tx.lock("desk-counters").await?;
    let others = store::counters(tx, unit.id).await?;
    if others.len() >= COUNTERS_MAX {
        return Err(Fault::Conflict(Problem::new("desk-counters-full").arg("max", COUNTERS_MAX)));
    }
    if others.iter().any(|other| other.state.number == number) {
        return Err(Fault::invalid(Problem::new("desk-counter-number").field("number")));
    }
    let nth = store::counters_ever(tx, unit.id).await? + 1;
    let name = given.text("counter_name").to_owned();
    let event = Event::SetUp { unit: unit.id, level: unit.level, number, name, fields };
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    records::begin(tx, by, (Id::next(now), &format!("QY-{}-{nth}", unit.code)), &event, &[]).await
}
