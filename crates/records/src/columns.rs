//! What follows from a list of columns: the texts of statements, values, reading, and the difference of two states. Registers go
//! through here by themselves ([`crate::Subject::COLUMNS`]); a room whose table is of another kind uses the same pieces.

use crate::subject::Column;
use ::store::{Row, StoreError, Value};

/// A column that holds a field of the state as it is: `column!("unit_id", unit)`; the word of a closed list: `column!("kind", word kind)`; or a
/// short list as JSON: `column!("papers", list papers)`.
#[macro_export]
macro_rules! column {
    ($name:literal, word $field:ident) => {
        $crate::Column {
            name: $name,
            get: |state| state.$field.as_str().into(),
            set: |state, row| $crate::word(&mut state.$field, row, $name),
        }
    };
    ($name:literal, list $field:ident) => {
        $crate::Column {
            name: $name,
            get: |state| $crate::list_value(&state.$field),
            set: |state, row| $crate::list(&mut state.$field, row, $name),
        }
    };
    ($name:literal, $field:ident) => {
        $crate::Column {
            name: $name,
            get: |state| Clone::clone(&state.$field).into(),
            set: |state, row| $crate::cell(&mut state.$field, row, $name),
        }
    };
}

/// The names of columns, in their order.
pub fn names<S>(columns: &[Column<S>]) -> impl Iterator<Item = &'static str> + '_ {
    columns.iter().map(|column| column.name)
}

/// The values of columns, in their order.
pub fn values<'a, S>(columns: &'a [Column<S>], state: &'a S) -> impl Iterator<Item = Value> + 'a {
    columns.iter().map(|column| (column.get)(state))
}

/// Reads columns of a row, each into its place.
///
/// # Errors
/// A column that is missing, of another type, or holds a word that stands for nothing.
pub fn fill<S>(columns: &[Column<S>], state: &mut S, row: &Row) -> Result<(), StoreError> {
    columns.iter().try_for_each(|column| (column.set)(state, row))
}

/// The first column in which one state differs from another.
pub fn difference<S>(columns: &[Column<S>], said: &S, row: &S) -> Option<&'static str> {
    columns.iter().find(|column| (column.get)(said) != (column.get)(row)).map(|column| column.name)
}

/// `INSERT` of a row with these columns, in this order.
pub fn insert_text(table: &str, names: &[&str]) -> String {
    let marks: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), marks.join(", "))
}

/// What stands behind `SET` for these columns, in this order; the first is parameter `first`.
pub fn set_text<'a>(names: impl Iterator<Item = &'a str>, first: usize) -> String {
    names.enumerate().map(|(n, name)| format!("{name} = ${}", n + first)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Place {
        unit: i64,
        word: String,
    }

    const COLUMNS: &[Column<Place>] = &[column!("unit_id", unit), column!("word", word)];

    #[test]
    fn statements_values_and_difference_keep_the_order_of_the_list() {
        assert_eq!(
            insert_text("place", &names(COLUMNS).collect::<Vec<_>>()),
            "INSERT INTO place (unit_id, word) VALUES ($1, $2)"
        );
        assert_eq!(set_text(names(COLUMNS), 3), "unit_id = $3, word = $4");
        let (here, there) = (Place { unit: 1, word: "a".to_owned() }, Place { unit: 1, word: "b".to_owned() });
        assert_eq!(values(COLUMNS, &there).collect::<Vec<_>>(), [Value::from(1_i64), Value::from("b")]);
        assert_eq!((difference(COLUMNS, &here, &there), difference(COLUMNS, &here, &here)), (Some("word"), None));
    }
}
