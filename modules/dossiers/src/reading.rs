//! Who may read a dossier. One rule for pages, the API, papers and printing; whoever shows something of a dossier asks here and gets a
//! [`Readable`], which nothing else makes.
//!
//! 1. The applicant reads their own ([`crate::person::is_own`]); only where the caller says that applicants come in.
//! 2. Whoever holds an open dossier, and whoever reads at one of its four places: where it lies, the competent agency, intake, return; and
//!    at a unit that is asked for an opinion, as long as it is.
//! 3. A unit keeps reading what has lain with it, its head before all, and so does whoever acted on it and still works within the
//!    competent agency: until so many months after it was closed (`data/access/reading.toml`).
//! 4. After that they say what for, and it is written down.
//!
//! Everybody else is answered as if there were no such dossier.

use crate::actions::{House, load};
use crate::happening::Happening;
use crate::opinion::{Opinion, OpinionState};
use crate::store::{Loaded, by_id};
use ::store::Tx;
use base::{Actor, Date, Fault, Id, Instant, Problem, Terms};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Why a closed dossier is read again. A closed list: purposes stand in addresses and records, where nobody's name may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A complaint, a petition, a denunciation.
    Complaint,
    /// An inspection or audit asked for it.
    Inspection,
    /// A result is corrected or issued anew.
    Correction,
    /// Another dossier of the same person rests on it.
    Related,
}
base::closed_list!(Purpose, {
    Complaint => "complaint",
    Inspection => "inspection",
    Correction => "correction",
    Related => "related",
});

impl Purpose {
    /// Fluent key of its words.
    pub fn key(self) -> String {
        format!("dossier-purpose-{}", self.as_str())
    }
}

/// Why somebody may read a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// It is their own.
    Own,
    /// They hold it, or read at one of its places.
    Place,
    /// They, or their unit, had it before.
    Had,
    /// They had it before, it has been closed for long, and they said what for.
    Purpose(Purpose),
}

/// A dossier that somebody may read.
#[derive(Debug, Clone)]
pub struct Readable {
    loaded: Loaded,
    ground: Ground,
}

impl Readable {
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    pub fn into_loaded(self) -> Loaded {
        self.loaded
    }

    pub fn ground(&self) -> Ground {
        self.ground
    }
}

/// Who asks for a dossier, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    /// [`Purpose`] as given; empty when none was.
    pub purpose: &'a str,
    /// The applicant may come in here.
    pub own: bool,
}

impl<'a> Asking<'a> {
    /// An official, without a purpose.
    pub fn official(actor: &'a Actor, now: Instant) -> Self {
        Self { actor, now, purpose: "", own: false }
    }
}

/// The shipped terms; a test reads the file, so it is well-formed. Without any, nobody keeps reading.
static TERMS: LazyLock<Terms> =
    LazyLock::new(|| Terms::read(include_str!("../../../data/access/reading.toml")).unwrap_or_default());

/// The last day on which a dossier closed on `closed` is read without a purpose by those who had it.
pub fn kept_until(closed: Date) -> Date {
    TERMS.kept_until(closed)
}

/// The dossier of that code, for somebody who may read it.
///
/// # Errors
/// `NotFound` with `dossier-not-found` for everybody else; `Forbidden` with `dossier-reading-needs-purpose` for those who had it and
/// must say what for; a purpose that is none is `Invalid` at `purpose`.
pub async fn readable(tx: &Tx, house: &House, asking: Asking<'_>, code: &str) -> Result<Readable, Fault> {
    let loaded = load(tx, code).await?;
    let ground = match at_hand(house, asking, &loaded) {
        Some(ground) => ground,
        None if had(tx, house, asking.actor, &loaded).await? => after(&loaded, asking)?,
        None => return Err(Fault::NotFound("dossier-not-found")),
    };
    Ok(Readable { loaded, ground })
}

/// Those of some dossiers that an official reads without giving a purpose, for lists that leave out the others.
///
/// # Errors
/// The database's.
pub(crate) async fn those(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    ids: Vec<Id>,
    now: Instant,
) -> Result<HashSet<Id>, Fault> {
    let mut seen = HashSet::new();
    for id in ids {
        let Some(loaded) = by_id(tx, id).await? else { continue };
        let asking = Asking::official(actor, now);
        let reads = at_hand(house, asking, &loaded).is_some()
            || (had(tx, house, actor, &loaded).await? && after(&loaded, asking).is_ok());
        if reads {
            seen.insert(id);
        }
    }
    Ok(seen)
}

/// What the dossier itself tells.
fn at_hand(house: &House, asking: Asking<'_>, loaded: &Loaded) -> Option<Ground> {
    if asking.own && crate::person::is_own(asking.actor, loaded) {
        return Some(Ground::Own);
    }
    by_place(asking.actor, loaded, house).then_some(Ground::Place)
}

/// The field of a dossier's procedure, for grants that are limited to some.
fn field_of(house: &House, loaded: &Loaded) -> String {
    house.shelf.version(loaded.dossier.version).map(|version| version.field.clone()).unwrap_or_default()
}

/// The second rule alone, for those who look through many dossiers at once and show nothing of those left out.
pub(crate) fn by_place(actor: &Actor, loaded: &Loaded, house: &House) -> bool {
    let d = &loaded.dossier;
    let field = field_of(house, loaded);
    let reads = |path: &str| actor.may_in(crate::rights::READ_DOSSIERS, path, &field);
    let holds = d.handler.is_some_and(|handler| actor.acts_for(handler))
        && d.status.is_open()
        && actor.may(crate::rights::READ_DOSSIERS);
    let asked = |opinion: &Opinion| opinion.is_open() && reads(house.tree.path(opinion.unit));
    holds
        || d.opinions.iter().any(asked)
        || [d.unit, d.competent, d.intake, d.return_to].iter().any(|place| reads(house.tree.path(*place)))
        // What ended at an agency of before is read where its work went.
        || [d.unit, d.competent].iter().any(|place| house.tree.followed(*place).is_some_and(|now| reads(&now.path)))
        || [d.intake, d.return_to].iter().any(|place| reads(house.tree.desk_path(*place)))
}

/// Whether the person had it before: it lay with a unit of theirs, or they acted on it and still work within the competent agency. One
/// transferred elsewhere does not read on.
async fn had(tx: &Tx, house: &House, actor: &Actor, loaded: &Loaded) -> Result<bool, Fault> {
    let competent = house.tree.path(loaded.dossier.competent);
    let field = field_of(house, loaded);
    let within = |grant: &base::Grant| {
        grant.allows(crate::rights::READ_DOSSIERS)
            && grant.covers(&field)
            && !competent.is_empty()
            && grant.agency_path.starts_with(competent)
    };
    let works_within = actor.grants.iter().any(within);
    if !actor.may(crate::rights::READ_DOSSIERS) {
        return Ok(false);
    }
    let lay_with = |unit: Id| actor.may_in(crate::rights::READ_DOSSIERS, house.tree.path(unit), &field);
    // Whoever said something, or was to, stands for it; who was asked by mistake has nothing to do with it any more.
    let stands = |opinion: &Opinion| matches!(opinion.state, OpinionState::Given | OpinionState::Silent);
    if loaded.dossier.opinions.iter().any(|opinion| stands(opinion) && lay_with(opinion.unit)) {
        return Ok(true);
    }
    Ok(audit::events(tx, loaded.dossier.id).await?.iter().any(|event| {
        let acted = works_within && event.actor == Some(actor.account);
        acted || laid_with(&event.data).is_some_and(lay_with)
    }))
}

/// The unit an event laid the dossier with.
fn laid_with(data: &str) -> Option<Id> {
    match Happening::read(data).ok()? {
        Happening::Received { place, .. }
        | Happening::Forwarded { place, .. }
        | Happening::SentBack { place, .. }
        | Happening::HandedBack { place, .. }
        | Happening::Redirected { place, .. } => Some(place.unit),
        // A branch that was worked on there and went on.
        Happening::OpinionForwarded { to, .. } | Happening::OpinionSentBack { to, .. } => Some(to.from),
        _ => None,
    }
}

/// Those who had it read on for a while, then with a purpose.
fn after(loaded: &Loaded, asking: Asking<'_>) -> Result<Ground, Fault> {
    let d = &loaded.dossier;
    let closed = (!d.status.is_open()).then_some(d.returned_at.or(d.finished_at)).flatten();
    if closed.is_none_or(|closed| asking.now.date() <= kept_until(closed.date())) {
        return Ok(Ground::Had);
    }
    match asking.purpose {
        "" => Err(Fault::Forbidden(Problem::new("dossier-reading-needs-purpose").field("purpose"))),
        word => Purpose::read(word)
            .map(Ground::Purpose)
            .ok_or_else(|| Fault::invalid(Problem::new("dossier-purpose-unknown").field("purpose"))),
    }
}

/// Kind of the event of a reading that needed a purpose.
pub const READ: &str = "dossier-read";

/// Writes down that somebody read a dossier, where that is asked for. The one place that recording of reads begins at: a page or an
/// answer that shows a dossier calls it with what [`readable`] gave.
pub async fn record(tx: &Tx, readable: &Readable, actor: &Actor, house: &House, now: Instant) -> Result<(), Fault> {
    let Ground::Purpose(purpose) = readable.ground else { return Ok(()) };
    let competent = house.tree.path(readable.loaded.dossier.competent);
    let field = field_of(house, &readable.loaded);
    let agency = actor
        .grant_in(crate::rights::READ_DOSSIERS, competent, &field)
        .or_else(|| actor.home())
        .map(|grant| grant.agency);
    let data = serde_json::json!({ "dossier": readable.loaded.dossier.id, "purpose": purpose.as_str() });
    // The chain is the reader's: the dossier's own tells what was done to it.
    let event = audit::NewEvent { kind: READ, at: now, actor: Some(actor.account), agency, data };
    audit::append(tx, actor.account, event).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
