//! Who there is: the country's administrative units on both sides of 01/07/2025 with their succession, and the agencies of a province
//! with their codes, divisions, service centres and history.

mod agency;
mod blueprint;
pub mod calendar;
mod calendar_store;
pub mod closing;
mod house;
#[cfg(test)]
mod journeys;
mod pages;
mod pages_admin;
mod pages_calendar;
mod pages_change;
mod pages_days;
mod pages_hours;
mod pages_keep;
pub mod preview;
mod proof;
pub mod reorganisation;
pub mod rights;
mod seed;
pub mod shipped;
mod store;
mod tree;
pub mod verbs;

pub use self::store::{UnitRow, find_units, load_tree, provinces_on, unit, units_after, units_before, units_below};
pub use agency::{Agency, FormerName, KIND, Kind};
pub use blueprint::{blueprint, demo_tree};
pub use calendar::{Calendars, Closed, calendar_closed, calendar_named, load_calendar, seed_calendar};
pub use closing::{ClosingRoom, Closings, KIND as CLOSINGS};
pub use house::House;
pub use preview::{Compared, Previews};
pub use proof::PROOF;
pub use reorganisation::moving::{Followed, MoveTo, Moved, Moving, Room, follow};
pub use reorganisation::{KIND as REORGANISATIONS, Reorganisation};
pub use seed::{seed_agencies, seed_demo, seed_tree, seed_units};
pub use tree::Tree;
pub use verbs::{Open, OpenAt};

use ::store::{BoxFuture, StoreError, Tx, params};
use base::calendar::Calendar;
use base::{Fault, Id, Instant};
use records::frame;
use std::sync::Arc;
use web::{Access, AgencyName, App, Module, NavItem, Routes, Watched};

/// The lock of what stands: shared by whoever lays something with an agency, held alone by whoever ends some.
pub(crate) const STANDING: &str = "agencies-standing";

/// The first of some agencies that has ended, in this transaction; until its end none ends.
///
/// # Errors
/// The database's.
pub async fn ended(tx: &Tx, agencies: &[Id]) -> Result<Option<Id>, StoreError> {
    tx.share(STANDING).await?;
    for id in agencies {
        if tx.query_opt(store::HAS_ENDED, params![*id]).await?.is_some() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "organisation",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_calendar", include_str!("../migrations/0002_calendar.sql")),
        ("0003_subjects", include_str!("../migrations/0003_subjects.sql")),
        ("0004_reorganisations", include_str!("../migrations/0004_reorganisations.sql")),
        ("0005_agency_hours", include_str!("../migrations/0005_agency_hours.sql")),
    ],
};

/// The words of this module.
pub const LOCALES: i18n::Source = i18n::Source {
    module: "organisation",
    vi: include_str!("../locales/vi.ftl"),
    en: include_str!("../locales/en.ftl"),
};

/// The lists of this module.
pub fn lists() -> Vec<lists::Declared> {
    vec![
        pages::LIST.declared(),
        reorganisation::pages::LIST.declared(),
        pages_calendar::LIST.declared(),
        pages_hours::LIST.declared(),
        closing::pages::LIST.declared(),
        pages_days::LIST.declared(),
    ]
}

/// The tree kept in the application; read from the database the first time it is asked for.
pub async fn tree_of(app: &App) -> Result<Arc<Tree>, Fault> {
    match app.get::<Tree>() {
        Some(tree) => Ok(tree),
        None => reload(app).await,
    }
}

/// What the modules above say of an agency that is to end: what is open there, and how it moves; put into the application where it is put
/// together.
pub struct OpenWork(pub Vec<Room>);

/// The calendar goes with the tree: both have one count of changes.
impl Watched for Tree {
    fn revision(tx: &Tx) -> BoxFuture<'_, Result<i64, StoreError>> {
        Box::pin(async { tx.query_one(store::REVISION, params![]).await?.get("revision") })
    }

    fn load<'t>(tx: &'t Tx, app: &'t App) -> BoxFuture<'t, Result<Tree, Fault>> {
        Box::pin(async {
            app.put(load_calendar(tx).await?);
            Ok(load_tree(tx).await?)
        })
    }

    fn placed(app: &App, tree: &Arc<Tree>) {
        let names = tree.clone();
        app.put(AgencyName(Box::new(move |id| names.get(id).map(|agency| agency.short_name.clone()))));
    }
}

/// The working calendar kept in the application; the shipped one before any was read.
pub fn calendar_of(app: &App) -> Calendar {
    app.get::<Calendar>().map_or_else(|| Calendar::shipped().clone(), |calendar| (*calendar).clone())
}

/// Whose hours are those of intake at an agency: of the desk that serves it where that has hours of its own.
pub fn takes_in(tree: &Tree, calendar: &Calendar, agency: Id) -> Id {
    let desk = tree.desk_of(agency).filter(|desk| calendar.has_own(desk.id));
    desk.map_or(agency, |desk| desk.id)
}

/// Reads tree and calendar anew; call after every change of an agency or of the calendar.
pub async fn reload(app: &App) -> Result<Arc<Tree>, Fault> {
    web::reload(app).await
}

/// Reads both anew if another process has changed an agency or the calendar.
pub async fn refresh(app: &App, now: Instant) -> Result<(), Fault> {
    web::fresh::<Tree>(app, now).await.map(|_| ())
}

/// Routes, tables, words and menu.
pub fn module() -> Module {
    let keep = Access::Needs(crate::rights::KEEP_ORGANISATION);
    let routes = records::api::routes::<Reorganisation>(Routes::new(), keep, keep);
    let routes = records::api::routes::<closing::Closing>(routes, keep, keep);
    Module {
        name: "organisation",
        routes: routes
            // Mergers, splits and dissolutions as one act.
            .get("/reorganisations", keep, reorganisation::pages::list)
            .get("/reorganisations/new", keep, frame::new::<Reorganisation>)
            .post("/reorganisations/new", keep, frame::create::<Reorganisation>)
            .get("/reorganisations/{code}", keep, frame::show::<Reorganisation>)
            .get("/reorganisations/{code}/rehearsal", keep, reorganisation::rehearsal_page::show)
            .post("/reorganisations/{code}/{verb}", keep, reorganisation::pages::act)
            // The directory: who there is, on any day.
            .get("/units", Access::Public, pages::list)
            .get("/units/{id}", Access::Public, pages::show)
            .get("/admin-units", Access::Public, pages_admin::list)
            .get("/admin-units/{id}", Access::Public, pages_admin::show)
            // The working calendar, and keeping it.
            .get("/calendar", Access::Public, pages_calendar::list)
            .get("/calendar/agencies", Access::Public, pages_hours::list)
            .get("/calendar/add/{what}", keep, pages_change::form)
            .post("/calendar/add/{what}", keep, pages_change::change)
            .get("/calendar/{id}/remove", keep, pages_change::form)
            .post("/calendar/{id}/remove", keep, pages_change::change)
            .get("/units/{id}/hours", keep, pages_change::hours)
            .post("/units/{id}/hours", keep, pages_change::change_hours)
            // Days closed by an emergency decision.
            .get("/closings", keep, closing::pages::list)
            .get("/closings/new", keep, frame::new::<closing::Closing>)
            .post("/closings/new", keep, frame::create::<closing::Closing>)
            .get("/closings/{code}", keep, frame::show::<closing::Closing>)
            .post("/closings/{code}/{verb}", keep, closing::pages::act)
            // Sealed days and the clock, for whoever reads the log.
            .get("/days", Access::Needs(audit::rights::READ_AUDIT), pages_days::show)
            // Keeping agencies.
            .get("/units/{id}/{act}", keep, pages_keep::form)
            .post("/units/{id}/{act}", keep, pages_keep::act),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: crate::rights::ALL,
        homes: &[],
        nav: vec![
            NavItem { key: "nav-units", href: "/units", icon: "building", access: keep, order: 70 },
            NavItem { key: "nav-reorganisations", href: "/reorganisations", icon: "building", access: keep, order: 71 },
            NavItem { key: "nav-closings", href: "/closings", icon: "calendar", access: keep, order: 71 },
            NavItem {
                key: "nav-days",
                href: "/days",
                icon: "shield",
                access: Access::Needs(audit::rights::READ_AUDIT),
                order: 72,
            },
            NavItem { key: "nav-calendar", href: "/calendar", icon: "calendar", access: keep, order: 71 },
        ],
    }
}
