//! The working calendar as dated data: what a keeper adds and takes back, and the calendar that follows.
//!
//! A change makes a new revision. What was promised keeps the revision it was counted under: its name stands in the basis of
//! the due date, and [`calendar_named`] puts that calendar together again.

use crate::calendar_store::{self as sql, INSERT_VERSION, Line, REMOVE_ENTRY};
use crate::proof::{CALENDAR, KEPT};
use crate::verbs::{DECISION, REASON, refuse};
use ::store::{StoreError, Tx, params};
use audit::NewEvent;
use base::calendar::{Calendar, DayOff, Entry, OffKind, Swap, WeekText, WorkingHours};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::{Ask, Field, Typed};
use serde_json::json;

/// Longest name of a holiday, in letters.
pub const NAME_MAX: usize = 100;
/// Weeks of hours at most; each may bring seven kinds of day, and the calendar tells 256 apart.
const HOURS_MAX: usize = 30;

const FIRST: Field = Field::choice("first_day", Ask::Day);
const LAST: Field = Field::choice("last_day", Ask::Day).optional();
/// The weekdays as [`ADDING`] names them.
pub(crate) const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What taking a line back asks for.
pub(crate) const REMOVING: &[Field] = &[DECISION, REASON];

/// What a keeper can add and what it asks for: a holiday or days given for one, a working day exchanged for a day off, the office hours
/// of a week.
pub const ADDING: &[(&str, &[Field])] = &[
    (
        "day",
        &[
            Field::choice("kind", Ask::OneOf(&["holiday", "compensatory"])),
            Field::line("name", NAME_MAX),
            Field::line("name_en", NAME_MAX).optional(),
            FIRST,
            LAST,
            DECISION,
            REASON,
        ],
    ),
    ("swap", &[FIRST, Field::choice("worked_day", Ask::Day), DECISION, REASON]),
    ("hours", &[FIRST, LAST, day(0), day(1), day(2), day(3), day(4), day(5), day(6), DECISION, REASON]),
];

/// Spans of one weekday, `07:00-11:30, 13:30-17:00`.
const fn day(n: usize) -> Field {
    Field::line(WEEK[n], 60).optional()
}

/// One of [`ADDING`] by its word.
///
/// # Errors
/// `NotFound`.
pub(crate) fn adding(what: &str) -> Result<(&'static str, &'static [Field]), Fault> {
    ADDING.iter().find(|(known, _)| *known == what).copied().ok_or(Fault::NotFound("organisation-calendar-no-line"))
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
    let tree = crate::load_tree(tx).await?;
    let root = tree.root().map(|root| root.path.clone()).ok_or(Fault::NotFound("organisation-no-unit"))?;
    if keeps(actor, &root) { Ok(root) } else { Err(Fault::Forbidden(Problem::new("organisation-calendar-province"))) }
}

/// Whether this person keeps the calendar of the province with that root.
pub(crate) fn keeps(actor: &Actor, root: &str) -> bool {
    actor.may_at(crate::rights::KEEP_ORGANISATION, root)
}

/// A day that has not passed: what was is not written anew.
fn coming(problems: &mut Vec<Problem>, field: &'static str, given: &records::Given, today: Date) -> Date {
    let day = given.day(field).unwrap_or(today);
    if day < today {
        problems.push(Problem::new("organisation-calendar-past").field(field));
    }
    day
}

/// What was given as an entry, its shape checked.
fn entry(problems: &mut Vec<Problem>, what: &str, given: &records::Given, today: Date) -> Option<Entry> {
    let (from, last) = (coming(problems, "first_day", given, today), given.day("last_day"));
    if last.is_some_and(|last| last < from) {
        problems.push(Problem::new("organisation-calendar-order").field("last_day"));
    }
    match what {
        "swap" => {
            let worked = coming(problems, "worked_day", given, today);
            Some(Entry::Swap(Swap { off: from, worked, basis: given.text("decision").to_owned() }))
        }
        "hours" => {
            let week = WeekText::of_days(WEEK.iter().map(|day| given.text(day)));
            let hours = WorkingHours::new(&week, &WeekText::default());
            hours.map(|hours| Entry::Hours { from, to: last, hours }).map_err(|p| problems.push(p.field("monday"))).ok()
        }
        _ => {
            let kind = OffKind::read(given.text("kind")).unwrap_or(OffKind::Holiday);
            let (name_vi, name_en) = (given.text("name").to_owned(), given.some("name_en"));
            let off = DayOff { kind, name_en: name_en.unwrap_or_else(|| name_vi.clone()), name_vi };
            Some(Entry::Off { from, to: last.unwrap_or(from), off })
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

/// Adds a line (a word of [`ADDING`]), from its first day on; a new revision. Returns the line's id.
///
/// # Errors
/// `Forbidden` for whoever keeps less than the province; `Invalid` at the fields of [`ADDING`]; `Conflict` past the number of weeks of hours.
pub async fn add(tx: &Tx, actor: &Actor, now: Instant, what: &str, typed: &Typed) -> Result<Id, Fault> {
    tx.lock("organisation").await?;
    let root = may_keep(tx, actor).await?;
    let (what, asks) = adding(what)?;
    let given = records::read_fields(asks, typed)?;
    let mut problems = Vec::new();
    let entry = entry(&mut problems, what, &given, now.date());
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
    let (decision, reason) = (given.text("decision").to_owned(), given.text("reason").to_owned());
    let line = Line { id, entry, decision, reason, removed: None };
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
pub async fn remove(tx: &Tx, actor: &Actor, now: Instant, id: Id, typed: &Typed) -> Result<(), Fault> {
    tx.lock("organisation").await?;
    let root = may_keep(tx, actor).await?;
    let given = records::read_fields(REMOVING, typed)?;
    let (decision, reason) = (given.text("decision"), given.text("reason"));
    let (revision, _) = sql::latest(tx).await?.ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    let mut lines = sql::lines(tx, revision).await?;
    let at = lines.iter().position(|line| line.id == id).ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    if lines.remove(at).first_day() <= now.date() {
        return Err(Fault::Conflict(Problem::new("organisation-calendar-begun")));
    }
    let version = next_version(revision);
    Calendar::of_entries(&version, &entries(&lines)).map_err(Fault::Conflict)?;
    if tx.execute(REMOVE_ENTRY, params![id, revision + 1, now, actor.account, decision, reason]).await? == 0 {
        return Err(Fault::NotFound("organisation-calendar-no-line"));
    }
    let data = json!({ "line": id, "decision": decision, "reason": reason, "version": version });
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
