//! What is held to the log: declared figures with their evidence, and programmes made here.

use audit::{Kept, Proof, Table};

/// The rows of a declared figure or of a programme.
pub(crate) static KEPT: Kept = Kept {
    name: "reform",
    version: 1,
    tables: &[
        Table { label: Some("target_id"), ..Table::whole("declared_figure", "id", "id") },
        Table { only: Some("owner_id IN (SELECT id FROM declared_figure)"), ..Table::whole("file", "owner_id", "id") },
        Table { label: Some("document"), ..Table::whole("programme", "id", "number") },
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: Some(crate::owed::follows) };
