//! Saving the taken targets as a draft programme.

use crate::document::Kind;
use crate::list_page::id_of;
use crate::{actions, draft, store as sql};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem};
use i18n::L;
use web::{Answer, Breadcrumb, Ctx, FormMap};

#[derive(Template)]
#[template(path = "save.html")]
struct Save {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    home: String,
    problems: Vec<Problem>,
    version: String,
    given: FormMap,
    counts: String,
    left: String,
    again: bool,
}

async fn page(ctx: &Ctx, id: Id, given: Option<FormMap>, problems: Vec<Problem>) -> Result<Save, Fault> {
    let (actor, l) = (ctx.actor()?.clone(), ctx.l);
    let (document, items) = ctx
        .db()
        .read(move |tx| {
            Box::pin(
                async move { Ok::<_, Fault>((actions::document(tx, &actor, id).await?, sql::items(tx, id).await?)) },
            )
        })
        .await?;
    let taken = |kind: Kind| items.iter().filter(|item| item.state.is_taken() && item.body.kind() == kind).count();
    let open = items.iter().filter(|item| item.state == crate::document::State::Proposed).count();
    if taken(Kind::Target) == 0 {
        return Err(Fault::Conflict(Problem::new("plan-nothing-taken")));
    }
    let number = |n: usize| l.number(n as i64);
    let version = given.as_ref().and_then(|given| given.get("version").map(str::to_owned));
    Ok(Save {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("plan-list"), "/plans"),
            Breadcrumb::new(document.title(), format!("/plans/{id}")),
            Breadcrumb::new(l.t("plan-save"), ""),
        ],
        home: format!("/plans/{id}"),
        problems,
        version: version.unwrap_or_else(|| document.version.to_string()),
        counts: l.tr("plan-save-counts", [("targets", number(taken(Kind::Target)))]),
        left: l.tr(
            "plan-save-left",
            [("tasks", number(taken(Kind::Task))), ("reports", number(taken(Kind::Report))), ("open", number(open))],
        ),
        again: document.draft.is_some(),
        given: given.unwrap_or_else(|| draft::proposed(&document, &items)),
    })
}

/// GET /plans/{id}/save
pub(crate) async fn form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let page = page(&ctx, id_of(&id)?, None, Vec::new()).await?;
    Ok(ctx.page(&ctx.l.t("plan-save"), &page))
}

/// POST /plans/{id}/save
pub(crate) async fn save(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let id = id_of(&id)?;
    let Ok(version) = given.text("version").parse() else {
        return Err(Fault::invalid(Problem::new("plan-version-missing").field("version")).into());
    };
    let done = match draft::head(&given) {
        Ok(head) => {
            let (actor, now) = (ctx.actor()?.clone(), ctx.now);
            ctx.db()
                .write(move |tx| Box::pin(async move { actions::save(tx, &actor, now, id, version, head).await }))
                .await
        }
        Err(problems) => Err(Fault::Invalid(problems)),
    };
    match done {
        Ok(number) => Ok(ctx.flash(format!("/steering/drafts/{number}"), "plan-saved")),
        Err(Fault::Invalid(problems)) => {
            let page = page(&ctx, id, Some(given), problems).await?;
            Ok(ctx.invalid_page(&ctx.l.t("plan-save"), &page))
        }
        Err(fault) => Err(fault.into()),
    }
}
