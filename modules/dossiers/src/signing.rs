//! The signature of a result that was written here: asked for through the outbox once the decision is kept, answered later. The dossier is decided by
//! the decision; the signature follows.
//!
//! Whoever signs stands behind [`Port`]. A request has an id that every attempt sends again ([`crate::written::Written::correlation`]): an answer
//! that was lost on the way makes no second signature, and an answer that comes twice is taken once ([`crate::written::follow`]). Nothing here
//! signs yet, so [`StandIn`] stands in: it leaves the file as it is, and page and paper say that it is not signed.

use crate::actions::write_by;
use crate::decide::Standing;
use crate::dossier::Dossier;
use crate::happening::{Happening, Rules};
use crate::papers::RESULT;
use crate::store as sql;
use crate::written::{Outcome, Signing, Written};
use ::store::{BoxFuture, Db, StoreError, Tx, params};
use base::{Fault, Id, Instant};
use files::{Seal, Staged};
use jobs::{Claimed, JobError, NewJob};
use std::sync::Arc;
use web::App;

/// The job that asks for one signature.
pub const JOB: &str = "signing.request";

/// What is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The same for every attempt; the other side answers it once.
    pub id: String,
    pub bytes: Vec<u8>,
    pub sha256: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file with its signature.
    Signed(Vec<u8>),
    /// Nothing signs here.
    StandIn,
    /// Refused for good: a person asks again.
    Failed,
}

/// Whoever signs.
pub trait Port: Send + Sync {
    /// What the paper says of its signature where there will be none; empty where one is put on it.
    fn unsigned(&self) -> &'static str;
    /// Signs once for each id of a request, however often it is asked.
    ///
    /// # Errors
    /// No answer, whatever happened on the other side: it is asked again.
    fn sign<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, String>>;
}

/// Nothing signs: said on paper and page.
#[derive(Debug, Clone, Copy)]
pub struct StandIn;

impl Port for StandIn {
    fn unsigned(&self) -> &'static str {
        "(Chưa ký số: hệ thống chưa nối với dịch vụ ký số)"
    }

    fn sign<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(std::future::ready(Ok(Answer::StandIn)))
    }
}

/// Whoever signs for this program; put among the application's extensions where it is put together.
#[derive(Clone)]
pub struct Signer(pub Arc<dyn Port>);

/// That of the application; where nobody was named, nothing signs.
pub fn port(app: &App) -> Arc<dyn Port> {
    app.get::<Signer>().map_or_else(|| Arc::new(StandIn) as Arc<dyn Port>, |signer| signer.0.clone())
}

/// Orders the request for a signature that an event asked for.
pub(crate) async fn order(tx: &Tx, before: Option<&Written>, after: &Dossier, now: Instant) -> Result<(), StoreError> {
    let asked = |written: &Written| (written.signing == Signing::Pending).then_some(written.request);
    let Some(written) = after.written.as_ref().filter(|written| asked(written).is_some()) else { return Ok(()) };
    if before.and_then(asked) == asked(written) {
        return Ok(());
    }
    let job = NewJob {
        kind: JOB,
        key: format!("{JOB}/{}", written.correlation(after.id)),
        order_key: Some(after.id),
        payload: serde_json::json!({ "dossier": after.id, "request": written.request }),
        run_at: now,
    };
    jobs::enqueue(tx, job, now).await.map(|_| ())
}

/// What a job asks for.
#[derive(serde::Deserialize)]
struct Asked {
    dossier: Id,
    request: i64,
}

fn again(fault: Fault) -> JobError {
    JobError::Again(fault.to_string())
}

/// Asks for the signature of a job and keeps the answer. Done again after it was lost, it sends the same id; what was answered is left alone.
///
/// # Errors
/// `Again` where there was no answer, or the file could not be read.
pub async fn run(db: &Db, store: &files::Store, port: &dyn Port, job: &Claimed, now: Instant) -> Result<(), JobError> {
    let asked: Asked =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Never(error.to_string()))?;
    let waiting = move |d: &Dossier| {
        let same = |written: &&Written| written.signing == Signing::Pending && written.request == asked.request;
        d.written.clone().filter(|written| same(&written))
    };
    let dossier = asked.dossier;
    let found = db.read(move |tx| {
        Box::pin(async move {
            let loaded = sql::by_id(tx, dossier).await?;
            let Some(written) = loaded.and_then(|loaded| waiting(&loaded.dossier)) else { return Ok(None) };
            let Some(file) = written.file else { return Err(Fault::internal("a numbered result without a file")) };
            let file = files::file(tx, file).await?.ok_or_else(|| Fault::internal("a result without its row"))?;
            Ok(Some((written.correlation(dossier), file)))
        })
    });
    let Some((id, file)) = found.await.map_err(again)? else { return Ok(()) };
    let bytes =
        tokio::fs::read(store.path_of(&file.sha256)).await.map_err(|error| JobError::Again(error.to_string()))?;
    let answer = port.sign(&Request { id, bytes, sha256: file.sha256.clone() }).await.map_err(JobError::Again)?;
    let (outcome, staged) = match answer {
        Answer::Signed(bytes) => {
            let name = format!("{}-da-ky.pdf", file.name.trim_end_matches(".pdf"));
            (Outcome::Signed, Some(store.stage_bytes(bytes, &name).await.map_err(again)?))
        }
        Answer::StandIn => (Outcome::StandIn, None),
        Answer::Failed => (Outcome::Failed, None),
    };
    let kept = db.write(move |tx| {
        Box::pin(async move {
            let loaded = sql::by_id(tx, dossier).await?;
            // Answered meanwhile: a second answer changes nothing.
            let Some(loaded) = loaded.filter(|loaded| waiting(&loaded.dossier).is_some()) else { return Ok(()) };
            let file = match &staged {
                Some(staged) => Some(signed(tx, staged, dossier, now).await?),
                None => None,
            };
            let answered = Happening::SignatureAnswered { request: asked.request, outcome, file };
            write_by(tx, Some(&loaded), None, (None, Standing::at(None), now), Rules::NOW, &answered).await.map(|_| ())
        })
    });
    kept.await.map_err(again)
}

/// The file that was signed, beside the one that was frozen.
async fn signed(tx: &Tx, staged: &Staged, dossier: Id, now: Instant) -> Result<Seal, Fault> {
    let id = files::keep(tx, staged, dossier, None, now).await?;
    let file = files::file(tx, id).await?.ok_or_else(|| Fault::internal("a signed file without its row"))?;
    tx.execute(sql::INSERT_FILE, params![dossier, id, RESULT, file.name.as_str(), now]).await?;
    Ok(Seal::of(&file))
}
