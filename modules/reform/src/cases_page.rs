//! The very cases behind a figure: numerator, denominator, or what is missing; paged and exported.

use crate::definitions::indicators;
use crate::steered;
use crate::view::{Scope, subject_name};
use askama::Template;
use axum::extract::Path;
use base::calendar::Calendar;
use base::page::Place;
use base::{Fault, Id, Problem, vn_date, vn_date_time};
use dossiers::report::CaseLine;
use facts::{Case, Filter, Part, Spot};
use i18n::L;
use std::collections::HashMap;
use std::sync::Arc;
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
}

struct Tab {
    word: String,
    href: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    tabs: Vec<Tab>,
    procedures: bool,
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

/// GET /steering/targets/{id}/cases
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let placed = all.target(&id)?;
    let scope = Scope::read(&ctx).await?.bind(&ctx, placed);
    let l = ctx.l;
    let today = ctx.now.date();
    let as_of = scope.period.as_of(today);
    let known = indicators(&ctx.app);
    let indicator = placed
        .subject
        .indicator
        .as_deref()
        .and_then(|id| known.get(id, as_of).cloned())
        .ok_or(Fault::NotFound("reform-no-cases"))?;
    if indicator.is_confidential() {
        return Err(Fault::NotFound("reform-cases-withheld").into());
    }
    let (part, word) = part(&query_value(&ctx.uri, "part"))?;
    let stock = indicator.denominator.stock;
    let of_procedures = indicator.denominator.measure.starts_with("procedure");
    let to = if stock { as_of } else { scope.period.to };
    let fields = crate::division::narrowed(&ctx, &scope, &catalogue::shelf(&ctx.app));
    let own = fields.is_some();
    let filter = Filter { from: scope.period.from, to, level: placed.target.level(), fields };
    let format = query_value(&ctx.uri, "format");
    let exported = !format.is_empty();
    let mut paging = Paging::from_uri(&ctx.uri);
    let node = scope.node;
    let asked = ctx.clone();
    let (total, cases, paging, lines, cards) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                // A file says itself how many it holds.
                let total = if exported { 0 } else { facts::count_cases(tx, &indicator, node, &filter, part).await? };
                let mut place = if exported { Place::START } else { paging.place(Spot::read) };
                let limit = if exported { EXPORT_MAX } else { paging.reads() };
                let mut cases = facts::cases(tx, &indicator, node, &filter, part, limit, &place).await?;
                if !exported {
                    if paging.is_amiss(&place, cases.len()) {
                        (paging, place) = (paging.from_start(), Place::START);
                        cases = facts::cases(tx, &indicator, node, &filter, part, limit, &place).await?;
                    }
                    paging = paging.turned(&place, &mut cases, |case| case.spot().to_string());
                }
                let subjects: Vec<Id> = cases.iter().map(|case| case.subject).collect();
                // What stands behind the stock of procedures is no dossier.
                let lines =
                    if of_procedures { HashMap::new() } else { dossiers::report::case_lines(tx, &subjects).await? };
                // Nor is what other registers count.
                let others: Vec<Id> =
                    subjects.into_iter().filter(|id| !of_procedures && !lines.contains_key(id)).collect();
                let cards = records::cards(tx, &asked, &others).await?;
                Ok::<_, Fault>((total, cases, paging, lines, cards))
            })
        })
        .await?;
    let shelf = catalogue::shelf(&ctx.app);
    // The procedures of the day, for what is not a dossier: found once, not for each row.
    let procedures: HashMap<Id, Arc<catalogue::Version>> = match of_procedures {
        true => shelf.all(as_of).into_iter().map(|version| (version.procedure_id, version)).collect(),
        false => HashMap::new(),
    };
    let calendar = organisation::calendar_of(&ctx.app);
    let books = Books { shelf: &shelf, procedures: &procedures, lines: &lines, cards: &cards, calendar: &calendar };
    let rows: Vec<Row> = cases.into_iter().map(|case| row(&ctx, &scope, case, &books)).collect();
    let title = subject_name(l, placed);
    if exported {
        return Ok(export(l, &format, rows)?);
    }
    let tabs = ["numerator", "denominator", "missing"]
        .map(|one| Tab {
            word: l.t(format!("reform-part-{one}")),
            href: afresh(&ctx.uri, &[("part", one)]),
            here: one == word,
        })
        .into_iter()
        .collect();
    let mut trail = crate::target_page::trail(&ctx, &scope, placed);
    if let Some(last) = trail.last_mut() {
        last.href = scope.link(&ctx, &format!("/steering/targets/{id}"));
    }
    trail.push(Breadcrumb::new(l.t("reform-cases"), ""));
    let page = Page {
        l,
        trail,
        lead: l.tr(
            if own { "reform-cases-lead-own" } else { "reform-cases-lead" },
            [
                ("unit", scope.tree.name(scope.node)),
                ("period", scope.period.name(l)),
                ("part", scope.part.map(|part| scope.tree.name(part)).unwrap_or_default()),
            ],
        ),
        title,
        tabs,
        procedures: of_procedures,
        total: l.tr("reform-cases-total", [("n", l.number(total)), ("part", l.t(format!("reform-part-{word}")))]),
        rows,
        paging: paging.of(total),
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&page.title, &page))
}

/// Where the words of a row are found.
struct Books<'a> {
    shelf: &'a catalogue::Shelf,
    procedures: &'a HashMap<Id, Arc<catalogue::Version>>,
    lines: &'a HashMap<Id, CaseLine>,
    /// Subjects of other registers.
    cards: &'a HashMap<Id, (records::Card, base::Permission)>,
    calendar: &'a Calendar,
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

fn row(ctx: &Ctx, scope: &Scope, case: Case, books: &Books<'_>) -> Row {
    let unit = scope.tree.get(case.agency).map(|agency| agency.short_name.clone()).unwrap_or_default();
    let day = vn_date(case.day);
    if let Some((card, right)) = books.cards.get(&case.subject) {
        let path = scope.tree.path(case.agency);
        let reads = ctx.actor.as_ref().is_some_and(|actor| actor.may_at(*right, path));
        let card = card.clone();
        return Row {
            href: if reads { card.href } else { String::new() },
            what: card.title,
            state: card.state,
            code: card.code,
            due: String::new(),
            due_at: None,
            late: String::new(),
            unit,
            day,
            on: case.day,
        };
    }
    match books.lines.get(&case.subject) {
        Some(line) => {
            // Only who may read the dossier gets the link; its number alone names nobody.
            let path = scope.tree.path(line.competent);
            let reads = ctx.actor.as_ref().is_some_and(|actor| actor.may_at(dossiers::rights::READ_DOSSIERS, path));
            Row {
                href: if reads { format!("/dossiers/{}", line.code) } else { String::new() },
                what: books.shelf.version(line.version).map(|version| version.name.clone()).unwrap_or_default(),
                state: ctx.l.t(line.state_key()),
                due: line.due_at.map(vn_date_time).unwrap_or_default(),
                due_at: line.due_at,
                late: line.late_ms(books.calendar, ctx.now).map(|ms| late_text(ctx.l, ms)).unwrap_or_default(),
                code: line.code.clone(),
                unit,
                day,
                on: case.day,
            }
        }
        None => {
            let version = books.procedures.get(&case.subject);
            let code = version.map(|version| version.code.clone()).unwrap_or_else(|| case.subject.to_string());
            Row {
                href: version.map(|version| format!("/procedures/{}", version.code)).unwrap_or_default(),
                what: version.map(|version| version.name.clone()).unwrap_or_default(),
                state: String::new(),
                due: String::new(),
                due_at: None,
                late: String::new(),
                code,
                unit,
                day,
                on: case.day,
            }
        }
    }
}

fn export(l: L, format: &str, rows: Vec<Row>) -> Result<axum::response::Response, Fault> {
    let headers =
        ["code", "procedure", "unit", "day", "due", "late", "status"].map(|name| l.t(format!("reform-case-{name}")));
    let rows = rows
        .into_iter()
        .map(|row| {
            let [code, what, unit, late, state] = [row.code, row.what, row.unit, row.late, row.state].map(Cell::from);
            vec![code, what, unit, Cell::Day(row.on), Cell::moment(row.due_at), late, state]
        })
        .collect();
    web::table::export(l, format, &l.t("reform-cases-export-name"), &headers, rows)
}
