//! The working calendar by year, and the keeper's forms: a holiday, a swap, office hours; taking a line back.

use crate::calendar::{self, REMOVING, WEEK, keeps};
use crate::calendar_store::{self as sql, Line};
use crate::pages::{validity, week};
use crate::{calendar_of, reload, tree_of};
use askama::Template;
use axum::extract::Path;
use base::calendar::Entry;
use base::{Date, Fault, Id, Lang, Problem, vn_date};
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Filter, Kind, List, On, Shape, Whole};
use records::{Field, FormPage, Typed};
use std::collections::HashMap;
use web::{Answer, Breadcrumb, Ctx, FormMap};

/// Years a visitor may ask for; the table of days ends there.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2059;

/// A line of the calendar in words.
#[derive(Clone)]
pub struct Row {
    line: Line,
    days: String,
    kind: String,
    name: String,
    /// What its keeper can do about it, and where.
    keep: (String, String),
    /// When and on what decision it was taken back.
    removed: String,
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

fn row(ctx: &Ctx, line: &Line, keeps: bool) -> Row {
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
            let days = week(l, hours).into_iter().map(|(day, text)| format!("{day}: {text}"));
            (validity(l, Some(*from), *to), "hours", days.collect::<Vec<_>>().join("; "))
        }
    };
    let keep = match (keeps && line.removed.is_none(), line.first_day() > ctx.now.date()) {
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
async fn lines(ctx: &Ctx) -> Result<(Vec<Line>, Vec<Line>), Fault> {
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
    let shown = lines.iter().chain(removed.iter().filter(|_| keeps)).filter(|line| touches(line, year));
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

/// A keeper's form: what it is about, what it asks for, the line it takes back.
struct Form {
    what: &'static str,
    asks: &'static [Field],
    line: Option<Id>,
    year: i16,
    lead: String,
}

/// What an address names: `what` is added, or the line `id` taken back.
type Named = Path<HashMap<String, String>>;

impl Form {
    /// The form, if the calendar is this person's to keep; it is not shown to anybody else.
    async fn of(ctx: &Ctx, Path(named): Named) -> Result<Form, Fault> {
        ctx.require(crate::rights::KEEP_ORGANISATION)?;
        if !keeper(ctx).await? {
            return Err(Fault::Forbidden(Problem::new("organisation-calendar-province")));
        }
        if let Some(what) = named.get("what") {
            let (what, asks) = calendar::adding(what)?;
            let lead = ctx.l.t(format!("organisation-calendar-{what}-lead"));
            return Ok(Form { what, asks, line: None, year: ctx.now.date().year(), lead });
        }
        let (lines, id) = (lines(ctx).await?.0, named.get("id").and_then(|id| id.parse().ok()));
        let line = lines.iter().find(|line| Some(line.id.0) == id);
        let line = line.ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
        let Row { days, name, kind, .. } = row(ctx, line, false);
        let (year, lead) = (line.first_day().year(), format!("{days}: {name} ({kind})"));
        Ok(Form { what: "remove", asks: REMOVING, line: Some(line.id), year, lead })
    }

    fn page(self, ctx: &Ctx, given: &FormMap, refused: Option<Fault>) -> Answer {
        let (l, calendar) = (ctx.l, calendar_of(&ctx.app));
        let likely = |name: &str| match WEEK.iter().position(|day| *day == name) {
            Some(day) => calendar.hours_on(ctx.now.date()).day_text(day),
            None if name == "kind" => "holiday".to_owned(),
            None => String::new(),
        };
        let typed = |field: &Field| given.text(field.name).to_owned();
        let value = |field: &Field| if given.0.is_empty() { likely(field.name) } else { typed(field) };
        let mut fields = records::shown(l, "organisation-calendar", self.asks, value, |_| Vec::new());
        if let Some(day) = fields.iter_mut().find(|field| self.what == "swap" && field.name == "first_day") {
            day.label = l.t("organisation-calendar-off-day");
        }
        FormPage {
            above: vec![Breadcrumb::new(l.t("organisation-calendar"), "/calendar")],
            title: l.t(format!("organisation-calendar-{}", self.what)),
            lead: self.lead,
            action: ctx.path().to_owned(),
            back: "/calendar".to_owned(),
            fields,
            refused,
            open: Vec::new(),
        }
        .answer(ctx)
    }
}

/// GET /calendar/add/{what}, GET /calendar/{id}/remove
pub(crate) async fn form(ctx: Ctx, named: Named) -> Answer {
    Form::of(&ctx, named).await?.page(&ctx, &FormMap::default(), None)
}

/// POST /calendar/add/{what}, POST /calendar/{id}/remove: back to the list, or the form again with what is wrong.
pub(crate) async fn change(ctx: Ctx, named: Named, given: FormMap) -> Answer {
    let form = Form::of(&ctx, named).await?;
    let (actor, now, typed, what, line) = (ctx.actor()?.clone(), ctx.now, Typed::from(&given), form.what, form.line);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            match line {
                Some(line) => calendar::remove(tx, &actor, now, line, &typed).await,
                None => calendar::add(tx, &actor, now, what, &typed).await.map(|_| ()),
            }
        })
    });
    match done.await {
        Ok(()) => {
            reload(&ctx.app).await?;
            let said = if line.is_some() { "organisation-calendar-removed" } else { "organisation-calendar-added" };
            let year = given.text("first_day").parse().map_or(form.year, |day: Date| day.year());
            Ok(ctx.flash(format!("/calendar?year={year}"), said))
        }
        Err(fault) => form.page(&ctx, &given, Some(fault)),
    }
}
