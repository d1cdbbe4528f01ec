//! /oversight: how dossiers go, without the people they are about. For who oversees an administration and has no business with what
//! citizens declare: inspectors, and roles of a province's own (People's Council, Front, unions).
//!
//! Nothing here comes from what applicants gave: no names, numbers, answers, papers, reasons, and no names of officials.

use super::house;
use crate::actions::{House, load};
use crate::happening::Happening;
use crate::rights::OVERSEE_DOSSIERS;
use crate::worklist::{self, Asked, ClockView, Line, Narrow, Scope, Spot, Tab};
use askama::Template;
use axum::extract::Path;
use base::page::Place;
use base::{Actor, Fault, Id, vn_date_time};
use i18n::L;
use web::table::{Paging, query_value};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// What may be looked at as a list.
const TABS: [Tab; 5] = [Tab::Overdue, Tab::Near, Tab::Unit, Tab::Waiting, Tab::All];

struct TabView {
    href: String,
    label: String,
    current: bool,
}

struct Row {
    code: String,
    procedure: String,
    unit: String,
    due: String,
    percent: i64,
    state: &'static str,
    word: String,
}

#[derive(Template)]
#[template(path = "oversight.html")]
struct ListPage {
    l: L,
    tabs: Vec<TabView>,
    tab: &'static str,
    units: Vec<Choice>,
    unit: String,
    rows: Vec<Row>,
    paging: Paging,
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
        due: line.times.due_at.map(vn_date_time).unwrap_or_default(),
        code: line.code,
        percent: clock.percent,
        state: clock.state,
        word: words(ctx.l, &clock),
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
    let tab = Tab::read(&query_value(&ctx.uri, "tab")).filter(|tab| TABS.contains(tab)).unwrap_or(Tab::Overdue);
    let code = query_value(&ctx.uri, "unit");
    let unit = house.tree.by_code(&code).map(|agency| agency.id);
    let narrow = Narrow { unit, ..Narrow::default() };
    let scope = Scope::over(&actor, &house, OVERSEE_DOSSIERS);
    let mut paging = Paging::from_uri(&ctx.uri);
    let (inner, now) = (house.clone(), ctx.now);
    let (lines, paging, total) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut place = paging.place(Spot::read);
                let mut asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: paging.reads(), place };
                let (mut lines, total) = worklist::lines(tx, &inner, &asked, &[]).await?;
                if paging.is_amiss(&place, lines.len()) {
                    (paging, place) = (paging.from_start(), Place::START);
                    asked = Asked { place, ..asked };
                    lines = worklist::lines(tx, &inner, &asked, &[]).await?.0;
                }
                let paging = paging.turned(&place, &mut lines, |line| asked.spot(line).text());
                Ok::<_, Fault>((lines, paging, total))
            })
        })
        .await?;
    let l = ctx.l;
    let page = ListPage {
        l,
        tabs: TABS
            .iter()
            .map(|one| TabView {
                href: format!("/oversight?tab={}", one.as_str()),
                label: l.t(format!("dossier-tab-{}", one.as_str())),
                current: *one == tab,
            })
            .collect(),
        tab: tab.as_str(),
        units: units(&house, &actor),
        unit: code,
        rows: lines.into_iter().map(|line| row(&ctx, &house, line)).collect(),
        paging: paging.of(total),
    };
    Ok(ctx.page(&l.t("dossier-oversight"), &page))
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
