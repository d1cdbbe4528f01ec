//! `/due`: what waits for the signed-in person, over all kinds.

use crate::ics::{CalendarEntry, calendar};
use crate::kind::{Card, Kinds};
use crate::work::{Desk, Narrow, Waiting};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base::{Fault, Id, Instant};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, List, On, Opened, Shape, Source};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use web::{AgencyName, Answer, Choice, Ctx};

/// Entries of a calendar file; who has more has other worries.
const FILE_ROWS: usize = 500;

/// Something that waits, in words.
pub struct Row {
    what: String,
    card: Card,
    unit: String,
    at: Instant,
    late: Option<String>,
    /// Who holds it, where it is somebody.
    held: String,
}

/// What waits for an official, over all kinds.
pub static LIST: List<Row> = List {
    key: "due",
    path: "/due",
    title: "records-due-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("what", "records-due-what", Ask::Choice),
        Filter::new("unit", "records-due-unit", Ask::Choice),
        Filter::new("mine", "records-due-mine-only", Ask::Flag),
        Filter::new("late", "records-due-late-only", Ask::Flag),
    ],
    columns: &[
        Column::new("when", "records-due-when", Kind::Moment, |row: &Row| {
            Cell::moment(Some(row.at)).mark(row.late.is_some(), "late", || row.late.clone().unwrap_or_default())
        }),
        Column::new("what", "records-due-what", Kind::Word, |row: &Row| Cell::text(&row.what)),
        Column::new("subject", "records-due-subject", Kind::Word, |row: &Row| {
            Cell::code(&row.card.code).to(&row.card.href).more(&row.card.title).under(&row.card.state)
        })
        .unlabelled(),
        Column::new("title", "records-due-title-of", Kind::Text, |row: &Row| Cell::text(&row.card.title)).on(On::File),
        Column::new("state", "records-due-state", Kind::Word, |row: &Row| Cell::text(&row.card.state)).on(On::File),
        Column::new("unit", "records-due-unit", Kind::Word, |row: &Row| Cell::text(&row.unit).more(&row.held)),
    ],
    order: ("when", false),
    shape: Shape::AT_WORD,
    empty: ("records-due-none", "records-due-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "due.html")]
struct Page {
    l: L,
    list: String,
}

/// Whose work is shown, and what of it.
struct Due {
    ctx: Ctx,
    kinds: Arc<Kinds>,
    desk: Desk,
    narrow: Narrow,
}

impl Source for Due {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let batch = Batch::cut(self.desk.page(tx, &self.narrow, after, limit + 1).await?, limit, Waiting::key);
            let cards = cards(tx, &self.ctx, &self.kinds, &batch.rows).await?;
            Ok(batch.map(|one| Some(row(&self.ctx, &self.kinds, &cards, one))))
        })
    }
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
pub async fn show(ctx: Ctx) -> Answer {
    let (actor, kinds) = (ctx.official()?.clone(), kinds(&ctx)?);
    let desk = Desk::of(&ctx.app, &kinds, &actor);
    let (units, dues) = desk.choices();
    let units = units.into_iter().map(|unit| Choice::new(unit.to_string(), unit_name(&ctx, unit))).collect();
    let dues = dues.into_iter().map(|due| Choice::new(due.name, ctx.l.t(due.word))).collect();
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("what", dues), ("unit", units)]);
    let narrow = Narrow {
        name: asked.given("what").map(str::to_owned),
        unit: asked.given("unit").and_then(|unit| unit.parse().ok()),
        mine: asked.is("mine"),
        before: asked.is("late").then_some(ctx.now),
    };
    let (all, late) = counts(&ctx, desk.clone()).await?;
    let mut opened = lists::open(&ctx, &LIST, asked, Due { ctx: ctx.clone(), kinds, desk, narrow }).await?;
    if let Opened::Page(shown) = &mut opened {
        shown.info = ctx.l.tr("records-due-waiting", [("n", ctx.l.number(all))]);
        if late > 0 {
            let word = ctx.l.tr("records-due-late", [("n", ctx.l.number(late))]);
            shown.info.push_str(&format!(" {word}."));
        }
    }
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, list })
}

/// How much waits in all, and how much of it is late.
async fn counts(ctx: &Ctx, desk: Desk) -> Result<(i64, i64), Fault> {
    let now = ctx.now;
    ctx.db()
        .read(move |tx| {
            Box::pin(async move { Ok((desk.count(tx, Instant(i64::MAX)).await?, desk.count(tx, now).await?)) })
        })
        .await
}

fn unit_name(ctx: &Ctx, unit: Id) -> String {
    ctx.app.get::<AgencyName>().and_then(|name| (name.0)(unit)).unwrap_or_default()
}

fn row(ctx: &Ctx, kinds: &Kinds, cards: &HashMap<Id, Card>, one: Waiting) -> Row {
    let me = ctx.actor.as_ref().map(|actor| actor.account);
    let held = match one.holder {
        None => String::new(),
        holder if holder == me => ctx.l.t("records-due-mine"),
        Some(_) => ctx.l.t("records-due-held"),
    };
    Row {
        what: kinds.of_due(&one.name).map(|(_, due)| ctx.l.t(due.word)).unwrap_or_default(),
        card: cards.get(&one.subject).cloned().unwrap_or_default(),
        unit: unit_name(ctx, one.unit),
        at: one.due_at,
        late: (one.due_at < ctx.now).then(|| ctx.l.t("records-due-is-late")),
        held,
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
                let waiting =
                    Desk::of(&asked.app, &known, &actor).page(tx, &Narrow::default(), None, FILE_ROWS).await?;
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
            let part = if one.part == 0 { String::new() } else { format!("-{}", one.part) };
            CalendarEntry { uid: format!("{}-{}{part}@motcua", one.subject, one.name), at: one.due_at, summary, url }
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
