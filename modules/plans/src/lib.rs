//! Plans: programmes and tasks read from documents, looked through by a person, saved as a draft programme.

pub mod actions;
pub mod cli;
pub mod document;
pub mod draft;
pub mod fields;
mod item_page;
#[cfg(test)]
mod journeys;
mod list_page;
mod open_work;
mod pieces;
mod proof;
pub mod reading;
mod save_page;
mod show_page;
mod store;
mod words;

pub use open_work::{move_to, open_at};
pub use proof::PROOF;
#[cfg(test)]
sandbox::test_entry!();

use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "plans", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// The words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "plans", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// The lists of this module.
pub fn lists() -> Vec<::lists::Declared> {
    vec![list_page::LIST.declared()]
}

/// Routes, tables, words and menu.
pub fn module() -> Module {
    let keep = Access::Needs(reform::rights::KEEP_PROGRAMMES);
    Module {
        name: "plans",
        routes: Routes::new()
            // Documents: the list, a new one, one with its items, the file as handed in.
            .get("/plans", keep, list_page::list)
            .get("/plans/new", keep, list_page::new_form)
            .post("/plans/new", keep, list_page::new)
            .get("/plans/{id}", keep, show_page::show)
            .get("/plans/{id}/file", keep, list_page::file)
            // Deciding about what was read.
            .post("/plans/{id}/items/{n}/accept", keep, item_page::accept)
            .post("/plans/{id}/items/{n}/reject", keep, item_page::reject)
            .get("/plans/{id}/items/{n}/correct", keep, item_page::correct_form)
            .post("/plans/{id}/items/{n}/correct", keep, item_page::correct)
            .post("/plans/{id}/accept-all", keep, item_page::accept_all)
            // Adding what was not seen.
            .get("/plans/{id}/add", keep, item_page::add_form)
            .post("/plans/{id}/add", keep, item_page::add)
            // Handing it over to steering.
            .get("/plans/{id}/save", keep, save_page::form)
            .post("/plans/{id}/save", keep, save_page::save),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: &[],
        homes: &[],
        nav: vec![NavItem { key: "nav-plans", href: "/plans", icon: "file", access: keep, order: 35 }],
    }
}
