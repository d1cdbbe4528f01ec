//! Proof that every register follows from what happened: one pass over the subjects, in bounded memory.

use crate::aside::digest;
use crate::kind::{Kind, Replay};
use crate::side::{SELECT_DUES, SELECT_LINKS};
use crate::subject::sql;
use ::store::{Row, StoreError, Tx, params};
use audit::Event;
use base::{Id, Instant};
use facts::Fact;
use files::File;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Subjects held in memory at a time.
const PAGE: i64 = 1_000;

::store::statements! {
    /// Subjects in the order of their ids.
    pub PAGE_OF_SUBJECTS = "SELECT id, kind, code FROM subject WHERE id > $1 ORDER BY id LIMIT $2";
    /// Their events. Driven by the subjects: what lies between is not read.
    pub EVENTS_OF = "SELECT e.subject_id, e.n, e.at, e.kind, e.actor_id, e.agency_id, e.data, e.hash FROM subject s CROSS JOIN event e
        WHERE s.id > $1 AND s.id <= $2 AND e.subject_id = s.id ORDER BY e.subject_id, e.n";
    /// The words beside their events.
    pub ASIDES_OF = "SELECT subject_id, n, name, salt, words FROM aside WHERE subject_id > $1 AND subject_id <= $2";
    /// Their papers. Driven by the subjects, for files of others lie between.
    pub FILES_OF = "SELECT f.id, f.sha256, f.size_bytes, f.media_type, f.name, f.owner_id, f.created_at, f.by_id FROM subject s CROSS JOIN file f
        WHERE s.id > $1 AND s.id <= $2 AND f.owner_id = s.id";
    /// Numbers given out.
    pub NUMBERS = "SELECT book, period, last FROM number ORDER BY book, period";
    /// Ids of the subjects of a range, which are proven here and nowhere else.
    pub SUBJECTS_BETWEEN = "SELECT id FROM subject WHERE id > $1 AND id <= $2";
}

/// What was gone over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proved {
    pub subjects: u64,
    pub events: u64,
    /// Rows of the registers, dues, links, papers and words compared.
    pub rows: u64,
}

/// What an event was to put into somebody's box. Boxes stand above this crate: whoever runs the proof compares them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tidings {
    /// The word of the subject's kind.
    pub topic: &'static str,
    pub subject: Id,
    pub code: String,
    /// The number of the event.
    pub n: i64,
    /// What happened.
    pub kind: &'static str,
    pub account: Id,
    pub at: Instant,
}

/// Whom the proof tells.
pub struct Listener<'a> {
    /// A fact that the events call for.
    pub fact: &'a mut (dyn FnMut(&Fact) + Send),
    /// The first thing of a subject that does not follow.
    pub wrong: &'a mut (dyn FnMut(String) + Send),
}

/// Replays every subject of every kind and compares the rows. Given the folder of uploads, the papers are read through.
///
/// # Errors
/// The database's.
pub async fn prove(
    tx: &Tx,
    kinds: &[Kind],
    uploads: Option<&files::Store>,
    listener: &mut Listener<'_>,
) -> Result<Proved, StoreError> {
    let mut prover = Prover::default();
    while prover.page(tx, kinds, uploads, listener).await? {}
    Ok(prover.proved)
}

/// A proof that is gone through a page of subjects at a time, so that what it calls for can be taken away between.
pub struct Prover {
    pub proved: Proved,
    /// What the events of the last page were to put into boxes, subject by subject.
    pub tidings: Vec<Tidings>,
    /// The last page went over the subjects above the first of these ids, up to the second.
    pub between: (i64, i64),
    numbers: Numbers,
    after: i64,
}

impl Default for Prover {
    fn default() -> Self {
        let between = (i64::MIN, i64::MIN);
        Self { proved: Proved::default(), tidings: Vec::new(), between, numbers: Numbers::default(), after: i64::MIN }
    }
}

impl Prover {
    /// The next page; whether there is another one after it.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(
        &mut self,
        tx: &Tx,
        kinds: &[Kind],
        uploads: Option<&files::Store>,
        listener: &mut Listener<'_>,
    ) -> Result<bool, StoreError> {
        let subjects = tx.query(PAGE_OF_SUBJECTS, params![self.after, PAGE]).await?;
        let full = subjects.len() as i64 == PAGE;
        let last = match subjects.last() {
            Some(row) if full => row.get::<i64>("id")?,
            _ => i64::MAX,
        };
        let mut page = Page::load(tx, kinds, self.after, last).await?;
        self.tidings.clear();
        self.between = (self.after, last);
        for row in &subjects {
            let (id, kind, code): (Id, String, String) = (row.get("id")?, row.get("kind")?, row.get("code")?);
            self.proved.subjects += 1;
            let known = kinds.iter().find(|one| one.word == kind).and_then(|one| one.proof.map(|proof| (one, proof)));
            let Some((kind, proof)) = known else {
                (listener.wrong)(format!("subject {code}: {kind} is no kind of the program"));
                continue;
            };
            let events = page.events.remove(&id).unwrap_or_default();
            let row = page.rows.remove(&(kind.word, id));
            self.proved.events += events.len() as u64;
            let replay = (proof.replay)(row.as_ref(), &events);
            replay.facts.iter().for_each(|fact| (listener.fact)(fact));
            self.tidings.extend(replay.news.iter().filter_map(|(n, at, news)| {
                let (account, code) = (news.account?, code.clone());
                Some(Tidings { topic: kind.word, subject: id, code, n: *n, kind: news.kind, account, at: *at })
            }));
            let broken = match &replay.broken {
                Some(broken) => Some(broken.clone()),
                None if replay.code != code => Some("subject.code".to_owned()),
                None => page.compare(id, &replay, uploads, &mut self.proved.rows),
            };
            if let Some(broken) = broken {
                (listener.wrong)(format!("{} {code}: {broken}", kind.word));
            }
            self.numbers.saw(&replay);
        }
        page.left_over(listener);
        self.after = last;
        if last == i64::MAX {
            std::mem::take(&mut self.numbers).compare(tx, listener).await?;
        }
        Ok(last != i64::MAX)
    }
}

/// A row of what is owed: name, unit, holder, moment, part.
type Owed = (String, Id, Option<Id>, i64, i64);

/// What the tables say of the subjects of a range.
struct Page {
    rows: BTreeMap<(&'static str, Id), Row>,
    events: HashMap<Id, Vec<Event>>,
    dues: BTreeMap<Id, BTreeSet<Owed>>,
    links: BTreeMap<Id, BTreeSet<(String, Id)>>,
    /// By subject, then event and name: the digest of what stands there.
    asides: BTreeMap<Id, BTreeMap<(i64, String), String>>,
    files: HashMap<Id, Vec<File>>,
}

impl Page {
    async fn load(tx: &Tx, kinds: &[Kind], after: i64, last: i64) -> Result<Page, StoreError> {
        let between = params![after, last];
        let mut page = Page {
            rows: BTreeMap::new(),
            events: HashMap::new(),
            dues: BTreeMap::new(),
            links: BTreeMap::new(),
            asides: BTreeMap::new(),
            files: HashMap::new(),
        };
        for (kind, proof) in kinds.iter().filter_map(|kind| kind.proof.map(|proof| (kind.word, proof))) {
            tx.query_each(sql::between(proof.table), between, |row| {
                page.rows.insert((kind, row.get("id")?), row.clone());
                Ok(())
            })
            .await?;
        }
        tx.query_each(EVENTS_OF, between, |row| {
            let event = audit::read_event(row)?;
            page.events.entry(event.subject).or_default().push(event);
            Ok(())
        })
        .await?;
        // Kinds with a proof of their own compare what they owe and point to themselves.
        let elsewhere = || kinds.iter().filter(|kind| kind.is_elsewhere());
        let own: Vec<&str> = elsewhere().flat_map(|kind| kind.dues.iter().map(|due| due.name)).collect();
        let own_links: Vec<&str> = elsewhere().flat_map(|kind| kind.links.iter().map(|link| link.name)).collect();
        tx.query_each(SELECT_DUES, between, |row| {
            let name: String = row.get("name")?;
            if !own.contains(&name.as_str()) {
                let due = (name, row.get("unit_id")?, row.get("holder_id")?, row.get("due_at")?, row.get("part")?);
                page.dues.entry(row.get("subject_id")?).or_default().insert(due);
            }
            Ok(())
        })
        .await?;
        tx.query_each(SELECT_LINKS, between, |row| {
            let name: String = row.get("name")?;
            if !own_links.contains(&name.as_str()) {
                page.links.entry(row.get("subject_id")?).or_default().insert((name, row.get("other_id")?));
            }
            Ok(())
        })
        .await?;
        tx.query_each(ASIDES_OF, between, |row| {
            let (subject, n, name): (Id, i64, String) = (row.get("subject_id")?, row.get("n")?, row.get("name")?);
            let salt: Vec<u8> = row.get("salt")?;
            let digest = digest(&salt, subject, n, &name, row.text("words")?);
            page.asides.entry(subject).or_default().insert((n, name), digest);
            Ok(())
        })
        .await?;
        for row in tx.query(FILES_OF, between).await? {
            let file = files::read_row(&row)?;
            page.files.entry(file.owner).or_default().push(file);
        }
        Ok(page)
    }

    /// The first of the tables beside the register in which a subject is not as its events say.
    fn compare(&mut self, id: Id, replay: &Replay, uploads: Option<&files::Store>, rows: &mut u64) -> Option<String> {
        let due = |due: &crate::Due| (due.name.to_owned(), due.unit, due.holder, due.at.0, due.part);
        let dues: BTreeSet<_> = replay.dues.iter().map(due).collect();
        let links: BTreeSet<_> = replay.links.iter().map(|link| (link.name.to_owned(), link.other)).collect();
        let files = self.files.remove(&id).unwrap_or_default();
        *rows += 1 + (dues.len() + links.len() + files.len() + replay.asides.len()) as u64;
        let stored = (self.dues.remove(&id), self.links.remove(&id), self.asides.remove(&id));
        if stored.0.unwrap_or_default() != dues {
            return Some("due".to_owned());
        }
        if stored.1.unwrap_or_default() != links {
            return Some("link".to_owned());
        }
        if stored.2.unwrap_or_default() != replay.asides {
            return Some("aside".to_owned());
        }
        if files.len() != replay.seals.len() {
            return Some(format!("file: {} there, {} told", files.len(), replay.seals.len()));
        }
        for seal in &replay.seals {
            let Some(file) = files.iter().find(|file| file.id == seal.id) else {
                return Some(format!("file {}: gone", seal.id));
            };
            if let Some(column) = seal.difference(file) {
                return Some(format!("file {}: {column}", seal.id));
            }
            if let Some(damage) = uploads.and_then(|store| store.damage(&file.sha256, file.size_bytes)) {
                return Some(format!("file {}: {}", seal.id, damage.as_str()));
            }
        }
        None
    }

    /// What belongs to no subject of the range.
    fn left_over(self, listener: &mut Listener<'_>) {
        let rows = self.rows.keys().map(|(kind, id)| format!("{kind} {id}: no such subject"));
        let dues = self.dues.keys().map(|id| format!("due {id}: no such subject"));
        let links = self.links.keys().map(|id| format!("link {id}: no such subject"));
        let asides = self.asides.keys().map(|id| format!("aside {id}: no such subject"));
        rows.chain(dues).chain(links).chain(asides).for_each(|wrong| (listener.wrong)(wrong));
    }
}

/// Numbers that subjects have, by book and period: how many, and their sum.
#[derive(Default)]
struct Numbers {
    seen: BTreeMap<(String, i64), (i64, i64)>,
}

impl Numbers {
    fn saw(&mut self, replay: &Replay) {
        if let Some(number) = &replay.number {
            let seen = self.seen.entry((number.book.to_owned(), number.period)).or_default();
            *seen = (seen.0 + 1, seen.1 + number.n);
        }
    }

    /// Numbers are given out in the transaction that writes their subject: a gap is a subject that vanished with all its traces.
    async fn compare(mut self, tx: &Tx, listener: &mut Listener<'_>) -> Result<(), StoreError> {
        for row in tx.query(NUMBERS, params![]).await? {
            let (book, period, last): (String, i64, i64) = (row.get("book")?, row.get("period")?, row.get("last")?);
            let (there, sum) = self.seen.remove(&(book.clone(), period)).unwrap_or_default();
            if there != last || i128::from(sum) != i128::from(last) * (i128::from(last) + 1) / 2 {
                (listener.wrong)(format!("number {book} {period}: {last} given out, {there} there"));
            }
        }
        if let Some((book, period)) = self.seen.keys().next() {
            (listener.wrong)(format!("number {book} {period}: none given out, and subjects have some"));
        }
        Ok(())
    }
}
