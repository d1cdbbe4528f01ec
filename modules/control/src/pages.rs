//! What announcement decisions say of their pages: the list, and what is their own on a subject's page.

use crate::announcement::{Announcement, State};
use crate::days::working_days_after;
use crate::house::Rooms;
use crate::rights::{PREPARE_ANNOUNCEMENTS, READ_CONTROL};
use crate::{issue, store, verbs};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use base::{Actor, Date, Fault, Id, Instant, Level, vn_date};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape};
use records::api::{Api, Listed, Row};
use records::frame::Pages;
use records::{Asker, Field, Held, Seen, Typed, Verb};
use web::{Answer, Choice, Ctx, PatientUpload};

/// Acts that stand at the lines and not among the forms below them.
const OF_LINES: [&str; 3] = ["add-new", "write", "drop-line"];

impl Pages for Announcement {
    const WORD: &'static str = "announcement";
    const PATH: &'static str = "/announcements";
    const PROSE: &'static [&'static str] = &[];
    const HEAD: &'static [&'static str] = &["title", "version"];
    const BEGINS: &'static str = "prepare";

    fn colour(state: State) -> &'static str {
        match state {
            State::Draft | State::Submitted => "new",
            State::Issued => "near",
            State::Posted => "done",
            State::Dropped => "paused",
        }
    }

    fn facts(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Announcement>) -> Vec<(String, String)> {
        let (a, l) = (seen.state(), ctx.l);
        let day = |day: Option<Date>| day.map(vn_date).unwrap_or_default();
        let judged = |timely: Option<bool>| match timely {
            Some(true) => format!(" · {}", l.t("control-in-time")),
            Some(false) => format!(" · {}", l.t("control-too-late")),
            None => String::new(),
        };
        let by = |last: Option<Date>, timely| match last {
            Some(last) => format!("{}{}", vn_date(last), judged(timely)),
            None => String::new(),
        };
        [
            ("number", a.number.clone()),
            ("signed_on", day(a.signed_on)),
            ("authority", a.authority.clone()),
            ("sort", l.t(format!("announcement-sort-{}", a.sort.as_str()))),
            ("unit", rooms.house.name(a.unit)),
            ("law", a.law.clone()),
            ("law_from", day(a.law_from)),
            ("announce_by", by(a.announce_by, a.announced_on_time())),
            ("effective_from", vn_date(a.effective_from)),
            ("entered", after(l, rooms, a, a.entered_on)),
            ("post_by", by(a.post_by, a.posted_on_time())),
            ("posted", after(l, rooms, a, a.posted_at.map(Instant::date))),
        ]
        .map(|(label, value)| (l.t(format!("announcement-field-{label}")), value))
        .into()
    }

    fn choices(_: &Ctx, _: &Rooms, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    fn offered(seen: &Seen<Announcement>, rooms: &Rooms, asker: &Asker<'_>) -> Vec<&'static Verb<Announcement>> {
        let mut acts = records::forms(seen, rooms, asker);
        acts.retain(|verb| !OF_LINES.contains(&verb.word));
        // Nobody issues what they had a hand in; what has no line is not handed on; what is the Party's is not posted.
        let own = seen.state().is_by(asker.actor.map(|actor| actor.account));
        let party = seen.state().sort == catalogue::Sort::Party;
        acts.retain(|verb| !party || !["post", "enter"].contains(&verb.word));
        acts.retain(|verb| verb.word != "issue" || !own);
        acts.retain(|verb| verb.word != "submit" || !seen.state().lines.is_empty());
        acts
    }

    fn likely(seen: &Seen<Announcement>, _: &'static Verb<Announcement>, field: &Field) -> String {
        let a = seen.state();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        match field.name {
            "title" => seen.words.get("title").cloned().unwrap_or_default(),
            "sort" => a.sort.as_str().to_owned(),
            "authority" => a.authority.clone(),
            "law" => a.law.clone(),
            "law_from" => day(a.law_from),
            "effective_from" => day(Some(a.effective_from)),
            "entered_on" => day(a.entered_on),
            "does" => "change".to_owned(),
            _ => String::new(),
        }
    }

    fn body<'t>(ctx: &'t Ctx, rooms: &'t Rooms, seen: &'t Seen<Announcement>) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(async move { crate::lines_page::table(ctx, rooms, seen) })
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
            "issue" => Box::pin(issue::issue(tx, rooms, asker, code, typed)),
            _ => Box::pin(records::act::<Self>(tx, rooms, asker, (code, word), typed)),
        }
    }
}

/// A day after the decision was signed, with how many working days later it is.
fn after(l: L, rooms: &Rooms, a: &Announcement, day: Option<Date>) -> String {
    let (Some(signed), Some(day)) = (a.signed_on, day) else { return String::new() };
    let n = working_days_after(&rooms.house.calendar, signed, day);
    l.tr("control-days-after", [("day", vn_date(day)), ("n", n.to_string())])
}

impl Api for Announcement {
    const API: [&'static str; 3] =
        ["/api/v1/announcements", "/api/v1/announcements/{code}", "/api/v1/announcements/{code}/{verb}"];
    const STATES: &'static [State] = &State::ALL;

    /// Those of one's own agency; of what is issued, all.
    fn page<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        state: State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        let out = matches!(state, State::Issued | State::Posted);
        let units = rooms.house.units(actor, READ_CONTROL).filter(|_| !out);
        Box::pin(async move { Ok(store::page(tx, units.as_deref(), state, after, limit).await?) })
    }
}

/// Announcement decisions.
pub static LIST: List<Row<Announcement>> = List {
    key: "announcements",
    path: "/announcements",
    title: "announcement-title",
    tabs: &State::WORDS,
    tab_word: "announcement-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "announcement-field-code", Kind::Word, |row: &Row<Announcement>| {
            Cell::code(&row.held.code).to(format!("/announcements/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "announcement-field-title", Kind::Text, |row: &Row<Announcement>| Cell::text(&row.title))
            .unlabelled(),
        Column::new("number", "announcement-field-number", Kind::Word, |row: &Row<Announcement>| {
            Cell::text(&row.held.state.number)
        }),
        Column::new("signed", "announcement-field-signed_on", Kind::Day, |row: &Row<Announcement>| {
            Cell::day(row.held.state.signed_on)
        }),
        Column::new("lines", "announcement-field-lines", Kind::Whole, |row: &Row<Announcement>| {
            Cell::whole(row.held.state.lines.len() as i64)
        }),
        Column::new("entered", "announcement-field-entered", Kind::Day, |row: &Row<Announcement>| {
            Cell::day(row.held.state.entered_on)
        }),
        Column::new("post_by", "announcement-field-post_by", Kind::Day, |row: &Row<Announcement>| {
            Cell::day(row.held.state.post_by)
        }),
        Column::new("posted", "announcement-field-posted", Kind::Moment, |row: &Row<Announcement>| {
            Cell::moment(row.held.state.posted_at)
        }),
        Column::new("state", "announcement-field-state", Kind::Word, |row: &Row<Announcement>| {
            Cell::badge(Announcement::colour(row.held.state.state), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("announcement-none", "announcement-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "announcements.html")]
struct Page {
    l: L,
    prepares: bool,
    list: String,
}

/// GET /announcements
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(READ_CONTROL)?.clone();
    let rooms = Rooms::of(&ctx).await?;
    let prepares = rooms
        .house
        .post(&actor, PREPARE_ANNOUNCEMENTS)
        .is_some_and(|post| rooms.house.tree.house_of(post.id).unwrap_or(post).level == Level::Province);
    // What the Office has to post comes first for whoever posts.
    let first = if actor.may(crate::rights::POST_PROCEDURES) { 2 } else { 0 };
    let asked = Asked::read(&LIST, &ctx.uri, first, Vec::new());
    let source = Listed::<Announcement>::of(&ctx, asked.tab).await?;
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, prepares, list })
}

/// POST /announcements/{code}/{verb}: as in every register; what has changed the catalogue is read anew at once.
pub(crate) async fn act(ctx: Ctx, path: Path<(String, String)>, upload: PatientUpload) -> Answer {
    let (app, issues) = (ctx.app.clone(), path.0.1 == "issue");
    let answer = records::frame::act::<Announcement>(ctx, path, upload).await;
    if issues {
        catalogue::reload(&app).await?;
    }
    answer
}
