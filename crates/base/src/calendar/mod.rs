//! The working-time calendar.
mod limit;
pub use limit::{LIMIT_MAX, Limit, PausePolicy};
