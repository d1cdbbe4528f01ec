//! Several people and several petitions: who is given one, whose yes a draft needs, what goes together.

use crate::support::{DAY, Person, Province, START, provinces, refusal};
use base::{Id, Role};
use feedback::State;
use feedback::petition::due;

const DRAFT: [(&str, &str); 1] = [("answer_text", "Sẽ nạo vét cống trong tháng 12.")];

fn account(person: &Person) -> Id {
    match person {
        Person::Official(actor) => actor.account,
        _ => panic!("nobody with an account"),
    }
}

/// The words beside a petition's events, by name.
async fn words(province: &Province, id: Id, name: &'static str) -> Vec<String> {
    let read = province.db.read(move |tx| Box::pin(async move { records::asides(tx, id).await }));
    read.await.unwrap().into_iter().filter(|(_, known, _)| known == name).map(|(_, _, words)| words).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_gives_petitions_to_people_of_the_unit_and_takes_them_away_again() {
    for province in provinces().await {
        let (head, officer) = (province.head(), province.engaged(Role::Officer, &province.division).await);
        let outsider = province.engaged(Role::Officer, province.house.tree.communes()[1]).await;
        let code = province.handled().await.held.code;
        let to = account(&officer).to_string();
        let held = province.act(&head, &code, "assign", &[("person", &to)], START).await.unwrap();
        assert_eq!(province.owed(&held).await.unwrap().holder, Some(account(&officer)));
        let again = province.act(&head, &code, "assign", &[("person", &to)], START).await;
        assert_eq!(refusal(again.unwrap_err()), "feedback-theirs-already");
        let elsewhere = account(&outsider).to_string();
        let elsewhere = province.act(&head, &code, "assign", &[("person", &elsewhere)], START).await;
        assert_eq!(refusal(elsewhere.unwrap_err()), "feedback-person");
        // An official takes up what lies there; giving it to others is the head's.
        let own = province.act(&officer, &code, "assign", &[("person", &to)], START).await;
        assert_eq!(refusal(own.unwrap_err()), "records-not-yours");
        let second = province.engaged(Role::Officer, &province.division).await;
        let to = account(&second).to_string();
        let held = province.act(&province.leader(), &code, "assign", &[("person", &to)], START).await.unwrap();
        assert_eq!(held.state.handler, Some(account(&second)));
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_up_to_the_head_of_the_division_and_then_to_the_head_of_the_agency() {
    for province in provinces().await {
        let head = province.engaged(Role::DivisionHead, &province.division).await;
        let (officer, leader) = (province.officer(), province.leader());
        let code = province.handled().await.held.code;
        let held = province.act(&officer, &code, "draft", &DRAFT, START).await.unwrap();
        let owed = province.owed(&held).await.unwrap();
        assert_eq!((owed.name, owed.unit), (due::ENDORSE, province.division.id));
        let early = province.act(&leader, &code, "approve", &[], START).await;
        assert_eq!(refusal(early.unwrap_err()), "records-approval-not-yet");

        // Returned with a remark; the remark stands in its history, the chain begins anew.
        province.act(&head, &code, "return", &[("reason", "Ghi rõ ngày")], START).await.unwrap();
        assert_eq!(words(&province, held.id, "returned").await, ["Ghi rõ ngày"]);
        province.act(&officer, &code, "draft", &DRAFT, START).await.unwrap();
        let held = province.act(&head, &code, "endorse", &[], START).await.unwrap();
        let owed = province.owed(&held).await.unwrap();
        assert_eq!((owed.name, owed.unit), (due::APPROVE, province.commune.id));
        let twice = province.act(&head, &code, "endorse", &[], START).await;
        assert_eq!(refusal(twice.unwrap_err()), "records-approval-not-yet");
        // What lies with the head of the agency is no longer the division's to return.
        let past = province.act(&head, &code, "return", &[("reason", "Khoan")], START).await;
        assert_eq!(refusal(past.unwrap_err()), "records-approval-not-yet");
        let held = province.act(&leader, &code, "approve", &[], START).await.unwrap();
        assert_eq!(held.state.state, State::Answered);

        // What the head of the division writes goes straight to the head of the agency.
        let code = province.handled().await.held.code;
        let held = province.act(&head, &code, "draft", &DRAFT, START).await.unwrap();
        assert_eq!(province.owed(&held).await.unwrap().name, due::APPROVE);
        province.act(&leader, &code, "approve", &[], START).await.unwrap();
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_left_to_agree_the_head_goes_past_and_one_of_the_unit_complained_of_is_never_asked() {
    for province in provinces().await {
        let head = province.engaged(Role::DivisionHead, &province.division).await;
        let (officer, leader) = (province.officer(), province.leader());
        let code = province.handled().await.held.code;
        province.act(&officer, &code, "draft", &DRAFT, START).await.unwrap();
        let gone = account(&head);
        province
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let grant = identity::grants(tx, gone).await?.remove(0).id;
                    let by = base::Grant::new(Role::Administrator, Id(1), "/1/");
                    let by = base::Actor { account: Id(1), name: "QT".into(), grants: vec![by], citizen_number: None };
                    identity::revoke_by(tx, &by, gone, grant, START).await
                })
            })
            .await
            .unwrap();
        let tomorrow = START.plus_ms(DAY);
        let held = province.act(&leader, &code, "approve", &[], tomorrow).await.unwrap();
        let rungs = held.state.approval.unwrap().rungs;
        assert_eq!((rungs[0].by, rungs[1].by), (None, Some(account(&leader))));
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_both_heads_says_yes_once() {
    for province in provinces().await {
        province.engaged(Role::DivisionHead, &province.division).await;
        let Person::Official(mut both) = province.head() else { panic!() };
        let Person::Official(leader) = province.leader() else { panic!() };
        both.grants.extend(leader.grants);
        let both = Person::Official(both);
        let code = province.handled().await.held.code;
        province.act(&province.officer(), &code, "draft", &DRAFT, START).await.unwrap();
        province.act(&both, &code, "endorse", &[], START).await.unwrap();
        let twice = province.act(&both, &code, "approve", &[], START).await;
        assert_eq!(refusal(twice.unwrap_err()), "records-approval-twice");
        province.act(&province.leader(), &code, "approve", &[], START).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn petitions_about_the_same_matter_are_answered_together_each_by_its_own_clock() {
    for province in provinces().await {
        let (officer, leader) = (province.officer(), province.leader());
        let first = province.handled().await;
        let lead = first.held.code.clone();
        let (other, third) = (province.handled().await, province.handled().await);
        for receipt in [&other, &third] {
            let held = province.act(&officer, &receipt.held.code, "join", &[("lead", &lead)], START).await.unwrap();
            assert_eq!((held.state.state, held.state.lead), (State::Joined, Some(first.held.id)));
            assert_eq!(province.owed(&held).await.unwrap().name, due::ANSWER);
        }
        // No ring, and nothing that goes with what goes with another.
        let ring = province.act(&officer, &lead, "join", &[("lead", &other.held.code)], START).await;
        assert_eq!(refusal(ring.unwrap_err()), "feedback-lead-not-open");
        let itself = province.act(&officer, &lead, "join", &[("lead", &lead)], START).await;
        assert_eq!(refusal(itself.unwrap_err()), "feedback-lead-not-open");

        // One of them asks to stand alone again, and comes back.
        let held = province.act(&officer, &third.held.code, "part", &[], START).await.unwrap();
        assert_eq!((held.state.state, held.state.lead), (State::Handling, None));
        province.act(&officer, &third.held.code, "join", &[("lead", &lead)], START).await.unwrap();

        // What goes to all of them names none of them.
        let named = [("answer_text", "Kính gửi bà Nguyễn Thị Đào, cống sẽ được nạo vét.")];
        let refused = province.act(&officer, &lead, "draft", &named, START).await;
        assert_eq!(refusal(refused.unwrap_err()), "feedback-public-name");

        let late = START.plus_ms(60 * DAY);
        province.act(&officer, &lead, "draft", &DRAFT, late).await.unwrap();
        province.act(&leader, &lead, "approve", &[], late).await.unwrap();
        for receipt in [&other, &third] {
            let sender = Person::Sender(receipt.key.clone());
            let held = province.act(&sender, &receipt.held.code, "rate", &[("score", "5")], late).await.unwrap();
            assert_eq!((held.state.state, held.state.answered_at), (State::Kept, Some(late)));
            assert_eq!(words(&province, held.id, "answer").await, ["Sẽ nạo vét cống trong tháng 12."]);
            // Nobody is told whose petition it went with.
            assert!(words(&province, held.id, "kept").await.is_empty());
        }
        // Not settled for one of them: it goes on by itself, the others stay.
        let sender = Person::Sender(other.key.clone());
        let held = province.act(&sender, &other.held.code, "reopen", &[("reason", "Vẫn ngập")], late).await.unwrap();
        assert_eq!((held.state.state, held.state.lead), (State::Handling, None));
        let counted = province.proven().await;
        assert!(counted.contains(&"feedback_answered/0: 3".to_owned()), "{counted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_go_together_is_refused_and_what_loses_its_lead_stands_alone() {
    for province in provinces().await {
        let (officer, clerk) = (province.officer(), province.clerk());
        let lead = province.handled().await;
        let other = province.handled().await;
        let join = [("lead", "PA26-999999")];
        let none = province.act(&officer, &other.held.code, "join", &join, START).await;
        assert_eq!(refusal(none.unwrap_err()), "feedback-lead-none");
        // One that only others may read is not there either.
        let hidden = province.complaining().await;
        let hidden = province.act(&officer, &other.held.code, "join", &[("lead", &hidden.held.code)], START).await;
        assert_eq!(refusal(hidden.unwrap_err()), "feedback-lead-none");
        let unsorted = province.sent().await;
        let chairman = province.chairman();
        let new = province.act(&chairman, &other.held.code, "join", &[("lead", &unsorted.held.code)], START).await;
        assert_eq!(refusal(new.unwrap_err()), "feedback-lead-not-open");
        let far = province.sent().await;
        let unit = province.house.unit_of("roads", None).unwrap().to_string();
        let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
        province.act(&clerk, &far.held.code, "sort", &sorting, START).await.unwrap();
        let far = province.act(&chairman, &other.held.code, "join", &[("lead", &far.held.code)], START).await;
        assert_eq!(refusal(far.unwrap_err()), "feedback-lead-elsewhere");

        province.act(&officer, &other.held.code, "join", &[("lead", &lead.held.code)], START).await.unwrap();
        let sender = Person::Sender(lead.key.clone());
        province.act(&sender, &lead.held.code, "withdraw", &[], START).await.unwrap();
        let rows = province.act(&officer, &other.held.code, "take-on", &[], START).await.unwrap();
        assert_eq!((rows.state.state, rows.state.lead), (State::Handling, None));
        province.proven().await;
    }
}
