//! Worklists: which dossiers a person should look at, and how many.

pub mod load;
mod search;
mod select;

use crate::actions::House;
use crate::dossier::{Mark, Outcome, Status, mark};
use crate::store::{Loaded, read};
use ::store::{Row, StoreError, Tx};
use base::calendar::Calendar;
use base::page::Place;
use base::{Actor, Id, Instant};

/// A dossier is near due when at most this much working time is left: one working day.
pub const NEAR_MS: i64 = 8 * 3_600_000;

/// The tabs of a worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Waiting for me: assigned to me, and, where I assign or decide, what lies there for nobody in particular.
    Mine,
    /// In my units, being worked on.
    Unit,
    /// Filed online, waiting for intake.
    Incoming,
    Near,
    Overdue,
    /// Handed to my units, and not taken yet.
    Arriving,
    /// My units are asked for an opinion about it.
    Asked,
    /// Handed over by my units, and not taken there yet: mine still.
    Sent,
    /// Waiting for the applicant.
    Waiting,
    /// Decided, to be handed out.
    ToReturn,
    /// Everything in my scope, finished ones too, latest first.
    All,
}
base::closed_list!(Tab, {
    Incoming => "incoming",
    Mine => "mine",
    Unit => "unit",
    Near => "near",
    Overdue => "overdue",
    Arriving => "arriving",
    Sent => "sent",
    Asked => "asked",
    Waiting => "waiting",
    ToReturn => "to-return",
    All => "all",
});

impl Tab {
    /// Fluent key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Mine => "dossier-tab-mine",
            Self::Unit => "dossier-tab-unit",
            Self::Incoming => "dossier-tab-incoming",
            Self::Near => "dossier-tab-near",
            Self::Overdue => "dossier-tab-overdue",
            Self::Arriving => "dossier-tab-arriving",
            Self::Sent => "dossier-tab-sent",
            Self::Asked => "dossier-tab-asked",
            Self::Waiting => "dossier-tab-waiting",
            Self::ToReturn => "dossier-tab-to-return",
            Self::All => "dossier-tab-all",
        }
    }

    /// Whether the tab means anything to this person.
    pub fn is_for(self, actor: &Actor) -> bool {
        match self {
            Self::Incoming => actor.may(crate::rights::RECEIVE_DOSSIER),
            Self::ToReturn => actor.may(crate::rights::RETURN_RESULT),
            Self::Mine => actor.may(crate::rights::PROCESS_DOSSIER) || actor.may(crate::rights::APPROVE_DOSSIER),
            _ => true,
        }
    }

    /// Whether it stands there only when something is in it.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Arriving | Self::Sent | Self::Asked)
    }

    /// The tab a person's morning begins with.
    pub fn first_for(actor: &Actor) -> Self {
        if actor.may(crate::rights::RECEIVE_DOSSIER) {
            Self::Incoming
        } else if actor.may(crate::rights::ASSIGN_DOSSIER) || actor.may(crate::rights::APPROVE_DOSSIER) {
            Self::Mine
        } else {
            Self::Unit
        }
    }
}

/// What narrows a list; all of it is kept in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    pub procedure: String,
    pub field: String,
    pub channel: Option<i64>,
    /// An agency or a division: dossiers it answers for, or that lie there now; what lies below it too.
    pub unit: Option<Id>,
    /// Whoever holds it; 0: nobody yet.
    pub handler: Option<Id>,
    pub words: String,
    /// `due`, `-due`, `filed`, `-filed`; due first when empty.
    pub sort: String,
}

impl Narrow {
    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.procedure.is_empty()
            && self.field.is_empty()
            && self.words.is_empty()
            && self.channel.is_none()
            && self.unit.is_none()
            && self.handler.is_none()
    }
}

/// The units that a grant at a path covers; a desk also sees what it receives for others.
fn units_within(house: &House, path: &str) -> Vec<Id> {
    let Some(id) = path.trim_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()) else { return Vec::new() };
    let mut units = Vec::new();
    for agency in house.tree.subtree(Id(id)) {
        units.push(agency.id);
        if agency.kind == organisation::Kind::ServiceCentre {
            units.extend(house.tree.served_by(agency.id));
        }
    }
    units
}

/// The units a person's list covers; `None` is the whole province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub units: Option<Vec<Id>>,
    pub account: Id,
    /// Those who are away and for whom the person acts.
    pub acting_for: Vec<Id>,
    /// Units with the only fields of them that are the person's, where some grant is limited; empty: no limit anywhere.
    pub limits: Vec<(Vec<Id>, Option<Vec<String>>)>,
    /// The units at whose own step the person assigns or decides: a head's division, a leader's agency.
    pub heads: Vec<Id>,
}

impl Scope {
    /// Everything the person may read.
    pub fn of(actor: &Actor, house: &House) -> Self {
        Self::over(actor, house, crate::rights::READ_DOSSIERS)
    }

    /// Everything at which the person holds a permission.
    pub fn over(actor: &Actor, house: &House, right: base::Permission) -> Self {
        let root = house.tree.root().map(|root| root.path.as_str());
        let reading = || actor.grants.iter().filter(|grant| grant.allows(right));
        let scopes = actor.scopes(right);
        let mut limits = Vec::new();
        let units = if scopes.iter().any(|path| Some(*path) == root) {
            None
        } else {
            let mut units: Vec<Id> = scopes.iter().flat_map(|path| units_within(house, path)).collect();
            if reading().any(|grant| grant.fields.is_some()) {
                limits.push((units.clone(), None));
                for grant in reading() {
                    let Some(fields) = &grant.fields else { continue };
                    let within = units_within(house, &grant.agency_path);
                    units.extend(&within);
                    limits.push((within, Some(fields.iter().cloned().collect())));
                }
            }
            units.sort_unstable();
            units.dedup();
            Some(units)
        };
        let heads = actor
            .grants
            .iter()
            .filter(|grant| grant.allows(crate::rights::ASSIGN_DOSSIER) || grant.allows(crate::rights::APPROVE_DOSSIER))
            .map(|grant| grant.agency)
            .collect();
        Self { units, account: actor.account, acting_for: actor.acting_for(), limits, heads }
    }
}

/// What a row of a list shows; the rest of the dossier stays on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: Id,
    pub code: String,
    pub owner_name: String,
    pub version: Id,
    pub step: i64,
    /// Where it lies now.
    pub unit: Id,
    pub handler: Option<Id>,
    pub times: Times,
    flags: i64,
    asked_until: Option<base::Date>,
    /// Handed over and not taken yet.
    pub offered: bool,
    /// Papers are on their way.
    pub papers_follow: bool,
}

impl Line {
    /// What should be seen at once, on a day.
    pub fn marks(&self, today: base::Date) -> Vec<Mark> {
        let handing = (self.offered, self.papers_follow);
        Mark::of(self.flags, self.times.status, self.asked_until, handing, today)
    }
}

const LINE_COLUMNS: &str = "d.code, d.owner_name, d.version_id, d.step, d.handler_id, d.status, d.filed_at, d.answer_due_at, d.received_at, d.due_at, d.finished_at, d.unit_id, d.id, d.outcome, d.flags, d.asked_until, d.promised_at, d.offered_at, d.papers_by";

fn read_line(row: &Row) -> Result<Line, StoreError> {
    let status = Status::from_code(row.at(5)?)
        .ok_or_else(|| StoreError::Column { column: "status".to_owned(), problem: "not a status".to_owned() })?;
    let flags: i64 = row.at(14)?;
    Ok(Line {
        id: row.at(12)?,
        code: row.at(0)?,
        owner_name: row.at(1)?,
        version: row.at(2)?,
        step: row.at(3)?,
        unit: row.at(11)?,
        handler: row.at(4)?,
        times: Times {
            status,
            filed_at: row.at(6)?,
            answer_due_at: row.at(7)?,
            received_at: row.at(8)?,
            due_at: row.at(9)?,
            promised_at: row.at(16)?,
            finished_at: row.at(10)?,
            outcome: Outcome::read(&row.at::<String>(13)?),
            late: flags & mark::LATE != 0,
        },
        flags,
        asked_until: row.at(15)?,
        offered: row.at::<Option<Instant>>(17)?.is_some(),
        papers_follow: row.at::<Option<Instant>>(18)?.is_some(),
    })
}

/// What is asked of a list.
pub struct Asked<'a> {
    pub scope: &'a Scope,
    pub tab: Tab,
    pub narrow: &'a Narrow,
    pub now: Instant,
    pub limit: i64,
    /// Where in the list.
    pub place: Place<Spot>,
}

/// A row's place in the order of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Milliseconds of the moment the list is ordered by; none where it has no such moment, or is ordered by ids.
    pub key: Option<i64>,
    pub id: Id,
}

impl Spot {
    /// As it stands in an address: `1761901200000.57`.
    pub fn text(self) -> String {
        format!("{}.{}", self.key.map(|key| key.to_string()).unwrap_or_default(), self.id)
    }

    /// How it is written, as a regular expression.
    pub const PATTERN: &'static str = r"^([1-9][0-9]{0,17}|[1-8][0-9]{18})?\.([1-9][0-9]{0,17}|[1-8][0-9]{18})$";

    /// Read back; none for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let (key, id) = text.split_once('.')?;
        if !(key.is_empty() || web::params::is_id(key)) || !web::params::is_id(id) {
            return None;
        }
        let key = if key.is_empty() { None } else { Some(key.parse().ok()?) };
        Some(Self { key, id: id.parse().ok()? })
    }
}

/// One page of whole dossiers, and how many there are in all (of a tab that has no end, at most a bound).
pub async fn page(tx: &Tx, house: &House, asked: &Asked<'_>) -> Result<(Vec<Loaded>, i64), StoreError> {
    let (rows, total) = select::rows(tx, house, asked, "d.*", None).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// One page as shown, and how many there are in all. `known` are the counts of the tabs, where they were read.
pub async fn lines(
    tx: &Tx,
    house: &House,
    asked: &Asked<'_>,
    known: &[(Tab, i64)],
) -> Result<(Vec<Line>, i64), StoreError> {
    let known = known.iter().find(|(tab, _)| *tab == asked.tab && asked.narrow.is_empty()).map(|(_, n)| *n);
    let (rows, total) = select::rows(tx, house, asked, LINE_COLUMNS, known).await?;
    Ok((rows.iter().map(read_line).collect::<Result<_, _>>()?, total))
}

pub use select::{COUNT_MAX, count, counts, total};

/// A dossier's clock as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockView {
    /// Working time used of the time allowed, in percent; may exceed 100.
    pub percent: i64,
    /// `late`, `near`, `ontime`, `paused`, `new` or `done`.
    pub state: &'static str,
    /// Fluent key of the words and its number.
    pub key: &'static str,
    pub n: i64,
}

/// The moments a clock looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub status: Status,
    pub filed_at: Instant,
    pub answer_due_at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub due_at: Option<Instant>,
    /// What it is counted by, where it was put off.
    pub promised_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    pub outcome: Outcome,
    /// Its due date had passed once, or it counts as late by a rule: it is never on time again.
    pub late: bool,
}

impl Times {
    /// Fluent key of what the dossier is now.
    pub fn state_key(&self) -> &'static str {
        crate::dossier::state_key(self.status, self.outcome)
    }
}

/// What the clock of a dossier shows at `now`.
pub fn clock(dossier: &crate::Dossier, calendar: &Calendar, now: Instant) -> ClockView {
    let times = Times {
        status: dossier.status,
        filed_at: dossier.filed_at,
        answer_due_at: dossier.answer_due_at,
        received_at: dossier.received_at,
        due_at: dossier.due_at,
        promised_at: dossier.promised_at,
        finished_at: dossier.finished_at,
        outcome: dossier.outcome,
        late: dossier.flags & mark::LATE != 0,
    };
    clock_of(&times, calendar, now)
}

/// What a clock shows at `now`.
pub fn clock_of(times: &Times, calendar: &Calendar, now: Instant) -> ClockView {
    let view = |percent, state, key, n| ClockView { percent, state, key, n };
    if times.status.waits_for_applicant() {
        return view(0, "paused", "dossier-clock-paused", 0);
    }
    let (start, due) = match (times.status, times.received_at, times.due_at) {
        (Status::Filed, ..) => match times.answer_due_at {
            Some(due) => (times.filed_at, due),
            None => return view(0, "new", "dossier-clock-none", 0),
        },
        (_, Some(start), Some(due)) => (start, due),
        _ => return view(0, "done", "dossier-clock-none", 0),
    };
    if let Some(end) = times.finished_at {
        let (state, key) = match (end <= times.promised_at.unwrap_or(due) && !times.late, times.status, times.outcome) {
            // Nothing was decided: whether in time is no question.
            (true, Status::Withdrawn | Status::Stopped, _) => ("done", "dossier-clock-none"),
            (true, _, Outcome::Refused) => ("done", "dossier-clock-refused"),
            (false, _, Outcome::Refused) => ("late", "dossier-clock-refused-late"),
            (true, ..) => ("done", "dossier-clock-done"),
            (false, ..) => ("late", "dossier-clock-done-late"),
        };
        return view(100, state, key, 0);
    }
    let allowed = calendar.working_ms_between(start, due).max(1);
    let used = calendar.working_ms_between(start, now);
    let percent = used.saturating_mul(100) / allowed;
    let hours = |ms: i64| (ms + 1_800_000) / 3_600_000;
    if times.status == Status::Filed {
        return answer_clock(percent, calendar, now, due);
    }
    if now > due {
        let over = calendar.working_ms_between(due, now);
        return if over < NEAR_MS {
            view(percent.max(101), "late", "dossier-clock-over-hours", hours(over).max(1))
        } else {
            view(percent.max(101), "late", "dossier-clock-over-days", over / NEAR_MS)
        };
    }
    let left = calendar.working_ms_between(now, due);
    if left <= NEAR_MS {
        view(percent, "near", "dossier-clock-hours-left", hours(left).max(1))
    } else {
        view(percent, "ontime", "dossier-clock-days-left", left / NEAR_MS)
    }
}

/// The clock of the office's answer before intake. It is a clock of its own: eight hours are always less than a day, and
/// what waits for an answer stands in its own list; "near" and "overdue" speak of the due date alone, as their tabs count.
fn answer_clock(percent: i64, calendar: &Calendar, now: Instant, due: Instant) -> ClockView {
    let hours = |ms: i64| ((ms + 1_800_000) / 3_600_000).max(1);
    if now > due {
        let n = hours(calendar.working_ms_between(due, now));
        return ClockView { percent: percent.max(101), state: "late", key: "dossier-clock-answer-over", n };
    }
    let n = hours(calendar.working_ms_between(now, due));
    ClockView { percent, state: "new", key: "dossier-clock-answer-left", n }
}

#[cfg(test)]
mod at_scale;
#[cfg(test)]
mod tests;
