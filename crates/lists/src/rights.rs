//! What may be allowed around lists.

use base::{Permission, Role};

/// Share a view of a list with the people of the unit one heads.
pub const SHARE_VIEWS: Permission = Permission::new("share-views", &[Role::DivisionHead, Role::Leader]);

/// All of this crate.
pub const ALL: &[Permission] = &[SHARE_VIEWS];
