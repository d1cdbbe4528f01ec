//! A province in process: the router the program serves, a clock that is set by hand, and people with names.

mod client;
mod forms;
mod given;
mod people;
mod post;

use std::future::Future;
use std::sync::{Arc, LazyLock};

use base::{Actor, Instant, Role};
use organisation::Tree;
use store::{Db, Engine};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use web::{App, Clock};

pub use client::{Client, Page};
pub use forms::{FormField, PageForm, forms_of, links_of};
pub use given::{BIRTH, PDF, counter_form, plan_read, plan_saved};
pub use people::{
    CITIZEN_NUMBER, PASSWORD, Person, migrations, modules, settle_at, settle_official, settle_official_at,
};
pub use post::{Mail, PostOffice};

/// Wednesday 25/11/2026, 09:00 in Cần Thơ: a working day, in office hours (the day before is Culture Day).
pub const START: Instant = Instant(1_795_572_000_000);

/// One runtime for all tests: the databases' tasks live as long as it does, so a seeded province can be shared.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));

static PROVINCES: OnceCell<Vec<Province>> = OnceCell::const_new();

/// A seeded database with its people; shared by all tests of the run.
pub struct Province {
    db: Db,
    people: Vec<Person>,
    tree: Arc<Tree>,
}

/// Runs a journey on every engine, one after the other. The database is shared between tests: a journey makes its own
/// dossiers and never counts other people's.
pub fn on_every_engine<F, J>(journey: F)
where
    F: Fn(TestApp) -> J,
    J: Future<Output = ()>,
{
    RUNTIME.block_on(async {
        for province in PROVINCES.get_or_init(people::settle).await {
            let app = TestApp::of(province).await;
            eprintln!("on {:?}", app.db().engine());
            journey(app).await;
        }
    });
    no_word_is_missing();
}

/// The same over databases of the test's own, for what would spoil the shared ones.
pub fn on_fresh_provinces<F, J>(journey: F)
where
    F: Fn(TestApp) -> J,
    J: Future<Output = ()>,
{
    RUNTIME.block_on(async {
        // Kept until the process ends, as the shared ones are.
        let provinces: &'static [Province] = Box::leak(people::settle().await.into_boxed_slice());
        for province in provinces {
            let app = TestApp::of(province).await;
            eprintln!("on {:?}", app.db().engine());
            journey(app).await;
        }
    });
    no_word_is_missing();
}

/// Pages put words together (`dossier-status-` and the status): what was asked for and is in no file shows here only.
#[track_caller]
fn no_word_is_missing() {
    assert_eq!(i18n::missing(), Vec::<String>::new(), "words that no file holds");
}

/// The seeded provinces, one for each engine, for tests that settle the program themselves. Inside [`run`] only.
pub async fn provinces() -> &'static [Province] {
    PROVINCES.get_or_init(people::settle).await
}

/// Provinces of a test's own with few of the country's units: for tests that look at every row again and again.
pub async fn small_provinces() -> Vec<&'static Province> {
    let mut provinces = Vec::new();
    for db in store::testing::databases().await {
        provinces.push(&*Box::leak(Box::new(people::settle_small(db).await)));
    }
    provinces
}

/// Provinces of a test's own with other agencies than the demonstration's, settled at another time.
pub async fn provinces_of(agencies: fn() -> Vec<organisation::Agency>, now: Instant) -> Vec<&'static Province> {
    let mut provinces = Vec::new();
    for db in store::testing::databases().await {
        provinces.push(&*Box::leak(Box::new(people::settle_tree(db, agencies, now).await)));
    }
    provinces
}

/// Provinces of one's own, for tests that bring their database into trouble.
pub async fn fresh_provinces() -> Vec<&'static Province> {
    people::settle().await.into_iter().map(|province| &*Box::leak(Box::new(province))).collect()
}

impl Province {
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }
}

/// Runs something async that needs no province.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.block_on(work)
}

/// The program as a test sees it.
pub struct TestApp {
    app: App,
    router: axum::Router,
    people: &'static [Person],
    tree: Arc<Tree>,
    /// Starts at [`START`]; moved by the test.
    pub clock: Clock,
    _uploads: tempfile::TempDir,
}

impl TestApp {
    async fn of(province: &'static Province) -> TestApp {
        TestApp::with(province, |_| {}).await
    }

    /// The program over a province's database, with settings of one's own.
    pub async fn with(province: &'static Province, settle: impl FnOnce(&mut identity::Settings)) -> TestApp {
        TestApp::run_as(province, false, settle).await
    }

    /// The program as `motcua demo` runs it.
    pub async fn demonstration(province: &'static Province) -> TestApp {
        TestApp::run_as(province, true, |_| {}).await
    }

    async fn run_as(province: &'static Province, demo: bool, settle: impl FnOnce(&mut identity::Settings)) -> TestApp {
        TestApp::run_at(province, START, demo, settle).await
    }

    /// The program over a province of another time.
    pub async fn at(province: &'static Province, start: Instant) -> TestApp {
        TestApp::run_at(province, start, false, |_| {}).await
    }

    async fn run_at(
        province: &'static Province,
        start: Instant,
        demo: bool,
        settle: impl FnOnce(&mut identity::Settings),
    ) -> TestApp {
        let uploads = tempfile::tempdir().expect("a folder for uploads");
        let clock = Clock::settable(start);
        let mut settings = identity::Settings::new(identity::Cost::TESTS).expect("settings");
        settings.vault = identity::Vault::of([7; 32]);
        settle(&mut settings);
        let running = motcua::Running {
            behind_proxy: false,
            data_dir: uploads.path().to_owned(),
            demo,
            secure_cookies: false,
            clock: clock.clone(),
            settings,
            scanner: None,
            channels: notices::Channels::default(),
        };
        let app = motcua::build(province.db.clone(), running).await.expect("the program");
        app.put(web::limits::Rates::unlimited());
        let router = motcua::serve::router(app.clone());
        TestApp { app, router, people: &province.people, tree: province.tree.clone(), clock, _uploads: uploads }
    }

    /// The kinds of a dossier's events, oldest first.
    pub async fn event_kinds(&self, code: &str) -> Vec<String> {
        let code = code.to_owned();
        let events = self.db().read(move |tx| {
            Box::pin(async move {
                let row = tx.query_one("SELECT id FROM dossier WHERE code = $1", store::params![code]).await?;
                audit::events(tx, row.get("id")?).await
            })
        });
        events.await.expect("events").into_iter().map(|event| event.kind).collect()
    }

    /// What the record of access holds about a subject, the latest first, once everything noted is written.
    pub async fn record_of(&self, subject: &str) -> Vec<access::Row> {
        self.app.get::<access::Recorder>().expect("a recorder").flush().await.expect("written");
        let subject = subject.to_owned();
        let rows = self.db().read(move |tx| Box::pin(async move { access::latest_of(tx, &subject, 200).await }));
        rows.await.expect("rows")
    }

    /// Believes what a proxy in front says of the visitor's address; see [`Client::at`].
    pub fn behind_proxy(&self) {
        self.app.put(web::limits::BehindProxy);
    }

    /// The rates of a program as shipped, instead of none.
    pub fn with_rates(&self) {
        self.app.put(web::limits::Rates::default());
    }

    /// Other rates than the unlimited ones of tests.
    pub fn limit(&self, rates: web::limits::Rates) {
        self.app.put(rates);
    }

    /// What the program does in the background.
    pub fn worker(&self) -> jobs::Worker {
        motcua::worker::worker(&self.app)
    }

    /// Sets up the channels of notices, and the address the site is known by.
    pub fn reach(&self, channels: notices::Channels) {
        self.app.put(channels);
        self.app.put(web::PublicUrl::parse("https://motcua.example").expect("an address"));
    }

    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// The catalogue of procedures as the service has it.
    pub fn shelf(&self) -> std::sync::Arc<catalogue::Shelf> {
        catalogue::shelf(&self.app)
    }

    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Who the program takes a client's cookie for.
    pub async fn actor_of(&self, client: &Client) -> Actor {
        let token = client.cookie("session").expect("a session");
        let found = self.app.sessions.load(&self.app.db, token, self.clock.now()).await.expect("sessions");
        found.expect("signed in").actor
    }

    pub fn engine(&self) -> Engine {
        self.app.db.engine()
    }

    /// Somebody who has not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The person of a role.
    pub fn person(&self, role: Role) -> &'static Person {
        self.people.iter().find(|person| person.role == role).expect("a person of every role")
    }

    /// The person of a role, signed in through the page.
    pub async fn signed_in(&self, role: Role) -> Client {
        let mut client = self.anonymous();
        client.sign_in(self.person(role)).await;
        client
    }

    pub async fn administrator(&self) -> Client {
        self.signed_in(Role::Administrator).await
    }
}
