//! The form that declares a figure with its evidence; the second person looks at it on the figure's own page.

use crate::declare::{asks, declare};
use crate::house::House;
use crate::steered;
use crate::target_page::trail;
use crate::view::{Scope, goal_text, subject_name};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use i18n::L;
use records::{Asker, Shown, Typed};
use web::{Answer, Breadcrumb, Ctx, FormMap, PatientUpload};

#[derive(Template)]
#[template(path = "declare.html")]
struct Page {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    goal: String,
    action: String,
    back: String,
    problems: Vec<Problem>,
    fields: Vec<Shown>,
}

async fn form(ctx: &Ctx, id: &str, given: &FormMap, problems: Vec<Problem>) -> Result<Page, Fault> {
    let all = steered::programmes(ctx).await?;
    let placed = all.target(id)?;
    let scope = Scope::read(ctx).await?.at(ctx, placed);
    if !ctx.require(crate::rights::DECLARE_FIGURE)?.may_at(crate::rights::DECLARE_FIGURE, scope.tree.path(scope.node)) {
        return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
    }
    if placed.subject.indicator.is_some() {
        return Err(Fault::Conflict(Problem::new("reform-has-record")));
    }
    let back = scope.link(ctx, &format!("/steering/targets/{id}"));
    let mut trail = trail(ctx, &scope, placed);
    if let Some(last) = trail.last_mut() {
        last.href.clone_from(&back);
    }
    trail.push(Breadcrumb::new(ctx.l.t("reform-declare"), ""));
    let value = |field: &records::Field| given.text(field.name).to_owned();
    Ok(Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        trail,
        title: ctx.l.t("reform-declare"),
        lead: ctx.l.tr(
            "reform-declare-lead",
            [("subject", subject_name(ctx.l, placed)), ("unit", scope.tree.name(scope.node))],
        ),
        goal: goal_text(ctx.l, placed),
        action: scope.link(ctx, &format!("/steering/targets/{id}/declare")),
        back,
        problems,
        fields: records::shown(ctx.l, "reform-declare", asks(placed), value, |_| Vec::new()),
    })
}

/// GET /steering/targets/{id}/declare
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let page = form(&ctx, &id, &FormMap::default(), Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

/// POST /steering/targets/{id}/declare
pub(crate) async fn send(ctx: Ctx, Path(id): Path<String>, PatientUpload { upload, refused }: PatientUpload) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let scope = Scope::read(&ctx).await?.at(&ctx, all.target(&id)?);
    // What was counted and typed is not lost for a wrong file.
    let again = async |problems| {
        let page = form(&ctx, &id, &upload.fields, problems).await?;
        Ok(ctx.invalid_page(&page.title, &page))
    };
    if !refused.is_empty() {
        return again(refused).await;
    }
    let (files, problems) = files::Store::of(&ctx.app).take_all(upload.files_of("evidence")).await?;
    if !problems.is_empty() {
        return again(problems).await;
    }
    let typed = Typed { files, ..Typed::from(&upload.fields) };
    let (actor, now, node, target, house) =
        (ctx.actor()?.clone(), ctx.now, scope.node, id.clone(), House::of(&ctx).await?);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move { declare(tx, &house, &Asker::actor(&actor, now), (&target, node), &typed).await })
    });
    match done.await {
        Ok(_) => Ok(ctx.flash(scope.link(&ctx, &format!("/steering/targets/{id}")), "reform-declared-done")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => again(problems).await,
        Err(fault) => Err(fault.into()),
    }
}
