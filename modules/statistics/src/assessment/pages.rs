//! The assessment of a unit, of those below it, and of officials: each index with its points, its share, what it counts, and the very cases.

use crate::assessment::criteria::{Criteria, Index, Scope, Way};
use crate::assessment::measure::{self, Over};
use crate::assessment::score::{Counted, Score, Sheet, sheet};
use crate::assessment::subject::{Assessment, Frozen, State};
use crate::assessment::written::{is_confidential, labels, left_text, points_text, share_text};
use crate::assessment::{Rooms, store};
use crate::opened::LIST_MAX;
use crate::pages::{ROWS_SHOWN, names_of};
use crate::period::Period;
use crate::rights::{ASSESS_UNITS, READ_OWN_FIGURES};
use crate::scope::{Scope as Looked, may_look};
use askama::Template;
use base::{Fault, Id, Problem, vn_date_time};
use i18n::L;
use records::Held;
use std::collections::HashMap;
use web::table::{Cell, query_value};
use web::{Answer, Breadcrumb, Choice, Ctx};

struct Number {
    label: String,
    n: String,
    href: String,
}

struct Row {
    number: String,
    name: String,
    definition: String,
    source: String,
    points: String,
    max: String,
    rate: String,
    counts: Vec<Number>,
    /// Why it has no points.
    left: String,
    kept: String,
    /// The published points are other ones.
    differs: bool,
}

struct Ranked {
    name: String,
    href: String,
    cells: Vec<(String, String)>,
    sum: String,
    band: String,
    measured: String,
}

#[derive(Template)]
#[template(path = "assessment.html")]
struct Page {
    l: L,
    mine: bool,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: &'static str,
    unit: String,
    units: Vec<Choice>,
    period: String,
    periods: Vec<Choice>,
    criteria: String,
    sets: Vec<Choice>,
    source: String,
    rows: Vec<Row>,
    sum: String,
    within: String,
    band: String,
    /// Something was left out.
    left_out: bool,
    kept: Option<Kept>,
    tabs: Vec<(String, String, bool)>,
    heading: String,
    heads: Vec<(String, String)>,
    ranked: Vec<Ranked>,
    /// There are more rows than are shown.
    cut: String,
    uri: String,
    list_href: &'static str,
    open_href: &'static str,
}

/// What was published, or is under way.
struct Kept {
    code: String,
    state: String,
    colour: &'static str,
    at: String,
    sum: String,
    published: bool,
    differs: bool,
}

pub(crate) fn choose(field: &'static str) -> Fault {
    Fault::invalid(Problem::new("statistics-choose").field(field))
}

/// The set of the address; the first in force on the last day where it names none.
pub(crate) fn set_of<'a>(ctx: &Ctx, rooms: &'a Rooms, period: &Period) -> Result<&'a Criteria, Fault> {
    let word = query_value(&ctx.uri, "criteria");
    let in_force = || rooms.sets.0.iter().find(|set| set.holds_on(period.to));
    let found = if word.is_empty() { in_force() } else { rooms.sets.get(&word) };
    found.ok_or_else(|| choose("criteria"))
}

/// The period of the address: a quarter or a year; the running quarter where it names none.
fn period(ctx: &Ctx) -> Result<Period, Fault> {
    let today = ctx.now.date();
    match query_value(&ctx.uri, "period").as_str() {
        "" => Period::assessed(today).into_iter().next().ok_or_else(|| choose("period")),
        word => Some(Period::parse(word, today)?).filter(Period::is_assessed).ok_or_else(|| choose("period")),
    }
}

pub(crate) async fn looked(ctx: &Ctx, mine: bool) -> Result<Looked, Fault> {
    // The statistics' own way to read a unit; an assessment has periods of its own.
    let mut plain = ctx.clone();
    plain.uri = web::table::with(&ctx.uri, &[("period", ""), ("from", ""), ("to", "")]);
    let scope = if mine { Looked::own(&plain).await? } else { Looked::read(&plain).await? };
    Ok(Looked { period: period(ctx)?, ..scope })
}

struct Words<'a> {
    ctx: &'a Ctx,
    scope: &'a Looked,
    set: &'a Criteria,
    /// Whose figures: of an official, or (none) of the unit.
    official: Option<Id>,
    mine: bool,
}

impl Words<'_> {
    fn points(&self, points: i64) -> String {
        points_text(self.ctx.l, points, self.set.decimals)
    }

    fn rows(&self, sheet: &Sheet<'_>, counted: &Counted, kept: &[Frozen]) -> Vec<Row> {
        sheet.scores.iter().map(|(index, score)| self.row(index, score, counted, kept)).collect()
    }

    fn cases(&self, index: &Index, place: usize) -> String {
        let official = self.official.map(|id| id.to_string()).unwrap_or_default();
        let official = if self.mine { String::new() } else { official };
        let path = if self.mine { "/assessment/mine/cases" } else { "/assessment/cases" };
        self.scope.link(
            path,
            &[("criteria", &self.set.id), ("index", &index.id), ("side", &place.to_string()), ("official", &official)],
        )
    }

    fn row(&self, index: &Index, score: &Score, counted: &Counted, kept: &[Frozen]) -> Row {
        let l = self.ctx.l;
        let counts = index.way.counts();
        let names = labels(l, &index.way);
        let sees_province = || {
            let root = self.scope.tree.root();
            root.zip(self.ctx.actor.as_ref()).is_some_and(|(root, actor)| may_look(actor, &self.scope.tree, root))
        };
        let number = |side: &crate::assessment::score::Side| {
            let known = counts.get(side.place);
            let opens = side.n > 0
                && side.n <= LIST_MAX
                && known.is_some_and(|(count, province)| {
                    !is_confidential(&index.way, &count.measure) && (!province || sees_province())
                });
            Number {
                label: names.get(side.place).cloned().unwrap_or_default(),
                n: l.number(side.n),
                href: if opens { self.cases(index, side.place) } else { String::new() },
            }
        };
        let mut numbers: Vec<Number> = score.sides.iter().map(number).collect();
        if let (Way::Progress { .. }, Some((open, timely))) = (&index.way, counted.open) {
            let href = |n: i64| {
                let opens = n > 0 && n <= LIST_MAX;
                if opens { self.scope.link("/statistics/cases", &[("column", "open")]) } else { String::new() }
            };
            let part = |name: &str, n: i64, href: String| Number {
                label: l.t(format!("assessment-count-{name}")),
                n: l.number(n),
                href,
            };
            numbers.extend([part("open-in-time", timely, String::new()), part("open", open, href(open))]);
        }
        let known = kept.iter().find(|one| one.index == index.id);
        let points = score.points.as_ref().ok().copied();
        Row {
            number: index.number.clone(),
            name: index.name.of(l.0).to_owned(),
            definition: index.definition.of(l.0).to_owned(),
            source: index.source.clone(),
            points: points.map_or_else(|| "–".to_owned(), |points| self.points(points)),
            max: self.points(index.max),
            rate: score.rate.map(|rate| share_text(l, rate)).unwrap_or_default(),
            counts: numbers,
            left: score.points.as_ref().err().map(|left| left_text(l, left)).unwrap_or_default(),
            kept: known.map_or_else(String::new, |one| {
                one.points.map_or_else(|| "–".to_owned(), |points| self.points(points))
            }),
            differs: known.is_some_and(|one| one.points != points),
        }
    }

    fn ranked(&self, name: String, href: String, scope: Scope, sheet: &Sheet<'_>) -> Ranked {
        let l = self.ctx.l;
        let cell = |(index, score): &(&Index, Score)| {
            let points = score.points.as_ref().ok().map_or_else(|| "–".to_owned(), |points| self.points(*points));
            (format!("{} {}", index.number, index.name.of(l.0)), points)
        };
        let measured = sheet.scores.iter().filter(|(_, score)| score.points.is_ok()).count();
        Ranked {
            name,
            href,
            cells: sheet.scores.iter().map(cell).collect(),
            sum: sheet.sum.map_or_else(|| "–".to_owned(), |sum| self.points(sum)),
            band: self.band(scope, sheet),
            measured: format!("{measured}/{}", sheet.scores.len()),
        }
    }

    /// The band in words. Where an index was left out, at least that one; and nothing can be said of the lowest.
    fn band(&self, scope: Scope, sheet: &Sheet<'_>) -> String {
        let l = self.ctx.l;
        let Some(band) = sheet.sum.and_then(|sum| self.set.band(scope, sum)) else { return String::new() };
        let name = band.name.of(l.0);
        match (sheet.scores.iter().any(|(_, score)| score.points.is_err()), band.least) {
            (false, _) => name.to_owned(),
            (true, least) if least <= 0 => l.t("assessment-band-open"),
            (true, _) => l.tr("assessment-band-at-least", [("band", name)]),
        }
    }
}

/// GET /assessment
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let scope = looked(&ctx, false).await?;
    let official = query_value(&ctx.uri, "official");
    let official = match official.as_str() {
        "" => None,
        word => Some(word.parse().map(Id).map_err(|_| choose("official"))?),
    };
    let by = query_value(&ctx.uri, "by");
    if (official.is_some() || by == "official") && !scope.sees_officials(&ctx) {
        return Err(Fault::Forbidden(Problem::new("statistics-officials-not-yours")).into());
    }
    page(&ctx, scope, official, false).await
}

/// GET /assessment/mine
pub(crate) async fn mine(ctx: Ctx) -> Answer {
    let me = ctx.require(READ_OWN_FIGURES)?.account;
    let scope = looked(&ctx, true).await?;
    page(&ctx, scope, Some(me), true).await
}

/// What is read for a page.
struct Read {
    whole: Counted,
    below: Vec<(Id, Counted)>,
    officials: Vec<(Id, Counted)>,
    kept: Option<Held<Assessment>>,
    names: HashMap<Id, String>,
}

async fn read(
    ctx: &Ctx,
    scope: &Looked,
    set: &Criteria,
    official: Option<Id>,
    by_official: bool,
) -> Result<Read, Fault> {
    let over = Over { node: scope.node, from: scope.period.from, to: scope.period.to, now: ctx.now };
    let (tree, set, word) = (scope.tree.clone(), set.clone(), scope.period.word.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let officials = match official.is_some() || by_official {
                true => measure::of_officials(tx, &set, &over).await?,
                false => Vec::new(),
            };
            let whole = match official {
                Some(id) => officials.iter().find(|(one, _)| *one == id).map(|(_, counted)| counted.clone()),
                None => Some(measure::of_unit(tx, &tree, &set, &over).await?),
            };
            let below = match official.is_none() && !by_official {
                true => measure::of_units_below(tx, &tree, &set, &over).await?,
                false => Vec::new(),
            };
            let kept = match official {
                None => store::of(tx, over.node, (&set.id, &word)).await?,
                Some(_) => None,
            };
            let people: Vec<Id> = officials.iter().map(|(id, _)| *id).collect();
            let names = names_of(tx, &people).await?;
            let whole = whole.unwrap_or_default();
            Ok::<_, Fault>(Read { whole, below, officials, kept, names })
        })
    });
    read.await
}

async fn page(ctx: &Ctx, scope: Looked, official: Option<Id>, mine: bool) -> Answer {
    let (l, rooms) = (ctx.l, Rooms::of(ctx).await?);
    let set = set_of(ctx, &rooms, &scope.period)?;
    let by_official = query_value(&ctx.uri, "by") == "official" && official.is_none();
    let Read { whole, below, officials, kept, names } = read(ctx, &scope, set, official, by_official).await?;
    let day = scope.period.to;
    let of = if official.is_some() { Scope::Official } else { Scope::Agency };
    let words = Words { ctx, scope: &scope, set, official, mine };
    let whole_sheet = sheet(set, day, of, &whole);
    let frozen = kept.as_ref().map(|held| held.state.figures.as_slice()).unwrap_or_default();
    let rows = words.rows(&whole_sheet, &whole, frozen);
    let ranked_scope = if by_official { Scope::Official } else { Scope::Agency };
    let parts = if by_official {
        officials
    } else if official.is_none() {
        below
    } else {
        Vec::new()
    };
    let mut sheets: Vec<(Id, Sheet<'_>)> =
        parts.iter().map(|(id, counted)| (*id, sheet(set, day, ranked_scope, counted))).collect();
    sheets.sort_by_key(|(_, sheet)| std::cmp::Reverse(sheet.sum));
    let name = |id: Id| match by_official {
        true => names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
        false => scope.tree.name(id),
    };
    let link = |id: Id| {
        let field = if by_official { "official" } else { "unit" };
        scope.link("/assessment", &[("criteria", &set.id), (field, &id.to_string())])
    };
    let mut ranked: Vec<Ranked> =
        sheets.iter().map(|(id, sheet)| words.ranked(name(*id), link(*id), ranked_scope, sheet)).collect();
    let heads: Vec<(String, String)> = set
        .on(day, ranked_scope)
        .into_iter()
        .map(|index| (index.number.clone(), index.name.of(l.0).to_owned()))
        .collect();
    let heading = l.t(if by_official { "statistics-by-official" } else { "statistics-by-unit" });
    match query_value(&ctx.uri, "format").as_str() {
        "" => {}
        format => return Ok(export(l, format, (heading, &heads), ranked, &scope.period)?),
    }
    let cut = if ranked.len() > ROWS_SHOWN {
        l.tr("statistics-rows-cut", [("max", l.number(ROWS_SHOWN as i64)), ("n", l.number(ranked.len() as i64))])
    } else {
        String::new()
    };
    ranked.truncate(ROWS_SHOWN);
    let left_out = whole_sheet.scores.iter().any(|(_, score)| score.points.is_err());
    let who = official.map(|id| names.get(&id).cloned().unwrap_or_default());
    let actor = ctx.actor()?;
    let page = Page {
        l,
        mine,
        trail: trail(ctx, &scope, set, who.as_deref().filter(|_| !mine)),
        title: l.t(if mine { "assessment-mine" } else { "assessment-page" }),
        lead: l.tr(
            "statistics-lead",
            [
                ("unit", who.unwrap_or_else(|| scope.tree.name(scope.node))),
                ("period", scope.period.name(l)),
                ("at", as_of(ctx, &scope)),
            ],
        ),
        action: if mine { "/assessment/mine" } else { "/assessment" },
        unit: scope.node.to_string(),
        units: scope.units(ctx),
        period: scope.period.word.clone(),
        periods: scope.periods(ctx, Period::assessed(ctx.now.date())),
        criteria: set.id.clone(),
        sets: rooms.sets.0.iter().map(|set| Choice::new(set.id.clone(), set.title.of(l.0))).collect(),
        source: set.source.clone(),
        rows,
        sum: whole_sheet.sum.map_or_else(|| "–".to_owned(), |sum| words.points(sum)),
        within: words.points(whole_sheet.within),
        band: words.band(of, &whole_sheet),
        left_out,
        kept: kept.as_ref().map(|held| self::kept(ctx, &words, held, &whole_sheet)),
        tabs: if official.is_none() { tabs(ctx, &scope, set, by_official) } else { Vec::new() },
        heading,
        heads,
        ranked,
        cut,
        uri: ctx.uri.clone(),
        list_href: if mine { "" } else { "/assessments" },
        open_href: if !mine && actor.may(ASSESS_UNITS) { "/assessments/new" } else { "" },
    };
    Ok(ctx.page(&page.title, &page))
}

fn as_of(ctx: &Ctx, scope: &Looked) -> String {
    let last = scope.period.as_of(ctx.now.date());
    if last == ctx.now.date() { vn_date_time(ctx.now) } else { base::vn_date(last) }
}

fn kept(ctx: &Ctx, words: &Words<'_>, held: &Held<Assessment>, sheet: &Sheet<'_>) -> Kept {
    let (l, a) = (ctx.l, &held.state);
    let sum: i64 = a.figures.iter().filter_map(|one| one.points).sum();
    let published = a.state == State::Published;
    Kept {
        code: held.code.clone(),
        state: l.t(format!("assessment-state-{}", a.state.as_str())),
        colour: if published { "done" } else { "new" },
        at: vn_date_time(a.published_at.unwrap_or(a.opened_at)),
        sum: words.points(sum),
        published,
        differs: published && Some(sum) != sheet.sum.or(Some(0)),
    }
}

fn tabs(ctx: &Ctx, scope: &Looked, set: &Criteria, by_official: bool) -> Vec<(String, String, bool)> {
    let officials = scope.sees_officials(ctx) && !set.on(scope.period.to, Scope::Official).is_empty();
    if !officials {
        return Vec::new();
    }
    let tab = |word: &str, here: bool| {
        let href = scope.link("/assessment", &[("criteria", &set.id), ("by", word)]);
        (ctx.l.t(format!("statistics-by-{word}")), href, here)
    };
    vec![tab("unit", !by_official), tab("official", by_official)]
}

fn trail(ctx: &Ctx, scope: &Looked, set: &Criteria, official: Option<&str>) -> Vec<Breadcrumb> {
    let l = ctx.l;
    let mut trail = vec![Breadcrumb::new(l.t("assessment-page"), "/assessment")];
    let unit = scope.tree.get(scope.node);
    let above = unit.and_then(|unit| unit.parent).and_then(|parent| scope.tree.get(parent));
    let sees =
        |unit: &&organisation::Agency| ctx.actor.as_ref().is_some_and(|actor| may_look(actor, &scope.tree, unit));
    if let Some(above) = above.filter(sees) {
        let href = scope.link("/assessment", &[("criteria", &set.id), ("unit", &above.id.to_string())]);
        trail.push(Breadcrumb::new(above.short_name.clone(), href));
    }
    match official {
        Some(name) => {
            trail.push(Breadcrumb::new(
                scope.tree.name(scope.node),
                scope.link("/assessment", &[("criteria", &set.id)]),
            ));
            trail.push(Breadcrumb::new(name, ""));
        }
        None => trail.push(Breadcrumb::new(scope.tree.name(scope.node), "")),
    }
    trail
}

fn export(
    l: L,
    format: &str,
    (heading, heads): (String, &[(String, String)]),
    ranked: Vec<Ranked>,
    period: &Period,
) -> Result<axum::response::Response, Fault> {
    let names = heads.iter().map(|(number, name)| format!("{number} {name}"));
    let last = ["sum", "band", "measured"].map(|word| l.t(format!("assessment-head-{word}")));
    let headers: Vec<String> = std::iter::once(heading).chain(names).chain(last).collect();
    let line = |row: Ranked| {
        let cells = row.cells.into_iter().map(|(_, points)| points);
        let all = std::iter::once(row.name).chain(cells).chain([row.sum, row.band, row.measured]);
        all.map(Cell::from).collect()
    };
    let name = format!("{}-{}", l.t("assessment-export-name"), period.word);
    web::table::export(l, format, &name, &headers, ranked.into_iter().map(line).collect())
}
