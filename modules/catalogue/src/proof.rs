//! What is held to the log: procedures are proven as subjects, their versions against the editions of those; procedures of a time before,
//! until they are taken over, by digests.

use audit::{Kept, Proof, Table};

/// The rows of a procedure until it is a subject. How far a version stands in the stock facts (`stock`) is checked by those facts.
pub(crate) static KEPT: Kept = Kept {
    name: "catalogue",
    version: 1,
    tables: &[
        Table { label: Some("code"), only: Some("event_n IS NULL"), ..Table::whole("procedure", "id", "id") },
        Table {
            only: Some("procedure_id IN (SELECT p.id FROM procedure p WHERE p.event_n IS NULL)"),
            without: &["stock"],
            ..Table::whole("procedure_version", "procedure_id", "id")
        },
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: Some(crate::procedure::versions) };
