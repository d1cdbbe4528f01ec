//! What is held to the log: documents, what was read in them, and their bytes' rows.

use audit::{Kept, Proof, Table};

/// The rows of a document.
pub(crate) static KEPT: Kept = Kept {
    name: "plans",
    version: 1,
    tables: &[
        Table { label: Some("file_name"), ..Table::whole("plan_document", "id", "id") },
        Table::whole("plan_item", "document_id", "n"),
        Table { only: Some("owner_id IN (SELECT id FROM plan_document)"), ..Table::whole("file", "owner_id", "id") },
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: None };
