//! Announcing a sitting, and what comes to it. What is done afterwards goes through [`records::act`] and the two tables of verbs.

use super::item::{self, Came, Item};
use super::item_verbs::{ASKING, ENTERING, PROMISING};
use super::session::{self, Dialogue, State};
use super::session_verbs::{ANNOUNCING, moment, moment_of_day};
use super::{ROUTE_DAYS, in_days};
use crate::actions::reach;
use crate::publishing::without_people;
use crate::rules::House;
use ::store::Tx;
use base::{Actor, Fault, Id, Instant, Problem};
use organisation::Kind;
use records::{Aside, Asker, By, Given, Held, Standing, Typed};

/// In whose name somebody announces, enters and promises at an agency.
fn standing(house: &House, actor: &Actor, agency: Id, now: Instant) -> Result<Standing, Fault> {
    let asker = Asker::actor(actor, now);
    let path = house.tree.path(agency);
    let found = [crate::rights::RECEIVE_FEEDBACK, crate::rights::ANSWER_FEEDBACK];
    found
        .into_iter()
        .find_map(|right| asker.standing(right, path))
        .ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))
}

fn aside(name: &'static str, text: &str) -> Option<Aside> {
    (!text.is_empty()).then(|| Aside { name, text: text.to_owned() })
}

/// An agency's head will sit on a day.
///
/// # Errors
/// `Invalid` at each field; `Forbidden` with `records-not-yours` for whoever does not act for that agency.
pub async fn announce(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Dialogue>, Fault> {
    let given = records::read_fields(ANNOUNCING, typed)?;
    let agency = given.id("agency").and_then(|id| house.tree.get(id)).filter(|agency| {
        agency.valid_to.is_none()
            && house.tree.house_of(agency.id).is_some_and(|of| of.id == agency.id)
            && agency.kind != Kind::ServiceCentre
    });
    let agency = agency.ok_or_else(|| Fault::invalid(Problem::new("dialogue-agency").field("agency")))?;
    let standing = standing(house, actor, agency.id, now)?;
    let (held_at, ask_until) = moment(&given, now)?;
    let words: Vec<Aside> =
        ["title", "place", "text"].into_iter().filter_map(|name| aside(name, given.text(name))).collect();
    let problems: Vec<Problem> = ["title", "text"]
        .iter()
        .flat_map(|name| without_people(given.text(name), &Default::default()).map(|problem| problem.field(*name)))
        .collect();
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, session::BOOK, year).await?;
    let event = session::Event::Announce { agency: agency.id, held_at, ask_until, year, n };
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    records::begin::<Dialogue>(tx, by, (Id::next(now), &session::code(year, n)), &event, &words).await
}

/// Somebody asks beforehand, with an account or without.
///
/// # Errors
/// `NotFound` where there is no such sitting; `Conflict` with `dialogue-ask-over` once it is too late; `Invalid` at each field.
pub async fn ask(
    tx: &Tx,
    house: &House,
    sender: Option<&Actor>,
    code: &str,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Item>, Fault> {
    let asker = Asker { actor: sender, key: None, now };
    let sitting = records::open::<Dialogue>(tx, house, &asker, code).await?;
    if sitting.state().state != State::Announced || now > sitting.state().ask_until {
        return Err(Fault::Conflict(Problem::new("dialogue-ask-over")));
    }
    let given = records::read_fields(ASKING, typed)?;
    let mut words: Vec<Aside> = ["text", "name"].into_iter().filter_map(|name| aside(name, given.text(name))).collect();
    words.extend(reach(&given)?);
    let account = sender.filter(|actor| actor.citizen_number.is_some()).map(|actor| actor.account);
    let by = By { actor: account, agency: None, now };
    let (agency, due_at) = (sitting.state().agency, in_days(house, now, ROUTE_DAYS));
    let place = Place { unit: agency, due_at, account };
    write(tx, house, by, (sitting.held(), place), item::Event::Ask, &words).await
}

/// A question asked, or something promised, at the sitting: laid with a unit there and then.
///
/// # Errors
/// `Conflict` with `records-not-now` before the sitting or once its minutes are public; else as [`ask`] and [`announce`].
pub async fn enter(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    (code, word): (&str, &str),
    now: Instant,
    typed: &Typed,
) -> Result<Held<Item>, Fault> {
    let sitting = records::open::<Dialogue>(tx, house, &Asker::actor(actor, now), code).await?;
    let state = sitting.state();
    let begun = state.state == State::Held || (state.state == State::Announced && now >= state.held_at);
    if !begun {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = standing(house, actor, state.agency, now)?;
    let promised = word == "promise";
    let given = records::read_fields(if promised { PROMISING } else { ENTERING }, typed)?;
    let unit = house.workable(given.id("unit"), None)?.id;
    let due_at = moment_of_day(house, &given, now)?;
    let words =
        if promised { promise(&given)? } else { vec![("text", given.text("text")), ("name", given.text("name"))] };
    let words: Vec<Aside> = words.into_iter().filter_map(|(name, text)| aside(name, text)).collect();
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    let event = if promised { item::Event::Promise } else { item::Event::Enter };
    write(tx, house, by, (sitting.held(), Place { unit, due_at, account: None }), event, &words).await
}

/// A promise is public from the moment it is entered.
fn promise(given: &Given) -> Result<Vec<(&'static str, &str)>, Fault> {
    let text = given.text("answer_promise");
    let problems: Vec<Problem> =
        without_people(text, &Default::default()).map(|problem| problem.field("answer_promise")).collect();
    if problems.is_empty() { Ok(vec![("public-question", text)]) } else { Err(Fault::Invalid(problems)) }
}

/// Where an item lies from the beginning.
struct Place {
    unit: Id,
    due_at: Instant,
    account: Option<Id>,
}

async fn write(
    tx: &Tx,
    house: &House,
    by: By,
    (sitting, place): (&Held<Dialogue>, Place),
    event: fn(Came) -> item::Event,
    words: &[Aside],
) -> Result<Held<Item>, Fault> {
    let Place { unit, due_at, account } = place;
    let level = house.tree.get(unit).ok_or_else(|| Fault::internal("a unit that is not there"))?.level;
    let year = i64::from(by.now.date().year());
    let n = records::next_number(tx, item::BOOK, year).await?;
    let agency = sitting.state.agency;
    let came = Came { dialogue: sitting.id, agency, unit, level, account, due_at, year, n };
    let code = item::code(&sitting.code, n);
    records::begin::<Item>(tx, by, (Id::next(by.now), &code), &event(came), words).await
}
