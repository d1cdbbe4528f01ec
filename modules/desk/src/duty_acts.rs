//! Drawing up the roster, and saying that one is there.

use crate::duty::{Duty, Event, Half, State};
use crate::house::House;
use crate::rights::{KEEP_DESK, SERVE_COUNTER};
use crate::store;
use ::store::Tx;
use base::time::{date_of_day, day_number};
use base::{Actor, Fault, Id, Instant, Problem};
use organisation::Agency;
use records::{Ask, Asker, By, Field, Held, Typed};

/// Days drawn up at once.
const DAYS_MAX: i64 = 31;
/// Drawn up by one at a time in the whole province: nobody stands at two desks at once.
pub(crate) const ROSTER_LOCK: &str = "desk-roster";
const SUBSTITUTE_RULE: &str = "NĐ 61/2018/NĐ-CP, Điều 12 khoản 8";

/// What is asked of whoever draws the roster up.
pub const ASSIGNING: &[Field] = &[
    Field::choice("counter", Ask::Word),
    Field::choice("half", Ask::OneOf(&["am", "pm", "both"])),
    Field::choice("from", Ask::Day),
    Field::choice("until", Ask::Day),
    Field::choice("holder", Ask::Person),
    Field::choice("substitute", Ask::Person),
];

/// Puts somebody on duty at a counter for the working half-days of some days, with a substitute.
///
/// # Errors
/// `Forbidden` with `records-not-yours`; `Invalid` at the field: a counter of another desk, somebody who may not stand there, the same person
/// as their own substitute, days the wrong way round or too many, a half-day that is given already (`desk-duty-taken`), somebody who is on
/// duty elsewhere then, or a substitute of somebody who is (`desk-duty-elsewhere`), no working half-day at all.
pub async fn assign(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (desk, typed): (&Agency, &Typed),
) -> Result<usize, Fault> {
    let standing = Asker::actor(actor, now).standing(KEEP_DESK, &desk.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(ASSIGNING, typed)?;
    let wrong = |code, field: &str| Fault::invalid(Problem::new(code).field(field));
    let counter = store::counter(tx, given.text("counter")).await?.filter(|held| held.state.unit == desk.id);
    let counter = counter.ok_or_else(|| wrong("records-field-choice", "counter"))?;
    let mut people = Vec::new();
    for field in ["holder", "substitute"] {
        let person = given.id(field).unwrap_or_default();
        if !identity::may_at(tx, person, SERVE_COUNTER, &desk.path, now).await? {
            return Err(wrong("desk-duty-person", field));
        }
        people.push(person);
    }
    let &[holder, substitute] = &people[..] else { return Err(Fault::internal("two people")) };
    if holder == substitute {
        let same = Problem::new("desk-duty-substitute").field("substitute").rule(SUBSTITUTE_RULE);
        return Err(Fault::invalid(same));
    }
    let day = |field: &str| given.day(field).map(day_number).unwrap_or_default();
    let (from, until) = (day("from"), day("until"));
    if from < now.day() || until < from || until - from >= DAYS_MAX {
        return Err(Fault::invalid(Problem::new("desk-duty-days").field("until").arg("max", DAYS_MAX)));
    }
    let halves: &[Half] = match given.text("half") {
        "am" => &[Half::Am],
        "pm" => &[Half::Pm],
        _ => &[Half::Am, Half::Pm],
    };
    tx.lock(ROSTER_LOCK).await?;
    // Read under the lock: a counter that was ended meanwhile is given to nobody.
    let stands = store::counters(tx, desk.id).await?.iter().any(|held| held.id == counter.id);
    if !stands {
        return Err(wrong("records-field-choice", "counter"));
    }
    let there = store::duties(tx, desk.id, (from, until)).await?;
    let (holds, covers) = store::duties_of(tx, holder, (from, until)).await?;
    let (busy, elsewhere) = store::duties_of(tx, substitute, (from, until)).await?;
    let late_ms = crate::regulation::rule(tx, now).await?.absent_after_minutes * 60_000;
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    let mut made = 0;
    for day in from..=until {
        for half in halves {
            let date = date_of_day(day);
            let Some(opens_at) = half.opens(&house.org.calendar, date) else { continue };
            let then = |held: &&Held<Duty>| (held.state.day, held.state.half) == (day, *half);
            let of_it = |held: &Held<Duty>| held.state.counter == counter.id && held.state.state != State::Dropped;
            // Whoever stands at a counter stands in for nobody; a substitute may be one for several counters of their desk.
            let other_desk = |held: &Held<Duty>| held.state.unit != desk.id;
            let refused = if there.iter().filter(then).any(of_it) {
                Some(("desk-duty-taken", "counter"))
            } else if holds.iter().chain(&covers).any(|held| then(&held)) {
                Some(("desk-duty-elsewhere", "holder"))
            } else if busy.iter().any(|held| then(&held)) || elsewhere.iter().filter(then).any(other_desk) {
                Some(("desk-duty-elsewhere", "substitute"))
            } else {
                None
            };
            if let Some((code, field)) = refused {
                return Err(Fault::invalid(Problem::new(code).field(field).arg("day", base::vn_date(date))));
            }
            let event = Event::Assign {
                unit: desk.id,
                level: desk.level,
                counter: counter.id,
                day,
                half: *half,
                holder,
                substitute,
                opens_at,
                absent_at: opens_at.plus_ms(late_ms),
            };
            let id = Id::next(now);
            records::begin::<Duty>(tx, by, (id, &format!("TR-{id}")), &event, &[]).await?;
            made += 1;
        }
    }
    if made == 0 {
        return Err(wrong("desk-duty-no-day", "from"));
    }
    Ok(made)
}

/// Whoever is on duty, or stands in for them, is there.
///
/// # Errors
/// `NotFound`: no such duty for the asker; `Forbidden` with `records-not-yours` for anybody else; `Conflict` with `records-not-now` when
/// somebody is there already, `desk-duty-early` long before opening, `desk-duty-over` after the half-day.
pub async fn here(tx: &Tx, house: &House, actor: &Actor, now: Instant, code: &str) -> Result<Held<Duty>, Fault> {
    let asker = Asker::actor(actor, now);
    let seen = records::open::<Duty>(tx, house, &asker, code).await?;
    let duty = seen.state();
    if duty.state != State::Planned {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    if ![duty.holder, duty.substitute].contains(&actor.account) {
        return Err(Fault::Forbidden(Problem::new("records-not-yours")));
    }
    let (from, until) = duty.open_for(&house.org.calendar);
    if now < from {
        return Err(Fault::Conflict(Problem::new("desk-duty-early").arg("at", base::vn_date_time(from))));
    }
    if now > until {
        return Err(Fault::Conflict(Problem::new("desk-duty-over").arg("at", base::vn_date_time(until))));
    }
    let before = store::stood_before(tx, duty).await?;
    // The first half-day of all is nobody's change.
    let same = before.is_none_or(|person| person == actor.account);
    let standing = asker.standing(SERVE_COUNTER, house.org.tree.path(duty.unit));
    let by = By { actor: Some(actor.account), agency: standing.and_then(|standing| standing.agency), now };
    records::happen(tx, by, seen.held(), &Event::Here { same }, &[]).await
}
