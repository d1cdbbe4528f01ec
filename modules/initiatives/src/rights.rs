//! What may be allowed around initiatives.

use base::{Permission, Role};

/// Hand an initiative in, and look at those of one's own unit and at all that are recognised.
pub const SUBMIT_INITIATIVES: Permission = Permission::new(
    "submit-initiatives",
    &[Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader, Role::ReformOfficer, Role::Inspector],
);
/// Recognise initiatives of the agency, and say where they are taken up.
pub const RECOGNISE_INITIATIVES: Permission = Permission::new("recognise-initiatives", &[Role::Leader]);

/// All of this module.
pub const ALL: &[Permission] = &[SUBMIT_INITIATIVES, RECOGNISE_INITIATIVES];
