//! Who there is: the country's administrative units on both sides of 01/07/2025 with their succession, and the agencies of a province
//! with their codes, divisions, service centres and history.

pub mod actions;
mod blueprint;
mod seed;
pub mod shipped;
mod store;
mod tree;

pub use self::store::{UnitRow, find_units, load_tree, provinces_on, unit, units_after, units_before, units_below};
pub use blueprint::{BadFile, Blueprint, blueprint, demo_tree};
pub use seed::{seed_demo, seed_units};
pub use tree::{Agency, FormerName, Kind, Tree};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "organisation",
    steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))],
};
