use super::*;
use base::Grant;

fn somebody(id: i64, role: Role, path: &str) -> Actor {
    let grants = vec![Grant::new(role, Id(1), path.to_owned())];
    Actor { account: Id(id), name: String::new(), grants, citizen_number: None }
}

fn asked(wish: Wish) -> Request {
    Request { id: Id(9), account: Id(1), wish, asked_by: Id(2), asked_at: Instant(0) }
}

fn role_at(path: &str) -> Wish {
    Wish::Grant {
        role: Role::Leader,
        own: None,
        fields: None,
        agency: Id(1),
        agency_path: path.to_owned(),
        valid_from: Instant(0).date(),
        valid_to: None,
        basis: String::new(),
    }
}

#[test]
fn every_role_over_dossiers_money_accounts_or_the_log_needs_a_second_person() {
    let alone: Vec<Role> = Role::official().filter(|role| !role.needs_second()).collect();
    assert_eq!(alone, [Role::ReformOfficer]);
}

#[test]
fn neither_the_owner_nor_who_asked_decides_whatever_they_hold() {
    for wish in [role_at("/1/2/"), Wish::Password, Wish::Codes, Wish::Proof] {
        let paths = ["/1/2/".to_owned()];
        let refused = |id| may_decide(&somebody(id, Role::Administrator, "/1/"), &asked(wish.clone()), &paths);
        assert_eq!(refused(1).expect_err("owner").code, "identity-request-own-account");
        assert_eq!(refused(2).expect_err("asker").code, "identity-request-own");
        assert!(refused(3).is_ok());
    }
}

#[test]
fn the_units_leader_confirms_and_one_of_another_unit_does_not() {
    let paths = ["/1/2/7/".to_owned()];
    for wish in [role_at("/1/2/7/"), Wish::Password] {
        let decides = |role, path| may_decide(&somebody(3, role, path), &asked(wish.clone()), &paths).is_ok();
        assert!(decides(Role::Leader, "/1/2/"));
        assert!(!decides(Role::Leader, "/1/3/"));
        assert!(!decides(Role::Officer, "/1/2/"));
        assert!(!decides(Role::Inspector, "/1/"));
    }
    // Of an account without any role only the province's.
    let decides = |path| may_decide(&somebody(3, Role::Administrator, path), &asked(Wish::Proof), &[]).is_ok();
    assert!(decides("/1/") && !decides("/1/2/"));
}
