//! All definitions: the shipped ones, and those put into force here.

use super::{DEFINITIONS_COUNT, DEFINITIONS_IN_FORCE};
use base::{Fault, Instant};
use facts::{Indicators, Measures};
use std::sync::Arc;
use store::{BoxFuture, StoreError, Tx};
use web::{App, Watched};

pub(super) const SHIPPED: [&str; 5] = [
    include_str!("../../../../data/indicators/one-stop.toml"),
    include_str!("../../../../data/indicators/feedback.toml"),
    include_str!("../../../../data/indicators/initiatives.toml"),
    include_str!("../../../../data/indicators/control.toml"),
    include_str!("../../../../data/indicators/desk.toml"),
];

/// All of them as this process knows them.
pub(super) struct Known(Arc<Indicators>);

/// What the modules of this program count; without any, nothing is defined.
fn measures(app: &App) -> Measures {
    let kinds = app.get::<records::Kinds>();
    let counted = kinds.map(|kinds| records::measures(&kinds.all)).transpose();
    counted.unwrap_or_default().unwrap_or_default()
}

/// The definitions shipped with the program, over what its modules count.
pub fn shipped(counted: &Measures) -> Indicators {
    // A test reads the files; an empty list stands in so that nothing here can panic.
    Indicators::from_toml(&SHIPPED, counted).unwrap_or_default()
}

/// All definitions as this process knows them; the shipped ones before [`refresh`].
pub(crate) fn indicators(app: &App) -> Arc<Indicators> {
    let shipped = || app.put(Known(Arc::new(shipped(&measures(app)))));
    app.get::<Known>().unwrap_or_else(shipped).0.clone()
}

impl Watched for Known {
    fn revision(tx: &Tx) -> BoxFuture<'_, Result<i64, StoreError>> {
        Box::pin(async { tx.query_one(DEFINITIONS_COUNT, &[]).await?.get("n") })
    }

    fn load<'t>(tx: &'t Tx, app: &'t App) -> BoxFuture<'t, Result<Known, Fault>> {
        Box::pin(async {
            let rows = tx.query(DEFINITIONS_IN_FORCE, &[]).await?;
            let bodies = rows.iter().map(|row| row.get("body")).collect::<Result<Vec<String>, _>>()?;
            let files: Vec<&str> = SHIPPED.into_iter().chain(bodies.iter().map(String::as_str)).collect();
            let all = Indicators::from_toml(&files, &measures(app));
            Ok(Known(Arc::new(all.map_err(|why| Fault::internal(std::io::Error::other(why)))?)))
        })
    }

    /// Sums remembered under the old ones are forgotten.
    fn placed(app: &App, _: &Arc<Known>) {
        crate::live::forget(app);
        crate::units::forget(app);
    }
}

/// Looks whether another process has put one into force; asked before every request, and at the start.
///
/// # Errors
/// The database's.
pub async fn refresh(app: &App, now: Instant) -> Result<(), Fault> {
    web::fresh::<Known>(app, now).await.map(|_| ())
}
