//! The same request sent twice does its work once. A form carries a key that was made with its page (`_once`), a program sends
//! `Idempotency-Key`; what the first request was answered, the second is answered too.
//!
//! The key is written in the transaction of the action itself ([`store::Db::beside`]): whichever of two requests commits
//! first holds it, and the other's transaction is rolled back by it. A process that ends between the action and its answer
//! leaves a key without an answer: whoever sends the request again is told that it was done, and nothing is done twice.

use crate::ctx::Ctx;
use crate::failure::{Earlier, Failure};
use crate::params::IDEMPOTENCY_KEY;
use crate::{cookie, kept};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base::{Fault, Instant, Problem};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::{Db, Sql, StoreError, Tx, params};

/// How long an answer is remembered: whoever sends a request again does so within minutes, programs within a day.
pub const REMEMBERED_MS: i64 = 24 * 3_600_000;
/// The longest key a program may send.
const KEY_CHARS_MAX: usize = 200;
/// Answers remembered word for word; a longer one is remembered as done.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long the second waits for the first, and how often it looks.
const WAIT: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Removed in one go.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

store::statements! {
    /// Takes a key, if nobody has it.
    pub TAKE = "INSERT INTO web_once (key_hash, digest, holder, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    /// Who holds a key, for what, and what was answered.
    pub HELD = "SELECT digest, holder, at, status, location, notice, body FROM web_once WHERE key_hash = $1";
    /// The holder's answer.
    pub ANSWERED = "UPDATE web_once SET status = $3, location = $4, notice = $5, body = $6 WHERE key_hash = $1 AND holder = $2";
    /// The holder did nothing after all.
    pub LET_GO = "DELETE FROM web_once WHERE key_hash = $1 AND holder = $2";
    /// Keys older than anybody asks for.
    pub FORGET = "DELETE FROM web_once WHERE key_hash IN (SELECT key_hash FROM web_once WHERE at < $1 ORDER BY at LIMIT $2)";
}

/// The key of one request and what stands behind it.
struct Held {
    key_hash: String,
    digest: String,
    /// This very request.
    holder: String,
    /// The database whose transactions take the key with them.
    db: Db,
}

/// Where a request's key is, once its body was read; shared by all copies of the request's context.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<OnceLock<Held>>);

impl Slot {
    /// The database through which this request's actions go.
    pub(crate) fn db(&self) -> Option<&Db> {
        self.0.get().map(|held| &held.db)
    }
}

/// What a request says, gathered while it is read. Two requests are the same when all of it is.
pub(crate) struct Said(Sha256);

impl Said {
    pub(crate) fn new() -> Said {
        Said(Sha256::new())
    }

    /// Adds a piece; pieces do not run into each other.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.0.update((piece.len() as u64).to_be_bytes());
        self.0.update(piece);
    }

    fn hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// What was said in a form's pairs, but for its tokens; none when there is a secret in it, which is not digested either.
pub(crate) fn said_in<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Said> {
    let mut said = Said::new();
    for (name, value) in pairs.filter(|(name, _)| !is_token(name)) {
        if kept::is_secret(name) {
            return None;
        }
        said.add(name.as_bytes());
        said.add(value.as_bytes());
    }
    Some(said)
}

/// Hidden fields that no handler sees.
pub(crate) fn is_token(name: &str) -> bool {
    name == "_csrf" || name == "_once"
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key a request carries: the header's before the form's.
fn key_of(headers: &HeaderMap, in_form: Option<&str>) -> Result<Option<String>, Fault> {
    let wrong = || Fault::invalid(Problem::new("web-once-key").field("Idempotency-Key").arg("max", KEY_CHARS_MAX));
    let key = match headers.get(IDEMPOTENCY_KEY.name) {
        Some(value) => Some(value.to_str().map_err(|_| wrong())?),
        None => in_form.filter(|key| !key.is_empty()),
    };
    match key {
        None => Ok(None),
        Some(key) if (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|b| (0x21..=0x7e).contains(&b)) => {
            Ok(Some(key.to_owned()))
        }
        Some(_) => Err(wrong()),
    }
}

/// Called when a changing request has been read: takes note of its key, or answers with what the same request was answered
/// before. A request without a key, or with a secret in it, goes on as ever.
///
/// # Errors
/// The earlier answer; 422 for a key that is none; 409 (a program: 422) when the key was used for something else.
pub(crate) async fn begin(
    ctx: Option<&Ctx>,
    headers: &HeaderMap,
    in_form: Option<&str>,
    said: Option<Said>,
) -> Result<(), Failure> {
    let (Some(ctx), Some(said)) = (ctx, said) else { return Ok(()) };
    let Some(key) = key_of(headers, in_form)? else { return Ok(()) };
    let whose = match &ctx.actor {
        Some(actor) => format!("account {}", actor.account),
        None => format!("visitor {}", ctx.csrf_secret),
    };
    let mut name = Said::new();
    [whose.as_str(), ctx.path(), &key].iter().for_each(|piece| name.add(piece.as_bytes()));
    let (key_hash, digest, holder) = (name.hex(), said.hex(), ctx.request_id.clone());
    if let Some(before) = earlier(ctx, &key_hash, &digest, &holder, false).await? {
        return Err(Failure(Fault::internal(Earlier::new(before))));
    }
    let step = (key_hash.clone(), digest.clone(), holder.clone(), ctx.now);
    let db = ctx.app.db.beside(Arc::new(move |tx| Box::pin(take(tx, step.clone()))));
    // A request is read once.
    let _ = ctx.once.0.set(Held { key_hash, digest, holder, db });
    Ok(())
}

/// Takes the key inside an action's transaction. A second action of the same request finds it its own.
async fn take(tx: &Tx, (key_hash, digest, holder, now): (String, String, String, Instant)) -> Result<(), StoreError> {
    if tx.execute(TAKE, params![key_hash.clone(), digest, holder.clone(), now]).await? == 1 {
        return Ok(());
    }
    let known = tx.query_opt(HELD, params![key_hash]).await?;
    match known.map(|row| row.get::<String>("holder")).transpose()? {
        Some(known) if known == holder => Ok(()),
        _ => Err(StoreError::Unique { constraint: "web_once.key_hash".into() }),
    }
}

/// What the same request was answered before. `wait`: somebody else is known to have the key, so an answer must come.
async fn earlier(ctx: &Ctx, key_hash: &str, digest: &str, holder: &str, wait: bool) -> Result<Option<Response>, Fault> {
    let mut waited = Duration::ZERO;
    let mut must = wait;
    loop {
        let key = key_hash.to_owned();
        let row = ctx
            .app
            .db
            .read(move |tx| Box::pin(async move { Ok::<_, Fault>(tx.query_opt(HELD, params![key]).await?) }))
            .await?;
        let Some(row) = row else {
            // The other did nothing after all; or has not committed yet, when it was met in a transaction.
            if !must {
                return Ok(None);
            }
            must = false;
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        };
        if row.get::<String>("holder")? == holder {
            return Ok(None);
        }
        if row.get::<String>("digest")? != digest {
            let problem = Problem::new("web-once-differs").field("Idempotency-Key");
            return Err(if ctx.wants_json { Fault::invalid(problem) } else { Fault::Conflict(problem) });
        }
        match row.get::<Option<i64>>("status")? {
            Some(status) => {
                return answer(ctx, status, row.get("location")?, row.get("notice")?, row.get("body")?).map(Some);
            }
            None if waited >= WAIT => return Err(done()),
            None => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
}

fn done() -> Fault {
    Fault::Conflict(Problem::new("web-once-done"))
}

fn answer(
    ctx: &Ctx,
    status: i64,
    location: Option<String>,
    notice: Option<String>,
    body: Option<String>,
) -> Result<Response, Fault> {
    let status = u16::try_from(status).ok().and_then(|code| StatusCode::from_u16(code).ok()).ok_or_else(done)?;
    let location = location.and_then(|to| HeaderValue::from_str(&to).ok());
    let mut response = match body {
        Some(body) => {
            let mut response = (status, body).into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        // A page that was shown, with a password on it perhaps, was not kept.
        None if location.is_none() => return Err(done()),
        None => status.into_response(),
    };
    if let Some(to) = location {
        response.headers_mut().insert(header::LOCATION, to);
    }
    if let Some(key) = notice {
        let cookie = cookie::set(cookie::FLASH, &key, Some(60), ctx.app.secure_cookies);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Called with what a handler answered: remembers it, or lets the key go when nothing was done. When another request with the
/// key was quicker, its answer takes this one's place.
pub(crate) async fn end(ctx: &Ctx, response: Response) -> Response {
    let Some(held) = ctx.once.0.get() else { return response };
    let well = response.status().is_success() || response.status().is_redirection();
    if !well {
        let beaten = was_beaten(&response);
        match earlier(ctx, &held.key_hash, &held.digest, &held.holder, beaten).await {
            Ok(Some(before)) => return before,
            // The quicker one did nothing after all: this one may be sent again.
            Ok(None) if beaten => return Failure(Fault::Busy).into_response(),
            // It was done by the other, whose answer is not to be had again.
            Err(fault @ Fault::Conflict(_)) => return Failure(fault).into_response(),
            Err(fault) if beaten => return Failure(fault).into_response(),
            Ok(None) | Err(_) => {}
        }
    }
    let flash = format!("{}=", cookie::full_name(cookie::FLASH, ctx.app.secure_cookies));
    let sets = response.headers().get_all(header::SET_COOKIE).iter();
    let sets: Vec<&str> = sets.map(|value| value.to_str().unwrap_or_default()).collect();
    // A session is given to one browser, not to whoever sends the same words again.
    let private = sets.iter().any(|text| !text.starts_with(&flash));
    if !well || private {
        settle(ctx, LET_GO, params![held.key_hash.clone(), held.holder.clone()].to_vec()).await;
        return response;
    }
    let location = text_of(response.headers(), header::LOCATION);
    let kind = text_of(response.headers(), header::CONTENT_TYPE).unwrap_or_default();
    let notice = sets.first().and_then(|text| text.strip_prefix(&flash)?.split(';').next()).map(str::to_owned);
    let status = i64::from(response.status().as_u16());
    let (response, body) = match kind.starts_with("application/json") {
        true => copy(response).await,
        false => (response, None),
    };
    settle(ctx, ANSWERED, params![held.key_hash.clone(), held.holder.clone(), status, location, notice, body].to_vec())
        .await;
    response
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Another transaction had the key: the one fault that is nobody's.
fn was_beaten(response: &Response) -> bool {
    crate::failure::is_carried(response, |fault| match fault {
        Fault::Internal(error) => {
            error.downcast_ref::<StoreError>().is_some_and(|error| error.is_unique_on(&["web_once"]))
        }
        _ => false,
    })
}

/// A failure here changes nothing of what was done: the key stays without an answer.
async fn settle(ctx: &Ctx, statement: Sql, values: Vec<store::Value>) {
    let done =
        ctx.app.db.write(move |tx| Box::pin(async move { Ok::<_, Fault>(tx.execute(statement, &values).await?) }));
    if let Err(fault) = done.await
        && let Some(times) = crate::calm::lines("once")
    {
        tracing::warn!(request_id = %ctx.request_id, fault = ?fault, times, "an answer was not remembered");
    }
}

/// The response and its text, when that is not too long.
async fn copy(response: Response) -> (Response, Option<String>) {
    use axum::body::HttpBody as _;
    if response.body().size_hint().exact().is_none_or(|size| size > ANSWER_BYTES_MAX as u64) {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map(|all| all.to_bytes()).unwrap_or_default();
    let text = String::from_utf8(bytes.to_vec()).ok();
    (Response::from_parts(parts, Body::from(bytes)), text)
}

/// Forgets answers older than [`REMEMBERED_MS`] at `now`; for the schedule. Returns how many.
pub async fn forget(tx: &Tx, now: Instant) -> Result<u64, StoreError> {
    tx.execute(FORGET, params![now.plus_ms(-REMEMBERED_MS), FORGOTTEN_AT_ONCE]).await
}
