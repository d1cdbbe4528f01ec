//! JSON of dialogues: what everybody reads on the pages.

use super::item::{COMMITMENT, State as ItemState};
use super::store;
use crate::api::{json, time};
use axum::extract::Path;
use axum::http::StatusCode;
use base::{Fault, Id};
use records::{Asker, Held};
use serde::Serialize;
use web::params::{Kind, PER_PAGE, Param};
use web::table::Paging;
use web::{Answer, Ctx};

/// What the list takes.
pub const LIST: &[&Param] = &[
    &PER_PAGE,
    &Param {
        name: "after",
        kind: Kind::Like { pattern: crate::api::PLACE, takes: crate::api::is_place },
        about: "`next` of the page before: the page begins behind it.",
    },
];

/// A sitting.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SittingView {
    code: String,
    /// `announced`, `held`, `published` or `cancelled`.
    state: &'static str,
    /// The agency whose head sits.
    #[schema(value_type = String)]
    agency: Id,
    title: String,
    place: String,
    /// RFC 3339, Vietnam time.
    held_at: Option<String>,
    /// Until when questions are taken in beforehand.
    ask_until: Option<String>,
    /// When the minutes became public; absent before.
    published_at: Option<String>,
}

/// A page of sittings, the latest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SittingPage {
    /// What the next page is asked with as `after`.
    next: Option<String>,
    items: Vec<SittingView>,
}

/// A question that was answered, or a promise: public words.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SaidView {
    code: String,
    /// `question` or `commitment`.
    class: String,
    /// `sent`, `open`, `settled` or `set-aside`; a question is told of once it is settled.
    state: &'static str,
    #[schema(value_type = String)]
    unit: Id,
    said: String,
    /// The answer, or how it was kept.
    answer: String,
    due_at: Option<String>,
    settled_at: Option<String>,
}

/// A sitting with its minutes and what was answered and promised.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SittingDetail {
    sitting: SittingView,
    /// What it is about.
    text: String,
    minutes: String,
    /// Questions still being answered.
    waiting: usize,
    items: Vec<SaidView>,
}

fn view(held: &Held<super::Dialogue>, title: String, place: String) -> SittingView {
    let d = &held.state;
    SittingView {
        code: held.code.clone(),
        state: d.state.as_str(),
        agency: d.agency,
        title,
        place,
        held_at: time(Some(d.held_at)),
        ask_until: time(Some(d.ask_until)),
        published_at: time(d.published_at),
    }
}

/// `GET /api/v1/dialogues?per_page=&after=`
#[utoipa::path(get, path = "/api/v1/dialogues", responses((status = 200, body = SittingPage)))]
pub async fn sittings(ctx: Ctx) -> Answer {
    let limit = Paging::from_uri(&ctx.uri).limit();
    let after = crate::pages::place(&web::table::query_value(&ctx.uri, "after"));
    let page = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let found = store::page(tx, after, limit).await?;
                let ids: Vec<Id> = found.iter().map(|held| held.id).collect();
                let mut titles = records::asides_of(tx, &ids, "title").await?;
                let mut places = records::asides_of(tx, &ids, "place").await?;
                let full = found.len() as i64 == limit;
                let next = found.last().filter(|_| full).map(|held| format!("{}-{}", held.state.held_at.0, held.id));
                let mut word =
                    |id: Id| (titles.remove(&id).unwrap_or_default(), places.remove(&id).unwrap_or_default());
                let items = found.iter().map(|held| {
                    let (title, place) = word(held.id);
                    view(held, title, place)
                });
                Ok::<_, Fault>(SittingPage { next, items: items.collect() })
            })
        })
        .await?;
    Ok(json(StatusCode::OK, &page))
}

/// `GET /api/v1/dialogues/{code}`
#[utoipa::path(get, path = "/api/v1/dialogues/{code}", params(("code" = String, Path)), responses((status = 200, body = SittingDetail)))]
pub async fn sitting(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (house, now) = (crate::pages::house(&ctx.app).await?, ctx.now);
    let detail = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                // Whoever asks, the public's part is given.
                let asker = Asker { actor: None, key: None, now };
                let seen = records::open::<super::Dialogue>(tx, &house, &asker, &code).await?;
                let items = store::items_of(tx, seen.held().id).await?;
                let ids: Vec<Id> = items.iter().map(|held| held.id).collect();
                let mut said = records::asides_of(tx, &ids, "public-question").await?;
                let mut answers = records::asides_of(tx, &ids, "public-answer").await?;
                let word = |name: &str| seen.words.get(name).cloned().unwrap_or_default();
                let open = |state| matches!(state, ItemState::Sent | ItemState::Open);
                let waiting =
                    items.iter().filter(|held| held.state.class != COMMITMENT && open(held.state.state)).count();
                let told = items
                    .iter()
                    .filter(|held| held.state.class == COMMITMENT || held.state.state == ItemState::Settled)
                    .map(|held| SaidView {
                        code: held.code.clone(),
                        class: held.state.class.clone(),
                        state: held.state.state.as_str(),
                        unit: held.state.unit,
                        said: said.remove(&held.id).unwrap_or_default(),
                        answer: answers.remove(&held.id).unwrap_or_default(),
                        due_at: time(Some(held.state.due_at)),
                        settled_at: time(held.state.settled_at),
                    })
                    .collect();
                Ok::<_, Fault>(SittingDetail {
                    text: word("text"),
                    minutes: word("minutes"),
                    sitting: view(seen.held(), word("title"), word("place")),
                    waiting,
                    items: told,
                })
            })
        })
        .await?;
    Ok(json(StatusCode::OK, &detail))
}
