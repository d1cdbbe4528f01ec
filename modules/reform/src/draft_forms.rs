//! The forms of a draft programme: its head, a target, a task; what is sent from them and from its page.

use crate::definitions::indicators;
use crate::draft_form::{HEAD, TARGET, TASK};
use crate::drafts::{self, Draft, Stage};
use crate::drafts_page::{self, one};
use crate::house::House;
use crate::programme::{Programme, targets_of};
use crate::steered;
use crate::view::pick;
use crate::{draft_edit, draft_verbs};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use i18n::L;
use records::{Asker, Field, Held, Shown, Typed};
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// The word in the address of a target or task that is not there yet.
const NEW: &str = "new";

#[derive(Template)]
#[template(path = "draft_form.html")]
struct Page {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: String,
    back: String,
    version: String,
    problems: Vec<Problem>,
    fields: Vec<Shown>,
}

/// Which form.
#[derive(Clone, Copy)]
enum Form<'a> {
    Head,
    Target(&'a str),
    Task(&'a str),
}

/// The draft, as far as this person may change it.
async fn open(ctx: &Ctx, number: &str) -> Result<(Draft, House), Fault> {
    let (seen, house) = one(ctx, number).await?;
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    if records::forms(&seen, &house, &asker).iter().any(|verb| verb.word == "correct") {
        return Ok((seen.state().clone(), house));
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

/// A form with what was typed, or with what it begins with.
fn form(
    ctx: &Ctx,
    house: &House,
    draft: Option<&Draft>,
    form: Form<'_>,
    given: &FormMap,
    problems: Vec<Problem>,
) -> Answer {
    let l = ctx.l;
    let back = draft.map_or_else(|| "/steering/programmes".to_owned(), |draft| page_of(draft.number));
    let (title, asks, action) = match form {
        Form::Head if draft.is_none() => (l.t("reform-draft-new"), HEAD, format!("{back}/new")),
        Form::Head => (l.t("reform-draft-correct"), HEAD, format!("{back}/head")),
        Form::Target(NEW) => (l.t("reform-target-new"), TARGET, format!("{back}/targets/{NEW}")),
        Form::Target(id) => (l.tr("reform-target-change", [("id", id)]), TARGET, format!("{back}/targets/{id}")),
        Form::Task(NEW) => (l.t("reform-task-new"), TASK, format!("{back}/tasks/{NEW}")),
        Form::Task(id) => (l.tr("reform-task-change", [("id", id)]), TASK, format!("{back}/tasks/{id}")),
    };
    let mut trail = drafts_page::trail(l, draft);
    trail.push(Breadcrumb::new(title.clone(), ""));
    let lead = draft.filter(|_| !matches!(form, Form::Head));
    let lead = lead.map(|draft| format!("{} · {}", draft.programme.document, draft.programme.name_vi));
    let asks: Vec<Field> = asks.iter().copied().filter(|field| !["version", "was"].contains(&field.name)).collect();
    let choices = |field: &Field| match (field.name, draft) {
        ("lead", Some(draft)) => leads(house, draft),
        _ => measures(ctx),
    };
    let mut fields = records::shown(l, "reform", &asks, |field| given.text(field.name).to_owned(), choices);
    // What a target is of is measured; a task is done.
    if let (Form::Task(_), Some(named)) = (&form, fields.iter_mut().find(|field| field.name == "subject")) {
        (named.label, named.hint) = (l.t("reform-column-task"), String::new());
    }
    let page = Page {
        l,
        csrf: ctx.csrf.clone(),
        trail,
        lead: lead.unwrap_or_else(|| l.t("reform-draft-new-lead")),
        action,
        back,
        version: given.text("version").to_owned(),
        fields,
        title,
        problems,
    };
    Ok(if page.problems.is_empty() { ctx.page(&page.title, &page) } else { ctx.invalid_page(&page.title, &page) })
}

/// The indicators that records measure today.
fn measures(ctx: &Ctx) -> Vec<Choice> {
    let choice = |one: &facts::Indicator| Choice::new(one.id.clone(), pick(ctx.l, &one.name_vi, &one.name_en));
    indicators(&ctx.app).all(ctx.now.date()).map(choice).collect()
}

/// The committees and departments a task may be given to, within the agency the programme is of.
fn leads(house: &House, draft: &Draft) -> Vec<Choice> {
    let stands = house.tree().subtree(draft.agency).into_iter().filter(|agency| agency.valid_to.is_none());
    stands
        .filter(|agency| agency.house().is_some())
        .map(|agency| Choice::new(agency.code.clone(), agency.name.clone()))
        .collect()
}

fn of_version(mut given: FormMap, draft: &Draft) -> FormMap {
    given.0.insert("version".to_owned(), vec![draft.version.to_string()]);
    given
}

/// GET /steering/programmes/new
pub(crate) async fn new(ctx: Ctx) -> Answer {
    form(&ctx, &House::of(&ctx).await?, None, Form::Head, &FormMap::default(), Vec::new())
}

/// POST /steering/programmes/new
pub(crate) async fn create(ctx: Ctx, given: FormMap) -> Answer {
    let (actor, now, house, typed) = (ctx.actor()?.clone(), ctx.now, House::of(&ctx).await?, given.clone());
    let asked = house.clone();
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { draft_verbs::create(tx, &asked, &actor, now, &typed).await }))
        .await;
    match made {
        Ok(number) => Ok(ctx.flash(page_of(number), "reform-draft-created")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => form(&ctx, &house, None, Form::Head, &given, problems),
        Err(fault) => Err(fault.into()),
    }
}

/// GET /steering/drafts/{number}/head
pub(crate) async fn head(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let (draft, house) = open(&ctx, &number).await?;
    let given = of_version(draft_edit::shown_head(&draft.programme), &draft);
    form(&ctx, &house, Some(&draft), Form::Head, &given, Vec::new())
}

/// What an act from a form came to: the draft's page, or the form again.
async fn sent(ctx: Ctx, number: &str, word: &str, asked: Form<'_>, given: FormMap) -> Answer {
    match did(&ctx, number, word, &given).await {
        Ok(held) => Ok(ctx.flash(page_of(held.state.number), "reform-draft-saved")),
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let (draft, house) = open(&ctx, number).await?;
            form(&ctx, &house, Some(&draft), asked, &given, problems)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// POST /steering/drafts/{number}/head
pub(crate) async fn correct(ctx: Ctx, Path(number): Path<String>, given: FormMap) -> Answer {
    sent(ctx, &number, "correct", Form::Head, given).await
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

async fn show_entry(ctx: Ctx, number: &str, id: &str, asked: Form<'_>) -> Answer {
    let (draft, house) = open(&ctx, number).await?;
    let given = of_version(begun(&draft.programme, id, matches!(asked, Form::Task(_)))?, &draft);
    form(&ctx, &house, Some(&draft), asked, &given, Vec::new())
}

async fn put_entry(ctx: Ctx, number: &str, id: &str, mut given: FormMap, asked: Form<'_>) -> Answer {
    let is_task = matches!(asked, Form::Task(_));
    // The entry must be of this form's kind.
    begun(&open(&ctx, number).await?.0.programme, id, is_task)?;
    given.0.insert("was".to_owned(), (id != NEW).then(|| id.to_owned()).into_iter().collect());
    sent(ctx, number, if is_task { "put-task" } else { "put-target" }, asked, given).await
}

/// GET /steering/drafts/{number}/targets/{id}
pub(crate) async fn target(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    show_entry(ctx, &number, &id, Form::Target(&id)).await
}

/// POST /steering/drafts/{number}/targets/{id}
pub(crate) async fn put_target(ctx: Ctx, Path((number, id)): Path<(String, String)>, given: FormMap) -> Answer {
    put_entry(ctx, &number, &id, given, Form::Target(&id)).await
}

/// GET /steering/drafts/{number}/tasks/{id}
pub(crate) async fn task(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    show_entry(ctx, &number, &id, Form::Task(&id)).await
}

/// POST /steering/drafts/{number}/tasks/{id}
pub(crate) async fn put_task(ctx: Ctx, Path((number, id)): Path<(String, String)>, given: FormMap) -> Answer {
    put_entry(ctx, &number, &id, given, Form::Task(&id)).await
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
    steered::reload(&ctx.app).await?;
    Ok(ctx.flash(format!("/steering/programmes/{}", held.state.programme.id), &done))
}
