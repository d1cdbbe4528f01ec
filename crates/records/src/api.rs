//! A register for programs, the same for every register: its list by state, one of its subjects, what can be done with it. What an act
//! asks for is said by its row in the table of verbs, so body, refusals and description ([`described`]) follow from there.

use crate::act::{Seen, open};
use crate::field::{Ask, Field, Typed};
use crate::frame::Pages;
use crate::subject::Held;
use crate::verb::{Asker, in_force};
use ::store::{BoxFuture, Tx};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use base::{Actor, Fault, Id, Instant, Problem};
use lists::{Batch, Key, Source};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use web::params::{ID_PATTERN, Kind, PER_PAGE, Param};
use web::table::{Paging, query_value};
use web::{Access, Answer, Ctx, Routes, Sent, Upload};

/// What a register says for its lists and for programs, beside its pages.
pub trait Api: Pages {
    /// Addresses of the list, of one, and of an act on one.
    const API: [&'static str; 3];
    /// The states its lists are read by; the first one where none is asked for.
    const STATES: &'static [Self::State];

    /// What one is called in lists and in the answer to a change, given its title beside the log; a register with names of its own says
    /// them.
    fn title(_: &Ctx, _: &Self::House, _: &Held<Self>, written: String) -> String {
        written
    }

    /// The next in a state after an id, the latest first, in the reader's units: ranges of an index.
    fn page<'t>(
        tx: &'t Tx,
        house: &'t Self::House,
        actor: &'t Actor,
        state: Self::State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>>;
}

/// A row of a register's list.
pub struct Row<S> {
    pub held: Held<S>,
    pub title: String,
    /// In the reader's language.
    pub state: String,
}

/// A register's list in one state, of what the reader may open.
pub struct Listed<S: Api> {
    ctx: Ctx,
    house: S::House,
    state: S::State,
}

impl<S: Api> Listed<S> {
    /// The list of the n-th of its states.
    ///
    /// # Errors
    /// `NotFound` for a state it has not; the database's.
    pub async fn of(ctx: &Ctx, state: usize) -> Result<Listed<S>, Fault> {
        let state = *S::STATES.get(state).ok_or(Fault::NotFound("records-not-found"))?;
        Ok(Listed { ctx: ctx.clone(), house: S::house(ctx).await?, state })
    }
}

impl<S: Api> Source for Listed<S> {
    type Row = Row<S>;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row<S>>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let actor = self.ctx.actor()?;
            let found = S::page(tx, &self.house, actor, self.state, after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut titles = crate::asides_of(tx, &ids, "title").await?;
            let asker = Asker::actor(actor, self.ctx.now);
            Ok(batch.map(|held| {
                S::may_read(&held, &self.house, &asker).then(|| Row {
                    title: S::title(&self.ctx, &self.house, &held, titles.remove(&held.id).unwrap_or_default()),
                    state: state_words::<S>(&self.ctx, &held),
                    held,
                })
            }))
        })
    }
}

fn state_words<S: Pages>(ctx: &Ctx, held: &Held<S>) -> String {
    ctx.l.t(format!("{}-state-{}", S::WORD, S::word(held.state.state())))
}

fn time(at: Instant) -> String {
    format!("{}+07:00", at.local().strftime("%Y-%m-%dT%H:%M:%S"))
}

/// What is known of a subject at once.
#[derive(Serialize)]
struct View {
    code: String,
    state: &'static str,
    state_words: String,
    title: String,
    href: String,
    /// RFC 3339, Vietnam time.
    due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<More>,
}

/// What is read of one alone.
#[derive(Serialize)]
struct More {
    facts: Vec<Fact>,
    words: BTreeMap<String, String>,
    acts: Vec<&'static str>,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    value: String,
}

fn brief<S: Pages>(ctx: &Ctx, held: &Held<S>, title: String) -> View {
    View {
        code: held.code.clone(),
        state: S::word(held.state.state()),
        state_words: state_words(ctx, held),
        title,
        href: format!("{}/{}", S::PATH, held.code),
        due_at: held.state.dues().iter().map(|due| due.at).min().map(time),
        more: None,
    }
}

fn whole<S: Pages>(ctx: &Ctx, house: &S::House, seen: &Seen<S>, read: Vec<(String, String)>) -> Result<View, Fault> {
    let asker = Asker::actor(ctx.actor()?, ctx.now);
    let facts = S::facts(ctx, house, seen).into_iter().chain(read).filter(|(_, value)| !value.is_empty());
    let more = More {
        facts: facts.map(|(name, value)| Fact { name, value }).collect(),
        words: seen.words.clone(),
        acts: S::offered(seen, house, &asker).iter().map(|verb| verb.word).collect(),
    };
    let (title, _) = S::head(ctx, house, seen);
    Ok(View { more: Some(more), ..brief(ctx, seen.held(), title) })
}

fn answer(status: StatusCode, body: &impl Serialize) -> Result<Response, Fault> {
    Ok((status, axum::Json(serde_json::to_value(body).map_err(Fault::internal)?)).into_response())
}

/// What the list takes.
pub const LIST: &[&Param] = &[
    &Param {
        name: "state",
        kind: Kind::Text,
        about: "The word of a state (docs/states); the first where none is asked for.",
    },
    &Param {
        name: "after",
        kind: Kind::Like { pattern: ID_PATTERN, takes: web::params::is_id },
        about: "`next` of the page before.",
    },
    &PER_PAGE,
];

/// The operations of a register among a room's routes: `reads` for its list, one of it and acts, each of which asks for its own
/// permission at its unit; `begins` for making a new one, where the register does.
pub fn routes<S: Api>(routes: Routes, reads: Access, begins: Access) -> Routes {
    let [all, one, act] = S::API;
    let routes = routes.asking(all, reads, LIST, list::<S>).get(one, reads, show::<S>).post(act, reads, acts::<S>);
    if S::BEGINS.is_empty() { routes } else { routes.post(all, begins, create::<S>) }
}

/// GET list
async fn list<S: Api>(ctx: Ctx) -> Answer {
    let asked = query_value(&ctx.uri, "state");
    let place = S::STATES.iter().position(|state| S::word(*state) == asked);
    let place = place.or(asked.is_empty().then_some(0));
    let place = place.ok_or_else(|| Fault::invalid(Problem::new("records-field-choice").field("state")))?;
    let listed = Listed::<S>::of(&ctx, place).await?;
    let after = query_value(&ctx.uri, "after").parse::<Id>().ok().map(Key::id);
    let limit = usize::try_from(Paging::from_uri(&ctx.uri).limit()).unwrap_or_default();
    let read = ctx.db().read(move |tx| Box::pin(async move { listed.rows(tx, after.as_ref(), limit).await }));
    let batch = read.await?;
    let items: Vec<View> = batch.rows.into_iter().map(|row| brief(&ctx, &row.held, row.title)).collect();
    let next = batch.next.map(|key| key.number(0).to_string());
    Ok(answer(StatusCode::OK, &json!({ "next": next, "items": items }))?)
}

/// GET one
async fn show<S: Api>(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(answer(StatusCode::OK, &shown::<S>(&ctx, code).await?)?)
}

async fn shown<S: Api>(ctx: &Ctx, code: String) -> Result<View, Fault> {
    let (actor, house, now, asking) = (ctx.actor()?.clone(), S::house(ctx).await?, ctx.now, ctx.clone());
    let known = house.clone();
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = open::<S>(tx, &known, &Asker::actor(&actor, now), &code).await?;
            let facts = S::facts_read(tx, &asking, &seen).await?;
            Ok::<_, Fault>((seen, facts))
        })
    });
    let (seen, facts) = read.await?;
    whole(ctx, &house, &seen, facts)
}

/// What was sent for some fields: none that is not asked for, the files judged and safely on disk. The description cannot say which
/// fields go with which act of one address: what another act asks for has a right shape, and is refused by a rule of its own.
async fn sent<S: Api>(
    ctx: &Ctx,
    asks: &[Field],
    fields: BTreeMap<String, String>,
    upload: &Upload,
) -> Result<Typed, Fault> {
    let part = asks.iter().find(|field| matches!(field.ask, Ask::Files(_))).map(|field| field.name);
    let texts = fields.keys().filter(|name| !asks.iter().any(|field| Some(field.name) != part && field.is_named(name)));
    let parts = upload.files.iter().map(|file| &file.field).filter(|name| Some(name.as_str()) != part);
    let elsewhere = |name: &String| S::VERBS.iter().flat_map(|verb| verb.asks).any(|field| field.is_named(name));
    let unknown = |name: &String| {
        let code = if elsewhere(name) { "records-field-of-another-act" } else { "web-field-unknown" };
        Problem::new(code).arg("field", name).field(name)
    };
    let mut problems: Vec<Problem> = texts.chain(parts).map(unknown).collect();
    let mut files = Vec::new();
    if let (Some(part), true) = (part, problems.is_empty()) {
        (files, problems) = files::Store::of(&ctx.app).take_all(upload.files_of(part)).await?;
    }
    if problems.is_empty() { Ok(Typed { fields, files }) } else { Err(Fault::Invalid(problems)) }
}

/// POST list
async fn create<S: Api>(ctx: Ctx, Sent { body, upload }: Sent<BTreeMap<String, String>>) -> Answer {
    let verb = in_force::<S>(S::BEGINS, ctx.now.date()).ok_or(Fault::NotFound("records-no-act"))?;
    let typed = sent::<S>(&ctx, verb.asks, body, &upload).await?;
    let (actor, house, now) = (ctx.actor()?.clone(), S::house(&ctx).await?, ctx.now);
    let known = house.clone();
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { written(tx, S::begin(tx, &known, &actor, now, &typed).await?).await }));
    let (held, title) = made.await?;
    let title = S::title(&ctx, &house, &held, title);
    let place = [(LOCATION, S::API[1].replace("{code}", &held.code))];
    Ok((place, answer(StatusCode::CREATED, &brief(&ctx, &held, title))?).into_response())
}

/// POST act
async fn acts<S: Api>(
    ctx: Ctx,
    Path((code, word)): Path<(String, String)>,
    Sent { body, upload }: Sent<BTreeMap<String, String>>,
) -> Answer {
    let asks = in_force::<S>(&word, ctx.now.date()).map(|verb| verb.asks).unwrap_or_default();
    let (actor, house, now) = (ctx.actor()?.clone(), S::house(&ctx).await?, ctx.now);
    // Whether it is there for the asker comes before what they sent.
    let (asker, known, of, naming) = (actor.clone(), house.clone(), code.clone(), house.clone());
    let there = ctx.db().read(move |tx| {
        Box::pin(async move { open::<S>(tx, &known, &Asker::actor(&asker, now), &of).await.map(|_| ()) })
    });
    there.await?;
    let typed = sent::<S>(&ctx, asks, body, &upload).await?;
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let asker = Asker::actor(&actor, now);
            written(tx, S::perform(tx, &house, &asker, (&code, &word), &typed).await?).await
        })
    });
    let (held, title) = done.await?;
    let title = S::title(&ctx, &naming, &held, title);
    Ok(answer(StatusCode::OK, &brief(&ctx, &held, title))?)
}

/// What was made or changed, with its title beside the log.
async fn written<S: Api>(tx: &Tx, held: Held<S>) -> Result<(Held<S>, String), Fault> {
    let title = crate::asides_of(tx, &[held.id], "title").await?.remove(&held.id);
    Ok((held, title.unwrap_or_default()))
}

/// The description of a field; none for what is no text of the body.
fn schema_of(field: &Field) -> Option<Value> {
    let mut schema = match field.ask {
        Ask::Files(_) | Ask::Texts => return None,
        Ask::OneOf(words) => json!({ "type": "string", "enum": words }),
        Ask::Unit | Ask::Person => json!({ "type": "string", "pattern": ID_PATTERN }),
        Ask::Day => json!({ "type": "string", "format": "date" }),
        Ask::Check => json!({ "type": "string", "enum": ["1"] }),
        Ask::Number(..) => json!({ "type": "string", "pattern": "^-?[0-9]{1,18}$" }),
        Ask::Line | Ask::Lines | Ask::Word | Ask::Words => json!({ "type": "string", "maxLength": field.max }),
    };
    if field.required && schema["maxLength"].is_number() {
        schema["minLength"] = 1.into();
    }
    if !field.about.is_empty() {
        schema["description"] = field.about.into();
    }
    Some(schema)
}

fn body_of(title: &str, asks: &[Field]) -> Value {
    let properties: Map<String, Value> =
        asks.iter().filter_map(|field| Some((field.name.to_owned(), schema_of(field)?))).collect();
    let required: Vec<&str> =
        asks.iter().filter(|field| field.required && properties.contains_key(field.name)).map(|f| f.name).collect();
    json!({ "title": title, "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// `declared-figure` as `DeclaredFigure`.
fn type_name(kind: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    kind.split('-').map(word).collect()
}

/// The operations of a register for the API's description: `paths` and `schemas`.
pub fn described<S: Api>() -> Value {
    let [all, one, act] = S::API;
    let name = type_name(S::KIND);
    let parameter =
        |name: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let code = || parameter("code", json!({ "type": "string" }));
    let refer = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let answers = |status: &str, name: &str| json!({ status: { "description": "done", "content": { "application/json": { "schema": refer(name) } } } });
    let sends = |name: &str| json!({ "required": true, "content": { "application/json": { "schema": refer(name) } } });
    let verbs: Vec<_> = S::VERBS.iter().filter(|verb| !verb.from.is_empty() && !verb.who.is_empty()).collect();
    let words: Vec<&str> = verbs.iter().map(|verb| verb.word).collect();
    let bodies: Vec<Value> = verbs.iter().map(|verb| body_of(verb.word, verb.asks)).collect();
    let (act_body, new_body) = (format!("{name}ActBody"), format!("{name}NewBody"));
    let operation = |id: &str| format!("{}_{id}", S::KIND.replace('-', "_"));
    let states: Vec<&str> = S::STATES.iter().map(|state| S::word(*state)).collect();
    let mut state = LIST.iter().find(|param| param.name == "state").map(|param| param.described()).unwrap_or_default();
    state["schema"] = json!({ "type": "string", "enum": states });
    let answered = answers("200", "SubjectsPage");
    let mut of_all =
        json!({ "get": { "operationId": operation("list"), "parameters": [state], "responses": answered } });
    let mut schemas = json!({ act_body.as_str(): { "anyOf": bodies } });
    if let Some(begins) = S::VERBS.iter().rfind(|verb| verb.word == S::BEGINS) {
        let mut made = answers("201", "SubjectView");
        let place = json!({ "description": "Where it is read from now on.", "schema": { "type": "string" } });
        made["201"]["headers"] = json!({ "Location": place });
        of_all["post"] = json!({ "operationId": operation("new"), "requestBody": sends(&new_body), "responses": made });
        schemas[new_body.as_str()] = body_of(begins.word, begins.asks);
    }
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let fact =
        json!({ "type": "object", "properties": { "name": { "type": "string" }, "value": { "type": "string" } } });
    schemas["SubjectView"] = json!({
        "type": "object",
        "description": "A subject of a register.",
        "required": ["code", "state", "state_words", "title", "href"],
        "properties": {
            "code": { "type": "string" },
            "state": { "type": "string", "description": "A word of docs/states." },
            "state_words": { "type": "string", "description": "In the reader's language." },
            "title": { "type": "string", "description": "In the reader's language where it is the program's own." },
            "href": { "type": "string", "description": "Its page." },
            "due_at": { "type": ["string", "null"], "description": "RFC 3339, Vietnam time; what is due first." },
            "more": {
                "type": "object",
                "description": "Of one that is asked for by its code: what its page says, what was written, what the asker may do now.",
                "properties": {
                    "facts": { "type": "array", "items": fact },
                    "words": texts,
                    "acts": { "type": "array", "items": { "type": "string" } },
                },
            },
        },
    });
    schemas["SubjectsPage"] = json!({
        "type": "object",
        "required": ["items"],
        "properties": {
            "next": { "type": ["string", "null"], "description": "What the next page is asked with as `after`." },
            "items": { "type": "array", "items": refer("SubjectView") },
        },
    });
    let does = parameter("verb", json!({ "type": "string", "enum": words }));
    json!({
        "paths": {
            all: of_all,
            one: { "get": { "operationId": operation("one"), "parameters": [code()], "responses": answers("200", "SubjectView") } },
            act: { "post": {
                "operationId": operation("act"),
                "parameters": [code(), does],
                "requestBody": sends(&act_body),
                "responses": answers("200", "SubjectView"),
            } },
        },
        "schemas": schemas,
    })
}
