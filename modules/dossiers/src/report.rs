//! What modules above may read of the dossiers without knowing their tables.

use crate::dossier::{Outcome, Status, state_key};
use ::store::{StoreError, Tx, Value, params};
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
pub async fn case_lines(tx: &Tx, ids: &[Id]) -> Result<HashMap<Id, CaseLine>, StoreError> {
    let mut lines = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(LINES_MAX) {
        let list = Value::Json(chunk.iter().map(|id| serde_json::Value::from(id.0)).collect());
        for row in tx.query(REPORT_LINES, &[list]).await? {
            let status = Status::from_code(row.get("status")?).ok_or_else(|| StoreError::Column {
                column: "status".to_owned(),
                problem: "not a status".to_owned(),
            })?;
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
