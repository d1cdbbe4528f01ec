//! /posting: what hangs at the counter, on the screen and as PDF; of any agency, for everybody.

use super::house;
use crate::forms::posting::{self, Posting, Settled};
use askama::Template;
use base::{Date, Fault, Problem};
use i18n::L;
use web::table::query_value;
use web::{Answer, Choice, Ctx};

#[derive(Template)]
#[template(path = "posting.html")]
struct Page {
    l: L,
    problems: Vec<Problem>,
    units: Vec<Choice>,
    unit: String,
    fields: Vec<Choice>,
    field: String,
    day: String,
    sheet: Option<Posting>,
    pdf: String,
}

/// `GET /posting?unit=&field=&day=`; with `format=pdf` the sheet itself.
pub async fn posting(ctx: Ctx) -> Answer {
    let house = house(&ctx.app)?;
    let [unit, field, day] = ["unit", "field", "day"].map(|name| query_value(&ctx.uri, name));
    let typed = web::iso_day(&day);
    let on = if typed.trim().is_empty() { Some(ctx.now.date()) } else { typed.parse::<Date>().ok() };
    let agencies = posting::agencies(&house);
    // An official's own agency is the likely one.
    let own = ctx.actor.as_ref().and_then(|actor| house.tree.house_of(actor.home()?.agency)).map(|agency| agency.id);
    let chosen = match unit.as_str() {
        "" => agencies.iter().find(|agency| Some(agency.id) == own),
        code => agencies.iter().find(|agency| agency.code == code),
    };
    let mut problems = Vec::new();
    if on.is_none() {
        problems.push(Problem::new("dossier-posting-day").field("day"));
    }
    if chosen.is_none() && !unit.is_empty() {
        problems.push(Problem::new("dossier-agency-unknown").field("unit"));
    }
    let settled = chosen.zip(on).map(|(agency, on)| Settled::by(&house, agency, on));
    let sheet = match settled.as_ref().map(|settled| settled.posting(&field)).transpose() {
        Err(Fault::Invalid(wrong)) => {
            problems.extend(wrong);
            None
        }
        sheet => sheet?,
    };
    if query_value(&ctx.uri, "format") == "pdf" && problems.is_empty() {
        let (Some(sheet), Some(agency)) = (&sheet, chosen) else {
            return Err(Fault::invalid(Problem::new("dossier-agency-unknown").field("unit")).into());
        };
        let pdf = sheet.print(&agency.code, ctx.now).await?;
        let name = format!("niem-yet-{}-{}.pdf", agency.code.replace('.', "-"), sheet.on.replace('/', ""));
        return Ok(web::pdf(&name, pdf.bytes));
    }
    let fields = settled.as_ref().map(Settled::fields).unwrap_or_default();
    let page = Page {
        l: ctx.l,
        units: agencies.iter().map(|agency| Choice::new(agency.code.clone(), agency.name.clone())).collect(),
        unit: chosen.map(|agency| agency.code.clone()).unwrap_or_default(),
        fields: fields.into_iter().map(|(code, name)| Choice::new(code, name)).collect(),
        pdf: web::table::with(&ctx.uri, &[("format", "pdf"), ("unit", chosen.map_or("", |agency| &agency.code))]),
        field,
        day: on.map(|on| on.to_string()).unwrap_or(day),
        sheet,
        problems,
    };
    let title = ctx.l.t("dossier-posting");
    Ok(if page.problems.is_empty() { ctx.page(&title, &page) } else { ctx.invalid_page(&title, &page) })
}
