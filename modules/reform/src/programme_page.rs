//! A programme's targets: value, goal, where each stands; filtered by axis, level, state and due year, all kept in the address.

use crate::programme::{Measure, Task};
use crate::standing::Standing;
use crate::state::State;
use crate::steered;
use crate::view::{
    Read, Scope, Total, amount, goal_text, level_text, pick, state_text, subject_name, task_facts, totals, value_text,
};
use askama::Template;
use base::{Fault, vn_date, vn_date_time};
use i18n::L;
use organisation::Tree;
use std::collections::BTreeSet;
use web::table::{Cell, Paging, query_value, with};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// Targets a page shows: a plan of a hundred is two pages, and a few thumb's lengths on a phone.
const ROWS: u32 = 40;

struct Row {
    id: String,
    href: String,
    name: String,
    clause: String,
    /// Who does it, where it is a task.
    task: String,
    /// The last months, once for each subject.
    spark: String,
    goal: String,
    due: String,
    level: String,
    value: String,
    counts: String,
    gap: String,
    state: String,
    colour: &'static str,
    source: String,
    strive: bool,
    maintain: bool,
    derived: bool,
    restates: String,
    waiting: usize,
}

/// The targets of one axis in a row.
struct Group {
    axis: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "programme.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    notice: String,
    part_of: String,
    action: String,
    unit: String,
    units: Vec<Choice>,
    period: String,
    periods: Vec<Choice>,
    axis: String,
    axes: Vec<Choice>,
    level: String,
    levels: Vec<Choice>,
    state: String,
    states: Vec<Choice>,
    due: String,
    dues: Vec<Choice>,
    derived: bool,
    totals: Vec<Total>,
    groups: Vec<Group>,
    paging: Paging,
    missing_href: String,
    shown: usize,
    as_of: String,
    uri: String,
}

/// What the address narrows the list to.
struct Narrow {
    axis: String,
    level: String,
    state: Option<State>,
    due: String,
    derived: bool,
    waiting: bool,
}

impl Narrow {
    fn read(ctx: &Ctx) -> Narrow {
        let value = |name: &str| query_value(&ctx.uri, name);
        Narrow {
            axis: value("axis"),
            level: value("level"),
            state: State::read(&value("state")),
            due: value("due"),
            derived: value("derived") == "1",
            waiting: value("waiting") == "1",
        }
    }

    fn takes(&self, standing: &Standing<'_>) -> bool {
        let (subject, target) = (standing.placed.subject, standing.placed.target);
        (self.axis.is_empty() || self.axis == subject.axis)
            && (self.level.is_empty() || target.level.split('+').any(|one| one == self.level))
            // The totals leave out what is derived or restated; so does the list they lead to.
            && self.state.is_none_or(|state| state == standing.state && target.counts())
            && (self.due.is_empty() || self.due == target.due.to_string())
            && (self.derived || !target.derived)
            && (!self.waiting || standing.waiting > 0)
    }
}

/// GET /steering/programmes/{id}
pub(crate) async fn show(ctx: Ctx, axum::extract::Path(id): axum::extract::Path<String>) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let programme = all.programme(&id)?;
    let l = ctx.l;
    let title = pick(l, &programme.name_vi, &programme.name_en).to_owned();
    let lead = l.tr(
        "reform-programme-lead",
        [
            ("document", programme.document.clone()),
            ("day", vn_date(programme.decided)),
            ("issuer", programme.issuer.clone()),
        ],
    );
    let notice = programme.successor.as_ref().map(|next| l.tr("reform-programme-successor", [("name", next.as_str())]));
    page(ctx, Some(id), title, lead, notice.unwrap_or_default()).await
}

/// The targets of all programmes, for the links of the totals.
pub(crate) async fn all(ctx: Ctx) -> Answer {
    let title = ctx.l.t("reform-all-targets");
    page(ctx, None, title, String::new(), String::new()).await
}

async fn page(ctx: Ctx, programme: Option<String>, title: String, lead: String, notice: String) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let scope = Scope::read(&ctx).await?;
    let scope = match &programme {
        Some(id) => scope.of(&ctx, all.programme(id)?),
        None => scope,
    };
    let read = Read::of(&ctx, &scope).await?;
    let l = ctx.l;
    let narrow = Narrow::read(&ctx);
    let mut own = read.standings(&all, &scope, ctx.now.date());
    own.retain(|one| programme.as_ref().is_none_or(|id| one.placed.programme.id == *id));
    let shown: Vec<&Standing<'_>> = own.iter().filter(|one| narrow.takes(one)).collect();
    let format = query_value(&ctx.uri, "format");
    if !format.is_empty() {
        return Ok(export(l, &format, &shown)?);
    }
    let paging = Paging::from_uri(&with(&ctx.uri, &[("per_page", &ROWS.to_string())]));
    let (part, paging) = paging.leafed(shown.clone(), |one| one.placed.target.id.clone());
    let path = ctx.path().to_owned();
    let choices = |words: BTreeSet<String>, key: &str| -> Vec<Choice> {
        words.into_iter().map(|word| Choice::new(word.clone(), l.t(format!("{key}{word}")))).collect()
    };
    let page = Page {
        l,
        trail: scope.trail(
            &ctx,
            [
                (l.t("reform-programmes"), "/steering/programmes"),
                (programme.as_ref().map_or(title.clone(), |_| own_document(&own)), ""),
            ],
        ),
        totals: totals(l, &own, &scope.link(&ctx, &path)),
        shown: shown.len(),
        groups: groups(&ctx, &scope, &read, &part),
        paging,
        missing_href: scope.link(&ctx, "/steering/missing"),
        title,
        lead,
        notice,
        part_of: crate::division::notice(&ctx, &scope),
        action: path,
        unit: scope.node.to_string(),
        units: scope.units(&ctx),
        period: scope.period.word.clone(),
        periods: scope.periods(&ctx),
        axes: choices(own.iter().map(|one| one.placed.subject.axis.clone()).collect(), "reform-axis-"),
        levels: ["province", "district", "commune"]
            .map(|word| Choice::new(word, l.t(format!("reform-level-{word}"))))
            .to_vec(),
        states: State::ALL.map(|state| Choice::new(state.as_str(), state_text(l, state))).to_vec(),
        dues: own
            .iter()
            .map(|one| one.placed.target.due)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|year| Choice::new(year.to_string(), year.to_string()))
            .collect(),
        axis: narrow.axis,
        level: narrow.level,
        state: narrow.state.map(State::as_str).unwrap_or_default().to_owned(),
        due: narrow.due,
        derived: narrow.derived,
        as_of: vn_date_time(ctx.now),
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&page.title, &page))
}

fn own_document(own: &[Standing<'_>]) -> String {
    own.first().map(|one| one.placed.programme.document.clone()).unwrap_or_default()
}

fn groups(ctx: &Ctx, scope: &Scope, read: &Read, shown: &[&Standing<'_>]) -> Vec<Group> {
    let l = ctx.l;
    let mut groups: Vec<Group> = Vec::new();
    let (mut last_axis, mut last_subject) = ("", "");
    for standing in shown {
        let subject = standing.placed.subject;
        if groups.is_empty() || last_axis != subject.axis {
            groups.push(Group { axis: l.t(format!("reform-axis-{}", subject.axis)), rows: Vec::new() });
            last_axis = &subject.axis;
        }
        let mut row = row(ctx, scope, standing);
        if last_subject != subject.id {
            row.spark = read.spark(standing.placed, ctx.now.date());
        }
        last_subject = &subject.id;
        if let Some(group) = groups.last_mut() {
            group.rows.push(row);
        }
    }
    groups
}

/// "Chủ trì: Sở Nội vụ · Phối hợp: … · Sản phẩm: …".
fn task_text(l: L, tree: &Tree, task: &Task) -> String {
    task_facts(l, tree, task).into_iter().map(|(word, text)| format!("{word}: {text}")).collect::<Vec<_>>().join(" · ")
}

fn row(ctx: &Ctx, scope: &Scope, standing: &Standing<'_>) -> Row {
    let (l, placed) = (ctx.l, standing.placed);
    let target = placed.target;
    let gap = match (standing.state, standing.value) {
        (State::AtRisk | State::Missed | State::OnTrack, Some(value)) if !target.of_one_year() => {
            let gap = (target.value - value).abs();
            let unit = if target.unit == Measure::Percent { Measure::PointsAYear } else { target.unit };
            match unit {
                Measure::PointsAYear => l.tr("reform-gap-points", [("value", web::chart::number(l, gap))]),
                unit => l.tr("reform-gap", [("value", amount(l, unit, gap))]),
            }
        }
        _ => String::new(),
    };
    Row {
        id: target.id.clone(),
        href: scope.link(ctx, &format!("/steering/targets/{}", target.id)),
        name: subject_name(l, placed),
        clause: format!("{} {}", placed.programme.document, placed.clause()),
        task: placed.subject.task.as_ref().map(|task| task_text(l, &scope.tree, task)).unwrap_or_default(),
        spark: String::new(),
        goal: goal_text(l, placed),
        due: target.due.to_string(),
        level: level_text(l, &target.level),
        value: value_text(l, standing),
        counts: standing
            .figure
            .map(|figure| format!("{} / {}", l.number(figure.numerator), l.number(figure.denominator)))
            .unwrap_or_default(),
        gap,
        state: state_text(l, standing.state),
        colour: standing.state.colour(),
        source: l.t(format!("reform-source-{}", standing.source.as_str())),
        strive: target.strive,
        maintain: target.maintain,
        derived: target.derived,
        restates: target.restates.clone().unwrap_or_default(),
        waiting: standing.waiting,
    }
}

fn export(l: L, format: &str, shown: &[&Standing<'_>]) -> Result<axum::response::Response, Fault> {
    let headers =
        ["target", "clause", "subject", "goal", "level", "due", "value", "numerator", "denominator", "state", "source"]
            .map(|name| l.t(format!("reform-column-{name}")));
    let rows = shown
        .iter()
        .map(|one| {
            let number = |n: Option<i64>| n.map_or(Cell::Text(String::new()), Cell::from);
            vec![
                Cell::from(one.placed.target.id.as_str()),
                Cell::from(format!("{} {}", one.placed.programme.document, one.placed.clause())),
                Cell::from(subject_name(l, one.placed)),
                Cell::from(goal_text(l, one.placed)),
                Cell::from(level_text(l, &one.placed.target.level)),
                Cell::from(i64::from(one.placed.target.due)),
                Cell::from(value_text(l, one)),
                number(one.figure.map(|figure| figure.numerator)),
                number(one.figure.map(|figure| figure.denominator)),
                Cell::from(state_text(l, one.state)),
                Cell::from(l.t(format!("reform-source-{}", one.source.as_str()))),
            ]
        })
        .collect();
    web::table::export(l, format, &l.t("reform-export-name"), &headers, rows)
}
