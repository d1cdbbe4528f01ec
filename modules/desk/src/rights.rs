//! What may be allowed at the counter.

use base::{Permission, Role};

/// Read the counters, queues and duties of one's units.
pub const READ_DESK: Permission = Permission::new(
    "read-desk",
    &[
        Role::Clerk,
        Role::Officer,
        Role::DivisionHead,
        Role::Leader,
        Role::ReformOfficer,
        Role::Inspector,
        Role::Administrator,
    ],
);
/// Stand at a counter: open it, call, serve.
pub const SERVE_COUNTER: Permission = Permission::new("serve-counter", &[Role::Clerk]);
/// Keep a desk: its receiving point, its counters, who is on duty.
pub const KEEP_DESK: Permission =
    Permission::new("keep-desk", &[Role::DivisionHead, Role::Leader, Role::Administrator]);
/// Issue the operating regulation of the one-stop, and withdraw it: for the province, from its root.
pub const ISSUE_REGULATION: Permission = Permission::new("issue-regulation", &[Role::Leader]);
/// Book a slot at a desk for oneself.
pub const BOOK_SLOT: Permission = Permission::new("book-slot", &[Role::Citizen]);

/// All of this module.
pub const ALL: &[Permission] = &[READ_DESK, SERVE_COUNTER, KEEP_DESK, ISSUE_REGULATION, BOOK_SLOT];
