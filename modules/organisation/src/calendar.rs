//! The working calendar as dated data: what a keeper adds and takes back, and the calendar that follows.
//!
//! A change makes a new revision. What was promised keeps the revision it was counted under: its name stands in the basis of
//! the due date, and [`calendar_named`] puts that calendar together again.

use crate::calendar_store::{self as sql, INSERT_VERSION, Line, REMOVE_ENTRY, ROOT_PATH};
use crate::proof::{CALENDAR, KEPT};
use crate::verbs::{DECISION_MAX, REASON_MAX, refuse};
use ::store::{StoreError, Tx, params};
use audit::NewEvent;
use base::calendar::{Calendar, DayOff, Entry, OffKind, Swap, WeekText, WorkingHours};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use serde_json::json;

/// Longest name of a holiday, in letters.
pub const NAME_MAX: usize = 100;
/// Weeks of hours at most; each may bring seven kinds of day, and the calendar tells 256 apart.
const HOURS_MAX: usize = 30;

/// What a keeper adds.
#[derive(Clone, Debug)]
pub enum Given {
    /// A holiday, or days given for one.
    Off { kind: OffKind, from: Option<Date>, to: Option<Date>, name_vi: String, name_en: String },
    /// A working day exchanged for a day off.
    Swap { off: Option<Date>, worked: Option<Date> },
    /// Office hours of a week, Monday first.
    Hours { from: Option<Date>, to: Option<Date>, week: [String; 7] },
}

/// What a change of the calendar rests on.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    pub decision: String,
    pub reason: String,
}

/// Writes the shipped calendar as its first revision, unless there is one. Returns whether it did.
///
/// # Errors
/// The database's.
pub async fn seed_calendar(tx: &Tx, now: Instant) -> Result<bool, Fault> {
    tx.lock("organisation").await?;
    if sql::latest(tx).await?.is_some() {
        return Ok(false);
    }
    let shipped = Calendar::shipped();
    tx.execute(INSERT_VERSION, params![0, shipped.version(), now]).await?;
    for (id, entry) in (1..).map(Id).zip(shipped.entries()) {
        // The source of a swap is its own; the others rest on the law.
        let decision = match &entry {
            Entry::Swap(swap) => swap.basis.clone(),
            _ => "Bộ luật Lao động 45/2019/QH14, Điều 111, 112".to_owned(),
        };
        let line = Line { id, entry, decision, reason: String::new(), removed: None };
        sql::insert(tx, &line, 0, now, None).await?;
    }
    let data = json!({ "version": shipped.version() });
    let event = NewEvent { kind: "calendar-shipped", at: now, actor: None, agency: None, data };
    audit::append_kept(tx, &KEPT, CALENDAR, event).await?;
    Ok(true)
}

/// The calendar as it stands; the shipped one before it was written.
///
/// # Errors
/// The database's.
pub async fn load_calendar(tx: &Tx) -> Result<Calendar, StoreError> {
    match sql::latest(tx).await? {
        Some((revision, version)) => of_lines(&version, &sql::lines(tx, revision).await?),
        None => Ok(Calendar::shipped().clone()),
    }
}

/// The calendar a due date's basis names, as it stood; `None` for one this province never had.
///
/// # Errors
/// The database's.
pub async fn calendar_named(tx: &Tx, version: &str) -> Result<Option<Calendar>, StoreError> {
    match sql::named(tx, version).await? {
        Some(revision) => of_lines(version, &sql::lines(tx, revision).await?).map(Some),
        None => Ok(None),
    }
}

fn entries(lines: &[Line]) -> Vec<Entry> {
    lines.iter().map(|line| line.entry.clone()).collect()
}

fn of_lines(version: &str, lines: &[Line]) -> Result<Calendar, StoreError> {
    Calendar::of_entries(version, &entries(lines))
        .map_err(|problem| StoreError::Column { column: "calendar_entry".into(), problem: problem.to_string() })
}

/// The calendar is the province's: who keeps a part of it keeps no days of its own.
async fn may_keep(tx: &Tx, actor: &Actor) -> Result<String, Fault> {
    let root: String = match tx.query_opt(ROOT_PATH, params![]).await? {
        Some(row) => row.get("path")?,
        None => return Err(Fault::NotFound("organisation-no-unit")),
    };
    if keeps(actor, &root) { Ok(root) } else { Err(Fault::Forbidden(Problem::new("organisation-calendar-province"))) }
}

/// Whether this person keeps the calendar of the province with that root.
pub(crate) fn keeps(actor: &Actor, root: &str) -> bool {
    actor.may_at(crate::rights::KEEP_ORGANISATION, root)
}

/// A text, without blanks around it; a problem where it is missing or too long.
fn text(problems: &mut Vec<Problem>, field: &'static str, value: &str, max: usize, required: bool) -> String {
    let value = value.trim();
    if value.is_empty() && required {
        problems.push(Problem::new("organisation-required").field(field));
    } else if value.chars().count() > max {
        problems.push(Problem::new("organisation-too-long").field(field).arg("max", max));
    }
    value.to_owned()
}

fn ground(problems: &mut Vec<Problem>, ground: &Ground) -> Ground {
    Ground {
        decision: text(problems, "decision", &ground.decision, DECISION_MAX, true),
        reason: text(problems, "reason", &ground.reason, REASON_MAX, true),
    }
}

/// A day that has not passed: what was is not written anew.
fn coming(problems: &mut Vec<Problem>, field: &'static str, day: Option<Date>, today: Date) -> Date {
    match day {
        None => problems.push(Problem::new("organisation-day").field(field)),
        Some(day) if day < today => problems.push(Problem::new("organisation-calendar-past").field(field)),
        Some(_) => {}
    }
    day.unwrap_or(today)
}

/// What was given as an entry, its shape checked.
fn entry(problems: &mut Vec<Problem>, given: &Given, decision: &str, today: Date) -> Option<Entry> {
    match given {
        Given::Off { kind, from, to, name_vi, name_en } => {
            let name_vi = text(problems, "name", name_vi, NAME_MAX, true);
            let name_en = text(problems, "name_en", name_en, NAME_MAX, false);
            let first = coming(problems, "first_day", *from, today);
            let to = to.unwrap_or(first);
            if to < first {
                problems.push(Problem::new("organisation-calendar-order").field("last_day"));
            }
            let name_en = if name_en.is_empty() { name_vi.clone() } else { name_en };
            Some(Entry::Off { from: first, to, off: DayOff { kind: *kind, name_vi, name_en } })
        }
        Given::Swap { off, worked } => {
            let off = coming(problems, "first_day", *off, today);
            let worked = coming(problems, "worked_day", *worked, today);
            Some(Entry::Swap(Swap { off, worked, basis: decision.to_owned() }))
        }
        Given::Hours { from, to, week } => {
            let from = coming(problems, "first_day", *from, today);
            if to.is_some_and(|to| to < from) {
                problems.push(Problem::new("organisation-calendar-order").field("last_day"));
            }
            let week = WeekText::of_days(week.iter().map(String::as_str));
            match WorkingHours::new(&week, &WeekText::default()) {
                Ok(hours) => Some(Entry::Hours { from, to: *to, hours }),
                Err(problem) => {
                    problems.push(problem.field("monday"));
                    None
                }
            }
        }
    }
}

/// Where a rule of the calendar is shown on the form.
fn placed(problem: Problem, entry: &Entry) -> Problem {
    match entry {
        Entry::Swap(_) => problem.field("worked_day"),
        _ => problem.field("last_day"),
    }
}

/// Adds a line, from its first day on; a new revision. Returns the line's id.
///
/// # Errors
/// `Forbidden` for whoever keeps less than the province; `Invalid` with the fields `first_day`, `last_day`, `worked_day`,
/// `name`, `name_en`, `monday`, `decision`, `reason`; `Conflict` past the number of weeks of hours.
pub async fn add(tx: &Tx, actor: &Actor, now: Instant, given: &Given, grounds: &Ground) -> Result<Id, Fault> {
    tx.lock("organisation").await?;
    let root = may_keep(tx, actor).await?;
    let mut problems = Vec::new();
    let grounds = ground(&mut problems, grounds);
    let entry = entry(&mut problems, given, &grounds.decision, now.date());
    refuse(problems)?;
    let Some(entry) = entry else { return Err(Fault::internal("a line without its entry")) };
    let (revision, _) = sql::latest(tx).await?.ok_or_else(|| Fault::internal("the calendar was not written"))?;
    let lines = sql::lines(tx, revision).await?;
    let mut all = entries(&lines);
    let hours = all.iter().filter(|entry| matches!(entry, Entry::Hours { .. })).count();
    if matches!(entry, Entry::Hours { .. }) && hours >= HOURS_MAX {
        return Err(Fault::Conflict(Problem::new("organisation-calendar-hours-many").arg("max", HOURS_MAX)));
    }
    if let Entry::Off { from, to, .. } = &entry {
        let before = of_lines("before", &lines)?;
        let taken = from
            .series(jiff::Span::new().days(1))
            .take_while(|day| day <= to)
            .find(|day| before.day_off(*day).is_some());
        if let Some(day) = taken {
            let problem = Problem::new("organisation-calendar-taken").field("first_day").arg("day", base::vn_date(day));
            return Err(Fault::invalid(problem));
        }
    }
    all.push(entry.clone());
    let version = next_version(revision);
    Calendar::of_entries(&version, &all).map_err(|problem| Fault::invalid(placed(problem, &entry)))?;
    let id = Id::next(now);
    let line = Line { id, entry, decision: grounds.decision, reason: grounds.reason, removed: None };
    sql::insert(tx, &line, revision + 1, now, Some(actor.account)).await?;
    let (kind, first, last, worked, ..) = sql::columns(&line.entry);
    let data = json!({ "line": id, "kind": kind, "from": first, "to": last, "worked": worked,
        "decision": line.decision, "reason": line.reason, "version": version });
    changed(tx, (actor, &root), now, revision + 1, &version, "calendar-added", data).await?;
    Ok(id)
}

/// Takes a line back whose first day has not come.
///
/// # Errors
/// `Forbidden`, `Invalid` (`decision`, `reason`), `NotFound`, `Conflict` once it has begun, or when what is left does not hold
/// together (a swap that leans on it).
pub async fn remove(tx: &Tx, actor: &Actor, now: Instant, id: Id, grounds: &Ground) -> Result<(), Fault> {
    tx.lock("organisation").await?;
    let root = may_keep(tx, actor).await?;
    let mut problems = Vec::new();
    let grounds = ground(&mut problems, grounds);
    refuse(problems)?;
    let (revision, _) = sql::latest(tx).await?.ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    let mut lines = sql::lines(tx, revision).await?;
    let at = lines.iter().position(|line| line.id == id).ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    if lines.remove(at).first_day() <= now.date() {
        return Err(Fault::Conflict(Problem::new("organisation-calendar-begun")));
    }
    let version = next_version(revision);
    Calendar::of_entries(&version, &entries(&lines)).map_err(Fault::Conflict)?;
    let values = params![id, revision + 1, now, actor.account, grounds.decision.as_str(), grounds.reason.as_str()];
    if tx.execute(REMOVE_ENTRY, values).await? == 0 {
        return Err(Fault::NotFound("organisation-calendar-no-line"));
    }
    let data = json!({ "line": id, "decision": grounds.decision, "reason": grounds.reason, "version": version });
    changed(tx, (actor, &root), now, revision + 1, &version, "calendar-removed", data).await
}

fn next_version(revision: i64) -> String {
    let shipped = Calendar::shipped().version();
    format!("{shipped}/r{}", revision + 1)
}

async fn changed(
    tx: &Tx,
    (actor, path): (&Actor, &str),
    now: Instant,
    revision: i64,
    version: &str,
    kind: &'static str,
    data: serde_json::Value,
) -> Result<(), Fault> {
    tx.execute(INSERT_VERSION, params![revision, version, now]).await?;
    // In the name of the post that keeps the calendar.
    let agency = actor.grant_for(crate::rights::KEEP_ORGANISATION, path).map(|grant| grant.agency);
    audit::append_kept(tx, &KEPT, CALENDAR, NewEvent { kind, at: now, actor: Some(actor.account), agency, data })
        .await?;
    tx.execute(crate::store::BUMP, params![]).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
