//! A queue ticket: of nobody, for one field, alive for an hour. Why it is a subject all the same: decision 0031.

use crate::house::House;
use crate::rights::{READ_DESK, SERVE_COUNTER};
use ::store::BoxFuture;
use base::{Fault, Id, Instant, Level};
use facts::{Fact, Measure};
use records::{Asker, Column, Decided, DoesNotFollow, Field, Held, Machine, Moment, Subject, Verb, Who, column};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// Called within the short wait of the day's rule.
pub const SHORT_WAIT: i64 = 1;
/// Taken for a slot that was booked.
pub const BOOKED: i64 = 2;
const FLAGS: &[(&str, i64)] = &[("SHORT_WAIT", SHORT_WAIT), ("BOOKED", BOOKED)];

/// A ticket that was called, once however often it was.
pub static CALLED: Measure = Measure::once("queue_called").with(SHORT_WAIT | BOOKED, FLAGS);
/// Served at a counter.
pub static SERVED: Measure = Measure::once("queue_served").with(BOOKED, FLAGS);
/// Nobody came when it was called, or it was never called that day.
pub static LOST: Measure = Measure::once("queue_lost").with(BOOKED, FLAGS);
/// Everything tickets are counted by.
pub const MEASURES: &[&Measure] = &[&CALLED, &SERVED, &LOST];

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Waiting,
    /// Called to a counter, or being served there.
    Called,
    Served,
    /// Nobody came.
    Missed,
    /// The day was over before it was called, or before anybody noted how it ended.
    Lapsed,
}
base::closed_list!(State, {
    Waiting => "waiting",
    Called => "called",
    Served => "served",
    Missed => "missed",
    Lapsed => "lapsed",
});

/// A ticket's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticket {
    pub state: State,
    pub unit: Id,
    pub level: String,
    /// The local day, as days since 1970.
    pub day: i64,
    /// The number of that desk and day.
    pub n: i64,
    pub field: String,
    /// A ground of the day's rule; empty for most.
    pub priority: String,
    /// The slot, where it was booked and the person came in time.
    pub slot_at: Option<Instant>,
    pub taken_at: Instant,
    /// Where it was called to last; while it waits, the counter it was sent on to.
    pub counter: Option<Id>,
    /// When it was called first: the end of the wait.
    pub called_at: Option<Instant>,
    /// When it was called last.
    pub last_call_at: Option<Instant>,
    pub done_at: Option<Instant>,
    pub calls: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Take {
        unit: Id,
        level: Level,
        day: i64,
        n: i64,
        field: String,
        priority: String,
        slot_at: Option<Instant>,
    },
    /// Whether the wait was a short one stands in the event, as the day's rule had it.
    Call {
        counter: Id,
        short: bool,
    },
    Recall,
    Serve,
    Miss,
    /// It waits for another counter, in the place it had.
    Move {
        counter: Id,
    },
    Lapse,
}

impl Ticket {
    /// From when on the wait counts: a slot's begin for whoever came before it.
    pub fn waits_from(&self) -> Instant {
        self.slot_at.map_or(self.taken_at, |slot| slot.max(self.taken_at))
    }

    /// How long it waited until it was first called, or has waited until now; in milliseconds.
    pub fn waited_ms(&self, now: Instant) -> i64 {
        self.called_at.unwrap_or(now).ms_since(self.waits_from()).max(0)
    }
}

impl Subject for Ticket {
    const KIND: &'static str = "queue-ticket";
    const TABLE: &'static str = "desk_ticket";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Take { unit, level, day, n, field, priority, slot_at } = event else {
                return Err(DoesNotFollow("never taken"));
            };
            let ticket = Ticket {
                unit: *unit,
                level: level.as_str().to_owned(),
                day: *day,
                n: *n,
                field: field.clone(),
                priority: priority.clone(),
                slot_at: *slot_at,
                taken_at: moment.at,
                ..Ticket::default()
            };
            return Ok((ticket, Vec::new()));
        };
        let mut ticket = before.clone();
        let count = |measure, flags| {
            let place = (before.unit, before.level.parse().unwrap_or(Level::Province));
            let booked = if before.slot_at.is_some() { BOOKED } else { 0 };
            let one = Fact::one(measure, base::time::date_of_day(before.day), place, moment.subject);
            Some(Fact { flags: flags | booked, field: before.field.clone(), ..one })
        };
        let counted = match event {
            Event::Take { .. } => return Err(DoesNotFollow("taken twice")),
            Event::Call { counter, short } => {
                ticket.state = State::Called;
                ticket.counter = Some(*counter);
                ticket.calls += 1;
                ticket.called_at = before.called_at.or(Some(moment.at));
                ticket.last_call_at = Some(moment.at);
                let first = before.called_at.is_none();
                first.then(|| count(&CALLED, if *short { SHORT_WAIT } else { 0 })).flatten()
            }
            Event::Recall => {
                ticket.calls += 1;
                ticket.last_call_at = Some(moment.at);
                None
            }
            Event::Serve => {
                ticket.state = State::Served;
                ticket.done_at = Some(moment.at);
                count(&SERVED, 0)
            }
            Event::Miss => {
                ticket.state = State::Missed;
                ticket.done_at = Some(moment.at);
                count(&LOST, 0)
            }
            Event::Move { counter } => {
                ticket.state = State::Waiting;
                ticket.counter = Some(*counter);
                None
            }
            Event::Lapse => {
                ticket.state = State::Lapsed;
                // Whoever was called stood at a counter; that nobody noted how it ended is no loss of theirs.
                before.called_at.is_none().then(|| count(&LOST, 0)).flatten()
            }
        };
        Ok((ticket, counted.into_iter().collect()))
    }
}

/// Every column.
const COLUMNS: &[Column<Ticket>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("level", level),
    column!("day", day),
    column!("n", n),
    column!("field", field),
    column!("priority", priority),
    column!("slot_at", slot_at),
    column!("taken_at", taken_at),
    column!("counter_id", counter),
    column!("called_at", called_at),
    column!("last_call_at", last_call_at),
    column!("done_at", done_at),
    column!("calls", calls),
];

const CLERKS: &[Who<Ticket>] = &[Who::At(SERVE_COUNTER, |ticket| ticket.unit)];

/// A row whose act is a function of this room: it looks at counters and at the others that wait.
const fn own(
    word: &'static str,
    from: &'static [State],
    to: &'static [State],
    who: &'static [Who<Ticket>],
    asks: &'static [Field],
) -> Verb<Ticket> {
    Verb { from, ..Verb::beginning(word, to, who, asks) }
}

impl Machine for Ticket {
    type State = State;
    type House = House;
    /// The table: word, from, to, who, what is asked, the rule. Whoever walks in takes one; the program lets yesterday's lapse.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("take", &[State::Waiting], &[], &[]),
        own("call", &[State::Waiting], &[State::Called], CLERKS, &[]),
        Verb::new("recall", &[State::Called], &[], CLERKS, &[], |_, _| Decided::event(Event::Recall)),
        Verb::new("serve", &[State::Called], &[State::Served], CLERKS, &[], |_, _| Decided::event(Event::Serve)),
        Verb::new("miss", &[State::Called], &[State::Missed], CLERKS, &[], |_, _| Decided::event(Event::Miss)),
        own("move", &[State::Called], &[State::Waiting], CLERKS, &[]),
        own("lapse", &[State::Waiting, State::Called], &[State::Lapsed], &[], &[]),
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
