//! The assessment of one-stop work: sets of criteria as data, scores live from facts, and the round in which they are explained and published.

mod cases;
pub mod criteria;
mod list;
pub mod measure;
mod pages;
mod rooms;
pub mod score;
pub(crate) mod store;
pub mod subject;
pub mod verbs;
mod written;

pub(crate) use cases::cases;
pub use list::LIST;
pub(crate) use list::{cards, page as list_page};
pub(crate) use pages::{mine, show};
pub use rooms::Rooms;
pub use subject::{Assessment, MEASURES};
