//! What agencies have of their own: hours over the province's days, and days on which an emergency decision closed them.

use super::data::{Content, DayOff, Entry, weekday_index};
use super::hours::{Span, WorkingHours};
use super::table::Table;
use crate::Id;
use crate::time::day_number;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The lines of one agency.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Own {
    /// First and last day, and the week.
    hours: Vec<(i64, i64, WorkingHours)>,
    pub(super) closed: BTreeMap<i64, DayOff>,
}

impl Own {
    /// The week that holds on a day: of several the one that begins last, of those the one that was written last.
    pub(super) fn hours_on(&self, day: i64) -> Option<&WorkingHours> {
        let holding = self.hours.iter().filter(|(from, to, _)| (*from..=*to).contains(&day));
        holding.max_by_key(|(from, ..)| *from).map(|(.., hours)| hours)
    }

    /// The hours of a day that the province works: its own, never none.
    fn over<'a>(&'a self, content: &'a Content, day: i64) -> &'a [Span] {
        let province = content.spans_of(day);
        // A day that is worked for another has that one's hours: what stands for its own weekday are a counter's.
        let week = content.stands_for(day).unwrap_or(day);
        let own = self.hours_on(week).map_or(&[][..], |hours| hours.of_weekday(weekday_index(week)));
        if province.is_empty() || own.is_empty() { province } else { own }
    }
}

/// Every agency with lines of its own. Many open at the same hours: those are of one kind.
#[derive(Debug, Default)]
pub(super) struct Agencies {
    of: BTreeMap<Id, usize>,
    kinds: Vec<Arc<Own>>,
    /// By whose hours, and without whose closed days; made when first asked for.
    tables: Mutex<BTreeMap<Pair, Arc<Table>>>,
}

/// Two kinds; none is the province.
type Pair = (Option<usize>, Option<usize>);

impl Agencies {
    pub(super) fn of(lines: &[(Id, Entry)]) -> Agencies {
        let mut all: BTreeMap<Id, Own> = BTreeMap::new();
        for (agency, entry) in lines {
            let own = all.entry(*agency).or_default();
            match entry {
                Entry::Hours { from, to, hours } => {
                    let last = to.map_or(i64::MAX, day_number);
                    own.hours.push((day_number(*from), last, hours.clone()));
                }
                Entry::Off { from, to, off } => {
                    own.closed.extend((day_number(*from)..=day_number(*to)).map(|day| (day, off.clone())));
                }
                Entry::Swap(_) => {}
            }
        }
        let mut agencies = Agencies::default();
        for (agency, own) in all {
            let known = agencies.kinds.iter().position(|kind| **kind == own);
            let at = known.unwrap_or_else(|| {
                agencies.kinds.push(Arc::new(own));
                agencies.kinds.len() - 1
            });
            agencies.of.insert(agency, at);
        }
        agencies
    }

    /// Of which kind an agency is.
    pub(super) fn kind(&self, agency: Id) -> Option<usize> {
        self.of.get(&agency).copied()
    }

    pub(super) fn own(&self, kind: Option<usize>) -> Option<&Arc<Own>> {
        self.kinds.get(kind?)
    }

    /// Days of work without those on which one kind is closed, at the hours of another.
    pub(super) fn table(&self, content: &Content, province: &Arc<Table>, (hours, closed): Pair) -> Arc<Table> {
        let (week, shut) = (self.own(hours), self.own(closed));
        if week.is_none() && shut.is_none() {
            return province.clone();
        }
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let build = || {
            Arc::new(Table::build(|day| match (shut, week) {
                (Some(shut), _) if shut.closed.contains_key(&day) => &[],
                (_, Some(week)) => week.over(content, day),
                _ => content.spans_of(day),
            }))
        };
        tables.entry((hours, closed)).or_insert_with(build).clone()
    }
}
