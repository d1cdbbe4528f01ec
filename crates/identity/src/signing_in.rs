//! Signing in and out, and a citizen's own sign-up: password, one-time code, rest after failures.
//!
//! Hashing a password takes tens of milliseconds, so it never happens inside a transaction: a short one counts the
//! try and fetches the hash, a second one opens the session.

use base::{CitizenId, Fault, Id, Instant, Phone, Problem};
use sha2::{Digest, Sha256};
use store::{Db, Tx, params};

use crate::accounts::{Login, NewAccount, State, parse_name};
use crate::passwords::{Hasher, Password};
use crate::sessions::{self, CODE_STAGE_MS_MAX, Opened};
use crate::vault::{Closed, Vault};
use crate::{actions, lockout, store as sql, totp};

/// Sessions that are over and tries that are forgotten stay on record for thirty days, then go.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// What became of a try.
pub enum Answer {
    /// Signed in.
    Open(Opened),
    /// The password was right; the one-time code is still needed. The token names this pending sign-in.
    CodeNeeded {
        /// Goes back with the code; opens nothing by itself.
        pending: String,
    },
    /// Login and password, or the code, do not go together. The same for a login nobody has.
    Wrong,
    /// The password was right but the account is suspended or closed.
    NotActive,
    /// The program's key does not open the account's secret, so no code can be checked; a recovery code still opens.
    NoKey,
}

/// What a code turned out to be.
pub(crate) enum Code {
    /// Used up now.
    Right,
    Wrong,
    /// No recovery code, and one-time codes cannot be checked without the key.
    Sealed,
}

/// The account behind a login, as far as signing in needs it.
struct Known {
    id: Id,
    active: bool,
    password_hash: Option<String>,
    has_totp: bool,
}

/// Tries a login and a password. `previous` is the cookie the browser still carries: that session ends, so a token
/// planted before sign-in is worth nothing after it.
///
/// # Errors
/// `Fault::TooMany` while the login rests (see [`crate::lockout`]); `Fault::Busy`.
pub async fn sign_in(
    db: &Db,
    hasher: &Hasher,
    login: &str,
    password: &str,
    previous: Option<&str>,
    now: Instant,
) -> Result<Answer, Fault> {
    let login = Login::typed(login);
    let known = db.write(move |tx| Box::pin(async move { count_try(tx, &login, now).await })).await?;
    let stored = known.as_ref().and_then(|known| known.password_hash.as_deref());
    let right = hasher.verify(password, stored).await?;
    let Some(known) = known.filter(|_| right) else { return Ok(Answer::Wrong) };
    if !known.active {
        return Ok(Answer::NotActive);
    }
    let stage = if known.has_totp { "code" } else { "open" };
    let opened = replace_session(db, known.id, stage, previous, now).await?;
    Ok(match stage {
        "code" => Answer::CodeNeeded { pending: opened.token },
        _ => Answer::Open(opened),
    })
}

/// Finishes a sign-in with a one-time code or a recovery code.
///
/// # Errors
/// `Fault::TooMany` while the login rests.
pub async fn sign_in_code(db: &Db, vault: &Vault, pending: &str, code: &str, now: Instant) -> Result<Answer, Fault> {
    let (vault, hash, code) = (vault.clone(), sessions::token_hash(pending), code.to_owned());
    db.write(move |tx| Box::pin(async move { check_code(tx, &vault, hash, &code, now).await })).await
}

/// Ends the session of a cookie. Ending one that is over already is fine.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(tx: &Tx, token: &str) -> Result<(), Fault> {
    tx.execute(sql::SESSION_END, params![sessions::token_hash(token)]).await?;
    Ok(())
}

/// Ends every session of an account but one (`None`: all).
///
/// # Errors
/// Those of the database.
pub async fn sign_out_everywhere(tx: &Tx, account: Id, spared: Option<Id>) -> Result<(), Fault> {
    tx.execute(sql::SESSIONS_END, params![account, spared.unwrap_or(Id(0))]).await?;
    Ok(())
}

/// What a citizen fills in to get an account.
#[derive(Clone, Debug, Default)]
pub struct SignUp {
    /// Family, middle and given name.
    pub name: String,
    /// Twelve digits of the identity card (Luật Căn cước 2023).
    pub citizen_number: String,
    /// Vietnamese mobile number.
    pub phone: String,
    /// See [`Password::parse`].
    pub password: String,
}

/// Makes a citizen's account and signs in. The number stays a claim until somebody sees the card.
///
/// # Errors
/// `Fault::Invalid` with every field that is wrong; a number or phone already in use is told without saying which.
pub async fn sign_up(
    db: &Db,
    hasher: &Hasher,
    form: &SignUp,
    previous: Option<&str>,
    now: Instant,
) -> Result<Opened, Fault> {
    let mut problems = Vec::new();
    let mut keep = |problem| problems.push(problem);
    let name = parse_name(&form.name).map_err(&mut keep).ok();
    let number = form.citizen_number.parse::<CitizenId>();
    let number = number.map_err(|_| keep(Problem::new("identity-citizen-number-wrong").field("citizen_number"))).ok();
    let phone = form.phone.parse::<Phone>();
    let phone = phone.map_err(|_| keep(Problem::new("identity-phone-wrong").field("phone"))).ok();
    let own = [number.as_ref().map_or("", |number| number.as_str()), phone.as_ref().map_or("", |phone| phone.as_str())];
    let password = Password::parse(&form.password, &own).map_err(&mut keep).ok();
    let (Some(name), Some(number), Some(phone), Some(password)) = (name, number, phone, password) else {
        return Err(Fault::Invalid(problems));
    };
    let hashed = hasher.hash(password).await?;
    let new = NewAccount::citizen(number, name, Some(phone), hashed);
    let account = db.write(move |tx| Box::pin(async move { actions::create_account(tx, new, now).await })).await?;
    replace_session(db, account, "open", previous, now).await
}

/// Whether a signed-in person knows the own password; wrong tries count like those at the door.
///
/// # Errors
/// `Fault::TooMany` while the account rests; `Fault::Busy`.
pub async fn verify_own_password(
    db: &Db,
    hasher: &Hasher,
    account: Id,
    typed: &str,
    now: Instant,
) -> Result<bool, Fault> {
    count_own_try(db, account, now).await?;
    let stored: Option<String> = db
        .read(move |tx| {
            Box::pin(async move {
                let row = tx.query_one(sql::SECRETS_GET, params![account]).await?;
                Ok::<_, Fault>(row.get("password_hash")?)
            })
        })
        .await?;
    let right = hasher.verify(typed, stored.as_deref()).await?;
    if right {
        db.write(move |tx| Box::pin(async move { forget_failures(tx, account).await })).await?;
    }
    Ok(right)
}

/// Counts a try of a signed-in person at the own password or code, in a transaction of its own: the refusal that may
/// follow must not undo it.
///
/// # Errors
/// `Fault::TooMany` while the account rests.
pub async fn count_own_try(db: &Db, account: Id, now: Instant) -> Result<(), Fault> {
    let key = attempt_key(Some(account), &Login::typed(""));
    db.write(move |tx| Box::pin(async move { count(tx, key, now).await })).await
}

/// A login rests under its account, whichever of its spellings is tried; one that nobody has rests under itself.
fn attempt_key(known: Option<Id>, login: &Login) -> Vec<u8> {
    let text = known.map_or_else(|| format!("login:{}", login.as_str()), |id| format!("account:{id}"));
    Sha256::digest(text.as_bytes()).to_vec()
}

async fn count_try(tx: &Tx, login: &Login, now: Instant) -> Result<Option<Known>, Fault> {
    let row = tx.query_opt(sql::ACCOUNT_BY_LOGIN, params![login.as_str()]).await?;
    let known = match row {
        None => None,
        Some(row) => Some(Known {
            id: row.get("id")?,
            active: row.get::<String>("state")? == State::Active.as_str(),
            password_hash: row.get("password_hash")?,
            has_totp: row.get::<Option<Instant>>("totp_confirmed_at")?.is_some(),
        }),
    };
    count(tx, attempt_key(known.as_ref().map(|known| known.id), login), now).await?;
    Ok(known)
}

async fn count(tx: &Tx, key: Vec<u8>, now: Instant) -> Result<(), Fault> {
    if let Some(row) = tx.query_opt(sql::ATTEMPT_LOCK, params![key.clone()]).await?
        && let Some(retry_after_s) = lockout::retry_after_s(row.get("failures")?, row.get("last_at")?, now)
    {
        return Err(Fault::TooMany { retry_after_s });
    }
    let forget_before = now.plus_ms(-lockout::FORGET_AFTER_MS);
    tx.execute(sql::ATTEMPTS_PURGE, params![now.plus_ms(-KEPT_MS)]).await?;
    tx.execute(sql::ATTEMPT_COUNT, params![key, now, forget_before]).await?;
    Ok(())
}

async fn replace_session(
    db: &Db,
    account: Id,
    stage: &'static str,
    previous: Option<&str>,
    now: Instant,
) -> Result<Opened, Fault> {
    let previous = previous.map(sessions::token_hash);
    db.write(move |tx| {
        Box::pin(async move {
            if let Some(hash) = previous {
                tx.execute(sql::SESSION_REPLACE, params![hash, now.plus_ms(-sessions::IDLE_MS_MAX)]).await?;
            }
            crate::kept::purge(tx, now).await?;
            tx.execute(sql::SESSIONS_PURGE, params![now.plus_ms(-KEPT_MS)]).await?;
            if stage == "open" {
                forget_failures(tx, account).await?;
            }
            Ok(sessions::open(tx, account, stage, now).await?)
        })
    })
    .await
}

async fn forget_failures(tx: &Tx, account: Id) -> Result<(), Fault> {
    let key = attempt_key(Some(account), &Login::typed(""));
    tx.execute(sql::ATTEMPT_FORGET, params![key]).await?;
    Ok(())
}

async fn check_code(tx: &Tx, vault: &Vault, pending: Vec<u8>, code: &str, now: Instant) -> Result<Answer, Fault> {
    let Some(row) = tx.query_opt(sql::SESSION_GET, params![pending.clone()]).await? else {
        return Ok(Answer::Wrong);
    };
    let account: Id = row.get("id")?;
    let created: Instant = row.get("created_at")?;
    if row.get::<String>("stage")? != "code" || now.0 - created.0 >= CODE_STAGE_MS_MAX {
        return Ok(Answer::Wrong);
    }
    if row.get::<String>("state")? != State::Active.as_str() {
        return Ok(Answer::NotActive);
    }
    // Codes are guessed like passwords: the same count, which only a whole sign-in clears.
    count(tx, attempt_key(Some(account), &Login::typed("")), now).await?;
    match use_code(tx, vault, account, code, now).await? {
        Code::Right => {}
        Code::Wrong => return Ok(Answer::Wrong),
        // Not a fault: the try stays counted.
        Code::Sealed => return Ok(Answer::NoKey),
    }
    tx.execute(sql::SESSION_END, params![pending]).await?;
    forget_failures(tx, account).await?;
    Ok(Answer::Open(sessions::open(tx, account, "open", now).await?))
}

/// Uses up a one-time or recovery code of an account.
pub(crate) async fn use_code(tx: &Tx, vault: &Vault, account: Id, code: &str, now: Instant) -> Result<Code, Fault> {
    let row = tx.query_one(sql::SECRETS_GET, params![account]).await?;
    let last_step: Option<i64> = row.get("totp_last_step")?;
    let secret = row.get::<Option<Vec<u8>>>("totp_secret")?.map(|sealed| vault.unseal(account, &sealed));
    if let Some(Ok(secret)) = &secret
        && let Some(step) = totp::accepted_step(secret, code, now, last_step)
    {
        let used = tx.execute(sql::TOTP_USE, params![account, step]).await?;
        return Ok(if used == 1 { Code::Right } else { Code::Wrong });
    }
    if tx.execute(sql::RECOVERY_USE, params![totp::recovery_hash(account, code), account]).await? == 1 {
        return Ok(Code::Right);
    }
    if let Some(Err(Closed)) = secret {
        tracing::error!(%account, "a one-time code could not be checked: the key does not open the secret");
        return Ok(Code::Sealed);
    }
    Ok(Code::Wrong)
}
