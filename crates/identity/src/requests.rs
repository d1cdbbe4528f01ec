//! What needs two people. Who keeps accounts asks; another administrator or a leader of the unit confirms. Nobody does it for
//! the own account, and nobody confirms what he asked for: power is never one person's to take (decision 0009).

use base::{Actor, Date, Fault, Id, Instant, Permission, Problem, Role, System};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Row, StoreError, Tx, params};

use crate::accounts::{Account, Held, Kind, State};
use crate::actions::{self, NewGrant, record};
use crate::{dues, handover, new_id, people, roles, store as sql};

/// A request nobody decided is over after so long.
pub const REQUEST_KEPT_MS: i64 = 14 * 24 * 3_600_000;
/// Requests of one account that wait at once.
pub const WAITING_MAX: usize = 20;
/// Requests shown on the page of what waits.
const SHOWN_MAX: i64 = 200;

store::statements! {
    /// Something is asked.
    pub REQUEST_INSERT = "INSERT INTO account_request (id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, \
        valid_from, valid_to, basis, own_role, fields) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// One request that waits, kept from others until the transaction ends.
    pub REQUEST_LOCK = sqlite "SELECT id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, valid_from, valid_to, basis, own_role, fields FROM account_request WHERE id = $1 AND decided_at IS NULL AND asked_at > $2",
        postgres "SELECT id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, valid_from, valid_to, basis, own_role, fields FROM account_request WHERE id = $1 AND decided_at IS NULL AND asked_at > $2 FOR UPDATE";
    /// What waits for an account, the newest first.
    pub REQUESTS_OF = "SELECT id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, valid_from, valid_to, basis, own_role, fields \
        FROM account_request WHERE account_id = $1 AND decided_at IS NULL AND asked_at > $2 ORDER BY id DESC LIMIT 50";
    /// Everything that waits, the oldest first.
    pub REQUESTS_WAITING = "SELECT id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, valid_from, valid_to, basis, own_role, fields \
        FROM account_request WHERE decided_at IS NULL AND asked_at > $1 ORDER BY asked_at, id LIMIT $2";
    /// Everything that waits and was asked until a moment, however long ago.
    pub UNDECIDED = "SELECT id, account_id, kind, asked_by, asked_at, role, agency_id, agency_path, valid_from, valid_to, basis, own_role, fields \
        FROM account_request WHERE decided_at IS NULL AND asked_at <= $1 ORDER BY asked_at, id LIMIT $2";
    /// Those that a new one replaces.
    pub REPLACED = "SELECT id FROM account_request WHERE account_id = $1 AND kind = $2 AND decided_at IS NULL";
    /// It is decided.
    pub REQUEST_DECIDE = "UPDATE account_request SET decided_by = $2, decided_at = $3, outcome = $4 WHERE id = $1 AND decided_at IS NULL";
    /// An earlier request of the same kind gives way to a new one.
    pub REQUEST_REPLACE = "UPDATE account_request SET decided_by = $3, decided_at = $4, outcome = 'withdrawn' \
        WHERE account_id = $1 AND kind = $2 AND decided_at IS NULL";
    /// Whether anybody besides two people may confirm at a path ($3), today ($4).
    pub SOMEBODY_CONFIRMS = "SELECT 1 AS yes FROM account_grant g JOIN account a ON a.id = g.account_id \
        WHERE (g.role IN ('administrator', 'leader') OR g.own_role IN (SELECT role_id FROM own_role_permission WHERE permission = 'confirm-grants')) AND a.state = 'active' AND a.id <> $1 AND a.id <> $2 AND g.revoked_at IS NULL \
        AND g.valid_from <= $4 AND (g.valid_to IS NULL OR g.valid_to >= $4) AND $3 LIKE g.agency_path || '%' LIMIT 1";
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A role at an agency.
    Grant {
        /// The role.
        role: Role,
        /// Which of the province's own, for [`Role::Own`].
        own: Option<Id>,
        /// The fields it is limited to; none: all of them.
        fields: Option<BTreeSet<String>>,
        /// Where.
        agency: Id,
        /// The agency's path.
        agency_path: String,
        /// First day.
        valid_from: Date,
        /// Last day, open when absent.
        valid_to: Option<Date>,
        /// The decision it rests on.
        basis: String,
    },
    /// The person sets a new password.
    Password,
    /// The one-time codes are taken off.
    Codes,
    /// The person's identity card was seen.
    Proof,
}

impl Wish {
    /// As stored: `grant`, `password`, `codes`, `proof`.
    pub fn kind(&self) -> &'static str {
        match self {
            Wish::Grant { .. } => "grant",
            Wish::Password => "password",
            Wish::Codes => "codes",
            Wish::Proof => "proof",
        }
    }
}

/// Something asked and not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: Id,
    /// Whose account it is about.
    pub account: Id,
    /// What.
    pub wish: Wish,
    /// Who asked.
    pub asked_by: Id,
    /// When.
    pub asked_at: Instant,
}

/// Whether somebody may confirm or refuse a request. `paths` are those of the agencies it touches: the grant's, or those the
/// account's owner works at.
///
/// # Errors
/// Why not: own account, own request, outside the units.
pub fn may_decide(by: &Actor, request: &Request, paths: &[String]) -> Result<(), Problem> {
    if by.account == request.account {
        return Err(Problem::new("identity-request-own-account"));
    }
    if by.account == request.asked_by {
        return Err(Problem::new("identity-request-own"));
    }
    let reaches = match &request.wish {
        Wish::Grant { agency_path, .. } => by.may_at(crate::rights::CONFIRM_GRANTS, agency_path),
        _ => {
            let of_state = paths.iter().all(|path| System::of_path(path) == System::State);
            paths.iter().any(|path| by.may_at(crate::rights::CONFIRM_GRANTS, path)) || (of_state && confirms_all(by))
        }
    };
    if reaches { Ok(()) } else { Err(Problem::new("identity-request-outside-units")) }
}

/// Whether somebody's units are the whole of the state's tree: a scope of one step, `/1/`.
fn confirms_all(by: &Actor) -> bool {
    by.scopes(crate::rights::CONFIRM_GRANTS).iter().any(|path| base::is_root(path))
}

/// Asks for a role, or grants it at once where no second person is needed.
///
/// # Errors
/// `Fault::Forbidden` for the own account and outside the administrator's units; `Fault::Invalid` for a citizen's account, a
/// role citizens have, a missing basis, or an end before the beginning; `Fault::Conflict` when too much waits; `Fault::NotFound`.
pub async fn ask_grant(
    tx: &Tx,
    by: &Actor,
    new: NewGrant,
    known: &[Permission],
    now: Instant,
) -> Result<Granted, Fault> {
    let new = actions::checked_grant(tx, by, new, known, now).await?;
    let post = actions::post(by, crate::rights::KEEP_ACCOUNTS, [new.agency_path.as_str()]);
    if !new.role.needs_second() {
        actions::write_grant(tx, (Some(by.account), post), new, now).await?;
        return Ok(Granted::InForce);
    }
    let data = json!({ "wish": "grant", "role": new.role.as_str(), "at": new.agency });
    let account = new.account;
    let wish = Wish::Grant {
        role: new.role,
        own: new.own,
        fields: new.fields,
        agency: new.agency,
        agency_path: new.agency_path,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        basis: new.basis,
    };
    let waiting = waiting_for(tx, account, now).await?;
    if waiting.len() >= WAITING_MAX {
        return Err(Fault::Conflict(Problem::new("identity-request-too-many").arg("max", WAITING_MAX)));
    }
    if waiting.iter().any(|request| request.wish == wish) {
        return Err(Fault::Conflict(Problem::new("identity-request-there")));
    }
    insert(tx, by, account, &wish, now).await?;
    record(tx, account, "request-made", (Some(by.account), post), data, now).await?;
    Ok(Granted::Waiting)
}

/// What became of a wish for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// It holds from its first day.
    InForce,
    /// A second person has to confirm it.
    Waiting,
}

/// Asks for something else than a role. For a password, the first half of the code is returned, to be shown this once.
///
/// # Errors
/// `Fault::Forbidden` for the own account, or one with a role outside the administrator's units; `Fault::Conflict` when there
/// is nothing to do.
pub async fn ask(tx: &Tx, by: &Actor, account: Id, wish: Wish, now: Instant) -> Result<Option<String>, Fault> {
    let found = match wish {
        Wish::Proof => actions::account_kept_by(tx, by, account).await?,
        _ => actions::account_ruled_by(tx, by, account).await?,
    };
    if account == by.account {
        return Err(Fault::Forbidden(Problem::new("identity-account-own")));
    }
    useful(&found, &wish)?;
    ask_checked(tx, by, account, wish, now).await
}

/// The same without asking who may: for the account just made.
pub(crate) async fn ask_checked(
    tx: &Tx,
    by: &Actor,
    account: Id,
    wish: Wish,
    now: Instant,
) -> Result<Option<String>, Fault> {
    for row in tx.query(REPLACED, params![account, wish.kind()]).await? {
        dues::over(tx, row.get("id")?).await?;
    }
    tx.execute(REQUEST_REPLACE, params![account, wish.kind(), by.account, now]).await?;
    insert(tx, by, account, &wish, now).await?;
    let half = match wish {
        Wish::Password => Some(handover::begin(tx, account, now).await?),
        _ => None,
    };
    let post = actions::keepers_post(tx, by, account).await?;
    let data = json!({ "wish": wish.kind() });
    record(tx, account, "request-made", (Some(by.account), post), data, now).await?;
    Ok(half)
}

fn useful(account: &Account, wish: &Wish) -> Result<(), Fault> {
    let (there, code) = match wish {
        Wish::Password if account.machine => (false, "identity-machine-no-password"),
        Wish::Password => (account.state != State::Closed, "identity-account-closed"),
        Wish::Codes => (account.has_totp, "identity-totp-not-begun"),
        Wish::Proof => {
            let open = account.citizen_number.is_some() && account.proven_at.is_none();
            (open && account.kind == Kind::Citizen, "identity-proof-not-needed")
        }
        Wish::Grant { .. } => (false, "identity-grant-unknown"),
    };
    if there { Ok(()) } else { Err(Fault::Conflict(Problem::new(code))) }
}

async fn insert(tx: &Tx, by: &Actor, account: Id, wish: &Wish, now: Instant) -> Result<(), Fault> {
    let id = new_id(now);
    let kind = wish.kind();
    let values = match wish {
        Wish::Grant { role, own, fields, agency, agency_path, valid_from, valid_to, basis } => params![
            id,
            account,
            kind,
            by.account,
            now,
            role.as_str(),
            *agency,
            agency_path.as_str(),
            *valid_from,
            *valid_to,
            basis.as_str(),
            *own,
            actions::fields_json(fields.as_ref())
        ]
        .to_vec(),
        _ => params![
            id,
            account,
            kind,
            by.account,
            now,
            None::<String>,
            None::<Id>,
            None::<String>,
            None::<Date>,
            None::<Date>,
            None::<String>,
            None::<Id>,
            None::<serde_json::Value>
        ]
        .to_vec(),
    };
    tx.execute(REQUEST_INSERT, &values).await?;
    let request = Request { id, account, wish: wish.clone(), asked_by: by.account, asked_at: now };
    Ok(dues::waits(tx, &request).await?)
}

/// The second person says yes; it is done in the same transaction. Of a password, the second half of the code is returned, to
/// be shown this once.
///
/// # Errors
/// `Fault::Forbidden` for the own account, the own request and outside the units; `Fault::NotFound` for one that is decided or
/// too old; `Fault::Conflict` when what was asked no longer fits, or who asked may not any more.
pub async fn confirm(
    tx: &Tx,
    by: &Actor,
    id: Id,
    known: &[Permission],
    now: Instant,
) -> Result<(Request, Option<String>), Fault> {
    let request = decidable(tx, by, id, now).await?;
    let account = actions::account(tx, request.account).await?;
    if account.state == State::Closed {
        return Err(Fault::Conflict(Problem::new("identity-account-closed")));
    }
    // Before the event, which tells how the account's rows stand.
    let half = match request.wish {
        Wish::Password => Some(handover::finish(tx, request.account, now).await?),
        _ => None,
    };
    let post = deciders_post(tx, &request, by, now).await?;
    decide(tx, &request, (by, post), "confirmed", now).await?;
    match &request.wish {
        Wish::Grant { role, own, fields, agency, agency_path, valid_from, valid_to, basis } => {
            if !people::may_at(tx, request.asked_by, crate::rights::KEEP_ACCOUNTS, agency_path, now).await? {
                return Err(Fault::Conflict(Problem::new("identity-request-asker-gone")));
            }
            let new = NewGrant {
                account: request.account,
                role: *role,
                own: *own,
                fields: fields.clone(),
                agency: *agency,
                agency_path: agency_path.clone(),
                valid_from: *valid_from,
                valid_to: *valid_to,
                basis: basis.clone(),
            };
            // What the person was granted since may not meet with it; a role may have been ended.
            if new.role == Role::Own && !roles::standing(tx).await?.keys().any(|id| Some(*id) == new.own) {
                return Err(Fault::Conflict(Problem::new("identity-role-over")));
            }
            roles::must_not_meet(tx, &new, known, now).await?;
            actions::write_grant(tx, (Some(by.account), post), new, now).await?;
        }
        Wish::Password => {}
        Wish::Codes => actions::clear_totp_confirmed(tx, (by, post), request.account, now).await?,
        Wish::Proof => actions::prove_identity_confirmed(tx, (by, post), request.account, now).await?,
    }
    Ok((request, half))
}

/// The second person says no, or who asked takes it back.
///
/// # Errors
/// As [`confirm`]; who asked may always.
pub async fn refuse(tx: &Tx, by: &Actor, id: Id, now: Instant) -> Result<Request, Fault> {
    let waiting = waiting(tx, id, now).await?;
    if waiting.asked_by == by.account {
        let post = actions::keepers_post(tx, by, waiting.account).await?;
        decide(tx, &waiting, (by, post), "withdrawn", now).await?;
        return Ok(waiting);
    }
    let request = decidable(tx, by, id, now).await?;
    let post = deciders_post(tx, &request, by, now).await?;
    decide(tx, &request, (by, post), "refused", now).await?;
    Ok(request)
}

async fn waiting(tx: &Tx, id: Id, now: Instant) -> Result<Request, Fault> {
    let row = tx.query_opt(REQUEST_LOCK, params![id, now.plus_ms(-REQUEST_KEPT_MS)]).await?;
    let row = row.ok_or(Fault::NotFound("identity-request-unknown"))?;
    read(&row)?.ok_or(Fault::NotFound("identity-request-unknown"))
}

async fn decidable(tx: &Tx, by: &Actor, id: Id, now: Instant) -> Result<Request, Fault> {
    let request = waiting(tx, id, now).await?;
    let paths = paths_of(tx, request.account, now).await?;
    may_decide(by, &request, &paths).map_err(Fault::Forbidden)?;
    Ok(request)
}

/// The agency of the post by which somebody decides on a request.
async fn deciders_post(tx: &Tx, request: &Request, by: &Actor, now: Instant) -> Result<Option<Id>, Fault> {
    let paths = match &request.wish {
        Wish::Grant { agency_path, .. } => vec![agency_path.clone()],
        _ => paths_of(tx, request.account, now).await?,
    };
    Ok(actions::post(by, crate::rights::CONFIRM_GRANTS, paths.iter().map(String::as_str)))
}

async fn decide(
    tx: &Tx,
    request: &Request,
    (by, post): (&Actor, Option<Id>),
    outcome: &'static str,
    now: Instant,
) -> Result<(), Fault> {
    tx.execute(REQUEST_DECIDE, params![request.id, by.account, now, outcome]).await?;
    dues::over(tx, request.id).await?;
    if matches!(request.wish, Wish::Password) && outcome != "confirmed" {
        handover::drop_code(tx, request.account).await?;
    }
    let data = json!({ "wish": request.wish.kind(), "outcome": outcome, "asked_by": request.asked_by.to_string() });
    record(tx, request.account, "request-decided", (Some(by.account), post), data, now).await
}

/// Where the owner of an account works or is about to: paths of standing grants and of roles asked for.
async fn paths_of(tx: &Tx, account: Id, now: Instant) -> Result<Vec<String>, Fault> {
    let held: Vec<Held> = sql::grants(tx, account).await?;
    let standing = held.into_iter().filter(|held| held.revoked_at.is_none()).map(|held| held.agency_path);
    let mut paths: Vec<String> = standing.collect();
    for request in waiting_for(tx, account, now).await? {
        if let Wish::Grant { agency_path, .. } = request.wish {
            paths.push(agency_path);
        }
    }
    Ok(paths)
}

/// What waits for an account, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn waiting_for(tx: &Tx, account: Id, now: Instant) -> Result<Vec<Request>, Fault> {
    let rows = tx.query(REQUESTS_OF, params![account, now.plus_ms(-REQUEST_KEPT_MS)]).await?;
    Ok(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// A request with what stands against deciding it.
pub struct Shown {
    /// The request.
    pub request: Request,
    /// Why the reader may not decide, if so.
    pub against: Option<Problem>,
}

/// What waits that the reader may decide or asked for, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn waiting_shown_to(tx: &Tx, by: &Actor, now: Instant) -> Result<Vec<Shown>, Fault> {
    let rows = tx.query(REQUESTS_WAITING, params![now.plus_ms(-REQUEST_KEPT_MS), SHOWN_MAX]).await?;
    let mut shown = Vec::new();
    for row in &rows {
        let Some(request) = read(row)? else { continue };
        let paths = paths_of(tx, request.account, now).await?;
        let against = may_decide(by, &request, &paths).err();
        if against.is_none() || request.asked_by == by.account {
            shown.push(Shown { request, against });
        }
    }
    Ok(shown)
}

/// Whether anybody but the one who asks and the owner can confirm at a path. With one administrator only, nobody can: the
/// command line makes the second.
///
/// # Errors
/// Those of the database.
pub async fn somebody_confirms(tx: &Tx, asker: Id, owner: Id, path: &str, now: Instant) -> Result<bool, Fault> {
    Ok(tx.query_opt(SOMEBODY_CONFIRMS, params![asker, owner, path, now.date()]).await?.is_some())
}

/// A request of a kind or role the program no longer knows reads as none.
pub(crate) fn read(row: &Row) -> Result<Option<Request>, StoreError> {
    let wish = match row.get::<String>("kind")?.as_str() {
        "grant" => {
            let role = row.get::<Option<String>>("role")?.and_then(|role| sql::role(&role));
            let (Some(role), Some(agency), Some(agency_path), Some(valid_from)) =
                (role, row.get("agency_id")?, row.get("agency_path")?, row.get("valid_from")?)
            else {
                return Ok(None);
            };
            let basis = row.get::<Option<String>>("basis")?.unwrap_or_default();
            Wish::Grant {
                role,
                own: row.get("own_role")?,
                fields: sql::fields(row)?,
                agency,
                agency_path,
                valid_from,
                valid_to: row.get("valid_to")?,
                basis,
            }
        }
        "password" => Wish::Password,
        "codes" => Wish::Codes,
        "proof" => Wish::Proof,
        _ => return Ok(None),
    };
    Ok(Some(Request {
        id: row.get("id")?,
        account: row.get("account_id")?,
        wish,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
    }))
}

#[cfg(test)]
mod tests;
