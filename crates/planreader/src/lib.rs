//! Reads a plan: from the text of a Vietnamese resolution, decision, plan, directive, programme or
//! summary to its targets, tasks and reporting duties.
//!
//! Text goes in, a structure comes out: no files, no network, no clock. The grammar is a set of small
//! rules in the language of the documents (letters are folded first, see `fold.rs`): each file holds one question (*which year?*,
//! *which tier?*, *is it a result already reached?*) with its own tests, and each record names the
//! rule that made it. Work per character is bounded, so any input is read in linear time.

mod agencies;
mod blocks;
mod changes;
mod compare;
mod dues;
mod duties;
mod fold;
mod indicators;
mod labels;
mod levels;
mod lines;
mod metadata;
mod numbers;
mod outline;
mod past;
mod plan;
mod quote;
mod records;
mod refuse;
mod reports;
pub mod score;
mod sentences;
mod tables;
mod targets;
mod tasks;
mod units;
mod view;
mod work;
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
    let tables = tables::tables(&view, &blocks);
    let in_table = tasks::marked(&tables, &blocks);
    let goals: Vec<bool> = tasks::marked(&tables.iter().filter(|t| t.is_goals()).cloned().collect::<Vec<_>>(), &blocks);
    let (mut targets, left_out) = targets::targets(&view, &blocks, &places, &goals, frame);
    let mut tasks = Vec::new();
    for table in &tables {
        if table.is_goals() {
            let due = table.blocks.0.checked_sub(1).and_then(|b| places.get(b)).and_then(|p| p.due);
            indicators::targets(&view, table, due, frame, &mut targets);
        } else if table.is_tasks() {
            tasks::tasks(&view, table, &mut tasks);
        }
    }
    let asked = duties::duties(&view, &blocks, &places, &in_table, &mut tasks);
    targets.sort_by_key(|t| t.offset);
    tasks.sort_by_key(|t| t.offset);
    let reports = reports::reports(&view, &blocks, &places, &in_table, &asked);
    (Plan { metadata, targets, tasks, reports }, left_out)
}
