//! The figures of a proof: facts against the events they come from, the roll-up against the facts.
//!
//! Facts are read once, page by page, and summed here rather than by the engine, which would sort all of them first: the
//! memory needed grows with the number of different sums, not with the number of facts.

use super::Found;
use super::rebuild::Gather;
use ::store::{Row, StoreError, Tx, params};
use base::Id;
use facts::{Fact, Group, Measures, Sum, Words};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Facts read by one statement.
const PAGE: i64 = 50_000;
/// The second sum of a figure ties it to its days, cases, procedures and officials: changes that cancel out in the first do not in
/// this one.
fn tie(day: &str, subject: i64, procedure: i64, official: Option<i64>) -> i64 {
    let day = day.bytes().fold(0_i64, |sum, byte| sum.wrapping_mul(31).wrapping_add(i64::from(byte)));
    let mut mixed: i64 = 0;
    for part in [day, subject, procedure, official.unwrap_or(-1)] {
        // The steps of splitmix64.
        mixed = mixed.wrapping_add(part).wrapping_add(-7_046_029_254_386_353_131);
        mixed = (mixed ^ ((mixed as u64) >> 30) as i64).wrapping_mul(-4_658_895_280_553_007_687);
        mixed ^= ((mixed as u64) >> 31) as i64;
    }
    mixed
}

::store::statements! {
    /// Facts in the order they were written.
    pub PAGE_OF_FACTS = "SELECT seq, agency_id, measure, day, level, field, channel, flags, qty, subject_id, rolled, procedure_id, official_id FROM fact WHERE seq > $1 ORDER BY seq LIMIT $2";
    /// The roll-up.
    pub ROLLUP_ROWS = "SELECT node_id, measure, period, level, field, channel, flags, n FROM fact_rollup WHERE n <> 0";
    /// The agency tree as the facts see it.
    pub SCOPES = "SELECT agency_id, node_id, topmost FROM fact_scope";
}

/// Place, measure, period, level, field, channel, flags; the words by their number.
type Key = (i64, u32, u32, u32, u32, i64, i64);

/// Sums that the events call for.
#[derive(Default)]
pub(super) struct Sums {
    words: Words,
    called_for: HashMap<Key, (i64, i64)>,
    /// The facts of some groups, to be written anew.
    pub(super) gather: Option<Gather>,
}

impl Sums {
    /// An event gave rise to this fact.
    pub(super) fn expect(&mut self, fact: &Fact) {
        let day = fact.day.to_string();
        let key = (
            fact.agency.0,
            self.words.number(fact.measure.name),
            self.words.number(month(&day)),
            self.words.number(fact.level.as_str()),
            self.words.number(&fact.field),
            fact.channel,
            fact.flags,
        );
        let sum = self.called_for.entry(key).or_default();
        sum.0 = sum.0.wrapping_add(fact.qty);
        let tie = tie(&day, fact.subject.0, fact.procedure.0, fact.official.map(|id| id.0));
        sum.1 = sum.1.wrapping_add(fact.qty.wrapping_mul(tie));
        if let Some(gather) = &mut self.gather {
            gather.take(fact, month(&day));
        }
    }

    fn group(&self, key: &Key) -> Group {
        let (agency, measure, month, ..) = *key;
        Group { measure: self.words.word(measure), agency: Id(agency), month: self.words.word(month) }
    }

    fn sum(&self, key: &Key, n: i64) -> Sum {
        let (node, measure, period, level, field, channel, flags) = *key;
        let [measure, period, level, field] = [measure, period, level, field].map(|word| self.words.word(word));
        Sum { node: Id(node), measure, period, level, field, channel, flags, n }
    }

    fn describe(&self, key: &Key) -> String {
        let (place, measure, period, level, field, channel, flags) = *key;
        let [measure, period, level, field] = [measure, period, level, field].map(|word| self.words.word(word));
        format!("{measure} {period} at {place} ({level}, {field}, channel {channel}, flags {flags})")
    }
}

fn month(day: &str) -> &str {
    day.get(..7).unwrap_or_default()
}

/// What the stored facts add up to.
#[derive(Default)]
struct Stored {
    /// By agency and month: all, tied, and those rolled up.
    months: HashMap<Key, (i64, i64, i64)>,
    /// Those rolled up by the topmost node and day.
    days: HashMap<Key, i64>,
}

/// For which nodes an agency counts, and whether one is the topmost.
type Nodes = HashMap<i64, Vec<(i64, bool)>>;

async fn nodes(tx: &Tx) -> Result<Nodes, StoreError> {
    let mut nodes = Nodes::new();
    for row in tx.query(SCOPES, params![]).await? {
        nodes.entry(row.at(0)?).or_default().push((row.at(1)?, row.at(2)?));
    }
    Ok(nodes)
}

impl Stored {
    fn add(&mut self, row: &Row, words: &mut Words, nodes: &Nodes) -> Result<(), StoreError> {
        let (agency, qty, subject): (i64, i64, i64) = (row.at(1)?, row.at(8)?, row.at(9)?);
        let (rolled, procedure, official): (bool, i64, Option<i64>) = (row.at(10)?, row.at(11)?, row.at(12)?);
        let [measure, day, level, field] = ["measure", "day", "level", "field"].map(|name| row.text(name));
        let day = day?;
        let (measure, level, field) = (words.number(measure?), words.number(level?), words.number(field?));
        let (channel, flags) = (row.at(6)?, row.at(7)?);
        let sum =
            self.months.entry((agency, measure, words.number(month(day)), level, field, channel, flags)).or_default();
        sum.0 = sum.0.wrapping_add(qty);
        sum.1 = sum.1.wrapping_add(qty.wrapping_mul(tie(day, subject, procedure, official)));
        if rolled {
            sum.2 = sum.2.wrapping_add(qty);
            for (topmost, _) in nodes.get(&agency).into_iter().flatten().filter(|(_, topmost)| *topmost) {
                let key = (*topmost, measure, words.number(day), level, field, channel, flags);
                let sum = self.days.entry(key).or_default();
                *sum = sum.wrapping_add(qty);
            }
        }
        Ok(())
    }

    /// The roll-up that follows: months and years at every node, days at the topmost.
    fn rolled_up(&self, words: &mut Words, nodes: &Nodes) -> HashMap<Key, i64> {
        let mut all = self.days.clone();
        for ((agency, measure, period, level, field, channel, flags), (_, _, n)) in &self.months {
            let year = words.word(*period).get(..4).unwrap_or_default().to_owned();
            let year = words.number(&year);
            for (node, _) in nodes.get(agency).into_iter().flatten() {
                for period in [*period, year] {
                    let sum = all.entry((*node, *measure, period, *level, *field, *channel, *flags)).or_default();
                    *sum = sum.wrapping_add(*n);
                }
            }
        }
        all
    }
}

/// What differs from what it should be: facts to be written anew, and sums as they should stand.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) groups: BTreeSet<Group>,
    pub(super) sums: Vec<Sum>,
}

/// What is counted beside the events of subjects.
pub(super) async fn beside_events(tx: &Tx, sums: &mut Sums) -> Result<(), StoreError> {
    // The catalogue's stock comes from its register, not from events.
    for fact in catalogue::stock::expected(tx).await? {
        sums.expect(&fact);
    }
    // Ratings by code are no events of their dossiers.
    for fact in crate::rating::expected(tx).await? {
        sums.expect(&fact);
    }
    Ok(())
}

/// Compares the facts with what the events call for, and the roll-up with the facts.
pub(super) async fn check(tx: &Tx, found: &mut Found, mut sums: Sums, known: &Measures) -> Result<Wrong, StoreError> {
    let (used, given) = crate::rating::used_and_given(tx).await?;
    found.report.figures_checked += 1;
    if used != given {
        found.wrong(format!("ratings: {given} answers and {used} used codes"));
    }
    let nodes = nodes(tx).await?;
    let mut stored = stored(tx, &mut sums, &nodes).await?;
    let rolled_up = stored.rolled_up(&mut sums.words, &nodes);
    stored.days = HashMap::new();
    let groups = facts_against_events(found, &mut sums, stored, known);
    Ok(Wrong { groups, sums: sums_against_facts(tx, found, &mut sums, rolled_up).await? })
}

/// The sums that do not follow from the facts as they are stored, as they should stand.
pub(super) async fn wrong_sums(tx: &Tx, found: &mut Found) -> Result<Vec<Sum>, StoreError> {
    let (mut sums, nodes) = (Sums::default(), nodes(tx).await?);
    let rolled_up = stored(tx, &mut sums, &nodes).await?.rolled_up(&mut sums.words, &nodes);
    sums_against_facts(tx, found, &mut sums, rolled_up).await
}

async fn stored(tx: &Tx, sums: &mut Sums, nodes: &Nodes) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    let mut after = i64::MIN;
    loop {
        let (mut rows, words) = (0, &mut sums.words);
        tx.query_each(PAGE_OF_FACTS, params![after, PAGE], |row| {
            after = row.at(0)?;
            rows += 1;
            stored.add(row, words, nodes)
        })
        .await?;
        if rows < PAGE {
            return Ok(stored);
        }
    }
}

async fn sums_against_facts(
    tx: &Tx,
    found: &mut Found,
    sums: &mut Sums,
    mut rolled_up: HashMap<Key, i64>,
) -> Result<Vec<Sum>, StoreError> {
    let mut wrong = Vec::new();
    tx.query_each(ROLLUP_ROWS, params![], |row| {
        let [measure, period, level, field] = ["measure", "period", "level", "field"].map(|name| row.text(name));
        let words = &mut sums.words;
        let (measure, period) = (words.number(measure?), words.number(period?));
        let (level, field) = (words.number(level?), words.number(field?));
        let key = (row.at(0)?, measure, period, level, field, row.at(5)?, row.at(6)?);
        let (have, want) = (row.at::<i64>(7)?, rolled_up.remove(&key).unwrap_or_default());
        if !agree(found, sums, "roll-up", &key, have, want, have == want) {
            wrong.push(sums.sum(&key, want));
        }
        Ok(())
    })
    .await?;
    for (key, want) in rolled_up.into_iter().filter(|(_, want)| *want != 0) {
        agree(found, sums, "roll-up", &key, 0, want, false);
        wrong.push(sums.sum(&key, want));
    }
    Ok(wrong)
}

fn facts_against_events(found: &mut Found, sums: &mut Sums, stored: Stored, known: &Measures) -> BTreeSet<Group> {
    let mut called_for = std::mem::take(&mut sums.called_for);
    let mut wrong = BTreeSet::new();
    for (key, (have, tie, _)) in stored.months {
        let want = match called_for.entry(key) {
            Entry::Occupied(entry) => entry.remove(),
            Entry::Vacant(_) => (0, 0),
        };
        let group = sums.group(&key);
        if known.get(&group.measure).is_none() {
            found.report.figures_checked += 1;
            found.wrong(format!("fact: {} is counted by nobody", sums.describe(&key)));
            wrong.insert(group);
        } else if !agree(found, sums, "fact", &key, have, want.0, (have, tie) == want) {
            wrong.insert(group);
        }
    }
    for (key, want) in called_for.into_iter().filter(|(_, want)| *want != (0, 0)) {
        agree(found, sums, "fact", &key, 0, want.0, false);
        wrong.insert(sums.group(&key));
    }
    wrong
}

fn agree(found: &mut Found, sums: &Sums, kind: &str, key: &Key, have: i64, want: i64, agrees: bool) -> bool {
    found.report.figures_checked += 1;
    if !agrees {
        found.wrong(format!("{kind}: {} is {have} and should be {want}", sums.describe(key)));
    }
    agrees
}
