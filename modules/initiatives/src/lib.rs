//! Initiatives, models and pilots (sáng kiến, mô hình, thí điểm): handed in by officials, recognised by the head of the agency or of the
//! province, taken up by other units.

pub mod initiative;
pub mod pages;
pub mod rights;
mod store;
pub mod verbs;

pub use initiative::{Initiative, MEASURES, State};
pub use verbs::submit;

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Fault, Id};
use organisation::{Moved, Moving, Open};
use records::api;
use records::frame::{self, Pages};
use records::{By, DueKind, Held, Kind, LinkKind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "initiatives",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};

/// Words of this module.
pub const LOCALES: i18n::Source = i18n::Source {
    module: "initiatives",
    vi: include_str!("../locales/vi.ftl"),
    en: include_str!("../locales/en.ftl"),
};

/// Initiatives among the kinds of the program.
pub const KIND: Kind = Kind::of::<Initiative>(
    MEASURES,
    &[DueKind {
        name: initiative::ASSESS,
        word: "initiative-due-assess",
        right: rights::RECOGNISE_INITIATIVES,
        served: false,
    }],
    rights::SUBMIT_INITIATIVES,
    frame::cards::<Initiative>,
)
.for_programs::<Initiative>()
.searched("initiative-title", "")
.linking(&[LinkKind { name: "taken-up-at", word: "initiative-link-at", back: "initiative-link-here" }]);

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(store::OPEN_AT, params![unit]).await?.get("n")?;
        let (what, needs) = ("initiative-open-here", rights::SUBMIT_INITIATIVES);
        Ok(vec![Open { what, count, href: Initiative::PATH.to_owned(), needs }])
    })
}

/// Initiatives of units that a reorganisation ends go on where the units' work goes; see [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let all = Held::<Initiative>::read_all(&tx.query(store::OF_UNITS, &[moving.listed()]).await?)?;
        let event = |i: &Initiative| Some(initiative::Event::Follow(moving.followed([i.unit, i.agency])?));
        Ok(vec![Moved { what: "initiative-moved", n: organisation::follow(tx, *by, all, event).await? }])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![pages::LIST.declared()]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let submits = Access::Needs(rights::SUBMIT_INITIATIVES);
    let routes = Routes::new()
        // Officials; each act asks for its own permission at its unit.
        .get("/initiatives", submits, pages::list)
        .get("/initiatives/new", submits, frame::new::<Initiative>)
        .post("/initiatives/new", submits, frame::create::<Initiative>)
        .get("/initiatives/{code}", submits, frame::show::<Initiative>)
        .post("/initiatives/{code}/{verb}", submits, frame::act::<Initiative>)
        .get("/initiatives/{code}/files/{file}", submits, frame::download::<Initiative>);
    Module {
        name: "initiatives",
        routes: api::routes::<Initiative>(routes, submits, submits),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![NavItem { key: "initiative-nav", href: "/initiatives", icon: "star", access: submits, order: 17 }],
    }
}
