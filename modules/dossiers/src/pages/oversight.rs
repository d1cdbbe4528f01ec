//! /oversight: how dossiers go, without the people they are about. For who oversees an administration and has no business with what
//! citizens declare: inspectors, and roles of a province's own (People's Council, Front, unions).
//!
//! Nothing here comes from what applicants gave: no names, numbers, answers, papers, reasons, and no names of officials.

use super::house;
use super::work_list::{ClockBar, key_of, spot_of};
use crate::actions::{House, load};
use crate::happening::Happening;
use crate::rights::OVERSEE_DOSSIERS;
use crate::worklist::{self, Asked, ClockView, Line, Narrow, Scope, Spot, Tab};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use base::page::Place;
use base::{Actor, Fault, Id, Instant, vn_date_time};
use i18n::L;
use lists::{Ask, Batch, Cell, Column, Filter, Key, Kind, List, Shape, Sort, Source};
use web::table::{Paging, query_value};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// What may be looked at as a list.
const TABS: [Tab; 5] = [Tab::Overdue, Tab::Near, Tab::Unit, Tab::Waiting, Tab::All];

/// How a dossier goes, and nothing of whose it is.
pub struct Row {
    code: String,
    procedure: String,
    unit: String,
    due: Option<Instant>,
    clock: ClockView,
    word: String,
}

/// Dossiers of a scope that is overseen.
pub static LIST: List<Row> = List {
    key: "oversight",
    path: "/oversight",
    title: "dossier-oversight",
    tabs: &["overdue", "near", "unit", "waiting", "all"],
    tab_word: "dossier-tab-",
    through: "",
    filters: &[Filter::new("unit", "dossier-filter-unit", Ask::Choice)],
    columns: &[
        Column::new("code", "dossier-code", Kind::Word, |row: &Row| {
            Cell::code(&row.code).to(format!("/oversight/{}", row.code))
        })
        .unlabelled(),
        Column::new("procedure", "dossier-procedure", Kind::Text, |row: &Row| Cell::text(&row.procedure)).unlabelled(),
        Column::new("unit", "dossier-oversight-at", Kind::Word, |row: &Row| Cell::text(&row.unit)),
        Column::new("clock", "dossier-clock", Kind::Word, |row: &Row| {
            let bar = ClockBar { percent: &row.clock.percent, state: row.clock.state, word: &row.word };
            Cell::text(&row.word).html(bar.render().unwrap_or_default())
        })
        .unlabelled(),
        Column::new("due", "dossier-due", Kind::Moment, |row: &Row| Cell::moment(row.due)).sorted(Sort::Both),
    ],
    // Each tab has an order of its own.
    order: ("", false),
    shape: Shape::AT,
    empty: ("dossier-list-empty", "dossier-list-empty-done"),
    files: true,
};

#[derive(Template)]
#[template(path = "oversight.html")]
struct ListPage {
    l: L,
    list: String,
}

struct Step {
    at: String,
    what: String,
    unit: String,
}

#[derive(Template)]
#[template(path = "oversight_one.html")]
struct OnePage {
    l: L,
    trail: Vec<Breadcrumb>,
    code: String,
    procedure: String,
    /// Word and value, each in the reader's language.
    facts: Vec<(String, String)>,
    percent: i64,
    state: &'static str,
    word: String,
    steps: Vec<Step>,
}

fn words(l: L, clock: &ClockView) -> String {
    l.tr(clock.key, [("n", clock.n.to_string())])
}

fn row(ctx: &Ctx, house: &House, line: Line) -> Row {
    let version = house.shelf.version(line.version);
    let clock = worklist::clock_of(&line.times, &house.calendar, ctx.now);
    Row {
        procedure: version.map(|version| version.name.clone()).unwrap_or_default(),
        unit: house.tree.name(line.unit),
        due: line.times.due_at,
        code: line.code,
        word: words(ctx.l, &clock),
        clock,
    }
}

/// What is overseen, by whom.
struct Overseen {
    ctx: Ctx,
    house: House,
    scope: Scope,
    tab: Tab,
    narrow: Narrow,
    file: bool,
}

impl Source for Overseen {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let (scope, narrow, now) = (&self.scope, &self.narrow, self.ctx.now);
            let begin = Asked { scope, tab: self.tab, narrow, now, limit: limit as i64 + 1, place: Place::START };
            let batch = if self.file {
                let place = after.map_or(Place::START, |key| Place::After(spot_of(key)));
                let asked = Asked { place, ..begin };
                let lines = worklist::lines(tx, &self.house, &asked, &[]).await?.0;
                Batch::cut(lines, limit, |line| key_of(asked.spot(line)))
            } else {
                let mut paging = Paging::from_uri(&self.ctx.uri);
                let mut place = paging.place(Spot::read);
                let mut asked = Asked { limit: paging.reads(), place, ..begin };
                let (mut lines, total) = worklist::lines(tx, &self.house, &asked, &[]).await?;
                if paging.is_amiss(&place, lines.len()) {
                    (paging, place) = (paging.from_start(), Place::START);
                    asked = Asked { place, ..asked };
                    lines = worklist::lines(tx, &self.house, &asked, &[]).await?.0;
                }
                let paging = paging.turned(&place, &mut lines, |line| asked.spot(line).text());
                Batch::paged(lines, paging.of(total))
            };
            Ok(batch.map(|line| Some(row(&self.ctx, &self.house, line))))
        })
    }
}

/// Agencies of the scope that a list may be narrowed to; divisions are left to their agency.
fn units(house: &House, actor: &Actor) -> Vec<Choice> {
    let scopes = actor.scopes(OVERSEE_DOSSIERS);
    let inside = |path: &str| scopes.iter().any(|scope| path.starts_with(scope));
    let all = house.tree.all().iter().filter(|agency| agency.valid_to.is_none() && agency.house().is_some());
    all.filter(|agency| inside(&agency.path)).map(|agency| Choice::new(&agency.code, &agency.short_name)).collect()
}

/// `GET /oversight`
pub async fn oversight(ctx: Ctx) -> Answer {
    let actor = ctx.require(OVERSEE_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    // Old addresses with something in them that is gone do not fail.
    let mut asked = lists::Asked::read(&LIST, &ctx.uri, 0, vec![("unit", units(&house, &actor))]).overlook();
    asked.after = None;
    if query_value(&ctx.uri, "sort").is_empty() {
        asked.sort = LIST.order;
    }
    let unit = asked.given("unit").and_then(|code| house.tree.by_code(code)).map(|agency| agency.id);
    let sort = match asked.sort {
        ("due", down) => if down { "-due" } else { "due" }.to_owned(),
        _ => String::new(),
    };
    let source = Overseen {
        scope: Scope::over(&actor, &house, OVERSEE_DOSSIERS),
        tab: TABS[asked.tab],
        narrow: Narrow { unit, sort, ..Narrow::default() },
        file: asked.is_file(),
        ctx: ctx.clone(),
        house,
    };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| ListPage { l: ctx.l, list })
}

/// `GET /oversight/{code}`
pub async fn oversight_one(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let actor = ctx.require(OVERSEE_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let (loaded, events) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let loaded = load(tx, &code).await?;
                let events = audit::events(tx, loaded.dossier.id).await?;
                Ok::<_, Fault>((loaded, events))
            })
        })
        .await?;
    let d = &loaded.dossier;
    let version = house.version(d.version)?;
    let within = |unit: Id| actor.may_in(OVERSEE_DOSSIERS, house.tree.path(unit), &version.field);
    if !within(d.competent) && !within(d.unit) {
        return Err(Fault::NotFound("dossier-not-found").into());
    }
    let l = ctx.l;
    let clock = worklist::clock(d, &house.calendar, ctx.now);
    let day = |at: Option<base::Instant>| at.map(vn_date_time).unwrap_or_else(|| "–".to_owned());
    let fact = |key: &str, value: String| (l.t(key), value);
    let steps = events.iter().filter(|event| Happening::read(&event.data).is_ok()).map(|event| Step {
        at: vn_date_time(event.at),
        what: l.t(format!("dossier-event-{}", event.kind)),
        unit: event.agency.map(|unit| house.tree.name(unit)).unwrap_or_default(),
    });
    let page = OnePage {
        l,
        trail: vec![Breadcrumb::new(l.t("dossier-oversight"), "/oversight"), Breadcrumb::new(d.code.clone(), "")],
        code: d.code.clone(),
        procedure: version.name.clone(),
        facts: vec![
            fact("dossier-oversight-competent", house.tree.name(d.competent)),
            fact("dossier-oversight-at", house.tree.name(d.unit)),
            fact("dossier-oversight-state", l.t(crate::dossier::state_key(d.status, d.outcome))),
            fact("dossier-oversight-received", day(d.received_at)),
            fact("dossier-oversight-due", day(d.due_at)),
            fact("dossier-oversight-finished", day(d.finished_at)),
        ],
        percent: clock.percent,
        state: clock.state,
        word: words(l, &clock),
        steps: steps.collect(),
    };
    Ok(ctx.page(&page.code, &page))
}
