//! What a declared figure owes, beside what other kinds owe (`records::work`): the second person's look, while it waits for one.

use crate::store::Declared;
use crate::view::pick;
use ::store::{BoxFuture, StoreError, Tx, Value};
use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant};
use records::{Card, Due, DueKind, Kind};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use web::Ctx;

/// To be looked at by a second person.
const CHECK: &str = "figure-check";
/// Eight hours are a working day.
const DAY_MS: i64 = 8 * 3_600_000;

::store::statements! {
    /// Figures that wait for the second person.
    pub FIGURES_DECLARED = "SELECT id, agency_id FROM declared_figure WHERE state = 'declared' ORDER BY id LIMIT 100000";
    /// Some figures.
    pub FIGURES_SOME = sqlite "SELECT id, target_id, agency_id, state FROM declared_figure WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT id, target_id, agency_id, state FROM declared_figure WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    since: String,
    working_days: i64,
    /// For people.
    #[serde(rename = "source")]
    _source: String,
}

/// Working days by the day from which they hold; a test reads the file, so it is well-formed.
static DAYS: LazyLock<BTreeMap<Date, i64>> = LazyLock::new(|| {
    let file = toml::from_str::<File>(include_str!("../../../data/steering/checks.toml"));
    let rules = file.map(|file| file.check).unwrap_or_default();
    rules.into_iter().filter_map(|rule| Some((rule.since.parse().ok()?, rule.working_days))).collect()
});

/// Until when a figure declared at a moment is to be looked at.
pub(crate) fn check_by(calendar: &Calendar, declared: Instant) -> Instant {
    let days = DAYS.range(..=declared.date()).next_back().map_or(1, |(_, days)| *days);
    calendar.add_working_ms(declared, days * DAY_MS)
}

/// What a figure owes that waits since it was declared.
pub(crate) fn due(agency: Id, at: Instant) -> Due {
    Due { name: CHECK, unit: agency, holder: None, at }
}

/// Nothing is owed any more once somebody has looked.
pub(crate) async fn met(tx: &Tx, figure: &Declared) -> Result<(), StoreError> {
    records::owe(tx, figure.id, &[due(figure.agency, figure.declared_at)], &[]).await
}

/// Declared figures among the kinds of the program; [`crate::PROOF`] compares what they owe.
pub const FIGURES: Kind = Kind::elsewhere(
    "declared-figure",
    &[DueKind { name: CHECK, word: "reform-due-check", right: crate::rights::SIGN_PROGRAMMES, served: false }],
    crate::rights::READ_STEERING,
    cards,
);

fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let list = Value::Json(ids.iter().map(|id| serde_json::Value::from(id.0)).collect());
        let all = crate::steered::known(&ctx.app);
        let mut cards = HashMap::new();
        for row in tx.query(FIGURES_SOME, &[list]).await? {
            let (target, agency): (String, Id) = (row.get("target_id")?, row.get("agency_id")?);
            let title = all
                .target(&target)
                .map(|placed| pick(ctx.l, &placed.subject.name_vi, &placed.subject.name_en).to_owned());
            let card = Card {
                title: title.unwrap_or_default(),
                href: format!("/steering/targets/{target}?unit={agency}"),
                state: ctx.l.t(format!("reform-check-{}", row.get::<String>("state")?)),
                code: target,
                ..Card::default()
            };
            cards.insert(row.get("id")?, card);
        }
        Ok(cards)
    })
}

/// Names what is owed that does not follow from the figures and their events, or is missing. A figure declared before such looks were
/// owed owes nothing.
pub(crate) fn follows(tx: &Tx) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
    Box::pin(async move {
        let mut wanted = BTreeMap::new();
        for row in tx.query(FIGURES_DECLARED, &[]).await? {
            let (id, agency): (Id, Id) = (row.get("id")?, row.get("agency_id")?);
            let events = audit::events(tx, id).await?;
            let by = events.iter().find(|event| event.kind == "figure-declared").and_then(|event| {
                let data: serde_json::Value = serde_json::from_str(&event.data).ok()?;
                data.get("check_by")?.as_i64()
            });
            if let Some(by) = by {
                wanted.insert(id, (agency, None, Instant(by)));
            }
        }
        let mut wrong = Vec::new();
        for (id, unit, holder, at) in records::owed_by_name(tx, CHECK).await? {
            if wanted.remove(&id) != Some((unit, holder, at)) {
                wrong.push(format!("due: what figure {id} owes does not follow"));
            }
        }
        wrong.extend(wanted.keys().map(|id| format!("due: what figure {id} owes is missing")));
        Ok(wrong)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_second_person_has_three_working_days_over_weekend_and_tet() {
        let calendar = Calendar::shipped();
        let by = |y, m, d| {
            let at = Instant::from_local(date(y, m, d).at(9, 0, 0, 0));
            check_by(calendar, at).local().to_string()
        };
        assert_eq!(by(2026, 11, 25), "2026-11-30T09:00:00");
        // Tết 2026: off from 14/2 to 22/2.
        assert_eq!(by(2026, 2, 12), "2026-02-24T09:00:00");
    }
}
