//! The list, and what is an errand's own on its page.

use crate::errand::{Errand, State, write};
use crate::rights::READ_ERRANDS;
use crate::store;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, Shape, Source};
use organisation::House;
use records::frame::Pages;
use records::{Field, Held, Machine, Seen, Typed};
use web::{Answer, Choice, Ctx};

impl Pages for Errand {
    const WORD: &'static str = "errand";
    const PATH: &'static str = "/errands";
    const PROSE: &'static [&'static str] = &[];
    const BEGINS: &'static str = "write";

    fn colour(state: State) -> &'static str {
        if state == State::Done { "done" } else { "new" }
    }

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(&ctx.app))
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Errand>) -> Vec<(String, String)> {
        let errand = seen.state();
        vec![
            (ctx.l.t("errand-field-unit"), house.name(errand.unit)),
            (ctx.l.t("errand-field-due"), vn_date_time(errand.due_at)),
        ]
    }

    fn choices(_: &Ctx, _: &House, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    fn begin<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(write(tx, house, actor, now, typed))
    }
}

/// A row of the list.
pub struct Row {
    held: Held<Errand>,
    title: String,
    state: String,
}

/// Errands of the reader's units.
pub static LIST: List<Row> = List {
    key: "errands",
    path: "/errands",
    title: "errand-title",
    tabs: &["open", "done"],
    tab_word: "errand-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "errand-field-code", Kind::Word, |row: &Row| {
            Cell::code(&row.held.code).to(format!("/errands/{}", row.held.code))
        }),
        Column::new("title", "errand-field-title", Kind::Text, |row: &Row| Cell::text(&row.title)),
        Column::new("due", "errand-field-due", Kind::Moment, |row: &Row| Cell::moment(Some(row.held.state.due_at))),
        Column::new("state", "errand-field-state", Kind::Word, |row: &Row| {
            Cell::badge(Errand::colour(row.held.state.state()), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("errand-none", "errand-none-hint"),
    files: true,
};

struct Errands {
    l: L,
    /// The reader's units; none for all.
    units: Option<Vec<Id>>,
    done: bool,
}

impl Source for Errands {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let found = store::page(tx, self.units.as_deref(), self.done, after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            let ids: Vec<Id> = batch.rows.iter().map(|held| held.id).collect();
            let mut titles = records::asides_of(tx, &ids, "title").await?;
            Ok(batch.map(|held| {
                let state = self.l.t(format!("errand-state-{}", Errand::word(held.state.state())));
                Some(Row { title: titles.remove(&held.id).unwrap_or_default(), state, held })
            }))
        })
    }
}

#[derive(Template)]
#[template(path = "errands.html")]
struct Page {
    l: L,
    list: String,
}

/// GET /errands
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(READ_ERRANDS)?;
    let units = House::of(&ctx.app).await?.units(actor, READ_ERRANDS);
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Errands { l: ctx.l, units, done: asked.tab == 1 };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, list })
}
