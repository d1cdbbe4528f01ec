//! A province with its agencies and procedures, before anything happened in it.

use base::{Fault, Instant};
use store::Db;

/// Makes every table a simulation touches, the agencies and the procedures.
pub async fn settle(db: &Db, at: Instant) {
    let sets = [
        audit::MIGRATIONS,
        facts::MIGRATIONS,
        files::MIGRATIONS,
        records::MIGRATIONS,
        jobs::MIGRATIONS,
        identity::MIGRATIONS,
        notices::MIGRATIONS,
        organisation::MIGRATIONS,
        catalogue::MIGRATIONS,
        dossiers::MIGRATIONS,
    ];
    db.migrate(&sets).await.unwrap();
    db.write(move |tx| {
        Box::pin(async move {
            organisation::seed_demo(tx, at).await?;
            catalogue::seed(tx, at).await?;
            Ok::<_, Fault>(())
        })
    })
    .await
    .unwrap();
}
