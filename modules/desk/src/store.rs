//! SQL of the counter, and nothing else. Rows are written by [`records::happen`].

use crate::booking::Booking;
use crate::counter::Counter;
use crate::duty::Duty;
use crate::point::Point;
use crate::queues_page::Sums;
use crate::regulation::Regulation;
use crate::ticket::{State, Ticket};
use ::store::{StoreError, Tx, params};
use base::{Date, Id, Instant};
use records::Held;
use std::collections::HashMap;

/// Tickets of one desk and state read at once: more than stand in a hall.
pub const QUEUE_MAX: i64 = 500;

::store::statements! {
    /// The receiving point of a unit.
    pub POINT_OF = "SELECT * FROM desk_point WHERE unit_id = $1";
    /// All of them; a province has as many as reception units.
    pub POINTS = "SELECT * FROM desk_point ORDER BY unit_id LIMIT 5000";
    /// The counters of a desk that have not ended, by number.
    pub COUNTERS = "SELECT * FROM desk_counter WHERE unit_id = $1 AND state <> 'ended' ORDER BY number LIMIT 100";
    /// How many counters a desk has ever had.
    pub COUNTERS_EVER = "SELECT COUNT(*) AS n FROM desk_counter WHERE unit_id = $1";
    /// One counter by its code.
    pub COUNTER = "SELECT * FROM desk_counter WHERE code = $1";
    /// The number after the last one given out at a desk on a day.
    pub NEXT_TICKET = "SELECT COALESCE(MAX(n), 0) + 1 AS n FROM desk_ticket WHERE unit_id = $1 AND day = $2";
    /// One ticket by its code.
    pub TICKET = "SELECT * FROM desk_ticket WHERE code = $1";
    /// Tickets of a desk, day and state, in the order they were taken.
    pub TICKETS = "SELECT * FROM desk_ticket WHERE unit_id = $1 AND day = $2 AND state = $3 ORDER BY n LIMIT $4";
    /// The last ones served at a desk on a day.
    pub LAST_SERVED = "SELECT * FROM desk_ticket WHERE unit_id = $1 AND day = $2 AND state = 'served' ORDER BY done_at DESC, n DESC LIMIT $3";
    /// The last ones called at a desk on a day, the latest first.
    pub LAST_CALLED = "SELECT * FROM desk_ticket WHERE unit_id = $1 AND day = $2 AND called_at IS NOT NULL ORDER BY called_at DESC, n DESC LIMIT $3";
    /// How many were called at a desk on a day, and how long they waited together.
    pub WAITED = "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN called_at > CASE WHEN slot_at > taken_at THEN slot_at ELSE taken_at END THEN called_at - CASE WHEN slot_at > taken_at THEN slot_at ELSE taken_at END ELSE 0 END), 0) AS ms FROM desk_ticket WHERE unit_id = $1 AND day = $2 AND called_at IS NOT NULL";
    /// What came of the queues of some days, desk by desk.
    pub SUMS = "SELECT unit_id, COUNT(*) AS taken, COUNT(called_at) AS called, COALESCE(SUM(CASE WHEN called_at > CASE WHEN slot_at > taken_at THEN slot_at ELSE taken_at END THEN called_at - CASE WHEN slot_at > taken_at THEN slot_at ELSE taken_at END ELSE 0 END), 0) AS waited_ms, SUM(CASE WHEN state = 'served' THEN 1 ELSE 0 END) AS served, COALESCE(SUM(CASE WHEN state = 'served' THEN done_at - last_call_at ELSE 0 END), 0) AS serving_ms FROM desk_ticket WHERE day >= $1 AND day <= $2 GROUP BY unit_id";
    /// How many of a desk stand where on a day.
    pub COUNTS = "SELECT state, COUNT(*) AS n FROM desk_ticket WHERE unit_id = $1 AND day = $2 GROUP BY state";
    /// One booking by its code.
    pub BOOKING = "SELECT * FROM desk_booking WHERE code = $1";
    /// The slots somebody has booked and not used, from a moment on.
    pub BOOKINGS_OF = "SELECT * FROM desk_booking WHERE owner_id = $1 AND slot_at > $2 AND state = 'booked' ORDER BY slot_at LIMIT 50";
    /// All of somebody's bookings, the latest first.
    pub BOOKINGS_EVER = "SELECT * FROM desk_booking WHERE owner_id = $1 ORDER BY slot_at DESC LIMIT 30";
    /// The places of a slot that are taken.
    pub SEATS = "SELECT seat FROM desk_booking WHERE unit_id = $1 AND slot_at = $2 AND seat IS NOT NULL";
    /// How many places of each slot are taken between two moments.
    pub SEATS_BETWEEN = "SELECT slot_at, COUNT(*) AS n FROM desk_booking WHERE unit_id = $1 AND slot_at >= $2 AND slot_at < $3 AND seat IS NOT NULL GROUP BY slot_at";
    /// Bookings of a desk between two moments for which nobody has come.
    pub BOOKED_BETWEEN = "SELECT * FROM desk_booking WHERE unit_id = $1 AND slot_at >= $2 AND slot_at < $3 AND state = 'booked' ORDER BY slot_at, seat LIMIT $4";
    /// The duties of a desk from one day to another, both included.
    pub DUTIES = "SELECT * FROM desk_duty WHERE unit_id = $1 AND day >= $2 AND day <= $3 ORDER BY day, half, counter_id LIMIT 5000";
    /// Who stood at a counter on the same half of the last day before that somebody did.
    pub STOOD_BEFORE = "SELECT present_id FROM desk_duty WHERE counter_id = $1 AND half = $2 AND day < $3 AND state = 'present' ORDER BY day DESC LIMIT 1";
    /// Who stood at the counters of a desk in a period, half-day by half-day.
    pub STOOD = "SELECT counter_id, present_id, COUNT(*) AS n FROM desk_duty WHERE unit_id = $1 AND day >= $2 AND day <= $3 AND state = 'present' GROUP BY counter_id, present_id";
    /// Duties at a counter for which nobody has come and no absence is noted.
    pub PLANNED_AT = "SELECT COUNT(*) AS n FROM desk_duty WHERE counter_id = $1 AND state = 'planned'";
    /// The same of a whole desk.
    pub PLANNED_IN = "SELECT COUNT(*) AS n FROM desk_duty WHERE unit_id = $1 AND state = 'planned'";
    /// Duties that somebody holds from one day to another, at whichever desk.
    pub HELD_BY = "SELECT * FROM desk_duty WHERE holder_id = $1 AND day >= $2 AND day <= $3 AND stands = 1 LIMIT 100";
    /// Duties for which somebody is the substitute.
    pub COVERED_BY = "SELECT * FROM desk_duty WHERE substitute_id = $1 AND day >= $2 AND day <= $3 AND stands = 1 LIMIT 1000";
    /// Slots booked at all desks from a moment on.
    pub BOOKED_ANYWHERE = "SELECT unit_id, slot_at, COUNT(*) AS n FROM desk_booking WHERE slot_at >= $1 AND state = 'booked' GROUP BY unit_id, slot_at ORDER BY unit_id, slot_at LIMIT 200000";
    /// Fields of the slots of a desk that are booked from a moment on.
    pub BOOKED_FIELDS = "SELECT DISTINCT field FROM desk_booking WHERE unit_id = $1 AND slot_at >= $2 AND state = 'booked'";
    /// How many slots of a desk are booked from a moment on.
    pub BOOKED_IN = "SELECT COUNT(*) AS n FROM desk_booking WHERE unit_id = $1 AND slot_at >= $2 AND state = 'booked'";
    /// Tickets of a desk for which nobody has been called to the end, of whatever day.
    pub QUEUED_IN = "SELECT COUNT(*) AS n FROM desk_ticket WHERE unit_id = $1 AND state IN ('waiting', 'called')";
    /// Counters that have not ended at desks of a JSON list.
    pub COUNTERS_OF = sqlite "SELECT * FROM desk_counter WHERE state <> 'ended' AND unit_id IN (SELECT value FROM json_each($1)) ORDER BY unit_id, number",
        postgres "SELECT * FROM desk_counter WHERE state <> 'ended' AND unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY unit_id, number";
    /// Duties to come at desks of a JSON list.
    pub PLANNED_OF = sqlite "SELECT * FROM desk_duty WHERE state = 'planned' AND unit_id IN (SELECT value FROM json_each($1)) ORDER BY id",
        postgres "SELECT * FROM desk_duty WHERE state = 'planned' AND unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY id";
    /// Slots booked at desks of a JSON list for a moment on or later, and not used.
    pub BOOKED_OF = sqlite "SELECT * FROM desk_booking WHERE state = 'booked' AND slot_at >= $2 AND unit_id IN (SELECT value FROM json_each($1)) ORDER BY slot_at, id",
        postgres "SELECT * FROM desk_booking WHERE state = 'booked' AND slot_at >= $2 AND unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY slot_at, id";
    /// How many slots somebody has booked since an identifier was made, those given back as well.
    pub BOOKED_SINCE = "SELECT COUNT(*) AS n FROM desk_booking WHERE owner_id = $1 AND id >= $2";
    /// The regulation in force on a day.
    pub REGULATION_ON = "SELECT * FROM desk_regulation WHERE state = 'issued' AND effective_on <= $1 ORDER BY effective_on DESC, id DESC LIMIT 1";
    /// All versions, the latest first; a province has some in ten years.
    pub REGULATIONS = "SELECT * FROM desk_regulation ORDER BY effective_on DESC, id DESC LIMIT 500";
    /// How many wait at each desk on a day.
    pub WAITING_BY_DESK = "SELECT unit_id, COUNT(*) AS n FROM desk_ticket WHERE day = $1 AND state = 'waiting' GROUP BY unit_id";
    /// Every counter that has not ended, desk by desk.
    pub ALL_COUNTERS = "SELECT * FROM desk_counter WHERE state <> 'ended' ORDER BY unit_id, number LIMIT 10000";
    /// Tickets of earlier days of a desk that did not come to an end.
    pub LEFT_OVER = "SELECT * FROM desk_ticket WHERE unit_id = $1 AND day < $2 AND day >= $3 AND state IN ('waiting', 'called') ORDER BY day, n LIMIT $4";
}

/// The receiving point of a unit.
pub async fn point_of(tx: &Tx, unit: Id) -> Result<Option<Held<Point>>, StoreError> {
    tx.query_opt(POINT_OF, params![unit]).await?.as_ref().map(Held::read).transpose()
}

/// All receiving points.
pub async fn points(tx: &Tx) -> Result<Vec<Held<Point>>, StoreError> {
    Held::read_all(&tx.query(POINTS, &[]).await?)
}

/// The counters of a desk that have not ended, by number.
pub async fn counters(tx: &Tx, unit: Id) -> Result<Vec<Held<Counter>>, StoreError> {
    Held::read_all(&tx.query(COUNTERS, params![unit]).await?)
}

/// How many counters a desk has ever had.
pub async fn counters_ever(tx: &Tx, unit: Id) -> Result<i64, StoreError> {
    tx.query_one(COUNTERS_EVER, params![unit]).await?.get("n")
}

/// One counter by its code.
pub async fn counter(tx: &Tx, code: &str) -> Result<Option<Held<Counter>>, StoreError> {
    tx.query_opt(COUNTER, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// The number the next ticket of a desk and day gets.
pub async fn next_ticket(tx: &Tx, unit: Id, day: i64) -> Result<i64, StoreError> {
    tx.query_one(NEXT_TICKET, params![unit, day]).await?.get("n")
}

/// One ticket by its code.
pub async fn ticket(tx: &Tx, code: &str) -> Result<Option<Held<Ticket>>, StoreError> {
    tx.query_opt(TICKET, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// Tickets of a desk, day and state, in the order they were taken.
pub async fn tickets(tx: &Tx, unit: Id, day: i64, state: State) -> Result<Vec<Held<Ticket>>, StoreError> {
    Held::read_all(&tx.query(TICKETS, params![unit, day, state.as_str(), QUEUE_MAX]).await?)
}

/// The last ones served at a desk on a day.
pub async fn last_served(tx: &Tx, unit: Id, day: i64, limit: i64) -> Result<Vec<Held<Ticket>>, StoreError> {
    Held::read_all(&tx.query(LAST_SERVED, params![unit, day, limit]).await?)
}

/// The last ones called at a desk on a day, the latest first.
pub async fn last_called(tx: &Tx, unit: Id, day: i64, limit: i64) -> Result<Vec<Held<Ticket>>, StoreError> {
    Held::read_all(&tx.query(LAST_CALLED, params![unit, day, limit]).await?)
}

/// How many were called at a desk on a day, and how long they waited together, in milliseconds.
pub async fn waited(tx: &Tx, unit: Id, day: i64) -> Result<(i64, i64), StoreError> {
    let row = tx.query_one(WAITED, params![unit, day]).await?;
    Ok((row.get("n")?, row.get("ms")?))
}

/// How many tickets of a desk stand where on a day.
pub async fn counts(tx: &Tx, unit: Id, day: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx.query(COUNTS, params![unit, day]).await?;
    rows.iter().map(|row| Ok((row.get("state")?, row.get("n")?))).collect()
}

/// How many wait at each desk on a day.
pub async fn waiting_by_desk(tx: &Tx, day: i64) -> Result<HashMap<Id, i64>, StoreError> {
    let rows = tx.query(WAITING_BY_DESK, params![day]).await?;
    rows.iter().map(|row| Ok((row.get("unit_id")?, row.get("n")?))).collect()
}

/// Every counter that has not ended, desk by desk.
pub async fn all_counters(tx: &Tx) -> Result<Vec<Held<Counter>>, StoreError> {
    Held::read_all(&tx.query(ALL_COUNTERS, &[]).await?)
}

/// Tickets of earlier days of a desk that did not come to an end, back to a day.
pub async fn left_over(tx: &Tx, unit: Id, (before, from): (i64, i64)) -> Result<Vec<Held<Ticket>>, StoreError> {
    Held::read_all(&tx.query(LEFT_OVER, params![unit, before, from, QUEUE_MAX]).await?)
}

/// Today, as tickets count days.
pub fn today(now: Instant) -> i64 {
    now.day()
}

/// One booking by its code.
pub async fn booking(tx: &Tx, code: &str) -> Result<Option<Held<Booking>>, StoreError> {
    tx.query_opt(BOOKING, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// The slots somebody has booked and not used, from a moment on.
pub async fn bookings_of(tx: &Tx, owner: Id, from: Instant) -> Result<Vec<Held<Booking>>, StoreError> {
    Held::read_all(&tx.query(BOOKINGS_OF, params![owner, from]).await?)
}

/// All of somebody's bookings, the latest first.
pub async fn bookings_ever(tx: &Tx, owner: Id) -> Result<Vec<Held<Booking>>, StoreError> {
    Held::read_all(&tx.query(BOOKINGS_EVER, params![owner]).await?)
}

/// The places of a slot that are taken.
pub async fn seats(tx: &Tx, unit: Id, slot: Instant) -> Result<Vec<i64>, StoreError> {
    tx.query(SEATS, params![unit, slot]).await?.iter().map(|row| row.get("seat")).collect()
}

/// How many places of each slot are taken between two moments.
pub async fn seats_between(
    tx: &Tx,
    unit: Id,
    (from, to): (Instant, Instant),
) -> Result<HashMap<Instant, i64>, StoreError> {
    let rows = tx.query(SEATS_BETWEEN, params![unit, from, to]).await?;
    rows.iter().map(|row| Ok((row.get("slot_at")?, row.get("n")?))).collect()
}

/// Bookings of a desk between two moments for which nobody has come.
pub async fn booked_between(
    tx: &Tx,
    unit: Id,
    (from, to): (Instant, Instant),
) -> Result<Vec<Held<Booking>>, StoreError> {
    Held::read_all(&tx.query(BOOKED_BETWEEN, params![unit, from, to, QUEUE_MAX]).await?)
}

/// The duties of a desk from one day to another, both included.
pub async fn duties(tx: &Tx, unit: Id, (from, until): (i64, i64)) -> Result<Vec<Held<Duty>>, StoreError> {
    Held::read_all(&tx.query(DUTIES, params![unit, from, until]).await?)
}

/// Who stood at a duty's counter on the same half of the last day before that somebody did.
pub async fn stood_before(tx: &Tx, duty: &Duty) -> Result<Option<Id>, StoreError> {
    let row = tx.query_opt(STOOD_BEFORE, params![duty.counter, duty.half.as_str(), duty.day]).await?;
    row.map(|row| row.get("present_id")).transpose()
}

/// Who stood at the counters of a desk in a period, and how many half-days each.
pub async fn stood(tx: &Tx, unit: Id, (from, until): (i64, i64)) -> Result<Vec<(Id, Id, i64)>, StoreError> {
    let rows = tx.query(STOOD, params![unit, from, until]).await?;
    rows.iter().map(|row| Ok((row.get("counter_id")?, row.get("present_id")?, row.get("n")?))).collect()
}

/// Duties at a counter for which nobody has come and no absence is noted.
pub async fn planned_at(tx: &Tx, counter: Id) -> Result<i64, StoreError> {
    tx.query_one(PLANNED_AT, params![counter]).await?.get("n")
}

/// The same of a whole desk.
pub async fn planned_in(tx: &Tx, unit: Id) -> Result<i64, StoreError> {
    tx.query_one(PLANNED_IN, params![unit]).await?.get("n")
}

/// Duties that somebody holds from one day to another, and those for which they are the substitute, at whichever desk.
pub async fn duties_of(
    tx: &Tx,
    person: Id,
    (from, until): (i64, i64),
) -> Result<(Vec<Held<Duty>>, Vec<Held<Duty>>), StoreError> {
    let held = Held::read_all(&tx.query(HELD_BY, params![person, from, until]).await?)?;
    Ok((held, Held::read_all(&tx.query(COVERED_BY, params![person, from, until]).await?)?))
}

/// Fields of the slots of a desk that are booked from a moment on.
pub async fn booked_fields(tx: &Tx, unit: Id, from: Instant) -> Result<Vec<String>, StoreError> {
    tx.query(BOOKED_FIELDS, params![unit, from]).await?.iter().map(|row| row.get("field")).collect()
}

/// How many slots of a desk are booked from a moment on.
pub async fn booked_in(tx: &Tx, unit: Id, from: Instant) -> Result<i64, StoreError> {
    tx.query_one(BOOKED_IN, params![unit, from]).await?.get("n")
}

/// How many slots somebody has booked since a moment, those given back as well: an identifier tells when it was made.
pub async fn booked_since(tx: &Tx, owner: Id, from: Instant) -> Result<i64, StoreError> {
    tx.query_one(BOOKED_SINCE, params![owner, Id::from_parts(from.0, 0)]).await?.get("n")
}

/// The regulation in force on a day.
pub async fn regulation_on(tx: &Tx, day: Date) -> Result<Option<Held<Regulation>>, StoreError> {
    tx.query_opt(REGULATION_ON, params![day]).await?.as_ref().map(Held::read).transpose()
}

/// All versions of the regulation, the latest first.
pub async fn regulations(tx: &Tx) -> Result<Vec<Held<Regulation>>, StoreError> {
    Held::read_all(&tx.query(REGULATIONS, &[]).await?)
}

/// What came of the queues of some days, both included, desk by desk.
pub async fn sums(tx: &Tx, (from, until): (i64, i64)) -> Result<HashMap<Id, Sums>, StoreError> {
    let rows = tx.query(SUMS, params![from, until]).await?;
    let read = |row: &::store::Row| {
        let sums = Sums {
            taken: row.get("taken")?,
            called: row.get("called")?,
            waited_ms: row.get("waited_ms")?,
            served: row.get("served")?,
            serving_ms: row.get("serving_ms")?,
        };
        Ok((row.get("unit_id")?, sums))
    };
    rows.iter().map(read).collect()
}
