//! Dialogues, for officials: announcing a sitting, what is asked and promised at it, its minutes.

use super::dialogues::{rows, whole};
use super::forms::{ActForm, units};
use super::{house, unit_name};
use crate::dialogue::actions;
use crate::dialogue::item::Item;
use crate::dialogue::item_verbs::{ENTERING, PROMISING};
use crate::dialogue::session::{Dialogue, State};
use crate::dialogue::session_verbs::ANNOUNCING;
use crate::rules::House;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Problem, vn_date, vn_date_time};
use i18n::L;
use records::{Asker, Field, Machine, Shown, Typed, shown};
use std::collections::BTreeMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// The badge's colour of a state.
pub(super) fn state_colour(state: State) -> &'static str {
    match state {
        State::Announced => "new",
        State::Held => "near",
        State::Published => "done",
        State::Cancelled => "paused",
    }
}

/// Fields as the page shows them, filled with what was typed.
pub(super) fn fields_of(
    ctx: &Ctx,
    house: &House,
    asks: &'static [Field],
    typed: &BTreeMap<String, String>,
) -> Vec<Shown> {
    let choice = |agency: &organisation::Agency| Choice::new(agency.id.to_string(), agency.name.clone());
    let choices = |field: &Field| match field.name {
        "agency" => {
            let tree = &house.tree;
            tree.root().into_iter().chain(tree.departments()).chain(tree.communes()).map(choice).collect()
        }
        name => units(house, name, None),
    };
    let value = |field: &Field| typed.get(field.name).cloned().unwrap_or_default();
    shown(ctx.l, "dialogue", asks, value, choices)
}

fn act_form(
    ctx: &Ctx,
    house: &House,
    word: &'static str,
    asks: &'static [Field],
    typed: &BTreeMap<String, String>,
) -> ActForm {
    ActForm {
        word,
        title: ctx.l.t(format!("dialogue-act-{word}")),
        hint: ctx.l.t(format!("dialogue-act-{word}-hint")).trim().to_owned(),
        fields: fields_of(ctx, house, asks, typed),
    }
}

/// GET /sittings
pub async fn sittings(ctx: Ctx) -> Answer {
    let may_announce =
        ctx.actor()?.may(crate::rights::ANSWER_FEEDBACK) || ctx.actor()?.may(crate::rights::RECEIVE_FEEDBACK);
    rows(&ctx, &super::dialogues::SITTINGS, may_announce).await
}

#[derive(Template)]
#[template(path = "sitting_new.html")]
struct New {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    form: ActForm,
}

async fn new_page(ctx: &Ctx, typed: &BTreeMap<String, String>, problems: Vec<Problem>) -> Result<Response, Fault> {
    let house = house(&ctx.app).await?;
    let wrong = !problems.is_empty();
    let form = act_form(ctx, &house, "announce", ANNOUNCING, typed);
    let body = New { l: ctx.l, csrf: ctx.csrf.clone(), problems, form };
    let title = ctx.l.t("dialogue-act-announce");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /sittings/new
pub async fn sitting_form(ctx: Ctx) -> Answer {
    Ok(new_page(&ctx, &BTreeMap::new(), Vec::new()).await?)
}

/// POST /sittings/new
pub async fn sitting_new(ctx: Ctx, form: FormMap) -> Answer {
    let sent = Typed::from(&form);
    let fields = sent.fields.clone();
    let (house, actor, now) = (house(&ctx.app).await?, ctx.actor()?.clone(), ctx.now);
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { actions::announce(tx, &house, &actor, now, &sent).await }))
        .await;
    match made {
        Ok(held) => Ok(ctx.flash(format!("/sittings/{}", held.code), "dialogue-done")),
        Err(Fault::Invalid(problems)) => Ok(new_page(&ctx, &fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

struct Link {
    word: &'static str,
    title: String,
    here: bool,
}

struct Line {
    code: String,
    class: String,
    unit: String,
    due: String,
    late: bool,
    state: String,
    /// The public words, where there are any.
    question: String,
}

#[derive(Template)]
#[template(path = "sitting.html")]
struct Show {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    title: String,
    state: String,
    colour: &'static str,
    facts: Vec<(String, String)>,
    text: String,
    minutes: String,
    lines: Vec<Line>,
    acts: Vec<Link>,
    form: Option<ActForm>,
}

async fn page(
    ctx: &Ctx,
    code: &str,
    act: &str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house) = (ctx.l, house(&ctx.app).await?);
    let whole = whole(ctx, &house, code).await?;
    let d = whole.seen.state();
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    let word = |name: &str| whole.seen.words.get(name).cloned().unwrap_or_default();
    let mut verbs: Vec<(&'static str, &'static [Field])> =
        records::forms(&whole.seen, &house, &asker).into_iter().map(|verb| (verb.word, verb.asks)).collect();
    let path = house.tree.path(d.agency);
    let acts_here = ctx.actor()?.may_at(crate::rights::ANSWER_FEEDBACK, path)
        || ctx.actor()?.may_at(crate::rights::RECEIVE_FEEDBACK, path);
    let begun = d.state == State::Held || (d.state == State::Announced && ctx.now >= d.held_at);
    if acts_here && begun {
        verbs.extend([("enter", ENTERING), ("promise", PROMISING)]);
    }
    let chosen = verbs.iter().find(|(word, _)| *word == act).or(verbs.first()).copied();
    let line = |held: &records::Held<Item>| Line {
        code: held.code.clone(),
        class: l.t(format!("dialogue-class-{}", held.state.class)),
        unit: unit_name(&house, Some(held.state.unit)),
        due: vn_date(held.state.due_at.date()),
        late: held.state.settled_at.unwrap_or(ctx.now) > held.state.due_at,
        state: l.t(format!("dialogue-item-state-{}", held.state.state.as_str())),
        question: whole.questions.get(&held.id).cloned().unwrap_or_default(),
    };
    let wrong = !problems.is_empty();
    let body = Show {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("dialogue-title"), "/sittings"), Breadcrumb::new(code, "")],
        problems,
        code: code.to_owned(),
        title: word("title"),
        state: l.t(format!("dialogue-state-{}", d.state.as_str())),
        colour: state_colour(d.state),
        facts: whole.facts(ctx, &house),
        text: word("text"),
        minutes: word("minutes"),
        lines: whole.items.iter().filter(|held| Item::may_read(held, &house, &asker)).map(line).collect(),
        acts: verbs
            .iter()
            .map(|(word, _)| Link {
                word,
                title: l.t(format!("dialogue-act-{word}")),
                here: chosen.is_some_and(|(chosen, _)| chosen == *word),
            })
            .collect(),
        form: chosen.map(|(word, asks)| act_form(ctx, &house, word, asks, typed)),
    };
    let title = word("title");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /sittings/{code}?act=
pub async fn sitting(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let act = query_value(&ctx.uri, "act");
    Ok(page(&ctx, &code, &act, &BTreeMap::new(), Vec::new()).await?)
}

/// POST /sittings/{code}/{verb}
pub async fn sitting_act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, form: FormMap) -> Answer {
    let sent = Typed::from(&form);
    let fields = sent.fields.clone();
    let (house, actor, now) = (house(&ctx.app).await?, ctx.actor()?.clone(), ctx.now);
    let (of, word) = (code.clone(), verb.clone());
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                if ["enter", "promise"].contains(&word.as_str()) {
                    return actions::enter(tx, &house, &actor, (&of, &word), now, &sent).await.map(|_| ());
                }
                let asker = Asker::actor(&actor, now);
                records::act::<Dialogue>(tx, &house, &asker, (&of, &word), &sent).await.map(|_| ())
            })
        })
        .await;
    match done {
        Ok(()) => Ok(ctx.flash(format!("/sittings/{code}"), "dialogue-done")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, &code, &verb, &fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

#[derive(Template)]
#[template(path = "sitting_item.html")]
struct ItemPage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    class: String,
    state: String,
    late: bool,
    text: String,
    facts: Vec<(String, String)>,
    acts: Vec<Link>,
    form: Option<ActForm>,
}

async fn item_page(
    ctx: &Ctx,
    code: &str,
    act: &str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house) = (ctx.l, house(&ctx.app).await?);
    let (actor, known, wanted, now) = (ctx.actor()?.clone(), house.clone(), code.to_owned(), ctx.now);
    let seen = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move { records::open::<Item>(tx, &known, &Asker::actor(&actor, now), &wanted).await })
        })
        .await?;
    let item = seen.state();
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    // Of the two ways to settle, the one of its class.
    let other = if item.class == "question" { "fulfil" } else { "answer" };
    let verbs: Vec<_> = records::forms(&seen, &house, &asker).into_iter().filter(|verb| verb.word != other).collect();
    let chosen = verbs.iter().find(|verb| verb.word == act).or(verbs.first()).copied();
    let word = |name: &str| seen.words.get(name).cloned().unwrap_or_default();
    let mut facts = vec![
        (l.t("dialogue-field-unit"), unit_name(&house, Some(item.unit))),
        (l.t("dialogue-field-day"), vn_date_time(item.due_at)),
        (l.t("dialogue-settled"), item.settled_at.map(vn_date_time).unwrap_or_default()),
        (l.t("dialogue-field-name"), word("name")),
        (l.t("dialogue-field-phone"), word("phone")),
        (l.t("dialogue-field-email"), word("email")),
        (l.t("dialogue-field-answer_question"), word("public-question")),
        (l.t("dialogue-field-answer_public"), word("public-answer")),
        (l.t("dialogue-field-reason"), word("reason")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    let mut filled = typed.clone();
    filled.entry("answer_question".to_owned()).or_insert_with(|| word("text"));
    let wrong = !problems.is_empty();
    let sitting = code.split('.').next().unwrap_or(code).to_owned();
    let body = ItemPage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("dialogue-title"), "/sittings"),
            Breadcrumb::new(sitting.clone(), format!("/sittings/{sitting}")),
            Breadcrumb::new(code, ""),
        ],
        problems,
        code: code.to_owned(),
        class: l.t(format!("dialogue-class-{}", item.class)),
        state: l.t(format!("dialogue-item-state-{}", item.state.as_str())),
        late: item.settled_at.unwrap_or(ctx.now) > item.due_at,
        text: if word("text").is_empty() { word("public-question") } else { word("text") },
        facts,
        acts: verbs
            .iter()
            .map(|verb| Link {
                word: verb.word,
                title: l.t(format!("dialogue-act-{}", verb.word)),
                here: chosen.is_some_and(|chosen| chosen.word == verb.word),
            })
            .collect(),
        form: chosen.map(|verb| act_form(ctx, &house, verb.word, verb.asks, &filled)),
    };
    Ok(if wrong { ctx.invalid_page(code, &body) } else { ctx.page(code, &body) })
}

/// GET /sitting-items/{code}?act=
pub async fn sitting_item(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let act = query_value(&ctx.uri, "act");
    Ok(item_page(&ctx, &code, &act, &BTreeMap::new(), Vec::new()).await?)
}

/// POST /sitting-items/{code}/{verb}
pub async fn sitting_item_act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, form: FormMap) -> Answer {
    let sent = Typed::from(&form);
    let fields = sent.fields.clone();
    let (house, actor, now) = (house(&ctx.app).await?, ctx.actor()?.clone(), ctx.now);
    let (of, word) = (code.clone(), verb.clone());
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, now);
                let held = records::act::<Item>(tx, &house, &asker, (&of, &word), &sent).await?;
                Ok::<_, Fault>(Item::may_read(&held, &house, &asker))
            })
        })
        .await;
    match done {
        // Whoever passes it on may not be shown it any more.
        Ok(true) => Ok(ctx.flash(format!("/sitting-items/{code}"), "dialogue-done")),
        Ok(false) => Ok(ctx.flash("/sittings", "dialogue-done")),
        Err(Fault::Invalid(problems)) => Ok(item_page(&ctx, &code, &verb, &fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}
