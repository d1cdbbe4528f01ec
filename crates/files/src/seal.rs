//! What an event says of a file, so that neither its row nor its bytes can be exchanged quietly.

use crate::rows::File;
use base::Id;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A file as it was when it was handed in, written into the hash-chained event of that act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The file's row.
    pub id: Id,
    /// Of the bytes, lower-case hexadecimal.
    pub sha256: String,
    pub size_bytes: i64,
    /// [`Seal::about`].
    pub about: String,
}

impl Seal {
    /// The seal of a row.
    pub fn of(file: &File) -> Seal {
        Seal {
            id: file.id,
            sha256: file.sha256.clone(),
            size_bytes: file.size_bytes,
            about: Seal::about(&file.sha256, &file.media_type, &file.name),
        }
    }

    /// Digest of media type and name. People put names of people into names of files, and events hold no personal data;
    /// the hash of the bytes goes in first, so that a name cannot be found by trying without having the file.
    pub fn about(sha256: &str, media_type: &str, name: &str) -> String {
        let mut hasher = Sha256::new();
        for part in [sha256, media_type, name] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The first column in which a row differs from its seal.
    pub fn difference(&self, file: &File) -> Option<&'static str> {
        let about = Seal::about(&file.sha256, &file.media_type, &file.name);
        [
            ("sha256", self.sha256 == file.sha256),
            ("size_bytes", self.size_bytes == file.size_bytes),
            ("name or media_type", self.about == about),
        ]
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(column, _)| column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Instant;

    #[test]
    fn a_seal_names_the_column_that_was_changed() {
        let file = File {
            id: Id(7),
            sha256: "ab".repeat(32),
            size_bytes: 10,
            media_type: "application/pdf".to_owned(),
            name: "a.pdf".to_owned(),
            owner: Id(1),
            created_at: Instant(0),
            by: None,
        };
        let seal = Seal::of(&file);
        assert_eq!(seal.difference(&file), None);
        // Whose it is may change: a draft becomes a dossier.
        assert_eq!(seal.difference(&File { owner: Id(2), ..file.clone() }), None);
        assert_eq!(seal.difference(&File { size_bytes: 11, ..file.clone() }), Some("size_bytes"));
        assert_eq!(seal.difference(&File { sha256: "cd".repeat(32), ..file.clone() }), Some("sha256"));
        assert_eq!(seal.difference(&File { name: "b.pdf".to_owned(), ..file.clone() }), Some("name or media_type"));
        assert_eq!(seal.difference(&File { media_type: "image/png".to_owned(), ..file }), Some("name or media_type"));
    }
}
