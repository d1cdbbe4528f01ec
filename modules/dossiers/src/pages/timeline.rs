//! What happened to a dossier: who, when, where, and what it meant for the clock.

use super::answer_text;
use super::questions::headed;
use crate::Applicant;
use crate::actions::House;
use crate::aside::{self, Asker, Recipient, Words};
use crate::happening::{Absent, Asking, Beginning, DatesMoved, Happening, Receiver};
use base::{Dong, Id};
use catalogue::Version;
use i18n::L;
use organisation::closing::CountedBy;
use std::collections::HashMap;

/// One thing that happened.
pub(super) struct Moment {
    pub at: String,
    pub what: String,
    pub who: String,
    pub unit: String,
    pub words: String,
    pub more: String,
    /// Answers that were corrected: question, what was declared before, and what from then on.
    pub corrected: Vec<(String, String, String)>,
}

/// What stands beside the log: words about people by the number of their event, and the answers as they are now.
pub(super) struct Beside<'a> {
    asides: &'a [(i64, String, String)],
    version: &'a Version,
    applicant: &'a Applicant,
}

type Answers = HashMap<String, String>;

impl<'a> Beside<'a> {
    pub(super) fn of(asides: &'a [(i64, String, String)], version: &'a Version, applicant: &'a Applicant) -> Self {
        Self { asides, version, applicant }
    }

    fn said(&self, n: i64, kind: &str) -> Option<&'a str> {
        let found = self.asides.iter().find(|(event, of, _)| *event == n && of == kind);
        found.map(|(_, _, data)| data.as_str())
    }

    /// The answers that the event of that number corrected. What came after it stands beside the next correction, or is what is declared
    /// now.
    fn corrected(&self, n: i64, fields: &[String]) -> Vec<(String, String, String)> {
        let read = |data: &str| serde_json::from_str::<Answers>(data).unwrap_or_default();
        let Some(before) = self.said(n, aside::ANSWERS).map(read) else { return Vec::new() };
        let later = self.asides.iter().filter(|(event, kind, _)| *event > n && kind == aside::ANSWERS);
        let next = later.min_by_key(|(event, ..)| *event).map_or(self.applicant.answers.as_str(), |(_, _, data)| data);
        let after = read(next);
        let fields = headed(self.version).filter(|(_, field)| fields.contains(&field.name));
        fields
            .map(|(label, field)| {
                let text = |answers: &Answers| {
                    answers.get(&field.name).map(|answer| answer_text(field.kind, answer)).unwrap_or_default()
                };
                (label, text(&before), text(&after))
            })
            .collect()
    }

    /// What was asked for, and until when.
    fn asked(&self, l: L, asked: &Asking) -> String {
        let papers = self.version.components.iter().filter(|paper| asked.papers.contains(&paper.code));
        let answers = headed(self.version).filter(|(_, field)| asked.answers.contains(&field.name));
        let other = Some(asked.other.clone()).filter(|other| !other.is_empty());
        let list: Vec<String> =
            papers.map(|paper| paper.name.clone()).chain(answers.map(|(label, _)| label)).chain(other).collect();
        l.tr("dossier-more-asked", [("day", base::vn_date(asked.until)), ("list", list.join("; "))])
    }

    /// Names of papers that could not be brought, with what was said about them.
    fn absent(&self, l: L, absent: &[Absent]) -> String {
        let line = |one: &Absent| {
            let paper = self.version.components.iter().find(|paper| paper.code == one.paper);
            let name = paper.map_or(one.paper.clone(), |paper| paper.name.clone());
            l.tr("dossier-more-absent", [("name", name), ("reason", one.reason.clone())])
        };
        absent.iter().map(line).collect::<Vec<_>>().join(" ")
    }
}

/// What there is to say, one sentence after the other.
fn sentences(said: impl IntoIterator<Item = String>) -> String {
    said.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(". ")
}

fn receiver_key(to: Receiver) -> &'static str {
    match to {
        Receiver::Owner => "dossier-more-handed-owner",
        Receiver::Authorised => "dossier-more-handed-authorised",
        Receiver::Post => "dossier-more-handed-post",
        Receiver::Account => "dossier-more-handed-account",
    }
}

/// Where it went, and how.
fn passed_on(l: L, house: &House, unit: Id, electronic: bool) -> String {
    let key = if electronic { "dossier-more-forwarded" } else { "dossier-more-forwarded-paper" };
    l.tr(key, [("unit", house.tree.name(unit))])
}

/// What stands beside the log of an event, in words.
fn beside(l: L, happening: Option<&Happening>, data: &str) -> String {
    match happening {
        Some(Happening::Withdrawn { .. }) => serde_json::from_str::<Asker>(data)
            .map(|asker| l.tr("dossier-more-wish", [("name", asker.name), ("how", asker.how)]))
            .unwrap_or_default(),
        Some(Happening::ResultReturned { .. }) => {
            let recipient = serde_json::from_str::<Recipient>(data).unwrap_or_default();
            let said = [recipient.name, recipient.authority, recipient.carrier, recipient.tracking, recipient.address];
            said.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        _ => String::new(),
    }
}

/// Who did it, and for whom where a substitute did.
pub(crate) fn said_by(l: L, event: &audit::Event, names: &HashMap<Id, String>) -> String {
    let who = event.actor.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    match Happening::instead_of(&event.data).and_then(|absent| names.get(&absent)) {
        Some(absent) => l.tr("dossier-instead-of", [("name", who), ("absent", absent.clone())]),
        None => who,
    }
}

/// Both dates, by which decision, and by which of them figures judge.
fn due_moved(l: L, decision: &str, counted_by: CountedBy, dates: &DatesMoved) -> String {
    let by = l.tr("dossier-more-due-moved-by", [("decision", decision.to_owned())]);
    let promise = dates.promise.as_ref().map(|promise| {
        let [was, due] = [promise.was, promise.clock.due_at].map(base::vn_date_time);
        l.tr("dossier-more-due-moved", [("was", was), ("due", due)])
    });
    let counted = promise.is_some() && counted_by == CountedBy::Original;
    let counted = if counted { l.t("dossier-more-counted-by-original") } else { String::new() };
    let until = dates.asked_until.map(|until| l.tr("dossier-more-asked-until-moved", [("day", base::vn_date(until))]));
    sentences([
        by,
        promise.unwrap_or_else(|| l.t("dossier-more-office-dates-moved")),
        counted,
        until.unwrap_or_default(),
    ])
}

/// Everything that happened, the latest first; `names` are those of the people mentioned.
pub(super) fn timeline(
    l: L,
    events: &[audit::Event],
    names: &HashMap<Id, String>,
    beside_log: &Beside<'_>,
    house: &House,
) -> Vec<Moment> {
    let mut moments: Vec<Moment> = events
        .iter()
        // What people think of the service is nobody's to read as theirs.
        .filter(|event| event.kind != "rated")
        .map(|event| {
            let happening = Happening::read(&event.data).ok();
            let corrected = match &happening {
                Some(Happening::SupplementCompleted { corrected: Some(corrected), .. }) => {
                    beside_log.corrected(event.n, &corrected.fields)
                }
                _ => Vec::new(),
            };
            let more = match &happening {
                Some(Happening::Received { clock, post, part, .. }) => {
                    let due = l.tr("dossier-more-due", [("due", base::vn_date_time(clock.due_at))]);
                    let post = post.as_ref().map(|post| {
                        let said = beside_log.said(event.n, aside::POST);
                        let item = said.and_then(|data| serde_json::from_str::<aside::Posting>(data).ok());
                        let item = item.map(|item| [item.carrier, item.number].join(" ").trim().to_owned());
                        let at = base::vn_date_time(post.handed_at);
                        l.tr("dossier-more-posted", [("at", at), ("item", item.unwrap_or_default())])
                    });
                    let together = match part {
                        Some(Beginning::Leading { due_at, .. }) => {
                            let promised = base::vn_date_time(*due_at);
                            format!("{}: {promised}", l.t("dossier-together-promised"))
                        }
                        Some(Beginning::With { .. }) => l.t("dossier-began-by-itself"),
                        None => String::new(),
                    };
                    sentences([due, post.unwrap_or_default(), together])
                }
                Some(Happening::SupplementCompleted { clock, absent, hollow, .. }) => {
                    let due = match clock {
                        _ if *hollow => l.t("dossier-mark-hollow"),
                        Some(clock) => l.tr("dossier-more-new-due", [("due", base::vn_date_time(clock.due_at))]),
                        None => String::new(),
                    };
                    sentences([due, beside_log.absent(l, absent)])
                }
                Some(Happening::PutOff { clock, unforeseen, .. }) => {
                    let due = l.tr("dossier-more-new-due", [("due", base::vn_date_time(clock.due_at))]);
                    sentences([due, unforeseen.clone()])
                }
                Some(Happening::MishapReported { mishap, until, .. }) => {
                    let key = format!("dossier-mishap-{}", mishap.as_str());
                    let by = l.tr("dossier-more-mend", [("day", base::vn_date(*until))]);
                    sentences([l.t(key), by])
                }
                Some(Happening::SupplementRequested { again, asked, basis, .. }) => {
                    let again = again.as_ref().map(|again| l.tr("dossier-more-again", [("reason", again.as_str())]));
                    let asked = asked.as_ref().map(|asked| beside_log.asked(l, asked));
                    let basis = basis.as_ref().map(|basis| l.tr("dossier-more-basis", [("basis", basis.as_str())]));
                    sentences(asked.into_iter().chain(again).chain(basis))
                }
                Some(Happening::Forwarded { place, electronic, written, .. }) => {
                    let initials = written.map(|n| l.tr("dossier-more-initialled", [("n", n.to_string())]));
                    sentences([passed_on(l, house, place.unit, *electronic), initials.unwrap_or_default()])
                }
                Some(Happening::Redirected { place, electronic, .. }) => passed_on(l, house, place.unit, *electronic),
                Some(Happening::Drafted { n, template, .. }) => {
                    let version = crate::forms::result::version_words(template);
                    l.tr("dossier-more-drafted", [("n", n.to_string()), ("version", version)])
                }
                Some(
                    Happening::Approved { issued: Some(issued), .. } | Happening::Refused { issued: Some(issued), .. },
                ) => {
                    let number = crate::written::number_words(issued.n, &issued.symbol);
                    l.tr("dossier-draft-numbered", [("number", number), ("n", issued.draft.to_string())])
                }
                Some(Happening::SignatureAnswered { outcome, .. }) => {
                    l.t(format!("dossier-signing-{}", crate::written::Signing::from(*outcome).as_str()))
                }
                Some(Happening::OpinionsAsked { of, due_at, .. }) => {
                    let units = of.iter().map(|asked| house.tree.name(asked.unit)).collect::<Vec<_>>().join(", ");
                    l.tr("dossier-more-asked-of", [("units", units), ("due", base::vn_date_time(*due_at))])
                }
                Some(Happening::OpinionForwarded { to, .. } | Happening::OpinionSentBack { to, .. }) => {
                    let (unit, due) = (house.tree.name(to.unit), base::vn_date_time(to.at.due_at));
                    l.tr("dossier-more-branch", [("unit", unit), ("due", due)])
                }
                Some(Happening::OpinionAssigned { handler, .. }) => names.get(handler).cloned().unwrap_or_default(),
                Some(Happening::OpinionGiven { stance, .. }) => l.t(stance.key()),
                Some(Happening::TakenOver { papers: true }) => l.t("dossier-more-with-papers"),
                Some(Happening::Moved { decision, units, .. }) => {
                    // Agencies alone: their parts went along.
                    let houses =
                        units.iter().filter(|(old, _)| house.tree.get(*old).is_some_and(|a| a.house().is_some()));
                    let named =
                        |(old, new): &(Id, Id)| format!("{} → {}", house.tree.name(*old), house.tree.name(*new));
                    let units = houses.map(named).collect::<Vec<_>>().join("; ");
                    l.tr("dossier-more-moved", [("decision", decision.clone()), ("units", units)])
                }
                Some(Happening::DueMoved { decision, counted_by, dates, .. }) => {
                    due_moved(l, decision, *counted_by, dates)
                }
                Some(Happening::HandedBack { place, .. }) => {
                    l.tr("dossier-more-handed-back", [("unit", house.tree.name(place.unit))])
                }
                Some(Happening::Assigned { handler }) => names.get(handler).cloned().unwrap_or_default(),
                Some(Happening::Paid { amount_dong, online, .. }) => {
                    let key = if *online { "dossier-more-paid-online" } else { "dossier-more-paid-counter" };
                    l.tr(key, [("amount", Dong(*amount_dong).to_string())])
                }
                Some(Happening::ResultReturned { handed: Some(handed), .. }) => {
                    let said = beside_log.said(event.n, aside::RECEIPT);
                    let said = said.map(|data| beside(l, happening.as_ref(), data)).unwrap_or_default();
                    l.tr(receiver_key(handed.to), [("said", said)])
                }
                Some(Happening::Withdrawn { .. }) => {
                    let said = beside_log.said(event.n, aside::WISH);
                    said.map(|data| beside(l, happening.as_ref(), data)).unwrap_or_default()
                }
                _ => String::new(),
            };
            let words = match &happening {
                Some(Happening::OpinionsAsked { .. }) => beside_log.said(event.n, aside::QUESTION).map(Words::read),
                Some(Happening::OpinionGiven { .. } | Happening::OpinionForwarded { text: Some(_), .. }) => {
                    beside_log.said(event.n, aside::OPINION).map(Words::read)
                }
                Some(happening) => Some(happening.words().to_owned()),
                None => None,
            };
            Moment {
                at: base::vn_date_time(event.at),
                what: l.t(format!("dossier-event-{}", event.kind)),
                who: said_by(l, event, names),
                unit: event.agency.map(|id| house.tree.name(id)).unwrap_or_default(),
                words: words.unwrap_or_default(),
                more,
                corrected,
            }
        })
        .collect();
    moments.reverse();
    moments
}
