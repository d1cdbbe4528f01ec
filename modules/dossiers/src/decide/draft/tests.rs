use super::*;
use crate::fixture::{self, Story, code, head, leader, officer, stranger};
use crate::wording::place;

#[test]
fn a_draft_is_written_where_the_step_passes_on_or_decides_and_by_who_holds_it() {
    let mut story = Story::received();
    let text = fixture::draft("Điều 1. Đăng ký khai sinh cho {answers.name}.");
    for person in [leader(), stranger()] {
        assert!(story.ask(|d, o| draft(d, &person, o, &text)).is_err(), "{}", person.account);
    }
    story.does(1, |d, o| draft(d, &officer(), o, &text).map(|(event, _)| event));
    let written = story.dossier().written.clone().unwrap();
    assert_eq!((written.drafts, written.passed, written.n), (1, 0, 0));
    let unchanged = Drafting {
        before: Some(Drafted { template: text.template.clone(), name: text.name.clone(), pieces: text.pieces.clone() }),
        ..text.clone()
    };
    assert_eq!(code(story.ask(|d, o| draft(d, &officer(), o, &unchanged))), "dossier-draft-unchanged");
    // A step that neither passes on nor decides has nothing to draft.
    let version = fixture::version_where(|version| version.process[1].allowed = vec!["request_supplement".to_owned()]);
    let story = Story::received_under(version);
    assert_eq!(code(story.ask(|d, o| draft(d, &officer(), o, &text))), "dossier-step-does-not-allow");
}

#[test]
fn a_place_that_nothing_fills_is_refused_by_its_name() {
    let story = Story::received();
    let wrong = fixture::draft("{answers.nmae} {owner}");
    let Err(Fault::Invalid(problems)) = story.ask(|d, o| draft(d, &officer(), o, &wrong)) else { panic!("taken") };
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].code, problems[0].field.as_deref()), ("wording-place-unknown", Some("text")));
    assert_eq!(problems[0].args, [("place".to_owned(), "answers.nmae".to_owned())]);
}

#[test]
fn passing_on_initials_the_draft_and_sending_back_takes_that_away() {
    let mut story = Story::received();
    let text = fixture::draft("Điều 1.");
    story.does(1, |d, o| draft(d, &officer(), o, &text).map(|(event, _)| event));
    story.does(1, |d, o| forward(d, &officer(), o, true, ""));
    assert_eq!(story.dossier().written.as_ref().unwrap().passed, 1);
    story.does(1, |d, o| send_back(d, &head(), o, "Sửa Điều 1"));
    assert_eq!(story.dossier().written.as_ref().unwrap().passed, 0);
    let mended = fixture::draft("Điều 1. Đã sửa.");
    story.does(1, |d, o| draft(d, &officer(), o, &mended).map(|(event, _)| event));
    story.does(1, |d, o| forward(d, &officer(), o, true, ""));
    story.does(1, |d, o| forward(d, &head(), o, true, ""));
    let written = story.dossier().written.clone().unwrap();
    assert_eq!((written.drafts, written.passed), (2, 2));
}

#[test]
fn one_result_is_frozen_and_it_says_what_is_decided() {
    let mut story = Story::received();
    let refused = |story: &Story, verb, brought| code(story.ask(|d, o| may_issue(d, o, verb, brought).map(|_| ())));
    assert_eq!(refused(&story, Verb::Approve, false), "dossier-no-written-draft");
    story.does(1, |d, o| draft(d, &officer(), o, &fixture::draft("Điều 1.")).map(|(event, _)| event));
    assert_eq!(refused(&story, Verb::Refuse, false), "dossier-draft-of-another-kind");
    assert_eq!(refused(&story, Verb::Approve, true), "dossier-one-result");
    let agency = story.ask(|d, o| may_issue(d, o, Verb::Approve, false).map(|(_, agency)| agency)).unwrap();
    assert_eq!(agency, fixture::NEAR, "the house of the unit that holds it");
}

#[test]
fn everything_a_wording_may_name_is_filled_from_the_dossier_but_what_comes_late() {
    let mut story = Story::received();
    story.applicant = Some(crate::Applicant {
        owner_name: "Nguyễn Thị Đường".to_owned(),
        answers: r#"{"name":"Bé","born":"2026-11-01"}"#.to_owned(),
        ..crate::Applicant::default()
    });
    let values = story.ask(|d, o| Ok::<_, Fault>(values(d, o))).unwrap();
    let missing: Vec<&str> = place::KNOWN.into_iter().filter(|name| !values.contains_key(*name)).collect();
    assert_eq!(missing, place::LATE);
    let text = "{owner}, {answers.name}, {answers.born}, {answers.weight}, {agency}, {number}";
    let said = "Nguyễn Thị Đường, Bé, 01/11/2026, ……, Ủy ban nhân dân phường Ninh Kiều, {number}";
    assert_eq!(place::fill(text, &values), said);
}
