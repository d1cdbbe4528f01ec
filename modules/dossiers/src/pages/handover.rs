//! The list of papers that a unit hands over: which unit, and the PDF.

use super::house;
use crate::forms::handover::{self, ROWS_MAX};
use askama::Template;
use base::{Fault, Problem};
use i18n::L;
use web::table::query_value;
use web::{Answer, Choice, Ctx};

#[derive(Template)]
#[template(path = "handover.html")]
struct HandoverPage {
    l: L,
    problems: Vec<Problem>,
    units: Vec<Choice>,
    unit: String,
}

/// `GET /work/handover`: which units have papers to hand over; with `format=pdf` and a unit's code its list.
pub async fn handover(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let (who, looking) = (actor.clone(), house.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let units = handover::units_of(tx, &looking, &who).await?;
            Ok::<_, Fault>(
                units.into_iter().map(|unit| (unit.id, unit.code.clone(), unit.name.clone())).collect::<Vec<_>>(),
            )
        })
    });
    let units = read.await?;
    let code = query_value(&ctx.uri, "unit");
    let page = |problems: Vec<Problem>| HandoverPage {
        l: ctx.l,
        problems,
        units: units.iter().map(|(_, code, name)| Choice::new(code.clone(), name.clone())).collect(),
        unit: match &units[..] {
            [(_, only, _)] => only.clone(),
            _ => code.clone(),
        },
    };
    let title = ctx.l.t("dossier-handover");
    if query_value(&ctx.uri, "format") != "pdf" {
        return Ok(ctx.page(&title, &page(Vec::new())));
    }
    let found = match units.iter().find(|(_, known, _)| *known == code) {
        None => Err(Fault::invalid(Problem::new("dossier-handover-unit").field("unit").arg("max", ROWS_MAX))),
        Some((unit, ..)) => {
            let (l, now, unit) = (i18n::L(base::Lang::Vi), ctx.now, *unit);
            let read = ctx
                .db()
                .read(move |tx| Box::pin(async move { handover::handover(tx, &house, &actor, l, (unit, now)).await }));
            read.await
        }
    };
    let found = match found {
        Err(Fault::Invalid(problems)) if !ctx.wants_json => return Ok(ctx.invalid_page(&title, &page(problems))),
        found => found?,
    };
    let today = ctx.now.date();
    let pdf = handover::printed(&found, &format!("{code}/{today}"), ctx.now).await?;
    let mut response = web::pdf(&format!("ban-giao-ho-so-{code}-{today}.pdf"), pdf.bytes);
    response.extensions_mut().insert(web::ExportedRows(i64::try_from(found.len()).unwrap_or(i64::MAX)));
    Ok(response)
}
