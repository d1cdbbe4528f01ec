//! Filling an empty database with the shipped units and the demo province's agencies.

use crate::{blueprint, store as sql};
use base::{Fault, Instant};
use store::{Tx, params};

/// Writes the shipped administrative units, unless there are some already. About 14,000 units and 10,600 successions in a few statements.
pub async fn seed_units(tx: &Tx) -> Result<(), Fault> {
    Ok(sql::insert_shipped_units(tx).await?)
}

/// Writes the shipped units and the demo province: its agencies, those they followed, and the scopes of the figures.
/// Does nothing where there are agencies already, so that a keeper's changes stay.
pub async fn seed_demo(tx: &Tx, now: Instant) -> Result<(), Fault> {
    seed_units(tx).await?;
    if tx.query_opt(sql::ANY_AGENCY, params![]).await?.is_some() {
        return Ok(());
    }
    let made = blueprint::blueprint().map_err(Fault::internal)?;
    for (place, agency) in made.agencies.iter().enumerate() {
        sql::insert_agency(tx, agency, place as i64).await?;
        facts::set_scope(tx, agency.id, &agency.lineage()).await?;
    }
    for (before, after) in &made.successions {
        tx.execute(sql::INSERT_AGENCY_SUCCESSION, params![*before, *after]).await?;
    }
    tracing::info!(agencies = made.agencies.len(), at = now.0, "the demo province's agencies are written");
    Ok(())
}
