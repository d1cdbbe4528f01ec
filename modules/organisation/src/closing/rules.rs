//! The bounds of emergency decisions: dated data with their article (`data/calendar/emergency.toml`).

use base::Date;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// By which date figures judge what an emergency decision moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedBy {
    /// That of the receipt.
    Original,
    /// The new one.
    Moved,
}

/// What holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub from: Date,
    /// How many calendar days back the first closed day may lie.
    pub past_days: i32,
    pub counted_by: CountedBy,
    pub article: String,
}

impl Rule {
    /// The earliest day that may be closed, seen from a day.
    pub fn earliest(&self, today: Date) -> Date {
        today.saturating_sub(jiff::Span::new().days(self.past_days))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

fn read(text: &str) -> Option<Vec<Rule>> {
    let mut rules = toml::from_str::<File>(text).ok()?.rule;
    rules.sort_by_key(|rule| rule.from);
    rules.iter().all(|rule| (0..=60).contains(&rule.past_days)).then_some(rules)
}

/// The rule of a day; none before the first: then nothing that has passed can be closed.
pub fn rule_on(day: Date) -> Option<&'static Rule> {
    static RULES: LazyLock<Vec<Rule>> =
        LazyLock::new(|| read(include_str!("../../../../data/calendar/emergency.toml")).unwrap_or_default());
    RULES.iter().rev().find(|rule| rule.from <= day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_shipped_rules_are_read_and_name_their_article() {
        let rule = rule_on(date(2026, 11, 30)).unwrap();
        assert_eq!((rule.past_days, rule.counted_by), (5, CountedBy::Original));
        assert!(rule.article.contains("Điều"));
        assert_eq!(rule.earliest(date(2026, 12, 2)), date(2026, 11, 27));
        assert_eq!(rule_on(date(2018, 6, 22)), None);
    }

    #[test]
    fn of_several_rules_the_latest_begun_holds_and_a_wild_number_is_none() {
        let two = "[[rule]]\nfrom='2027-01-01'\npast_days=2\ncounted_by='moved'\narticle='A'\n[[rule]]\nfrom='2020-01-01'\npast_days=5\ncounted_by='original'\narticle='B'\n";
        let rules = read(two).unwrap();
        assert_eq!(rules.iter().map(|rule| rule.past_days).collect::<Vec<_>>(), [5, 2]);
        assert!(read(&two.replace("past_days=2", "past_days=900")).is_none());
    }
}
