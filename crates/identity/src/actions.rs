//! What is done with accounts and grants: one function per act.

use base::{Actor, Date, Fault, Id, Instant, Permission, Problem, Role, System};
use serde_json::json;
use std::collections::BTreeSet;
use store::{StoreError, Tx, params};

use crate::accounts::{Account, BASIS_CHARS_MAX, Held, Kind, NewAccount, State};
use crate::passwords::Hashed;
use crate::proof::KEPT;
use crate::sessions::Opened;
use crate::signing_in::Code;
use crate::tries::Visit;
use crate::vault::{Closed, Vault};
use crate::{devices, new_id, roles, signing_in, store as sql, totp};

/// Makes an account.
///
/// # Errors
/// `Fault::Conflict` `identity-login-taken` when the login or citizen number is in use; it does not say by whom.
pub async fn create_account(tx: &Tx, new: NewAccount, now: Instant) -> Result<Id, Fault> {
    if tx.query_opt(sql::ACCOUNT_TAKEN, params![new.login.as_str()]).await?.is_some() {
        return Err(Fault::Conflict(Problem::new("identity-login-taken").field("login")));
    }
    let id = new_id(now);
    sql::insert_account(tx, id, &new, now).await?;
    let by = (new.created_by.or(Some(id)), new.created_for);
    record(tx, id, "account-created", by, json!({ "kind": new.kind.as_str() }), now).await?;
    Ok(id)
}

/// A citizen's own sign-up. Where the number has an account already, its owner is told (once a day) and nothing else happens.
///
/// # Errors
/// Those of the database.
pub(crate) async fn claim_account(tx: &Tx, new: NewAccount, now: Instant) -> Result<(), Fault> {
    let Some(row) = tx.query_opt(sql::ACCOUNT_TAKEN, params![new.login.as_str()]).await? else {
        create_account(tx, new, now).await?;
        return Ok(());
    };
    let owner: Id = row.get("id")?;
    let day_ago = now.plus_ms(-24 * 3_600_000);
    let told = audit::events(tx, owner).await?.iter().any(|event| event.kind == "sign-up-again" && event.at > day_ago);
    if !told {
        record(tx, owner, "sign-up-again", (None, None), json!({}), now).await?;
    }
    Ok(())
}

/// A grant to be made.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// Who gets it.
    pub account: Id,
    /// What.
    pub role: Role,
    /// Which of the province's own, for [`Role::Own`].
    pub own: Option<Id>,
    /// The fields it is limited to; none: all of them.
    pub fields: Option<BTreeSet<String>>,
    /// Where, with everything below.
    pub agency: Id,
    /// The agency's path, `/1/12/`.
    pub agency_path: String,
    /// First day.
    pub valid_from: Date,
    /// Last day, open when absent.
    pub valid_to: Option<Date>,
    /// The decision it rests on.
    pub basis: String,
}

/// Grants a role from today on without asking who may: for data the program itself makes (demo, simulation, the
/// first administrator). People go through [`crate::requests::ask_grant`].
///
/// # Errors
/// Those of the database.
pub async fn grant(tx: &Tx, account: Id, role: Role, agency: Id, path: &str, now: Instant) -> Result<Id, Fault> {
    let new = NewGrant {
        account,
        role,
        own: None,
        fields: None,
        agency,
        agency_path: path.to_owned(),
        valid_from: now.date(),
        valid_to: None,
        basis: String::new(),
    };
    write_grant(tx, (None, None), new, now).await
}

/// A grant that an administrator may ask for, with its basis trimmed.
///
/// # Errors
/// `Fault::Forbidden` for the own account and outside the administrator's units; `Fault::Invalid` for a citizen's account, a
/// role citizens have, a missing basis, or an end before the beginning; `Fault::NotFound`.
pub(crate) async fn checked_grant(
    tx: &Tx,
    by: &Actor,
    new: NewGrant,
    known: &[Permission],
    now: Instant,
) -> Result<NewGrant, Fault> {
    if new.account == by.account {
        return Err(Fault::Forbidden(Problem::new("identity-grant-own")));
    }
    if !by.may_at(crate::rights::KEEP_ACCOUNTS, &new.agency_path) {
        return Err(Fault::Forbidden(Problem::new("identity-grant-outside-units").field("agency")));
    }
    let account = account_kept_by(tx, by, new.account).await?;
    let mut problems = Vec::new();
    if account.kind == Kind::Citizen || new.role == Role::Citizen {
        problems.push(Problem::new("identity-grant-officials-only").field("role"));
    }
    if account.state == State::Closed {
        problems.push(Problem::new("identity-account-closed"));
    }
    let stands = match new.own {
        Some(id) => roles::standing(tx).await?.contains_key(&id),
        None => false,
    };
    if (new.role == Role::Own) != stands {
        problems.push(Problem::new("identity-role-unknown").field("role"));
    }
    let basis = new.basis.trim();
    if basis.is_empty() || basis.chars().count() > BASIS_CHARS_MAX {
        let max = BASIS_CHARS_MAX.to_string();
        problems.push(Problem::new("identity-grant-basis-needed").field("basis").arg("max", max));
    }
    if new.valid_to.is_some_and(|last| last < new.valid_from) {
        problems.push(Problem::new("identity-grant-ends-before-start").field("valid_to"));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    roles::must_not_meet(tx, &new, known, now).await?;
    Ok(NewGrant { basis: basis.to_owned(), ..new })
}

/// The agency of the post by which somebody may do it to an account: the closest that reaches one of the `paths` the account works at,
/// or any for an account that works nowhere. Whoever holds two posts acts now for one, now for the other.
pub(crate) fn post<'a>(by: &Actor, permission: Permission, paths: impl IntoIterator<Item = &'a str>) -> Option<Id> {
    let reaching = paths.into_iter().find_map(|path| by.grant_for(permission, path));
    let any = || by.grants.iter().find(|grant| grant.allows(permission));
    reaching.or_else(any).map(|grant| grant.agency)
}

/// The same for what an administrator does to an account that is there.
pub(crate) async fn keepers_post(tx: &Tx, by: &Actor, account: Id) -> Result<Option<Id>, StoreError> {
    let held = sql::grants(tx, account).await?;
    let standing = held.iter().filter(|held| held.revoked_at.is_none()).map(|held| held.agency_path.as_str());
    Ok(post(by, crate::rights::KEEP_ACCOUNTS, standing))
}

/// Writes a grant that is decided: by the second person, or where none is needed. `by`: who, and in the name of which agency.
pub(crate) async fn write_grant(
    tx: &Tx,
    by: (Option<Id>, Option<Id>),
    new: NewGrant,
    now: Instant,
) -> Result<Id, Fault> {
    let id = new_id(now);
    let values = params![
        id,
        new.account,
        new.role.as_str(),
        new.agency,
        new.agency_path,
        new.valid_from,
        new.valid_to,
        new.basis.clone(),
        by.0,
        now,
        new.own,
        fields_json(new.fields.as_ref())
    ];
    tx.execute(sql::GRANT_INSERT, values).await?;
    let data = json!({
        "grant": id.to_string(),
        "role": new.role.as_str(),
        "at": new.agency,
        "from": new.valid_from.to_string(),
        "to": new.valid_to.map(|day| day.to_string()),
        "basis": new.basis,
        "own": new.own,
        "fields": new.fields,
    });
    record(tx, new.account, "role-granted", by, data, now).await?;
    Ok(id)
}

/// The fields of a grant as kept.
pub(crate) fn fields_json(fields: Option<&BTreeSet<String>>) -> Option<serde_json::Value> {
    fields.map(|fields| fields.iter().map(String::as_str).collect())
}

/// Takes a grant back. It stays on record with who took it back and when.
///
/// # Errors
/// `Fault::Forbidden` outside the administrator's units; `Fault::NotFound`; `Fault::Conflict` when already revoked.
pub async fn revoke_by(tx: &Tx, by: &Actor, account: Id, grant: Id, now: Instant) -> Result<(), Fault> {
    let held = sql::grants(tx, account).await?;
    let Some(held) = held.into_iter().find(|held| held.id == grant) else {
        return Err(Fault::NotFound("identity-grant-unknown"));
    };
    if !by.may_at(crate::rights::KEEP_ACCOUNTS, &held.agency_path) {
        return Err(Fault::Forbidden(Problem::new("identity-grant-outside-units")));
    }
    if tx.execute(sql::GRANT_REVOKE, params![grant, by.account, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-grant-revoked")));
    }
    let data = json!({ "grant": grant.to_string(), "role": held.role.as_str(), "at": held.agency });
    let post = post(by, crate::rights::KEEP_ACCOUNTS, [held.agency_path.as_str()]);
    record(tx, account, "role-revoked", (Some(by.account), post), data, now).await
}

/// Suspends, reopens or closes an account; its sessions end unless it becomes active.
///
/// # Errors
/// `Fault::Forbidden` when the account holds a role outside the administrator's units, or is the administrator's own;
/// `Fault::Conflict` for a change the table of states does not have.
pub async fn change_state_by(tx: &Tx, by: &Actor, account: Id, next: State, now: Instant) -> Result<(), Fault> {
    let found = account_ruled_by(tx, by, account).await?;
    if !found.state.may_become(next) {
        return Err(Fault::Conflict(Problem::new("identity-state-change-wrong")));
    }
    tx.execute(sql::STATE_SET, params![account, next.as_str()]).await?;
    if next != State::Active {
        signing_in::sign_out_everywhere(tx, account, None).await?;
    }
    if next == State::Closed {
        // It does not come back: what it kept for its own comfort goes with it.
        lists::forget(tx, account).await?;
    }
    let data = json!({ "from": found.state.as_str(), "to": next.as_str() });
    let post = keepers_post(tx, by, account).await?;
    record(tx, account, "account-state", (Some(by.account), post), data, now).await
}

/// Takes the one-time codes off an account whose owner lost phone and recovery codes; confirmed by a second person.
pub(crate) async fn clear_totp_confirmed(
    tx: &Tx,
    by: (&Actor, Option<Id>),
    account: Id,
    now: Instant,
) -> Result<(), Fault> {
    clear_totp(tx, account).await?;
    signing_in::sign_out_everywhere(tx, account, None).await?;
    record(tx, account, "totp-cleared", (Some(by.0.account), by.1), json!({}), now).await
}

/// Notes that the person's card was seen, as two people say: from now on the account reads dossiers filed under its citizen
/// number.
///
/// # Errors
/// `Fault::Conflict` when already proven or without a number.
pub(crate) async fn prove_identity_confirmed(
    tx: &Tx,
    by: (&Actor, Option<Id>),
    account: Id,
    now: Instant,
) -> Result<(), Fault> {
    if tx.execute(sql::PROVEN_SET, params![account, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-proof-not-needed")));
    }
    record(tx, account, "identity-proven", (Some(by.0.account), by.1), json!({}), now).await
}

/// The person's own new password. Every session ends, the one at hand too: it goes on under a new token, so that a token
/// somebody has copied is worth nothing. Other browsers are strangers again.
///
/// # Errors
/// Those of the database.
pub async fn change_password(
    tx: &Tx,
    account: Id,
    hashed: Hashed,
    visit: &Visit,
    now: Instant,
) -> Result<Opened, Fault> {
    tx.execute(sql::PASSWORD_SET, params![account, hashed.0, now, false]).await?;
    let here = devices::device_hash(visit.device.as_deref());
    tx.execute(devices::DEVICES_FORGET, params![account, here]).await?;
    record(tx, account, "password-changed", (Some(account), None), json!({}), now).await?;
    renew_session(tx, account, visit, now).await
}

/// Ends every session of the account and opens one for the browser at hand.
async fn renew_session(tx: &Tx, account: Id, visit: &Visit, now: Instant) -> Result<Opened, Fault> {
    signing_in::sign_out_everywhere(tx, account, None).await?;
    signing_in::enter(tx, account, visit, now).await
}

/// Starts the one-time codes: a new secret, not asked for before a first code confirms it.
///
/// # Errors
/// `Fault::Conflict` when the account has codes already, or the program has no key to seal the secret with.
pub async fn begin_totp(tx: &Tx, vault: &Vault, account: Id, now: Instant) -> Result<[u8; totp::SECRET_BYTES], Fault> {
    let secret = totp::new_secret();
    if tx.execute(sql::TOTP_BEGIN, params![account, vault.seal(account, &secret)?]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-totp-on-already")));
    }
    record(tx, account, "totp-begun", (Some(account), None), json!({}), now).await?;
    Ok(secret)
}

/// Confirms the secret with a first code and hands out recovery codes, shown this once.
///
/// # Errors
/// `Fault::Invalid` `identity-code-wrong`; `Fault::Conflict` when nothing waits to be confirmed, or its key is missing.
pub async fn confirm_totp(
    tx: &Tx,
    vault: &Vault,
    account: Id,
    code: &str,
    visit: &Visit,
    now: Instant,
) -> Result<(Vec<String>, Opened), Fault> {
    let row = tx.query_one(sql::SECRETS_GET, params![account]).await?;
    let waiting = row.get::<Option<Instant>>("totp_confirmed_at")?.is_none();
    let Some(secret) = row.get::<Option<Vec<u8>>>("totp_secret")?.filter(|_| waiting) else {
        return Err(Fault::Conflict(Problem::new("identity-totp-not-begun")));
    };
    let secret = vault.unseal(account, &secret)?;
    let Some(step) = totp::accepted_step(&secret, code, now, None) else {
        return Err(Fault::invalid(Problem::new("identity-code-wrong").field("code")));
    };
    tx.execute(sql::TOTP_CONFIRM, params![account, now, step]).await?;
    let codes = totp::new_recovery_codes();
    tx.execute(sql::RECOVERY_CLEAR, params![account]).await?;
    for code in &codes {
        tx.execute(sql::RECOVERY_INSERT, params![totp::recovery_hash(account, code), account, now]).await?;
    }
    record(tx, account, "totp-on", (Some(account), None), json!({}), now).await?;
    Ok((codes, renew_session(tx, account, visit, now).await?))
}

/// The person switches the codes off, with a code.
///
/// # Errors
/// `Fault::Invalid` `identity-code-wrong`; `Fault::Conflict` `identity-key-missing`.
pub async fn stop_totp(
    tx: &Tx,
    vault: &Vault,
    account: Id,
    code: &str,
    visit: &Visit,
    now: Instant,
) -> Result<Opened, Fault> {
    match signing_in::use_code(tx, vault, account, code, now).await? {
        Code::Right => {}
        Code::Wrong => return Err(Fault::invalid(Problem::new("identity-code-wrong").field("code"))),
        Code::Sealed => return Err(Closed.into()),
    }
    clear_totp(tx, account).await?;
    record(tx, account, "totp-off", (Some(account), None), json!({}), now).await?;
    renew_session(tx, account, visit, now).await
}

async fn clear_totp(tx: &Tx, account: Id) -> Result<(), Fault> {
    tx.execute(sql::TOTP_CLEAR, params![account]).await?;
    tx.execute(sql::RECOVERY_CLEAR, params![account]).await?;
    Ok(())
}

/// An account by id.
///
/// # Errors
/// `Fault::NotFound` `identity-account-unknown`.
pub async fn account(tx: &Tx, id: Id) -> Result<Account, Fault> {
    let row = tx.query_opt(sql::ACCOUNT_GET, params![id]).await?;
    let row = row.ok_or(Fault::NotFound("identity-account-unknown"))?;
    Ok(sql::account(&row)?)
}

/// Every grant of an account, also past and revoked ones, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn grants(tx: &Tx, account: Id) -> Result<Vec<Held>, Fault> {
    Ok(sql::grants(tx, account).await?)
}

/// An account the administrator may see: one with a grant, now or once, inside the units; or one without any grant
/// that the administrator made; an administrator of the whole province sees all. Others are "not found", so that ids
/// cannot be tried out.
///
/// # Errors
/// `Fault::NotFound`.
pub async fn account_kept_by(tx: &Tx, by: &Actor, id: Id) -> Result<Account, Fault> {
    let held = sql::grants(tx, id).await?;
    let inside = held.iter().any(|held| by.may_at(crate::rights::KEEP_ACCOUNTS, &held.agency_path));
    let own = held.is_empty() && created_by(tx, id).await? == Some(by.account);
    // Who keeps the whole of the state's tree sees whoever works in none of another system.
    let beside = held.iter().any(|held| System::of_path(&held.agency_path) != System::State);
    if !(inside || own || (keeps_all(by) && !beside)) {
        return Err(Fault::NotFound("identity-account-unknown"));
    }
    account(tx, id).await
}

/// An account the administrator may act on: seen, not the own one, and without a standing grant outside the units.
pub(crate) async fn account_ruled_by(tx: &Tx, by: &Actor, id: Id) -> Result<Account, Fault> {
    let found = account_kept_by(tx, by, id).await?;
    let held = sql::grants(tx, id).await?;
    let outside =
        held.iter().any(|h| h.revoked_at.is_none() && !by.may_at(crate::rights::KEEP_ACCOUNTS, &h.agency_path));
    if outside {
        return Err(Fault::Forbidden(Problem::new("identity-account-outside-units")));
    }
    if id == by.account {
        return Err(Fault::Forbidden(Problem::new("identity-account-own")));
    }
    Ok(found)
}

/// Whether an administrator's units are the whole of the state's tree: a scope of one step, `/1/`.
pub(crate) fn keeps_all(by: &Actor) -> bool {
    by.scopes(crate::rights::KEEP_ACCOUNTS).iter().any(|path| base::is_root(path))
}

async fn created_by(tx: &Tx, id: Id) -> Result<Option<Id>, Fault> {
    match tx.query_opt(sql::ACCOUNT_CREATOR, params![id]).await? {
        Some(row) => Ok(row.get("created_by")?),
        None => Ok(None),
    }
}

/// Acts of others that an account's owner is told about at the next sign-in.
const TOLD: [&str; 12] = [
    "request-made",
    "request-decided",
    "role-granted",
    "role-revoked",
    "account-state",
    "password-reset",
    "totp-cleared",
    "identity-proven",
    "sign-up-again",
    "substitute-named",
    "substitute-accepted",
    "substitute-ended",
];

/// What others did with an account, the latest first, at most `limit`; of old accounts the latest are kept first.
///
/// # Errors
/// Those of the database.
pub async fn done_by_others(tx: &Tx, account: Id, limit: usize) -> Result<Vec<audit::Event>, Fault> {
    let events = audit::events(tx, account).await?;
    let others = events.into_iter().rev().filter(|event| TOLD.contains(&event.kind.as_str()));
    // The program's own doing has no actor, and nobody to ask about it.
    let others = others.filter(|event| event.actor != Some(account));
    Ok(others.filter(|event| event.actor.is_some() || event.kind == "sign-up-again").take(limit).collect())
}

/// The latest event by others that the account's owner has not been shown, by its place in the account's chain.
///
/// # Errors
/// Those of the database.
pub async fn untold(tx: &Tx, account: Id) -> Result<Option<i64>, Fault> {
    let told: i64 = tx.query_one(sql::TOLD_N, params![account]).await?.get("told_n")?;
    Ok(done_by_others(tx, account, 1).await?.first().map(|event| event.n).filter(|n| *n > told))
}

/// The owner has seen what was done up to an event.
///
/// # Errors
/// Those of the database.
pub async fn mark_told(tx: &Tx, account: Id, n: i64) -> Result<(), Fault> {
    tx.execute(sql::TOLD_SET, params![account, n]).await?;
    Ok(())
}

/// The audit event of an act, after its rows, by somebody in the name of the agency of the post that allowed it. No personal data: names
/// and numbers can be deleted, events cannot.
pub(crate) async fn record(
    tx: &Tx,
    account: Id,
    kind: &'static str,
    (actor, agency): (Option<Id>, Option<Id>),
    data: serde_json::Value,
    at: Instant,
) -> Result<(), Fault> {
    audit::append_kept(tx, &KEPT, account, audit::NewEvent { kind, at, actor, agency, data }).await?;
    // What one person does with another's account is shown to inspectors beside the reading of dossiers.
    if let Some(by) = actor.filter(|by| *by != account) {
        let subject = access::account_subject(account);
        access::keep(tx, &access::Entry::new(access::Kind::AccountAct, Some(by), subject, kind, at)).await?;
    }
    Ok(())
}
