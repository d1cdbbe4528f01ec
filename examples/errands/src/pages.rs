//! The list, and what is an errand's own on its page.

use crate::errand::{Errand, State, write};
use crate::rights::READ_ERRANDS;
use crate::store;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape};
use organisation::House;
use records::api::{Api, Listed, Row};
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

impl Api for Errand {
    const API: [&'static str; 3] = ["/api/v1/errands", "/api/v1/errands/{code}", "/api/v1/errands/{code}/{verb}"];
    const STATES: &'static [State] = &[State::Open, State::Done];

    fn page<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        state: State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        let units = house.units(actor, READ_ERRANDS);
        Box::pin(async move { Ok(store::page(tx, units.as_deref(), state == State::Done, after, limit).await?) })
    }
}

/// Errands of the reader's units.
pub static LIST: List<Row<Errand>> = List {
    key: "errands",
    path: "/errands",
    title: "errand-title",
    tabs: &["open", "done"],
    tab_word: "errand-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "errand-field-code", Kind::Word, |row: &Row<Errand>| {
            Cell::code(&row.held.code).to(format!("/errands/{}", row.held.code))
        }),
        Column::new("title", "errand-field-title", Kind::Text, |row: &Row<Errand>| Cell::text(&row.title)),
        Column::new("due", "errand-field-due", Kind::Moment, |row: &Row<Errand>| {
            Cell::moment(Some(row.held.state.due_at))
        }),
        Column::new("state", "errand-field-state", Kind::Word, |row: &Row<Errand>| {
            Cell::badge(Errand::colour(row.held.state.state()), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("errand-none", "errand-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "errands.html")]
struct Page {
    l: L,
    list: String,
}

/// GET /errands
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Listed::<Errand>::of(&ctx, asked.tab).await?;
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, list })
}
