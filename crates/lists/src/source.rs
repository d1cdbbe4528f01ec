//! Where a list's rows come from: SQL of the room's, one range of an index for each lane.

use crate::key::Key;
use base::Fault;
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
