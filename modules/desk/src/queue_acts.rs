//! Taking a ticket, calling the next one, sending one on: acts that look at the counters and at the others who wait.

use crate::counter::{self, Counter};
use crate::house::{House, is_desk};
use crate::regulation::rule;
use crate::rights::{KEEP_DESK, SERVE_COUNTER};
use crate::ticket::{Event, State, Ticket};
use crate::{booking, queue, store};
use ::store::Tx;
use base::{Actor, Fault, Id, Instant, Problem};
use organisation::Agency;
use records::{Asker, By, Held, Machine, Standing, Typed};

/// Tickets and slots of yesterday, and of a long holiday before it, are over with the first ticket of a day.
const LAPSE_DAYS: i64 = 30;

/// One queue is moved by one at a time.
pub(crate) async fn hold(tx: &Tx, desk: Id) -> Result<(), Fault> {
    Ok(tx.lock(&format!("desk-queue-{desk}")).await?)
}

/// What somebody wants a ticket for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Code of a field.
    pub field: String,
    /// A ground of the day's rule; empty for most.
    pub priority: String,
    /// The slot that was booked, where they came in time.
    pub slot_at: Option<Instant>,
}

/// Gives out the next number of a desk and day, to whoever walks in.
///
/// # Errors
/// `NotFound` for no desk; `Conflict` with `desk-shut` outside the hours of the desk, `desk-field-unserved` where no counter that is open
/// serves the field, `desk-queue-full`; `Invalid` at `priority` for a ground the rule does not have, at `field` for one no procedure has.
pub async fn take(tx: &Tx, house: &House, desk: &Agency, now: Instant, wish: &Wish) -> Result<Held<Ticket>, Fault> {
    known_field(house, &wish.field)?;
    give_out(tx, house, desk, now, wish).await
}

/// A field somebody types is one that procedures have, or none: a counter that serves all would take any word.
pub(crate) fn known_field(house: &House, field: &str) -> Result<(), Fault> {
    if field.is_empty() || house.fields.iter().any(|(code, _)| code == field) {
        return Ok(());
    }
    Err(Fault::invalid(Problem::new("records-field-choice").field("field")))
}

/// As [`take`], for a field that was known when it was booked.
pub(crate) async fn give_out(
    tx: &Tx,
    house: &House,
    desk: &Agency,
    now: Instant,
    wish: &Wish,
) -> Result<Held<Ticket>, Fault> {
    if !is_desk(desk) {
        return Err(Fault::NotFound("desk-none"));
    }
    if !house.org.calendar.desk_is_open(now) {
        return Err(Fault::Conflict(Problem::new("desk-shut")));
    }
    let rule = rule(tx, now).await?;
    if !wish.priority.is_empty() && !rule.priority.contains(&wish.priority) {
        return Err(Fault::invalid(Problem::new("records-field-choice").field("priority")));
    }
    hold(tx, desk.id).await?;
    let counters = store::counters(tx, desk.id).await?;
    let served = |held: &Held<Counter>| held.state.state == counter::State::Open && held.state.serves(&wish.field);
    if !counters.iter().any(served) {
        return Err(Fault::Conflict(Problem::new("desk-field-unserved").field("field")));
    }
    let day = store::today(now);
    if store::tickets(tx, desk.id, day, State::Waiting).await?.len() as i64 >= store::QUEUE_MAX {
        return Err(Fault::Conflict(Problem::new("desk-queue-full").arg("max", store::QUEUE_MAX)));
    }
    let by = By { actor: None, agency: Some(desk.id), now };
    let n = store::next_ticket(tx, desk.id, day).await?;
    if n == 1 {
        for old in store::left_over(tx, desk.id, (day, day - LAPSE_DAYS)).await? {
            records::happen(tx, by, &old, &Event::Lapse, &[]).await?;
        }
        let today = Instant::start_of(now.date());
        let days = (today.plus_ms(-LAPSE_DAYS * base::time::DAY_MS), today);
        for old in store::booked_between(tx, desk.id, days).await? {
            records::happen(tx, by, &old, &booking::Event::Miss, &[]).await?;
        }
    }
    let date = now.date();
    let code = format!("ST-{}-{:02}{:02}{:02}-{n:03}", desk.code, date.year() % 100, date.month(), date.day());
    let event = Event::Take {
        unit: desk.id,
        level: desk.level,
        day,
        n,
        field: wish.field.clone(),
        priority: wish.priority.clone(),
        slot_at: wish.slot_at,
    };
    records::begin(tx, by, (Id::next(now), &code), &event, &[]).await
}

/// The counter of a code that is open, for somebody who may stand at it, and in whose name they do.
async fn standing_at(tx: &Tx, house: &House, asker: &Asker<'_>, code: &str) -> Result<(Held<Counter>, By), Fault> {
    let seen = records::open::<Counter>(tx, house, asker, code).await?;
    let held = seen.held().clone();
    let standing = asker.standing(SERVE_COUNTER, house.org.tree.path(held.state.unit));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let actor = asker.actor.map(|actor| actor.account);
    Ok((held, By { actor, agency: standing.agency, now: asker.now }))
}

/// Whoever stands at a counter is done with the one before, and calls the next: one act, one press of a key. None when nobody waits whom the
/// counter serves; the one before is done all the same. `shown` is the ticket their page had at the counter, empty for none; without it
/// nobody asks what was on a page.
///
/// # Errors
/// `NotFound`: no such counter for the asker; `Forbidden` with `records-not-yours`; `Conflict` with `desk-counter-closed`, and with
/// `records-changed-meanwhile` when another ticket is there than was shown.
pub async fn call_next(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (code, shown): (&str, Option<&str>),
) -> Result<Option<Held<Ticket>>, Fault> {
    let asker = Asker::actor(actor, now);
    let (before, by) = standing_at(tx, house, &asker, code).await?;
    let (unit, day, rule) = (before.state.unit, store::today(now), rule(tx, now).await?);
    hold(tx, unit).await?;
    // As it stands under the lock: somebody may have closed it since.
    let counter = store::counter(tx, code).await?.ok_or(Fault::NotFound("records-not-found"))?;
    if counter.state.state != counter::State::Open {
        return Err(Fault::Conflict(Problem::new("desk-counter-closed")));
    }
    done_with(tx, by, &counter, shown).await?;
    let waiting = store::tickets(tx, unit, day, State::Waiting).await?;
    let open: Vec<Id> = open_counters(&store::counters(tx, unit).await?);
    let last = store::last_called(tx, unit, day, rule.priority_in_a_row as i64).await?;
    let in_a_row = queue::in_a_row(&last);
    let Some(next) = queue::next(&waiting, &counter, &open, (&rule, in_a_row), now) else { return Ok(None) };
    let short = next.state.waited_ms(now) <= rule.short_wait_minutes * 60_000;
    let called = records::happen(tx, by, next, &Event::Call { counter: counter.id, short }, &[]).await?;
    Ok(Some(called))
}

/// Whoever is at a counter is served, if it is whom the page showed.
async fn done_with(tx: &Tx, by: By, counter: &Held<Counter>, shown: Option<&str>) -> Result<(), Fault> {
    let there = at_counter(tx, counter.state.unit, store::today(by.now), counter.id).await?;
    let current = there.iter().max_by_key(|held| held.state.last_call_at).map_or("", |held| held.code.as_str());
    if shown.is_some_and(|shown| shown != current) {
        return Err(Fault::Conflict(Problem::new("records-changed-meanwhile")));
    }
    for before in &there {
        records::happen(tx, by, before, &Event::Serve, &[]).await?;
    }
    Ok(())
}

/// A counter as it stands under the lock of its queue, in a state from which the act is possible, for somebody who may do it.
async fn held_for(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    (code, word): (&str, &str),
    standing: impl Fn(&Asker<'_>, &str) -> Option<Standing>,
) -> Result<(Held<Counter>, By), Fault> {
    let seen = records::open::<Counter>(tx, house, asker, code).await?;
    hold(tx, seen.state().unit).await?;
    let counter = store::counter(tx, code).await?.ok_or(Fault::NotFound("records-not-found"))?;
    let verb = Counter::VERBS.iter().find(|verb| verb.word == word).ok_or(Fault::NotFound("records-no-act"))?;
    if !verb.from.contains(&counter.state.state) {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = standing(asker, house.org.tree.path(counter.state.unit));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let by = By { actor: asker.actor.map(|actor| actor.account), agency: standing.agency, now: asker.now };
    Ok((counter, by))
}

/// Whoever stands at a counter, or keeps it, is done with the one there and closes it. `shown` as in [`call_next`].
///
/// # Errors
/// As [`call_next`]; `Conflict` with `records-not-now` when it is closed.
pub async fn close(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (code, shown): (&str, Option<&str>),
) -> Result<Held<Counter>, Fault> {
    let may =
        |asker: &Asker<'_>, path: &str| asker.standing(SERVE_COUNTER, path).or_else(|| asker.standing(KEEP_DESK, path));
    let (counter, by) = held_for(tx, house, &Asker::actor(actor, now), (code, "close"), may).await?;
    done_with(tx, by, &counter, shown).await?;
    records::happen(tx, by, &counter, &counter::Event::Close, &[]).await
}

/// Whoever keeps a counter ends it: it is one no more.
///
/// # Errors
/// `NotFound` and `Forbidden` as [`call_next`]; `Invalid` at `reason`; `Conflict` with `records-not-now` unless it is closed,
/// `desk-counter-duties` while somebody is planned for duty there, `desk-counter-bookings` while slots are booked that no other counter serves.
pub async fn end(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (code, typed): (&str, &Typed),
) -> Result<Held<Counter>, Fault> {
    let may = |asker: &Asker<'_>, path: &str| asker.standing(KEEP_DESK, path);
    // Nobody is put on duty there meanwhile.
    tx.lock(crate::duty_acts::ROSTER_LOCK).await?;
    let (counter, by) = held_for(tx, house, &Asker::actor(actor, now), (code, "end"), may).await?;
    let given = records::read_fields(counter::ENDING, typed)?;
    let planned = store::planned_at(tx, counter.id).await?;
    if planned > 0 {
        return Err(Fault::Conflict(Problem::new("desk-counter-duties").arg("n", planned)));
    }
    let others = store::counters(tx, counter.state.unit).await?;
    let served = |field: &String| others.iter().any(|other| other.id != counter.id && other.state.serves(field));
    let booked = store::booked_fields(tx, counter.state.unit, Instant::start_of(now.date())).await?;
    if !booked.iter().all(served) {
        return Err(Fault::Conflict(Problem::new("desk-counter-bookings")));
    }
    let words = [records::Aside { name: "reason", text: given.text("reason").to_owned() }];
    records::happen(tx, by, &counter, &counter::Event::End, &words).await
}

/// Sends somebody who was called on to another counter of the desk, where they are called first.
///
/// # Errors
/// `NotFound`: no such ticket for the asker; `Conflict` with `records-not-now` when it is not called, `desk-counter-closed` for a counter that
/// is not open; `Invalid` at `to` for one of another desk, or the same; `Forbidden` with `records-not-yours`.
pub async fn send_on(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (ticket, counter): (&str, &str),
) -> Result<Held<Ticket>, Fault> {
    let asker = Asker::actor(actor, now);
    let seen = records::open::<Ticket>(tx, house, &asker, ticket).await?;
    let standing = asker.standing(SERVE_COUNTER, house.org.tree.path(seen.state().unit));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    if seen.state().state != State::Called {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let other = store::counter(tx, counter)
        .await?
        .filter(|other| other.state.unit == seen.state().unit && Some(other.id) != seen.state().counter);
    let other = other.ok_or_else(|| Fault::invalid(Problem::new("records-field-choice").field("to")))?;
    if other.state.state != counter::State::Open {
        return Err(Fault::Conflict(Problem::new("desk-counter-closed")));
    }
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    records::happen(tx, by, seen.held(), &Event::Move { counter: other.id }, &[]).await
}

/// Those called to a counter and not done.
pub async fn at_counter(tx: &Tx, unit: Id, day: i64, counter: Id) -> Result<Vec<Held<Ticket>>, Fault> {
    let called = store::tickets(tx, unit, day, State::Called).await?;
    Ok(called.into_iter().filter(|held| held.state.counter == Some(counter)).collect())
}

/// The counters at which somebody stands.
pub fn open_counters(all: &[Held<Counter>]) -> Vec<Id> {
    all.iter().filter(|held| held.state.state == counter::State::Open).map(|held| held.id).collect()
}
