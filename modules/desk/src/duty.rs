//! Somebody's duty at a counter on a half-day, with a substitute: who came, who was missed.

use crate::house::House;
use crate::rights::{KEEP_DESK, READ_DESK};
use ::store::BoxFuture;
use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant, Level};
use facts::{Fact, Measure};
use organisation::Followed;
use records::{Asker, Column, Decided, DoesNotFollow, Due, Field, Held, Machine, Moment, Subject, Verb, Who, column};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use web::Ctx;

/// The same person as at that counter's same half-day before.
pub const SAME: i64 = 1;
/// The substitute stood there.
pub const COVERED: i64 = 2;
const FLAGS: &[(&str, i64)] = &[("SAME_PERSON", SAME), ("COVERED", COVERED)];

/// A half-day at a counter that somebody stood.
pub static HELD: Measure = Measure::once("duty_held").with(SAME | COVERED, FLAGS);
/// A half-day nobody stood, as the head noted it.
pub static MISSED: Measure = Measure::once("duty_missed");
/// Everything duties are counted by.
pub const MEASURES: &[&Measure] = &[&HELD, &MISSED];

/// The due of being there; past its time, the absence.
pub const BE_THERE: &str = "duty-be-there";

/// So many minutes before opening one may say that one is there.
pub const HERE_BEFORE_MINUTES: i64 = 60;

/// Where a duty stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Planned,
    /// The holder or the substitute is there.
    Present,
    /// Nobody was, and the head has noted why.
    Absent,
    /// Taken off the roster before anybody came.
    Dropped,
}
base::closed_list!(State, {
    Planned => "planned",
    Present => "present",
    Absent => "absent",
    Dropped => "dropped",
});

/// Half of a working day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Half {
    #[default]
    Am,
    Pm,
}
base::closed_list!(Half, { Am => "am", Pm => "pm" });

impl Half {
    /// When the desk opens for it; none when it does not work on that half of the day.
    pub fn opens(self, calendar: &Calendar, day: Date) -> Option<Instant> {
        let noon = Instant::start_of(day).plus_ms(base::time::DAY_MS / 2);
        let (from, to) = match self {
            Half::Am => (Instant::start_of(day), noon),
            Half::Pm => (noon, noon.plus_ms(base::time::DAY_MS / 2)),
        };
        Some(calendar.next_working_instant(from)).filter(|at| *at < to)
    }

    /// When it is over: at noon, or when the work of the day is.
    pub fn closes(self, calendar: &Calendar, opens: Instant) -> Instant {
        let begin = Instant::start_of(opens.date());
        let end = begin.plus_ms(if self == Half::Am { base::time::DAY_MS / 2 } else { base::time::DAY_MS });
        let minutes = (0..).map(|n| opens.plus_ms(n * 60_000)).take_while(|at| *at < end);
        minutes.take_while(|at| calendar.is_working_time(*at)).last().map_or(opens, |at| at.plus_ms(60_000))
    }
}

/// A duty's state; see [`records::Subject`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duty {
    pub state: State,
    pub unit: Id,
    pub level: String,
    pub counter: Id,
    /// Days since 1970.
    pub day: i64,
    pub half: Half,
    pub holder: Id,
    pub substitute: Id,
    pub opens_at: Instant,
    /// Whoever is not there by then is missed.
    pub absent_at: Instant,
    pub present: Option<Id>,
    pub present_at: Option<Instant>,
    /// 1 until it is taken off: its place cannot be given twice.
    pub stands: Option<i64>,
}

impl Duty {
    /// From when to when somebody can say that they are there.
    pub fn open_for(&self, calendar: &Calendar) -> (Instant, Instant) {
        (self.opens_at.plus_ms(-HERE_BEFORE_MINUTES * 60_000), self.half.closes(calendar, self.opens_at))
    }

    /// Whether that is so now.
    pub fn is_open(&self, calendar: &Calendar, now: Instant) -> bool {
        let (from, until) = self.open_for(calendar);
        from <= now && now <= until
    }

    /// Nobody is there though somebody should have been for a while.
    pub fn is_missed(&self, now: Instant) -> bool {
        self.state == State::Planned && now > self.absent_at
    }
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Assign {
        unit: Id,
        level: Level,
        counter: Id,
        day: i64,
        half: Half,
        holder: Id,
        substitute: Id,
        opens_at: Instant,
        absent_at: Instant,
    },
    /// Whether it was the same person as the half-day before stands in the event: the past keeps what was so then.
    Here {
        same: bool,
    },
    Absent,
    Drop,
    /// Agencies were reorganised: it is done at the desk that takes the work on.
    Follow(Followed),
}

impl Subject for Duty {
    const KIND: &'static str = "counter-duty";
    const TABLE: &'static str = "desk_duty";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Assign { unit, level, counter, day, half, holder, substitute, opens_at, absent_at } = event
            else {
                return Err(DoesNotFollow("never assigned"));
            };
            let duty = Duty {
                unit: *unit,
                level: level.as_str().to_owned(),
                counter: *counter,
                day: *day,
                half: *half,
                holder: *holder,
                substitute: *substitute,
                opens_at: *opens_at,
                absent_at: *absent_at,
                stands: Some(1),
                ..Duty::default()
            };
            return Ok((duty, Vec::new()));
        };
        let mut duty = before.clone();
        let count = |measure| {
            let place = (before.unit, before.level.parse().unwrap_or(Level::Province));
            Fact::one(measure, base::time::date_of_day(before.day), place, moment.subject)
        };
        let counted = match event {
            Event::Assign { .. } => return Err(DoesNotFollow("assigned twice")),
            Event::Here { same } => {
                duty.state = State::Present;
                duty.present = moment.actor;
                duty.present_at = Some(moment.at);
                let covered = if moment.actor == Some(before.holder) { 0 } else { COVERED };
                Some(Fact { flags: covered | if *same { SAME } else { 0 }, ..count(&HELD) })
            }
            Event::Absent => {
                duty.state = State::Absent;
                Some(count(&MISSED))
            }
            Event::Drop => {
                duty.state = State::Dropped;
                duty.stands = None;
                None
            }
            Event::Follow(followed) => {
                duty.unit = followed.to(duty.unit);
                None
            }
        };
        Ok((duty, counted.into_iter().collect()))
    }

    /// Being there is the holder's to do; past its time it is the desk's head who is reminded.
    fn dues(&self) -> Vec<Due> {
        let due = Due { name: BE_THERE, unit: self.unit, holder: Some(self.holder), at: self.absent_at, part: 0 };
        if self.state == State::Planned { vec![due] } else { Vec::new() }
    }
}

/// Every column.
const COLUMNS: &[Column<Duty>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("level", level),
    column!("counter_id", counter),
    column!("day", day),
    column!("half", word half),
    column!("holder_id", holder),
    column!("substitute_id", substitute),
    column!("opens_at", opens_at),
    column!("absent_at", absent_at),
    column!("present_id", present),
    column!("present_at", present_at),
    column!("stands", stands),
];

const HEADS: &[Who<Duty>] = &[Who::At(KEEP_DESK, |duty| duty.unit)];

impl Machine for Duty {
    type State = State;
    type House = House;
    /// The table. Whoever is on duty says so themselves; heads note absences and take duties off.
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("assign", &[State::Planned], HEADS, &[]),
        Verb { from: &[State::Planned], ..Verb::beginning("here", &[State::Present], &[Who::Own], &[]) },
        Verb::new(
            "absent",
            &[State::Planned],
            &[State::Absent],
            HEADS,
            &[Field::lines("reason", 1_000)],
            |on, given| {
                if on.now() <= on.state().absent_at {
                    let early = base::Problem::new("desk-duty-not-missed");
                    return Err(Fault::Conflict(early.arg("at", base::vn_date_time(on.state().absent_at))));
                }
                Ok(Decided::event(Event::Absent)?.with("reason", given.text("reason")))
            },
        ),
        Verb::new("drop", &[State::Planned], &[State::Dropped], HEADS, &[], |on, _| {
            // What was missed is noted as missed, and counted.
            if on.state().is_missed(on.now()) {
                let late = base::Problem::new("desk-duty-missed");
                return Err(Fault::Conflict(late.arg("at", base::vn_date_time(on.state().absent_at))));
            }
            Decided::event(Event::Drop)
        }),
        // With its desk (`crate::moving`); nobody's act.
        Verb { from: &[State::Planned], ..Verb::beginning("follow", &[], &[], &[]) },
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
        asker.actor.is_some_and(|actor| [held.state.holder, held.state.substitute].contains(&actor.account))
    }
}

/// How steady counters were: for each, of the half-days somebody stood, those of whoever stood most; over all counters together. Given are
/// counter, person and half-days. None without any.
pub fn stability(stood: &[(Id, Id, i64)]) -> Option<(i64, i64)> {
    let all: i64 = stood.iter().map(|(.., n)| n).sum();
    let most = |counter: Id| stood.iter().filter(|(of, ..)| *of == counter).map(|(.., n)| *n).max().unwrap_or_default();
    let counters: BTreeSet<Id> = stood.iter().map(|(counter, ..)| *counter).collect();
    (all > 0).then(|| (counters.into_iter().map(most).sum(), all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_day_opens_with_the_working_hours_and_not_at_all_on_a_day_off() {
        let calendar = Calendar::shipped();
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let opens = |half: Half, on: &str| half.opens(calendar, day(on)).map(base::vn_time);
        let (am, pm) = (opens(Half::Am, "2026-11-30"), opens(Half::Pm, "2026-11-30"));
        assert!(am.is_some() && pm.is_some() && am < pm, "{am:?} {pm:?}");
        assert_eq!((opens(Half::Am, "2026-11-29"), opens(Half::Pm, "2026-11-24")), (None, None));
    }

    #[test]
    fn counters_are_as_steady_as_the_share_of_whoever_stood_most_at_each() {
        assert_eq!(stability(&[]), None);
        let stood = [(Id(1), Id(8), 3), (Id(1), Id(9), 1), (Id(2), Id(9), 6)];
        assert_eq!(stability(&stood), Some((9, 10)));
    }
}
