//! What the tests of this module share: seeded databases, people, an evidence file, facts.

use base::{Actor, Date, Fault, Grant, Id, Instant, Level, Role};
use facts::Fact;
use jiff::civil::date;
use organisation::Tree;
use std::sync::Arc;
use store::Db;

/// The present of the tests: 22/11/2026, 09:00.
pub(crate) fn now() -> Instant {
    Instant::from_local(date(2026, 11, 22).at(9, 0, 0, 0))
}

/// A person with one role.
pub(crate) fn account(id: i64, role: Role, path: &str) -> Actor {
    let agency = path.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).map_or(Id(1), Id);
    let grant = Grant::new(role, agency, path);
    Actor { account: Id(id), name: format!("Người số {id}"), grants: vec![grant], citizen_number: None }
}

/// Fresh databases with the demo province, and its tree.
pub(crate) async fn database() -> Vec<(Db, Arc<Tree>)> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    let tree = Arc::new(organisation::demo_tree().unwrap());
    let made = PROVINCE.copies(async |db| {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            files::MIGRATIONS,
            records::MIGRATIONS,
            identity::MIGRATIONS,
            notices::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            dossiers::MIGRATIONS,
            crate::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| Box::pin(async move { organisation::seed_agencies(tx, Instant(0)).await })).await.unwrap();
    });
    made.await.into_iter().map(|(db, ())| (db, tree.clone())).collect()
}

/// A file put safely on disk.
pub(crate) async fn evidence() -> files::Staged {
    let dir = std::env::temp_dir().join("motcua-reform-tests");
    files::Store::new(dir)
        .stage_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec(), "bao-cao.pdf")
        .await
        .unwrap()
}

/// The kinds whose measures the shipped definitions count.
pub(crate) fn kinds() -> Vec<records::Kind> {
    vec![
        catalogue::stock::KIND,
        dossiers::owed::KIND,
        feedback::KIND,
        feedback::dialogue::ITEMS,
        initiatives::KIND,
        control::KIND,
        control::REVIEWS,
        desk::POINTS,
        desk::COUNTERS,
        desk::TICKETS,
        desk::BOOKINGS,
        desk::DUTIES,
        desk::REGULATIONS,
        crate::KIND,
        crate::FIGURES,
        crate::PROGRAMMES,
    ]
}

/// What those count.
pub(crate) fn counted() -> facts::Measures {
    records::measures(&kinds()).unwrap()
}

/// The shipped definitions.
pub(crate) fn definitions() -> &'static facts::Indicators {
    static ALL: std::sync::LazyLock<facts::Indicators> =
        std::sync::LazyLock::new(|| crate::definitions::shipped(&counted()));
    &ALL
}

/// One fact of a dossier at an agency.
pub(crate) fn fact(
    measure: &'static str,
    day: Date,
    agency: i64,
    level: Level,
    channel: i64,
    flags: i64,
    subject: i64,
) -> Fact {
    let one = Fact::one(counted().get(measure).unwrap(), day, (Id(agency), level), Id(subject));
    Fact { field: "ho-tich".into(), channel, flags, procedure: Id(7), ..one }
}

/// Writes facts.
pub(crate) async fn write(db: &Db, facts: Vec<Fact>) {
    db.write(move |tx| Box::pin(async move { Ok::<_, Fault>(facts::append(tx, &facts).await?) })).await.unwrap();
}
