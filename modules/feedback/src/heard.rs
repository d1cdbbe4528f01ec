//! What people said to an official's face, by telephone and at dialogues, week by week: request, answer, day.

use crate::dialogue::item::{Item, State as ItemState};
use crate::petition::Petition;
use crate::rules::House;
use ::store::{Sql, StoreError, Tx, Value};
use base::{Date, Fault, Id, Instant};
use print::{Pdf, Sheet};
use records::{Asker, Held, Machine};
use serde::Serialize;

const DAY_MS: i64 = 86_400_000;
/// Weeks that can be looked at: half a year.
pub const WEEKS: i64 = 26;
/// Lines of a printed week; a unit that heard more prints its parts.
pub const PRINTED_MAX: usize = 500;

::store::statements! {
    /// Taken in at one unit by word of mouth, the earliest first, between two ids.
    pub TAKEN_AT = sqlite "SELECT * FROM petition INDEXED BY petition_heard_unit WHERE intake_id = $1 AND channel IN ('counter', 'phone') AND id > $2 AND id < $3 ORDER BY id LIMIT $4",
        postgres "SELECT * FROM petition WHERE intake_id = $1 AND channel IN ('counter', 'phone') AND id > $2 AND id < $3 ORDER BY id LIMIT $4";
    /// … at any.
    pub TAKEN = sqlite "SELECT * FROM petition INDEXED BY petition_heard WHERE channel IN ('counter', 'phone') AND id > $1 AND id < $2 ORDER BY id LIMIT $3",
        postgres "SELECT * FROM petition WHERE channel IN ('counter', 'phone') AND id > $1 AND id < $2 ORDER BY id LIMIT $3";
    /// Asked at dialogues of one agency, likewise.
    pub ASKED_AT = sqlite "SELECT * FROM dialogue_item INDEXED BY dialogue_item_heard_unit WHERE agency_id = $1 AND class = 'question' AND id > $2 AND id < $3 ORDER BY id LIMIT $4",
        postgres "SELECT * FROM dialogue_item WHERE agency_id = $1 AND class = 'question' AND id > $2 AND id < $3 ORDER BY id LIMIT $4";
    /// … of any.
    pub ASKED = sqlite "SELECT * FROM dialogue_item INDEXED BY dialogue_item_heard WHERE class = 'question' AND id > $1 AND id < $2 ORDER BY id LIMIT $3",
        postgres "SELECT * FROM dialogue_item WHERE class = 'question' AND id > $1 AND id < $2 ORDER BY id LIMIT $3";
}

/// A week, by its Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week(pub Date);

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Week {
        let past = i64::from(day.weekday().to_monday_zero_offset());
        Week(Instant::start_of(day).plus_ms(-past * DAY_MS).date())
    }

    /// This week and those before it, the latest first.
    pub fn until(today: Date) -> impl Iterator<Item = Week> {
        let this = Instant::start_of(Week::of(today).0);
        (0..WEEKS).map(move |n| Week(this.plus_ms(-7 * n * DAY_MS).date()))
    }

    /// Its Sunday.
    pub fn last(self) -> Date {
        Instant::start_of(self.0).plus_ms(6 * DAY_MS).date()
    }

    /// What was made in it has ids above the first and below the second.
    pub fn ids(self) -> (Id, Id) {
        let begin = Instant::start_of(self.0);
        (Id(Id::from_parts(begin.0, 0).0 - 1), Id::from_parts(begin.plus_ms(7 * DAY_MS).0, 0))
    }
}

/// Something said.
#[derive(Debug, Clone)]
pub enum Heard {
    /// At a counter or by telephone.
    Petition(Box<Held<Petition>>),
    /// For a dialogue, or at it.
    Question(Box<Held<Item>>),
}

impl Heard {
    pub fn id(&self) -> Id {
        match self {
            Heard::Petition(held) => held.id,
            Heard::Question(held) => held.id,
        }
    }

    /// When it was answered; none before, and for what was set aside.
    pub fn answered(&self) -> Option<Instant> {
        match self {
            Heard::Petition(held) => held.state.answered_at,
            Heard::Question(held) => held.state.settled_at.filter(|_| held.state.state == ItemState::Settled),
        }
    }

    /// The names of the words that say what was asked, and answered.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Heard::Petition(_) => ("text", "answer"),
            Heard::Question(_) => ("text", "public-answer"),
        }
    }

    /// Whether somebody may read it: what complains of the own unit is not for them.
    pub fn may_read(&self, house: &House, asker: &Asker<'_>) -> bool {
        match self {
            Heard::Petition(held) => Petition::may_read(held, house, asker),
            Heard::Question(held) => Item::may_read(held, house, asker),
        }
    }
}

/// The statements of a week's lanes with their values: of some units, or of all.
pub fn lanes(units: Option<&[Id]>, (after, before): (Id, Id), limit: i64) -> Vec<(Sql, Vec<Value>)> {
    let range = |unit: Option<Id>| {
        let unit = unit.map(Value::from).into_iter();
        unit.chain([after.into(), before.into(), limit.into()]).collect::<Vec<Value>>()
    };
    match units {
        None => vec![(TAKEN, range(None)), (ASKED, range(None))],
        Some(units) => {
            let both = units.iter().map(|unit| [(TAKEN_AT, range(Some(*unit))), (ASKED_AT, range(Some(*unit)))]);
            both.flatten().collect()
        }
    }
}

/// What was said between two ids at some units or at all, the earliest first; at most `limit`.
///
/// # Errors
/// The database's.
pub async fn read(tx: &Tx, units: Option<&[Id]>, between: (Id, Id), limit: usize) -> Result<Vec<Heard>, StoreError> {
    let mut found = Vec::new();
    // The lanes of petitions and of questions take turns.
    for (n, (statement, values)) in lanes(units, between, limit as i64).into_iter().enumerate() {
        let rows = tx.query(statement, &values).await?;
        let lane: Result<Vec<Heard>, StoreError> = rows
            .iter()
            .map(|row| match n % 2 {
                0 => Held::read(row).map(|held| Heard::Petition(Box::new(held))),
                _ => Held::read(row).map(|held| Heard::Question(Box::new(held))),
            })
            .collect();
        found.push(lane?);
    }
    Ok(lists::merge(found, limit, Heard::id))
}

print::templates! {
    /// What a unit heard in a week.
    pub WEEK = "heard-week", include_str!("../forms/heard.typ");
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub day: String,
    pub code: String,
    pub how: String,
    pub request: String,
    /// Empty before it is answered; then the state is said.
    pub answer: String,
    pub answered: String,
    pub state: String,
    pub unit: String,
}

/// What stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    pub above: String,
    pub unit: String,
    pub place: String,
    pub day: String,
    /// `23/11/2026 – 29/11/2026`.
    pub week: String,
    pub answered: usize,
    pub lines: Vec<Line>,
}

/// Prints a week.
///
/// # Errors
/// Those of [`print::print`].
pub async fn printed(week: &Printed, now: Instant) -> Result<Pdf, Fault> {
    let title = format!("Sổ lắng nghe người dân, tuần {}", week.week);
    print::print(WEEK, Sheet { title: &title, subject: &week.week, at: now, data: week }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_runs_from_monday_to_sunday_and_holds_what_was_made_in_it() {
        let monday = Date::constant(2026, 11, 23);
        for day in 23..30 {
            assert_eq!(Week::of(Date::constant(2026, 11, day)), Week(monday));
        }
        assert_eq!(Week::of(Date::constant(2026, 11, 30)).0, Date::constant(2026, 11, 30));
        assert_eq!(Week(monday).last(), Date::constant(2026, 11, 29));
        let (after, before) = Week(monday).ids();
        let at = |day: Date, ms| Id::next(Instant::start_of(day).plus_ms(ms));
        let within = |id: Id| id > after && id < before;
        assert!(within(at(monday, 0)) && within(at(Date::constant(2026, 11, 29), DAY_MS - 1)));
        assert!(!within(at(monday, -1)) && !within(at(Date::constant(2026, 11, 30), 0)));
        let weeks: Vec<Week> = Week::until(Date::constant(2026, 12, 2)).collect();
        assert_eq!((weeks[0].0, weeks[1].0), (Date::constant(2026, 11, 30), monday));
        assert_eq!(weeks.len(), WEEKS as usize);
    }
}
