//! The pages: one's own box, where one is reached, and what went out.

mod channels;
mod inbox;
mod reminders;
mod sendings;

pub(crate) use channels::{confirm, give, remove, show as channels, wishes};
pub(crate) use inbox::{seen, show as inbox};
pub(crate) use reminders::{add as add_reminder, show as reminders};
pub(crate) use sendings::{LIST as SENDINGS, again, again_all, show as sendings};
