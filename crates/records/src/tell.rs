//! News for somebody beside the register: ordered in the transaction of the act, told by whoever stands above (`notices`).

use ::store::{StoreError, Tx};
use base::{Id, Instant};

/// The job that tells it. Its queue is `notices`, its order key the subject: news of one subject goes out in order.
pub const TELL_JOB: &str = "notices.tell";

/// Something to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling<'a> {
    /// What it is about, in the words of the program: `dossier`, `petition`.
    pub topic: &'a str,
    pub subject: Id,
    pub code: &'a str,
    /// What happened: the word of an event or act.
    pub kind: &'a str,
    /// Whose box it goes to. None: to whoever left an e-mail address or telephone beside the subject's events.
    pub account: Option<Id>,
    /// The number of the subject's event.
    pub n: i64,
}

/// Key of the job that tells of a subject's n-th event.
pub fn telling_key(subject: Id, n: i64) -> String {
    format!("notice:{subject}:{n}")
}

/// Orders it; it leaves with the transaction or not at all. No personal data goes with it.
///
/// # Errors
/// The database's.
pub async fn tell(tx: &Tx, telling: Telling<'_>, now: Instant) -> Result<(), StoreError> {
    let Telling { topic, subject, code, kind, account, n } = telling;
    let payload = serde_json::json!({
        "topic": topic, "subject": subject, "code": code, "kind": kind, "account": account, "n": n, "at": now.0,
    });
    let key = telling_key(subject, n);
    let job = jobs::NewJob { kind: TELL_JOB, key, order_key: Some(subject), payload, run_at: now };
    jobs::enqueue(tx, job, now).await?;
    Ok(())
}
