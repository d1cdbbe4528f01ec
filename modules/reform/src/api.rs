//! Targets as JSON: `GET /api/v1/targets`, `GET /api/v1/targets/{id}`. The same scope and period as the pages (`unit`, `period`).

use crate::period::Period;
use crate::standing::Standing;
use crate::steered;
use crate::view::{Read, Scope};
use axum::Json;
use axum::extract::Path;
use axum::response::IntoResponse;
use base::Fault;
use serde::Serialize;
use utoipa::ToSchema;
use web::params::{Kind, Param};
use web::{Answer, Ctx};

/// What both take.
pub const QUERY: &[&Param] = &[
    &Param { name: "unit", kind: Kind::Id, about: "Id of an agency; the widest one the person steers." },
    &Param {
        name: "period",
        kind: Kind::Like { pattern: Period::PATTERN, takes: Period::is_word },
        about: "A year, a quarter, a month or the last twelve months; this year.",
    },
];

/// One target with its value and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetOut {
    pub id: String,
    pub programme: String,
    pub clause: String,
    pub subject_vi: String,
    pub subject_en: String,
    pub text_vi: String,
    /// `all`, a level, or levels joined by `+`.
    pub level: String,
    pub due: i16,
    /// Last day to reach it, ISO.
    pub due_day: String,
    pub goal: f64,
    /// Absent for counts, ranks and shares without an indicator behind them.
    pub indicator: Option<String>,
    pub numerator: Option<i64>,
    pub denominator: Option<i64>,
    /// In the unit of the goal; percent where a record is counted.
    pub value: Option<f64>,
    /// `met`, `on-track`, `at-risk`, `missed`, `no-data`.
    pub state: String,
    /// `record`, `declared`, `none`.
    pub source: String,
    /// The day the value is of, ISO.
    pub as_of: String,
    pub strive: bool,
    pub derived: bool,
    pub restates: Option<String>,
}

/// Targets of a unit and a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetsOut {
    /// The agency's id.
    pub unit: String,
    pub unit_name: String,
    pub period: String,
    pub targets: Vec<TargetOut>,
}

fn out(standing: &Standing<'_>) -> TargetOut {
    let placed = standing.placed;
    let target = placed.target;
    TargetOut {
        id: target.id.clone(),
        programme: placed.programme.id.clone(),
        clause: placed.clause().to_owned(),
        subject_vi: placed.subject.name_vi.clone(),
        subject_en: placed.subject.name_en.clone(),
        text_vi: target.text.clone(),
        level: target.level.clone(),
        due: target.due,
        due_day: target.due_day().to_string(),
        goal: target.value,
        indicator: placed.subject.indicator.clone(),
        numerator: standing.figure.map(|figure| figure.numerator),
        denominator: standing.figure.map(|figure| figure.denominator),
        value: standing.value.map(|value| (value * 100.0).round() / 100.0),
        state: standing.state.as_str().to_owned(),
        source: standing.source.as_str().to_owned(),
        as_of: standing.as_of.to_string(),
        strive: target.strive,
        derived: target.derived,
        restates: target.restates.clone(),
    }
}

/// Every target.
#[utoipa::path(get, path = "/api/v1/targets", responses((status = 200, body = TargetsOut)))]
pub async fn list(ctx: Ctx) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let scope = Scope::read(&ctx).await?;
    let read = Read::of(&ctx, &scope).await?;
    let targets = read.standings(&all, &scope, ctx.now.date()).iter().map(out).collect();
    let body = TargetsOut {
        unit: scope.node.to_string(),
        unit_name: scope.tree.name(scope.node),
        period: scope.period.word.clone(),
        targets,
    };
    Ok(Json(body).into_response())
}

/// One target.
#[utoipa::path(get, path = "/api/v1/targets/{id}", params(("id" = String, Path)), responses((status = 200, body = TargetOut)))]
pub async fn one(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let scope = Scope::read(&ctx).await?.bind(&ctx, all.target(&id)?);
    let read = Read::of(&ctx, &scope).await?;
    let standings = read.standings(&all, &scope, ctx.now.date());
    let standing =
        standings.iter().find(|one| one.placed.target.id == id).ok_or(Fault::NotFound("reform-no-target"))?;
    Ok(Json(out(standing)).into_response())
}
