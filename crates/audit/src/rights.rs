//! What may be allowed around the log.

use base::{Permission, Role};

/// Read the log, who looked at what.
pub const READ_AUDIT: Permission = Permission::new("read-audit", &[Role::Inspector, Role::Administrator]);

/// All of this crate.
pub const ALL: &[Permission] = &[READ_AUDIT];
