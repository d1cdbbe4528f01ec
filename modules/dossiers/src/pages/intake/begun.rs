//! What was begun at the counter and not received: kept by itself while it is typed, listed where the next one begins, gone on with.

use super::house;
use crate::begun::{self, Begun, Fields};
use askama::Template;
use axum::extract::Path;
use base::{Id, vn_date_time, vn_time};
use serde::Deserialize;
use web::{Answer, Ctx, Form, FormMap};

/// One in the list.
pub(super) struct Row {
    pub id: Id,
    pub procedure: String,
    pub owner: String,
    pub at: String,
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub struct Nothing {}

/// What stands beside the button once something is kept.
#[derive(Template)]
#[template(source = "{{ said }}", ext = "html")]
struct KeptPiece {
    said: String,
}

/// The form's fields, without those of the page itself.
fn fields(map: &FormMap) -> Fields {
    let own = |name: &str| name.starts_with('_') || ["keep", "find", "begun", "procedure", "linked"].contains(&name);
    map.0.iter().filter(|(name, _)| !own(name)).map(|(name, values)| (name.clone(), values.clone())).collect()
}

/// What was typed, under the id that the page was made with.
pub(super) fn of(ctx: &Ctx, map: &FormMap) -> Begun {
    Begun {
        id: map.text("begun").parse().unwrap_or_else(|_| crate::new_id(ctx.now)),
        procedure: map.text("procedure").to_owned(),
        linked: map.text("linked").to_owned(),
        fields: fields(map),
        updated_at: ctx.now,
    }
}

/// Keeps it, and leads to where the next one begins.
pub(super) async fn keep(ctx: &Ctx, map: &FormMap) -> Answer {
    let (account, kept, now) = (ctx.actor()?.account, of(ctx, map), ctx.now);
    ctx.db().write(move |tx| Box::pin(async move { begun::save(tx, account, &kept, now).await })).await?;
    Ok(ctx.flash("/intake", "dossier-begun-kept"))
}

/// `POST /intake/keep`: while it is typed, by a script; answered with a few words.
pub async fn keep_typed(ctx: Ctx, map: FormMap) -> Answer {
    let account = ctx.require(crate::rights::RECEIVE_DOSSIER)?.account;
    let (kept, now) = (of(&ctx, &map), ctx.now);
    let known = house(&ctx.app)?.shelf.by_code(&kept.procedure, now.date()).is_some();
    if known && kept.is_worth_keeping() {
        ctx.db().write(move |tx| Box::pin(async move { begun::save(tx, account, &kept, now).await })).await?;
        return Ok(ctx.fragment(&KeptPiece { said: ctx.l.tr("dossier-begun-kept-at", [("time", vn_time(now))]) }));
    }
    Ok(ctx.fragment(&KeptPiece { said: ctx.l.t("dossier-begun-nothing") }))
}

/// `POST /intake/begun/{id}/drop`
pub async fn drop_begun(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let account = ctx.require(crate::rights::RECEIVE_DOSSIER)?.account;
    ctx.db().write(move |tx| Box::pin(async move { begun::drop(tx, account, id).await })).await?;
    Ok(ctx.flash("/intake", "dossier-begun-dropped"))
}

/// Those of a clerk, in words.
pub(super) async fn rows(ctx: &Ctx) -> Result<Vec<Row>, base::Fault> {
    let (account, now, shelf) = (ctx.actor()?.account, ctx.now, house(&ctx.app)?.shelf);
    let all = ctx.db().read(move |tx| Box::pin(async move { begun::all(tx, account, now).await })).await?;
    let name =
        |code: &str| shelf.by_code(code, now.date()).map_or_else(|| code.to_owned(), |version| version.name.clone());
    Ok(all
        .into_iter()
        .map(|one| Row {
            id: one.id,
            procedure: name(&one.procedure),
            owner: one.text("owner_name").to_owned(),
            at: vn_date_time(one.updated_at),
        })
        .collect())
}
