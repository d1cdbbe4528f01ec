//! What may be allowed around errands.

use base::{Permission, Role};

/// Read the errands of one's units.
pub const READ_ERRANDS: Permission =
    Permission::new("read-errands", &[Role::Officer, Role::DivisionHead, Role::Leader, Role::Inspector]);
/// Write errands down and finish them.
pub const DO_ERRANDS: Permission = Permission::new("do-errands", &[Role::Officer, Role::DivisionHead]);

/// All of this module.
pub const ALL: &[Permission] = &[READ_ERRANDS, DO_ERRANDS];
