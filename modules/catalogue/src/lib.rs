//! Procedures (thủ tục hành chính): versions with dates of effect, their search, their announcement,
//! and the import of the national catalogue.

pub mod actions;
pub mod acts;
pub mod api;
pub mod compare;
pub mod cut;
mod digest;
pub mod drawn;
pub mod flow;
pub mod import;
pub mod life;
pub mod linked;
pub mod national;
mod pages;
mod pages_keep;
mod pages_process;
pub mod parts;
pub mod picture;
mod procedure;
mod proof;
pub mod rights;
pub mod rules;
mod search;
mod shelf;
pub mod shipped;
mod source;
pub mod stock;
mod store;
pub mod version;
mod words;

pub use actions::{abolish, announce, from_toml, seed, to_toml};
pub use acts::{Act, Decision, Refused, decide, standing};
pub use import::{ImportReport, cli_import, import, rehearse};
pub use linked::Linked;
pub use procedure::{ANNOUNCING, ENDING, KIND, Procedure};
pub use proof::PROOF;
pub use shelf::{Filter, Shelf, fresh_shelf, load_shelf, reload, shelf, typical_limits};
pub use version::{
    BranchStep, ChannelTerms, Component, Eligibility, Fee, Field, FieldKind, Form, Group, Origin, ResultPaper, Route,
    ServiceLevel, Side, Sort, Step, StepUnit, UnclearTerms, Version, Way,
};
pub use words::{ChannelLine, FeeSaid, common_notes, fee_said};

use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "catalogue",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_subjects", include_str!("../migrations/0002_subjects.sql")),
        ("0003_acts", include_str!("../migrations/0003_acts.sql")),
    ],
};

/// The words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "catalogue", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// The lists of this module.
pub fn lists() -> Vec<lists::Declared> {
    vec![pages::LIST.declared()]
}

/// Routes, tables, words and menu.
pub fn module() -> Module {
    let keep = Access::Needs(crate::rights::KEEP_CATALOGUE);
    Module {
        name: "catalogue",
        routes: Routes::new()
            // What there is, for everybody.
            .get("/procedures", Access::Public, pages::list)
            .get("/procedures/{code}", Access::Public, pages::show)
            .get("/procedures/{code}/compare", Access::Public, compare::show)
            .get("/procedures/{code}/process.bpmn", Access::Public, pages_process::file)
            .asking("/api/v1/procedures", Access::Public, api::LIST, api::list)
            .asking("/api/v1/procedures/{code}", Access::Public, api::ONE, api::show)
            // Keeping it.
            .get("/catalogue/new", keep, pages_keep::form)
            .post("/catalogue/new", keep, pages_keep::act)
            .get("/catalogue/{code}/announce", keep, pages_keep::form)
            .post("/catalogue/{code}/announce", keep, pages_keep::act)
            .get("/catalogue/{code}/process", keep, pages_process::show)
            .post("/catalogue/{code}/process", keep, pages_process::act)
            .get("/catalogue/{code}/end", keep, pages_keep::form)
            .post("/catalogue/{code}/end", keep, pages_keep::act),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: crate::rights::ALL,
        homes: &[web::Home { rank: 40, needs: crate::rights::KEEP_CATALOGUE, href: "/procedures", whole: false }],
        nav: vec![NavItem {
            key: "nav-procedures",
            href: "/procedures",
            icon: "book",
            access: Access::Public,
            order: 50,
        }],
    }
}
