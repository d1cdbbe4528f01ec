//! A division looks at the figures of the committee or department it is part of, and beside them at its own cases.
//!
//! Facts are kept where the law places the answer for a case: at the committee or department that is competent. A division is one hand of
//! several a case goes through, so its open work is read from the worklist's indexes, and what was settled is that of the fields whose
//! procedures come through it.

use crate::definitions::indicators;
use crate::period::Period;
use crate::programme::Measure;
use crate::view::{Scope, amount};
use base::{Date, Fault, Id, Level};
use catalogue::{Shelf, StepUnit};
use dossiers::worklist::{self, Tab};
use facts::Filter;
use organisation::Tree;
use std::collections::BTreeMap;
use std::sync::Arc;
use web::Ctx;
use web::table::with;

/// The parts of the open work, as the worklist names them, and the colour of each.
const TABS: [(Tab, &str); 4] =
    [(Tab::Unit, "new"), (Tab::Near, "near"), (Tab::Overdue, "late"), (Tab::Waiting, "paused")];

/// A number of the division's own work.
pub(crate) struct Own {
    pub(crate) word: String,
    pub(crate) n: String,
    pub(crate) colour: &'static str,
    /// Where the dossiers are; empty where this person has no worklist of exactly these.
    pub(crate) href: String,
}

/// The division's own cases.
pub(crate) struct Division {
    pub(crate) name: String,
    pub(crate) work: Vec<Own>,
    /// "12 of 13 on time (92,3 %)", or empty when nothing was settled this month.
    pub(crate) settled: String,
    pub(crate) settled_href: String,
    pub(crate) late_href: String,
    /// The fields it is in charge of.
    pub(crate) fields: String,
}

/// The fields whose procedures come through a division: code and name.
pub(crate) fn fields_of(tree: &Tree, shelf: &Shelf, division: Id, on: Date) -> BTreeMap<String, String> {
    let Some(house) = tree.house_of(division) else { return BTreeMap::new() };
    let settles = |version: &catalogue::Version| match house.level {
        Level::Province => {
            version.levels.contains(&Level::Province)
                && dossiers::places::department_of(tree, version) == Some(house.id)
        }
        level => version.levels.contains(&level),
    };
    shelf
        .all(on)
        .into_iter()
        .filter(|version| settles(version))
        .filter(|version| {
            let comes = |unit: &StepUnit| dossiers::places::unit_for(tree, house.id, unit) == division;
            version.process.iter().any(|step| comes(&step.unit))
        })
        .map(|version| (version.field.clone(), version.field_name.clone()))
        .collect()
}

impl Division {
    /// What the division of a scope has on its desk now, and what its fields settled this month.
    pub(crate) async fn read(ctx: &Ctx, scope: &Scope) -> Result<Option<Division>, Fault> {
        let Some(part) = scope.part else { return Ok(None) };
        let (l, today) = (ctx.l, ctx.now.date());
        let actor = ctx.actor()?;
        let shelf = catalogue::shelf(&ctx.app);
        let fields = fields_of(&scope.tree, &shelf, part, today);
        let month = Period::month(today);
        let units: Vec<Id> = scope.tree.subtree(part).iter().map(|agency| agency.id).collect();
        let list = worklist::Scope {
            units: Some(units),
            account: actor.account,
            acting_for: Vec::new(),
            limits: Vec::new(),
            heads: Vec::new(),
        };
        let house = dossiers::House { tree: scope.tree.clone(), shelf, calendar: organisation::calendar_of(&ctx.app) };
        let filter = Filter { fields: Some(fields.keys().cloned().collect()), ..month.filter() };
        let (node, now) = (scope.node, ctx.now);
        let known = indicators(&ctx.app);
        let on_time = known.get("on-time", today).cloned();
        let (counts, settled) = ctx
            .db()
            .read(move |tx| {
                Box::pin(async move {
                    let counts = worklist::counts(tx, &house, &list, now).await?;
                    let settled = match &on_time {
                        Some(indicator) => facts::value(tx, indicator, node, &filter).await?,
                        None => facts::Figure::default(),
                    };
                    Ok::<_, Fault>((counts, settled))
                })
            })
            .await?;
        // The worklist shows all a person may read: the link is true only where that is this division.
        let whole = actor.scopes(dossiers::rights::READ_DOSSIERS) == [scope.tree.path(part)];
        let work = TABS
            .into_iter()
            .map(|(tab, colour)| Own {
                word: l.t(format!("reform-own-{}", tab.as_str())),
                n: l.number(counts.iter().find(|(one, _)| *one == tab).map_or(0, |(_, n)| *n)),
                colour,
                href: if whole { format!("/work?tab={}", tab.as_str()) } else { String::new() },
            })
            .collect();
        let cases = with(
            "/steering/targets/NT-033/cases",
            &[("unit", &part.to_string()), ("period", &month.word), ("fields", "own")],
        );
        let settled = settled.percent().map(|percent| {
            l.tr(
                "reform-own-settled",
                [
                    ("on_time", l.number(settled.numerator)),
                    ("n", l.number(settled.denominator)),
                    ("percent", amount(l, Measure::Percent, percent)),
                ],
            )
        });
        Ok(Some(Division {
            name: scope.tree.name(part),
            work,
            settled: settled.unwrap_or_default(),
            settled_href: with(&cases, &[("part", "denominator")]),
            late_href: with(&cases, &[("part", "missing")]),
            fields: fields.into_values().collect::<Vec<_>>().join(", "),
        }))
    }
}

/// "Figures of Sở …": said where a division's page shows those of the agency it is part of.
pub(crate) fn notice(ctx: &Ctx, scope: &Scope) -> String {
    let said =
        |part| ctx.l.tr("reform-part-of", [("house", scope.tree.name(scope.node)), ("part", scope.tree.name(part))]);
    scope.part.map(said).unwrap_or_default()
}

/// The fields an address narrows cases to: those of the division (`fields=own`).
pub(crate) fn narrowed(ctx: &Ctx, scope: &Scope, shelf: &Arc<Shelf>) -> Option<Vec<String>> {
    let part = scope.part.filter(|_| web::table::query_value(&ctx.uri, "fields") == "own")?;
    Some(fields_of(&scope.tree, shelf, part, ctx.now.date()).into_keys().collect())
}
