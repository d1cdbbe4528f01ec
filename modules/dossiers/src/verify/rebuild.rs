//! Facts derived anew from the events: what differs is named, and, where that is asked for, written over in one transaction.

use super::figures::{self, Sums, Wrong};
use super::{Found, Outside, chains, declared, registers};
use ::store::{Db, StoreError, Tx};
use audit::{NewEvent, SEALS};
use base::{Date, Id, Instant};
use facts::{Fact, Group};
use records::Kind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Figures named in a report at most, and in the log.
const NAMED_MAX: usize = 1_000;
const LOGGED_MAX: usize = 50;

/// A figure of a day that is another one than the events call for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moved {
    pub measure: String,
    pub day: Date,
    /// The agency it counts for: its id, and its name where it has one.
    pub unit: Id,
    pub unit_name: String,
    pub flags: i64,
    pub before: i64,
    /// The same as before where only its cases, procedures, officials, field, level or channel differ.
    pub after: i64,
}

/// What a rebuild found, and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Whether it was written; a look changes nothing.
    pub applied: bool,
    /// The first thing of the log that does not hold: nothing is derived from it, and nothing is written.
    pub refused: Option<String>,
    /// Figures by measure, day, unit and flags that move, and the first of them.
    pub moved: u64,
    pub figures: Vec<Moved>,
    /// Sums of the roll-up that do not follow from the facts.
    pub sums_wrong: u64,
}

impl Rebuilt {
    /// Does everything follow from the log now?
    pub fn is_well(&self) -> bool {
        self.refused.is_none() && (self.applied || self.moved == 0 && self.sums_wrong == 0)
    }
}

/// Derives all facts anew from the events of all kinds and compares. Without `apply` that is a look in one snapshot. With it, the facts
/// that differ, and the sums, are written in one transaction together with an event that says so: readers see what was there before or
/// all of it, and an end in the middle leaves everything as it was. Who wants to write meanwhile waits.
///
/// # Errors
/// The database's.
pub async fn rebuild_facts(
    db: &Db,
    kinds: Vec<Kind>,
    apply: bool,
    now: Instant,
    progress: impl Fn(u64) + Send + Sync + 'static,
) -> Result<Rebuilt, StoreError> {
    match apply {
        true => {
            db.write(move |tx| Box::pin(async move { rebuild(tx, kinds.clone(), true, now, &progress).await })).await
        }
        false => {
            db.read(move |tx| Box::pin(async move { rebuild(tx, kinds.clone(), false, now, &progress).await })).await
        }
    }
}

pub(super) async fn rebuild(
    tx: &Tx,
    kinds: Vec<Kind>,
    apply: bool,
    now: Instant,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Rebuilt, StoreError> {
    if apply {
        facts::hold(tx).await?;
    }
    let known = declared(&kinds)?;
    let outside = Outside { kinds, now, ..Outside::default() };
    let mut found = derived(tx, &outside, None, progress).await?;
    if found.report.chain != "ok" {
        return Ok(Rebuilt { refused: Some(found.report.chain), ..Rebuilt::default() });
    }
    let sums = std::mem::take(&mut found.sums);
    let Wrong { groups, sums } = figures::check(tx, &mut found, sums, &known).await?;
    if groups.is_empty() && sums.is_empty() {
        return Ok(Rebuilt::default());
    }
    let mut gather = Gather { write: apply, groups: by_place(&groups), ..Gather::default() };
    for group in &groups {
        facts::facts_of_group(tx, group, |row| gather.stored(group, row)).await?;
        if apply {
            facts::forget_group(tx, group).await?;
        }
    }
    // What was found goes before the second look begins: only the facts of wrong groups are held, a page at a time.
    if !groups.is_empty() {
        drop(found);
        found = derived(tx, &outside, Some(gather), progress).await?;
        gather = found.sums.gather.take().unwrap_or_default();
    }
    let tree = organisation::load_tree(tx).await?;
    let name = |unit: Id| tree.get(unit).map(|agency| agency.short_name.clone()).unwrap_or_default();
    let mut moved = 0;
    let mut figures = Vec::new();
    for ((measure, day, unit, flags), sides) in gather.figures.into_iter().filter(|(_, sides)| sides.differ()) {
        moved += 1;
        if figures.len() < NAMED_MAX {
            let (before, after) = (sides.before, sides.after);
            figures.push(Moved { measure, day, unit, unit_name: name(unit), flags, before, after });
        }
    }
    let mut sums_wrong = sums.len() as u64;
    if apply {
        // What was written anew counts as not yet rolled up: what is rolled up follows from the rest.
        let sums = figures::wrong_sums(tx, &mut found).await?;
        sums_wrong = sums_wrong.max(sums.len() as u64);
        let first = &figures[..figures.len().min(LOGGED_MAX)];
        let data = serde_json::json!({ "moved": moved, "sums": sums_wrong, "first": first });
        let event = NewEvent { kind: "facts-rebuilt", at: now, actor: None, agency: None, data };
        audit::append(tx, SEALS, event).await?;
        facts::set_sums(tx, &sums).await?;
    }
    Ok(Rebuilt { applied: apply, refused: None, moved, figures, sums_wrong })
}

/// Follows all events, and everything that is counted beside them.
async fn derived(
    tx: &Tx,
    outside: &Outside,
    gather: Option<Gather>,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Found, StoreError> {
    let mut found = Found::new();
    found.sums.gather = gather;
    chains(tx, &mut found, outside, progress).await?;
    registers(tx, &mut found, outside).await?;
    figures::beside_events(tx, &mut found.sums).await?;
    found.sums.flush(tx).await?;
    Ok(found)
}

/// Measures and months of the groups, by agency: asked for every fact, so no text is made for the question.
fn by_place(groups: &BTreeSet<Group>) -> HashMap<i64, HashMap<String, HashSet<String>>> {
    let mut places: HashMap<i64, HashMap<String, HashSet<String>>> = HashMap::new();
    for group in groups {
        let measures = places.entry(group.agency.0).or_default();
        measures.entry(group.measure.clone()).or_default().insert(group.month.clone());
    }
    places
}

/// A figure as it was stored and as the events call for it, each with a second sum over everything its facts say.
#[derive(Default)]
struct Sides {
    before: i64,
    after: i64,
    /// Difference of what the facts say beside their number.
    told: i64,
}

impl Sides {
    fn differ(&self) -> bool {
        self.before != self.after || self.told != 0
    }
}

/// The facts of groups that differ, on their way to be written anew, and the figures they move.
#[derive(Default)]
pub(super) struct Gather {
    write: bool,
    groups: HashMap<i64, HashMap<String, HashSet<String>>>,
    waiting: Vec<Fact>,
    /// By measure, day, agency and flags.
    figures: BTreeMap<(String, Date, Id, i64), Sides>,
}

/// A number for what a fact says beside what its figure is named by.
fn said(level: &str, field: &str, channel: i64, ids: [i64; 3]) -> i64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (level, field, channel, ids).hash(&mut hasher);
    hasher.finish() as i64
}

impl Gather {
    /// A fact that the events call for, if it is of a group that differs.
    pub(super) fn take(&mut self, fact: &Fact, month: &str) {
        let measures = self.groups.get(&fact.agency.0);
        if !measures.and_then(|all| all.get(fact.measure.name)).is_some_and(|months| months.contains(month)) {
            return;
        }
        let key = (fact.measure.name.to_owned(), fact.day, fact.agency, fact.flags);
        let ids = [fact.subject.0, fact.procedure.0, fact.official.map_or(-1, |id| id.0)];
        let told = said(fact.level.as_str(), &fact.field, fact.channel, ids);
        let sides = self.figures.entry(key).or_default();
        sides.after = sides.after.wrapping_add(fact.qty);
        sides.told = sides.told.wrapping_add(fact.qty.wrapping_mul(told));
        if self.write {
            self.waiting.push(fact.clone());
        }
    }

    /// A fact that stands there now.
    fn stored(&mut self, group: &Group, row: &::store::Row) -> Result<(), StoreError> {
        let (flags, qty): (i64, i64) = (row.get("flags")?, row.get("qty")?);
        let key = (group.measure.clone(), row.get("day")?, group.agency, flags);
        let official: Option<i64> = row.get("official_id")?;
        let ids = [row.get("subject_id")?, row.get("procedure_id")?, official.unwrap_or(-1)];
        let told = said(row.text("level")?, row.text("field")?, row.get("channel")?, ids);
        let sides = self.figures.entry(key).or_default();
        sides.before = sides.before.wrapping_add(qty);
        sides.told = sides.told.wrapping_sub(qty.wrapping_mul(told));
        Ok(())
    }
}

impl Sums {
    /// Writes the facts that wait, at the end of a page.
    pub(super) async fn flush(&mut self, tx: &Tx) -> Result<(), StoreError> {
        let Some(gather) = self.gather.as_mut().filter(|gather| !gather.waiting.is_empty()) else { return Ok(()) };
        facts::append(tx, &std::mem::take(&mut gather.waiting)).await
    }
}
