//! Forms 02 to 05: what the applicant is asked to bring or to mend, why a dossier is refused, why its result comes later, and that it is
//! settled no further.

use super::{Head, Read, Words, name_on};
use crate::dossier::Mishap;
use crate::happening::{AskedHow, Asking, Happening};
use crate::pages::headed;
use crate::wording::Paper;
use base::calendar::{Basis, Manner};
use base::{Fault, Instant};
use catalogue::Version;
use serde::Serialize;

/// Form 02, of the latest request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Supplement {
    #[serde(flatten)]
    head: Head,
    /// What is asked for, one thing a line.
    asked: Vec<String>,
    reason: String,
    /// Why a second request could not be avoided.
    again: String,
    /// The law of the field by which it is asked for this late.
    basis: String,
    /// The last day, in words.
    until: String,
    /// Who asks, and of which unit.
    officer: String,
    officer_unit: String,
}

fn asked(version: &Version, asking: &Asking) -> Vec<String> {
    let papers = version.components.iter().filter(|paper| asking.papers.contains(&paper.code));
    let answers = headed(version).filter(|(_, field)| asking.answers.contains(&field.name));
    let other = Some(asking.other.clone()).filter(|other| !other.is_empty());
    let papers = papers.map(|paper| paper.name.clone());
    papers.chain(answers.map(|(label, _)| format!("Nội dung khai: {label}"))).chain(other).collect()
}

impl Supplement {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let house = words.house;
        let Some((event, Happening::SupplementRequested { reason, again, asked: asking, basis, .. })) =
            read.last(&["supplement-requested"])
        else {
            return Ok(None);
        };
        let version = house.version(read.loaded.dossier.version)?;
        Ok(Some(Self {
            head: Head::of(words, read, Paper::Supplement, event.at)?,
            asked: asking.as_ref().map(|asking| asked(&version, asking)).unwrap_or_default(),
            reason,
            again: again.unwrap_or_default(),
            basis: basis.unwrap_or_default(),
            until: asking.map(|asking| base::vn_date_words(asking.until)).unwrap_or_default(),
            officer: read.name(event.actor),
            officer_unit: event.agency.map(|id| name_on(house, id, event.at.date())).unwrap_or_default(),
        }))
    }
}

/// Form 03: at the desk, or by the decision of the competent agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
    #[serde(flatten)]
    head: Head,
    reason: String,
    /// It was taken in, and refused after it had been looked into.
    decided: bool,
    /// When it was received, in words; empty where it was not.
    received: String,
    officer: String,
    officer_unit: String,
}

impl Refusal {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let Some((event, happening)) = read.last(&["intake-refused", "refused"]) else { return Ok(None) };
        let received = read.loaded.dossier.received_at;
        Ok(Some(Self {
            head: Head::of(words, read, Paper::Refusal, event.at)?,
            reason: happening.words().to_owned(),
            decided: matches!(happening, Happening::Refused { .. }),
            received: received.map(base::vn_moment_words).unwrap_or_default(),
            officer: read.name(event.actor),
            officer_unit: event.agency.map(|id| name_on(words.house, id, event.at.date())).unwrap_or_default(),
        }))
    }
}

/// Form 04: there is one of a dossier at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Apology {
    #[serde(flatten)]
    head: Head,
    /// When it was received, in words.
    received: String,
    /// When the result was promised for, and when it is from now on.
    was: String,
    due: String,
    reason: String,
    /// Why it was not said a day before; empty where it was.
    unforeseen: String,
    officer: String,
}

impl Head {
    /// Of a letter that the agency that settles it sends.
    fn of_the_agency(self, words: Words<'_>, read: &Read, at: Instant) -> Head {
        let (d, tree, day) = (&read.as_of(at).0, &words.house.tree, at.date());
        let above = tree.get(d.competent).and_then(|agency| agency.parent);
        let above = above.map(|parent| name_on(words.house, parent, day));
        Head {
            above: above.unwrap_or_default(),
            unit: name_on(words.house, d.competent, day),
            place: tree.place_on(d.competent, day),
            ..self
        }
    }
}

impl Apology {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let Some((event, Happening::PutOff { reason, clock, unforeseen })) = read.last(&["put-off"]) else {
            return Ok(None);
        };
        let d = &read.as_of(event.at).0;
        // What was promised before stands in the basis of the new date.
        let head = Head::of(words, read, Paper::Apology, event.at)?.of_the_agency(words, read, event.at);
        let was = clock.basis.parse::<Basis>().ok().and_then(|basis| match basis.manner {
            Manner::Extension { was, .. } => Some(base::vn_moment_words(was)),
            _ => None,
        });
        Ok(Some(Self {
            head,
            received: d.received_at.map(base::vn_moment_words).unwrap_or_default(),
            was: was.unwrap_or_default(),
            due: base::vn_moment_words(clock.due_at),
            reason,
            unforeseen,
            officer: read.name(event.actor),
        }))
    }
}

/// An apology for what went wrong, of the latest report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Regret {
    #[serde(flatten)]
    head: Head,
    /// Papers were lost or damaged; else the result was wrong.
    lost: bool,
    what: String,
    /// The last day for mending it, in words.
    until: String,
    officer: String,
}

impl Regret {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let Some((event, Happening::MishapReported { mishap, what, until })) = read.last(&["mishap-reported"]) else {
            return Ok(None);
        };
        Ok(Some(Self {
            head: Head::of(words, read, Paper::Apology, event.at)?.of_the_agency(words, read, event.at),
            lost: mishap == Mishap::Lost,
            what,
            until: base::vn_date_words(until),
            officer: read.name(event.actor),
        }))
    }
}

/// Form 05.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Stop {
    #[serde(flatten)]
    head: Head,
    /// When it was received, in words; empty where it was not.
    received: String,
    /// What was being done with it.
    state: String,
    /// How the applicant wished it; empty where the office stopped it.
    wished: String,
    /// When, in words.
    at: String,
    reason: String,
    /// What was paid; empty for nothing.
    paid: String,
    officer: String,
    officer_unit: String,
}

impl Stop {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let Some((event, happening)) = read.last(&["withdrawn", "stopped"]) else { return Ok(None) };
        let d = &read.as_of(event.at).0;
        let before = read.events.iter().rfind(|one| one.n < event.n);
        let state = match before.map(|one| one.kind.as_str()) {
            Some("supplement-requested") => "đang chờ bổ sung",
            Some("payment-requested") => "đang chờ thực hiện nghĩa vụ tài chính",
            _ if d.received_at.is_none() => "chưa tiếp nhận",
            _ => "đang giải quyết",
        };
        let wished = match &happening {
            Happening::Withdrawn { wish: Some(wish), .. } => match wish.how {
                AskedHow::Own => "qua tài khoản trên cổng",
                AskedHow::Paper => "bằng văn bản",
                AskedHow::Spoken => "trực tiếp hoặc qua điện thoại",
            },
            Happening::Withdrawn { wish: None, .. } => "không ghi cách yêu cầu",
            _ => "",
        };
        let by_office = event.agency.is_some();
        Ok(Some(Self {
            head: Head::of(words, read, Paper::Stop, event.at)?,
            received: d.received_at.map(base::vn_moment_words).unwrap_or_default(),
            state: state.to_owned(),
            wished: wished.to_owned(),
            at: base::vn_moment_words(event.at),
            reason: happening.words().to_owned(),
            paid: if d.paid_dong > 0 { base::Dong(d.paid_dong).to_string() } else { String::new() },
            // Whoever took it back for himself signs nothing of the office's.
            officer: if by_office { read.name(event.actor) } else { String::new() },
            officer_unit: event.agency.map(|id| name_on(words.house, id, event.at.date())).unwrap_or_default(),
        }))
    }
}
