//! What anybody may see: the published petitions, and the status of one by its code.

use super::{areas, house, state_colour, state_word, topics, unit_name};
use crate::petition::{Petition, State};
use crate::rules::topic_name;
use crate::store::{self as sql, Narrow};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Instant, Problem, vn_date};
use i18n::L;
use records::Held;
use web::table::{encode, query_value, with};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// Rows of a page.
const ROWS: i64 = 25;

struct Row {
    code: String,
    title: String,
    topic: String,
    place: String,
    unit: String,
    day: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    l: L,
    rows: Vec<Row>,
    topics: Vec<Choice>,
    topic: String,
    areas: Vec<Choice>,
    area: String,
    problems: Vec<Problem>,
    typed: String,
    filtered: bool,
    first: String,
    next: String,
}

/// The place in the list that an address names.
pub(crate) fn place(text: &str) -> Option<(Instant, Id)> {
    let (at, id) = text.split_once('-')?;
    let number =
        |text: &str| text.parse::<i64>().ok().filter(|n| *n > 0 && text.starts_with(|c: char| c.is_ascii_digit()));
    Some((Instant(number(at)?), Id(number(id)?)))
}

/// The place after a row.
pub(crate) fn place_of(held: &Held<Petition>) -> String {
    format!("{}-{}", held.state.published_at.unwrap_or_default().0, held.id)
}

/// What an address asks the public's list for.
pub(crate) fn narrow_of(uri: &str) -> Narrow {
    let value = |name: &str| Some(query_value(uri, name)).filter(|value| !value.is_empty());
    Narrow {
        topic: value("topic"),
        area: value("area").and_then(|area| area.parse().ok()),
        after: value("after").and_then(|after| place(&after)),
    }
}

/// GET /feedback
pub async fn list(ctx: Ctx) -> Answer {
    let page = list_page(&ctx, String::new(), Vec::new()).await?;
    Ok(ctx.page(&ctx.l.t("feedback-list-title"), &page))
}

async fn list_page(ctx: &Ctx, typed: String, problems: Vec<Problem>) -> Result<List, Fault> {
    let (house, narrow) = (house(&ctx.app).await?, narrow_of(&ctx.uri));
    let (topic, area) = (narrow.topic.clone(), narrow.area);
    let (mut found, titles) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let found = sql::published(tx, &narrow, ROWS + 1).await?;
                let ids: Vec<Id> = found.iter().map(|held| held.id).collect();
                let titles = records::asides_of(tx, &ids, "public-title").await?;
                Ok::<_, Fault>((found, titles))
            })
        })
        .await?;
    let more = found.len() as i64 > ROWS;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|last| with(&ctx.uri, &[("after", &place_of(last))]));
    let rows = found.iter().map(|held| Row {
        code: held.code.clone(),
        title: titles.get(&held.id).cloned().unwrap_or_default(),
        topic: topic_name(&held.state.topic, ctx.lang),
        place: unit_name(&house, held.state.area),
        unit: unit_name(&house, held.state.approver),
        day: held.state.published_at.map(|at| vn_date(at.date())).unwrap_or_default(),
    });
    Ok(List {
        l: ctx.l,
        rows: rows.collect(),
        topics: topics(ctx),
        filtered: topic.is_some() || area.is_some(),
        topic: topic.unwrap_or_default(),
        areas: areas(&house),
        area: area.map(|area| area.to_string()).unwrap_or_default(),
        problems,
        typed,
        first: if query_value(&ctx.uri, "after").is_empty() { String::new() } else { with(&ctx.uri, &[("after", "")]) },
        next: next.unwrap_or_default(),
    })
}

/// A code as it is typed: capitals, no blanks.
pub(crate) fn code_of(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).take(40).collect::<String>().to_uppercase()
}

/// GET /feedback/find?code=
pub async fn find(ctx: Ctx) -> Answer {
    let typed = query_value(&ctx.uri, "code");
    let code = code_of(&typed);
    if code.is_empty() {
        return list(ctx).await;
    }
    let wanted = code.clone();
    let found = ctx.db().read(move |tx| Box::pin(async move { sql::by_code(tx, &wanted).await })).await?;
    if found.is_some() {
        return Ok(ctx.redirect(format!("/feedback/{}", encode(&code))));
    }
    let problem = Problem::new("feedback-code-unknown").field("code");
    let page = list_page(&ctx, typed.chars().take(40).collect(), vec![problem]).await?;
    Ok(ctx.invalid_page(&ctx.l.t("feedback-list-title"), &page))
}

#[derive(Template)]
#[template(path = "one.html")]
struct One {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    code: String,
    state: String,
    colour: &'static str,
    /// Title, what was written, the answer, who answered and when; only of what is published.
    published: Option<[String; 5]>,
    /// Said of what goes another way.
    track: String,
}

/// GET /feedback/{code}: what everybody may know. The code alone shows the status and nothing else.
pub async fn one(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (house, wanted) = (house(&ctx.app).await?, code_of(&code));
    let found = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let Some(held) = sql::by_code(tx, &wanted).await? else { return Ok(None) };
                let words = match held.state.state {
                    State::Published => records::latest(tx, held.id).await?,
                    _ => Default::default(),
                };
                Ok::<_, Fault>(Some((held, words)))
            })
        })
        .await?;
    let (held, words) = found.ok_or(Fault::NotFound("records-not-found"))?;
    let p = &held.state;
    let word = |name: &str| words.get(name).cloned().unwrap_or_default();
    let published = (p.state == State::Published).then(|| {
        let who = unit_name(&house, p.approver);
        let day = p.answered_at.map(|at| vn_date(at.date())).unwrap_or_default();
        [word("public-title"), word("public-question"), word("public-answer"), who, day]
    });
    let title = published.as_ref().map_or_else(|| held.code.clone(), |shown| shown[0].clone());
    let page = One {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(ctx.l.t("feedback-list-title"), "/feedback"), Breadcrumb::new(&held.code, "")],
        state: state_word(ctx.l, p.state),
        colour: state_colour(p.state),
        published,
        track: if p.state == State::HandedOver {
            ctx.l.t(format!("feedback-track-{}-word", p.track))
        } else {
            String::new()
        },
        code: held.code,
    };
    Ok(ctx.page(&title, &page))
}
