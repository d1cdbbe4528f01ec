//! What may be allowed around accounts.

use base::{Permission, Role};

/// Keep accounts and grants. Whoever makes accounts reads no dossiers and signs nothing by them.
pub const KEEP_ACCOUNTS: Permission =
    Permission::new("keep-accounts", &[Role::Administrator]).apart(&["read-dossiers", "approve-dossier"]);
/// Confirm, as the second person, what somebody who keeps accounts has asked for.
pub const CONFIRM_GRANTS: Permission = Permission::new("confirm-grants", &[Role::Leader, Role::Administrator]);
/// Name who acts for one's people while they are away.
pub const NAME_SUBSTITUTES: Permission = Permission::new("name-substitutes", &[Role::DivisionHead, Role::Leader]);

/// All of this module, and of the log below it, which has no pages of its own.
pub const ALL: &[Permission] = &[KEEP_ACCOUNTS, CONFIRM_GRANTS, NAME_SUBSTITUTES, audit::rights::READ_AUDIT];
