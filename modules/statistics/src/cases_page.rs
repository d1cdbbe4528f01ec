//! The dossiers behind a number of the table, page by page and as a file.

use crate::columns::Column;
use crate::opened::{Entry, LIST_MAX, list};
use crate::pages::{asked, is_offered, lead, names, rows_of};
use crate::reading::{Key, Rows};
use crate::rights::READ_OWN_FIGURES;
use crate::scope::Scope;
use askama::Template;
use base::{Fault, Id, Permission, Problem, vn_date, vn_date_time};
use i18n::L;
use records::Card;
use std::collections::HashMap;
use web::table::{Cell, Paging, query_value};
use web::{Answer, Breadcrumb, Ctx};

/// Eight hours are a working day.
const DAY_MS: i64 = 8 * 3_600_000;

pub(crate) struct Row {
    code: String,
    href: String,
    what: String,
    unit: String,
    day: String,
    on: base::Date,
    due: String,
    due_at: Option<base::Instant>,
    late: String,
    state: String,
}

#[derive(Template)]
#[template(path = "statistics_cases.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    total: String,
    dues: bool,
    rows: Vec<Row>,
    paging: Paging,
    uri: String,
}

fn choose(field: &'static str) -> Fault {
    Fault::invalid(Problem::new("statistics-choose").field(field))
}

/// The row of an address; none for the whole table.
fn key(ctx: &Ctx, scope: &Scope, rows: Rows) -> Result<Option<Key>, Fault> {
    let word = query_value(&ctx.uri, "key");
    let id = || word.parse().map(Id).map_err(|_| choose("key"));
    Ok(match (word.as_str(), rows) {
        ("", _) => None,
        ("own", Rows::Unit) => Some(Key::Own(scope.node)),
        (_, Rows::Unit) => return Err(choose("key")),
        (field, Rows::Field) => Some(Key::Field(field.to_owned())),
        (_, Rows::Procedure) => Some(Key::Procedure(id()?)),
        ("none", Rows::Official) => Some(Key::Official(None)),
        (_, Rows::Official) => Some(Key::Official(Some(id()?))),
    })
}

/// GET /statistics/cases
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let scope = Scope::read(&ctx).await?;
    let rows = rows_of(&ctx, &scope)?;
    let key = key(&ctx, &scope, rows)?;
    answer(&ctx, &scope, rows, key, false).await
}

/// GET /statistics/mine/cases
pub(crate) async fn mine(ctx: Ctx) -> Answer {
    let me = ctx.require(READ_OWN_FIGURES)?.account;
    let scope = Scope::own(&ctx).await?;
    answer(&ctx, &scope, Rows::Official, Some(Key::Official(Some(me))), true).await
}

async fn answer(ctx: &Ctx, scope: &Scope, rows: Rows, key: Option<Key>, mine: bool) -> Answer {
    let l = ctx.l;
    let column = Column::read(&query_value(&ctx.uri, "column")).ok_or_else(|| choose("column"))?;
    if key.is_some() && !is_offered(rows, column) {
        return Err(choose("column").into());
    }
    let mut of = vec![lead(ctx, scope, mine)];
    of.extend(key.as_ref().filter(|_| !mine).map(|key| of_row(ctx, key)));
    if let Some(Key::Official(Some(id))) = key.as_ref().filter(|_| !mine) {
        let id = *id;
        let name =
            ctx.db().read(move |tx| Box::pin(async move { identity::names(tx, &[id]).await })).await?.remove(&id);
        of.extend(name);
    }
    let trail = vec![
        Breadcrumb::new(
            l.t(if mine { "statistics-mine" } else { "statistics-title" }),
            if mine {
                scope.link("/statistics/mine", &[("unit", "")])
            } else {
                scope.link("/statistics", &[("by", rows.as_str())])
            },
        ),
        Breadcrumb::new(l.t("statistics-cases"), ""),
    ];
    let (tree, asking, wanted) = (scope.tree.clone(), asked(ctx, scope), key.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move { Ok::<_, Fault>(list(tx, &tree, &asking, column, wanted.as_ref()).await?) })
    });
    let many = || Fault::invalid(Problem::new("statistics-many").field("unit").arg("max", LIST_MAX));
    let found = read.await?.ok_or_else(many)?;
    let title = l.t(format!("statistics-column-{}", column.as_str()));
    table(ctx, scope, Shown { title, lead: of.join(" · "), trail, measure: "received".to_owned() }, found).await
}

fn of_row(ctx: &Ctx, key: &Key) -> String {
    let (fields, procedures) = names(ctx);
    match key {
        Key::Own(_) => ctx.l.t("statistics-own"),
        Key::Field(field) => fields.get(field).cloned().unwrap_or_else(|| field.clone()),
        Key::Procedure(id) => procedures.get(id).cloned().unwrap_or_else(|| id.to_string()),
        Key::Official(None) => ctx.l.t("statistics-nobody"),
        Key::Unit(_) | Key::Official(Some(_)) => String::new(),
    }
}

/// What a list of cases is headed by, and a measure of the kind its subjects are of.
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) trail: Vec<Breadcrumb>,
    pub(crate) measure: String,
}

/// Some cases, as a page or as a file.
pub(crate) async fn table(ctx: &Ctx, scope: &Scope, shown: Shown, mut found: Vec<Entry>) -> Answer {
    let l = ctx.l;
    let total = found.len() as i64;
    let format = query_value(&ctx.uri, "format");
    let mut paging = Paging::from_uri(&ctx.uri);
    if format.is_empty() {
        (found, paging) = paging.leafed(found, |entry| format!("{}.{}", entry.day, entry.subject));
    }
    let (measure, asking, ids) =
        (shown.measure, ctx.clone(), found.iter().map(|entry| entry.subject).collect::<Vec<_>>());
    let read = ctx.db().read(move |tx| Box::pin(async move { records::cards_of(tx, &asking, &measure, &ids).await }));
    let (cards, right) = read.await?;
    let rows: Vec<Row> = found.iter().map(|entry| row(ctx, scope, entry, &cards, right)).collect();
    if !format.is_empty() {
        return Ok(export(l, &format, rows)?);
    }
    let page = Page {
        l,
        trail: shown.trail,
        title: shown.title,
        lead: shown.lead,
        total: l.tr("statistics-cases-total", [("n", l.number(total))]),
        dues: rows.iter().any(|row| row.due_at.is_some()),
        rows,
        paging: paging.of(total),
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&page.title, &page))
}

fn row(ctx: &Ctx, scope: &Scope, entry: &Entry, cards: &HashMap<Id, Card>, right: Option<Permission>) -> Row {
    let unknown = || Card { code: entry.subject.to_string(), ..Card::default() };
    let card = cards.get(&entry.subject).cloned().unwrap_or_else(unknown);
    // Only who may read it gets the link; its number alone names nobody.
    let path = scope.tree.path(card.unit.unwrap_or(entry.agency));
    let reads = right.is_none_or(|right| ctx.actor.as_ref().is_some_and(|actor| actor.may_at(right, path)));
    let late = |ms: i64| match ms / DAY_MS {
        0 => ctx.l.tr("statistics-late-hours", [("n", ctx.l.number((ms / 3_600_000).max(1)))]),
        days => ctx.l.tr("statistics-late-days", [("n", ctx.l.number(days))]),
    };
    Row {
        href: if reads { card.href } else { String::new() },
        what: card.title,
        unit: scope.tree.get(entry.agency).map(|agency| agency.short_name.clone()).unwrap_or_default(),
        day: vn_date(entry.day),
        on: entry.day,
        due: card.due.map(vn_date_time).unwrap_or_default(),
        due_at: card.due,
        late: card.late_ms.map(late).unwrap_or_default(),
        state: card.state,
        code: card.code,
    }
}

fn export(l: L, format: &str, rows: Vec<Row>) -> Result<axum::response::Response, Fault> {
    let headers =
        ["code", "what", "unit", "day", "due", "late", "state"].map(|name| l.t(format!("statistics-case-{name}")));
    let line = |row: Row| {
        let [code, what, unit, late, state] = [row.code, row.what, row.unit, row.late, row.state].map(Cell::from);
        vec![code, what, unit, Cell::Day(row.on), Cell::moment(row.due_at), late, state]
    };
    let lines = rows.into_iter().map(line).collect();
    web::table::export(l, format, &l.t("statistics-cases-export-name"), &headers, lines)
}
