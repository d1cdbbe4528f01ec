use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::Sql;

/// Built texts kept; writers of bulk data use a handful of shapes.
const TEXTS_MAX: usize = 256;

/// `INSERT INTO table (columns) VALUES (…), (…)` for `rows` rows, followed by `tail` (an `ON CONFLICT` clause, or nothing).
///
/// The text is built once per shape and shared, so that both engines' statement caches recognise it. Keep
/// `rows × columns` below 30,000 parameters.
pub fn insert_many(table: &str, columns: &str, rows: usize, tail: &str) -> Sql {
    static TEXTS: OnceLock<Mutex<HashMap<String, Arc<str>>>> = OnceLock::new();
    let key = format!("{table}/{rows}/{columns}/{tail}");
    let mut texts = TEXTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = texts.get(&key) {
        return Sql::Shared(text.clone());
    }
    let width = columns.split(',').count();
    let mut text = format!("INSERT INTO {table} ({columns}) VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{comma}${}", row * width + column);
        }
        text.push(')');
    }
    text.push_str(tail);
    let text: Arc<str> = text.into();
    if texts.len() >= TEXTS_MAX {
        texts.clear();
    }
    texts.insert(key, text.clone());
    Sql::Shared(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn parameters_are_numbered_through_all_rows() {
        let sql = insert_many("t", "a, b", 2, " ON CONFLICT DO NOTHING");
        assert_eq!(sql.text(Engine::Sqlite), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
    }
}
