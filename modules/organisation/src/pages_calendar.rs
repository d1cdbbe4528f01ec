//! The working calendar by year: holidays, swaps, office hours, days that were closed; its forms are [`crate::pages_change`].

use crate::calendar::keeps;
use crate::calendar_store::{self as sql, Line};
use crate::pages::{validity, week};
use crate::{calendar_of, tree_of};
use askama::Template;
use base::calendar::Entry;
use base::{Fault, Lang, Problem, vn_date};
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Filter, Kind, List, On, Shape, Whole};
use web::{Answer, Ctx};

/// Years a visitor may ask for; the table of days ends there.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2059;

/// A line of the calendar in words.
#[derive(Clone)]
pub struct Row {
    pub(crate) line: Line,
    pub(crate) days: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// What its keeper can do about it, and where.
    pub(crate) keep: (String, String),
    /// When and on what decision it was taken back.
    pub(crate) removed: String,
}

/// The calendar's lines of a year; to its keepers also those that were taken back.
pub static LIST: List<Row> = List {
    key: "calendar",
    path: "/calendar",
    title: "organisation-calendar",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter { max: 4, ..Filter::new("year", "organisation-calendar-year-label", Ask::Text) }],
    columns: &[
        Column::new("days", "organisation-calendar-days", Kind::Text, |row: &Row| Cell::text(&row.days)),
        Column::new("kind", "organisation-kind", Kind::Word, |row: &Row| Cell::text(&row.kind)),
        Column::new("what", "organisation-calendar-what", Kind::Text, |row: &Row| {
            Cell::text(&row.name).under(&row.removed)
        }),
        Column::new("source", "organisation-calendar-source", Kind::Text, |row: &Row| {
            Cell::text(&row.line.decision).under(&row.line.reason)
        }),
        Column::new("keep", "organisation-keep", Kind::Word, |row: &Row| Cell::text(&row.keep.0).to(&row.keep.1))
            .on(On::Page)
            .spare(),
    ],
    order: ("first", false),
    shape: Shape::AT,
    empty: ("organisation-calendar-none", "organisation-calendar-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "calendar.html")]
struct Page {
    l: L,
    lead: String,
    before: String,
    after: String,
    list: String,
    hours: Vec<(String, String)>,
    keeps: bool,
    forecast: bool,
}

pub(crate) fn row(ctx: &Ctx, line: &Line, keeps: bool) -> Row {
    let l = ctx.l;
    let (days, kind, name) = match &line.entry {
        Entry::Off { from, to, off } => {
            let name = if ctx.lang == Lang::En { &off.name_en } else { &off.name_vi };
            (validity(l, Some(*from), Some(*to)), off.kind.as_str(), name.clone())
        }
        Entry::Swap(swap) => {
            let worked = l.tr("organisation-calendar-worked", [("day", vn_date(swap.worked))]);
            (vn_date(swap.off), "swap", worked)
        }
        Entry::Hours { from, to, hours } => {
            // An agency says only what is its own.
            let own = |day: &usize| line.agency.is_none() || !hours.of_weekday(*day).is_empty();
            let days = week(l, hours).into_iter().enumerate().filter(|(day, _)| own(day));
            let days = days.map(|(_, (day, text))| format!("{day}: {text}")).collect::<Vec<_>>().join("; ");
            let days = if days.is_empty() { l.t("organisation-calendar-as-province") } else { days };
            (validity(l, Some(*from), *to), "hours", days)
        }
    };
    let coming = line.first_day() > ctx.now.date() && line.closing.is_none();
    let keep = match (keeps && line.removed.is_none(), coming) {
        (false, _) => Default::default(),
        (true, false) => (l.t("organisation-calendar-stays"), String::new()),
        (true, true) => {
            (format!("{} {days}", l.t("organisation-calendar-remove")), format!("/calendar/{}/remove", line.id))
        }
    };
    let removed = line.removed.as_ref().map(|(at, decision, reason)| {
        let said = [("at", base::vn_date_time(*at)), ("decision", decision.clone()), ("reason", reason.clone())];
        l.tr("organisation-calendar-removed-on", said)
    });
    let kind = l.t(format!("organisation-calendar-kind-{kind}"));
    Row { line: line.clone(), days, kind, name, keep, removed: removed.unwrap_or_default() }
}

/// Does the line tell of a day of that year?
fn touches(line: &Line, year: i16) -> bool {
    match &line.entry {
        Entry::Off { from, to, .. } => (from.year()..=to.year()).contains(&year),
        Entry::Swap(swap) => swap.off.year() == year || swap.worked.year() == year,
        Entry::Hours { from, to, .. } => from.year() <= year && to.is_none_or(|to| year <= to.year()),
    }
}

async fn keeper(ctx: &Ctx) -> Result<bool, Fault> {
    let tree = tree_of(&ctx.app).await?;
    let root = tree.root().map(|root| root.path.clone()).unwrap_or_default();
    Ok(ctx.actor.as_ref().is_some_and(|actor| keeps(actor, &root)))
}

/// Lines that hold, and lines taken back.
pub(crate) async fn lines(ctx: &Ctx) -> Result<(Vec<Line>, Vec<Line>), Fault> {
    ctx.db()
        .read(|tx| {
            Box::pin(async move {
                let lines = match sql::latest(tx).await? {
                    Some((revision, _)) => sql::lines(tx, revision).await?,
                    None => Vec::new(),
                };
                Ok::<_, Fault>((lines, sql::removed(tx).await?))
            })
        })
        .await
}

/// GET /calendar
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, calendar, keeps) = (ctx.l, calendar_of(&ctx.app), keeper(&ctx).await?);
    let mut asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    asked.public = true;
    let mut year = ctx.now.date().year();
    if let Some(typed) = asked.given("year") {
        match typed.parse().ok().filter(|year| YEARS.contains(year)) {
            Some(typed) => year = typed,
            None => asked.problems.push(Problem::new("organisation-calendar-year").field("year")),
        }
    } else {
        asked.set("year", year.to_string());
    }
    let (lines, removed) = lines(&ctx).await?;
    let province = |line: &&Line| line.agency.is_none() && touches(line, year);
    let shown = lines.iter().chain(removed.iter().filter(|_| keeps)).filter(province);
    let rows: Vec<Row> = shown.map(|line| row(&ctx, line, keeps)).collect();
    let neighbour = |year: i16| if YEARS.contains(&year) { format!("/calendar?year={year}") } else { String::new() };
    let lines = Whole::of(&LIST, &asked, rows, |row| row.line.id);
    let opened = lists::open(&ctx, &LIST, asked, lines).await?;
    opened.page(&ctx, &l.t(LIST.title), |list| Page {
        l,
        lead: l.tr("organisation-calendar-lead", [("version", calendar.version())]),
        before: neighbour(year - 1),
        after: neighbour(year + 1),
        list,
        hours: week(l, calendar.hours_on(ctx.now.date())),
        keeps,
        forecast: year > calendar.covers().1.year(),
    })
}

/// A line in words, where it is taken back.
pub(crate) fn row_words(ctx: &Ctx, line: &Line) -> String {
    let Row { days, name, kind, .. } = row(ctx, line, false);
    format!("{days}: {name} ({kind})")
}
