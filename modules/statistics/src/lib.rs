//! Statistics of dossiers as the monthly forms ask for them, each number opening to its cases; and the assessment of one-stop work by dated
//! sets of criteria, live from facts, explained and published.

pub mod assessment;
mod cases_page;
pub mod columns;
pub mod form;
pub mod opened;
mod pages;
pub mod period;
mod privacy;
pub mod reading;
pub mod rights;
mod scope;

use ::store::{BoxFuture, StoreError, Tx, params};
use assessment::{Assessment, subject};
use base::{Date, Id};
use organisation::Open;
use records::frame;
use records::{DueKind, Kind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "statistics",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "statistics", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Assessments among the kinds of the program.
pub const KIND: Kind = Kind::of::<Assessment>(
    assessment::MEASURES,
    &[
        DueKind {
            name: subject::EXPLAIN,
            word: "assessment-due-explain",
            right: rights::EXPLAIN_ASSESSMENT,
            served: false,
        },
        DueKind { name: subject::PUBLISH, word: "assessment-due-publish", right: rights::ASSESS_UNITS, served: false },
    ],
    rights::READ_STATISTICS,
    assessment::cards,
);

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(assessment::store::OPEN_AT, params![unit]).await?.get("n")?;
        let (what, needs) = ("assessment-open-here", rights::READ_STATISTICS);
        Ok(vec![Open { what, count, href: "/assessments".to_owned(), needs }])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![assessment::LIST.declared()]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, own) = (Access::Needs(rights::READ_STATISTICS), Access::Needs(rights::READ_OWN_FIGURES));
    let routes = Routes::new()
        // Those who read a unit's figures.
        .get("/statistics", reads, pages::show)
        .get("/statistics/cases", reads, cases_page::show)
        .get("/assessment", reads, assessment::show)
        .get("/assessment/cases", reads, assessment::cases)
        // An official's own.
        .get("/statistics/mine", own, pages::mine)
        .get("/statistics/mine/cases", own, cases_page::mine)
        .get("/assessment/mine", own, assessment::mine)
        .get("/assessment/mine/cases", own, assessment::cases)
        // Assessments that are explained and published; each act asks for its own permission at its unit.
        .get("/assessments", reads, assessment::list_page)
        .get("/assessments/new", Access::Needs(rights::ASSESS_UNITS), frame::new::<Assessment>)
        .post("/assessments/new", Access::Needs(rights::ASSESS_UNITS), frame::create::<Assessment>)
        .get("/assessments/{code}", reads, frame::show::<Assessment>)
        .post("/assessments/{code}/{verb}", reads, frame::act::<Assessment>);
    let item = |key, href, access, order| NavItem { key, href, icon: "chart", access, order };
    let nav = vec![
        item("statistics-nav", "/statistics", reads, 24),
        item("assessment-nav", "/assessment", reads, 26),
        item("statistics-nav-mine", "/statistics/mine", own, 27),
    ];
    Module {
        name: "statistics",
        routes,
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav,
    }
}
