//! A digest of what a version lays down, to tell whether a record has changed.

use sha2::{Digest, Sha256};

use crate::version::Version;

/// SHA-256 of a body as it stands in the database, in hexadecimal.
pub(crate) fn of_body(body: &str) -> String {
    hex(Sha256::new().chain_update(body.as_bytes()))
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of the version's body in hexadecimal. Ids, dates, decision number and origin are columns,
/// the decision is taken in; the import's remarks are left out.
pub fn of(version: &Version) -> String {
    let mut bare = version.clone();
    bare.remarks.clear();
    // Serialising a struct of plain values cannot fail; an empty body would only cause a new version.
    let body = serde_json::to_vec(&bare).unwrap_or_default();
    let mut hasher = Sha256::new();
    hasher.update(bare.decision.as_bytes());
    hasher.update([0]);
    hasher.update(&body);
    hex(hasher)
}
