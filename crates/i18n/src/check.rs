//! What the tests ask of the words: both languages complete, the same variables, no key twice, no key missing.

use crate::Source;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of one text with the variables each uses, and what does not parse.
fn read(text: &str, complaints: &mut Vec<String>, place: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = match fluent_syntax::parser::parse(text) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            complaints.extend(errors.iter().map(|e| format!("{place}: {e}")));
            resource
        }
    };
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut variables = BTreeSet::new();
            if let Some(pattern) = &message.value {
                in_pattern(pattern, &mut variables);
            }
            for attribute in &message.attributes {
                in_pattern(&attribute.value, &mut variables);
            }
            if keys.insert(message.id.name.to_owned(), variables).is_some() {
                complaints.push(format!("{place}: {} stands twice", message.id.name));
            }
        }
    }
    keys
}

fn in_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, variables);
        }
    }
}

fn in_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, variables),
        Expression::Select { selector, variants } => {
            in_inline(selector, variables);
            variants.iter().for_each(|v| in_pattern(&v.value, variables));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|a| in_inline(a, variables));
        }
        InlineExpression::Placeable { expression } => in_expression(expression, variables),
        _ => {}
    }
}

/// Everything wrong with the given sources, one line each; empty when all is well.
///
/// Asked: every text parses; Vietnamese and English have the same keys with the same variables; no key belongs to
/// two modules.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut owner: BTreeMap<String, &str> = BTreeMap::new();
    for source in sources {
        let module = source.module;
        let vi = read(source.vi, &mut complaints, &format!("{module}/vi.ftl"));
        let en = read(source.en, &mut complaints, &format!("{module}/en.ftl"));
        for (key, variables) in &vi {
            match en.get(key) {
                None => complaints.push(format!("{module}/en.ftl: {key} is missing")),
                Some(other) if other != variables => {
                    complaints.push(format!("{module}: {key} uses {variables:?} in Vietnamese, {other:?} in English"))
                }
                Some(_) => {}
            }
            if let Some(first) = owner.insert(key.clone(), module) {
                complaints.push(format!("{key} belongs to {first} and to {module}"));
            }
        }
        for key in en.keys().filter(|key| !vi.contains_key(*key)) {
            complaints.push(format!("{module}/vi.ftl: {key} is missing"));
        }
    }
    complaints
}

/// The keys a Rust or template text asks for: the literal first argument of `.t("…")`, `.tr("…")`,
/// `Problem::new("…")`, `Fault::NotFound("…")` and `.flash(to, "…")`-like calls are found by their quotes.
///
/// Used by a test over every module's sources together with [`crate::has`].
pub fn keys_used(text: &str) -> BTreeSet<String> {
    const CALLS: [&str; 5] = ["l.t(\"", "l.tr(\"", "Problem::new(\"", "NotFound(\"", "not_found(\""];
    let mut keys = BTreeSet::new();
    for call in CALLS {
        for (at, _) in text.match_indices(call) {
            let rest = &text[at + call.len()..];
            if let Some(end) = rest.find('"') {
                let key = &rest[..end];
                // `l.t("web-status-" ~ kind)` and format strings are put together at run time; skip them.
                let plain = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
                let whole = !rest[end + 1..].trim_start().starts_with(['~', '+']);
                if plain && whole && !key.is_empty() && !key.ends_with('-') {
                    keys.insert(key.to_owned());
                }
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_missing_in_one_language_is_reported() {
        let found = check(&[Source { module: "m", vi: "m-a = A\nm-b = B", en: "m-a = A\nm-c = C" }]);
        assert_eq!(found, ["m/en.ftl: m-b is missing", "m/vi.ftl: m-c is missing"]);
    }

    #[test]
    fn different_variables_are_reported() {
        let found = check(&[Source { module: "m", vi: "m-a = { $n } hồ sơ", en: "m-a = { $count } dossiers" }]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn variables_inside_a_choice_count() {
        let en = "m-a = { $n ->\n    [one] one for { $who }\n   *[other] { $n } for { $who }\n }\n";
        assert!(check(&[Source { module: "m", vi: "m-a = { $n } cho { $who }", en }]).is_empty());
    }

    #[test]
    fn text_that_does_not_parse_and_a_key_of_two_modules_are_reported() {
        let a = Source { module: "a", vi: "x = 1\ny = { $", en: "x = 1" };
        let b = Source { module: "b", vi: "x = 1", en: "x = 1" };
        let found = check(&[a, b]);
        assert!(found.iter().any(|f| f.starts_with("a/vi.ftl")), "{found:?}");
        assert!(found.iter().any(|f| f.contains("belongs to a and to b")), "{found:?}");
    }

    #[test]
    fn keys_in_sources_are_found_but_not_those_put_together() {
        let text = r#"{{ l.t("web-save") }} {{ l.tr("web-count", [("n", n)]) }} l.t("web-status-" ~ k) Problem::new("form-bad")"#;
        let keys: Vec<String> = keys_used(text).into_iter().collect();
        assert_eq!(keys, ["form-bad", "web-count", "web-save"]);
    }
}
