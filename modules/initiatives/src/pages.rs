//! What initiatives say of their pages: the list, and what is their own on a subject's page.

use crate::initiative::{Initiative, State};
use crate::rights::SUBMIT_INITIATIVES;
use crate::store;
use crate::verbs;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, Shape, Source};
use organisation::House;
use records::api::Api;
use records::frame::Pages;
use records::{Asker, Field, Held, Machine, Seen, Typed, Verb};
use web::{Answer, Choice, Ctx};

impl Pages for Initiative {
    const WORD: &'static str = "initiative";
    const PATH: &'static str = "/initiatives";
    const PROSE: &'static [&'static str] = &["text", "answer_does"];
    const HEAD: &'static [&'static str] = &["title", "author"];
    const BEGINS: &'static str = "submit";

    fn colour(state: State) -> &'static str {
        match state {
            State::Submitted => "new",
            State::Recognised => "done",
            State::Declined | State::Withdrawn => "paused",
        }
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Initiative>) -> Vec<(String, String)> {
        let i = seen.state();
        let word = |name: &str, word: &str| match word {
            "" => String::new(),
            word => ctx.l.t(format!("initiative-{name}-{word}")),
        };
        let at = |at: Option<Instant>| at.map(vn_date_time).unwrap_or_default();
        [
            ("sort", word("sort", &i.sort)),
            ("author", seen.words.get("author").cloned().unwrap_or_default()),
            ("unit-of", house.name(i.unit)),
            ("submitted", vn_date_time(i.submitted_at)),
            ("decided", at(i.decided_at)),
            ("reach", word("reach", &i.reach)),
        ]
        .map(|(label, value)| (ctx.l.t(format!("initiative-field-{label}")), value))
        .into()
    }

    fn choices(_: &Ctx, house: &House, _: &Field) -> Vec<Choice> {
        let units = house.tree.all().iter().filter(|unit| verbs::may_take_up(unit));
        units.map(|unit| Choice::new(unit.id.to_string(), house.name(unit.id))).collect()
    }

    /// Recognised for the whole province is as far as it goes.
    fn offered(seen: &Seen<Initiative>, house: &House, asker: &Asker<'_>) -> Vec<&'static Verb<Initiative>> {
        let mut acts = records::forms(seen, house, asker);
        let wider = verbs::may_widen(seen.held(), house, asker);
        acts.retain(|verb| verb.word != "recognise" || wider);
        acts
    }

    fn begin<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(verbs::submit(tx, house, actor, now, typed))
    }
}

impl Api for Initiative {
    const API: [&'static str; 3] =
        ["/api/v1/initiatives", "/api/v1/initiatives/{code}", "/api/v1/initiatives/{code}/{verb}"];
    const STATES: &'static [State] = &State::ALL;

    /// Those of one's own units, and all that are recognised.
    fn page<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        state: State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        let units = house.units(actor, SUBMIT_INITIATIVES).filter(|_| state != State::Recognised);
        Box::pin(async move { Ok(store::page(tx, units.as_deref(), state, after, limit).await?) })
    }
}

/// A row of the list.
pub struct Row {
    held: Held<Initiative>,
    title: String,
    unit: String,
    sort: String,
    state: String,
}

/// Initiatives: those of one's own units, and all that are recognised.
pub static LIST: List<Row> = List {
    key: "initiatives",
    path: "/initiatives",
    title: "initiative-title",
    tabs: &["submitted", "recognised", "declined", "withdrawn"],
    tab_word: "initiative-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "initiative-field-code", Kind::Word, |row: &Row| {
            Cell::code(&row.held.code).to(format!("/initiatives/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "initiative-field-title", Kind::Text, |row: &Row| Cell::text(&row.title)).unlabelled(),
        Column::new("sort", "initiative-field-sort", Kind::Word, |row: &Row| Cell::text(&row.sort)),
        Column::new("unit", "initiative-field-unit-of", Kind::Word, |row: &Row| Cell::text(&row.unit)),
        Column::new("state", "initiative-field-state", Kind::Word, |row: &Row| {
            Cell::badge(Initiative::colour(row.held.state.state), &row.state)
        }),
        Column::new("submitted", "initiative-field-submitted", Kind::Moment, |row: &Row| {
            Cell::moment(Some(row.held.state.submitted_at))
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("initiative-none", "initiative-none-hint"),
    files: true,
};

struct Initiatives {
    ctx: Ctx,
    house: House,
    state: State,
}

impl Source for Initiatives {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let actor = self.ctx.actor()?;
            let found = Initiative::page(tx, &self.house, actor, self.state, after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut titles = records::asides_of(tx, &ids, "title").await?;
            Ok(batch.map(|held| {
                let may = Initiative::may_read(&held, &self.house, &Asker::actor(actor, self.ctx.now));
                may.then(|| Row {
                    title: titles.remove(&held.id).unwrap_or_default(),
                    unit: self.house.name(held.state.unit),
                    sort: self.ctx.l.t(format!("initiative-sort-{}", held.state.sort)),
                    state: self.ctx.l.t(format!("initiative-state-{}", held.state.state.as_str())),
                    held,
                })
            }))
        })
    }
}

#[derive(Template)]
#[template(path = "initiatives.html")]
struct Page {
    l: L,
    list: String,
}

/// GET /initiatives
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(SUBMIT_INITIATIVES)?.clone();
    let house = Initiative::house(&ctx).await?;
    let first = if actor.may(crate::rights::RECOGNISE_INITIATIVES) { 0 } else { 1 };
    let asked = Asked::read(&LIST, &ctx.uri, first, Vec::new());
    let state = State::ALL.get(asked.tab).copied().unwrap_or_default();
    let source = Initiatives { ctx: ctx.clone(), house, state };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, list })
}
