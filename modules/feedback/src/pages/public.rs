//! What anybody may see: the published petitions, and the status of one by its code.

use super::{areas, house, state_colour, state_word, topics, unit_name};
use crate::petition::{Petition, State};
use crate::rules::{House, topic_name};
use crate::store::{self as sql, Narrow};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Instant, Problem, vn_date};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, List, Opened, Shape, Source};
use records::Held;
use web::table::{encode, query_value};
use web::{Answer, Breadcrumb, Ctx};

/// A published petition as everybody sees it.
pub struct Row {
    code: String,
    title: String,
    topic: String,
    place: String,
    unit: String,
    published: Option<Instant>,
}

/// What was published.
pub static PUBLIC: List<Row> = List {
    key: "published-petitions",
    path: "/feedback",
    title: "feedback-list-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("topic", "feedback-field-topic", Ask::Choice),
        Filter::new("area", "feedback-field-area", Ask::Choice),
    ],
    columns: &[
        Column::new("title", "feedback-column-what", Kind::Text, |row: &Row| {
            Cell::text(&row.title).to(format!("/feedback/{}", row.code)).under(&row.code)
        })
        .unlabelled(),
        Column::new("topic", "feedback-field-topic", Kind::Word, |row: &Row| Cell::text(&row.topic)),
        Column::new("area", "feedback-field-area", Kind::Word, |row: &Row| Cell::text(&row.place)),
        Column::new("unit", "feedback-column-answered-by", Kind::Word, |row: &Row| Cell::text(&row.unit)),
        Column::new("published", "feedback-column-published", Kind::Day, |row: &Row| {
            Cell::day(row.published.map(Instant::date))
        }),
    ],
    order: ("published", true),
    shape: Shape::AT,
    empty: ("feedback-list-empty", "feedback-list-empty-hint"),
    files: false,
};

#[derive(Template)]
#[template(path = "list.html")]
struct Page {
    l: L,
    problems: Vec<Problem>,
    typed: String,
    list: String,
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

/// The rows that everybody sees.
struct Published {
    ctx: Ctx,
    house: House,
    narrow: Narrow,
}

impl Source for Published {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map(|key| (Instant(key.number(0)), Id(key.number(1))));
            let narrow = Narrow { after, ..self.narrow.clone() };
            let found = sql::published(tx, &narrow, limit as i64 + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::at(held.state.published_at.unwrap_or_default(), held.id));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut titles = records::asides_of(tx, &ids, "public-title").await?;
            Ok(batch.map(|held| {
                Some(Row {
                    title: titles.remove(&held.id).unwrap_or_default(),
                    topic: topic_name(&held.state.topic, self.ctx.lang),
                    place: unit_name(&self.house, held.state.area),
                    unit: unit_name(&self.house, held.state.approver),
                    published: held.state.published_at,
                    code: held.code,
                })
            }))
        })
    }
}

/// GET /feedback
pub async fn list(ctx: Ctx) -> Answer {
    let uri = ctx.uri.clone();
    list_page(&ctx, &uri, String::new(), Vec::new()).await
}

async fn list_page(ctx: &Ctx, uri: &str, typed: String, problems: Vec<Problem>) -> Answer {
    let house = house(&ctx.app).await?;
    let asked = Asked::read(&PUBLIC, uri, 0, vec![("topic", topics(ctx)), ("area", areas(&house))]);
    let source = Published { ctx: ctx.clone(), house, narrow: narrow_of(uri) };
    let title = ctx.l.t(PUBLIC.title);
    let wrong = !problems.is_empty();
    match lists::open(ctx, &PUBLIC, asked, source).await? {
        Opened::Page(shown) if wrong => {
            Ok(ctx.invalid_page(&title, &Page { l: ctx.l, problems, typed, list: shown.html() }))
        }
        opened => opened.page(ctx, &title, |list| Page { l: ctx.l, problems, typed, list }),
    }
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
        return list_page(&ctx, PUBLIC.path, String::new(), Vec::new()).await;
    }
    let wanted = code.clone();
    let found = ctx.db().read(move |tx| Box::pin(async move { sql::by_code(tx, &wanted).await })).await?;
    if found.is_some() {
        return Ok(ctx.redirect(format!("/feedback/{}", encode(&code))));
    }
    let problem = Problem::new("feedback-code-unknown").field("code");
    list_page(&ctx, PUBLIC.path, typed.chars().take(40).collect(), vec![problem]).await
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
