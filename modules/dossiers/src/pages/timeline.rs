//! What happened to a dossier: who, when, where, and what it meant for the clock.

use crate::actions::House;
use crate::aside::{Asker, Recipient};
use crate::happening::{Happening, Receiver};
use base::{Dong, Id};
use i18n::L;
use std::collections::HashMap;

/// One thing that happened.
pub(super) struct Moment {
    pub at: String,
    pub what: String,
    pub who: String,
    pub unit: String,
    pub words: String,
    pub more: String,
}

fn receiver_key(to: Receiver) -> &'static str {
    match to {
        Receiver::Owner => "dossier-more-handed-owner",
        Receiver::Authorised => "dossier-more-handed-authorised",
        Receiver::Post => "dossier-more-handed-post",
        Receiver::Account => "dossier-more-handed-account",
    }
}

/// What stands beside the log of an event, in words.
fn beside(l: L, happening: Option<&Happening>, data: &str) -> String {
    match happening {
        Some(Happening::Withdrawn { .. }) => serde_json::from_str::<Asker>(data)
            .map(|asker| l.tr("dossier-more-wish", [("name", asker.name), ("how", asker.how)]))
            .unwrap_or_default(),
        Some(Happening::ResultReturned { .. }) => {
            let recipient = serde_json::from_str::<Recipient>(data).unwrap_or_default();
            let said = [recipient.name, recipient.authority, recipient.tracking];
            said.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        _ => String::new(),
    }
}

/// Everything that happened, the latest first; `names` are those of the people mentioned, `asides` what stands beside the log.
pub(super) fn timeline(
    l: L,
    events: &[audit::Event],
    names: &HashMap<Id, String>,
    asides: &[(i64, String, String)],
    house: &House,
) -> Vec<Moment> {
    let mut moments: Vec<Moment> = events
        .iter()
        // What people think of the service is nobody's to read as theirs.
        .filter(|event| event.kind != "rated")
        .map(|event| {
            let happening = Happening::read(&event.data).ok();
            let more = match &happening {
                Some(Happening::Received { clock, .. }) => {
                    l.tr("dossier-more-due", [("due", base::vn_date_time(clock.due_at))])
                }
                Some(Happening::SupplementCompleted { hollow: true, .. }) => l.t("dossier-mark-hollow"),
                Some(Happening::SupplementCompleted { clock: Some(clock), .. }) => {
                    l.tr("dossier-more-new-due", [("due", base::vn_date_time(clock.due_at))])
                }
                Some(Happening::SupplementRequested { again: Some(again), .. }) => {
                    l.tr("dossier-more-again", [("reason", again.as_str())])
                }
                Some(Happening::Forwarded { place, electronic, .. }) => {
                    let key = if *electronic { "dossier-more-forwarded" } else { "dossier-more-forwarded-paper" };
                    l.tr(key, [("unit", house.tree.name(place.unit))])
                }
                Some(Happening::Assigned { handler }) => names.get(handler).cloned().unwrap_or_default(),
                Some(Happening::Paid { amount_dong, online, .. }) => {
                    let key = if *online { "dossier-more-paid-online" } else { "dossier-more-paid-counter" };
                    l.tr(key, [("amount", Dong(*amount_dong).to_string())])
                }
                Some(Happening::ResultReturned { handed: Some(handed), .. }) => {
                    let said = asides.iter().find(|(n, ..)| *n == event.n);
                    let said = said.map(|(_, _, data)| beside(l, happening.as_ref(), data)).unwrap_or_default();
                    l.tr(receiver_key(handed.to), [("said", said)])
                }
                Some(Happening::Withdrawn { .. }) => {
                    let said = asides.iter().find(|(n, ..)| *n == event.n);
                    said.map(|(_, _, data)| beside(l, happening.as_ref(), data)).unwrap_or_default()
                }
                _ => String::new(),
            };
            Moment {
                at: base::vn_date_time(event.at),
                what: l.t(format!("dossier-event-{}", event.kind)),
                who: event.actor.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                unit: event.agency.map(|id| house.tree.name(id)).unwrap_or_default(),
                words: happening.as_ref().map(|happening| happening.words().to_owned()).unwrap_or_default(),
                more,
            }
        })
        .collect();
    moments.reverse();
    moments
}
