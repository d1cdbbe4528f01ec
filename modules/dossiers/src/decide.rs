//! What may happen next: each verb's rules, with where they come from. Pure: state, person, time and catalogue in, an
//! event or a refusal out.

use crate::dossier::{Dossier, Status};
use crate::happening::{Clock, Happening, Place};
use crate::places::{desk_path, next_step, permission_for, previous_step, unit_for};
use crate::transitions::{Verb, Who};
use base::calendar::{Calendar, DueDate};
use base::{Actor, Fault, Id, Instant, Limit, PausePolicy, Permission, Problem};
use catalogue::{Step, Version};
use organisation::Tree;

/// Longest text a person may write as a reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;
/// An online filing is answered within this many working hours (NĐ 45/2020/NĐ-CP Điều 11).
pub const ANSWER_HOURS: i32 = 8;

/// Everything a decision looks at besides the dossier and the person.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    pub tree: &'a Tree,
    pub calendar: &'a Calendar,
    pub version: &'a Version,
    pub now: Instant,
}

impl Office<'_> {
    /// The step a dossier stands at.
    pub fn step(&self, dossier: &Dossier) -> Option<&Step> {
        self.version.process.get(usize::try_from(dossier.step).ok()?)
    }

    /// Local hour after which the clock starts on the next working day, where the procedure says so.
    pub fn cut_off(&self) -> Option<base::Time> {
        base::Time::strptime("%H:%M", self.version.cut_off.as_deref()?).ok()
    }

    /// The limit of the dossier's channel; the counter's where the channel has none of its own.
    pub fn limit(&self, channel: base::Channel) -> Option<Limit> {
        self.version.terms(channel).or_else(|| self.version.channels.first()).map(|terms| terms.limit)
    }

    /// Where a step is done and by when.
    pub fn place(&self, competent: Id, step: usize, handler: Option<Id>) -> Place {
        let found = self.version.process.get(step);
        Place {
            step: step as i64,
            unit: found.map_or(competent, |found| unit_for(self.tree, competent, &found.unit)),
            handler,
            step_due_at: found.map(|found| self.calendar.due(self.now, found.norm, None).due_at),
        }
    }
}

fn wrong_status(dossier: &Dossier, verb: Verb) -> Fault {
    Fault::Conflict(Problem::new("dossier-wrong-status").arg("act", verb.as_str()).arg("status", dossier.status.code()))
}

/// Whether the person stands where the verb's row wants them.
fn stands(dossier: &Dossier, verb: Verb, actor: &Actor, office: &Office<'_>) -> bool {
    verb.transition().who.iter().any(|who| match who {
        Who::Applicant => dossier.account == Some(actor.account) && actor.may(Permission::OwnDossiers),
        Who::AtIntake(permission) => actor.may_at(*permission, desk_path(office.tree, dossier.intake)),
        Who::AtReturn(permission) => actor.may_at(*permission, desk_path(office.tree, dossier.return_to)),
        Who::AtUnit(permission) => actor.may_at(*permission, office.tree.path(dossier.unit)),
        Who::AtStep => {
            // Before intake nobody holds a step.
            dossier.status != Status::Filed
                && office.step(dossier).is_some_and(|step| {
                    let path = office.tree.path(dossier.unit);
                    let head = actor.may_at(Permission::AssignDossier, path);
                    let mine = dossier.handler.is_none_or(|handler| handler == actor.account);
                    actor.may_at(permission_for(step.role), path) && (mine || head)
                })
        }
    })
}

/// The word in a step's list that allows the verb; `None` where the list has no say.
fn allowed_word(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Forward => Some("forward"),
        Verb::SendBack => Some("return"),
        Verb::Approve => Some("approve"),
        Verb::Refuse => Some("refuse"),
        Verb::RequestSupplement => Some("request_supplement"),
        _ => None,
    }
}

/// Whether `verb` is open to `actor` now; the fault says why not.
pub fn check(dossier: &Dossier, verb: Verb, actor: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    if !verb.transition().from.contains(&dossier.status) {
        return Err(wrong_status(dossier, verb));
    }
    if !stands(dossier, verb, actor, office) {
        return Err(Fault::Forbidden(Problem::new("dossier-not-yours").arg("act", verb.as_str())));
    }
    let at_intake = dossier.status == Status::Filed;
    if let (Some(word), Some(step), false) = (allowed_word(verb), office.step(dossier), at_intake)
        && !step.allowed.iter().any(|allowed| allowed == word)
    {
        return Err(Fault::Conflict(Problem::new("dossier-step-does-not-allow").arg("step", &step.name)));
    }
    let step = usize::try_from(dossier.step).unwrap_or(0);
    match verb {
        // An officer may take what nobody holds; what a colleague holds is the head's to give.
        Verb::Assign
            if dossier.handler.is_some_and(|handler| handler != actor.account)
                && !actor.may_at(Permission::AssignDossier, office.tree.path(dossier.unit)) =>
        {
            Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")))
        }
        Verb::Forward if next_step(office.version, step).is_none() => {
            Err(Fault::Conflict(Problem::new("dossier-no-next-step")))
        }
        Verb::SendBack if previous_step(office.version, step).is_none() => {
            Err(Fault::Conflict(Problem::new("dossier-no-previous-step")))
        }
        Verb::Rate if dossier.rating.is_some() => Err(Fault::Conflict(Problem::new("dossier-rated-already"))),
        Verb::Rate if dossier.finished_at.is_none() => Err(wrong_status(dossier, verb)),
        Verb::RecordPayment if dossier.fee_dong <= dossier.paid_dong => {
            Err(Fault::Conflict(Problem::new("dossier-nothing-to-pay")))
        }
        _ => Ok(()),
    }
}

/// A reason as a person wrote it: present, and not longer than a page.
pub fn reason(field: &'static str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::invalid(
            Problem::new("dossier-reason-required").field(field).rule("NĐ 118/2025/NĐ-CP Điều 17"),
        ));
    }
    short(field, text)
}

/// A text that may be empty but not longer than a page.
pub fn short(field: &'static str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > REASON_CHARS_MAX {
        return Err(Fault::invalid(Problem::new("dossier-text-too-long").field(field).arg("max", REASON_CHARS_MAX)));
    }
    Ok(text.to_owned())
}

fn limit_unknown(office: &Office<'_>) -> Fault {
    Fault::Conflict(Problem::new("dossier-limit-unknown").arg("procedure", &office.version.code))
}

/// The legal clock from now.
pub fn start_clock(office: &Office<'_>, channel: base::Channel) -> Result<Clock, Fault> {
    let limit = office.limit(channel).ok_or_else(|| limit_unknown(office))?;
    let due = office.calendar.due(office.now, limit, office.cut_off());
    Ok(Clock { due_at: due.due_at, basis: due.basis })
}

/// The clock after a pause: restarted or resumed as the procedure lays down (one-stop specification 6.1).
pub fn clock_after_pause(dossier: &Dossier, office: &Office<'_>) -> Option<Clock> {
    after_pause(dossier, office, office.version.pause_policy)
}

fn after_pause(dossier: &Dossier, office: &Office<'_>, policy: PausePolicy) -> Option<Clock> {
    let (limit, due_at) = (office.limit(dossier.channel)?, dossier.due_at?);
    let received = dossier.received_at?;
    let original = DueDate {
        due_at,
        basis: dossier.due_basis.clone(),
        started_at: office.calendar.start_of_clock(received, office.cut_off()),
    };
    let due = office.calendar.due_after_pause(
        policy,
        &original,
        limit,
        dossier.paused_at.unwrap_or(office.now),
        office.now,
        office.cut_off(),
    );
    Some(Clock { due_at: due.due_at, basis: due.basis })
}

/// By when an online filing must be answered.
pub fn answer_due(office: &Office<'_>) -> Instant {
    office.calendar.due(office.now, Limit::Hours(ANSWER_HOURS), None).due_at
}

/// Receives an online filing.
pub fn receive_online(dossier: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<Happening, Fault> {
    check(dossier, Verb::ReceiveOnline, actor, office)?;
    let step = crate::places::first_step(office.version);
    Ok(Happening::Received {
        filing: None,
        clock: start_clock(office, dossier.channel)?,
        place: office.place(dossier.competent, step, None),
    })
}

/// Refuses intake (form 03 of TT 03/2025/TT-VPCP): the reason is the law's condition.
pub fn refuse_intake(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::RefuseIntake, actor, office)?;
    Ok(Happening::IntakeRefused { reason: reason("reason", why)? })
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
    if !to_oneself && !actor.may_at(Permission::AssignDossier, office.tree.path(dossier.unit)) {
        return Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")));
    }
    if !may_hold {
        return Err(Fault::invalid(Problem::new("dossier-handler-not-here").field("handler")));
    }
    Ok(Happening::Assigned { handler })
}

/// On to the next step.
pub fn forward(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    electronic: bool,
    note: &str,
) -> Result<Happening, Fault> {
    check(dossier, Verb::Forward, actor, office)?;
    let next = next_step(office.version, usize::try_from(dossier.step).unwrap_or(0))
        .ok_or_else(|| Fault::Conflict(Problem::new("dossier-no-next-step")))?;
    Ok(Happening::Forwarded {
        place: office.place(dossier.competent, next, None),
        electronic,
        note: short("note", note)?,
    })
}

/// Back to the step before, with what is wrong.
pub fn send_back(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::SendBack, actor, office)?;
    let previous = previous_step(office.version, usize::try_from(dossier.step).unwrap_or(0))
        .ok_or_else(|| Fault::Conflict(Problem::new("dossier-no-previous-step")))?;
    let reason = reason("reason", why)?;
    Ok(Happening::SentBack { place: office.place(dossier.competent, previous, None), reason })
}

/// Asks for a supplement (form 02). The applicant is guided fully and once: a second request needs its own reason and
/// counts as late in the index (NĐ 118/2025/NĐ-CP Điều 11; QĐ 766/QĐ-TTg, component 2.1).
pub fn request_supplement(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    why: &str,
    again: &str,
) -> Result<Happening, Fault> {
    check(dossier, Verb::RequestSupplement, actor, office)?;
    let reason = reason("reason", why)?;
    let again = short("again", again)?;
    if dossier.supplements > 0 && again.is_empty() {
        return Err(Fault::invalid(
            Problem::new("dossier-second-supplement-needs-reason").field("again").rule("NĐ 118/2025/NĐ-CP Điều 11"),
        ));
    }
    Ok(Happening::SupplementRequested { reason, again: (dossier.supplements > 0).then_some(again) })
}

/// The supplement is complete; the clock starts again or goes on.
pub fn complete_supplement(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    note: &str,
) -> Result<Happening, Fault> {
    check(dossier, Verb::CompleteSupplement, actor, office)?;
    let note = short("note", note)?;
    if dossier.received_at.is_none() {
        return Ok(Happening::SupplementCompleted {
            note,
            clock: None,
            answer_due_at: Some(answer_due(office)),
            papers: Vec::new(),
        });
    }
    let clock = clock_after_pause(dossier, office).ok_or_else(|| limit_unknown(office))?;
    Ok(Happening::SupplementCompleted { note, clock: Some(clock), answer_due_at: None, papers: Vec::new() })
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
    if amount_dong <= dossier.paid_dong {
        return Err(Fault::invalid(Problem::new("dossier-amount-too-small").field("amount_dong")));
    }
    let basis = short("basis", basis)?;
    if basis.is_empty() {
        return Err(Fault::invalid(Problem::new("dossier-basis-required").field("basis")));
    }
    Ok(Happening::PaymentRequested { amount_dong, reason: reason("reason", why)?, basis })
}

/// What is owed has been paid.
pub fn record_payment(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    online: bool,
    first_online: bool,
) -> Result<Happening, Fault> {
    check(dossier, Verb::RecordPayment, actor, office)?;
    let clock = if dossier.status == Status::Payment { resumed(dossier, office) } else { None };
    Ok(Happening::Paid { amount_dong: dossier.fee_dong - dossier.paid_dong, online, clock, first_online })
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
    Ok(Happening::Approved { digitised, note: short("note", note)?, unit: desk(dossier, office), result: None })
}

/// Decides against the applicant, in writing (form 03), within the time limit.
pub fn refuse(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::Refuse, actor, office)?;
    Ok(Happening::Refused { reason: reason("reason", why)?, unit: desk(dossier, office) })
}

fn desk(dossier: &Dossier, office: &Office<'_>) -> Id {
    office.tree.desk_of(dossier.return_to).map_or(dossier.return_to, |desk| desk.id)
}

/// The applicant takes it back; possible until there is a decision (NĐ 118/2025/NĐ-CP Điều 21).
pub fn withdraw(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::Withdraw, actor, office)?;
    Ok(Happening::Withdrawn { reason: reason("reason", why)? })
}

/// The office stops, with the legal ground as reason.
pub fn stop(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(dossier, Verb::Stop, actor, office)?;
    Ok(Happening::Stopped { reason: reason("reason", why)? })
}

/// Hands the result over.
pub fn return_result(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    by_post: bool,
    digitised: bool,
) -> Result<Happening, Fault> {
    check(dossier, Verb::ReturnResult, actor, office)?;
    Ok(Happening::ResultReturned { by_post, digitised, result: None })
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
    crate::transitions::TRANSITIONS
        .iter()
        .filter(|row| row.from.contains(&dossier.status) && stands(dossier, row.verb, actor, office))
        .filter_map(|row| match check(dossier, row.verb, actor, office) {
            Ok(()) => Some((row.verb, None)),
            Err(Fault::Conflict(problem)) if row.verb != Verb::Rate && row.verb != Verb::RecordPayment => {
                Some((row.verb, Some(problem)))
            }
            Err(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
