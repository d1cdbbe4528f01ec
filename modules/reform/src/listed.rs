//! The lists of this module: what stands around one, the desk of declared figures, and the programmes made here.

use crate::declared::{Check, Declared};
use crate::drafts::Stage;
use crate::house::{House, may_look};
use crate::programme::Programme;
use crate::rights::{KEEP_PROGRAMMES, READ_STEERING};
use crate::standing::Standing;
use crate::steered;
use crate::view::{Read, Scope, Total, pick, subject_name, totals};
use ::store::{BoxFuture, Row as Stored, Sql, StoreError, Tx, Value, params};
use askama::Template;
use base::{Actor, Fault, Id, Instant};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, Known, List, Opened, Shape, Source};
use records::Held;
use records::api::Api;
use records::frame::Pages;
use std::cmp::Reverse;
use std::collections::HashMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx};

::store::statements! {
    /// Figures of one unit in a state, the latest first.
    pub FIGURES_OF_UNIT = sqlite "SELECT * FROM declared_figure INDEXED BY declared_figure_unit WHERE agency_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        postgres "SELECT * FROM declared_figure WHERE agency_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of the whole province.
    pub FIGURES_OF_STATE = sqlite "SELECT * FROM declared_figure INDEXED BY declared_figure_state WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        postgres "SELECT * FROM declared_figure WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Programmes made here in a state, the latest first; their text is not read.
    pub DRAFTS = sqlite "SELECT number, agency_id, name, document, targets, saved_by, saved_at FROM programme INDEXED BY programme_state WHERE state = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
        postgres "SELECT number, agency_id, name, document, targets, saved_by, saved_at FROM programme WHERE state = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
}

#[derive(Template)]
#[template(path = "listed.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    /// Addresses and words of what else one comes for.
    ways: Vec<(&'static str, String)>,
    list: String,
}

/// A list's page: title and lead by the list's own words, below the steering page.
pub(crate) fn page(ctx: &Ctx, opened: Opened, title: &str, ways: &[(&'static str, &str)]) -> Answer {
    let l = ctx.l;
    opened.page(ctx, &l.t(title), |list| Page {
        l,
        trail: vec![Breadcrumb::new(l.t("reform-steering"), "/steering"), Breadcrumb::new(l.t(title), "")],
        title: l.t(title),
        lead: l.t(format!("{title}-lead")),
        ways: ways.iter().map(|(href, word)| (*href, l.t(*word))).collect(),
        list,
    })
}

/// A declared figure in the list.
pub struct Figure {
    held: Held<Declared>,
    subject: String,
    unit: String,
    value: String,
    state: String,
    declared: String,
    checked: String,
}

/// Figures declared: those that wait for a second person, and those that were looked at.
pub static FIGURES: List<Figure> = List {
    key: "declared-figures",
    path: "/steering/figures",
    title: "reform-figure-title",
    tabs: &["declared", "checked", "returned"],
    tab_word: "reform-figure-state-",
    through: "",
    filters: &[Filter::new("unit", "reform-unit", Ask::Choice)],
    columns: &[
        Column::new("declared", "reform-column-target", Kind::Word, |row: &Figure| {
            Cell::code(&row.held.state.target).to(format!("{}/{}", Declared::PATH, row.held.code))
        })
        .unlabelled(),
        Column::new("subject", "reform-column-subject", Kind::Text, |row: &Figure| Cell::text(&row.subject))
            .unlabelled(),
        Column::new("unit", "reform-unit", Kind::Word, |row| Cell::text(&row.unit)),
        Column::new("day", "reform-figure-day", Kind::Day, |row| Cell::day(Some(row.held.state.as_of))),
        Column::new("value", "reform-column-value", Kind::Word, |row| Cell::text(&row.value)),
        Column::new("by", "reform-declared-by", Kind::Text, |row| Cell::text(&row.declared)),
        Column::new("state", "reform-column-state", Kind::Text, |row| {
            Cell::badge(Declared::colour(row.held.state.check), &row.state).under(&row.checked)
        }),
    ],
    order: ("declared", true),
    shape: Shape::ID,
    empty: ("reform-figures-none", "reform-figures-none-hint"),
    files: true,
};

struct Figures {
    ctx: Ctx,
    house: House,
    check: Check,
    /// The units asked for; none for all.
    units: Option<Vec<Id>>,
}

/// One lane's statement with its values.
pub fn lane(check: Check, unit: Option<Id>, after: Id, limit: i64) -> (Sql, Vec<Value>) {
    match unit {
        Some(unit) => (FIGURES_OF_UNIT, vec![unit.into(), check.as_str().into(), after.into(), limit.into()]),
        None => (FIGURES_OF_STATE.spelled(1, check.as_str()), vec![after.into(), limit.into()]),
    }
}

impl Source for Figures {
    type Row = Figure;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Figure>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(Id(i64::MAX), |key| Id(key.number(0)));
            let found = after_id(tx, self.check, self.units.as_deref(), after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |held| Key::id(held.id));
            let names = identity::names(tx, &people(batch.rows.iter().map(|held| &held.state))).await?;
            let l = self.ctx.l;
            Ok(batch.map(|held| {
                let placed = self.house.programmes.target(&held.state.target).ok();
                let [declared, checked] = held.state.who(&names);
                Some(Figure {
                    subject: placed.map(|placed| subject_name(l, placed)).unwrap_or_default(),
                    unit: self.house.desk.name(held.state.agency),
                    value: held.state.text(l, placed),
                    state: l.t(format!("reform-figure-state-{}", held.state.check.as_str())),
                    declared,
                    checked,
                    held,
                })
            }))
        })
    }
}

/// Everybody who had to do with some figures, once.
pub(crate) fn people<'a>(figures: impl Iterator<Item = &'a Declared>) -> Vec<Id> {
    let all: std::collections::BTreeSet<Id> = figures.flat_map(Declared::people).collect();
    all.into_iter().collect()
}

/// The units whose figures somebody reads; none for all.
fn units_of(house: &House, actor: &Actor) -> Option<Vec<Id>> {
    let may = |id: &Id| house.tree().get(*id).is_some_and(|unit| may_look(actor, house.tree(), unit));
    // A division's people see what the agency keeps that it is part of.
    let houses = |unit: Id| house.tree().house_of(unit).map(|keeper| keeper.id);
    let mut units = house.desk.units(actor, READ_STEERING);
    for own in units.iter_mut() {
        own.extend(own.clone().into_iter().filter_map(houses).filter(may));
        own.sort();
        own.dedup();
    }
    units
}

/// The next figures after an id, the latest first: a lane for each unit.
async fn after_id(
    tx: &Tx,
    check: Check,
    units: Option<&[Id]>,
    after: Id,
    limit: usize,
) -> Result<Vec<Held<Declared>>, Fault> {
    let mut lanes = Vec::new();
    for unit in units.map_or_else(|| vec![None], |units| units.iter().copied().map(Some).collect()) {
        let (statement, values) = lane(check, unit, after, limit as i64);
        lanes.push(Held::<Declared>::read_all(&tx.query(statement, &values).await?)?);
    }
    Ok(lists::merge(lanes, limit, |held| Reverse(held.id)))
}

impl Api for Declared {
    const API: [&'static str; 3] = ["/api/v1/figures", "/api/v1/figures/{code}", "/api/v1/figures/{code}/{verb}"];
    const STATES: &'static [Check] = &Check::ALL;

    fn title(ctx: &Ctx, house: &House, held: &Held<Self>, _: String) -> String {
        held.state.named(ctx, house)
    }

    fn page<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        state: Check,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        let units = units_of(house, actor);
        Box::pin(async move { after_id(tx, state, units.as_deref(), after, limit).await })
    }
}

/// GET /steering/figures
pub(crate) async fn figures(ctx: Ctx) -> Answer {
    let actor = ctx.require(READ_STEERING)?;
    let house = House::of(&ctx).await?;
    let units = units_of(&house, actor);
    let offered = house.tree().all().iter().filter(|unit| unit.house().is_some());
    let offered = offered.filter(|unit| units.as_ref().is_none_or(|units| units.contains(&unit.id)));
    let choices = offered.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone())).collect();
    let asked = Asked::read(&FIGURES, &ctx.uri, 0, vec![("unit", choices)]);
    let units = asked.given("unit").and_then(|unit| unit.parse().ok()).map_or(units, |unit| Some(vec![unit]));
    let check = Check::ALL.get(asked.tab).copied().unwrap_or_default();
    let source = Figures { ctx: ctx.clone(), house, check, units };
    page(&ctx, lists::open(&ctx, &FIGURES, asked, source).await?, FIGURES.title, &[])
}

/// A programme made here, in the list.
pub struct Made {
    number: i64,
    name: String,
    document: String,
    targets: i64,
    unit: String,
    saved_at: Instant,
    by: String,
    stage: Stage,
    state: String,
}

/// Programmes made here: drafts, those that wait for a second person, and those in force.
pub static MADE: List<Made> = List {
    key: "programme-drafts",
    path: "/steering/drafts",
    title: "reform-drafts",
    tabs: &["draft", "proposed", "in-force"],
    tab_word: "reform-stage-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("name", "reform-field-name_vi", Kind::Text, |row: &Made| {
            Cell::text(&row.name).to(format!("/steering/drafts/{}", row.number)).under(&row.document)
        })
        .unlabelled(),
        Column::new("unit", "reform-unit", Kind::Text, |row| Cell::text(&row.unit)),
        Column::new("targets", "reform-column-targets", Kind::Whole, |row| Cell::whole(row.targets)),
        Column::new("saved", "reform-column-saved", Kind::Moment, |row| {
            Cell::moment(Some(row.saved_at)).under(&row.by)
        }),
        Column::new("state", "reform-column-state", Kind::Word, |row| Cell::badge(row.stage.colour(), &row.state)),
    ],
    order: ("name", true),
    shape: Shape::ID,
    empty: ("reform-drafts-none", "reform-drafts-none-hint"),
    files: true,
};

struct Drafts {
    l: L,
    house: House,
    stage: Stage,
}

impl Source for Drafts {
    type Row = Made;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Made>, Fault>> {
        Box::pin(async move {
            let after = after.map_or(i64::MAX, |key| key.number(0));
            let found = tx.query(DRAFTS.spelled(1, self.stage.as_str()), params![after, limit as i64 + 1]).await?;
            let savers: Vec<Id> = found.iter().map(|row| row.get("saved_by")).collect::<Result<_, _>>()?;
            let names = identity::names(tx, &savers).await?;
            let read = |row: &Stored| self.made(row, &names);
            let rows = found.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            Ok(Batch::cut(rows, limit, |row| Key::id(Id(row.number))))
        })
    }
}

impl Drafts {
    fn made(&self, row: &Stored, names: &HashMap<Id, String>) -> Result<Made, StoreError> {
        Ok(Made {
            number: row.get("number")?,
            name: row.get("name")?,
            document: row.get("document")?,
            targets: row.get("targets")?,
            unit: self.house.desk.name(row.get("agency_id")?),
            saved_at: row.get("saved_at")?,
            by: names.get(&row.get("saved_by")?).cloned().unwrap_or_default(),
            stage: self.stage,
            state: self.l.t(format!("reform-stage-{}", self.stage.as_str())),
        })
    }
}

/// GET /steering/drafts
pub(crate) async fn drafts(ctx: Ctx) -> Answer {
    let actor = ctx.require(READ_STEERING)?;
    let ways: &[_] = if actor.may(KEEP_PROGRAMMES) { &[("/steering/programmes/new", "reform-draft-new")] } else { &[] };
    let asked = Asked::read(&MADE, &ctx.uri, 0, Vec::new());
    let stage = Stage::ALL.get(asked.tab).copied().unwrap_or_default();
    let source = Drafts { l: ctx.l, house: House::of(&ctx).await?, stage };
    page(&ctx, lists::open(&ctx, &MADE, asked, source).await?, MADE.title, ways)
}

/// A programme steered, in the list.
#[derive(Clone)]
pub struct Steered {
    pub(crate) name: String,
    pub(crate) document: String,
    issuer: String,
    pub(crate) href: String,
    pub(crate) totals: Vec<Total>,
}

impl Steered {
    /// A programme with where its targets stand, of those that stand in a scope.
    pub(crate) fn of(ctx: &Ctx, scope: &Scope, standings: &[Standing<'_>], programme: &Programme) -> Steered {
        let own = standings.iter().filter(|one| one.placed.programme.id == programme.id);
        let href = scope.link(ctx, &format!("/steering/programmes/{}", programme.id));
        Steered {
            name: pick(ctx.l, &programme.name_vi, &programme.name_en).to_owned(),
            document: programme.document.clone(),
            issuer: programme.issuer.clone(),
            totals: totals(ctx.l, &own.cloned().collect::<Vec<_>>(), &href),
            href,
        }
    }
}

fn total(row: &Steered, n: usize) -> Cell {
    row.totals.get(n).map(|total| Cell::whole(total.n as i64).to(&total.href)).unwrap_or_default()
}

/// Every programme steered, with how many of its targets stand where.
pub static PROGRAMMES: List<Steered> = List {
    key: "programmes",
    path: "/steering/programmes",
    title: "reform-programmes",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter::new("unit", "reform-unit", Ask::Choice), Filter::new("period", "reform-period", Ask::Choice)],
    columns: &[
        Column::new("name", "reform-field-name_vi", Kind::Text, |row: &Steered| {
            Cell::text(&row.name).to(&row.href).under(format!("{} · {}", row.document, row.issuer))
        })
        .unlabelled(),
        Column::new("met", "reform-state-met", Kind::Whole, |row| total(row, 0)),
        Column::new("on-track", "reform-state-on-track", Kind::Whole, |row| total(row, 1)),
        Column::new("at-risk", "reform-state-at-risk", Kind::Whole, |row| total(row, 2)),
        Column::new("missed", "reform-state-missed", Kind::Whole, |row| total(row, 3)),
        Column::new("no-data", "reform-state-no-data", Kind::Whole, |row| total(row, 4)),
    ],
    order: ("name", false),
    shape: Shape::ID,
    empty: ("reform-drafts-none", "reform-drafts-none-hint"),
    files: true,
};

/// GET /steering/programmes: every programme, or (with a state or `waiting` asked for) the targets of all of them.
pub(crate) async fn programmes(ctx: Ctx) -> Answer {
    if ["state", "waiting"].iter().any(|name| !query_value(&ctx.uri, name).is_empty()) {
        return crate::programme_page::all(ctx).await;
    }
    let (all, scope) = (steered::programmes(&ctx).await?, Scope::read(&ctx).await?);
    let read = Read::of(&ctx, &scope).await?;
    let standings = read.standings(&all, &scope, ctx.now.date());
    let rows = Known(all.all().iter().map(|programme| Steered::of(&ctx, &scope, &standings, programme)).collect());
    let mut ways = vec![("/steering/drafts", "reform-drafts"), ("/steering/figures", "reform-figure-title")];
    ways.extend(ctx.actor()?.may(KEEP_PROGRAMMES).then_some(("/steering/programmes/new", "reform-draft-new")));
    let (mut units, asked_for) = (scope.units(&ctx), query_value(&ctx.uri, "unit"));
    // A division stands for the agency it is part of; the address goes on saying it.
    if let (false, Some(part)) =
        (units.iter().any(|unit| unit.value == asked_for), scope.part.and_then(|id| scope.tree.get(id)))
    {
        units.push(Choice::new(part.id.to_string(), part.name.clone()));
    }
    let asked = Asked::read(&PROGRAMMES, &ctx.uri, 0, vec![("unit", units), ("period", scope.periods(&ctx))]);
    page(&ctx, lists::open(&ctx, &PROGRAMMES, asked, rows).await?, PROGRAMMES.title, &ways)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Engine;

    #[tokio::test]
    async fn each_lane_of_the_lists_is_a_range_of_its_index() {
        for (db, _) in crate::testing::database().await {
            let (series, truth) = (lists::plan::series(db.engine(), 100_000), db.engine() == Engine::Sqlite);
            let figures = format!(
                "INSERT INTO declared_figure (id, target_id, agency_id, as_of, note, declared_by, declared_name, declared_at, state)
                 SELECT k, 'ST-062', k % 300, '2026-09-30', '', 1, '', k, CASE WHEN k % 100 = 7 THEN 'declared' ELSE 'checked' END FROM {series}"
            );
            let programmes = format!(
                "INSERT INTO programme (number, id, agency_id, name, document, targets, body, state, by_form, version, saved_by, saved_name, saved_at)
                 SELECT k, k, 1, '', '', 1, '', CASE WHEN k % 100 = 7 THEN 'draft' ELSE 'in-force' END, {}, 1, 1, '', k FROM {series}",
                if truth { "1" } else { "TRUE" }
            );
            let fill = vec![figures, programmes, "ANALYZE declared_figure".to_owned(), "ANALYZE programme".to_owned()];
            let mut lanes = vec![(DRAFTS.spelled(1, "draft"), params![50_000_i64, 26_i64].to_vec(), "programme_state")];
            for (unit, index) in [(Some(Id(1)), "declared_figure_unit"), (None, "declared_figure_state")] {
                let (statement, values) = lane(Check::Declared, unit, Id(50_000), 26);
                lanes.push((statement, values, index));
            }
            let refused = lists::plan::refusals(&db, fill, lanes).await.unwrap();
            assert_eq!(refused, Vec::<String>::new(), "on {:?}", db.engine());
        }
    }
}
