//! A slot at a desk, booked by somebody with an account: theirs to give back, and on arrival a ticket.

use crate::data::Rule;
use crate::house::House;
use crate::rights::READ_DESK;
use ::store::BoxFuture;
use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant, Level};
use facts::{Fact, Measure};
use organisation::Followed;
use records::{Asker, Column, Decided, DoesNotFollow, Held, Machine, Moment, Subject, Verb, Who, column};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// Booked; taken back when it is given back.
pub static BOOKED: Measure = Measure::again("slot_booked");
/// Whoever booked came.
pub static KEPT: Measure = Measure::once("slot_kept");
/// Everything slots are counted by.
pub const MEASURES: &[&Measure] = &[&BOOKED, &KEPT];

/// Where a booking stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Booked,
    Cancelled,
    /// It has become a ticket.
    Arrived,
    /// Nobody came that day.
    Missed,
}
base::closed_list!(State, {
    Booked => "booked",
    Cancelled => "cancelled",
    Arrived => "arrived",
    Missed => "missed",
});

/// A booking's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Booking {
    pub state: State,
    pub unit: Id,
    /// Whose it is.
    pub owner: Option<Id>,
    pub field: String,
    pub slot_at: Instant,
    pub slot_minutes: i64,
    /// Which of the slot's places; none once it is given back.
    pub seat: Option<i64>,
    pub ticket: Option<Id>,
}

impl Booking {
    /// When the slot is over.
    pub fn ends_at(&self) -> Instant {
        self.slot_at.plus_ms(self.slot_minutes * 60_000)
    }
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Book {
        unit: Id,
        level: Level,
        field: String,
        slot_at: Instant,
        slot_minutes: i64,
        seat: i64,
    },
    Cancel {
        level: Level,
    },
    Arrive {
        ticket: Id,
        level: Level,
    },
    Miss,
    /// Agencies were reorganised: the slot is kept at the desk that takes the work on, on a place of its own there.
    Follow {
        #[serde(flatten)]
        followed: Followed,
        level: Level,
        seat: i64,
    },
}

impl Subject for Booking {
    const KIND: &'static str = "slot-booking";
    const TABLE: &'static str = "desk_booking";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let count = |measure, booking: &Booking, level: Level| {
            let one = Fact::one(measure, booking.slot_at.date(), (booking.unit, level), moment.subject);
            vec![Fact { field: booking.field.clone(), ..one }]
        };
        let Some(before) = before else {
            let Event::Book { unit, level, field, slot_at, slot_minutes, seat } = event else {
                return Err(DoesNotFollow("never booked"));
            };
            let booking = Booking {
                unit: *unit,
                owner: moment.actor,
                field: field.clone(),
                slot_at: *slot_at,
                slot_minutes: *slot_minutes,
                seat: Some(*seat),
                ..Booking::default()
            };
            let booked = count(&BOOKED, &booking, *level);
            return Ok((booking, booked));
        };
        let mut booking = before.clone();
        let counted = match event {
            Event::Book { .. } => return Err(DoesNotFollow("booked twice")),
            Event::Cancel { level } => {
                booking.state = State::Cancelled;
                booking.seat = None;
                count(&BOOKED, before, *level).into_iter().map(|fact| Fact { qty: -1, ..fact }).collect()
            }
            Event::Arrive { ticket, level } => {
                booking.state = State::Arrived;
                booking.ticket = Some(*ticket);
                count(&KEPT, before, *level)
            }
            Event::Miss => {
                booking.state = State::Missed;
                Vec::new()
            }
            // What is booked for a day to come counts where somebody will come.
            Event::Follow { followed, level, seat } => {
                (booking.unit, booking.seat) = (followed.to(before.unit), Some(*seat));
                let back = count(&BOOKED, before, *level).into_iter().map(|fact| Fact { qty: -1, ..fact });
                back.chain(count(&BOOKED, &booking, *level)).collect()
            }
        };
        Ok((booking, counted))
    }
}

/// Every column.
const COLUMNS: &[Column<Booking>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("owner_id", owner),
    column!("field", field),
    column!("slot_at", slot_at),
    column!("slot_minutes", slot_minutes),
    column!("seat", seat),
    column!("ticket_id", ticket),
];

impl Machine for Booking {
    type State = State;
    type House = House;
    /// The table. Whoever comes shows the code at the desk; the program notes who did not come.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("book", &[State::Booked], &[Who::Own], &[]),
        Verb::new("cancel", &[State::Booked], &[State::Cancelled], &[Who::Own], &[], |on, _| {
            Decided::event(Event::Cancel { level: on.house.level(on.state().unit) })
        }),
        Verb { from: &[State::Booked], ..Verb::beginning("arrive", &[State::Arrived], &[], &[]) },
        Verb { from: &[State::Booked], ..Verb::beginning("miss", &[State::Missed], &[], &[]) },
        // With its desk (`crate::moving`); nobody's act.
        Verb { from: &[State::Booked], ..Verb::beginning("follow", &[], &[], &[]) },
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

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        held.state.owner.is_some() && asker.actor.map(|actor| actor.account) == held.state.owner
    }
}

/// The slots of a day: whole ones within the working hours, none on a day off.
pub fn slots(calendar: &Calendar, day: Date, rule: &Rule) -> Vec<Instant> {
    let (start, ms) = (Instant::start_of(day), rule.slot_minutes.max(5) * 60_000);
    let whole = |at: &Instant| calendar.is_working_time(*at) && calendar.is_working_time(at.plus_ms(ms - 1));
    let mut slots = Vec::new();
    let mut at = calendar.next_working_instant(start);
    while at.date() == day {
        if whole(&at) {
            slots.push(at);
            at = at.plus_ms(ms);
        } else {
            // The rest of a half-day that holds no whole slot: on to the next opening.
            let closed = (1..=rule.slot_minutes.max(5)).map(|m| at.plus_ms(m * 60_000));
            let next = closed.into_iter().find(|later| !calendar.is_working_time(*later));
            at = calendar.next_working_instant(next.unwrap_or(at.plus_ms(ms)));
        }
    }
    slots
}

/// The days from today on for which slots can be booked.
pub fn days(calendar: &Calendar, today: Date, rule: &Rule) -> Vec<Date> {
    let number = base::time::day_number(today);
    let ahead = (0..=rule.slot_days_ahead.clamp(0, 90)).map(|n| base::time::date_of_day(number + n));
    ahead.filter(|day| calendar.is_working_day(*day)).collect()
}

/// Whether a slot may be booked now: early enough before it, and not too far ahead.
pub fn may_book(calendar: &Calendar, slot: Instant, now: Instant, rule: &Rule) -> bool {
    let early = slot >= now.plus_ms(rule.slot_before_minutes * 60_000);
    early
        && days(calendar, now.date(), rule).contains(&slot.date())
        && slots(calendar, slot.date(), rule).contains(&slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        crate::data::rule(Date::MAX).cloned().expect("a rule")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn slots_lie_within_working_hours_and_none_on_a_day_off() {
        let calendar = Calendar::shipped();
        let monday = slots(calendar, day("2026-11-30"), &rule());
        assert!(monday.len() >= 14, "{}", monday.len());
        for slot in &monday {
            assert!(calendar.is_working_time(*slot) && calendar.is_working_time(slot.plus_ms(30 * 60_000 - 1)));
        }
        assert!(monday.windows(2).all(|two| two[1].ms_since(two[0]) >= 30 * 60_000), "no two overlap");
        // Ngày Văn hóa Việt Nam, a Tuesday; a Sunday.
        assert!(slots(calendar, day("2026-11-24"), &rule()).is_empty());
        assert!(slots(calendar, day("2026-11-29"), &rule()).is_empty());
    }

    #[test]
    fn a_slot_is_booked_before_it_begins_and_within_the_days_of_the_rule() {
        let (calendar, rule) = (Calendar::shipped(), rule());
        let now = slots(calendar, day("2026-11-30"), &rule)[2];
        let of = |text: &str, n: usize| slots(calendar, day(text), &rule)[n];
        assert!(!may_book(calendar, now, now, &rule), "it begins now");
        assert!(may_book(calendar, of("2026-11-30", 6), now, &rule));
        assert!(may_book(calendar, of("2026-12-14", 0), now, &rule));
        assert!(!may_book(calendar, of("2026-12-15", 0), now, &rule), "too far ahead");
        assert!(!may_book(calendar, of("2026-12-01", 0).plus_ms(60_000), now, &rule), "no slot begins there");
    }
}
