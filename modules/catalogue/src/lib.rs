//! Procedures (thủ tục hành chính): versions with dates of effect, their search, their announcement,
//! and the import of the national catalogue.

pub mod actions;
mod digest;
pub mod import;
pub mod life;
pub mod national;
pub mod rules;
mod search;
mod shelf;
pub mod shipped;
mod source;
pub mod stock;
mod store;
pub mod version;

pub use actions::{Announcement, abolish, announce, seed};
pub use import::{ImportReport, cli_import, import};
pub use shelf::{Filter, Shelf, fresh_shelf, load_shelf, reload, shelf};
pub use version::{
    ChannelTerms, Component, Fee, Field, FieldKind, Form, Group, Origin, ResultPaper, Route, ServiceLevel, Step,
    StepUnit, UnclearTerms, Version,
};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "catalogue",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};
