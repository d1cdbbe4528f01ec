use base::{Date, Id, Instant};

/// A parameter of a statement. On PostgreSQL the type the server expects picks the encoding (an `Int` goes into int2,
/// int4, int8 or numeric), so one SQL text serves both engines. On SQLite booleans are 0/1 and JSON is text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bool(bool),
    Json(serde_json::Value),
    Bytes(Vec<u8>),
}

impl Value {
    /// Some ids as one JSON list: a statement that asks for any number of them stays one statement.
    pub fn ids<'a>(ids: impl IntoIterator<Item = &'a Id>) -> Value {
        Value::Json(ids.into_iter().map(|id| serde_json::Value::from(id.0)).collect())
    }
}

/// `params![a, b]` is `&[Value]` for the statement's `$1, $2`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value] };
}

macro_rules! from {
    ($($type:ty => |$name:ident| $make:expr;)*) => { $(impl From<$type> for Value {
        fn from($name: $type) -> Value { $make }
    })* };
}

from! {
    i64 => |v| Value::Int(v);
    i32 => |v| Value::Int(v.into());
    i16 => |v| Value::Int(v.into());
    u32 => |v| Value::Int(v.into());
    u16 => |v| Value::Int(v.into());
    u8 => |v| Value::Int(v.into());
    f64 => |v| Value::Real(v);
    bool => |v| Value::Bool(v);
    &str => |v| Value::Text(v.to_string());
    String => |v| Value::Text(v);
    &String => |v| Value::Text(v.clone());
    Id => |v| Value::Int(v.0);
    Instant => |v| Value::Int(v.0);
    Date => |v| Value::Text(v.to_string());
    &Id => |v| Value::Int(v.0);
    &Instant => |v| Value::Int(v.0);
    &Date => |v| Value::Text(v.to_string());
    &i64 => |v| Value::Int(*v);
    serde_json::Value => |v| Value::Json(v);
    &serde_json::Value => |v| Value::Json(v.clone());
    Vec<u8> => |v| Value::Bytes(v);
    &[u8] => |v| Value::Bytes(v.to_vec());
    &Vec<u8> => |v| Value::Bytes(v.clone());
    &Value => |v| v.clone();
    &Option<String> => |v| v.as_deref().into();
    &Option<i64> => |v| (*v).into();
    &Option<Id> => |v| (*v).into();
    &Option<Instant> => |v| (*v).into();
    &Option<Date> => |v| (*v).into();
}

impl<T> From<Option<T>> for Value
where
    Value: From<T>,
{
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Value::from)
    }
}
