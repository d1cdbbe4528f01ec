//! What acts on assessments look things up in.

use crate::assessment::criteria::Sets;
use base::{Fault, Id};
use organisation::House;
use std::sync::Arc;
use web::Ctx;

/// Agencies and calendar, and the sets of criteria.
#[derive(Clone)]
pub struct Rooms {
    pub house: House,
    pub sets: Arc<Sets>,
}

impl Rooms {
    /// Those of the application.
    pub(crate) async fn of(ctx: &Ctx) -> Result<Rooms, Fault> {
        Ok(Rooms { house: House::of(&ctx.app).await?, sets: Sets::of(&ctx.app) })
    }
}

impl records::House for Rooms {
    fn path(&self, unit: Id) -> &str {
        records::House::path(&self.house, unit)
    }
}
