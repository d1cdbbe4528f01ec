//! Whole months by their words: a year, half a year, a quarter, a month.

use jiff::civil::{Date, date};

/// Years before this one hold no record of any programme.
const YEAR_MIN: i16 = 2020;
const YEAR_MAX: i16 = 2100;

/// First and last day of `2026`, `2026-H1`, `2026-Q3`, `2026-11`; none for a word that is written otherwise.
pub fn of_word(word: &str) -> Option<(Date, Date)> {
    // Digits and their number are judged here: a sign or a missing nought would be read as well.
    let plain = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let (year, rest) = word.split_once('-').map_or((word, None), |(year, rest)| (year, Some(rest)));
    let year: i16 = Some(year).filter(|year| plain(year, 4))?.parse().ok()?;
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        return None;
    }
    let number = |text: &str, length: usize, most: i8| {
        text.parse().ok().filter(|n: &i8| plain(text, length) && (1..=most).contains(n))
    };
    let (first, last) = match rest {
        None => (1, 12),
        Some(rest) => match (rest.strip_prefix('H'), rest.strip_prefix('Q')) {
            (Some(half), _) => number(half, 1, 2).map(|n| (n * 6 - 5, n * 6))?,
            (_, Some(quarter)) => number(quarter, 1, 4).map(|n| (n * 3 - 2, n * 3))?,
            _ => number(rest, 2, 12).map(|n| (n, n))?,
        },
    };
    Some((date(year, first, 1), date(year, last, 1).last_of_month()))
}

/// Whether records of that year are looked for.
pub fn has_records(year: i16) -> bool {
    (YEAR_MIN..=YEAR_MAX).contains(&year)
}

/// The month a day lies in: `2026-11`.
pub fn word_of(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_months_and_others_are_none() {
        assert_eq!(of_word("2026"), Some((date(2026, 1, 1), date(2026, 12, 31))));
        assert_eq!(of_word("2026-H2"), Some((date(2026, 7, 1), date(2026, 12, 31))));
        assert_eq!(of_word("2026-Q1"), Some((date(2026, 1, 1), date(2026, 3, 31))));
        assert_eq!(of_word("2028-02"), Some((date(2028, 2, 1), date(2028, 2, 29))));
        for word in [
            "", "2019", "2101", "2026-", "2026-0", "2026-1", "2026-13", "2026-Q5", "2026-Q01", "2026-H3", "2026-+1",
            "+2026", "26", "2026-Q",
        ] {
            assert_eq!(of_word(word), None, "{word}");
        }
        assert_eq!(word_of(date(2026, 3, 9)), "2026-03");
    }
}
