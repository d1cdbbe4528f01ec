//! Who acts and what they may do. Rights come from roles, roles are granted at an agency, and a grant reaches the whole
//! subtree below that agency. What no role allows is refused.

use crate::{Id, words::closed_list};
use std::fmt;

/// A role that an account can hold at an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Công chức bộ phận một cửa.
    Clerk,
    /// Công chức thụ lý.
    Officer,
    /// Lãnh đạo phòng.
    DivisionHead,
    /// Lãnh đạo cơ quan, who signs results.
    Leader,
    /// Công chức theo dõi cải cách hành chính.
    ReformOfficer,
    /// Người kiểm tra, thanh tra.
    Inspector,
    /// Người quản trị danh mục thủ tục.
    CatalogueKeeper,
    /// Quản trị hệ thống. Keeps units and accounts; does not read dossiers.
    Administrator,
    /// Công dân, tổ chức.
    Citizen,
}
closed_list!(Role, "base-role", {
    Clerk => "clerk",
    Officer => "officer",
    DivisionHead => "division-head",
    Leader => "leader",
    ReformOfficer => "reform-officer",
    Inspector => "inspector",
    CatalogueKeeper => "catalogue-keeper",
    Administrator => "administrator",
    Citizen => "citizen",
});

/// One thing that may be allowed. Every route names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// File a dossier for oneself or as a representative.
    FileDossier,
    /// See and act on one's own dossiers.
    OwnDossiers,
    /// Receive, refuse or send back dossiers at the desk.
    ReceiveDossier,
    /// Work on dossiers one is assigned.
    ProcessDossier,
    /// Give dossiers to an officer.
    AssignDossier,
    /// Decide and sign.
    ApproveDossier,
    /// Hand over results.
    ReturnResult,
    /// Read any dossier within the scope.
    ReadDossiers,
    /// Read indicators and the cases behind them.
    ReadSteering,
    /// Enter figures that the system cannot count itself.
    DeclareFigure,
    /// Keep programmes and targets.
    KeepProgrammes,
    /// Keep the catalogue of procedures.
    KeepCatalogue,
    /// Keep agencies and administrative units.
    KeepOrganisation,
    /// Keep accounts and grants.
    KeepAccounts,
    /// Confirm, as the second person, what somebody who keeps accounts has asked for.
    ConfirmGrants,
    /// Read the audit log.
    ReadAudit,
    /// Take petitions in at the desk and sort them.
    ReceiveFeedback,
    /// Work on petitions: ask the sender, draft the answer.
    HandleFeedback,
    /// Approve answers to petitions, as the head of the agency, and publish them.
    AnswerFeedback,
    /// Read petitions within the scope.
    ReadFeedback,
}
closed_list!(Permission, "base-permission", {
    FileDossier => "file-dossier",
    OwnDossiers => "own-dossiers",
    ReceiveDossier => "receive-dossier",
    ProcessDossier => "process-dossier",
    AssignDossier => "assign-dossier",
    ApproveDossier => "approve-dossier",
    ReturnResult => "return-result",
    ReadDossiers => "read-dossiers",
    ReadSteering => "read-steering",
    DeclareFigure => "declare-figure",
    KeepProgrammes => "keep-programmes",
    KeepCatalogue => "keep-catalogue",
    KeepOrganisation => "keep-organisation",
    KeepAccounts => "keep-accounts",
    ConfirmGrants => "confirm-grants",
    ReadAudit => "read-audit",
    ReceiveFeedback => "receive-feedback",
    HandleFeedback => "handle-feedback",
    AnswerFeedback => "answer-feedback",
    ReadFeedback => "read-feedback",
});

impl Role {
    /// The whole matrix on one screen.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Role::Clerk => &[ReceiveDossier, ReturnResult, ReadDossiers, ReceiveFeedback, ReadFeedback],
            Role::Officer => &[ProcessDossier, ReadDossiers, HandleFeedback, ReadFeedback],
            Role::DivisionHead => {
                &[AssignDossier, ProcessDossier, ReadDossiers, ReadSteering, HandleFeedback, ReadFeedback]
            }
            Role::Leader => &[ApproveDossier, ReadDossiers, ReadSteering, ConfirmGrants, AnswerFeedback, ReadFeedback],
            Role::ReformOfficer => &[ReadSteering, DeclareFigure, KeepProgrammes],
            Role::Inspector => &[ReadDossiers, ReadSteering, ReadAudit, ReadFeedback],
            Role::CatalogueKeeper => &[KeepCatalogue],
            Role::Administrator => &[KeepOrganisation, KeepAccounts, ConfirmGrants, ReadAudit],
            Role::Citizen => &[FileDossier, OwnDossiers],
        }
    }

    /// Whether the role carries the permission.
    pub fn allows(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether the role is one of the administration (everything but [`Role::Citizen`]).
    pub const fn is_official(self) -> bool {
        !matches!(self, Role::Citizen)
    }
}

/// A role held at an agency; it reaches every agency whose path begins with `agency_path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The agency it is held at.
    pub agency: Id,
    /// The path of that agency from the root, such as `/1/12/`, with a slash at both ends.
    pub agency_path: String,
}

impl Grant {
    /// Whether the path lies in the subtree of the grant. A malformed grant path (not `/…/`) reaches nothing: `/1` would
    /// otherwise reach `/12/`, and an empty path everything.
    pub fn reaches(&self, path: &str) -> bool {
        let scope = self.agency_path.as_str();
        scope.starts_with('/') && scope.ends_with('/') && path.starts_with(scope)
    }
}

/// The signed-in person on whose behalf something is done.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: Id,
    /// The name shown on screens and in events.
    pub name: String,
    /// The roles held.
    pub grants: Vec<Grant>,
    /// The personal identity number of a citizen's account.
    pub citizen_number: Option<String>,
}

impl fmt::Debug for Actor {
    /// Without the name and the number: an actor may end up in a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("account", &self.account).field("grants", &self.grants).finish_non_exhaustive()
    }
}

impl Actor {
    /// Whether any grant allows it, anywhere.
    pub fn may(&self, permission: Permission) -> bool {
        self.grants.iter().any(|g| g.role.allows(permission))
    }

    /// Whether some grant allows it at the agency with this path.
    pub fn may_at(&self, permission: Permission, path: &str) -> bool {
        self.grants.iter().any(|g| g.role.allows(permission) && g.reaches(path))
    }

    /// The grant by which the person may do it at the agency with this path; of several the closest one. An event names its
    /// agency: whoever holds two posts acts now for one, now for the other.
    pub fn grant_for(&self, permission: Permission, path: &str) -> Option<&Grant> {
        let allowing = self.grants.iter().filter(|g| g.role.allows(permission) && g.reaches(path));
        // Of two just as close the first stays.
        allowing.rev().max_by_key(|g| g.agency_path.len())
    }

    /// The paths of the grants that allow it: the subtrees a list is limited to. Scopes within another are left out, so
    /// that no row is counted twice.
    pub fn scopes(&self, permission: Permission) -> Vec<&str> {
        let mut all: Vec<&str> = self
            .grants
            .iter()
            .filter(|g| g.role.allows(permission) && g.reaches(&g.agency_path))
            .map(|g| g.agency_path.as_str())
            .collect();
        all.sort_unstable();
        // Sorted, a path comes right before the paths within it.
        let mut widest: Vec<&str> = Vec::with_capacity(all.len());
        for path in all {
            if !widest.last().is_some_and(|outer| path.starts_with(outer)) {
                widest.push(path);
            }
        }
        widest
    }

    /// Whether the role is held anywhere.
    pub fn has_role(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.role == role)
    }

    /// Where the person works: the first grant of an official role.
    pub fn home(&self) -> Option<&Grant> {
        self.grants.iter().find(|g| g.role.is_official())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Permission::*;

    fn actor(grants: &[(Role, &str)]) -> Actor {
        let grant = |(role, path): &(Role, &str)| Grant { role: *role, agency: Id(1), agency_path: (*path).to_owned() };
        Actor {
            account: Id(9),
            name: "Nguyễn Thị Đào".into(),
            grants: grants.iter().map(grant).collect(),
            citizen_number: Some("092190000001".into()),
        }
    }

    #[test]
    fn the_matrix_is_the_agreed_one() {
        let row = |p: Permission| Role::ALL.iter().filter(|r| r.allows(p)).map(|r| r.as_str()).collect::<Vec<_>>();
        assert_eq!(row(FileDossier), ["citizen"]);
        assert_eq!(row(OwnDossiers), ["citizen"]);
        assert_eq!(row(ReceiveDossier), ["clerk"]);
        assert_eq!(row(ProcessDossier), ["officer", "division-head"]);
        assert_eq!(row(AssignDossier), ["division-head"]);
        assert_eq!(row(ApproveDossier), ["leader"]);
        assert_eq!(row(ReturnResult), ["clerk"]);
        assert_eq!(row(ReadDossiers), ["clerk", "officer", "division-head", "leader", "inspector"]);
        assert_eq!(row(ReadSteering), ["division-head", "leader", "reform-officer", "inspector"]);
        assert_eq!(row(DeclareFigure), ["reform-officer"]);
        assert_eq!(row(KeepProgrammes), ["reform-officer"]);
        assert_eq!(row(KeepCatalogue), ["catalogue-keeper"]);
        assert_eq!(row(KeepOrganisation), ["administrator"]);
        assert_eq!(row(KeepAccounts), ["administrator"]);
        assert_eq!(row(ConfirmGrants), ["leader", "administrator"]);
        assert_eq!(row(ReadAudit), ["inspector", "administrator"]);
        assert_eq!(row(ReceiveFeedback), ["clerk"]);
        assert_eq!(row(HandleFeedback), ["officer", "division-head"]);
        assert_eq!(row(AnswerFeedback), ["leader"]);
        assert_eq!(row(ReadFeedback), ["clerk", "officer", "division-head", "leader", "inspector"]);
        assert_eq!(Permission::ALL.len(), 20);
    }

    #[test]
    fn an_administrator_does_not_read_dossiers() {
        assert!(!actor(&[(Role::Administrator, "/1/")]).may(ReadDossiers));
    }

    #[test]
    fn a_grant_reaches_its_subtree_and_nothing_beside_it() {
        let officer = actor(&[(Role::Officer, "/1/12/")]);
        assert!(officer.may_at(ReadDossiers, "/1/12/"));
        assert!(officer.may_at(ReadDossiers, "/1/12/40/"));
        assert!(!officer.may_at(ReadDossiers, "/1/123/"));
        assert!(!officer.may_at(ReadDossiers, "/1/"));
        assert!(!officer.may_at(ApproveDossier, "/1/12/"));
    }

    #[test]
    fn a_malformed_scope_reaches_nothing() {
        for path in ["", "/1", "1/", "1"] {
            let someone = actor(&[(Role::Officer, path)]);
            assert!(!someone.may_at(ReadDossiers, "/1/12/"), "{path:?}");
            assert!(someone.scopes(ReadDossiers).is_empty(), "{path:?}");
        }
    }

    #[test]
    fn scopes_leave_out_what_lies_within_another() {
        let someone = actor(&[
            (Role::Officer, "/1/12/40/"),
            (Role::Leader, "/1/12/"),
            (Role::Clerk, "/1/13/"),
            (Role::Leader, "/1/12/"),
        ]);
        assert_eq!(someone.scopes(ReadDossiers), ["/1/12/", "/1/13/"]);
        assert_eq!(someone.scopes(ApproveDossier), ["/1/12/"]);
        assert!(someone.scopes(KeepAccounts).is_empty());
    }

    #[test]
    fn of_several_posts_the_closest_that_allows_it_is_named() {
        let posts = actor(&[
            (Role::Inspector, "/1/"),
            (Role::Clerk, "/1/12/40/"),
            (Role::Officer, "/1/13/"),
            (Role::Leader, "/1/12/"),
        ]);
        let path = |permission, at: &str| posts.grant_for(permission, at).map(|grant| grant.agency_path.as_str());
        assert_eq!(path(ReadDossiers, "/1/12/40/"), Some("/1/12/40/"));
        assert_eq!(path(ReadDossiers, "/1/12/41/"), Some("/1/12/"));
        assert_eq!(path(ReadDossiers, "/1/99/"), Some("/1/"));
        assert_eq!(path(ApproveDossier, "/1/12/40/"), Some("/1/12/"));
        assert_eq!(path(ProcessDossier, "/1/13/"), Some("/1/13/"));
        assert_eq!(path(ProcessDossier, "/1/12/"), None);
        assert_eq!(path(KeepAccounts, "/1/"), None);
    }

    #[test]
    fn home_is_where_the_official_works() {
        assert!(actor(&[(Role::Citizen, "/")]).home().is_none());
        let both = actor(&[(Role::Citizen, "/"), (Role::Clerk, "/1/12/")]);
        assert_eq!(both.home().unwrap().agency_path, "/1/12/");
        assert!(both.has_role(Role::Citizen) && !both.has_role(Role::Leader));
    }

    #[test]
    fn an_actor_in_a_log_shows_no_personal_data() {
        let shown = format!("{:?}", actor(&[(Role::Clerk, "/1/")]));
        assert!(!shown.contains("092190000001") && !shown.contains("Đào"), "{shown}");
    }
}
