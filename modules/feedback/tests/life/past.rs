//! Past the unit complained of, whoever takes it in and whatever was filled in; and who may stay without a name.

use crate::support::{Person, Province, START, provinces, refusal};
use base::Fault;
use feedback::{Petition, State};
use records::Held;

/// It lies with the province, is sorted by its head, and nobody of the commune sees or finds it.
async fn goes_past(province: &Province, held: &Held<Petition>) {
    let (root, commune) = (province.root().id, province.commune.id);
    assert_eq!((held.state.concerned, held.state.unit), (Some(commune), root), "{}", held.code);
    let due = province.owed(held).await.unwrap();
    assert_eq!((due.name, due.unit), ("petition-sort-by-head", root));
    for person in [province.clerk(), province.officer(), province.head(), province.leader()] {
        assert!(!province.sees(&person, &held.code).await, "{}", held.code);
    }
    assert_eq!(province.found(&held.code, Some(&[commune, province.desk().id, province.division.id])).await, 0);
    assert!(province.sees(&province.chairman(), &held.code).await);
}

/// Field and code of what is wrong.
fn wrong(fault: Fault) -> (String, &'static str) {
    match fault {
        Fault::Invalid(problems) => (problems[0].field.clone().unwrap_or_default(), problems[0].code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_conduct_never_reaches_the_unit_it_is_about_though_no_unit_was_named() {
    for province in provinces().await {
        let area = province.commune.id.to_string();
        let about = [("text", "Cán bộ quát mắng người dân"), ("topic", "conduct"), ("area", area.as_str())];
        let sent = province.send(&about, START).await.unwrap();
        assert_eq!(sent.held.state.intake, province.root().id);
        goes_past(&province, &sent.held).await;
        for channel in ["counter", "phone", "post", "press"] {
            let fields = [&about[..], &[("channel", channel)]].concat();
            let taken = province.take(&province.clerk(), &fields, START).await.unwrap();
            goes_past(&province, &taken.held).await;
        }
        // Another unit that is named is the one complained of.
        let other = province.house.tree.communes()[1].id;
        let unit = other.to_string();
        let named = [&about[..], &[("concerned", unit.as_str())]].concat();
        assert_eq!(province.send(&named, START).await.unwrap().held.state.concerned, Some(other));
        // Where nothing says whose conduct it is, that is asked for.
        let nowhere = [("text", "Cán bộ quát mắng người dân"), ("topic", "conduct")];
        let at = ("concerned".to_owned(), "feedback-concerned-needed");
        assert_eq!(wrong(province.send(&nowhere, START).await.unwrap_err()), at);
        let at_counter = [&nowhere[..], &[("channel", "counter")]].concat();
        assert_eq!(wrong(province.take(&province.clerk(), &at_counter, START).await.unwrap_err()), at);
        // A place that is none is said to be none, whatever it complains of.
        let place = [("text", "x"), ("topic", "conduct"), ("area", "7")];
        assert_eq!(wrong(province.send(&place, START).await.unwrap_err()).1, "feedback-area");
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_turns_out_to_be_about_conduct_is_raised_past_the_unit_before_anybody_sorts_it() {
    for province in provinces().await {
        let (clerk, chairman) = (province.clerk(), province.chairman());
        let code = province.sent().await.held.code;
        let division = province.division.id.to_string();
        for (class, topic, field) in [("conduct", "roads", "class"), ("place", "conduct", "topic")] {
            let sorting = [("class", class), ("topic", topic), ("unit", division.as_str())];
            for person in [&clerk, &province.leader()] {
                let refused = province.act(person, &code, "sort", &sorting, START).await.unwrap_err();
                assert_eq!(wrong(refused), (field.to_owned(), "feedback-raise-first"));
            }
        }
        let commune = province.commune.id.to_string();
        assert_eq!(
            refusal(province.act(&clerk, &code, "raise", &[("concerned", "7")], START).await.unwrap_err()),
            "feedback-concerned"
        );
        let held = province.act(&clerk, &code, "raise", &[("concerned", &commune)], START).await.unwrap();
        assert_eq!((held.state.state, held.state.intake), (State::New, province.desk().id));
        goes_past(&province, &held).await;
        assert_eq!(province.found("đường ngập", Some(&[province.desk().id])).await, 0);
        let again = province.act(&chairman, &code, "raise", &[("concerned", &commune)], START).await;
        assert_eq!(refusal(again.unwrap_err()), "feedback-raised-already");
        // There it is sorted as what it is.
        let unit = province.house.unit_of("conduct", None).unwrap().to_string();
        let sorting = [("class", "conduct"), ("topic", "conduct"), ("unit", unit.as_str())];
        province.act(&chairman, &code, "sort", &sorting, START).await.unwrap();
        assert!(province.sees(&province.investigator(), &code).await);
        assert!(!province.sees(&clerk, &code).await);
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_asks_for_a_name_is_not_taken_without_one_and_all_others_are() {
    for province in provinces().await {
        let unnamed = [("text", "Thủ tục rườm rà"), ("topic", "procedures")];
        let at = ("name".to_owned(), "feedback-name-needed");
        assert_eq!(wrong(province.send(&unnamed, START).await.unwrap_err()), at);
        let phoned = [&unnamed[..], &[("channel", "phone")]].concat();
        assert_eq!(wrong(province.take(&province.clerk(), &phoned, START).await.unwrap_err()), at);
        let named = [&unnamed[..], &[("name", "Trần Văn Tám")]].concat();
        province.send(&named, START).await.unwrap();
        province.send(&[("text", "Rác"), ("topic", "environment")], START).await.unwrap();
        assert!(!province.sees(&Person::Nobody, "PA26-000001").await);
    }
}
