//! What emergency decisions say of their pages: the list, and what is their own on a subject's page.

use super::execute::closing;
use super::verbs::{self, Rooms};
use super::{Closing, State, execute, rules::rule_on};
use crate::reorganisation::Count;
use crate::rights::KEEP_ORGANISATION;
use ::store::{BoxFuture, Tx, params};
use askama::Template;
use axum::extract::Path;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape};
use records::api::{Api, Listed, Row};
use records::frame::Pages;
use records::{Asker, Field, Held, Seen, Typed, Verb};
use web::{Answer, Choice, Ctx, PatientUpload};

impl Pages for Closing {
    const WORD: &'static str = "closing";
    const PATH: &'static str = "/closings";
    const PROSE: &'static [&'static str] = &["reason"];
    const HEAD: &'static [&'static str] = &["title", "codes"];
    const BEGINS: &'static str = "prepare";

    fn colour(state: State) -> &'static str {
        match state {
            State::Draft => "new",
            State::Submitted => "near",
            State::Executed => "done",
            State::Dropped => "paused",
        }
    }

    fn facts(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Closing>) -> Vec<(String, String)> {
        let (c, l) = (seen.state(), ctx.l);
        let names: Vec<String> = c.agencies.iter().map(|agency| rooms.house.tree.name(*agency)).collect();
        let whom = if names.is_empty() { l.t("closing-province") } else { names.join("; ") };
        [
            ("number", c.number.clone()),
            ("authority", c.authority.clone()),
            ("days", crate::pages::validity(l, Some(c.first), Some(c.last))),
            ("codes", whom),
            ("executed", c.executed_at.map(vn_date_time).unwrap_or_default()),
        ]
        .map(|(label, value)| (l.t(format!("closing-field-{label}")), value))
        .into()
    }

    fn choices(_: &Ctx, _: &Rooms, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    /// Nobody executes what they had a hand in.
    fn offered(seen: &Seen<Closing>, rooms: &Rooms, asker: &Asker<'_>) -> Vec<&'static Verb<Closing>> {
        let mut acts = records::forms(seen, rooms, asker);
        let own = seen.state().is_by(asker.actor.map(|actor| actor.account));
        acts.retain(|verb| verb.word != "execute" || !own);
        acts
    }

    fn likely(seen: &Seen<Closing>, verb: &'static Verb<Closing>, field: &Field) -> String {
        let c = seen.state();
        match (verb.word, field.name) {
            // As it was typed; the agencies themselves stand in the event.
            ("amend", "codes") if c.agencies.is_empty() => String::new(),
            ("amend", "title" | "reason" | "codes") => seen.words.get(field.name).cloned().unwrap_or_default(),
            ("amend", "number") => c.number.clone(),
            ("amend", "authority") => c.authority.clone(),
            ("amend", "first_day") => c.first.to_string(),
            ("amend", "last_day") => c.last.to_string(),
            _ => String::new(),
        }
    }

    fn body<'t>(ctx: &'t Ctx, rooms: &'t Rooms, seen: &'t Seen<Closing>) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(part(ctx, rooms, seen))
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

#[derive(Template)]
#[template(path = "closing_part.html")]
struct Part {
    l: L,
    executed: bool,
    /// In words: what would move, or has.
    moved: Vec<String>,
    /// By which date figures judge, with the article it rests on.
    counted: String,
    /// Each dossier by name, with both dates.
    list: String,
}

/// What it moves, or has moved; what has been dropped moves nothing.
async fn part(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Closing>) -> Result<String, Fault> {
    let (l, c, today) = (ctx.l, seen.state(), ctx.now.date());
    if c.state == State::Dropped {
        return Ok(String::new());
    }
    let executed = c.state == State::Executed;
    let counts: Vec<Count> = if executed {
        c.moved.clone()
    } else {
        let (rooms, seen, now) = (rooms.clone(), seen.clone(), ctx.now);
        let read = ctx.db().read(move |tx| {
            Box::pin(async move {
                let closing = closing(tx, &rooms, &seen, today).await?;
                let mut all = Vec::new();
                for room in rooms.rooms.iter() {
                    all.extend((room.would)(tx, &closing, now).await?);
                }
                Ok::<_, Fault>(all)
            })
        });
        read.await?
    };
    let words = |count: &Count| l.tr(count.what.clone(), [("n", l.number(count.n))]);
    let rule = rule_on(c.executed_at.map_or(today, Instant::date));
    let part = Part {
        l,
        executed,
        moved: counts.iter().filter(|count| count.n > 0).map(words).collect(),
        counted: rule.map_or_else(String::new, |rule| {
            let by = serde_json::to_value(rule.counted_by).unwrap_or_default();
            let by = by.as_str().unwrap_or_default().to_owned();
            l.tr(format!("closing-counted-by-{by}"), [("article", rule.article.clone())])
        }),
        list: format!("/closings/dossiers?closing={}", seen.held().code),
    };
    part.render().map_err(Fault::internal)
}

impl Api for Closing {
    const API: [&'static str; 3] = ["/api/v1/closings", "/api/v1/closings/{code}", "/api/v1/closings/{code}/{verb}"];
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
            let rows =
                tx.query(crate::store::CLOSINGS.spelled(1, state.as_str()), params![after, limit as i64]).await?;
            Ok(Held::read_all(&rows)?)
        })
    }
}

/// Emergency decisions.
pub static LIST: List<Row<Closing>> = List {
    key: "closings",
    path: "/closings",
    title: "closing-title",
    tabs: &State::WORDS,
    tab_word: "closing-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "closing-field-code", Kind::Word, |row: &Row<Closing>| {
            Cell::code(&row.held.code).to(format!("/closings/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "closing-field-title", Kind::Text, |row: &Row<Closing>| Cell::text(&row.title))
            .unlabelled(),
        Column::new("number", "closing-field-number", Kind::Word, |row: &Row<Closing>| {
            Cell::text(&row.held.state.number)
        }),
        Column::new("first", "closing-field-first_day", Kind::Day, |row: &Row<Closing>| {
            Cell::day(Some(row.held.state.first))
        }),
        Column::new("last", "closing-field-last_day", Kind::Day, |row: &Row<Closing>| {
            Cell::day(Some(row.held.state.last))
        }),
        Column::new("executed", "closing-field-executed", Kind::Moment, |row: &Row<Closing>| {
            Cell::moment(row.held.state.executed_at)
        }),
        Column::new("state", "closing-field-state", Kind::Word, |row: &Row<Closing>| {
            Cell::badge(Closing::colour(row.held.state.state), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("closing-none", "closing-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "closings.html")]
struct Page {
    l: L,
    prepares: bool,
    list: String,
}

/// GET /closings
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(KEEP_ORGANISATION)?.clone();
    let tree = crate::tree_of(&ctx.app).await?;
    let prepares = tree.root().is_some_and(|root| actor.may_at(KEEP_ORGANISATION, &root.path));
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Listed::<Closing>::of(&ctx, asked.tab).await?;
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, prepares, list })
}

/// POST /closings/{code}/{verb}: as in every register; what has changed the calendar is read anew at once.
pub(crate) async fn act(ctx: Ctx, path: Path<(String, String)>, upload: PatientUpload) -> Answer {
    let (app, executes) = (ctx.app.clone(), path.0.1 == "execute");
    let answer = records::frame::act::<Closing>(ctx, path, upload).await;
    if executes {
        crate::reload(&app).await?;
    }
    answer
}
