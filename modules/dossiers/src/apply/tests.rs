//! Whatever people do in whatever order: the rules hold, the log tells the whole story, the facts add up.

use super::*;
use crate::decide;
use crate::dossier::Mark;
use crate::fixture::*;
use crate::happening::Rules;
use crate::verbs::{Verb, Who, rules};
use base::{Actor, Fault, Role};
use proptest::prelude::*;

/// What goes with what others have said.
fn summed_up(d: &Dossier) -> &'static str {
    if d.flags & mark::TO_SUM_UP != 0 { "Các đơn vị thống nhất" } else { "" }
}

/// Does a verb as a person in a hurry would: with every field filled in.
fn carry_out(story: &Story, verb: Verb, person: &Actor, dice: u32) -> Result<Happening, Fault> {
    let yes = dice.is_multiple_of(2);
    story.ask(|d, o| match verb {
        Verb::ReceiveOnline => decide::receive_online(d, person, o),
        Verb::RefuseIntake => decide::refuse_intake(d, person, o, "Không thuộc thẩm quyền"),
        Verb::Assign => {
            let other = if person.has_role(Role::DivisionHead) { officer().account } else { person.account };
            decide::assign(d, person, o, other, true)
        }
        Verb::Forward => decide::forward(d, person, o, yes, summed_up(d)),
        Verb::SendBack => decide::send_back(d, person, o, "Chưa đúng"),
        Verb::TakeOver => decide::take_over(d, person, o, yes || d.offered_at.is_none()),
        Verb::HandBack => decide::hand_back(d, person, o, "Không phải việc của phòng"),
        Verb::Redirect => {
            let units = decide::elsewhere(d, o);
            let unit = units.get(dice as usize % units.len().max(1)).copied();
            decide::redirect(d, person, o, (unit, yes), "Thuộc phòng bên cạnh")
        }
        Verb::AskOpinions => {
            let units = decide::askable(d, o);
            let some = units.iter().skip(dice as usize % units.len()).take(2);
            let ahead = d.due_at.filter(|due| *due > o.now).map(|due| due.date());
            let soon = o.calendar.nth_working_day_after(o.now.date(), 3);
            let until = ahead.map_or(soon, |due| due.min(soon)).to_string();
            let text = "Đề nghị cho ý kiến về nguồn gốc đất".to_owned();
            let question = decide::Question { units: some.map(ToString::to_string).collect(), text, until };
            decide::ask_opinions(d, person, o, &question).map(|(event, _)| event)
        }
        Verb::AssignOpinion => {
            let n = decide::answerable(d, person, o, Verb::AssignOpinion).first().map(|opinion| opinion.n);
            decide::assign_opinion(d, person, o, n, person.account).map(|(event, _)| event)
        }
        Verb::GiveOpinion => {
            let n = decide::answerable(d, person, o, Verb::GiveOpinion).first().map(|opinion| opinion.n);
            let stance = ["agree", "agree-if", "disagree"][dice as usize % 3];
            decide::give_opinion(d, person, o, (n, stance), "Hồ sơ phù hợp quy hoạch").map(|(event, _)| event)
        }
        Verb::DeclineOpinion => {
            let n = decide::answerable(d, person, o, Verb::DeclineOpinion).first().map(|opinion| opinion.n);
            decide::decline_opinion(d, person, o, n, "Không thuộc phạm vi")
        }
        Verb::ForwardOpinion => {
            let n = decide::answerable(d, person, o, Verb::ForwardOpinion).first().map(|opinion| opinion.n);
            decide::forward_opinion(d, person, o, n, "Đề xuất đồng ý").map(|(event, _)| event)
        }
        Verb::SendBackOpinion => {
            let n = decide::answerable(d, person, o, Verb::SendBackOpinion).first().map(|opinion| opinion.n);
            decide::send_back_opinion(d, person, o, n, "Chưa nêu căn cứ")
        }
        Verb::GoOnWithout => {
            let n = d.opinions.iter().find(|opinion| opinion.is_open()).map(|opinion| opinion.n);
            decide::go_on_without(d, person, o, n, "Không chờ được nữa")
        }
        Verb::RequestSupplement => {
            // Never the same words twice.
            let nth = d.supplements;
            decide::request_supplement(
                d,
                person,
                o,
                &asked(&format!("Thiếu giấy số {nth}"), &format!("Vẫn còn thiếu {nth}")),
                &[],
            )
        }
        Verb::CompleteSupplement => {
            // The applicant brings something; an official sometimes nothing.
            let own = d.account == Some(person.account);
            let brought = decide::Supplied { papers: usize::from(own || yes), ..decide::Supplied::default() };
            decide::complete_supplement(d, person, o, "", brought)
        }
        Verb::RequestPayment => decide::request_payment(d, person, o, d.paid_dong + 10_000, "Thuế trước bạ", "Luật"),
        Verb::RecordPayment => decide::record_payment(d, person, o),
        Verb::PutOff => {
            let words = |text: &str| text.to_owned();
            let later = |days| decide::Later {
                days,
                reason: words("Thiết bị hỏng, đang sửa"),
                unforeseen: words("Mất điện toàn khu vực từ sáng"),
            };
            // Long past its date, a few days more are none.
            let few = decide::put_off(d, person, o, &later(i64::from(dice % 9) + 1));
            few.or_else(|_| decide::put_off(d, person, o, &later(decide::PUT_OFF_DAYS_MAX)))
        }
        Verb::Approve => decide::approve(d, person, o, yes, summed_up(d)),
        Verb::Refuse => decide::refuse(d, person, o, "Không đủ điều kiện"),
        Verb::Withdraw => {
            let wished = decide::Wished {
                by: "Nguyễn Thị Đường".to_owned(),
                how: "spoken".to_owned(),
                words: "tại quầy".to_owned(),
                paper: false,
            };
            decide::withdraw_for(d, person, o, "Người dân đổi ý, xin rút", &wished).map(|(event, _)| event)
        }
        Verb::Stop => decide::stop(d, person, o, "Dừng theo yêu cầu"),
        Verb::ReturnResult => {
            decide::return_result(d, person, o, &to_owner(), dice.is_multiple_of(3)).map(|(event, _)| event)
        }
        Verb::Rate => decide::rate(d, person, o, i64::from(dice % 5) + 1),
        Verb::ReportMishap => {
            let kind = if d.outcome == crate::dossier::Outcome::None || yes { "lost" } else { "error" };
            let until = o.now.date().to_string();
            decide::report_mishap(d, person, o, (kind, "Thất lạc khi bàn giao giữa hai phòng", &until))
        }
        Verb::MendMishap => {
            let with_file = d.outcome != crate::dossier::Outcome::None && yes;
            decide::mend_mishap(d, person, o, ("Đã lập lại và xin lỗi", with_file))
        }
        Verb::DismissMishap => decide::dismiss_mishap(d, person, o, "Hồ sơ vẫn đủ giấy tờ"),
        Verb::Draft => {
            let text = crate::fixture::draft(&format!("Điều 1. Lần {dice}."));
            decide::draft(d, person, o, &text).map(|(event, _)| event)
        }
        Verb::SignAgain => decide::sign_again(d, person, o),
        Verb::FileOnline | Verb::ReceiveAtCounter | Verb::Move | Verb::MoveDue | Verb::Sign => {
            unreachable!("offered for an existing dossier")
        }
    })
}

/// Filed online, received at the desk, or taken in on paper by another commune's desk.
fn begin(way: u8) -> Story {
    match way {
        0 => Story::filed(),
        1 => Story::received(),
        _ => Story::from_afar(),
    }
}

/// One act of somebody, chosen by `dice` among all that is open to anybody; `false` when nothing is.
fn turn(story: &mut Story, dice: u32) -> bool {
    let open: Vec<(Actor, Verb)> = people()
        .into_iter()
        .flat_map(|person| {
            let offers = story.ask(|d, o| decide::offers(d, &person, o));
            offers.into_iter().filter(|(_, problem)| problem.is_none()).map(move |(verb, _)| (person.clone(), verb))
        })
        .collect();
    let Some((person, verb)) = open.get(dice as usize % open.len().max(1)) else { return false };
    story.now = story.now.plus_ms(i64::from(dice % 3_000) * 60_000);
    let happening = carry_out(story, *verb, person, dice).unwrap_or_else(|fault| panic!("{verb:?}: {fault:?}"));
    // The word of the log and the tag of the text are one.
    assert!(happening.to_text(false).contains(&format!(r#""kind":"{}""#, happening.kind())), "{verb:?}");
    story.happen(happening);
    let to = verb.rule().to;
    assert!(
        to.contains(&story.dossier().status),
        "{verb:?} leads to {:?}, the table says {to:?}",
        story.dossier().status
    );
    true
}

fn replay(log: &[(Instant, Happening)]) -> (Option<Dossier>, Vec<Fact>) {
    let (mut state, mut facts) = (None, Vec::new());
    for (at, happening) in log {
        let read = Happening::read(&happening.to_text(false)).expect("what was written can be read");
        assert_eq!(read, *happening);
        facts.extend(
            apply(&mut state, DOSSIER, *at, (Rules::NOW, Some(officer().account)), &read).expect("follows").facts,
        );
    }
    (state, facts)
}

fn adds_up(story: &Story) {
    let d = story.dossier();
    let one = i64::from;
    assert_eq!(story.sum("received", 0), one(d.received_at.is_some()));
    assert_eq!(story.sum("refused_intake", 0), one(d.status == Status::IntakeRefused));
    assert_eq!(story.sum("withdrawn", 0), one(d.status == Status::Withdrawn));
    assert_eq!(story.sum("stopped", 0), one(d.status == Status::Stopped));
    assert_eq!(story.sum("returned", 0), one(d.status == Status::Returned));
    assert_eq!(story.sum("rated", 0), one(d.rating.is_some()));
    assert_eq!(story.sum("supplement_requested", 0), d.supplements);
    assert_eq!(story.sum("put_off", 0), one(d.flags & mark::PUT_OFF != 0));
    assert!(d.promised_at.is_none_or(|promised| d.flags & mark::PUT_OFF != 0 && Some(promised) < d.due_at));
    assert_eq!((story.sum("paid", flag::PAID_ONLINE), story.sum("procedure_paid_online", 0)), (0, 0));
    // Settled is granted or refused, corrections and all; and each flag says what the dossier says.
    let mut before = story.log.clone();
    // What is mended afterwards ends nothing.
    while before.last().is_some_and(|(_, happening)| happening.kind().starts_with("mishap-")) {
        before.pop();
    }
    let last = before.pop();
    let was = replay(&before).0.unwrap_or_else(|| d.clone());
    let ran_until = was.paused_at.or(last.map(|(at, _)| at));
    let excused = was.promised_at.is_some_and(|promised| ran_until > Some(promised));
    let is_late = d.flags & mark::LATE != 0 || excused;
    let late_end = matches!(d.status, Status::Withdrawn | Status::Stopped) && is_late;
    assert_eq!(story.sum("settled", flag::UNDECIDED), one(late_end && d.received_at.is_some()));
    assert_eq!(story.sum("settled", 0), one(d.outcome != Outcome::None) + story.sum("settled", flag::UNDECIDED));
    assert_eq!(story.sum("settled", flag::UNDECIDED | flag::ON_TIME), 0);
    assert_eq!(story.sum("settled", flag::REFUSED), one(d.outcome == Outcome::Refused));
    let granted = d.outcome == Outcome::Granted;
    assert_eq!(story.sum("settled", flag::DIGITISED), one(granted && d.flags & flag::DIGITISED != 0));
    if d.outcome != Outcome::None {
        let late = d.flags & mark::LATE != 0;
        let promised = d.promised_at.or(d.due_at);
        assert_eq!(story.sum("settled", flag::ON_TIME), one(d.finished_at <= promised && !late));
        let excused = d.finished_at > promised && d.finished_at <= d.due_at && !late;
        assert_eq!(story.sum("settled", flag::BY_LATER_DATE), one(excused));
        assert_eq!(story.sum("settled", flag::PUT_OFF), story.sum("put_off", 0));
        assert_eq!(story.sum("settled", flag::SUPPLEMENTED), one(d.supplements > 0));
        assert_eq!(story.sum("settled", flag::SUPPLEMENTED_AGAIN), one(d.supplements > 1));
        let day = d.finished_at.unwrap().date();
        assert!(story.facts.iter().filter(|fact| fact.measure.name == "settled").all(|fact| fact.day == day));
    }
    assert!(story.facts.iter().all(|fact| fact.flags & mark::ALL == 0), "marks never leave the dossier");
    assert!(story.facts.iter().all(|fact| fact.subject == DOSSIER));
    // Whatever agency it was taken to be for: its receipt and its money count for the one that is competent, and for no other.
    let elsewhere = |measure: &str| -> i64 {
        let of = |fact: &&Fact| fact.agency != d.competent && fact.measure.name == measure;
        story.facts.iter().filter(of).map(|fact| fact.qty).sum()
    };
    assert_eq!([elsewhere("received"), elsewhere("fee_due"), elsewhere("fee_paid"), elsewhere("settled")], [0; 4]);
    // Nobody takes what was not handed over, and what was decided or ended is nowhere on its way but to the desk.
    assert!(d.offered_at.is_none_or(|_| d.sender.is_some() && d.sender != Some(d.unit)));
    assert!(d.take_by.is_none() || d.offered_at.is_some());
    assert_eq!(d.papers_by.is_some(), d.papers_from.is_some());
    assert!(d.status.is_open() || (d.offered_at.is_none() && d.papers_by.is_none()));
    assert!(d.flags & mark::MISROUTED == 0 || d.sender.is_none());
    // What was asked has a number each, ends once, and nothing is waited for when the dossier has ended.
    assert!((1..).zip(&d.opinions).all(|(n, opinion)| opinion.n == n) && d.opinion_n == d.opinions.len() as i64);
    assert!(d.opinions.iter().all(|opinion| opinion.is_open() == opinion.ended_at.is_none()));
    let undecided = d.status.clock_runs() || d.status.waits_for_applicant();
    assert!(undecided || (d.opinions.iter().all(|opinion| !opinion.is_open()) && d.flags & mark::TO_SUM_UP == 0));
    let counted = |opinion: &&Opinion| matches!(opinion.state, OpinionState::Given | OpinionState::Silent);
    assert_eq!(story.sum("opinion", 0), d.opinions.iter().filter(counted).count() as i64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_over_what_is_offered_keeps_the_rules_replays_to_the_same_and_can_be_brought_to_an_end(
        way in 0u8..3,
        dice in proptest::collection::vec(any::<u32>(), 1..30),
        ending in proptest::collection::vec(any::<u32>(), 400),
    ) {
        let mut story = begin(way);
        for dice in dice {
            if !turn(&mut story, dice) {
                break;
            }
            adds_up(&story);
        }
        let (state, facts) = replay(&story.log);
        prop_assert_eq!(&state, &story.state);
        prop_assert_eq!(&facts, &story.facts);
        // Chance alone ends every dossier sooner or later: nobody is left in a corner.
        let mut ending = ending.into_iter();
        while story.dossier().status.is_open() {
            let dice = ending.next().expect("an end");
            prop_assert!(turn(&mut story, dice), "nobody can do anything about {:?}", story.dossier().status);
        }
        adds_up(&story);
        prop_assert_eq!(replay(&story.log).0, story.state);
    }

    #[test]
    fn no_act_of_an_official_turns_late_into_on_time(
        way in 0u8..3,
        restarts: bool,
        dice in proptest::collection::vec(any::<u32>(), 1..60),
    ) {
        let mut story = begin(way);
        let policy = if restarts { base::PausePolicy::Restart } else { base::PausePolicy::Resume };
        story.version.pause_policy = policy;
        let mut was_late = false;
        for dice in dice {
            let (due_at, ran) = (story.dossier().due_at, story.dossier().status.clock_runs());
            if !turn(&mut story, dice) {
                break;
            }
            // What everybody could see before the act: the clock ran, and the date had passed.
            was_late |= ran && due_at.is_some_and(|due_at| story.now > due_at);
            if was_late {
                prop_assert_eq!(story.sum("settled", flag::ON_TIME), 0, "{:?}", story.log);
                let ended = matches!(story.dossier().status, Status::Withdrawn | Status::Stopped | Status::Decided);
                prop_assert!(!ended || story.sum("settled", 0) == 1, "what was late is among those that ended");
            }
        }
    }

    #[test]
    fn an_event_applied_where_it_does_not_belong_never_panics(
        walk in proptest::collection::vec(any::<u32>(), 1..12),
        foreign in proptest::collection::vec(any::<u32>(), 1..12),
    ) {
        let (mut one, mut other) = (begin(0), begin(1));
        walk.into_iter().take_while(|dice| turn(&mut one, *dice)).count();
        foreign.into_iter().take_while(|dice| turn(&mut other, *dice)).count();
        for (at, happening) in &other.log {
            let _ = apply(&mut one.state, DOSSIER, *at, (Rules::NOW, None), happening);
        }
    }
}

#[test]
fn a_dossier_begins_once_and_nothing_happens_before_it() {
    let story = Story::received();
    let (at, begun) = story.log[0].clone();
    let mut state = story.state.clone();
    assert_eq!(apply(&mut state, DOSSIER, at, (Rules::NOW, None), &begun), Err(DoesNotFollow));
    assert_eq!(apply(&mut None, DOSSIER, at, (Rules::NOW, None), &Happening::Rated { score: 5 }), Err(DoesNotFollow));
}

#[test]
fn an_event_that_no_action_could_have_written_does_not_follow() {
    let rated = Happening::Rated { score: 5 };
    let returned = Happening::ResultReturned { by_post: false, digitised: false, result: None, handed: None };
    let approved = Happening::Approved {
        digitised: true,
        note: String::new(),
        unit: NEAR_DESK,
        result: None,
        offer: None,
        issued: None,
    };
    let stories = [Story::filed(), Story::received()];
    for story in &stories {
        for wrong in [&rated, &returned] {
            assert_eq!(
                apply(&mut story.state.clone(), DOSSIER, story.now, (Rules::NOW, None), wrong),
                Err(DoesNotFollow),
                "{wrong:?}"
            );
        }
    }
    assert_eq!(
        apply(&mut stories[0].state.clone(), DOSSIER, november(2, 9, 0), (Rules::NOW, None), &approved),
        Err(DoesNotFollow)
    );
}

#[test]
fn a_scan_added_at_return_corrects_the_settled_fact_on_its_own_day() {
    let mut story = Story::at_step("sign");
    story.does(60, |d, o| decide::approve(d, &leader(), o, false, ""));
    let day = story.now.date();
    story.does(3 * 24 * 60, |d, o| decide::return_result(d, &clerk(), o, &to_owner(), true).map(|(event, _)| event));
    let settled: Vec<&Fact> = story.facts.iter().filter(|fact| fact.measure.name == "settled").collect();
    assert_eq!(settled.iter().map(|fact| fact.qty).collect::<Vec<_>>(), [1, -1, 1]);
    assert!(settled.iter().all(|fact| fact.day == day));
    assert_eq!((story.sum("settled", 0), story.sum("settled", flag::DIGITISED | flag::HAS_RESULT)), (1, 1));
    assert_eq!(story.sum("returned", flag::DIGITISED), 1);
}

#[test]
fn a_refusal_yields_no_paper_to_digitise() {
    let mut story = Story::at_step("sign");
    story.does(60, |d, o| decide::refuse(d, &leader(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::HAS_RESULT), 0);
    story.does(60, |d, o| decide::return_result(d, &clerk(), o, &to_owner(), true).map(|(event, _)| event));
    assert_eq!((story.sum("settled", 0), story.sum("settled", flag::DIGITISED)), (1, 0));
}

#[test]
fn one_hand_over_on_paper_makes_the_whole_dossier_not_electronic() {
    for (first, second, electronic) in [(true, true, 1), (true, false, 0), (false, true, 0)] {
        let mut story = Story::received();
        story.does(1, |d, o| decide::forward(d, &officer(), o, first, ""));
        story.does(1, |d, o| decide::forward(d, &head(), o, second, ""));
        story.does(1, |d, o| decide::approve(d, &leader(), o, false, ""));
        assert_eq!(story.sum("settled", flag::PASSED), 1);
        assert_eq!(story.sum("settled", flag::ELECTRONIC), electronic);
        assert_eq!(story.sum("passed", 0), 2);
    }
}

#[test]
fn on_time_is_to_the_minute_and_early_is_a_day() {
    // Due on Thursday 5 November, 09:00.
    for (day, hour, minute, on_time, early) in
        [(4, 16, 59, 1, 1), (5, 8, 0, 1, 0), (5, 9, 0, 1, 0), (5, 9, 1, 0, 0), (9, 9, 0, 0, 0)]
    {
        let mut story = Story::received();
        story.now = november(day, hour, minute);
        story.does(0, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
        let found = (story.sum("settled", flag::ON_TIME), story.sum("settled", flag::EARLY));
        assert_eq!(found, (on_time, early), "{day}. {hour}:{minute}");
    }
}

#[test]
fn the_table_and_the_log_know_the_same_statuses() {
    // Every `to` of the table is written by some event; the walk above finds no other.
    // What moves with its agencies is nobody's act.
    let somebody = |verb: Verb, who: &[Who]| who.is_empty() == matches!(verb, Verb::Move | Verb::MoveDue | Verb::Sign);
    assert!(rules().all(|(verb, rule)| !rule.to.is_empty() && somebody(verb, rule.who)));
}

/// A dossier whose process lets the head send back, received on Monday 2 November and due on Thursday 5, 09:00.
fn with_sending_back() -> Story {
    let mut version = version();
    version.process[2].allowed.push("refuse".to_owned());
    let mut story = Story::received_under(version);
    story.does(1, |d, o| decide::forward(d, &officer(), o, true, ""));
    story
}

#[test]
fn an_overdue_dossier_stays_late_whatever_the_office_does_to_it() {
    let mut story = with_sending_back();
    // Six days late: sent back, a supplement asked for and declared complete at once, with nobody and no paper from outside.
    story.now = november(11, 9, 0);
    story.does(0, |d, o| decide::send_back(d, &head(), o, "Xem lại"));
    story.does(1, |d, o| decide::request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.does(1, |d, o| decide::complete_supplement(d, &clerk(), o, "", decide::Supplied::default()));
    let d = story.dossier();
    assert_eq!(d.due_at, Some(november(5, 9, 0)), "{}", d.due_basis);
    let marks = [Mark::Supplemented, Mark::AskedLate, Mark::Hollow, Mark::AskedAfterBack];
    assert_eq!(d.marks(story.now.date()), marks);
    story.does(1, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(
        (story.sum("settled", 0), story.sum("settled", flag::ON_TIME), story.sum("settled", flag::EARLY)),
        (1, 0, 0)
    );
    let marks = [Mark::AskedLate, Mark::Hollow, Mark::AskedAfterBack, Mark::Offered];
    assert_eq!(story.dossier().marks(story.now.date()), marks);
}

#[test]
fn the_same_acts_under_the_first_rules_come_out_as_they_did_then() {
    let mut story = with_sending_back();
    story.now = november(11, 9, 0);
    let clock = crate::happening::Clock::new(november(16, 9, 2), "-".to_owned());
    let once = [
        Happening::SupplementRequested {
            reason: "lại".to_owned(),
            again: None,
            asked: None,
            basis: None,
            elsewhere: false,
        },
        Happening::SupplementCompleted {
            note: String::new(),
            clock: Some(clock),
            answer_due_at: None,
            papers: Vec::new(),
            corrected: None,
            absent: Vec::new(),
            hollow: false,
        },
        Happening::Paid { amount_dong: 8_000, online: true, clock: None, first_online: true },
        Happening::Refused { reason: "Không".to_owned(), unit: NEAR_DESK, offer: None, result: None, issued: None },
    ];
    let mut facts = Vec::new();
    for happening in &once {
        let read = Happening::read_with_rules(&happening.to_text_under(Rules::First, false)).unwrap();
        assert_eq!(read, (Rules::First, happening.clone()));
        facts.extend(apply(&mut story.state, DOSSIER, story.now, (Rules::First, None), happening).unwrap().facts);
    }
    assert_eq!(story.dossier().flags & mark::ALL, 0);
    let settled = facts.iter().find(|fact| fact.measure.name == "settled").unwrap();
    assert_eq!(settled.flags & flag::ON_TIME, flag::ON_TIME, "what was counted then stays counted");
    assert!(facts.iter().any(|fact| fact.measure.name == "procedure_paid_online"));
    // Under the rules of now the payment is nobody's.
    let mut now = with_sending_back().state;
    assert_eq!(apply(&mut now, DOSSIER, story.now, (Rules::NOW, None), &once[2]), Err(DoesNotFollow));
}

#[test]
fn a_supplement_declared_complete_with_nothing_counts_late_and_gains_no_day() {
    let mut story = Story::at_step("appraise");
    let due = story.dossier().due_at;
    story.does(60, |d, o| decide::request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.does(24 * 60, |d, o| decide::complete_supplement(d, &clerk(), o, "", decide::Supplied::default()));
    assert_eq!(story.dossier().due_at, due);
    story.does(1, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::ON_TIME), 0);
    // With a paper it is a supplement like any other.
    let mut story = Story::at_step("appraise");
    story.does(60, |d, o| decide::request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
    story.does(24 * 60, |d, o| decide::complete_supplement(d, &clerk(), o, "", BROUGHT));
    assert!(story.dossier().due_at > due);
    story.does(1, |d, o| decide::refuse(d, &officer(), o, "Không đủ điều kiện"));
    assert_eq!(story.sum("settled", flag::ON_TIME), 1);
}
