//! Draft programmes on the screen: their list among the programmes, and one of them with its targets and its file.

use crate::drafts::{self, Draft};
use crate::programme::targets_of;
use crate::view::{goal_text, level_text, subject_name};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use base::{Fault, vn_date, vn_date_time};
use i18n::L;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

/// A line of the list.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) about: String,
}

struct TargetRow {
    id: String,
    clause: String,
    subject: String,
    goal: String,
    level: String,
    due: String,
    text: String,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    file: String,
    rows: Vec<TargetRow>,
}

/// The drafts as lines below the programmes.
pub(crate) async fn rows(ctx: &Ctx) -> Result<Vec<Row>, Fault> {
    let l = ctx.l;
    let kept = ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::drafts(tx).await?) })).await?;
    Ok(kept
        .into_iter()
        .map(|draft| Row {
            href: format!("/steering/drafts/{}", draft.number),
            about: l.tr(
                "reform-draft-about",
                [
                    ("document", draft.document.clone()),
                    ("n", l.number(draft.targets)),
                    ("name", draft.saved_name.clone()),
                    ("at", vn_date_time(draft.saved_at)),
                ],
            ),
            name: draft.name,
        })
        .collect())
}

async fn one(ctx: &Ctx, number: &str) -> Result<Draft, Fault> {
    let number: i64 = number.parse().map_err(|_| Fault::NotFound("reform-no-draft"))?;
    let found =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(drafts::draft(tx, number).await?) })).await?;
    found.ok_or(Fault::NotFound("reform-no-draft"))
}

/// GET /steering/drafts/{number}; with `format=toml` its programme file.
pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let draft = one(&ctx, &number).await?;
    if query_value(&ctx.uri, "format") == "toml" {
        let name = format!("attachment; filename=\"draft-{}.toml\"", draft.number);
        let headers =
            [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        return Ok((headers, draft.body).into_response());
    }
    let (l, programme) = (ctx.l, draft.programme()?);
    let rows = targets_of(&programme)
        .map(|placed| TargetRow {
            id: placed.target.id.clone(),
            clause: placed.clause().to_owned(),
            subject: subject_name(l, placed),
            goal: goal_text(l, placed),
            level: level_text(l, &placed.target.level),
            due: placed.target.due.to_string(),
            text: placed.target.text.clone(),
        })
        .collect();
    let page = Page {
        l,
        trail: vec![
            Breadcrumb::new(l.t("reform-steering"), "/steering"),
            Breadcrumb::new(l.t("reform-programmes"), "/steering/programmes"),
            Breadcrumb::new(l.t("reform-draft"), ""),
        ],
        lead: l.tr(
            "reform-draft-lead",
            [
                ("document", programme.document.clone()),
                ("day", vn_date(programme.decided)),
                ("issuer", programme.issuer.clone()),
                ("until", programme.until.to_string()),
                ("name", draft.saved_name.clone()),
                ("at", vn_date_time(draft.saved_at)),
            ],
        ),
        title: draft.name.clone(),
        file: format!("/steering/drafts/{}?format=toml", draft.number),
        rows,
    };
    Ok(ctx.page(&page.title, &page))
}
