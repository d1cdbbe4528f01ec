//! What is held to the log: accounts with their grants, what was asked for them, their codes and tokens; the province's own roles.

use audit::{Kept, Proof, Table};

/// The rows of an account. A citizen's row is named by its id alone.
pub(crate) static KEPT: Kept = Kept {
    name: "identity",
    version: 1,
    tables: &[
        Table { without: &["totp_last_step", "told_n"], ..Table::whole("account", "id", "id") },
        Table::whole("account_grant", "account_id", "id"),
        Table::whole("account_request", "account_id", "id"),
        Table::whole("password_code", "account_id", "account_id"),
        Table::whole("recovery_code", "account_id", "code_hash"),
        Table { without: &["used_on"], ..Table::whole("machine_token", "account_id", "id") },
        Table::whole("substitution", "account_id", "id"),
        Table::whole("own_role", "id", "id"),
        Table::whole("own_role_permission", "role_id", "permission"),
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: Some(crate::dues::compare) };
