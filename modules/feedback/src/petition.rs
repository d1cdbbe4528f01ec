//! A petition: its state, its columns, what can happen to it.

use ::store::{Row, StoreError, Value};
use base::{Id, Instant, Level};
use files::Seal;
use organisation::Followed;
use records::{Approval, Column, Due, Link, Number, column};
use serde::{Deserialize, Serialize};

/// Where a petition stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Sent; nobody has sorted it.
    #[default]
    New,
    /// Lies with the unit that answers.
    Handling,
    /// The sender was asked for more.
    Asked,
    /// Goes with another about the same matter, and is answered with it.
    Joined,
    /// An answer is on its way up.
    Drafted,
    /// The head has approved the answer; the sender sees it.
    Answered,
    /// Everybody sees it, without personal data.
    Published,
    /// Answered, and kept from the public for a reason.
    Kept,
    /// Not taken up, for a reason.
    Refused,
    /// A complaint or denunciation: it goes the way of its own law.
    HandedOver,
    /// Taken back by the sender.
    Withdrawn,
}
base::closed_list!(State, {
    New => "new",
    Handling => "handling",
    Asked => "asked",
    Joined => "joined",
    Drafted => "drafted",
    Answered => "answered",
    Published => "published",
    Kept => "kept",
    Refused => "refused",
    HandedOver => "handed-over",
    Withdrawn => "withdrawn",
});

/// In which a petition goes along with its units ([`crate::moving`]), which is nobody's act: somebody still has to do something, or may reopen it.
pub(crate) const FOLLOWING: &[State] = &[
    State::New,
    State::Handling,
    State::Asked,
    State::Joined,
    State::Drafted,
    State::Answered,
    State::Published,
    State::Kept,
];

/// How petitions come in; the place in the list is the number in facts.
pub const CHANNELS: &[&str] = &["counter", "portal", "post", "phone", "press"];
/// What a petition is, once somebody has looked at it (NĐ 20/2008/NĐ-CP Điều 5).
pub const CLASSES: &[&str] = &["rule", "conduct", "place", "other"];
/// Where a complaint or denunciation goes (Luật Khiếu nại 02/2011/QH13; Luật Tố cáo 25/2018/QH14).
pub const TRACKS: &[&str] = &["complaint", "denunciation"];

/// A petition's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Petition {
    pub state: State,
    pub channel: String,
    /// One of [`CLASSES`]; empty before it is sorted.
    pub class: String,
    /// What it is about: a word of `data/feedback/subjects.toml`.
    pub topic: String,
    /// The commune it is about.
    pub area: Option<Id>,
    /// The unit it complains of: nobody of it, or below it, ever sees it.
    pub concerned: Option<Id>,
    /// The dossier it is about, as far as whoever sent it said.
    pub dossier: Option<Id>,
    /// Where it came in.
    pub intake: Id,
    /// Where it lies.
    pub unit: Id,
    /// The level of that unit, for the figures; empty before it is sorted.
    pub level: String,
    /// The agency whose head answers.
    pub approver: Option<Id>,
    pub handler: Option<Id>,
    /// The account it was sent from.
    pub account: Option<Id>,
    /// Digest of the key that whoever sent it has.
    pub key_hash: String,
    pub year: i64,
    pub n: i64,
    pub sent_at: Instant,
    pub sort_due_at: Instant,
    /// Until when more may be asked for.
    pub ask_until: Option<Instant>,
    pub answer_due_at: Option<Instant>,
    /// How that was counted ([`base::calendar::Basis`]).
    pub answer_basis: String,
    pub asked_at: Option<Instant>,
    /// Until when the sender is waited for.
    pub supply_until: Option<Instant>,
    pub drafted_by: Option<Id>,
    /// Who must say yes to the draft; none without one, and for drafts from before there were chains.
    pub approval: Option<Approval>,
    /// The one it goes with, or was answered with.
    pub lead: Option<Id>,
    pub answered_at: Option<Instant>,
    pub publish_due_at: Option<Instant>,
    pub reopen_until: Option<Instant>,
    pub published_at: Option<Instant>,
    /// One of [`TRACKS`] once it is handed over.
    pub track: String,
    pub score: Option<i64>,
    pub reopened: i64,
}

impl Petition {
    /// The number of its channel in facts.
    pub fn channel_number(&self) -> i64 {
        CHANNELS.iter().position(|word| *word == self.channel).map_or(0, |place| place as i64 + 1)
    }

    /// The level in facts.
    pub fn at_level(&self) -> Level {
        self.level.parse().unwrap_or(Level::Province)
    }
}

/// A petition as it was sent in. Words about people stand beside the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub channel: String,
    pub topic: String,
    pub area: Option<Id>,
    pub concerned: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<Id>,
    pub intake: Id,
    pub account: Option<Id>,
    pub key_hash: String,
    pub year: i64,
    pub n: i64,
    pub sort_due_at: Instant,
    pub pictures: Vec<Seal>,
}

/// Where a petition is worked on, and until when it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub unit: Id,
    pub level: Level,
    pub ask_until: Instant,
    pub answer_due_at: Instant,
    pub answer_basis: String,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    /// Sent from the portal.
    Send(Sent),
    /// Taken in by an official: counter, post, phone, press.
    Take(Sent),
    Sort {
        class: String,
        topic: String,
        placed: Placed,
    },
    Refuse,
    /// It complains of a unit, as somebody saw who looked at it: up to the agency above that unit, to be sorted there.
    Raise {
        concerned: Id,
        unit: Id,
    },
    HandOver {
        track: String,
    },
    Forward {
        placed: Placed,
    },
    TakeOn,
    /// Given to somebody by the head of the unit.
    Assign {
        handler: Id,
    },
    /// Goes with another from now on.
    Join {
        lead: Id,
    },
    /// Stands by itself again.
    Part,
    /// The answer of the one it goes with was approved.
    AnswerWith {
        reopen_until: Instant,
    },
    Ask {
        supply_until: Instant,
    },
    Supply {
        answer_due_at: Instant,
        answer_basis: String,
        pictures: Vec<Seal>,
    },
    /// The sender did not answer in time; it goes on with what is there.
    GoOn {
        answer_due_at: Instant,
        answer_basis: String,
    },
    Draft {
        approver: Id,
        /// Who must say yes, from below: verb and unit. None before version 2: the head alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rungs: Vec<(String, Id)>,
    },
    /// The head of the division says yes.
    Endorse,
    Return,
    Approve {
        publish_due_at: Instant,
        reopen_until: Instant,
        /// There was nobody any more to say the yes below.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passed: bool,
    },
    Publish,
    Keep,
    Rate {
        score: i64,
    },
    Reopen {
        placed: Placed,
    },
    Withdraw,
    /// Agencies were reorganised: it goes on where the work of its units goes, or, where that is whom it complains of,
    /// with the agency above.
    Follow {
        #[serde(flatten)]
        followed: Followed,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<Id>,
    },
}

/// A word read back; one that stands for nothing is a fault of the row.
fn state_of(row: &Row) -> Result<State, StoreError> {
    let word: String = row.get("state")?;
    State::read(&word).ok_or_else(|| StoreError::Column { column: "state".to_owned(), problem: word })
}

/// Every column.
pub const COLUMNS: &[Column<Petition>] = &[
    Column {
        name: "state",
        get: |p| Value::from(p.state.as_str()),
        set: |p, row| {
            p.state = state_of(row)?;
            Ok(())
        },
    },
    column!("channel", channel),
    column!("class", class),
    column!("topic", topic),
    column!("area_id", area),
    column!("concerned_id", concerned),
    column!("dossier_id", dossier),
    column!("intake_id", intake),
    column!("unit_id", unit),
    column!("level", level),
    column!("approver_id", approver),
    column!("handler_id", handler),
    column!("account_id", account),
    column!("key_hash", key_hash),
    column!("year", year),
    column!("n", n),
    column!("sent_at", sent_at),
    column!("sort_due_at", sort_due_at),
    column!("ask_until", ask_until),
    column!("answer_due_at", answer_due_at),
    column!("answer_basis", answer_basis),
    column!("asked_at", asked_at),
    column!("supply_until", supply_until),
    column!("drafted_by", drafted_by),
    Column {
        name: "approval",
        get: |p| Approval::cell(p.approval.as_ref()),
        set: |p, row| {
            p.approval = Approval::read(row, "approval")?;
            Ok(())
        },
    },
    column!("lead_id", lead),
    column!("answered_at", answered_at),
    column!("publish_due_at", publish_due_at),
    column!("reopen_until", reopen_until),
    column!("published_at", published_at),
    column!("track", track),
    column!("score", score),
    column!("reopened", reopened),
];

/// The names a petition owes something by.
pub mod due {
    pub const SORT: &str = "petition-sort";
    pub const SORT_BY_HEAD: &str = "petition-sort-by-head";
    pub const ANSWER: &str = "petition-answer";
    pub const FOLLOW_UP: &str = "petition-follow-up";
    pub const ENDORSE: &str = "petition-endorse";
    pub const APPROVE: &str = "petition-approve";
    pub const PUBLISH: &str = "petition-publish";
}

/// The book of the numbers, by year.
pub const BOOK: &str = "petition";

/// What a petition owes in a state: one thing at a time.
pub fn dues(p: &Petition) -> Vec<Due> {
    let one = |name, unit, holder, at: Option<Instant>| {
        at.map(|at| Due { name, unit, holder, at, part: 0 }).into_iter().collect::<Vec<_>>()
    };
    let head = p.approver.unwrap_or(p.unit);
    match p.state {
        // One that complains of a unit is sorted by the head above it, not at a desk.
        State::New if p.concerned.is_some() => one(due::SORT_BY_HEAD, p.unit, None, Some(p.sort_due_at)),
        State::New => one(due::SORT, p.unit, None, Some(p.sort_due_at)),
        State::Handling | State::Joined => one(due::ANSWER, p.unit, p.handler, p.answer_due_at),
        State::Asked => one(due::FOLLOW_UP, p.unit, p.handler, p.supply_until),
        State::Drafted => match (&p.approval, p.answer_due_at) {
            (Some(approval), Some(at)) => approval.due(due_of, at).into_iter().collect(),
            _ => one(due::APPROVE, head, None, p.answer_due_at),
        },
        State::Answered => one(due::PUBLISH, head, None, p.publish_due_at),
        State::Published | State::Kept | State::Refused | State::HandedOver | State::Withdrawn => Vec::new(),
    }
}

/// The due of a yes.
fn due_of(verb: &str) -> &'static str {
    if verb == "endorse" { due::ENDORSE } else { due::APPROVE }
}

/// The unit it complains of, the petition it goes with, and the dossier it is about.
pub fn links(p: &Petition) -> Vec<Link> {
    let all = [("concerns", p.concerned), ("goes-with", p.lead), ("about", p.dossier)];
    all.into_iter().filter_map(|(name, other)| Some(Link { name, other: other? })).collect()
}

/// Its running number.
pub fn number(p: &Petition) -> Option<Number> {
    Some(Number { book: BOOK, period: p.year, n: p.n })
}

/// The code of a number: `PA26-000123`.
pub fn code(year: i64, n: i64) -> String {
    format!("PA{:02}-{n:06}", year % 100)
}
