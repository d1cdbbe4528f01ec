//! The log that cannot be edited quietly.
//!
//! Everything that happens to a *subject* (a dossier, an account, a declared figure …) is one [`Event`] row. Each row carries
//! `SHA-256(previous hash ‖ the row)`, so a subject's events form a chain; the chain's head is kept by the subject's owner
//! (in the dossier's own row, or in `event_head`). Once a day is over, the hashes of all its events are folded into one
//! digest and chained to the day before ([`seal_days`]): removing a whole subject with its chain breaks that one.
//!
//! This crate knows no business: `kind` and `data` belong to the module that appends.

mod chain;
mod days;
mod log;

pub use chain::{Chain, EventHash, Link, link_hash};
pub use days::{DayCheck, DayDigest, SEALS, check_days, hex, open_days, seal_days, unsealed_until};
pub use log::{Event, Head, INSERT_EVENT, NewEvent, append, append_to_head, event_params, events, read_event};

/// The tables this crate owns.
pub const MIGRATIONS: store::Migrations =
    store::Migrations { module: "audit", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };
