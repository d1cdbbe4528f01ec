//! What may be allowed around what goes out.

use base::{Permission, Role};

/// See what was sent and what did not go out, and send it again.
pub const KEEP_CHANNELS: Permission = Permission::new("keep-channels", &[Role::Administrator]);
/// Keep the rules by which people are reminded.
pub const KEEP_REMINDERS: Permission = Permission::new("keep-reminders", &[Role::Administrator]);

/// All of this crate.
pub const ALL: &[Permission] = &[KEEP_CHANNELS, KEEP_REMINDERS];
