//! What may happen next: each verb's rules, with where they come from. Pure: state, person, time and catalogue in, an
//! event or a refusal out.

use crate::dossier::{Dossier, Status, mark};
use crate::happening::{Clock, Happening, Place};
use crate::places::permission_for;
use crate::verbs::{Verb, Who};
use base::calendar::DueDate;
use base::{Actor, Fault, Id, Instant, Limit, PausePolicy, Problem};
use organisation::Tree;

pub(crate) mod bars;
pub(crate) mod draft;
mod ends;
pub(crate) mod hand;
mod later;
pub(crate) mod mishap;
mod office;
pub(crate) mod opinion;
mod post;
mod supplement;

pub(crate) use draft::{Drafting, draft, issued, may_issue, sign_again};
pub use ends::{Handing, Wished, return_result, withdraw, withdraw_for};
pub(crate) use hand::passing_between;
pub use hand::{elsewhere, hand_back, passing, redirect, take_over};
pub use later::{Later, PUT_OFF_DAYS_MAX, is_short_notice, put_off};
pub use mishap::{MENDED_DAYS_MAX, dismiss_mishap, mend_mishap, report_mishap};
pub use office::Office;
pub(crate) use opinion::beside_step;
pub(crate) use opinion::branch;
pub use opinion::branch::{forward_opinion, send_back_opinion, step_of_branch};
pub use opinion::{
    Question, answerable, ask_opinions, askable, assign_opinion, decline_opinion, give_opinion, go_on_without,
};
pub use post::{POST_DAYS_MAX, PostTyped, posted};
pub use supplement::{
    ABSENT, ASKED_DAYS_MAX, ASKED_WITHIN_DAYS, Asked, Came, Supplied, asked_last, complete_supplement, is_asked_late,
    listed_or_absent, request_supplement,
};

/// Longest text a person may write as a reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;
/// An online filing is answered within this many working hours (NĐ 45/2020/NĐ-CP Điều 11).
pub const ANSWER_HOURS: i32 = 8;

fn wrong_status(dossier: &Dossier, verb: Verb) -> Fault {
    Fault::Conflict(Problem::new("dossier-wrong-status").arg("act", verb.as_str()).arg("status", dossier.status.code()))
}

/// What lets a person do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The agency of the post by which it is allowed, for the log; the applicant acts in nobody's name.
    pub agency: Option<Id>,
    /// Who is away and would have done it, where it is allowed to a substitute alone.
    pub instead_of: Option<Id>,
}

impl Standing {
    /// In the name of an agency, if any, and for nobody else.
    pub const fn at(agency: Option<Id>) -> Standing {
        Standing { agency, instead_of: None }
    }

    /// By one of a person's posts, their own or that of somebody who is away.
    pub fn by(grant: &base::Grant) -> Standing {
        Standing { agency: Some(grant.agency), instead_of: grant.instead_of }
    }
}

/// Whether the person stands where the verb's row wants them, and in whose name.
pub fn standing(dossier: &Dossier, verb: Verb, actor: &Actor, office: &Office<'_>) -> Option<Standing> {
    let tree = office.tree;
    let field = office.version.field.as_str();
    let by = |permission, path: &str| actor.grant_in(permission, path, field).map(Standing::by);
    verb.rule().who.iter().find_map(|who| match who {
        Who::Applicant => {
            let own = dossier.account == Some(actor.account) && actor.may(crate::rights::OWN_DOSSIERS);
            own.then_some(Standing::at(None))
        }
        Who::AtIntake(permission) => by(*permission, tree.desk_path(dossier.intake)),
        Who::AtIntakeUnanswered(permission) if dossier.is_unanswered(office.now.date()) => {
            by(*permission, tree.desk_path(dossier.intake))
        }
        Who::AtIntakeUnanswered(_) => None,
        Who::AtReturn(permission) => by(*permission, tree.desk_path(dossier.return_to)),
        Who::AtUnit(permission) => by(*permission, tree.path(dossier.unit)),
        Who::AtCompetent(permission) => by(*permission, tree.path(dossier.competent)),
        Who::AtAsked(permission) => dossier
            .opinions
            .iter()
            .filter(|opinion| opinion.is_open())
            .find_map(|opinion| by(*permission, tree.path(opinion.unit))),
        // Before intake nobody holds a step.
        Who::AtStep if dossier.status == Status::Filed => None,
        Who::AtStep => {
            let step = office.step(dossier)?;
            let path = tree.path(dossier.unit);
            let head = actor.may_in(crate::rights::ASSIGN_DOSSIER, path, field);
            let standing = by(permission_for(step.role), path)?;
            match dossier.handler {
                Some(handler) if handler != actor.account && !head => {
                    actor.acts_for(handler).then_some(Standing { instead_of: Some(handler), ..standing })
                }
                _ => Some(standing),
            }
        }
    })
}

/// Whether `verb` is open to `actor` now; the fault says why not.
pub fn check(dossier: &Dossier, verb: Verb, actor: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    admitted(dossier, verb, actor, office).map(|_| ())
}

/// What nobody does to a dossier that begins with others: it is received when those are granted, and refused when they are not.
const BEGINS_BY_ITSELF: [Verb; 3] = [Verb::ReceiveOnline, Verb::RefuseIntake, Verb::RequestSupplement];

/// On what ground `verb` is open to `actor` now.
///
/// # Errors
/// As [`check`]: why it is not.
pub fn admitted(dossier: &Dossier, verb: Verb, actor: &Actor, office: &Office<'_>) -> Result<Standing, Fault> {
    if !verb.rule().from.contains(&dossier.status) {
        return Err(wrong_status(dossier, verb));
    }
    if dossier.waits_for_others() && BEGINS_BY_ITSELF.contains(&verb) {
        return Err(Fault::Conflict(Problem::new("dossier-begins-by-itself").arg("act", verb.as_str())));
    }
    let not_theirs = || Fault::Forbidden(Problem::new("dossier-not-yours").arg("act", verb.as_str()));
    let standing = standing(dossier, verb, actor, office).ok_or_else(not_theirs)?;
    let at_intake = dossier.status == Status::Filed;
    if let (Some(word), Some(step), false) = (verb.row().step, office.step(dossier), at_intake)
        && !step.allowed.iter().any(|allowed| allowed == word)
    {
        return Err(Fault::Conflict(Problem::new("dossier-step-does-not-allow").arg("step", &step.name)));
    }
    (verb.row().bars)(dossier, actor, office).map(|()| standing)
}

/// The index of the step a dossier stands at.
fn step_of(dossier: &Dossier) -> usize {
    usize::try_from(dossier.step).unwrap_or(0)
}

fn no_next() -> Fault {
    Fault::Conflict(Problem::new("dossier-no-next-step"))
}

fn no_previous() -> Fault {
    Fault::Conflict(Problem::new("dossier-no-previous-step"))
}

/// A reason as a person wrote it: present, and not longer than a page.
pub fn reason(field: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::invalid(
            Problem::new("dossier-reason-required").field(field).rule("NĐ 118/2025/NĐ-CP Điều 17"),
        ));
    }
    short(field, text)
}

/// A reason that tells an applicant what to mend has at least so many letters and digits, and more than one word.
pub const SUBSTANCE_CHARS_MIN: usize = 10;

/// What a colleague or the applicant writes for themselves is short and still no mere sign: two words, so many letters.
const WORDS_CHARS_MIN: usize = 4;

fn says_something(field: &str, text: &str, letters_min: usize, code: &'static str) -> Result<String, Fault> {
    let text = reason(field, text)?;
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < letters_min || text.split_whitespace().count() < 2 {
        let problem = Problem::new(code).field(field).arg("min", letters_min);
        return Err(Fault::invalid(problem.rule("NĐ 118/2025/NĐ-CP Điều 11")));
    }
    Ok(text)
}

/// A reason that says something: whoever reads it knows what to do, or why it was decided against them.
///
/// # Errors
/// At `field`: none given, too long, or one that says nothing.
pub fn substantial(field: &str, text: &str) -> Result<String, Fault> {
    says_something(field, text, SUBSTANCE_CHARS_MIN, "dossier-reason-too-thin")
}

/// A reason one owes to nobody outside the office, or to nobody at all: short is enough, a mere sign is not.
fn in_words(field: &str, text: &str) -> Result<String, Fault> {
    says_something(field, text, WORDS_CHARS_MIN, "dossier-reason-no-words")
}

/// A text that may be empty but not longer than a page.
pub fn short(field: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > REASON_CHARS_MAX {
        return Err(Fault::invalid(Problem::too_long(REASON_CHARS_MAX).field(field)));
    }
    Ok(text.to_owned())
}

/// The text, or an empty one and what is wrong with it among `problems`: a form tells everything at once.
fn or_problems(text: Result<String, Fault>, problems: &mut Vec<Problem>) -> String {
    text.unwrap_or_else(|fault| {
        problems.extend(fault.problems().iter().cloned());
        String::new()
    })
}

fn limit_unknown(office: &Office<'_>) -> Fault {
    Fault::Conflict(Problem::new("dossier-limit-unknown").arg("procedure", &office.version.code))
}

/// The legal clock from now, of what is taken in at one agency for one.
pub fn start_clock(office: &Office<'_>, (intake, competent): (Id, Id), channel: base::Channel) -> Result<Clock, Fault> {
    let limit = office.limit(channel).ok_or_else(|| limit_unknown(office))?;
    let due = office.hours(intake, competent).due(office.now, limit, office.cut_off());
    Ok(Clock::new(due.due_at, due.basis))
}

/// The clock after a pause: restarted or resumed as the procedure lays down (one-stop specification 6.1).
pub fn clock_after_pause(dossier: &Dossier, office: &Office<'_>) -> Option<Clock> {
    after_pause(dossier, office, office.version.pause_policy)
}

/// The due date as it stands; none before the clock has started.
fn promised(dossier: &Dossier, office: &Office<'_>) -> Option<DueDate> {
    let (due_at, received) = (dossier.due_at?, dossier.received_at?);
    let started_at = office.hours_of(dossier).start_of_clock(received, office.cut_off());
    Some(DueDate { due_at, basis: dossier.due_basis.clone(), started_at })
}

fn after_pause(dossier: &Dossier, office: &Office<'_>, policy: PausePolicy) -> Option<Clock> {
    let (limit, original) = (office.limit(dossier.channel)?, promised(dossier, office)?);
    let due_at = original.due_at;
    let calendar = office.hours_of(dossier);
    let moved = |due_at| {
        calendar.due_after_pause(
            policy,
            &DueDate { due_at, ..original.clone() },
            limit,
            dossier.paused_at.unwrap_or(office.now),
            office.now,
            office.cut_off(),
        )
    };
    let due = moved(due_at);
    // Late by less than a working minute, over a night or a weekend: the date stays where it was, and stays passed.
    let paused_past = |due: Instant| dossier.paused_at.is_some_and(|paused| paused > due);
    // Put off when it was late already, it is late as a figure, and the later date is ahead all the same.
    let was_late = dossier.flags & mark::LATE != 0 && dossier.promised_at.is_none() || paused_past(due_at);
    if was_late && due.due_at >= office.now {
        return Some(Clock { promised: dossier.promised_at, ..Clock::new(due_at, dossier.due_basis.clone()) });
    }
    // The promise before the later one moves with it; where the limit is counted anew, there is one again.
    let moved_promise = |promised| {
        let moved = moved(promised).due_at;
        if paused_past(promised) && moved >= office.now { promised } else { moved }
    };
    let promised = dossier.promised_at.map(moved_promise).filter(|promised| *promised < due.due_at);
    Some(Clock { promised, ..Clock::new(due.due_at, due.basis) })
}

/// By when an online filing must be answered, by the hours of the agency that takes it in.
pub fn answer_due(office: &Office<'_>, intake: Id) -> Instant {
    let takes_in = organisation::takes_in(office.tree, office.calendar, intake);
    office.calendar.at(takes_in, takes_in).due(office.now, Limit::Hours(ANSWER_HOURS), None).due_at
}

/// Receives an online filing.
pub fn receive_online(dossier: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<Happening, Fault> {
    check(dossier, Verb::ReceiveOnline, actor, office)?;
    Ok(Happening::Received {
        filing: None,
        clock: start_clock(office, (dossier.intake, dossier.competent), dossier.channel)?,
        // What is filed online has no papers.
        place: office.first_place((dossier.intake, dossier.competent), &office.known(dossier), false),
        between: None,
        post: None,
        part: None,
    })
}

/// Refuses intake (form 03 of TT 03/2025/TT-VPCP): the reason is the law's condition.
pub fn refuse_intake(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::RefuseIntake, actor, office)?;
    Ok(Happening::IntakeRefused { reason: substantial("reason", why)? })
}

/// Gives a dossier to an officer. `may_hold` tells whether that account can work at the dossier's unit.
pub fn assign(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    handler: Id,
    may_hold: bool,
) -> Result<Happening, Fault> {
    check(dossier, Verb::Assign, actor, office)?;
    let to_oneself = handler == actor.account;
    if !to_oneself
        && !actor.may_in(crate::rights::ASSIGN_DOSSIER, office.tree.path(dossier.unit), &office.version.field)
    {
        return Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")));
    }
    if !may_hold {
        return Err(Fault::invalid(Problem::new("dossier-handler-not-here").field("handler")));
    }
    Ok(Happening::Assigned { handler })
}

/// Where a dossier goes when it is passed on: the step, its unit, by when.
pub fn next_place(dossier: &Dossier, office: &Office<'_>) -> Option<Place> {
    let next = office.step_after(dossier)?;
    Some(office.place_for(dossier, next))
}

/// On to the next step.
pub fn forward(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    electronic: bool,
    note: &str,
) -> Result<Happening, Fault> {
    forward_to(dossier, actor, office, electronic, note, None)
}

/// On to the next step, to somebody there. Whether that person can work there is asked where accounts are known.
pub fn forward_to(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    electronic: bool,
    note: &str,
    handler: Option<Id>,
) -> Result<Happening, Fault> {
    check(dossier, Verb::Forward, actor, office)?;
    let next = next_place(dossier, office).ok_or_else(no_next)?;
    opinion::summed_up(dossier, note)?;
    let between = house(office.tree, dossier.unit) != house(office.tree, next.unit);
    let offer = hand::offer(office, dossier.unit, next.unit, !electronic);
    let place = Place { handler, offer, ..next };
    Ok(Happening::Forwarded {
        place,
        electronic,
        note: short("note", note)?,
        between,
        draft: None,
        written: draft::passed(dossier),
    })
}

/// The agency that a unit acts for.
fn house(tree: &Tree, unit: Id) -> Option<Id> {
    tree.house_of(unit).map(|agency| agency.id)
}

/// Back to the step before, with what is wrong.
pub fn send_back(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::SendBack, actor, office)?;
    let previous = office.step_before(dossier).ok_or_else(no_previous)?;
    let reason = in_words("reason", why)?;
    let back = office.place_for(dossier, previous);
    let place = Place { offer: hand::offer(office, dossier.unit, back.unit, false), ..back };
    Ok(Happening::SentBack { place, reason })
}

/// A financial duty first: the pause needs a reason and a legal basis.
pub fn request_payment(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    amount_dong: i64,
    why: &str,
    basis: &str,
) -> Result<Happening, Fault> {
    check(dossier, Verb::RequestPayment, actor, office)?;
    let mut problems = Vec::new();
    if amount_dong <= dossier.paid_dong {
        problems.push(Problem::new("dossier-amount-too-small").field("amount_dong"));
    }
    if amount_dong > facts::DONG_MAX {
        problems.push(Problem::new("dossier-amount-too-large").field("amount_dong"));
    }
    let reason = or_problems(substantial("reason", why), &mut problems);
    if basis.trim().is_empty() {
        problems.push(Problem::new("dossier-basis-required").field("basis"));
    }
    let basis = or_problems(short("basis", basis), &mut problems);
    if problems.is_empty() {
        Ok(Happening::PaymentRequested { amount_dong, reason, basis })
    } else {
        Err(Fault::Invalid(problems))
    }
}

/// What is owed was received at the desk. Nobody says of himself that he has paid, and nothing pays online yet.
pub fn record_payment(dossier: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<Happening, Fault> {
    check(dossier, Verb::RecordPayment, actor, office)?;
    let clock = if dossier.status == Status::Payment { resumed(dossier, office) } else { None };
    let amount_dong = dossier.fee_dong - dossier.paid_dong;
    Ok(Happening::Paid { amount_dong, online: false, clock, first_online: false })
}

/// A wait for money never restarts the clock: the time is added to the due date (index 4.1 treats it as a pause).
fn resumed(dossier: &Dossier, office: &Office<'_>) -> Option<Clock> {
    after_pause(dossier, office, PausePolicy::Resume)
}

/// Decides for the applicant. `digitised`: the result is there as a file.
pub fn approve(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    digitised: bool,
    note: &str,
) -> Result<Happening, Fault> {
    check(dossier, Verb::Approve, actor, office)?;
    opinion::summed_up(dossier, note)?;
    let unit = office.desk(dossier.return_to);
    // A result that is no file is brought to the desk.
    let offer = hand::result(office, dossier.unit, unit, office.version.yields_document && !digitised);
    Ok(Happening::Approved { digitised, note: short("note", note)?, unit, result: None, offer, issued: None })
}

/// Decides against the applicant, in writing (form 03), within the time limit.
pub fn refuse(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::Refuse, actor, office)?;
    let unit = office.desk(dossier.return_to);
    let offer = hand::result(office, dossier.unit, unit, false);
    Ok(Happening::Refused { reason: substantial("reason", why)?, unit, offer, result: None, issued: None })
}

/// The latest proposal that came with a hand-over, its file and what was written with it; one that was sent back is none any more.
pub fn proposed(events: &[audit::Event]) -> Option<(files::Seal, String)> {
    let since_back = events.iter().rev().take_while(|event| event.kind != "sent-back");
    since_back.filter_map(|event| Happening::read(&event.data).ok()).find_map(|happening| match happening {
        Happening::Forwarded { draft: Some(seal), note, .. } => Some((seal, note)),
        _ => None,
    })
}

/// The office stops, with the legal ground as reason.
pub fn stop(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::Stop, actor, office)?;
    Ok(Happening::Stopped { reason: substantial("reason", why)? })
}

/// The applicant's rating, 1 (very dissatisfied) to 5 (very satisfied), once.
pub fn rate(dossier: &Dossier, actor: &Actor, office: &Office<'_>, score: i64) -> Result<Happening, Fault> {
    check(dossier, Verb::Rate, actor, office)?;
    if !(1..=5).contains(&score) {
        return Err(Fault::invalid(Problem::new("dossier-rating-one-to-five").field("score")));
    }
    Ok(Happening::Rated { score })
}

/// What the person could do now: each verb of the table that is theirs, with the reason where a rule blocks it. Verbs of
/// other people are left out.
pub fn offers(dossier: &Dossier, actor: &Actor, office: &Office<'_>) -> Vec<(Verb, Option<Problem>)> {
    Verb::ALL
        .into_iter()
        .filter(|verb| verb.rule().from.contains(&dossier.status))
        .filter(|verb| standing(dossier, *verb, actor, office).is_some())
        .filter_map(|verb| match check(dossier, verb, actor, office) {
            Ok(()) => Some((verb, None)),
            Err(Fault::Conflict(problem)) if verb.row().told => Some((verb, Some(problem))),
            Err(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
