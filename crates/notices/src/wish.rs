//! What an official wants to be told beyond what everybody is.

use crate::store as sql;
use ::store::{StoreError, Tx, params};
use base::Id;

/// How an official is told of work assigned to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Assigned {
    /// Not at all: it stands in the worklist.
    #[default]
    Off,
    /// In the box, and with the weekly digest.
    Digest,
    /// At once, over every channel.
    Now,
}
base::closed_list!(Assigned, { Off => "off", Digest => "digest", Now => "now" });

/// An official's wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    pub assigned: Assigned,
    /// The weekly digest by e-mail too, once an address is confirmed.
    pub digest: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Wishes { assigned: Assigned::Off, digest: true }
    }
}

/// What an account wants.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, account: Id) -> Result<Wishes, StoreError> {
    let Some(row) = tx.query_opt(sql::WISH, params![account]).await? else { return Ok(Wishes::default()) };
    let assigned = Assigned::read(&row.get::<String>("assigned")?).unwrap_or_default();
    Ok(Wishes { assigned, digest: row.get("digest")? })
}

/// Wants it so from now on.
///
/// # Errors
/// The database's.
pub async fn set(tx: &Tx, account: Id, wishes: Wishes) -> Result<(), StoreError> {
    tx.execute(sql::SET_WISH, params![account, wishes.assigned.as_str(), wishes.digest]).await?;
    Ok(())
}
