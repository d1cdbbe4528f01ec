//! What can happen to a dossier, as it is written into the log.
//!
//! An event holds everything needed to rebuild the state and the facts, and no personal data.

use crate::aside;
use crate::dossier::Passing;
use crate::papers::{Added, Listed};
use crate::verbs::Verb;
use base::{Channel, Date, Id, Instant, Level};
use files::Seal;
use serde::{Deserialize, Serialize};

/// The rules an event was written under. The past keeps its own: an event is replayed by the rules of its day, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rules {
    /// Until November 2026; these events carry no number.
    First = 1,
    /// What is late stays late; money is received at the desk only; a dossier withdrawn or stopped late counts as late; what passes
    /// from one agency to another is told apart from what passes within one.
    LateStaysLate = 2,
    /// Fees due and received count as amounts, and facts name the official who acted (decision 0023).
    AmountsCount = 3,
}

impl Rules {
    /// Those that new events are written under.
    pub const NOW: Self = Self::AmountsCount;

    /// How the text of an event begins that carries a number. People's words stand behind it, so none pass for it.
    const MARK: &'static str = r#"{"rules":"#;

    /// Of the stored text of an event; `None` for those of a later version of this program.
    pub fn of(text: &str) -> Option<Self> {
        let Some(rest) = text.strip_prefix(Self::MARK) else { return Some(Self::First) };
        match rest.split(',').next()? {
            "2" => Some(Self::LateStaysLate),
            "3" => Some(Self::AmountsCount),
            _ => None,
        }
    }
}

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
    /// `crate::flag`s known at filing: FULL_SERVICE, FEE, PAYABLE_ONLINE, HAS_COMPONENTS, HAS_RESULT, REUSED.
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
    /// Where the result was put off before: when it would be due without that, by which it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Instant>,
}

impl Clock {
    pub(crate) fn new(due_at: Instant, basis: String) -> Self {
        Self { due_at, basis, promised: None }
    }
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
    /// It goes to another unit, which is to take it. None in events from before units took anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
}

/// A hand-over to another unit (one-stop specification CN06): who hands over answers for it until the other has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The unit it comes from.
    pub from: Id,
    /// By when another agency takes it; none within one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_by: Option<Instant>,
    /// Papers follow: by when they are handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers_by: Option<Instant>,
}

/// What an applicant is asked to bring or to mend, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Codes of the components asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<String>,
    /// Names of the form's fields whose answers are to be corrected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// What else, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub other: String,
    /// The last day.
    pub until: Date,
}

/// Answers that were corrected. Both versions are personal data: the old ones stand in a row beside the log, see
/// [`crate::aside`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    pub fields: Vec<String>,
    /// `Applicant::digest` from here on.
    pub applicant: String,
    /// Digest of the answers as they were.
    pub was: String,
}

/// A paper that was asked for and cannot be brought, with what the applicant says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// Code of the component.
    pub paper: String,
    pub reason: String,
}

/// How an applicant asked for a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedHow {
    /// By an act of their own, signed in.
    Own,
    /// On paper, which is kept as a file.
    Paper,
    /// In person or by phone; who asked and how is written down beside the log.
    Spoken,
}

/// The applicant's wish behind a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub how: AskedHow,
    /// Digest of who asked, and how: [`crate::aside`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Seal>,
}

/// Into whose hands a result went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Receiver {
    /// The applicant's own.
    Owner,
    /// Somebody with a written authority.
    Authorised,
    /// The public post's, under a tracking number.
    Post,
    /// Into the applicant's account, as a file.
    Account,
}

/// Who received a result, and on what authority; names and numbers stand beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub to: Receiver,
    /// Digest of name, authority and tracking number: [`crate::aside`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
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
        /// Taken in for another agency: how the dossier went there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        between: Option<Passing>,
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
        /// From one agency to another.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        between: bool,
        /// What the next person is asked to decide, as a file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<Seal>,
    },
    /// Back along it.
    SentBack {
        place: Place,
        reason: String,
    },
    /// The unit it was handed to has it; `papers`: with the papers that followed.
    TakenOver {
        papers: bool,
    },
    /// Misrouted: the unit it was handed to gives it back to the one it came from. Its dates stay.
    HandedBack {
        place: Place,
        reason: String,
    },
    /// What was handed back goes to a unit chosen by hand, of another agency where that one is competent.
    Redirected {
        place: Place,
        electronic: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        between: bool,
        /// The agency that is competent now, where that is another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competent: Option<Id>,
        reason: String,
    },
    SupplementRequested {
        reason: String,
        /// Why a second request could not be avoided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asking>,
        /// By what law of the field it is asked for later than three working days after intake.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<String>,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrected: Option<Corrected>,
        /// Papers of the list that cannot be brought; officials decide what follows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        absent: Vec<Absent>,
        /// Declared complete by an official, with nothing from the applicant and no new paper.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hollow: bool,
    },
    /// A financial duty must be met first; reason and legal basis are the law's condition for the pause.
    PaymentRequested {
        amount_dong: i64,
        reason: String,
        basis: String,
    },
    /// Received at the desk. `online`: through a payment gateway, which this program does not have; events of the first rules
    /// may say so.
    Paid {
        amount_dong: i64,
        online: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Clock>,
        /// The procedure's first online payment ever.
        #[serde(default)]
        first_online: bool,
    },
    /// Promised for a later day, with an apology (form 04); until then it was promised for the day before it in the log.
    PutOff {
        reason: String,
        clock: Clock,
        /// Why it was said less than a day before.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        unforeseen: String,
    },
    Approved {
        digitised: bool,
        #[serde(default)]
        note: String,
        unit: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Seal>,
        /// The result goes to the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<Offer>,
    },
    Refused {
        reason: String,
        unit: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<Offer>,
    },
    Withdrawn {
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wish: Option<Wish>,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handed: Option<HandedOver>,
    },
    Rated {
        score: i64,
    },
}

impl Happening {
    /// Whether the applicant is told. Who holds a dossier inside the office changes nothing for them.
    pub fn concerns_applicant(&self) -> bool {
        !matches!(
            self,
            Happening::Assigned { .. }
                | Happening::Forwarded { .. }
                | Happening::SentBack { .. }
                | Happening::TakenOver { .. }
                | Happening::HandedBack { .. }
                | Happening::Redirected { competent: None, .. }
        )
    }

    /// The word in the `kind` column, the tag of its text.
    pub fn kind(&self) -> &'static str {
        self.verb().row().event
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
            Self::TakenOver { .. } => Verb::TakeOver,
            Self::HandedBack { .. } => Verb::HandBack,
            Self::Redirected { .. } => Verb::Redirect,
            Self::SupplementRequested { .. } => Verb::RequestSupplement,
            Self::SupplementCompleted { .. } => Verb::CompleteSupplement,
            Self::PaymentRequested { .. } => Verb::RequestPayment,
            Self::Paid { .. } => Verb::RecordPayment,
            Self::PutOff { .. } => Verb::PutOff,
            Self::Approved { .. } => Verb::Approve,
            Self::Refused { .. } => Verb::Refuse,
            Self::Withdrawn { .. } => Verb::Withdraw,
            Self::Stopped { .. } => Verb::Stop,
            Self::ResultReturned { .. } => Verb::ReturnResult,
            Self::Rated { .. } => Verb::Rate,
        }
    }

    /// The stored text, under the rules of now. `told`: a notice to the applicant was ordered with it, see [`Happening::was_told`].
    pub fn to_text(&self, told: bool) -> String {
        self.to_text_under(Rules::NOW, told)
    }

    /// The text as it was stored under earlier rules.
    pub(crate) fn to_text_under(&self, rules: Rules, told: bool) -> String {
        // A plain data type with string keys always serialises.
        let plain = serde_json::to_string(self).unwrap_or_default();
        let mut text = match rules {
            Rules::First => plain,
            rules => format!("{}{},{}", Rules::MARK, rules as i64, plain.get(1..).unwrap_or_default()),
        };
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

    /// Reads the stored text back with the rules it was written under; `None` for what this version of the program cannot have
    /// written.
    pub fn read_with_rules(text: &str) -> Option<(Rules, Self)> {
        Some((Rules::of(text)?, Self::read(text).ok()?))
    }

    /// Digests of the rows beside the log that the event speaks of, by what they hold.
    pub fn asides(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::SupplementCompleted { corrected: Some(corrected), .. } => Some((aside::ANSWERS, &corrected.was)),
            Self::Withdrawn { wish: Some(Wish { aside: Some(digest), .. }), .. } => Some((aside::WISH, digest)),
            Self::ResultReturned { handed: Some(HandedOver { aside: Some(digest), .. }), .. } => {
                Some((aside::RECEIPT, digest))
            }
            _ => None,
        }
    }

    /// What the person wrote, for the timeline.
    pub fn words(&self) -> &str {
        match self {
            Self::IntakeRefused { reason }
            | Self::SentBack { reason, .. }
            | Self::HandedBack { reason, .. }
            | Self::Redirected { reason, .. }
            | Self::SupplementRequested { reason, .. }
            | Self::PaymentRequested { reason, .. }
            | Self::PutOff { reason, .. }
            | Self::Refused { reason, .. }
            | Self::Withdrawn { reason, .. }
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

    #[test]
    fn an_event_tells_its_rules_and_one_without_a_number_is_of_the_first() {
        let old = r#"{"kind":"stopped","reason":"{\"rules\":2,"}"#;
        assert_eq!(Rules::of(old), Some(Rules::First));
        let (rules, read) = Happening::read_with_rules(old).unwrap();
        assert_eq!((rules, read.words()), (Rules::First, r#"{"rules":2,"#));
        let new = read.to_text(false);
        assert!(new.starts_with(r#"{"rules":3,"kind":"stopped""#), "{new}");
        assert_eq!(Happening::read_with_rules(&new), Some((Rules::NOW, read)));
        // Nobody guesses what a later program meant.
        assert_eq!(Happening::read_with_rules(&new.replace(r#""rules":3"#, r#""rules":4"#)), None);
    }
}
