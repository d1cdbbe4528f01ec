//! A seeded province in memory with two people: a citizen and a clerk of the first commune's desk.

#![allow(dead_code)]

pub mod browser;

use base::{Actor, CitizenId, Fault, Grant, Id, Instant, Phone, Role};
use std::path::Path;
use std::sync::Arc;
use store::Db;
use web::{App, AppInner, BoxFuture, Clock, SignedIn};

/// Tuesday 24/11/2026, 09:00.
pub const START: Instant = Instant(1_795_485_600_000);
/// The session's secret; a form's token may be the bare secret.
pub const SECRET: &str = "secret-of-the-test-session";
/// The citizen of the tests.
pub const NAME: &str = "Nguyễn Thị Đường";

/// The token is the person: "citizen", "stranger", "clerk", "officer", "leader".
pub struct People {
    pub citizen: Id,
    pub stranger: Id,
    pub desk: (Id, String),
    pub commune: (Id, String),
}

impl web::Sessions for People {
    fn load<'a>(&'a self, _: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let official = |role, (agency, path): &(Id, String)| Grant::new(role, *agency, path.clone());
        let citizen = || Grant::new(Role::Citizen, Id(0), "/");
        let found = match token {
            "citizen" => Some((self.citizen, citizen())),
            "stranger" => Some((self.stranger, citizen())),
            "clerk" => Some((Id(11), official(Role::Clerk, &self.desk))),
            "officer" => Some((Id(12), official(Role::Officer, &self.commune))),
            "leader" => Some((Id(13), official(Role::Leader, &self.commune))),
            _ => None,
        };
        Box::pin(async move {
            Ok(found.map(|(account, grant)| SignedIn {
                actor: Actor {
                    account,
                    name: NAME.into(),
                    citizen_number: (token == "citizen").then(|| "094190000017".to_owned()),
                    grants: vec![grant],
                },
                session: Id(9),
                csrf: SECRET.into(),
            }))
        })
    }
}

pub fn migrations() -> Vec<store::Migrations> {
    vec![
        audit::MIGRATIONS,
        access::MIGRATIONS,
        facts::MIGRATIONS,
        jobs::MIGRATIONS,
        identity::MIGRATIONS,
        notices::MIGRATIONS,
        files::MIGRATIONS,
        records::MIGRATIONS,
        organisation::MIGRATIONS,
        catalogue::MIGRATIONS,
        dossiers::MIGRATIONS,
        citizens::MIGRATIONS,
    ]
}

/// Fresh databases with the demo province, its procedures and two citizens' accounts.
pub async fn databases() -> Vec<(Db, [Id; 2])> {
    static PROVINCE: store::testing::Made<[Id; 2]> = store::testing::Made::nothing();
    let made = PROVINCE.copies(async |db| {
        db.migrate(&migrations()).await.expect("migrations");
        db.write(|tx| {
            Box::pin(async move {
                organisation::seed_demo(tx, START).await?;
                catalogue::seed(tx, START).await?;
                let number: CitizenId = "094190000017".parse()?;
                let phone: Phone = "0912345678".parse()?;
                let account =
                    |number, phone| identity::NewAccount::citizen(number, NAME, phone, identity::Hashed::none());
                let citizen = identity::create_account(tx, account(number, Some(phone)), START).await?;
                let stranger = identity::create_account(tx, account("094190000025".parse()?, None), START).await?;
                Ok::<_, Fault>([citizen, stranger])
            })
        })
        .await
        .expect("seed")
    });
    made.await
}

/// The same on SQLite alone.
pub async fn database() -> (Db, [Id; 2]) {
    databases().await.swap_remove(0)
}

/// The service over such a database, and the commune whose clerk, officer and leader there are.
pub async fn portal((db, [citizen, stranger]): (Db, [Id; 2]), data_dir: &Path, clock: Clock) -> (axum::Router, Id) {
    let tree = db.read(|tx| Box::pin(async move { organisation::load_tree(tx).await })).await.expect("tree");
    let commune = tree.communes()[0].clone();
    let desk = tree.desk_of(commune.id).expect("a desk").clone();
    let people = People { citizen, stranger, desk: (desk.id, desk.path), commune: (commune.id, commune.path.clone()) };
    let app = App::new(AppInner {
        db,
        clock,
        sessions: Arc::new(people),
        demo: true,
        data_dir: data_dir.to_owned(),
        nav: Vec::new(),
        secure_cookies: false,
        extensions: Default::default(),
    });
    app.put(web::limits::Rates::unlimited());
    let all = vec![dossiers::owed::KIND, catalogue::stock::KIND];
    app.put(records::Kinds { all, served: |_, _| Vec::new(), units: |_, _, _| None, house_of: |_, _| None });
    organisation::reload(&app).await.expect("tree");
    catalogue::reload(&app).await.expect("catalogue");
    i18n::install(&[files::locales(), records::LOCALES]);
    (web::build_router(app, vec![citizens::module(), dossiers::module()]), commune.id)
}
