//! motcua, "one door": the whole of a province's electronic one-stop in one program.
//!
//! This crate puts the modules together; the business is theirs. [`modules`] is the list of rooms, [`open`] gives a
//! database with its tables, [`build`] a running service.

pub mod access;
pub mod accounts;
pub mod bench;
pub mod cli;
pub mod days;
pub mod demo;
mod demo_desk;
pub mod listen;
pub mod openapi;
pub mod outgoing;
pub mod progress;
pub mod serve;
pub mod worker;

use base::{Fault, Instant};
use organisation::Room;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Db, Migrations, StoreError};
use web::{App, AppInner, Clock, Module};

/// Every module with pages, in the order arrows point. The whole public surface is their routes.
pub fn modules() -> Vec<Module> {
    vec![
        identity::module(),
        organisation::module(),
        catalogue::module(),
        dossiers::module(),
        feedback::module(),
        control::module(),
        initiatives::module(),
        desk::module(),
        statistics::module(),
        citizens::module(),
        reform::module(),
        plans::module(),
        records::module(),
        notices::module(),
        lists::module(),
        // No pages of its own, but words.
        Module {
            name: "files",
            routes: web::Routes::new(),
            migrations: files::MIGRATIONS,
            locales: files::locales(),
            nav: Vec::new(),
            permissions: &[],
            homes: &[],
        },
    ]
}

/// Every table: those of the modules and of the shared crates without pages.
pub fn migrations() -> Vec<Migrations> {
    vec![
        audit::MIGRATIONS,
        ::access::MIGRATIONS,
        facts::MIGRATIONS,
        jobs::MIGRATIONS,
        web::MIGRATIONS,
        lists::MIGRATIONS,
        files::MIGRATIONS,
        records::MIGRATIONS,
        identity::MIGRATIONS,
        notices::MIGRATIONS,
        organisation::MIGRATIONS,
        catalogue::MIGRATIONS,
        dossiers::MIGRATIONS,
        feedback::MIGRATIONS,
        control::MIGRATIONS,
        initiatives::MIGRATIONS,
        desk::MIGRATIONS,
        statistics::MIGRATIONS,
        citizens::MIGRATIONS,
        reform::MIGRATIONS,
        plans::MIGRATIONS,
    ]
}

/// What holds rows to the log, module by module; dossiers and the subjects of registers are rebuilt from their events instead.
pub fn proofs() -> Vec<audit::Proof> {
    vec![identity::PROOF, notices::PROOF, organisation::PROOF, catalogue::PROOF, reform::PROOF, plans::PROOF]
}

/// The kinds of subjects that live on the shared pieces, or owe something beside them; in the order a search shows them.
pub fn kinds() -> Vec<records::Kind> {
    vec![
        dossiers::owed::KIND,
        dossiers::WORDINGS,
        feedback::KIND,
        feedback::dialogue::DIALOGUES,
        feedback::dialogue::ITEMS,
        organisation::KIND,
        organisation::REORGANISATIONS,
        organisation::CLOSINGS,
        catalogue::KIND,
        control::KIND,
        control::REVIEWS,
        initiatives::KIND,
        desk::POINTS,
        desk::COUNTERS,
        desk::TICKETS,
        desk::BOOKINGS,
        desk::DUTIES,
        desk::REGULATIONS,
        statistics::KIND,
        reform::KIND,
        reform::FIGURES,
        reform::PROGRAMMES,
        identity::dues::REQUESTS,
        identity::dues::ROLES,
        identity::dues::SUBSTITUTES,
        catalogue::stock::KIND,
    ]
}

/// The lists of all rooms, of which people keep views.
pub fn lists() -> Vec<lists::Declared> {
    let rooms = [
        identity::lists(),
        notices::lists(),
        records::lists(),
        dossiers::lists(),
        feedback::lists(),
        control::lists(),
        initiatives::lists(),
        desk::lists(),
        statistics::lists(),
        reform::lists(),
        plans::lists(),
        organisation::lists(),
        catalogue::lists(),
    ];
    rooms.concat()
}

/// What each room says of agencies that are to end: what is open there, and how that moves when they are reorganised.
pub fn rooms() -> Vec<Room> {
    vec![
        Room::moves(dossiers::open_at, dossiers::moving::move_to).told(dossiers::moving::would_move),
        Room::moves(feedback::open_at, feedback::move_to),
        Room::moves(control::open_at, control::move_to),
        Room::moves(initiatives::open_at, initiatives::move_to),
        Room::moves(desk::open_at, desk::move_to),
        Room::stays(desk::queue_open_at),
        Room::moves(accounts::grants_open_at, accounts::move_grants),
        Room::stays(accounts::requests_open_at),
        Room::stays(statistics::open_at),
        Room::stays(reform::open_at),
        Room::moves(reform::programmes_open_at, reform::move_to),
        Room::moves(plans::open_at, plans::move_to),
    ]
}

/// Who has promised something by the calendar, and moves it past days that an emergency decision closes.
pub fn closings() -> Vec<organisation::ClosingRoom> {
    vec![organisation::ClosingRoom { would: dossiers::dates::would, moves: dossiers::dates::moves }]
}

/// What is said of a change of the calendar before it is made.
fn previews() -> organisation::Previews {
    let looks: Vec<organisation::preview::Look> = vec![dossiers::dates::counted_otherwise, desk::booked_when_off];
    organisation::Previews { limits: catalogue::typical_limits, looks }
}

/// What people are told about.
fn topics() -> Vec<notices::Topic> {
    dossiers::topics::TOPICS.into_iter().chain([feedback::TOPIC, feedback::dialogue::TOPIC]).collect()
}

/// The agencies a desk receives for.
fn served(app: &App, unit: base::Id) -> Vec<base::Id> {
    let Some(tree) = app.get::<organisation::Tree>() else { return Vec::new() };
    let desk = tree.get(unit).filter(|agency| agency.kind == organisation::Kind::ServiceCentre);
    desk.map(|desk| tree.served_by(desk.id)).unwrap_or_default()
}

/// The units at which somebody may do something; none for the whole province.
fn units(app: &App, actor: &base::Actor, right: base::Permission) -> Option<Vec<base::Id>> {
    let Some(tree) = app.get::<organisation::Tree>() else { return Some(Vec::new()) };
    organisation::House { tree, calendar: organisation::calendar_of(app) }.units(actor, right)
}

/// The house that a division is part of.
fn house_of(app: &App, unit: base::Id) -> Option<base::Id> {
    app.get::<organisation::Tree>()?.house_of(unit).map(|house| house.id)
}

/// Writes the working calendar where there is none, and takes over rows written before the log held them, once for each
/// module.
///
/// # Errors
/// The database's. A clock that stands on a sealed day ([`StoreError::Busy`]) is no error here: it is done at a later start.
async fn adopt_rows(db: &Db, now: Instant) -> Result<(), Fault> {
    let calendar = db.write(move |tx| Box::pin(async move { organisation::seed_calendar(tx, now).await }));
    match calendar.await {
        // Until it is written, the shipped calendar is used, which is the same.
        Ok(_) | Err(Fault::Busy) => {}
        Err(fault) => return Err(fault),
    }
    let sets: Vec<&'static audit::Kept> = proofs().iter().map(|proof| proof.kept).collect();
    match audit::adopt_rows(db, &sets, now).await {
        Ok(0) => {}
        Ok(subjects) => tracing::warn!(subjects, "rows written before the log held them are taken over as they stand"),
        Err(StoreError::Busy(why)) => {
            tracing::error!(why, "rows written before the log held them are not taken over yet");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    // Registers that moved onto the shared pieces: each row becomes a subject, unless it is not what its last event left.
    for outcome in [
        records::adopt::<organisation::Agency>(db, now).await,
        records::adopt::<catalogue::Procedure>(db, now).await,
        records::adopt::<reform::Declared>(db, now).await,
        records::adopt::<reform::Draft>(db, now).await,
    ] {
        match outcome {
            Ok(records::Adoption { taken, refused }) if taken > 0 || !refused.is_empty() => {
                tracing::warn!(taken, ?refused, "rows became subjects; those refused are not as the log left them");
            }
            Ok(_) => {}
            Err(Fault::Busy) => tracing::error!("rows of earlier registers are not taken over yet"),
            Err(fault) => return Err(fault),
        }
    }
    // What waited for a second person before it was owed by anybody.
    match db.write(|tx| Box::pin(async move { identity::dues::adopt(tx).await })).await {
        Ok(_) => Ok(()),
        Err(StoreError::Busy(why)) => {
            tracing::error!(why, "requests that wait are not among what is owed yet");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens a database and brings its tables up to date, and what they hold under the log's watch.
///
/// # Errors
/// What the database says; a migration changed after it was applied is refused.
pub async fn open(url: &str, now: Instant) -> Result<Db, Fault> {
    if let Some(directory) = data_dir(url) {
        std::fs::create_dir_all(directory).map_err(Fault::internal)?;
    }
    let db = Db::open(url).await?;
    db.migrate(&migrations()).await?;
    adopt_rows(&db, now).await?;
    Ok(db)
}

/// The folder of a SQLite file: uploads lie beside it.
pub fn data_dir(url: &str) -> Option<PathBuf> {
    let path = Path::new(url.strip_prefix("sqlite:")?);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Some(parent.map_or_else(|| PathBuf::from("."), Path::to_path_buf))
}

/// Puts the agencies and the shipped procedures into a database that has none.
pub async fn seed(db: &Db, now: Instant) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            // Both look for themselves whether there is anything to do; the agencies first, for the figures' sake.
            organisation::seed_demo(tx, now).await?;
            catalogue::seed(tx, now).await?;
            Ok::<_, Fault>(())
        })
    })
    .await
}

/// How the service is run.
pub struct Running {
    pub data_dir: PathBuf,
    pub demo: bool,
    pub secure_cookies: bool,
    /// A reverse proxy of ours stands in front and says who asks.
    pub behind_proxy: bool,
    pub clock: Clock,
    pub settings: identity::Settings,
    /// Asked about every file that is handed in.
    pub scanner: Option<files::Scanner>,
    /// Over what notices go out beside the portal.
    pub channels: notices::Channels,
}

/// Says in the log when a demonstration's folder is served as a province: its people cannot sign in here.
async fn tell_invented(db: &Db) -> Result<(), Fault> {
    let people = db.read(|tx| Box::pin(async move { identity::invented(tx).await })).await?;
    if people > 0 {
        tracing::warn!("{people} demo accounts are here and can't sign in: this is not `motcua demo`");
    }
    Ok(())
}

/// The service's state, with agencies and catalogue in memory.
pub async fn build(db: Db, running: Running) -> Result<App, Fault> {
    adopt_rows(&db, running.clock.now()).await?;
    let settings = identity::Settings { demo: running.demo, ..running.settings };
    if !running.demo {
        tell_invented(&db).await?;
    }
    let app = App::new(AppInner {
        db,
        clock: running.clock,
        sessions: Arc::new(identity::SessionStore::new(settings.clone())),
        demo: running.demo,
        data_dir: running.data_dir,
        nav: Vec::new(),
        secure_cookies: running.secure_cookies,
        extensions: web::Extensions::default(),
    });
    app.put(records::Kinds { all: kinds(), served, units, house_of });
    organisation::reload(&app).await?;
    catalogue::reload(&app).await?;
    app.also(web::BeforeRequest(Box::new(|(app, now)| {
        Box::pin(async move { organisation::refresh(&app, now).await.map(|_| ()) })
    })));
    reform::definitions::refresh(&app, app.clock.now()).await?;
    app.also(web::BeforeRequest(Box::new(|(app, now)| {
        Box::pin(async move { reform::definitions::refresh(&app, now).await })
    })));
    app.also(web::BeforeRequest(Box::new(|(app, now)| {
        Box::pin(async move { catalogue::fresh_shelf(&app, now).await.map(|_| ()) })
    })));
    app.also(dossiers::SEARCH_BOX);
    app.also(records::SEARCH_BOX);
    app.also(dossiers::nav_counts());
    app.put(::lists::Lists(lists()));
    app.also(records::nav_counts());
    app.put(notices::Topics(topics()));
    app.put(running.channels);
    app.also(notices::nav_counts());
    access::record(&app);
    if let Some(scanner) = running.scanner {
        app.put(scanner);
    }
    app.put(organisation::OpenWork(rooms()));
    app.put(organisation::Closings(closings()));
    app.put(previews());
    if running.behind_proxy {
        app.put(web::limits::BehindProxy);
    }
    app.put(identity::Settings { agencies: Some(Arc::new(accounts::LentAgencies(app.clone()))), ..settings });
    Ok(app)
}
