//! Dialogues, for everybody: what is announced, what was answered and promised, the minutes; and asking beforehand.

use super::forms::ActForm;
use super::sittings::{fields_of, state_colour};
use super::{house, unit_name};
use crate::dialogue::item::{COMMITMENT, Item, State as ItemState};
use crate::dialogue::item_verbs::ASKING;
use crate::dialogue::minutes::{self, Minutes};
use crate::dialogue::session::{Dialogue, State};
use crate::dialogue::{actions, store};
use crate::rules::House;
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Id, Instant, Problem, vn_date, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, On, Shape, Source};
use records::{Asker, Held, Seen, Typed};
use std::collections::{BTreeMap, HashMap};
use web::limits::{self, Rates};
use web::{Answer, Breadcrumb, Ctx, FormMap};

/// A sitting as lists show it.
pub struct Row {
    held: Held<Dialogue>,
    title: String,
    place: String,
    agency: String,
    state: String,
    href: String,
}

const COLUMNS: &[Column<Row>] = &[
    Column::new("at", "dialogue-at", Kind::Moment, |row: &Row| Cell::moment(Some(row.held.state.held_at))),
    Column::new("title", "dialogue-field-title", Kind::Text, |row: &Row| {
        Cell::text(&row.title).to(&row.href).under(&row.place)
    })
    .unlabelled(),
    Column::new("place", "dialogue-field-place", Kind::Word, |row: &Row| Cell::text(&row.place)).on(On::File),
    Column::new("agency", "dialogue-field-agency", Kind::Word, |row: &Row| Cell::text(&row.agency)),
    Column::new("state", "dialogue-state", Kind::Word, |row: &Row| {
        Cell::badge(state_colour(row.held.state.state), &row.state)
    }),
];

const fn list(key: &'static str, path: &'static str, files: bool) -> List<Row> {
    List {
        key,
        path,
        title: "dialogue-title",
        tabs: &[],
        tab_word: "",
        through: "",
        filters: &[],
        columns: COLUMNS,
        order: ("at", true),
        shape: Shape::AT,
        empty: ("dialogue-none", "dialogue-none-hint"),
        files,
    }
}

/// Sittings, for everybody.
pub static DIALOGUES: List<Row> = list("dialogues", "/dialogues", false);
/// The same for officials, leading to the office's pages.
pub static SITTINGS: List<Row> = list("sittings", "/sittings", true);

#[derive(Template)]
#[template(path = "dialogues.html")]
struct Page {
    l: L,
    may_announce: bool,
    list: String,
}

struct Sittings {
    ctx: Ctx,
    house: House,
    base: &'static str,
}

impl Source for Sittings {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map(|key| (Instant(key.number(0)), Id(key.number(1))));
            let found = store::page(tx, after, limit as i64 + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::at(held.state.held_at, held.id));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut titles = records::asides_of(tx, &ids, "title").await?;
            let mut places = records::asides_of(tx, &ids, "place").await?;
            Ok(batch.map(|held| {
                Some(Row {
                    title: titles.remove(&held.id).unwrap_or_default(),
                    place: places.remove(&held.id).unwrap_or_default(),
                    agency: unit_name(&self.house, Some(held.state.agency)),
                    state: self.ctx.l.t(format!("dialogue-state-{}", held.state.state.as_str())),
                    href: format!("{}/{}", self.base, held.code),
                    held,
                })
            }))
        })
    }
}

/// The list, for everybody or for officials.
pub(super) async fn rows(ctx: &Ctx, list: &'static List<Row>, may_announce: bool) -> Answer {
    let asked = Asked::read(list, &ctx.uri, 0, Vec::new());
    let source = Sittings { ctx: ctx.clone(), house: house(&ctx.app).await?, base: list.path };
    let opened = lists::open(ctx, list, asked, source).await?;
    opened.page(ctx, &ctx.l.t(list.title), |list| Page { l: ctx.l, may_announce, list })
}

/// GET /dialogues
pub async fn dialogues(ctx: Ctx) -> Answer {
    rows(&ctx, &DIALOGUES, false).await
}

/// What everybody reads of an item.
pub(super) struct Told {
    pub(super) question: String,
    pub(super) answer: String,
    pub(super) unit: String,
    pub(super) due: String,
    pub(super) state: String,
    pub(super) settled: bool,
    pub(super) late: bool,
}

impl Told {
    fn printed(self) -> minutes::Line {
        let Told { question: said, answer, unit, due, state, .. } = self;
        minutes::Line { said, answer, unit, due, state }
    }
}

#[derive(Template)]
#[template(path = "dialogue.html")]
struct One {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    title: String,
    state: String,
    colour: &'static str,
    facts: Vec<(String, String)>,
    text: String,
    cancelled: String,
    minutes: String,
    questions: Vec<Told>,
    waiting: String,
    commitments: Vec<Told>,
    form: Option<ActForm>,
}

/// A sitting with its items and their public words.
pub(super) struct Whole {
    pub(super) seen: Seen<Dialogue>,
    pub(super) items: Vec<Held<Item>>,
    pub(super) questions: HashMap<Id, String>,
    pub(super) answers: HashMap<Id, String>,
}

pub(super) async fn whole(ctx: &Ctx, house: &House, code: &str) -> Result<Whole, Fault> {
    let (actor, house, code, now) = (ctx.actor.clone(), house.clone(), code.to_owned(), ctx.now);
    ctx.db()
        .read(move |tx| {
            Box::pin(async move {
                let asker = Asker { actor: actor.as_ref(), key: None, now };
                let seen = records::open::<Dialogue>(tx, &house, &asker, &code).await?;
                let items = store::items_of(tx, seen.held().id).await?;
                let ids: Vec<Id> = items.iter().map(|held| held.id).collect();
                let questions = records::asides_of(tx, &ids, "public-question").await?;
                let answers = records::asides_of(tx, &ids, "public-answer").await?;
                Ok(Whole { seen, items, questions, answers })
            })
        })
        .await
}

impl Whole {
    /// What everybody reads of one item.
    fn told(&self, (l, now): (L, Instant), house: &House, held: &Held<Item>) -> Told {
        let item = &held.state;
        Told {
            question: self.questions.get(&held.id).cloned().unwrap_or_default(),
            answer: self.answers.get(&held.id).cloned().unwrap_or_default(),
            unit: unit_name(house, Some(item.unit)),
            due: vn_date(item.due_at.date()),
            state: match item.settled_at {
                Some(at) => l.tr("dialogue-settled-at", [("at", vn_date_time(at))]),
                None => l.t(format!("dialogue-item-state-{}", item.state.as_str())),
            },
            settled: item.state == ItemState::Settled,
            late: item.settled_at.unwrap_or(now) > item.due_at,
        }
    }

    /// Commitments with those to be kept first; answered questions.
    fn public(&self, as_read: (L, Instant), house: &House) -> (Vec<Told>, Vec<Told>) {
        let of = |commitment: bool| {
            let shown = |held: &&Held<Item>| {
                (held.state.class == COMMITMENT) == commitment && (commitment || held.state.state == ItemState::Settled)
            };
            self.items.iter().filter(shown).map(|held| self.told(as_read, house, held)).collect::<Vec<_>>()
        };
        (of(false), of(true))
    }

    /// What is known of the sitting in pairs.
    pub(super) fn facts(&self, ctx: &Ctx, house: &House) -> Vec<(String, String)> {
        let d = self.seen.state();
        let word = |name: &str| self.seen.words.get(name).cloned().unwrap_or_default();
        let l = ctx.l;
        let mut facts = vec![
            (l.t("dialogue-field-agency"), unit_name(house, Some(d.agency))),
            (l.t("dialogue-at"), vn_date_time(d.held_at)),
            (l.t("dialogue-field-place"), word("place")),
            (l.t("dialogue-moved"), word("moved")),
        ];
        if d.state == State::Announced {
            facts.push((l.t("dialogue-ask-until"), vn_date_time(d.ask_until)));
        }
        facts.retain(|(_, value)| !value.is_empty());
        facts
    }
}

async fn page(
    ctx: &Ctx,
    code: &str,
    fields: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let (l, house) = (ctx.l, house(&ctx.app).await?);
    let whole = whole(ctx, &house, code).await?;
    let d = whole.seen.state();
    let word = |name: &str| whole.seen.words.get(name).cloned().unwrap_or_default();
    let waiting = whole
        .items
        .iter()
        .filter(|held| held.state.class != COMMITMENT)
        .filter(|held| matches!(held.state.state, ItemState::Sent | ItemState::Open))
        .count();
    let (questions, commitments) = whole.public((l, ctx.now), &house);
    let may_ask = d.state == State::Announced && ctx.now <= d.ask_until;
    let wrong = !problems.is_empty();
    let body = One {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("dialogue-title"), "/dialogues"), Breadcrumb::new(code, "")],
        problems,
        code: code.to_owned(),
        title: word("title"),
        state: l.t(format!("dialogue-state-{}", d.state.as_str())),
        colour: state_colour(d.state),
        facts: whole.facts(ctx, &house),
        text: word("text"),
        cancelled: word("cancelled"),
        minutes: word("minutes"),
        waiting: if waiting > 0 { l.tr("dialogue-waiting", [("n", waiting.to_string())]) } else { String::new() },
        questions,
        commitments,
        form: may_ask.then(|| ActForm {
            word: "ask",
            title: l.t("dialogue-act-ask"),
            hint: l.t("dialogue-act-ask-hint"),
            fields: fields_of(ctx, &house, ASKING, fields),
        }),
    };
    let title = word("title");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /dialogues/{code}
pub async fn dialogue(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(page(&ctx, &code, &BTreeMap::new(), Vec::new()).await?)
}

/// GET /dialogues/{code}/minutes: on paper, as the page has them.
pub async fn minutes(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let house = house(&ctx.app).await?;
    let whole = whole(&ctx, &house, &code).await?;
    let (questions, commitments) = whole.public((L(base::Lang::Vi), ctx.now), &house);
    let lines = |all: Vec<Told>| all.into_iter().map(Told::printed).collect();
    let of = (whole.seen.held().code.as_str(), whole.seen.state());
    let minutes = Minutes::of(&house, of, &whole.seen.words, (lines(questions), lines(commitments)), ctx.now)
        .ok_or(Fault::NotFound("dialogue-no-minutes"))?;
    let pdf = minutes::printed(&minutes, ctx.now).await?;
    Ok(web::pdf(&format!("bien-ban-{}.pdf", of.0), pdf.bytes))
}

/// POST /dialogues/{code}/ask. Who asks without an account is slowed like who opens one.
pub async fn ask_before(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    limits::take(&ctx, "feedback", ctx.app.get::<Rates>().unwrap_or_default().sign_up)?;
    let sent = Typed::from(&form);
    let fields = sent.fields.clone();
    let (house, actor, now, wanted) = (house(&ctx.app).await?, ctx.actor.clone(), ctx.now, code.clone());
    let asked = ctx
        .db()
        .write(move |tx| Box::pin(async move { actions::ask(tx, &house, actor.as_ref(), &wanted, now, &sent).await }))
        .await;
    match asked {
        Ok(_) => Ok(ctx.flash(format!("/dialogues/{code}"), "dialogue-asked")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, &code, &fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}
