//! Every guard of every verb, and every refusal.

use super::*;
use crate::dossier::Outcome;
use crate::filing::Places;
use crate::fixture::*;
use crate::measures::flag;
use crate::places::first_step;
use base::{Channel, Limit, PausePolicy};
use catalogue::Version;

fn second_supplement(story: &mut Story) {
    story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.does(60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
    story.does(60, |d, o| {
        request_supplement(d, &officer(), o, &asked("Sai tên người mẹ trên tờ khai", "Giấy mới khác với tờ khai"), &[])
    });
}

#[test]
fn a_verb_outside_its_statuses_is_refused_whoever_asks() {
    let received = Story::received();
    for verb in [Verb::ReceiveOnline, Verb::RefuseIntake, Verb::CompleteSupplement, Verb::ReturnResult, Verb::Rate] {
        for person in people() {
            let refused = received.ask(|d, o| check(d, verb, &person, o));
            assert_eq!(code(refused), "dossier-wrong-status", "{verb:?}");
        }
    }
    let filed = Story::filed();
    for verb in [Verb::Assign, Verb::Forward, Verb::SendBack, Verb::Approve, Verb::Refuse, Verb::Stop] {
        assert_eq!(code(filed.ask(|d, o| check(d, verb, &leader(), o))), "dossier-wrong-status", "{verb:?}");
    }
}

#[test]
fn nobody_acts_on_a_dossier_that_is_not_theirs() {
    let filed = Story::filed();
    for (verb, person) in [
        (Verb::ReceiveOnline, far_clerk()),
        (Verb::ReceiveOnline, officer()),
        (Verb::RefuseIntake, leader()),
        (Verb::RequestSupplement, officer()),
        (Verb::Withdraw, stranger()),
    ] {
        assert_eq!(code(filed.ask(|d, o| check(d, verb, &person, o))), "dossier-not-yours", "{verb:?}");
    }
    let appraised = Story::at_step("appraise");
    for (verb, person) in [
        (Verb::Forward, clerk()),
        (Verb::Forward, leader()),
        (Verb::Forward, citizen()),
        (Verb::Refuse, far_clerk()),
        (Verb::Assign, clerk()),
        (Verb::Stop, clerk()),
        (Verb::Withdraw, stranger()),
    ] {
        assert_eq!(code(appraised.ask(|d, o| check(d, verb, &person, o))), "dossier-not-yours", "{verb:?}");
    }
    // The step is the leader's: neither officer nor head signs.
    let signed = Story::at_step("sign");
    for person in [officer(), head()] {
        assert_eq!(code(signed.ask(|d, o| check(d, Verb::Approve, &person, o))), "dossier-not-yours");
    }
}

#[test]
fn what_one_officer_holds_another_does_not_touch_but_the_head_may() {
    let mut story = Story::at_step("appraise");
    story.does(1, |d, o| assign(d, &officer(), o, officer().account, true));
    let others = story.ask(|d, o| forward(d, &second_officer(), o, true, ""));
    assert_eq!(code(others), "dossier-not-yours");
    let taken = story.ask(|d, o| assign(d, &second_officer(), o, second_officer().account, true));
    assert_eq!(code(taken), "dossier-only-head-assigns");
    assert!(story.ask(|d, o| offers(d, &second_officer(), o)).iter().all(|(verb, _)| *verb != Verb::Assign));
    assert!(story.ask(|d, o| forward(d, &head(), o, true, "")).is_ok());
    assert!(story.ask(|d, o| forward(d, &officer(), o, true, "")).is_ok());
}

#[test]
fn only_the_head_gives_a_dossier_to_somebody_else_and_only_to_people_of_the_unit() {
    let story = Story::at_step("appraise");
    let to_other = story.ask(|d, o| assign(d, &officer(), o, second_officer().account, true));
    assert_eq!(code(to_other), "dossier-only-head-assigns");
    let elsewhere = story.ask(|d, o| assign(d, &head(), o, far_clerk().account, false));
    assert_eq!(code(elsewhere), "dossier-handler-not-here");
    let given = story.ask(|d, o| assign(d, &head(), o, second_officer().account, true)).unwrap();
    assert_eq!(given, Happening::Assigned { handler: second_officer().account });
}

#[test]
fn a_step_does_only_what_its_process_lists() {
    let appraised = Story::at_step("appraise");
    for verb in [Verb::Approve, Verb::SendBack] {
        let person = officer();
        let refused = match verb {
            // From "received" nothing goes back: the status says so first.
            Verb::SendBack => {
                assert_eq!(code(appraised.ask(|d, o| check(d, verb, &person, o))), "dossier-wrong-status");
                continue;
            }
            _ => appraised.ask(|d, o| check(d, verb, &person, o)),
        };
        assert_eq!(code(refused), "dossier-step-does-not-allow", "{verb:?}");
    }
    let reviewed = Story::at_step("review");
    for verb in [Verb::RequestSupplement, Verb::Refuse, Verb::Approve] {
        assert_eq!(code(reviewed.ask(|d, o| check(d, verb, &head(), o))), "dossier-step-does-not-allow", "{verb:?}");
    }
    let signed = Story::at_step("sign");
    assert_eq!(code(signed.ask(|d, o| check(d, Verb::Forward, &leader(), o))), "dossier-step-does-not-allow");
}

#[test]
fn the_process_ends_at_the_last_step_before_the_desk_and_begins_after_it() {
    let mut version = version();
    version.process[3].allowed.push("forward".to_owned());
    version.process[1].allowed.push("return".to_owned());
    let mut story = Story::received_under(version);
    story.does(1, |d, o| forward(d, &officer(), o, true, ""));
    story.does(1, |d, o| send_back(d, &head(), o, "Sai tên"));
    assert_eq!(story.dossier().step, 1);
    assert_eq!(code(story.ask(|d, o| send_back(d, &officer(), o, "Sai"))), "dossier-no-previous-step");
    story.does(1, |d, o| forward(d, &officer(), o, true, ""));
    story.does(1, |d, o| forward(d, &head(), o, true, ""));
    assert_eq!(code(story.ask(|d, o| forward(d, &leader(), o, true, ""))), "dossier-no-next-step");
}

#[test]
fn a_forwarded_dossier_lies_at_the_next_steps_unit_with_nobody_and_a_norm_of_its_own() {
    let mut story = Story::at_step("appraise");
    story.does(1, |d, o| assign(d, &officer(), o, officer().account, true));
    story.does(1, |d, o| forward(d, &officer(), o, true, "đủ"));
    let (unit, handler, due) = (story.dossier().unit, story.dossier().handler, story.dossier().step_due_at);
    assert_eq!((unit, handler, due), (NEAR_DIVISION, None, Some(november(2, 15, 2))));
    story.does(1, |d, o| forward(d, &head(), o, true, ""));
    assert_eq!(story.dossier().unit, NEAR);
    // The norm of a step never moves what was promised.
    assert_eq!(story.dossier().due_at, story.dossier().first_due_at);
}

#[test]
fn every_decision_against_the_applicant_gives_a_reason_no_longer_than_a_page() {
    let long = format!("ă {}", "ă".repeat(REASON_CHARS_MAX - 1));
    let just = format!("  ă {}  ", "ă".repeat(REASON_CHARS_MAX - 2));
    let (filed, appraised, signed) = (Story::filed(), Story::at_step("appraise"), Story::at_step("sign"));
    type Rule<'a> = Box<dyn Fn(&str) -> Result<Happening, Fault> + 'a>;
    let rules: [Rule<'_>; 8] = [
        Box::new(|why| filed.ask(|d, o| refuse_intake(d, &clerk(), o, why))),
        Box::new(|why| filed.ask(|d, o| request_supplement(d, &clerk(), o, &asked(why, ""), &[]))),
        Box::new(|why| filed.ask(|d, o| withdraw(d, &citizen(), o, why))),
        Box::new(|why| signed.ask(|d, o| send_back(d, &leader(), o, why))),
        Box::new(|why| signed.ask(|d, o| refuse(d, &leader(), o, why))),
        Box::new(|why| appraised.ask(|d, o| refuse(d, &officer(), o, why))),
        Box::new(|why| appraised.ask(|d, o| stop(d, &officer(), o, why))),
        Box::new(|why| appraised.ask(|d, o| request_payment(d, &officer(), o, 90_000, why, "Luật Đất đai"))),
    ];
    for (nth, rule) in rules.iter().enumerate() {
        for empty in ["", "  \n\t "] {
            match rule(empty) {
                Err(Fault::Invalid(problems)) => {
                    assert_eq!(
                        (problems[0].code, problems[0].field.as_deref()),
                        ("dossier-reason-required", Some("reason"))
                    );
                    assert!(problems[0].rule.is_some(), "{nth}");
                }
                other => panic!("{nth}: {other:?}"),
            }
        }
        assert_eq!(code(rule(&long)), "base-text-long", "{nth}");
        assert!(rule(&just).is_ok(), "{nth}");
    }
    // A mere sign is no reason, whoever gives it; what decides against somebody says more than what a colleague reads.
    for (nth, rule) in rules.iter().enumerate() {
        for thin in ["x", "lại", "..........", "dừng"] {
            let told = code(rule(thin));
            assert!(matches!(told, "dossier-reason-too-thin" | "dossier-reason-no-words"), "{nth} {thin}: {told}");
        }
        let short = rule("Đổi ý");
        let own_words = matches!(nth, 2 | 3);
        assert_eq!(short.is_ok(), own_words, "{nth}");
    }
    let note = appraised.ask(|d, o| forward(d, &officer(), o, true, &long));
    assert_eq!(code(note), "base-text-long");
}

#[test]
fn a_second_supplement_request_needs_a_reason_of_its_own_and_counts_as_late() {
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.does(60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
    let again =
        story.ask(|d, o| request_supplement(d, &officer(), o, &asked("Sai tên người mẹ trên tờ khai", "  "), &[]));
    assert_eq!(code(again), "dossier-second-supplement-needs-reason");
    let mut story = Story::at_step("appraise");
    second_supplement(&mut story);
    assert_eq!(story.sum("supplement_requested", 0), 2);
    assert_eq!(story.sum("supplement_requested", flag::SUPPLEMENTED_AGAIN), 1);
    story.does(60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
    story.does(1, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::ON_TIME | flag::SUPPLEMENTED | flag::SUPPLEMENTED_AGAIN), 1);
}

#[test]
fn one_supplement_is_not_two() {
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", "không ai hỏi"), &[]));
    let Happening::SupplementRequested { reason, again, .. } = &story.log.last().unwrap().1 else { panic!() };
    assert_eq!((reason.as_str(), again), ("Thiếu giấy chứng sinh", &None));
    story.does(60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
    story.does(1, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!((story.sum("settled", flag::SUPPLEMENTED), story.sum("settled", flag::SUPPLEMENTED_AGAIN)), (1, 0));
}

#[test]
fn a_supplement_restarts_the_clock_unless_the_procedure_resumes_it() {
    // Received Monday 09:00 with three working days: Thursday 09:00. Asked Tuesday 10:00, complete Friday 10:00.
    for (policy, due) in [
        (PausePolicy::Restart, november(11, 10, 0)),
        // Three working days waited, added to Thursday 09:00.
        (PausePolicy::Resume, november(10, 9, 0)),
    ] {
        let mut story = Story::received_under(Version { pause_policy: policy, ..version() });
        assert_eq!(story.dossier().due_at, Some(november(5, 9, 0)));
        story.does(25 * 60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
        assert_eq!(story.dossier().paused_at, Some(november(3, 10, 0)));
        story.does(3 * 24 * 60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
        let d = story.dossier();
        assert_eq!(d.due_at, Some(due), "{policy:?}: {}", d.due_basis);
        assert_eq!((d.first_due_at, d.paused_at), (Some(november(5, 9, 0)), None));
        assert_eq!(d.status, Status::Processing);
    }
}

#[test]
fn a_supplement_asked_before_intake_starts_no_clock_and_is_answered_within_eight_hours_again() {
    let mut story = Story::filed();
    story.does(60, |d, o| request_supplement(d, &clerk(), o, &asked("Ảnh quá mờ, không đọc được", ""), &[]));
    story.does(24 * 60, |d, o| complete_supplement(d, &citizen(), o, "đã chụp lại", BROUGHT));
    let d = story.dossier();
    assert_eq!((d.status, d.received_at, d.due_at), (Status::Filed, None, None));
    assert_eq!(d.answer_due_at, Some(november(4, 10, 0)));
    assert!(story.ask(|d, o| receive_online(d, &clerk(), o)).is_ok());
}

#[test]
fn a_payment_pause_needs_a_legal_basis_and_adds_the_time_waited_even_where_supplements_restart() {
    let mut story = Story::at_step("appraise");
    let person = officer();
    assert_eq!(
        code(story.ask(|d, o| request_payment(d, &person, o, 90_000, "Thuế trước bạ", " "))),
        "dossier-basis-required"
    );
    assert_eq!(
        code(story.ask(|d, o| request_payment(d, &person, o, 0, "Thuế trước bạ", "Luật"))),
        "dossier-amount-too-small"
    );
    story.does(60, |d, o| request_payment(d, &person, o, 90_000, "Thuế trước bạ", "NĐ 10/2022/NĐ-CP"));
    assert_eq!(story.dossier().status, Status::Payment);
    // Monday 10:00 to Wednesday 10:00: two working days on top of Thursday 09:00, which is Monday 09:00.
    story.does(2 * 24 * 60, |d, o| record_payment(d, &clerk(), o));
    let d = story.dossier();
    assert_eq!((d.status, d.due_at, d.paid_dong), (Status::Processing, Some(november(9, 9, 0)), 90_000));
    assert_eq!(d.first_due_at, Some(november(5, 9, 0)));
    // Received at the desk: nothing was paid online, and no procedure was for the first time.
    assert_eq!((story.sum("paid", 0), story.sum("paid", flag::PAID_ONLINE)), (1, 0));
    assert_eq!(story.sum("procedure_paid_online", 0), 0);
}

#[test]
fn a_payment_made_before_any_working_time_went_by_leaves_the_due_date_where_it_was() {
    let mut story = Story::at_step("appraise");
    let person = officer();
    let due = story.dossier().due_at;
    // Into the evening, then asked and paid within it.
    story.does(10 * 60, |d, o| request_payment(d, &person, o, 90_000, "Thuế trước bạ", "NĐ 10/2022/NĐ-CP"));
    story.does(30, |d, o| record_payment(d, &clerk(), o));
    let d = story.dossier();
    assert_eq!((d.status, d.due_at), (Status::Processing, due));
    assert!(d.due_basis.contains("policy=resume"), "{}", d.due_basis);
}

#[test]
fn what_is_paid_is_not_paid_again() {
    let mut story = Story::received();
    story.does(1, |d, o| record_payment(d, &clerk(), o));
    assert_eq!((story.dossier().paid_dong, story.dossier().status), (8_000, Status::Received));
    assert_eq!(code(story.ask(|d, o| record_payment(d, &clerk(), o))), "dossier-nothing-to-pay");
    assert_eq!(
        code(story.ask(|d, o| request_payment(d, &officer(), o, 8_000, "Thuế trước bạ", "Luật"))),
        "dossier-amount-too-small"
    );
}

#[test]
fn a_dossier_is_taken_back_only_before_there_is_a_decision() {
    let mut story = Story::filed();
    assert!(story.ask(|d, o| withdraw(d, &citizen(), o, "Đổi ý")).is_ok());
    story.does(30, |d, o| receive_online(d, &clerk(), o));
    assert!(story.ask(|d, o| withdraw(d, &citizen(), o, "Đổi ý")).is_ok());
    story.does(30, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(code(story.ask(|d, o| withdraw(d, &citizen(), o, "Đổi ý"))), "dossier-wrong-status");
    assert_eq!(code(story.ask(|d, o| stop(d, &leader(), o, "Dừng"))), "dossier-wrong-status");
}

#[test]
fn a_result_is_rated_once_from_one_to_five_by_the_applicant() {
    let mut story = Story::filed();
    story.does(30, |d, o| receive_online(d, &clerk(), o));
    assert_eq!(code(story.ask(|d, o| rate(d, &citizen(), o, 5))), "dossier-wrong-status");
    story.does(30, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    for score in [0, 6, -1, i64::MAX] {
        assert_eq!(code(story.ask(|d, o| rate(d, &citizen(), o, score))), "dossier-rating-one-to-five");
    }
    assert_eq!(code(story.ask(|d, o| rate(d, &stranger(), o, 5))), "dossier-not-yours");
    assert_eq!(code(story.ask(|d, o| rate(d, &clerk(), o, 5))), "dossier-not-yours");
    story.does(30, |d, o| return_result(d, &clerk(), o, &to_owner(), false).map(|(event, _)| event));
    story.does(30, |d, o| rate(d, &citizen(), o, 4));
    assert_eq!((story.sum("rated", 0), story.sum("rated", flag::SATISFIED)), (1, 1));
    assert_eq!(code(story.ask(|d, o| rate(d, &citizen(), o, 5))), "dossier-rated-already");
}

#[test]
fn three_and_below_is_not_satisfied() {
    for (score, satisfied) in [(1, 0), (3, 0), (4, 1), (5, 1)] {
        let mut story = Story::filed();
        story.does(30, |d, o| receive_online(d, &clerk(), o));
        story.does(30, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
        story.does(30, |d, o| rate(d, &citizen(), o, score));
        assert_eq!(story.sum("rated", flag::SATISFIED), satisfied, "{score}");
    }
}

#[test]
fn a_procedure_with_a_cut_off_counts_from_the_next_working_day_after_it() {
    let certification = || {
        let mut version = Version { cut_off: Some("15:00".to_owned()), ..version() };
        version.channels.iter_mut().for_each(|terms| terms.limit = Limit::SameDay);
        version
    };
    for (minute, due) in [(59, november(26, 17, 0)), (65, november(27, 17, 0))] {
        let mut story = Story::begin(certification(), november(26, 14, 0).plus_ms(minute * 60_000));
        story.receive(places(Channel::Counter));
        assert_eq!(story.dossier().due_at, Some(due), "{minute}");
    }
    // Without a cut-off the hour does not matter (one-stop specification 6.1).
    let mut story = Story::begin(version(), november(26, 15, 5));
    story.receive(places(Channel::Counter));
    assert_eq!(story.dossier().due_at, Some(november(1, 15, 5).plus_ms(30 * 86_400_000)));
}

#[test]
fn an_online_filing_is_answered_within_eight_working_hours() {
    assert_eq!(Story::filed().dossier().answer_due_at, Some(november(3, 9, 0)));
    // Friday evening: the hours begin on Monday.
    let mut story = Story::begin(version(), november(6, 20, 0));
    story.file();
    assert_eq!(story.dossier().answer_due_at, Some(november(9, 17, 0)));
    story.now = november(9, 8, 0);
    story.does(0, |d, o| receive_online(d, &clerk(), o));
    let d = story.dossier();
    // The legal clock starts with valid intake, not with filing; both are kept.
    assert_eq!((d.filed_at, d.received_at), (november(6, 20, 0), Some(november(9, 8, 0))));
    assert_eq!((d.answer_due_at, d.due_at), (None, Some(november(12, 8, 0))));
}

#[test]
fn a_holiday_is_no_working_day_of_the_clock() {
    // Specification 6.4: Monday 23 November with two working days is due on Thursday 26, the 24th being a holiday.
    let mut version = version();
    version.channels.iter_mut().for_each(|terms| terms.limit = Limit::WorkingDays(2));
    let mut story = Story::begin(version, november(23, 9, 0));
    story.receive(places(Channel::Counter));
    assert_eq!(story.dossier().due_at, Some(november(26, 9, 0)));
}

#[test]
fn a_procedure_without_any_known_limit_is_not_received() {
    let version = Version { channels: Vec::new(), ..version() };
    let story = Story { version, ..Story::filed() };
    assert_eq!(code(story.ask(|d, o| receive_online(d, &clerk(), o))), "dossier-limit-unknown");
    // Nor does a supplement put a received dossier back among those waiting for intake.
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.version.channels.clear();
    assert_eq!(code(story.ask(|d, o| complete_supplement(d, &clerk(), o, "", BROUGHT))), "dossier-limit-unknown");
}

#[test]
fn receiving_puts_the_dossier_at_the_first_step_after_the_desk() {
    let mut story = Story::filed();
    story.does(30, |d, o| receive_online(d, &clerk(), o));
    let d = story.dossier();
    assert_eq!((d.step as usize, d.unit), (first_step(&story.version), NEAR_DIVISION));
    assert_eq!(story.sum("received", flag::FULL_SERVICE | flag::FEE | flag::PAYABLE_ONLINE), 1);
}

#[test]
fn a_decided_dossier_waits_at_the_desk_of_the_place_of_return() {
    let mut story = Story::begin(version(), november(2, 9, 0));
    story.receive(Places { return_to: FAR, ..places(Channel::Counter) });
    story.does(30, |d, o| refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!((story.dossier().unit, story.dossier().outcome), (FAR_DESK, Outcome::Refused));
    assert_eq!(code(story.ask(|d, o| return_result(d, &clerk(), o, &to_owner(), false))), "dossier-not-yours");
    story.does(30, |d, o| return_result(d, &far_clerk(), o, &to_owner(), false).map(|(event, _)| event));
    assert_eq!(story.dossier().status, Status::Returned);
}

#[test]
fn offers_are_exactly_what_the_rules_let_a_person_do() {
    for mut story in [Story::filed(), Story::received(), Story::at_step("review"), Story::at_step("sign")] {
        for person in people() {
            for (verb, problem) in story.ask(|d, o| offers(d, &person, o)) {
                let checked = story.ask(|d, o| check(d, verb, &person, o));
                assert_eq!(checked.is_err(), problem.is_some(), "{verb:?}");
            }
            let open: Vec<Verb> =
                story.ask(|d, o| Verb::ALL.into_iter().filter(|verb| check(d, *verb, &person, o).is_ok()).collect());
            let offered = story.ask(|d, o| offers(d, &person, o));
            for verb in open {
                assert!(offered.contains(&(verb, None)), "{verb:?} is open and not offered");
            }
        }
        story.now = story.now.plus_ms(1);
    }
    let officers = Story::at_step("appraise").ask(|d, o| offers(d, &officer(), o));
    let verbs: Vec<Verb> = officers.iter().filter(|(_, problem)| problem.is_none()).map(|(verb, _)| *verb).collect();
    assert_eq!(
        verbs,
        [
            Verb::Assign,
            Verb::Forward,
            Verb::TakeOver,
            Verb::HandBack,
            Verb::AskOpinions,
            Verb::RequestSupplement,
            Verb::RequestPayment,
            Verb::Refuse,
            Verb::Stop,
            Verb::ReportMishap,
            Verb::Draft
        ]
    );
    assert!(Story::received().ask(|d, o| offers(d, &far_clerk(), o)).is_empty());
}

#[test]
fn a_supplement_is_asked_for_with_a_reason_a_list_and_a_last_day() {
    let story = Story::at_step("appraise");
    let fields = |asked: &Asked| match story.ask(|d, o| request_supplement(d, &officer(), o, asked, &[])) {
        Err(Fault::Invalid(problems)) => {
            let told: Vec<(String, &str)> =
                problems.iter().map(|p| (p.field.clone().unwrap_or_default(), p.code)).collect();
            told
        }
        other => panic!("{other:?}"),
    };
    let told = |asked: &Asked| fields(asked).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    assert_eq!(told(&Asked::default()), ["reason", "papers", "until"]);
    let fine = asked("Thiếu giấy chứng sinh", "");
    for thin in ["lại", "bổ sung", "thieugiaychungsinh", "..........", "a b c d"] {
        assert_eq!(
            fields(&Asked { reason: thin.to_owned(), ..fine.clone() }),
            [("reason".to_owned(), "dossier-reason-too-thin")]
        );
    }
    let unknown = Asked { papers: vec!["ho-chieu".into()], answers: vec!["shoe".into()], ..fine.clone() };
    assert_eq!(told(&unknown), ["papers", "asked_answers"]);
    // Today is no time at all, and nobody is kept waiting for years; words are no date.
    for until in ["2026-11-02", "2026-11-01", "2027-11-02", "mai", "31/12/2026", ""] {
        assert_eq!(told(&Asked { until: until.to_owned(), ..fine.clone() }), ["until"], "{until}");
    }
    for (papers, answers, other) in [(vec!["anh"], vec![], ""), (vec![], vec!["sex"], ""), (vec![], vec![], "Ảnh 3x4")]
    {
        let words = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let one = Asked { papers: words(papers), answers: words(answers), other: other.to_owned(), ..fine.clone() };
        assert!(story.ask(|d, o| request_supplement(d, &officer(), o, &one, &[])).is_ok());
    }
}

#[test]
fn an_applicant_supplements_with_something() {
    let mut story = Story::filed();
    story.does(60, |d, o| request_supplement(d, &clerk(), o, &asked("Ảnh quá mờ, không đọc được", ""), &[]));
    let nothing = story.ask(|d, o| complete_supplement(d, &citizen(), o, "đã gửi", Supplied::default()));
    assert_eq!(code(nothing), "dossier-supplement-empty");
    for brought in [BROUGHT, Supplied { corrected: true, ..Supplied::default() }] {
        assert!(story.ask(|d, o| complete_supplement(d, &citizen(), o, "", brought)).is_ok());
    }
}
