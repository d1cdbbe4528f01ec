//! Pages of a list. A list that names its rows ([`Paging::turned`]) has pages that stay in place: the address of the next one says
//! after which row it begins, the address of the previous one before which row it ends.

use crate::table::{PAGE_MAX, PER_PAGE, PER_PAGE_MAX, query_value, with};
use base::page::Place;

/// Which part of a list is shown. `page` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    pub page: u32,
    pub per_page: u32,
    /// All rows of the list, once counted.
    pub total: i64,
    uri: String,
    /// What is known of a page whose rows have names.
    shown: Option<Shown>,
}

/// A page as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    rows: i64,
    /// How many come before it, where that is known.
    passed: Option<i64>,
    /// Names of its first and its last row; none when it is empty.
    ends: Option<(String, String)>,
    /// Whether rows come before it and after it.
    before: bool,
    after: bool,
}

impl Paging {
    /// From the address's `page` and `per_page`; nonsense becomes the first page of the usual length.
    pub fn from_uri(uri: &str) -> Paging {
        let number = |name: &str| query_value(uri, name).parse::<u32>().ok();
        Paging {
            page: number("page").unwrap_or(1).clamp(1, PAGE_MAX),
            per_page: number("per_page").unwrap_or(PER_PAGE).clamp(1, PER_PAGE_MAX),
            total: 0,
            uri: uri.to_owned(),
            shown: None,
        }
    }

    /// With the number of all rows, so that the pager knows its end.
    pub fn of(mut self, total: i64) -> Paging {
        self.total = total;
        self
    }

    /// Where the page lies: beside the row that the address names, where `read` knows such a name, else counted off.
    pub fn place<K>(&self, read: impl Fn(&str) -> Option<K>) -> Place<K> {
        let named = |name: &str| read(&query_value(&self.uri, name));
        match (named("after"), named("before")) {
            (Some(row), _) => Place::After(row),
            (None, Some(row)) => Place::Before(row),
            (None, None) => Place::At(self.offset()),
        }
    }

    /// How many rows to read where rows have names: one more than is shown tells whether there are others.
    pub fn reads(&self) -> i64 {
        self.limit() + 1
    }

    /// Whether a page read at `place` is to be read anew from the start of the list: it lies before its beginning or after its end.
    pub fn is_amiss<K>(&self, place: &Place<K>, rows: usize) -> bool {
        match place {
            Place::At(_) => false,
            Place::After(_) => rows == 0,
            Place::Before(_) => (rows as i64) < self.limit(),
        }
    }

    /// The first page of the same list.
    pub fn from_start(mut self) -> Paging {
        self.page = 1;
        self.shown = None;
        self
    }

    /// Takes a page's rows, [`Paging::reads`] of them at most, in the order of the list: leaves those that are shown, and knows
    /// the pages beside them by the names of the first and the last.
    pub fn turned<K, R>(mut self, place: &Place<K>, rows: &mut Vec<R>, name: impl Fn(&R) -> String) -> Paging {
        let shown = usize::try_from(self.per_page).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        if more && place.is_backwards() {
            rows.remove(0);
        }
        rows.truncate(shown);
        let (before, after) = match place {
            Place::At(passed) => (*passed > 0, more),
            Place::After(_) => (true, more),
            Place::Before(_) => (more, true),
        };
        let ends = rows.first().zip(rows.last()).map(|(first, last)| (name(first), name(last)));
        self.shown = Some(Shown { rows: rows.len() as i64, passed: None, ends, before, after });
        self
    }

    /// The rows of this page of a list that is held whole, and the pages beside it, by the names of rows like those of
    /// [`Paging::turned`]. A row that is gone leaves its neighbour's page counted off.
    pub fn leafed<R>(mut self, mut all: Vec<R>, name: impl Fn(&R) -> String) -> (Vec<R>, Paging) {
        let per_page = usize::try_from(self.per_page).unwrap_or(usize::MAX);
        let place = self.place(|named| all.iter().position(|row| name(row) == named));
        let passed = match place {
            Place::At(rows) => usize::try_from(rows).unwrap_or(usize::MAX).min(all.len()),
            Place::After(row) if row + 1 < all.len() => row + 1,
            Place::Before(row) if row >= per_page => row - per_page,
            Place::After(_) | Place::Before(_) => {
                self.page = 1;
                0
            }
        };
        self.total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let end = passed.saturating_add(per_page).min(all.len());
        let after = end < all.len();
        let rows: Vec<R> = all.drain(passed..end).collect();
        let ends = rows.first().zip(rows.last()).map(|(first, last)| (name(first), name(last)));
        let known = Some(passed as i64);
        self.shown = Some(Shown { rows: rows.len() as i64, passed: known, ends, before: passed > 0, after });
        (rows, self)
    }

    /// Rows before the first one shown.
    fn passed(&self) -> i64 {
        self.shown.as_ref().and_then(|shown| shown.passed).unwrap_or_else(|| self.offset())
    }

    /// For SQL: how many rows.
    pub fn limit(&self) -> i64 {
        i64::from(self.per_page)
    }

    /// For SQL: how many rows to pass over.
    pub fn offset(&self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.per_page)
    }

    /// Number of pages, at least 1.
    pub fn pages(&self) -> i64 {
        (self.total + self.limit() - 1).max(0) / self.limit() + i64::from(self.total == 0)
    }

    /// Number of the first row shown; 0 for an empty list.
    pub fn first(&self) -> i64 {
        let counted = if self.total == 0 { 0 } else { self.passed() + 1 };
        counted.min(self.last())
    }

    /// Number of the last row shown.
    pub fn last(&self) -> i64 {
        let rows = self.shown.as_ref().map_or(self.limit(), |shown| shown.rows);
        (self.passed() + rows).min(self.total)
    }

    pub fn has_previous(&self) -> bool {
        self.shown.as_ref().map_or(self.page > 1, |shown| shown.before)
    }

    pub fn has_next(&self) -> bool {
        self.shown.as_ref().map_or(i64::from(self.page) < self.pages(), |shown| shown.after)
    }

    /// Address of another page of the same list, counted off.
    pub fn link(&self, page: i64) -> String {
        let page = page.max(1).to_string();
        with(&self.uri, &[("page", if page == "1" { "" } else { &page }), ("after", ""), ("before", "")])
    }

    fn ends(&self) -> Option<&(String, String)> {
        self.shown.as_ref().and_then(|shown| shown.ends.as_ref())
    }

    pub fn previous(&self) -> String {
        let previous = self.link(i64::from(self.page) - 1);
        match self.ends() {
            Some((first, _)) => with(&previous, &[("before", first)]),
            None => previous,
        }
    }

    pub fn next(&self) -> String {
        let next = self.link(i64::from(self.page) + 1);
        match self.ends() {
            Some((_, last)) => with(&next, &[("after", last)]),
            None => next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_is_bounded_and_counts_right() {
        let p = Paging::from_uri("/x?page=2&per_page=9999").of(130);
        assert_eq!((p.per_page, p.offset(), p.first(), p.last(), p.pages()), (100, 100, 101, 130, 2));
        assert!(!p.has_next() && p.has_previous());
        assert_eq!(p.previous(), "/x?per_page=9999");
        let empty = Paging::from_uri("/x?page=abc").of(0);
        assert_eq!((empty.page, empty.pages(), empty.first(), empty.last()), (1, 1, 0, 0));
    }

    /// Reads a list of numbers as a store would, and the page of it that an address asks for.
    fn page(list: &[i64], uri: &str) -> (Vec<i64>, Paging) {
        let read = |place: &Place<i64>, reads: i64| -> Vec<i64> {
            let reads = reads as usize;
            match place {
                Place::At(passed) => list.iter().skip(*passed as usize).take(reads).copied().collect(),
                Place::After(row) => list.iter().filter(|n| *n > row).take(reads).copied().collect(),
                Place::Before(row) => {
                    let all: Vec<i64> = list.iter().filter(|n| *n < row).copied().collect();
                    all[all.len().saturating_sub(reads)..].to_vec()
                }
            }
        };
        let mut paging = Paging::from_uri(uri);
        let mut place = paging.place(|name| name.parse().ok());
        let mut rows = read(&place, paging.reads());
        if paging.is_amiss(&place, rows.len()) {
            (paging, place) = (paging.from_start(), Place::START);
            rows = read(&place, paging.reads());
        }
        let paging = paging.turned(&place, &mut rows, i64::to_string);
        (rows, paging.of(list.len() as i64))
    }

    #[test]
    fn leafing_forwards_and_back_meets_the_same_rows_while_others_come_and_go() {
        let mut list: Vec<i64> = (10..20).collect();
        let (rows, first) = page(&list, "/x?per_page=3");
        assert_eq!((rows, first.has_previous(), first.has_next()), (vec![10, 11, 12], false, true));
        list.insert(0, 1);
        list.insert(1, 2);
        let (rows, second) = page(&list, &first.next());
        assert_eq!((rows, second.page, second.first(), second.last()), (vec![13, 14, 15], 2, 4, 6));
        list.retain(|n| *n != 13);
        let (rows, third) = page(&list, &second.next());
        assert_eq!((rows, third.page), (vec![16, 17, 18], 3));
        let (rows, back) = page(&list, &third.previous());
        assert_eq!((rows, back.page, back.has_next()), (vec![12, 14, 15], 2, true));
        let (rows, again) = page(&list, &back.previous());
        assert_eq!((rows, again.page, again.has_previous()), (vec![2, 10, 11], 1, true));
        // What lies before the first page's rows by now is less than a page: the list from its start.
        let (rows, start) = page(&list, &again.previous());
        assert_eq!((rows, start.page, start.has_previous()), (vec![1, 2, 10], 1, false));
    }

    #[test]
    fn a_list_held_whole_is_leafed_through_the_same_way_and_counts_its_rows() {
        let page = |list: &[i64], uri: &str| Paging::from_uri(uri).leafed(list.to_vec(), i64::to_string);
        let mut list: Vec<i64> = (10..20).collect();
        let (rows, first) = page(&list, "/x?per_page=3");
        assert_eq!((rows, first.has_previous(), first.has_next()), (vec![10, 11, 12], false, true));
        list.insert(0, 1);
        let (rows, second) = page(&list, &first.next());
        assert_eq!((rows, second.first(), second.last(), second.total), (vec![13, 14, 15], 5, 7, 11));
        let (rows, back) = page(&list, &second.previous());
        assert_eq!((rows, back.has_previous()), (vec![10, 11, 12], true));
        let (rows, start) = page(&list, &back.previous());
        assert_eq!((rows, start.page, start.has_previous()), (vec![1, 10, 11], 1, false));
        // The row one came from is gone: counted off.
        list.retain(|n| *n != 12);
        let (rows, counted) = page(&list, &first.next());
        assert_eq!((rows, counted.first()), (vec![13, 14, 15], 4));
        let (rows, end) = page(&list, "/x?per_page=3&page=4&after=18");
        assert_eq!((rows, end.has_next()), (vec![19], false));
        let (rows, beyond) = page(&list, "/x?per_page=3&page=5&after=19");
        assert_eq!((rows, beyond.page), (vec![1, 10, 11], 1));
        let (rows, none) = page(&[], "/x?page=3");
        assert_eq!((rows.len(), none.first(), none.has_next()), (0, 0, false));
    }

    #[test]
    fn the_last_page_knows_that_it_is_the_last() {
        let list: Vec<i64> = (1..=6).collect();
        let (_, first) = page(&list, "/x?per_page=3&q=a");
        assert_eq!(first.next(), "/x?per_page=3&q=a&page=2&after=3");
        let (rows, second) = page(&list, &first.next());
        assert_eq!((rows, second.has_next()), (vec![4, 5, 6], false));
        assert_eq!(second.previous(), "/x?per_page=3&q=a&before=4");
        let (rows, beyond) = page(&list, &second.next());
        assert_eq!((rows, beyond.page, beyond.has_previous()), (vec![1, 2, 3], 1, false));
        let (rows, counted) = page(&list, "/x?per_page=3&page=2");
        assert_eq!((rows, counted.has_previous(), counted.has_next()), (vec![4, 5, 6], true, false));
        let (rows, empty) = page(&[], "/x?per_page=3&page=2");
        assert_eq!((rows.len(), empty.first(), empty.last(), empty.has_next()), (0, 0, 0, false));
    }
}
