//! What the catalogue keeper does: announce a version, end a procedure. Each is one transaction with
//! its audit event and its facts.

use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::Held;
use store::Tx;

use crate::procedure::{self, Event, Procedure, Written};
use crate::store as sql;
use crate::version::{Origin, Version};
use crate::{rules, stock};

/// Longest number of a decision, in characters.
pub const DECISION_LEN_MAX: usize = 100;

/// Opens the register with the shipped procedures. A procedure already there is left alone, so it may
/// be called at every start; one that an import brought first gets its shipped version from today, for
/// that has the internal process and the form an imported one lacks. Returns how many were added.
///
/// # Errors
/// A broken data file (a test prevents it) or the database's.
pub async fn seed(tx: &Tx, now: Instant) -> Result<usize, Fault> {
    tx.lock("catalogue").await?;
    let mut added = 0;
    let shipped = crate::shipped::versions().map_err(Fault::internal)?;
    let (by, today) = (procedure::by(None, now), now.date());
    let mut new = Vec::new();
    for versions in shipped.chunk_by(|one, next| one.code == next.code) {
        let Some(first) = versions.first() else { continue };
        let known = sql::procedure(tx, &first.code).await?;
        // The province has a version of its own, or has ended it.
        let own = |p: &Procedure| p.open().is_none() || p.editions.iter().any(|one| one.origin != Origin::Imported);
        if known.as_ref().is_some_and(|known| own(&known.state)) {
            continue;
        }
        let from = if known.is_some() { today } else { first.effective_from };
        let id = known.as_ref().map_or_else(|| Id::next(now), |known| known.id);
        let mut written = Vec::new();
        for version in versions.iter().filter(|version| version.effective_to.is_none_or(|end| end > from)) {
            let effective_from = version.effective_from.max(from);
            let version = Version { id: Id::next(now), procedure_id: id, effective_from, ..version.clone() };
            written.push(Written::of(&version, by)?);
        }
        match &known {
            None => new.push((id, first.code.clone(), written)),
            Some(known) => {
                let editions = written.iter().map(|written| written.edition.clone()).collect();
                let event = Event::ShipOver { editions };
                procedure::happen(tx, by, Some(known), (id, &first.code), event, &written).await?;
            }
        }
        added += 1;
    }
    procedure::ship(tx, by, new).await?;
    if added > 0 {
        sql::bump(tx).await?;
    }
    stock::count(tx).await?;
    Ok(added)
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
    let by = procedure::by(Some(actor), now);
    let known = sql::procedure(tx, &version.code).await?;
    make_room(known.as_ref(), effective_from)?;
    version.id = Id::next(now);
    version.procedure_id = known.as_ref().map_or_else(|| Id::next(now), |known| known.id);
    version.effective_from = effective_from;
    version.effective_to = None;
    version.decision = decision.trim().to_owned();
    version.origin = Origin::Announced;
    version.remarks.clear();
    let written = Written::of(&version, by)?;
    let edition = written.edition.clone();
    let event = if known.is_some() { Event::Announce { edition } } else { Event::AnnounceNew { edition } };
    let of = (version.procedure_id, version.code.as_str());
    procedure::happen(tx, by, known.as_ref(), of, event, &[written]).await?;
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
    let known = sql::procedure(tx, code).await?.ok_or(Fault::NotFound("catalogue-procedure-unknown"))?;
    make_room(Some(&known), from)?;
    if known.state.open().is_none() {
        return Err(Fault::Conflict(Problem::new("catalogue-nothing-open").arg("code", code)));
    }
    let event = Event::End { from, decision: decision.trim().to_owned() };
    procedure::happen(tx, procedure::by(Some(actor), now), Some(&known), (known.id, code), event, &[]).await?;
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

/// A version that begins on that very day or later stands in the way of another from it.
fn make_room(known: Option<&Held<Procedure>>, from: Date) -> Result<(), Fault> {
    let mut editions = known.into_iter().flat_map(|known| &known.state.editions);
    let Some(later) = editions.find(|one| one.from >= from && one.to.is_none_or(|end| end > one.from)) else {
        return Ok(());
    };
    let problem = Problem::new("catalogue-later-version").field("effective_from");
    Err(Fault::Conflict(problem.arg("date", base::vn_date(later.from)).arg("decision", &later.decision)))
}
