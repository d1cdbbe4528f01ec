//! Whether anything can be written now.

use crate::app::App;
use base::Fault;
use std::time::{Duration, Instant};
use store::params;
use tokio::sync::Mutex;

/// An answer is good for so long: whoever asks every instant costs no more than who asks once a second.
const KEPT: Duration = Duration::from_secs(1);
/// A database that takes longer than this is not ready.
const WAIT: Duration = Duration::from_secs(5);
/// Room a writing action needs at least: some pages of SQLite. PostgreSQL packs it into the row.
const ROOM_BYTES: usize = 16 * 1024;

store::statements! {
    /// Takes room and gives it back, in one transaction: the database does not grow by being asked.
    pub BEAT = "UPDATE web_pulse SET at = $1, room = $2 WHERE id = 1";
}

/// When it was last found out, and what.
#[derive(Default)]
struct Pulse(Mutex<Option<(Instant, bool)>>);

/// Whether the database answers and takes something in; found out at most once a second.
pub async fn can_write(app: &App) -> bool {
    let pulse = app.own::<Pulse>();
    // Those who ask at once wait for one answer.
    let mut last = pulse.0.lock().await;
    if let Some((at, can)) = *last
        && at.elapsed() < KEPT
    {
        return can;
    }
    let (db, now) = (app.db.clone(), app.clock.now());
    let beat = db.write(move |tx| {
        Box::pin(async move {
            for room in ["-".repeat(ROOM_BYTES), String::new()] {
                tx.execute(BEAT, params![now, room]).await?;
            }
            Ok::<_, Fault>(())
        })
    });
    let can = matches!(tokio::time::timeout(WAIT, beat).await, Ok(Ok(())));
    *last = Some((Instant::now(), can));
    can
}
