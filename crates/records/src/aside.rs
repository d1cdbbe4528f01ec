//! Words that belong to an event and stand in none of them: what people wrote and who they are. The log holds a digest of each, salted
//! by its row, so that neither can be changed quietly and a deleted one cannot be guessed from the log.

use crate::side::{ASIDES, INSERT_ASIDE, LATEST_OF};
use ::store::{StoreError, Tx, Value, params};
use base::Id;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Words to be written beside an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// What they are, `reason`; once for an event.
    pub name: &'static str,
    pub text: String,
}

/// The digest an event holds of words beside it.
pub(crate) fn digest(salt: &[u8], subject: Id, n: i64, name: &str, text: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(subject.0.to_be_bytes());
    hasher.update(n.to_be_bytes());
    for part in [name, text] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Words with the salt and digest they are written under.
pub(crate) struct Sealed<'a> {
    name: &'static str,
    text: &'a str,
    salt: [u8; 16],
    digest: String,
}

/// Draws a salt for each, and makes their digests.
pub(crate) fn seal(subject: Id, n: i64, words: &[Aside]) -> Vec<Sealed<'_>> {
    let one = |aside: &'_ Aside| {
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        (salt, digest(&salt, subject, n, aside.name, &aside.text))
    };
    words
        .iter()
        .map(|aside| {
            let (salt, digest) = one(aside);
            Sealed { name: aside.name, text: &aside.text, salt, digest }
        })
        .collect()
}

/// As they stand in the event.
pub(crate) fn told(sealed: &[Sealed<'_>]) -> BTreeMap<String, String> {
    sealed.iter().map(|one| (one.name.to_owned(), one.digest.clone())).collect()
}

pub(crate) async fn write(tx: &Tx, subject: Id, n: i64, sealed: &[Sealed<'_>]) -> Result<(), StoreError> {
    for one in sealed {
        tx.execute(INSERT_ASIDE, params![subject, n, one.name, one.salt.to_vec(), one.text]).await?;
    }
    Ok(())
}

/// Every word beside a subject's events: number of the event, name, text; in their order.
pub async fn asides(tx: &Tx, subject: Id) -> Result<Vec<(i64, String, String)>, StoreError> {
    let rows = tx.query(ASIDES, params![subject]).await?;
    rows.iter().map(|row| Ok((row.get("n")?, row.get("name")?, row.get("words")?))).collect()
}

/// The latest words of each name.
pub async fn latest(tx: &Tx, subject: Id) -> Result<BTreeMap<String, String>, StoreError> {
    Ok(asides(tx, subject).await?.into_iter().map(|(_, name, text)| (name, text)).collect())
}

/// The latest words of one name of several subjects: a column of a list.
pub async fn asides_of(tx: &Tx, subjects: &[Id], name: &str) -> Result<HashMap<Id, String>, StoreError> {
    let mut found = HashMap::with_capacity(subjects.len());
    for chunk in subjects.chunks(1_000) {
        let list = Value::ids(chunk);
        for row in tx.query(LATEST_OF, &[list, Value::from(name)]).await? {
            found.insert(row.get("subject_id")?, row.get("words")?);
        }
    }
    Ok(found)
}
