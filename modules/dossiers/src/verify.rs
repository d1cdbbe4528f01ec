//! Proof that what is shown follows from what happened: chains, states, facts and roll-up, rebuilt and compared.

use crate::apply::apply;
use crate::dossier::Dossier;
use crate::happening::Happening;
use crate::store::{Loaded, read};
use ::store::{Db, Sql, StoreError, Tx, params};
use audit::{Chain, Event};
use base::{Date, Id};
use facts::Fact;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Dossiers held in memory at a time.
const PAGE: i64 = 2_000;

::store::statements! {
    /// Dossiers in the order of their ids.
    pub PAGE_OF_DOSSIERS = "SELECT * FROM dossier WHERE id > $1 ORDER BY id LIMIT $2";
    /// Their events, and those of other subjects between.
    pub EVENTS_BETWEEN = "SELECT subject_id, n, at, kind, actor_id, agency_id, data, hash FROM event WHERE subject_id > $1 AND subject_id <= $2 ORDER BY subject_id, n";
    /// Numbers given out to dossiers, per agency of intake and day.
    pub NUMBERS = "SELECT agency_id, day, last FROM dossier_counter ORDER BY day, agency_id";
    /// Heads of subjects that are not dossiers.
    pub HEADS = "SELECT subject_id, n, hash FROM event_head";
    /// The facts as they stand, a month at a time. The second sum ties them to their dossiers.
    pub FACT_SUMS = "SELECT agency_id, measure, substr(day, 1, 7) AS period, level, field, channel, flags, CAST(SUM(qty) AS BIGINT) AS n, CAST(SUM(qty * (subject_id % 65521)) AS BIGINT) AS tie FROM fact GROUP BY agency_id, measure, substr(day, 1, 7), level, field, channel, flags";
    /// Facts of single days, as the topmost node's roll-up has them.
    pub FACT_DAYS = "SELECT s.node_id, f.measure, f.day AS period, f.level, f.field, f.channel, f.flags, CAST(SUM(f.qty) AS BIGINT) AS n FROM fact f JOIN fact_scope s ON s.agency_id = f.agency_id AND s.topmost WHERE f.rolled GROUP BY s.node_id, f.measure, f.day, f.level, f.field, f.channel, f.flags";
    /// Facts already rolled up, a month at a time.
    pub ROLLED_SUMS = "SELECT agency_id, measure, substr(day, 1, 7) AS period, level, field, channel, flags, CAST(SUM(qty) AS BIGINT) AS n FROM fact WHERE rolled GROUP BY agency_id, measure, substr(day, 1, 7), level, field, channel, flags";
    /// The roll-up.
    pub ROLLUP_ROWS = "SELECT node_id, measure, period, level, field, channel, flags, n FROM fact_rollup WHERE n <> 0";
    /// The agency tree as the facts see it.
    pub SCOPES = "SELECT agency_id, node_id FROM fact_scope";
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub dossiers: u64,
    pub events: u64,
    pub figures_checked: u64,
    pub figures_wrong: u64,
    pub days_sealed: i64,
    /// `ok`, or the first row that does not follow from the log.
    pub chain: String,
    /// The first figures that differ, for the person who has to look.
    pub wrong: Vec<String>,
}

/// Wrong figures named in a report at most.
const NAMED_MAX: usize = 20;

/// (measure, period, level, field, channel, flags) at a place.
type Key = (i64, String, String, String, String, i64, i64);

/// Measures that can be rebuilt: from dossiers' events, and the stock of procedures from the register of their versions.
const MEASURES: [&str; 12] = [
    catalogue::stock::MEASURE,
    "received",
    "refused_intake",
    "passed",
    "supplement_requested",
    "paid",
    "procedure_paid_online",
    "settled",
    "withdrawn",
    "stopped",
    "returned",
    "rated",
];

struct Found {
    report: Report,
    sums: HashMap<Key, (i64, i64)>,
}

impl Found {
    fn broken(&mut self, row: String) {
        if self.report.chain == "ok" {
            self.report.chain = row;
        }
    }

    fn wrong(&mut self, what: String) {
        self.report.figures_wrong += 1;
        if self.report.wrong.len() < NAMED_MAX {
            self.report.wrong.push(what);
        }
    }

    fn expect(&mut self, fact: &Fact) {
        let month = fact.day.to_string().get(..7).unwrap_or_default().to_owned();
        let key = (
            fact.agency.0,
            fact.measure.to_owned(),
            month,
            fact.level.as_str().to_owned(),
            fact.field.clone(),
            fact.channel,
            fact.flags,
        );
        let sum = self.sums.entry(key).or_default();
        sum.0 += fact.qty;
        sum.1 += fact.qty * (fact.subject.0 % 65_521);
    }
}

/// Rebuilds everything from the events in one snapshot and compares. `progress` is told how many dossiers are done.
pub async fn verify(db: &Db, progress: impl Fn(u64) + Send + Sync + 'static) -> Result<Report, StoreError> {
    db.read(move |tx| Box::pin(async move { check(tx, &progress).await })).await
}

/// [`verify`] within a snapshot of the caller's.
pub async fn check(tx: &Tx, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<Report, StoreError> {
    let report = Report {
        dossiers: 0,
        events: 0,
        figures_checked: 0,
        figures_wrong: 0,
        days_sealed: 0,
        chain: "ok".to_owned(),
        wrong: Vec::new(),
    };
    let mut found = Found { report, sums: HashMap::new() };
    chains(tx, &mut found, progress).await?;
    let days = audit::check_days(tx).await?;
    found.report.days_sealed = days.days;
    if let Some(day) = days.broken {
        found.broken(format!("event_day {day}"));
    }
    facts_against_events(tx, &mut found).await?;
    rollup_against_facts(tx, &mut found).await?;
    Ok(found.report)
}

/// Follows every chain, and rebuilds every dossier's state.
async fn chains(tx: &Tx, found: &mut Found, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<(), StoreError> {
    let mut heads: HashMap<i64, Chain> = HashMap::new();
    for row in tx.query(HEADS, params![]).await? {
        let hash: Vec<u8> = row.get("hash")?;
        heads.insert(row.get("subject_id")?, Chain { n: row.get("n")?, hash: hash.try_into().unwrap_or([0xff; 32]) });
    }
    let mut taken_in: HashMap<(Id, Date), i64> = HashMap::new();
    let mut after = i64::MIN;
    loop {
        let rows = tx.query(PAGE_OF_DOSSIERS, params![after, PAGE]).await?;
        let page: Vec<Loaded> = rows.iter().map(read).collect::<Result<_, _>>()?;
        for (row, loaded) in rows.iter().zip(&page) {
            *taken_in.entry((loaded.dossier.intake, loaded.dossier.filed_at.date())).or_default() += 1;
            // Follows from the status; worklists look at nothing else.
            if row.get::<bool>("open")? != loaded.dossier.status.is_open() {
                found.broken(format!("dossier {}: open", loaded.dossier.code));
            }
        }
        let last =
            if (page.len() as i64) < PAGE { i64::MAX } else { page.last().map_or(i64::MAX, |last| last.dossier.id.0) };
        found.report.dossiers += page.len() as u64;
        let mut waiting: BTreeMap<i64, Loaded> = page.into_iter().map(|loaded| (loaded.dossier.id.0, loaded)).collect();
        let mut story = Story::default();
        tx.query_each(EVENTS_BETWEEN, params![after, last], |row| {
            let event = audit::read_event(row)?;
            found.report.events += 1;
            if story.subject != Some(event.subject) {
                std::mem::take(&mut story).close(found, &mut waiting, &mut heads);
            }
            story.follow(&event, found, waiting.get(&event.subject.0));
            Ok(())
        })
        .await?;
        story.close(found, &mut waiting, &mut heads);
        for loaded in waiting.values() {
            found.broken(format!("dossier {}: no events", loaded.dossier.code));
        }
        progress(found.report.dossiers);
        if last == i64::MAX {
            break;
        }
        after = last;
    }
    if let Some(subject) = heads.keys().next() {
        found.broken(format!("event_head {subject}: no events"));
    }
    numbers(tx, found, &taken_in).await
}

/// A number is given out in the transaction that writes its dossier: a gap is a dossier that vanished with all its traces.
async fn numbers(tx: &Tx, found: &mut Found, taken_in: &HashMap<(Id, Date), i64>) -> Result<(), StoreError> {
    for row in tx.query(NUMBERS, params![]).await? {
        let (agency, day, last): (Id, Date, i64) = (row.get("agency_id")?, row.get("day")?, row.get("last")?);
        let there = taken_in.get(&(agency, day)).copied().unwrap_or_default();
        if there != last {
            found.broken(format!("dossier_counter {agency} {day}: {last} given out, {there} there"));
        }
    }
    Ok(())
}

/// One subject's events being followed.
#[derive(Default)]
struct Story {
    subject: Option<Id>,
    chain: Chain,
    state: Option<Dossier>,
    broken: Option<String>,
}

impl Story {
    fn follow(&mut self, event: &Event, found: &mut Found, dossier: Option<&Loaded>) {
        self.subject = Some(event.subject);
        let name = || dossier.map_or_else(|| event.subject.to_string(), |loaded| loaded.dossier.code.clone());
        if self.broken.is_some() {
            return;
        }
        if event.n != self.chain.n + 1 {
            self.broken = Some(format!("event {} #{}: missing", name(), self.chain.n + 1));
            return;
        }
        self.chain.extend(event.link());
        if self.chain.hash != event.hash {
            self.broken = Some(format!("event {} #{}: changed", name(), event.n));
            return;
        }
        let Some(loaded) = dossier else { return };
        let applied = Happening::read(&event.data).ok().and_then(|happening| {
            if let Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. } = &happening
                && filing.applicant != loaded.applicant.digest()
            {
                self.broken = Some(format!("dossier {}: applicant", name()));
            }
            apply(&mut self.state, event.subject, event.at, &happening).ok()
        });
        match applied {
            Some(outcomes) => outcomes.facts.iter().for_each(|fact| found.expect(fact)),
            None => self.broken = Some(format!("event {} #{}: does not follow", name(), event.n)),
        }
    }

    fn close(self, found: &mut Found, waiting: &mut BTreeMap<i64, Loaded>, heads: &mut HashMap<i64, Chain>) {
        let Some(subject) = self.subject else { return };
        let loaded = waiting.remove(&subject.0);
        let head = heads.remove(&subject.0);
        if let Some(row) = self.broken {
            return found.broken(row);
        }
        match (loaded, head) {
            (Some(loaded), _) => {
                let mut state = self.state;
                if let Some(state) = &mut state {
                    state.head = self.chain;
                }
                if state.as_ref() != Some(&loaded.dossier) {
                    let column = state.map_or("state", |state| first_difference(&state, &loaded.dossier));
                    found.broken(format!("dossier {}: {column}", loaded.dossier.code));
                }
            }
            (None, Some(head)) if head == self.chain => {}
            (None, Some(_)) => found.broken(format!("event_head {subject}: does not match its events")),
            (None, None) => found.broken(format!("event {subject}: its subject is gone")),
        }
    }
}

/// The first column in which a row differs from what its events say.
fn first_difference(said: &Dossier, row: &Dossier) -> &'static str {
    let columns: [(&str, bool); 30] = [
        ("event_n", said.head.n == row.head.n),
        ("event_hash", said.head == row.head),
        ("code", said.code == row.code),
        ("status", said.status == row.status),
        ("due_at", said.due_at == row.due_at),
        ("first_due_at", said.first_due_at == row.first_due_at),
        ("received_at", said.received_at == row.received_at),
        ("finished_at", said.finished_at == row.finished_at),
        ("returned_at", said.returned_at == row.returned_at),
        ("filed_at", said.filed_at == row.filed_at),
        ("step", said.step == row.step),
        ("unit_id", said.unit == row.unit),
        ("handler_id", said.handler == row.handler),
        ("supplements", said.supplements == row.supplements),
        ("flags", said.flags == row.flags),
        ("paid_dong", said.paid_dong == row.paid_dong),
        ("rating", said.rating == row.rating),
        ("procedure_id", said.procedure == row.procedure),
        ("version_id", said.version == row.version),
        ("field", said.field == row.field),
        ("level", said.level == row.level),
        ("channel", said.channel == row.channel),
        ("intake_id", said.intake == row.intake),
        ("competent_id", said.competent == row.competent),
        ("return_id", said.return_to == row.return_to),
        ("account_id", said.account == row.account),
        ("due_basis", said.due_basis == row.due_basis),
        ("outcome", said.outcome == row.outcome),
        ("fee_dong", said.fee_dong == row.fee_dong),
        ("paused_at", said.paused_at == row.paused_at),
    ];
    columns.iter().find(|(_, same)| !same).map_or("state", |(name, _)| name)
}

fn describe(key: &Key) -> String {
    let (place, measure, period, level, field, channel, flags) = key;
    format!("{measure} {period} at {place} ({level}, {field}, channel {channel}, flags {flags})")
}

async fn sums(tx: &Tx, sql: Sql, place: &'static str, tied: bool) -> Result<HashMap<Key, (i64, i64)>, StoreError> {
    let mut sums = HashMap::new();
    tx.query_each(sql, params![], |row| {
        let key = (
            row.get(place)?,
            row.get("measure")?,
            row.get("period")?,
            row.get("level")?,
            row.get("field")?,
            row.get("channel")?,
            row.get("flags")?,
        );
        let tie = if tied { row.get("tie")? } else { 0 };
        sums.insert(key, (row.get("n")?, tie));
        Ok(())
    })
    .await?;
    Ok(sums)
}

/// Counts agreements and names differences between two sets of sums; what is zero need not be there.
fn compare(found: &mut Found, kind: &str, expected: HashMap<Key, (i64, i64)>, mut stored: HashMap<Key, (i64, i64)>) {
    for (key, want) in expected {
        let have = stored.remove(&key).unwrap_or_default();
        found.report.figures_checked += 1;
        if have != want {
            found.wrong(format!("{kind}: {} is {} and should be {}", describe(&key), have.0, want.0));
        }
    }
    for (key, have) in stored.into_iter().filter(|(_, have)| *have != (0, 0)) {
        found.report.figures_checked += 1;
        found.wrong(format!("{kind}: {} is {} and should not be there", describe(&key), have.0));
    }
}

async fn facts_against_events(tx: &Tx, found: &mut Found) -> Result<(), StoreError> {
    // The catalogue's stock comes from its register, not from events.
    for fact in catalogue::stock::expected(tx).await? {
        found.expect(&fact);
    }
    let mut stored = sums(tx, FACT_SUMS, "agency_id", true).await?;
    stored.retain(|key, _| MEASURES.contains(&key.1.as_str()));
    let expected = std::mem::take(&mut found.sums);
    compare(found, "fact", expected, stored);
    Ok(())
}

async fn rollup_against_facts(tx: &Tx, found: &mut Found) -> Result<(), StoreError> {
    let mut nodes: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in tx.query(SCOPES, params![]).await? {
        nodes.entry(row.get("agency_id")?).or_default().push(row.get("node_id")?);
    }
    let mut expected: HashMap<Key, (i64, i64)> = HashMap::new();
    for (key, (n, _)) in sums(tx, ROLLED_SUMS, "agency_id", false).await? {
        for node in nodes.get(&key.0).into_iter().flatten() {
            let year = key.2.get(..4).unwrap_or_default().to_owned();
            for period in [key.2.clone(), year] {
                let at = (*node, key.1.clone(), period, key.3.clone(), key.4.clone(), key.5, key.6);
                expected.entry(at).or_default().0 += n;
            }
        }
    }
    expected.extend(sums(tx, FACT_DAYS, "node_id", false).await?);
    expected.retain(|_, (n, _)| *n != 0);
    let stored = sums(tx, ROLLUP_ROWS, "node_id", false).await?;
    compare(found, "roll-up", expected, stored);
    Ok(())
}

#[cfg(test)]
mod tests;
