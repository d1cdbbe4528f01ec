//! Power over dossiers, money and accounts is never one person's to take.

use base::{Id, Role};
use identity::requests;

use crate::harness::{Client, PASSWORD, Page, TestApp, on_every_engine, on_fresh_provinces, settle_official};

pub(super) async fn signed_in(app: &TestApp, login: &str) -> Client {
    let mut client = app.anonymous();
    client.sign_in_as(login, PASSWORD).await;
    client
}

pub(super) async fn administrator(app: &TestApp, login: &str) -> (Client, Id) {
    let root = app.tree().root().expect("root").clone();
    let id = settle_official(app.db(), login, Role::Administrator, &root).await;
    (signed_in(app, login).await, id)
}

async fn ask_role(client: &mut Client, id: Id, role: Role, agency: &organisation::Agency) -> Page {
    let fields = [("role", role.as_str()), ("agency", agency.code.as_str()), ("basis", "QĐ 21/QĐ-UBND")];
    client.post(&format!("/accounts/{id}/grants"), &fields).await
}

pub(super) async fn waiting(app: &TestApp, account: Id) -> Vec<Id> {
    let now = app.clock.now();
    let asked = app.db().read(move |tx| Box::pin(async move { requests::waiting_for(tx, account, now).await })).await;
    asked.expect("requests").into_iter().map(|request| request.id).collect()
}

pub(super) async fn confirm(client: &mut Client, request: Id) -> Page {
    client.post(&format!("/accounts/requests/{request}/confirm"), &[]).await
}

#[test]
fn an_administrator_takes_no_power_alone() {
    on_every_engine(|app| async move {
        let (mut one, own) = administrator(&app, "alone.one").await;
        let root = app.tree().root().expect("root").clone();
        // Not to oneself, whatever the role.
        for role in Role::official() {
            ask_role(&mut one, own, role, &root).await.is(403).shows("tự cấp");
        }
        assert!(waiting(&app, own).await.is_empty());
        // Not to a second account that one made, and not by confirming what one asked for.
        let puppet = settle_official(app.db(), "alone.puppet", Role::ReformOfficer, &root).await;
        for role in Role::official().filter(|role| role.needs_second()) {
            ask_role(&mut one, puppet, role, &root).await.is(303);
        }
        let asked = waiting(&app, puppet).await;
        assert_eq!(asked.len(), 7);
        for request in &asked {
            confirm(&mut one, *request).await.is(403).shows("của chính mình");
        }
        let mut other = signed_in(&app, "alone.puppet").await;
        other.get("/work").await.is(403);
        other.get("/accounts").await.is(403);
        // Nor does the one it is for, who has become an administrator meanwhile.
        let (mut two, _) = administrator(&app, "alone.two").await;
        let administrator = asked.last().copied().expect("a request");
        for request in asked.iter().rev() {
            if *request != administrator {
                two.post(&format!("/accounts/requests/{request}/refuse"), &[]).await.is(303);
            }
        }
        assert_eq!(waiting(&app, puppet).await, [administrator]);
    });
}

#[test]
fn what_waits_gives_nothing_until_the_second_person_and_then_at_once() {
    on_every_engine(|app| async move {
        let (mut one, _) = administrator(&app, "wait.one").await;
        let (mut two, _) = administrator(&app, "wait.two").await;
        let commune = app.tree().communes()[0].clone();
        let id = settle_official(app.db(), "wait.person", Role::ReformOfficer, &commune).await;
        ask_role(&mut one, id, Role::Officer, &commune).await.leads_to(&format!("/accounts/{id}"));
        ask_role(&mut one, id, Role::Officer, &commune).await.is(422).shows("đang chờ rồi");
        let mut person = signed_in(&app, "wait.person").await;
        person.get("/work").await.is(403);
        let request = waiting(&app, id).await[0];
        // Roles without the power to confirm are stopped at the door, a leader elsewhere by the unit.
        let mut officer = app.signed_in(Role::Officer).await;
        confirm(&mut officer, request).await.is(403);
        let elsewhere = app.tree().communes()[5].clone();
        settle_official(app.db(), "wait.leader", Role::Leader, &elsewhere).await;
        let mut stranger = signed_in(&app, "wait.leader").await;
        confirm(&mut stranger, request).await.is(403);
        stranger.get("/accounts/requests").await.is(200).shows_not("wait.person");
        confirm(&mut two, request).await.is(303);
        confirm(&mut two, request).await.is(404);
        person.get("/work").await.is(200);

        // The leader of the unit confirms as well; who asked may take back instead.
        ask_role(&mut one, id, Role::Clerk, &commune).await.is(303);
        let request = waiting(&app, id).await[0];
        one.get("/accounts/requests").await.shows("wait.person").shows("Rút lại");
        let mut leader = app.signed_in(Role::Leader).await;
        leader.get("/accounts/requests").await.shows("wait.person");
        confirm(&mut leader, request).await.is(303);
        ask_role(&mut one, id, Role::Leader, &commune).await.is(303);
        let request = waiting(&app, id).await[0];
        one.post(&format!("/accounts/requests/{request}/refuse"), &[]).await.is(303);
        confirm(&mut two, request).await.is(404);

        // A fortnight later a request is over.
        ask_role(&mut one, id, Role::Leader, &commune).await.is(303);
        let request = waiting(&app, id).await[0];
        app.clock.advance_ms(15 * 24 * 3_600_000);
        let mut two = signed_in(&app, "wait.two").await;
        confirm(&mut two, request).await.is(404);
    });
}

#[test]
fn a_reset_password_is_never_one_persons_to_use() {
    on_every_engine(|app| async move {
        let (mut one, first_id) = administrator(&app, "reset.one").await;
        let (mut two, second_id) = administrator(&app, "reset.two").await;
        let commune = app.tree().communes()[3].clone();
        let leader = settle_official(app.db(), "reset.leader", Role::Leader, &commune).await;
        let mut owner = signed_in(&app, "reset.leader").await;

        // Asked: the old password still opens, the half shown opens nothing.
        let page = one.post(&format!("/accounts/{leader}/password"), &[]).await;
        page.is(200).shows_not("mật khẩu mới:");
        let half = |page: &Page| {
            let rest = page.body.rsplit("<code class=\"code\">").next().expect("half");
            rest.split('<').next().expect("end").to_owned()
        };
        let first = half(&page);
        owner.get("/account").await.is(200).shows("có người khác đã tác động").shows("reset.one");
        let request = waiting(&app, leader).await[0];
        confirm(&mut one, request).await.is(403);
        // The owner is a leader of that unit and confirms nothing for the own account either.
        confirm(&mut owner, request).await.is(403);
        let second = half(&confirm(&mut two, request).await);
        assert_ne!(first, second);
        let set = async |client: &mut Client, halves: [&str; 2]| {
            client.forget_token();
            client.get("/set-password").await;
            let form = [
                ("login", "reset.leader"),
                ("first", halves[0]),
                ("second", halves[1]),
                ("password", "hò ơi sông nước"),
            ];
            client.post("/set-password", &form).await
        };
        // What either of the two holds opens nothing.
        let mut thief = app.anonymous();
        for halves in [[first.as_str(), first.as_str()], [&second, &second], [&first, ""], ["", &second]] {
            set(&mut thief, halves).await.is(422).shows("không khớp");
        }
        owner.get("/account").await.is(200);
        let typed = [first.to_uppercase().replace('-', " "), second.clone()];
        let mut new_browser = app.anonymous();
        app.clock.advance_ms(60_000);
        set(&mut new_browser, [&typed[0], &typed[1]]).await.leads_to("/sign-in");
        owner.get("/account").await.leads_to("/sign-in?next=%2Faccount");
        new_browser.sign_in_as("reset.leader", "hò ơi sông nước").await;

        // Nobody resets, or confirms for, the own account.
        one.post(&format!("/accounts/{first_id}/password"), &[]).await.is(403);
        one.post(&format!("/accounts/{second_id}/password"), &[]).await.is(200);
        let request = waiting(&app, second_id).await[0];
        confirm(&mut two, request).await.is(403);
    });
}

#[test]
fn one_time_codes_come_off_and_cards_are_seen_by_two_people() {
    on_every_engine(|app| async move {
        let (mut one, _) = administrator(&app, "codes.one").await;
        // Without codes there is nothing to take off.
        let commune = app.tree().communes()[4].clone();
        let id = settle_official(app.db(), "codes.person", Role::Officer, &commune).await;
        one.post(&format!("/accounts/{id}/totp/clear"), &[]).await.is(422);
        let mut person = signed_in(&app, "codes.person").await;
        person.post("/account/totp/begin", &[]).await.is(200);
        let made = app.db().write(move |tx| {
            Box::pin(async move {
                tx.execute("UPDATE account SET totp_confirmed_at = 1 WHERE id = $1", store::params![id]).await
            })
        });
        made.await.expect("codes are on");
        one.post(&format!("/accounts/{id}/totp/clear"), &[]).await.is(303);
        let has_codes = async || {
            let account = app.db().read(move |tx| Box::pin(async move { identity::account(tx, id).await })).await;
            account.expect("account").has_totp
        };
        let request = waiting(&app, id).await[0];
        confirm(&mut one, request).await.is(403);
        assert!(has_codes().await);
        let (mut two, _) = administrator(&app, "codes.two").await;
        confirm(&mut two, request).await.is(303);
        assert!(!has_codes().await);
    });
}

#[test]
fn with_one_administrator_only_the_page_says_what_to_do() {
    on_every_engine(|app| async move {
        let commune = app.tree().communes()[8].clone();
        let id = settle_official(app.db(), "only.person", Role::ReformOfficer, &commune).await;
        let now = app.clock.now();
        let (asker, path) = (app.person(Role::Administrator).id, commune.path.clone());
        let there = app.db().read(move |tx| {
            Box::pin(async move {
                let somebody = requests::somebody_confirms(tx, asker, id, &path, now).await?;
                // At a path nobody reaches.
                Ok::<_, base::Fault>((somebody, requests::somebody_confirms(tx, asker, id, "/none/", now).await?))
            })
        });
        let there = there.await.expect("an answer");
        assert!(!there.1);
        let mut only = app.administrator().await;
        ask_role(&mut only, id, Role::Clerk, &commune).await.is(303);
        let page = only.get(&format!("/accounts/{id}")).await;
        page.is(200).shows("chờ");
        assert_eq!(page.body.contains("motcua administrator"), !there.0);
    });
}

/// What stands in somebody's list of what is due, as a file: all of it.
async fn due(client: &mut Client, name: &str) -> String {
    client.get(&format!("/due?what={name}&format=csv")).await.is(200).body.clone()
}

#[test]
fn what_waits_for_a_second_person_is_owed_by_those_who_may_decide_it_and_over_when_it_is_decided_or_lapses() {
    // Letting go touches whatever waits: a province of its own.
    on_fresh_provinces(|app| async move {
        let (mut one, _) = administrator(&app, "owed.one").await;
        let (mut two, _) = administrator(&app, "owed.two").await;
        let commune = app.tree().get(app.person(Role::Leader).agency).expect("a commune").clone();
        let id = settle_official(app.db(), "owed.person", Role::ReformOfficer, &commune).await;
        let code = |request: Id| format!("TK{:06}", request.low() % 1_000_000);
        ask_role(&mut one, id, Role::Officer, &commune).await.is(303);
        let request = waiting(&app, id).await[0];
        // The province's second administrator and the commune's leader find it; a leader elsewhere and an officer there do not.
        let mut leader = app.signed_in(Role::Leader).await;
        assert!(due(&mut two, "account-confirm").await.contains(&code(request)));
        assert!(due(&mut leader, "account-confirm-here").await.contains(&code(request)));
        assert!(due(&mut one, "account-confirm").await.contains("Bạn đề nghị; người khác xác nhận"));
        two.get("/due?what=account-confirm")
            .await
            .is(200)
            .shows("href=\"/accounts/requests\"")
            .shows_not("owed.person");
        let elsewhere = app.tree().communes()[5].clone();
        settle_official(app.db(), "owed.leader", Role::Leader, &elsewhere).await;
        let mut stranger = signed_in(&app, "owed.leader").await;
        assert!(!due(&mut stranger, "account-confirm-here").await.contains(&code(request)));
        // An officer has no such work to choose from.
        app.signed_in(Role::Officer).await.get("/due?what=account-confirm-here").await.is(422);
        confirm(&mut leader, request).await.is(303);
        assert!(!due(&mut two, "account-confirm").await.contains(&code(request)));
        assert!(!due(&mut leader, "account-confirm-here").await.contains(&code(request)));

        // A new password of somebody who works there is owed likewise; the later request takes the place of the earlier.
        for _ in 0..2 {
            one.post(&format!("/accounts/{id}/password"), &[]).await.is(200);
        }
        let asked = waiting(&app, id).await;
        assert_eq!(asked.len(), 1);
        assert!(due(&mut two, "account-confirm").await.contains(&code(asked[0])));

        // Nobody decides: a fortnight later it is over by itself, and the log says so.
        app.clock.advance_ms(15 * 24 * 3_600_000);
        let now = app.clock.now();
        let lapsed = app.db().write(move |tx| Box::pin(async move { identity::dues::lapse(tx, now).await })).await;
        assert!(lapsed.expect("lapsing") >= 1);
        let mut two = signed_in(&app, "owed.two").await;
        assert!(!due(&mut two, "account-confirm").await.contains(&code(asked[0])));
        let events = app.db().read(move |tx| Box::pin(async move { audit::events(tx, id).await })).await;
        let last = events.expect("events").pop().expect("an event");
        assert_eq!((last.kind.as_str(), last.actor), ("request-decided", None));
        assert!(last.data.contains("\"lapsed\""), "{}", last.data);
        let proof = identity::PROOF.derived.expect("a proof");
        let wrong = app.db().read(move |tx| Box::pin(async move { proof(tx).await })).await.expect("a proof");
        assert_eq!(wrong, Vec::<String>::new());
    });
}
