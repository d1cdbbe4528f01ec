//! JSON of the catalogue. Reads what the pages read.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Fault;
use serde::Serialize;
use serde_json::Value;
use web::params::{Kind, PAGE, PER_PAGE, Param};
use web::table::Paging;
use web::{Answer, Ctx};

use crate::pages::Asked;
use crate::shelf::fresh_shelf;
use crate::version::Version;

const ON: Param = Param { name: "on", kind: Kind::Day, about: "The day whose versions are looked at; today." };

/// What the list takes.
pub const LIST: &[&Param] = &[
    &Param { name: "q", kind: Kind::Text, about: "Words of people or of the law; the best hits come first." },
    &Param { name: "field", kind: Kind::Text, about: "Code of a field." },
    &Param { name: "level", kind: Kind::OneOf(&["province", "district", "commune"]), about: "Who settles it." },
    &Param { name: "channel", kind: Kind::OneOf(&["counter", "online", "post"]), about: "A way of filing it has." },
    &Param { name: "service", kind: Kind::OneOf(&crate::words::SERVICES), about: "How far it is served online." },
    &Param { name: "state", kind: Kind::OneOf(&["ready", "unready", "doubted"]), about: "Whether it can be received." },
    &ON,
    &Param {
        name: "sort",
        kind: Kind::OneOf(&["code", "-code", "name", "-name", "field", "-field"]),
        about: "A column, with a minus from the end.",
    },
    &PAGE,
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
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let found = Asked::of(&ctx)?.find(&shelf, &ctx.uri);
    let paging = Paging::from_uri(&ctx.uri).of(i64::try_from(found.len()).unwrap_or(i64::MAX));
    let (skip, take) = (usize::try_from(paging.offset()).unwrap_or(0), usize::try_from(paging.limit()).unwrap_or(0));
    let items = found.iter().skip(skip).take(take).map(|version| ProcedureView::of(version)).collect();
    Ok(json(&ProceduresView { total: paging.total, page: paging.page, per_page: paging.per_page, items })?)
}

/// A procedure whole, as in force on a day (`on`, today when absent).
#[utoipa::path(get, path = "/api/v1/procedures/{code}", params(("code" = String, Path)), responses((status = 200, body = Object)))]
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let on = Asked::of(&ctx)?.on;
    let version = shelf.by_code(&code, on).ok_or(Fault::NotFound("catalogue-procedure-unknown"))?;
    let mut value = serde_json::to_value(version.as_ref()).map_err(Fault::internal)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("version".to_owned(), Value::String(version.id.to_string()));
        object.insert("decision".to_owned(), Value::String(version.decision.clone()));
        object.insert("effective_from".to_owned(), Value::String(version.effective_from.to_string()));
        object
            .insert("effective_to".to_owned(), version.effective_to.map_or(Value::Null, |day| day.to_string().into()));
        object.insert("origin".to_owned(), Value::String(version.origin.as_str().to_owned()));
    }
    Ok(json(&value)?)
}
