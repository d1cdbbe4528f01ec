//! What those who watch over the work should see of an act.

use super::ends_late;
use crate::dossier::{Dossier, Status, mark};
use crate::happening::Happening;
use base::Instant;

/// What an act leaves on the dossier for those who watch over the work, whatever else it does.
pub(super) fn watch(dossier: &mut Dossier, at: Instant, happening: &Happening) {
    // What moves the date itself judges by none.
    let moves = matches!(happening, Happening::DueMoved { .. });
    if dossier.status.clock_runs() && !moves && dossier.due_at.is_some_and(|due_at| at > due_at) {
        dossier.flags |= mark::LATE;
    }
    match happening {
        Happening::SupplementRequested { .. } => {
            let unanswered = dossier.status == Status::Filed && dossier.answer_due_at.is_some_and(|due| at > due);
            if ends_late(dossier, at) || unanswered {
                dossier.flags |= mark::ASKED_LATE;
            }
            if dossier.flags & mark::SENT_BACK != 0 {
                dossier.flags |= mark::ASKED_AFTER_BACK;
            }
        }
        Happening::SupplementCompleted { hollow: true, .. } => {
            // Before intake no clock runs that could be late.
            let late = if dossier.received_at.is_some() { mark::LATE } else { 0 };
            dossier.flags |= mark::HOLLOW | late;
        }
        _ => {}
    }
    match happening {
        Happening::SupplementCompleted { .. } => dossier.flags |= mark::SUPPLEMENTED,
        // Who is to look at it has not looked yet.
        Happening::Assigned { .. } | Happening::Paid { .. } | Happening::PutOff { .. } | Happening::Rated { .. } => {}
        Happening::TakenOver { .. } | Happening::HandedBack { .. } | Happening::Redirected { .. } => {}
        Happening::OpinionAssigned { .. }
        | Happening::OpinionGiven { .. }
        | Happening::OpinionDeclined { .. }
        | Happening::OpinionLeft { .. }
        | Happening::MishapReported { .. }
        | Happening::MishapMended { .. }
        | Happening::MishapDismissed { .. }
        | Happening::OpinionForwarded { .. }
        | Happening::OpinionSentBack { .. }
        | Happening::Moved { .. }
        | Happening::DueMoved { .. }
        | Happening::SignatureAnswered { .. }
        | Happening::SignatureAsked { .. } => {}
        _ => dossier.flags &= !mark::SUPPLEMENTED,
    }
    match happening {
        Happening::SentBack { .. } => dossier.flags |= mark::SENT_BACK,
        Happening::Forwarded { .. } => dossier.flags &= !mark::SENT_BACK,
        _ => {}
    }
}
