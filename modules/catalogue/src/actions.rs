//! What the catalogue keeper does: announce a version, end a procedure. Each is one transaction with
//! its audit event and its facts.

use audit::NewEvent;
use base::{Actor, Date, Fault, Id, Instant, Problem};
use serde_json::json;
use store::{StoreError, Tx};

use crate::proof::KEPT;
use crate::store as sql;
use crate::version::{Origin, Version};
use crate::{rules, stock};

/// Longest number of a decision, in characters.
pub const DECISION_LEN_MAX: usize = 100;

/// Makes ids for rows written in one run: one millisecond, a random start, then one by one. A run of
/// several transactions takes a [`block`](Ids::block) for each: new random starts within the same
/// millisecond would run into each other.
#[derive(Clone)]
pub(crate) struct Ids {
    ms: i64,
    start: u32,
    used: u32,
}

/// Ids one millisecond holds.
const IDS_PER_MS: u32 = 1 << 22;

impl Ids {
    pub(crate) fn new(now: Instant) -> Ids {
        Ids { ms: now.0, start: rand::random(), used: 0 }
    }

    pub(crate) fn next(&mut self) -> Id {
        if self.used == IDS_PER_MS {
            self.ms += 1;
            self.used = 0;
        }
        self.used += 1;
        Id::from_parts(self.ms, self.start.wrapping_add(self.used))
    }

    /// The next `count` ids, for one transaction.
    pub(crate) fn block(&mut self, count: u32) -> Ids {
        if IDS_PER_MS - self.used < count {
            self.ms += 1;
            self.used = 0;
        }
        let block = self.clone();
        self.used += count;
        block
    }
}

/// Opens the register with the shipped procedures. A procedure already there is left alone, so it may
/// be called at every start; one that an import brought first gets its shipped version from today, for
/// that has the internal process and the form an imported one lacks. Returns how many were added.
///
/// # Errors
/// A broken data file (a test prevents it) or the database's.
pub async fn seed(tx: &Tx, now: Instant) -> Result<usize, Fault> {
    tx.lock("catalogue").await?;
    let mut ids = Ids::new(now);
    let mut added = 0;
    let shipped = crate::shipped::versions().map_err(Fault::internal)?;
    for versions in shipped.chunk_by(|one, next| one.code == next.code) {
        let Some(first) = versions.first() else { continue };
        let (procedure, from) = match sql::procedure(tx, &first.code).await? {
            None => {
                let id = ids.next();
                sql::insert_procedure(tx, id, &first.code).await?;
                (id, first.effective_from)
            }
            Some((id, _)) => match end_imported(tx, id, now).await? {
                Some(today) => (id, today),
                None => continue,
            },
        };
        for version in versions.iter().filter(|version| version.effective_to.is_none_or(|end| end > from)) {
            let version = Version {
                id: ids.next(),
                procedure_id: procedure,
                effective_from: version.effective_from.max(from),
                ..version.clone()
            };
            sql::insert_version(tx, &version, now, None).await?;
        }
        let data = json!({ "code": first.code, "source": first.source });
        audit::append_kept(tx, &KEPT, procedure, event("procedure-shipped", now, None, data)).await?;
        added += 1;
    }
    if added > 0 {
        sql::bump(tx).await?;
    }
    stock::count(tx).await?;
    Ok(added)
}

/// Ends today the open version of a procedure known only from imports; `None` when the province has a
/// version of its own or has ended it.
async fn end_imported(tx: &Tx, procedure: Id, now: Instant) -> Result<Option<Date>, StoreError> {
    let versions = sql::versions_of(tx, procedure).await?;
    if versions.iter().any(|version| version.origin != Origin::Imported) {
        return Ok(None);
    }
    match versions.iter().find(|version| version.effective_to.is_none()) {
        Some(open) if sql::end_version(tx, open.id, now.date()).await? => Ok(Some(now.date())),
        _ => Ok(None),
    }
}

fn event(kind: &'static str, at: Instant, actor: Option<&Actor>, data: serde_json::Value) -> NewEvent {
    // In the name of the post that keeps the catalogue, whatever else the person does.
    let keeps = |actor: &Actor| actor.grants.iter().find(|grant| grant.allows(crate::rights::KEEP_CATALOGUE)).cloned();
    let agency = actor.and_then(keeps).map(|grant| grant.agency);
    NewEvent { kind, at, actor: actor.map(|actor| actor.account), agency, data }
}

/// What an announcement decision (quyết định công bố) says.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// Its number, `1234/QĐ-UBND`.
    pub decision: String,
    /// Day of effect, today at the earliest.
    pub effective_from: Date,
    /// The version it lays down. Ids, dates, decision and origin are set here.
    pub version: Version,
}

/// Announces a new version (or a new procedure): from its day of effect it takes the place of the one
/// in force. Dossiers already received keep theirs. The body of an announced version is never changed.
///
/// # Errors
/// `Forbidden` without the keeper's permission; `Invalid` with every broken rule; `Conflict` when a
/// later version is already announced.
pub async fn announce(tx: &Tx, actor: &Actor, now: Instant, announcement: Announcement) -> Result<Id, Fault> {
    may_keep(actor)?;
    let Announcement { decision, effective_from, mut version } = announcement;
    let mut problems = rules::check(&version);
    check_decision(&mut problems, &decision, effective_from, now);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    tx.lock("catalogue").await?;
    let mut ids = Ids::new(now);
    let procedure = match sql::procedure(tx, &version.code).await? {
        Some((id, _)) => id,
        None => {
            let id = ids.next();
            sql::insert_procedure(tx, id, &version.code).await?;
            id
        }
    };
    make_room(tx, procedure, effective_from).await?;
    version.id = ids.next();
    version.procedure_id = procedure;
    version.effective_from = effective_from;
    version.effective_to = None;
    version.decision = decision.trim().to_owned();
    version.origin = Origin::Announced;
    version.remarks.clear();
    sql::insert_version(tx, &version, now, Some(actor.account)).await?;
    let data = json!({
        "version": version.id, "decision": version.decision, "from": effective_from.to_string(),
        "digest": crate::digest::of(&version),
    });
    audit::append_kept(tx, &KEPT, procedure, event("procedure-announced", now, Some(actor), data)).await?;
    sql::bump(tx).await?;
    stock::count(tx).await?;
    Ok(version.id)
}

/// Ends a procedure without a successor (bãi bỏ).
///
/// # Errors
/// `Forbidden`, `Invalid`, `NotFound` for an unknown code, `Conflict` when nothing of it is in force or
/// a later version is already announced.
pub async fn abolish(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    code: &str,
    decision: &str,
    from: Date,
) -> Result<(), Fault> {
    may_keep(actor)?;
    let mut problems = Vec::new();
    check_decision(&mut problems, decision, from, now);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    tx.lock("catalogue").await?;
    let (procedure, _) = sql::procedure(tx, code).await?.ok_or(Fault::NotFound("catalogue-procedure-unknown"))?;
    if !make_room(tx, procedure, from).await? {
        return Err(Fault::Conflict(Problem::new("catalogue-nothing-open").arg("code", code)));
    }
    let data = json!({ "decision": decision.trim(), "from": from.to_string() });
    audit::append_kept(tx, &KEPT, procedure, event("procedure-abolished", now, Some(actor), data)).await?;
    sql::bump(tx).await?;
    stock::count(tx).await?;
    Ok(())
}

fn may_keep(actor: &Actor) -> Result<(), Fault> {
    if actor.may(crate::rights::KEEP_CATALOGUE) {
        Ok(())
    } else {
        Err(Fault::Forbidden(Problem::new("catalogue-keeper-only")))
    }
}

fn check_decision(problems: &mut Vec<Problem>, decision: &str, from: Date, now: Instant) {
    let decision = decision.trim();
    if decision.is_empty() || decision.chars().count() > DECISION_LEN_MAX {
        problems.push(Problem::new("catalogue-decision-required").field("decision").rule("NĐ 63/2010/NĐ-CP Điều 15"));
    }
    if from < now.date() {
        problems
            .push(Problem::new("catalogue-date-past").field("effective_from").arg("today", base::vn_date(now.date())));
    }
}

/// Ends the open version on a day; false when none is open. A version that begins on that very day or
/// later stands in the way.
async fn make_room(tx: &Tx, procedure: Id, from: Date) -> Result<bool, Fault> {
    let versions = sql::versions_of(tx, procedure).await?;
    if let Some(later) =
        versions.iter().find(|v| v.effective_from >= from && v.effective_to.is_none_or(|end| end > v.effective_from))
    {
        let problem = Problem::new("catalogue-later-version")
            .field("effective_from")
            .arg("date", base::vn_date(later.effective_from))
            .arg("decision", &later.decision);
        return Err(Fault::Conflict(problem));
    }
    match versions.iter().find(|version| version.effective_to.is_none()) {
        None => Ok(false),
        Some(open) if sql::end_version(tx, open.id, from).await? => Ok(true),
        Some(_) => Err(StoreError::Busy("the version was ended meanwhile").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn blocks_of_ids_never_meet_even_past_a_millisecond() {
        let mut ids = Ids::new(Instant(1_795_680_300_000));
        ids.used = IDS_PER_MS - 150;
        let mut seen = HashSet::new();
        for _ in 0..5 {
            let mut block = ids.block(100);
            assert!((0..100).all(|_| seen.insert(block.next())));
        }
        let mut ids = Ids { used: IDS_PER_MS - 1, ..ids };
        assert!((0..3).all(|_| seen.insert(ids.next())));
    }
}
