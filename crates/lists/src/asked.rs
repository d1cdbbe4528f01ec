//! What an address asks a list for, judged by what the list declares.

use crate::declare::{Ask, List};
use crate::key::Key;
use base::text::clip;
use base::{Date, Instant, Problem};
use std::collections::BTreeMap;
use std::sync::Arc;
use web::Choice;
use web::table::{PER_PAGE, PER_PAGE_MAX, query_pairs};

/// Letters of a refused value that are said again.
const SHOWN_MAX: usize = 40;

/// What is wanted of a list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub uri: String,
    /// Number of the tab.
    pub tab: usize,
    /// Filters that say something, as typed.
    values: BTreeMap<&'static str, String>,
    /// A column's key, and whether it runs downwards.
    pub sort: (&'static str, bool),
    /// The row after which the page begins.
    pub after: Option<Key>,
    pub per_page: usize,
    /// `csv` or `xlsx`; empty for the page.
    pub format: String,
    /// Files are anybody's: what the list shows is public.
    pub public: bool,
    /// What does not fit the list.
    pub problems: Vec<Problem>,
    /// What the room offers to choose from, by the filter's name.
    pub choices: BTreeMap<&'static str, Arc<[Choice]>>,
}

impl Asked {
    /// Reads an address. `first`: the tab that a person's work begins with; `choices`: what may be chosen, by filter.
    pub fn read<R>(list: &List<R>, uri: &str, first: usize, choices: Vec<(&'static str, Vec<Choice>)>) -> Asked {
        let pairs = query_pairs(uri);
        let said = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
        let mut asked = Asked {
            uri: uri.to_owned(),
            tab: first,
            sort: list.order,
            choices: choices.into_iter().map(|(name, offered)| (name, offered.into())).collect(),
            format: clip(said("format"), SHOWN_MAX).to_owned(),
            ..Asked::default()
        };
        let problem =
            |code, name: &str, value: &str| Problem::new(code).field(name).arg("value", clip(value, SHOWN_MAX));
        let tab = said("tab");
        if !tab.is_empty() && !list.tabs.is_empty() {
            match list.tabs.iter().position(|known| *known == tab) {
                Some(known) => asked.tab = known,
                None => asked.problems.push(problem("lists-tab-unknown", "tab", tab)),
            }
        }
        for filter in list.filters {
            let typed = said(filter.name).trim();
            if typed.is_empty() {
                continue;
            }
            let offered = || asked.choices.get(filter.name).is_some_and(|all| all.iter().any(|one| one.value == typed));
            let wrong = match filter.ask {
                Ask::Flag if typed != "1" => Some(problem("lists-choice-unknown", filter.name, typed)),
                _ if typed.chars().count() > filter.max => Some(Problem::too_long(filter.max).field(filter.name)),
                Ask::Choice if !offered() => Some(problem("lists-choice-unknown", filter.name, typed)),
                Ask::Day if web::iso_day(typed).parse::<Date>().is_err() => {
                    Some(problem("lists-day-wrong", filter.name, typed))
                }
                _ => None,
            };
            asked.problems.extend(wrong);
            asked.values.insert(filter.name, clip(typed, filter.max).to_owned());
        }
        let sort = said("sort");
        if !sort.is_empty() {
            let (name, down) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
            match list.columns.iter().find(|column| column.key == name && column.sort.offers(down)) {
                Some(column) => asked.sort = (column.key, down),
                None => asked.problems.push(problem("lists-sort-unknown", "sort", sort)),
            }
        }
        let after = said("after");
        if !after.is_empty() {
            asked.after = list.shape.read(after);
            if asked.after.is_none() {
                asked.problems.push(problem("lists-place-wrong", "after", after));
            }
        }
        let most = said("per_page").parse::<u32>().unwrap_or(PER_PAGE);
        asked.per_page = most.clamp(1, PER_PAGE_MAX) as usize;
        asked
    }

    /// What was typed or chosen; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The same, where it says anything.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether a box is ticked.
    pub fn is(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The first moment of a day that was typed.
    pub fn day(&self, name: &str) -> Option<Instant> {
        Some(Instant::start_of(web::iso_day(self.given(name)?).parse().ok()?))
    }

    /// Whether anything is left out.
    pub fn is_narrowed(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether the rows go into a file.
    pub fn is_file(&self) -> bool {
        !self.format.is_empty()
    }

    /// Overlooks what does not fit the list, for one whose old addresses are not to fail.
    pub fn overlook(mut self) -> Asked {
        for field in self.problems.drain(..).filter_map(|problem| problem.field) {
            self.values.retain(|name, _| *name != field);
        }
        self
    }

    /// Lets go of a filter that says what is so anyhow.
    pub fn unset(&mut self, name: &'static str) {
        self.values.remove(name);
    }

    /// Sets a filter that the address says in other words.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.insert(name, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Column, Filter, Kind, Shape, Sort};

    static LIST: List<i64> = List {
        key: "things",
        path: "/things",
        title: "lists-views",
        tabs: &["new", "done"],
        tab_word: "lists-",
        through: "",
        filters: &[
            Filter::new("q", "lists-name", Ask::Words),
            Filter::new("topic", "lists-name", Ask::Choice),
            Filter::new("late", "lists-name", Ask::Flag),
            Filter::new("from", "lists-name", Ask::Day),
        ],
        columns: &[
            Column::new("n", "lists-name", Kind::Whole, |n| Cell::whole(*n)).sorted(Sort::Down),
            Column::new("due", "lists-name", Kind::Whole, |n| Cell::whole(*n)).sorted(Sort::Both),
        ],
        order: ("n", true),
        shape: Shape::AT,
        empty: ("lists-none", "lists-none-hint"),
        files: true,
    };

    fn read(uri: &str) -> Asked {
        Asked::read(&LIST, uri, 0, vec![("topic", vec![Choice::new("land", "Đất đai")])])
    }

    #[test]
    fn an_address_is_read_by_what_the_list_declares() {
        let asked =
            read("/things?tab=done&q=%C4%91%C6%B0%E1%BB%9Dng&topic=land&late=1&from=02/11/2026&sort=-due&after=5-7");
        assert!(asked.problems.is_empty(), "{:?}", asked.problems);
        assert_eq!((asked.tab, asked.value("q"), asked.sort), (1, "đường", ("due", true)));
        assert!(asked.is("late") && asked.is_narrowed());
        assert_eq!(asked.after.as_ref().map(Key::text).as_deref(), Some("5-7"));
        assert_eq!(asked.day("from"), Some(Instant::start_of(Date::constant(2026, 11, 2))));
        let plain = read("/things");
        assert!(!plain.is_narrowed() && plain.sort == ("n", true) && plain.per_page == 25);
    }

    #[test]
    fn what_the_list_does_not_know_is_named_with_its_field() {
        let long = format!("/things?q={}", "a".repeat(10_000));
        let cases = [
            ("/things?sort=secret", "sort", "lists-sort-unknown"),
            // No index carries it in this direction.
            ("/things?sort=n", "sort", "lists-sort-unknown"),
            ("/things?after=x", "after", "lists-place-wrong"),
            ("/things?after=1-2-3", "after", "lists-place-wrong"),
            ("/things?tab=nowhere", "tab", "lists-tab-unknown"),
            ("/things?topic=%27%20OR%201=1", "topic", "lists-choice-unknown"),
            ("/things?late=yes", "late", "lists-choice-unknown"),
            ("/things?from=32/13/2026", "from", "lists-day-wrong"),
            (&long, "q", "base-text-long"),
        ];
        for (uri, field, code) in cases {
            let problems = read(uri).problems;
            assert_eq!(problems.len(), 1, "{uri}");
            assert_eq!((problems[0].field.as_deref(), problems[0].code), (Some(field), code));
        }
        assert!(read(&long).value("q").len() <= 200);
    }
}
