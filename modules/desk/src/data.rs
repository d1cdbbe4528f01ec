//! The dated data of the counter: what a receiving point must have, and how a queue is kept.

use base::{Date, Lang};
use serde::Deserialize;
use std::sync::LazyLock;

/// One thing of the required list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its word in the records; it never changes its meaning.
    pub id: String,
    vi: String,
    en: String,
}

impl Item {
    /// What it is called.
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.en } else { &self.vi }
    }
}

/// What a receiving point must have from a day on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    pub since: Date,
    /// The law.
    pub source: String,
    #[serde(rename = "item")]
    pub items: Vec<Item>,
}

/// How a queue is kept from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub since: Date,
    /// The law, and what is the province's own.
    pub source: String,
    /// Grounds on which somebody may be called before others.
    pub priority: Vec<String>,
    /// After so many of them in a row somebody else is called.
    pub priority_in_a_row: usize,
    /// A wait up to so long is a short one.
    pub short_wait_minutes: i64,
    /// What one service takes before anybody has been served that day.
    pub service_minutes: i64,
    /// Of how many services the mean is taken.
    pub mean_of: i64,
    pub slot_minutes: i64,
    /// People a slot takes.
    pub slot_places: i64,
    pub slot_before_minutes: i64,
    pub slot_days_ahead: i64,
    /// Slots one person may hold at once.
    pub slots_of_one: i64,
    /// Slots one person may book in a day, those given back as well.
    pub slots_a_day: i64,
    /// How early before the slot the ticket may be taken.
    pub arrive_before_minutes: i64,
    /// Whoever is not at the counter so long after opening is missed.
    pub absent_after_minutes: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    list: Vec<Required>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rule: Vec<Rule>,
}

/// The shipped lists, the latest last; a test reads the file.
static LISTS: LazyLock<Vec<Required>> = LazyLock::new(|| {
    let text = include_str!("../../../data/desk/equipment.toml");
    toml::from_str::<Lists>(text).map(|all| all.list).unwrap_or_default()
});

/// The shipped rules, the latest last; a test reads the file.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let text = include_str!("../../../data/desk/queue.toml");
    toml::from_str::<Rules>(text).map(|all| all.rule).unwrap_or_default()
});

/// What a receiving point must have on a day; none before the first list.
pub fn required(day: Date) -> Option<&'static Required> {
    LISTS.iter().rev().find(|list| list.since <= day)
}

/// The things of the list in force on a day.
pub fn items(day: Date) -> &'static [Item] {
    required(day).map_or(&[], |list| &list.items)
}

/// Whether a point with these things has all that is required on a day.
pub fn is_complete(there: &[String], day: Date) -> bool {
    let required = items(day);
    !required.is_empty() && required.iter().all(|item| there.contains(&item.id))
}

/// How a queue is kept on a day; before the first rule as that one says.
pub fn rule(day: Date) -> Option<&'static Rule> {
    RULES.iter().rev().find(|rule| rule.since <= day).or(RULES.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap_or(Date::MIN)
    }

    #[test]
    fn the_shipped_data_are_read_and_each_says_its_source() {
        let now = day("2026-11-30");
        assert_eq!(items(now).len(), 6);
        assert!(LISTS.iter().all(|list| !list.source.is_empty()) && RULES.iter().all(|rule| !rule.source.is_empty()));
        let rule = rule(now).map(|rule| (rule.priority.len(), rule.slot_minutes > 0, rule.slot_places > 0));
        assert_eq!(rule, Some((3, true, true)));
        assert!(items(day("2018-06-20")).is_empty(), "no list before the decree");
    }

    #[test]
    fn a_point_is_complete_with_everything_of_the_days_list_and_never_without_a_list() {
        let now = day("2026-11-30");
        let mut there: Vec<String> = items(now).iter().map(|item| item.id.clone()).collect();
        assert!(is_complete(&there, now) && !is_complete(&there, day("2018-06-20")));
        there.pop();
        assert!(!is_complete(&there, now));
    }
}
