//! JSON of the catalogue. Reads what the pages read.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Date, Fault, Id};
use lists::{Asked, Batch, Key, Shape};
use serde::Serialize;
use web::params::{Kind, PAGE, PER_PAGE, Param};
use web::table::{Paging, query_value, sort_of};
use web::{Answer, Ctx};

use crate::pages::{DAY_WRONG, STATES, find, in_order};
use crate::shelf::fresh_shelf;
use crate::version::{Origin, Version};

const ON: Param = Param { name: "on", kind: Kind::Day, about: "The day whose versions are looked at; today." };

/// What the list takes.
pub const LIST: &[&Param] = &[
    &Param { name: "q", kind: Kind::Text, about: "Words of people or of the law; the best hits come first." },
    &Param { name: "field", kind: Kind::Text, about: "Code of a field." },
    &Param { name: "level", kind: Kind::OneOf(&base::Level::WORDS), about: "Who settles it." },
    &Param { name: "channel", kind: Kind::OneOf(&base::Channel::WORDS), about: "A way of filing it has." },
    &Param { name: "service", kind: Kind::OneOf(&crate::words::SERVICES), about: "How far it is served online." },
    &Param { name: "state", kind: Kind::OneOf(&STATES), about: "Whether it can be received." },
    &Param {
        name: "catalogue",
        kind: Kind::OneOf(&["internal"]),
        about: "Another catalogue than that of procedures for people: those between state agencies.",
    },
    &ON,
    &Param {
        name: "sort",
        kind: Kind::OneOf(&["code", "-code", "name", "-name", "field", "-field"]),
        about: "A column, with a minus from the end.",
    },
    &Param {
        name: "after",
        kind: Kind::Like { pattern: "^[0-9]{1,9}-[0-9]{1,19}$", takes: |text| Shape::AT.read(text).is_some() },
        about: "Where the page begins: `next` of the page before. It stays in place whatever is announced meanwhile.",
    },
    &Param { about: "Which page, from 1 on, counted off; `after` counts where both are given.", ..PAGE },
    &PER_PAGE,
];

/// What one procedure takes.
pub const ONE: &[&Param] = &[&ON];

/// A procedure in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProcedureView {
    /// National code, `1.001193`.
    code: String,
    name: String,
    field: String,
    field_name: String,
    /// `commune`, `province`.
    levels: Vec<&'static str>,
    /// `full`, `partial` or `info`.
    service_level: &'static str,
    /// Ways of filing with their limit (`5wd`, `3d`, `8h`, `1m`, `same-day`) and fee.
    channels: Vec<ChannelView>,
    /// Whether a dossier can be received here today.
    receivable: bool,
}

/// One way of filing.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ChannelView {
    /// `counter`, `online`, `post`.
    channel: &'static str,
    limit: String,
    fee_dong: i64,
}

/// A page of the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProceduresView {
    /// How many fit in all.
    total: i64,
    page: u32,
    per_page: u32,
    /// `after` of the next page; none on the last.
    next: Option<String>,
    items: Vec<ProcedureView>,
}

impl ProcedureView {
    fn of(version: &Version) -> ProcedureView {
        ProcedureView {
            code: version.code.clone(),
            name: version.name.clone(),
            field: version.field.clone(),
            field_name: version.field_name.clone(),
            levels: version.levels.iter().map(|level| level.as_str()).collect(),
            service_level: version.service_level.as_str(),
            channels: version
                .channels
                .iter()
                .map(|terms| ChannelView {
                    channel: terms.channel.as_str(),
                    limit: terms.limit.to_string(),
                    fee_dong: terms.fee_total().0,
                })
                .collect(),
            receivable: version.can_be_received(),
        }
    }
}

fn json(value: &impl Serialize) -> Result<Response, Fault> {
    Ok(axum::Json(serde_json::to_value(value).map_err(Fault::internal)?).into_response())
}

/// The procedures in force that fit; the best first, 25 a page.
#[utoipa::path(get, path = "/api/v1/procedures", responses((status = 200, body = ProceduresView)))]
pub async fn list(ctx: Ctx) -> Answer {
    let (shelf, value) = (fresh_shelf(&ctx.app, ctx.now).await?, |name: &str| query_value(&ctx.uri, name));
    let found =
        find(ctx.l, &shelf, |name| value(name).trim().to_owned(), (web::asked_day(&ctx, DAY_WRONG)?, ctx.now.date()));
    let mut asked = Asked::default();
    asked.sort = sort_of(&ctx.uri, &["code", "name", "field"]).unwrap_or_default();
    let found = in_order(&asked, found).rows;
    let paging = Paging::from_uri(&ctx.uri).of(i64::try_from(found.len()).unwrap_or(i64::MAX));
    // A page counted off begins behind a place without a row.
    let counted = || Key { numbers: vec![paging.offset() + 1, -1], word: String::new() };
    let after = Shape::AT.read(&value("after")).unwrap_or_else(counted);
    let limit = usize::try_from(paging.limit()).unwrap_or(0);
    let batch = Batch::held(&found, Some(&after), limit, |row| row.version.procedure_id);
    let items = batch.rows.iter().map(|row| ProcedureView::of(&row.version)).collect();
    let (next, Paging { total, page, per_page, .. }) = (batch.next.map(|key| key.text()), paging);
    Ok(json(&ProceduresView { total, page, per_page, next, items })?)
}

/// A version with what is known of it beside its body.
#[derive(Serialize)]
struct Whole<'a> {
    version: Id,
    decision: &'a str,
    effective_from: Date,
    effective_to: Option<Date>,
    origin: Origin,
    #[serde(flatten)]
    body: &'a Version,
}

/// A procedure whole, as in force on a day (`on`, today when absent).
#[utoipa::path(get, path = "/api/v1/procedures/{code}", params(("code" = String, Path)), responses((status = 200, body = Object)))]
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let on = web::asked_day(&ctx, DAY_WRONG)?;
    let version = shelf.by_code(&code, on).filter(|version| crate::pages::may_see(&ctx, version.sort));
    let version = version.ok_or(Fault::NotFound("catalogue-procedure-unknown"))?;
    let whole = Whole {
        version: version.id,
        decision: &version.decision,
        effective_from: version.effective_from,
        effective_to: version.effective_to,
        origin: version.origin,
        body: &version,
    };
    Ok(json(&whole)?)
}
