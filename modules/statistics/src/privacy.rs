//! To whom the figures of one official are shown, as the province sets it (`data/statistics/officials.toml`).

use base::Date;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum To {
    Leaders,
    Nobody,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    since: Date,
    to: To,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
struct File {
    shown: Vec<Shown>,
}

static SHOWN: LazyLock<Vec<Shown>> = LazyLock::new(|| read(include_str!("../../../data/statistics/officials.toml")));

/// A text that is no setting shows nothing to anybody.
fn read(text: &str) -> Vec<Shown> {
    toml::from_str::<File>(text).map(|file| file.shown).unwrap_or_default()
}

fn on(all: &[Shown], day: Date) -> bool {
    all.iter().rev().find(|shown| shown.since <= day).is_some_and(|shown| shown.to == To::Leaders)
}

/// Whether those who lead an official see the official's figures on a day; the official always does.
pub(crate) fn leaders_see(day: Date) -> bool {
    on(&SHOWN, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_the_province_sets_holds_from_its_day_and_nothing_is_shown_without_a_setting() {
        let all = read(
            "[[shown]]\nsince = \"2026-01-01\"\nto = \"leaders\"\nsource = \"-\"\n[[shown]]\nsince = \"2026-07-01\"\nto = \"nobody\"\nsource = \"-\"\n",
        );
        let days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 7, 1)];
        assert_eq!(days.map(|day| on(&all, day)), [false, true, false]);
        assert!(!on(&read("shown = 3"), date(2026, 1, 1)));
        assert!(leaders_see(date(2026, 11, 30)));
    }
}
