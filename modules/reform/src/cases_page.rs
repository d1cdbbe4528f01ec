//! The very cases behind a figure: numerator, denominator, or what is missing; paged and exported.

use crate::definitions::indicators;
use crate::live::At;
use crate::steered;
use crate::view::{Scope, quantity, subject_name};
use askama::Template;
use axum::extract::Path;
use base::page::Place;
use base::{Fault, Id, Permission, Problem, vn_date, vn_date_time};
use facts::{Case, Cut, Filter, Indicator, Part, Spot, Unit};
use i18n::L;
use records::Card;
use std::collections::HashMap;
use web::table::{Cell, Paging, afresh, query_value};
use web::{Answer, Breadcrumb, Ctx};

/// Cases read for an export: one more than a file holds, so that the file says when it was cut.
const EXPORT_MAX: i64 = web::table::EXPORT_ROWS_MAX as i64 + 1;

struct Row {
    code: String,
    href: String,
    what: String,
    unit: String,
    day: String,
    on: base::Date,
    state: String,
    due: String,
    due_at: Option<base::Instant>,
    /// Past the promise by how much, in words; empty where it is not.
    late: String,
    /// What it adds to the figure, where that is money.
    amount: String,
    qty: i64,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    /// Words and addresses of the parts, and which one is shown.
    tabs: Vec<(String, String, bool)>,
    /// Which columns there is anything to say in.
    dues: bool,
    states: bool,
    amounts: bool,
    total: String,
    rows: Vec<Row>,
    paging: Paging,
    uri: String,
}

fn part(word: &str) -> Result<(Part, &'static str), Fault> {
    match word {
        "" | "numerator" => Ok((Part::Numerator, "numerator")),
        "denominator" => Ok((Part::Denominator, "denominator")),
        "missing" => Ok((Part::Missing, "missing")),
        _ => Err(Fault::invalid(Problem::new("reform-part").field("part"))),
    }
}

/// A figure that is opened, or a part of it.
pub(crate) struct Opened {
    pub(crate) indicator: Indicator,
    pub(crate) level: At,
    pub(crate) cut: Cut,
    /// The part in words; empty for the whole.
    pub(crate) of: String,
    pub(crate) title: String,
    /// Down to the figure itself.
    pub(crate) trail: Vec<Breadcrumb>,
}

/// GET /steering/targets/{id}/cases
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let placed = all.target(&id)?;
    let scope = Scope::read(&ctx).await?.bind(&ctx, placed);
    let as_of = scope.period.as_of(ctx.now.date());
    let indicator = placed
        .subject
        .indicator
        .as_deref()
        .and_then(|id| indicators(&ctx.app).get(id, as_of).cloned())
        .ok_or(Fault::NotFound("reform-no-cases"))?;
    let mut trail = crate::target_page::trail(&ctx, &scope, placed);
    if let Some(last) = trail.last_mut() {
        last.href = scope.link(&ctx, &format!("/steering/targets/{id}"));
    }
    let (level, title) = (placed.target.level(), subject_name(ctx.l, placed));
    list(&ctx, &scope, Opened { indicator, level, cut: Cut::Whole, of: String::new(), title, trail }).await
}

/// The cases of a figure, in the part and at the place the address says.
pub(crate) async fn list(ctx: &Ctx, scope: &Scope, opened: Opened) -> Answer {
    let l = ctx.l;
    let Opened { indicator, level, cut, of, title, mut trail } = opened;
    if indicator.is_confidential() {
        return Err(Fault::NotFound("reform-cases-withheld").into());
    }
    let (part, word) = part(&query_value(&ctx.uri, "part"))?;
    let as_of = scope.period.as_of(ctx.now.date());
    let to = if indicator.denominator.stock { as_of } else { scope.period.to };
    let fields = crate::division::narrowed(ctx, scope, &catalogue::shelf(&ctx.app));
    let own = fields.is_some();
    let filter = Filter { from: scope.period.from, to, level, fields };
    let format = query_value(&ctx.uri, "format");
    let exported = !format.is_empty();
    let mut paging = Paging::from_uri(&ctx.uri);
    let node = scope.node;
    let money = indicator.unit == Unit::Dong;
    let asking = ctx.clone();
    let (total, cases, paging, cards, right) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asked = facts::Asked { indicator: &indicator, node, filter: &filter, cut, part };
                // A file says itself how many it holds.
                let total = if exported { 0 } else { facts::count_cases(tx, &asked).await? };
                let mut place = if exported { Place::START } else { paging.place(Spot::read) };
                let limit = if exported { EXPORT_MAX } else { paging.reads() };
                let mut cases = facts::cases(tx, &asked, limit, &place).await?;
                if !exported {
                    if paging.is_amiss(&place, cases.len()) {
                        (paging, place) = (paging.from_start(), Place::START);
                        cases = facts::cases(tx, &asked, limit, &place).await?;
                    }
                    paging = paging.turned(&place, &mut cases, |case| case.spot().to_string());
                }
                let subjects: Vec<Id> = cases.iter().map(|case| case.subject).collect();
                // Whose they are, the measure knows; how one looks, its kind.
                let measure = &indicator.denominator.measure;
                let (cards, right) = records::cards_of(tx, &asking, measure, &subjects).await?;
                Ok::<_, Fault>((total, cases, paging, cards, right))
            })
        })
        .await?;
    let rows: Vec<Row> = cases.into_iter().map(|case| row(ctx, scope, (&case, money), (&cards, right))).collect();
    if exported {
        return Ok(export(l, &format, rows, money)?);
    }
    let tab = |one| (l.t(format!("reform-part-{one}")), afresh(&ctx.uri, &[("part", one)]), one == word);
    let tabs = ["numerator", "denominator", "missing"].map(tab).into();
    trail.push(Breadcrumb::new(l.t("reform-cases"), ""));
    let mut lead = l.tr(
        if own { "reform-cases-lead-own" } else { "reform-cases-lead" },
        [
            ("unit", scope.tree.name(scope.node)),
            ("period", scope.period.name(l)),
            ("part", scope.part.map(|part| scope.tree.name(part)).unwrap_or_default()),
        ],
    );
    if !of.is_empty() {
        lead.push_str(&format!(" · {of}"));
    }
    let page = Page {
        l,
        trail,
        lead,
        title,
        tabs,
        dues: rows.iter().any(|row| row.due_at.is_some()),
        states: rows.iter().any(|row| !row.state.is_empty()),
        amounts: money,
        total: l.tr("reform-cases-total", [("n", l.number(total)), ("part", l.t(format!("reform-part-{word}")))]),
        rows,
        paging: paging.of(total),
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&page.title, &page))
}

/// Eight hours are a working day.
const DAY_MS: i64 = 8 * 3_600_000;

/// "trễ 2 ngày làm việc", "trễ 3 giờ làm việc".
fn late_text(l: L, ms: i64) -> String {
    match ms / DAY_MS {
        0 => l.tr("reform-case-late-hours", [("n", l.number((ms / 3_600_000).max(1)))]),
        days => l.tr("reform-case-late-days", [("n", l.number(days))]),
    }
}

fn row(
    ctx: &Ctx,
    scope: &Scope,
    (case, money): (&Case, bool),
    (cards, right): (&HashMap<Id, Card>, Option<Permission>),
) -> Row {
    // What is gone, or of a kind this program has no card for, keeps its number.
    let unknown = || Card { code: case.subject.to_string(), ..Card::default() };
    let card = cards.get(&case.subject).cloned().unwrap_or_else(unknown);
    // Only who may read it gets the link; its number alone names nobody.
    let path = scope.tree.path(card.unit.unwrap_or(case.agency));
    let reads = right.is_none_or(|right| ctx.actor.as_ref().is_some_and(|actor| actor.may_at(right, path)));
    Row {
        href: if reads { card.href } else { String::new() },
        what: card.title,
        state: card.state,
        due: card.due.map(vn_date_time).unwrap_or_default(),
        due_at: card.due,
        late: card.late_ms.map(|ms| late_text(ctx.l, ms)).unwrap_or_default(),
        code: card.code,
        unit: scope.tree.get(case.agency).map(|agency| agency.short_name.clone()).unwrap_or_default(),
        day: vn_date(case.day),
        on: case.day,
        amount: if money { quantity(ctx.l, Unit::Dong, case.amount) } else { String::new() },
        qty: case.amount,
    }
}

/// A whole number in a workbook, which holds 53 bits of it; what is larger stands as text.
fn money_cell(n: i64) -> Cell {
    if n.unsigned_abs() < 1 << 53 { Cell::Number(n as f64) } else { Cell::Text(n.to_string()) }
}

fn export(l: L, format: &str, rows: Vec<Row>, money: bool) -> Result<axum::response::Response, Fault> {
    let mut headers: Vec<String> = ["code", "procedure", "unit", "day", "due", "late", "status"]
        .map(|name| l.t(format!("reform-case-{name}")))
        .into();
    if money {
        headers.push(l.t("reform-case-amount-dong"));
    }
    let rows = rows
        .into_iter()
        .map(|row| {
            let [code, what, unit, late, state] = [row.code, row.what, row.unit, row.late, row.state].map(Cell::from);
            let mut cells = vec![code, what, unit, Cell::Day(row.on), Cell::moment(row.due_at), late, state];
            if money {
                cells.push(money_cell(row.qty));
            }
            cells
        })
        .collect();
    web::table::export(l, format, &l.t("reform-cases-export-name"), &headers, rows)
}
