//! Lists, declared once.
//!
//! A room says of a list what it is made of – columns, filters, tabs, order ([`List`], a `static` of plain values) – and where its rows
//! come from ([`Source`]: SQL of the room's own, a range of an index for each lane). Out of that one declaration come the page with its
//! filter form, chips, counts and sorting ([`open`]), pages that stay in place (`after=`, [`Key`]), files ([`file`]) and a person's own
//! saved views ([`views`]). Why in this shape: decision 0022.

mod asked;
mod declare;
pub mod file;
mod key;
mod open;
pub mod plan;
pub mod rights;
mod show;
mod source;
pub mod views;
mod views_page;

pub use asked::Asked;
pub use declare::{Ask, Cell, Column, Declared, Filter, Kind, List, Lists, On, Sort, Value};
pub use key::{Key, Shape, merge};
pub use open::{Opened, kept, open, reader};
pub use show::{Read, Seat, Shown};
pub use source::{Batch, Count, Known, Source, Whole};
pub use views::forget;

use web::{Access, Module, Routes};

/// The tables this crate owns.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "lists", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// Its words.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "lists", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Saved views, of every list.
pub fn module() -> Module {
    let official = Access::Official;
    Module {
        name: "lists",
        routes: Routes::new()
            // Each about one's own views alone; a shared one may be opened and made one's default.
            .get("/views", official, views_page::show)
            .post("/views", official, views_page::keep)
            .get("/views/{id}", official, views_page::open)
            .post("/views/{id}", official, views_page::act),
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: Vec::new(),
    }
}
