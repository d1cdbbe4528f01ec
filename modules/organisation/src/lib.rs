//! Who there is: the country's administrative units on both sides of 01/07/2025 with their succession, and the agencies of a province
//! with their codes, divisions, service centres and history.

pub mod actions;
mod blueprint;
#[cfg(test)]
mod journeys;
mod pages;
mod pages_admin;
mod pages_keep;
mod seed;
pub mod shipped;
mod store;
mod tree;

pub use self::store::{UnitRow, find_units, load_tree, provinces_on, unit, units_after, units_before, units_below};
pub use blueprint::{BadFile, Blueprint, blueprint, demo_tree};
pub use seed::{seed_agencies, seed_demo, seed_units};
pub use tree::{Agency, FormerName, Kind, Tree};

use ::store::{StoreError, Tx, params};
use base::{Fault, Instant, Permission};
use std::sync::Arc;
use web::{Access, AgencyName, App, Look, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "organisation",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};

/// The words of this module.
pub const LOCALES: i18n::Source = i18n::Source {
    module: "organisation",
    vi: include_str!("../locales/vi.ftl"),
    en: include_str!("../locales/en.ftl"),
};

/// The tree kept in the application; read from the database the first time it is asked for.
pub async fn tree_of(app: &App) -> Result<Arc<Tree>, Fault> {
    match app.get::<Tree>() {
        Some(tree) => Ok(tree),
        None => reload(app).await,
    }
}

/// Which changes the tree in memory knows, and when somebody last looked whether there are others.
struct Known {
    revision: i64,
    look: Look,
}

async fn revision(tx: &Tx) -> Result<i64, StoreError> {
    tx.query_one(store::REVISION, params![]).await?.get("revision")
}

/// Reads the tree anew; call after every change of an agency.
pub async fn reload(app: &App) -> Result<Arc<Tree>, Fault> {
    let (tree, revision) =
        app.db.read(|tx| Box::pin(async move { Ok::<_, Fault>((load_tree(tx).await?, revision(tx).await?)) })).await?;
    let tree = app.put(tree);
    let names = tree.clone();
    app.put(AgencyName(Box::new(move |id| names.get(id).map(|agency| agency.short_name.clone()))));
    app.put(Known { revision, look: Look::never() });
    Ok(tree)
}

/// Reads the tree anew if another process has changed an agency (looked at every two seconds).
pub async fn refresh(app: &App, now: Instant) -> Result<(), Fault> {
    let Some(known) = app.get::<Known>() else { return reload(app).await.map(|_| ()) };
    if !known.look.is_due(now) {
        return Ok(());
    }
    let stands = app.db.read(|tx| Box::pin(async move { revision(tx).await })).await?;
    if stands != known.revision {
        reload(app).await?;
    }
    Ok(())
}

/// Routes, tables, words and menu.
pub fn module() -> Module {
    let keep = Access::Needs(Permission::KeepOrganisation);
    Module {
        name: "organisation",
        routes: Routes::new()
            // The directory: who there is, on any day.
            .get("/units", Access::Public, pages::list)
            .get("/units/{id}", Access::Public, pages::show)
            .get("/admin-units", Access::Public, pages_admin::list)
            .get("/admin-units/{id}", Access::Public, pages_admin::show)
            // Keeping it.
            .get("/units/{id}/open", keep, pages_keep::open_form)
            .post("/units/{id}/open", keep, pages_keep::open)
            .get("/units/{id}/rename", keep, pages_keep::rename_form)
            .post("/units/{id}/rename", keep, pages_keep::rename)
            .get("/units/{id}/end", keep, pages_keep::end_form)
            .post("/units/{id}/end", keep, pages_keep::end),
        migrations: MIGRATIONS,
        locales: LOCALES,
        nav: vec![NavItem { key: "nav-units", href: "/units", icon: "building", access: keep, order: 70 }],
    }
}
