//! What acts of a register look units and days up in.

use crate::{Agency, Tree};
use ::store::{StoreError, Tx};
use base::calendar::Calendar;
use base::{Actor, Fault, Id, Permission};
use std::sync::Arc;
use web::App;

/// The agencies and the working calendar, as they stand now.
#[derive(Clone)]
pub struct House {
    pub tree: Arc<Tree>,
    pub calendar: Calendar,
}

impl House {
    /// Those of the application.
    ///
    /// # Errors
    /// The database's, where the tree is not in memory yet.
    pub async fn of(app: &App) -> Result<House, Fault> {
        Ok(House { tree: crate::tree_of(app).await?, calendar: crate::calendar_of(app) })
    }

    /// Those of this transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(tx: &Tx) -> Result<House, StoreError> {
        Ok(House { tree: Arc::new(crate::load_tree(tx).await?), calendar: crate::load_calendar(tx).await? })
    }

    /// A unit's name as it stands, with its agency before it: every commune has a division of the same name. Empty for an unknown one.
    pub fn name(&self, unit: Id) -> String {
        let Some(agency) = self.tree.get(unit) else { return String::new() };
        match self.tree.house_of(unit).filter(|house| house.id != unit) {
            Some(house) => format!("{} · {}", house.short_name, agency.name),
            None => agency.name.clone(),
        }
    }

    /// The first post of somebody that allows something in every field at a unit that stands.
    pub fn post(&self, actor: &Actor, right: Permission) -> Option<&Agency> {
        let allowed = |grant: &&base::Grant| grant.fields.is_none() && grant.allows(right);
        let mut units = actor.grants.iter().filter(allowed).filter_map(|grant| self.tree.get(grant.agency));
        units.find(|unit| unit.valid_to.is_none())
    }

    /// The units of somebody's scopes, ended ones too; none for who reads the whole of the tree.
    pub fn units(&self, actor: &Actor, right: Permission) -> Option<Vec<Id>> {
        let scopes = actor.scopes(right);
        if self.tree.root().is_some_and(|root| scopes.contains(&root.path.as_str())) {
            return None;
        }
        let within = |unit: &&Agency| scopes.iter().any(|scope| unit.path.starts_with(scope));
        Some(self.tree.all().iter().filter(within).map(|unit| unit.id).collect())
    }
}

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        self.tree.path(unit)
    }
}
