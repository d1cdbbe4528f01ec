//! What may be allowed around programmes and figures.

use base::{Permission, Role};

/// Read indicators and the cases behind them.
pub const READ_STEERING: Permission =
    Permission::new("read-steering", &[Role::DivisionHead, Role::Leader, Role::ReformOfficer, Role::Inspector]);
/// Enter figures that the system cannot count itself.
pub const DECLARE_FIGURE: Permission = Permission::new("declare-figure", &[Role::ReformOfficer]);
/// Keep programmes and targets.
pub const KEEP_PROGRAMMES: Permission = Permission::new("keep-programmes", &[Role::ReformOfficer]);
/// Check declared figures and put programmes into force, as the second person beside who keeps them.
pub const SIGN_PROGRAMMES: Permission = Permission::new("sign-programmes", &[Role::Leader]);

/// See what figures are made of official by official, within one's own unit (decision 0023).
pub const SEE_OFFICIALS: Permission =
    Permission::new("see-officials", &[Role::DivisionHead, Role::Leader, Role::Inspector]);

/// All of this module.
pub const ALL: &[Permission] = &[READ_STEERING, DECLARE_FIGURE, KEEP_PROGRAMMES, SIGN_PROGRAMMES, SEE_OFFICIALS];
