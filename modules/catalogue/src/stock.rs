//! Stock facts: how many procedures are offered on a day, and how many of them online, end to end,
//! with a fee, payable online, on the national portal.

use base::{Fault, Id, Level};
use facts::{Fact, Measure};
use records::{Card, Hits, Kind};
use std::collections::HashMap;
use store::{BoxFuture, StoreError, Tx};
use web::Ctx;

use crate::shelf::Filter;
use crate::store as sql;
use crate::version::Version;

/// What is counted: +1 on the first day in force, -1 on the first day no longer.
pub static OFFERED: Measure = Measure::again("procedure_offered").with(flag::ALL, flag::NAMES).cut(true, false);

/// What may be true of a procedure; stored as a sum, so values never change meaning.
pub mod flag {
    /// Offered online.
    pub const ONLINE: i64 = 1;
    /// The service is online from end to end (toàn trình).
    pub const FULL_SERVICE: i64 = 2;
    /// Carries a fee or charge.
    pub const FEE: i64 = 4;
    /// That fee can be paid online.
    pub const PAYABLE_ONLINE: i64 = 8;
    /// Integrated with the national portal.
    pub const PORTAL: i64 = 32_768;
    /// The limit the law sets is known.
    pub const STATUTORY: i64 = 1 << 28;
    /// The announced limit is shorter.
    pub const TIME_CUT: i64 = 1 << 29;
    /// Found fit to be done online from end to end.
    pub const ELIGIBLE_ONLINE: i64 = 1 << 35;
    /// Found to carry a financial duty.
    pub const FINANCIAL_DUTY: i64 = 1 << 36;

    /// All of them.
    pub const ALL: i64 =
        ONLINE | FULL_SERVICE | FEE | PAYABLE_ONLINE | PORTAL | STATUTORY | TIME_CUT | ELIGIBLE_ONLINE | FINANCIAL_DUTY;

    /// By the names that definitions use.
    pub const NAMES: &[(&str, i64)] = &[
        ("ONLINE", ONLINE),
        ("FULL_SERVICE", FULL_SERVICE),
        ("FEE", FEE),
        ("PAYABLE_ONLINE", PAYABLE_ONLINE),
        ("PORTAL", PORTAL),
        ("STATUTORY", STATUTORY),
        ("TIME_CUT", TIME_CUT),
        ("ELIGIBLE_ONLINE", ELIGIBLE_ONLINE),
        ("FINANCIAL_DUTY", FINANCIAL_DUTY),
    ];
}

/// Procedures among the kinds of the program: what the stock counts opens to them. They are everybody's to read.
pub const KIND: Kind =
    Kind::open("procedure", cards).seeking("catalogue-found", "/procedures?q=", seek).counting(MEASURES);

/// Everything procedures are counted by.
pub const MEASURES: &[&Measure] = &[&OFFERED];

/// Procedures in force, as the catalogue finds them.
fn seek<'t>(ctx: &'t Ctx, q: &'t str, most: usize) -> BoxFuture<'t, Result<Hits, Fault>> {
    Box::pin(async move {
        let found = crate::shelf(&ctx.app).search(q, &Filter::default(), ctx.now.date());
        let cards = found.iter().take(most).map(|version| card(version)).collect();
        Ok(Hits { cards, n: found.len(), more: false })
    })
}

fn card(version: &Version) -> Card {
    Card {
        title: version.name.clone(),
        href: format!("/procedures/{}", version.code),
        code: version.code.clone(),
        ..Card::default()
    }
}

pub(crate) fn cards<'t>(_: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let wanted: std::collections::HashSet<Id> = ids.into_iter().collect();
        // Its latest version, in force or not.
        let shelf = crate::shelf(&ctx.app);
        Ok(shelf.latest(|id| wanted.contains(&id)).map(|version| (version.procedure_id, card(version))).collect())
    })
}

/// Versions counted in one go; bounds memory and the length of one statement.
const CHUNK: i64 = 500;

/// Facts of a version, at its beginning and, once known, its end. None for procedures of ministries
/// only, which the province does not offer.
pub fn facts_of(version: &Version, agency: Id) -> Vec<Fact> {
    let Some(level) = version.counted_level() else { return Vec::new() };
    let mut facts = vec![fact(version, level, agency, 1)];
    if let Some(end) = version.effective_to {
        facts.push(Fact { day: end, ..fact(version, level, agency, -1) });
    }
    facts
}

fn fact(version: &Version, level: Level, agency: Id, qty: i64) -> Fact {
    Fact {
        field: version.field.clone(),
        flags: flags_of(version),
        qty,
        procedure: version.procedure_id,
        ..Fact::one(&OFFERED, version.effective_from, (agency, level), version.procedure_id)
    }
}

/// What is true of a version, as fact flags.
pub fn flags_of(version: &Version) -> i64 {
    [
        (version.service_level.is_online(), flag::ONLINE),
        (version.service_level == crate::ServiceLevel::Full, flag::FULL_SERVICE),
        (version.has_fee(), flag::FEE),
        (version.payable_online, flag::PAYABLE_ONLINE),
        (version.on_national_portal, flag::PORTAL),
        (version.statutory.is_some(), flag::STATUTORY),
        (version.cut().is_some_and(|cut| cut.basis_points > 0), flag::TIME_CUT),
        (version.eligibility.online == Some(true), flag::ELIGIBLE_ONLINE),
        (version.eligibility.duty == Some(true), flag::FINANCIAL_DUTY),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, flag)| flag)
    .sum()
}

/// Writes the facts of every beginning and end not yet counted, in the name of the province's root
/// agency. Without an organisation nothing is counted yet; the next call after it was seeded does.
///
/// # Errors
/// The database's.
pub async fn count(tx: &Tx) -> Result<(), StoreError> {
    let Some(root) = organisation::load_tree(tx).await?.root().map(|agency| agency.id) else { return Ok(()) };
    loop {
        let versions = sql::uncounted(tx, CHUNK).await?;
        let mut facts = Vec::new();
        for (version, done) in &versions {
            let counted = usize::try_from(*done).unwrap_or(0);
            facts.extend(facts_of(version, root).into_iter().skip(counted));
            sql::set_stock(tx, version.id, if version.effective_to.is_some() { 2 } else { 1 }).await?;
        }
        facts::append(tx, &facts).await?;
        if versions.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

/// The stock facts as the register alone gives them, to rebuild or check what is written.
///
/// # Errors
/// The database's.
pub async fn expected(tx: &Tx) -> Result<Vec<Fact>, StoreError> {
    let Some(root) = organisation::load_tree(tx).await?.root().map(|agency| agency.id) else { return Ok(Vec::new()) };
    Ok(sql::all_versions(tx).await?.iter().flat_map(|version| facts_of(version, root)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::{Eligibility, Sort};
    use base::Limit;

    #[test]
    fn found_fit_and_found_with_a_duty_are_flags_with_their_reason_and_their_decision() {
        let shipped = crate::shipped::versions().unwrap().into_iter().find(|v| v.code == "1.001193").unwrap();
        let new = flag::STATUTORY | flag::TIME_CUT | flag::ELIGIBLE_ONLINE | flag::FINANCIAL_DUTY;
        // Nothing said, nothing counted: not looked at is not the same as not fit.
        assert_eq!(flags_of(&shipped) & new, 0);
        let found = Eligibility {
            online: Some(true),
            duty: Some(false),
            reason: "Không phải kiểm tra thực địa".to_owned(),
            decision: "QĐ 45/QĐ-UBND".to_owned(),
        };
        let version = Version { eligibility: found.clone(), statutory: Some(Limit::Months(1)), ..shipped.clone() };
        assert_eq!(flags_of(&version) & new, flag::STATUTORY | flag::TIME_CUT | flag::ELIGIBLE_ONLINE);
        let dutiful = Eligibility { online: Some(false), duty: Some(true), ..found };
        let version = Version { eligibility: dutiful, statutory: Some(Limit::Hours(1)), ..shipped.clone() };
        assert_eq!(flags_of(&version) & new, flag::STATUTORY | flag::FINANCIAL_DUTY);
        // The keeper reads and writes all of it.
        let written = crate::to_toml(&version).unwrap();
        let read = crate::from_toml(&written).unwrap();
        assert_eq!((read.eligibility, read.statutory), (version.eligibility.clone(), version.statutory));
        // Of another catalogue nothing is counted among what is offered.
        let internal = Version { sort: Sort::Internal, ..version };
        assert_eq!(facts_of(&internal, Id(1)), []);
        assert_eq!(facts_of(&shipped, Id(1)).len(), 1);
    }
}
