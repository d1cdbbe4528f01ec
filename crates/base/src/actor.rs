//! Who acts and what they may do. Rights come from roles, roles are granted at an agency, and a grant reaches the whole
//! subtree below that agency. What no role allows is refused.

use crate::{Id, words::closed_list};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

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
    /// A role that the province has made itself; what it carries is data ([`OwnRole`]).
    Own,
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
    Own => "own",
});

/// One thing that may be allowed, declared by the module that asks for it (`rights.rs`). Every route names one.
///
/// Nothing lists them all by hand: a module hands its own to the application, and `docs/permissions.md` is written from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// Its stable name, as in records, addresses and the API's description; words under `permission-NAME`.
    pub name: &'static str,
    /// The program's roles that carry it; a province's own roles name it themselves.
    pub roles: &'static [Role],
    /// Names of permissions that one person must not hold beside it, whatever the unit.
    pub apart: &'static [&'static str],
    /// Whether a substitute has it while the holder is away. Where nothing is said it stays with the person.
    pub passes_on: bool,
}

impl Permission {
    /// A permission that some of the program's roles carry.
    pub const fn new(name: &'static str, roles: &'static [Role]) -> Permission {
        Permission { name, roles, apart: &[], passes_on: false }
    }

    /// A substitute has it while the holder is away.
    pub const fn passes_on(self) -> Permission {
        Permission { passes_on: true, ..self }
    }

    /// One person must not hold these beside it.
    pub const fn apart(self, apart: &'static [&'static str]) -> Permission {
        Permission { apart, ..self }
    }

    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// Whether one person must not hold both.
    pub fn excludes(self, other: Permission) -> bool {
        self.apart.contains(&other.name) || other.apart.contains(&self.name)
    }
}

impl Role {
    /// Whether the program's role carries the permission; a province's own role says so itself ([`Grant::allows`]).
    pub fn allows(self, permission: Permission) -> bool {
        permission.roles.contains(&self)
    }

    /// Whether the role is one of the administration (everything but [`Role::Citizen`]).
    pub const fn is_official(self) -> bool {
        !matches!(self, Role::Citizen)
    }

    /// Whether a grant of the role needs a second person: one that lets in to dossiers, their money, the rules they are charged
    /// by, accounts or the log. A reform officer's acts each need a second person of their own; what a province's own role carries is
    /// looked at as a whole and so always by two.
    pub const fn needs_second(self) -> bool {
        !matches!(self, Role::ReformOfficer | Role::Citizen)
    }

    /// The program's own official roles: those that a grant may name without more.
    pub fn official() -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(|role| role.is_official() && *role != Role::Own)
    }
}

/// A role that the province has made itself: a name and what it carries. It never changes under those who hold it; a different
/// set of permissions is a different role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRole {
    /// Its id.
    pub id: Id,
    /// The name shown, in Vietnamese.
    pub name_vi: String,
    /// The same in English.
    pub name_en: String,
    /// Names of the permissions it carries.
    pub permissions: BTreeSet<String>,
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
    /// What the role carries, where it is [`Role::Own`].
    pub own: Option<Arc<OwnRole>>,
    /// The fields (lĩnh vực) it is limited to; none: all of them.
    pub fields: Option<Arc<BTreeSet<String>>>,
    /// Whose grant it is, where it is held for somebody who is away; none: the person's own.
    pub instead_of: Option<Id>,
}

impl Grant {
    /// One of the program's roles at an agency, for every field.
    pub fn new(role: Role, agency: Id, agency_path: impl Into<String>) -> Grant {
        Grant { role, agency, agency_path: agency_path.into(), own: None, fields: None, instead_of: None }
    }

    /// Whether the path lies in the subtree of the grant. A malformed grant path (not `/…/`) reaches nothing: `/1` would
    /// otherwise reach `/12/`, and an empty path everything.
    pub fn reaches(&self, path: &str) -> bool {
        let scope = self.agency_path.as_str();
        scope.starts_with('/') && scope.ends_with('/') && path.starts_with(scope)
    }

    /// Whether the grant is held at the root of the state administration's tree and so reaches the whole of it.
    pub fn is_whole(&self) -> bool {
        is_root(&self.agency_path)
    }

    /// Whether the grant carries the permission; held for somebody else, only what passes on.
    pub fn allows(&self, permission: Permission) -> bool {
        if self.instead_of.is_some() && !permission.passes_on {
            return false;
        }
        match (&self.own, self.role) {
            (Some(own), Role::Own) => own.permissions.contains(permission.name),
            (_, role) => role.allows(permission),
        }
    }

    /// Whether the grant covers a field.
    pub fn covers(&self, field: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(field))
    }
}

/// Whether a path is that of the root of the state administration's tree: what the province keeps for all its units (rules, roles, the
/// calendar) is kept from there. The roots of other systems ([`System`](crate::System)) are no such scope: their paths have the system's
/// word at the head.
pub fn is_root(path: &str) -> bool {
    path.len() > 2 && path.starts_with('/') && path.ends_with('/') && path.matches('/').count() == 2
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
    /// Whether any grant allows it, anywhere and in whatever field.
    pub fn may(&self, permission: Permission) -> bool {
        self.grants.iter().any(|g| g.allows(permission))
    }

    /// Whether some grant allows it at the agency with this path, in every field.
    pub fn may_at(&self, permission: Permission, path: &str) -> bool {
        self.grants.iter().any(|g| g.fields.is_none() && g.allows(permission) && g.reaches(path))
    }

    /// Whether some grant allows it at the agency with this path, in this field.
    pub fn may_in(&self, permission: Permission, path: &str, field: &str) -> bool {
        self.grant_in(permission, path, field).is_some()
    }

    /// The grant by which the person may do it at the agency with this path, in every field; of several the closest one. An event
    /// names its agency: whoever holds two posts acts now for one, now for the other.
    pub fn grant_for(&self, permission: Permission, path: &str) -> Option<&Grant> {
        self.closest(permission, path, |grant| grant.fields.is_none())
    }

    /// The same for something that lies in one field: a grant limited to that field counts as well.
    pub fn grant_in(&self, permission: Permission, path: &str, field: &str) -> Option<&Grant> {
        self.closest(permission, path, |grant| grant.covers(field))
    }

    fn closest(&self, permission: Permission, path: &str, covers: impl Fn(&Grant) -> bool) -> Option<&Grant> {
        let allowing = self.grants.iter().filter(|g| covers(g) && g.allows(permission) && g.reaches(path));
        // What is one's own before what is held for another; of two just as close the first stays.
        allowing.rev().max_by_key(|g| (g.instead_of.is_none(), g.agency_path.len()))
    }

    /// The paths of the grants that allow it in every field: the subtrees a list is limited to. Scopes within another are left
    /// out, so that no row is counted twice.
    pub fn scopes(&self, permission: Permission) -> Vec<&str> {
        let mut all: Vec<&str> = self
            .grants
            .iter()
            .filter(|g| g.fields.is_none() && g.allows(permission) && g.reaches(&g.agency_path))
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

    /// Where the person works: the first grant of an official role, of the person's own.
    pub fn home(&self) -> Option<&Grant> {
        self.grants.iter().find(|g| g.role.is_official() && g.instead_of.is_none())
    }

    /// Those who are away and for whom the person acts now, each once.
    pub fn acting_for(&self) -> Vec<Id> {
        let mut all: Vec<Id> = self.grants.iter().filter_map(|grant| grant.instead_of).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether what is in somebody's hands is in the person's: it is the person, or somebody for whom the person acts.
    pub fn acts_for(&self, account: Id) -> bool {
        self.account == account || self.grants.iter().any(|grant| grant.instead_of == Some(account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Permission =
        Permission::new("read", &[Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader, Role::Inspector]);
    const WORK: Permission = Permission::new("work", &[Role::Officer, Role::DivisionHead]);
    const SIGN: Permission = Permission::new("sign", &[Role::Leader]).apart(&["keep"]);
    const KEEP: Permission = Permission::new("keep", &[Role::Administrator]);

    fn actor(grants: &[(Role, &str)]) -> Actor {
        let grant = |(role, path): &(Role, &str)| Grant::new(*role, Id(1), *path);
        Actor {
            account: Id(9),
            name: "Nguyễn Thị Đào".into(),
            grants: grants.iter().map(grant).collect(),
            citizen_number: Some("092190000001".into()),
        }
    }

    #[test]
    fn the_whole_of_a_tree_is_reached_from_its_root_alone() {
        assert!(is_root("/1/") && is_root("/27/"));
        for path in ["", "/", "//", "1/", "/1", "/1/102/", "/1/102", "1/102/", "/vertical/7001/", "/front/7003/"] {
            assert!(!is_root(path), "{path}");
        }
    }

    #[test]
    fn an_administrator_does_not_read_dossiers() {
        assert!(!actor(&[(Role::Administrator, "/1/")]).may(READ));
    }

    #[test]
    fn a_role_of_the_provinces_own_carries_what_it_says_and_nothing_else() {
        let own = |names: &[&str]| OwnRole {
            id: Id(7),
            name_vi: "Trực lãnh đạo".into(),
            name_en: "Leader on duty".into(),
            permissions: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let mut someone = actor(&[(Role::Own, "/1/12/")]);
        assert!(!someone.may(READ), "a role without its data carries nothing");
        someone.grants[0].own = Some(Arc::new(own(&["read", "sign"])));
        assert!(someone.may_at(SIGN, "/1/12/40/") && someone.may(READ) && !someone.may(WORK));
        // Beside one of the program's roles such data mean nothing.
        someone.grants[0].role = Role::Clerk;
        assert!(!someone.may(SIGN));
    }

    #[test]
    fn a_grant_limited_to_fields_acts_in_them_and_is_no_grant_over_everything() {
        let mut deputy = actor(&[(Role::Leader, "/1/12/")]);
        deputy.grants[0].fields = Some(Arc::new(BTreeSet::from(["land".to_owned()])));
        assert!(deputy.may(SIGN), "the page opens");
        assert!(deputy.may_in(SIGN, "/1/12/40/", "land") && !deputy.may_in(SIGN, "/1/12/40/", "civil-status"));
        assert!(!deputy.may_at(SIGN, "/1/12/") && deputy.grant_for(SIGN, "/1/12/").is_none());
        assert!(deputy.scopes(SIGN).is_empty());
        deputy.grants.push(Grant::new(Role::Leader, Id(2), "/1/12/40/"));
        assert!(deputy.may_in(SIGN, "/1/12/40/", "civil-status"));
    }

    #[test]
    fn a_substitute_has_what_passes_on_and_ones_own_comes_first() {
        const PASSING: Permission = READ.passes_on();
        let mut deputy = actor(&[(Role::Officer, "/1/12/")]);
        let away = Grant { instead_of: Some(Id(5)), ..Grant::new(Role::Leader, Id(12), "/1/12/") };
        deputy.grants.push(away);
        assert!(!deputy.may(SIGN), "signing here does not pass on");
        assert!(deputy.may_at(SIGN.passes_on(), "/1/12/40/") && !deputy.may_at(SIGN.passes_on(), "/1/13/"));
        assert_eq!(deputy.grant_for(PASSING, "/1/12/").and_then(|grant| grant.instead_of), None, "one's own first");
        assert_eq!(deputy.grant_for(SIGN.passes_on(), "/1/12/").and_then(|grant| grant.instead_of), Some(Id(5)));
        assert!(deputy.acts_for(Id(5)) && deputy.acts_for(Id(9)) && !deputy.acts_for(Id(6)));
        assert_eq!((deputy.acting_for(), deputy.home().map(|home| home.role)), (vec![Id(5)], Some(Role::Officer)));
        // Closer by somebody else's post is still not before the own.
        deputy.grants[1].agency_path = "/1/12/40/".into();
        assert_eq!(deputy.grant_for(PASSING, "/1/12/40/").and_then(|grant| grant.instead_of), None);
    }

    #[test]
    fn what_must_not_meet_says_so_from_either_side() {
        assert!(SIGN.excludes(KEEP) && KEEP.excludes(SIGN) && !SIGN.excludes(READ));
    }

    #[test]
    fn a_grant_reaches_its_subtree_and_nothing_beside_it() {
        let officer = actor(&[(Role::Officer, "/1/12/")]);
        assert!(officer.may_at(READ, "/1/12/"));
        assert!(officer.may_at(READ, "/1/12/40/"));
        assert!(!officer.may_at(READ, "/1/123/"));
        assert!(!officer.may_at(READ, "/1/"));
        assert!(!officer.may_at(SIGN, "/1/12/"));
    }

    #[test]
    fn a_malformed_scope_reaches_nothing() {
        for path in ["", "/1", "1/", "1"] {
            let someone = actor(&[(Role::Officer, path)]);
            assert!(!someone.may_at(READ, "/1/12/"), "{path:?}");
            assert!(someone.scopes(READ).is_empty(), "{path:?}");
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
        assert_eq!(someone.scopes(READ), ["/1/12/", "/1/13/"]);
        assert_eq!(someone.scopes(SIGN), ["/1/12/"]);
        assert!(someone.scopes(KEEP).is_empty());
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
        assert_eq!(path(READ, "/1/12/40/"), Some("/1/12/40/"));
        assert_eq!(path(READ, "/1/12/41/"), Some("/1/12/"));
        assert_eq!(path(READ, "/1/99/"), Some("/1/"));
        assert_eq!(path(SIGN, "/1/12/40/"), Some("/1/12/"));
        assert_eq!(path(WORK, "/1/13/"), Some("/1/13/"));
        assert_eq!(path(WORK, "/1/12/"), None);
        assert_eq!(path(KEEP, "/1/"), None);
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
