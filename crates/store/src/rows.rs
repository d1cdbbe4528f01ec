//! Values of many rows in one piece of memory.
//!
//! A million rows as [`Value`]s are some tens of millions of small allocations, made on one thread and given back on
//! another. Packed, a number takes nine bytes and a text its own length and five.

use crate::{StoreError, Value};

const NULL: u8 = 0;
const INT: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const FALSE: u8 = 4;
const TRUE: u8 = 5;
const JSON: u8 = 6;
const BYTES: u8 = 7;

/// The values of rows waiting for [`Tx::insert_rows`](crate::Tx::insert_rows), row after row, in the order of the
/// statement's parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    packed: Vec<u8>,
    values: usize,
    /// Where a text holds the character NUL, which neither engine takes; told when the rows are written.
    nul_at: Option<usize>,
}

/// A value as it lies in [`Rows`]. Text and JSON are UTF-8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Packed<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a [u8]),
    Bool(bool),
    Json(&'a [u8]),
    Bytes(&'a [u8]),
}

impl Rows {
    /// No rows yet.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// One more value.
    pub fn push(&mut self, value: &Value) {
        match value {
            Value::Null => self.packed.push(NULL),
            Value::Int(value) => self.fixed(INT, value.to_le_bytes()),
            Value::Real(value) => self.fixed(REAL, value.to_le_bytes()),
            Value::Bool(value) => self.packed.push(if *value { TRUE } else { FALSE }),
            Value::Bytes(value) => self.sized(BYTES, value),
            Value::Text(value) => {
                if value.contains('\0') {
                    self.nul_at.get_or_insert(self.values);
                }
                self.sized(TEXT, value.as_bytes());
            }
            Value::Json(value) => self.sized(JSON, value.to_string().as_bytes()),
        }
        self.values += 1;
    }

    fn fixed(&mut self, tag: u8, bytes: [u8; 8]) {
        self.packed.push(tag);
        self.packed.extend_from_slice(&bytes);
    }

    fn sized(&mut self, tag: u8, bytes: &[u8]) {
        self.packed.push(tag);
        self.packed.extend_from_slice(&(bytes.len() as u64).to_le_bytes()[..SIZE]);
        self.packed.extend_from_slice(bytes);
    }

    /// All of `other` after what is here.
    pub fn append(&mut self, other: &Rows) {
        self.nul_at = self.nul_at.or(other.nul_at.map(|at| self.values + at));
        self.packed.extend_from_slice(&other.packed);
        self.values += other.values;
    }

    /// Gives back memory that was taken for more rows.
    pub fn shrink_to_fit(&mut self) {
        self.packed.shrink_to_fit();
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// How many values wait, of all rows together.
    pub fn values(&self) -> usize {
        self.values
    }

    /// How many rows of `width` values these are; whole rows of text that the engines take, or an error.
    pub(crate) fn count(&self, width: usize, sql: &str) -> Result<usize, StoreError> {
        if let Some(at) = self.nul_at {
            let (row, column) = (at / width.max(1) + 1, at % width.max(1) + 1);
            return Err(StoreError::Parameter(format!("row {row}, ${column}: text cannot hold the character NUL")));
        }
        match self.values.checked_rem(width) {
            Some(0) => Ok(self.values / width),
            _ => Err(StoreError::unfilled(self.values, width, sql)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Packed<'_>> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || next(&mut rest))
    }
}

/// Bytes of a length: a value of 4 GiB fits neither engine.
const SIZE: usize = 5;

fn next<'a>(rest: &mut &'a [u8]) -> Option<Packed<'a>> {
    let (&tag, after) = rest.split_first()?;
    *rest = after;
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at_checked(count)?;
        *rest = after;
        Some(taken)
    };
    let mut word = |size: usize| {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(take(size)?);
        Some(bytes)
    };
    Some(match tag {
        INT => Packed::Int(i64::from_le_bytes(word(8)?)),
        REAL => Packed::Real(f64::from_le_bytes(word(8)?)),
        FALSE | TRUE => Packed::Bool(tag == TRUE),
        TEXT | JSON | BYTES => {
            let size = u64::from_le_bytes(word(SIZE)?) as usize;
            let bytes = take(size)?;
            match tag {
                TEXT => Packed::Text(bytes),
                JSON => Packed::Json(bytes),
                _ => Packed::Bytes(bytes),
            }
        }
        _ => Packed::Null,
    })
}

impl Extend<Value> for Rows {
    fn extend<T: IntoIterator<Item = Value>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.push(&value));
    }
}

impl From<Packed<'_>> for Value {
    fn from(packed: Packed<'_>) -> Value {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match packed {
            Packed::Null => Value::Null,
            Packed::Int(value) => Value::Int(value),
            Packed::Real(value) => Value::Real(value),
            Packed::Bool(value) => Value::Bool(value),
            Packed::Text(bytes) => Value::Text(text(bytes)),
            Packed::Json(bytes) => serde_json::from_slice(bytes).map_or_else(|_| Value::Text(text(bytes)), Value::Json),
            Packed::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Vec<Value> {
        vec![
            Value::Null,
            Value::Int(i64::MIN),
            Value::Real(-0.5),
            Value::from("Đồng \t\n\\ '\""),
            Value::from(""),
            Value::Bool(true),
            Value::Bool(false),
            Value::Json(serde_json::json!({"a": ["ư", null]})),
            Value::from(vec![0u8, 92, 255]),
        ]
    }

    #[test]
    fn values_come_out_as_they_went_in() {
        let mut one = Rows::new();
        one.extend(some());
        let mut two = one.clone();
        two.append(&one);
        let out: Vec<Value> = two.iter().map(Value::from).collect();
        assert_eq!(out, [some(), some()].concat());
        assert_eq!((two.count(9, "").unwrap(), two.values()), (2, 18));
    }

    #[test]
    fn half_a_row_and_the_character_nul_are_told() {
        let mut rows = Rows::new();
        rows.extend(some());
        assert!(matches!(rows.count(2, ""), Err(StoreError::Parameter(_))));
        assert!(matches!(rows.count(0, ""), Err(StoreError::Parameter(_))));
        let mut bad = Rows::new();
        bad.extend([Value::from("a"), Value::from("b\0")]);
        rows.append(&bad);
        rows.push(&Value::Null);
        match rows.count(3, "") {
            Err(StoreError::Parameter(text)) => assert!(text.starts_with("row 4, $2: "), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}
