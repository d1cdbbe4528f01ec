//! What events are made of: filing, clock, places, questions, and what stands beside the log.

use crate::papers::{Added, Listed};
use base::{Channel, Date, Id, Instant, Level};
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
    /// `crate::flag`s known at filing: FULL_SERVICE, FEE, PAYABLE_ONLINE, HAS_COMPONENTS, HAS_RESULT, REUSED.
    pub flags: i64,
    pub fee_dong: i64,
    /// `Applicant::digest`.
    pub applicant: String,
    /// Its papers, in the order of their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Listed>,
    /// Filed together with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<Joined>,
}

/// A dossier's place among those that were filed together: [`crate::part`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Code of the group of linked procedures.
    pub linked: String,
    /// The leading dossier; none for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Id>,
    pub n: i64,
    /// Places of those that must be granted first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<i64>,
}

/// The dates that an emergency decision moved; what stays is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatesMoved {
    /// What the applicant was promised: by when it was, and from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseMoved>,
    /// The answer to an online filing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_due_at: Option<Instant>,
    /// The applicant's last day for a supplement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_until: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_due_at: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_by: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers_by: Option<Instant>,
    /// By when all of what was filed together is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Instant>,
    /// Opinions that are waited for, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<(i64, Instant)>,
}

impl DatesMoved {
    /// Whether anything moves.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the applicant is told: of their own dates, and not of the office's.
    pub fn concern_applicant(&self) -> bool {
        self.promise.is_some() || self.asked_until.is_some() || self.together.is_some()
    }
}

/// A promise that was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseMoved {
    /// The date before.
    pub was: Instant,
    pub clock: Clock,
}

/// How a result that was written here is numbered: one number of an agency, a paper and a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The draft that was frozen, by its number.
    pub draft: i64,
    pub agency: Id,
    pub year: i64,
    pub n: i64,
    /// `QĐ-UBND`.
    pub symbol: String,
}

/// How one of those that were filed together begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beginning {
    /// The leading one: by when all of it is promised.
    Leading { due_at: Instant, basis: String },
    /// By itself, since another of them was received or granted; with papers that one resulted in.
    With {
        dossier: Id,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        papers: Vec<Added>,
    },
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

/// What came by the public post; carrier and number stand beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// When the hand-over minutes were signed: the filing counts from then (QĐ 45/2016/QĐ-TTg Điều 7 khoản 4).
    pub handed_at: Instant,
    /// Digest of carrier and number: [`crate::aside`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
}

/// A unit that is asked for an opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedOf {
    pub unit: Id,
    /// The agency it acts for, and its level: what its answer counts for.
    pub agency: Id,
    pub level: Level,
    /// Silence is consent, by the procedure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consents: bool,
}

/// Where a branch stands beside a step of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtBranch {
    /// The step of the branch, by its id.
    pub step: String,
    /// By when that one is to be done.
    pub due_at: Instant,
}

/// A step of a branch that it goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchPlace {
    #[serde(flatten)]
    pub at: AtBranch,
    /// The unit it came from, and the one that does the step.
    pub from: Id,
    pub unit: Id,
    /// The agency that unit acts for, and its level: what an answer counts for.
    pub agency: Id,
    pub level: Level,
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
