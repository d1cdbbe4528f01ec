//! An announcement decision: its state, its columns, what can happen to it and what is counted of it.

use crate::line::{Does, Line};
use base::{Date, Id, Instant, Level};
use catalogue::Sort;
use facts::{Fact, Measure};
use files::Seal;
use organisation::Followed;
use records::{Column, DoesNotFollow, Due, Found, Link, Moment, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// Where a decision stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Draft,
    /// Handed to the Office.
    Submitted,
    /// Signed, and in force in the catalogue from its day.
    Issued,
    /// Posted: on the portal and in the national database.
    Posted,
    /// Given up before it was issued.
    Dropped,
}
base::closed_list!(State, {
    Draft => "draft",
    Submitted => "submitted",
    Issued => "issued",
    Posted => "posted",
    Dropped => "dropped",
});

/// What may be true of a line that was announced or posted.
pub mod flag {
    /// In time: announced five working days before the legal text takes effect; posted within five after the decision.
    pub const ON_TIME: i64 = 16;
    /// The day on which the legal text takes effect is known, so that its announcement can be in time.
    pub const LAW_DATED: i64 = 1 << 30;
    pub const LINE_NEW: i64 = 1 << 31;
    pub const LINE_ENDED: i64 = 1 << 32;
    /// With every part that NĐ 63/2010/NĐ-CP Điều 8 asks for.
    pub const FULL_PARTS: i64 = 1 << 33;
    /// Of another catalogue than the people's.
    pub const NOT_PUBLIC: i64 = 1 << 34;
    /// Given from the province to the communes.
    pub const DELEGATED: i64 = 1 << 43;

    /// By the names that definitions use.
    pub const NAMES: &[(&str, i64)] = &[
        ("ON_TIME", ON_TIME),
        ("LAW_DATED", LAW_DATED),
        ("LINE_NEW", LINE_NEW),
        ("LINE_ENDED", LINE_ENDED),
        ("FULL_PARTS", FULL_PARTS),
        ("NOT_PUBLIC", NOT_PUBLIC),
        ("DELEGATED", DELEGATED),
    ];
}

/// One for each line of a decision, on the day it was signed.
pub static ANNOUNCED: Measure = Measure::again("procedure_announced")
    .with(
        flag::ON_TIME | flag::LAW_DATED | flag::LINE_NEW | flag::LINE_ENDED | flag::NOT_PUBLIC | flag::DELEGATED,
        flag::NAMES,
    )
    .cut(true, false);
/// One for each line posted, for the day its decision was signed: a share of what was announced in the same time.
pub static POSTED: Measure = Measure::again("procedure_posted")
    .with(
        flag::ON_TIME | flag::FULL_PARTS | flag::LINE_NEW | flag::LINE_ENDED | flag::NOT_PUBLIC | flag::DELEGATED,
        flag::NAMES,
    )
    .cut(true, false);
/// Everything decisions are counted by.
pub const MEASURES: &[&Measure] = &[&ANNOUNCED, &POSTED];

/// The due of the Office's decision, and of its posting.
pub const ISSUE: &str = "announcement-issue";
pub const POST: &str = "announcement-post";
/// The book of the numbers, by year.
pub const BOOK: &str = "announcement";
/// What a decision points to the procedures of its lines by.
pub const ANNOUNCES: &str = "announces";

/// A decision's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Announcement {
    pub state: State,
    /// The catalogue it is about: its lines are of no other.
    pub sort: Sort,
    pub unit: Id,
    pub office: Id,
    pub level: String,
    pub author: Option<Id>,
    /// Everybody who prepared, wrote or submitted any of it: none of them issues it.
    pub writers: Vec<Id>,
    /// The day it was handed to the Office last: it is not signed before.
    pub submitted_on: Option<Date>,
    /// Who signs: "Chủ tịch UBND tỉnh".
    pub authority: String,
    pub law: String,
    pub law_from: Option<Date>,
    /// The day from which its lines hold.
    pub effective_from: Date,
    pub lines: Vec<Line>,
    pub next_line: i64,
    pub number: String,
    pub signed_on: Option<Date>,
    pub announce_by: Option<Date>,
    pub post_by: Option<Date>,
    pub entered_on: Option<Date>,
    pub posted_at: Option<Instant>,
    pub year: i64,
    pub n: i64,
}

/// What the head of a decision says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub sort: Sort,
    pub authority: String,
    pub law: String,
    pub law_from: Option<Date>,
    pub effective_from: Date,
}

/// What became of a line when it was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub n: i64,
    pub procedure: Id,
    pub version: Option<Id>,
    pub missing: Vec<String>,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Prepare {
        unit: Id,
        office: Id,
        level: Level,
        head: Head,
        year: i64,
        n: i64,
    },
    Amend {
        head: Head,
    },
    /// Procedures that are there already, to be changed or ended.
    Add {
        lines: Vec<Line>,
    },
    /// A procedure that is not there yet; its version stands beside.
    AddNew {
        line: Line,
    },
    /// The version of a line, beside.
    Write {
        line: Line,
    },
    DropLine {
        line: i64,
    },
    Submit {
        announce_by: Option<Date>,
    },
    GiveBack,
    Issue {
        number: String,
        signed_on: Date,
        announce_by: Option<Date>,
        /// None of the Party's, which is not posted.
        post_by: Option<Date>,
        done: Vec<Done>,
        papers: Vec<Seal>,
    },
    Enter {
        on: Date,
    },
    Post,
    Drop,
    /// Agencies were reorganised: it goes on where the work of its units goes.
    Follow(Followed),
}

impl Event {
    /// Whether it changes what is decided, or hands it on.
    fn writes(&self) -> bool {
        let others = matches!(self, Event::Issue { .. } | Event::Enter { .. } | Event::Post | Event::Follow(_));
        !others && !matches!(self, Event::GiveBack | Event::Drop)
    }
}

impl Announcement {
    fn headed(self, head: &Head) -> Announcement {
        Announcement {
            sort: head.sort,
            authority: head.authority.clone(),
            law: head.law.clone(),
            law_from: head.law_from,
            effective_from: head.effective_from,
            ..self
        }
    }

    /// Whether somebody had a hand in it.
    pub fn is_by(&self, account: Option<Id>) -> bool {
        records::had_a_hand(account, self.author, &self.writers)
    }

    /// The line of a number.
    pub fn line(&self, n: i64) -> Option<&Line> {
        self.lines.iter().find(|line| line.n == n)
    }

    /// Whether it was signed in time for the legal text; none where nobody said when that takes effect.
    pub fn announced_on_time(&self) -> Option<bool> {
        Some(self.signed_on? <= self.announce_by?)
    }

    /// Whether it was posted in time; none while it is not.
    pub fn posted_on_time(&self) -> Option<bool> {
        Some(self.posted_at?.date() <= self.post_by?)
    }

    fn facts(&self, measure: &'static Measure, moment: &Moment, flags: impl Fn(&Line) -> i64) -> Vec<Fact> {
        let (Some(day), level) = (self.signed_on, self.level.parse().unwrap_or(Level::Province)) else {
            return Vec::new();
        };
        let shared = if self.sort == Sort::Public { 0 } else { flag::NOT_PUBLIC };
        let one = |line: &Line| {
            let does = match line.does {
                Does::New => flag::LINE_NEW,
                Does::Change => 0,
                Does::End => flag::LINE_ENDED,
                Does::Delegate => flag::DELEGATED,
            };
            Fact {
                field: line.field.clone(),
                flags: shared | does | flags(line),
                procedure: line.procedure.unwrap_or(Id(0)),
                ..Fact::one(measure, day, (self.unit, level), moment.subject)
            }
        };
        self.lines.iter().map(one).collect()
    }

    fn with(&mut self, line: &Line, written: i64) {
        self.next_line = self.next_line.max(line.n + 1);
        self.lines.push(Line { written, ..line.clone() });
    }
}

impl Subject for Announcement {
    const KIND: &'static str = "announcement";
    const TABLE: &'static str = "announcement";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Prepare { unit, office, level, head, year, n } = event else {
                return Err(DoesNotFollow("nothing was prepared"));
            };
            let first = Announcement {
                unit: *unit,
                office: *office,
                level: level.as_str().to_owned(),
                author: moment.actor,
                writers: moment.actor.into_iter().collect(),
                next_line: 1,
                year: *year,
                n: *n,
                ..Announcement::default()
            };
            return Ok((first.headed(head), Vec::new()));
        };
        let (mut a, mut counted) = (before.clone(), Vec::new());
        if event.writes() {
            a.writers.extend(moment.actor.filter(|account| !before.writers.contains(account)));
        }
        match event {
            Event::Prepare { .. } => return Err(DoesNotFollow("prepared twice")),
            Event::Amend { head } => a = Announcement { announce_by: None, ..a.headed(head) },
            Event::Add { lines } => lines.iter().for_each(|line| a.with(line, 0)),
            Event::AddNew { line } => a.with(line, moment.n),
            Event::Write { line } => {
                let at = a.lines.iter_mut().find(|known| known.n == line.n).ok_or(DoesNotFollow("no such line"))?;
                *at = Line { written: moment.n, ..line.clone() };
            }
            Event::DropLine { line } => a.lines.retain(|known| known.n != *line),
            Event::Submit { announce_by } => {
                (a.state, a.announce_by) = (State::Submitted, *announce_by);
                a.submitted_on = Some(moment.at.date());
            }
            // Counted anew when it is handed on again.
            Event::GiveBack => (a.state, a.announce_by) = (State::Draft, None),
            Event::Drop => a.state = State::Dropped,
            Event::Follow(followed) => a.unit = followed.to(a.unit),
            Event::Enter { on } => a.entered_on = Some(*on),
            Event::Issue { number, signed_on, announce_by, post_by, done, .. } => {
                a.state = State::Issued;
                a.number.clone_from(number);
                (a.signed_on, a.announce_by, a.post_by) = (Some(*signed_on), *announce_by, *post_by);
                for line in &mut a.lines {
                    let done = done.iter().find(|done| done.n == line.n).ok_or(DoesNotFollow("a line left out"))?;
                    (line.procedure, line.version) = (Some(done.procedure), done.version);
                    line.missing.clone_from(&done.missing);
                }
                let dated = if a.announce_by.is_some() { flag::LAW_DATED } else { 0 };
                let timely = if a.announced_on_time() == Some(true) { flag::ON_TIME } else { 0 };
                counted = a.facts(&ANNOUNCED, moment, |_| dated | timely);
            }
            Event::Post => {
                (a.state, a.posted_at) = (State::Posted, Some(moment.at));
                let timely = if a.posted_on_time() == Some(true) { flag::ON_TIME } else { 0 };
                let whole = |line: &Line| line.does != Does::End && line.missing.is_empty();
                counted = a.facts(&POSTED, moment, |line| timely | if whole(line) { flag::FULL_PARTS } else { 0 });
            }
        }
        Ok((a, counted))
    }

    fn dues(&self) -> Vec<Due> {
        let due = |name, day: Date| Due::by_evening(name, self.office, day);
        let due = match self.state {
            State::Submitted => self.announce_by.map(|day| due(ISSUE, day)),
            State::Issued => self.post_by.map(|day| due(POST, day)),
            _ => None,
        };
        due.into_iter().collect()
    }

    fn links(&self) -> Vec<Link> {
        let procedures = self.lines.iter().filter_map(|line| line.procedure);
        procedures.map(|other| Link { name: ANNOUNCES, other }).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title"], units: vec![self.unit, self.office], ..Found::default() }
    }

    fn seals(event: &Event) -> &[Seal] {
        match event {
            Event::Issue { papers, .. } => papers,
            _ => &[],
        }
    }
}

/// Every column.
const COLUMNS: &[Column<Announcement>] = &[
    column!("state", word state),
    column!("sort", word sort),
    column!("unit_id", unit),
    column!("office_id", office),
    column!("level", level),
    column!("author_id", author),
    column!("writers", list writers),
    column!("submitted_on", submitted_on),
    column!("authority", authority),
    column!("law", law),
    column!("law_from", law_from),
    column!("effective_from", effective_from),
    column!("lines", list lines),
    column!("next_line", next_line),
    column!("number", number),
    column!("signed_on", signed_on),
    column!("announce_by", announce_by),
    column!("post_by", post_by),
    column!("entered_on", entered_on),
    column!("posted_at", posted_at),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `CB26-000012`.
pub fn code(year: i64, n: i64) -> String {
    format!("CB{:02}-{n:06}", year % 100)
}
