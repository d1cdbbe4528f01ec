//! How tests write down what a text asks for.

use planreader::{Plan, Value, read_plan};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

fn name<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_else(|| "-".into())
}

fn lines(plan: &Plan) -> Vec<String> {
    let value = |v: &Value| match v {
        Value::One(v) => v.to_string(),
        Value::Range(a, b) => format!("{a}..{b}"),
    };
    plan.targets
        .iter()
        .map(|t| {
            format!(
                "{} {} {} {} {}",
                value(&t.value),
                name(&t.unit),
                name(&t.comparator),
                name(&t.level),
                t.due.as_deref().unwrap_or("-")
            )
        })
        .collect()
}

/// Holds the targets of a text against the expected lines (value, unit, comparator, level, due), in the text's order and
/// again decomposed (NFD).
#[track_caller]
pub fn holds(text: &str, expected: &[&str]) {
    assert_eq!(lines(&read_plan(text)), expected, "\n{text}");
    let decomposed: String = text.nfd().collect();
    assert_eq!(lines(&read_plan(&decomposed)), expected, "decomposed\n{text}");
}
