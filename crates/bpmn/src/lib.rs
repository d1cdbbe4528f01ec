//! BPMN 2.0 in and out: a process as a diagram, read from what other tools write and written so that they read it, with its drawing.
//!
//! What a process here can say is less than BPMN can: steps, calls, choices, forks with their joins, ways back, lanes. A file that
//! says more is refused by the construct it holds ([`Construct`]); what says nothing about the way of the work (documentation, data,
//! other programs' extensions) is left out and listed ([`LeftOut`]). No words of any language: [`Refusal::code`], [`Construct::code`] and
//! [`Note::code`] are what words are looked up by.

mod apart;
mod constructs;
mod layout;
mod merges;
mod model;
mod names;
mod read;
mod refusal;
#[cfg(feature = "testing")]
pub mod testing;
mod tree;
mod write;

pub use apart::read_apart;
pub use layout::{connect, lay_out};
pub use model::{Bounds, CEL, Diagram, Flow, Kind, Lane, Node, Point, Pool};
pub use read::{read, text};
pub use refusal::{BYTES_MAX, Construct, DEPTH_MAX, ELEMENTS_MAX, Found, LeftOut, Note, Refusal};
pub use write::write;

#[cfg(test)]
sandbox::test_entry!();
