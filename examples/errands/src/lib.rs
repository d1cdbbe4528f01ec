//! The smallest room: errands, written down by a unit and done.

pub mod errand;
pub mod pages;
pub mod rights;
mod store;

pub use errand::{Errand, State, write};

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;
use records::api;
use records::frame::{self, Pages};
use records::{DueKind, Kind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "errands", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "errands", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Errands among the kinds of the program.
pub const KIND: Kind = Kind::of::<Errand>(
    errand::MEASURES,
    &[DueKind { name: errand::TO_DO, word: "errand-due", right: rights::DO_ERRANDS, served: false }],
    rights::READ_ERRANDS,
    frame::cards::<Errand>,
)
.searched("errand-title", "")
.for_programs::<Errand>();

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(store::OPEN_AT, params![unit]).await?.get("n")?;
        let href = Errand::PATH.to_owned();
        Ok(vec![Open { what: "errand-open-here", count, href, needs: rights::READ_ERRANDS }])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![pages::LIST.declared()]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, does) = (Access::Needs(rights::READ_ERRANDS), Access::Needs(rights::DO_ERRANDS));
    let routes = Routes::new()
        .get("/errands", reads, pages::list)
        .get("/errands/new", does, frame::new::<Errand>)
        .post("/errands/new", does, frame::create::<Errand>)
        .get("/errands/{code}", reads, frame::show::<Errand>)
        .post("/errands/{code}/{verb}", reads, frame::act::<Errand>);
    Module {
        name: "errands",
        routes: api::routes::<Errand>(routes, reads, does),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![NavItem { key: "errand-title", href: "/errands", icon: "list", access: reads, order: 40 }],
    }
}
