//! What is being written for a dossier: its draft, passed from step to step, the number it gets when it is decided, and the signature that
//! follows. Of most dossiers there is none: their result comes as a file.

use crate::happening::{Happening, Issued};
use crate::wording::Paper;
use base::Id;
use serde::{Deserialize, Serialize};

/// How far the signature of a numbered result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// Nothing is numbered yet.
    #[default]
    None,
    /// Asked for, and not answered yet.
    Pending,
    Signed,
    /// Nothing here signs: the file stays as it is, without a signature.
    StandIn,
    Failed,
}
base::closed_list!(Signing, "dossier-signing", {
    None => "",
    Pending => "pending",
    Signed => "signed",
    StandIn => "stand-in",
    Failed => "failed",
});

/// What whoever was asked for a signature answered; part of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Signed,
    StandIn,
    Failed,
}

impl From<Outcome> for Signing {
    fn from(outcome: Outcome) -> Signing {
        match outcome {
            Outcome::Signed => Signing::Signed,
            Outcome::StandIn => Signing::StandIn,
            Outcome::Failed => Signing::Failed,
        }
    }
}

/// What is being written; see [`crate::wording`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub paper: Paper,
    /// The version of the wording that the latest draft was made from.
    pub template: String,
    /// How many drafts there were; the latest counts.
    pub drafts: i64,
    /// Which of them was passed upward last: whoever passes a draft on has initialled it. 0 for none, and after it was sent back.
    pub passed: i64,
    /// The agency in whose book it is numbered; none before.
    pub agency: Option<Id>,
    pub year: i64,
    pub n: i64,
    pub symbol: String,
    /// The draft that was frozen.
    pub draft: i64,
    pub file: Option<Id>,
    pub signing: Signing,
    /// Which request for a signature it is, from 1.
    pub request: i64,
}

/// `12/QĐ-UBND`.
pub fn number_words(n: i64, symbol: &str) -> String {
    format!("{n}/{symbol}")
}

impl Written {
    /// Its number, once it has one.
    pub fn number(&self) -> Option<String> {
        (self.n > 0).then(|| number_words(self.n, &self.symbol))
    }

    /// The request for its signature, as the other side knows it: the same for every attempt, so that an answer that was lost on the way makes
    /// no second signature.
    pub fn correlation(&self, dossier: Id) -> String {
        format!("{dossier}-{}", self.request)
    }

    fn issued(&mut self, issued: &Issued, file: Option<Id>) -> Option<()> {
        let fits = issued.draft == self.drafts && issued.n > 0 && !issued.symbol.is_empty() && self.n == 0;
        let file = file.filter(|_| fits)?;
        self.agency = Some(issued.agency);
        (self.year, self.n) = (issued.year, issued.n);
        self.symbol.clone_from(&issued.symbol);
        self.draft = issued.draft;
        self.file = Some(file);
        (self.signing, self.request) = (Signing::Pending, 1);
        Some(())
    }
}

/// What an event makes of it; none where it does not follow.
pub(crate) fn follow(written: &mut Option<Written>, happening: &Happening) -> Option<()> {
    match happening {
        Happening::Drafted { n, template, paper, .. } => {
            let drafts = written.as_ref().map_or(0, |written| written.drafts);
            let (paper, template, drafts) = (*paper, template.clone(), (*n == drafts + 1).then_some(*n)?);
            let before = written.take().unwrap_or_default();
            *written = Some(Written { paper, template, drafts, ..before });
        }
        Happening::Forwarded { written: Some(passed), .. } => {
            let written = written.as_mut().filter(|written| written.drafts == *passed && *passed > 0)?;
            written.passed = *passed;
        }
        Happening::SentBack { .. } => {
            if let Some(written) = written {
                written.passed = 0;
            }
        }
        Happening::Approved { issued: Some(issued), result, .. } => {
            written.as_mut().filter(|one| !one.paper.refuses())?.issued(issued, result.as_ref().map(|file| file.id))?;
        }
        Happening::Refused { issued: Some(issued), result, .. } => {
            written.as_mut().filter(|one| one.paper.refuses())?.issued(issued, result.as_ref().map(|file| file.id))?;
        }
        Happening::SignatureAnswered { request, outcome, file } => {
            let written = written.as_mut()?;
            if written.signing != Signing::Pending || written.request != *request {
                return None;
            }
            // What was signed is another file; nothing else brings one.
            if file.is_some() != (*outcome == Outcome::Signed) {
                return None;
            }
            written.signing = (*outcome).into();
            written.file = file.as_ref().map(|file| file.id).or(written.file);
        }
        Happening::SignatureAsked { request } => {
            let written = written.as_mut().filter(|one| one.signing == Signing::Failed)?;
            if *request != written.request + 1 {
                return None;
            }
            (written.signing, written.request) = (Signing::Pending, *request);
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafted(n: i64) -> Happening {
        let (template, draft) = ("MG26-0001".to_owned(), "d".to_owned());
        Happening::Drafted { n, template, paper: Paper::Permit, draft }
    }

    fn answered(request: i64, outcome: Outcome) -> Happening {
        let file = (outcome == Outcome::Signed).then(|| files::Seal {
            id: Id(9),
            sha256: String::new(),
            size_bytes: 1,
            about: String::new(),
        });
        Happening::SignatureAnswered { request, outcome, file }
    }

    #[test]
    fn drafts_are_numbered_without_a_gap() {
        let mut written = None;
        assert_eq!(follow(&mut written, &drafted(2)), None);
        assert!(written.is_none());
        follow(&mut written, &drafted(1)).unwrap();
        assert_eq!(follow(&mut written, &drafted(1)), None);
        follow(&mut written, &drafted(2)).unwrap();
        assert_eq!(written.unwrap().drafts, 2);
    }

    #[test]
    fn a_signature_is_answered_once_and_asked_for_again_only_where_it_failed() {
        let pending = Written { n: 1, drafts: 1, signing: Signing::Pending, request: 1, ..Written::default() };
        let after = |before: &Written, happening: &Happening| {
            let mut written = Some(before.clone());
            follow(&mut written, happening).and(written)
        };
        let signed = after(&pending, &answered(1, Outcome::Signed)).unwrap();
        assert_eq!((signed.signing, signed.file), (Signing::Signed, Some(Id(9))));
        // The answer that was thought lost comes after all.
        assert_eq!(after(&signed, &answered(1, Outcome::Signed)), None);
        assert_eq!(after(&pending, &answered(2, Outcome::Signed)), None);
        assert_eq!(after(&pending, &Happening::SignatureAsked { request: 2 }), None);
        let failed = after(&pending, &answered(1, Outcome::Failed)).unwrap();
        let again = after(&failed, &Happening::SignatureAsked { request: 2 }).unwrap();
        assert_eq!((again.signing, again.request), (Signing::Pending, 2));
        assert_ne!(again.correlation(Id(7)), pending.correlation(Id(7)));
        assert_eq!(after(&again, &answered(1, Outcome::Signed)), None, "an answer to the first request");
    }
}
