//! The forms of a draft programme: its head, a target, a task; what is sent from them and from its page.

use crate::definitions::indicators;
use crate::draft_form::{AXES, COMPARES, LEVELS, UNITS};
use crate::drafts::{self, Draft, Stage};
use crate::drafts_page::{self, one};
use crate::house::House;
use crate::programme::{Compare, Programme, targets_of};
use crate::steered;
use crate::view::pick;
use crate::{draft_edit, draft_verbs};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use i18n::L;
use organisation::Tree;
use records::{Asker, Held, Typed};
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// The word in the address of a target or task that is not there yet.
const NEW: &str = "new";

#[derive(Template)]
#[template(path = "draft_head.html")]
struct HeadForm {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    action: String,
    back: String,
    version: i64,
    problems: Vec<Problem>,
    given: FormMap,
}

#[derive(Template)]
#[template(path = "draft_target.html")]
struct EntryForm {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: String,
    back: String,
    version: i64,
    problems: Vec<Problem>,
    given: FormMap,
    is_task: bool,
    axes: Vec<Choice>,
    levels: Vec<Choice>,
    compares: Vec<Choice>,
    units: Vec<Choice>,
    indicators: Vec<Choice>,
    leads: Vec<Choice>,
}

fn version(given: &FormMap) -> i64 {
    given.text("version").parse().unwrap_or(-1)
}

/// The draft, as far as this person may change it.
async fn open(ctx: &Ctx, number: &str) -> Result<Draft, Fault> {
    let (seen, house) = one(ctx, number).await?;
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    if records::forms(&seen, &house, &asker).iter().any(|verb| verb.word == "correct") {
        return Ok(seen.state().clone());
    }
    if seen.state().stage != Stage::Draft {
        return Err(Fault::Conflict(Problem::new("reform-draft-closed")));
    }
    Err(Fault::Forbidden(Problem::new("reform-not-yours")))
}

/// Does one thing to the draft of a number.
async fn did(ctx: &Ctx, number: &str, word: &str, given: &FormMap) -> Result<Held<Draft>, Fault> {
    let number: i64 = number.parse().map_err(|_| Fault::NotFound("reform-no-draft"))?;
    let (actor, now, house) = (ctx.actor()?.clone(), ctx.now, House::of(ctx).await?);
    let (word, typed) = (word.to_owned(), Typed::from(given));
    let write = ctx.db().write(move |tx| {
        Box::pin(async move {
            let code = drafts::code(tx, number).await?;
            records::act::<Draft>(tx, &house, &Asker::actor(&actor, now), (&code, &word), &typed).await
        })
    });
    write.await
}

fn page_of(number: i64) -> String {
    format!("/steering/drafts/{number}")
}

fn head_form(ctx: &Ctx, draft: Option<&Draft>, given: FormMap, version: i64, problems: Vec<Problem>) -> HeadForm {
    let l = ctx.l;
    let title = l.t(if draft.is_some() { "reform-draft-correct" } else { "reform-draft-new" });
    let back = draft.map_or_else(|| "/steering/programmes".to_owned(), |draft| page_of(draft.number));
    let mut trail = drafts_page::trail(l, draft);
    trail.push(Breadcrumb::new(title.clone(), ""));
    HeadForm {
        l,
        csrf: ctx.csrf.clone(),
        trail,
        title,
        action: draft
            .map_or_else(|| "/steering/programmes/new".to_owned(), |draft| format!("{}/head", page_of(draft.number))),
        back,
        version,
        problems,
        given,
    }
}

/// GET /steering/programmes/new
pub(crate) async fn new(ctx: Ctx) -> Answer {
    let page = head_form(&ctx, None, FormMap::default(), 0, Vec::new());
    Ok(ctx.page(&page.title, &page))
}

/// POST /steering/programmes/new
pub(crate) async fn create(ctx: Ctx, given: FormMap) -> Answer {
    let (actor, now, house, typed) = (ctx.actor()?.clone(), ctx.now, House::of(&ctx).await?, given.clone());
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { draft_verbs::create(tx, &house, &actor, now, &typed).await }))
        .await;
    match made {
        Ok(number) => Ok(ctx.flash(page_of(number), "reform-draft-created")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let page = head_form(&ctx, None, given, 0, problems);
            Ok(ctx.invalid_page(&page.title, &page))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// GET /steering/drafts/{number}/head
pub(crate) async fn head(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let draft = open(&ctx, &number).await?;
    let given = draft_edit::shown_head(&draft.programme);
    let page = head_form(&ctx, Some(&draft), given, draft.version, Vec::new());
    Ok(ctx.page(&page.title, &page))
}

/// POST /steering/drafts/{number}/head
pub(crate) async fn correct(ctx: Ctx, Path(number): Path<String>, given: FormMap) -> Answer {
    match did(&ctx, &number, "correct", &given).await {
        Ok(held) => Ok(ctx.flash(page_of(held.state.number), "reform-draft-saved")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let (draft, seen) = (open(&ctx, &number).await?, version(&given));
            let page = head_form(&ctx, Some(&draft), given, seen, problems);
            Ok(ctx.invalid_page(&page.title, &page))
        }
        Err(fault) => Err(fault.into()),
    }
}

struct Asked<'a> {
    draft: &'a Draft,
    id: &'a str,
    is_task: bool,
    version: i64,
}

async fn entry_form(ctx: &Ctx, asked: Asked<'_>, given: FormMap, problems: Vec<Problem>) -> Result<EntryForm, Fault> {
    let (l, today) = (ctx.l, ctx.now.date());
    let tree = organisation::tree_of(&ctx.app).await?;
    let kind = if asked.is_task { "task" } else { "target" };
    let title = match asked.id {
        NEW => l.t(format!("reform-{kind}-new")),
        id => l.tr(format!("reform-{kind}-change"), [("id", id)]),
    };
    let back = page_of(asked.draft.number);
    let mut trail = drafts_page::trail(l, Some(asked.draft));
    trail.push(Breadcrumb::new(title.clone(), ""));
    let words = |key: &str, words: &[&str]| -> Vec<Choice> {
        words.iter().map(|word| Choice::new(*word, l.t(format!("{key}{word}")))).collect()
    };
    let measured = indicators(&ctx.app)
        .all(today)
        .map(|one| Choice::new(one.id.clone(), pick(l, &one.name_vi, &one.name_en)))
        .collect();
    Ok(EntryForm {
        l,
        csrf: ctx.csrf.clone(),
        trail,
        title,
        lead: format!("{} · {}", asked.draft.programme.document, asked.draft.programme.name_vi),
        action: format!("{back}/{kind}s/{}", asked.id),
        back,
        version: asked.version,
        problems,
        given,
        is_task: asked.is_task,
        axes: words("reform-axis-", &AXES),
        levels: words("reform-level-", &LEVELS),
        compares: words("reform-compare-", &COMPARES.map(Compare::as_str)),
        units: words("reform-unit-", &UNITS.map(crate::programme::Measure::as_str)),
        indicators: measured,
        leads: leads(&tree, asked.draft),
    })
}

/// The committees and departments a task may be given to, within the agency the programme is of.
fn leads(tree: &Tree, draft: &Draft) -> Vec<Choice> {
    let stands = tree.subtree(draft.agency).into_iter().filter(|agency| agency.valid_to.is_none());
    stands
        .filter(|agency| agency.house().is_some())
        .map(|agency| Choice::new(agency.code.clone(), agency.name.clone()))
        .collect()
}

/// What a form of an entry begins with: the entry as it stands, or nothing.
fn begun(programme: &Programme, id: &str, is_task: bool) -> Result<FormMap, Fault> {
    if id == NEW {
        // The last clause and part of the reform are most often the next one's too.
        let last = programme.subjects.last().map(|last| (last.clause.clone(), last.axis.clone())).unwrap_or_default();
        return Ok(draft_edit::map(&[("clause", last.0), ("axis", last.1)]));
    }
    let placed = targets_of(programme)
        .find(|placed| placed.target.id == id && placed.subject.task.is_some() == is_task)
        .ok_or(Fault::NotFound("reform-no-target"))?;
    Ok(draft_edit::shown(placed.subject, placed.target))
}

async fn show_entry(ctx: Ctx, number: &str, id: &str, is_task: bool) -> Answer {
    let draft = open(&ctx, number).await?;
    let given = begun(&draft.programme, id, is_task)?;
    let asked = Asked { draft: &draft, id, is_task, version: draft.version };
    let page = entry_form(&ctx, asked, given, Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

async fn put_entry(ctx: Ctx, number: &str, id: &str, mut given: FormMap, is_task: bool) -> Answer {
    let draft = open(&ctx, number).await?;
    // The entry must be of this form's kind.
    begun(&draft.programme, id, is_task)?;
    given.0.insert("was".to_owned(), (id != NEW).then(|| id.to_owned()).into_iter().collect());
    match did(&ctx, number, if is_task { "put-task" } else { "put-target" }, &given).await {
        Ok(held) => Ok(ctx.flash(page_of(held.state.number), "reform-draft-saved")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let asked = Asked { draft: &draft, id, is_task, version: version(&given) };
            let page = entry_form(&ctx, asked, given, problems).await?;
            Ok(ctx.invalid_page(&page.title, &page))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// GET /steering/drafts/{number}/targets/{id}
pub(crate) async fn target(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    show_entry(ctx, &number, &id, false).await
}

/// POST /steering/drafts/{number}/targets/{id}
pub(crate) async fn put_target(ctx: Ctx, Path((number, id)): Path<(String, String)>, given: FormMap) -> Answer {
    put_entry(ctx, &number, &id, given, false).await
}

/// GET /steering/drafts/{number}/tasks/{id}
pub(crate) async fn task(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    show_entry(ctx, &number, &id, true).await
}

/// POST /steering/drafts/{number}/tasks/{id}
pub(crate) async fn put_task(ctx: Ctx, Path((number, id)): Path<(String, String)>, given: FormMap) -> Answer {
    put_entry(ctx, &number, &id, given, true).await
}

/// POST /steering/drafts/{number}/{verb}: what its page offers.
pub(crate) async fn act(ctx: Ctx, Path((number, verb)): Path<(String, String)>, given: FormMap) -> Answer {
    if !["remove", "propose", "accept", "return"].contains(&verb.as_str()) {
        return Err(Fault::NotFound("records-no-act").into());
    }
    let held = match did(&ctx, &number, &verb, &given).await {
        Ok(held) => held,
        Err(Fault::Invalid(problems)) if !ctx.wants_json => return drafts_page::again(ctx, &number, problems).await,
        Err(fault) => return Err(fault.into()),
    };
    let done = format!("reform-draft-did-{verb}");
    if held.state.stage != Stage::InForce {
        return Ok(ctx.flash(page_of(held.state.number), &done));
    }
    steered::reload(&ctx.app, ctx.now).await?;
    Ok(ctx.flash(format!("/steering/programmes/{}", held.state.programme.id), &done))
}
