//! A digest of what a version lays down, to tell whether a record has changed.

use sha2::{Digest, Sha256};

use crate::version::Version;

/// SHA-256 of a body as it stands in the database, in hexadecimal.
pub(crate) fn of_body(body: &str) -> String {
    audit::hex(&Sha256::digest(body).into())
}

/// SHA-256 of the version's body in hexadecimal. Ids, dates, decision number and origin are columns,
/// the decision is taken in; the import's remarks and where shapes stand in the picture are left out.
pub fn of(version: &Version) -> String {
    let mut bare = version.clone();
    bare.remarks.clear();
    bare.places.clear();
    // Serialising a struct of plain values cannot fail; an empty body would only cause a new version.
    let body = serde_json::to_vec(&bare).unwrap_or_default();
    let hasher = Sha256::new().chain_update(bare.decision.as_bytes()).chain_update([0]).chain_update(&body);
    audit::hex(&hasher.finalize().into())
}
