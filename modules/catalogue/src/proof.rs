//! What is held to the log: procedures and every version of them.

use audit::{Kept, Proof, Table};

/// The rows of a procedure. How far a version stands in the stock facts (`stock`) is checked by those facts.
pub(crate) static KEPT: Kept = Kept {
    name: "catalogue",
    version: 1,
    tables: &[
        Table { label: Some("code"), ..Table::whole("procedure", "id", "id") },
        Table { without: &["stock"], ..Table::whole("procedure_version", "procedure_id", "id") },
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: None };
