//! Whom a dossier is news for, and how that is put into words.

use crate::dossier::Dossier;
use crate::happening::Happening;
use ::store::{StoreError, Tx};
use base::{Fault, Id, Instant};
use notices::{ASSIGNED, Reader, Told, Topic};
use records::Telling;

/// What happened to one's own dossier.
pub const DOSSIER: &str = "dossier";
/// Work laid into an official's hands.
const WORK: &str = "dossier-work";
/// The job of databases before the box was everybody's: what it told is told once more as [`records::TELL_JOB`] does.
pub const EARLIER_JOB: &str = "dossiers.notice";

/// The topics of this module.
pub const TOPICS: [Topic; 2] = [
    Topic {
        word: DOSSIER,
        about: "dossier-notice-about",
        event: "dossier-told-",
        next: "dossier-next-",
        href: |reader, code| match reader {
            Reader::Own => format!("/my/{code}"),
            Reader::Anybody => format!("/track?code={code}"),
            Reader::Office => format!("/dossiers/{code}"),
        },
        reader: Reader::Own,
    },
    Topic {
        word: WORK,
        about: "dossier-notice-about",
        event: "dossier-told-",
        next: "dossier-next-",
        href: |_, code| format!("/dossiers/{code}"),
        reader: Reader::Office,
    },
];

/// Orders what an event is news of: to the applicant where they were `told`, to the official it was assigned to where they want it.
pub(crate) async fn tell(
    tx: &Tx,
    dossier: &Dossier,
    (told, happening): (Option<Id>, &Happening),
    actor: Option<Id>,
    now: Instant,
) -> Result<(), StoreError> {
    let telling = |topic, kind, account| Telling {
        topic,
        subject: dossier.id,
        code: &dossier.code,
        kind,
        account: Some(account),
        n: dossier.head.n,
    };
    if let Some(account) = told {
        return records::tell(tx, telling(DOSSIER, happening.kind(), account), now).await;
    }
    if let Happening::Assigned { handler } = happening
        && Some(*handler) != actor
        && notices::wants_assigned(tx, *handler).await?
    {
        records::tell(tx, telling(WORK, ASSIGNED, *handler), now).await?;
    }
    Ok(())
}

/// What a job of an earlier version tells.
///
/// # Errors
/// `Internal` for one without addressee, or of a dossier that is not there.
pub async fn told_earlier(tx: &Tx, payload: &serde_json::Value) -> Result<Told, Fault> {
    let id = |name: &str| payload.get(name).and_then(|value| value.as_str()?.parse::<Id>().ok());
    let (Some(account), Some(subject)) = (id("account"), id("dossier")) else {
        return Err(Fault::internal("a notice without addressee"));
    };
    let loaded = crate::store::by_id(tx, subject).await?;
    let code = loaded.ok_or_else(|| Fault::internal("a notice of no dossier"))?.dossier.code;
    let kind = payload.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    let at = payload.get("at").and_then(serde_json::Value::as_i64).unwrap_or_default();
    let said = serde_json::json!({});
    Ok(Told { topic: DOSSIER.to_owned(), subject, code, kind, account: Some(account), n: 0, at, said })
}
