//! SQL of accounts, grants, sessions and attempts, and the rows they give. Nothing else.

use base::page::Place;
use base::{Date, Id, Instant, Role, System};
use std::collections::BTreeSet;
use store::{Row, StoreError, Tx, params};

use crate::accounts::{Account, Held, Kind, NewAccount, State};

store::statements! {
    /// A new account.
    pub ACCOUNT_INSERT = "INSERT INTO account (id, login, kind, name, search_text, phone, citizen_number, \
        identity_proven_at, state, password_hash, password_changed_at, must_change_password, created_at, created_by, invented, salt, machine) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10, $11, $10, $12, $13, $14, $15)";
    /// Who holds a login, citizen number or phone already.
    pub ACCOUNT_TAKEN = "SELECT id FROM account WHERE login = $1 OR citizen_number = $1 LIMIT 1";
    /// The account behind what was typed at sign-in: its login, its citizen number, or a
    /// citizen's phone.
    pub ACCOUNT_BY_LOGIN = "SELECT id, state, password_hash, totp_confirmed_at, invented FROM account WHERE login = $1 \
        UNION ALL SELECT id, state, password_hash, totp_confirmed_at, invented FROM account WHERE citizen_number = $1 \
        UNION ALL SELECT id, state, password_hash, totp_confirmed_at, invented FROM account WHERE phone = $1 AND kind = 'citizen' \
        ORDER BY 1 LIMIT 1";
    /// One account.
    pub ACCOUNT_GET = "SELECT id, login, kind, name, phone, citizen_number, identity_proven_at, state, \
        totp_confirmed_at, must_change_password, created_at, machine FROM account WHERE id = $1";
    /// Who made an account.
    pub ACCOUNT_CREATOR = "SELECT created_by FROM account WHERE id = $1";
    /// What the account's own secrets are.
    pub SECRETS_GET = "SELECT password_hash, totp_secret, totp_confirmed_at, totp_last_step FROM account WHERE id = $1";
    /// A new password.
    pub PASSWORD_SET = "UPDATE account SET password_hash = $2, password_changed_at = $3, must_change_password = $4 \
        WHERE id = $1";
    /// Up to which event the owner has been told what others did.
    pub TOLD_N = "SELECT told_n FROM account WHERE id = $1";
    /// The owner has been told.
    pub TOLD_SET = "UPDATE account SET told_n = $2 WHERE id = $1 AND told_n < $2";
    /// Another state.
    pub STATE_SET = "UPDATE account SET state = $2 WHERE id = $1";
    /// Somebody saw the person's paper.
    pub PROVEN_SET = "UPDATE account SET identity_proven_at = $2 WHERE id = $1 AND identity_proven_at IS NULL";
    /// Something sealed, to see whether the key fits.
    pub ANY_SEALED = "SELECT id, totp_secret FROM account WHERE totp_secret IS NOT NULL ORDER BY id LIMIT 1";
    /// A secret waiting to be confirmed by a first code.
    pub TOTP_BEGIN = "UPDATE account SET totp_secret = $2, totp_confirmed_at = NULL, totp_last_step = NULL \
        WHERE id = $1 AND totp_confirmed_at IS NULL";
    /// The first right code came.
    pub TOTP_CONFIRM = "UPDATE account SET totp_confirmed_at = $2, totp_last_step = $3 WHERE id = $1";
    /// A code was used: conditional, so that of two requests with one code only one wins.
    pub TOTP_USE = "UPDATE account SET totp_last_step = $2 \
        WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)";
    /// No codes any more.
    pub TOTP_CLEAR = "UPDATE account SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL WHERE id = $1";
    /// A recovery code.
    pub RECOVERY_INSERT = "INSERT INTO recovery_code (code_hash, account_id, created_at) VALUES ($1, $2, $3)";
    /// A recovery code used up.
    pub RECOVERY_USE = "DELETE FROM recovery_code WHERE code_hash = $1 AND account_id = $2";
    /// All recovery codes of an account gone.
    pub RECOVERY_CLEAR = "DELETE FROM recovery_code WHERE account_id = $1";
    /// How many are left.
    pub RECOVERY_LEFT = "SELECT count(*) AS left_over FROM recovery_code WHERE account_id = $1";

    /// A new grant.
    pub GRANT_INSERT = "INSERT INTO account_grant (id, account_id, role, agency_id, agency_path, valid_from, valid_to, \
        basis, granted_by, granted_at, own_role, fields) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// Grants in force at an agency, today or later.
    pub GRANTS_AT = "SELECT COUNT(*) AS n FROM account_grant WHERE agency_id = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to >= $2)";
    /// Those grants themselves.
    pub GRANTS_IN = "SELECT id, account_id, role, own_role, fields, agency_id, agency_path, valid_from, valid_to, basis, revoked_at \
        FROM account_grant WHERE agency_id = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to >= $2) ORDER BY id";
    /// Grants asked for at an agency and not decided.
    pub REQUESTS_AT = "SELECT COUNT(*) AS n FROM account_request WHERE agency_id = $1 AND decided_at IS NULL";
    /// A grant taken back.
    pub GRANT_REVOKE = "UPDATE account_grant SET revoked_by = $2, revoked_at = $3 WHERE id = $1 AND revoked_at IS NULL";
    /// All grants of an account, the newest first.
    pub GRANTS_OF = "SELECT id, role, own_role, fields, agency_id, agency_path, valid_from, valid_to, basis, revoked_at \
        FROM account_grant WHERE account_id = $1 ORDER BY id DESC LIMIT 200";
    /// Grants of an account in force on a day ($2), and those of whoever is away that day and has this account as a substitute.
    pub GRANTS_LIVE = "SELECT id, role, own_role, fields, agency_id, agency_path, valid_from, valid_to, basis, revoked_at, NULL AS instead_of \
        FROM account_grant WHERE account_id = $1 AND revoked_at IS NULL AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) \
        UNION ALL SELECT g.id, g.role, g.own_role, g.fields, g.agency_id, g.agency_path, g.valid_from, g.valid_to, g.basis, g.revoked_at, s.account_id \
        FROM substitution s JOIN account a ON a.id = s.account_id JOIN account_grant g ON g.account_id = s.account_id \
        WHERE s.substitute_id = $1 AND s.accepted_at IS NOT NULL AND s.ended_at IS NULL AND s.valid_from <= $2 AND s.valid_to >= $2 AND a.state = 'active' \
        AND g.revoked_at IS NULL AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) ORDER BY id LIMIT 400";

    /// A browser signed in.
    pub SESSION_INSERT = "INSERT INTO session (id, token_hash, account_id, stage, csrf, created_at, seen_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    /// The session of a cookie with its account.
    pub SESSION_GET = "SELECT s.id AS session_id, s.csrf, s.stage, s.created_at, s.seen_at, a.id, a.login, a.kind, a.name, \
        a.citizen_number, a.identity_proven_at, a.state, a.must_change_password, a.totp_confirmed_at, a.invented \
        FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_hash = $1";
    /// It was used just now.
    pub SESSION_SEEN = "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    /// One session ends.
    pub SESSION_END = "DELETE FROM session WHERE token_hash = $1";
    /// All sessions of an account end, but one (0: none is spared).
    pub SESSIONS_END = "DELETE FROM session WHERE account_id = $1 AND id <> $2";
    /// Sessions long unused go, a bounded number at a time.
    pub SESSIONS_PURGE = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE seen_at < $1 LIMIT 200)";
    /// One session that is still in use ends; one that is over stays for what it can show (see `kept`).
    pub SESSION_REPLACE = "DELETE FROM session WHERE token_hash = $1 AND seen_at > $2";
    /// Whose a session was, and the secret of its forms.
    pub SESSION_SECRET = "SELECT account_id, csrf FROM session WHERE token_hash = $1 AND stage = 'open'";
    /// The secrets of an account's latest sessions, those over included.
    pub SESSION_SECRETS = "SELECT csrf FROM session WHERE account_id = $1 AND stage = 'open' ORDER BY id DESC LIMIT 20";
    /// A form waits for its person.
    pub KEPT_INSERT = "INSERT INTO kept_form (token_hash, account_id, words, kept_at) VALUES ($1, $2, $3, $4)";
    /// Of one person the latest form only.
    pub KEPT_REPLACE = "DELETE FROM kept_form WHERE account_id = $1";
    /// The form of a name, for its own account.
    pub KEPT_GET = "SELECT words FROM kept_form WHERE token_hash = $1 AND account_id = $2 AND kept_at > $3";
    /// It was sent.
    pub KEPT_DROP = "DELETE FROM kept_form WHERE token_hash = $1";
    /// Old ones go, a bounded number at a time.
    pub KEPT_PURGE = "DELETE FROM kept_form WHERE token_hash IN \
        (SELECT token_hash FROM kept_form WHERE kept_at < $1 LIMIT 200)";
    /// How many browsers are signed in.
    pub SESSIONS_COUNT = "SELECT count(*) AS open FROM session WHERE account_id = $1 AND stage = 'open'";

    /// A try is counted before the password is looked at, so that parallel guesses cannot outrun the count. $3: when
    /// older failures are forgotten.
    pub ATTEMPT_COUNT = "INSERT INTO sign_in_attempt (login_hash, failures, last_at) VALUES ($1, 1, $2) \
        ON CONFLICT (login_hash) DO UPDATE SET last_at = excluded.last_at, failures = \
        CASE WHEN sign_in_attempt.last_at <= $3 THEN 1 ELSE sign_in_attempt.failures + 1 END";
    /// The tries of a login so far, kept from others until the transaction ends.
    pub ATTEMPT_LOCK = sqlite "SELECT failures, last_at FROM sign_in_attempt WHERE login_hash = $1",
        postgres "SELECT failures, last_at FROM sign_in_attempt WHERE login_hash = $1 FOR UPDATE";
    /// Sets a count.
    pub ATTEMPT_SET = "INSERT INTO sign_in_attempt (login_hash, failures, last_at) VALUES ($1, $2, $3) \
        ON CONFLICT (login_hash) DO UPDATE SET last_at = excluded.last_at, failures = excluded.failures";
    /// One try was no failure.
    pub ATTEMPT_TAKE_BACK = "UPDATE sign_in_attempt SET failures = failures - 1 WHERE login_hash = $1 AND failures > 0";
    /// People of a demonstration or simulation who have a password.
    pub INVENTED_COUNT = "SELECT count(*) AS n FROM account WHERE invented AND password_hash IS NOT NULL";
    /// A success forgets the failures.
    pub ATTEMPT_FORGET = "DELETE FROM sign_in_attempt WHERE login_hash = $1";
    /// Old ones go, a bounded number at a time.
    pub ATTEMPTS_PURGE = "DELETE FROM sign_in_attempt WHERE login_hash IN \
        (SELECT login_hash FROM sign_in_attempt WHERE last_at < $1 LIMIT 200)";
}

pub(crate) async fn insert_account(tx: &Tx, id: Id, new: &NewAccount, now: Instant) -> Result<(), StoreError> {
    let search = base::fold(&format!("{} {} {}", new.name, new.login.as_str(), phone_text(new).unwrap_or_default()));
    tx.execute(
        ACCOUNT_INSERT,
        params![
            id,
            new.login.as_str(),
            new.kind.as_str(),
            new.name.as_str(),
            search,
            phone_text(new),
            new.citizen_number.as_ref().map(|number| number.as_str().to_owned()),
            new.proven.then_some(now),
            new.password.0.clone(),
            now,
            new.must_change_password,
            new.created_by,
            new.invented,
            rand::random::<[u8; 16]>().to_vec(),
            // Empty for people, so that the digests of their rows stay what they were before programs had accounts.
            new.machine.then_some(true)
        ],
    )
    .await?;
    Ok(())
}

fn phone_text(new: &NewAccount) -> Option<String> {
    new.phone.as_ref().map(|phone| phone.as_str().to_owned())
}

pub(crate) fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.get("id")?,
        login: row.get("login")?,
        kind: Kind::read(&row.get::<String>("kind")?).unwrap_or(Kind::Official),
        machine: row.get::<Option<bool>>("machine")? == Some(true),
        name: row.get("name")?,
        phone: row.get("phone")?,
        citizen_number: row.get("citizen_number")?,
        proven_at: row.get("identity_proven_at")?,
        state: State::read(&row.get::<String>("state")?).unwrap_or(State::Closed),
        has_totp: row.get::<Option<Instant>>("totp_confirmed_at")?.is_some(),
        must_change_password: row.get("must_change_password")?,
        created_at: row.get("created_at")?,
    })
}

/// A grant of a role the program no longer knows is left out: it gives nothing.
pub(crate) async fn grants(tx: &Tx, account: Id) -> Result<Vec<Held>, StoreError> {
    let rows = tx.query(GRANTS_OF, params![account]).await?;
    rows.iter().filter_map(|row| held(row).transpose()).collect()
}

fn held(row: &Row) -> Result<Option<Held>, StoreError> {
    let Some(role) = role(&row.get::<String>("role")?) else { return Ok(None) };
    Ok(Some(Held {
        id: row.get("id")?,
        role,
        own: row.get("own_role")?,
        fields: fields(row)?,
        agency: row.get("agency_id")?,
        agency_path: row.get("agency_path")?,
        valid_from: row.get::<Date>("valid_from")?,
        valid_to: row.get::<Option<Date>>("valid_to")?,
        basis: row.get("basis")?,
        revoked_at: row.get("revoked_at")?,
    }))
}

/// What an account holds on a day, the oldest first: its own grants, and others' with whose they are.
pub(crate) async fn live_grants(tx: &Tx, account: Id, day: Date) -> Result<Vec<(Held, Option<Id>)>, StoreError> {
    let mut all = Vec::new();
    for row in &tx.query(GRANTS_LIVE, params![account, day]).await? {
        if let Some(held) = held(row)? {
            all.push((held, row.get("instead_of")?));
        }
    }
    Ok(all)
}

/// The fields a grant is limited to. What cannot be read limits it to none at all.
pub(crate) fn fields(row: &Row) -> Result<Option<BTreeSet<String>>, StoreError> {
    let kept = row.get::<Option<serde_json::Value>>("fields")?;
    Ok(kept.map(|kept| serde_json::from_value(kept).unwrap_or_default()))
}

/// The role of its stored word.
pub(crate) fn role(text: &str) -> Option<Role> {
    Role::read(text)
}

/// One page of accounts by name that an administrator may see, and how many there are in all: those with a grant inside `scope_path` (all, when the scope is the
/// root), and those without any grant that `by` made.
pub(crate) async fn accounts_page(
    tx: &Tx,
    look: &Look,
    limit: i64,
    place: &Place<Id>,
) -> Result<(Vec<Account>, i64), StoreError> {
    let (sql, values) = looked_for(look);
    let total: i64 = tx.query_one(format!("SELECT count(*) AS total{sql}"), &values).await?.get("total")?;
    Ok((accounts_after(tx, look, limit, place).await?, total))
}

/// The same page, uncounted.
pub(crate) async fn accounts_after(
    tx: &Tx,
    look: &Look,
    limit: i64,
    place: &Place<Id>,
) -> Result<Vec<Account>, StoreError> {
    let (mut sql, mut values) = looked_for(look);
    let columns = "SELECT a.id, a.login, a.kind, a.name, a.phone, a.citizen_number, a.identity_proven_at, a.state, \
        a.totp_confirmed_at, a.must_change_password, a.created_at, a.machine";
    // A name in an address would stand in histories: the account beside which the page lies is named by its id.
    let (than, down) = if place.is_backwards() { ("<", " DESC") } else { (">", "") };
    if let Some(beside) = place.row() {
        values.push((*beside).into());
        let beside = format!("(SELECT b.search_text, b.id FROM account b WHERE b.id = ${})", values.len());
        sql.push_str(&format!(" AND (a.search_text, a.id) {than} {beside}"));
    }
    values.push(limit.into());
    values.push(place.offset().into());
    let (limit, offset) = (values.len() - 1, values.len());
    let page = format!("{columns}{sql} ORDER BY a.search_text{down}, a.id{down} LIMIT ${limit} OFFSET ${offset}");
    let rows = tx.query(page, &values).await?;
    let mut accounts = rows.iter().map(account).collect::<Result<Vec<_>, _>>()?;
    if place.is_backwards() {
        accounts.reverse();
    }
    Ok(accounts)
}

/// The part of the statement that says which accounts.
fn looked_for(look: &Look) -> (String, Vec<store::Value>) {
    let Look { words, kind, scopes, by } = look;
    // At most eight words and eight scopes: the text below stays one of a few shapes the statement cache keeps.
    let mut sql = String::from(" FROM account a WHERE a.kind = $1");
    let mut values = vec![store::Value::from(kind.as_str())];
    for word in words.iter().take(8) {
        values.push(format!("%{word}%").into());
        sql.push_str(&format!(" AND a.search_text LIKE ${}", values.len()));
    }
    let of_scopes = |values: &mut Vec<store::Value>| {
        let one = |scope: &String| {
            values.push(format!("{scope}%").into());
            let at = values.len();
            format!("EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id AND g.agency_path LIKE ${at})")
        };
        scopes.iter().take(8).map(one).collect::<Vec<_>>().join(" OR ")
    };
    let whole = scopes.iter().any(|scope| base::is_root(scope));
    if whole && *kind == Kind::Official {
        // Everybody but those who work in other systems alone.
        let within = of_scopes(&mut values);
        let beside = System::BESIDE.map(|system| format!("g.agency_path LIKE '{}%'", system.head())).join(" OR ");
        sql.push_str(&format!(
            " AND ({within} OR NOT EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id AND ({beside})))"
        ));
    } else if !whole {
        values.push((*by).into());
        let at = values.len();
        let none = "NOT EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id)";
        sql.push_str(&format!(" AND ((a.created_by = ${at} AND {none})"));
        if !scopes.is_empty() {
            sql.push_str(&format!(" OR {}", of_scopes(&mut values)));
        }
        sql.push(')');
    }
    (sql, values)
}

/// What an administrator looks for.
pub(crate) struct Look {
    /// Folded words, each of which must occur.
    pub words: Vec<String>,
    /// Officials or citizens.
    pub kind: Kind,
    /// Paths the administrator keeps accounts of.
    pub scopes: Vec<String>,
    /// The administrator.
    pub by: Id,
}
