//! What is printed: the data of one form, as the template reads it.

use crate::letters::Letters;
use base::{Instant, vn_date};
use serde::Serialize;
use serde_json::{Value, json};

/// Largest data of one form, in bytes of JSON: a register of two thousand rows is about two megabytes.
pub const DATA_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One form to be printed.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a, T> {
    /// What the document is called, in its properties and in the reader's window; names nobody.
    pub title: &'a str,
    /// What it is about, the same whenever it is printed again: a dossier's code. Names the document among documents.
    pub subject: &'a str,
    /// When it is printed, by the caller's clock; stands in the document's properties.
    pub at: Instant,
    /// The fields of the form. Dates, amounts and numbers come in as the words that shall stand there.
    pub data: &'a T,
}

impl<T: Serialize> Sheet<'_, T> {
    /// The JSON that the template reads: `title`, `subject`, `printed`, how many letters were `missing`, and the fields as `form`.
    pub(crate) fn json(&self, letters: &Letters) -> serde_json::Result<Vec<u8>> {
        let mut form = serde_json::to_value(self.data)?;
        let missing = letters.tidy(&mut form);
        let printed = vn_date(self.at.date());
        let mut all = json!({ "title": self.title, "subject": self.subject, "printed": printed, "form": form });
        let elsewhere = letters.tidy(&mut all);
        if let Value::Object(fields) = &mut all {
            fields.insert("missing".to_owned(), Value::from(missing + elsewhere));
        }
        serde_json::to_vec(&all)
    }
}
