//! A review of procedures: its state, its columns, what can happen to it and what is counted of it.

use crate::cost::Inputs;
use base::{Date, Id, Level};
use catalogue::Sort;
use facts::{Fact, Measure};
use organisation::Followed;
use records::{Column, DoesNotFollow, Due, Found, Link, Moment, Number, Subject, column};
use serde::{Deserialize, Serialize};

/// Where a review stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    Open,
    /// Handed to the Office with what is proposed.
    Submitted,
    Approved,
    Dropped,
}
base::closed_list!(State, {
    Open => "open",
    Submitted => "submitted",
    Approved => "approved",
    Dropped => "dropped",
});

/// Kinds of simplification (đơn giản hóa).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Simplified {
    /// A shorter limit.
    Time,
    /// Fewer papers, or fewer copies.
    Papers,
    /// It is given up.
    Abolished,
    /// One with others (liên thông).
    Linked,
    /// Fewer steps or conditions.
    Steps,
}
base::closed_list!(Simplified, {
    Time => "time",
    Papers => "papers",
    Abolished => "abolished",
    Linked => "linked",
    Steps => "steps",
});

/// What may be true of a procedure that was reviewed.
pub mod flag {
    /// Of another catalogue than the people's, as of decisions.
    pub const NOT_PUBLIC: i64 = crate::announcement::flag::NOT_PUBLIC;
    pub const SIMPLIFIED: i64 = 1 << 37;
    /// The first bit of the kinds, in their order.
    const KIND: i64 = 1 << 38;

    /// The bit of the n-th kind.
    pub const fn of_kind(n: usize) -> i64 {
        KIND << n
    }

    /// By the names that definitions use.
    pub const NAMES: &[(&str, i64)] = &[
        ("NOT_PUBLIC", NOT_PUBLIC),
        ("SIMPLIFIED", SIMPLIFIED),
        ("SHORTER", of_kind(0)),
        ("FEWER_PAPERS", of_kind(1)),
        ("ABOLISHED", of_kind(2)),
        ("LINKED", of_kind(3)),
        ("FEWER_STEPS", of_kind(4)),
    ];
    /// All of them.
    pub const ALL: i64 = NOT_PUBLIC | SIMPLIFIED | of_kind(0) | of_kind(1) | of_kind(2) | of_kind(3) | of_kind(4);
}

/// A procedure reviewed, on the day its review was approved.
pub static REVIEWED: Measure = Measure::again("procedure_reviewed").with(flag::ALL, flag::NAMES).cut(true, false);
const APART: &[(&str, i64)] = &[("NOT_PUBLIC", flag::NOT_PUBLIC)];
/// What complying costs in a year before, of what was reviewed.
pub static COST: Measure = Measure::dong("compliance_cost").with(flag::NOT_PUBLIC, APART).cut(true, false);
/// … and what of it is saved.
pub static SAVED: Measure = Measure::dong("compliance_saved").with(flag::NOT_PUBLIC, APART).cut(true, false);
/// Everything reviews are counted by.
pub const MEASURES: &[&Measure] = &[&REVIEWED, &COST, &SAVED];

/// The due of the review itself, and of the Office's decision about it.
pub const FINISH: &str = "review-finish";
/// The book of the numbers, by year.
pub const BOOK: &str = "review";
/// What a review points to its procedures by.
pub const REVIEWS: &str = "reviews";

/// One procedure of a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub n: i64,
    pub procedure: Id,
    pub code: String,
    pub name: String,
    pub field: String,
    #[serde(default)]
    pub sort: Sort,
    /// None until it was assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Assessed>,
}

/// What was found of a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    pub before: Inputs,
    pub after: Inputs,
    pub kinds: Vec<Simplified>,
    /// The income of an hour that both were computed with.
    pub hour_dong: i64,
    pub before_dong: i64,
    pub after_dong: i64,
}

impl Assessed {
    pub fn saved_dong(&self) -> i64 {
        self.before_dong - self.after_dong
    }
}

/// A review's state; see [`records::Subject`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    pub state: State,
    pub unit: Id,
    pub office: Id,
    pub level: String,
    pub author: Option<Id>,
    /// Everybody who began, assessed or submitted any of it: none of them approves it.
    pub writers: Vec<Id>,
    /// The day it was handed to the Office last: it is not approved before.
    pub submitted_on: Option<Date>,
    pub basis: String,
    pub until: Date,
    pub items: Vec<Item>,
    pub next_item: i64,
    pub decision: String,
    pub approved_on: Option<Date>,
    pub year: i64,
    pub n: i64,
}

/// What can happen; the name of each is the word of its verb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Begin {
        unit: Id,
        office: Id,
        level: Level,
        basis: String,
        until: Date,
        year: i64,
        n: i64,
    },
    Add {
        items: Vec<Item>,
    },
    Assess {
        item: i64,
        found: Assessed,
    },
    DropItem {
        item: i64,
    },
    Submit,
    GiveBack,
    Approve {
        decision: String,
        on: Date,
    },
    Drop,
    /// Agencies were reorganised: it goes on where the work of its units goes.
    Follow(Followed),
}

impl Review {
    /// The procedure of a number.
    pub fn item(&self, n: i64) -> Option<&Item> {
        self.items.iter().find(|item| item.n == n)
    }

    /// Whether somebody had a hand in it.
    pub fn is_by(&self, account: Option<Id>) -> bool {
        records::had_a_hand(account, self.author, &self.writers)
    }

    /// Before, and saved, in đồng a year.
    pub fn sums(&self) -> (i64, i64) {
        let found = || self.items.iter().filter_map(|item| item.found.as_ref());
        let sum = |of: fn(&Assessed) -> i64| found().map(of).fold(0, i64::saturating_add);
        (sum(|found| found.before_dong), sum(Assessed::saved_dong))
    }

    fn facts(&self, day: Date, moment: &Moment) -> Vec<Fact> {
        let level = self.level.parse().unwrap_or(Level::Province);
        let mut facts = Vec::new();
        for (item, found) in self.items.iter().filter_map(|item| Some((item, item.found.as_ref()?))) {
            let of = |measure| Fact {
                field: item.field.clone(),
                procedure: item.procedure,
                ..Fact::one(measure, day, (self.unit, level), moment.subject)
            };
            let kinds = Simplified::ALL.into_iter().enumerate().filter(|(_, kind)| found.kinds.contains(kind));
            let kinds: i64 = kinds.map(|(n, _)| flag::of_kind(n)).sum();
            let apart = if item.sort == Sort::Public { 0 } else { flag::NOT_PUBLIC };
            let flags = if kinds == 0 { apart } else { apart | flag::SIMPLIFIED | kinds };
            facts.push(Fact { flags, ..of(&REVIEWED) });
            for (measure, qty) in [(&COST, found.before_dong), (&SAVED, found.saved_dong())] {
                if qty != 0 {
                    facts.push(Fact { qty, flags: apart, ..of(measure) });
                }
            }
        }
        facts
    }
}

impl Subject for Review {
    const KIND: &'static str = "review";
    const TABLE: &'static str = "review";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let Some(before) = before else {
            let Event::Begin { unit, office, level, basis, until, year, n } = event else {
                return Err(DoesNotFollow("nothing was begun"));
            };
            let first = Review {
                unit: *unit,
                office: *office,
                level: level.as_str().to_owned(),
                author: moment.actor,
                writers: moment.actor.into_iter().collect(),
                basis: basis.clone(),
                until: *until,
                next_item: 1,
                year: *year,
                n: *n,
                ..Review::default()
            };
            return Ok((first, Vec::new()));
        };
        let (mut r, mut counted) = (before.clone(), Vec::new());
        if !matches!(event, Event::GiveBack | Event::Approve { .. } | Event::Drop | Event::Follow(_)) {
            r.writers.extend(moment.actor.filter(|account| !before.writers.contains(account)));
        }
        match event {
            Event::Begin { .. } => return Err(DoesNotFollow("begun twice")),
            Event::Add { items } => {
                r.items.extend(items.iter().cloned());
                r.next_item = r.items.iter().map(|item| item.n + 1).max().unwrap_or(1).max(r.next_item);
            }
            Event::Assess { item, found } => {
                let item = r.items.iter_mut().find(|known| known.n == *item).ok_or(DoesNotFollow("no such item"))?;
                item.found = Some(found.clone());
            }
            Event::DropItem { item } => r.items.retain(|known| known.n != *item),
            Event::Submit => (r.state, r.submitted_on) = (State::Submitted, Some(moment.at.date())),
            Event::GiveBack => r.state = State::Open,
            Event::Drop => r.state = State::Dropped,
            Event::Follow(followed) => r.unit = followed.to(r.unit),
            Event::Approve { decision, on } => {
                r.state = State::Approved;
                r.decision.clone_from(decision);
                r.approved_on = Some(*on);
                counted = r.facts(*on, moment);
            }
        }
        Ok((r, counted))
    }

    fn dues(&self) -> Vec<Due> {
        let due = Due::by_evening(FINISH, self.unit, self.until);
        if self.state == State::Open { vec![due] } else { Vec::new() }
    }

    fn links(&self) -> Vec<Link> {
        self.items.iter().map(|item| Link { name: REVIEWS, other: item.procedure }).collect()
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }

    fn found(&self) -> Found {
        Found { words: &["title"], units: vec![self.unit, self.office], ..Found::default() }
    }
}

/// Every column.
const COLUMNS: &[Column<Review>] = &[
    column!("state", word state),
    column!("unit_id", unit),
    column!("office_id", office),
    column!("level", level),
    column!("author_id", author),
    column!("writers", list writers),
    column!("submitted_on", submitted_on),
    column!("basis", basis),
    column!("until", until),
    column!("items", list items),
    column!("next_item", next_item),
    column!("decision", decision),
    column!("approved_on", approved_on),
    column!("year", year),
    column!("n", n),
];

/// The code of a number: `RS26-000012`.
pub fn code(year: i64, n: i64) -> String {
    format!("RS{:02}-{n:06}", year % 100)
}
