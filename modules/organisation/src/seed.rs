//! Filling an empty database with the shipped units and the demo province's agencies.

use crate::agency::{Agency, Event};
use crate::proof::{KEPT, UNITS};
use crate::{blueprint, store as sql};
use base::{Fault, Instant};
use records::By;
use store::{Tx, params};

/// Writes the shipped administrative units, unless there are some already. About 14,000 units and 10,600 successions in a few statements.
pub async fn seed_units(tx: &Tx, now: Instant) -> Result<(), Fault> {
    if sql::insert_shipped_units(tx).await? {
        audit::append_kept_all(tx, &KEPT, &[UNITS.0], "units-shipped", now).await?;
    }
    Ok(())
}

/// Writes the shipped units and the demo province: its agencies, those they followed, and the scopes of the figures.
/// Does nothing where there are agencies already, so that a keeper's changes stay.
pub async fn seed_demo(tx: &Tx, now: Instant) -> Result<(), Fault> {
    seed_units(tx, now).await?;
    seed_agencies(tx, now).await
}

/// Writes the demo province's agencies without the country's units: enough for whoever needs the tree only.
pub async fn seed_agencies(tx: &Tx, now: Instant) -> Result<(), Fault> {
    seed_tree(tx, now, || blueprint::blueprint().map_err(Fault::internal)).await
}

/// Writes the agencies of a province that has none; those below after those above.
pub async fn seed_tree(
    tx: &Tx,
    now: Instant,
    agencies: impl FnOnce() -> Result<Vec<Agency>, Fault> + Send,
) -> Result<(), Fault> {
    if tx.query_opt(sql::ANY_AGENCY, params![]).await?.is_some() {
        return Ok(());
    }
    let made = agencies()?;
    let count = made.len();
    let all: Vec<records::Begun<Agency>> =
        made.into_iter().map(|agency| (agency.id, agency.id.to_string(), Event::Ship { agency })).collect();
    for held in records::begin_all::<Agency>(tx, By { actor: None, agency: None, now }, &all).await? {
        let mut nodes = held.state.lineage();
        nodes.reverse();
        facts::set_scope(tx, held.id, &nodes).await?;
    }
    tx.execute(sql::BUMP, params![]).await?;
    tracing::info!(agencies = count, at = now.0, "a province's agencies are written");
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base::{Actor, Date, Grant, Id, Role};
    use store::{Db, testing};

    const DAY: Date = jiff::civil::date(2026, 11, 22);

    /// Who keeps the agencies below a path.
    pub(crate) fn keeper(path: &str) -> Actor {
        let grants = vec![Grant::new(Role::Administrator, Id(1), path)];
        Actor { account: Id(77), name: "Trần Thị Sáu".into(), grants, citizen_number: None }
    }

    pub(crate) async fn seeded() -> Vec<Db> {
        static PROVINCE: testing::Made<()> = testing::Made::nothing();
        let made = PROVINCE.copies(async |db| {
            db.migrate(&[audit::MIGRATIONS, facts::MIGRATIONS, records::MIGRATIONS, crate::MIGRATIONS]).await.unwrap();
            db.write(|tx| Box::pin(async move { seed_demo(tx, Instant(0)).await })).await.unwrap();
        });
        made.await.into_iter().map(|(db, ())| db).collect()
    }

    #[tokio::test]
    async fn a_seeded_database_holds_every_unit_and_the_tree_and_a_second_seeding_changes_nothing() {
        for db in seeded().await {
            db.write(|tx| Box::pin(async move { seed_demo(tx, Instant(1)).await })).await.unwrap();
            let (tree, counts) = db
                .read(|tx| {
                    Box::pin(async move {
                        let mut counts = Vec::new();
                        for table in ["unit", "unit_succession", "agency", "fact_scope"] {
                            let row = tx.query_one(format!("SELECT count(*) AS n FROM {table}"), params![]).await?;
                            counts.push(row.get::<i64>("n")?);
                        }
                        Ok::<_, Fault>((crate::load_tree(tx).await?, counts))
                    })
                })
                .await
                .unwrap();
            assert_eq!(counts[0], 63 + 696 + 10_035 + 34 + 3_321);
            assert_eq!(counts[1], 63 + 10_572);
            assert_eq!(counts[2] as usize, tree.all().len());
            assert!(counts[3] > counts[2]);
            assert_eq!(tree.all(), crate::demo_tree().unwrap().all());
        }
    }

    #[tokio::test]
    async fn units_are_found_without_marks_on_the_day_asked_and_show_what_became_of_them() {
        for db in seeded().await {
            db.read(|tx| {
                Box::pin(async move {
                    let before = crate::find_units(tx, "giong rieng", crate::shipped::LAST_DAY_BEFORE).await?;
                    let names: Vec<&str> = before.iter().map(|unit| unit.name.as_str()).collect();
                    assert_eq!(names, ["Huyện Giồng Riềng", "Thị trấn Giồng Riềng"]);
                    let today = crate::find_units(tx, "30904", DAY).await?;
                    assert_eq!(today[0].name, "Xã Giồng Riềng");
                    assert_eq!(crate::units_before(tx, today[0].id).await?.len(), 5);
                    let after = crate::units_after(tx, before[1].id).await?;
                    assert_eq!(after[0].0.id, today[0].id);
                    assert_eq!(crate::provinces_on(tx, crate::shipped::LAST_DAY_BEFORE).await?.len(), 63);
                    assert_eq!(crate::provinces_on(tx, DAY).await?.len(), 34);
                    assert_eq!(crate::units_below(tx, Id(2_100_092)).await?.len(), 103);
                    Ok::<_, Fault>(())
                })
            })
            .await
            .unwrap();
        }
    }
}
