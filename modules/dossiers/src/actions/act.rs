//! What a person may decide to do to a dossier that is there.

use crate::decide::{Asked, Handing, Wished};
use base::Id;
use std::collections::BTreeMap;

/// What a person decided to do to an existing dossier.
#[derive(Debug, Clone)]
pub enum Act {
    ReceiveOnline,
    RefuseIntake {
        reason: String,
    },
    Assign {
        handler: Id,
    },
    /// `handler`: somebody of the next step's unit; `draft`: what they are asked to decide.
    Forward {
        electronic: bool,
        note: String,
        handler: Option<Id>,
        draft: Option<NewPaper>,
    },
    SendBack {
        reason: String,
    },
    RequestSupplement(Asked),
    CompleteSupplement(Supplement),
    RequestPayment {
        amount_dong: i64,
        reason: String,
        basis: String,
    },
    RecordPayment,
    /// `sign_draft`: the proposal that came with the dossier is the result.
    Approve {
        note: String,
        result: Option<NewPaper>,
        sign_draft: bool,
    },
    Refuse {
        reason: String,
    },
    /// `wished` and `request`: the applicant's wish, where the desk acts for them.
    Withdraw {
        reason: String,
        wished: Wished,
        request: Option<NewPaper>,
    },
    Stop {
        reason: String,
    },
    ReturnResult {
        handing: Handing,
        result: Option<NewPaper>,
    },
    /// `note`: a few words, kept apart from the answer.
    Rate {
        score: i64,
        note: String,
    },
}

impl Act {
    pub(super) fn papers(&self) -> &[NewPaper] {
        match self {
            Self::CompleteSupplement(supplement) => &supplement.papers,
            Self::Forward { draft: paper, .. }
            | Self::Withdraw { request: paper, .. }
            | Self::Approve { result: paper, .. }
            | Self::ReturnResult { result: paper, .. } => paper.as_slice(),
            _ => &[],
        }
    }

    /// The file that comes with it, if one does.
    pub fn paper_mut(&mut self) -> Option<&mut NewPaper> {
        match self {
            Self::CompleteSupplement(supplement) => supplement.papers.first_mut(),
            Self::Forward { draft: paper, .. }
            | Self::Withdraw { request: paper, .. }
            | Self::Approve { result: paper, .. }
            | Self::ReturnResult { result: paper, .. } => paper.as_mut(),
            _ => None,
        }
    }
}

/// What is brought for a supplement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supplement {
    pub note: String,
    pub papers: Vec<NewPaper>,
    /// Corrected answers, by the name of their field.
    pub answers: BTreeMap<String, String>,
    /// Why papers asked for cannot be brought, by the component's code.
    pub absent: BTreeMap<String, String>,
    /// The person was asked about what disagrees with the personal number, and it is so.
    pub sure: bool,
}

/// A file that comes with an act: a supplement for a component, or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// Position of the component it completes; `None` for other papers.
    pub component: Option<i64>,
    /// Its row, which is there already.
    pub file: Id,
}
