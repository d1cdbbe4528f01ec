//! Signed-in browsers: a random token in a cookie, its hash in the database.

use base::{Actor, Fault, Grant, Id, Instant, Role};
use futures_util::future::BoxFuture;
use rand::RngCore;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Db, StoreError, Tx, params};
use web::{FormProof, KeptForm, Sessions, SignedIn};

use crate::accounts::{Kind, State};
use crate::{Settings, kept, store as sql, substitutes};

/// A session unused for this long is over: two hours, a half day at the desk with a pause in it.
pub const IDLE_MS_MAX: i64 = 2 * 3_600_000;
/// A session is over this long after sign-in, used or not: one working day.
pub const AGE_MS_MAX: i64 = 12 * 3_600_000;
/// Between the password and the one-time code.
pub const CODE_STAGE_MS_MAX: i64 = 5 * 60_000;
/// `seen_at` is written at most once in this time, so that reading pages does not write.
const SEEN_EVERY_MS: i64 = 60_000;

/// Whether a session still opens anything.
pub fn is_live(created: Instant, seen: Instant, now: Instant) -> bool {
    now.0 - created.0 < AGE_MS_MAX && now.0 - seen.0 < IDLE_MS_MAX
}

/// 256 random bits as 43 letters, for the cookie.
pub(crate) fn new_token() -> String {
    use base64::Engine;
    let mut random = [0; 32];
    rand::rng().fill_bytes(&mut random);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
}

/// What is stored of a token.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A session just opened: the token goes into the cookie and nowhere else.
pub struct Opened {
    /// For the cookie.
    pub token: String,
    /// The session's id.
    pub session: Id,
    /// For the cookie that names the browser, when it was looked at.
    pub device: Option<String>,
}

/// Opens a session. `stage` is `open`, or `code` while the one-time code is awaited.
pub(crate) async fn open(tx: &Tx, account: Id, stage: &'static str, now: Instant) -> Result<Opened, StoreError> {
    let token = new_token();
    let session = crate::new_id(now);
    tx.execute(sql::SESSION_INSERT, params![session, token_hash(&token), account, stage, new_token(), now]).await?;
    Ok(Opened { token, session, device: None })
}

/// Who is behind a cookie: implements [`web::Sessions`] on the `session` table.
pub struct SessionStore {
    settings: Settings,
}

impl SessionStore {
    /// A store that follows the given settings.
    pub fn new(settings: Settings) -> SessionStore {
        SessionStore { settings }
    }
}

impl Sessions for SessionStore {
    fn load<'a>(&'a self, db: &'a Db, token: &'a str, now: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let (db, hash, settings) = (db.clone(), token_hash(token), self.settings.clone());
        Box::pin(async move {
            let found = db.read(move |tx| Box::pin(async move { look_up(tx, &settings, hash, now).await })).await?;
            let Some((signed_in, seen)) = found else { return Ok(None) };
            if now.0 - seen.0 >= SEEN_EVERY_MS {
                let session = signed_in.session;
                let touched = db
                    .write(move |tx| {
                        Box::pin(async move { tx.execute(sql::SESSION_SEEN, params![session, now]).await })
                    })
                    .await;
                // A page is not refused because this note could not be taken: the session only ends a little earlier.
                match touched {
                    Err(StoreError::Busy(_)) => tracing::debug!("session not marked as seen: busy"),
                    Err(error) if error.is_away() => {
                        tracing::debug!("session not marked as seen: nothing can be written")
                    }
                    other => drop(other?),
                }
            }
            Ok(Some(signed_in))
        })
    }

    fn bearer<'a>(
        &'a self,
        db: &'a Db,
        token: &'a str,
        now: Instant,
    ) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        Box::pin(crate::machines::bearer(db, token, now))
    }

    fn keep_form<'a>(
        &'a self,
        db: &'a Db,
        proof: FormProof,
        form: KeptForm,
        now: Instant,
    ) -> BoxFuture<'a, Result<Option<String>, Fault>> {
        Box::pin(db.write(move |tx| Box::pin(async move { kept::keep(tx, &proof, &form, now).await })))
    }

    fn kept_form<'a>(
        &'a self,
        db: &'a Db,
        token: &'a str,
        account: Id,
        now: Instant,
    ) -> BoxFuture<'a, Result<Option<KeptForm>, Fault>> {
        let hash = token_hash(token);
        Box::pin(db.read(move |tx| Box::pin(async move { kept::find(tx, hash, account, now).await })))
    }

    fn drop_form<'a>(&'a self, db: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<(), Fault>> {
        let hash = token_hash(token);
        Box::pin(db.write(move |tx| {
            Box::pin(async move {
                tx.execute(sql::KEPT_DROP, params![hash]).await?;
                Ok(())
            })
        }))
    }
}

async fn look_up(
    tx: &Tx,
    settings: &Settings,
    hash: Vec<u8>,
    now: Instant,
) -> Result<Option<(SignedIn, Instant)>, Fault> {
    let Some(row) = tx.query_opt(sql::SESSION_GET, params![hash]).await? else { return Ok(None) };
    let (created, seen): (Instant, Instant) = (row.get("created_at")?, row.get("seen_at")?);
    let active = row.get::<String>("state")? == State::Active.as_str();
    // Sessions of a demonstration end with it.
    let belongs_here = settings.demo || !row.get::<bool>("invented")?;
    if row.get::<String>("stage")? != "open" || !active || !belongs_here || !is_live(created, seen, now) {
        return Ok(None);
    }
    let account: Id = row.get("id")?;
    let kind = Kind::read(&row.get::<String>("kind")?).unwrap_or(Kind::Official);
    let has_totp = row.get::<Option<Instant>>("totp_confirmed_at")?.is_some();
    let confined = row.get::<bool>("must_change_password")?
        || (kind == Kind::Official && settings.officials_need_totp && !has_totp);
    let proven = row.get::<Option<Instant>>("identity_proven_at")?.is_some();
    let actor = Actor {
        account,
        name: row.get("name")?,
        // Until somebody has seen the paper, the number is only a claim and opens no dossier of that number.
        citizen_number: row.get::<Option<String>>("citizen_number")?.filter(|_| proven),
        grants: if confined { Vec::new() } else { live_grants(tx, account, kind, now).await? },
    };
    let signed_in = SignedIn { actor, session: row.get("session_id")?, csrf: row.get("csrf")? };
    Ok(Some((signed_in, seen)))
}

pub(crate) async fn live_grants(tx: &Tx, account: Id, kind: Kind, now: Instant) -> Result<Vec<Grant>, StoreError> {
    if kind == Kind::Citizen {
        // A citizen's powers are over their own dossiers, wherever these are.
        return Ok(vec![Grant::new(Role::Citizen, Id(0), "/")]);
    }
    let (own, others): (Vec<_>, Vec<_>) =
        sql::live_grants(tx, account, now.date()).await?.into_iter().partition(|(_, instead_of)| instead_of.is_none());
    // Whoever holds no post of the same agency any more stands in for nobody there.
    let near = |held: &crate::Held| {
        own.iter().any(|(post, _)| substitutes::is_near(&post.agency_path, &held.agency_path))
            && held.role.is_official()
    };
    let others: Vec<_> = others.into_iter().filter(|(held, _)| near(held)).collect();
    let held = own.into_iter().chain(others);
    let held: Vec<(crate::Held, Option<Id>)> = held.collect();
    let roles = match held.iter().any(|(held, _)| held.own.is_some()) {
        true => crate::roles::standing(tx).await?,
        false => Default::default(),
    };
    let grant = |(held, instead_of): (crate::Held, Option<Id>)| Grant {
        own: held.own.and_then(|id| roles.get(&id).cloned()),
        fields: held.fields.map(Arc::new),
        instead_of,
        ..Grant::new(held.role, held.agency, held.agency_path)
    };
    // One's own before what is held for another, the oldest first: the first grant is the person's home unit.
    Ok(held.into_iter().map(grant).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_two_idle_hours_and_after_twelve_in_all() {
        let start = Instant(1_795_000_000_000);
        let later = |ms: i64| Instant(start.0 + ms);
        assert!(is_live(start, start, later(IDLE_MS_MAX - 1)));
        assert!(!is_live(start, start, later(IDLE_MS_MAX)));
        assert!(is_live(start, later(AGE_MS_MAX - 10), later(AGE_MS_MAX - 1)));
        assert!(!is_live(start, later(AGE_MS_MAX - 10), later(AGE_MS_MAX)));
    }

    #[test]
    fn tokens_are_256_random_bits_and_only_their_hash_is_kept() {
        let (one, two) = (new_token(), new_token());
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert_eq!(token_hash(&one).len(), 32);
    }
}
