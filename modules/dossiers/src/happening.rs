//! What can happen to a dossier, as it is written into the log.
//!
//! An event holds everything needed to rebuild the state and the facts, and no personal data.

use crate::aside;
use crate::dossier::{Mishap, Passing};
use crate::opinion::Stance;
use crate::papers::Added;
use crate::verbs::Verb;
use crate::wording::Paper;
use crate::written::Outcome;
use base::{Date, Id, Instant};
use files::Seal;
use organisation::closing::CountedBy;
use serde::{Deserialize, Serialize};

mod parts;
mod text;

pub use parts::*;

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

/// One thing that happened. The tag is the `kind` column of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happening {
    /// Filed online; waits for intake.
    Filed {
        filing: Filing,
        /// None for what begins with others, which nobody answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_due_at: Option<Instant>,
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
        /// It came by post: received when the minutes were signed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<Posted>,
        /// Of what was filed together: what is promised of all of it, or what it began with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Beginning>,
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
        /// The draft that is passed upward, by its number: initialled by whoever passes it on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written: Option<i64>,
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
        /// Papers that had come go back too: by when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        papers_by: Option<Instant>,
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
        /// The division that does the divisions' steps from now on, where one was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        division: Option<Id>,
        reason: String,
    },
    /// Other units are asked what they think, by the same day.
    OpinionsAsked {
        by: Id,
        of: Vec<AskedOf>,
        due_at: Instant,
        /// Digest of the question: [`crate::aside`].
        question: String,
        /// By the process itself, when the dossier came to a step beside which others are asked: nobody has taken it by that.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_process: bool,
        /// Of a branch of several steps, which begins with the one unit asked: its first step. `due_at` is that of all of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<AtBranch>,
    },
    /// One of them to somebody of the unit.
    OpinionAssigned {
        n: i64,
        handler: Id,
    },
    OpinionGiven {
        n: i64,
        stance: Stance,
        /// Digest of what the unit said: [`crate::aside`].
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Seal>,
    },
    /// Not for that unit to say.
    OpinionDeclined {
        n: i64,
        reason: String,
    },
    /// Whoever asked goes on without it.
    OpinionLeft {
        n: i64,
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
        /// By the desk of intake, while it lay elsewhere.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
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
        /// The result was written here: how it is numbered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issued: Option<Issued>,
    },
    Refused {
        reason: String,
        unit: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<Offer>,
        /// The letter that was written here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Seal>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issued: Option<Issued>,
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
    /// Something went wrong by the office's own doing; the applicant is told, with an apology.
    MishapReported {
        mishap: Mishap,
        what: String,
        /// The last day for mending it.
        until: Date,
    },
    MishapMended {
        done: String,
        /// The result put right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Seal>,
    },
    /// Nothing was wrong.
    MishapDismissed {
        reason: String,
    },
    /// Agencies were reorganised: whatever of its units ended is followed by what takes the work on. Code, dates and handler stay.
    Moved {
        /// The reorganisation, and the number of its decision.
        by: Id,
        decision: String,
        /// Each of its units that ended, with what follows it.
        units: Vec<(Id, Id)>,
        /// Whoever handed it over and whoever is to take it are of one agency from now on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        within: bool,
    },
    /// A branch goes on to its next step.
    OpinionForwarded {
        n: i64,
        #[serde(flatten)]
        to: BranchPlace,
        /// Digest of what is proposed: [`crate::aside`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Seal>,
    },
    /// … or back to the one before, with a reason.
    OpinionSentBack {
        n: i64,
        #[serde(flatten)]
        to: BranchPlace,
        reason: String,
    },
    /// An emergency decision closed days that something was promised through: every date that is ahead moves past them, and what it was
    /// is kept.
    DueMoved {
        /// The decision, and its number.
        by: Id,
        decision: String,
        /// By which date figures judge from now on.
        counted_by: CountedBy,
        dates: DatesMoved,
    },
    /// A draft of the result was written, or one was edited.
    Drafted {
        /// Its number among the dossier's drafts, from 1.
        n: i64,
        /// The version of the wording it was made from.
        template: String,
        paper: Paper,
        /// Digest of what it says: [`crate::aside`].
        draft: String,
    },
    /// Whoever was asked to sign a numbered result answered.
    SignatureAnswered {
        /// Which request it answers.
        request: i64,
        outcome: Outcome,
        /// What was signed, where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Seal>,
    },
    /// Once more, after it failed.
    SignatureAsked {
        request: i64,
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
                | Happening::OpinionsAsked { .. }
                | Happening::OpinionAssigned { .. }
                | Happening::OpinionGiven { .. }
                | Happening::OpinionDeclined { .. }
                | Happening::OpinionLeft { .. }
                | Happening::Moved { .. }
                | Happening::OpinionForwarded { .. }
                | Happening::OpinionSentBack { .. }
                | Happening::Drafted { .. }
                | Happening::SignatureAnswered { .. }
                | Happening::SignatureAsked { .. }
        ) && !matches!(self, Happening::DueMoved { dates, .. } if !dates.concern_applicant())
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
            Self::OpinionsAsked { .. } => Verb::AskOpinions,
            Self::OpinionAssigned { .. } => Verb::AssignOpinion,
            Self::OpinionGiven { .. } => Verb::GiveOpinion,
            Self::OpinionDeclined { .. } => Verb::DeclineOpinion,
            Self::OpinionLeft { .. } => Verb::GoOnWithout,
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
            Self::MishapReported { .. } => Verb::ReportMishap,
            Self::MishapMended { .. } => Verb::MendMishap,
            Self::MishapDismissed { .. } => Verb::DismissMishap,
            Self::Moved { .. } => Verb::Move,
            Self::OpinionForwarded { .. } => Verb::ForwardOpinion,
            Self::OpinionSentBack { .. } => Verb::SendBackOpinion,
            Self::DueMoved { .. } => Verb::MoveDue,
            Self::Drafted { .. } => Verb::Draft,
            Self::SignatureAnswered { .. } => Verb::Sign,
            Self::SignatureAsked { .. } => Verb::SignAgain,
        }
    }

    /// Digests of the rows beside the log that the event speaks of, by what they hold.
    pub fn asides(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::SupplementCompleted { corrected: Some(corrected), .. } => Some((aside::ANSWERS, &corrected.was)),
            Self::Received { post: Some(Posted { aside: Some(digest), .. }), .. } => Some((aside::POST, digest)),
            Self::OpinionsAsked { question, .. } => Some((aside::QUESTION, question)),
            Self::OpinionGiven { text, .. } | Self::OpinionForwarded { text: Some(text), .. } => {
                Some((aside::OPINION, text))
            }
            Self::Drafted { draft, .. } => Some((aside::DRAFT, draft)),
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
            | Self::OpinionDeclined { reason, .. }
            | Self::OpinionLeft { reason, .. }
            | Self::OpinionSentBack { reason, .. }
            | Self::SupplementRequested { reason, .. }
            | Self::PaymentRequested { reason, .. }
            | Self::PutOff { reason, .. }
            | Self::Refused { reason, .. }
            | Self::Withdrawn { reason, .. }
            | Self::MishapReported { what: reason, .. }
            | Self::MishapMended { done: reason, .. }
            | Self::MishapDismissed { reason }
            | Self::Stopped { reason } => reason,
            Self::Forwarded { note, .. } | Self::SupplementCompleted { note, .. } | Self::Approved { note, .. } => note,
            _ => "",
        }
    }
}
