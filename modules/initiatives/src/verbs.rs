//! What can be done with an initiative, as one table, and the rule of each act.

use crate::initiative::{BOOK, Event, Initiative, REACHES, SORTS, State, code};
use crate::rights::{RECOGNISE_INITIATIVES, SUBMIT_INITIATIVES};
use ::store::{BoxFuture, Tx};
use base::calendar::Limit;
use base::{Actor, Date, Fault, Id, Instant, Problem};
use files::Seal;
use organisation::{Agency, House, Kind};
use records::{Aside, Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use serde::Deserialize;
use std::sync::LazyLock;
use web::Ctx;

/// Longest text, in letters: two pages.
const TEXT_MAX: usize = 4_000;
/// Units that may take one up.
const TAKEN_UP_MAX: usize = 200;

type Does = Result<Decided<Initiative>, Fault>;
type On<'a> = Office<'a, Initiative>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    since: Date,
    assess: Limit,
    /// The law; shown nowhere, read by whoever keeps the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
struct Clocks {
    clock: Vec<Clock>,
}

/// The shipped clocks, the latest last; a test reads the file.
static CLOCKS: LazyLock<Vec<Clock>> = LazyLock::new(|| {
    let text = include_str!("../../../data/initiatives/clock.toml");
    toml::from_str::<Clocks>(text).map(|clocks| clocks.clock).unwrap_or_default()
});

const HEAD: &[Who<Initiative>] = &[Who::At(RECOGNISE_INITIATIVES, |i| i.agency)];
const REASON: Field = Field::lines("reason", 1_000);

/// What is asked of whoever hands one in.
pub const SUBMITTING: &[Field] = &[
    Field::line("title", 200),
    Field::choice("sort", Ask::OneOf(SORTS)),
    Field::lines("text", TEXT_MAX),
    Field::lines("answer_does", TEXT_MAX),
    Field::files("papers", 5),
];

/// The table.
pub const VERBS: &[Verb<Initiative>] = &[
    Verb::beginning("submit", &[State::Submitted], &[Who::Own], SUBMITTING),
    Verb::new(
        "recognise",
        &[State::Submitted, State::Recognised],
        &[State::Recognised],
        HEAD,
        &[Field::choice("reach", Ask::OneOf(REACHES)), Field::line("decision", 100), REASON.optional()],
        recognise,
    ),
    Verb::new("decline", &[State::Submitted], &[State::Declined], HEAD, &[REASON], |_, given| {
        Ok(Decided::event(Event::Decline)?.with("reason", given.text("reason")))
    }),
    Verb::new(
        "take-up",
        &[State::Recognised],
        &[],
        HEAD,
        &[Field::choice("unit", Ask::Unit), Field::lines("note", 1_000).optional()],
        take_up,
    ),
    Verb::new("withdraw", &[State::Submitted], &[State::Withdrawn], &[Who::Own], &[], |_, _| {
        Decided::event(Event::Withdraw)
    }),
    // With its agencies (`crate::move_to`); nobody's act.
    Verb::new("follow", &[State::Submitted, State::Recognised], &[], &[], &[], |_, _| {
        Err(Fault::NotFound("records-no-act"))
    }),
];

impl Machine for Initiative {
    type State = State;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(&ctx.app))
    }

    fn state(&self) -> State {
        self.state
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// What is recognised is there to be learnt from, for every official; what is not, for its own unit and agency.
    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        let (i, Some(actor)) = (&held.state, asker.actor) else { return false };
        let recognised = i.state == State::Recognised && actor.may(SUBMIT_INITIATIVES);
        recognised || [i.unit, i.agency].iter().any(|unit| actor.may_at(SUBMIT_INITIATIVES, house.tree.path(*unit)))
    }

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        asker.actor.is_some_and(|actor| held.state.author == Some(actor.account))
    }
}

/// Hands one in, in the name of the first post that lets one.
///
/// # Errors
/// `Forbidden` with `records-not-yours` without such a post; `Invalid` with every problem at its field.
pub async fn submit(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Initiative>, Fault> {
    let unit =
        house.post(actor, SUBMIT_INITIATIVES).ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(SUBMITTING, typed)?;
    let clock = CLOCKS.iter().rev().find(|clock| clock.since <= now.date());
    let assess = clock.ok_or_else(|| Fault::internal("no clock of initiatives"))?.assess;
    let (id, year) = (Id::next(now), i64::from(now.date().year()));
    let n = records::next_number(tx, BOOK, year).await?;
    let mut papers = Vec::with_capacity(typed.files.len());
    for staged in &typed.files {
        let file = files::keep(tx, staged, id, Some(actor.account), now).await?;
        let file = files::file(tx, file).await?.ok_or_else(|| Fault::internal("a file without its row"))?;
        papers.push(Seal::of(&file));
    }
    let event = Event::Submit {
        sort: given.text("sort").to_owned(),
        unit: unit.id,
        agency: decides(house, actor, unit),
        level: unit.level,
        assess_due_at: house.calendar.due(now, assess, None).due_at,
        year,
        n,
        papers,
    };
    let mut words: Vec<Aside> =
        ["title", "text", "answer_does"].map(|name| Aside { name, text: given.text(name).to_owned() }).into();
    words.push(Aside { name: "author", text: actor.name.clone() });
    let by = By { actor: Some(actor.account), agency: Some(unit.id), now };
    records::begin(tx, by, (id, &code(year, n)), &event, &words).await
}

/// The agency whose head decides: that of the unit; the one above it where its own head hands one in.
fn decides(house: &House, author: &Actor, unit: &Agency) -> Id {
    let agency = house.tree.house_of(unit.id).unwrap_or(unit);
    let own = author.may_at(RECOGNISE_INITIATIVES, &agency.path);
    let above = agency.parent.filter(|_| own).and_then(|parent| house.tree.house_of(parent));
    above.map_or(agency.id, |above| above.id)
}

/// Whether somebody could still recognise it, or recognise it more widely.
pub(crate) fn may_widen(held: &Held<Initiative>, house: &House, asker: &Asker<'_>) -> bool {
    let root = house.tree.root().map(|root| root.path.as_str());
    let of_province = root.is_some_and(|root| asker.standing(RECOGNISE_INITIATIVES, root).is_some());
    let wider = held.state.reach.is_empty() || (held.state.reach == "agency" && of_province);
    wider && !Initiative::is_own(held, asker)
}

/// Nobody recognises their own; the province's recognition is given from its root, and not taken back to an agency's.
fn recognise(on: &On<'_>, given: &Given) -> Does {
    let i = on.state();
    if Initiative::is_own(on.held, &on.asker) {
        return Err(Fault::Forbidden(Problem::new("initiative-own")));
    }
    let reach = given.text("reach");
    let root = on.house.tree.root().map(|root| root.path.as_str());
    let of_province = root.is_some_and(|root| on.asker.standing(RECOGNISE_INITIATIVES, root).is_some());
    if reach == "province" && !of_province {
        return Err(Fault::invalid(Problem::new("initiative-reach-not-yours").field("reach")));
    }
    if i.reach == reach || i.reach == "province" {
        return Err(Fault::Conflict(Problem::new("initiative-recognised-already")));
    }
    let decided = Decided::event(Event::Recognise { reach: reach.to_owned() })?;
    Ok(decided.with("decision", given.text("decision")).with("reason", given.text("reason")))
}

/// Another unit works by it from now on.
fn take_up(on: &On<'_>, given: &Given) -> Does {
    let i = on.state();
    let unit = given.id("unit").and_then(|unit| on.house.tree.get(unit)).filter(|unit| may_take_up(unit));
    let unit = unit.ok_or_else(|| Fault::invalid(Problem::new("initiative-unit").field("unit")))?;
    if unit.id == i.unit || i.taken_up.contains(&unit.id) {
        return Err(Fault::invalid(Problem::new("initiative-unit-already").field("unit")));
    }
    if i.taken_up.len() >= TAKEN_UP_MAX {
        return Err(Fault::Conflict(Problem::new("initiative-taken-up-full").arg("max", TAKEN_UP_MAX)));
    }
    Ok(Decided::event(Event::TakeUp { unit: unit.id, level: unit.level })?.with("note", given.text("note")))
}

pub(crate) fn may_take_up(unit: &Agency) -> bool {
    unit.valid_to.is_none() && unit.kind != Kind::ServiceCentre
}
