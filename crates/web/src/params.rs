//! What a request of the API may say beside its body, declared once: what stands after the `?` of its address, judged before a
//! handler runs ([`crate::Routes::asking`]), and its headers. The OpenAPI document describes both from here.

use crate::table::query_pairs;
use axum::http::HeaderMap;
use base::{Fault, Problem, text::clip};
use serde_json::{Value, json};

/// Characters of a refused value that the answer repeats.
const SHOWN_CHARS_MAX: usize = 40;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text; it is only looked for.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number from 1 on, in digits.
    Whole { max: u32 },
    /// A day, `2026-11-22`.
    Day,
    /// A row's id ([`is_id`]). It names a thing, which may not be there, or not for this person: 404.
    Id,
    /// What this expression describes; the function says the same.
    Like { pattern: &'static str, takes: fn(&str) -> bool },
}

/// One name an address may carry, at most once.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub kind: Kind,
    /// In English, for the document.
    pub about: &'static str,
}

/// The two of every list in pages.
pub const PAGE: Param =
    Param { name: "page", kind: Kind::Whole { max: crate::table::PAGE_MAX }, about: "Which page, from 1 on." };
pub const PER_PAGE: Param = Param {
    name: "per_page",
    kind: Kind::Whole { max: crate::table::PER_PAGE_MAX },
    about: "Rows a page; 25 where nothing is asked.",
};

/// A header that programs may send; read by its name here.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub name: &'static str,
    /// What its value must look like; any text where there is none.
    pub pattern: Option<&'static str>,
    /// In English, for the document.
    pub about: &'static str,
}

/// Which request this is, so that it is done once however often it is sent ([`crate::once`]).
pub const IDEMPOTENCY_KEY: Header = Header {
    name: "idempotency-key",
    pattern: Some("^[!-~]{1,200}$"),
    about: "A key of the program's own for this request. Sent again within a day with the same key and the same body, it is \
            answered as before and not done again; with another body it is refused.",
};

/// The session's token, beside a body that any page can make a browser send.
pub const CSRF_TOKEN: Header = Header {
    name: "x-csrf-token",
    pattern: None,
    about: "Needed with a multipart body: the value of `_csrf` in any page of the session.",
};

/// The language of refusals and of names.
pub const ACCEPT_LANGUAGE: Header =
    Header { name: "accept-language", pattern: None, about: "`vi` or `en`; Vietnamese where neither is wished." };

impl Header {
    /// Its value in a request; none when it is absent or not plain text.
    pub fn of<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        headers.get(self.name).and_then(|value| value.to_str().ok())
    }

    /// As a parameter of the OpenAPI document.
    pub fn described(&self) -> Value {
        let mut schema = json!({ "type": "string" });
        if let Some(pattern) = self.pattern {
            schema["pattern"] = pattern.into();
        }
        json!({ "name": self.name, "in": "header", "required": false, "description": self.about, "schema": schema })
    }
}

/// How an id is written: up to nineteen digits, as many as are surely no number too large.
pub const ID_PATTERN: &str = "^([1-9][0-9]{0,17}|[1-8][0-9]{18})$";

/// Whether a text is written like a row's id.
pub fn is_id(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits && matches!((text.len(), text.as_bytes()), (1..=18, [b'1'..=b'9', ..]) | (19, [b'1'..=b'8', ..]))
}

impl Kind {
    /// Whether it takes a value.
    pub fn takes(self, value: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match self {
            Kind::Text => true,
            Kind::OneOf(words) => words.contains(&value),
            Kind::Whole { max } => {
                digits(value) && !value.starts_with('0') && value.parse::<u32>().is_ok_and(|n| n <= max)
            }
            Kind::Day => value.len() == 10 && value.parse::<base::Date>().is_ok(),
            Kind::Id => is_id(value),
            Kind::Like { takes, .. } => takes(value),
        }
    }

    /// Its JSON Schema.
    pub fn schema(self) -> Value {
        match self {
            Kind::Text => json!({ "type": "string" }),
            Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
            Kind::Whole { max } => json!({ "type": "integer", "minimum": 1, "maximum": max }),
            Kind::Day => json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
            Kind::Id => json!({ "type": "string", "pattern": ID_PATTERN }),
            Kind::Like { pattern, .. } => json!({ "type": "string", "pattern": pattern }),
        }
    }
}

impl Param {
    /// As a parameter of the OpenAPI document.
    pub fn described(&self) -> Value {
        json!({
            "name": self.name, "in": "query", "required": false,
            "description": self.about, "schema": self.kind.schema(),
        })
    }
}

/// Refuses an address with a name that is not offered, one that stands twice, or a value that is not what it must be.
///
/// # Errors
/// `web-param-unknown`, `web-param-twice` and `web-param-wrong`, each at its name.
pub fn judge(uri: &str, offered: &[&Param]) -> Result<(), Fault> {
    let pairs = query_pairs(uri);
    let mut problems = Vec::new();
    for (n, (name, value)) in pairs.iter().enumerate() {
        let problem = match offered.iter().find(|param| param.name == name) {
            None => Some("web-param-unknown"),
            Some(_) if pairs[..n].iter().any(|(earlier, _)| earlier == name) => Some("web-param-twice"),
            Some(param) if !param.kind.takes(value) => Some("web-param-wrong"),
            Some(_) => None,
        };
        if let Some(code) = problem {
            let value = clip(value, SHOWN_CHARS_MAX);
            let field = clip(name, SHOWN_CHARS_MAX);
            problems.push(Problem::new(code).field(field).arg("field", field).arg("value", value));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: Param = Param { name: "tab", kind: Kind::OneOf(&["all", "late"]), about: "" };

    fn codes(uri: &str) -> Vec<&'static str> {
        match judge(uri, &[&WORD, &PAGE, &PER_PAGE]) {
            Err(Fault::Invalid(problems)) => problems.iter().map(|problem| problem.code).collect(),
            other => {
                assert!(other.is_ok());
                Vec::new()
            }
        }
    }

    #[test]
    fn what_is_offered_passes_and_everything_else_names_its_fault() {
        assert!(codes("/api/v1/x").is_empty() && codes("/api/v1/x?tab=late&page=3&per_page=100").is_empty());
        for wrong in
            ["tab=", "tab=none", "page=0", "page=-1", "page=%2B1", "page=1.0", "page=null", "per_page=101", "page=01"]
        {
            assert_eq!(codes(&format!("/x?{wrong}")), ["web-param-wrong"], "{wrong}");
        }
        assert_eq!(codes("/x?page=1&page=2"), ["web-param-twice"]);
        assert_eq!(codes("/x?page[a]=1&q=2"), ["web-param-unknown", "web-param-unknown"]);
    }

    #[test]
    fn an_id_has_at_most_nineteen_digits_and_no_sign() {
        for (text, takes) in
            [("1", true), ("914783859872035496", true), ("8999999999999999999", true), ("9000000000000000000", false)]
        {
            assert_eq!(is_id(text), takes, "{text}");
        }
        for text in ["", "0", "01", "+1", "-1", "1.0", "12345678901234567890"] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn a_day_is_one_that_exists() {
        for (day, takes) in [("2026-11-22", true), ("2026-02-30", false), ("2026-1-2", false), ("22/11/2026", false)] {
            assert_eq!(Kind::Day.takes(day), takes, "{day}");
        }
    }
}
