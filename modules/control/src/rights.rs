//! What may be allowed around the control of procedures.

use base::{Permission, Role};

/// Read announcement decisions, reviews and the control board.
pub const READ_CONTROL: Permission = Permission::new(
    "read-procedure-control",
    &[Role::Officer, Role::DivisionHead, Role::Leader, Role::ReformOfficer, Role::Inspector, Role::CatalogueKeeper],
);
/// Prepare an announcement decision for one's agency.
pub const PREPARE_ANNOUNCEMENTS: Permission =
    Permission::new("prepare-announcements", &[Role::Officer, Role::DivisionHead, Role::CatalogueKeeper]);
/// Issue a decision that somebody else prepared.
pub const ISSUE_ANNOUNCEMENTS: Permission =
    Permission::new("issue-announcements", &[Role::Leader, Role::CatalogueKeeper]);
/// Enter issued decisions into the national database, and post them.
pub const POST_PROCEDURES: Permission = Permission::new("post-procedures", &[Role::CatalogueKeeper]);

/// All of this module.
pub const ALL: &[Permission] = &[READ_CONTROL, PREPARE_ANNOUNCEMENTS, ISSUE_ANNOUNCEMENTS, POST_PROCEDURES];
