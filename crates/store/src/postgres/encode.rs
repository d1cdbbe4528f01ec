//! Values in and out of PostgreSQL's binary format.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type};

use crate::Value;
use crate::rows::Packed;

type Fault = Box<dyn Error + Sync + Send>;

/// Types that a value is written into in binary. Anything else (numeric, date, uuid, an unknown type behind a pooler)
/// is written as text, which the server reads as that type.
fn is_binary(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Int(_) | Value::Bool(_) => {
            matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::FLOAT8 | Type::FLOAT4)
        }
        Value::Real(_) => matches!(*ty, Type::FLOAT8 | Type::FLOAT4),
        Value::Text(_) => false,
        Value::Json(_) => false,
        Value::Bytes(_) => *ty == Type::BYTEA,
    }
}

fn int_into(value: i64, ty: &Type, out: &mut BytesMut) -> Result<(), Fault> {
    match *ty {
        Type::INT8 => out.extend_from_slice(&value.to_be_bytes()),
        Type::INT4 => out.extend_from_slice(&i32::try_from(value)?.to_be_bytes()),
        Type::INT2 => out.extend_from_slice(&i16::try_from(value)?.to_be_bytes()),
        Type::FLOAT8 => out.extend_from_slice(&(value as f64).to_be_bytes()),
        Type::FLOAT4 => out.extend_from_slice(&(value as f32).to_be_bytes()),
        Type::BOOL if value == 0 || value == 1 => out.extend_from_slice(&[value as u8]),
        Type::BOOL => return Err(format!("{value} is not a boolean").into()),
        _ => out.extend_from_slice(value.to_string().as_bytes()),
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Value::Null => return Ok(IsNull::Yes),
            Value::Int(value) => int_into(*value, ty, out)?,
            Value::Bool(value) if is_binary(self, ty) => int_into((*value).into(), ty, out)?,
            Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Value::Real(value) => match *ty {
                Type::FLOAT8 => out.extend_from_slice(&value.to_be_bytes()),
                Type::FLOAT4 => out.extend_from_slice(&(*value as f32).to_be_bytes()),
                _ => out.extend_from_slice(value.to_string().as_bytes()),
            },
            Value::Text(value) => {
                if value.contains('\0') {
                    return Err("PostgreSQL's text cannot hold the character NUL".into());
                }
                out.extend_from_slice(value.as_bytes());
            }
            Value::Json(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Value::Bytes(value) if *ty == Type::BYTEA => out.extend_from_slice(value),
            Value::Bytes(value) => {
                out.extend_from_slice(b"\\x");
                for byte in value {
                    out.extend_from_slice(format!("{byte:02x}").as_bytes());
                }
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, ty: &Type) -> Format {
        if is_binary(self, ty) { Format::Binary } else { Format::Text }
    }
}

/// A value as a field of COPY's binary format: its length, then itself. There the server reads nothing as text, so a
/// value must be of its column's kind.
pub(super) fn copy_field(value: Packed<'_>, ty: &Type, out: &mut BytesMut) -> Result<(), Fault> {
    let at = out.len();
    out.extend_from_slice(&(-1i32).to_be_bytes());
    let is_text = matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::JSON);
    let is_number = matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::FLOAT8 | Type::FLOAT4);
    match value {
        Packed::Null => return Ok(()),
        Packed::Int(value) if is_number || is_text => int_into(value, ty, out)?,
        Packed::Bool(value) if is_number => int_into(value.into(), ty, out)?,
        Packed::Real(value) if *ty == Type::FLOAT8 => out.extend_from_slice(&value.to_be_bytes()),
        Packed::Real(value) if *ty == Type::FLOAT4 => out.extend_from_slice(&(value as f32).to_be_bytes()),
        Packed::Text(bytes) | Packed::Json(bytes) if is_text => out.extend_from_slice(bytes),
        Packed::Text(bytes) | Packed::Json(bytes) if *ty == Type::JSONB => {
            // The version of the format.
            out.extend_from_slice(&[1]);
            out.extend_from_slice(bytes);
        }
        Packed::Bytes(bytes) if *ty == Type::BYTEA => out.extend_from_slice(bytes),
        _ => return Err(format!("a column of type {ty} cannot be filled in bulk by this kind of value").into()),
    }
    let length = i32::try_from(out.len() - at - 4)?;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Value, Fault> {
        Ok(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::OID => Value::Int(u32::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Real(f32::from_sql(ty, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::JSON | Type::JSONB => Value::Json(serde_json::Value::from_sql(ty, raw)?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                Value::Text(std::str::from_utf8(raw)?.to_string())
            }
            Type::VOID => Value::Null,
            _ => return Err(format!("type {ty} is not among the common ones; cast it to text or bigint").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// `sum(bigint)` and `avg` are numeric: a whole number becomes `Int`, anything else `Real`.
///
/// The format: count of digits (base 10,000), weight of the first, sign, decimals shown, then the digits; 16 bits each.
fn numeric(raw: &[u8]) -> Result<Value, Fault> {
    let words: Vec<u16> = raw.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let [count, weight, sign, scale, digits @ ..] = words.as_slice() else { return Err("a broken numeric".into()) };
    if digits.len() != usize::from(*count) {
        return Err("a broken numeric".into());
    }
    let negative = match sign {
        0 => false,
        0x4000 => true,
        _ => return Ok(Value::Real(if *sign == 0xC000 { f64::NAN } else { f64::INFINITY })),
    };
    let weight = *weight as i16;
    if *scale == 0 {
        let mut whole: i128 = 0;
        for place in 0..=i32::from(weight).max(-1) {
            let digit = digits.get(place as usize).copied().unwrap_or(0);
            whole = whole.checked_mul(10_000).ok_or("a numeric too large")? + i128::from(digit);
        }
        let whole = i64::try_from(if negative { -whole } else { whole }).map_err(|_| "a numeric beyond 64 bits")?;
        return Ok(Value::Int(whole));
    }
    let size: f64 = (digits.iter().enumerate())
        .map(|(place, digit)| f64::from(*digit) * 10_000f64.powi(i32::from(weight) - place as i32))
        .sum();
    Ok(Value::Real(if negative { -size } else { size }))
}
