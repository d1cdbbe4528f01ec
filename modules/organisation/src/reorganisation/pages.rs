//! What reorganisations say of their pages: the list, and what is their own on a subject's page.

use super::line::{Does, Line};
use super::verbs::{self, Rooms};
use super::{Reorganisation, State, execute};
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use ::store::{BoxFuture, Tx, params};
use askama::Template;
use axum::extract::Path;
use base::{Actor, Fault, Id, Instant, vn_date, vn_date_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape};
use records::api::{Api, Listed, Row};
use records::frame::Pages;
use records::{Asker, Field, Held, Seen, Typed, Verb};
use web::{Answer, Choice, Ctx, PatientUpload};

/// Acts that stand at the lines and not among the forms below them.
const OF_LINES: [&str; 1] = ["drop-line"];

impl Pages for Reorganisation {
    const WORD: &'static str = "reorganisation";
    const PATH: &'static str = "/reorganisations";
    const PROSE: &'static [&'static str] = &["reason"];
    const BEGINS: &'static str = "prepare";

    fn colour(state: State) -> &'static str {
        match state {
            State::Draft => "new",
            State::Submitted => "near",
            State::Executed => "done",
            State::Dropped => "paused",
        }
    }

    fn facts(ctx: &Ctx, _: &Rooms, seen: &Seen<Reorganisation>) -> Vec<(String, String)> {
        let (r, l) = (seen.state(), ctx.l);
        [
            ("number", r.number.clone()),
            ("authority", r.authority.clone()),
            ("day", vn_date(r.day)),
            ("executed", r.executed_at.map(vn_date_time).unwrap_or_default()),
        ]
        .map(|(label, value)| (l.t(format!("reorganisation-field-{label}")), value))
        .into()
    }

    fn choices(_: &Ctx, _: &Rooms, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    /// Nobody executes what they had a hand in, and what has no line is not handed on.
    fn offered(seen: &Seen<Reorganisation>, rooms: &Rooms, asker: &Asker<'_>) -> Vec<&'static Verb<Reorganisation>> {
        let mut acts = records::forms(seen, rooms, asker);
        let own = seen.state().is_by(asker.actor.map(|actor| actor.account));
        acts.retain(|verb| !OF_LINES.contains(&verb.word));
        acts.retain(|verb| verb.word != "execute" || !own);
        acts.retain(|verb| verb.word != "submit" || !seen.state().lines.is_empty());
        acts
    }

    fn likely(seen: &Seen<Reorganisation>, verb: &'static Verb<Reorganisation>, field: &Field) -> String {
        let r = seen.state();
        match (verb.word, field.name) {
            ("amend", "title" | "reason") => seen.words.get(field.name).cloned().unwrap_or_default(),
            ("amend", "number") => r.number.clone(),
            ("amend", "authority") => r.authority.clone(),
            ("amend", "day") => r.day.to_string(),
            _ => String::new(),
        }
    }

    fn body<'t>(
        ctx: &'t Ctx,
        rooms: &'t Rooms,
        seen: &'t Seen<Reorganisation>,
    ) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(async move { table(ctx, rooms, seen) })
    }

    fn begin<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(verbs::prepare(tx, rooms, actor, now, typed))
    }

    fn perform<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        asker: &'t Asker<'t>,
        (code, word): (&'t str, &'t str),
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        match word {
            "execute" => Box::pin(execute::execute(tx, rooms, asker, code)),
            _ => Box::pin(records::act::<Self>(tx, rooms, asker, (code, word), typed)),
        }
    }
}

/// An agency in a line: its name, its identifier, and its page once it is there.
pub(super) struct Named {
    pub name: String,
    pub code: String,
    pub href: String,
    /// It gets the open work.
    pub receives: bool,
}

pub(super) fn ends(tree: &Tree, line: &Line) -> Vec<Named> {
    line.ends.iter().map(|id| known(tree, *id, false)).collect()
}

fn known(tree: &Tree, id: Id, receives: bool) -> Named {
    let agency = tree.get(id);
    Named {
        name: tree.name(id),
        code: agency.map(|agency| agency.code.clone()).unwrap_or_default(),
        href: agency.map(|agency| agency.href()).unwrap_or_default(),
        receives,
    }
}

/// What follows, of a line.
pub(super) fn follows(tree: &Tree, line: &Line) -> Vec<Named> {
    let several = line.does == Does::Split;
    let makes = line.makes.iter().enumerate().map(|(n, makes)| Named {
        name: makes.name.clone(),
        code: makes.code.clone(),
        href: makes.id.map(|id| format!("/units/{id}")).unwrap_or_default(),
        receives: several && n == line.receiver,
    });
    line.into.map(|id| known(tree, id, false)).into_iter().chain(makes).collect()
}

pub(super) fn colour(does: Does) -> &'static str {
    match does {
        Does::Merge => "new",
        Does::Split => "near",
        Does::Dissolve => "late",
    }
}

struct LineRow {
    n: i64,
    colour: &'static str,
    does: String,
    ends: Vec<Named>,
    follows: Vec<Named>,
}

#[derive(Template)]
#[template(path = "reorganisation_lines.html")]
struct Table<'a> {
    l: L,
    csrf: &'a str,
    code: &'a str,
    lines: Vec<LineRow>,
    keeps: bool,
    /// Where what would move can be looked at.
    rehearses: bool,
    moved: Vec<String>,
}

/// The lines as a part of the decision's page.
fn table(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Reorganisation>) -> Result<String, Fault> {
    let (l, r, tree) = (ctx.l, seen.state(), &rooms.house.tree);
    let one = |line: &Line| LineRow {
        n: line.n,
        colour: colour(line.does),
        does: l.t(format!("reorganisation-does-{}", line.does.as_str())),
        ends: ends(tree, line),
        follows: follows(tree, line),
    };
    let table = Table {
        l,
        csrf: &ctx.csrf,
        code: &seen.held().code,
        lines: r.lines.iter().map(one).collect(),
        keeps: r.state == State::Draft,
        rehearses: matches!(r.state, State::Draft | State::Submitted) && !r.lines.is_empty(),
        moved: r.moved.iter().map(|moved| l.tr(moved.what.clone(), [("n", l.number(moved.n))])).collect(),
    };
    table.render().map_err(Fault::internal)
}

impl Api for Reorganisation {
    const API: [&'static str; 3] =
        ["/api/v1/reorganisations", "/api/v1/reorganisations/{code}", "/api/v1/reorganisations/{code}/{verb}"];
    const STATES: &'static [State] = &State::ALL;

    fn page<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        state: State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        Box::pin(async move {
            // All of them are the province's.
            let root = rooms.house.tree.root().map_or("/", |root| root.path.as_str());
            if !actor.may_at(KEEP_ORGANISATION, root) {
                return Ok(Vec::new());
            }
            let rows = tx
                .query(crate::store::REORGANISATIONS.spelled(1, state.as_str()), params![after, limit as i64])
                .await?;
            Ok(Held::read_all(&rows)?)
        })
    }
}

/// Reorganisations.
pub static LIST: List<Row<Reorganisation>> = List {
    key: "reorganisations",
    path: "/reorganisations",
    title: "reorganisation-title",
    tabs: &State::WORDS,
    tab_word: "reorganisation-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "reorganisation-field-code", Kind::Word, |row: &Row<Reorganisation>| {
            Cell::code(&row.held.code).to(format!("/reorganisations/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "reorganisation-field-title", Kind::Text, |row: &Row<Reorganisation>| {
            Cell::text(&row.title)
        })
        .unlabelled(),
        Column::new("number", "reorganisation-field-number", Kind::Word, |row: &Row<Reorganisation>| {
            Cell::text(&row.held.state.number)
        }),
        Column::new("day", "reorganisation-field-day", Kind::Day, |row: &Row<Reorganisation>| {
            Cell::day(Some(row.held.state.day))
        }),
        Column::new("lines", "reorganisation-field-lines", Kind::Whole, |row: &Row<Reorganisation>| {
            Cell::whole(row.held.state.lines.len() as i64)
        }),
        Column::new("executed", "reorganisation-field-executed", Kind::Moment, |row: &Row<Reorganisation>| {
            Cell::moment(row.held.state.executed_at)
        }),
        Column::new("state", "reorganisation-field-state", Kind::Word, |row: &Row<Reorganisation>| {
            Cell::badge(Reorganisation::colour(row.held.state.state), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("reorganisation-none", "reorganisation-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "reorganisations.html")]
struct Page {
    l: L,
    prepares: bool,
    list: String,
}

/// GET /reorganisations
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(KEEP_ORGANISATION)?.clone();
    let tree = crate::tree_of(&ctx.app).await?;
    let prepares = tree.root().is_some_and(|root| actor.may_at(KEEP_ORGANISATION, &root.path));
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Listed::<Reorganisation>::of(&ctx, asked.tab).await?;
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, prepares, list })
}

/// POST /reorganisations/{code}/{verb}: as in every register; what has changed the tree is read anew at once.
pub(crate) async fn act(ctx: Ctx, path: Path<(String, String)>, upload: PatientUpload) -> Answer {
    let (app, executes) = (ctx.app.clone(), path.0.1 == "execute");
    let answer = records::frame::act::<Reorganisation>(ctx, path, upload).await;
    if executes {
        crate::reload(&app).await?;
    }
    answer
}
