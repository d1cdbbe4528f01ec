//! Words about people that belong to an event and must not stand in the log: who asked for a withdrawal, who received a result, the
//! answers before they were corrected. They are rows beside the log; the event holds their digest.

use crate::store as sql;
use ::store::{StoreError, Tx, params};
use base::Id;
use serde::Serialize;

/// The answers as they were before a correction.
pub const ANSWERS: &str = "answers";
/// Who asked for a withdrawal, and how.
pub const WISH: &str = "wish";
/// Who received a result, and on what authority.
pub const RECEIPT: &str = "receipt";
/// Who carried what came by post, and its number.
pub const POST: &str = "post";
/// What other units were asked about a dossier.
pub const QUESTION: &str = "question";
/// What a unit said.
pub const OPINION: &str = "opinion";
/// A draft of the result.
pub const DRAFT: &str = "draft";

/// A row to be written with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// [`ANSWERS`], [`WISH`], [`RECEIPT`], [`POST`], [`QUESTION`], [`OPINION`] or [`DRAFT`].
    pub kind: &'static str,
    /// A JSON object.
    pub data: String,
}

impl Aside {
    /// Of anything that serialises into an object.
    pub fn of(kind: &'static str, data: &impl Serialize) -> Self {
        // Plain structs of strings always serialise.
        Self { kind, data: serde_json::to_string(data).unwrap_or_default() }
    }

    /// What the event holds of it.
    pub fn digest(&self) -> String {
        digest(self.kind, &self.data)
    }
}

/// Digest of a row, with what it is: words of one kind never pass for another.
pub fn digest(kind: &str, data: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for part in [kind, data] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Who asked for a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Asker {
    pub name: String,
    /// In person, by which phone; or the paper's number and date.
    pub how: String,
}

/// What officials ask and tell each other about the people of a dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Words {
    pub text: String,
}

impl Words {
    /// The text of such a row.
    pub fn read(data: &str) -> String {
        serde_json::from_str::<Words>(data).unwrap_or_default().text
    }
}

/// A draft of the result, as it was left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Drafted {
    /// The version of the wording it was made from, and what that is called.
    pub template: String,
    pub name: String,
    pub pieces: crate::wording::Pieces,
}

impl Drafted {
    /// Of such a row.
    pub fn read(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }
}

/// An item of the post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Posting {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
}

/// Who received a result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Recipient {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Number and date of the paper that authorises.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority: String,
    /// The post's number of the item, and who carries it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier: String,
    /// Where the post took it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// Writes the row of a dossier's `n`-th event.
pub(crate) async fn write(tx: &Tx, dossier: Id, n: i64, aside: &Aside) -> Result<(), StoreError> {
    tx.execute(sql::INSERT_ASIDE, params![dossier, n, aside.kind, aside.data.as_str()]).await?;
    Ok(())
}

/// The rows of a dossier: number of the event, kind, data.
pub async fn of(tx: &Tx, dossier: Id) -> Result<Vec<(i64, String, String)>, StoreError> {
    let rows = tx.query(sql::ASIDES, params![dossier]).await?;
    rows.iter().map(|row| Ok((row.get("n")?, row.get("kind")?, row.get("data")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_tells_apart_kind_and_words() {
        let one = Aside::of(WISH, &Asker { name: "An".into(), how: "0912 345 678".into() });
        assert_eq!(one.digest(), digest(WISH, &one.data));
        assert_ne!(one.digest(), digest(RECEIPT, &one.data));
        let other = Aside::of(WISH, &Asker { name: "Bình".into(), how: "0912 345 678".into() });
        assert_ne!(one.digest(), other.digest());
    }
}
