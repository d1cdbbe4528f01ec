//! A receiving point: what building and equipment a reception unit has, and what can be said of it.

use crate::data;
use crate::house::{House, is_desk};
use crate::rights::{KEEP_DESK, READ_DESK};
use crate::store;
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id, Instant, Level, Problem};
use facts::{Fact, Measure};
use records::{
    Aside, Ask, Asker, By, Column, Decided, DoesNotFollow, Field, Found, Given, Held, Machine, Moment, Office, Subject,
    Typed, Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// A receiving point whose state is known.
pub static KNOWN: Measure = Measure::once("point_known");
/// It has its building and everything required; taken back when it has no more.
pub static EQUIPPED: Measure = Measure::again("point_equipped");
/// Everything receiving points are counted by.
pub const MEASURES: &[&Measure] = &[&KNOWN, &EQUIPPED];

/// How far a point has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No money is given for it.
    Bare,
    /// The money is given.
    Funded,
    /// The building stands; something required is missing.
    Built,
    /// The building stands with everything required.
    Equipped,
}
base::closed_list!(State, {
    Bare => "bare",
    Funded => "funded",
    Built => "built",
    Equipped => "equipped",
});

const ALL: &[State] = &State::ALL;

/// A receiving point's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Point {
    pub unit: Id,
    pub level: String,
    pub funded: bool,
    pub built: bool,
    /// Everything that was required on the day of the last change is there.
    pub complete: bool,
    /// Words of the required list.
    pub items: Vec<String>,
    pub changed_at: Instant,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Declare {
        unit: Id,
        level: Level,
    },
    Fund,
    Build,
    /// What is there from now on, and whether that is everything required today.
    Equip {
        items: Vec<String>,
        complete: bool,
    },
}

impl Point {
    fn is_equipped(&self) -> bool {
        self.built && self.complete
    }
}

impl Subject for Point {
    const KIND: &'static str = "receiving-point";
    const TABLE: &'static str = "desk_point";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let one = |measure, point: &Point, qty| {
            let place = (point.unit, point.level.parse().unwrap_or(Level::Province));
            Fact { qty, ..Fact::one(measure, moment.at.date(), place, moment.subject) }
        };
        let Some(before) = before else {
            let Event::Declare { unit, level } = event else { return Err(DoesNotFollow("never declared")) };
            let level = level.as_str().to_owned();
            let point = Point { unit: *unit, level, changed_at: moment.at, ..Point::default() };
            let known = one(&KNOWN, &point, 1);
            return Ok((point, vec![known]));
        };
        let mut point = Point { changed_at: moment.at, ..before.clone() };
        match event {
            Event::Declare { .. } => return Err(DoesNotFollow("declared twice")),
            Event::Fund => point.funded = true,
            Event::Build => point.built = true,
            Event::Equip { items, complete } => {
                point.items.clone_from(items);
                point.complete = *complete;
            }
        }
        let changed = match (before.is_equipped(), point.is_equipped()) {
            (false, true) => Some(one(&EQUIPPED, &point, 1)),
            (true, false) => Some(one(&EQUIPPED, &point, -1)),
            _ => None,
        };
        Ok((point, changed.into_iter().collect()))
    }

    fn found(&self) -> Found {
        Found { words: &["title", "text"], units: vec![self.unit], ..Found::default() }
    }
}

/// Every column.
const COLUMNS: &[Column<Point>] = &[
    column!("unit_id", unit),
    column!("level", level),
    column!("funded", funded),
    column!("built", built),
    column!("complete", complete),
    column!("items", list items),
    column!("changed_at", changed_at),
];

const KEEPERS: &[Who<Point>] = &[Who::At(KEEP_DESK, |point| point.unit)];
const DECISION: Field = Field::line("decision", 100);
const NOTE: Field = Field::lines("note", 1_000);
const ITEMS: Field = Field::of("items", Ask::Words, 2_000).optional();

/// What is asked of whoever declares one.
pub const DECLARING: &[Field] = &[Field::choice("unit", Ask::Unit), Field::lines("text", 1_000).optional()];

impl Machine for Point {
    type State = State;
    type House = House;
    /// The table: word, from, to, who, what is asked, the rule.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("declare", &[State::Bare], KEEPERS, DECLARING),
        Verb::new("equip", ALL, ALL, KEEPERS, &[ITEMS, NOTE.optional()], equip),
        Verb::new("fund", &[State::Bare], &[State::Funded], KEEPERS, &[DECISION, NOTE.optional()], |_, given| {
            said(Event::Fund, given)
        }),
        Verb::new(
            "build",
            &[State::Bare, State::Funded],
            &[State::Built, State::Equipped],
            KEEPERS,
            &[DECISION, NOTE.optional()],
            |_, given| said(Event::Build, given),
        ),
    ];

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(ctx))
    }

    fn state(&self) -> State {
        match (self.funded, self.built, self.complete) {
            (_, true, true) => State::Equipped,
            (_, true, false) => State::Built,
            (true, false, _) => State::Funded,
            (false, false, _) => State::Bare,
        }
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        asker.standing(READ_DESK, house.org.tree.path(held.state.unit)).is_some()
    }
}

fn said(event: Event, given: &Given) -> Result<Decided<Point>, Fault> {
    let decided = Decided::event(event)?;
    Ok(["decision", "note"].into_iter().fold(decided, |decided, name| decided.with(name, given.text(name))))
}

/// What is ticked is there, what is not ticked is not; only things of the day's list can be ticked. What the law does not ask for any more
/// stays as it was.
fn equip(on: &Office<'_, Point>, given: &Given) -> Result<Decided<Point>, Fault> {
    let (there, listed) = (&on.state().items, data::items(on.now().date()));
    let is_listed = |word: &String| listed.iter().any(|item| item.id == *word);
    let wrong = |code| {
        let source = Problem::new(code).field("items").rule("NĐ 61/2018/NĐ-CP, Điều 13");
        Err(Fault::invalid(source))
    };
    let ticked = given.words("items");
    if !ticked.iter().all(is_listed) {
        return wrong("desk-item-unknown");
    }
    let mut items: Vec<String> = listed.iter().map(|item| item.id.clone()).filter(|id| ticked.contains(id)).collect();
    items.extend(there.iter().filter(|word| !is_listed(word)).cloned());
    let same = |one: &[String], other: &[String]| one.iter().all(|word| other.contains(word));
    if same(&items, there) && same(there, &items) {
        return wrong("desk-item-same");
    }
    let complete = data::is_complete(&items, on.now().date());
    said(Event::Equip { items, complete }, given)
}

/// Declares the receiving point of a reception unit, by whoever keeps that desk.
///
/// # Errors
/// `Invalid` at the unit: none, no reception unit, or declared already; `Forbidden` with `records-not-yours`.
pub async fn declare(tx: &Tx, house: &House, actor: &Actor, now: Instant, typed: &Typed) -> Result<Held<Point>, Fault> {
    let given = records::read_fields(DECLARING, typed)?;
    let wrong = |code| Fault::invalid(Problem::new(code).field("unit"));
    let unit = given.id("unit").and_then(|unit| house.org.tree.get(unit)).filter(|unit| is_desk(unit));
    let unit = unit.ok_or_else(|| wrong("desk-unit-none"))?;
    let standing = Asker::actor(actor, now).standing(KEEP_DESK, &unit.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    tx.lock("desk-points").await?;
    if store::point_of(tx, unit.id).await?.is_some() {
        return Err(wrong("desk-point-declared"));
    }
    let event = Event::Declare { unit: unit.id, level: unit.level };
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    let mut words = vec![Aside { name: "title", text: house.name(unit.id) }];
    if let Some(text) = given.some("text") {
        words.push(Aside { name: "text", text });
    }
    records::begin(tx, by, (Id::next(now), &format!("TN-{}", unit.code)), &event, &words).await
}
