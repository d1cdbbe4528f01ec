//! `/views`: a person's own views of lists; keeping, renaming, sharing, deleting them. Complete without JavaScript.

use crate::declare::Lists;
use crate::views::{self, NAME_MAX, New, Reader, View};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Id, Problem};
use i18n::L;
use std::sync::Arc;
use web::{AgencyName, Answer, Choice, Ctx, FormMap};

struct Row {
    id: String,
    list: String,
    name: String,
    href: String,
    default: bool,
    shared: String,
}

#[derive(Template)]
#[template(path = "views.html")]
struct Page {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    max: usize,
    rows: Vec<Row>,
    units: Vec<Choice>,
}

fn lists(ctx: &Ctx) -> Result<Arc<Lists>, Fault> {
    ctx.app.get::<Lists>().ok_or_else(|| Fault::internal("no lists are declared"))
}

fn reader(ctx: &Ctx) -> Result<Reader, Fault> {
    ctx.official().map(Reader::actor)
}

fn path_of(lists: &Lists, view: &View) -> &'static str {
    lists.find(&view.list).map_or("/views", |list| list.path)
}

async fn page(ctx: &Ctx, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (lists, reader) = (lists(ctx)?, reader(ctx)?);
    let own = ctx.db().read(move |tx| Box::pin(async move { views::own(tx, &reader).await })).await?;
    let unit = |id: Id| ctx.app.get::<AgencyName>().and_then(|name| (name.0)(id)).unwrap_or_default();
    let rows = own.into_iter().filter_map(|view| {
        let list = lists.find(&view.list)?;
        Some(Row {
            id: view.id.to_string(),
            list: ctx.l.t(list.title),
            href: view.address(list.path),
            default: view.default,
            shared: view.shared.map(unit).unwrap_or_default(),
            name: view.name,
        })
    });
    let wrong = !problems.is_empty();
    let actor = ctx.official()?;
    let page = Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        problems,
        max: NAME_MAX,
        rows: rows.collect(),
        units: views::units_to_share(actor).into_iter().map(|id| Choice::new(id.to_string(), unit(id))).collect(),
    };
    let title = ctx.l.t("lists-views");
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// GET /views
pub(crate) async fn show(ctx: Ctx) -> Answer {
    Ok(page(&ctx, Vec::new()).await?)
}

/// GET /views/{id}: leads to the list as the view shows it.
pub(crate) async fn open(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let (lists, reader, id) = (lists(&ctx)?, reader(&ctx)?, id_of(&id)?);
    let view = ctx.db().read(move |tx| Box::pin(async move { views::one(tx, &reader, id).await })).await?;
    Ok(ctx.redirect(view.address(path_of(&lists, &view))))
}

fn id_of(text: &str) -> Result<Id, Fault> {
    text.parse().map_err(|_| Fault::NotFound("lists-no-view"))
}

/// POST /views: keeps what a list shows now under a name.
pub(crate) async fn keep(ctx: Ctx, form: FormMap) -> Answer {
    let (lists, reader, now) = (lists(&ctx)?, reader(&ctx)?, ctx.now);
    let new = New {
        list: form.text("list").to_owned(),
        name: form.text("name").to_owned(),
        query: form.text("query").to_owned(),
        default: form.text("default") == "1",
    };
    let known = lists.clone();
    let kept =
        ctx.db().write(move |tx| Box::pin(async move { views::keep(tx, &known, &reader, &new, now).await })).await;
    match kept {
        Ok(view) => Ok(ctx.flash(view.address(path_of(&lists, &view)), "lists-view-kept")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// POST /views/{id}: `act` says what is done with it.
pub(crate) async fn act(ctx: Ctx, Path(id): Path<String>, form: FormMap) -> Answer {
    let (actor, id) = (ctx.official()?.clone(), id_of(&id)?);
    let (act, name) = (form.text("act").to_owned(), form.text("name").to_owned());
    let unit = form.get("unit").map(str::parse::<Id>).transpose();
    let done =
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let reader = Reader::actor(&actor);
                    match act.as_str() {
                        "rename" => views::rename(tx, &reader, id, &name).await.map(|_| "lists-view-renamed"),
                        "delete" => views::delete(tx, &reader, id).await.map(|()| "lists-view-deleted"),
                        "default" | "no-default" => {
                            let view = views::one(tx, &reader, id).await?;
                            views::set_default(tx, &reader, &view, act == "default").await?;
                            Ok("lists-view-renamed")
                        }
                        "share" => {
                            let unit = unit.ok().flatten().ok_or_else(|| {
                                Fault::invalid(Problem::new("lists-view-not-your-unit").field("unit"))
                            })?;
                            views::share(tx, &actor, id, Some(unit)).await.map(|()| "lists-view-renamed")
                        }
                        "no-share" => views::share(tx, &actor, id, None).await.map(|()| "lists-view-renamed"),
                        _ => Err(Fault::invalid(Problem::new("lists-view-no-act").field("act"))),
                    }
                })
            })
            .await;
    match done {
        Ok(said) => Ok(ctx.flash("/views", said)),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}
