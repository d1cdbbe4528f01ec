//! All programmes steered: the shipped ones, and those put in force on the form.

use crate::drafts;
use crate::programme::Programmes;
use base::{Fault, Instant};
use std::sync::Arc;
use web::{App, Ctx, Look};

struct Steered {
    programmes: Arc<Programmes>,
    /// How many were put in force: none is ever taken back or changed.
    in_force: i64,
    look: Look,
}

/// All programmes steered now.
pub(crate) async fn programmes(ctx: &Ctx) -> Result<Arc<Programmes>, Fault> {
    let now = ctx.now;
    let Some(known) = ctx.app.get::<Steered>() else { return reload(&ctx.app, now).await };
    if !known.look.is_due(now) {
        return Ok(known.programmes.clone());
    }
    let in_force =
        ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::in_force_count(tx).await?) })).await?;
    if in_force == known.in_force { Ok(known.programmes.clone()) } else { reload(&ctx.app, now).await }
}

/// All programmes as this process knows them.
pub(crate) fn known(app: &App) -> Arc<Programmes> {
    app.get::<Steered>().map_or_else(|| Arc::new(Programmes::shipped().clone()), |known| known.programmes.clone())
}

/// Reads them anew; called after every decision.
pub(crate) async fn reload(app: &App, now: Instant) -> Result<Arc<Programmes>, Fault> {
    let kept = app.db.read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::in_force(tx).await?) })).await?;
    let mut all = Programmes::shipped().all().to_vec();
    all.extend(kept.iter().map(|held| held.state.steered()));
    let programmes = Arc::new(Programmes::of(all).map_err(|why| Fault::internal(std::io::Error::other(why)))?);
    let in_force = i64::try_from(kept.len()).map_err(Fault::internal)?;
    app.put(Steered { programmes: programmes.clone(), in_force, look: Look::new(now) });
    Ok(programmes)
}
