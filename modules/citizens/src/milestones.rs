//! The way of a dossier in plain words: what happened, what comes next, what is still to come. What happens inside the
//! office (who it was given to, back and forth between steps) is left out; it changes nothing for the applicant.

use base::{Dong, vn_date_time};
use dossiers::happening::Happening;
use dossiers::{Dossier, Outcome, Status};
use i18n::L;

/// Where a milestone stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Past,
    /// What everybody waits for now.
    Next,
    Future,
}
base::closed_list!(Stage, { Past => "past", Next => "next", Future => "future" });

/// One point of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    pub stage: Stage,
    /// `22/11/2026 15:05`, or empty.
    pub when: String,
    pub what: String,
    /// What the office or the applicant wrote.
    pub words: String,
}

/// Names of places, looked up by the caller.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub intake: String,
    pub unit: String,
    pub return_to: String,
}

fn past(l: L, event: &audit::Event, refused: bool) -> Option<Milestone> {
    let happening = Happening::read(&event.data).ok()?;
    let what = match &happening {
        Happening::Filed { .. } => l.t("citizens-did-file"),
        Happening::Received { clock, .. } => l.tr("citizens-was-received", [("due", vn_date_time(clock.due_at))]),
        Happening::IntakeRefused { .. } => l.t("citizens-was-not-received"),
        Happening::SupplementRequested { .. } => l.t("citizens-supplement-was-asked"),
        Happening::SupplementCompleted { clock: Some(clock), .. } => {
            l.tr("citizens-did-supplement-due", [("due", vn_date_time(clock.due_at))])
        }
        Happening::SupplementCompleted { .. } => l.t("citizens-did-supplement"),
        Happening::PaymentRequested { amount_dong, .. } => {
            l.tr("citizens-payment-was-asked", [("amount", Dong(*amount_dong).to_string())])
        }
        Happening::Paid { amount_dong, .. } => l.tr("citizens-did-pay", [("amount", Dong(*amount_dong).to_string())]),
        Happening::Redirected { competent: Some(_), .. } => l.t("citizens-was-redirected"),
        Happening::PutOff { clock, .. } => l.tr("citizens-was-put-off", [("due", vn_date_time(clock.due_at))]),
        Happening::MishapReported { until, .. } => l.tr("citizens-mishap-reported", [("day", base::vn_date(*until))]),
        Happening::MishapMended { .. } => l.t("citizens-mishap-mended"),
        Happening::MishapDismissed { .. } => l.t("citizens-mishap-dismissed"),
        Happening::DueMoved { decision, dates, .. } => {
            let said = |due: String| l.tr("citizens-due-moved", [("due", due), ("decision", decision.clone())]);
            match (&dates.promise, dates.asked_until) {
                (Some(promise), _) => said(vn_date_time(promise.clock.due_at)),
                (None, Some(until)) => said(base::vn_date(until)),
                (None, None) => return None,
            }
        }
        Happening::Approved { .. } => l.t("citizens-result-ready"),
        Happening::Refused { .. } => l.t("citizens-was-refused"),
        Happening::Withdrawn { .. } => l.t("citizens-did-withdraw"),
        Happening::Stopped { .. } => l.t("citizens-was-stopped"),
        Happening::ResultReturned { .. } if refused => l.t("citizens-refusal-returned"),
        Happening::ResultReturned { by_post: true, .. } => l.t("citizens-result-sent"),
        Happening::ResultReturned { .. } => l.t("citizens-result-returned"),
        Happening::Assigned { .. }
        | Happening::Forwarded { .. }
        | Happening::SentBack { .. }
        | Happening::TakenOver { .. }
        | Happening::HandedBack { .. }
        | Happening::Redirected { competent: None, .. }
        | Happening::OpinionsAsked { .. }
        | Happening::OpinionAssigned { .. }
        | Happening::OpinionGiven { .. }
        | Happening::OpinionDeclined { .. }
        | Happening::OpinionLeft { .. }
        | Happening::OpinionForwarded { .. }
        | Happening::OpinionSentBack { .. }
        | Happening::Moved { .. }
        | Happening::Drafted { .. }
        | Happening::SignatureAnswered { .. }
        | Happening::SignatureAsked { .. }
        | Happening::Rated { .. } => {
            return None;
        }
    };
    // A note between officials is not for the applicant; what was asked of them or told to them is.
    let words = match &happening {
        Happening::Approved { .. } | Happening::Redirected { .. } => "",
        _ => happening.words(),
    };
    Some(Milestone { stage: Stage::Past, when: vn_date_time(event.at), what, words: words.to_owned() })
}

fn next(l: L, d: &Dossier, places: &Places) -> Option<Milestone> {
    let at = |instant: Option<base::Instant>| instant.map(vn_date_time).unwrap_or_else(|| "–".to_owned());
    let what = match d.status {
        Status::Filed if d.waits_for_others() => l.t("citizens-next-others"),
        Status::Filed => {
            l.tr("citizens-next-intake", [("agency", places.intake.clone()), ("due", at(d.answer_due_at))])
        }
        Status::Received | Status::Processing => {
            l.tr("citizens-next-processing", [("agency", places.unit.clone()), ("due", at(d.due_at))])
        }
        Status::Supplement => l.t("citizens-next-supplement"),
        Status::Payment => l.t("citizens-next-payment"),
        Status::Decided if d.outcome == Outcome::Refused => {
            l.tr("citizens-next-refusal", [("agency", places.return_to.clone())])
        }
        Status::Decided => l.tr("citizens-next-pick-up", [("agency", places.return_to.clone())]),
        Status::IntakeRefused | Status::Withdrawn | Status::Stopped | Status::Returned => return None,
    };
    Some(Milestone { stage: Stage::Next, when: String::new(), what, words: String::new() })
}

/// The whole line, oldest first.
pub fn milestones(l: L, dossier: &Dossier, events: &[audit::Event], places: &Places) -> Vec<Milestone> {
    let refused = dossier.outcome == Outcome::Refused;
    let mut line: Vec<Milestone> = events.iter().filter_map(|event| past(l, event, refused)).collect();
    line.extend(next(l, dossier, places));
    let to_come: &[&str] = match dossier.status {
        Status::Filed => &["citizens-later-received", "citizens-later-decided", "citizens-later-returned"],
        Status::Supplement | Status::Payment | Status::Received | Status::Processing => {
            &["citizens-later-decided", "citizens-later-returned"]
        }
        Status::Decided if refused => &["citizens-later-refusal-returned"],
        Status::Decided => &["citizens-later-returned"],
        _ => &[],
    };
    line.extend(to_come.iter().map(|key| Milestone {
        stage: Stage::Future,
        when: String::new(),
        what: l.t(key),
        words: String::new(),
    }));
    line
}
