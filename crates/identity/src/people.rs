//! What other modules ask about people: their names, who works where, and whether someone may do something.

use base::{Actor, Id, Instant, Permission, Role};
use std::collections::HashMap;
use store::{Sql, StoreError, Tx, Value, params};

/// Names asked for at once; more than any page shows.
const NAMES_MAX: usize = 500;

store::statements! {
    /// Grants of an account in force on a day ($2).
    pub GRANTS_IN_FORCE = "SELECT g.role, g.agency_path, g.fields, \
        (SELECT 1 FROM own_role_permission p WHERE p.role_id = g.own_role AND p.permission = $3) AS own FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.account_id = $1 AND a.state = 'active' AND g.revoked_at IS NULL AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) LIMIT 200";
    /// Administrators in force at exactly the path $1, on a day ($2), invented people left out.
    pub ADMINISTRATORS_AT = "SELECT count(DISTINCT a.id) AS n FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role = 'administrator' AND g.agency_path = $1 AND a.state = 'active' AND NOT a.invented AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2)";
    /// Officials with a grant in force on a day ($1), in the order of their ids, after one ($2).
    pub OFFICIALS = "SELECT DISTINCT a.id FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE a.id > $2 AND a.kind = 'official' AND a.state = 'active' AND g.revoked_at IS NULL AND g.valid_from <= $1 \
        AND (g.valid_to IS NULL OR g.valid_to >= $1) ORDER BY a.id LIMIT $3";
    /// Heads whose grant reaches the unit with path $1 on a day ($2), those of the nearest unit first.
    pub HEADS = "SELECT a.id, g.agency_path FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role IN ('division-head', 'leader') AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY length(g.agency_path) DESC, a.id LIMIT 100";
    /// People who hold a role over an agency, by name; programs are nobody to give work to.
    pub PEOPLE_OF_ROLE = "SELECT a.id, a.name, g.fields FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE g.role = $3 AND a.machine IS NULL AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
        AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY a.name, a.id LIMIT 200";
    /// People who hold a role of the province's own that carries a permission ($3) over an agency, by name.
    pub PEOPLE_OF_OWN = "SELECT a.id, a.name, g.fields FROM account_grant g JOIN account a ON a.id = g.account_id \
        JOIN own_role_permission p ON p.role_id = g.own_role \
        WHERE p.permission = $3 AND a.machine IS NULL AND $1 LIKE g.agency_path || '%' AND a.state = 'active' AND g.revoked_at IS NULL \
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

/// Whether a row's grant covers a field; none: everything.
fn covers(row: &store::Row, field: Option<&str>) -> Result<bool, StoreError> {
    let fields = crate::store::fields(row)?;
    Ok(fields.is_none_or(|fields| field.is_some_and(|field| fields.contains(field))))
}

/// The people who may do something at the agency with that path, in one field or (none) in all, by name.
pub async fn people_who(
    tx: &Tx,
    permission: Permission,
    path: &str,
    field: Option<&str>,
    now: Instant,
) -> Result<Vec<(Id, String)>, StoreError> {
    let roles = Role::ALL.iter().filter(|role| role.allows(permission)).map(|role| (PEOPLE_OF_ROLE, role.as_str()));
    let mut people: Vec<(Id, String)> = Vec::new();
    for (statement, word) in roles.chain([(PEOPLE_OF_OWN, permission.name)]) {
        for row in tx.query(statement, params![path, now.date(), word]).await? {
            if covers(&row, field)? {
                people.push((row.get("id")?, row.get("name")?));
            }
        }
    }
    people.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    people.dedup();
    Ok(people)
}

/// Whether an account may do something at the agency with that path, in every field, today.
pub async fn may_at(
    tx: &Tx,
    account: Id,
    permission: Permission,
    path: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    may(tx, account, permission, (path, None), now).await
}

/// The same for something that lies in one field.
pub async fn may_in(
    tx: &Tx,
    account: Id,
    permission: Permission,
    path: &str,
    field: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    may(tx, account, permission, (path, Some(field)), now).await
}

async fn may(
    tx: &Tx,
    account: Id,
    permission: Permission,
    (path, field): (&str, Option<&str>),
    now: Instant,
) -> Result<bool, StoreError> {
    for row in tx.query(GRANTS_IN_FORCE, params![account, now.date(), permission.name]).await? {
        let (role, reach): (String, String) = (row.get("role")?, row.get("agency_path")?);
        let own = row.get::<Option<i64>>("own")?.is_some();
        let allows = own || role.parse::<Role>().is_ok_and(|role| role.allows(permission));
        let reaches = reach.starts_with('/') && reach.ends_with('/') && path.starts_with(&reach);
        if allows && reaches && covers(&row, field)? {
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
