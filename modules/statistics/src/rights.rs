//! What may be allowed around statistics and assessments.

use base::{Permission, Role};

/// Read the statistics of dossiers and the assessments of a unit and those below it.
pub const READ_STATISTICS: Permission =
    Permission::new("read-statistics", &[Role::DivisionHead, Role::Leader, Role::ReformOfficer, Role::Inspector]);
/// Read what figures are made of official by official, within one's own unit, as far as the province shows them (`data/statistics/officials.toml`).
pub const READ_OFFICIALS_FIGURES: Permission =
    Permission::new("read-officials-figures", &[Role::DivisionHead, Role::Leader, Role::Inspector]);
/// Read one's own figures.
pub const READ_OWN_FIGURES: Permission =
    Permission::new("read-own-figures", &[Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader]);
/// Open the assessment of units below, answer what they explain, publish it.
pub const ASSESS_UNITS: Permission = Permission::new("assess-units", &[Role::ReformOfficer]);
/// Explain an index of one's own unit.
pub const EXPLAIN_ASSESSMENT: Permission = Permission::new("explain-assessment", &[Role::Leader, Role::DivisionHead]);

/// All of this module.
pub const ALL: &[Permission] =
    &[READ_STATISTICS, READ_OFFICIALS_FIGURES, READ_OWN_FIGURES, ASSESS_UNITS, EXPLAIN_ASSESSMENT];
