//! One version of a procedure: everything an announcement decision lays down, as one value.
//!
//! A version is never changed once announced; a change of law is a new version with its own date of
//! effect. Dossiers keep the id of the version they were received under (decree 61/2018, art. 19).

use base::{Channel, Date, Dong, Id, Level, Limit, PausePolicy, Time};
use serde::{Deserialize, Serialize};

pub(crate) mod process;

pub use process::{ACTIONS, BRANCH_STEPS_MAX, BranchStep, Places, SIDES_MAX, Side, Step, StepUnit, Way};

/// A procedure as announced, in force on `[effective_from, effective_to)`.
///
/// The ids and dates live in columns of `procedure_version`; everything else is its JSON body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Version {
    /// Id of this version; what a dossier keeps.
    #[serde(skip)]
    pub id: Id,
    /// Id of the procedure, the same for all its versions.
    #[serde(skip)]
    pub procedure_id: Id,
    /// First day in force.
    #[serde(skip)]
    pub effective_from: Date,
    /// First day no longer in force; `None` while nothing has ended it.
    #[serde(skip)]
    pub effective_to: Option<Date>,
    /// Number of the decision that announced it, e.g. `163/QĐ-BTP`.
    #[serde(skip)]
    pub decision: String,
    /// Who wrote this version into the register.
    #[serde(skip)]
    pub origin: Origin,
    /// The announcement that decided it, where one did.
    #[serde(skip)]
    pub act: Option<Id>,

    /// National code, `1.001193`.
    pub code: String,
    /// Name as people know it, without the leading word "Thủ tục".
    pub name: String,
    /// Other words people search with; comma separated.
    pub keywords: String,
    /// Code of the field (lĩnh vực), kebab-case ASCII: `ho-tich`.
    pub field: String,
    /// Name of the field: `Hộ tịch`.
    pub field_name: String,
    /// Levels of local government that settle it; empty for procedures of ministries only.
    pub levels: Vec<Level>,
    /// Who settles it at the province, as the kebab-case name of the department: `so-xay-dung`.
    /// `None` when the communes settle it or the source does not say.
    pub department: Option<String>,
    /// Who may file it.
    pub applicants: Vec<String>,
    /// Ways of filing whose time limit is known; each has its own limit and fees.
    pub channels: Vec<ChannelTerms>,
    /// Ways of filing that exist but whose time limit the source leaves unclear. Nothing can be
    /// filed this way until the keeper announces a limit: a due date must never be guessed.
    pub unclear_channels: Vec<UnclearTerms>,
    /// Papers to hand in or show.
    pub components: Vec<Component>,
    /// Papers the applicant gets.
    pub results: Vec<ResultPaper>,
    /// Numbers of the legal documents it rests on.
    pub legal_bases: Vec<String>,
    /// Conditions to be met (yêu cầu, điều kiện), one a line.
    pub conditions: String,
    /// What the applicant and the office do, in order (trình tự thực hiện).
    pub sequence: Vec<String>,
    /// How much of it works online (decree 224/2025, art. 14).
    pub service_level: ServiceLevel,
    /// Whether fees can be paid online.
    pub payable_online: bool,
    /// Whether it is filed through the national public service portal.
    pub on_national_portal: bool,
    /// Which system settles it (decree 224/2025, art. 15).
    pub route: Route,
    /// Internal process, in order; the sum of norms stays within every channel's limit.
    pub process: Vec<Step>,
    /// Which step follows which, and when; nothing where the process is a line ([`crate::flow`]).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Way>,
    /// Where the shapes of its picture stand; nothing where the program lays them out. It makes no other process.
    #[serde(skip_serializing_if = "Places::is_empty")]
    pub places: Places,
    /// The interactive form.
    pub form: Form,
    /// Local time `15:00`: what is received later counts from the next working day. Only where the
    /// procedure itself says so.
    pub cut_off: Option<String>,
    /// What a supplement request does to the clock: the law restarts it (decree 61/2018 art. 19(4)),
    /// some sector laws let it resume.
    pub pause_policy: PausePolicy,
    /// Whether another agency that is asked for an opinion and keeps silent has consented; silence is no consent unless the
    /// procedure says so (decree 61/2018 art. 19(5)).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silence_consents: bool,
    /// Whether its result is a document that can be digitised and kept for reuse.
    pub yields_document: bool,
    /// Where the values come from, and which of them are unverified.
    pub source: String,
    /// What the import doubted; for the keeper to settle.
    pub remarks: Vec<String>,
    /// For whom it is: the people, other agencies, the Party.
    #[serde(skip_serializing_if = "is_unsaid")]
    pub sort: Sort,
    /// The limit the law sets, where the announced one may be shorter; none where nobody has said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statutory: Option<Limit>,
    /// Whether it can be done online and paid for, and by what that was found.
    #[serde(skip_serializing_if = "is_unsaid")]
    pub eligibility: Eligibility,
}

/// Keys that a version leaves out as long as nothing is said there: versions written before the keys were there keep their text.
pub(crate) const UNSAID: &[&str] = &["sort", "statutory", "eligibility", "ways", "places"];

/// For whom a procedure is. Each sort is a catalogue of its own; only the first is offered to people and counted among what is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// For people and businesses.
    #[default]
    Public,
    /// Between state agencies and inside them (thủ tục hành chính nội bộ; QĐ 1085/QĐ-TTg).
    Internal,
    /// Of the Party's committees and their staff bodies.
    Party,
}
base::closed_list!(Sort, { Public => "public", Internal => "internal", Party => "party" });

/// What a procedure counts for in the rates of services online and of online payment; unsaid: not looked at yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Eligibility {
    /// Fit to be done online from end to end (đủ điều kiện).
    pub online: Option<bool>,
    /// Carries a financial duty (nghĩa vụ tài chính).
    pub duty: Option<bool>,
    /// Why it is, or is not.
    pub reason: String,
    /// The decision or minutes that found it so.
    pub decision: String,
}

/// Who wrote a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The data files that come with the program.
    #[default]
    Shipped,
    /// The catalogue keeper, by an announcement decision.
    Announced,
    /// A file in the shape of the national catalogue.
    Imported,
}
base::closed_list!(Origin, { Shipped => "shipped", Announced => "announced", Imported => "imported" });

/// Time limit and fees of one way of filing: they differ by channel (national catalogue, CACHTHUCTHUCHIEN).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelTerms {
    pub channel: Channel,
    /// Longest time from valid intake to result.
    pub limit: Limit,
    /// The source's own words about the limit, where the bare limit is not the whole story.
    #[serde(default)]
    pub limit_text: String,
    /// Fees; one of 0 đồng when the source says free, none when it only speaks in words.
    #[serde(default)]
    pub fee: Vec<Fee>,
    /// The source's own words about fees: who is exempt, who sets the amount.
    #[serde(default)]
    pub fee_text: String,
}

impl ChannelTerms {
    /// Sum of the fees in đồng.
    pub fn fee_total(&self) -> Dong {
        Dong(self.fee.iter().map(|fee| fee.amount.0).sum())
    }
}

/// A way of filing whose limit is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnclearTerms {
    pub channel: Channel,
    /// What the source says, e.g. `1` with no unit.
    #[serde(default)]
    pub limit_text: String,
    #[serde(default)]
    pub fee: Vec<Fee>,
    #[serde(default)]
    pub fee_text: String,
}

/// One fee or charge (phí, lệ phí).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    pub name: String,
    /// In đồng.
    pub amount: Dong,
    #[serde(default)]
    pub note: String,
}

impl Fee {
    /// Stated to be free.
    pub fn free() -> Fee {
        Fee { name: "Lệ phí".to_owned(), amount: Dong(0), note: String::new() }
    }
}

/// One paper of the dossier (thành phần hồ sơ).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Stable within the procedure: `to-khai`, `giay-chung-sinh`.
    pub code: String,
    pub name: String,
    /// Number of originals to hand in or show.
    #[serde(default = "one")]
    pub originals: u16,
    /// Number of copies.
    #[serde(default)]
    pub copies: u16,
    /// `false` for papers needed only in some cases.
    #[serde(default = "yes")]
    pub required: bool,
    /// Whether a paper already in the applicant's data store or a national database may take its
    /// place (circular 01/2023/TT-VPCP).
    #[serde(default)]
    pub reusable: bool,
    /// For how many months after it was handed in a copy the office holds may stand in again: only for a lasting document
    /// of the owner in person (a card, a diploma), never for a paper of the case at hand (a birth notice, a plan). 0: it is
    /// handed in anew each time.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub lasting_months: u16,
    /// The case or heading it belongs to; empty for papers of every case.
    #[serde(default)]
    pub group: String,
}

fn one() -> u16 {
    1
}

fn yes() -> bool {
    true
}

// Versions written before the field was there keep their text.
fn is_unsaid<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One paper that comes out of the procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultPaper {
    /// National result code `KQ.G15.000031`; empty when the catalogue has none.
    #[serde(default)]
    pub code: String,
    pub name: String,
}

/// How much of a procedure works online (decree 42/2022 art. 11; decree 224/2025 art. 14).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceLevel {
    /// Only information is given online.
    #[default]
    InfoOnly,
    /// Một phần: the reason must be published.
    Partial(String),
    /// Toàn trình.
    Full,
}

impl ServiceLevel {
    /// Word used in addresses, facts and the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            ServiceLevel::InfoOnly => "info",
            ServiceLevel::Partial(_) => "partial",
            ServiceLevel::Full => "full",
        }
    }

    /// Whether anything can be filed online.
    pub fn is_online(&self) -> bool {
        !matches!(self, ServiceLevel::InfoOnly)
    }
}

/// Which system settles it (tuyến xử lý; decree 224/2025 art. 15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    #[default]
    Provincial,
    Ministry,
    National,
}
base::closed_list!(Route, { Provincial => "provincial", Ministry => "ministry", National => "national" });

/// The interactive form, one group a screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub groups: Vec<Group>,
}

impl Form {
    /// Every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups.iter().flat_map(|group| &group.fields)
    }
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub fields: Vec<Field>,
}

/// One question of the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Stable name of the answer, snake_case ASCII.
    pub name: String,
    pub label: String,
    #[serde(default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    /// Choices of a select.
    #[serde(default)]
    pub options: Vec<String>,
    /// Those of the choices after which the applicant's address must be known: what is sent needs somewhere to go.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub needs_address: Vec<String>,
    #[serde(default)]
    pub help: String,
    /// Longest answer in characters.
    #[serde(default = "text_len_max")]
    pub max_len: u16,
    /// A date that lies in the past or is today: a birth, a death.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub not_future: bool,
    /// The field with the personal number of the person whose birth or sex this is; empty for none. The two are compared.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub of: String,
}

/// Longest answer unless the field says otherwise; enough for a full address.
fn text_len_max() -> u16 {
    200
}

/// What kind of answer a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    #[default]
    Text,
    Date,
    Number,
    Select,
    Phone,
    CitizenNumber,
    Textarea,
}
base::closed_list!(FieldKind, {
    Text => "text",
    Date => "date",
    Number => "number",
    Select => "select",
    Phone => "phone",
    CitizenNumber => "citizen-number",
    Textarea => "textarea",
});

impl Version {
    /// The cases in which papers of their own are asked for, in order: the headings under which nothing is required of
    /// everybody. A heading with a required paper only sorts.
    pub fn cases(&self) -> Vec<&str> {
        let mut cases: Vec<&str> = Vec::new();
        for component in self.components.iter().filter(|component| !component.group.is_empty()) {
            let group = component.group.as_str();
            let some = self.components.iter().any(|other| other.group == group && other.required);
            if !some && !cases.contains(&group) {
                cases.push(group);
            }
        }
        cases
    }

    /// Terms of a channel, `None` when it cannot be filed that way.
    pub fn terms(&self, channel: Channel) -> Option<&ChannelTerms> {
        self.channels.iter().find(|terms| terms.channel == channel)
    }

    /// The cut-off hour as a time of day; `None` when there is none (rules refuse one that is not a time).
    pub fn cut_off_time(&self) -> Option<Time> {
        self.cut_off.as_deref().and_then(crate::rules::time_of_day)
    }

    /// In force on this day.
    pub fn in_force(&self, on: Date) -> bool {
        self.effective_from <= on && self.effective_to.is_none_or(|end| on < end)
    }

    /// Whether the source names this way of filing, its limit known or not.
    pub fn offers(&self, channel: Channel) -> bool {
        self.terms(channel).is_some() || self.unclear_channels.iter().any(|terms| terms.channel == channel)
    }

    /// Whether a dossier can be received here under it: it is settled in the province's system, has an
    /// approved internal process and a known limit.
    pub fn can_be_received(&self) -> bool {
        self.sort == Sort::Public
            && self.route == Route::Provincial
            && !self.process.is_empty()
            && !self.channels.is_empty()
    }

    /// Whether it can be filed online here.
    pub fn can_be_filed_online(&self) -> bool {
        self.can_be_received() && self.service_level.is_online() && self.terms(Channel::Online).is_some()
    }

    /// Whether some channel costs money.
    pub fn has_fee(&self) -> bool {
        self.channels.iter().any(|terms| terms.fee_total().0 > 0)
            || self.unclear_channels.iter().any(|terms| terms.fee.iter().any(|fee| fee.amount.0 > 0))
    }

    /// The lowest level that settles it, where it is counted as offered; only what is for people counts.
    pub fn counted_level(&self) -> Option<Level> {
        if self.sort != Sort::Public {
            return None;
        }
        [Level::Commune, Level::District, Level::Province].into_iter().find(|level| self.levels.contains(level))
    }
}
