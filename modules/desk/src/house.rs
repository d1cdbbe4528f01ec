//! What acts at the counter look things up in: agencies, the working calendar, the fields of procedures.

use base::{Fault, Id, Level};
use organisation::{Agency, Kind};
use std::sync::Arc;
use web::Ctx;

/// The agencies and the calendar, and which fields procedures have today.
#[derive(Clone)]
pub struct House {
    pub org: organisation::House,
    /// Code and name of each field, in order of the names.
    pub fields: Arc<Vec<(String, String)>>,
}

impl House {
    /// As it stands for a request.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(ctx: &Ctx) -> Result<House, Fault> {
        let org = organisation::House::of(&ctx.app).await?;
        let fields = catalogue::shelf(&ctx.app).fields(ctx.now.date());
        Ok(House { org, fields: Arc::new(fields.into_iter().map(|(code, name, _)| (code, name)).collect()) })
    }

    /// The reception unit of that identifier, if one stands.
    pub fn desk(&self, code: &str) -> Option<&Agency> {
        self.org.tree.by_code(code).filter(|unit| is_desk(unit))
    }

    /// Every reception unit that stands, in the order of the tree.
    pub fn desks(&self) -> impl Iterator<Item = &Agency> {
        self.org.tree.all().iter().filter(|unit| is_desk(unit))
    }

    /// What a desk is called outside: its committee's or department's name before its own.
    pub fn name(&self, unit: Id) -> String {
        self.org.name(unit)
    }

    /// The identifier of a desk, for addresses.
    pub fn code(&self, unit: Id) -> String {
        self.org.tree.get(unit).map(|unit| unit.code.clone()).unwrap_or_default()
    }

    /// The name of a field; its code where the catalogue has none of it any more.
    pub fn field(&self, code: &str) -> String {
        self.fields.iter().find(|(known, _)| known == code).map_or_else(|| code.to_owned(), |(_, name)| name.clone())
    }

    /// The level a unit counts for.
    pub fn level(&self, unit: Id) -> Level {
        self.org.tree.get(unit).map_or(Level::Province, |unit| unit.level)
    }
}

/// Whether a unit receives people: a service centre that stands.
pub fn is_desk(unit: &Agency) -> bool {
    unit.kind == Kind::ServiceCentre && unit.valid_to.is_none()
}

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        self.org.tree.path(unit)
    }
}
