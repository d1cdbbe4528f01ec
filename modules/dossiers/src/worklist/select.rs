//! The statements of a list. They are put together from the parts asked for; each part names the index it runs on.

use super::search::{self, Hits, These};
use super::{Asked, NEAR_MS, Narrow, Scope, Spot, Tab};
use crate::actions::House;
use ::store::{Engine, Row, Sql, StoreError, Tx, Value};
use base::page::Place;
use base::{Id, Instant};

/// A list without an end, everything of a scope, is counted so far.
pub const COUNT_MAX: i64 = 5_000;

/// Being worked on; the words are those of the partial indexes.
const WORKED: &str = "status IN (2, 4)";
const WAITING: &str = "status IN (5, 6)";
const DECIDED: &str = "status = 9";
const FILED: &str = "status = 1";
const OFFERED: &str = "offered_at IS NOT NULL";

/// The four places by which a dossier is in somebody's scope, each with what its index leaves out.
const PLACES: [(&str, &str); 4] = [
    ("unit_id", ""),
    ("competent_id", ""),
    ("intake_id", " AND intake_id <> competent_id"),
    ("return_id", " AND return_id <> competent_id AND return_id <> intake_id"),
];

struct Query {
    params: Vec<Value>,
}

impl Query {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn list(&mut self, ids: &[Id]) -> String {
        let marks: Vec<String> = ids.iter().map(|id| self.bind(*id)).collect();
        if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") }
    }

    /// `condition` in the scope, by one place.
    fn within(&mut self, condition: &str, scope: &Scope, place: &str) -> String {
        match &scope.units {
            None => condition.to_owned(),
            Some(units) => format!("{condition} AND {place} IN ({})", self.list(units)),
        }
    }

    /// In the person's hands, or in those of somebody for whom the person acts.
    fn in_hands(&mut self, scope: &Scope) -> String {
        match scope.acting_for.is_empty() {
            true => format!("handler_id = {}", self.bind(scope.account)),
            false => {
                let hands: Vec<Id> = std::iter::once(scope.account).chain(scope.acting_for.iter().copied()).collect();
                format!("handler_id IN ({})", self.list(&hands))
            }
        }
    }

    /// What a tab holds; `None` for the one that holds everything.
    fn tab(&mut self, house: &House, asked: &Asked<'_>) -> Option<String> {
        let scope = asked.scope;
        Some(match asked.tab {
            Tab::Mine if scope.heads.is_empty() => format!("{WORKED} AND {}", self.in_hands(scope)),
            // Both parts by their own index; few rows.
            Tab::Mine => {
                let (mine, units) = (self.in_hands(scope), self.list(&scope.heads));
                format!(
                    "id IN (SELECT id FROM dossier WHERE {WORKED} AND {mine} UNION ALL \
                     SELECT id FROM dossier WHERE {WORKED} AND unit_id IN ({units}) AND handler_id IS NULL)"
                )
            }
            Tab::Unit => self.within(WORKED, scope, "unit_id"),
            // What begins with others has no answer of the desk's to wait for.
            Tab::Incoming => self.within(&format!("{FILED} AND answer_due_at IS NOT NULL"), scope, "intake_id"),
            Tab::Near => {
                let until = house.calendar.add_working_ms(asked.now, NEAR_MS);
                let (from, to) = (self.bind(asked.now), self.bind(until));
                self.within(&format!("{WORKED} AND due_at >= {from} AND due_at <= {to}"), scope, "unit_id")
            }
            Tab::Overdue => {
                let now = self.bind(asked.now);
                self.within(&format!("{WORKED} AND due_at < {now}"), scope, "unit_id")
            }
            Tab::Arriving => self.within(OFFERED, scope, "unit_id"),
            Tab::Sent => self.within(OFFERED, scope, "sender_id"),
            Tab::Asked => {
                let asked = self.within("open", scope, "unit_id");
                format!("id IN (SELECT dossier_id FROM dossier_opinion WHERE {asked})")
            }
            Tab::Waiting => self.within(WAITING, scope, "unit_id"),
            Tab::ToReturn => self.within(DECIDED, scope, "unit_id"),
            Tab::All => return None,
        })
    }

    fn narrow(&mut self, house: &House, asked: &Asked<'_>) -> String {
        let (narrow, scope) = (asked.narrow, asked.scope);
        let mut sql = String::new();
        if !scope.limits.is_empty() {
            // Few people hold such a post, and each of few fields: the index of the place finds the rows, this leaves some out.
            let parts: Vec<String> =
                scope.limits.iter().map(|(units, fields)| self.limit(asked.tab, units, fields.as_deref())).collect();
            sql.push_str(&format!(" AND ({})", parts.join(" OR ")));
        }
        if !narrow.procedure.is_empty() {
            let ids = house.shelf.ids_of_code(&narrow.procedure);
            sql.push_str(&format!(" AND procedure_id IN ({})", self.list(&ids)));
        }
        if !narrow.field.is_empty() {
            sql.push_str(&format!(" AND field = {}", self.bind(narrow.field.as_str())));
        }
        if let Some(channel) = narrow.channel {
            sql.push_str(&format!(" AND channel = {}", self.bind(channel)));
        }
        match narrow.handler {
            None => {}
            Some(Id(0)) => sql.push_str(" AND handler_id IS NULL"),
            Some(handler) => sql.push_str(&format!(" AND handler_id = {}", self.bind(handler))),
        }
        if let Some(unit) = narrow.unit {
            // A division answers for nothing itself: its dossiers are those lying with it.
            let place = if house.tree.get(unit).is_some_and(|agency| agency.kind == organisation::Kind::Division) {
                "unit_id"
            } else {
                "competent_id"
            };
            let units: Vec<Id> = house.tree.subtree(unit).into_iter().map(|agency| agency.id).collect();
            sql.push_str(&format!(" AND {place} IN ({})", self.list(&units)));
        }
        sql
    }

    /// One part of a limited scope: at these units, of these fields.
    fn limit(&mut self, tab: Tab, units: &[Id], fields: Option<&[String]>) -> String {
        let at = self.list(units);
        let places: Vec<String> = match tab {
            Tab::Sent => vec![format!("sender_id IN ({at})")],
            Tab::Asked => {
                vec![format!("id IN (SELECT dossier_id FROM dossier_opinion WHERE open AND unit_id IN ({at}))")]
            }
            _ => PLACES.iter().map(|(place, _)| format!("{place} IN ({at})")).collect(),
        };
        let of =
            fields.map(|fields| fields.iter().map(|field| self.bind(field.as_str())).collect::<Vec<_>>().join(", "));
        let of = of.map(|of| format!(" AND field IN ({of})")).unwrap_or_default();
        format!("(({}){of})", places.join(" OR "))
    }

    /// What the index has for a question.
    fn indexed(&mut self, question: &str, engine: Engine) -> String {
        let mark = self.bind(question);
        match engine {
            Engine::Sqlite => format!("dossier_words WHERE dossier_words MATCH {mark}"),
            Engine::Postgres => format!("dossier_words WHERE terms @@ CAST({mark} AS tsquery)"),
        }
    }

    /// What was searched for; every hit counts, none is cut off.
    fn found(&mut self, hits: &Hits, now: Instant, engine: Engine) -> String {
        let These { question, only, statuses, overdue } = match hits {
            Hits::All => return String::new(),
            Hits::None => return " AND 1 = 0".to_owned(),
            Hits::These(these) => these,
        };
        let mut sql = String::new();
        if !question.is_empty() {
            sql.push_str(&format!(" AND id IN (SELECT rowid FROM {})", self.indexed(question, engine)));
        }
        if let Some(only) = only {
            sql.push_str(&format!(" AND id = {}", self.bind(*only)));
        }
        if !statuses.is_empty() {
            let codes: Vec<String> = statuses.iter().map(|status| status.code().to_string()).collect();
            sql.push_str(&format!(" AND status IN ({})", codes.join(", ")));
        }
        if *overdue {
            sql.push_str(&format!(" AND {WORKED} AND due_at < {}", self.bind(now)));
        }
        sql
    }

    /// Everything in the scope: each place by its own index, at most `bound` of each, without doubles.
    fn everything(&mut self, units: &[Id], narrowed: &str, order: Order, bound: i64) -> String {
        let (units, columns, by) = (self.list(units), order.columns(), order.text(""));
        let places: Vec<String> = PLACES
            .iter()
            .map(|(place, apart)| {
                format!(
                    "SELECT {columns} FROM (SELECT {columns} FROM dossier \
                     WHERE {place} IN ({units}){apart}{narrowed} ORDER BY {by} LIMIT {bound}) AS by_{place}"
                )
            })
            .collect();
        format!("({}) AS everything", places.join(" UNION "))
    }

    /// What stands between FROM and ORDER BY. Bounds are written out, not bound: the planner must see how few they are.
    /// `place`: where the page lies, none where everything is counted.
    fn source(
        &mut self,
        house: &House,
        asked: &Asked<'_>,
        hits: &Hits,
        place: Option<&Place<Spot>>,
        of: (Engine, i64),
    ) -> String {
        let (engine, bound) = of;
        let order = Order::of(asked).read_at(place);
        let tab = self.tab(house, asked);
        let mut narrowed = self.narrow(house, asked);
        narrowed.push_str(&self.found(hits, asked.now, engine));
        if let Some(spot) = place.and_then(Place::row) {
            narrowed.push_str(&format!(" AND {}", order.past(self, *spot)));
        }
        // The index holds the scope already.
        let scoped = matches!(hits, Hits::These(these) if !these.question.is_empty());
        match (tab, &asked.scope.units) {
            (Some(tab), _) => format!("dossier WHERE {tab}{narrowed}"),
            (None, Some(units)) if !scoped => self.everything(units, &narrowed, order, bound),
            (None, _) => format!("dossier WHERE TRUE{narrowed}"),
        }
    }

    /// Hits alone, with nothing else to look at: read in the order of the index.
    fn plain_hits(&mut self, question: &str, place: &Place<Spot>, engine: Engine) -> String {
        let source = self.indexed(question, engine);
        match place {
            Place::At(_) => source,
            Place::After(spot) => format!("{source} AND rowid < {}", self.bind(spot.id)),
            Place::Before(spot) => format!("{source} AND rowid > {}", self.bind(spot.id)),
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy)]
struct Order {
    column: &'static str,
    down: bool,
    /// Some have no such moment yet; they come last on both engines.
    gaps: bool,
    /// Read from the last to the first.
    backwards: bool,
}

impl Order {
    fn of(asked: &Asked<'_>) -> Self {
        let (column, down) = match (asked.narrow.sort.as_str(), asked.tab) {
            ("filed", _) => ("filed_at", false),
            ("-filed", _) => ("filed_at", true),
            ("-due", _) => ("due_at", true),
            ("due", _) => ("due_at", false),
            (_, Tab::All) => ("id", true),
            (_, Tab::Incoming) => ("filed_at", false),
            _ => ("due_at", false),
        };
        // What is worked on or decided has a due date.
        let gaps = column == "due_at" && matches!(asked.tab, Tab::All | Tab::Incoming | Tab::Waiting);
        Self { column, down, gaps, backwards: false }
    }

    /// The same as a page at that place is read.
    fn read_at(self, place: Option<&Place<Spot>>) -> Self {
        Self { backwards: place.is_some_and(Place::is_backwards), ..self }
    }

    /// Whether greater comes first.
    fn falls(self) -> bool {
        self.down != self.backwards
    }

    /// What comes after a row, or before it: a page begins where the one beside it ended, whatever has come or gone since.
    fn past(self, query: &mut Query, spot: Spot) -> String {
        let than = if self.falls() { "<" } else { ">" };
        let (id, column) = (query.bind(spot.id), self.column);
        match (column, spot.key) {
            ("id", _) => format!("id {than} {id}"),
            (_, None) => {
                // Every row with such a moment comes before the first without.
                let filled = if self.backwards { format!("{column} IS NOT NULL OR ") } else { String::new() };
                format!("({filled}({column} IS NULL AND id {than} {id}))")
            }
            (_, Some(key)) => {
                let key = query.bind(key);
                let gaps = if self.gaps && !self.backwards { format!(" OR {column} IS NULL") } else { String::new() };
                format!("({column} {than} {key} OR ({column} = {key} AND id {than} {id}){gaps})")
            }
        }
    }

    fn columns(self) -> &'static str {
        match self.column {
            "filed_at" => "id, filed_at",
            "due_at" => "id, due_at",
            _ => "id",
        }
    }

    fn text(self, prefix: &str) -> String {
        let (column, down) = (self.column, if self.falls() { " DESC" } else { "" });
        let gaps = match (self.gaps, self.backwards) {
            (false, _) => "",
            (true, false) => " NULLS LAST",
            (true, true) => " NULLS FIRST",
        };
        match column {
            "id" => format!("{prefix}id{down}"),
            _ => format!("{prefix}{column}{down}{gaps}, {prefix}id{down}"),
        }
    }
}

/// The rows of a page with the columns wanted (of `dossier d`), and how many there are in all unless `known`.
pub(super) async fn rows(
    tx: &Tx,
    house: &House,
    asked: &Asked<'_>,
    columns: &str,
    known: Option<i64>,
) -> Result<(Vec<Row>, i64), StoreError> {
    let (engine, order) = (tx.engine(), Order::of(asked));
    let (limit, offset) = (asked.limit.max(0), asked.place.offset());
    let hits = search::hits(tx, house, asked.scope, &asked.narrow.words).await?;
    if let Some(question) = asked.shows_every_hit(&hits) {
        return every_hit(tx, asked, columns, question).await;
    }
    let total = match known {
        Some(total) => total,
        None => {
            let mut query = Query { params: Vec::new() };
            let source = query.source(house, asked, &hits, None, (engine, COUNT_MAX));
            // The tabs of waiting work are counted whole.
            let bound = if asked.tab == Tab::All { format!(" LIMIT {COUNT_MAX}") } else { String::new() };
            let sql = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM {source}{bound}) AS counted");
            tx.query_one(Sql::from(sql), &query.params).await?.at(0)?
        }
    };
    // The page is found in an index first; whole rows are read for what is shown only.
    let mut query = Query { params: Vec::new() };
    let source = query.source(house, asked, &hits, Some(&asked.place), (engine, limit.saturating_add(offset)));
    let sql = format!(
        "SELECT {columns} FROM (SELECT id AS hit FROM {source} ORDER BY {} LIMIT {limit} OFFSET {offset}) AS page \
         JOIN dossier d ON d.id = page.hit ORDER BY {}",
        order.read_at(Some(&asked.place)).text(""),
        order.text("d."),
    );
    Ok((tx.query(Sql::from(sql), &query.params).await?, total))
}

/// A page of nothing but hits, the latest first.
async fn every_hit(tx: &Tx, asked: &Asked<'_>, columns: &str, question: &str) -> Result<(Vec<Row>, i64), StoreError> {
    let (engine, limit, offset) = (tx.engine(), asked.limit.max(0), asked.place.offset());
    let mut query = Query { params: Vec::new() };
    let source = query.plain_hits(question, &Place::START, engine);
    let sql = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM {source} LIMIT {COUNT_MAX}) AS counted");
    let total: i64 = tx.query_one(Sql::from(sql), &query.params).await?.at(0)?;
    let mut query = Query { params: Vec::new() };
    let source = query.plain_hits(question, &asked.place, engine);
    let down = if asked.place.is_backwards() { "" } else { " DESC" };
    // Of few hits PostgreSQL is not to walk back through all there are until it has a page of them; of very many it had better (0028).
    let few = if engine == Engine::Postgres && total < COUNT_MAX { " + 0" } else { "" };
    let sql = format!(
        "SELECT {columns} FROM (SELECT rowid AS hit FROM {source} ORDER BY rowid{few}{down} LIMIT {limit} OFFSET {offset}) AS page \
         JOIN dossier d ON d.id = page.hit ORDER BY d.id DESC"
    );
    Ok((tx.query(Sql::from(sql), &query.params).await?, total))
}

impl Asked<'_> {
    /// The question to the index, where the list is its hits and nothing else, latest first.
    fn shows_every_hit<'h>(&self, hits: &'h Hits) -> Option<&'h str> {
        let narrow = Narrow { words: String::new(), ..self.narrow.clone() };
        match hits {
            Hits::These(These { question, only: None, statuses, overdue: false })
                if statuses.is_empty() && !question.is_empty() =>
            {
                (self.tab == Tab::All && narrow == Narrow::default() && self.scope.limits.is_empty())
                    .then_some(question.as_str())
            }
            _ => None,
        }
    }

    /// What the page beside it begins after or ends before, where `line` is the last one shown or the first.
    pub fn spot(&self, line: &super::Line) -> Spot {
        self.spot_of(line.id, line.times.due_at, line.times.filed_at)
    }

    /// The same of a whole dossier.
    pub fn dossier_spot(&self, dossier: &crate::Dossier) -> Spot {
        self.spot_of(dossier.id, dossier.due_at, dossier.filed_at)
    }

    fn spot_of(&self, id: Id, due_at: Option<Instant>, filed_at: Instant) -> Spot {
        let key = match Order::of(self).column {
            "due_at" => due_at,
            "filed_at" => Some(filed_at),
            _ => None,
        };
        Spot { key: key.map(|at| at.0), id }
    }
}

/// How many dossiers a list has, however many these are.
pub async fn total(tx: &Tx, house: &House, asked: &Asked<'_>) -> Result<i64, StoreError> {
    let hits = search::hits(tx, house, asked.scope, &asked.narrow.words).await?;
    let mut query = Query { params: Vec::new() };
    let source = query.source(house, asked, &hits, None, (tx.engine(), i64::MAX));
    tx.query_one(Sql::from(format!("SELECT COUNT(*) AS n FROM {source}")), &query.params).await?.at(0)
}

/// How many dossiers wait in one tab, from its index alone.
pub async fn count(tx: &Tx, house: &House, scope: &Scope, tab: Tab, now: Instant) -> Result<i64, StoreError> {
    let (mut query, narrow) = (Query { params: Vec::new() }, Narrow::default());
    match query.tab(house, &Asked { scope, tab, narrow: &narrow, now, limit: 0, place: Place::START }) {
        None => Ok(0),
        Some(tab) => {
            let sql = format!("SELECT COUNT(*) AS n FROM dossier WHERE {tab}");
            tx.query_one(Sql::from(sql), &query.params).await?.at(0)
        }
    }
}

/// How many dossiers wait in each tab but the last, in one statement that reads nothing but indexes.
pub async fn counts(tx: &Tx, house: &House, scope: &Scope, now: Instant) -> Result<Vec<(Tab, i64)>, StoreError> {
    let mut query = Query { params: Vec::new() };
    let narrow = Narrow::default();
    let tabs: Vec<Tab> = Tab::ALL.into_iter().filter(|tab| *tab != Tab::All).collect();
    let parts: Vec<String> = tabs
        .iter()
        .filter_map(|tab| {
            query.tab(house, &Asked { scope, tab: *tab, narrow: &narrow, now, limit: 0, place: Place::START })
        })
        .map(|tab| format!("(SELECT COUNT(*) FROM dossier WHERE {tab})"))
        .collect();
    let row = tx.query_one(Sql::from(format!("SELECT {}", parts.join(", "))), &query.params).await?;
    tabs.into_iter().enumerate().map(|(n, tab)| Ok((tab, row.at(n)?))).collect()
}
