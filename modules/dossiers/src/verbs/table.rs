//! The table itself, in the order of [`Verb`].

use super::{Row, Rule, Verb, Who};
use crate::actions::does;
use crate::decide::{self, bars};
use crate::dossier::{COMPONENT_FILES_MAX, DOSSIER_FILES_MAX, Status};
use crate::happening::Rules;
use crate::opinion::Stance;
use crate::rights::{APPROVE_DOSSIER, ASSIGN_DOSSIER, PROCESS_DOSSIER, RECEIVE_DOSSIER, RETURN_RESULT};
use crate::wording;
use Rules::LateStaysLate;
use Status::{Decided, Filed, IntakeRefused, Payment, Processing, Received, Returned, Stopped, Supplement, Withdrawn};
use Who::{Applicant, AtCompetent, AtIntake, AtIntakeUnanswered, AtReturn, AtStep, AtUnit};
use base::{Fault, Problem};
use decide::{REASON_CHARS_MAX as LONG, draft, hand, mishap, opinion};
use records::{Ask, Field};

mod named;

use named::*;

/// Every verb.
pub static TABLE: [Row; Verb::ALL.len()] = [
    Row::new(Verb::FileOnline, "filed", &[rule(&[], &[Filed], &[Applicant])], &[], does::begins),
    Row::new(Verb::ReceiveAtCounter, "received", &[rule(&[], &[Received], DESK)], &[], does::begins),
    Row::new(Verb::ReceiveOnline, "received", &[rule(&[Filed], &[Received], DESK)], &[], |case| {
        case.rule(decide::receive_online)
    }),
    Row::new(Verb::RefuseIntake, "intake-refused", &[rule(&[Filed], &[IntakeRefused], DESK)], &[REASON], |case| {
        case.rule(|d, actor, office| decide::refuse_intake(d, actor, office, case.text("reason")))
    }),
    Row {
        // An officer may take what nobody holds; what a colleague holds is the head's to give.
        bars: bars::only_the_head_gives_what_somebody_holds,
        ..Row::new(
            Verb::Assign,
            "assigned",
            &[rule(WITH_AN_OFFICER, &[Processing], &[AtUnit(ASSIGN_DOSSIER), AtUnit(PROCESS_DOSSIER)])],
            &[HANDLER],
            does::assign,
        )
    },
    Row {
        step: Some("forward"),
        bars: |d, actor, office| {
            bars::no_next_step(d, actor, office)?;
            opinion::opinions_waited_for(d, actor, office)
        },
        ..Row::new(
            Verb::Forward,
            "forwarded",
            &[rule(WITH_AN_OFFICER, &[Processing], &[AtStep])],
            &[
                HANDLER.optional().about("to somebody of the next step's unit"),
                NOTE,
                Field::files("file", 1),
                Field::check("paper").about("on paper"),
            ],
            does::forward,
        )
    },
    Row {
        step: Some("return"),
        bars: bars::no_previous_step,
        ..Row::new(Verb::SendBack, "sent-back", &[rule(&[Processing], &[Processing], &[AtStep])], &[REASON], |case| {
            case.rule(|d, actor, office| decide::send_back(d, actor, office, case.text("reason")))
        })
    },
    Row {
        bars: hand::nothing_to_take,
        told: false,
        ..Row::new(
            Verb::TakeOver,
            "taken-over",
            &[rule(TAKEN_WHILE, TAKEN_WHILE, WHERE_IT_LIES)],
            &[Field::check("papers_came").about("the papers that follow have come too")],
            |case| case.rule(|d, actor, office| decide::take_over(d, actor, office, case.given.is("papers_came"))),
        )
    },
    Row {
        bars: hand::has_not_just_come,
        told: false,
        ..Row::new(
            Verb::HandBack,
            "handed-back",
            &[rule(WITH_AN_OFFICER, WITH_AN_OFFICER, WHERE_IT_LIES)],
            &[REASON],
            |case| case.rule(|d, actor, office| decide::hand_back(d, actor, office, case.text("reason"))),
        )
    },
    Row {
        bars: hand::was_not_handed_back,
        told: false,
        ..Row::new(
            Verb::Redirect,
            "redirected",
            &[rule(WITH_AN_OFFICER, WITH_AN_OFFICER, WHERE_IT_LIES)],
            &[
                Field::choice("unit", Ask::Unit).about("where it belongs"),
                REASON,
                Field::check("paper").about("on paper"),
            ],
            |case| {
                case.rule(|d, actor, office| {
                    let to = (case.given.id("unit"), !case.given.is("paper"));
                    decide::redirect(d, actor, office, to, case.text("reason"))
                })
            },
        )
    },
    Row {
        bars: opinion::nobody_to_ask,
        told: false,
        ..Row::new(
            Verb::AskOpinions,
            "opinions-asked",
            &[rule(WITH_AN_OFFICER, &[Processing], LEADING)],
            &[
                Field::choice("units", Ask::Words).about("ids of the units that are asked, all at once"),
                Field::lines("question", LONG).about("what they are to say something about"),
                Field::choice("until", Ask::Day).about("the last day for it, as in `2026-12-31`"),
            ],
            does::ask_opinions,
        )
    },
    Row {
        bars: |d, actor, office| opinion::none_to(Verb::AssignOpinion, d, actor, office),
        told: false,
        ..Row::new(
            Verb::AssignOpinion,
            "opinion-assigned",
            &[rule(WHILE_ASKED, WHILE_ASKED, ASKED)],
            &[OPINION, HANDLER],
            does::assign_opinion,
        )
    },
    Row {
        bars: |d, actor, office| opinion::none_to(Verb::GiveOpinion, d, actor, office),
        told: false,
        ..Row::new(
            Verb::GiveOpinion,
            "opinion-given",
            &[rule(WHILE_ASKED, WHILE_ASKED, ASKED)],
            &[
                OPINION,
                Field::choice("stance", Ask::OneOf(Stance::CHOICES)).about("`agree`, `agree-if` or `disagree`"),
                Field::lines("text", LONG).about("what the unit thinks, and under which conditions"),
                Field::files("file", 1),
            ],
            does::give_opinion,
        )
    },
    Row {
        bars: |d, actor, office| opinion::none_to(Verb::DeclineOpinion, d, actor, office),
        told: false,
        ..Row::new(
            Verb::DeclineOpinion,
            "opinion-declined",
            &[rule(WHILE_ASKED, WHILE_ASKED, ASKED)],
            &[OPINION, REASON],
            |case| {
                case.rule(|d, actor, office| {
                    decide::decline_opinion(d, actor, office, case.given.number("opinion"), case.text("reason"))
                })
            },
        )
    },
    Row {
        bars: opinion::no_opinion_waited_for,
        told: false,
        ..Row::new(
            Verb::GoOnWithout,
            "opinion-left",
            &[rule(WITH_AN_OFFICER, WITH_AN_OFFICER, LEADING)],
            &[OPINION, REASON],
            |case| {
                case.rule(|d, actor, office| {
                    decide::go_on_without(d, actor, office, case.given.number("opinion"), case.text("reason"))
                })
            },
        )
    },
    Row {
        step: Some("request_supplement"),
        bars: mishap::not_asked_for_what_was_lost,
        ..Row::new(
            Verb::RequestSupplement,
            "supplement-requested",
            &[rule(&[Filed, Received, Processing], &[Supplement], &[AtStep, AtIntake(RECEIVE_DOSSIER)])],
            &[
                REASON,
                Field::lines("again", LONG).about("for the second time, why it cannot be avoided"),
                Field::choice("papers", Ask::Words).optional().about("codes of the components asked for"),
                Field::choice("asked_answers", Ask::Words)
                    .optional()
                    .about("names of the form's fields to be corrected"),
                Field::lines("other", LONG).optional().about("what else, in words"),
                Field::choice("until", Ask::Day).about("the last day for it, as in `2026-12-31`"),
                Field::line("basis", LONG)
                    .optional()
                    .about("later than three working days after intake, the law of the field that allows it"),
            ],
            does::request_supplement,
        )
    },
    Row::new(
        Verb::CompleteSupplement,
        "supplement-completed",
        &[rule(&[Supplement], &[Filed, Processing], APPLICANT_OR_DESK)],
        &[
            Field::of("absent", Ask::Texts, LONG)
                .optional()
                .about("why a paper asked for cannot be brought, component code → reason"),
            Field::of("answers", Ask::Texts, LONG).optional().about("corrected answers, field → text"),
            Field::check("sure").about("what disagrees with the personal number is so"),
            Field::choice("component", Ask::Word).optional().about("code of the component that the file is for"),
            Field::files("file", DOSSIER_FILES_MAX + COMPONENT_FILES_MAX),
            NOTE,
        ],
        does::complete_supplement,
    ),
    Row::new(
        Verb::RequestPayment,
        "payment-requested",
        &[rule(WITH_AN_OFFICER, &[Payment], &[AtStep])],
        &[
            Field::of("amount_dong", Ask::Number(0, 1_000_000_000_000), 20),
            REASON,
            Field::line("basis", LONG).about("the legal basis of the pause"),
        ],
        |case| {
            case.rule(|d, actor, office| {
                let unread = || Fault::invalid(Problem::new("dossier-amount-not-a-number").field("amount_dong"));
                let amount = case.given.number("amount_dong").ok_or_else(unread)?;
                decide::request_payment(d, actor, office, amount, case.text("reason"), case.text("basis"))
            })
        },
    ),
    Row {
        bars: bars::nothing_to_pay,
        told: false,
        ..Row::new(
            Verb::RecordPayment,
            "paid",
            &[
                rule(
                    &[Received, Processing, Payment, Decided],
                    &[Received, Processing, Decided],
                    &[Applicant, AtIntake(RECEIVE_DOSSIER), AtReturn(RETURN_RESULT)],
                ),
                // Nobody says of himself that he has paid.
                Rule {
                    since: LateStaysLate,
                    ..rule(
                        &[Received, Processing, Payment, Decided],
                        &[Received, Processing, Decided],
                        &[AtIntake(RECEIVE_DOSSIER), AtReturn(RETURN_RESULT)],
                    )
                },
            ],
            &[],
            |case| case.rule(decide::record_payment),
        )
    },
    Row {
        bars: bars::put_off_before,
        ..Row::new(
            Verb::PutOff,
            "put-off",
            // Whoever leads the unit that holds it apologises; the act of no officer's own.
            &[rule(WITH_AN_OFFICER, WITH_AN_OFFICER, &[AtUnit(ASSIGN_DOSSIER), AtUnit(APPROVE_DOSSIER)])],
            &[
                Field::of("days", Ask::Number(1, decide::PUT_OFF_DAYS_MAX), 4).about("working days after the due date"),
                REASON,
                Field::lines("unforeseen", LONG)
                    .optional()
                    .about("on the day it is due or later, why it could not be said before"),
            ],
            does::put_off,
        )
    },
    Row {
        step: Some("approve"),
        bars: opinion::opinions_waited_for,
        ..Row::new(
            Verb::Approve,
            "approved",
            &[rule(WITH_AN_OFFICER, &[Decided], &[AtStep])],
            &[
                NOTE,
                Field::files("result", 1),
                Field::check("sign_draft").about("the proposal that came with the dossier is the result"),
                ISSUE.about("the draft that was written is the result: it is numbered, dated and frozen"),
            ],
            does::approve,
        )
    },
    Row {
        step: Some("refuse"),
        bars: opinion::opinions_waited_for,
        ..Row::new(Verb::Refuse, "refused", &[rule(WITH_AN_OFFICER, &[Decided], &[AtStep])], &[REASON, ISSUE], |case| {
            case.rule(|d, actor, office| decide::refuse(d, actor, office, case.text("reason")))
        })
    },
    Row::new(
        Verb::Withdraw,
        "withdrawn",
        &[rule(&[Filed, Received, Processing, Supplement, Payment], &[Withdrawn], APPLICANT_OR_DESK)],
        &[
            Field::choice("wished_how", Ask::OneOf(&["paper", "spoken"]))
                .about("through the desk, `paper` or `spoken`"),
            Field::line("wished_by", LONG).about("through the desk, who asked"),
            Field::line("wished_words", LONG)
                .about("through the desk, in person, by which phone; number and date of the paper"),
            Field::files("file", 1),
            REASON,
        ],
        does::withdraw,
    ),
    Row::new(
        Verb::Stop,
        "stopped",
        &[
            rule(&[Received, Processing, Supplement, Payment], &[Stopped], &[AtStep, AtUnit(ASSIGN_DOSSIER)]),
            // The desk ends what the applicant left unanswered.
            Rule {
                since: LateStaysLate,
                ..rule(
                    &[Received, Processing, Supplement, Payment],
                    &[Stopped],
                    &[AtStep, AtUnit(ASSIGN_DOSSIER), AtIntakeUnanswered(RECEIVE_DOSSIER)],
                )
            },
        ],
        &[REASON],
        |case| case.rule(|d, actor, office| decide::stop(d, actor, office, case.text("reason"))),
    ),
    Row::new(
        Verb::ReturnResult,
        "result-returned",
        &[rule(&[Decided], &[Returned], &[AtReturn(RETURN_RESULT)])],
        &[
            Field::choice("handed_to", Ask::OneOf(&["owner", "authorised", "post", "account"]))
                .about("`owner`, `authorised`, `post` or `account`"),
            Field::line("receiver", LONG).only("authorised").about("who received it, where it is not the applicant"),
            Field::line("authority", LONG).only("authorised").about("number and date of the paper that authorises"),
            Field::line("carrier", 200).only("post").about("who carries it"),
            Field::line("tracking", LONG).only("post").about("the post's number of the item"),
            Field::line("address", LONG)
                .only("post")
                .about("by post, where to; the applicant's own address where nothing is said"),
            Field::files("result", 1),
        ],
        does::return_result,
    ),
    Row {
        bars: bars::rated_or_not_finished,
        told: false,
        ..Row::new(
            Verb::Rate,
            "rated",
            &[rule(&[Decided, Returned], &[Decided, Returned], &[Applicant])],
            &[
                Field::choice("score", Ask::Number(1, 5)).about("1 to 5"),
                NOTE.about("a few words, kept apart from the answer"),
            ],
            does::rate,
        )
    },
    Row {
        bars: mishap::not_mended,
        told: false,
        ..Row::new(
            Verb::ReportMishap,
            "mishap-reported",
            &[rule(
                ONCE_RECEIVED,
                ONCE_RECEIVED,
                &[
                    AtUnit(PROCESS_DOSSIER),
                    AtUnit(ASSIGN_DOSSIER),
                    AtCompetent(APPROVE_DOSSIER),
                    AtIntake(RECEIVE_DOSSIER),
                    AtReturn(RETURN_RESULT),
                ],
            )],
            &[
                Field::choice("mishap", Ask::OneOf(&["error", "lost"])).about("`error` in the result, `lost` papers"),
                Field::lines("mishap_what", LONG).about("what went wrong, as the applicant is told with the apology"),
                Field::choice("mend_until", Ask::Day).about("the last day for mending it, as in `2026-12-31`"),
            ],
            |case| {
                case.rule(|d, actor, office| {
                    let mishap = (case.text("mishap"), case.text("mishap_what"), case.text("mend_until"));
                    decide::report_mishap(d, actor, office, mishap)
                })
            },
        )
    },
    Row {
        bars: mishap::nothing_to_mend,
        told: false,
        ..Row::new(
            Verb::MendMishap,
            "mishap-mended",
            &[rule(ONCE_RECEIVED, ONCE_RECEIVED, MENDING)],
            &[
                Field::lines("mishap_done", LONG).about("what was mended, as the applicant is told"),
                Field::files("result", 1).about("the result put right"),
            ],
            |case| {
                case.rule(|d, actor, office| {
                    decide::mend_mishap(d, actor, office, (case.text("mishap_done"), !case.papers.is_empty()))
                })
            },
        )
    },
    Row {
        bars: mishap::nothing_to_mend,
        told: false,
        ..Row::new(
            Verb::DismissMishap,
            "mishap-dismissed",
            &[rule(ONCE_RECEIVED, ONCE_RECEIVED, MENDING)],
            &[REASON],
            |case| case.rule(|d, actor, office| decide::dismiss_mishap(d, actor, office, case.text("reason"))),
        )
    },
    // Goes with its agencies (`crate::moving`); no person does it to a dossier.
    Row { told: false, ..Row::new(Verb::Move, "moved", &[rule(OPEN, OPEN, &[])], &[], does::begins) },
    Row {
        bars: |d, actor, office| opinion::none_to(Verb::ForwardOpinion, d, actor, office),
        told: false,
        ..Row::new(
            Verb::ForwardOpinion,
            "opinion-forwarded",
            &[rule(WHILE_ASKED, WHILE_ASKED, ASKED)],
            &[OPINION, NOTE.about("what is proposed as the answer"), Field::files("file", 1)],
            does::forward_opinion,
        )
    },
    Row {
        bars: |d, actor, office| opinion::none_to(Verb::SendBackOpinion, d, actor, office),
        told: false,
        ..Row::new(
            Verb::SendBackOpinion,
            "opinion-sent-back",
            &[rule(WHILE_ASKED, WHILE_ASKED, ASKED)],
            &[OPINION, REASON],
            |case| {
                case.rule(|d, actor, office| {
                    decide::send_back_opinion(d, actor, office, case.given.number("opinion"), case.text("reason"))
                })
            },
        )
    },
    // With an emergency decision (`crate::dates`); what is decided has kept its promise, or not.
    Row { told: false, ..Row::new(Verb::MoveDue, "due-moved", &[rule(UNDECIDED, UNDECIDED, &[])], &[], does::begins) },
    Row {
        bars: draft::nothing_to_decide_here,
        told: false,
        own_page: true,
        ..Row::new(
            Verb::Draft,
            "drafted",
            &[rule(WITH_AN_OFFICER, &[Processing], &[AtStep])],
            &[
                Field::choice("template", Ask::Word).optional().about(
                    "the version of the wording to begin from; where nothing else is said, filled from the dossier",
                ),
                Field::line("title", wording::LINE_MAX).optional(),
                Field::line("about", wording::LINE_MAX).optional(),
                Field::lines("bases", wording::LIST_MAX).optional().about("one a line"),
                Field::lines("text", wording::TEXT_MAX).optional(),
                Field::lines("receivers", wording::LIST_MAX).optional().about("one a line"),
                Field::line("signer", wording::LINE_MAX).optional().about("the post of who signs"),
                Field::line("symbol", wording::SYMBOL_MAX).optional().about("what stands behind the number"),
            ],
            does::draft,
        )
    },
    // Whoever was asked to sign answers (`crate::signing`); no person does it.
    Row {
        told: false,
        ..Row::new(Verb::Sign, "signature-answered", &[rule(SETTLED, SETTLED, &[])], &[], does::begins)
    },
    Row {
        bars: draft::no_signature_failed,
        told: false,
        ..Row::new(
            Verb::SignAgain,
            "signature-asked",
            &[rule(SETTLED, SETTLED, &[AtCompetent(APPROVE_DOSSIER)])],
            &[],
            |case| case.rule(decide::sign_again),
        )
    },
];
