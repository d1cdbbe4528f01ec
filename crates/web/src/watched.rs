//! What a process keeps in memory of the database while other processes change it too.

use crate::app::App;
use base::{Fault, Instant};
use futures_util::future::BoxFuture;
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{StoreError, Tx};

/// A value read whole, whose changes are counted in the database.
pub trait Watched: Any + Send + Sync + Sized {
    /// How many changes there were, whoever made them.
    fn revision(tx: &Tx) -> BoxFuture<'_, Result<i64, StoreError>>;
    /// Reads it.
    fn load<'t>(tx: &'t Tx, app: &'t App) -> BoxFuture<'t, Result<Self, Fault>>;
    /// Puts in place, or forgets, what followed from the one before.
    fn placed(_: &App, _: &Arc<Self>) {}
}

/// Of which revision the value in memory is.
struct Read<T> {
    revision: i64,
    look: Look,
    of: PhantomData<fn() -> T>,
}

/// Reads it anew and puts it in place: at the start, and after every change made here.
///
/// # Errors
/// The database's, and what [`Watched::load`] says of rows that make no value.
pub async fn reload<T: Watched>(app: &App) -> Result<Arc<T>, Fault> {
    let of = app.clone();
    let read = app
        .db
        .read(move |tx| Box::pin(async move { Ok::<_, Fault>((T::revision(tx).await?, T::load(tx, &of).await?)) }));
    let (revision, value) = read.await?;
    let value = app.put(value);
    T::placed(app, &value);
    app.put(Read::<T> { revision, look: Look::default(), of: PhantomData });
    Ok(value)
}

/// The value as it stands now, read again first if another process has changed it (looked at every two seconds).
///
/// # Errors
/// As [`reload`].
pub async fn fresh<T: Watched>(app: &App, now: Instant) -> Result<Arc<T>, Fault> {
    let (Some(value), Some(read)) = (app.get::<T>(), app.get::<Read<T>>()) else { return reload(app).await };
    if !read.look.is_due(now) || app.db.read(T::revision).await? == read.revision {
        return Ok(value);
    }
    reload(app).await
}

/// When somebody last looked for changes of others (ms); never at first.
#[derive(Default)]
struct Look(AtomicI64);

/// Longest time another process's change goes unnoticed.
const LOOK_EVERY_MS: i64 = 2_000;

impl Look {
    /// Whether it is time to look again, which counts as looking: of requests that come at once, few do. A clock set back
    /// (rehearsals) looks as well.
    fn is_due(&self, now: Instant) -> bool {
        let due = !(0..LOOK_EVERY_MS).contains(&(now.0 - self.0.load(Ordering::Relaxed)));
        if due {
            self.0.store(now.0, Ordering::Relaxed);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_due_every_two_seconds_and_when_the_clock_was_set_back() {
        let at = |ms: i64| Instant(1_800_000_000_000 + ms);
        let look = Look::default();
        let due: Vec<bool> = [0, 1_999, 2_000, 2_001, 4_000, 3_000, 3_001].map(|ms| look.is_due(at(ms))).to_vec();
        assert_eq!(due, [true, false, true, false, true, true, false]);
    }
}
