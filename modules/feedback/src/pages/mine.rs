//! The sender's side: everything about one's own petition, by its key or by the account it was sent from.

use super::forms::{ActForm, form, received};
use super::public::code_of;
use super::{house, moment, state_colour, state_word, unit_name};
use crate::petition::{Petition, State};
use crate::rules::{House, topic_name};
use crate::store as sql;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Problem, vn_date_time};
use i18n::L;
use records::{Asker, Seen};
use std::collections::BTreeMap;
use web::{Answer, Breadcrumb, Ctx, FormMap, PatientUpload};

#[derive(Template)]
#[template(path = "mine.html")]
struct Mine {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    key: String,
    state: String,
    colour: &'static str,
    track: String,
    facts: Vec<(String, String)>,
    text: String,
    /// What the office asked, refused or kept back, with its heading.
    said: Vec<(String, String)>,
    /// The answer is there as a letter.
    has_letter: bool,
    forms: Vec<ActForm>,
}

/// Opens one's own petition; whoever's it is not is answered as if there were none.
async fn open(ctx: &Ctx, house: &House, code: &str, key: &str) -> Result<Seen<Petition>, Fault> {
    let (house, actor, now) = (house.clone(), ctx.actor.clone(), ctx.now);
    let (code, key) = (code.to_owned(), key.to_owned());
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let asker = Asker { actor: actor.as_ref(), key: Some(key.as_str()), now };
                let seen = records::open::<Petition>(tx, &house, &asker, &code).await?;
                let own = <Petition as records::Machine>::is_own(seen.held(), &asker);
                if own { Ok(seen) } else { Err(Fault::NotFound("records-not-found")) }
            })
        })
        .await
}

/// The page of one's own petition.
async fn page(
    ctx: &Ctx,
    code: &str,
    key: &str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house) = (ctx.l, house(&ctx.app).await?);
    let seen = open(ctx, &house, code, key).await?;
    let p = seen.state();
    let asker = Asker { actor: ctx.actor.as_ref(), key: Some(key), now: ctx.now };
    let own = |verb: &&&records::Verb<Petition>| verb.who.iter().any(|who| matches!(who, records::Who::Own));
    let verbs = records::forms(&seen, &house, &asker);
    let may_rate = |word: &str| word != "rate" || p.score.is_none();
    let forms: Vec<ActForm> = verbs
        .iter()
        .filter(own)
        .filter(|verb| may_rate(verb.word))
        .map(|verb| form(ctx, &house, verb, Some(p), &seen.words, typed))
        .collect();
    let word = |name: &str| seen.words.get(name).cloned().unwrap_or_default();
    let (wrong, answered) = (!problems.is_empty(), p.answered_at.is_some());
    let said = [
        ("asked", p.state == State::Asked),
        ("answer", answered),
        ("reason", matches!(p.state, State::Refused | State::HandedOver)),
        ("kept", p.state == State::Kept),
    ];
    let together = p.state == State::Kept && p.lead.is_some();
    let mut facts = vec![
        (l.t("feedback-field-topic"), topic_name(&p.topic, ctx.lang)),
        (l.t("feedback-field-area"), unit_name(&house, p.area)),
        (l.t("feedback-lies-with"), unit_name(&house, Some(p.unit))),
        (l.t("feedback-sent-at"), vn_date_time(p.sent_at)),
    ];
    if !answered {
        facts.push((l.t("feedback-answer-due"), moment(p.answer_due_at)));
        facts.push((l.t("feedback-supply-until"), moment(p.supply_until)));
    }
    facts.retain(|(_, value)| !value.is_empty());
    let body = Mine {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("feedback-list-title"), "/feedback"), Breadcrumb::new(code, "")],
        problems,
        code: code.to_owned(),
        key: key.to_owned(),
        state: state_word(l, p.state),
        colour: state_colour(p.state),
        track: if p.state == State::HandedOver {
            l.t(format!("feedback-track-{}-word", p.track))
        } else {
            String::new()
        },
        facts,
        text: word("text"),
        said: said
            .into_iter()
            .filter(|(name, shown)| *shown && seen.words.contains_key(*name))
            .map(|(name, _)| (l.t(format!("feedback-said-{name}")), word(name)))
            .chain(together.then(|| (l.t("feedback-said-kept"), l.t("feedback-answered-together"))))
            .collect(),
        has_letter: answered && seen.words.contains_key("answer"),
        forms,
    };
    let title = l.t("feedback-mine-title");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// POST /feedback/mine
pub async fn mine(ctx: Ctx, form: FormMap) -> Answer {
    let (code, key) = (code_of(form.text("code")), form.text("key").to_owned());
    Ok(page(&ctx, &code, &key, &BTreeMap::new(), Vec::new()).await?)
}

/// POST /feedback/mine/{verb}
pub async fn mine_act(ctx: Ctx, Path(verb): Path<String>, upload: PatientUpload) -> Answer {
    let (typed, problems) = received(&ctx, upload).await?;
    let field = |name: &str| typed.fields.get(name).cloned().unwrap_or_default();
    let (code, key) = (code_of(&field("code")), field("key"));
    if !problems.is_empty() {
        return Ok(page(&ctx, &code, &key, &typed.fields, problems).await?);
    }
    let house = house(&ctx.app).await?;
    // First whether it is theirs: an official's right to act is not asked for here.
    open(&ctx, &house, &code, &key).await?;
    let (actor, now, sent, shown) = (ctx.actor.clone(), ctx.now, typed.clone(), (code.clone(), key.clone()));
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let actor = actor.filter(|actor| actor.citizen_number.is_some());
            let asker = Asker { actor: actor.as_ref(), key: Some(key.as_str()), now };
            crate::actions::act(tx, &house, &asker, (&code, &verb), &sent).await
        })
    });
    let (code, key) = shown;
    match done.await {
        Ok(_) if key.is_empty() => Ok(ctx.flash(format!("/my/feedback/{code}"), "feedback-done")),
        Ok(_) => Ok(page(&ctx, &code, &key, &BTreeMap::new(), Vec::new()).await?),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, &code, &key, &typed.fields, problems).await?),
        Err(Fault::Conflict(problem)) => Ok(page(&ctx, &code, &key, &typed.fields, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

struct Row {
    code: String,
    topic: String,
    sent: String,
    state: String,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "sent.html")]
struct SentList {
    l: L,
    rows: Vec<Row>,
}

/// GET /my/feedback
pub async fn sent(ctx: Ctx) -> Answer {
    let account = ctx.actor()?.account;
    let found = ctx.db().read(move |tx| Box::pin(async move { sql::of_account(tx, account).await })).await?;
    let rows = found.into_iter().map(|held| Row {
        topic: topic_name(&held.state.topic, ctx.lang),
        sent: vn_date_time(held.state.sent_at),
        state: state_word(ctx.l, held.state.state),
        colour: state_colour(held.state.state),
        code: held.code,
    });
    Ok(ctx.page(&ctx.l.t("feedback-sent-list"), &SentList { l: ctx.l, rows: rows.collect() }))
}

/// GET /my/feedback/{code}
pub async fn sent_one(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(page(&ctx, &code_of(&code), "", &BTreeMap::new(), Vec::new()).await?)
}
