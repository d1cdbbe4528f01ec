//! `LIMIT $3` with its number in the text.
//!
//! A statement is planned once for all values of its parameters (`plan_cache_mode`). Of a limit that it does not know PostgreSQL assumes a
//! tenth of all rows, and walks a whole table in the order asked for where a few rows of an index were meant. Limits are few: the size of
//! a page, with one more. So the number stands in the text, and each is prepared once.

use std::borrow::Cow;

use crate::Value;
use crate::sql::{digits, in_place_of};

const LIMIT: &str = "LIMIT $";

/// A statement with its parameters, as PostgreSQL gets them: limits that are parameters of their own stand in the text.
pub fn with_limits<'a>(text: &'a str, params: &'a [Value]) -> (Cow<'a, str>, Cow<'a, [Value]>) {
    let mut given = (Cow::Borrowed(text), Cow::Borrowed(params));
    let mut from = 0;
    while let Some(at) = given.0.get(from..).and_then(|rest| rest.find(LIMIT)).map(|at| from + at + LIMIT.len()) {
        from = at;
        let Some((text, n)) = spelled(&given.0, at, &given.1) else { continue };
        given.0 = Cow::Owned(text);
        given.1.to_mut().remove(n);
    }
    given
}

/// The text with the number of the parameter named at a place, and which parameter that was; none where it is no number of rows, or
/// asked for elsewhere too.
fn spelled(text: &str, at: usize, params: &[Value]) -> Option<(String, usize)> {
    let number = digits(text.get(at..)?).parse::<usize>().ok()?;
    let Some(Value::Int(limit @ 0..)) = params.get(number.checked_sub(1)?) else { return None };
    let (out, times) = in_place_of(text, number, &limit.to_string());
    (times == 1).then_some((out, number - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, params: &[Value]) -> (String, Vec<Value>) {
        let (text, params) = with_limits(text, params);
        (text.into_owned(), params.into_owned())
    }

    #[test]
    fn limits_stand_in_the_text_and_later_parameters_move_up() {
        let values = [Value::Int(7), Value::Int(26), Value::from("x"), Value::Int(3)];
        let (text, params) =
            given("SELECT a FROM (SELECT a FROM b WHERE c > $1 LIMIT $4) d WHERE e = $3 LIMIT $2", &values);
        assert_eq!(text, "SELECT a FROM (SELECT a FROM b WHERE c > $1 LIMIT 3) d WHERE e = $2 LIMIT 26");
        assert_eq!(params, [Value::Int(7), Value::from("x")]);
    }

    #[test]
    fn what_is_no_number_of_rows_or_asked_for_twice_stays() {
        for (text, params) in [
            ("SELECT a FROM b WHERE c = $1 LIMIT 5", vec![Value::Int(1)]),
            ("SELECT a FROM b WHERE c = $1 LIMIT $1", vec![Value::Int(1)]),
            ("SELECT a FROM b LIMIT $1", vec![Value::Int(-1)]),
            ("SELECT a FROM b LIMIT $1", vec![Value::Null]),
            ("SELECT a FROM b LIMIT $2", vec![Value::Int(1)]),
            ("SELECT a FROM b LIMIT $x", vec![Value::Int(1)]),
        ] {
            assert_eq!(given(text, &params), (text.to_owned(), params));
        }
    }
}
