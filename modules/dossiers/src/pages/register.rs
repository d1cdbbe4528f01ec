//! The register of a desk (form 07): which period, and the PDF.

use super::house;
use crate::forms::register::{self, Asked, ROWS_MAX};
use askama::Template;
use base::{Fault, Problem};
use i18n::L;
use web::table::query_value;
use web::{Answer, Choice, Ctx};

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    l: L,
    problems: Vec<Problem>,
    units: Vec<Choice>,
    unit: String,
    from: String,
    to: String,
    max: String,
}

/// What the address asks for, or what is wrong with it; the unit goes by its code.
fn asked(ctx: &Ctx, units: &[&organisation::Agency]) -> Result<Asked, Vec<Problem>> {
    let mut problems = Vec::new();
    let code = query_value(&ctx.uri, "unit");
    let unit = units.iter().find(|agency| agency.code == code).map(|agency| agency.id);
    if unit.is_none() {
        problems.push(Problem::new("dossier-register-unit").field("unit"));
    }
    let mut day = |name: &str| {
        let day = web::iso_day(&query_value(&ctx.uri, name)).parse::<base::Date>().ok();
        if day.is_none() {
            problems.push(Problem::new("dossier-register-day").field(name));
        }
        day
    };
    let (from, to) = (day("from"), day("to"));
    match (unit, from, to) {
        (Some(unit), Some(from), Some(to)) => Ok(Asked { unit, from, to }),
        _ => Err(problems),
    }
}

/// `GET /work/register`: asks for the period; with `format=pdf` the register itself.
pub async fn register(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let units = register::units_of(&actor, &house);
    if query_value(&ctx.uri, "format") != "pdf" {
        return Ok(page(&ctx, &units, Vec::new()));
    }
    let (asking, now) = (house.clone(), ctx.now);
    let found = match asked(&ctx, &units) {
        Err(problems) => Err(Fault::Invalid(problems)),
        Ok(asked) => {
            let l = i18n::L(base::Lang::Vi);
            let read = ctx
                .db()
                .read(move |tx| Box::pin(async move { register::register(tx, &asking, &actor, l, asked, now).await }));
            read.await.map(|found| (asked, found))
        }
    };
    let (asked, found) = match found {
        Err(Fault::Invalid(problems)) if !ctx.wants_json => return Ok(page(&ctx, &units, problems)),
        found => found?,
    };
    let subject = format!("{}/{}/{}", query_value(&ctx.uri, "unit"), asked.from, asked.to);
    let pdf = register::printed(&found, &subject, now).await?;
    let mut response = web::pdf(&format!("so-theo-doi-ho-so-{}-{}.pdf", asked.from, asked.to), pdf.bytes);
    response.extensions_mut().insert(web::ExportedRows(i64::try_from(found.len()).unwrap_or(i64::MAX)));
    Ok(response)
}

fn page(ctx: &Ctx, units: &[&organisation::Agency], problems: Vec<Problem>) -> axum::response::Response {
    let l = ctx.l;
    let today = ctx.now.date();
    let or = |name: &str, day: base::Date| match query_value(&ctx.uri, name) {
        typed if typed.is_empty() => day.to_string(),
        typed => typed,
    };
    let wrong = !problems.is_empty();
    let body = RegisterPage {
        l,
        problems,
        units: units.iter().map(|agency| Choice::new(agency.code.clone(), agency.name.clone())).collect(),
        // A desk of one place need not choose it.
        unit: match units {
            [only] => only.code.clone(),
            _ => query_value(&ctx.uri, "unit"),
        },
        from: or("from", today.first_of_month()),
        to: or("to", today),
        max: l.number(ROWS_MAX),
    };
    let title = l.t("dossier-register");
    if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) }
}
