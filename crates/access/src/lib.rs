//! The record of access: who looked at what, so that the person concerned and an inspector can see it.
//!
//! Rows name accounts by id, dossiers by code and routes by their pattern; they hold no personal data, and old ones go.

mod record;
mod recorder;
mod request;

pub use record::{
    Entry, Filter, Kind, Places, Row, Seen, account_subject, keep, latest_of, page, prune, rows, seen_by, sign_ins,
};
pub use recorder::{Recorder, WRITE_EVERY_MS};
pub use request::{Request, entry_of};

/// The table this crate owns.
pub const MIGRATIONS: store::Migrations = store::Migrations {
    module: "access",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_lists", include_str!("../migrations/0002_lists.sql")),
    ],
};
