use std::sync::Arc;

use base::{Date, Id, Instant};

use crate::{StoreError, Value};

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

/// A column's value as [`FromCell`] sees it.
pub type Cell<'a> = &'a Value;

impl Row {
    pub(crate) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Row {
        Row { columns, values }
    }

    /// The column called `name`. A missing column or another type is [`StoreError::Column`].
    pub fn get<T: FromCell>(&self, name: &str) -> Result<T, StoreError> {
        let index = self.columns.iter().position(|column| column == name).ok_or_else(|| StoreError::Column {
            column: name.to_string(),
            problem: format!("not among {}", self.columns.join(", ")),
        })?;
        self.at(index)
    }

    /// The column at `index`, from 0.
    pub fn at<T: FromCell>(&self, index: usize) -> Result<T, StoreError> {
        let column = || self.columns.get(index).cloned().unwrap_or_else(|| format!("#{index}"));
        let value = self
            .values
            .get(index)
            .ok_or_else(|| StoreError::Column { column: column(), problem: "no such column".into() })?;
        T::from_cell(value).map_err(|problem| StoreError::Column { column: column(), problem })
    }

    /// A text column without copying it.
    pub fn text(&self, name: &str) -> Result<&str, StoreError> {
        match self.columns.iter().position(|column| column == name).and_then(|index| self.values.get(index)) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(StoreError::Column { column: name.to_string(), problem: "wanted text".into() }),
        }
    }

    /// The columns' names, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The columns' values, in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

/// A type that a column can be read as. `Option<T>` accepts NULL.
pub trait FromCell: Sized {
    /// `Err` says in words what the column holds instead.
    fn from_cell(cell: Cell<'_>) -> Result<Self, String>;
}

fn wrong<T>(wanted: &str, cell: Cell<'_>) -> Result<T, String> {
    let holds = match cell {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Real(_) => "a real number",
        Value::Text(_) => "text",
        Value::Bool(_) => "a boolean",
        Value::Json(_) => "JSON",
        Value::Bytes(_) => "bytes",
    };
    Err(format!("wanted {wanted}, holds {holds}"))
}

impl FromCell for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<i64, String> {
        match cell {
            Value::Int(value) => Ok(*value),
            Value::Bool(value) => Ok((*value).into()),
            other => wrong("an integer", other),
        }
    }
}

macro_rules! narrow_integers {
    ($($type:ty)*) => { $(impl FromCell for $type {
        fn from_cell(cell: Cell<'_>) -> Result<$type, String> {
            let value = i64::from_cell(cell)?;
            value.try_into().map_err(|_| format!("{value} does not fit {}", stringify!($type)))
        }
    })* };
}
narrow_integers!(i32 i16 u64 u32 u16 u8 usize);

impl FromCell for f64 {
    fn from_cell(cell: Cell<'_>) -> Result<f64, String> {
        match cell {
            Value::Real(value) => Ok(*value),
            Value::Int(value) => Ok(*value as f64),
            other => wrong("a number", other),
        }
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Result<bool, String> {
        match cell {
            Value::Bool(value) => Ok(*value),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => wrong("a boolean", other),
        }
    }
}

impl FromCell for String {
    /// Numbers and JSON are given as their text too: `data ->> 'key'` is text on PostgreSQL but keeps JSON's own type
    /// on SQLite, and an action must see the same on both.
    fn from_cell(cell: Cell<'_>) -> Result<String, String> {
        match cell {
            Value::Text(value) => Ok(value.clone()),
            Value::Int(value) => Ok(value.to_string()),
            Value::Real(value) => Ok(value.to_string()),
            Value::Json(value) => Ok(value.to_string()),
            other => wrong("text", other),
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Vec<u8>, String> {
        match cell {
            Value::Bytes(value) => Ok(value.clone()),
            other => wrong("bytes", other),
        }
    }
}

impl FromCell for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Result<serde_json::Value, String> {
        match cell {
            Value::Json(value) => Ok(value.clone()),
            Value::Text(text) => serde_json::from_str(text).map_err(|error| format!("not JSON: {error}")),
            other => wrong("JSON", other),
        }
    }
}

impl FromCell for Id {
    fn from_cell(cell: Cell<'_>) -> Result<Id, String> {
        i64::from_cell(cell).map(Id)
    }
}

impl FromCell for Instant {
    fn from_cell(cell: Cell<'_>) -> Result<Instant, String> {
        i64::from_cell(cell).map(Instant)
    }
}

impl FromCell for Date {
    fn from_cell(cell: Cell<'_>) -> Result<Date, String> {
        match cell {
            Value::Text(text) => text.parse().map_err(|_| format!("not an ISO date: {text}")),
            other => wrong("a date as ISO text", other),
        }
    }
}

impl FromCell for Value {
    fn from_cell(cell: Cell<'_>) -> Result<Value, String> {
        Ok(cell.clone())
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Option<T>, String> {
        match cell {
            Value::Null => Ok(None),
            other => T::from_cell(other).map(Some),
        }
    }
}
