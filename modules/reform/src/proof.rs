//! What is held to the log by digests: declared figures and programmes of a time before they were subjects, until they are taken over.

use audit::{Kept, Proof, Table};

const BEFORE: Option<&str> = Some("event_n IS NULL");

/// The rows of a declared figure, with its evidence, or of a programme.
pub(crate) static KEPT: Kept = Kept {
    name: "reform",
    version: 1,
    tables: &[
        Table { label: Some("target_id"), only: BEFORE, ..Table::whole("declared_figure", "id", "id") },
        Table {
            only: Some("owner_id IN (SELECT f.id FROM declared_figure f WHERE f.event_n IS NULL)"),
            ..Table::whole("file", "owner_id", "id")
        },
        Table { label: Some("document"), only: BEFORE, ..Table::whole("programme", "id", "number") },
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: None };
