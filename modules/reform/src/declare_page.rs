//! The form that declares a figure with its evidence, and the second person's answer.

use crate::declare::{Given, Shape, declare, shape};
use crate::house::House;
use crate::steered;
use crate::target_page::trail;
use crate::view::{Scope, goal_text, subject_name};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use i18n::L;
use records::Asker;
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
    ratio: bool,
    number: bool,
    problems: Vec<Problem>,
    as_of: String,
    numerator: String,
    denominator: String,
    given_value: String,
    note: String,
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
    let shape = shape(placed);
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
        ratio: shape == Shape::Ratio,
        number: shape == Shape::Number,
        problems,
        as_of: given.text("as_of").to_owned(),
        numerator: given.text("numerator").to_owned(),
        denominator: given.text("denominator").to_owned(),
        given_value: given.text("value").to_owned(),
        note: given.text("note").to_owned(),
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
    let text = |name: &str| upload.fields.text(name).to_owned();
    let given = Given {
        as_of: upload.fields.text("as_of").parse().ok(),
        numerator: text("numerator"),
        denominator: text("denominator"),
        value: text("value"),
        note: text("note"),
    };
    let again = async |problems| {
        let page = form(&ctx, &id, &upload.fields, problems).await?;
        Ok(ctx.invalid_page(&page.title, &page))
    };
    if !refused.is_empty() {
        return again(refused).await;
    }
    let evidence = match upload.files_of("evidence").next() {
        Some(file) => match files::Store::of(&ctx.app).take(file).await? {
            Ok(staged) => Some(staged),
            // What was counted and typed is not lost for a wrong file.
            Err(problems) => return again(problems).await,
        },
        None => None,
    };
    let (actor, now, node, target, house) =
        (ctx.actor()?.clone(), ctx.now, scope.node, id.clone(), House::of(&ctx).await?);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            declare(tx, &house, &Asker::actor(&actor, now), (&target, node), &given, evidence.as_ref()).await
        })
    });
    match done.await {
        Ok(_) => Ok(ctx.flash(scope.link(&ctx, &format!("/steering/targets/{id}")), "reform-declared-done")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => again(problems).await,
        Err(fault) => Err(fault.into()),
    }
}
