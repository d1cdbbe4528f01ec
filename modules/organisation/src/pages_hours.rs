//! The lines of agencies in the calendar: hours of their own, and days on which an emergency decision closed them.

use crate::calendar::has_hours;
use crate::calendar_store::Line;
use crate::pages_calendar::{Row, lines, row};
use crate::tree_of;
use crate::verbs::keeps;
use askama::Template;
use base::{Id, Problem};
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Filter, Kind, List, On, Shape, Whole};
use web::{Answer, Ctx};

/// A line with whose it is.
#[derive(Clone)]
pub struct Own {
    row: Row,
    agency: Id,
    name: String,
}

/// The lines of agencies, those of one first where it is asked for.
pub static LIST: List<Own> = List {
    key: "calendar-agencies",
    path: "/calendar/agencies",
    title: "organisation-calendar-agencies",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter { max: 20, ..Filter::new("unit", "organisation-calendar-unit", Ask::Text) }],
    columns: &[
        Column::new("agency", "organisation-calendar-unit", Kind::Text, |own: &Own| {
            Cell::text(&own.name).to(format!("/units/{}", own.agency))
        }),
        Column::new("days", "organisation-calendar-days", Kind::Text, |own: &Own| Cell::text(&own.row.days)),
        Column::new("kind", "organisation-kind", Kind::Word, |own: &Own| Cell::text(&own.row.kind)),
        Column::new("what", "organisation-calendar-what", Kind::Text, |own: &Own| {
            Cell::text(&own.row.name).under(&own.row.removed)
        }),
        Column::new("source", "organisation-calendar-source", Kind::Text, |own: &Own| {
            Cell::text(&own.row.line.decision).under(&own.row.line.reason)
        }),
        Column::new("keep", "organisation-keep", Kind::Word, |own: &Own| {
            Cell::text(&own.row.keep.0).to(&own.row.keep.1)
        })
        .on(On::Page)
        .spare(),
    ],
    order: ("first", false),
    shape: Shape::AT,
    empty: ("organisation-calendar-no-own", "organisation-calendar-no-own-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "calendar_agencies.html")]
struct Page {
    l: L,
    lead: String,
    list: String,
    /// Where hours are added for the agency that is asked for, by its keeper.
    add: String,
}

/// GET /calendar/agencies?unit=
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
    let mut asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    asked.public = true;
    let typed = asked.given("unit").map(str::to_owned);
    let by_id = |text: &str| text.parse().ok().and_then(|id| tree.get(Id(id)));
    let found = typed.as_deref().map(|text| by_id(text).or_else(|| tree.by_code(&text.to_ascii_uppercase())));
    if matches!(found, Some(None)) {
        asked.problems.push(Problem::new("organisation-calendar-unit-unknown").field("unit"));
    }
    let unit = found.flatten();
    let (lines, removed) = lines(&ctx).await?;
    let kept = |line: &Line| {
        let agency = line.agency.and_then(|agency| tree.get(agency));
        agency.zip(ctx.actor.as_ref()).is_some_and(|(agency, actor)| keeps(actor, &tree, agency))
    };
    let shown = lines.iter().chain(removed.iter().filter(|line| kept(line)));
    let of_unit = |line: &&Line| line.agency.is_some() && unit.is_none_or(|unit| line.agency == Some(unit.id));
    let own = |line: &Line| {
        let agency = line.agency?;
        Some(Own { row: row(&ctx, line, kept(line)), agency, name: tree.name(agency) })
    };
    let rows: Vec<Own> = shown.filter(of_unit).filter_map(own).collect();
    let may = |agency: &&crate::Agency| {
        ctx.actor.as_ref().is_some_and(|actor| keeps(actor, &tree, agency)) && has_hours(&tree, agency)
    };
    let add = unit.filter(may).map(|unit| format!("/units/{}/hours", unit.id)).unwrap_or_default();
    let lead = match unit {
        Some(unit) => l.tr("organisation-calendar-agencies-of", [("name", unit.name.clone())]),
        None => l.t("organisation-calendar-agencies-lead"),
    };
    let lines = Whole::of(&LIST, &asked, rows, |own| own.row.line.id);
    let opened = lists::open(&ctx, &LIST, asked, lines).await?;
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, lead, list, add })
}
