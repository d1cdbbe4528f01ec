//! Accounts of programs: no password and no pages, a token for the API alone. What one may do follows from grants, with their
//! second person, as for people; a role of the province's own is its scope.

use base::{Actor, Date, Fault, Id, Instant, Problem};
use serde_json::json;
use store::{Db, StoreError, Tx, params};
use web::SignedIn;

use crate::accounts::{Account, Kind, Login, NewAccount, State};
use crate::passwords::Hashed;
use crate::{actions, new_id, sessions};

/// Longest life of a token, in days.
pub const TOKEN_DAYS_MAX: i64 = 366;
/// Tokens of one account that open something at once: the old one and the new while they are exchanged, and some more.
pub const TOKENS_MAX: usize = 5;
/// Longest label of a token, in letters.
pub const LABEL_CHARS_MAX: usize = 80;
/// What every token begins with, so that one left lying about is known for what it is.
pub const TOKEN_HEAD: &str = "motcua_";

store::statements! {
    /// A new token.
    pub TOKEN_INSERT = "INSERT INTO machine_token (id, account_id, token_hash, label, made_by, made_at, valid_to) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Tokens of an account, the newest first.
    pub TOKENS_OF = "SELECT id, label, made_at, valid_to, used_on, revoked_at FROM machine_token WHERE account_id = $1 ORDER BY id DESC LIMIT 50";
    /// A token opens nothing any more.
    pub TOKEN_REVOKE = "UPDATE machine_token SET revoked_by = $3, revoked_at = $4 WHERE account_id = $1 AND id = $2 AND revoked_at IS NULL";
    /// Whose token it is.
    pub TOKEN_GET = "SELECT t.id AS token_id, t.valid_to, t.used_on, a.id, a.name, a.state, a.machine FROM machine_token t \
        JOIN account a ON a.id = t.account_id WHERE t.token_hash = $1 AND t.revoked_at IS NULL";
    /// It was used today.
    pub TOKEN_USED = "UPDATE machine_token SET used_on = $2 WHERE id = $1";
}

/// A token as its keeper sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: Id,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub made_at: Instant,
    /// Its last day.
    pub valid_to: Date,
    /// The last day it was used.
    pub used_on: Option<Date>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

impl Token {
    /// Whether it opens anything on a day.
    pub fn opens_on(&self, day: Date) -> bool {
        self.revoked_at.is_none() && day <= self.valid_to
    }
}

/// Makes the account of a program. It has no password, and nobody can set one.
///
/// # Errors
/// `Fault::Conflict` when the login is in use.
pub async fn create(tx: &Tx, by: &Actor, login: Login, name: String, now: Instant) -> Result<Id, Fault> {
    let new = NewAccount {
        created_by: Some(by.account),
        created_for: actions::post(by, crate::rights::KEEP_ACCOUNTS, []),
        machine: true,
        ..NewAccount::official(login, name, Hashed::none())
    };
    actions::create_account(tx, new, now).await
}

async fn kept(tx: &Tx, by: &Actor, account: Id) -> Result<Account, Fault> {
    let found = actions::account_ruled_by(tx, by, account).await?;
    if !found.machine || found.kind != Kind::Official {
        return Err(Fault::NotFound("identity-account-unknown"));
    }
    Ok(found)
}

/// Makes a token, to be shown this once.
///
/// # Errors
/// `Fault::Invalid` at `label` or `token_to`; `Fault::Conflict` for a closed account and beyond [`TOKENS_MAX`]; `Fault::NotFound` for
/// accounts of people and of others' units.
pub async fn make_token(
    tx: &Tx,
    by: &Actor,
    account: Id,
    (label, valid_to): (String, Date),
    now: Instant,
) -> Result<String, Fault> {
    let found = kept(tx, by, account).await?;
    let mut problems = Vec::new();
    if label.is_empty() || label.chars().count() > LABEL_CHARS_MAX {
        problems.push(Problem::new("identity-token-label").field("label").arg("max", LABEL_CHARS_MAX));
    }
    let today = now.date();
    let days = base::time::day_number(valid_to) - base::time::day_number(today);
    if !(0..=TOKEN_DAYS_MAX).contains(&days) {
        problems.push(Problem::new("identity-token-days").field("token_to").arg("max", TOKEN_DAYS_MAX));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    if found.state != State::Active {
        return Err(Fault::Conflict(Problem::new("identity-account-closed")));
    }
    if of(tx, account).await?.iter().filter(|token| token.opens_on(today)).count() >= TOKENS_MAX {
        return Err(Fault::Conflict(Problem::new("identity-token-too-many").arg("max", TOKENS_MAX)));
    }
    let token = format!("{TOKEN_HEAD}{}", sessions::new_token());
    let id = new_id(now);
    let hash = sessions::token_hash(&token);
    tx.execute(TOKEN_INSERT, params![id, account, hash, label.as_str(), by.account, now, valid_to]).await?;
    let post = actions::keepers_post(tx, by, account).await?;
    let data = json!({ "token": id, "label": label, "to": valid_to.to_string() });
    actions::record(tx, account, "token-made", (Some(by.account), post), data, now).await?;
    Ok(token)
}

/// Takes a token back; the next request with it is refused.
///
/// # Errors
/// `Fault::NotFound`; `Fault::Conflict` when it was taken back before.
pub async fn revoke_token(tx: &Tx, by: &Actor, account: Id, token: Id, now: Instant) -> Result<(), Fault> {
    kept(tx, by, account).await?;
    if !of(tx, account).await?.iter().any(|one| one.id == token) {
        return Err(Fault::NotFound("identity-token-unknown"));
    }
    if tx.execute(TOKEN_REVOKE, params![account, token, by.account, now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-token-revoked")));
    }
    let post = actions::keepers_post(tx, by, account).await?;
    actions::record(tx, account, "token-revoked", (Some(by.account), post), json!({ "token": token }), now).await
}

/// The tokens of an account, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn of(tx: &Tx, account: Id) -> Result<Vec<Token>, StoreError> {
    let rows = tx.query(TOKENS_OF, params![account]).await?;
    let read = |row: &store::Row| {
        Ok(Token {
            id: row.get("id")?,
            label: row.get("label")?,
            made_at: row.get("made_at")?,
            valid_to: row.get("valid_to")?,
            used_on: row.get("used_on")?,
            revoked_at: row.get("revoked_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// The program behind a token, with what it may do today.
///
/// # Errors
/// Those of the database.
pub(crate) async fn bearer(db: &Db, token: &str, now: Instant) -> Result<Option<SignedIn>, Fault> {
    if !token.starts_with(TOKEN_HEAD) {
        return Ok(None);
    }
    let hash = sessions::token_hash(token);
    let found = db.read(move |tx| Box::pin(async move { look_up(tx, hash, now).await })).await?;
    let Some((signed_in, used_on)) = found else { return Ok(None) };
    let (id, today) = (signed_in.session, now.date());
    if used_on != Some(today) {
        let noted = db.write(move |tx| Box::pin(async move { tx.execute(TOKEN_USED, params![id, today]).await })).await;
        if let Err(error) = noted {
            // A note only: the request goes on.
            tracing::debug!(error = %error, "a token's day was not noted");
        }
    }
    Ok(Some(signed_in))
}

async fn look_up(tx: &Tx, hash: Vec<u8>, now: Instant) -> Result<Option<(SignedIn, Option<Date>)>, Fault> {
    let Some(row) = tx.query_opt(TOKEN_GET, params![hash]).await? else { return Ok(None) };
    let active = row.get::<String>("state")? == State::Active.as_str();
    let machine = row.get::<Option<bool>>("machine")? == Some(true);
    if !active || !machine || row.get::<Date>("valid_to")? < now.date() {
        return Ok(None);
    }
    let account = row.get("id")?;
    let grants = sessions::live_grants(tx, account, Kind::Official, now).await?;
    let actor = Actor { account, name: row.get("name")?, grants, citizen_number: None };
    let signed_in = SignedIn { actor, session: row.get("token_id")?, csrf: String::new() };
    Ok(Some((signed_in, row.get("used_on")?)))
}
