//! Where a list's rows come from: SQL of the room's, one range of an index for each lane.

use crate::asked::Asked;
use crate::declare::List;
use crate::key::Key;
use base::{Fault, Id};
use store::{BoxFuture, Tx};
use web::table::Paging;

/// Rows of a list, and where it goes on.
#[derive(Debug)]
pub struct Batch<R> {
    pub rows: Vec<R>,
    /// The place after the last row read; none at the end of the list.
    pub next: Option<Key>,
    /// Numbered pages, where the room counts its list and reads its place from the address itself.
    pub paging: Option<Paging>,
}

impl<R> Batch<R> {
    /// Of what was read, one more than is shown: those shown, and whether more come.
    pub fn cut(mut rows: Vec<R>, limit: usize, key: impl Fn(&R) -> Key) -> Batch<R> {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(key);
        Batch { rows, next, paging: None }
    }

    /// A page of a list that is held whole in memory, in its order: the rows behind the one that the place names, counted off where that one
    /// is gone. Places are of [`crate::Shape::AT`]: how many rows came before, and the last one's id.
    pub fn held<'r>(all: &'r [R], after: Option<&Key>, limit: usize, id: impl Fn(&R) -> Id) -> Batch<&'r R> {
        let from = after.map_or(0, |key| {
            let counted = usize::try_from(key.number(0).saturating_sub(1)).unwrap_or_default();
            all.iter().position(|row| id(row).0 == key.number(1)).map_or(counted, |at| at + 1)
        });
        let end = from.saturating_add(limit).min(all.len());
        let rows: Vec<&R> = all.get(from..end).unwrap_or_default().iter().collect();
        let last = rows.last().filter(|_| end < all.len());
        let next = last.map(|row| Key { numbers: vec![end as i64, id(row).0], word: String::new() });
        Batch { rows, next, paging: None }
    }

    /// A page that is numbered.
    pub fn paged(rows: Vec<R>, paging: Paging) -> Batch<R> {
        Batch { rows, next: None, paging: Some(paging) }
    }

    /// Each row as something else; `None` leaves it out, and the list goes on behind it all the same.
    pub fn map<T>(self, each: impl FnMut(R) -> Option<T>) -> Batch<T> {
        Batch { rows: self.rows.into_iter().filter_map(each).collect(), next: self.next, paging: self.paging }
    }
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Number of the tab; 0 in a list without tabs.
    pub tab: usize,
    pub n: i64,
    /// Counted so far only: there may be more.
    pub at_least: bool,
    /// Whether it should be seen at once.
    pub alarm: bool,
}

impl Count {
    /// Counted up to a bound.
    pub fn upto(tab: usize, n: i64, bound: i64) -> Count {
        Count { tab, n, at_least: n >= bound, alarm: false }
    }
}

/// A room's answer to what is asked of its list; it holds who asks and what for.
pub trait Source: Send + Sync + 'static {
    type Row: Send + 'static;

    /// At most `limit` rows after a place, in the order asked for. Never more than the asker may see.
    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Self::Row>, Fault>>;

    /// What is counted beside the tabs, or of the whole list; nothing where nobody asked to count.
    fn counts<'t>(&'t self, _: &'t Tx) -> BoxFuture<'t, Result<Vec<Count>, Fault>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Rows that are in memory anyhow, as many as one program has of a thing, in the order of the list. A place is the number of a row.
pub struct Known<R>(pub Vec<R>);

impl<R: Clone + Send + Sync + 'static> Source for Known<R> {
    type Row = R;

    fn rows<'t>(&'t self, _: &'t Tx, after: Option<&'t Key>, limit: usize) -> BoxFuture<'t, Result<Batch<R>, Fault>> {
        let from = after.map_or(0, |key| usize::try_from(key.number(0)).unwrap_or(usize::MAX)).min(self.0.len());
        let to = from.saturating_add(limit).min(self.0.len());
        let next = (to < self.0.len()).then(|| Key { numbers: vec![to as i64], word: String::new() });
        let rows = self.0[from..to].to_vec();
        Box::pin(async move { Ok(Batch { rows, next, paging: None }) })
    }
}

/// A list that is held whole in memory, in the order asked for; its places are of [`crate::Shape::AT`].
pub struct Whole<R> {
    pub rows: Vec<R>,
    pub counts: Vec<Count>,
    pub id: fn(&R) -> Id,
}

impl<R> Whole<R> {
    /// Rows that come in the list's own order, put into the order asked for: by what a column's cells hold. Counted where it has no tabs.
    pub fn of(list: &List<R>, asked: &Asked, mut rows: Vec<R>, id: fn(&R) -> Id) -> Whole<R> {
        if let Some(column) = list.columns.iter().find(|column| column.key == asked.sort.0) {
            rows.sort_by_cached_key(|row| (column.cell)(row).value.place());
            if asked.sort.1 {
                rows.reverse();
            }
        }
        let whole = list.tabs.is_empty().then(|| Count::upto(0, rows.len() as i64, i64::MAX));
        Whole { rows, counts: Vec::from_iter(whole), id }
    }
}

impl<R: Clone + Send + Sync + 'static> Source for Whole<R> {
    type Row = R;

    fn rows<'t>(&'t self, _: &'t Tx, after: Option<&'t Key>, limit: usize) -> BoxFuture<'t, Result<Batch<R>, Fault>> {
        let batch = Batch::held(&self.rows, after, limit, self.id);
        Box::pin(async { Ok(batch.map(|row| Some(row.clone()))) })
    }

    fn counts<'t>(&'t self, _: &'t Tx) -> BoxFuture<'t, Result<Vec<Count>, Fault>> {
        Box::pin(async { Ok(self.counts.clone()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_held_whole_goes_on_behind_the_row_last_shown_whatever_came_or_went() {
        let page = |all: &[i64], after: Option<&Key>| {
            let batch = Batch::held(all, after, 3, |n| Id(*n));
            (batch.rows.into_iter().copied().collect::<Vec<_>>(), batch.next)
        };
        let mut all: Vec<i64> = (10..18).collect();
        let (rows, next) = page(&all, None);
        assert_eq!((rows, next.as_ref().map(Key::text).as_deref()), (vec![10, 11, 12], Some("3-12")));
        all.insert(0, 1);
        assert_eq!(page(&all, next.as_ref()).0, [13, 14, 15]);
        all.retain(|n| ![1, 12].contains(n));
        assert_eq!(page(&all, next.as_ref()).0, [13, 14, 15]);
        let (rows, end) = page(&all, crate::Shape::AT.read("5-15").as_ref());
        assert_eq!((rows, end), (vec![16, 17], None));
        for beyond in ["99-99", "0-0", "9223372036854775807-9"] {
            assert!(page(&all, crate::Shape::AT.read(beyond).as_ref()).0.len() <= 3, "{beyond}");
        }
        assert_eq!(page(&[], None), (Vec::new(), None));
    }
}
