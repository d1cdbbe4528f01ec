//! What can be done with a sitting, as one table.

use super::session::{Dialogue, Event, State};
use super::{MINUTES_DAYS, in_days};
use crate::publishing::without_people;
use crate::rights::{ANSWER_FEEDBACK, RECEIVE_FEEDBACK};
use crate::rules::House;
use crate::verbs::{REASON_MAX, TEXT_MAX};
use ::store::BoxFuture;
use State::{Announced, Cancelled, Held, Published};
use base::{Fault, Id, Instant, Problem};
use records::{Ask, Asker, Decided, Field, Given, Machine, Office, Verb, Who};
use web::Ctx;

type Does = Result<Decided<Dialogue>, Fault>;
type On<'a> = Office<'a, Dialogue>;

/// Longest minutes, in letters: about ten pages.
const MINUTES_MAX: usize = 20_000;

fn at_agency(d: &Dialogue) -> Id {
    d.agency
}

const OFFICE: &[Who<Dialogue>] = &[Who::At(RECEIVE_FEEDBACK, at_agency), Who::At(ANSWER_FEEDBACK, at_agency)];
const HEAD: &[Who<Dialogue>] = &[Who::At(ANSWER_FEEDBACK, at_agency)];

const DAY: Field = Field::choice("day", Ask::Day);
const HOUR: Field = Field::line("hour", 12);

/// What announcing asks for.
pub const ANNOUNCING: &[Field] = &[
    Field::choice("agency", Ask::Unit),
    Field::line("title", 200),
    Field::line("place", 200),
    DAY,
    HOUR,
    Field::lines("text", TEXT_MAX).optional(),
];

const fn verb(
    word: &'static str,
    from: &'static [State],
    to: &'static [State],
    who: &'static [Who<Dialogue>],
    asks: &'static [Field],
    decide: fn(&On<'_>, &Given) -> Does,
) -> Verb<Dialogue> {
    Verb { word, from, to, since: None, who, asks, decide }
}

/// The table.
pub const VERBS: &[Verb<Dialogue>] = &[
    verb("announce", &[], &[Announced], OFFICE, ANNOUNCING, begins),
    verb("move", &[Announced], &[], OFFICE, &[DAY, HOUR, Field::lines("reason", REASON_MAX)], moved),
    verb("hold", &[Announced], &[Held], OFFICE, &[], hold),
    verb("publish", &[Held], &[Published], HEAD, &[Field::lines("answer_minutes", MINUTES_MAX)], publish),
    // With its agency (`crate::moving`); nobody's act.
    verb("follow", &[Announced, Held], &[], &[], &[], |_, _| Err(Fault::NotFound("records-no-act"))),
    verb("cancel", &[Announced], &[Cancelled], HEAD, &[Field::lines("reason", REASON_MAX)], cancel),
];

impl Machine for Dialogue {
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

    /// A sitting is public from the day it is announced.
    fn may_read(_: &records::Held<Self>, _: &House, _: &Asker<'_>) -> bool {
        true
    }

    fn is_own(_: &records::Held<Self>, _: &Asker<'_>) -> bool {
        false
    }
}

/// A new one is made by [`super::actions`].
fn begins(_: &On<'_>, _: &Given) -> Does {
    Err(Fault::NotFound("records-no-act"))
}

/// The moment of a sitting, and until when questions come in: the end of the working day before.
///
/// # Errors
/// `dialogue-hour` at `hour`, `dialogue-past` at `day`.
pub(super) fn moment(given: &Given, now: Instant) -> Result<(Instant, Instant), Fault> {
    let hour = given.text("hour");
    let time = hour.split_once([':', 'h']).and_then(|(h, m)| {
        let (h, m) = (h.trim().parse::<i8>().ok()?, if m.trim().is_empty() { 0 } else { m.trim().parse::<i8>().ok()? });
        ((0..24).contains(&h) && (0..60).contains(&m)).then_some((h, m))
    });
    let (h, m) = time.ok_or_else(|| Fault::invalid(Problem::new("dialogue-hour").field("hour")))?;
    let day: base::Date =
        given.text("day").parse().map_err(|_| Fault::invalid(Problem::new("records-field-day").field("day")))?;
    let held_at = Instant::from_local(day.at(h, m, 0, 0));
    if held_at <= now {
        return Err(Fault::invalid(Problem::new("dialogue-past").field("day")));
    }
    Ok((held_at, Instant::start_of(day).max(now)))
}

fn moved(on: &On<'_>, given: &Given) -> Does {
    let (held_at, ask_until) = moment(given, on.now())?;
    Ok(Decided::event(Event::Move { held_at, ask_until })?.with("moved", given.text("reason")))
}

fn hold(on: &On<'_>, _: &Given) -> Does {
    if on.now() < on.state().held_at {
        let at = base::vn_date_time(on.state().held_at);
        return Err(Fault::Conflict(Problem::new("dialogue-not-yet").arg("at", at)));
    }
    Decided::event(Event::Hold { minutes_due_at: in_days(on.house, on.now(), MINUTES_DAYS) })
}

/// What everybody reads names nobody: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15.
fn publish(on: &On<'_>, given: &Given) -> Does {
    let minutes = given.text("answer_minutes");
    let problems: Vec<Problem> =
        without_people(minutes, on.words).map(|problem| problem.field("answer_minutes")).collect();
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    Ok(Decided::event(Event::Publish)?.with("minutes", minutes))
}

fn cancel(_: &On<'_>, given: &Given) -> Does {
    Ok(Decided::event(Event::Cancel)?.with("cancelled", given.text("reason")))
}

/// The close of a chosen day that has not passed: until when somebody answers or keeps a promise.
///
/// # Errors
/// `dialogue-past` at `day`.
pub(super) fn moment_of_day(house: &House, given: &Given, now: Instant) -> Result<Instant, Fault> {
    let day: base::Date =
        given.text("day").parse().map_err(|_| Fault::invalid(Problem::new("records-field-day").field("day")))?;
    if day < now.date() {
        return Err(Fault::invalid(Problem::new("dialogue-past").field("day")));
    }
    // A day off ends with the next working day, as limits in calendar days do.
    Ok(house.due(Instant::start_of(day), base::calendar::Limit::SameDay).due_at.max(now))
}
