//! The keeper's forms, from the table of acts: open an agency below another, rename one, end one.

use crate::agency::{Agency, Kind};
use crate::pages::find;
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use crate::verbs::{self, Open, OpenAt};
use crate::{reload, tree_of};
use axum::extract::Path;
use base::{Actor, Fault, Problem};
use records::{Field, FormPage, Machine, Typed};
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// What the modules above look for, as the application lends it.
fn looks(ctx: &Ctx) -> Vec<OpenAt> {
    let rooms = ctx.app.get::<crate::OpenWork>();
    rooms.map(|rooms| rooms.0.iter().map(|room| room.open).collect()).unwrap_or_default()
}

/// What is open at the agency, in words, with links this person may follow.
async fn open_work(ctx: &Ctx, agency: &Agency) -> Result<Vec<(String, String)>, Fault> {
    let (looks, id, today) = (looks(ctx), agency.id, ctx.now.date());
    let open = ctx.db().read(move |tx| Box::pin(async move { verbs::open_at(tx, &looks, id, today).await })).await?;
    let actor = ctx.actor()?;
    let words = |open: Open| {
        let href = if actor.may(open.needs) { open.href } else { String::new() };
        (ctx.l.tr(open.what, [("n", ctx.l.number(open.count))]), href)
    };
    Ok(open.into_iter().map(words).collect())
}

/// An act of the keepers' with what it asks for.
fn asked(act: &str) -> Result<(&'static str, &'static [Field]), Fault> {
    let verb = Agency::VERBS.iter().find(|verb| verb.word == act && !verb.asks.is_empty());
    verb.map(|verb| (verb.word, verb.asks)).ok_or(Fault::NotFound("records-no-act"))
}

/// Whether a form is offered to somebody at a standing agency.
pub(crate) fn offered(actor: &Actor, tree: &Tree, agency: &Agency, act: &str) -> bool {
    let root = tree.root().is_some_and(|root| root.id == agency.id);
    let place = if act == "end" && agency.parent.is_none() { tree.root() } else { Some(agency) };
    let keeps = place.is_some_and(|place| actor.may_at(KEEP_ORGANISATION, &place.path));
    match act {
        // Of all trees that of the state is not ended, and others begin from it.
        "establish" => keeps && root,
        "end" => keeps && !root,
        "rename" => verbs::keeps(actor, tree, agency),
        _ => keeps,
    }
}

/// The form, filled with what was typed, or with what is likely. It is shown to whoever may keep the agency and to nobody else.
async fn page(ctx: &Ctx, id: &str, act: &str, given: &FormMap, refused: Option<Fault>) -> Answer {
    let (act, asks) = asked(act)?;
    let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
    let agency = find(&tree, id)?;
    if !verbs::keeps(ctx.require(KEEP_ORGANISATION)?, &tree, agency) {
        return Err(Fault::Forbidden(Problem::new("organisation-not-yours")).into());
    }
    let likely = |field: &Field| match (act, field.name) {
        ("open", "code") => format!("{}.", agency.code),
        ("rename", "name") => agency.name.clone(),
        ("rename", "short_name") => agency.short_name.clone(),
        _ => String::new(),
    };
    let value = |field: &Field| if given.0.is_empty() { likely(field) } else { given.text(field.name).to_owned() };
    let successors = |_: &Field| {
        let beside = agency.parent.map_or_else(|| tree.roots().collect(), |parent| tree.subtree(parent));
        let others = beside.into_iter().filter(|one| one.id != agency.id);
        others.map(|one| Choice::new(one.id.to_string(), one.name.clone())).collect()
    };
    let mut fields = records::shown(l, "organisation", asks, value, successors);
    if let Some(kind) = fields.iter_mut().find(|field| field.name == "kind") {
        let stands = |choice: &Choice| Kind::read(&choice.value).is_some_and(|kind| kind.stands_in(agency.system()));
        kind.choices.retain(stands);
    }
    if let Some(day) = fields.iter_mut().find(|field| act == "end" && field.name == "day") {
        day.label = l.t("organisation-last-day");
    }
    let back = format!("/units/{}", agency.id);
    FormPage {
        above: vec![
            Breadcrumb::new(l.t("organisation-units"), "/units"),
            Breadcrumb::new(agency.short_name.clone(), back.clone()),
        ],
        title: l.t(format!("organisation-{act}")),
        lead: agency.name.clone(),
        action: format!("{back}/{act}"),
        refused,
        fields,
        open: if act == "end" { open_work(ctx, agency).await? } else { Vec::new() },
        back,
    }
    .answer(ctx)
}

/// GET /units/{id}/{act}
pub(crate) async fn form(ctx: Ctx, Path((id, act)): Path<(String, String)>) -> Answer {
    page(&ctx, &id, &act, &FormMap::default(), None).await
}

/// POST /units/{id}/{act}: back to the agency's page, or the form again with what is wrong.
pub(crate) async fn act(ctx: Ctx, Path((id, act)): Path<(String, String)>, given: FormMap) -> Answer {
    let (word, _) = asked(&act)?;
    let tree = tree_of(&ctx.app).await?;
    let agency = find(&tree, &id)?.id;
    let (actor, now, looks) = (ctx.require(KEEP_ORGANISATION)?.clone(), ctx.now, looks(&ctx));
    let typed = Typed::from(&given);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            if word == "open" || word == "establish" {
                return verbs::open(tx, &actor, now, (agency, word), &typed).await;
            }
            verbs::act(tx, &actor, now, (agency, word), &typed, &looks).await.map(|()| agency)
        })
    });
    match done.await {
        Ok(to) => {
            reload(&ctx.app).await?;
            Ok(ctx.flash(format!("/units/{to}"), &format!("organisation-{word}-done")))
        }
        Err(fault) => page(&ctx, &id, word, &given, Some(fault)).await,
    }
}
