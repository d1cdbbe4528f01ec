//! `/due`: what waits for the signed-in person, over all kinds.

use crate::ics::{CalendarEntry, calendar};
use crate::kind::{Card, Kinds};
use crate::work::{Desk, Place, Waiting};
use ::store::Tx;
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base::{Fault, Id, Instant, vn_date_time};
use i18n::L;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use web::table::{query_value, with};
use web::{AgencyName, Answer, Ctx};

/// Rows of a page.
const ROWS: usize = 25;
/// Entries of a calendar file; who has more has other worries.
const FILE_ROWS: usize = 500;

struct Row {
    what: String,
    card: Card,
    unit: String,
    due: String,
    late: bool,
    mine: bool,
    held: bool,
}

#[derive(Template)]
#[template(path = "due.html")]
struct Page {
    l: L,
    rows: Vec<Row>,
    waiting: String,
    late: i64,
    late_text: String,
    first: String,
    next: String,
}

fn kinds(ctx: &Ctx) -> Result<Arc<Kinds>, Fault> {
    ctx.app.get::<Kinds>().ok_or_else(|| Fault::internal("no kinds are known"))
}

/// The cards of what waits, kind by kind.
async fn cards(tx: &Tx, ctx: &Ctx, kinds: &Kinds, waiting: &[Waiting]) -> Result<HashMap<Id, Card>, Fault> {
    let mut wanted: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for one in waiting {
        if let Some((kind, _)) = kinds.of_due(&one.name) {
            wanted.entry(kind.word).or_default().push(one.subject);
        }
    }
    let mut found = HashMap::new();
    for kind in &kinds.all {
        if let Some(ids) = wanted.remove(kind.word) {
            found.extend((kind.cards)(tx, ctx, ids).await?);
        }
    }
    Ok(found)
}

/// GET /due
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let (actor, kinds) = (ctx.actor()?.clone(), kinds(&ctx)?);
    let after = Place::read(&query_value(&ctx.uri, "after"));
    let (asked, known) = (ctx.clone(), kinds.clone());
    let (mut waiting, cards, all, late) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let desk = Desk::of(&asked.app, &known, &actor);
                let waiting = desk.page(tx, after.as_ref(), ROWS + 1).await?;
                let cards = cards(tx, &asked, &known, &waiting).await?;
                let all = desk.count(tx, Instant(i64::MAX)).await?;
                Ok::<_, Fault>((waiting, cards, all, desk.count(tx, asked.now).await?))
            })
        })
        .await?;
    let more = waiting.len() > ROWS;
    waiting.truncate(ROWS);
    let next = waiting.last().filter(|_| more).map(|last| with(&ctx.uri, &[("after", &last.place())]));
    let page = Page {
        l: ctx.l,
        rows: waiting.into_iter().map(|one| row(&ctx, &kinds, &cards, one)).collect(),
        waiting: ctx.l.tr("records-due-waiting", [("n", ctx.l.number(all))]),
        late,
        late_text: ctx.l.tr("records-due-late", [("n", ctx.l.number(late))]),
        first: with(&ctx.uri, &[("after", "")]),
        next: next.unwrap_or_default(),
    };
    Ok(ctx.page(&ctx.l.t("records-due-title"), &page))
}

fn row(ctx: &Ctx, kinds: &Kinds, cards: &HashMap<Id, Card>, one: Waiting) -> Row {
    let me = ctx.actor.as_ref().map(|actor| actor.account);
    Row {
        what: kinds.of_due(&one.name).map(|(_, due)| ctx.l.t(due.word)).unwrap_or_default(),
        card: cards.get(&one.subject).cloned().unwrap_or_default(),
        unit: ctx.app.get::<AgencyName>().and_then(|name| (name.0)(one.unit)).unwrap_or_default(),
        due: vn_date_time(one.due_at),
        late: one.due_at < ctx.now,
        mine: one.holder.is_some() && one.holder == me,
        held: one.holder.is_some(),
    }
}

/// GET /due.ics
pub(crate) async fn file(ctx: Ctx) -> Answer {
    let (actor, kinds) = (ctx.actor()?.clone(), kinds(&ctx)?);
    let (asked, known) = (ctx.clone(), kinds.clone());
    let (waiting, cards) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let waiting = Desk::of(&asked.app, &known, &actor).page(tx, None, FILE_ROWS).await?;
                let cards = cards(tx, &asked, &known, &waiting).await?;
                Ok::<_, Fault>((waiting, cards))
            })
        })
        .await?;
    let entries: Vec<CalendarEntry> = waiting
        .into_iter()
        .map(|one| {
            let card = cards.get(&one.subject).cloned().unwrap_or_default();
            let what = kinds.of_due(&one.name).map(|(_, due)| ctx.l.t(due.word)).unwrap_or_default();
            let url = if card.href.is_empty() { String::new() } else { format!("{}{}", ctx.origin, card.href) };
            let summary = format!("{what}: {} {}", card.code, card.title);
            CalendarEntry { uid: format!("{}-{}@motcua", one.subject, one.name), at: one.due_at, summary, url }
        })
        .collect();
    let mut response = calendar(&ctx.l.t("records-due-title"), &entries, ctx.now).into_response();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, web::table::attachment("motcua.ics"));
    Ok(response)
}

/// How much waits, for the menu.
pub(crate) async fn waiting(ctx: &Ctx) -> Result<i64, Fault> {
    let (Some(actor), Some(kinds)) = (ctx.actor.clone(), ctx.app.get::<Kinds>()) else { return Ok(0) };
    let (app, now) = (ctx.app.clone(), ctx.now);
    let desk = Desk::of(&app, &kinds, &actor);
    // What falls due by the end of the day: the number that asks for something now.
    let today = Instant::start_of(now.date()).plus_ms(86_400_000);
    Ok(ctx.db().read(move |tx| Box::pin(async move { desk.count(tx, today).await })).await?)
}
