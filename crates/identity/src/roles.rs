//! Roles that a province makes itself, as data: a name and the permissions it carries. One person who keeps accounts asks for
//! one, a second of the whole province confirms it; then it is granted like any other. What a role carries never changes under
//! those who hold it: a different set of permissions is a different role.

use base::{Actor, Fault, Id, Instant, OwnRole, Permission, Problem, Role};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Row, StoreError, Tx, params};

use crate::accounts::BASIS_CHARS_MAX;
use crate::proof::KEPT;
use crate::rights::{CONFIRM_GRANTS, KEEP_ACCOUNTS};
use crate::{actions, dues, new_id};

/// Longest name of a role, in letters.
pub const NAME_CHARS_MAX: usize = 80;
/// Roles of a province's own that stand or wait at once.
pub const ROLES_MAX: i64 = 100;

store::statements! {
    /// A role is asked for.
    pub ROLE_INSERT = "INSERT INTO own_role (id, name_vi, name_en, basis, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// One thing it carries.
    pub ROLE_CARRIES = "INSERT INTO own_role_permission (role_id, permission) VALUES ($1, $2)";
    /// Roles, the newest first.
    pub ROLES_ALL = "SELECT id, name_vi, name_en, basis, asked_by, asked_at, outcome, ended_at FROM own_role ORDER BY id DESC LIMIT 200";
    /// What every role carries.
    pub ROLES_CARRY = "SELECT role_id, permission FROM own_role_permission ORDER BY role_id, permission LIMIT 20000";
    /// One role, kept from others until the transaction ends.
    pub ROLE_LOCK = sqlite "SELECT id, name_vi, name_en, basis, asked_by, asked_at, outcome, ended_at FROM own_role WHERE id = $1",
        postgres "SELECT id, name_vi, name_en, basis, asked_by, asked_at, outcome, ended_at FROM own_role WHERE id = $1 FOR UPDATE";
    /// Roles that stand or wait.
    pub ROLES_OPEN = "SELECT count(*) AS n FROM own_role WHERE ended_at IS NULL AND (outcome IS NULL OR outcome = 'confirmed')";
    /// It is decided.
    pub ROLE_DECIDE = "UPDATE own_role SET decided_by = $2, decided_at = $3, outcome = $4 WHERE id = $1 AND outcome IS NULL";
    /// It is granted no more.
    pub ROLE_END = "UPDATE own_role SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL AND outcome = 'confirmed'";
    /// Grants of it that give something today or later.
    pub ROLE_HELD = "SELECT count(*) AS n FROM account_grant WHERE own_role = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to >= $2)";
}

/// Where a role of the province's own stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A second person has yet to look at it.
    Waits,
    /// It can be granted.
    Stands,
    /// It is granted no more, or never was.
    Over,
}

/// A role with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Names and what it carries.
    pub role: Arc<OwnRole>,
    /// Where it stands.
    pub standing: Standing,
    /// The decision it rests on.
    pub basis: String,
    /// Who asked for it.
    pub asked_by: Id,
    /// When.
    pub asked_at: Instant,
}

/// A role to be made.
#[derive(Clone, Debug, Default)]
pub struct NewRole {
    /// Its name in Vietnamese.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
    /// Names of the permissions it is to carry.
    pub permissions: BTreeSet<String>,
    /// The decision it rests on.
    pub basis: String,
}

/// Whether a permission is for officials: some official role of the program carries it, or none at all does.
pub fn is_for_officials(permission: &Permission) -> bool {
    permission.roles.is_empty() || permission.roles.iter().any(|role| role.is_official())
}

/// The first two of some permissions that one person must not hold together.
pub fn apart(held: &[Permission]) -> Option<(Permission, Permission)> {
    held.iter()
        .enumerate()
        .find_map(|(n, one)| held.iter().skip(n + 1).find(|other| one.excludes(**other)).map(|other| (*one, *other)))
}

/// What can be said about a new role without looking anything up.
///
/// # Errors
/// Every problem, at its field: `name_vi`, `name_en`, `basis`, `permissions`.
pub fn checked(new: &NewRole, known: &[Permission]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (field, text, max) in [
        ("name_vi", &new.name_vi, NAME_CHARS_MAX),
        ("name_en", &new.name_en, NAME_CHARS_MAX),
        ("basis", &new.basis, BASIS_CHARS_MAX),
    ] {
        if text.is_empty() || text.chars().count() > max {
            problems.push(Problem::new("identity-role-text").field(field).arg("max", max));
        }
    }
    let mut carried = Vec::new();
    for name in &new.permissions {
        match known.iter().find(|known| known.name == name && is_for_officials(known)) {
            Some(permission) => carried.push(*permission),
            None => {
                problems.push(Problem::new("identity-role-permission-unknown").field("permissions").arg("name", name))
            }
        }
    }
    if new.permissions.is_empty() {
        problems.push(Problem::new("identity-role-empty").field("permissions"));
    }
    if let Some((one, other)) = apart(&carried) {
        let problem = Problem::new("identity-role-apart").field("permissions");
        problems.push(problem.arg("one", one.name).arg("other", other.name));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether somebody's permission reaches the whole of a tree: a role is the province's, not a unit's.
fn of_all(by: &Actor, permission: Permission) -> Result<Id, Fault> {
    let grant = by.grants.iter().find(|grant| grant.allows(permission) && grant.fields.is_none() && grant.is_whole());
    grant.map(|grant| grant.agency).ok_or_else(|| Fault::Forbidden(Problem::new("identity-role-province")))
}

/// Asks for a role.
///
/// # Errors
/// `Fault::Forbidden` without accounts to keep over the whole province; `Fault::Invalid` with every problem; `Fault::Conflict` for a
/// name that stands or waits already, and when there are too many.
pub async fn ask(tx: &Tx, by: &Actor, new: NewRole, known: &[Permission], now: Instant) -> Result<Id, Fault> {
    let post = of_all(by, KEEP_ACCOUNTS)?;
    checked(&new, known).map_err(Fault::Invalid)?;
    if tx.query_one(ROLES_OPEN, &[]).await?.get::<i64>("n")? >= ROLES_MAX {
        return Err(Fault::Conflict(Problem::new("identity-role-too-many").arg("max", ROLES_MAX)));
    }
    let same = |kept: &Kept| {
        let folded = |text: &str| base::fold(text);
        kept.standing != Standing::Over
            && (folded(&kept.role.name_vi) == folded(&new.name_vi)
                || folded(&kept.role.name_en) == folded(&new.name_en))
    };
    if all(tx).await?.iter().any(same) {
        return Err(Fault::Conflict(Problem::new("identity-role-there").field("name_vi")));
    }
    let id = new_id(now);
    let values = params![id, new.name_vi.as_str(), new.name_en.as_str(), new.basis.as_str(), by.account, now];
    tx.execute(ROLE_INSERT, values).await?;
    for name in &new.permissions {
        tx.execute(ROLE_CARRIES, params![id, name.as_str()]).await?;
    }
    dues::role_waits(tx, id, by.account, now).await?;
    record(tx, id, "role-asked", (by, post), json!({ "carries": new.permissions }), now).await?;
    Ok(id)
}

/// The second person says yes or no, or who asked takes it back.
///
/// # Errors
/// `Fault::Forbidden` for who asked (who may only take it back) and without the whole province; `Fault::NotFound`; `Fault::Conflict`
/// when it is decided.
pub async fn decide(tx: &Tx, by: &Actor, id: Id, yes: bool, now: Instant) -> Result<(), Fault> {
    let kept = one(tx, id).await?;
    let asked_it = kept.asked_by == by.account;
    if asked_it && yes {
        return Err(Fault::Forbidden(Problem::new("identity-request-own")));
    }
    let post = of_all(by, if asked_it { KEEP_ACCOUNTS } else { CONFIRM_GRANTS })?;
    let outcome = match (yes, asked_it) {
        (true, _) => "confirmed",
        (false, true) => "withdrawn",
        (false, false) => "refused",
    };
    if tx.execute(ROLE_DECIDE, params![id, by.account, now, outcome]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-role-decided")));
    }
    dues::over(tx, id).await?;
    record(tx, id, "role-decided", (by, post), json!({ "outcome": outcome }), now).await
}

/// A role is granted no more. Grants of it go on until they are taken back, so it waits for the last of them.
///
/// # Errors
/// `Fault::Forbidden` without the whole province; `Fault::NotFound`; `Fault::Conflict` while somebody holds it, and when it does not
/// stand.
pub async fn end(tx: &Tx, by: &Actor, id: Id, now: Instant) -> Result<(), Fault> {
    let post = of_all(by, KEEP_ACCOUNTS)?;
    one(tx, id).await?;
    let held: i64 = tx.query_one(ROLE_HELD, params![id, now.date()]).await?.get("n")?;
    if held > 0 {
        return Err(Fault::Conflict(Problem::new("identity-role-held").arg("n", held)));
    }
    if tx.execute(ROLE_END, params![id, by.account, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-role-over")));
    }
    record(tx, id, "role-ended", (by, post), json!({}), now).await
}

async fn record(
    tx: &Tx,
    id: Id,
    kind: &'static str,
    (by, post): (&Actor, Id),
    data: serde_json::Value,
    at: Instant,
) -> Result<(), Fault> {
    let event = audit::NewEvent { kind, at, actor: Some(by.account), agency: Some(post), data };
    audit::append_kept(tx, &KEPT, id, event).await?;
    Ok(())
}

/// Every role of the province's own, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn all(tx: &Tx) -> Result<Vec<Kept>, StoreError> {
    let rows = tx.query(ROLES_ALL, &[]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut carries = carried(tx).await?;
    rows.iter().map(|row| read(row, &mut carries)).collect()
}

/// A role by its id.
///
/// # Errors
/// `Fault::NotFound` `identity-role-unknown`.
pub async fn one(tx: &Tx, id: Id) -> Result<Kept, Fault> {
    let row = tx.query_opt(ROLE_LOCK, params![id]).await?.ok_or(Fault::NotFound("identity-role-unknown"))?;
    let mut carries = carried(tx).await?;
    Ok(read(&row, &mut carries)?)
}

/// The roles that can be granted, and are held, by id. None are read where nobody asks for one.
pub(crate) async fn standing(tx: &Tx) -> Result<BTreeMap<Id, Arc<OwnRole>>, StoreError> {
    let all = all(tx).await?.into_iter();
    Ok(all.filter(|kept| kept.standing == Standing::Stands).map(|kept| (kept.role.id, kept.role)).collect())
}

async fn carried(tx: &Tx) -> Result<BTreeMap<Id, BTreeSet<String>>, StoreError> {
    let mut carries: BTreeMap<Id, BTreeSet<String>> = BTreeMap::new();
    for row in tx.query(ROLES_CARRY, &[]).await? {
        carries.entry(row.get("role_id")?).or_default().insert(row.get("permission")?);
    }
    Ok(carries)
}

fn read(row: &Row, carries: &mut BTreeMap<Id, BTreeSet<String>>) -> Result<Kept, StoreError> {
    let id = row.get("id")?;
    let standing = match (row.get::<Option<String>>("outcome")?.as_deref(), row.get::<Option<Instant>>("ended_at")?) {
        (None, _) => Standing::Waits,
        (Some("confirmed"), None) => Standing::Stands,
        _ => Standing::Over,
    };
    let permissions = carries.remove(&id).unwrap_or_default();
    let role = OwnRole { id, name_vi: row.get("name_vi")?, name_en: row.get("name_en")?, permissions };
    Ok(Kept {
        role: Arc::new(role),
        standing,
        basis: row.get("basis")?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
    })
}

/// The permissions of a role of the program or of the province, out of those known.
pub(crate) fn of_role(role: Role, own: Option<&OwnRole>, known: &[Permission]) -> Vec<Permission> {
    let carries = |permission: &&Permission| match own {
        Some(own) => own.permissions.contains(permission.name),
        None => role.allows(**permission),
    };
    known.iter().filter(carries).copied().collect()
}

/// Refuses a role for somebody who holds, now or later, what must not meet with it in one person.
///
/// # Errors
/// `Fault::Invalid` `identity-grant-apart` naming both.
pub(crate) async fn must_not_meet(
    tx: &Tx,
    new: &actions::NewGrant,
    known: &[Permission],
    now: Instant,
) -> Result<(), Fault> {
    let standing = standing(tx).await?;
    let own = |id: Option<Id>| id.and_then(|id| standing.get(&id)).map(Arc::as_ref);
    let mut held = of_role(new.role, own(new.own), known);
    let still = |held: &crate::Held| held.revoked_at.is_none() && held.valid_to.is_none_or(|last| last >= now.date());
    for other in actions::grants(tx, new.account).await?.iter().filter(|held| still(held)) {
        held.extend(of_role(other.role, own(other.own), known));
    }
    match apart(&held) {
        None => Ok(()),
        Some((one, other)) => {
            let problem = Problem::new("identity-grant-apart").field("role");
            Err(Fault::invalid(problem.arg("one", one.name).arg("other", other.name)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Permission = Permission::new("read", &[Role::Clerk]);
    const SIGN: Permission = Permission::new("sign", &[Role::Leader]).apart(&["keep"]);
    const KEEP: Permission = Permission::new("keep", &[Role::Administrator]);
    const OWN: Permission = Permission::new("own", &[Role::Citizen]);
    const KNOWN: &[Permission] = &[READ, SIGN, KEEP, OWN];

    fn role(names: &[&str]) -> NewRole {
        NewRole {
            name_vi: "Trực lãnh đạo".into(),
            name_en: "Leader on duty".into(),
            basis: "QĐ 12/QĐ-UBND".into(),
            permissions: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn codes(new: &NewRole) -> Vec<(&'static str, String)> {
        let problems = checked(new, KNOWN).err().unwrap_or_default();
        problems.into_iter().map(|problem| (problem.code, problem.field.unwrap_or_default())).collect()
    }

    #[test]
    fn a_role_has_two_names_a_basis_and_permissions_of_officials_that_may_meet() {
        assert!(codes(&role(&["read", "sign"])).is_empty());
        let at = |code, field: &str| (code, field.to_owned());
        assert_eq!(codes(&role(&[])), [at("identity-role-empty", "permissions")]);
        assert_eq!(codes(&role(&["read", "own"])), [at("identity-role-permission-unknown", "permissions")]);
        assert_eq!(codes(&role(&["fly"])), [at("identity-role-permission-unknown", "permissions")]);
        assert_eq!(codes(&role(&["keep", "sign"])), [at("identity-role-apart", "permissions")]);
        let nameless = NewRole { name_vi: String::new(), name_en: "x".repeat(81), ..role(&["read"]) };
        assert_eq!(codes(&nameless), [at("identity-role-text", "name_vi"), at("identity-role-text", "name_en")]);
    }

    #[test]
    fn what_must_not_meet_is_found_wherever_it_stands() {
        assert_eq!(apart(&[KEEP, READ, SIGN]), Some((KEEP, SIGN)));
        assert_eq!(apart(&[READ, SIGN]), None);
    }
}
