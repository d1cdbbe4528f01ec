//! A dossier: where it stands.

use crate::opinion::Opinion;
use crate::part::Part;
use crate::written::Written;
use audit::Head;
use base::{Channel, Date, Id, Instant, Level};
use serde::{Deserialize, Serialize};

/// Status codes of the national portal (one-stop specification 5.1); the numbers travel outside and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Mới đăng ký: filed online, waiting for intake.
    Filed = 1,
    /// Được tiếp nhận.
    Received = 2,
    /// Không được tiếp nhận: intake refused.
    IntakeRefused = 3,
    /// Đang xử lý.
    Processing = 4,
    /// Yêu cầu bổ sung giấy tờ.
    Supplement = 5,
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    Payment = 6,
    /// Công dân yêu cầu rút hồ sơ.
    Withdrawn = 7,
    /// Dừng xử lý.
    Stopped = 8,
    /// Đã xử lý xong: decided, the result waits.
    Decided = 9,
    /// Đã trả kết quả.
    Returned = 10,
}

impl Status {
    pub const ALL: [Self; 10] = [
        Self::Filed,
        Self::Received,
        Self::IntakeRefused,
        Self::Processing,
        Self::Supplement,
        Self::Payment,
        Self::Withdrawn,
        Self::Stopped,
        Self::Decided,
        Self::Returned,
    ];

    /// The code of specification 5.1.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The status of that code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Fluent key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Filed => "dossier-status-filed",
            Self::Received => "dossier-status-received",
            Self::IntakeRefused => "dossier-status-intake-refused",
            Self::Processing => "dossier-status-processing",
            Self::Supplement => "dossier-status-supplement",
            Self::Payment => "dossier-status-payment",
            Self::Withdrawn => "dossier-status-withdrawn",
            Self::Stopped => "dossier-status-stopped",
            Self::Decided => "dossier-status-decided",
            Self::Returned => "dossier-status-returned",
        }
    }

    /// Someone still has to do something.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::IntakeRefused | Self::Withdrawn | Self::Stopped | Self::Returned)
    }

    /// The legal clock runs.
    pub fn clock_runs(self) -> bool {
        matches!(self, Self::Received | Self::Processing)
    }

    /// The office waits for the applicant.
    pub fn waits_for_applicant(self) -> bool {
        matches!(self, Self::Supplement | Self::Payment)
    }
}

/// How a dossier ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    #[default]
    None,
    Granted,
    Refused,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    pub fn read(word: &str) -> Self {
        match word {
            "granted" => Self::Granted,
            "refused" => Self::Refused,
            _ => Self::None,
        }
    }
}

/// The state its events have made; rebuilt from them it is the same ([`crate::apply`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub id: Id,
    pub code: String,
    pub procedure: Id,
    /// The procedure version it was received under; later versions never change it.
    pub version: Id,
    pub field: String,
    /// Level of the competent agency.
    pub level: Level,
    pub channel: Channel,
    pub intake: Id,
    pub competent: Id,
    pub return_to: Id,
    /// The citizen's account, when filed or followed online.
    pub account: Option<Id>,
    pub status: Status,
    /// Index into the version's internal process.
    pub step: i64,
    /// The unit that holds it now.
    pub unit: Id,
    pub handler: Option<Id>,
    /// Handed over and not taken yet: since when.
    pub offered_at: Option<Instant>,
    /// By when another agency takes it; none within one.
    pub take_by: Option<Instant>,
    /// The unit it came from, until something is done to it where it lies: it can be given back to there.
    pub sender: Option<Id>,
    /// Papers on their way: by when they are handed over, and the unit that has them.
    pub papers_by: Option<Instant>,
    pub papers_from: Option<Id>,
    /// The division that does the divisions' steps, where one was chosen by hand.
    pub division: Option<Id>,
    /// The official who received what was then handed over; none where it stayed, and under the rules before.
    pub received_by: Option<Id>,
    pub filed_at: Instant,
    /// An online filing is answered by then: 8 working hours (NĐ 45/2020/NĐ-CP Điều 11).
    pub answer_due_at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub due_at: Option<Instant>,
    /// The first promise, kept when supplements or an apology move the due date.
    pub first_due_at: Option<Instant>,
    /// When it was due before it was put off with an apology, or moved by an emergency decision: the date it is counted by. None where it
    /// is counted by the date it is due.
    pub promised_at: Option<Instant>,
    /// How `due_at` came about, machine-readable.
    pub due_basis: String,
    pub step_due_at: Option<Instant>,
    pub paused_at: Option<Instant>,
    pub supplements: i64,
    /// The last day for what was asked of the applicant, while it is waited for.
    pub asked_until: Option<Date>,
    /// The moment that counts for "on time".
    pub finished_at: Option<Instant>,
    pub returned_at: Option<Instant>,
    pub outcome: Outcome,
    /// `crate::flag`s gathered on the way, and those of [`mark`].
    pub flags: i64,
    pub fee_dong: i64,
    pub paid_dong: i64,
    /// The official who decided or stopped it; none under the rules before, and where the applicant took it back.
    pub decided_by: Option<Id>,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    pub rating: Option<i64>,
    /// Opinions asked of other units, in the order of their numbers; `opinion_n`: how many.
    pub opinions: Vec<Opinion>,
    pub opinion_n: i64,
    /// Its part in what was filed together.
    pub part: Option<Part>,
    /// What went wrong by the office's own doing and is not mended, and the last day for that.
    pub mishap: Option<Mishap>,
    pub mishap_until: Option<Date>,
    /// What is being written for it.
    pub written: Option<Written>,
    /// The agency it was settled for, where it has moved since.
    pub settled_for: Option<Id>,
    /// The agency it was taken in at and numbered by, where it has moved since.
    pub first_intake: Option<Id>,
    pub head: Head,
}

/// What a dossier remembers of its way besides the flags of its facts. Internal to dossiers, never in a fact.
pub mod mark {
    /// Some hand-over was on paper.
    pub const PAPER: i64 = 1 << 40;
    /// Its due date passed while its clock ran, or it counts as late by a rule: it is never on time again.
    pub const LATE: i64 = 1 << 41;
    /// A supplement was asked for after the due date.
    pub const ASKED_LATE: i64 = 1 << 42;
    /// A supplement was declared complete by an official, with nothing from the applicant and no new paper.
    pub const HOLLOW: i64 = 1 << 43;
    /// It was sent back and has not been passed on since.
    pub const SENT_BACK: i64 = 1 << 44;
    /// A supplement was asked for right after it was sent back.
    pub const ASKED_AFTER_BACK: i64 = 1 << 45;
    /// The applicant has supplemented it, and nobody has acted on that yet.
    pub const SUPPLEMENTED: i64 = 1 << 46;
    /// It went from one agency to another on paper.
    pub const BETWEEN_PAPER: i64 = 1 << 47;
    /// The applicant was given a later date, with an apology; a second one is not to be had.
    pub const PUT_OFF: i64 = 1 << 48;
    /// It was handed back as misrouted, and has not been sent anywhere since.
    pub const MISROUTED: i64 = 1 << 49;
    /// Opinions were asked for, and nobody has summed up what was said.
    pub const TO_SUM_UP: i64 = 1 << 50;
    /// Some of what was handed in is on paper.
    pub const ON_PAPER: i64 = 1 << 51;
    /// The papers on their way go to another agency.
    pub const PAPERS_BETWEEN: i64 = 1 << 52;
    /// It was filed together with others.
    pub const LINKED: i64 = 1 << 53;
    /// Carried over from an agency that ended, which received it.
    pub const CARRIED: i64 = 1 << 54;
    /// Something that went wrong by the office's own doing is being mended.
    pub const MISHAP: i64 = 1 << 55;
    /// An emergency decision moved what was promised.
    pub const DATE_MOVED: i64 = 1 << 58;
    /// A result is being written for it.
    pub const WRITTEN: i64 = 1 << 57;
    /// All of them.
    pub const ALL: i64 = 0xffff << 40 | WRITTEN | DATE_MOVED;
}

pub use crate::marks::Mark;
pub use crate::mishap::Mishap;

/// How a dossier went from one agency to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passing {
    Electronic,
    /// With papers that had to follow.
    Paper,
}

impl Dossier {
    /// What it is counted by: its due date, or the one before where it was put off with an apology.
    pub fn counted_by(&self) -> Option<Instant> {
        self.promised_at.or(self.due_at)
    }

    /// The applicant's time for a supplement has run out.
    pub fn is_unanswered(&self, today: Date) -> bool {
        self.status == Status::Supplement && self.asked_until.is_some_and(|until| today > until)
    }

    /// Fluent key of what it is now, in the words for people: a refused dossier says so, handed out or not.
    pub fn state_key(&self) -> &'static str {
        state_key(self.status, self.outcome)
    }

    /// Its marks on a day.
    pub fn marks(&self, today: Date) -> Vec<Mark> {
        let handing = (self.offered_at.is_some(), self.papers_by.is_some());
        Mark::of(self.flags, self.status, self.asked_until, handing, today)
    }
}

/// Fluent key of a status with its outcome. The one place that puts it into words: lists, pages, look-ups, milestones and exports
/// say the same.
pub fn state_key(status: Status, outcome: Outcome) -> &'static str {
    match (status, outcome) {
        (Status::Decided, Outcome::Refused) => "dossier-status-refused",
        (Status::Returned, Outcome::Refused) => "dossier-status-refused-returned",
        _ => status.key(),
    }
}

/// Whom a dossier is about and who brought it; personal data, never in events or logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub owner_name: String,
    /// Citizen number or tax code, or the number of another paper ([`PaperKind`]).
    pub owner_number: String,
    pub owner_phone: String,
    pub owner_address: String,
    /// Who brought it, when not the owner.
    pub submitter_name: String,
    pub summary: String,
    /// Answers to the procedure's form, a JSON object of field → text.
    pub answers: String,
    /// What paper the number is of, where it is no Vietnamese number: a word of [`PaperKind`], else empty.
    pub owner_paper: String,
    /// Nationality as declared with such a paper, else empty.
    pub owner_nationality: String,
}

/// What paper a person is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperKind {
    /// A personal number or a tax code, told apart by its form.
    #[default]
    Number,
    /// A passport (Luật 47/2014/QH13 Điều 3: what a foreigner shows in its place too).
    Passport,
    /// Another paper that names a person.
    Other,
}

impl PaperKind {
    pub const ALL: [Self; 3] = [Self::Number, Self::Passport, Self::Other];

    /// As it is typed and kept; empty for Vietnamese numbers, so that what was kept before there were kinds stays as it is.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "",
            Self::Passport => "passport",
            Self::Other => "other",
        }
    }

    /// `citizen` and `tax` name a Vietnamese number too.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "citizen" | "tax" => Some(Self::Number),
            word => Self::ALL.into_iter().find(|kind| kind.as_str() == word),
        }
    }
}

impl Applicant {
    /// Digest of the personal data, kept in the first event: a row changed behind the program's back no longer matches.
    pub fn digest(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        for part in [
            &self.owner_name,
            &self.owner_number,
            &self.owner_phone,
            &self.owner_address,
            &self.submitter_name,
            &self.summary,
            &self.answers,
        ] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        // Came later: part of the digest where they are set, so that older digests still hold.
        if !self.owner_paper.is_empty() || !self.owner_nationality.is_empty() {
            for part in [&self.owner_paper, &self.owner_nationality] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        }
        let digest: [u8; 32] = hasher.finalize().into();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// One paper of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub code: String,
    pub name: String,
    pub required: bool,
    pub state: ComponentState,
    /// Its files in order: front and back of a card, the parts of a long paper. At most [`COMPONENT_FILES_MAX`].
    pub files: Vec<Id>,
}

/// Files of one paper: both sides of the cards of a whole family. A book comes as one PDF.
pub const COMPONENT_FILES_MAX: usize = 10;
/// Files of one dossier, with its supplements and results.
pub const DOSSIER_FILES_MAX: usize = 200;

/// How a component is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentState {
    #[default]
    Missing,
    /// On paper only.
    Paper,
    /// As a file: uploaded, or scanned at the counter.
    File,
    /// Taken from an earlier dossier of the same person ([`crate::reuse`]), not asked for again.
    Reused,
    /// Asked for in a case that this is not.
    NotApplicable,
}
base::closed_list!(ComponentState, {
    Missing => "missing",
    Paper => "paper",
    File => "file",
    Reused => "reused",
    NotApplicable => "not-applicable",
});

impl ComponentState {
    /// Whether something was handed in or stands in.
    pub fn is_there(self) -> bool {
        matches!(self, Self::Paper | Self::File | Self::Reused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_are_those_of_the_national_portal() {
        let codes: Vec<i64> = Status::ALL.iter().map(|status| status.code()).collect();
        assert_eq!(codes, (1..=10).collect::<Vec<_>>());
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
        assert_eq!(Status::from_code(0), None);
    }

    #[test]
    fn marks_are_bits_of_their_own_beyond_those_of_facts() {
        let marks = [
            mark::PAPER,
            mark::LATE,
            mark::ASKED_LATE,
            mark::HOLLOW,
            mark::SENT_BACK,
            mark::ASKED_AFTER_BACK,
            mark::SUPPLEMENTED,
            mark::BETWEEN_PAPER,
            mark::PUT_OFF,
            mark::MISROUTED,
            mark::TO_SUM_UP,
            mark::ON_PAPER,
            mark::PAPERS_BETWEEN,
            mark::LINKED,
            mark::CARRIED,
            mark::MISHAP,
            mark::DATE_MOVED,
            mark::WRITTEN,
        ];
        assert_eq!(marks.iter().fold(0, |all, mark| all ^ mark), mark::ALL);
        assert!(crate::flag::NAMES.iter().all(|(_, flag)| flag & mark::ALL == 0));
    }

    #[test]
    fn a_refused_dossier_says_refused_handed_out_or_not() {
        assert_eq!(state_key(Status::Decided, Outcome::Refused), "dossier-status-refused");
        assert_eq!(state_key(Status::Returned, Outcome::Refused), "dossier-status-refused-returned");
        for status in Status::ALL {
            assert_eq!(state_key(status, Outcome::Granted), status.key());
        }
    }

    #[test]
    fn the_digest_of_an_applicant_tells_apart_where_one_field_ends() {
        let one = Applicant { owner_name: "An".into(), owner_number: "Bình".into(), ..Applicant::default() };
        let other = Applicant { owner_name: "AnBình".into(), ..Applicant::default() };
        assert_ne!(one.digest(), other.digest());
        assert_eq!(one.digest(), one.clone().digest());
    }

    #[test]
    fn the_kind_of_paper_is_part_of_the_digest_only_where_there_is_one() {
        let before = Applicant { owner_name: "An".into(), ..Applicant::default() };
        assert_eq!(before.digest(), "e793b588ddb2fdf5288317a935295f3d");
        let passport = Applicant { owner_paper: "passport".into(), ..before.clone() };
        let told = Applicant { owner_nationality: "passport".into(), ..before.clone() };
        assert_ne!(passport.digest(), before.digest());
        assert_ne!(passport.digest(), told.digest());
    }
}
