//! The control of administrative procedures (kiểm soát thủ tục hành chính): announcement decisions that make, change and end procedures in
//! one act, measured from the legal text to the posting.

pub mod announcement;
pub mod days;
pub mod house;
pub mod issue;
pub mod line;
mod lines_page;
pub mod pages;
pub mod rights;
mod store;
pub mod verbs;

pub use announcement::{Announcement, MEASURES, State};
pub use house::Rooms;
pub use issue::issue;
pub use verbs::prepare;

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;
use records::api;
use records::frame::{self, Pages};
use records::{DueKind, Kind, LinkKind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "control", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "control", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Announcement decisions among the kinds of the program.
pub const KIND: Kind = Kind::of::<Announcement>(
    MEASURES,
    &[
        DueKind {
            name: announcement::ISSUE,
            word: "announcement-due-issue",
            right: rights::ISSUE_ANNOUNCEMENTS,
            served: false,
        },
        DueKind {
            name: announcement::POST,
            word: "announcement-due-post",
            right: rights::POST_PROCEDURES,
            served: false,
        },
    ],
    rights::READ_CONTROL,
    frame::cards::<Announcement>,
)
.for_programs::<Announcement>()
.searched("announcement-title", "")
.linking(&[LinkKind {
    name: announcement::ANNOUNCES,
    word: "announcement-link-announces",
    back: "announcement-link-announced",
}]);

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(store::OPEN_AT, params![unit]).await?.get("n")?;
        let href = Announcement::PATH.to_owned();
        Ok(vec![Open { what: "announcement-open-here", count, href, needs: rights::READ_CONTROL }])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![pages::LIST.declared()]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, prepares) = (Access::Needs(rights::READ_CONTROL), Access::Needs(rights::PREPARE_ANNOUNCEMENTS));
    let routes = Routes::new()
        // Announcement decisions; each act asks for its own permission at its unit.
        .get("/announcements", reads, pages::list)
        .get("/announcements/new", prepares, frame::new::<Announcement>)
        .post("/announcements/new", prepares, frame::create::<Announcement>)
        .get("/announcements/{code}", reads, frame::show::<Announcement>)
        .post("/announcements/{code}/{verb}", reads, frame::act::<Announcement>)
        .get("/announcements/{code}/files/{file}", reads, frame::download::<Announcement>)
        // One line, beside the version in force.
        .get("/announcements/{code}/lines/{line}", reads, lines_page::show)
        .post("/announcements/{code}/lines/{line}", prepares, lines_page::write);
    Module {
        name: "control",
        routes: api::routes::<Announcement>(routes, reads, prepares),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![NavItem { key: "announcement-nav", href: "/announcements", icon: "file", access: reads, order: 51 }],
    }
}
