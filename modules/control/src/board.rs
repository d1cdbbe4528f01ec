//! The Office's board over all procedures: what is asked of each, as one list of questions. A number on the board is the length of the
//! list it opens to: both are the same function.

use crate::announcement::{Announcement, State as Stage};
use crate::days::working_days_after;
use crate::line::{Does, is_provincial};
use crate::review::{Item, Review};
use base::calendar::Calendar;
use base::{Date, Id};
use catalogue::{Shelf, Sort, Version};
use records::Held;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A question whose answer is a list of procedures; the word is in addresses, its words are `control-ask-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    InForce,
    Announced,
    AnnouncedLate,
    AnnouncedUndated,
    Waiting,
    WaitingLate,
    Unposted,
    PostedLate,
    NotInFull,
    Delegated,
    Provincial,
    TimeCut,
    Unreviewed,
    Simplified,
    OneStop,
    NotOneStop,
    Eligible,
    Ineligible,
    Unjudged,
    Duty,
    Internal,
    InternalUnposted,
    Party,
}
base::closed_list!(Ask, {
    InForce => "in-force",
    Announced => "announced",
    AnnouncedLate => "announced-late",
    AnnouncedUndated => "announced-undated",
    Waiting => "waiting",
    WaitingLate => "waiting-late",
    Unposted => "unposted",
    PostedLate => "posted-late",
    NotInFull => "not-in-full",
    Delegated => "delegated",
    Provincial => "provincial",
    TimeCut => "time-cut",
    Unreviewed => "unreviewed",
    Simplified => "simplified",
    OneStop => "one-stop",
    NotOneStop => "not-one-stop",
    Eligible => "eligible",
    Ineligible => "ineligible",
    Unjudged => "unjudged",
    Duty => "duty",
    Internal => "internal",
    InternalUnposted => "internal-unposted",
    Party => "party",
});

/// Why a procedure is in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Nothing,
    /// A decision, by its code and what it is known as, and the working days it is late.
    Decision {
        code: String,
        number: String,
        late_days: i64,
    },
    /// Parts that are missing.
    Parts(Vec<String>),
    /// What is cut of the law's time, in hundredths of a percent.
    Cut(i64),
    /// What somebody wrote.
    Said(String),
}

/// A procedure in a list.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Id,
    pub code: String,
    pub name: String,
    pub field_name: String,
    pub why: Why,
}

/// Everything the board is computed of, as it stood in one reading.
pub struct Board {
    pub shelf: Arc<Shelf>,
    pub calendar: Calendar,
    pub today: Date,
    /// Decisions signed in the period.
    pub signed: Vec<Held<Announcement>>,
    /// Decisions that are not posted yet.
    pub on_the_way: Vec<Held<Announcement>>,
    /// Decisions posted at any time, for what is published.
    pub posted: HashSet<Id>,
    /// Approved reviews, the latest first.
    pub reviews: Vec<Held<Review>>,
    /// The first day of the period.
    pub from: Date,
}

fn of(version: &Version, why: Why) -> Row {
    Row {
        id: version.procedure_id,
        code: version.code.clone(),
        name: version.name.clone(),
        field_name: version.field_name.clone(),
        why,
    }
}

impl Board {
    fn public(&self) -> Vec<Arc<Version>> {
        self.shelf.all(self.today)
    }

    /// Procedures in force that fit, each with why.
    fn those(&self, sort: Sort, why: impl Fn(&Version) -> Option<Why>) -> Vec<Row> {
        let all = self.shelf.all_of(sort, self.today);
        all.iter().filter_map(|version| Some(of(version, why(version)?))).collect()
    }

    /// Procedures of decisions, each once: of several decisions about one the first that `why` takes.
    fn announced(&self, decisions: &[Held<Announcement>], why: impl Fn(&Announcement) -> Option<i64>) -> Vec<Row> {
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        for held in decisions.iter().filter(|held| held.state.sort == Sort::Public) {
            let Some(late_days) = why(&held.state) else { continue };
            for line in held.state.lines.iter().filter(|line| seen.insert(line.code.clone())) {
                let known = self.shelf.versions_of(&line.code).last();
                let number = if held.state.number.is_empty() { held.code.clone() } else { held.state.number.clone() };
                rows.push(Row {
                    id: known.map_or(Id(line.n), |version| version.procedure_id),
                    code: line.code.clone(),
                    name: line.name.clone(),
                    field_name: known.map(|version| version.field_name.clone()).unwrap_or_default(),
                    why: Why::Decision { code: held.code.clone(), number, late_days },
                });
            }
        }
        rows
    }

    fn late(&self, last: Option<Date>, on: Date) -> Option<i64> {
        last.filter(|last| *last < on).map(|last| working_days_after(&self.calendar, last, on))
    }

    /// Reviews approved in the period.
    fn approved(&self) -> impl Iterator<Item = &Held<Review>> {
        self.reviews
            .iter()
            .filter(|held| held.state.approved_on.is_some_and(|day| self.from <= day && day <= self.today))
    }

    /// People's procedures that a review approved in the period simplifies, each once, with the review's code: those given up too, which
    /// are in force no more.
    fn simplified(&self) -> Vec<Row> {
        let mut seen = HashSet::new();
        let items = self.approved().flat_map(|held| held.state.items.iter().map(move |item| (held, item)));
        let simplified = items.filter(|(_, item)| item.found.as_ref().is_some_and(|found| !found.kinds.is_empty()));
        let public = simplified.filter(|(_, item)| item.sort == Sort::Public && seen.insert(item.procedure));
        let row = |(held, item): (&Held<Review>, &Item)| Row {
            id: item.procedure,
            code: item.code.clone(),
            name: item.name.clone(),
            field_name: self.shelf.versions_of(&item.code).last().map(|v| v.field_name.clone()).unwrap_or_default(),
            why: Why::Said(held.code.clone()),
        };
        public.map(row).collect()
    }

    fn reviewed(&self) -> HashSet<Id> {
        self.approved().flat_map(|held| held.state.items.iter().map(|item| item.procedure)).collect()
    }

    /// The procedures that a question asks for.
    pub fn rows(&self, ask: Ask) -> Vec<Row> {
        let public = |why: &dyn Fn(&Version) -> Option<Why>| self.those(Sort::Public, why);
        let if_so = |so: bool| so.then_some(Why::Nothing);
        let reason = |version: &Version| {
            let said = [&version.eligibility.reason, &version.eligibility.decision].map(String::as_str);
            Why::Said(said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · "))
        };
        match ask {
            Ask::InForce => public(&|_| Some(Why::Nothing)),
            Ask::Announced => self.announced(&self.signed, |_| Some(0)),
            Ask::AnnouncedLate => self.announced(&self.signed, |a| self.late(a.announce_by, a.signed_on?)),
            Ask::AnnouncedUndated => self.announced(&self.signed, |a| a.announce_by.is_none().then_some(0)),
            Ask::Waiting => self.announced(&self.on_the_way, |a| (a.state != Stage::Issued).then_some(0)),
            Ask::WaitingLate => self.announced(&self.on_the_way, |a| {
                (a.state != Stage::Issued).then(|| self.late(self.announce_by(a), self.today)).flatten()
            }),
            Ask::Unposted => self.announced(&self.on_the_way, |a| {
                (a.state == Stage::Issued).then(|| self.late(a.post_by, self.today).unwrap_or(0))
            }),
            Ask::PostedLate => self.announced(&self.signed, |a| self.late(a.post_by, a.posted_at?.date())),
            Ask::NotInFull => self.not_in_full(),
            Ask::Delegated => self.delegated(),
            Ask::Provincial => public(&|v| if_so(is_provincial(v))),
            Ask::TimeCut => {
                public(&|v| v.cut().filter(|cut| cut.basis_points > 0).map(|cut| Why::Cut(cut.basis_points)))
            }
            Ask::Unreviewed => {
                let reviewed = self.reviewed();
                public(&|v| if_so(!reviewed.contains(&v.procedure_id)))
            }
            Ask::Simplified => self.simplified(),
            Ask::OneStop => public(&|v| if_so(v.can_be_received())),
            Ask::NotOneStop => public(&|v| if_so(!v.can_be_received())),
            Ask::Eligible => public(&|v| (v.eligibility.online == Some(true)).then(|| reason(v))),
            Ask::Ineligible => public(&|v| (v.eligibility.online == Some(false)).then(|| reason(v))),
            Ask::Unjudged => public(&|v| if_so(v.eligibility.online.is_none())),
            Ask::Duty => public(&|v| (v.eligibility.duty == Some(true)).then(|| reason(v))),
            Ask::Internal => self.those(Sort::Internal, |_| Some(Why::Nothing)),
            Ask::InternalUnposted => self.those(Sort::Internal, |v| if_so(!self.is_posted(v))),
            Ask::Party => self.those(Sort::Party, |_| Some(Why::Nothing)),
        }
    }

    /// How many procedures were announced with the day of their legal text: only of these can be said whether it was in time.
    pub fn dated(&self) -> usize {
        self.announced(&self.signed, |a| a.announce_by.map(|_| 0)).len()
    }

    /// How many procedures are given to the communes or still with the province; one that is given from a day to come is both, and counts once.
    pub fn delegable(&self) -> usize {
        let all = self.rows(Ask::Delegated).into_iter().chain(self.rows(Ask::Provincial));
        all.map(|row| row.code).collect::<HashSet<_>>().len()
    }

    /// A draft has no last day to announce yet: it is counted here.
    fn announce_by(&self, a: &Announcement) -> Option<Date> {
        let count = |day| crate::days::working_day_before(&self.calendar, day, crate::days::ANNOUNCE_BEFORE);
        a.announce_by.or(a.law_from.map(count))
    }

    /// Whether the decision that made a version is posted.
    fn is_posted(&self, version: &Version) -> bool {
        version.act.is_some_and(|act| self.posted.contains(&act))
    }

    /// Procedures given to the communes by decisions of the period, with the decision.
    fn delegated(&self) -> Vec<Row> {
        let mut signed = self.signed.clone();
        signed.iter_mut().for_each(|held| held.state.lines.retain(|line| line.does == Does::Delegate));
        self.announced(&signed, |_| Some(0))
    }

    fn not_in_full(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut seen = HashSet::new();
        for held in self.signed.iter().filter(|held| held.state.sort == Sort::Public && held.state.posted_at.is_some())
        {
            let lines = held.state.lines.iter().filter(|line| line.does != Does::End && seen.insert(line.code.clone()));
            for line in lines.filter(|line| !line.missing.is_empty()) {
                rows.push(Row {
                    id: line.procedure.unwrap_or_default(),
                    code: line.code.clone(),
                    name: line.name.clone(),
                    field_name: String::new(),
                    why: Why::Parts(line.missing.clone()),
                });
            }
        }
        rows
    }

    /// Working days from the signature to the entry in the national database and to the posting, over the decisions about people's procedures of the
    /// period that got so far: how many, and the sum of their days.
    pub fn delays(&self) -> [(i64, i64); 2] {
        let mut all = [(0, 0); 2];
        for a in self.signed.iter().map(|held| &held.state).filter(|a| a.sort == Sort::Public) {
            let Some(signed) = a.signed_on else { continue };
            for (at, day) in [a.entered_on, a.posted_at.map(|at| at.date())].into_iter().enumerate() {
                if let Some(day) = day {
                    all[at].0 += 1;
                    all[at].1 += working_days_after(&self.calendar, signed, day);
                }
            }
        }
        all
    }

    /// By who settles them: how many are in force, and how many of them are received at the one-stop. `department` or a level's word.
    pub fn one_stop(&self) -> BTreeMap<String, (i64, i64)> {
        let mut all: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for version in self.public() {
            let level = version.counted_level().map_or("ministry", |level| level.as_str());
            let unit = match (&version.department, level) {
                (Some(department), "province") => department.clone(),
                (_, level) => level.to_owned(),
            };
            let entry = all.entry(unit).or_default();
            entry.0 += 1;
            entry.1 += i64::from(version.can_be_received());
        }
        all
    }

    /// The mean of what is cut of the law's time, in hundredths of a percent, over the procedures whose law's time is known; and how many.
    pub fn mean_cut(&self) -> Option<(i64, i64)> {
        let cuts: Vec<i64> = self.public().iter().filter_map(|version| Some(version.cut()?.basis_points)).collect();
        let n = cuts.len() as i64;
        (n > 0).then(|| (cuts.iter().sum::<i64>().div_euclid(n), n))
    }

    /// What complying with the reviewed procedures cost before in a year, and what is saved, over reviews approved in the period.
    pub fn compliance(&self) -> (i64, i64) {
        self.approved()
            .map(|held| held.state.sums())
            .fold((0, 0), |(before, saved), (b, s)| (i64::saturating_add(before, b), i64::saturating_add(saved, s)))
    }
}
