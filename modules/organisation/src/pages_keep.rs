//! The keeper's three forms: open an agency below another, rename one, end one.

use crate::actions::{self, Basis, Open, OpenAt, Opening};
use crate::pages::find;
use crate::tree::{Agency, Kind};
use crate::{reload, tree_of};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use base::{Actor, Fault, Id, Problem};
use i18n::L;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

#[derive(Template)]
#[template(path = "change.html")]
struct Change {
    l: L,
    id: Id,
    csrf: String,
    trail: Vec<Breadcrumb>,
    /// `open`, `rename` or `end`.
    change: &'static str,
    title: String,
    lead: String,
    action: String,
    problems: Vec<Problem>,
    kinds: Vec<Choice>,
    kind: String,
    code: String,
    duty: String,
    /// Not `name`: inside the form macros that is the field's own name.
    given_name: String,
    short_name: String,
    successors: Vec<Choice>,
    successor: String,
    decision: String,
    day: String,
    day_label: String,
    reason: String,
    /// What must come to its end before the agency can: words, and where it is listed.
    open: Vec<(String, String)>,
}

/// What the modules above look for, as the application lends it.
fn looks(ctx: &Ctx) -> Vec<OpenAt> {
    ctx.app.get::<crate::OpenWork>().map(|looks| looks.0.clone()).unwrap_or_default()
}

/// What is open at the agency, in words, with links this person may follow.
async fn open_work(ctx: &Ctx, agency: Id) -> Result<Vec<(String, String)>, Fault> {
    let (looks, today) = (looks(ctx), ctx.now.date());
    let open =
        ctx.db().read(move |tx| Box::pin(async move { actions::open_at(tx, &looks, agency, today).await })).await?;
    let actor = ctx.actor()?;
    let words = |open: Open| {
        let href = if actor.may(open.needs) { open.href } else { String::new() };
        (ctx.l.tr(open.what, [("n", ctx.l.number(open.count))]), href)
    };
    Ok(open.into_iter().map(words).collect())
}

/// The agency, if the person may keep it; a form is not shown to anybody else.
fn kept<'a>(ctx: &Ctx, agency: &'a Agency) -> Result<&'a Agency, Fault> {
    if ctx.require(crate::rights::KEEP_ORGANISATION)?.may_at(crate::rights::KEEP_ORGANISATION, &agency.path) {
        Ok(agency)
    } else {
        Err(Fault::Forbidden(Problem::new("organisation-not-yours")))
    }
}

async fn form(
    ctx: &Ctx,
    id: &str,
    change: &'static str,
    given: &FormMap,
    problems: Vec<Problem>,
) -> Result<Change, Fault> {
    let tree = tree_of(&ctx.app).await?;
    let agency = kept(ctx, find(&tree, id)?)?;
    let l = ctx.l;
    let title = l.t(format!("organisation-{change}"));
    let kinds = Kind::ALL
        .into_iter()
        .filter(|kind| *kind != Kind::PeoplesCommittee)
        .map(|kind| Choice::new(kind.as_str(), l.t(format!("organisation-kind-{}", kind.as_str()))))
        .collect();
    let successors = if change == "end" {
        let beside = agency.parent.map(|parent| tree.subtree(parent)).unwrap_or_default();
        beside
            .iter()
            .filter(|one| one.id != agency.id)
            .map(|one| Choice::new(one.id.to_string(), one.name.clone()))
            .collect()
    } else {
        Vec::new()
    };
    let open = if change == "end" { open_work(ctx, agency.id).await? } else { Vec::new() };
    let kept_name = change == "rename" && given.0.is_empty();
    let text = |name: &str| given.text(name).to_owned();
    Ok(Change {
        l,
        id: agency.id,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("organisation-units"), "/units"),
            Breadcrumb::new(agency.short_name.clone(), format!("/units/{}", agency.id)),
            Breadcrumb::new(title.clone(), ""),
        ],
        change,
        lead: agency.name.clone(),
        action: format!("/units/{}/{change}", agency.id),
        problems,
        kinds,
        kind: text("kind"),
        code: if change == "open" && given.0.is_empty() { format!("{}.", agency.code) } else { text("code") },
        duty: text("duty"),
        given_name: if kept_name { agency.name.clone() } else { text("name") },
        short_name: if kept_name { agency.short_name.clone() } else { text("short_name") },
        successors,
        successor: text("successor"),
        decision: text("decision"),
        day: text("day"),
        day_label: l.t(if change == "end" { "organisation-last-day" } else { "organisation-first-day" }),
        reason: text("reason"),
        open,
        title,
    })
}

/// GET /units/{id}/open
pub(crate) async fn open_form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let page = form(&ctx, &id, "open", &FormMap::default(), Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

/// GET /units/{id}/rename
pub(crate) async fn rename_form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let page = form(&ctx, &id, "rename", &FormMap::default(), Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

/// GET /units/{id}/end
pub(crate) async fn end_form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let page = form(&ctx, &id, "end", &FormMap::default(), Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

fn basis(given: &FormMap) -> Basis {
    Basis {
        decision: given.text("decision").to_owned(),
        reason: given.text("reason").to_owned(),
        day: given.text("day").parse().ok(),
    }
}

fn number(id: &str) -> Result<Id, Fault> {
    id.parse().map(Id).map_err(|_| Fault::NotFound("organisation-no-unit"))
}

/// Back to the agency's page, or the form again with what is wrong.
async fn answer(ctx: &Ctx, id: &str, change: &'static str, given: &FormMap, done: Result<Id, Fault>) -> Answer {
    match done {
        Ok(to) => {
            reload(&ctx.app).await?;
            let key = match change {
                "open" => "organisation-opened-done",
                "rename" => "organisation-renamed-done",
                _ => "organisation-ended-done",
            };
            Ok(ctx.flash(format!("/units/{to}"), key))
        }
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let page = form(ctx, id, change, given, problems).await?;
            Ok(ctx.invalid_page(&page.title, &page))
        }
        // Refused with the list of what is open.
        Err(Fault::Conflict(problem)) if problem.code == "organisation-open-work" && !ctx.wants_json => {
            let page = form(ctx, id, change, given, vec![problem]).await?;
            let mut response = ctx.page(&page.title, &page);
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn actor(ctx: &Ctx) -> Result<Actor, Fault> {
    Ok(ctx.require(crate::rights::KEEP_ORGANISATION)?.clone())
}

/// POST /units/{id}/open
pub(crate) async fn open(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let input = Opening {
        parent: number(&id)?,
        code: given.text("code").to_owned(),
        name: given.text("name").to_owned(),
        short_name: given.text("short_name").to_owned(),
        kind: Kind::parse(given.text("kind")),
        duty: given.text("duty").to_owned(),
        basis: basis(&given),
    };
    let (actor, now) = (actor(&ctx)?, ctx.now);
    let done = ctx.db().write(move |tx| Box::pin(async move { actions::open(tx, &actor, now, input).await })).await;
    answer(&ctx, &id, "open", &given, done).await
}

/// POST /units/{id}/rename
pub(crate) async fn rename(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let (agency, basis) = (number(&id)?, basis(&given));
    let (name, short) = (given.text("name").to_owned(), given.text("short_name").to_owned());
    let (actor, now) = (actor(&ctx)?, ctx.now);
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(
                async move { actions::rename(tx, &actor, now, agency, &name, &short, &basis).await.map(|()| agency) },
            )
        })
        .await;
    answer(&ctx, &id, "rename", &given, done).await
}

/// POST /units/{id}/end
pub(crate) async fn end(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let (agency, basis) = (number(&id)?, basis(&given));
    let successor = given.text("successor").parse().ok().map(Id);
    let (actor, now, looks) = (actor(&ctx)?, ctx.now, looks(&ctx));
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(
                async move { actions::end(tx, &actor, now, agency, successor, &basis, &looks).await.map(|()| agency) },
            )
        })
        .await;
    answer(&ctx, &id, "end", &given, done).await
}
