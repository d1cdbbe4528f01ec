//! The very cases behind a figure: numerator, denominator, or what is missing; paged and exported.

use crate::live::indicators;
use crate::programme::Programmes;
use crate::view::{Scope, subject_name};
use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Permission, Problem, vn_date};
use facts::{Case, Filter, Part};
use i18n::L;
use web::table::{Cell, Paging, query_value, with};
use web::{Answer, Breadcrumb, Ctx};

/// Cases in one export; a narrower period or unit gives the rest.
const EXPORT_MAX: i64 = 500;

struct Row {
    code: String,
    href: String,
    what: String,
    unit: String,
    day: String,
    state: String,
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
    let placed = Programmes::shipped().target(&id)?;
    let scope = Scope::read(&ctx).await?.bind(placed);
    let l = ctx.l;
    let today = ctx.now.date();
    let as_of = scope.period.as_of(today);
    let indicator = placed
        .subject
        .indicator
        .as_deref()
        .and_then(|id| indicators().get(id, as_of))
        .ok_or(Fault::NotFound("reform-no-cases"))?;
    let (part, word) = part(&query_value(&ctx.uri, "part"))?;
    let stock = indicator.denominator.stock;
    let to = if stock { as_of } else { scope.period.to };
    let fields = crate::division::narrowed(&ctx, &scope, &catalogue::shelf(&ctx.app));
    let own = fields.is_some();
    let filter = Filter { from: scope.period.from, to, level: placed.target.level(), fields };
    let format = query_value(&ctx.uri, "format");
    let paging = Paging::from_uri(&ctx.uri);
    let (limit, offset) = if format.is_empty() { (paging.limit(), paging.offset()) } else { (EXPORT_MAX, 0) };
    let node = scope.node;
    let (total, cases) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let total = facts::count_cases(tx, indicator, node, &filter, part).await?;
                let cases = facts::cases(tx, indicator, node, &filter, part, limit, offset).await?;
                let mut found: Vec<(Case, Option<dossiers::Dossier>)> = Vec::with_capacity(cases.len());
                for case in cases {
                    let dossier = if stock {
                        None
                    } else {
                        dossiers::store::by_id(tx, case.subject).await?.map(|one| one.dossier)
                    };
                    found.push((case, dossier));
                }
                Ok::<_, Fault>((total, found))
            })
        })
        .await?;
    let rows: Vec<Row> = cases.into_iter().map(|(case, dossier)| row(&ctx, &scope, case, dossier, as_of)).collect();
    let title = subject_name(l, placed);
    if !format.is_empty() {
        return Ok(export(l, &format, rows)?);
    }
    let tabs = ["numerator", "denominator", "missing"]
        .map(|one| Tab {
            word: l.t(format!("reform-part-{one}")),
            href: with(&ctx.uri, &[("part", one), ("page", "")]),
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
        procedures: stock,
        rows,
        paging: paging.of(total),
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&page.title, &page))
}

fn row(ctx: &Ctx, scope: &Scope, case: Case, dossier: Option<dossiers::Dossier>, as_of: Date) -> Row {
    let l = ctx.l;
    let shelf = catalogue::shelf(&ctx.app);
    let unit = scope.tree.get(case.agency).map(|agency| agency.short_name.clone()).unwrap_or_default();
    let day = vn_date(case.day);
    match dossier {
        Some(dossier) => {
            // Only who may read the dossier gets the link; its number alone names nobody.
            let path = scope.tree.path(dossier.competent);
            let reads = ctx.actor.as_ref().is_some_and(|actor| actor.may_at(Permission::ReadDossiers, path));
            Row {
                href: if reads { format!("/dossiers/{}", dossier.code) } else { String::new() },
                what: shelf.version(dossier.version).map(|version| version.name.clone()).unwrap_or_default(),
                state: l.t(dossier.status.key()),
                code: dossier.code,
                unit,
                day,
            }
        }
        None => {
            let version = shelf.all(as_of).into_iter().find(|version| version.procedure_id == case.subject);
            let code = version.as_ref().map(|version| version.code.clone()).unwrap_or_else(|| case.subject.to_string());
            Row {
                href: version.as_ref().map(|version| format!("/procedures/{}", version.code)).unwrap_or_default(),
                what: version.map(|version| version.name.clone()).unwrap_or_default(),
                state: String::new(),
                code,
                unit,
                day,
            }
        }
    }
}

fn export(l: L, format: &str, rows: Vec<Row>) -> Result<axum::response::Response, Fault> {
    let headers = ["code", "procedure", "unit", "day", "status"].map(|name| l.t(format!("reform-case-{name}")));
    let rows = rows
        .into_iter()
        .map(|row| [row.code, row.what, row.unit, row.day, row.state].map(Cell::from).to_vec())
        .collect();
    web::table::export(l, format, &l.t("reform-cases-export-name"), &headers, rows)
}
