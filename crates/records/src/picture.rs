//! A state machine as a picture, drawn from its table.

use crate::verb::{Machine, Who};
use std::collections::BTreeSet;

/// One row of a machine as it is drawn: words of states, who may, what is asked for.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    pub word: &'static str,
    /// Since when the row holds; empty: from the beginning.
    pub since: String,
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub who: Vec<String>,
    pub asks: Vec<&'static str>,
}

/// The machine of a kind as a Mermaid diagram and a table, in Markdown.
pub fn mermaid<S: Machine>() -> String {
    let words = |states: &[S::State]| states.iter().map(|state| S::word(*state).to_owned()).collect();
    let row = |verb: &crate::Verb<S>| Drawn {
        word: verb.word,
        since: verb.since.map(|day| day.to_string()).unwrap_or_default(),
        from: words(verb.from),
        to: words(verb.to),
        who: verb.who.iter().map(Who::text).map(str::to_owned).collect(),
        asks: verb.asks.iter().map(|field| field.name).collect(),
    };
    draw(S::KIND, &S::VERBS.iter().map(row).collect::<Vec<_>>())
}

/// The same of a machine with a table of another kind.
pub fn draw(kind: &str, rows: &[Drawn]) -> String {
    let mut text = format!("# {kind}\n\n```mermaid\nstateDiagram-v2\n");
    let mut seen = BTreeSet::new();
    let mut arrow = |from: &str, to: &str, word: &str| {
        let line = format!("  {} --> {}: {word}\n", from.replace('-', "_"), to.replace('-', "_"));
        // A row that a later one replaces leads the same way, mostly.
        if seen.insert(line.clone()) {
            text.push_str(&line);
        }
    };
    for row in rows {
        for from in row.from.iter().filter(|_| row.to.is_empty()) {
            arrow(from, from, row.word);
        }
        for to in &row.to {
            if row.from.is_empty() {
                arrow("[*]", to, row.word);
            }
            for from in &row.from {
                arrow(from, to, row.word);
            }
        }
    }
    text.push_str("```\n\n| act | since | from | to | who | asks |\n| --- | --- | --- | --- | --- | --- |\n");
    for row in rows {
        let from = if row.from.is_empty() { "(new)".to_owned() } else { row.from.join(", ") };
        let to = if row.to.is_empty() { "(stays)".to_owned() } else { row.to.join(", ") };
        let (who, asks) = (row.who.join(", "), row.asks.join(", "));
        text.push_str(&format!("| `{}` | {} | {from} | {to} | {who} | {asks} |\n", row.word, row.since));
    }
    text
}
