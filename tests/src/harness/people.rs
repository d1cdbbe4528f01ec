//! Seeding: the databases, the demo province's agencies, one person of each role.

use std::sync::Arc;

use base::{CitizenId, Fault, Id, Instant, Role};
use identity::{Cost, DemoAccount, Hasher, Password};
use organisation::{Agency, Tree};
use store::{Db, Migrations, Tx};

use super::{Province, START};

/// Everybody's password.
pub const PASSWORD: &str = "mưa thuận gió hòa";
/// The demo citizen's number.
pub const CITIZEN_NUMBER: &str = "094190000017";

/// Somebody of the province.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Id,
    pub role: Role,
    pub login: String,
    pub agency: Id,
}

/// Fresh databases on both engines, seeded.
pub(super) async fn settle() -> Vec<Province> {
    static PROVINCE: store::testing::Made<(Vec<Person>, Arc<Tree>)> = store::testing::Made::nothing();
    let made = PROVINCE.copies(async |db| {
        db.migrate(&migrations()).await.expect("migrations");
        settle_at(db, START).await
    });
    made.await.into_iter().map(|(db, (people, tree))| Province { db, people, tree }).collect()
}

const TWO_UNITS: [&str; 2] = [
    "INSERT INTO unit (id, code, name, folded, kind, level) VALUES (1, '1', 'Xã Một', 'xa mot', 'xa', 'commune'), (2, '2', 'Xã Hai', 'xa hai', 'xa', 'commune')",
    "INSERT INTO unit_succession (before_id, after_id, partial, is_default) VALUES (1, 2, FALSE, TRUE)",
];

/// What stands today, and of the communes the first twenty: enough to work with, and soon looked at.
fn stands_near(agency: &Agency) -> bool {
    // The demonstration's communes are numbered from 2001 on.
    let commune = agency.lineage().into_iter().find(|id| (2_001..3_000).contains(&id.0));
    agency.valid_to.is_none() && commune.is_none_or(|id| id.0 <= 2_020)
}

/// A province with two administrative units, one of which follows the other.
pub(super) async fn settle_small(db: Db) -> Province {
    db.migrate(&migrations()).await.expect("migrations");
    let two = db.write(|tx| {
        Box::pin(async move {
            for sql in TWO_UNITS {
                tx.execute(sql, &[]).await?;
            }
            let near = || {
                let all = organisation::blueprint().map_err(Fault::internal)?;
                Ok(all.into_iter().filter(stands_near).collect())
            };
            organisation::seed_tree(tx, START, near).await
        })
    });
    two.await.expect("seed");
    let (people, tree) = settle_at(&db, START).await;
    Province { db, people, tree }
}

/// A province with these agencies.
pub(super) async fn settle_tree(db: Db, agencies: fn() -> Vec<Agency>, now: Instant) -> Province {
    db.migrate(&migrations()).await.expect("migrations");
    let planted =
        db.write(move |tx| Box::pin(async move { organisation::seed_tree(tx, now, || Ok(agencies())).await }));
    planted.await.expect("seed");
    let (people, tree) = settle_at(&db, now).await;
    Province { db, people, tree }
}

/// Agencies, procedures and people in a database with nothing in it.
pub async fn settle_at(db: &Db, now: Instant) -> (Vec<Person>, Arc<Tree>) {
    motcua::seed(db, now).await.expect("seed");
    let hasher = Hasher::new(Cost::TESTS).expect("hasher");
    let password = hasher.hash(Password::parse(PASSWORD, &[]).expect("password")).await.expect("hash");
    let (people, tree) = db
        .write(move |tx| {
            Box::pin(async move {
                let tree = organisation::load_tree(tx).await?;
                Ok::<_, Fault>((settle_people(tx, &tree, password, now).await?, tree))
            })
        })
        .await
        .expect("seed");
    (people, Arc::new(tree))
}

/// Clerk, officer, head and leader work at one commune; the others for the whole province.
async fn settle_people(tx: &Tx, tree: &Tree, password: identity::Hashed, now: Instant) -> Result<Vec<Person>, Fault> {
    let root = tree.root().expect("a root").clone();
    let commune = tree.communes()[0].clone();
    let desk = tree.desk_of(commune.id).expect("a desk").clone();
    // Civil status, the procedures of the journeys, is this division's.
    let division = tree.division(commune.id, "culture-society").expect("a division").clone();
    let places: [(Role, &str, &'static str, &Agency); 9] = [
        (Role::Citizen, "congdan", "Nguyễn Thị Đường", &root),
        (Role::Clerk, "motcua", "Trần Văn Một", &desk),
        (Role::Officer, "thuly", "Lê Thị Lý", &division),
        (Role::DivisionHead, "truongphong", "Phạm Văn Phòng", &division),
        (Role::Leader, "lanhdao", "Huỳnh Thị Lãnh", &commune),
        (Role::ReformOfficer, "caicach", "Võ Văn Cách", &root),
        (Role::Inspector, "kiemtra", "Đặng Thị Tra", &root),
        (Role::CatalogueKeeper, "danhmuc", "Bùi Văn Danh", &root),
        (Role::Administrator, "quantri", "Ngô Thị Trị", &root),
    ];
    let demo: Vec<DemoAccount> = places
        .iter()
        .map(|(role, login, name, agency)| DemoAccount {
            login: (*login).to_owned(),
            name: (*name).to_owned(),
            role: *role,
            agency: agency.id,
            path: agency.path.clone(),
            password: password.clone(),
            citizen_number: (*role == Role::Citizen).then(|| CITIZEN_NUMBER.parse::<CitizenId>().expect("number")),
            phone: None,
        })
        .collect();
    let ids = identity::seed_people(tx, &demo, now).await?;
    let people = ids.into_iter().zip(places).map(|(id, (role, login, _, agency))| Person {
        id,
        role,
        login: login.to_owned(),
        agency: agency.id,
    });
    Ok(people.collect())
}

/// Every table of the product.
pub fn migrations() -> Vec<Migrations> {
    motcua::migrations()
}

/// Every module of the product.
pub fn modules() -> Vec<web::Module> {
    motcua::modules()
}

/// Makes one more official at an agency, with the common password.
pub async fn settle_official(db: &Db, login: &str, role: Role, agency: &Agency) -> Id {
    settle_official_at(db, START, login, role, agency).await
}

/// The same, at another time.
pub async fn settle_official_at(db: &Db, now: Instant, login: &str, role: Role, agency: &Agency) -> Id {
    let hasher = Hasher::new(Cost::TESTS).expect("hasher");
    let password = hasher.hash(Password::parse(PASSWORD, &[]).expect("password")).await.expect("hash");
    let demo = DemoAccount {
        login: login.to_owned(),
        name: login.to_owned(),
        role,
        agency: agency.id,
        path: agency.path.clone(),
        password,
        citizen_number: None,
        phone: None,
    };
    let made = db.write(move |tx| Box::pin(async move { identity::seed_people(tx, &[demo], now).await })).await;
    made.expect("account")[0]
}
