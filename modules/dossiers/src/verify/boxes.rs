//! What the events of registers were to put into people's boxes, against what lies there.

use super::Found;
use ::store::{Row, StoreError, Tx, params};
use base::{Id, Instant};
use records::{Prover, Tidings};
use std::collections::{BTreeMap, HashSet};

::store::statements! {
    /// What lies in boxes about the subjects of a range. Driven by the subjects: what dossiers told lies between.
    pub TOLD_OF = "SELECT i.id, i.account_id, i.subject_id, i.code, i.kind, i.said, i.at FROM subject s CROSS JOIN inbox i
        WHERE s.id > $1 AND s.id <= $2 AND i.subject_id = s.id AND i.topic = s.kind";
    /// How much lies in boxes, by what it is about.
    pub BOXES = "SELECT topic, COUNT(*) AS n FROM inbox GROUP BY topic";
}

/// Something that lies in a box.
struct Lying {
    id: Id,
    account: Id,
    code: String,
    kind: String,
    /// No numbers belong to it.
    plain: bool,
    at: Instant,
}

impl Lying {
    fn read(row: &Row) -> Result<Lying, StoreError> {
        Ok(Lying {
            id: row.get("id")?,
            account: row.get("account_id")?,
            code: row.get("code")?,
            kind: row.get("kind")?,
            plain: row.text("said")? == "{}",
            at: row.get("at")?,
        })
    }

    fn is(&self, told: &Tidings) -> bool {
        self.plain
            && self.account == told.account
            && self.kind == told.kind
            && self.at == told.at
            && self.code == told.code
    }
}

/// The boxes, gone through with the pages of subjects.
#[derive(Default)]
pub(super) struct Boxes {
    seen: u64,
}

impl Boxes {
    /// What the last page called for, against the rows of its subjects. What is still on its way is counted as waiting.
    pub(super) async fn page(&mut self, tx: &Tx, found: &mut Found, prover: &Prover) -> Result<(), StoreError> {
        let (after, last) = prover.between;
        let mut lying: BTreeMap<Id, Vec<Lying>> = BTreeMap::new();
        for row in tx.query(TOLD_OF, params![after, last]).await? {
            lying.entry(row.get("subject_id")?).or_default().push(Lying::read(&row)?);
            self.seen += 1;
            found.report.rows_checked += 1;
        }
        let mut missing: Vec<&Tidings> = Vec::new();
        for told in &prover.tidings {
            let rows = lying.get_mut(&told.subject);
            match rows.and_then(|rows| rows.iter().position(|row| row.is(told)).map(|at| rows.swap_remove(at))) {
                Some(_) => {}
                None => missing.push(told),
            }
        }
        if !missing.is_empty() {
            let waiting = jobs::unfinished(tx, records::TELL_JOB, Id(after), Id(last)).await?;
            let waiting: HashSet<String> = waiting.into_iter().collect();
            for told in missing {
                if waiting.contains(&records::telling_key(told.subject, told.n)) {
                    found.report.notices_waiting += 1;
                } else {
                    found.broken(format!("notice {} #{} {}: missing", told.code, told.n, told.kind));
                }
            }
        }
        for row in lying.into_values().flatten() {
            found.broken(format!("notice {}: {} tells of no such event", row.id, row.code));
        }
        Ok(())
    }

    /// Nothing about a register's subjects lies anywhere else.
    pub(super) async fn finish(self, tx: &Tx, found: &mut Found, kinds: &[records::Kind]) -> Result<(), StoreError> {
        let mut there = 0;
        for row in tx.query(BOXES, params![]).await? {
            let topic: String = row.get("topic")?;
            if kinds.iter().any(|kind| kind.is_replayed() && kind.word == topic) {
                there += row.get::<i64>("n")?.unsigned_abs();
            }
        }
        if there != self.seen {
            found.broken(format!("inbox: {there} about the subjects of registers, and {} of them known", self.seen));
        }
        Ok(())
    }
}
