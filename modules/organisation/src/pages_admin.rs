//! Administrative units of any day: provinces, districts and communes with what they came from and what they became.

use crate::pages::validity;
use crate::store::{self as sql, UnitRow};
use crate::{shipped, tree_of};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, vn_date};
use i18n::L;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

struct Line {
    code: String,
    name: String,
    kind: String,
    href: String,
    children: i64,
    partial: bool,
}

fn line(l: L, unit: &UnitRow, partial: bool) -> Line {
    Line {
        code: unit.code.clone(),
        name: unit.name.clone(),
        kind: l.t(format!("organisation-unit-{}", unit.kind)),
        href: format!("/admin-units/{}", unit.id),
        children: unit.children,
        partial,
    }
}

#[derive(Template)]
#[template(path = "admin_list.html")]
struct List {
    l: L,
    q: String,
    on: String,
    on_words: String,
    units: Vec<Line>,
}

/// GET /admin-units
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let day = web::asked_day(&ctx, "organisation-day")?;
    let q = query_value(&ctx.uri, "q").trim().to_owned();
    let words = q.clone();
    let units = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>(if words.is_empty() {
                    sql::provinces_on(tx, day).await?
                } else {
                    sql::find_units(tx, &words, day).await?
                })
            })
        })
        .await?;
    let units = units.iter().map(|unit| line(ctx.l, unit, false)).collect();
    let page = List { l: ctx.l, q, on: day.to_string(), on_words: vn_date(day), units };
    Ok(ctx.page(&ctx.l.t("organisation-admin-units"), &page))
}

#[derive(Template)]
#[template(path = "admin_show.html")]
struct Show {
    l: L,
    trail: Vec<Breadcrumb>,
    name: String,
    lead: String,
    code: String,
    kind: String,
    stands: bool,
    validity: String,
    before: Vec<Line>,
    after: Vec<Line>,
    below: Vec<Line>,
    agency_name: String,
    agency_href: String,
}

/// GET /admin-units/{id}
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let id = id.parse().map(Id).map_err(|_| Fault::NotFound("organisation-no-admin-unit"))?;
    let (chain, before, after, below) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let unit = sql::unit(tx, id).await?.ok_or(Fault::NotFound("organisation-no-admin-unit"))?;
                let mut chain = vec![unit];
                // Three levels at most.
                while let Some(parent) = chain.last().and_then(|unit| unit.parent) {
                    match sql::unit(tx, parent).await? {
                        Some(above) if chain.len() < 3 => chain.push(above),
                        _ => break,
                    }
                }
                chain.reverse();
                let below = sql::units_below(tx, id).await?;
                let (before, after) = (sql::units_before(tx, id).await?, sql::units_after(tx, id).await?);
                Ok::<_, Fault>((chain, before, after, below))
            })
        })
        .await?;
    let Some(unit) = chain.last() else {
        return Err(Fault::NotFound("organisation-no-admin-unit").into());
    };
    let l = ctx.l;
    let on = unit.valid_to.map(|to| format!("?on={to}")).unwrap_or_default();
    let mut trail = vec![Breadcrumb::new(l.t("organisation-admin-units"), format!("/admin-units{on}"))];
    for above in &chain {
        let href = if above.id == unit.id { String::new() } else { format!("/admin-units/{}", above.id) };
        trail.push(Breadcrumb::new(above.name.clone(), href));
    }
    let tree = tree_of(&ctx.app).await?;
    let agency = tree.all().iter().find(|agency| {
        agency.unit_code.as_deref() == Some(&unit.code)
            && agency.house().is_some()
            && agency.stands_on(unit.valid_to.unwrap_or(shipped::FIRST_DAY_AFTER))
    });
    let near = |units: &[(UnitRow, bool)]| units.iter().map(|(unit, partial)| line(l, unit, *partial)).collect();
    let page = Show {
        l,
        name: unit.name.clone(),
        lead: chain.iter().rev().skip(1).map(|above| above.name.as_str()).collect::<Vec<_>>().join(", "),
        code: unit.code.clone(),
        kind: l.t(format!("organisation-unit-{}", unit.kind)),
        stands: unit.stands_on(ctx.now.date()),
        validity: validity(l, unit.valid_from, unit.valid_to),
        before: near(&before),
        after: near(&after),
        below: below.iter().map(|unit| line(l, unit, false)).collect(),
        agency_name: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
        agency_href: agency.map(|agency| format!("/units/{}{on}", agency.id)).unwrap_or_default(),
        trail,
    };
    Ok(ctx.page(&page.name, &page))
}
