//! What may be allowed around agencies and units.

use base::{Permission, Role};

/// Keep agencies, administrative units and the working calendar.
pub const KEEP_ORGANISATION: Permission = Permission::new("keep-organisation", &[Role::Administrator]);

/// All of this module.
pub const ALL: &[Permission] = &[KEEP_ORGANISATION];
