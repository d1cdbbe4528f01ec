//! Whether a due date follows from its basis: the calendar it names is put together again, and the date is counted anew.

use crate::happening::{Clock, DatesMoved, Happening};
use base::calendar::Basis;
use organisation::Calendars;

/// What an event says of the clock.
fn clock(happening: &Happening) -> Option<&Clock> {
    match happening {
        Happening::Received { clock, .. } | Happening::PutOff { clock, .. } => Some(clock),
        Happening::SupplementCompleted { clock, .. } | Happening::Paid { clock, .. } => clock.as_ref(),
        Happening::DueMoved { dates: DatesMoved { promise: Some(promise), .. }, .. } => Some(&promise.clock),
        _ => None,
    }
}

/// What is wrong with the date of an event; nothing where it sets none, or one that was promised by a day and not counted.
pub(super) fn wrong(calendars: &mut Calendars, happening: &Happening) -> Option<String> {
    let clock = clock(happening)?;
    let basis: Basis = clock.basis.parse().ok()?;
    let Some(calendar) = calendars.named(&basis.calendar) else {
        return Some(format!("no calendar {}", basis.calendar));
    };
    let counted = calendar.recount(&basis).map(|due| due.due_at);
    (counted != Some(clock.due_at)).then(|| "the due date does not follow from its basis".to_owned())
}
