//! Booking a slot, and coming for it.

use crate::booking::{Booking, Event, may_book};
use crate::house::House;
use crate::queue_acts::{Wish, give_out, hold, known_field};
use crate::regulation::rule;
use crate::rights::BOOK_SLOT;
use crate::ticket::Ticket;
use crate::{booking, store};
use ::store::Tx;
use base::{Actor, Fault, Id, Instant, Problem, vn_time};
use organisation::Agency;
use rand::RngCore as _;
use records::{By, Held};

/// Letters and digits that are not mistaken for one another, read out or written by hand.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: a thousand million, so that nobody hits upon another's.
const CODE_LETTERS: usize = 6;

/// A code that leads nowhere but to its own booking.
fn new_code() -> String {
    let mut bytes = [0; CODE_LETTERS];
    rand::rng().fill_bytes(&mut bytes);
    let letters: String = bytes.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect();
    format!("LH-{letters}")
}

/// Books a slot for somebody with an account.
///
/// # Errors
/// `Forbidden` for whoever may not book; `Invalid` at `field` (no procedure has it, no counter of the desk serves it) or `slot` (none, too late, too far ahead, or
/// another of their own then); `Conflict` with `desk-slot-full` when others have its places, `desk-slots-held` with as many as one may hold,
/// `desk-slots-today` with as many as one may book in a day, those given back as well.
pub async fn book(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    now: Instant,
    (desk, field, slot): (&Agency, &str, Instant),
) -> Result<Held<Booking>, Fault> {
    if !actor.may(BOOK_SLOT) {
        return Err(Fault::Forbidden(Problem::new("web-permission-missing")));
    }
    let rule = rule(tx, now).await?;
    if !may_book(&house.org.calendar, slot, now, &rule) {
        return Err(Fault::invalid(Problem::new("desk-slot-none").field("slot")));
    }
    known_field(house, field)?;
    hold(tx, desk.id).await?;
    let counters = store::counters(tx, desk.id).await?;
    if !counters.iter().any(|held| held.state.serves(field)) {
        return Err(Fault::invalid(Problem::new("desk-field-unserved").field("field")));
    }
    let own = store::bookings_of(tx, actor.account, now).await?;
    if own.iter().any(|held| held.state.slot_at == slot) {
        return Err(Fault::invalid(Problem::new("desk-slot-own").field("slot")));
    }
    if own.len() as i64 >= rule.slots_of_one {
        return Err(Fault::Conflict(Problem::new("desk-slots-held").arg("max", rule.slots_of_one)));
    }
    let today = store::booked_since(tx, actor.account, Instant::start_of(now.date())).await?;
    if today >= rule.slots_a_day {
        return Err(Fault::Conflict(Problem::new("desk-slots-today").arg("max", rule.slots_a_day)));
    }
    let taken = store::seats(tx, desk.id, slot).await?;
    let seat = (1..=rule.slot_places).find(|seat| !taken.contains(seat));
    let seat = seat.ok_or_else(|| Fault::Conflict(Problem::new("desk-slot-full").field("slot")))?;
    let event = Event::Book {
        unit: desk.id,
        level: desk.level,
        field: field.to_owned(),
        slot_at: slot,
        slot_minutes: rule.slot_minutes,
        seat,
    };
    let by = By { actor: Some(actor.account), agency: None, now };
    records::begin(tx, by, (Id::next(now), &new_code()), &event, &[]).await
}

/// Whoever booked is there, and gets a ticket: with the place of the slot, or after its end like everybody.
///
/// # Errors
/// `NotFound` with `desk-booking-none`: no such booking at this desk; `Conflict` with `desk-booking-over` when it is cancelled or used,
/// `desk-booking-early` before its time or on another day; and those of [`give_out`].
pub async fn arrive(tx: &Tx, house: &House, desk: &Agency, now: Instant, code: &str) -> Result<Held<Ticket>, Fault> {
    let held = store::booking(tx, code).await?.filter(|held| held.state.unit == desk.id);
    let held = held.ok_or(Fault::NotFound("desk-booking-none"))?;
    let (slot, rule) = (&held.state, rule(tx, now).await?);
    if slot.state != booking::State::Booked || slot.slot_at.date() < now.date() {
        return Err(Fault::Conflict(Problem::new("desk-booking-over").field("code")));
    }
    let from = slot.slot_at.plus_ms(-rule.arrive_before_minutes * 60_000);
    if now < from {
        let on = base::vn_date(slot.slot_at.date());
        let early = Problem::new("desk-booking-early").field("code");
        return Err(Fault::Conflict(early.arg("at", vn_time(from)).arg("on", on)));
    }
    let wish =
        Wish { field: slot.field.clone(), slot_at: (now < slot.ends_at()).then_some(slot.slot_at), ..Wish::default() };
    let ticket = give_out(tx, house, desk, now, &wish).await?;
    let by = By { actor: None, agency: Some(desk.id), now };
    records::happen(tx, by, &held, &Event::Arrive { ticket: ticket.id, level: desk.level }, &[]).await?;
    Ok(ticket)
}
