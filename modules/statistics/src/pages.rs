//! The table as a page, as a file, and as the printed form.

use crate::columns::{Column, Values};
use crate::period::Period;
use crate::reading::{self, Asked, Key, Line, Rows, Table, of_officials};
use crate::rights::READ_OWN_FIGURES;
use crate::scope::Scope;
use crate::{form, opened};
use askama::Template;
use base::{Fault, Id, Problem, vn_date, vn_date_time};
use i18n::L;
use std::collections::HashMap;
use web::table::{Cell, query_value, with};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// Groups of columns under one head, in the order of [`Column::ALL`].
const GROUPS: [(&str, &[Column]); 4] = [
    ("received", &[Column::Received, Column::Carried, Column::Online, Column::Counter, Column::Post]),
    ("settled", &[Column::Settled, Column::Early, Column::OnTime, Column::Late]),
    ("ended", &[Column::Withdrawn, Column::Stopped]),
    ("open", &[Column::Open, Column::InTime, Column::Overdue, Column::Paused]),
];
/// Columns that stand by themselves.
const ALONE: [Column; 2] = [Column::Returned, Column::Refused];

/// Rows of a page; a file holds all.
pub(crate) const ROWS_SHOWN: usize = 500;
/// Accounts named in one statement.
const NAMED: usize = 100;

/// The names of any number of people.
pub(crate) async fn names_of(tx: &store::Tx, people: &[Id]) -> Result<HashMap<Id, String>, store::StoreError> {
    let mut names = HashMap::with_capacity(people.len());
    for some in people.chunks(NAMED) {
        names.extend(identity::names(tx, some).await?);
    }
    Ok(names)
}

/// A number of the table.
pub(crate) struct Number {
    label: String,
    text: String,
    href: String,
    /// The whole of its group.
    whole: bool,
}

pub(crate) struct Row {
    pub(crate) name: String,
    href: String,
    cells: Vec<Number>,
    pub(crate) values: Values,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct Page {
    l: L,
    mine: bool,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: &'static str,
    unit: String,
    units: Vec<Choice>,
    period: String,
    periods: Vec<Choice>,
    from: String,
    to: String,
    /// By what rows are told apart: word, address, here.
    tabs: Vec<(String, String, bool)>,
    by: String,
    heading: String,
    groups: Vec<(String, usize)>,
    heads: Vec<String>,
    alone: Vec<String>,
    rows: Vec<Row>,
    whole: Option<Row>,
    /// There are more rows than are shown.
    cut: String,
    /// Why some numbers are not there; empty where all are.
    unknown: String,
    uri: String,
    print_href: String,
    problems: Vec<Problem>,
}

/// The columns in the order in which they stand.
pub(crate) fn shown() -> impl Iterator<Item = Column> {
    GROUPS.iter().flat_map(|(_, columns)| columns.iter().copied()).chain(ALONE)
}

fn heading(l: L, column: Column) -> String {
    l.t(format!("statistics-column-{}", column.as_str()))
}

/// What is needed to write rows.
struct Words<'a> {
    ctx: &'a Ctx,
    scope: &'a Scope,
    rows: Rows,
    mine: bool,
    fields: HashMap<String, String>,
    procedures: HashMap<Id, String>,
    people: HashMap<Id, String>,
}

impl Words<'_> {
    fn name(&self, key: &Key) -> String {
        let l = self.ctx.l;
        let unknown = |id: String| l.tr("statistics-unknown-part", [("id", id)]);
        match key {
            Key::Own(_) => l.t("statistics-own"),
            Key::Unit(unit) => self.scope.tree.get(*unit).map(|one| one.name.clone()).unwrap_or_default(),
            Key::Field(field) => self.fields.get(field).cloned().unwrap_or_else(|| unknown(field.clone())),
            Key::Procedure(id) => self.procedures.get(id).cloned().unwrap_or_else(|| unknown(id.to_string())),
            Key::Official(None) => l.t("statistics-nobody"),
            Key::Official(Some(id)) => self.people.get(id).cloned().unwrap_or_else(|| unknown(id.to_string())),
        }
    }

    /// Where a number of a row opens.
    fn cases(&self, key: Option<&Key>, column: Column) -> String {
        let path = if self.mine { "/statistics/mine/cases" } else { "/statistics/cases" };
        let column = ("column", column.as_str());
        match key {
            None => self.scope.link(path, &[column]),
            Some(Key::Unit(unit)) => self.scope.link(path, &[("unit", &unit.to_string()), column]),
            Some(key) => self.scope.link(path, &[("by", self.rows.as_str()), ("key", &key_word(key)), column]),
        }
    }

    fn row(&self, key: Option<&Key>, values: Values) -> Row {
        let l = self.ctx.l;
        let cell = |column: Column| {
            let value = values.get(column);
            let opens = value.is_some_and(|n| n > 0 && n <= opened::LIST_MAX);
            Number {
                label: heading(l, column),
                text: value.map_or_else(|| "–".to_owned(), |n| l.number(n)),
                href: if opens { self.cases(key, column) } else { String::new() },
                whole: matches!(column, Column::Received | Column::Settled | Column::Open),
            }
        };
        let href = match key {
            Some(Key::Unit(unit)) => self.scope.link("/statistics", &[("unit", &unit.to_string())]),
            _ => String::new(),
        };
        let name = key.map_or_else(|| l.t("statistics-total"), |key| self.name(key));
        Row { name, href, cells: shown().map(cell).collect(), values }
    }
}

/// A row's word in the address.
pub(crate) fn key_word(key: &Key) -> String {
    match key {
        Key::Own(_) => "own".to_owned(),
        Key::Unit(unit) => unit.to_string(),
        Key::Field(field) => field.clone(),
        Key::Procedure(id) => id.to_string(),
        Key::Official(None) => "none".to_owned(),
        Key::Official(Some(id)) => id.to_string(),
    }
}

/// By what the address tells rows apart.
pub(crate) fn rows_of(ctx: &Ctx, scope: &Scope) -> Result<Rows, Fault> {
    let word = query_value(&ctx.uri, "by");
    let wrong = || Fault::invalid(Problem::new("statistics-choose").field("by"));
    let rows = if word.is_empty() { Rows::Unit } else { Rows::read(&word).ok_or_else(wrong)? };
    if rows == Rows::Official && !scope.sees_officials(ctx) {
        return Err(Fault::Forbidden(Problem::new("statistics-officials-not-yours")));
    }
    Ok(rows)
}

pub(crate) fn asked(ctx: &Ctx, scope: &Scope) -> Asked {
    Asked { node: scope.node, from: scope.period.from, to: scope.period.to, now: ctx.now }
}

/// Names of fields and procedures as last announced.
pub(crate) fn names(ctx: &Ctx) -> (HashMap<String, String>, HashMap<Id, String>) {
    let shelf = catalogue::shelf(&ctx.app);
    let mut names = (HashMap::new(), HashMap::new());
    for version in shelf.latest(|_| true) {
        names.0.insert(version.field.clone(), version.field_name.clone());
        names.1.insert(version.procedure_id, version.name.clone());
    }
    names
}

/// GET /statistics
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let scope = match Scope::read(&ctx).await {
        // Days that are none are told on the page, above this month's figures.
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let mut plain = ctx.clone();
            plain.uri = with(&ctx.uri, &[("from", ""), ("to", ""), ("period", ""), ("format", "")]);
            let scope = Scope::read(&plain).await?;
            return page(&plain, scope, false, problems).await;
        }
        scope => scope?,
    };
    page(&ctx, scope, false, Vec::new()).await
}

/// GET /statistics/mine
pub(crate) async fn mine(ctx: Ctx) -> Answer {
    ctx.require(READ_OWN_FIGURES)?;
    let scope = Scope::own(&ctx).await?;
    page(&ctx, scope, true, Vec::new()).await
}

async fn page(ctx: &Ctx, scope: Scope, mine: bool, problems: Vec<Problem>) -> Answer {
    let l = ctx.l;
    let rows = if mine { Rows::Official } else { rows_of(ctx, &scope)? };
    let (asked, tree, me) = (asked(ctx, &scope), scope.tree.clone(), ctx.actor()?.account);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let mut table = reading::table(tx, &tree, &asked, rows).await?;
            if mine {
                table.lines.retain(|line| line.key == Key::Official(Some(me)));
            }
            let people: Vec<Id> = table.lines.iter().filter_map(official).collect();
            let people = names_of(tx, &people).await?;
            Ok::<_, Fault>((table, people))
        })
    });
    let (Table { mut lines, whole, .. }, people) = read.await?;
    let (fields, procedures) = names(ctx);
    let words = Words { ctx, scope: &scope, rows, mine, fields, procedures, people };
    if rows != Rows::Unit {
        lines.sort_by_key(|line| base::text::fold(&words.name(&line.key)));
    }
    let written: Vec<Row> = lines.iter().map(|line| words.row(Some(&line.key), line.values)).collect();
    let whole = (!mine).then(|| words.row(None, whole));
    let head = l.t(format!("statistics-by-{}", rows.as_str()));
    match query_value(&ctx.uri, "format").as_str() {
        "" => {}
        "pdf" if !mine => return form::answer(ctx, &scope, &head, &written, whole.as_ref()).await,
        format => return Ok(export(l, format, (&scope.period, head), written, whole)?),
    }
    let cut = if written.len() > ROWS_SHOWN {
        l.tr("statistics-rows-cut", [("max", l.number(ROWS_SHOWN as i64)), ("n", l.number(written.len() as i64))])
    } else {
        String::new()
    };
    let unknown = [Column::InTime, Column::Overdue, Column::Paused];
    let unknown = whole.iter().chain(&written).any(|row| {
        let missing = |column: &Column| row.values.get(*column).is_none();
        unknown.iter().any(missing) && rows != Rows::Official
    });
    let wrong = !problems.is_empty();
    let uri = if wrong { ctx.uri.clone() } else { with(&ctx.uri, &[]) };
    let page = Page {
        l,
        mine,
        trail: scope.trail(l, ctx.actor()?, mine),
        title: l.t(if mine { "statistics-mine" } else { "statistics-title" }),
        lead: lead(ctx, &scope, mine),
        action: if mine { "/statistics/mine" } else { "/statistics" },
        unit: scope.node.to_string(),
        units: scope.units(ctx),
        period: scope.period.word.clone(),
        periods: scope.periods(ctx, Period::offered(ctx.now.date())),
        from: String::new(),
        to: String::new(),
        tabs: if mine { Vec::new() } else { tabs(ctx, &scope, rows) },
        by: if mine { String::new() } else { rows.as_str().to_owned() },
        heading: head,
        groups: GROUPS.iter().map(|(word, columns)| (l.t(format!("statistics-group-{word}")), columns.len())).collect(),
        heads: GROUPS.iter().flat_map(|(_, columns)| columns.iter()).map(|column| heading(l, *column)).collect(),
        alone: ALONE.map(|column| heading(l, column)).into(),
        rows: written.into_iter().take(ROWS_SHOWN).collect(),
        whole,
        cut,
        unknown: match (unknown, rows) {
            (true, _) => l.tr("statistics-unknown-then", [("max", l.number(reading::FOLLOWED_MAX))]),
            (false, Rows::Official) => l.t("statistics-unknown-official"),
            (false, _) => String::new(),
        },
        print_href: if mine { String::new() } else { with(&uri, &[("format", "pdf")]) },
        uri,
        problems,
    };
    Ok(if wrong { ctx.invalid_page(&page.title, &page) } else { ctx.page(&page.title, &page) })
}

fn official(line: &Line) -> Option<Id> {
    match line.key {
        Key::Official(official) => official,
        _ => None,
    }
}

fn tabs(ctx: &Ctx, scope: &Scope, here: Rows) -> Vec<(String, String, bool)> {
    let officials = scope.sees_officials(ctx);
    let offered = Rows::ALL.into_iter().filter(|rows| *rows != Rows::Official || officials);
    let tab = |rows: Rows| {
        let word = rows.as_str();
        (ctx.l.t(format!("statistics-by-{word}")), scope.link("/statistics", &[("by", word)]), rows == here)
    };
    offered.map(tab).collect()
}

/// Whose figures, of which days, as of when.
pub(crate) fn lead(ctx: &Ctx, scope: &Scope, mine: bool) -> String {
    let last = scope.period.as_of(ctx.now.date());
    let at = if last == ctx.now.date() { vn_date_time(ctx.now) } else { vn_date(last) };
    let unit = match &ctx.actor {
        Some(actor) if mine => actor.name.clone(),
        _ => scope.tree.name(scope.node),
    };
    ctx.l.tr("statistics-lead", [("unit", unit), ("period", scope.period.name(ctx.l)), ("at", at)])
}

impl Scope {
    /// From the widest agency of the person down to the one looked at.
    pub(crate) fn trail(&self, l: L, actor: &base::Actor, mine: bool) -> Vec<Breadcrumb> {
        if mine {
            return vec![Breadcrumb::new(l.t("statistics-mine"), "")];
        }
        let above = self.tree.get(self.node).and_then(|unit| unit.parent).and_then(|parent| self.tree.get(parent));
        let mut trail = vec![Breadcrumb::new(l.t("statistics-title"), "/statistics")];
        if let Some(above) = above.filter(|above| crate::scope::may_look(actor, &self.tree, above)) {
            trail.push(Breadcrumb::new(
                above.short_name.clone(),
                self.link("/statistics", &[("unit", &above.id.to_string())]),
            ));
        }
        trail.push(Breadcrumb::new(self.tree.name(self.node), ""));
        trail
    }
}

/// The table as it is shown.
fn export(
    l: L,
    format: &str,
    (period, head): (&Period, String),
    rows: Vec<Row>,
    whole: Option<Row>,
) -> Result<axum::response::Response, Fault> {
    let headers: Vec<String> = std::iter::once(head).chain(shown().map(|column| heading(l, column))).collect();
    let cell = |value: Option<i64>| value.map_or_else(|| Cell::from("–"), Cell::from);
    let line = |row: Row| {
        let numbers = shown().map(|column| cell(row.values.get(column)));
        std::iter::once(Cell::from(row.name)).chain(numbers).collect()
    };
    let lines = rows.into_iter().chain(whole).map(line).collect();
    let name = format!("{}-{}-{}", l.t("statistics-export-name"), period.from, period.to);
    web::table::export(l, format, &name, &headers, lines)
}

/// Whether a row of an official has this column.
pub(crate) fn is_offered(rows: Rows, column: Column) -> bool {
    rows != Rows::Official || of_officials(column)
}
