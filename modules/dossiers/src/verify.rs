//! Proof that what is shown follows from what happened: chains, states, facts and roll-up, rebuilt and compared.

mod boxes;
mod counted;
mod figures;
mod owed;
mod rebuild;
mod rows;

pub use rebuild::{Moved, Rebuilt, rebuild_facts};

use crate::apply::apply;
use crate::dossier::Dossier;
use crate::happening::Happening;
use crate::opinion_store;
use crate::papers::Papers;
use crate::part_store;
use crate::row::{self, read};
use crate::store::Loaded;
use crate::written_store;
use ::store::{Db, StoreError, Tx, params};
use audit::{Chain, Event};
use base::{Date, Id, Instant};
use figures::Sums;
use rows::{Attached, Told};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub dossiers: u64,
    /// Subjects of the registers on the shared pieces.
    pub subjects: u64,
    pub events: u64,
    pub figures_checked: u64,
    pub figures_wrong: u64,
    /// Rows of papers, files, notices and first payments compared with the events.
    pub rows_checked: u64,
    /// Rows that no replay makes – accounts, grants, plans, contacts, the calendar – compared with the events.
    pub kept_rows_checked: u64,
    /// Notices ordered and not delivered yet.
    pub notices_waiting: u64,
    /// Files whose bytes were read; 0 when nobody said where they lie.
    pub files_checked: u64,
    pub days_sealed: i64,
    /// The last sealed day and its hash, to be written down elsewhere: `--expect-day-hash` compares them later.
    pub sealed_day: Option<Date>,
    pub sealed_hash: Option<String>,
    /// The last day with events that is over and not sealed.
    pub unsealed_until: Option<Date>,
    /// `ok`, or the first row that does not follow from the log.
    pub chain: String,
    /// How many do not, and the first of them in words.
    pub rows_wrong: u64,
    pub broken: Vec<String>,
    /// The first figures that differ, for the person who has to look.
    pub wrong: Vec<String>,
}

impl Report {
    /// Does everything follow from the log?
    pub fn is_well(&self) -> bool {
        self.chain == "ok" && self.figures_wrong == 0
    }
}

/// Rows, and wrong figures, named in a report at most.
const NAMED_MAX: usize = 20;

/// What lies outside the database and can be compared with it.
#[derive(Clone, Default)]
pub struct Outside {
    /// Where the bytes of uploads are; not read when `None`.
    pub uploads: Option<files::Store>,
    /// Sealed days with the hashes that somebody wrote down, in hexadecimal.
    pub days: Vec<(Date, String)>,
    /// The present: what is over by then should be sealed.
    pub now: Instant,
    /// How the other modules' rows are held to the log.
    pub proofs: Vec<audit::Proof>,
    /// The kinds whose subjects are replayed by the shared pieces.
    pub kinds: Vec<records::Kind>,
    /// For who asks only whether all is well: what comes after the part in which something was found is not looked at.
    pub to_the_first: bool,
}

struct Found {
    report: Report,
    sums: Sums,
    /// Procedure → dossier and moment of its first online payment.
    first_payments: HashMap<Id, (Id, Instant)>,
}

impl Found {
    fn new() -> Self {
        let report = Report {
            dossiers: 0,
            subjects: 0,
            events: 0,
            figures_checked: 0,
            figures_wrong: 0,
            rows_checked: 0,
            kept_rows_checked: 0,
            notices_waiting: 0,
            files_checked: 0,
            days_sealed: 0,
            sealed_day: None,
            sealed_hash: None,
            unsealed_until: None,
            chain: "ok".to_owned(),
            rows_wrong: 0,
            broken: Vec::new(),
            wrong: Vec::new(),
        };
        Self { report, sums: Sums::default(), first_payments: HashMap::new() }
    }

    fn broken(&mut self, row: String) {
        self.report.rows_wrong += 1;
        if self.report.broken.len() < NAMED_MAX {
            self.report.broken.push(row.clone());
        }
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
}

/// Rebuilds everything from the events in one snapshot and compares. `progress` is told how many dossiers are done.
pub async fn verify(
    db: &Db,
    outside: Outside,
    progress: impl Fn(u64) + Send + Sync + 'static,
) -> Result<Report, StoreError> {
    db.read(move |tx| Box::pin(async move { check(tx, &outside, &progress).await })).await
}

/// [`verify`] within a snapshot of the caller's.
pub async fn check(tx: &Tx, outside: &Outside, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<Report, StoreError> {
    let mut found = Found::new();
    let over = |found: &Found| outside.to_the_first && !found.report.is_well();
    chains(tx, &mut found, outside, progress).await?;
    let first_payments = std::mem::take(&mut found.first_payments);
    rows::first_payments(tx, &mut found, first_payments).await?;
    if over(&found) {
        return Ok(found.report);
    }
    others(tx, &mut found, outside).await?;
    if over(&found) {
        return Ok(found.report);
    }
    registers(tx, &mut found, outside).await?;
    days(tx, &mut found, outside).await?;
    if over(&found) {
        return Ok(found.report);
    }
    let mut sums = std::mem::take(&mut found.sums);
    figures::beside_events(tx, &mut sums).await?;
    let known = declared(&outside.kinds)?;
    figures::check(tx, &mut found, sums, &known).await?;
    Ok(found.report)
}

/// What is counted, as the kinds declare it.
fn declared(kinds: &[records::Kind]) -> Result<facts::Measures, StoreError> {
    records::measures(&owed::with_own(kinds)).map_err(StoreError::Constraint)
}

/// What is no dossier: rows against their last event, and what derives from them.
async fn others(tx: &Tx, found: &mut Found, outside: &Outside) -> Result<(), StoreError> {
    let sets: Vec<&'static audit::Kept> = outside.proofs.iter().map(|proof| proof.kept).collect();
    let rows = audit::check_rows(tx, &sets, &|_| ()).await?;
    found.report.kept_rows_checked = rows.rows;
    let named = rows.named.len() as u64;
    rows.named.into_iter().for_each(|row| found.broken(row));
    found.report.rows_wrong += rows.wrong - named;
    for derived in outside.proofs.iter().filter_map(|proof| proof.derived) {
        derived(tx).await?.into_iter().for_each(|row| found.broken(row));
    }
    Ok(())
}

/// Every register on the shared pieces, through one function.
async fn registers(tx: &Tx, found: &mut Found, outside: &Outside) -> Result<(), StoreError> {
    let kinds = owed::with_own(&outside.kinds);
    let (mut prover, mut boxes) = (records::Prover::default(), boxes::Boxes::default());
    loop {
        let mut sums = std::mem::take(&mut found.sums);
        let more = {
            let mut listener =
                records::Listener { fact: &mut |fact| sums.expect(fact), wrong: &mut |row| found.broken(row) };
            prover.page(tx, &kinds, outside.uploads.as_ref(), &mut listener).await?
        };
        found.sums = sums;
        found.sums.flush(tx).await?;
        boxes.page(tx, found, &prover).await?;
        if !more {
            break;
        }
    }
    boxes.finish(tx, found, &kinds).await?;
    let proved = prover.proved;
    found.report.subjects = proved.subjects;
    found.report.events += proved.events;
    found.report.rows_checked += proved.rows;
    Ok(())
}

/// The chain of days, against the events, against the log's own word, and against what was written down elsewhere.
async fn days(tx: &Tx, found: &mut Found, outside: &Outside) -> Result<(), StoreError> {
    let days = audit::check_days(tx).await?;
    found.report.days_sealed = days.days;
    if let Some(day) = days.broken {
        found.broken(format!("event_day {day}"));
    }
    if let Some((day, hash)) = days.hashes.last_key_value() {
        found.report.sealed_day = Some(*day);
        found.report.sealed_hash = Some(audit::hex(hash));
    }
    found.report.unsealed_until = audit::unsealed_until(tx, found.report.sealed_day, outside.now).await?;
    for (day, expected) in &outside.days {
        let there = days.hashes.get(day).map(audit::hex);
        if there.as_ref().is_none_or(|hash| !hash.eq_ignore_ascii_case(expected)) {
            let is = there.unwrap_or_else(|| "not sealed".to_owned());
            found.broken(format!("event_day {day}: {is}, and should be {expected}"));
        }
    }
    Ok(())
}

/// Follows every chain, and rebuilds every dossier's state.
async fn chains(
    tx: &Tx,
    found: &mut Found,
    outside: &Outside,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), StoreError> {
    let mut heads: HashMap<i64, Chain> = HashMap::new();
    for row in tx.query(HEADS, params![]).await? {
        let hash: Vec<u8> = row.get("hash")?;
        heads.insert(row.get("subject_id")?, Chain { n: row.get("n")?, hash: hash.try_into().unwrap_or([0xff; 32]) });
    }
    let mut taken_in: HashMap<(Id, Date), i64> = HashMap::new();
    let mut calendars = organisation::Calendars::load(tx).await?;
    let mut after = i64::MIN;
    loop {
        let rows = tx.query(PAGE_OF_DOSSIERS, params![after, PAGE]).await?;
        let mut page: Vec<Loaded> = rows.iter().map(read).collect::<Result<_, _>>()?;
        for (row, loaded) in rows.iter().zip(&page) {
            // By the agency that gave the number, where it has moved since.
            let numbered_by = loaded.dossier.first_intake.unwrap_or(loaded.dossier.intake);
            *taken_in.entry((numbered_by, loaded.dossier.filed_at.date())).or_default() += 1;
            // Follows from the status; worklists look at nothing else.
            if row.get::<bool>("open")? != loaded.dossier.status.is_open() {
                found.broken(format!("dossier {}: open", loaded.dossier.code));
            }
            // A word that stands for nothing reads as no outcome.
            if row.text("outcome")? != loaded.dossier.outcome.as_str() {
                found.broken(format!("dossier {}: outcome", loaded.dossier.code));
            }
        }
        let last =
            if (page.len() as i64) < PAGE { i64::MAX } else { page.last().map_or(i64::MAX, |last| last.dossier.id.0) };
        found.report.dossiers += page.len() as u64;
        rows::opinions(tx, found, &mut page, (after, last)).await?;
        rows::parts(tx, found, &mut page, (after, last)).await?;
        rows::written(tx, found, &mut page, (after, last)).await?;
        let mut waiting: BTreeMap<i64, Loaded> = page.into_iter().map(|loaded| (loaded.dossier.id.0, loaded)).collect();
        let mut attached = Attached::load(tx, after, last).await?;
        owed::compare(tx, found, waiting.values(), after, last).await?;
        let elsewhere = owed::subjects(tx, after, last).await?;
        let mut links = owed::links(tx, after, last).await?;
        let mut story = Story::default();
        tx.query_each(EVENTS_BETWEEN, params![after, last], |row| {
            let event = audit::read_event(row)?;
            if elsewhere.contains(&event.subject) {
                return Ok(());
            }
            found.report.events += 1;
            if story.subject != Some(event.subject) {
                std::mem::take(&mut story).close(found, &mut waiting, &mut heads, &mut attached, &mut links);
            }
            story.follow(&event, (&mut *found, &mut calendars), waiting.get(&event.subject.0));
            Ok(())
        })
        .await?;
        story.close(found, &mut waiting, &mut heads, &mut attached, &mut links);
        links.keys().for_each(|id| found.broken(format!("link {id}: no such dossier")));
        for loaded in waiting.values() {
            attached.skip(loaded.dossier.id);
            found.broken(format!("dossier {}: no events", loaded.dossier.code));
        }
        attached.finish(tx, found, outside.uploads.as_ref()).await?;
        found.sums.flush(tx).await?;
        progress(found.report.dossiers);
        if last == i64::MAX {
            break;
        }
        after = last;
    }
    if let Some(subject) = heads.keys().next() {
        found.broken(format!("event_head {subject}: no events"));
    }
    written_store::gaps(tx).await?.into_iter().for_each(|gap| found.broken(gap));
    numbers(tx, found, taken_in).await
}

/// A number is given out in the transaction that writes its dossier: a gap is a dossier that vanished with all its traces.
async fn numbers(tx: &Tx, found: &mut Found, mut taken_in: HashMap<(Id, Date), i64>) -> Result<(), StoreError> {
    for row in tx.query(NUMBERS, params![]).await? {
        let (agency, day, last): (Id, Date, i64) = (row.get("agency_id")?, row.get("day")?, row.get("last")?);
        let there = taken_in.remove(&(agency, day)).unwrap_or_default();
        if there != last {
            found.broken(format!("dossier_counter {agency} {day}: {last} given out, {there} there"));
        }
    }
    if let Some((agency, day)) = taken_in.keys().min_by_key(|(agency, day)| (*day, agency.0)) {
        found.broken(format!("dossier_counter {agency} {day}: no numbers given out, and dossiers there"));
    }
    Ok(())
}

/// One subject's events being followed.
#[derive(Default)]
struct Story {
    subject: Option<Id>,
    chain: Chain,
    state: Option<Dossier>,
    papers: Papers,
    told: Vec<Told>,
    /// The applicant's digest as last told.
    applicant: String,
    /// Rows beside the log that the events speak of: number of the event, kind, digest.
    asides: Vec<(i64, &'static str, String)>,
    /// What it points to.
    links: BTreeSet<(String, Id)>,
    broken: Option<String>,
}

impl Story {
    fn follow(
        &mut self,
        event: &Event,
        (found, calendars): (&mut Found, &mut organisation::Calendars),
        dossier: Option<&Loaded>,
    ) {
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
        let applied = Happening::read_with_rules(&event.data).and_then(|(rules, happening)| {
            match &happening {
                Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. } => {
                    self.applicant.clone_from(&filing.applicant);
                }
                Happening::SupplementCompleted { corrected: Some(corrected), .. } => {
                    self.applicant.clone_from(&corrected.applicant);
                }
                _ => {}
            }
            if let Some((kind, digest)) = happening.asides() {
                self.asides.push((event.n, kind, digest.to_owned()));
            }
            if let Happening::DueMoved { by, dates, .. } = &happening {
                let (was, due) = dates.promise.as_ref().map(|moved| (moved.was, moved.clock.due_at)).unzip();
                let said = rows::moved_day(*by, was, due);
                self.asides.push((event.n, rows::MOVED_DAY, said));
            }
            if let Some(wrong) = counted::wrong(calendars, &happening) {
                found.broken(format!("event {} #{}: {wrong}", name(), event.n));
            }
            let outcomes = apply(&mut self.state, event.subject, event.at, (rules, event.actor), &happening).ok()?;
            self.papers.follow(event.at, &happening);
            self.links
                .extend(crate::owed::links(&happening).into_iter().map(|link| (link.name.to_owned(), link.other)));
            if let Happening::Paid { first_online: true, .. } = happening {
                found.first_payments.insert(loaded.dossier.procedure, (event.subject, event.at));
            }
            Some(outcomes)
        });
        if Happening::was_told(&event.data) {
            let account = self.state.as_ref().and_then(|dossier| dossier.account);
            self.told.push(Told { n: event.n, account, kind: event.kind.clone(), at: event.at });
        }
        match applied {
            Some(outcomes) => outcomes.facts.iter().for_each(|fact| found.sums.expect(fact)),
            None => self.broken = Some(format!("event {} #{}: does not follow", name(), event.n)),
        }
    }

    fn close(
        self,
        found: &mut Found,
        waiting: &mut BTreeMap<i64, Loaded>,
        heads: &mut HashMap<i64, Chain>,
        attached: &mut Attached,
        links: &mut owed::Links,
    ) {
        let Some(subject) = self.subject else { return };
        let stored = links.remove(&subject).unwrap_or_default();
        let loaded = waiting.remove(&subject.0);
        let head = heads.remove(&subject.0);
        if let Some(row) = self.broken {
            attached.skip(subject);
            return found.broken(row);
        }
        match (loaded, head) {
            (Some(loaded), _) => {
                let mut state = self.state;
                if let Some(state) = &mut state {
                    state.head = self.chain;
                }
                if state.as_ref() != Some(&loaded.dossier) {
                    let column = state.and_then(|state| {
                        let column = row::difference(&state, &loaded.dossier).map(str::to_owned);
                        let column =
                            column.or_else(|| opinion_store::difference(&state.opinions, &loaded.dossier.opinions));
                        let column = column
                            .or_else(|| part_store::difference(state.part.as_ref(), loaded.dossier.part.as_ref()));
                        let (said, row) = (state.written.as_ref(), loaded.dossier.written.as_ref());
                        column.or_else(|| written_store::difference(said, row))
                    });
                    let column = column.unwrap_or_else(|| "state".to_owned());
                    found.broken(format!("dossier {}: {column}", loaded.dossier.code));
                }
                if self.applicant != loaded.applicant.digest() {
                    found.broken(format!("dossier {}: applicant", loaded.dossier.code));
                }
                attached.compare(found, &loaded.dossier, &self.papers, &self.told);
                attached.compare_asides(found, &loaded.dossier, &self.asides);
                if stored != self.links {
                    found.broken(format!("dossier {}: link", loaded.dossier.code));
                }
            }
            (None, Some(head)) if head == self.chain => {}
            (None, Some(_)) => found.broken(format!("event_head {subject}: does not match its events")),
            (None, None) => found.broken(format!("event {subject}: its subject is gone")),
        }
    }
}

#[cfg(test)]
mod tests;
