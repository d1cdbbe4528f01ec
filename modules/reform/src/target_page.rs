//! One target: its value large, the definition in one sentence, the months against the path to the goal, the units, what moved this week,
//! the declared history; every number opens its cases.

use crate::declared::Declared;
use crate::definitions::indicators;
use crate::live;
use crate::programme::{Measure, Placed};
use crate::standing::Standing;
use crate::state::State;
use crate::steered;
use crate::units::by_unit;
use crate::view::{
    Read, Scope, amount, change_text, goal_text, level_text, pick, quantity, state_text, subject_name, task_facts,
    value_text,
};
use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Id, vn_date, vn_date_time};
use facts::{Figure, Filter, Indicator, Unit};
use i18n::L;
use jiff::ToSpan;
use records::Held;
use records::frame::Pages;
use web::chart::{Bar, Goal, Trajectory, bars, bars_with_median, number, trajectory};
use web::table::with;
use web::{Answer, Breadcrumb, Ctx};

/// Months of the line.
const MONTHS: i32 = 24;
/// Bars shown before "all units".
const BARS_MAX: usize = 120;
/// Bars shown at first, of the units furthest behind.
const BARS_FIRST: usize = 20;

struct Past {
    as_of: String,
    value: String,
    counts: String,
    note: String,
    declared: String,
    check: String,
    colour: &'static str,
    checked: String,
    check_note: String,
    evidence: String,
    /// Its own page, where a second person looks at it.
    href: String,
}

#[derive(Template)]
#[template(path = "target.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    clause: String,
    text: String,
    note: String,
    restates: String,
    /// Who does it, with whom, and what comes out, where it is a task.
    task: Vec<(String, String)>,
    goal: String,
    due: String,
    level: String,
    strive: bool,
    part_of: String,
    scope: String,
    value: String,
    state: String,
    colour: &'static str,
    state_why: String,
    as_of: String,
    live: bool,
    definition: String,
    /// Where its figure is cut: words and addresses.
    cuts: Vec<(String, String)>,
    /// What it counted when, and who decided it.
    definition_href: String,
    definition_source: String,
    /// What must exist before there is a record; empty where there is one.
    needs: String,
    /// The same thing counted as other laws ask for: value, definition, source.
    beside: Vec<(String, String, String)>,
    numerator: String,
    denominator: String,
    missing: String,
    numerator_href: String,
    denominator_href: String,
    missing_href: String,
    chart: String,
    /// Why the last point and the figure above differ; empty where they agree.
    chart_note: String,
    unit_bars: String,
    all_bars: String,
    moved: Vec<(String, String)>,
    history: Vec<Past>,
    may_declare: bool,
    declare_href: String,
}

/// GET /steering/targets/{id}
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let placed = all.target(&id)?;
    let scope = Scope::read(&ctx).await?.bind(&ctx, placed);
    let read = Read::of(&ctx, &scope).await?;
    let l = ctx.l;
    let standing = read
        .standings(&all, &scope, ctx.now.date())
        .into_iter()
        .find(|one| one.placed.target.id == id)
        .ok_or(Fault::NotFound("reform-no-target"))?;
    let known = indicators(&ctx.app);
    let definition = placed.subject.indicator.as_deref().and_then(|id| known.get(id, standing.as_of));
    let cases = with(&scope.link(&ctx, &format!("/steering/targets/{id}/cases")), &[("period", &scope.period.word)]);
    let opens = definition.is_none_or(|definition| !definition.is_confidential());
    let part_href = |part: &str| if opens { with(&cases, &[("part", part)]) } else { String::new() };
    let figure = standing.figure.filter(|_| definition.is_some());
    let unit = definition.map_or(Unit::Count, |one| one.unit);
    let count = |n: Option<i64>| n.map(|n| quantity(l, unit, n)).unwrap_or_default();
    let ((chart, chart_note), (unit_bars, all_bars), moved) = match definition {
        Some(indicator) => (
            chart(&ctx, &scope, placed, &standing, indicator).await?,
            unit_bars(&ctx, &scope, placed, indicator).await?,
            moved(&ctx, &scope, placed, indicator).await?,
        ),
        None => Default::default(),
    };
    let actor = ctx.actor()?;
    let path = scope.tree.path(scope.node);
    let page = Page {
        l,
        trail: trail(&ctx, &scope, placed),
        title: subject_name(l, placed),
        clause: format!("{} {}", placed.programme.document, placed.clause()),
        text: placed.target.text.clone(),
        note: placed.target.note.as_ref().map(|note| pick(l, &note.vi, &note.en).to_owned()).unwrap_or_default(),
        restates: placed.target.restates.clone().unwrap_or_default(),
        task: placed.subject.task.as_ref().map(|task| task_facts(l, &scope.tree, task)).unwrap_or_default(),
        goal: goal_text(l, placed),
        due: vn_date(placed.target.due_day()),
        level: level_text(l, &placed.target.level),
        strive: placed.target.strive,
        part_of: crate::division::notice(&ctx, &scope),
        scope: scope.form(&ctx, ctx.path()),
        value: value_text(l, &standing),
        state: state_text(l, standing.state),
        colour: standing.state.colour(),
        state_why: why(l, &standing),
        as_of: if standing.as_of == ctx.now.date() { vn_date_time(ctx.now) } else { vn_date(standing.as_of) },
        live: definition.is_some(),
        definition: definition
            .map(|one| pick(l, &one.definition_vi, &one.definition_en).to_owned())
            .unwrap_or_default(),
        cuts: definition
            .map(|one| crate::figure_page::cuts(&ctx, &scope, one, placed.target.level()))
            .unwrap_or_default(),
        definition_href: definition.map(|one| format!("/steering/indicators/{}", one.id)).unwrap_or_default(),
        definition_source: definition.map(|one| one.source.clone()).unwrap_or_default(),
        needs: definition
            .and_then(|one| one.needs.as_ref())
            .map(|(vi, en)| pick(l, vi, en).to_owned())
            .unwrap_or_default(),
        beside: beside(&ctx, &read, placed, standing.as_of),
        numerator: count(figure.map(|figure| figure.numerator)),
        denominator: count(figure.map(|figure| figure.denominator)),
        missing: count(figure.map(|figure| figure.denominator.saturating_sub(figure.numerator))),
        numerator_href: part_href("numerator"),
        denominator_href: part_href("denominator"),
        missing_href: part_href("missing"),
        chart,
        chart_note,
        unit_bars,
        all_bars,
        moved,
        history: history(&ctx, &read, placed).await?,
        may_declare: definition.is_none() && actor.may_at(crate::rights::DECLARE_FIGURE, path),
        declare_href: scope.link(&ctx, &format!("/steering/targets/{id}/declare")),
    };
    Ok(ctx.page(&page.title, &page))
}

pub(crate) fn trail(ctx: &Ctx, scope: &Scope, placed: Placed<'_>) -> Vec<Breadcrumb> {
    let programme = format!("/steering/programmes/{}", placed.programme.id);
    scope.trail(ctx, [(placed.programme.document.clone(), programme.as_str()), (placed.target.id.clone(), "")])
}

/// The indicators shown beside a target's own.
fn beside(ctx: &Ctx, read: &Read, placed: Placed<'_>, day: Date) -> Vec<(String, String, String)> {
    let Some(own) = placed.subject.indicator.as_deref() else { return Vec::new() };
    let l = ctx.l;
    indicators(&ctx.app)
        .all(day)
        .filter(|one| one.beside.as_deref() == Some(own))
        .filter_map(|one| {
            let figure = read.figures.get(&(one.id.clone(), placed.target.level()))?;
            let value = amount(l, Measure::Percent, figure.percent()?);
            let words = l.tr(
                "reform-beside",
                [
                    ("name", pick(l, &one.name_vi, &one.name_en).to_owned()),
                    ("value", value),
                    ("numerator", quantity(l, one.unit, figure.numerator)),
                    ("denominator", quantity(l, one.unit, figure.denominator)),
                ],
            );
            Some((words, pick(l, &one.definition_vi, &one.definition_en).to_owned(), one.source.clone()))
        })
        .collect()
}

/// Why it stands where it stands, in one sentence.
fn why(l: L, standing: &Standing<'_>) -> String {
    let key = match (standing.state, standing.value) {
        // A rise needs the year before.
        (State::NoData, Some(_)) => "reform-why-no-previous".to_owned(),
        (state, _) => format!("reform-why-{}", state.as_str()),
    };
    let unit = if standing.placed.subject.indicator.is_some() { Measure::Percent } else { standing.placed.target.unit };
    let expected = standing.expected.map(|value| amount(l, unit, value)).unwrap_or_else(|| "–".to_owned());
    l.tr(key, [("expected", expected), ("due", vn_date(standing.placed.target.due_day()))])
}

fn months_between(from: Date, to: Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

async fn chart(
    ctx: &Ctx,
    scope: &Scope,
    placed: Placed<'_>,
    standing: &Standing<'_>,
    indicator: &Indicator,
) -> Result<(String, String), Fault> {
    let l = ctx.l;
    let last = standing.as_of.first_of_month();
    let first = last.checked_sub((MONTHS - 1).months()).unwrap_or(last);
    let filter = Filter { from: first, to: last.last_of_month(), level: placed.target.level(), fields: None };
    let node = scope.node;
    let versions = indicators(&ctx.app).versions(&indicator.id).to_vec();
    let series = ctx
        .db()
        .read(move |tx| Box::pin(async move { Ok::<_, Fault>(by_definition(tx, &versions, node, &filter).await?) }))
        .await?;
    let points: Vec<Option<f64>> = series.iter().map(|(_, figure)| figure.percent()).collect();
    let note = chart_note(l, scope, standing, indicator, &series);
    // A yearly rise and places have no height on a scale of shares.
    let goals = placed
        .subject
        .targets
        .iter()
        .filter(|target| target.id == placed.target.id && !target.of_one_year() && target.unit == Measure::Percent)
        .map(|target| (months_between(first, target.due_day()), target))
        .filter(|(month, _)| (0..=72).contains(month))
        .map(|(month, target)| Goal {
            month,
            value: target.value,
            label: format!("{} % ({})", number(l, target.value), target.due),
        })
        .collect();
    let start = standing.start.map(|start| (months_between(first, start.day).max(0), start.value));
    let chart = Trajectory {
        name: subject_name(l, placed),
        unit: "%".into(),
        first_month: format!("{:04}-{:02}", first.year(), first.month()),
        points,
        goals,
        start,
        top: Some(100.0),
    };
    Ok((trajectory(l, &chart), note))
}

/// An indicator month by month, each month by the definition of its last day: another way of counting does not move the past.
async fn by_definition(
    tx: &store::Tx,
    versions: &[Indicator],
    node: Id,
    filter: &Filter,
) -> Result<Vec<(String, Figure)>, store::StoreError> {
    let of = |month: &str| {
        let last = format!("{month}-01").parse::<Date>().map_or(Date::MAX, Date::last_of_month);
        versions.iter().rposition(|one| one.valid_from <= last).unwrap_or_default()
    };
    let mut months = Vec::new();
    for (n, version) in versions.iter().enumerate() {
        // The first one counts before its day as well. Most lie before the months shown, or after them.
        let begun = n == 0 || version.valid_from <= filter.to;
        let over = versions.get(n + 1).is_some_and(|next| next.valid_from <= filter.from);
        if begun && !over {
            let series = facts::series_by_month(tx, version, node, filter).await?;
            let own = series.into_iter().filter(|(month, _)| of(month) == n);
            months.extend(own.map(|(month, figure)| (month, version.shown(figure).unwrap_or_default())));
        }
    }
    months.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(months)
}

/// What a month's point and the figure of the whole period have to do with each other, where they are not the same number.
fn chart_note(
    l: L,
    scope: &Scope,
    standing: &Standing<'_>,
    indicator: &Indicator,
    series: &[(String, Figure)],
) -> String {
    let last = series.iter().rev().find_map(|(month, figure)| Some((month, figure.percent()?)));
    let (Some((month, point)), Some(value)) = (last, standing.value) else { return String::new() };
    let share = |value: f64| amount(l, Measure::Percent, value);
    if indicator.denominator.stock || share(point) == share(value) {
        return String::new();
    }
    let month = month.split_once('-').map_or_else(|| month.clone(), |(year, month)| format!("{month}/{year}"));
    l.tr(
        "reform-chart-note",
        [("month", month), ("point", share(point)), ("value", share(value)), ("period", scope.period.name(l))],
    )
}

/// The units furthest from the goal as bars, and all of them where there are more.
async fn unit_bars(
    ctx: &Ctx,
    scope: &Scope,
    placed: Placed<'_>,
    indicator: &Indicator,
) -> Result<(String, String), Fault> {
    let l = ctx.l;
    let units = by_unit(ctx, scope, &indicator.id, placed.target.level()).await?;
    let mut shares: Vec<(Id, f64)> =
        units.iter().filter_map(|(unit, figure)| Some((*unit, figure.percent()?))).collect();
    if shares.is_empty() {
        return Ok(Default::default());
    }
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let lower = placed.target.compare.lower_is_better();
    let reached = |value: f64| if lower { value <= placed.target.value } else { value >= placed.target.value };
    let list: Vec<Bar> = shares
        .into_iter()
        .take(BARS_MAX)
        .map(|(unit, value)| Bar {
            label: scope.tree.get(unit).map(|agency| agency.short_name.clone()).unwrap_or_default(),
            value,
            text: format!("{} %", number(l, value)),
            // The length tells the value, the word stands in the legend; late is kept for what misses the goal.
            state: if placed.target.of_one_year() {
                ""
            } else if reached(value) {
                "ontime"
            } else {
                "near"
            }
            .to_owned(),
            href: if indicator.is_confidential() {
                String::new()
            } else {
                with(
                    &format!("/steering/targets/{}/cases", placed.target.id),
                    &[("unit", &unit.to_string()), ("period", &scope.period.word), ("part", "missing")],
                )
            },
        })
        .collect();
    if list.len() <= BARS_FIRST {
        return Ok((bars(l, &list), String::new()));
    }
    // The list goes from good to bad; what needs a look stands in front.
    let behind: Vec<Bar> = if lower { list[..BARS_FIRST].to_vec() } else { list[list.len() - BARS_FIRST..].to_vec() };
    Ok((bars_with_median(l, &behind, &list), bars(l, &list)))
}

/// What the last seven days added, against the figure without them.
async fn moved(
    ctx: &Ctx,
    scope: &Scope,
    placed: Placed<'_>,
    indicator: &Indicator,
) -> Result<Vec<(String, String)>, Fault> {
    let l = ctx.l;
    let today = ctx.now.date();
    // The difference of two days' figures would tell what one person answered.
    if scope.period.to < today || indicator.is_confidential() {
        return Ok(Vec::new());
    }
    let from = today.checked_sub(6.days()).unwrap_or(today).max(scope.period.from);
    let level = placed.target.level();
    let (sums, _) = live::read(&ctx.app, &scope.asked(today, (from, today))).await?;
    let key = (indicator.id.clone(), level);
    let (now, week) =
        (sums.figures.get(&key).copied().unwrap_or_default(), sums.added.get(&key).copied().unwrap_or_default());
    if week == Figure::default() {
        return Ok(Vec::new());
    }
    let before = Figure { numerator: now.numerator - week.numerator, denominator: now.denominator - week.denominator };
    let mut lines = vec![
        (l.t("reform-moved-cases"), quantity(l, indicator.unit, week.denominator)),
        (l.t("reform-moved-numerator"), quantity(l, indicator.unit, week.numerator)),
    ];
    if let (Some(after), Some(before)) = (now.percent(), before.percent()) {
        lines.push((l.t("reform-moved-change"), change_text(l, after - before)));
    }
    Ok(lines)
}

/// The figures declared for a target, the latest first, with the people who had to do with them.
async fn history(ctx: &Ctx, read: &Read, placed: Placed<'_>) -> Result<Vec<Past>, Fault> {
    let l = ctx.l;
    let own: Vec<_> = read.declared.iter().filter(|held| held.state.target == placed.target.id).collect();
    let people = crate::listed::people(own.iter().map(|held| &held.state));
    let names = ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(identity::names(tx, &people).await?) }));
    let names = names.await?;
    let past = |held: &&Held<Declared>| {
        let (one, href) = (&held.state, format!("{}/{}", Declared::PATH, held.code));
        let [declared, checked] = one.who(&names);
        Past {
            as_of: vn_date(one.as_of),
            value: one.text(l, Some(placed)),
            counts: one.counts(l),
            note: one.note.clone(),
            declared,
            check: l.t(format!("reform-figure-state-{}", one.check.as_str())),
            colour: Declared::colour(one.check),
            checked,
            check_note: one.check_note.clone().unwrap_or_default(),
            evidence: one.evidence.map(|file| format!("{href}/files/{file}")).unwrap_or_default(),
            href,
        }
    };
    Ok(own.iter().rev().map(past).collect())
}
