//! Signing in and out, and a citizen's own sign-up: password, one-time code, rest after failures.
//!
//! Hashing a password takes tens of milliseconds, so it never happens inside a transaction: a short one counts the
//! try and fetches the hash, a second one opens the session.

use base::{CitizenId, Fault, Id, Instant, Phone, Problem};
use store::{Db, Tx, params};

use crate::accounts::{Login, NewAccount, State, parse_name};
use crate::passwords::{Hasher, Password};
use crate::sessions::{self, CODE_STAGE_MS_MAX, Opened};
use crate::tries::{Doors, Visit};
use crate::vault::{Closed, Vault};
use crate::{DEMO_PASSWORD, Settings, actions, devices, store as sql, totp};

/// Sessions that are over stay on record for thirty days, then go.
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
    invented: bool,
}

impl Known {
    /// Whether this door is open to the account at all. Outside a demonstration neither its people nor its password, which
    /// everybody knows, open anything; only the log says why.
    fn belongs_here(&self, password: &str, demo: bool) -> bool {
        if demo {
            return true;
        }
        if self.invented {
            tracing::warn!(account = %self.id, "sign-in refused: an account of the demonstration, and this is not one");
        } else if password == DEMO_PASSWORD {
            tracing::warn!(account = %self.id, "sign-in refused: the account has the demonstration's password; it needs a new one");
        }
        !self.invented && password != DEMO_PASSWORD
    }
}

/// Tries a login and a password.
///
/// # Errors
/// `Fault::TooMany` while the login or the address rests (see [`crate::lockout`]); `Fault::Busy`.
pub async fn sign_in(
    db: &Db,
    settings: &Settings,
    login: &str,
    password: &str,
    visit: &Visit,
    now: Instant,
) -> Result<Answer, Fault> {
    let (login, coming) = (Login::typed(login), visit.clone());
    let (known, doors) = db.write(move |tx| Box::pin(async move { count_try(tx, &login, &coming, now).await })).await?;
    let stored = known.as_ref().and_then(|known| known.password_hash.as_deref());
    let right = settings.hasher.verify(password, stored).await?;
    let Some(known) = known.filter(|known| right && known.belongs_here(password, settings.demo)) else {
        db.write(move |tx| Box::pin(async move { doors.stayed_shut(tx, now).await })).await?;
        return Ok(Answer::Wrong);
    };
    if !known.active {
        db.write(move |tx| Box::pin(async move { doors.stayed_shut(tx, now).await })).await?;
        return Ok(Answer::NotActive);
    }
    let stage = if known.has_totp { "code" } else { "open" };
    let opened = replace_session(db, known.id, stage, Some(doors), visit, now).await?;
    Ok(match stage {
        "code" => Answer::CodeNeeded { pending: opened.token },
        _ => Answer::Open(opened),
    })
}

/// Finishes a sign-in with a one-time code or a recovery code.
///
/// # Errors
/// `Fault::TooMany` while the account's codes rest.
pub async fn sign_in_code(
    db: &Db,
    vault: &Vault,
    pending: &str,
    code: &str,
    visit: &Visit,
    now: Instant,
) -> Result<Answer, Fault> {
    let (vault, hash, code, visit) = (vault.clone(), sessions::token_hash(pending), code.to_owned(), visit.clone());
    db.write(move |tx| Box::pin(async move { check_code(tx, &vault, hash, &code, &visit, now).await })).await
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

/// Makes a citizen's account. The number stays a claim until somebody sees the card. Where the number has an account
/// already nothing is made, its owner is told, and the answer is the same: whoever asks learns nothing about anybody. A phone
/// may be a family's; the first account with it signs in by it too.
///
/// # Errors
/// `Fault::Invalid` with every field that is wrong; `Fault::Busy`.
pub async fn sign_up(db: &Db, hasher: &Hasher, form: &SignUp, now: Instant) -> Result<(), Fault> {
    let mut problems = Vec::new();
    let mut keep = |problem| problems.push(problem);
    let name = parse_name(&form.name).map_err(&mut keep).ok();
    let number = form.citizen_number.parse::<CitizenId>().and_then(|number| number.born_by(now.date()));
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
    db.write(move |tx| Box::pin(async move { actions::claim_account(tx, new, now).await })).await
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
        db.write(move |tx| Box::pin(async move { own_doors(tx, account, now).await?.opened(tx).await })).await?;
    }
    Ok(right)
}

/// Counts a try of a signed-in person at the own password or code, in a transaction of its own: the refusal that may
/// follow must not undo it.
///
/// # Errors
/// `Fault::TooMany` while the account rests.
pub async fn count_own_try(db: &Db, account: Id, now: Instant) -> Result<(), Fault> {
    db.write(move |tx| Box::pin(async move { own_doors(tx, account, now).await?.count(tx, now).await })).await
}

/// The door of a signed-in person at the own password: nobody without a session stands before it.
async fn own_doors(tx: &Tx, account: Id, now: Instant) -> Result<Doors, Fault> {
    Doors::before(tx, &format!("own:{account}"), None, &Visit::default(), now).await
}

/// A login rests under the spelling tried: were its number and its phone to rest together, resting would tell that they
/// belong together.
async fn count_try(tx: &Tx, login: &Login, visit: &Visit, now: Instant) -> Result<(Option<Known>, Doors), Fault> {
    let row = tx.query_opt(sql::ACCOUNT_BY_LOGIN, params![login.as_str()]).await?;
    let known = match row {
        None => None,
        Some(row) => Some(Known {
            id: row.get("id")?,
            active: row.get::<String>("state")? == State::Active.as_str(),
            password_hash: row.get("password_hash")?,
            has_totp: row.get::<Option<Instant>>("totp_confirmed_at")?.is_some(),
            invented: row.get("invented")?,
        }),
    };
    let thing = format!("login:{}", login.as_str());
    let doors = Doors::before(tx, &thing, known.as_ref().map(|known| known.id), visit, now).await?;
    doors.count(tx, now).await?;
    Ok((known, doors))
}

async fn replace_session(
    db: &Db,
    account: Id,
    stage: &'static str,
    doors: Option<Doors>,
    visit: &Visit,
    now: Instant,
) -> Result<Opened, Fault> {
    let visit = visit.clone();
    db.write(move |tx| {
        Box::pin(async move {
            if let Some(token) = &visit.session {
                let hash = sessions::token_hash(token);
                tx.execute(sql::SESSION_REPLACE, params![hash, now.plus_ms(-sessions::IDLE_MS_MAX)]).await?;
            }
            crate::kept::purge(tx, now).await?;
            tx.execute(sql::SESSIONS_PURGE, params![now.plus_ms(-KEPT_MS)]).await?;
            if let Some(doors) = doors {
                doors.opened(tx).await?;
            }
            match stage {
                "open" => enter(tx, account, &visit, now).await,
                _ => Ok(sessions::open(tx, account, stage, now).await?),
            }
        })
    })
    .await
}

/// The door is open: a session, and the browser is known from now on.
pub(crate) async fn enter(tx: &Tx, account: Id, visit: &Visit, now: Instant) -> Result<Opened, Fault> {
    let device = devices::remember(tx, account, visit.device.as_deref(), &visit.label, now).await?;
    let opened = sessions::open(tx, account, "open", now).await?;
    let subject = access::account_subject(account);
    let entry = access::Entry::new(access::Kind::SignedIn, Some(account), subject, "/sign-in", now);
    access::keep(tx, &access::Entry { purpose: visit.label.clone(), ..entry }).await?;
    Ok(Opened { device: Some(device), ..opened })
}

async fn check_code(
    tx: &Tx,
    vault: &Vault,
    pending: Vec<u8>,
    code: &str,
    visit: &Visit,
    now: Instant,
) -> Result<Answer, Fault> {
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
    // Codes are guessed like passwords: a count of their own, which only a whole sign-in clears.
    let doors = Doors::before(tx, &format!("code:{account}"), Some(account), visit, now).await?;
    doors.count(tx, now).await?;
    match use_code(tx, vault, account, code, now).await? {
        Code::Right => {}
        Code::Wrong => {
            doors.stayed_shut(tx, now).await?;
            return Ok(Answer::Wrong);
        }
        // Not a fault: the try stays counted.
        Code::Sealed => return Ok(Answer::NoKey),
    }
    tx.execute(sql::SESSION_END, params![pending]).await?;
    doors.opened(tx).await?;
    Ok(Answer::Open(enter(tx, account, visit, now).await?))
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
        let none = serde_json::json!({});
        crate::actions::record(tx, account, "recovery-code-used", (Some(account), None), none, now).await?;
        return Ok(Code::Right);
    }
    if let Some(Err(Closed)) = secret {
        tracing::error!(%account, "a one-time code could not be checked: the key does not open the secret");
        return Ok(Code::Sealed);
    }
    Ok(Code::Wrong)
}
