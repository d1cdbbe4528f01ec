//! One petition, for officials: what was written, what can be done now, what has happened.

use super::forms::{ActForm, form, received};
use super::{clipped, house, moment, state_colour, state_word, unit_name};
use crate::office::{self, Wanted};
use crate::petition::{CHANNELS, Petition, State};
use crate::rules::{House, topic_name};
use crate::store as sql;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Id, Problem, vn_date_time};
use i18n::L;
use records::{Asker, Machine, Seen};
use std::collections::BTreeMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx, PatientUpload};

/// Words shown with the petition itself; the others stand with their events.
const HEAD: [&str; 5] = ["text", "place", "name", "phone", "email"];

struct Link {
    word: &'static str,
    title: String,
    here: bool,
}

struct Told {
    at: String,
    what: String,
    unit: String,
    words: Vec<String>,
}

/// A yes that the draft needs.
struct Rung {
    what: String,
    unit: String,
    /// When it was said; empty while it is waited for.
    said: String,
    /// The one waited for now.
    here: bool,
}

/// Another petition about the same matter.
struct Near {
    code: String,
    text: String,
    /// Where this one joins it; empty where it cannot.
    join: String,
}

struct Paper {
    href: String,
    name: String,
}

#[derive(Template)]
#[template(path = "petition.html")]
struct Show {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    state: String,
    colour: &'static str,
    late: bool,
    due: String,
    concerned: String,
    track: String,
    facts: Vec<(String, String)>,
    text: String,
    papers: Vec<Paper>,
    rungs: Vec<Rung>,
    /// The one it goes with; empty without one that the reader may read.
    lead: String,
    joined: Vec<String>,
    near: Vec<Near>,
    /// The answer is there as a letter.
    has_letter: bool,
    /// What it points to, and what points to it.
    links: String,
    acts: Vec<Link>,
    form: Option<ActForm>,
    timeline: Vec<Told>,
}

/// What the page shows besides the petition itself.
struct Beside {
    events: Vec<audit::Event>,
    words: Vec<(i64, String, String)>,
    files: Vec<files::File>,
    /// Who may work on it, by name.
    people: Vec<(Id, String)>,
    heads: Vec<Id>,
    handler: String,
    lead: Option<String>,
    joined: Vec<String>,
    /// Open ones of the same unit, subject and commune: code and what was written.
    near: Vec<(String, String)>,
}

/// How many similar ones are shown.
const NEAR: usize = 5;
/// Letters of what was written in one of them.
const NEAR_TEXT: usize = 120;

/// Open ones of the same unit about the same subject in the same commune. Those that complain of a unit stand alone.
async fn near(tx: &::store::Tx, p: &Petition, id: Id) -> Result<Vec<(String, String)>, Fault> {
    if p.state != State::Handling || p.concerned.is_some() {
        return Ok(Vec::new());
    }
    let wanted = Wanted { units: Some(&[p.unit]), states: &[State::Handling], topic: &p.topic, due_before: None };
    let open = office::page(tx, &wanted, None, 100).await?;
    let same = |other: &Petition| other.area == p.area && other.concerned.is_none();
    let alike: Vec<_> = open.into_iter().filter(|held| held.id != id && same(&held.state)).take(NEAR).collect();
    let ids: Vec<Id> = alike.iter().map(|held| held.id).collect();
    let mut texts = records::asides_of(tx, &ids, "text").await?;
    let shown = |held: records::Held<Petition>| (held.code, texts.remove(&held.id).unwrap_or_default());
    Ok(alike.into_iter().map(shown).collect())
}

async fn read(ctx: &Ctx, house: &House, code: &str) -> Result<(Seen<Petition>, Beside), Fault> {
    let (actor, house, code, now) = (ctx.actor()?.clone(), house.clone(), code.to_owned(), ctx.now);
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let seen = crate::actions::opened(tx, &house, &Asker::actor(&actor, now), &code).await?;
                let (id, p) = (seen.held().id, seen.state());
                let asker = Asker::actor(&actor, now);
                let lead = match p.lead.filter(|_| p.state == State::Joined) {
                    Some(lead) => sql::some(tx, &[lead]).await?,
                    None => Vec::new(),
                };
                let names = identity::names(tx, &Vec::from_iter(p.handler)).await?;
                let joined = sql::of_lead(tx, id, State::Joined, crate::JOINED_MAX as i64).await?;
                let may = |held: &records::Held<Petition>| Petition::may_read(held, &house, &asker);
                let beside = Beside {
                    events: audit::events(tx, id).await?,
                    words: records::asides(tx, id).await?,
                    files: files::files_of(tx, id).await?,
                    people: match p.state {
                        State::Handling | State::Joined => crate::actions::workers(tx, &house, p, now).await?,
                        _ => Vec::new(),
                    },
                    heads: match p.state {
                        State::Drafted => crate::actions::endorsers(tx, &house, p, now).await?,
                        _ => Vec::new(),
                    },
                    handler: p.handler.and_then(|handler| names.get(&handler).cloned()).unwrap_or_default(),
                    lead: lead.into_iter().filter(|held| may(held)).map(|held| held.code).next(),
                    joined: joined.into_iter().filter(|held| may(held)).map(|held| held.code).collect(),
                    near: near(tx, p, id).await?,
                };
                Ok((seen, beside))
            })
        })
        .await
}

async fn page(
    ctx: &Ctx,
    code: &str,
    act: &str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, mut house) = (ctx.l, house(&ctx.app).await?);
    let (seen, mut beside) = read(ctx, &house, code).await?;
    house.looked.people = std::mem::take(&mut beside.people);
    house.looked.heads = Some(std::mem::take(&mut beside.heads));
    let p = seen.state();
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    let verbs = crate::verbs::offered(&seen, &house, &asker);
    let chosen = verbs.iter().find(|verb| verb.word == act).or(verbs.first()).copied();
    let due = crate::petition::dues(p).first().map(|due| due.at);
    let word = |name: &str| seen.words.get(name).cloned().unwrap_or_default();
    let channel = CHANNELS.iter().find(|channel| **channel == p.channel).copied().unwrap_or("portal");
    let mut facts = vec![
        (l.t("feedback-field-topic"), topic_name(&p.topic, ctx.lang)),
        (
            l.t("feedback-field-class"),
            if p.class.is_empty() { String::new() } else { l.t(format!("feedback-class-{}", p.class)) },
        ),
        (l.t("feedback-field-channel"), l.t(format!("feedback-channel-{channel}"))),
        (l.t("feedback-field-area"), unit_name(&house, p.area)),
        (l.t("feedback-field-place"), word("place")),
        (l.t("feedback-lies-with"), unit_name(&house, Some(p.unit))),
        (l.t("feedback-handler"), beside.handler.clone()),
        (l.t("feedback-field-name"), word("name")),
        (l.t("feedback-field-phone"), word("phone")),
        (l.t("feedback-field-email"), word("email")),
        (l.t("feedback-sent-at"), vn_date_time(p.sent_at)),
        (l.t("feedback-answer-due"), moment(p.answer_due_at)),
        (l.t("feedback-answered-at"), moment(p.answered_at)),
    ];
    if word("name").is_empty() {
        facts.push((l.t("feedback-field-name"), l.t("feedback-anonymous")));
    }
    facts.retain(|(_, value)| !value.is_empty());
    let may_join = verbs.iter().any(|verb| verb.word == "join");
    let wrong = !problems.is_empty();
    let body = Show {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("feedback-nav-petitions"), "/petitions"), Breadcrumb::new(code, "")],
        problems,
        code: code.to_owned(),
        state: state_word(l, p.state),
        colour: state_colour(p.state),
        late: due.is_some_and(|due| due < ctx.now),
        due: moment(due),
        concerned: unit_name(&house, p.concerned),
        track: if p.track.is_empty() { String::new() } else { l.t(format!("feedback-track-{}-word", p.track)) },
        facts,
        text: word("text"),
        rungs: rungs(l, &house, p),
        lead: beside.lead.clone().unwrap_or_default(),
        joined: beside.joined.clone(),
        near: beside
            .near
            .iter()
            .map(|(other, text)| Near {
                join: if may_join { format!("/petitions/{code}?act=join&lead={other}#act") } else { String::new() },
                text: clipped(text, NEAR_TEXT),
                code: other.clone(),
            })
            .collect(),
        links: records::links_part(ctx, seen.held().id).await?,
        has_letter: p.answered_at.is_some() && seen.words.contains_key("answer"),
        papers: beside
            .files
            .iter()
            .map(|file| Paper { href: format!("/petitions/{code}/files/{}", file.id), name: file.name.clone() })
            .collect(),
        acts: verbs
            .iter()
            .map(|verb| Link {
                word: verb.word,
                title: l.t(format!("feedback-act-{}", verb.word)),
                here: chosen.is_some_and(|chosen| chosen.word == verb.word),
            })
            .collect(),
        form: chosen.map(|verb| form(ctx, &house, verb, Some(p), &seen.words, typed)),
        timeline: timeline(l, &house, &beside),
    };
    Ok(if wrong { ctx.invalid_page(code, &body) } else { ctx.page(code, &body) })
}

/// Who has said yes to the draft, and who is waited for.
fn rungs(l: L, house: &House, p: &Petition) -> Vec<Rung> {
    let Some(approval) = p.approval.as_ref().filter(|_| p.state == State::Drafted) else { return Vec::new() };
    let waits = approval.waits();
    let shown = |rung: &records::Rung| Rung {
        what: l.t(format!("feedback-act-{}", rung.verb)),
        unit: unit_name(house, Some(rung.unit)),
        said: moment(rung.at),
        here: waits == Some(rung),
    };
    approval.rungs.iter().map(shown).collect()
}

/// What has happened, the first at the top. What a sender answered to a question of satisfaction is shown to nobody.
fn timeline(l: L, house: &House, beside: &Beside) -> Vec<Told> {
    let shown = beside.events.iter().filter(|event| event.kind != "rate");
    let told = shown.map(|event| Told {
        at: vn_date_time(event.at),
        what: l.t(format!("feedback-act-{}", event.kind)),
        unit: unit_name(house, event.agency),
        words: beside
            .words
            .iter()
            .filter(|(n, name, _)| *n == event.n && !HEAD.contains(&name.as_str()))
            .map(|(_, _, words)| words.clone())
            .collect(),
    });
    told.collect()
}

/// GET /petitions/{code}?act=
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let act = query_value(&ctx.uri, "act");
    // A similar one brings its code along.
    let lead = Some(query_value(&ctx.uri, "lead")).filter(|lead| act == "join" && !lead.is_empty());
    let typed = lead.map(|lead| ("lead".to_owned(), lead)).into_iter().collect();
    Ok(page(&ctx, &code, &act, &typed, Vec::new()).await?)
}

/// POST /petitions/{code}/{verb}
pub async fn act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, upload: PatientUpload) -> Answer {
    let (typed, problems) = received(&ctx, upload).await?;
    if !problems.is_empty() {
        return Ok(page(&ctx, &code, &verb, &typed.fields, problems).await?);
    }
    match write(&ctx, &code, &verb, typed.clone()).await {
        // Whoever passes it on may not be shown it any more.
        Ok(true) => Ok(ctx.flash(format!("/petitions/{code}"), "feedback-done")),
        Ok(false) => Ok(ctx.flash("/petitions", "feedback-done")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, &code, &verb, &typed.fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// Does it; whether the person may read it afterwards.
async fn write(ctx: &Ctx, code: &str, verb: &str, typed: records::Typed) -> Result<bool, Fault> {
    let (actor, house, now) = (ctx.actor()?.clone(), house(&ctx.app).await?, ctx.now);
    let (code, verb) = (code.to_owned(), verb.to_owned());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, now);
                let held = crate::actions::act(tx, &house, &asker, (&code, &verb), &typed).await?;
                Ok(<Petition as records::Machine>::may_read(&held, &house, &asker))
            })
        })
        .await
}

/// GET /petitions/{code}/files/{file}
pub async fn download(ctx: Ctx, Path((code, file)): Path<(String, String)>) -> Answer {
    let file: Id = file.parse().map_err(|_| Fault::NotFound("files-not-found"))?;
    let house = house(&ctx.app).await?;
    let (_, beside) = read(&ctx, &house, &code).await?;
    if !beside.files.iter().any(|known| known.id == file) {
        return Err(Fault::NotFound("files-not-found").into());
    }
    Ok(files::download(&ctx, file, |_| Ok(())).await?)
}
