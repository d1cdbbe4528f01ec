//! The working calendar by year, and the keeper's forms: a holiday, a swap, office hours; taking a line back.

use crate::calendar::{self, Given, Ground, keeps};
use crate::calendar_store::{self as sql, Line};
use crate::pages::week;
use crate::{calendar_of, reload, tree_of};
use askama::Template;
use axum::extract::Path;
use base::calendar::{Entry, OffKind};
use base::{Actor, Date, Fault, Id, Lang, Problem, vn_date};
use i18n::L;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// Years a visitor may ask for; the table of days ends there.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2059;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

struct Row {
    days: String,
    kind: String,
    name: String,
    decision: String,
    reason: String,
    /// Where it is taken back, if it can be.
    remove: String,
    /// When and on what decision it was taken back.
    removed: String,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct List {
    l: L,
    year: String,
    before: String,
    after: String,
    lead: String,
    rows: Vec<Row>,
    removed: Vec<Row>,
    hours: Vec<(String, String)>,
    keeps: bool,
    /// Some line has not begun and may be taken back.
    removable: bool,
    forecast: bool,
}

#[derive(Template)]
#[template(path = "calendar_change.html")]
struct Change {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    /// `day`, `swap`, `hours` or `remove`.
    what: &'static str,
    title: String,
    lead: String,
    action: String,
    problems: Vec<Problem>,
    kinds: Vec<Choice>,
    kind: String,
    first_day: String,
    last_day: String,
    worked_day: String,
    /// Not `name`: inside the form macros that is the field's own name.
    given_name: String,
    name_en: String,
    /// Field, word and text of each weekday.
    week: Vec<(&'static str, String, String)>,
    decision: String,
    reason: String,
}

fn span(from: Date, to: Option<Date>, l: L) -> String {
    match to {
        Some(to) if to == from => vn_date(from),
        Some(to) => format!("{} – {}", vn_date(from), vn_date(to)),
        None => l.tr("organisation-since", [("day", vn_date(from))]),
    }
}

fn row(ctx: &Ctx, line: &Line, keeps: bool) -> Row {
    let l = ctx.l;
    let (days, kind, name) = match &line.entry {
        Entry::Off { from, to, off } => {
            let name = if ctx.lang == Lang::En { &off.name_en } else { &off.name_vi };
            let kind = if off.kind == OffKind::Compensatory { "compensatory" } else { "holiday" };
            (span(*from, Some(*to), l), kind, name.clone())
        }
        Entry::Swap(swap) => {
            let worked = l.tr("organisation-calendar-worked", [("day", vn_date(swap.worked))]);
            (vn_date(swap.off), "swap", worked)
        }
        Entry::Hours { from, to, hours } => {
            let days = week(l, hours).into_iter().map(|(day, text)| format!("{day}: {text}"));
            (span(*from, *to, l), "hours", days.collect::<Vec<_>>().join("; "))
        }
    };
    let removable = keeps && line.removed.is_none() && line.first_day() > ctx.now.date();
    let removed = line.removed.as_ref().map(|(at, decision, reason)| {
        let at = base::vn_date_time(*at);
        l.tr(
            "organisation-calendar-removed-on",
            [("at", at), ("decision", decision.clone()), ("reason", reason.clone())],
        )
    });
    Row {
        days,
        kind: l.t(format!("organisation-calendar-kind-{kind}")),
        name,
        decision: line.decision.clone(),
        reason: line.reason.clone(),
        remove: if removable { format!("/calendar/{}/remove", line.id) } else { String::new() },
        removed: removed.unwrap_or_default(),
    }
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
    let asked = query_value(&ctx.uri, "year");
    let year = match asked.trim() {
        "" => ctx.now.date().year(),
        text => match text.parse::<i16>().ok().filter(|year| YEARS.contains(year)) {
            Some(year) => year,
            None => return Err(Fault::invalid(Problem::new("organisation-calendar-year").field("year")).into()),
        },
    };
    let (lines, removed) = lines(&ctx).await?;
    let keeps = keeper(&ctx).await?;
    let calendar = calendar_of(&ctx.app);
    let (l, (_, covered)) = (ctx.l, calendar.covers());
    let shown = |lines: &[Line]| -> Vec<Row> {
        lines.iter().filter(|line| touches(line, year)).map(|line| row(&ctx, line, keeps)).collect()
    };
    let neighbour = |year: i16| if YEARS.contains(&year) { format!("/calendar?year={year}") } else { String::new() };
    let rows = shown(&lines);
    let page = List {
        l,
        year: year.to_string(),
        before: neighbour(year - 1),
        after: neighbour(year + 1),
        lead: l.tr("organisation-calendar-lead", [("version", calendar.version())]),
        removable: rows.iter().any(|row| !row.remove.is_empty()),
        rows,
        removed: if keeps { shown(&removed) } else { Vec::new() },
        hours: week(l, calendar.hours_on(ctx.now.date())),
        keeps,
        forecast: year > covered.year(),
    };
    Ok(ctx.page(&l.t("organisation-calendar"), &page))
}

/// The person, if the calendar is theirs to keep; a form is not shown to anybody else.
async fn kept(ctx: &Ctx) -> Result<Actor, Fault> {
    let actor = ctx.require(crate::rights::KEEP_ORGANISATION)?.clone();
    if keeper(ctx).await? { Ok(actor) } else { Err(Fault::Forbidden(Problem::new("organisation-calendar-province"))) }
}

fn known(what: &str) -> Result<&'static str, Fault> {
    ["day", "swap", "hours"]
        .into_iter()
        .find(|one| *one == what)
        .ok_or(Fault::NotFound("organisation-calendar-no-line"))
}

fn form(
    ctx: &Ctx,
    what: &'static str,
    action: String,
    lead: String,
    given: &FormMap,
    problems: Vec<Problem>,
) -> Change {
    let l = ctx.l;
    let text = |name: &str| given.text(name).to_owned();
    let title = l.t(format!("organisation-calendar-{what}"));
    let today = calendar_of(&ctx.app);
    let today = today.hours_on(ctx.now.date());
    let week = WEEKDAYS.iter().enumerate().map(|(n, field)| {
        let typed = if given.0.is_empty() { today.day_text(n) } else { text(field) };
        (*field, l.t(format!("organisation-weekday-{}", n + 1)), typed)
    });
    let kinds = ["holiday", "compensatory"];
    Change {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("organisation-calendar"), "/calendar"), Breadcrumb::new(title.clone(), "")],
        what,
        lead,
        action,
        problems,
        kinds: kinds.map(|kind| Choice::new(kind, l.t(format!("organisation-calendar-kind-{kind}")))).into(),
        kind: if given.0.is_empty() { "holiday".to_owned() } else { text("kind") },
        first_day: text("first_day"),
        last_day: text("last_day"),
        worked_day: text("worked_day"),
        given_name: text("name"),
        name_en: text("name_en"),
        week: week.collect(),
        decision: text("decision"),
        reason: text("reason"),
        title,
    }
}

/// GET /calendar/add/{what}
pub(crate) async fn add_form(ctx: Ctx, Path(what): Path<String>) -> Answer {
    kept(&ctx).await?;
    let what = known(&what)?;
    let lead = ctx.l.t(format!("organisation-calendar-{what}-lead"));
    let page = form(&ctx, what, format!("/calendar/add/{what}"), lead, &FormMap::default(), Vec::new());
    Ok(ctx.page(&page.title, &page))
}

fn grounds(given: &FormMap) -> Ground {
    Ground { decision: given.text("decision").to_owned(), reason: given.text("reason").to_owned() }
}

/// A day that was typed; `Err` where it is none, so that a slip is not taken for "open".
fn day(given: &FormMap, field: &'static str) -> Result<Option<Date>, Fault> {
    match given.text(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Fault::invalid(Problem::new("organisation-day").field(field))),
    }
}

fn read(what: &str, given: &FormMap) -> Result<Given, Fault> {
    let text = |name: &str| given.text(name).to_owned();
    let first = day(given, "first_day")?;
    Ok(match what {
        "swap" => Given::Swap { off: first, worked: day(given, "worked_day")? },
        "hours" => Given::Hours { from: first, to: day(given, "last_day")?, week: WEEKDAYS.map(text) },
        _ => {
            let compensatory = given.text("kind") == "compensatory";
            let kind = if compensatory { OffKind::Compensatory } else { OffKind::Holiday };
            Given::Off {
                kind,
                from: first,
                to: day(given, "last_day")?,
                name_vi: text("name"),
                name_en: text("name_en"),
            }
        }
    })
}

/// POST /calendar/add/{what}
pub(crate) async fn add(ctx: Ctx, Path(what): Path<String>, given: FormMap) -> Answer {
    let (actor, now, what) = (kept(&ctx).await?, ctx.now, known(&what)?);
    let done = match read(what, &given) {
        Ok(line) => {
            let grounds = grounds(&given);
            ctx.db()
                .write(move |tx| {
                    Box::pin(async move { calendar::add(tx, &actor, now, &line, &grounds).await.map(|_| ()) })
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let year = day(&given, "first_day").ok().flatten().unwrap_or(now.date()).year();
    let lead = ctx.l.t(format!("organisation-calendar-{what}-lead"));
    answer(&ctx, done, "organisation-calendar-added", year, |problems| {
        form(&ctx, what, format!("/calendar/add/{what}"), lead, &given, problems)
    })
    .await
}

/// Back to the list, or the form again with what is wrong.
async fn answer(
    ctx: &Ctx,
    done: Result<(), Fault>,
    said: &str,
    year: i16,
    again: impl FnOnce(Vec<Problem>) -> Change,
) -> Answer {
    match done {
        Ok(()) => {
            reload(&ctx.app).await?;
            Ok(ctx.flash(format!("/calendar?year={year}"), said))
        }
        Err(Fault::Invalid(problems)) if !ctx.wants_json => {
            let page = again(problems);
            Ok(ctx.invalid_page(&page.title, &page))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The line an address names, in words.
async fn named(ctx: &Ctx, id: &str) -> Result<(Id, String, i16), Fault> {
    let id = id.parse().map(Id).map_err(|_| Fault::NotFound("organisation-calendar-no-line"))?;
    let (lines, _) = lines(ctx).await?;
    let line = lines.iter().find(|line| line.id == id).ok_or(Fault::NotFound("organisation-calendar-no-line"))?;
    let row = row(ctx, line, false);
    Ok((id, format!("{}: {} ({})", row.days, row.name, row.kind), line.first_day().year()))
}

/// GET /calendar/{id}/remove
pub(crate) async fn remove_form(ctx: Ctx, Path(id): Path<String>) -> Answer {
    kept(&ctx).await?;
    let (id, line, _) = named(&ctx, &id).await?;
    let page = form(&ctx, "remove", format!("/calendar/{id}/remove"), line, &FormMap::default(), Vec::new());
    Ok(ctx.page(&page.title, &page))
}

/// POST /calendar/{id}/remove
pub(crate) async fn remove(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let (actor, now) = (kept(&ctx).await?, ctx.now);
    let (id, line, year) = named(&ctx, &id).await?;
    let grounds = grounds(&given);
    let done =
        ctx.db().write(move |tx| Box::pin(async move { calendar::remove(tx, &actor, now, id, &grounds).await })).await;
    answer(&ctx, done, "organisation-calendar-removed", year, |problems| {
        form(&ctx, "remove", format!("/calendar/{id}/remove"), line, &given, problems)
    })
    .await
}
