//! What belongs to one citizen: the dossiers of an account, those handed in at a counter under the citizen's proven number,
//! the notices.

use crate::papers::INTERNAL;
use crate::store::{self as sql, Loaded};
use ::store::{StoreError, Tx, params};
use base::{Actor, Fault, Id, Instant};

/// A file of a dossier: its number, what for (`supplement`, `result`), its name.
pub type NamedFile = (Id, String, String);

/// Something the applicant was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub dossier: Id,
    /// Code of the dossier it is about.
    pub code: String,
    /// What happened, as in the dossier's events: `received`, `supplement-requested`…
    pub kind: String,
    pub at: Instant,
    pub read: bool,
}

/// A citizen's dossiers, the latest first: those the account filed, and those without an account whose owner has the
/// citizen's number. A number that was only claimed does not count: an actor carries none until it is proven.
pub async fn dossiers_of(tx: &Tx, actor: &Actor, limit: i64) -> Result<Vec<Loaded>, StoreError> {
    let mut rows = tx.query(sql::BY_ACCOUNT, params![actor.account, limit]).await?;
    if let Some(number) = actor.citizen_number.as_deref().filter(|number| !number.is_empty()) {
        rows.extend(tx.query(sql::BY_OWNER_NUMBER, params![number, limit]).await?);
    }
    let mut found = rows.iter().map(sql::read).collect::<Result<Vec<Loaded>, _>>()?;
    found.sort_by_key(|loaded| std::cmp::Reverse((loaded.dossier.filed_at, loaded.dossier.id)));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// Whether a dossier is this citizen's: see [`dossiers_of`].
pub fn is_own(actor: &Actor, loaded: &Loaded) -> bool {
    match loaded.dossier.account {
        Some(account) => account == actor.account,
        None => actor.citizen_number.as_deref().is_some_and(|n| !n.is_empty() && n == loaded.applicant.owner_number),
    }
}

/// One's own dossier. Another's is answered like one that does not exist.
///
/// # Errors
/// `NotFound` with `dossier-not-found`.
pub async fn own(tx: &Tx, actor: &Actor, code: &str) -> Result<Loaded, Fault> {
    let found = sql::by_code(tx, code).await?.filter(|loaded| is_own(actor, loaded));
    found.ok_or(Fault::NotFound("dossier-not-found"))
}

/// Files that came to a dossier after it was filed, the oldest first; not what officials propose to each other.
pub async fn files_of(tx: &Tx, dossier: Id) -> Result<Vec<NamedFile>, StoreError> {
    let rows = tx.query(sql::FILES, params![dossier]).await?;
    let files = rows.iter().map(|row| Ok((row.get("file_id")?, row.get("purpose")?, row.get("name")?)));
    let mut files = files.collect::<Result<Vec<NamedFile>, StoreError>>()?;
    files.retain(|(_, purpose, _)| !INTERNAL.contains(&purpose.as_str()));
    Ok(files)
}

/// Whether a file is one of a dossier's papers, supplements or results: what its applicant may open.
pub async fn has_file(tx: &Tx, dossier: Id, file: Id) -> Result<bool, StoreError> {
    let belongs = tx.query_opt(sql::FILE_BELONGS, params![dossier, file]).await?.is_some();
    let [draft, opinion] = INTERNAL;
    Ok(belongs && tx.query_opt(sql::FILE_IS_INTERNAL, params![dossier, file, draft, opinion]).await?.is_none())
}

/// What an account was told of its dossiers, the latest first.
pub async fn notices(tx: &Tx, account: Id, limit: i64) -> Result<Vec<Notice>, StoreError> {
    let told = notices::inbox::about(tx, account, crate::topics::DOSSIER, limit).await?;
    let one = |item: notices::inbox::Item| Notice {
        dossier: item.subject,
        code: item.code,
        kind: item.kind,
        at: item.at,
        read: item.read,
    };
    Ok(told.into_iter().map(one).collect())
}

/// The code with which the case of a notice is rated, where the notice is of its settlement and nobody has rated it.
pub async fn rating_of(tx: &Tx, notice: &Notice) -> Result<Option<String>, Fault> {
    match notice.kind.as_str() {
        "approved" | "refused" | "result-returned" => crate::rating::code_of(tx, notice.dossier).await,
        _ => Ok(None),
    }
}

/// Everything an account was told of its dossiers up to `until` counts as read.
pub async fn read_notices(tx: &Tx, account: Id, until: Instant, now: Instant) -> Result<u64, StoreError> {
    notices::inbox::seen(tx, account, Some(crate::topics::DOSSIER), until, now).await
}
