//! The working calendar as dated data: what a keeper adds and takes back, and the calendar that follows.
//!
//! A change makes a new revision. What was promised keeps the revision it was counted under: its name stands in the basis of
//! the due date, and [`calendar_named`] puts that calendar together again.

use crate::agency::{Agency, Kind};
use crate::calendar_store::{self as sql, INSERT_VERSION, Line, REMOVE_ENTRY};
use crate::proof::{CALENDAR, KEPT};
use crate::tree::Tree;
use crate::verbs::{DECISION, REASON, refuse};
use ::store::{StoreError, Tx, params};
use audit::NewEvent;
use base::calendar::{Calendar, DayOff, Entry, Name, OffKind, Swap, WeekText, WorkingHours};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::{Ask, Field, Typed};
use serde_json::json;

mod named;

pub use named::Calendars;

/// Longest name of a holiday, in letters.
pub const NAME_MAX: usize = 100;
/// Weeks of hours at most, of the province and of each agency.
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
    ("hours", HOURS),
];

/// What the office hours of a week ask for, the province's and an agency's.
pub const HOURS: &[Field] = &[FIRST, LAST, day(0), day(1), day(2), day(3), day(4), day(5), day(6), DECISION, REASON];

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
    for line in shipped_lines() {
        sql::insert(tx, &line, 0, now, None).await?;
    }
    let data = json!({ "version": shipped.version() });
    let event = NewEvent { kind: "calendar-shipped", at: now, actor: None, agency: None, data };
    audit::append_kept(tx, &KEPT, CALENDAR, event).await?;
    Ok(true)
}

/// The lines of the calendar that comes with the program.
fn shipped_lines() -> Vec<Line> {
    let line = |(id, entry): (Id, Entry)| {
        // The source of a swap is its own; the others rest on the law.
        let decision = match &entry {
            Entry::Swap(swap) => swap.basis.clone(),
            _ => "Bộ luật Lao động 45/2019/QH14, Điều 111, 112".to_owned(),
        };
        Line { id, agency: None, entry, decision, reason: String::new(), removed: None, closing: None }
    };
    (1..).map(Id).zip(Calendar::shipped().entries()).map(line).collect()
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

/// The calendar a due date's basis names, as it stood: its revision, the emergency decisions on top of it, the hours of its agencies;
/// `None` for one this province never had.
///
/// # Errors
/// The database's.
pub async fn calendar_named(tx: &Tx, version: &str) -> Result<Option<Calendar>, StoreError> {
    let name = Name::read(version);
    let Some(lines) = lines_named(tx, &name).await? else { return Ok(None) };
    let calendar = of_lines(&name.of_province().to_string(), &lines)?;
    let agency = |named: Option<Id>| named.unwrap_or(Id(0));
    Ok(Some(calendar.at(agency(name.takes_in), agency(name.settles))))
}

/// The lines of a name: those of its revision, and the days closed by each decision it names.
async fn lines_named(tx: &Tx, name: &Name) -> Result<Option<Vec<Line>>, StoreError> {
    let mut lines = match sql::named(tx, &name.revision).await? {
        Some(revision) => sql::lines(tx, revision).await?,
        // Before it was written, it is counted by all the same.
        None if name.revision == Calendar::shipped().version() => shipped_lines(),
        None => return Ok(None),
    };
    for closed in &name.closed {
        lines.extend(sql::closed_in(tx, *closed).await?);
    }
    Ok(Some(lines))
}

/// The province's calendar with its agencies' lines.
fn together(version: &str, lines: &[Line]) -> Result<Calendar, Problem> {
    let province = lines.iter().filter(|line| line.agency.is_none());
    let province: Vec<Entry> = province.map(|line| line.entry.clone()).collect();
    let own = lines.iter().filter_map(|line| Some((line.agency?, line.entry.clone())));
    Ok(Calendar::of_entries(version, &province)?.with_agencies(&own.collect::<Vec<_>>()))
}

fn of_lines(version: &str, lines: &[Line]) -> Result<Calendar, StoreError> {
    together(version, lines)
        .map_err(|problem| StoreError::Column { column: "calendar_entry".into(), problem: problem.to_string() })
}

/// The place of whoever may keep these days: those of the province by who keeps the whole of it, an agency's hours by who keeps that agency.
async fn keeper_of(tx: &Tx, actor: &Actor, agency: Option<Id>) -> Result<String, Fault> {
    let tree = crate::load_tree(tx).await?;
    let Some(agency) = agency else {
        let root = tree.root().map(|root| root.path.clone()).ok_or(Fault::NotFound("organisation-no-unit"))?;
        let no = || Fault::Forbidden(Problem::new("organisation-calendar-province"));
        return keeps(actor, &root).then_some(root).ok_or_else(no);
    };
    let agency = tree.get(agency).ok_or(Fault::NotFound("organisation-no-unit"))?;
    if !crate::verbs::keeps(actor, &tree, agency) {
        return Err(Fault::Forbidden(Problem::new("organisation-not-yours")));
    }
    if !has_hours(&tree, agency) {
        return Err(Fault::Conflict(Problem::new("organisation-hours-part")));
    }
    Ok(agency.path.clone())
}

/// Whether an agency has hours of its own: one that stands, and the desks where people come. Divisions work as their agency does.
pub(crate) fn has_hours(tree: &Tree, agency: &Agency) -> bool {
    let own = agency.kind == Kind::ServiceCentre || tree.house_of(agency.id).is_some_and(|house| house.id == agency.id);
    own && agency.valid_to.is_none()
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
fn entry(problems: &mut Vec<Problem>, what: &str, given: &records::Given, today: Date, own: bool) -> Option<Entry> {
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
            let hours =
                if own { WorkingHours::of_agency(&week) } else { WorkingHours::new(&week, &WeekText::default()) };
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

/// What a keeper changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A line of the province's, by a word of [`ADDING`].
    Add(&'static str),
    /// Hours of an agency.
    Hours(Id),
    /// Takes a line back whose first day has not come.
    Remove(Id),
}

/// A change thought through and not made: the calendar before and after it.
#[derive(Debug, Clone)]
pub struct Planned {
    pub before: Calendar,
    pub after: Calendar,
    /// The first day that may be another.
    pub from: Date,
    /// Whose days they are; none for the province's.
    pub agency: Option<Id>,
    /// The revision it makes.
    revision: i64,
    /// The place its keeper keeps.
    place: String,
    does: Does,
}

#[derive(Debug, Clone)]
enum Does {
    Adds(Box<Line>),
    Removes(Id, String, String),
}

/// Thinks a change through, by every rule there is for it.
///
/// # Errors
/// `Forbidden` for whoever keeps less than what it changes; `Invalid` at the fields of [`ADDING`], [`HOURS`], [`REMOVING`]; `NotFound`;
/// `Conflict` past the number of weeks of hours, for a line that has begun, or when what is left does not hold together.
pub async fn plan(tx: &Tx, actor: &Actor, now: Instant, change: Change, typed: &Typed) -> Result<Planned, Fault> {
    let (revision, version) = sql::latest(tx).await?.ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    let lines = sql::lines(tx, revision).await?;
    let before = of_lines(&version, &lines)?;
    let mut left = lines;
    let (agency, from, place, does) = match change {
        Change::Remove(id) => {
            let at = left.iter().position(|line| line.id == id);
            let line = left.remove(at.ok_or(Fault::NotFound("organisation-calendar-no-line"))?);
            let place = keeper_of(tx, actor, line.agency).await?;
            let given = records::read_fields(REMOVING, typed)?;
            if line.closing.is_some() {
                return Err(Fault::Conflict(Problem::new("organisation-calendar-closing")));
            }
            if line.first_day() <= now.date() {
                return Err(Fault::Conflict(Problem::new("organisation-calendar-begun")));
            }
            let does = Does::Removes(id, given.text("decision").to_owned(), given.text("reason").to_owned());
            (line.agency, line.first_day(), place, does)
        }
        Change::Add(what) => {
            let place = keeper_of(tx, actor, None).await?;
            let line = added(&left, what, adding(what)?.1, None, now, typed, &before)?;
            left.push(line.clone());
            (None, line.first_day(), place, Does::Adds(Box::new(line)))
        }
        Change::Hours(agency) => {
            let place = keeper_of(tx, actor, Some(agency)).await?;
            let line = added(&left, "hours", HOURS, Some(agency), now, typed, &before)?;
            left.push(line.clone());
            (Some(agency), line.first_day(), place, Does::Adds(Box::new(line)))
        }
    };
    let after = together(&next_version(revision), &left).map_err(|problem| match &does {
        Does::Adds(line) => Fault::invalid(placed(problem, &line.entry)),
        Does::Removes(..) => Fault::Conflict(problem),
    })?;
    Ok(Planned { before, after, from, agency, revision: revision + 1, place, does })
}

/// A line as it was typed, by its own rules.
fn added(
    lines: &[Line],
    what: &str,
    asks: &[Field],
    agency: Option<Id>,
    now: Instant,
    typed: &Typed,
    before: &Calendar,
) -> Result<Line, Fault> {
    let given = records::read_fields(asks, typed)?;
    let mut problems = Vec::new();
    let entry = entry(&mut problems, what, &given, now.date(), agency.is_some());
    refuse(problems)?;
    let Some(entry) = entry else { return Err(Fault::internal("a line without its entry")) };
    let of_it = lines.iter().filter(|line| line.agency == agency);
    let hours = of_it.filter(|line| matches!(line.entry, Entry::Hours { .. })).count();
    if matches!(entry, Entry::Hours { .. }) && hours >= HOURS_MAX {
        return Err(Fault::Conflict(Problem::new("organisation-calendar-hours-many").arg("max", HOURS_MAX)));
    }
    if let Entry::Off { from, to, .. } = &entry {
        let days = from.series(jiff::Span::new().days(1)).take_while(|day| day <= to);
        if let Some(day) = days.into_iter().find(|day| before.day_off(*day).is_some()) {
            let problem = Problem::new("organisation-calendar-taken").field("first_day").arg("day", base::vn_date(day));
            return Err(Fault::invalid(problem));
        }
    }
    let (decision, reason) = (given.text("decision").to_owned(), given.text("reason").to_owned());
    Ok(Line { id: Id::next(now), agency, entry, decision, reason, removed: None, closing: None })
}

/// Makes a change, from its first day on; a new revision. Returns the line's id.
///
/// # Errors
/// As [`plan`].
pub async fn make(tx: &Tx, actor: &Actor, now: Instant, change: Change, typed: &Typed) -> Result<Id, Fault> {
    tx.lock("organisation").await?;
    let planned = plan(tx, actor, now, change, typed).await?;
    let (revision, version) = (planned.revision, planned.after.version());
    let (id, kind, data) = match &planned.does {
        Does::Adds(line) => {
            sql::insert(tx, line, revision, now, Some(actor.account)).await?;
            let (kind, first, last, worked, ..) = sql::columns(&line.entry);
            let mut data = json!({ "line": line.id, "kind": kind, "from": first, "to": last, "worked": worked,
                "decision": line.decision, "reason": line.reason, "version": version });
            if let Some(agency) = line.agency {
                data["agency"] = json!(agency);
            }
            (line.id, "calendar-added", data)
        }
        Does::Removes(id, decision, reason) => {
            let values = params![*id, revision, now, actor.account, decision.as_str(), reason.as_str()];
            if tx.execute(REMOVE_ENTRY, values).await? == 0 {
                return Err(Fault::NotFound("organisation-calendar-no-line"));
            }
            let data = json!({ "line": id, "decision": decision, "reason": reason, "version": version });
            (*id, "calendar-removed", data)
        }
    };
    // In the name of the post that keeps the calendar.
    let agency = actor.grant_for(crate::rights::KEEP_ORGANISATION, &planned.place).map(|grant| grant.agency);
    let event = NewEvent { kind, at: now, actor: Some(actor.account), agency, data };
    changed(tx, revision, version, event).await?;
    Ok(id)
}

/// Days that an emergency decision closes: what they are once it is executed.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The decision, and its number.
    pub by: Id,
    pub decision: String,
    /// The revision of the calendar it makes.
    pub revision: i64,
    /// Whose days are closed – none for the province's – and which.
    pub lines: Vec<(Option<Id>, Entry)>,
    /// The first closed day.
    pub first: Date,
    /// By which date figures judge what it moved.
    pub counted_by: crate::closing::CountedBy,
}

impl Closed {
    /// The first moment that is closed.
    pub fn from(&self) -> Instant {
        Instant::start_of(self.first)
    }
}

/// The revision that the next change makes.
///
/// # Errors
/// The database's.
pub(crate) async fn next_revision(tx: &Tx) -> Result<i64, StoreError> {
    Ok(sql::latest(tx).await?.map_or(1, |(revision, _)| revision + 1))
}

/// Writes the days of an emergency decision: a new revision.
pub(crate) async fn close(tx: &Tx, by: records::By, closed: &Closed, reason: &str) -> Result<(), Fault> {
    let (revision, mut lines) = (closed.revision, sql::lines(tx, closed.revision - 1).await?);
    for (agency, entry) in &closed.lines {
        let (decision, reason) = (closed.decision.clone(), reason.to_owned());
        let (id, entry) = (Id::next(by.now), entry.clone());
        let line = Line { id, agency: *agency, entry, decision, reason, removed: None, closing: Some(closed.by) };
        sql::insert(tx, &line, revision, by.now, by.actor).await?;
        lines.push(line);
    }
    let version = next_version(revision - 1);
    together(&version, &lines).map_err(Fault::Conflict)?;
    let data = json!({ "closing": closed.by, "decision": closed.decision, "from": closed.first, "version": version });
    let event = NewEvent { kind: "calendar-closed", at: by.now, actor: by.actor, agency: by.agency, data };
    changed(tx, revision, &version, event).await
}

/// The calendar that a basis names, and the same with the days of an emergency decision closed and nothing else changed; `None` for
/// one this province never had.
///
/// # Errors
/// The database's.
pub async fn calendar_closed(
    tx: &Tx,
    version: &str,
    closed: &Closed,
) -> Result<Option<(Calendar, Calendar)>, StoreError> {
    let mut name = Name::read(version).of_province();
    let Some(mut lines) = lines_named(tx, &name).await? else { return Ok(None) };
    let before = of_lines(&name.to_string(), &lines)?;
    name.closed.push(closed.revision);
    lines.extend(closed.lines.iter().map(|(agency, entry)| Line {
        id: closed.by,
        agency: *agency,
        entry: entry.clone(),
        decision: String::new(),
        reason: String::new(),
        removed: None,
        closing: Some(closed.by),
    }));
    Ok(Some((before, of_lines(&name.to_string(), &lines)?)))
}

fn next_version(revision: i64) -> String {
    let shipped = Calendar::shipped().version();
    format!("{shipped}/r{}", revision + 1)
}

async fn changed(tx: &Tx, revision: i64, version: &str, event: NewEvent) -> Result<(), Fault> {
    tx.execute(INSERT_VERSION, params![revision, version, event.at]).await?;
    audit::append_kept(tx, &KEPT, CALENDAR, event).await?;
    tx.execute(crate::store::BUMP, params![]).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
