//! What acts look things up in: the agencies, the calendar, the catalogue as it stands.

use base::{Fault, Id};
use catalogue::Shelf;
use organisation::House;
use std::sync::Arc;
use web::Ctx;

/// Agencies, calendar and catalogue.
#[derive(Clone)]
pub struct Rooms {
    pub house: House,
    pub shelf: Arc<Shelf>,
}

impl Rooms {
    /// Those of a request.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(ctx: &Ctx) -> Result<Rooms, Fault> {
        let shelf = catalogue::fresh_shelf(&ctx.app, ctx.now).await?;
        Ok(Rooms { house: House::of(&ctx.app).await?, shelf })
    }
}

impl records::House for Rooms {
    fn path(&self, unit: Id) -> &str {
        self.house.tree.path(unit)
    }
}
