//! Grants at units that a reorganisation ends: taken back, and given again where the unit's work goes, to the same people.

use crate::actions::{NewGrant, record, write_grant};
use crate::store as sql;
use base::{Date, Fault, Id, Instant, Role};
use serde_json::json;
use std::collections::BTreeSet;
use store::{StoreError, Tx, params};

/// A unit that ends, and the one that takes its work on, with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follows {
    pub old: Id,
    pub new: Id,
    pub path: String,
}

/// How many grants are in force at a unit on a day, or will be.
///
/// # Errors
/// Those of the database.
pub async fn granted_at(tx: &Tx, unit: Id, day: Date) -> Result<i64, StoreError> {
    tx.query_one(sql::GRANTS_AT, params![unit, day]).await?.get("n")
}

/// How many grants are asked for at a unit and not decided: whoever confirms them looks at the unit they were asked for.
///
/// # Errors
/// Those of the database.
pub async fn asked_at(tx: &Tx, unit: Id) -> Result<i64, StoreError> {
    tx.query_one(sql::REQUESTS_AT, params![unit]).await?.get("n")
}

/// Each grant in force ends and is given again, with its role, its fields and its last day: once where somebody had the same at several units that
/// became one. Both stand in the account's chain. `by`: who, and in the name of which agency; `basis`: the decision. Returns how many were taken
/// back.
///
/// # Errors
/// Those of the database.
pub async fn move_grants(
    tx: &Tx,
    by: (Option<Id>, Option<Id>),
    all: &[Follows],
    basis: &str,
    now: Instant,
) -> Result<i64, Fault> {
    let (today, mut moved, mut given) = (now.date(), 0, BTreeSet::new());
    for follows in all {
        for row in tx.query(sql::GRANTS_IN, params![follows.old, today]).await? {
            // A role the program no longer knows gives nothing, here or there: it stays, and stands against the reorganisation.
            let Some(role) = sql::role(&row.get::<String>("role")?) else { continue };
            let (id, account): (Id, Id) = (row.get("id")?, row.get("account_id")?);
            tx.execute(sql::GRANT_REVOKE, params![id, by.0, now]).await?;
            let data = json!({ "grant": id.to_string(), "role": role.as_str(), "at": follows.old, "basis": basis });
            record(tx, account, "role-revoked", by, data, now).await?;
            moved += 1;
            let (from, last): (Date, Option<Date>) = (row.get("valid_from")?, row.get("valid_to")?);
            let new = NewGrant {
                account,
                role,
                own: row.get("own_role")?,
                fields: sql::fields(&row)?,
                agency: follows.new,
                agency_path: follows.path.clone(),
                valid_from: from.max(today),
                valid_to: last,
                basis: basis.to_owned(),
            };
            if given.insert(same(&new)) {
                write_grant(tx, by, new, now).await?;
            }
        }
    }
    Ok(moved)
}

/// By what two grants are the same.
type Same = (Id, Role, Option<Id>, Option<Vec<String>>, Id, Date, Option<Date>);

fn same(new: &NewGrant) -> Same {
    let fields = new.fields.as_ref().map(|fields| fields.iter().cloned().collect());
    (new.account, new.role, new.own, fields, new.agency, new.valid_from, new.valid_to)
}
