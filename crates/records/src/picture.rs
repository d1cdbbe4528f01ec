//! A state machine as a picture, drawn from its table.

use crate::verb::{Machine, Who};

/// The machine of a kind as a Mermaid diagram and a table, in Markdown.
pub fn mermaid<S: Machine>() -> String {
    let mut text = format!("# {}\n\n```mermaid\nstateDiagram-v2\n", S::KIND);
    for verb in S::VERBS {
        for from in verb.from.iter().filter(|_| verb.to.is_empty()) {
            let state = S::word(*from).replace('-', "_");
            text.push_str(&format!("  {state} --> {state}: {}\n", verb.word));
        }
        for to in verb.to {
            let to = S::word(*to).replace('-', "_");
            if verb.from.is_empty() {
                text.push_str(&format!("  [*] --> {to}: {}\n", verb.word));
            }
            for from in verb.from {
                text.push_str(&format!("  {} --> {to}: {}\n", S::word(*from).replace('-', "_"), verb.word));
            }
        }
    }
    text.push_str("```\n\n| act | since | from | to | who | asks |\n| --- | --- | --- | --- | --- | --- |\n");
    let words = |states: &[S::State]| states.iter().map(|state| S::word(*state)).collect::<Vec<_>>().join(", ");
    for verb in S::VERBS {
        let from = if verb.from.is_empty() { "(new)".to_owned() } else { words(verb.from) };
        let since = verb.since.map(|day| day.to_string()).unwrap_or_default();
        let who: Vec<&str> = verb.who.iter().map(Who::text).collect();
        let asks: Vec<&str> = verb.asks.iter().map(|field| field.name).collect();
        let to = if verb.to.is_empty() { "(stays)".to_owned() } else { words(verb.to) };
        text.push_str(&format!(
            "| `{}` | {since} | {from} | {to} | {} | {} |\n",
            verb.word,
            who.join(", "),
            asks.join(", ")
        ));
    }
    text
}
