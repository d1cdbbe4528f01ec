//! Codes that can only be made by parsing: whoever holds one knows it is well-formed.

mod agency;
mod citizen;
mod dossier;
mod identity_data;
mod money;
mod person;
mod phone;
mod tax;

pub use agency::AgencyCode;
pub use citizen::{CitizenId, Sex};
pub use dossier::DossierCode;
pub use money::Dong;
pub use person::PersonNumber;
pub use phone::Phone;
pub use tax::TaxCode;

/// What the text codes share: `as_str`, `Display`, ordering, serde as the text (checked on the way in).
macro_rules! text_code {
    ($type:ident) => {
        impl $type {
            /// The canonical text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl From<$type> for String {
            fn from(code: $type) -> String {
                code.0
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_code;

/// Codes of persons show only their first three characters in a log line.
macro_rules! masked_debug {
    ($type:ident) => {
        impl $type {
            /// The code with all but its first three characters covered, for screens that must not show it whole.
            pub fn masked(&self) -> String {
                self.0.chars().enumerate().map(|(i, c)| if i < 3 { c } else { '*' }).collect()
            }
        }
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.masked())
            }
        }
    };
}
pub(crate) use masked_debug;

/// A code as people write and paste it, made plain: nothing invisible, no blanks at the ends, full-width letters narrow, and every
/// dash the hyphen of the keyboard.
pub fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' => '-',
        c => c,
    };
    crate::clean::soft_line(&text.chars().map(narrow).collect::<String>())
}

/// Digits of a code as people write it, or as a spreadsheet gives it: blanks, dots, commas, dashes, strokes and brackets between them
/// do not count.
/// None when anything else is in it.
pub(crate) fn bare_digits(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '.' | ',' | '-' | '_' | '/' | '\'' | '(' | ')' | '\u{b7}' | '\u{2022}' => {}
            _ => return None,
        }
    }
    Some(digits)
}
