//! The leader's home: five figures that matter, where the targets stand, what is late, what changed since yesterday. One screen.

use crate::declared::Check;
use crate::division::{self, Division};
use crate::listed::Steered;
use crate::standing::{Standing, tally};
use crate::state::State;
use crate::steered;
use crate::view::{Read, Scope, Total, amount, change_text, goal_text, state_text, subject_name, totals, value_text};
use askama::Template;
use base::{Id, vn_date_time};
use i18n::L;
use web::table::with;
use web::{Answer, Ctx};

/// Lines in "late" and "changed".
const LINES_MAX: usize = 3;
/// Lines in "changed": the third would not stand on the screen.
const CHANGED_MAX: usize = 2;
/// Programmes named in "where the targets stand"; the others are a click away.
const PROGRAMMES_MAX: usize = 3;

struct Tile {
    name: String,
    value: String,
    goal: String,
    document: String,
    state: String,
    colour: &'static str,
    spark: String,
    change: String,
    up: bool,
    href: String,
}

struct Line {
    name: String,
    text: String,
    href: String,
    up: bool,
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard {
    l: L,
    unit_name: String,
    period_name: String,
    as_of: String,
    part_of: String,
    division: Option<Division>,
    scope: String,
    tiles: Vec<Tile>,
    totals: Vec<Total>,
    programmes: Vec<Steered>,
    bar: String,
    overdue: Vec<Line>,
    overdue_total: String,
    late: Vec<Line>,
    off_track: Vec<Line>,
    changed: Vec<Line>,
    missing: usize,
    missing_href: String,
    waiting: usize,
    waiting_href: String,
    programmes_href: String,
    /// Amounts of money: name, value, address.
    money: Vec<(String, String, String)>,
}

/// GET /steering
pub(crate) async fn dashboard(ctx: Ctx) -> Answer {
    let page = dashboard_page(&ctx).await?;
    Ok(ctx.page(&ctx.l.t("reform-steering"), &page))
}

async fn dashboard_page(ctx: &Ctx) -> Result<Dashboard, base::Fault> {
    let all = steered::programmes(ctx).await?;
    let scope = Scope::read(ctx).await?;
    let read = Read::of(ctx, &scope).await?;
    let l = ctx.l;
    let standings = read.standings(&all, &scope, ctx.now.date());
    let tiles = all
        .all()
        .iter()
        .flat_map(|programme| &programme.headline)
        .filter_map(|id| standings.iter().find(|one| one.placed.target.id == *id))
        .map(|standing| tile(ctx, &scope, &read, standing))
        .collect();
    let programmes = all.all().iter().take(PROGRAMMES_MAX);
    let programmes = programmes.map(|programme| Steered::of(ctx, &scope, &standings, programme)).collect();
    let overdue = overdue(ctx, &scope).await?;
    let waiting = read.declared.iter().filter(|figure| figure.state.check == Check::Declared).count();
    let programmes_href = scope.link(ctx, "/steering/programmes");
    Ok(Dashboard {
        l,
        unit_name: scope.tree.name(scope.node),
        period_name: scope.period.name(l),
        as_of: vn_date_time(ctx.now),
        part_of: division::notice(ctx, &scope),
        division: Division::read(ctx, &scope).await?,
        scope: scope.form(ctx, "/steering"),
        tiles,
        totals: totals(l, &standings, &programmes_href),
        missing: standings.iter().filter(|one| crate::missing::need_of(one).is_some()).count(),
        missing_href: scope.link(ctx, "/steering/missing"),
        programmes,
        bar: state_bar(&standings),
        overdue_total: l.number(overdue.iter().map(|(_, n)| *n).sum::<i64>()),
        overdue: overdue.iter().take(LINES_MAX).map(|(unit, n)| overdue_line(ctx, &scope, *unit, *n)).collect(),
        late: late(ctx, &scope, &read).await?,
        off_track: off_track(ctx, &scope, &standings),
        changed: changed(ctx, &scope, &read, &standings),
        waiting,
        waiting_href: with(&programmes_href, &[("waiting", "1")]),
        money: crate::figure_page::money(ctx, &scope, &read.figures),
        programmes_href,
    })
}

fn tile(ctx: &Ctx, scope: &Scope, read: &Read, standing: &Standing<'_>) -> Tile {
    let (l, placed) = (ctx.l, standing.placed);
    let indicator = placed.subject.indicator.as_deref().unwrap_or_default();
    let level = placed.target.level();
    let change = read.moved_today(indicator, level);
    Tile {
        name: subject_name(l, placed),
        value: value_text(l, standing),
        // Two programmes ask for one figure in different years: a state stands with the document that gives it.
        document: placed.programme.document.clone(),
        goal: l.tr("reform-goal-by", [("goal", goal_text(l, placed)), ("year", placed.target.due.to_string())]),
        state: state_text(l, standing.state),
        colour: standing.state.colour(),
        spark: read.spark(placed, ctx.now.date()),
        change: change.map(|change| change_text(l, change)).unwrap_or_default(),
        up: change.is_some_and(|change| change > 0.0),
        href: scope.link(ctx, &format!("/steering/targets/{}", placed.target.id)),
    }
}

/// The states as one bar, beside their numbers in words; decoration for the eye.
fn state_bar(standings: &[Standing<'_>]) -> String {
    // The tokens of the style sheet; attributes, not styles, so that the strict policy lets them through.
    const COLOURS: [&str; 5] = ["#1A7F37", "#0F4C81", "#C98500", "#B3261E", "#C5CCD3"];
    let totals = tally(standings);
    let all: usize = totals.iter().map(|(_, n)| n).sum();
    let mut svg = String::from(
        "<svg class=\"bar\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
    );
    let mut x = 0.0;
    for ((_, n), colour) in totals.iter().zip(COLOURS) {
        let width = *n as f64 * 100.0 / all.max(1) as f64;
        svg.push_str(&format!("<rect x=\"{x:.2}\" width=\"{width:.2}\" height=\"12\" fill=\"{colour}\"/>"));
        x += width;
    }
    svg.push_str("</svg>");
    svg
}

/// Open overdue dossiers at the scope's agencies, most first.
async fn overdue(ctx: &Ctx, scope: &Scope) -> Result<Vec<(Id, i64)>, base::Fault> {
    let now = ctx.now;
    let mut units = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move { Ok::<_, base::Fault>(dossiers::report::overdue_by_agency(tx, now).await?) })
        })
        .await?;
    units.retain(|(unit, _)| scope.tree.is_within(*unit, scope.node));
    Ok(units)
}

/// A name that fits into a line of the screen.
fn short_name(scope: &Scope, unit: Id) -> String {
    scope.tree.get(unit).map_or_else(|| unit.to_string(), |agency| agency.short_name.clone())
}

fn overdue_line(ctx: &Ctx, scope: &Scope, unit: Id, n: i64) -> Line {
    let path = scope.tree.path(unit);
    let code = scope.tree.get(unit).map_or("", |agency| agency.code.as_str());
    // The worklist opens to those who may read dossiers there.
    let reads = ctx.actor.as_ref().is_some_and(|actor| actor.may_at(dossiers::rights::READ_DOSSIERS, path));
    Line {
        name: short_name(scope, unit),
        text: ctx.l.tr("reform-overdue-line", [("n", ctx.l.number(n))]),
        href: if reads { with("/work?tab=overdue", &[("unit", code)]) } else { String::new() },
        up: false,
    }
}

/// The units of the scope with the most late dossiers settled this month, and how late they are on the whole.
async fn late(ctx: &Ctx, scope: &Scope, read: &Read) -> Result<Vec<Line>, base::Fault> {
    let l = ctx.l;
    let units = crate::units::by_unit(ctx, scope, "on-time", None).await?;
    // An agency with no other below it answers for itself.
    let own = read.figures.get(&("on-time".to_owned(), None)).map(|figure| (scope.node, *figure));
    let mut late: Vec<(Id, i64, f64)> = units
        .iter()
        .copied()
        .chain(own.filter(|_| units.is_empty()))
        .filter_map(|(unit, figure)| Some((unit, figure.denominator - figure.numerator, figure.percent()?)))
        .filter(|(_, missing, _)| *missing > 0)
        .collect();
    late.sort_by_key(|(_, missing, _)| std::cmp::Reverse(*missing));
    Ok(late
        .into_iter()
        .take(LINES_MAX)
        .map(|(unit, missing, percent)| Line {
            name: short_name(scope, unit),
            text: l.tr(
                "reform-late-line",
                [("n", l.number(missing)), ("percent", amount(l, crate::programme::Measure::Percent, percent))],
            ),
            href: with(
                "/steering/targets/NT-033/cases",
                &[("unit", &unit.to_string()), ("period", &scope.period.word), ("part", "missing")],
            ),
            up: false,
        })
        .collect())
}

/// The targets furthest from their goal, of those at risk or missed.
fn off_track(ctx: &Ctx, scope: &Scope, standings: &[Standing<'_>]) -> Vec<Line> {
    let l = ctx.l;
    let mut behind: Vec<(f64, &Standing<'_>)> = standings
        .iter()
        .filter(|one| one.placed.target.counts() && !one.placed.target.of_one_year())
        .filter(|one| matches!(one.state, State::AtRisk | State::Missed))
        .filter_map(|one| {
            let goal = one.placed.target.value;
            (goal > 0.0).then_some(((goal - one.value?).abs() / goal, one))
        })
        .collect();
    behind.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut seen = std::collections::HashSet::new();
    // Several targets of one subject: the furthest tells it.
    behind.retain(|(_, one)| match &one.placed.subject.indicator {
        Some(indicator) => seen.insert((indicator.clone(), one.placed.target.level())),
        None => seen.insert((subject_name(l, one.placed), None)),
    });
    behind
        .into_iter()
        .take(LINES_MAX)
        .map(|(_, one)| Line {
            name: subject_name(l, one.placed),
            text: l.tr(
                "reform-off-track-line",
                [
                    ("value", value_text(l, one)),
                    ("goal", goal_text(l, one.placed)),
                    ("year", one.placed.target.due.to_string()),
                    ("document", one.placed.programme.document.clone()),
                ],
            ),
            href: scope.link(ctx, &format!("/steering/targets/{}", one.placed.target.id)),
            up: one.state == State::AtRisk,
        })
        .collect()
}

/// The figures today's cases moved most.
fn changed(ctx: &Ctx, scope: &Scope, read: &Read, standings: &[Standing<'_>]) -> Vec<Line> {
    let l = ctx.l;
    let mut seen = std::collections::HashSet::new();
    let mut moved: Vec<(f64, &Standing<'_>)> = standings
        .iter()
        .filter(|one| one.placed.target.counts() && !one.placed.target.of_one_year())
        .filter_map(|one| {
            let indicator = one.placed.subject.indicator.as_deref()?;
            let level = one.placed.target.level();
            let change = read.moved_today(indicator, level)?;
            // Several targets ask for one figure: it is told once.
            seen.insert((indicator, level)).then_some((change, one))
        })
        .collect();
    moved.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    moved
        .into_iter()
        .take(CHANGED_MAX)
        .map(|(change, standing)| Line {
            name: subject_name(l, standing.placed),
            text: change_text(l, change),
            href: scope.link(ctx, &format!("/steering/targets/{}", standing.placed.target.id)),
            up: change > 0.0,
        })
        .collect()
}

/// The dashboard's body as HTML, without the frame: what the benchmark measures.
pub async fn dashboard_html(ctx: &Ctx) -> Result<String, base::Fault> {
    dashboard_page(ctx).await?.render().map_err(base::Fault::internal)
}
