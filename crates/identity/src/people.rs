//! What other modules ask about people: their names, who works where, and whether someone may do something.

use base::{Actor, Id, Instant, Permission, Role};
use std::collections::HashMap;
use store::{Sql, StoreError, Tx, Value, params};

/// Names asked for at once; more than any page shows.
const NAMES_MAX: usize = 500;

store::statements! {
    /// Grants of an account in force on a day ($2).
    pub GRANTS_IN_FORCE = "SELECT g.role, g.agency_path FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.account_id = $1 AND a.state = 'active' AND g.revoked_at IS NULL AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) LIMIT 200";
    /// Administrators in force at exactly the path $1, on a day ($2), invented people left out.
    pub ADMINISTRATORS_AT = "SELECT count(DISTINCT a.id) AS n FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role = 'administrator' AND g.agency_path = $1 AND a.state = 'active' AND NOT a.invented AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2)";
    /// People who work on dossiers at the unit with path $1, on a day ($2).
    pub PEOPLE_AT = "SELECT DISTINCT a.id, a.name FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role IN ('officer', 'division-head') AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY a.name, a.id LIMIT 200";
    /// Officials with a grant in force on a day ($1), in the order of their ids, after one ($2).
    pub OFFICIALS = "SELECT DISTINCT a.id FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE a.id > $2 AND a.kind = 'official' AND a.state = 'active' AND g.revoked_at IS NULL AND g.valid_from <= $1 \
        AND (g.valid_to IS NULL OR g.valid_to >= $1) ORDER BY a.id LIMIT $3";
    /// Heads whose grant reaches the unit with path $1 on a day ($2), those of the nearest unit first.
    pub HEADS = "SELECT a.id, g.agency_path FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role IN ('division-head', 'leader') AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY length(g.agency_path) DESC, a.id LIMIT 100";
    /// People who hold a role over an agency, by name.
    pub PEOPLE_OF_ROLE = "SELECT DISTINCT a.id, a.name FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role = $3 AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY a.name, a.id LIMIT 200";
}

/// Names of accounts; unknown ids are left out.
pub async fn names(tx: &Tx, ids: &[Id]) -> Result<HashMap<Id, String>, StoreError> {
    let ids = ids.get(..NAMES_MAX).unwrap_or(ids);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT id, name FROM account WHERE id IN ({})", marks.join(", "));
    let values: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    tx.query(Sql::from(sql), &values).await?.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// How many administrators hold their role at the agency with that path, today.
pub async fn administrators(tx: &Tx, path: &str, now: Instant) -> Result<i64, StoreError> {
    tx.query_one(ADMINISTRATORS_AT, params![path, now.date()]).await?.get("n")
}

/// Officers and heads whose grant reaches the unit with that path, by name.
pub async fn people_at(tx: &Tx, path: &str, now: Instant) -> Result<Vec<(Id, String)>, StoreError> {
    let rows = tx.query(PEOPLE_AT, params![path, now.date()]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// The people who may do something at the agency with that path, by name.
pub async fn people_who(
    tx: &Tx,
    permission: Permission,
    path: &str,
    now: Instant,
) -> Result<Vec<(Id, String)>, StoreError> {
    let mut people: Vec<(Id, String)> = Vec::new();
    for role in Role::ALL.iter().filter(|role| role.allows(permission)) {
        for row in tx.query(PEOPLE_OF_ROLE, params![path, now.date(), role.as_str()]).await? {
            people.push((row.get("id")?, row.get("name")?));
        }
    }
    people.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    people.dedup();
    Ok(people)
}

/// Whether an account may do something at the agency with that path, today.
pub async fn may_at(
    tx: &Tx,
    account: Id,
    permission: Permission,
    path: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    for row in tx.query(GRANTS_IN_FORCE, params![account, now.date()]).await? {
        let (role, reach): (String, String) = (row.get("role")?, row.get("agency_path")?);
        let allows = role.parse::<Role>().is_ok_and(|role| role.allows(permission));
        if allows && reach.starts_with('/') && reach.ends_with('/') && path.starts_with(&reach) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Officials who hold a post today, in the order of their ids: at most `limit` after one.
pub async fn officials(tx: &Tx, after: Id, limit: i64, now: Instant) -> Result<Vec<Id>, StoreError> {
    tx.query(OFFICIALS, params![now.date(), after, limit]).await?.iter().map(|row| row.get("id")).collect()
}

/// Somebody as who acts, without a session: what they may see is what they would see signed in. None for an account that is
/// closed or rests.
pub async fn actor(tx: &Tx, account: Id, now: Instant) -> Result<Option<Actor>, StoreError> {
    let Some(row) = tx.query_opt(crate::store::ACCOUNT_GET, params![account]).await? else { return Ok(None) };
    let known = crate::store::account(&row)?;
    if known.state != crate::State::Active {
        return Ok(None);
    }
    let grants = crate::sessions::live_grants(tx, account, known.kind, now).await?;
    let citizen_number = known.citizen_number.filter(|_| known.proven_at.is_some());
    Ok(Some(Actor { account, name: known.name, grants, citizen_number }))
}

/// The heads of the unit with that path, today; where it has none, those of the nearest unit above it.
pub async fn heads_of(tx: &Tx, path: &str, now: Instant) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query(HEADS, params![path, now.date()]).await?;
    let nearest = rows.first().map(|row| row.get::<String>("agency_path")).transpose()?;
    let mut heads = Vec::new();
    for row in &rows {
        if Some(row.get::<String>("agency_path")?) == nearest {
            heads.push(row.get("id")?);
        }
    }
    heads.dedup();
    Ok(heads)
}
