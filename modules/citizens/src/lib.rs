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

pub use draft::{Body, Draft, Paper};
pub use milestones::{Milestone, Stage, milestones};
pub use steps::{Step, steps_of};

use base::Permission::{FileDossier, OwnDossiers};
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
        // Filing online.
        .get("/file/{procedure}", Access::Needs(FileDossier), filing::show)
        .post("/file/{procedure}", Access::Needs(FileDossier), filing::answer)
        .post("/file/{procedure}/papers", Access::Needs(FileDossier), filing::papers)
        .post("/file/{procedure}/drop", Access::Needs(FileDossier), filing::drop_draft)
        .get("/file/{procedure}/papers/{file}", Access::Needs(FileDossier), filing::download)
        // One's own dossiers.
        .get("/my", Access::Needs(OwnDossiers), mine::list)
        .post("/my/notices", Access::Needs(OwnDossiers), mine::seen)
        .get("/my/{code}", Access::Needs(OwnDossiers), mine::show)
        .get("/my/{code}/files/{file}", Access::Needs(OwnDossiers), mine::download)
        .post("/my/{code}/supplement", Access::Needs(OwnDossiers), supplement::send)
        .post("/my/{code}/withdraw", Access::Needs(OwnDossiers), mine::withdraw)
        .post("/my/{code}/rate", Access::Needs(OwnDossiers), mine::rate);
    let nav = vec![
        NavItem { key: "citizens-nav-home", href: "/", icon: "home", access: Access::Public, order: 1 },
        NavItem { key: "citizens-nav-my", href: "/my", icon: "files", access: Access::Needs(OwnDossiers), order: 5 },
    ];
    Module { name: "citizens", routes, migrations: MIGRATIONS, locales: LOCALES, nav }
}
