//! The citizens' side: the portal's home, filing online step by step, one's own dossiers.
//!
//! Owns the table `draft`. What is filed goes through `dossiers::actions`; nothing here decides about a dossier.

mod draft;
mod filing;
mod home;
mod milestones;
mod mine;
mod steps;
mod store;
mod supplement;
mod together;

pub use draft::{Body, Draft, Paper};
pub use milestones::{Milestone, Stage, milestones};
pub use steps::{Step, steps_of};

use dossiers::rights::{FILE_DOSSIER, OWN_DOSSIERS};
use web::{Access, Module, NavItem, Routes};

/// Drafts one account keeps at most; finishing or dropping one makes room.
pub const DRAFTS_MAX: usize = 20;
/// Dossiers shown on one's own page; older ones are found by their code.
pub const OWN_DOSSIERS_MAX: i64 = 100;

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "citizens",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};

/// Its words.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "citizens", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Routes, words, tables and menu of the citizens' side.
pub fn module() -> Module {
    let routes = Routes::new()
        // Anybody.
        .get("/", Access::Public, home::home)
        .get("/life/{event}", Access::Public, home::life)
        .get("/together/{group}", Access::Public, together::show)
        // Filing online.
        .get("/file/{procedure}", Access::Needs(FILE_DOSSIER), filing::show)
        .post("/file/{procedure}", Access::Needs(FILE_DOSSIER), filing::answer)
        .post("/file/{procedure}/papers", Access::Needs(FILE_DOSSIER), filing::papers)
        .post("/file/{procedure}/drop", Access::Needs(FILE_DOSSIER), filing::drop_draft)
        .get("/file/{procedure}/papers/{file}", Access::Needs(FILE_DOSSIER), filing::download)
        // One's own dossiers.
        .get("/my", Access::Needs(OWN_DOSSIERS), mine::list)
        .post("/my/notices", Access::Needs(OWN_DOSSIERS), mine::seen)
        .get("/my/{code}", Access::Needs(OWN_DOSSIERS), mine::show)
        .get("/my/{code}/files/{file}", Access::Needs(OWN_DOSSIERS), mine::download)
        .get("/my/{code}/print/{form}", Access::Needs(OWN_DOSSIERS), mine::print)
        .post("/my/{code}/supplement", Access::Needs(OWN_DOSSIERS), supplement::send)
        .post("/my/{code}/withdraw", Access::Needs(OWN_DOSSIERS), mine::withdraw)
        .post("/my/{code}/rate", Access::Needs(OWN_DOSSIERS), mine::rate);
    let nav = vec![
        NavItem { key: "citizens-nav-home", href: "/", icon: "home", access: Access::Public, order: 1 },
        NavItem { key: "citizens-nav-my", href: "/my", icon: "files", access: Access::Needs(OWN_DOSSIERS), order: 5 },
    ];
    Module { name: "citizens", routes, migrations: MIGRATIONS, locales: LOCALES, nav, permissions: &[], homes: &[] }
}
