//! What can happen to a dossier, as it is written into the log.
//!
//! An event holds everything needed to rebuild the state and the facts, and no personal data.

use crate::papers::{Added, Listed};
use crate::transitions::Verb;
use base::{Channel, Id, Instant, Level};
use files::Seal;
use serde::{Deserialize, Serialize};

/// How and where a dossier was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    pub code: String,
    pub procedure: Id,
    pub version: Id,
    pub field: String,
    pub level: Level,
    pub channel: Channel,
    pub intake: Id,
    pub competent: Id,
    pub return_to: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Id>,
    /// `facts::flag`s known at filing: FULL_SERVICE, FEE, PAYABLE_ONLINE, HAS_COMPONENTS, HAS_RESULT, REUSED.
    pub flags: i64,
    pub fee_dong: i64,
    /// `Applicant::digest`.
    pub applicant: String,
    /// Its papers, in the order of their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Listed>,
}

/// The legal clock as set at intake or after a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub due_at: Instant,
    pub basis: String,
}

/// Where a dossier goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub step: i64,
    pub unit: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_due_at: Option<Instant>,
}

/// How the text of an event ends that the applicant was told of.
const TOLD: &str = r#","told":true}"#;

/// One thing that happened. The tag is the `kind` column of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happening {
    /// Filed online; waits for intake.
    Filed {
        filing: Filing,
        answer_due_at: Instant,
    },
    /// Received; `filing` is there when it was brought to the counter or came by post.
    Received {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filing: Option<Filing>,
        clock: Clock,
        place: Place,
    },
    IntakeRefused {
        reason: String,
    },
    Assigned {
        handler: Id,
    },
    /// On along the internal process.
    Forwarded {
        place: Place,
        electronic: bool,
        #[serde(default)]
        note: String,
    },
    /// Back along it.
    SentBack {
        place: Place,
        reason: String,
    },
    SupplementRequested {
        reason: String,
        /// Why a second request could not be avoided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// `clock` is missing when the request came before intake.
    SupplementCompleted {
        #[serde(default)]
        note: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Clock>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_due_at: Option<Instant>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        papers: Vec<Added>,
    },
    /// A financial duty must be met first; reason and legal basis are the law's condition for the pause.
    PaymentRequested {
        amount_dong: i64,
        reason: String,
        basis: String,
    },
    Paid {
        amount_dong: i64,
        online: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Clock>,
        /// The procedure's first online payment ever.
        #[serde(default)]
        first_online: bool,
    },
    Approved {
        digitised: bool,
        #[serde(default)]
        note: String,
        unit: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Seal>,
    },
    Refused {
        reason: String,
        unit: Id,
    },
    Withdrawn {
        reason: String,
    },
    Stopped {
        reason: String,
    },
    /// The result reached the applicant; `digitised` when a scan was added at this moment.
    ResultReturned {
        by_post: bool,
        digitised: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Seal>,
    },
    Rated {
        score: i64,
    },
}

impl Happening {
    /// Whether the applicant is told. Who holds a dossier inside the office changes nothing for them.
    pub fn concerns_applicant(&self) -> bool {
        !matches!(self, Happening::Assigned { .. } | Happening::Forwarded { .. } | Happening::SentBack { .. })
    }

    /// The word in the `kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "filed",
            Self::Received { .. } => "received",
            Self::IntakeRefused { .. } => "intake-refused",
            Self::Assigned { .. } => "assigned",
            Self::Forwarded { .. } => "forwarded",
            Self::SentBack { .. } => "sent-back",
            Self::SupplementRequested { .. } => "supplement-requested",
            Self::SupplementCompleted { .. } => "supplement-completed",
            Self::PaymentRequested { .. } => "payment-requested",
            Self::Paid { .. } => "paid",
            Self::Approved { .. } => "approved",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stopped { .. } => "stopped",
            Self::ResultReturned { .. } => "result-returned",
            Self::Rated { .. } => "rated",
        }
    }

    /// What was done: its row of the table tells in which statuses this can have happened.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Filed { .. } => Verb::FileOnline,
            Self::Received { filing: Some(_), .. } => Verb::ReceiveAtCounter,
            Self::Received { filing: None, .. } => Verb::ReceiveOnline,
            Self::IntakeRefused { .. } => Verb::RefuseIntake,
            Self::Assigned { .. } => Verb::Assign,
            Self::Forwarded { .. } => Verb::Forward,
            Self::SentBack { .. } => Verb::SendBack,
            Self::SupplementRequested { .. } => Verb::RequestSupplement,
            Self::SupplementCompleted { .. } => Verb::CompleteSupplement,
            Self::PaymentRequested { .. } => Verb::RequestPayment,
            Self::Paid { .. } => Verb::RecordPayment,
            Self::Approved { .. } => Verb::Approve,
            Self::Refused { .. } => Verb::Refuse,
            Self::Withdrawn { .. } => Verb::Withdraw,
            Self::Stopped { .. } => Verb::Stop,
            Self::ResultReturned { .. } => Verb::ReturnResult,
            Self::Rated { .. } => Verb::Rate,
        }
    }

    /// The stored text. `told`: a notice to the applicant was ordered with it, see [`Happening::was_told`].
    pub fn to_text(&self, told: bool) -> String {
        // A plain data type with string keys always serialises.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        if told && text.pop().is_some() {
            text.push_str(TOLD);
        }
        text
    }

    /// Whether a notice was ordered with the event of that text. People's words cannot end a text like this: quotes
    /// within them are escaped.
    pub fn was_told(text: &str) -> bool {
        text.ends_with(TOLD)
    }

    /// Reads the stored text back.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// What the person wrote, for the timeline.
    pub fn words(&self) -> &str {
        match self {
            Self::IntakeRefused { reason }
            | Self::SentBack { reason, .. }
            | Self::SupplementRequested { reason, .. }
            | Self::PaymentRequested { reason, .. }
            | Self::Refused { reason, .. }
            | Self::Withdrawn { reason }
            | Self::Stopped { reason } => reason,
            Self::Forwarded { note, .. } | Self::SupplementCompleted { note, .. } | Self::Approved { note, .. } => note,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_can_be_read_back_and_no_words_pass_for_it() {
        let refused = Happening::Stopped { reason: TOLD.to_owned() };
        assert!(!Happening::was_told(&refused.to_text(false)));
        let text = refused.to_text(true);
        assert!(Happening::was_told(&text));
        assert_eq!(Happening::read(&text).unwrap(), refused);
    }
}
