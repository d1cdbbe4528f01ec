//! What modules above may read of the dossiers without knowing their tables.

use crate::apply::apply;
use crate::dossier::{Dossier, Outcome, Status, mark, state_key};
use crate::happening::Happening;
use ::store::{Row, StoreError, Tx, Value, params};
use base::calendar::Calendar;
use base::{Id, Instant};
use std::collections::HashMap;

/// Dossiers asked for in one statement.
const LINES_MAX: usize = 1_000;

::store::statements! {
    /// Dossiers being worked on past their due moment, by competent agency; never leaves its index.
    pub REPORT_OVERDUE = "SELECT competent_id, CAST(COUNT(*) AS BIGINT) AS n FROM dossier WHERE status IN (2, 4) AND due_at < $1 GROUP BY competent_id ORDER BY n DESC, competent_id";
    /// What a list of cases shows of some dossiers; their ids are one JSON list.
    pub REPORT_LINES = sqlite "SELECT id, code, version_id, status, outcome, competent_id, due_at, promised_at, finished_at FROM dossier WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, code, version_id, status, outcome, competent_id, due_at, promised_at, finished_at FROM dossier WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";

    /// Received and not ended, of some agencies: those worked on, and those that wait for the applicant. Each half is an index that holds
    /// open dossiers alone.
    pub REPORT_OPEN = sqlite "SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier INDEXED BY dossier_due_worked WHERE status IN (2, 4) AND competent_id IN (SELECT value FROM json_each($1)) UNION ALL SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier INDEXED BY dossier_unit_waiting WHERE status IN (5, 6) AND received_at IS NOT NULL AND competent_id IN (SELECT value FROM json_each($1)) LIMIT $2",
        postgres "SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier WHERE status IN (2, 4) AND competent_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) UNION ALL SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier WHERE status IN (5, 6) AND received_at IS NOT NULL AND competent_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) LIMIT $2";
    /// The same, counted: $2 is now, $3 the mark of what was late once.
    pub REPORT_OPEN_COUNTS = sqlite "SELECT competent_id, field, procedure_id, status, late, timely, COUNT(*) AS n FROM (SELECT competent_id, field, procedure_id, status, due_at < $2 AS late, COALESCE(paused_at, $2) <= COALESCE(promised_at, due_at) AND supplements < 2 AND (flags & $3) = 0 AS timely FROM dossier INDEXED BY dossier_due_worked WHERE status IN (2, 4) AND competent_id IN (SELECT value FROM json_each($1)) UNION ALL SELECT competent_id, field, procedure_id, status, due_at < $2 AS late, COALESCE(paused_at, $2) <= COALESCE(promised_at, due_at) AND supplements < 2 AND (flags & $3) = 0 AS timely FROM dossier INDEXED BY dossier_unit_waiting WHERE status IN (5, 6) AND received_at IS NOT NULL AND competent_id IN (SELECT value FROM json_each($1))) AS open_ones GROUP BY competent_id, field, procedure_id, status, late, timely",
        postgres "SELECT competent_id, field, procedure_id, status, late, timely, COUNT(*) AS n FROM (SELECT competent_id, field, procedure_id, status, due_at < $2 AS late, COALESCE(paused_at, $2) <= COALESCE(promised_at, due_at) AND supplements < 2 AND (flags & $3) = 0 AS timely FROM dossier WHERE status IN (2, 4) AND competent_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) UNION ALL SELECT competent_id, field, procedure_id, status, due_at < $2 AS late, COALESCE(paused_at, $2) <= COALESCE(promised_at, due_at) AND supplements < 2 AND (flags & $3) = 0 AS timely FROM dossier WHERE status IN (5, 6) AND received_at IS NOT NULL AND competent_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))) AS open_ones GROUP BY competent_id, field, procedure_id, status, late, timely";
    /// Some of them, open or not.
    pub REPORT_CASES = sqlite "SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, competent_id, field, procedure_id, status, received_at, due_at, promised_at, paused_at, supplements, flags FROM dossier WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
}

/// How a dossier that is open stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its clock runs, and its date has not passed.
    InTime,
    /// Its clock runs past its date.
    Overdue,
    /// Its clock rests: the applicant is waited for.
    Paused,
}

impl Standing {
    fn of(status: Status, due_at: Option<Instant>, now: Instant) -> Option<Standing> {
        match status {
            Status::Received | Status::Processing if due_at.is_some_and(|due| due < now) => Some(Standing::Overdue),
            Status::Received | Status::Processing => Some(Standing::InTime),
            Status::Supplement | Status::Payment => Some(Standing::Paused),
            _ => None,
        }
    }
}

/// How an open dossier stands, and how it would count if it ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stood {
    pub standing: Standing,
    /// In time by QĐ 766/QĐ-TTg, component 2.1: before the promise it is counted by, where it waits for the applicant on the day it was
    /// asked for, never late before, and with one request for a supplement at most.
    pub timely: bool,
}

/// A dossier as statistics place it: nothing that names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub id: Id,
    /// The competent agency of today.
    pub agency: Id,
    pub field: String,
    pub procedure: Id,
    /// When its clock began; `None` for what was never received.
    pub received_at: Option<Instant>,
    clock: Clock,
}

/// What of a dossier tells how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Clock {
    status: Status,
    due_at: Option<Instant>,
    promised_at: Option<Instant>,
    paused_at: Option<Instant>,
    supplements: i64,
    flags: i64,
}

impl Clock {
    fn stood(&self, now: Instant) -> Option<Stood> {
        let standing = Standing::of(self.status, self.due_at, now)?;
        let (until, promised) = (self.paused_at.unwrap_or(now), self.promised_at.or(self.due_at));
        let in_time = promised.is_some_and(|promised| until <= promised);
        Some(Stood { standing, timely: in_time && self.supplements < 2 && self.flags & mark::LATE == 0 })
    }
}

impl From<&Dossier> for Clock {
    fn from(d: &Dossier) -> Clock {
        let (status, due_at, promised_at, paused_at) = (d.status, d.due_at, d.promised_at, d.paused_at);
        Clock { status, due_at, promised_at, paused_at, supplements: d.supplements, flags: d.flags }
    }
}

impl Placed {
    /// How it stands now; `None` where it is not open, or was never received.
    pub fn standing(&self, now: Instant) -> Option<Stood> {
        self.clock.stood(now).filter(|_| self.received_at.is_some())
    }

    fn read(row: &Row) -> Result<Placed, StoreError> {
        Ok(Placed {
            id: row.get("id")?,
            agency: row.get("competent_id")?,
            field: row.get("field")?,
            procedure: row.get("procedure_id")?,
            received_at: row.get("received_at")?,
            clock: Clock {
                status: status(row)?,
                due_at: row.get("due_at")?,
                promised_at: row.get("promised_at")?,
                paused_at: row.get("paused_at")?,
                supplements: row.get("supplements")?,
                flags: row.get("flags")?,
            },
        })
    }
}

/// How many dossiers of an agency, a field and a procedure stand so at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCount {
    pub agency: Id,
    pub field: String,
    pub procedure: Id,
    pub stood: Stood,
    pub n: i64,
}

fn status(row: &Row) -> Result<Status, StoreError> {
    Status::from_code(row.get("status")?)
        .ok_or_else(|| StoreError::Column { column: "status".to_owned(), problem: "not a status".to_owned() })
}

/// Received dossiers of some agencies that have not ended, `limit` of them at most.
///
/// # Errors
/// The database's.
pub async fn open_of(tx: &Tx, agencies: &[Id], limit: i64) -> Result<Vec<Placed>, StoreError> {
    tx.query(REPORT_OPEN, params![Value::ids(agencies), limit]).await?.iter().map(Placed::read).collect()
}

/// The same, counted as they stand now.
///
/// # Errors
/// The database's.
pub async fn open_counts(tx: &Tx, agencies: &[Id], now: Instant) -> Result<Vec<OpenCount>, StoreError> {
    let mut counts = Vec::new();
    for row in tx.query(REPORT_OPEN_COUNTS, params![Value::ids(agencies), now, mark::LATE]).await? {
        let [late, timely] = ["late", "timely"].map(|name| row.get::<Option<bool>>(name));
        // By the word alone: the statement has compared already.
        let due = late?.unwrap_or(false).then(|| now.plus_ms(-1));
        let Some(standing) = Standing::of(status(&row)?, due, now) else { continue };
        let stood = Stood { standing, timely: timely?.unwrap_or(false) };
        let (agency, field, procedure) = (row.get("competent_id")?, row.get("field")?, row.get("procedure_id")?);
        counts.push(OpenCount { agency, field, procedure, stood, n: row.get("n")? });
    }
    Ok(counts)
}

/// Some dossiers, open or not, by id.
///
/// # Errors
/// The database's.
pub async fn placed(tx: &Tx, some: &[Id]) -> Result<HashMap<Id, Placed>, StoreError> {
    let mut found = HashMap::with_capacity(some.len());
    for chunk in some.chunks(LINES_MAX) {
        for row in tx.query(REPORT_CASES, &[Value::ids(chunk)]).await? {
            let placed = Placed::read(&row)?;
            found.insert(placed.id, placed);
        }
    }
    Ok(found)
}

/// How some dossiers stood at a moment that is over, from their events: those that were open then. One that was received by then
/// and entered later, by post, stands as it was entered.
///
/// # Errors
/// The database's; an event that does not follow, which only a changed log has.
pub async fn standing_at(tx: &Tx, some: &[Id], moment: Instant) -> Result<HashMap<Id, Stood>, StoreError> {
    let mut found = HashMap::with_capacity(some.len());
    for id in some {
        let mut state: Option<Dossier> = None;
        for event in audit::events(tx, *id).await? {
            if event.at >= moment && state.as_ref().is_some_and(|now| now.received_at.is_some()) {
                break;
            }
            let broken = || StoreError::Constraint(format!("event {} of dossier {id} does not follow", event.n));
            let (rules, happening) = Happening::read_with_rules(&event.data).ok_or_else(broken)?;
            apply(&mut state, *id, event.at, (rules, event.actor), &happening).map_err(|_| broken())?;
        }
        let received = state.filter(|d| d.received_at.is_some());
        if let Some(stood) = received.and_then(|d| Clock::from(&d).stood(moment)) {
            found.insert(*id, stood);
        }
    }
    Ok(found)
}

/// A dossier in a list of cases: nothing that names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    pub code: String,
    pub version: Id,
    pub status: Status,
    pub outcome: Outcome,
    pub competent: Id,
    /// What was promised; `None` before the clock starts.
    pub due_at: Option<Instant>,
    /// Where it was put off: the promise before, by which it is counted.
    pub promised_at: Option<Instant>,
    /// When the case was decided.
    pub finished_at: Option<Instant>,
}

impl CaseLine {
    /// How far past its promise the case was decided, or is now while its clock runs: milliseconds of working time, at least one when it
    /// is late at all. `None` where it is not late, or nothing was promised.
    pub fn late_ms(&self, calendar: &Calendar, now: Instant) -> Option<i64> {
        // Work has until the later date; what is done is judged by the promise before.
        let due = self.promised_at.filter(|_| self.finished_at.is_some()).or(self.due_at)?;
        let paused = self.finished_at.is_none() && !matches!(self.status, Status::Received | Status::Processing);
        let end = self.finished_at.unwrap_or(now);
        (!paused && end > due).then(|| calendar.working_ms_between(due, end).max(1))
    }

    /// Fluent key of what it is now.
    pub fn state_key(&self) -> &'static str {
        state_key(self.status, self.outcome)
    }
}

/// The dossiers with these ids, by id.
pub async fn case_lines(tx: &Tx, some: &[Id]) -> Result<HashMap<Id, CaseLine>, StoreError> {
    let mut lines = HashMap::with_capacity(some.len());
    for chunk in some.chunks(LINES_MAX) {
        for row in tx.query(REPORT_LINES, &[Value::ids(chunk)]).await? {
            let status = status(&row)?;
            let line = CaseLine {
                code: row.get("code")?,
                version: row.get("version_id")?,
                status,
                outcome: Outcome::read(&row.get::<String>("outcome")?),
                competent: row.get("competent_id")?,
                due_at: row.get("due_at")?,
                promised_at: row.get("promised_at")?,
                finished_at: row.get("finished_at")?,
            };
            lines.insert(row.get("id")?, line);
        }
    }
    Ok(lines)
}

/// How many open dossiers are overdue at each competent agency, most first. One whose clock is paused is not.
pub async fn overdue_by_agency(tx: &Tx, now: Instant) -> Result<Vec<(Id, i64)>, StoreError> {
    tx.query(REPORT_OVERDUE, params![now])
        .await?
        .iter()
        .map(|row| Ok((row.get("competent_id")?, row.get("n")?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(day: i8, hour: i8) -> Instant {
        Instant::from_local(date(2026, 11, day).at(hour, 0, 0, 0))
    }

    fn line(status: Status, due: Option<Instant>, finished: Option<Instant>) -> CaseLine {
        let (code, outcome) = (String::new(), Outcome::None);
        CaseLine {
            code,
            version: Id(1),
            status,
            outcome,
            competent: Id(1),
            due_at: due,
            promised_at: None,
            finished_at: finished,
        }
    }

    #[test]
    fn a_case_is_late_by_the_working_time_past_its_promise_and_not_at_all_while_its_clock_rests() {
        let calendar = Calendar::shipped();
        let late = |line: CaseLine, now| line.late_ms(calendar, now).map(|ms| ms / 3_600_000);
        // Promised for Friday 15:00, decided on Monday at 9:00: two hours on Friday and two on Monday from seven on.
        let decided = late(line(Status::Decided, Some(at(20, 15)), Some(at(23, 9))), at(29, 9));
        assert!(matches!(decided, Some(4)), "{decided:?}");
        assert_eq!(late(line(Status::Decided, Some(at(20, 15)), Some(at(20, 15))), at(29, 9)), None);
        assert_eq!(late(line(Status::Processing, Some(at(20, 15)), None), at(20, 16)), Some(1));
        assert_eq!(late(line(Status::Supplement, Some(at(20, 15)), None), at(27, 16)), None);
        assert_eq!(late(line(Status::Filed, None, None), at(27, 16)), None);
    }
}
