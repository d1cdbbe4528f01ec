//! Asking several units at once: who is asked and by when, who may answer, what silence means, and that nothing goes on meanwhile.

use super::*;
use crate::decide;
use crate::dossier::Status;
use crate::fixture::*;
use crate::measures::flag;
use crate::opinion::OpinionState;
use crate::owed::dues;

/// The events alone.
fn ask_opinions(d: &Dossier, actor: &Actor, office: &Office<'_>, question: &Question) -> Result<Happening, Fault> {
    super::ask_opinions(d, actor, office, question).map(|(event, words)| {
        assert!(words.is_some_and(|words| words.data.contains(question.text.trim())));
        event
    })
}

fn give_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    said: (Option<i64>, &str),
    text: &str,
) -> Result<Happening, Fault> {
    super::give_opinion(d, actor, office, said, text).map(|(event, _)| {
        assert!(!event.to_text(false).contains(text), "what is said about people stands beside the log");
        event
    })
}

fn question(units: &[Id], until: &str) -> Question {
    let units = units.iter().map(ToString::to_string).collect();
    Question { units, text: "Đề nghị cho ý kiến về nguồn gốc đất".to_owned(), until: until.to_owned() }
}

/// At the officer's step, with the department and the far commune asked for an opinion until Wednesday.
fn asked() -> Story {
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| ask_opinions(d, &officer(), o, &question(&[JUSTICE, FAR], "2026-11-04")));
    story
}

/// Somebody of the department.
fn justice() -> Actor {
    Actor { grants: vec![base::Grant::new(base::Role::DivisionHead, JUSTICE, "/1/3/".to_owned())], ..second_officer() }
}

#[test]
fn several_units_are_asked_at_once_and_each_owes_its_answer_by_the_day() {
    let story = asked();
    let d = story.dossier();
    assert_eq!(d.status, Status::Processing);
    // Until the dossier itself is due: that afternoon is later than its hour.
    let close = story.dossier().due_at.unwrap().min(november(4, 17, 0));
    let of = |n: usize| (d.opinions[n].unit, d.opinions[n].agency, d.opinions[n].asked_by, d.opinions[n].due_at);
    assert_eq!(of(0), (JUSTICE, JUSTICE, NEAR_DIVISION, close));
    assert_eq!(of(1), (FAR, FAR, NEAR_DIVISION, close));
    let owed: Vec<_> = dues(d).into_iter().map(|due| (due.name, due.unit, due.part)).collect();
    assert_eq!(
        owed,
        [("dossier-settle", NEAR_DIVISION, 0), ("dossier-opinion", JUSTICE, 1), ("dossier-opinion", FAR, 2)]
    );
    // Nothing goes on while they are waited for, and the reason names them.
    let forward = story.ask(|d, o| decide::forward(d, &officer(), o, true, "Đã xem"));
    assert_eq!(code(forward), "dossier-opinions-waited-for");
    assert_eq!(
        code(story.ask(|d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện cấp"))),
        "dossier-opinions-waited-for"
    );
}

#[test]
fn what_is_wrong_with_a_question_is_told_at_once_and_by_field() {
    let story = Story::at_step("appraise");
    let told = |question: &Question| match story.ask(|d, o| ask_opinions(d, &officer(), o, question)) {
        Err(Fault::Invalid(problems)) => {
            problems.into_iter().map(|p| (p.field.unwrap_or_default(), p.code)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let nothing = told(&Question::default());
    let fields: Vec<&str> = nothing.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["units", "question", "until"]);
    for (units, wrong) in
        [([GONE], "merged away"), ([NEAR_DIVISION], "itself"), ([NEAR_DESK], "a desk decides nothing")]
    {
        assert_eq!(told(&question(&units, "2026-11-04"))[0].1, "dossier-opinion-not-asked-there", "{wrong}");
    }
    assert_eq!(told(&question(&[FAR], "2026-10-30")), [("until".to_owned(), "dossier-opinion-day-past")]);
    assert_eq!(told(&question(&[FAR], "2026-11-30")), [("until".to_owned(), "dossier-opinion-after-due")]);
    assert_eq!(told(&question(&[FAR], "2026-12-30")), [("until".to_owned(), "dossier-opinion-day-far")]);
    // The same unit twice is asked once.
    let twice = story.ask(|d, o| ask_opinions(d, &officer(), o, &question(&[FAR, FAR], "2026-11-04")));
    assert!(matches!(twice, Ok(Happening::OpinionsAsked { of, .. }) if of.len() == 1));
}

#[test]
fn a_day_off_as_the_last_one_means_the_working_day_after() {
    let mut story = Story::at_step("appraise");
    story.version.channels.iter_mut().for_each(|terms| terms.limit = Limit::WorkingDays(30));
    let mut story = Story::received_under(story.version);
    // Tuesday, the 24th, is a holiday.
    story.does(60, |d, o| ask_opinions(d, &officer(), o, &question(&[FAR], "2026-11-24")));
    assert_eq!(story.dossier().opinions[0].due_at, november(25, 17, 0));
}

#[test]
fn only_who_was_asked_answers_and_each_answer_counts_for_its_agency() {
    let mut story = asked();
    let give = |story: &Story, person: &Actor, n| {
        let text = "Đất không có tranh chấp, phù hợp quy hoạch";
        story.ask(|d, o| give_opinion(d, person, o, (n, "agree-if"), text))
    };
    for person in [officer(), head(), leader(), clerk(), far_clerk(), citizen()] {
        assert_eq!(code(give(&story, &person, None)), "dossier-not-yours", "{}", person.account);
    }
    // Another unit's number is none of theirs, and one who reaches over both must say which.
    assert_eq!(code(give(&story, &justice(), Some(2))), "dossier-opinion-unknown");
    let both = Actor { grants: vec![base::Grant::new(base::Role::Leader, ROOT, "/1/".to_owned())], ..leader() };
    assert_eq!(code(give(&story, &both, None)), "dossier-opinion-unknown");
    assert_eq!(
        code(story.ask(|d, o| give_opinion(d, &justice(), o, (None, "maybe"), "Đất không có tranh chấp"))),
        "dossier-stance-required"
    );
    assert_eq!(code(story.ask(|d, o| give_opinion(d, &justice(), o, (None, "agree"), "ừ"))), "dossier-reason-too-thin");
    story.does(5, |d, o| assign_opinion(d, &justice(), o, None, Id(77)).map(|(event, _)| event));
    assert_eq!(story.dossier().opinions[0].handler, Some(Id(77)));
    // What a colleague has been given is theirs or the head's; an officer beside is offered nothing.
    let beside =
        Actor { grants: vec![base::Grant::new(base::Role::Officer, JUSTICE, "/1/3/".to_owned())], ..second_officer() };
    assert_eq!(code(give(&story, &beside, None)), "dossier-only-head-assigns");
    assert!(story.ask(|d, o| decide::offers(d, &beside, o)).is_empty());
    story.now = november(4, 17, 0);
    story.happen(give(&story, &justice(), None).unwrap());
    story.now = november(4, 17, 1);
    story.happen(give(&story, &both, None).unwrap());
    let counted: Vec<_> =
        story.facts.iter().filter(|fact| fact.measure.name == "opinion").map(|f| (f.agency, f.flags)).collect();
    assert_eq!(counted, [(JUSTICE, flag::ON_TIME), (FAR, 0)], "a minute late is late");
    assert!(story.facts.iter().filter(|fact| fact.measure.name == "received").all(|fact| fact.agency == NEAR));
    // Whoever goes on sums up.
    assert_eq!(code(story.ask(|d, o| decide::forward(d, &officer(), o, true, " "))), "dossier-opinions-to-sum-up");
    story.does(5, |d, o| decide::forward(d, &officer(), o, true, "Hai đơn vị thống nhất"));
    assert_eq!(story.dossier().flags & mark::TO_SUM_UP, 0);
    facts::judge(&story.facts).expect("as declared");
}

#[test]
fn silence_is_no_consent_unless_the_procedure_says_so_and_what_is_left_in_time_counts_for_nobody() {
    for consents in [false, true] {
        let mut story =
            Story::received_under(crate::fixture::version_where(|version| version.silence_consents = consents));
        story.does(60, |d, o| ask_opinions(d, &officer(), o, &question(&[JUSTICE, FAR], "2026-11-04")));
        // Which one is not wanted any more has to be said.
        assert_eq!(
            code(story.ask(|d, o| go_on_without(d, &officer(), o, None, "Không cần nữa"))),
            "dossier-opinion-unknown"
        );
        story.does(5, |d, o| go_on_without(d, &officer(), o, Some(2), "Hỏi nhầm đơn vị"));
        assert_eq!((story.dossier().opinions[1].state, story.sum("opinion", 0)), (OpinionState::Dropped, 0));
        story.now = november(5, 8, 0);
        story.does(5, |d, o| go_on_without(d, &officer(), o, None, "Đã quá hạn, không trả lời"));
        let silent = &story.dossier().opinions[0];
        assert_eq!(silent.state, OpinionState::Silent);
        let key = if consents { "dossier-opinion-silent-consent" } else { "dossier-opinion-silent" };
        assert_eq!(silent.key(), key);
        assert_eq!((story.sum("opinion", 0), story.sum("opinion", flag::ON_TIME)), (1, 0));
        let kept = story.facts.iter().find(|fact| fact.measure.name == "opinion").unwrap();
        assert_eq!(kept.official, None, "nobody answers for what others kept back");
    }
}

#[test]
fn a_wrong_unit_says_so_and_another_is_asked_and_the_end_of_the_dossier_ends_the_waiting() {
    let mut story = asked();
    story.does(5, |d, o| decline_opinion(d, &justice(), o, None, "Thuộc Sở khác"));
    assert_eq!(story.dossier().opinions[0].state, OpinionState::Misrouted);
    assert_eq!(story.sum("opinion", 0), 0);
    story.does(5, |d, o| ask_opinions(d, &officer(), o, &question(&[NEAR_OFFICE], "2026-11-04")));
    assert_eq!(story.dossier().opinions[2].n, 3);
    story.does(5, |d, o| decide::stop(d, &head(), o, "Người dân đã chuyển nơi ở"));
    let states: Vec<_> = story.dossier().opinions.iter().map(|opinion| opinion.state).collect();
    assert_eq!(states, [OpinionState::Misrouted, OpinionState::Dropped, OpinionState::Dropped]);
    assert!(dues(story.dossier()).is_empty());
}
