//! One indicator's figure at a unit in a period, and what it is made of: procedure by procedure, or official by official before those who
//! may see that (decision 0023). The parts are read with the whole in one snapshot, and each opens its very cases.

use crate::cases_page::{Opened, list};
use crate::definitions::indicators;
use crate::live::{At, Figures};
use crate::programme::Measure;
use crate::view::{Scope, amount, pick, quantity, short_dong};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Level, Problem, vn_date, vn_date_time};
use facts::{By, Cut, Figure, Filter, Indicator, Slice, Unit};
use i18n::L;
use jiff::ToSpan;
use std::collections::HashMap;
use web::chart::{Bar, bars};
use web::table::{query_value, with};
use web::{Answer, Breadcrumb, Ctx};

/// Parts on a page.
const PARTS: i64 = 50;
/// The last part that can be reached: what comes after is smaller than anything anybody looks for.
const PARTS_MAX: i64 = 10_000;
/// Months of the bars.
const MONTHS: i32 = 12;

/// A part of the figure.
struct Row {
    name: String,
    /// Where the thing itself is shown, if anywhere.
    href: String,
    numerator: String,
    numerator_href: String,
    denominator: String,
    denominator_href: String,
    share: String,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    definition: String,
    source: String,
    definition_href: String,
    needs: String,
    part_of: String,
    scope: String,
    value: String,
    as_of: String,
    /// Both sides in words.
    numerator_said: String,
    denominator_said: String,
    numerator: String,
    numerator_href: String,
    denominator: String,
    denominator_href: String,
    /// Why it is not cut; empty where it is.
    whole: String,
    tabs: Vec<(String, String, bool)>,
    /// What the parts are; empty where there are none to show.
    heading: String,
    rows: Vec<Row>,
    more_href: String,
    first_href: String,
    months: String,
}

fn by_word(by: By) -> &'static str {
    match by {
        By::Procedure => "procedure",
        By::Official => "official",
    }
}

/// May this person see what officials' acts come to at the unit that is looked at? It lies in his own unit, as its head, leader or inspector.
fn sees_officials(ctx: &Ctx, scope: &Scope) -> bool {
    let path = scope.tree.path(scope.node);
    ctx.actor.as_ref().is_some_and(|actor| actor.may_at(crate::rights::SEE_OFFICIALS, path))
}

/// How an indicator may be cut before this person.
fn may_cut(ctx: &Ctx, scope: &Scope, indicator: &Indicator) -> Vec<By> {
    let procedure = indicator.by_procedure().then_some(By::Procedure);
    let official = (indicator.by_official() && sees_officials(ctx, scope)).then_some(By::Official);
    procedure.into_iter().chain(official).collect()
}

/// The address of an indicator's figure in a scope.
fn figure_href(scope: &Scope, id: &str, level: At, more: &[(&str, &str)]) -> String {
    let unit = scope.part.unwrap_or(scope.node).to_string();
    let level = level.map(Level::as_str).unwrap_or_default();
    let href = with(
        &format!("/steering/indicators/{id}/figure"),
        &[("unit", &unit), ("period", &scope.period.word), ("level", level)],
    );
    with(&href, more)
}

/// Links from a target's page to its indicator's figure in parts.
pub(crate) fn cuts(ctx: &Ctx, scope: &Scope, indicator: &Indicator, level: At) -> Vec<(String, String)> {
    let link = |by: By| {
        let word = by_word(by);
        (ctx.l.t(format!("reform-cut-{word}")), figure_href(scope, &indicator.id, level, &[("by", word)]))
    };
    may_cut(ctx, scope, indicator).into_iter().map(link).collect()
}

/// The amounts of money among the figures of a scope: name, value, address.
pub(crate) fn money(ctx: &Ctx, scope: &Scope, figures: &Figures) -> Vec<(String, String, String)> {
    let as_of = scope.period.as_of(ctx.now.date());
    let known = indicators(&ctx.app);
    let line = |one: &Indicator| {
        let figure = figures.get(&(one.id.clone(), None)).copied().unwrap_or_default();
        let name = pick(ctx.l, &one.name_vi, &one.name_en).to_owned();
        (name, quantity(ctx.l, one.unit, figure.numerator), figure_href(scope, &one.id, None, &[]))
    };
    known.all(as_of).filter(|one| one.unit == Unit::Dong && one.valid_from <= as_of).map(line).collect()
}

fn level(ctx: &Ctx) -> Result<At, Fault> {
    let word = query_value(&ctx.uri, "level");
    if word.is_empty() {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| Fault::invalid(Problem::new("reform-choose").field("level")))
}

/// The indicator of an address, as it counts at the end of the period.
fn asked(ctx: &Ctx, scope: &Scope, id: &str) -> Result<Indicator, Fault> {
    let as_of = scope.period.as_of(ctx.now.date());
    indicators(&ctx.app).get(id, as_of).cloned().ok_or(Fault::NotFound("reform-no-indicator"))
}

fn trail(ctx: &Ctx, scope: &Scope, name: &str, href: String) -> Vec<Breadcrumb> {
    vec![
        Breadcrumb::new(ctx.l.t("reform-steering"), scope.link(ctx, "/steering")),
        Breadcrumb::new(ctx.l.t("reform-definitions"), "/steering/indicators"),
        Breadcrumb::new(name, href),
    ]
}

/// GET /steering/indicators/{id}/figure
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let scope = Scope::read(&ctx).await?;
    let (indicator, level) = (asked(&ctx, &scope, &id)?, level(&ctx)?);
    let l = ctx.l;
    let cuts = may_cut(&ctx, &scope, &indicator);
    let by = match query_value(&ctx.uri, "by").as_str() {
        "" => cuts.first().copied(),
        "official" if indicator.by_official() && !cuts.contains(&By::Official) => {
            return Err(Fault::Forbidden(Problem::new("reform-officials-not-yours")).into());
        }
        word => Some(
            cuts.iter()
                .copied()
                .find(|by| by_word(*by) == word)
                .ok_or_else(|| Fault::invalid(Problem::new("reform-choose").field("by")))?,
        ),
    };
    let skip = query_value(&ctx.uri, "from").parse().unwrap_or(0).clamp(0, PARTS_MAX);
    let (filter, year) = filters(&ctx, &scope, &indicator, level);
    let (node, one) = (scope.node, indicator.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let whole = facts::value(tx, &one, node, &filter).await?;
            let slices = match by {
                Some(by) => facts::cut(tx, &one, by, node, &filter, (skip, PARTS + 1)).await?,
                None => Vec::new(),
            };
            let months = match one.unit {
                Unit::Dong => facts::series_by_month(tx, &one, node, &year).await?,
                Unit::Percent | Unit::Count => Vec::new(),
            };
            let people: Vec<Id> = slices
                .iter()
                .filter_map(|slice| match slice.cut {
                    Cut::Official(official) => official,
                    Cut::Whole | Cut::Procedure(_) | Cut::Agency(_) => None,
                })
                .collect();
            Ok::<_, Fault>((whole, slices, months, identity::names(tx, &people).await?))
        })
    });
    let (whole, mut slices, months, names) = read.await?;
    let more = slices.len() as i64 > PARTS;
    slices.truncate(PARTS as usize);
    let shown = indicator.shown(whole);
    let words = Words { ctx: &ctx, scope: &scope, indicator: &indicator, level };
    let rows = words.rows(&slices, &names);
    let opens = !indicator.is_confidential();
    let side = |n: fn(Figure) -> i64| shown.map(|figure| quantity(l, indicator.unit, n(figure))).unwrap_or_default();
    let said = if indicator.unit == Unit::Dong { "dong" } else { "n" };
    let link = |part: &str| if opens { words.cases(Cut::Whole, part) } else { String::new() };
    let here = by.map(by_word).unwrap_or_default();
    let turn = |from: i64| figure_href(&scope, &id, level, &[("by", here), ("from", &from.to_string())]);
    let name = pick(l, &indicator.name_vi, &indicator.name_en).to_owned();
    let as_of = scope.period.as_of(ctx.now.date());
    let page = Page {
        l,
        trail: trail(&ctx, &scope, &name, String::new()),
        definition: pick(l, &indicator.definition_vi, &indicator.definition_en).to_owned(),
        source: indicator.source.clone(),
        definition_href: format!("/steering/indicators/{id}"),
        needs: indicator.needs.as_ref().map(|(vi, en)| pick(l, vi, en).to_owned()).unwrap_or_default(),
        part_of: crate::division::notice(&ctx, &scope),
        scope: scope.form(&ctx, ctx.path()),
        value: shown.map(|figure| value_text(l, &indicator, figure)).unwrap_or_else(|| "–".to_owned()),
        as_of: if as_of == ctx.now.date() { vn_date_time(ctx.now) } else { vn_date(as_of) },
        numerator_said: l.tr(format!("reform-numerator-{said}"), [("n", side(|figure| figure.numerator))]),
        denominator_said: l.tr(format!("reform-denominator-{said}"), [("n", side(|figure| figure.denominator))]),
        numerator: side(|figure| figure.numerator),
        numerator_href: link("numerator"),
        denominator: side(|figure| figure.denominator),
        denominator_href: link("denominator"),
        whole: match (opens, cuts.is_empty()) {
            (false, _) => l.t("reform-cases-withheld"),
            (true, true) => l.t("reform-cut-none"),
            (true, false) => String::new(),
        },
        tabs: cuts
            .iter()
            .map(|one| {
                let word = by_word(*one);
                let href = figure_href(&scope, &id, level, &[("by", word)]);
                (l.t(format!("reform-cut-{word}")), href, by == Some(*one))
            })
            .collect(),
        heading: by.map(|by| l.t(format!("reform-cut-{}", by_word(by)))).unwrap_or_default(),
        rows,
        more_href: if more && skip + PARTS <= PARTS_MAX { turn(skip + PARTS) } else { String::new() },
        first_href: if skip > 0 { turn(0) } else { String::new() },
        months: month_bars(l, &months),
        title: name,
    };
    Ok(ctx.page(&page.title, &page))
}

/// The facts of the scope, and those of the months of the bars.
fn filters(ctx: &Ctx, scope: &Scope, indicator: &Indicator, level: At) -> (Filter, Filter) {
    let as_of = scope.period.as_of(ctx.now.date());
    let to = if indicator.denominator.stock { as_of } else { scope.period.to };
    let fields = crate::division::narrowed(ctx, scope, &catalogue::shelf(&ctx.app));
    let filter = Filter { from: scope.period.from, to, level, fields };
    let last = as_of.last_of_month();
    let first = last.first_of_month().checked_sub((MONTHS - 1).months()).unwrap_or(last);
    let year = Filter { from: first, to: last, ..filter.clone() };
    (filter, year)
}

/// "74,7 %", "1.234", "1.234.567 đồng".
fn value_text(l: L, indicator: &Indicator, figure: Figure) -> String {
    match indicator.unit {
        Unit::Percent => share(l, figure),
        Unit::Count | Unit::Dong => quantity(l, indicator.unit, figure.numerator),
    }
}

fn share(l: L, figure: Figure) -> String {
    figure.percent().map_or_else(|| "–".to_owned(), |percent| amount(l, Measure::Percent, percent))
}

fn month_bars(l: L, months: &[(String, Figure)]) -> String {
    if months.iter().all(|(_, figure)| figure.numerator == 0) {
        return String::new();
    }
    let bar = |(month, figure): &(String, Figure)| Bar {
        label: month.split_once('-').map_or_else(|| month.clone(), |(year, month)| format!("{month}/{year}")),
        // The length alone; the number beside it is whole.
        value: figure.numerator.max(0) as f64,
        text: short_dong(l, figure.numerator),
        state: String::new(),
        href: String::new(),
    };
    bars(l, &months.iter().map(bar).collect::<Vec<_>>())
}

/// How parts are written.
struct Words<'a> {
    ctx: &'a Ctx,
    scope: &'a Scope,
    indicator: &'a Indicator,
    level: At,
}

impl Words<'_> {
    /// Where the cases of a part are.
    fn cases(&self, cut: Cut, part: &str) -> String {
        let unit = self.scope.part.unwrap_or(self.scope.node).to_string();
        let (procedure, official) = match cut {
            Cut::Whole | Cut::Agency(_) => (String::new(), String::new()),
            Cut::Procedure(id) => (id.to_string(), String::new()),
            Cut::Official(None) => (String::new(), "none".to_owned()),
            Cut::Official(Some(id)) => (String::new(), id.to_string()),
        };
        with(
            &format!("/steering/indicators/{}/cases", self.indicator.id),
            &[
                ("unit", &unit),
                ("period", &self.scope.period.word),
                ("level", self.level.map(Level::as_str).unwrap_or_default()),
                ("fields", &query_value(&self.ctx.uri, "fields")),
                ("procedure", &procedure),
                ("official", &official),
                ("part", part),
            ],
        )
    }

    fn rows(&self, slices: &[Slice], names: &HashMap<Id, String>) -> Vec<Row> {
        let (l, unit) = (self.ctx.l, self.indicator.unit);
        let shelf = catalogue::shelf(&self.ctx.app);
        let known: HashMap<Id, &catalogue::Version> = shelf
            .latest(|id| slices.iter().any(|slice| slice.cut == Cut::Procedure(id)))
            .map(|version| (version.procedure_id, version))
            .collect();
        let row = |slice: &Slice| {
            let (name, href) = match slice.cut {
                Cut::Procedure(id) => match known.get(&id) {
                    Some(version) => (version.name.clone(), format!("/procedures/{}", version.code)),
                    None => (l.tr("reform-cut-unknown", [("id", id.to_string())]), String::new()),
                },
                Cut::Official(Some(id)) => {
                    let unknown = || l.tr("reform-cut-unknown", [("id", id.to_string())]);
                    (names.get(&id).cloned().unwrap_or_else(unknown), String::new())
                }
                Cut::Official(None) | Cut::Whole | Cut::Agency(_) => (l.t("reform-cut-nobody"), String::new()),
            };
            Row {
                name,
                href,
                numerator: quantity(l, unit, slice.figure.numerator),
                numerator_href: self.cases(slice.cut, "numerator"),
                denominator: quantity(l, unit, slice.figure.denominator),
                denominator_href: self.cases(slice.cut, "denominator"),
                share: share(l, slice.figure),
            }
        };
        slices.iter().map(row).collect()
    }
}

/// GET /steering/indicators/{id}/cases
pub(crate) async fn cases(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let scope = Scope::read(&ctx).await?;
    let (indicator, level) = (asked(&ctx, &scope, &id)?, level(&ctx)?);
    let l = ctx.l;
    let (procedure, official) = (query_value(&ctx.uri, "procedure"), query_value(&ctx.uri, "official"));
    let number = |text: &str, field: &'static str| {
        text.parse().map(Id).map_err(|_| Fault::invalid(Problem::new("reform-choose").field(field)))
    };
    let (cut, of) = match (procedure.as_str(), official.as_str()) {
        ("", "") => (Cut::Whole, String::new()),
        (procedure, "") if indicator.by_procedure() => {
            let id = number(procedure, "procedure")?;
            let shelf = catalogue::shelf(&ctx.app);
            let name = shelf.latest(|one| one == id).next().map(|version| version.name.clone());
            (Cut::Procedure(id), name.unwrap_or_else(|| l.tr("reform-cut-unknown", [("id", id.to_string())])))
        }
        ("", official) if indicator.by_official() => {
            if !sees_officials(&ctx, &scope) {
                return Err(Fault::Forbidden(Problem::new("reform-officials-not-yours")).into());
            }
            if official == "none" {
                (Cut::Official(None), l.t("reform-cut-nobody"))
            } else {
                let id = number(official, "official")?;
                let read = ctx.db().read(move |tx| {
                    Box::pin(async move { Ok::<_, Fault>(identity::names(tx, &[id]).await?.remove(&id)) })
                });
                let unknown = || l.tr("reform-cut-unknown", [("id", id.to_string())]);
                (Cut::Official(Some(id)), read.await?.unwrap_or_else(unknown))
            }
        }
        _ => return Err(Fault::NotFound("reform-no-cases").into()),
    };
    let title = pick(l, &indicator.name_vi, &indicator.name_en).to_owned();
    let by = match cut {
        Cut::Official(_) => "official",
        Cut::Whole | Cut::Procedure(_) | Cut::Agency(_) => "",
    };
    let trail = trail(&ctx, &scope, &title, figure_href(&scope, &id, level, &[("by", by)]));
    list(&ctx, &scope, Opened { indicator, level, cut, of, title, trail }).await
}
