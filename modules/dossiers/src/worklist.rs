//! Worklists: which dossiers a person should look at, and how many.

use crate::actions::House;
use crate::dossier::Status;
use crate::store::{Loaded, read};
use ::store::{Row, Sql, StoreError, Tx, Value};
use base::calendar::Calendar;
use base::{Actor, Id, Instant, Permission};

/// A dossier is near due when at most this much working time is left: one working day.
pub const NEAR_MS: i64 = 8 * 3_600_000;
/// Search hits considered before scope and filters are applied.
const HITS_MAX: i64 = 500;
/// Counting stops here; the page then says "more than".
const COUNT_MAX: i64 = 100_000;

/// The tabs of a worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Assigned to me.
    Mine,
    /// In my units, being worked on.
    Unit,
    /// Filed online, waiting for intake.
    Incoming,
    Near,
    Overdue,
    /// Waiting for the applicant.
    Waiting,
    /// Decided, to be handed out.
    ToReturn,
    /// Everything in my scope, finished ones too, latest first.
    All,
}

impl Tab {
    pub const ALL: [Self; 8] =
        [Self::Incoming, Self::Mine, Self::Unit, Self::Near, Self::Overdue, Self::Waiting, Self::ToReturn, Self::All];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unit => "unit",
            Self::Incoming => "incoming",
            Self::Near => "near",
            Self::Overdue => "overdue",
            Self::Waiting => "waiting",
            Self::ToReturn => "to-return",
            Self::All => "all",
        }
    }

    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == word)
    }

    /// Fluent key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Mine => "dossier-tab-mine",
            Self::Unit => "dossier-tab-unit",
            Self::Incoming => "dossier-tab-incoming",
            Self::Near => "dossier-tab-near",
            Self::Overdue => "dossier-tab-overdue",
            Self::Waiting => "dossier-tab-waiting",
            Self::ToReturn => "dossier-tab-to-return",
            Self::All => "dossier-tab-all",
        }
    }

    /// Whether the tab means anything to this person.
    pub fn is_for(self, actor: &Actor) -> bool {
        match self {
            Self::Incoming => actor.may(Permission::ReceiveDossier),
            Self::ToReturn => actor.may(Permission::ReturnResult),
            Self::Mine => actor.may(Permission::ProcessDossier) || actor.may(Permission::ApproveDossier),
            _ => true,
        }
    }

    /// The tab a person's morning begins with.
    pub fn first_for(actor: &Actor) -> Self {
        if actor.may(Permission::ReceiveDossier) { Self::Incoming } else { Self::Unit }
    }
}

/// What narrows a list; all of it is kept in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    pub procedure: String,
    pub field: String,
    pub channel: Option<i64>,
    pub words: String,
    /// `due`, `-due`, `filed`, `-filed`; due first when empty.
    pub sort: String,
}

/// The units a person's list covers; `None` is the whole province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub units: Option<Vec<Id>>,
    pub account: Id,
}

impl Scope {
    /// Everything the person may read.
    pub fn of(actor: &Actor, house: &House) -> Self {
        let root = house.tree.root().map(|root| root.path.as_str());
        let scopes = actor.scopes(Permission::ReadDossiers);
        let units = if scopes.iter().any(|path| Some(*path) == root) {
            None
        } else {
            let mut units = Vec::new();
            for path in scopes {
                let Some(id) = path.trim_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()) else {
                    continue;
                };
                for agency in house.tree.subtree(Id(id)) {
                    units.push(agency.id);
                    // A desk also sees what it receives for others.
                    if agency.kind == organisation::Kind::ServiceCentre {
                        units.extend(crate::places::served_by(&house.tree, agency.id));
                    }
                }
            }
            units.sort_unstable();
            units.dedup();
            Some(units)
        };
        Self { units, account: actor.account }
    }
}

struct Query {
    sql: String,
    params: Vec<Value>,
}

impl Query {
    fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), params: Vec::new() }
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    fn units(&mut self, scope: &Scope, columns: &[&str]) {
        let Some(units) = &scope.units else { return };
        let marks: Vec<String> = units.iter().map(|unit| self.bind(*unit)).collect();
        let list = if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") };
        let any: Vec<String> = columns.iter().map(|column| format!("{column} IN ({list})")).collect();
        self.and(&format!("({})", any.join(" OR ")));
    }

    fn tab(&mut self, tab: Tab, scope: &Scope, near_until: Instant, now: Instant) {
        match tab {
            Tab::Mine => {
                let me = self.bind(scope.account);
                self.and(&format!("open AND handler_id = {me} AND status IN (2, 4)"));
            }
            Tab::Unit => {
                self.and("open AND status IN (2, 4)");
                self.units(scope, &["unit_id"]);
            }
            Tab::Incoming => {
                self.and("status = 1");
                self.units(scope, &["intake_id"]);
            }
            Tab::Near => {
                let (from, to) = (self.bind(now), self.bind(near_until));
                self.and(&format!("open AND status IN (2, 4) AND due_at >= {from} AND due_at <= {to}"));
                self.units(scope, &["unit_id"]);
            }
            Tab::Overdue => {
                let now = self.bind(now);
                self.and(&format!("open AND status IN (2, 4) AND due_at < {now}"));
                self.units(scope, &["unit_id"]);
            }
            Tab::Waiting => {
                self.and("open AND status IN (5, 6)");
                self.units(scope, &["unit_id"]);
            }
            Tab::ToReturn => {
                self.and("open AND status = 9");
                self.units(scope, &["unit_id"]);
            }
            Tab::All => self.units(scope, &["unit_id", "competent_id", "intake_id", "return_id"]),
        }
    }
}

/// The query of a full-text search, each word by its beginning; `None` when nothing searchable was typed.
fn search_terms(words: &str, engine: ::store::Engine) -> Option<String> {
    let folded = base::fold(&words.replace(['.', '-', '/'], " "));
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(8).collect();
    if words.is_empty() {
        return None;
    }
    Some(match engine {
        ::store::Engine::Sqlite => words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" "),
        ::store::Engine::Postgres => words.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" & "),
    })
}

::store::statements! {
    /// The latest dossiers with those words.
    pub SEARCH =
        sqlite "SELECT rowid AS id FROM dossier_search WHERE dossier_search MATCH $1 ORDER BY rowid DESC LIMIT $2",
        postgres "SELECT rowid AS id FROM dossier_search WHERE terms @@ to_tsquery('simple', $1) ORDER BY rowid DESC LIMIT $2";
}

/// Ids of the latest dossiers that hold all the words; `None` when nothing searchable was typed.
pub async fn hits(tx: &Tx, words: &str) -> Result<Option<Vec<Id>>, StoreError> {
    let Some(terms) = search_terms(words, tx.engine()) else { return Ok(None) };
    let rows = tx.query(SEARCH, ::store::params![terms, HITS_MAX]).await?;
    rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>().map(Some)
}

async fn narrow(tx: &Tx, query: &mut Query, house: &House, narrow: &Narrow) -> Result<(), StoreError> {
    if !narrow.procedure.is_empty() {
        let ids = house.shelf.ids_of_code(&narrow.procedure);
        let marks: Vec<String> = ids.iter().map(|id| query.bind(*id)).collect();
        query.and(&format!("procedure_id IN ({})", if marks.is_empty() { "NULL".into() } else { marks.join(", ") }));
    }
    if !narrow.field.is_empty() {
        let field = query.bind(narrow.field.as_str());
        query.and(&format!("field = {field}"));
    }
    if let Some(channel) = narrow.channel {
        let channel = query.bind(channel);
        query.and(&format!("channel = {channel}"));
    }
    if let Some(ids) = hits(tx, &narrow.words).await? {
        let marks: Vec<String> = ids.iter().map(|id| query.bind(*id)).collect();
        query.and(&format!("id IN ({})", if marks.is_empty() { "NULL".into() } else { marks.join(", ") }));
    }
    Ok(())
}

/// One page of a tab, and how many there are in all.
#[expect(clippy::too_many_arguments, reason = "what a list is asked for, one by one")]
pub async fn page(
    tx: &Tx,
    house: &House,
    scope: &Scope,
    tab: Tab,
    narrowed: &Narrow,
    now: Instant,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Loaded>, i64), StoreError> {
    let near_until = house.calendar.add_working_ms(now, NEAR_MS);
    let mut query = Query::new(" FROM dossier WHERE TRUE");
    query.tab(tab, scope, near_until, now);
    narrow(tx, &mut query, house, narrowed).await?;
    let order = match (narrowed.sort.as_str(), tab) {
        ("filed", _) => "filed_at, id",
        ("-filed", _) => "filed_at DESC, id DESC",
        ("-due", _) => "due_at DESC, id",
        ("due", _) => "due_at, id",
        (_, Tab::All) => "id DESC",
        (_, Tab::Incoming) => "filed_at, id",
        _ => "due_at, id",
    };
    let count = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one{} LIMIT {COUNT_MAX}) counted", query.sql);
    let total: i64 = tx.query_one(Sql::from(count), &query.params).await?.get("n")?;
    let (limit, offset) = (query.bind(limit), query.bind(offset));
    let rows = format!("SELECT *{} ORDER BY {order} LIMIT {limit} OFFSET {offset}", query.sql);
    let rows: Vec<Row> = tx.query(Sql::from(rows), &query.params).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// How many dossiers wait in each tab but the last, in one statement.
pub async fn counts(tx: &Tx, house: &House, scope: &Scope, now: Instant) -> Result<Vec<(Tab, i64)>, StoreError> {
    let near_until = house.calendar.add_working_ms(now, NEAR_MS);
    let mut query = Query::new("");
    let (me, from, to) = (query.bind(scope.account), query.bind(now), query.bind(near_until));
    query.sql = format!(
        "SELECT COUNT(*) FILTER (WHERE status IN (2, 4)) AS unit, \
         COUNT(*) FILTER (WHERE status IN (2, 4) AND handler_id = {me}) AS mine, \
         COUNT(*) FILTER (WHERE status IN (2, 4) AND due_at >= {from} AND due_at <= {to}) AS near, \
         COUNT(*) FILTER (WHERE status IN (2, 4) AND due_at < {from}) AS overdue, \
         COUNT(*) FILTER (WHERE status IN (5, 6)) AS waiting, \
         COUNT(*) FILTER (WHERE status = 9) AS to_return FROM dossier WHERE open"
    );
    query.units(scope, &["unit_id"]);
    let row = tx.query_one(Sql::from(query.sql), &query.params).await?;
    let mut query = Query::new("SELECT COUNT(*) AS n FROM dossier WHERE status = 1");
    query.units(scope, &["intake_id"]);
    let incoming: i64 = tx.query_one(Sql::from(query.sql), &query.params).await?.get("n")?;
    Ok(vec![
        (Tab::Incoming, incoming),
        (Tab::Mine, row.get("mine")?),
        (Tab::Unit, row.get("unit")?),
        (Tab::Near, row.get("near")?),
        (Tab::Overdue, row.get("overdue")?),
        (Tab::Waiting, row.get("waiting")?),
        (Tab::ToReturn, row.get("to_return")?),
    ])
}

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

/// What the clock shows at `now`.
pub fn clock(dossier: &crate::Dossier, calendar: &Calendar, now: Instant) -> ClockView {
    let view = |percent, state, key, n| ClockView { percent, state, key, n };
    if dossier.status.waits_for_applicant() {
        return view(0, "paused", "dossier-clock-paused", 0);
    }
    let (start, due) = match (dossier.status, dossier.received_at, dossier.due_at) {
        (Status::Filed, ..) => match dossier.answer_due_at {
            Some(due) => (dossier.filed_at, due),
            None => return view(0, "new", "dossier-clock-none", 0),
        },
        (_, Some(start), Some(due)) => (start, due),
        _ => return view(0, "done", "dossier-clock-none", 0),
    };
    if let Some(end) = dossier.finished_at {
        let state = if end <= due { "done" } else { "late" };
        return view(100, state, if end <= due { "dossier-clock-done" } else { "dossier-clock-done-late" }, 0);
    }
    let allowed = calendar.working_ms_between(start, due).max(1);
    let used = calendar.working_ms_between(start, now);
    let percent = used.saturating_mul(100) / allowed;
    let hours = |ms: i64| (ms + 1_800_000) / 3_600_000;
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

#[cfg(test)]
mod tests;
