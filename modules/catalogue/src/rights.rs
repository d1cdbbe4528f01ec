//! What may be allowed around the catalogue of procedures.

use base::{Permission, Role};

/// Keep the catalogue of procedures.
pub const KEEP_CATALOGUE: Permission = Permission::new("keep-catalogue", &[Role::CatalogueKeeper]);

/// All of this module.
pub const ALL: &[Permission] = &[KEEP_CATALOGUE];
