//! The control of administrative procedures (kiểm soát thủ tục hành chính): announcement decisions that make, change and end procedures in
//! one act, measured from the legal text to the posting; reviews with what complying costs; the Office's board over all of it.

pub mod announcement;
pub mod board;
mod board_page;
pub mod cost;
pub mod days;
pub mod house;
pub mod issue;
pub mod line;
mod lines_page;
pub mod pages;
pub mod review;
pub mod review_pages;
pub mod review_verbs;
pub mod rights;
mod store;
pub mod target;
pub mod verbs;

pub use announcement::{Announcement, MEASURES, State};
pub use house::Rooms;
pub use issue::issue;
pub use review::Review;
pub use verbs::prepare;

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Fault, Id};
use organisation::{Moved, Moving, Open};
use records::frame::{self, Pages};
use records::{By, Held, api};
use records::{DueKind, Kind, LinkKind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "control",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_reviews", include_str!("../migrations/0002_reviews.sql")),
    ],
};

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

/// Reviews among the kinds of the program.
pub const REVIEWS: Kind = Kind::of::<Review>(
    review::MEASURES,
    &[DueKind { name: review::FINISH, word: "review-due-finish", right: rights::REVIEW_PROCEDURES, served: false }],
    rights::READ_CONTROL,
    frame::cards::<Review>,
)
.for_programs::<Review>()
.searched("review-title", "")
.linking(&[LinkKind { name: review::REVIEWS, word: "review-link-reviews", back: "review-link-reviewed" }]);

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(store::OPEN_AT, params![unit]).await?.get("n")?;
        let reviews = tx.query_one(store::REVIEWS_OPEN_AT, params![unit]).await?.get("n")?;
        let needs = rights::READ_CONTROL;
        Ok(vec![
            Open { what: "announcement-open-here", count, href: Announcement::PATH.to_owned(), needs },
            Open { what: "review-open-here", count: reviews, href: Review::PATH.to_owned(), needs },
        ])
    })
}

/// Decisions and reviews of agencies that a reorganisation ends go on where the agencies' work goes; see [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let all = Held::<Announcement>::read_all(&tx.query(store::OF_UNITS, &[moving.listed()]).await?)?;
        let event = |a: &Announcement| Some(announcement::Event::Follow(moving.followed([a.unit])?));
        let announcements = organisation::follow(tx, *by, all, event).await?;
        let all = Held::<Review>::read_all(&tx.query(store::REVIEWS_OF_UNITS, &[moving.listed()]).await?)?;
        let event = |r: &Review| Some(review::Event::Follow(moving.followed([r.unit])?));
        let reviews = organisation::follow(tx, *by, all, event).await?;
        let moved = |what, n| Moved { what, n };
        Ok(vec![moved("announcement-moved", announcements), moved("review-moved", reviews)])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![pages::LIST.declared(), review_pages::LIST.declared(), board_page::LIST.declared()]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, prepares) = (Access::Needs(rights::READ_CONTROL), Access::Needs(rights::PREPARE_ANNOUNCEMENTS));
    let reviews = Access::Needs(rights::REVIEW_PROCEDURES);
    let routes = Routes::new()
        // The Office's board, and the lists behind its numbers.
        .get("/procedure-control", reads, board_page::show)
        .get("/procedure-control/list", reads, board_page::list)
        // Reviews with what complying costs.
        .get("/procedure-reviews", reads, review_pages::list)
        .get("/procedure-reviews/new", reviews, frame::new::<Review>)
        .post("/procedure-reviews/new", reviews, frame::create::<Review>)
        .get("/procedure-reviews/{code}", reads, frame::show::<Review>)
        .post("/procedure-reviews/{code}/{verb}", reads, frame::act::<Review>)
        .get("/procedure-reviews/{code}/items/{item}", reads, review_pages::show)
        .post("/procedure-reviews/{code}/items/{item}", reviews, review_pages::assess)
        // Announcement decisions; each act asks for its own permission at its unit.
        .get("/announcements", reads, pages::list)
        .get("/announcements/new", prepares, frame::new::<Announcement>)
        .post("/announcements/new", prepares, frame::create::<Announcement>)
        .get("/announcements/{code}", reads, frame::show::<Announcement>)
        .post("/announcements/{code}/{verb}", reads, pages::act)
        .get("/announcements/{code}/files/{file}", reads, frame::download::<Announcement>)
        // One line, beside the version in force.
        .get("/announcements/{code}/lines/{line}", reads, lines_page::show)
        .post("/announcements/{code}/lines/{line}", prepares, lines_page::write);
    Module {
        name: "control",
        routes: api::routes::<Review>(api::routes::<Announcement>(routes, reads, prepares), reads, reviews),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![
            NavItem { key: "announcement-nav", href: "/announcements", icon: "file", access: reads, order: 51 },
            NavItem { key: "control-board-nav", href: "/procedure-control", icon: "shield", access: reads, order: 52 },
        ],
    }
}
