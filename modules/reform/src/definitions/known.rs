//! All definitions: the shipped ones, and those put into force here.

use super::{DEFINITIONS_COUNT, DEFINITIONS_IN_FORCE};
use base::{Fault, Instant};
use facts::{Indicators, Measures};
use std::sync::Arc;
use web::{App, Look};

pub(super) const SHIPPED: [&str; 3] = [
    include_str!("../../../../data/indicators/one-stop.toml"),
    include_str!("../../../../data/indicators/feedback.toml"),
    include_str!("../../../../data/indicators/initiatives.toml"),
];

struct Known {
    all: Arc<Indicators>,
    in_force: i64,
    look: Look,
}

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

/// The shipped ones, read once.
struct Shipped(Arc<Indicators>);

/// All definitions as this process knows them; see [`refresh`].
pub(crate) fn indicators(app: &App) -> Arc<Indicators> {
    if let Some(known) = app.get::<Known>() {
        return known.all.clone();
    }
    if let Some(shipped) = app.get::<Shipped>() {
        return shipped.0.clone();
    }
    let all = Arc::new(shipped(&measures(app)));
    app.put(Shipped(all.clone()));
    all
}

/// Looks whether another process has put one into force; asked before every request, and at the start.
///
/// # Errors
/// The database's.
pub async fn refresh(app: &App, now: Instant) -> Result<(), Fault> {
    let known = app.get::<Known>();
    if known.as_ref().is_some_and(|known| !known.look.is_due(now)) {
        return Ok(());
    }
    let count = app.db.read(|tx| {
        Box::pin(async move { Ok::<_, Fault>(tx.query_one(DEFINITIONS_COUNT, &[]).await?.get::<i64>("n")?) })
    });
    let count = count.await?;
    if known.is_some_and(|known| known.in_force == count) { Ok(()) } else { reload(app, now).await }
}

/// Reads them anew; called after every decision. Sums remembered under the old ones are forgotten.
///
/// # Errors
/// The database's.
pub(super) async fn reload(app: &App, now: Instant) -> Result<(), Fault> {
    let bodies = app.db.read(|tx| {
        Box::pin(async move {
            let rows = tx.query(DEFINITIONS_IN_FORCE, &[]).await?;
            rows.iter().map(|row| row.get("body")).collect::<Result<Vec<String>, _>>().map_err(Fault::from)
        })
    });
    let bodies = bodies.await?;
    let files: Vec<&str> = SHIPPED.into_iter().chain(bodies.iter().map(String::as_str)).collect();
    let all =
        Indicators::from_toml(&files, &measures(app)).map_err(|why| Fault::internal(std::io::Error::other(why)))?;
    let in_force = i64::try_from(bodies.len()).map_err(Fault::internal)?;
    app.put(Known { all: Arc::new(all), in_force, look: Look::new(now) });
    crate::live::forget(app);
    crate::units::forget(app);
    Ok(())
}
