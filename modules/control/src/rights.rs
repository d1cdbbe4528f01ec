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
/// Review procedures for one's agency, with what it costs to comply.
pub const REVIEW_PROCEDURES: Permission =
    Permission::new("review-procedures", &[Role::Officer, Role::DivisionHead, Role::CatalogueKeeper]);
/// Approve what a review that somebody else made proposes.
pub const APPROVE_REVIEWS: Permission = Permission::new("approve-reviews", &[Role::Leader, Role::CatalogueKeeper]);

/// All of this module.
pub const ALL: &[Permission] =
    &[READ_CONTROL, PREPARE_ANNOUNCEMENTS, ISSUE_ANNOUNCEMENTS, POST_PROCEDURES, REVIEW_PROCEDURES, APPROVE_REVIEWS];
