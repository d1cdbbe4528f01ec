//! Form 01: the receipt with the day to come back.

use super::{Head, Read, Words, name_on};
use crate::happening::Happening;
use crate::part::Part;
use crate::wording::Paper as Printed;
use base::{Dong, Fault};
use i18n::L;
use serde::Serialize;

/// A paper that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Paper {
    pub name: String,
    /// On paper, as a file, reused.
    pub state: String,
}

/// One more procedure that was filed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Together {
    pub code: String,
    pub name: String,
    pub body: String,
    pub fee: String,
    /// Names of the papers handed in for it.
    pub papers: Vec<String>,
}

/// What stands on it, for the page and for the printed form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Receipt {
    #[serde(flatten)]
    pub head: Head,
    pub papers: Vec<Paper>,
    /// The time the procedure allows, in words.
    pub limit: String,
    /// `09:05 25/11/2026`, and the same in the words of the form.
    pub received: String,
    pub received_words: String,
    pub due: String,
    pub due_words: String,
    /// What was filed together with it, and by when all of it is promised; nothing on the receipt of one of those.
    pub together: Vec<Together>,
    pub promised: String,
    pub promised_words: String,
    /// The date it was moved to by an emergency decision, and by which; what was promised stays above it.
    pub moved: String,
    pub return_to: String,
    pub fee: String,
    pub fee_note: String,
    pub paid: bool,
    pub clerk: String,
    /// With which the case is rated once it is settled, and where; empty when it has none.
    pub rating_code: String,
    pub rate: String,
}

/// The last date that an emergency decision moved the promise to.
fn moved(l: L, read: &Read) -> String {
    let moved = read.events.iter().rev().find_map(|event| match Happening::read(&event.data) {
        Ok(Happening::DueMoved { decision, dates, .. }) => Some((decision, dates.promise?.clock.due_at)),
        _ => None,
    });
    moved.map_or_else(String::new, |(decision, due)| {
        l.tr("dossier-receipt-moved", [("due", base::vn_moment_words(due)), ("decision", decision)])
    })
}

impl Receipt {
    /// Of a dossier; none before it was received.
    pub(crate) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let Words { l, house, origin } = words;
        let Some(event) = read.events.iter().find(|event| event.kind == "received") else { return Ok(None) };
        // Printed once more, it says what it said: whatever came later – a supplement, money, another name of the unit – is not on it.
        let (was, handed_in) = read.as_of(event.at);
        let d = &was;
        let Some(received) = d.received_at else { return Ok(None) };
        let day = event.at.date();
        let version = house.version(d.version)?;
        let terms = version.terms(d.channel).or_else(|| version.channels.first());
        let limit = terms.map(|terms| terms.limit.words());
        let fee = catalogue::fee_said(l, &version, d.channel, Some(Dong(d.fee_dong)));
        let state_then =
            |n: i64| usize::try_from(n).ok().and_then(|n| handed_in.listed.get(n)).map(|listed| listed.state);
        // Events before papers were told say nothing of them; those are printed as they are.
        let papers = read.papers.iter().map(|(n, paper)| (paper, state_then(*n).unwrap_or(paper.state)));
        let papers = papers.filter(|(_, state)| state.is_there()).map(|(paper, state)| Paper {
            name: paper.name.clone(),
            state: l.t(format!("dossier-paper-{}", state.as_str())),
        });
        let promised = d.part.as_ref().and_then(|part| part.due_at);
        let leads = d.part.as_ref().is_some_and(Part::leads);
        let together = read.together.iter().filter(|one| leads && !one.leads);
        Ok(Some(Self {
            head: Head {
                // What came by post was received when the minutes were signed.
                day: base::vn_date_words(received.date()),
                ..Head::of(words, read, Printed::Receipt, event.at)?
            },
            papers: papers.collect(),
            limit: limit.map(|(key, n)| l.tr(key, [("n", n.to_string())])).unwrap_or_default(),
            received: base::vn_date_time(received),
            received_words: base::vn_moment_words(received),
            // Printed once more, it says what it said.
            due: d.first_due_at.map(base::vn_date_time).unwrap_or_default(),
            due_words: d.first_due_at.map(base::vn_moment_words).unwrap_or_default(),
            together: together
                .map(|one| Together {
                    code: one.code.clone(),
                    name: house.shelf.version(one.version).map(|version| version.name.clone()).unwrap_or_default(),
                    body: name_on(house, one.competent, day),
                    fee: match one.owes_dong {
                        0 => String::new(),
                        owes => Dong(owes).to_string(),
                    },
                    papers: read.papers_together(one.id),
                })
                .collect(),
            promised: promised.map(base::vn_date_time).unwrap_or_default(),
            promised_words: promised.map(base::vn_moment_words).unwrap_or_default(),
            moved: moved(l, read),
            return_to: name_on(house, d.return_to, day),
            fee: fee.sum,
            fee_note: fee.note,
            paid: d.fee_dong > 0 && d.paid_dong >= d.fee_dong,
            clerk: read.name(event.actor),
            rating_code: read.rating_code.clone(),
            rate: format!("{origin}/rate"),
        }))
    }
}
