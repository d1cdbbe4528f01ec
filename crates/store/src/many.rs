use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::{Sql, StoreError};

/// Built texts kept; writers of bulk data use a handful of shapes.
const TEXTS_MAX: usize = 256;

/// `INSERT INTO table (columns) VALUES (…), (…)` for `rows` rows, followed by `tail` (an `ON CONFLICT` clause, or nothing).
///
/// The text is built once per shape and shared, so that both engines' statement caches recognise it. Keep
/// `rows × columns` below 30,000 parameters.
pub(crate) fn insert_many(table: &str, columns: &str, rows: usize, tail: &str) -> Sql {
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

/// An `INSERT` of one row, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Insert<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a str,
    /// Parameters, one a column.
    pub(crate) width: usize,
    /// From ` ON CONFLICT` on, or nothing.
    pub(crate) tail: &'a str,
}

impl<'a> Insert<'a> {
    /// Takes `INSERT INTO table (columns) VALUES ($1, $2, …)`, with or without `ON CONFLICT`; anything else cannot be
    /// written in bulk on both engines.
    pub(crate) fn parse(text: &'a str) -> Result<Insert<'a>, StoreError> {
        let parsed = || {
            let (table, rest) = text.trim().strip_prefix("INSERT INTO ")?.split_once(" (")?;
            let (columns, rest) = rest.split_once(") VALUES (")?;
            let (places, tail) = rest.split_once(')')?;
            let width = columns.split(',').count();
            let in_order = places.split(',').map(str::trim).eq((1..=width).map(|n| format!("${n}")));
            let is_plain = !tail.contains('$') && !tail.contains("RETURNING");
            (in_order && is_plain && (tail.is_empty() || tail.starts_with(" ON CONFLICT"))).then_some(Insert {
                table,
                columns,
                width,
                tail,
            })
        };
        parsed().ok_or_else(|| {
            StoreError::Parameter(format!(
                "not INSERT INTO table (columns) VALUES ($1, $2, …) [ON CONFLICT …]: {text:.300}"
            ))
        })
    }
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

    #[test]
    fn only_plain_inserts_are_written_in_bulk() {
        let plain = Insert::parse("INSERT INTO t (a, b) VALUES ($1, $2)").unwrap();
        assert_eq!(plain, Insert { table: "t", columns: "a, b", width: 2, tail: "" });
        let upsert = Insert::parse("INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING").unwrap();
        assert_eq!(upsert.tail, " ON CONFLICT (a) DO NOTHING");
        for wrong in [
            "INSERT INTO t (a, b) VALUES ($2, $1)",
            "INSERT INTO t (a, b) VALUES ($1, 7)",
            "INSERT INTO t (a, b) VALUES ($1, abs($2))",
            "INSERT INTO t (a) VALUES ($1) RETURNING a",
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 1 RETURNING a",
            "INSERT INTO t (a) VALUES ($1), ($2)",
            "INSERT INTO t (a) SELECT a FROM u",
            "UPDATE t SET a = $1",
            "",
        ] {
            assert!(matches!(Insert::parse(wrong), Err(StoreError::Parameter(_))), "{wrong}");
        }
    }
}
