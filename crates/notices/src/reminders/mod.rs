//! Reminders of what is owed, by dated rules, and the weekly digest.

pub mod keep;
mod remind;
pub mod rules;
mod store;
pub(crate) mod words;

pub use remind::{digest, remind, rules as all_rules};
