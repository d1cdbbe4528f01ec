//! A subject's page, the same for every register: its head, what can be done now, what it says, its papers, what has happened.
//!
//! A register says what is its own ([`Pages`]) and routes to [`show`], [`act`], [`new`], [`create`] and [`download`]. Words are found by
//! name: `WORD-state-…`, `WORD-act-…` with a `-hint`, `WORD-field-…` with a `-hint`, `WORD-title`, `WORD-done`; [`words_of`] lists them
//! all for a test. A room whose page is another keeps its own and takes [`forms`](crate::forms) and [`act`](crate::act()) alone.

use crate::act::{Seen, open};
use crate::field::{Ask, Field, Typed};
use crate::form::{Shown, shown};
use crate::kind::Card;
use crate::subject::Held;
use crate::verb::{Asker, Machine, Verb, in_force};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Actor, Fault, Id, Instant, Problem, vn_date_time};
use i18n::L;
use std::collections::{BTreeMap, HashMap};
use web::table::query_value;
use web::{AgencyName, Answer, Breadcrumb, Choice, Ctx, PatientUpload};

/// What a register says for its pages, beside its machine.
pub trait Pages: Machine<House: Clone> {
    /// What its words begin with.
    const WORD: &'static str;
    /// The address of its list; a subject's page lies below it.
    const PATH: &'static str;
    /// Words beside the log that the page shows as they stand now, in this order; all others stand with their event.
    const PROSE: &'static [&'static str];

    /// Words beside the log that stand in the page's head: its title, and those that the facts say.
    const HEAD: &'static [&'static str] = &["title"];

    /// The badge's colour of a state.
    fn colour(state: Self::State) -> &'static str;
    /// Facts of a subject, each with its label; those without a value are left out.
    fn facts(ctx: &Ctx, house: &Self::House, seen: &Seen<Self>) -> Vec<(String, String)>;
    /// What can be chosen in a field that asks for a word, a unit or a person.
    fn choices(ctx: &Ctx, house: &Self::House, field: &Field) -> Vec<Choice>;
    /// The acts that are offered; fewer than [`crate::forms`] where a rule of the register's own leaves one no use.
    fn offered(seen: &Seen<Self>, house: &Self::House, asker: &Asker<'_>) -> Vec<&'static Verb<Self>> {
        crate::forms(seen, house, asker)
    }
    /// What stands in a field of an act before anybody has typed: mostly what is so now.
    fn likely(_: &Seen<Self>, _: &'static Verb<Self>, _: &Field) -> String {
        String::new()
    }
    /// What its page is headed by: its title, and what it is known as.
    fn head(_: &Ctx, _: &Self::House, seen: &Seen<Self>) -> (String, String) {
        let code = &seen.held().code;
        (seen.words.get("title").unwrap_or(code).clone(), code.clone())
    }
    /// Facts that lie elsewhere, read with the subject: names of people.
    fn facts_read<'t>(_: &'t Tx, _: &'t Ctx, _: &'t Seen<Self>) -> BoxFuture<'t, Result<Vec<(String, String)>, Fault>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// A part of its page that is the register's own, below its facts: the lines of a decision.
    fn body<'t>(_: &'t Ctx, _: &'t Self::House, _: &'t Seen<Self>) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(async { Ok(String::new()) })
    }
    /// Does one thing to the subject of that code; a register whose act reaches beyond its subject does both here, in one transaction.
    fn perform<'t>(
        tx: &'t Tx,
        house: &'t Self::House,
        asker: &'t Asker<'t>,
        of: (&'t str, &'t str),
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(crate::act::<Self>(tx, house, asker, of, typed))
    }
    /// The word of the verb that makes a new one; empty where a form of the register's own does.
    const BEGINS: &'static str = "";
    /// Makes a new one of what was typed.
    fn begin<'t>(
        _: &'t Tx,
        _: &'t Self::House,
        _: &'t Actor,
        _: Instant,
        _: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(async { Err(Fault::NotFound("records-no-act")) })
    }
}

/// What lists of many kinds show of some: title and state.
///
/// # Errors
/// The database's.
pub fn cards<'t, S: Pages>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let mut titles = crate::asides_of(tx, &ids, "title").await?;
        let card = |held: Held<S>| {
            let card = Card {
                title: titles.remove(&held.id).unwrap_or_default(),
                href: format!("{}/{}", S::PATH, held.code),
                state: ctx.l.t(format!("{}-state-{}", S::WORD, S::word(held.state.state()))),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(crate::some::<S>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// Every word that the pages of a register look up by name.
pub fn words_of<S: Pages>() -> Vec<String> {
    let mut words: Vec<String> = ["title", "done"].map(|name| format!("{}-{name}", S::WORD)).into();
    let states = S::VERBS.iter().flat_map(|verb| verb.from.iter().chain(verb.to));
    words.extend(states.map(|state| format!("{}-state-{}", S::WORD, S::word(*state))));
    words.extend(S::PROSE.iter().map(|name| format!("{}-field-{name}", S::WORD)));
    for verb in S::VERBS {
        words.extend([format!("{}-act-{}", S::WORD, verb.word), format!("{}-act-{}-hint", S::WORD, verb.word)]);
        for field in verb.asks {
            words.push(format!("{}-field-{}", S::WORD, field.name));
            if let Ask::OneOf(list) = field.ask {
                words.extend(list.iter().map(|word| format!("{}-{}-{word}", S::WORD, field.name)));
            }
        }
    }
    words.sort();
    words.dedup();
    words
}

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

struct Paper {
    href: String,
    name: String,
}

#[derive(Template)]
#[template(path = "subject.html")]
struct Show {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    path: &'static str,
    code: String,
    known_as: String,
    title: String,
    state: String,
    colour: &'static str,
    due: String,
    late: bool,
    facts: Vec<(String, String)>,
    prose: Vec<(String, String)>,
    papers: Vec<Paper>,
    /// What is the register's own.
    body: String,
    acts: Vec<Link>,
    form: Option<ActForm>,
    /// What it points to, and what points to it.
    links: String,
    timeline: Vec<Told>,
}

#[derive(Template)]
#[template(path = "subject_new.html")]
struct New {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    action: String,
    form: ActForm,
}

/// What the page shows besides the subject itself.
struct Beside {
    events: Vec<audit::Event>,
    words: Vec<(i64, String, String)>,
    files: Vec<files::File>,
    facts: Vec<(String, String)>,
}

async fn read<S: Pages>(ctx: &Ctx, house: &S::House, code: &str) -> Result<(Seen<S>, Beside), Fault> {
    let (actor, house, code, now) = (ctx.actor()?.clone(), house.clone(), code.to_owned(), ctx.now);
    let asking = ctx.clone();
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let seen = open::<S>(tx, &house, &Asker::actor(&actor, now), &code).await?;
                let id = seen.held().id;
                let beside = Beside {
                    events: audit::events(tx, id).await?,
                    words: crate::asides(tx, id).await?,
                    files: files::files_of(tx, id).await?,
                    facts: S::facts_read(tx, &asking, &seen).await?,
                };
                Ok((seen, beside))
            })
        })
        .await
}

fn unit_name(ctx: &Ctx, unit: Option<Id>) -> String {
    let names = ctx.app.get::<AgencyName>();
    unit.zip(names).and_then(|(unit, names)| (names.0)(unit)).unwrap_or_default()
}

async fn page<S: Pages>(
    ctx: &Ctx,
    code: &str,
    act: &str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house) = (ctx.l, S::house(ctx).await?);
    let (seen, beside) = read::<S>(ctx, &house, code).await?;
    let state = seen.state();
    let verbs = S::offered(&seen, &house, &Asker::actor(ctx.actor()?, ctx.now));
    let chosen = verbs.iter().find(|verb| verb.word == act).or(verbs.first()).copied();
    let due = state.dues().iter().map(|due| due.at).min();
    let told = |name: &&str| Some((l.t(format!("{}-field-{name}", S::WORD)), seen.words.get(*name)?.clone()));
    let mut facts = S::facts(ctx, &house, &seen);
    facts.extend(beside.facts.iter().cloned());
    facts.retain(|(_, value)| !value.is_empty());
    let wrong = !problems.is_empty();
    let (title, known_as) = S::head(ctx, &house, &seen);
    let body = Show {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t(format!("{}-title", S::WORD)), S::PATH), Breadcrumb::new(known_as.clone(), "")],
        problems,
        path: S::PATH,
        code: code.to_owned(),
        known_as,
        title: title.clone(),
        state: l.t(format!("{}-state-{}", S::WORD, S::word(state.state()))),
        colour: S::colour(state.state()),
        late: due.is_some_and(|due| due < ctx.now),
        due: due.map(vn_date_time).unwrap_or_default(),
        facts,
        prose: S::PROSE.iter().filter_map(told).collect(),
        papers: beside
            .files
            .iter()
            .map(|file| Paper { href: format!("{}/{code}/files/{}", S::PATH, file.id), name: file.name.clone() })
            .collect(),
        acts: verbs
            .iter()
            .map(|verb| Link {
                word: verb.word,
                title: l.t(format!("{}-act-{}", S::WORD, verb.word)),
                here: chosen.is_some_and(|chosen| chosen.word == verb.word),
            })
            .collect(),
        body: S::body(ctx, &house, &seen).await?,
        form: chosen.map(|verb| form::<S>(ctx, &house, verb, Some(&seen), typed)),
        links: crate::links_part(ctx, seen.held().id).await?,
        timeline: timeline::<S>(ctx, &beside),
    };
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// What has happened, the first at the top.
fn timeline<S: Pages>(ctx: &Ctx, beside: &Beside) -> Vec<Told> {
    let aside = |n: i64| {
        let of = beside.words.iter().filter(move |(at, name, _)| {
            *at == n && !S::HEAD.contains(&name.as_str()) && !S::PROSE.contains(&name.as_str())
        });
        of.map(|(_, _, words)| words.clone()).collect()
    };
    let told = |event: &audit::Event| Told {
        at: vn_date_time(event.at),
        what: ctx.l.t(format!("{}-act-{}", S::WORD, event.kind)),
        unit: unit_name(ctx, event.agency),
        words: aside(event.n),
    };
    beside.events.iter().map(told).collect()
}

/// GET PATH/{code}?act=
pub async fn show<S: Pages>(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let act = query_value(&ctx.uri, "act");
    Ok(page::<S>(&ctx, &code, &act, &BTreeMap::new(), Vec::new()).await?)
}

/// POST PATH/{code}/{verb}
pub async fn act<S: Pages>(ctx: Ctx, Path((code, verb)): Path<(String, String)>, upload: PatientUpload) -> Answer {
    let (typed, problems) = received::<S>(&ctx, &verb, upload).await?;
    if !problems.is_empty() {
        return Ok(page::<S>(&ctx, &code, &verb, &typed.fields, problems).await?);
    }
    let (actor, house, now) = (ctx.actor()?.clone(), S::house(&ctx).await?, ctx.now);
    let (sent, of, word) = (typed.clone(), code.clone(), verb.clone());
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let asker = Asker::actor(&actor, now);
            let held = S::perform(tx, &house, &asker, (&of, &word), &sent).await?;
            Ok::<_, Fault>(S::may_read(&held, &house, &asker) || S::is_own(&held, &asker))
        })
    });
    let done_word = word_done::<S>();
    match done.await {
        Ok(true) => Ok(ctx.flash(format!("{}/{code}", S::PATH), &done_word)),
        // Whoever passes it on may not be shown it any more.
        Ok(false) => Ok(ctx.flash(S::PATH, &done_word)),
        Err(Fault::Invalid(problems)) => Ok(page::<S>(&ctx, &code, &verb, &typed.fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// The form of an act.
struct ActForm {
    word: &'static str,
    title: String,
    hint: String,
    fields: Vec<Shown>,
}

/// An act's form, filled with what was typed before, or with what is likely.
fn form<S: Pages>(
    ctx: &Ctx,
    house: &S::House,
    verb: &'static Verb<S>,
    seen: Option<&Seen<S>>,
    typed: &BTreeMap<String, String>,
) -> ActForm {
    let likely = |field: &Field| seen.map(|seen| S::likely(seen, verb, field)).unwrap_or_default();
    // What was typed stands whole: of boxes, none ticked is an answer too.
    let value = |field: &Field| match typed.get(field.name) {
        Some(text) => text.clone(),
        None if typed.is_empty() => likely(field),
        None => String::new(),
    };
    ActForm {
        word: verb.word,
        title: ctx.l.t(format!("{}-act-{}", S::WORD, verb.word)),
        hint: ctx.l.t(format!("{}-act-{}-hint", S::WORD, verb.word)).trim().to_owned(),
        fields: shown(ctx.l, S::WORD, verb.asks, value, |field| S::choices(ctx, house, field)),
    }
}

/// Fields and files of a form; the files are judged and lie safely on disk.
async fn received<S: Machine>(ctx: &Ctx, verb: &str, upload: PatientUpload) -> Result<(Typed, Vec<Problem>), Fault> {
    let PatientUpload { upload, refused: mut problems } = upload;
    let row = in_force::<S>(verb, ctx.now.date());
    // By what the act asks for: of several boxes each that was ticked.
    let mut typed = row.map_or_else(Typed::default, |row| Typed::of_form(row.asks, &upload.fields));
    let field = row.and_then(|row| row.asks.iter().find(|field| matches!(field.ask, Ask::Files(_))));
    if let Some(field) = field.filter(|_| problems.is_empty()) {
        let (staged, more) = files::Store::of(&ctx.app).take_all(upload.files_of(field.name)).await?;
        typed.files = staged;
        problems = more;
    }
    Ok((typed, problems))
}

/// The row that makes a new one today.
fn beginning<S: Pages>(ctx: &Ctx) -> Result<&'static Verb<S>, Fault> {
    in_force::<S>(S::BEGINS, ctx.now.date()).ok_or(Fault::NotFound("records-no-act"))
}

async fn new_page<S: Pages>(
    ctx: &Ctx,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house, verb) = (ctx.l, S::house(ctx).await?, beginning::<S>(ctx)?);
    let wrong = !problems.is_empty();
    let form = form::<S>(ctx, &house, verb, None, typed);
    let title = form.title.clone();
    let body = New {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t(format!("{}-title", S::WORD)), S::PATH), Breadcrumb::new(title.clone(), "")],
        problems,
        action: format!("{}/new", S::PATH),
        form,
    };
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET PATH/new
pub async fn new<S: Pages>(ctx: Ctx) -> Answer {
    Ok(new_page::<S>(&ctx, &BTreeMap::new(), Vec::new()).await?)
}

/// POST PATH/new
pub async fn create<S: Pages>(ctx: Ctx, upload: PatientUpload) -> Answer {
    let (typed, problems) = received::<S>(&ctx, S::BEGINS, upload).await?;
    if !problems.is_empty() {
        return Ok(new_page::<S>(&ctx, &typed.fields, problems).await?);
    }
    let (actor, house, now, sent) = (ctx.actor()?.clone(), S::house(&ctx).await?, ctx.now, typed.clone());
    let made = ctx.db().write(move |tx| Box::pin(async move { S::begin(tx, &house, &actor, now, &sent).await }));
    match made.await {
        Ok(held) => Ok(ctx.flash(format!("{}/{}", S::PATH, held.code), &word_done::<S>())),
        Err(Fault::Invalid(problems)) => Ok(new_page::<S>(&ctx, &typed.fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// GET PATH/{code}/files/{file}
pub async fn download<S: Pages>(ctx: Ctx, Path((code, file)): Path<(String, String)>) -> Answer {
    let file: Id = file.parse().map_err(|_| Fault::NotFound("files-not-found"))?;
    let (_, beside) = read::<S>(&ctx, &S::house(&ctx).await?, &code).await?;
    if !beside.files.iter().any(|known| known.id == file) {
        return Err(Fault::NotFound("files-not-found").into());
    }
    Ok(files::download(&ctx, file, |_| Ok(())).await?)
}

fn word_done<S: Pages>() -> String {
    format!("{}-done", S::WORD)
}
