//! All programmes steered: the shipped ones, and those put in force on the form.

use crate::drafts;
use crate::programme::Programmes;
use base::{Fault, Instant};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use web::{App, Ctx};

/// Longest time another process's decision goes unnoticed.
const LOOK_EVERY_MS: i64 = 2_000;

struct Steered {
    programmes: Arc<Programmes>,
    /// How many were put in force: none is ever taken back or changed.
    in_force: i64,
    looked_at: AtomicI64,
}

/// All programmes steered now.
pub(crate) async fn programmes(ctx: &Ctx) -> Result<Arc<Programmes>, Fault> {
    let now = ctx.now;
    let Some(known) = ctx.app.get::<Steered>() else { return reload(&ctx.app, now).await };
    if (0..LOOK_EVERY_MS).contains(&(now.0 - known.looked_at.load(Ordering::Relaxed))) {
        return Ok(known.programmes.clone());
    }
    known.looked_at.store(now.0, Ordering::Relaxed);
    let in_force =
        ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::in_force_count(tx).await?) })).await?;
    if in_force == known.in_force { Ok(known.programmes.clone()) } else { reload(&ctx.app, now).await }
}

/// Reads them anew; called after every decision.
pub(crate) async fn reload(app: &App, now: Instant) -> Result<Arc<Programmes>, Fault> {
    let kept = app.db.read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::in_force(tx).await?) })).await?;
    let mut all = Programmes::shipped().all().to_vec();
    for draft in &kept {
        all.push(draft.programme()?);
    }
    let programmes = Arc::new(Programmes::of(all).map_err(|why| Fault::internal(std::io::Error::other(why)))?);
    let in_force = i64::try_from(kept.len()).map_err(Fault::internal)?;
    app.put(Steered { programmes: programmes.clone(), in_force, looked_at: AtomicI64::new(now.0) });
    Ok(programmes)
}
