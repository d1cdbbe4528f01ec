//! The log that cannot be edited quietly.
//!
//! Everything that happens to a *subject* (a dossier, an account, a declared figure …) is one [`Event`] row. Each row carries
//! `SHA-256(previous hash ‖ the row)`, so a subject's events form a chain; the chain's head is kept by the subject's owner
//! (in the dossier's own row, or in `event_head`). Once a day is over, the hashes of all its events are folded into one
//! digest and chained to the day before ([`seal_days`]): removing a whole subject with its chain breaks that one.
//!
//! Rows that have no replay of their own are held to their last event by digests of them ([`Kept`], [`append_kept`]).
//!
//! This crate knows no business: `kind` and `data` belong to the module that appends.

mod chain;
mod clock;
mod days;
mod log;
pub mod rights;
mod rows;

pub use chain::{Chain, EventHash, Link, link_hash};
pub use clock::{BELIEVED_AFTER_MS, CLOCK_TOLERANCE_MS, Judged, Known, Watch, clock_known, look_at_clock};
pub use days::{
    DayCheck, DayDigest, LAST_DAYS, Remark, SEALS, check_days, hex, last_days, open_days, remarks, seal_days,
    unsealed_until,
};
pub use log::{
    Event, Head, INSERT_EVENT, NewEvent, append, append_to_head, event_params, events, events_of, read_event,
    write_link,
};

pub use rows::{
    Kept, Proof, RowsCheck, Table, adopt_rows, append_kept, append_kept_all, check_rows, is_adopted, note_adopted,
    release_heads, unlike, write_links,
};

/// The tables this crate owns.
pub const MIGRATIONS: store::Migrations = store::Migrations {
    module: "audit",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_clock", include_str!("../migrations/0002_clock.sql")),
    ],
};
