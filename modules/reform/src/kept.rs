//! Sums remembered between requests, each read by one request at a time.

use base::Fault;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Remembered values by key, each with the stamp it was read at: a generation of the roll-up, or a time.
pub(crate) struct Kept<K, S, V> {
    max: usize,
    slots: Mutex<HashMap<K, Slot<S, V>>>,
}

struct Slot<S, V> {
    value: Option<(S, Arc<V>)>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl<K: Hash + Eq, S: Copy, V> Kept<K, S, V> {
    /// At most `max` values are kept; beyond it all are forgotten.
    pub(crate) fn new(max: usize) -> Self {
        Self { max, slots: Mutex::default() }
    }

    /// What is remembered, and when it was read.
    pub(crate) fn get(&self, key: &K) -> Option<(S, Arc<V>)> {
        self.slots().get(key).and_then(|slot| slot.value.clone())
    }

    /// Remembers a value in the place of what was remembered before.
    pub(crate) fn put(&self, key: K, stamp: S, value: V) -> Arc<V> {
        let value = Arc::new(value);
        self.slot(key, |slot| slot.value = Some((stamp, value.clone())));
        value
    }

    /// Whose turn it is to read a value: the others wait, and then find it remembered.
    pub(crate) fn turn(&self, key: K) -> Arc<tokio::sync::Mutex<()>> {
        self.slot(key, |slot| slot.turn.clone())
    }

    /// What `read` finds. It is asked first without leave to sum, and answers `None` when the sums it needs are not
    /// remembered; then the others wait for one request that has leave.
    pub(crate) async fn in_turn<T, R>(&self, key: K, read: impl Fn(bool) -> R) -> Result<Option<T>, Fault>
    where
        R: Future<Output = Result<Option<T>, Fault>>,
    {
        if let Some(found) = read(false).await? {
            return Ok(Some(found));
        }
        let turn = self.turn(key);
        let _turn = turn.lock().await;
        read(true).await
    }

    fn slot<T>(&self, key: K, f: impl FnOnce(&mut Slot<S, V>) -> T) -> T {
        let mut slots = self.slots();
        if slots.len() >= self.max && !slots.contains_key(&key) {
            slots.clear();
        }
        f(slots.entry(key).or_insert_with(|| Slot { value: None, turn: Arc::default() }))
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<K, Slot<S, V>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_value_is_remembered_and_no_more_values_than_agreed() {
        let kept: Kept<u8, i64, &str> = Kept::new(2);
        assert!(kept.get(&1).is_none());
        kept.put(1, 10, "one");
        kept.put(1, 11, "one again");
        kept.put(2, 10, "two");
        assert_eq!(kept.get(&1).map(|(stamp, value)| (stamp, *value)), Some((11, "one again")));
        kept.put(3, 10, "three");
        assert!(kept.get(&1).is_none() && kept.get(&2).is_none() && kept.get(&3).is_some());
    }

    #[tokio::test]
    async fn of_many_who_want_a_value_at_once_one_reads_it() {
        let kept: Arc<Kept<u8, i64, usize>> = Arc::new(Kept::new(2));
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..16 {
            let kept = kept.clone();
            tasks.spawn(async move {
                let turn = kept.turn(1);
                let _turn = turn.lock().await;
                match kept.get(&1) {
                    Some((_, value)) => *value,
                    None => {
                        tokio::task::yield_now().await;
                        *kept.put(1, 0, n)
                    }
                }
            });
        }
        let found: std::collections::HashSet<usize> = tasks.join_all().await.into_iter().collect();
        assert_eq!(found.len(), 1);
    }
}
