//! Seeding: the databases, the demo province's agencies, one person of each role.

use std::sync::Arc;

use base::{CitizenId, Fault, Id, Role};
use identity::{AgencyRef, Cost, DemoAccount, Hasher, Password};
use organisation::{Agency, Tree};
use store::{Db, Migrations, Tx};
use web::App;

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
    pub name: &'static str,
    pub agency: Id,
    pub path: String,
}

/// Fresh databases on both engines, seeded; done once for all tests of the run.
pub(super) async fn settle() -> Vec<Province> {
    let mut provinces = Vec::new();
    for db in store::testing::databases().await {
        db.migrate(&migrations()).await.expect("migrations");
        let hasher = Hasher::new(Cost::TESTS).expect("hasher");
        let password = hasher.hash(Password::parse(PASSWORD, &[]).expect("password")).await.expect("hash");
        let (people, tree) = db
            .write(move |tx| {
                Box::pin(async move {
                    organisation::seed_demo(tx, START).await?;
                    let tree = organisation::load_tree(tx).await?;
                    Ok::<_, Fault>((settle_people(tx, &tree, password).await?, tree))
                })
            })
            .await
            .expect("seed");
        provinces.push(Province { db, people, tree: Arc::new(tree) });
    }
    provinces
}

/// Clerk, officer, head and leader work at one commune; the others for the whole province.
async fn settle_people(tx: &Tx, tree: &Tree, password: identity::Hashed) -> Result<Vec<Person>, Fault> {
    let root = tree.root().expect("a root").clone();
    let commune = tree.communes()[0].clone();
    let desk = tree.desk_of(commune.id).expect("a desk").clone();
    let division = tree.children(commune.id).into_iter().find(|a| a.kind == organisation::Kind::Division);
    let division = division.expect("a division").clone();
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
    let ids = identity::seed_demo(tx, &demo, START).await?;
    let people = ids.into_iter().zip(places).map(|(id, (role, login, name, agency))| Person {
        id,
        role,
        login: login.to_owned(),
        name,
        agency: agency.id,
        path: agency.path.clone(),
    });
    Ok(people.collect())
}

/// The agencies as the pages about grants ask for them.
pub(super) struct TreeAgencies(pub(super) Arc<Tree>);

fn agency_ref(agency: &Agency) -> AgencyRef {
    AgencyRef { id: agency.id, code: agency.code.clone(), name: agency.name.clone(), path: agency.path.clone() }
}

impl identity::Agencies for TreeAgencies {
    fn by_id(&self, id: Id) -> Option<AgencyRef> {
        self.0.get(id).map(agency_ref)
    }

    fn by_code(&self, code: &str) -> Option<AgencyRef> {
        self.0.by_code(code).map(agency_ref)
    }

    fn within(&self, paths: &[&str], limit: usize) -> Vec<AgencyRef> {
        let inside = |agency: &&Agency| paths.iter().any(|path| agency.path.starts_with(path));
        self.0.all().iter().filter(inside).take(limit).map(agency_ref).collect()
    }
}

/// Every table of the product.
pub fn migrations() -> Vec<Migrations> {
    vec![
        audit::MIGRATIONS,
        facts::MIGRATIONS,
        jobs::MIGRATIONS,
        files::MIGRATIONS,
        identity::MIGRATIONS,
        organisation::MIGRATIONS,
    ]
}

/// Every module of the product.
pub fn modules() -> Vec<web::Module> {
    vec![identity::module(), organisation::module()]
}

pub(super) fn router(app: &App) -> axum::Router {
    web::build_router(app.clone(), modules())
}

/// Makes one more official at an agency, with the common password.
pub async fn settle_official(db: &Db, login: &str, role: Role, agency: &Agency) -> Id {
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
    let made = db.write(move |tx| Box::pin(async move { identity::seed_demo(tx, &[demo], START).await })).await;
    made.expect("account")[0]
}
