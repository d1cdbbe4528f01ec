//! All programmes steered: the shipped ones, and those put in force on the form.

use crate::drafts;
use crate::programme::Programmes;
use base::Fault;
use std::sync::Arc;
use store::{BoxFuture, StoreError, Tx};
use web::{App, Ctx, Watched};

struct Steered(Arc<Programmes>);

impl Watched for Steered {
    /// None is ever taken back; what happens to one is that its agencies are reorganised.
    fn revision(tx: &Tx) -> BoxFuture<'_, Result<i64, StoreError>> {
        Box::pin(drafts::in_force_count(tx))
    }

    fn load<'t>(tx: &'t Tx, _: &'t App) -> BoxFuture<'t, Result<Steered, Fault>> {
        Box::pin(async {
            let mut all = Programmes::shipped().all().to_vec();
            all.extend(drafts::in_force(tx).await?.iter().map(|held| held.state.steered()));
            let all = Programmes::of(all).map_err(|why| Fault::internal(std::io::Error::other(why)))?;
            Ok(Steered(Arc::new(all)))
        })
    }
}

/// All programmes steered now.
pub(crate) async fn programmes(ctx: &Ctx) -> Result<Arc<Programmes>, Fault> {
    Ok(web::fresh::<Steered>(&ctx.app, ctx.now).await?.0.clone())
}

/// All programmes as this process knows them.
pub(crate) fn known(app: &App) -> Arc<Programmes> {
    app.get::<Steered>().map_or_else(|| Arc::new(Programmes::shipped().clone()), |known| known.0.clone())
}

/// Reads them anew; called after every decision.
pub(crate) async fn reload(app: &App) -> Result<(), Fault> {
    web::reload::<Steered>(app).await.map(|_| ())
}
