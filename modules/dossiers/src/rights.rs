//! What may be allowed around dossiers.

use base::{Permission, Role};

/// File a dossier for oneself or as a representative.
pub const FILE_DOSSIER: Permission = Permission::new("file-dossier", &[Role::Citizen]);
/// See and act on one's own dossiers.
pub const OWN_DOSSIERS: Permission = Permission::new("own-dossiers", &[Role::Citizen]);
/// Receive, refuse or send back dossiers at the desk.
pub const RECEIVE_DOSSIER: Permission = Permission::new("receive-dossier", &[Role::Clerk]).passes_on();
/// Work on dossiers one is assigned.
pub const PROCESS_DOSSIER: Permission =
    Permission::new("process-dossier", &[Role::Officer, Role::DivisionHead]).passes_on();
/// Give dossiers to an officer.
pub const ASSIGN_DOSSIER: Permission = Permission::new("assign-dossier", &[Role::DivisionHead]).passes_on();
/// Decide and sign.
pub const APPROVE_DOSSIER: Permission = Permission::new("approve-dossier", &[Role::Leader]).passes_on();
/// Hand over results.
pub const RETURN_RESULT: Permission = Permission::new("return-result", &[Role::Clerk]).passes_on();
/// Read any dossier within the scope.
pub const READ_DOSSIERS: Permission =
    Permission::new("read-dossiers", &[Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader, Role::Inspector])
        .passes_on();
/// Look at how dossiers go, without anything about the people they are of.
pub const OVERSEE_DOSSIERS: Permission = Permission::new("oversee-dossiers", &[Role::Inspector]);
/// Keep the wordings of papers: propose versions of what results say, and of the forms' own pieces.
pub const KEEP_WORDINGS: Permission = Permission::new("keep-wordings", &[Role::CatalogueKeeper]);
/// Look at the wordings of papers and their versions.
pub const READ_WORDINGS: Permission =
    Permission::new("read-wordings", &[Role::CatalogueKeeper, Role::Leader, Role::Inspector]);
/// Announce a version of a wording that somebody else proposed, or refuse it.
pub const ANNOUNCE_WORDINGS: Permission = Permission::new("announce-wordings", &[Role::Leader]);

/// All of this module.
pub const ALL: &[Permission] = &[
    FILE_DOSSIER,
    OWN_DOSSIERS,
    RECEIVE_DOSSIER,
    PROCESS_DOSSIER,
    ASSIGN_DOSSIER,
    APPROVE_DOSSIER,
    RETURN_RESULT,
    READ_DOSSIERS,
    OVERSEE_DOSSIERS,
    READ_WORDINGS,
    KEEP_WORDINGS,
    ANNOUNCE_WORDINGS,
];
