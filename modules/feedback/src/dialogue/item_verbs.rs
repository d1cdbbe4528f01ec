//! What can be done with a question or a commitment, as one table.

use super::item::{COMMITMENT, Event, Item, QUESTION, State};
use super::session_verbs::moment_of_day;
use crate::publishing::without_people;
use crate::rights::{ANSWER_FEEDBACK, HANDLE_FEEDBACK, READ_FEEDBACK, RECEIVE_FEEDBACK};
use crate::rules::House;
use crate::verbs::{REASON_MAX, TEXT_MAX};
use ::store::BoxFuture;
use State::{Open, Sent, SetAside, Settled};
use base::{Fault, Id, Problem};
use records::{Ask, Asker, Decided, Field, Given, Held, Machine, Office, Verb, Who};
use web::Ctx;

type Does = Result<Decided<Item>, Fault>;
type On<'a> = Office<'a, Item>;

fn at_agency(i: &Item) -> Id {
    i.agency
}

fn at_unit(i: &Item) -> Id {
    i.unit
}

const OFFICE: &[Who<Item>] = &[Who::At(RECEIVE_FEEDBACK, at_agency), Who::At(ANSWER_FEEDBACK, at_agency)];
const UNIT: &[Who<Item>] = &[Who::At(HANDLE_FEEDBACK, at_unit), Who::At(ANSWER_FEEDBACK, at_agency)];

/// What somebody who asks beforehand is asked for.
pub const ASKING: &[Field] = &[
    Field::lines("text", TEXT_MAX),
    Field::line("name", 100).optional(),
    Field::line("phone", 30).optional(),
    Field::line("email", 120).optional(),
];
/// A question at the sitting, and the unit that answers.
pub const ENTERING: &[Field] = &[
    Field::lines("text", TEXT_MAX),
    Field::choice("unit", Ask::Unit),
    Field::choice("day", Ask::Day),
    Field::line("name", 100).optional(),
];
/// Something promised: everybody reads it, so it names nobody.
pub const PROMISING: &[Field] =
    &[Field::lines("answer_promise", TEXT_MAX), Field::choice("unit", Ask::Unit), Field::choice("day", Ask::Day)];

const fn verb(
    word: &'static str,
    from: &'static [State],
    to: &'static [State],
    who: &'static [Who<Item>],
    asks: &'static [Field],
    decide: fn(&On<'_>, &Given) -> Does,
) -> Verb<Item> {
    Verb { word, from, to, since: None, who, asks, decide }
}

/// The table.
pub const VERBS: &[Verb<Item>] = &[
    verb("ask", &[], &[Sent], &[Who::Own], ASKING, begins),
    verb("enter", &[], &[Open], OFFICE, ENTERING, begins),
    verb("promise", &[], &[Open], OFFICE, PROMISING, begins),
    verb(
        "route",
        &[Sent, Open],
        &[Open],
        OFFICE,
        &[Field::choice("unit", Ask::Unit), Field::choice("day", Ask::Day)],
        route,
    ),
    verb(
        "answer",
        &[Open],
        &[Settled],
        UNIT,
        &[Field::lines("answer_question", TEXT_MAX), Field::lines("answer_public", TEXT_MAX)],
        answer,
    ),
    verb("fulfil", &[Open], &[Settled], UNIT, &[Field::lines("answer_done", TEXT_MAX)], fulfil),
    // With its units (`crate::moving`); nobody's act.
    verb("follow", &[Sent, Open], &[], &[], &[], begins),
    verb("set-aside", &[Sent], &[SetAside], OFFICE, &[Field::lines("reason", REASON_MAX)], set_aside),
];

impl Machine for Item {
    type State = State;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(crate::pages::house(&ctx.app))
    }

    fn state(&self) -> State {
        self.state
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// Whoever reads petitions at the agency that sits, or where it lies; what everybody reads stands on the sitting's page.
    fn may_read(held: &Held<Self>, house: &House, asker: &Asker<'_>) -> bool {
        let Some(actor) = asker.actor else { return false };
        [held.state.agency, held.state.unit].into_iter().any(|unit| actor.may_at(READ_FEEDBACK, house.tree.path(unit)))
    }

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        held.state.account.is_some() && held.state.account == asker.actor.map(|actor| actor.account)
    }
}

/// A new one is made by [`super::actions`].
fn begins(_: &On<'_>, _: &Given) -> Does {
    Err(Fault::NotFound("records-no-act"))
}

fn route(on: &On<'_>, given: &Given) -> Does {
    let unit = on.house.workable(given.id("unit"), None)?;
    let due_at = moment_of_day(on.house, given, on.now())?;
    let level = unit.level;
    Decided::event(Event::Route { unit: unit.id, level, due_at })
}

fn of_class(on: &On<'_>, class: &str) -> Result<(), Fault> {
    match on.state().class == class {
        true => Ok(()),
        false => Err(Fault::Conflict(Problem::new("dialogue-other-class"))),
    }
}

/// Words that everybody reads, each without people.
fn public(on: &On<'_>, given: &Given, fields: &[&'static str]) -> Result<(), Fault> {
    let problems: Vec<Problem> = fields
        .iter()
        .flat_map(|field| without_people(given.text(field), on.words).map(|problem| problem.field(*field)))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

fn answer(on: &On<'_>, given: &Given) -> Does {
    of_class(on, QUESTION)?;
    public(on, given, &["answer_question", "answer_public"])?;
    let decided = Decided::event(Event::Answer)?;
    Ok(decided
        .with("public-question", given.text("answer_question"))
        .with("public-answer", given.text("answer_public")))
}

fn fulfil(on: &On<'_>, given: &Given) -> Does {
    of_class(on, COMMITMENT)?;
    public(on, given, &["answer_done"])?;
    Ok(Decided::event(Event::Fulfil)?.with("public-answer", given.text("answer_done")))
}

fn set_aside(_: &On<'_>, given: &Given) -> Does {
    Ok(Decided::event(Event::SetAside)?.with("reason", given.text("reason")))
}
