//! Deciding about one item or many, correcting one, adding one.

use crate::actions::{self, Decision};
use crate::document::{Body, Document, Item, Kind, locate};
use crate::list_page::id_of;
use crate::{fields, store as sql, words};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem};
use i18n::L;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// Letters shown before and after a quote.
const AROUND_CHARS: usize = 240;

#[derive(Template)]
#[template(path = "item.html")]
struct Form {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: String,
    back: String,
    problems: Vec<Problem>,
    adding: bool,
    kind: &'static str,
    kinds: Vec<Choice>,
    version: i64,
    /// The text around the quote, and the quote in it.
    before: String,
    quoted: String,
    after: String,
    given: FormMap,
    comparators: Vec<Choice>,
    units: Vec<Choice>,
    levels: Vec<Choice>,
}

/// Where to go after an act: the list with its filters, at the item.
fn back(form: &FormMap, id: Id, n: Option<i64>) -> String {
    let home = format!("/plans/{id}");
    let to = web::safe_next(form.text("back"));
    let to = if to == home || to.starts_with(&format!("{home}?")) { to } else { home };
    n.map_or(to.clone(), |n| format!("{to}#i-{n}"))
}

fn number(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::NotFound("plan-no-item"))
}

/// The version a form was made from.
fn version(form: &FormMap) -> Result<i64, Fault> {
    let version = form.text("version").parse();
    version.map_err(|_| Fault::invalid(Problem::new("plan-version-missing").field("version")))
}

async fn decide(ctx: &Ctx, id: Id, n: i64, version: i64, decision: Decision) -> Result<(), Fault> {
    let (actor, now) = (ctx.actor()?.clone(), ctx.now);
    ctx.db()
        .write(move |tx| Box::pin(async move { actions::decide(tx, &actor, now, id, n, version, decision).await }))
        .await
}

/// POST /plans/{id}/items/{n}/accept
pub(crate) async fn accept(ctx: Ctx, Path((id, n)): Path<(String, String)>, form: FormMap) -> Answer {
    let (id, n) = (id_of(&id)?, number(&n)?);
    decide(&ctx, id, n, version(&form)?, Decision::Accept).await?;
    Ok(ctx.redirect(back(&form, id, Some(n))))
}

/// POST /plans/{id}/items/{n}/reject
pub(crate) async fn reject(ctx: Ctx, Path((id, n)): Path<(String, String)>, form: FormMap) -> Answer {
    let (id, n) = (id_of(&id)?, number(&n)?);
    decide(&ctx, id, n, version(&form)?, Decision::Reject(form.text("reason").to_owned())).await?;
    Ok(ctx.redirect(back(&form, id, Some(n))))
}

/// POST /plans/{id}/accept-all
pub(crate) async fn accept_all(ctx: Ctx, Path(id): Path<String>, form: FormMap) -> Answer {
    let (id, version) = (id_of(&id)?, version(&form)?);
    let percent = form.text("at_least").parse().unwrap_or(-1);
    let kind = Kind::read(form.text("kind"));
    let (actor, now) = (ctx.actor()?.clone(), ctx.now);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { actions::accept_all(tx, &actor, now, id, version, kind, percent).await })
        })
        .await?;
    Ok(ctx.flash(back(&form, id, None), "plan-accepted-all"))
}

async fn load(ctx: &Ctx, id: Id, n: Option<i64>) -> Result<(Document, Option<Item>), Fault> {
    let actor = ctx.actor()?.clone();
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let document = actions::document(tx, &actor, id).await?;
                let item = match n {
                    Some(n) => Some(sql::item_of(tx, id, n).await?.ok_or(Fault::NotFound("plan-no-item"))?),
                    None => None,
                };
                Ok::<_, Fault>((document, item))
            })
        })
        .await
}

/// The text before a quote, the quote, the text after it.
fn around(text: &str, given: &FormMap) -> (String, String, String) {
    let quote = given.text("quote").replace("\r\n", "\n");
    let near = given.text("at").parse().unwrap_or(0);
    let Some(at) = locate(text, &quote, near) else { return Default::default() };
    let from = at.saturating_sub(AROUND_CHARS);
    let letters = quote.chars().count();
    let piece = |skip: usize, take: usize| text.chars().skip(skip).take(take).collect::<String>();
    (piece(from, at - from), quote, piece(at + letters, AROUND_CHARS))
}

struct Asked<'a> {
    document: &'a Document,
    item: Option<&'a Item>,
    kind: Kind,
    back: String,
    version: i64,
}

fn form(ctx: &Ctx, asked: Asked<'_>, given: FormMap, problems: Vec<Problem>) -> Form {
    let (l, document) = (ctx.l, asked.document);
    let (before, quoted, after) = around(&document.text, &given);
    let title = match asked.item {
        Some(item) => l.tr("plan-correct-title", [("kind", words::kind(l, asked.kind)), ("n", item.n.to_string())]),
        None => l.t(format!("plan-add-title-{}", asked.kind.as_str())),
    };
    let home = format!("/plans/{}", document.id);
    Form {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("plan-list"), "/plans"),
            Breadcrumb::new(document.title(), home.clone()),
            Breadcrumb::new(title.clone(), ""),
        ],
        lead: asked.item.map(|item| words::reason(l, &item.body)).unwrap_or_default(),
        title,
        action: match asked.item {
            Some(item) => format!("{home}/items/{}/correct", item.n),
            None => format!("{home}/add"),
        },
        back: asked.back,
        problems,
        adding: asked.item.is_none(),
        kind: asked.kind.as_str(),
        kinds: words::kinds(l),
        version: asked.version,
        before,
        quoted,
        after,
        given,
        comparators: words::comparators(l),
        units: words::units(l),
        levels: words::levels(l),
    }
}

/// GET /plans/{id}/items/{n}/correct
pub(crate) async fn correct_form(ctx: Ctx, Path((id, n)): Path<(String, String)>) -> Answer {
    let (id, n) = (id_of(&id)?, number(&n)?);
    let (document, item) = load(&ctx, id, Some(n)).await?;
    let item = item.ok_or(Fault::NotFound("plan-no-item"))?;
    let mut asked = FormMap::default();
    asked.0.insert("back".into(), vec![query_value(&ctx.uri, "back")]);
    let about = Asked {
        document: &document,
        item: Some(&item),
        kind: item.body.kind(),
        back: back(&asked, id, Some(n)),
        version: item.version,
    };
    let page = form(&ctx, about, fields::shown(&item.body), Vec::new());
    Ok(ctx.page(&page.title, &page))
}

/// POST /plans/{id}/items/{n}/correct
pub(crate) async fn correct(ctx: Ctx, Path((id, n)): Path<(String, String)>, given: FormMap) -> Answer {
    let (id, n) = (id_of(&id)?, number(&n)?);
    let (document, item) = load(&ctx, id, Some(n)).await?;
    let item = item.ok_or(Fault::NotFound("plan-no-item"))?;
    let version = version(&given)?;
    let to = back(&given, id, Some(n));
    match fields::read(item.body.kind(), &given, &document.text, Some(&item.body)) {
        Ok(body) => {
            decide(&ctx, id, n, version, Decision::Correct(Box::new(body))).await?;
            Ok(ctx.flash(to, "plan-corrected"))
        }
        Err(problems) => {
            let kind = item.body.kind();
            let about = Asked { document: &document, item: Some(&item), kind, back: to, version };
            let page = form(&ctx, about, given, problems);
            Ok(ctx.invalid_page(&page.title, &page))
        }
    }
}

/// What the reader itself makes of a chosen passage, to begin with; else the passage alone.
fn begun(kind: Kind, quote: &str, at: &str) -> FormMap {
    let plan = planreader::read_plan(quote);
    let found = crate::document::bodies(plan).into_iter().find(|body| body.kind() == kind);
    let mut given = match (&found, kind) {
        (Some(body), _) => fields::shown(body),
        (None, Kind::Task) => FormMap([("task".to_owned(), vec![quote.to_owned()])].into()),
        (None, _) => FormMap::default(),
    };
    // The passage is what the person chose, not what the reader would quote of it.
    given.0.insert("quote".into(), vec![quote.to_owned()]);
    given.0.insert("at".into(), vec![at.to_owned()]);
    given
}

/// GET /plans/{id}/add?kind=&quote=&at=
pub(crate) async fn add_form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let (document, _) = load(&ctx, id, None).await?;
    let kind = Kind::read(&query_value(&ctx.uri, "kind")).unwrap_or(Kind::Target);
    let quote = query_value(&ctx.uri, "quote").replace("\r\n", "\n").trim().to_owned();
    let mut problems = Vec::new();
    if !quote.is_empty() && locate(&document.text, &quote, 0).is_none() {
        problems.push(Problem::new("plan-quote-unknown").field("quote"));
    }
    let mut asked = FormMap::default();
    asked.0.insert("back".into(), vec![query_value(&ctx.uri, "back")]);
    let about =
        Asked { document: &document, item: None, kind, back: back(&asked, id, None), version: document.version };
    let given = begun(kind, &quote, &query_value(&ctx.uri, "at"));
    let page = form(&ctx, about, given, problems);
    Ok(ctx.page(&page.title, &page))
}

/// POST /plans/{id}/add
pub(crate) async fn add(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let id = id_of(&id)?;
    let (document, _) = load(&ctx, id, None).await?;
    let Some(kind) = Kind::read(given.text("kind")) else {
        return Err(Fault::invalid(Problem::new("plan-choose").field("kind")).into());
    };
    match fields::read(kind, &given, &document.text, None) {
        Ok(body) => {
            let n = added(&ctx, id, body).await?;
            // Filters could hide what was just added.
            Ok(ctx.flash(format!("/plans/{id}#i-{n}"), "plan-added"))
        }
        Err(problems) => {
            let about = Asked {
                document: &document,
                item: None,
                kind,
                back: back(&given, id, None),
                version: document.version,
            };
            let page = form(&ctx, about, given, problems);
            Ok(ctx.invalid_page(&page.title, &page))
        }
    }
}

async fn added(ctx: &Ctx, id: Id, body: Body) -> Result<i64, Fault> {
    let (actor, now) = (ctx.actor()?.clone(), ctx.now);
    ctx.db().write(move |tx| Box::pin(async move { actions::add(tx, &actor, now, id, &body).await })).await
}
