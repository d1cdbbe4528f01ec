//! JSON of petitions; dialogues have their own beside them. The same actions as the pages.

use crate::actions;
use crate::pages::{house, state_word};
use crate::petition::Petition;
use crate::store as sql;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use base::{Fault, Id, Instant, Problem};
use files::Staged;
use records::{Asker, Held, Typed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::params::{Kind, PER_PAGE, Param};
use web::table::Paging;
use web::{Answer, Ctx, Sent, Upload};

pub(crate) fn time(at: Option<Instant>) -> Option<String> {
    at.map(|at| format!("{}+07:00", at.local().strftime("%Y-%m-%dT%H:%M:%S")))
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    (status, axum::Json(serde_json::to_value(body).unwrap_or_default())).into_response()
}

/// How a place in a list is written.
pub(crate) const PLACE: &str = r"^([1-9][0-9]{0,17}|[1-8][0-9]{18})-([1-9][0-9]{0,17}|[1-8][0-9]{18})$";

/// A place in the list: milliseconds and an id.
pub(crate) fn is_place(text: &str) -> bool {
    crate::pages::place(text).is_some()
}

/// What the public's list takes.
pub const LIST: &[&Param] = &[
    &Param { name: "topic", kind: Kind::Text, about: "A subject, `roads`." },
    &Param { name: "area", kind: Kind::Id, about: "A commune." },
    &PER_PAGE,
    &Param {
        name: "after",
        kind: Kind::Like { pattern: PLACE, takes: is_place },
        about: "`next` of the page before: the page begins behind it.",
    },
];

/// A published petition: nothing that names a person.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublishedView {
    code: String,
    /// A word of the list of subjects.
    topic: String,
    #[schema(value_type = Option<String>)]
    area: Option<Id>,
    title: String,
    question: String,
    answer: String,
    /// The agency whose head answered.
    #[schema(value_type = Option<String>)]
    answered_by: Option<Id>,
    /// RFC 3339, Vietnam time.
    answered_at: Option<String>,
    published_at: Option<String>,
}

/// A page of what is published.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublishedPage {
    /// What the next page is asked with as `after`.
    next: Option<String>,
    items: Vec<PublishedView>,
}

/// `GET /api/v1/feedback?topic=&area=&per_page=&after=`
#[utoipa::path(get, path = "/api/v1/feedback", responses((status = 200, body = PublishedPage)))]
pub async fn published(ctx: Ctx) -> Answer {
    let narrow = crate::pages::narrow_of(&ctx.uri);
    let limit = Paging::from_uri(&ctx.uri).limit();
    let page = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let found = sql::published(tx, &narrow, limit).await?;
                let ids: Vec<Id> = found.iter().map(|held| held.id).collect();
                let mut titles = records::asides_of(tx, &ids, "public-title").await?;
                let mut questions = records::asides_of(tx, &ids, "public-question").await?;
                let mut answers = records::asides_of(tx, &ids, "public-answer").await?;
                let full = found.len() as i64 == limit;
                let next = found.last().filter(|_| full).map(crate::pages::place_of);
                let items = found.into_iter().map(|held| PublishedView {
                    title: titles.remove(&held.id).unwrap_or_default(),
                    question: questions.remove(&held.id).unwrap_or_default(),
                    answer: answers.remove(&held.id).unwrap_or_default(),
                    code: held.code,
                    topic: held.state.topic,
                    area: held.state.area,
                    answered_by: held.state.approver,
                    answered_at: time(held.state.answered_at),
                    published_at: time(held.state.published_at),
                });
                Ok::<_, Fault>(PublishedPage { next, items: items.collect() })
            })
        })
        .await?;
    Ok(json(StatusCode::OK, &page))
}

/// What a code alone tells.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PetitionStatus {
    code: String,
    /// `new`, `handling`, `asked`, `joined`, `drafted`, `answered`, `published`, `kept`, `refused`, `handed-over` or `withdrawn`.
    state: &'static str,
    /// In the reader's language.
    words: String,
}

/// `GET /api/v1/feedback/{code}/status`
#[utoipa::path(get, path = "/api/v1/feedback/{code}/status", params(("code" = String, Path)), responses((status = 200, body = PetitionStatus)))]
pub async fn status(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let wanted = code.clone();
    let held = ctx.db().read(move |tx| Box::pin(async move { sql::by_code(tx, &wanted).await })).await?;
    let held = held.ok_or(Fault::NotFound("records-not-found"))?;
    let state = held.state.state;
    Ok(json(
        StatusCode::OK,
        &PetitionStatus { code: held.code, state: state.as_str(), words: state_word(ctx.l, state) },
    ))
}

/// A petition as officials read it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PetitionView {
    code: String,
    state: &'static str,
    channel: String,
    class: String,
    topic: String,
    #[schema(value_type = Option<String>)]
    area: Option<Id>,
    /// The unit it complains of.
    #[schema(value_type = Option<String>)]
    concerned: Option<Id>,
    #[schema(value_type = String)]
    unit: Id,
    #[schema(value_type = Option<String>)]
    handler: Option<Id>,
    /// Where a complaint or denunciation was handed to.
    track: String,
    /// RFC 3339, Vietnam time; absent while not reached.
    sent_at: Option<String>,
    answer_due_at: Option<String>,
    answered_at: Option<String>,
    published_at: Option<String>,
    reopened: i64,
    /// What was written, by name; the latest of each.
    words: BTreeMap<String, String>,
    /// What the asker may do now.
    acts: Vec<&'static str>,
}

fn view(held: &Held<Petition>, words: BTreeMap<String, String>, acts: Vec<&'static str>) -> PetitionView {
    let p = &held.state;
    PetitionView {
        code: held.code.clone(),
        state: p.state.as_str(),
        channel: p.channel.clone(),
        class: p.class.clone(),
        topic: p.topic.clone(),
        area: p.area,
        concerned: p.concerned,
        unit: p.unit,
        handler: p.handler,
        track: p.track.clone(),
        sent_at: time(Some(p.sent_at)),
        answer_due_at: time(p.answer_due_at),
        answered_at: time(p.answered_at),
        published_at: time(p.published_at),
        reopened: p.reopened,
        words,
        acts,
    }
}

/// `GET /api/v1/petitions/{code}`
#[utoipa::path(get, path = "/api/v1/petitions/{code}", params(("code" = String, Path)), responses((status = 200, body = PetitionView)))]
pub async fn get(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (actor, house, now) = (ctx.actor()?.clone(), house(&ctx.app).await?, ctx.now);
    let view = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, now);
                let seen = actions::opened(tx, &house, &asker, &code).await?;
                let mut house = house;
                house.looked.heads = Some(actions::endorsers(tx, &house, seen.state(), now).await?);
                let acts = crate::verbs::offered(&seen, &house, &asker).iter().map(|verb| verb.word).collect();
                Ok::<_, Fault>(view(seen.held(), seen.words.clone(), acts))
            })
        })
        .await?;
    Ok(json(StatusCode::OK, &view))
}

/// The files beside a body, all of them parts named `pictures`: judged, and safely on disk.
async fn pictures(ctx: &Ctx, upload: &Upload) -> Result<Vec<Staged>, Fault> {
    const PART: &str = "pictures";
    if let Some(other) = upload.files.iter().find(|file| file.field != PART) {
        let problem = Problem::new("web-field-unknown").arg("field", &other.field).field(&other.field);
        return Err(Fault::invalid(problem));
    }
    let (staged, problems) = files::Store::of(&ctx.app).take_all(upload.files_of(PART)).await?;
    if problems.is_empty() { Ok(staged) } else { Err(Fault::Invalid(problems)) }
}

/// A petition that an official took in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PetitionBody {
    /// `counter`, `post`, `phone` or `press`.
    channel: String,
    text: String,
    topic: String,
    area: Option<String>,
    place: Option<String>,
    /// The unit it complains of. One about people's conduct complains of the commune it is about where none is named.
    concerned: Option<String>,
    /// The code of the dossier it is about.
    dossier: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

/// What it was given. The key is for whoever sent it, and shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    code: String,
    key: String,
    /// RFC 3339, Vietnam time.
    sort_due_at: Option<String>,
    /// The unit it complains of, and past which it goes to the agency above.
    #[schema(value_type = Option<String>)]
    concerned: Option<Id>,
}

/// `POST /api/v1/petitions`
#[utoipa::path(post, path = "/api/v1/petitions", request_body = PetitionBody, responses((status = 201, body = ReceiptView, headers(("Location" = String, description = "Where officials read it from now on.")))))]
pub async fn take(ctx: Ctx, Sent { body, upload }: Sent<PetitionBody>) -> Answer {
    let mut fields = BTreeMap::from([("channel".to_owned(), body.channel), ("text".to_owned(), body.text)]);
    fields.insert("topic".to_owned(), body.topic);
    let optional = [
        ("area", body.area),
        ("place", body.place),
        ("concerned", body.concerned),
        ("dossier", body.dossier),
        ("name", body.name),
        ("phone", body.phone),
        ("email", body.email),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
    let typed = Typed { fields, files: pictures(&ctx, &upload).await? };
    let (actor, house, now) = (ctx.actor()?.clone(), house(&ctx.app).await?, ctx.now);
    let receipt =
        ctx.db().write(move |tx| Box::pin(async move { actions::take(tx, &house, &actor, now, &typed).await })).await?;
    let sort_due_at = time(Some(receipt.held.state.sort_due_at));
    let concerned = receipt.held.state.concerned;
    let place = [(LOCATION, format!("/api/v1/petitions/{}", receipt.held.code))];
    let view = ReceiptView { code: receipt.held.code, key: receipt.key, sort_due_at, concerned };
    Ok((place, json(StatusCode::CREATED, &view)).into_response())
}

/// What an act asks for: the fields of its row in the state machine (docs/states/petition.md).
#[derive(Deserialize, utoipa::ToSchema)]
pub struct ActFieldsBody(BTreeMap<String, String>);

/// `POST /api/v1/petitions/{code}/{verb}`
#[utoipa::path(post, path = "/api/v1/petitions/{code}/{verb}", params(("code" = String, Path), ("verb" = String, Path)), request_body = ActFieldsBody, responses((status = 200, body = PetitionView)))]
pub async fn act(
    ctx: Ctx,
    Path((code, verb)): Path<(String, String)>,
    Sent { body, upload }: Sent<ActFieldsBody>,
) -> Answer {
    let (actor, house, now) = (ctx.actor()?.clone(), house(&ctx.app).await?, ctx.now);
    let typed = Typed { fields: body.0, files: pictures(&ctx, &upload).await? };
    let view = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, now);
                let held = actions::act(tx, &house, &asker, (&code, &verb), &typed).await?;
                Ok::<_, Fault>(view(&held, BTreeMap::new(), Vec::new()))
            })
        })
        .await?;
    Ok(json(StatusCode::OK, &view))
}
