//! Reads a plan: from the text of a Vietnamese resolution, decision, plan, directive, programme or
//! summary to its targets, tasks and reporting duties.
//!
//! Text goes in, a structure comes out: no files, no network, no clock. The grammar is a set of small
//! rules in the language of the documents (see [`fold`]): each file holds one question (*which year?*,
//! *which tier?*, *is it a result already reached?*) with its own tests, and each record names the
//! rule that made it. Work per character is bounded, so any input is read in linear time.

mod blocks;
mod compare;
mod dues;
mod fold;
mod levels;
mod lines;
mod metadata;
mod numbers;
mod outline;
mod past;
mod plan;
mod quote;
mod refuse;
pub mod score;
mod sentences;
mod targets;
mod units;
mod view;
mod years;

pub use plan::{Comparator, Level, Metadata, Plan, Report, Target, Task, Unit, Value};
pub use refuse::LeftOut;

/// Reads a plan. Never fails: a text that is no plan gives empty lists.
pub fn read_plan(text: &str) -> Plan {
    explain_plan(text).0
}

/// Reads a plan and tells which numbers were left out, each with the rule that says why.
pub fn explain_plan(text: &str) -> (Plan, Vec<LeftOut>) {
    let mut view = view::View::new(text);
    let blocks = blocks::blocks(&mut view);
    let (metadata, frame, section) = metadata::metadata(&view, &blocks);
    let places = outline::places(&view, &blocks, section);
    let (targets, left_out) = targets::targets(&view, &blocks, &places, frame);
    (Plan { metadata, targets, tasks: Vec::new(), reports: Vec::new() }, left_out)
}
