//! Days as people type and read them, `22/11/2026`, whatever language the browser speaks: a browser's own date field shows
//! the order of its own country. Handlers and the API see `2026-11-22` alone.

use crate::ctx::Ctx;
use base::{Date, Fault, Problem};
use std::collections::HashSet;

/// Hidden beside each date field of a form: its name, so that what is typed there is read as a day.
pub(crate) const MARK: &str = "_date";

/// A day as typed in the form it is kept in; anything else unchanged, to be judged by whoever asked for it.
pub fn iso_day(text: &str) -> String {
    let parts: Vec<&str> = text.trim().split(['/', '.', '-', ' ']).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 && (1..=2).contains(&day.len()) && (1..=2).contains(&month.len()) => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => text.trim().to_owned(),
    }
}

/// The day in the address (`on`), today where there is none.
///
/// # Errors
/// `Invalid` with the code `wrong` at `on` for a text that is no date.
pub fn asked_day(ctx: &Ctx, wrong: &'static str) -> Result<Date, Fault> {
    match iso_day(&crate::table::query_value(&ctx.uri, "on")).as_str() {
        "" => Ok(ctx.now.date()),
        text => text.parse().map_err(|_| Fault::invalid(Problem::new(wrong).field("on").arg("value", text))),
    }
}

/// A kept day as it stands in its field; what is no day stands there as it was typed.
pub fn day_shown(value: impl AsRef<str>) -> String {
    let value = value.as_ref();
    value.parse::<base::Date>().map_or_else(|_| value.to_owned(), base::vn_date)
}

/// Reads the date fields of a form and takes their marks out.
pub(crate) fn read(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let dates: HashSet<String> =
        pairs.iter().filter(|(name, _)| name == MARK).map(|(_, field)| field.clone()).collect();
    let read = |(name, value): (String, String)| {
        let value = if dates.contains(&name) { iso_day(&value) } else { value };
        (name, value)
    };
    pairs.into_iter().filter(|(name, _)| name != MARK).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_typed_the_vietnamese_way_is_understood() {
        assert_eq!(iso_day("22/11/2026"), "2026-11-22");
        assert_eq!(iso_day(" 2/9/2026 "), "2026-09-02");
        assert_eq!(iso_day("2.9.2026"), "2026-09-02");
        assert_eq!(iso_day("2026-11-22"), "2026-11-22");
        assert_eq!(iso_day("31/02/2026"), "2026-02-31", "whether there is such a day is judged later");
        assert_eq!(iso_day("hôm qua"), "hôm qua");
        assert_eq!((day_shown("2026-11-22").as_str(), day_shown("2026-02-31").as_str()), ("22/11/2026", "2026-02-31"));
    }

    #[test]
    fn only_marked_fields_are_days_and_no_mark_reaches_a_handler() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = vec![pair("born", "1/2/2026"), pair(MARK, "born"), pair("note", "1/2/2026")];
        assert_eq!(read(form), [pair("born", "2026-02-01"), pair("note", "1/2/2026")]);
    }
}
