//! Many subjects at once: what comes with the program, what an import brings, and the rows of a register that moved onto the shared
//! pieces.

use crate::happen::{Step, step};
use crate::side::{self, INSERT_SUBJECT};
use crate::subject::{By, Held, sql};
use crate::verb::Machine;
use ::store::{BoxFuture, Db, Rows, StoreError, Tx, Value, params};
use audit::{Head, Kept};
use base::{Fault, Id, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// The word of the act that takes a row over.
pub const ADOPT: &str = "adopt";
/// Rows taken over in one transaction.
const PAGE: i64 = 500;

/// A subject about to begin: id, code, first event.
pub type Begun<S> = (Id, String, <S as crate::Subject>::Event);

/// Many new subjects: the first event of each, and all that follows but news, in a few statements.
///
/// # Errors
/// As [`crate::begin`]; `Busy` while the clock stands on a sealed day.
pub async fn begin_all<S: Machine>(tx: &Tx, by: By, all: &[Begun<S>]) -> Result<Vec<Held<S>>, Fault> {
    let mut rows = Rows::default();
    let steps = write_all(tx, by, all, |_| Head::default()).await?;
    for step in &steps {
        rows.extend(sql::inserted(&step.after));
    }
    tx.insert_rows(sql::insert::<S>(), &rows).await?;
    Ok(steps.into_iter().map(|step| step.after).collect())
}

/// Everything but the registers' own rows.
async fn write_all<S: Machine>(
    tx: &Tx,
    by: By,
    all: &[Begun<S>],
    head: impl Fn(Id) -> Head,
) -> Result<Vec<Step<S>>, Fault> {
    let (mut subjects, mut events, mut facts) = (Rows::default(), Rows::default(), Vec::new());
    let mut steps = Vec::with_capacity(all.len());
    for (id, code, event) in all {
        let step = step::<S>(by, (None, head(*id)), (*id, code), event, BTreeMap::new())?;
        subjects.extend([Value::from(*id), S::KIND.into(), code.as_str().into()]);
        events.extend(audit::event_params(step.link(), &step.after.head.hash));
        facts.extend(step.facts.iter().cloned());
        steps.push(step);
    }
    tx.insert_rows(INSERT_SUBJECT, &subjects).await?;
    audit::write_links(tx, by.now.date(), &events).await?;
    for Step { after, .. } in &steps {
        side::owe(tx, after.id, &[], &after.state.dues()).await?;
        side::link(tx, after.id, &[], &after.state.links()).await?;
    }
    crate::words::begun(tx, steps.iter().map(|step| &step.after)).await?;
    facts::append(tx, &facts).await?;
    Ok(steps)
}

/// A register with rows of a time before it lived on the shared pieces. They were held to the log by digests ([`audit::Kept`]); in the
/// set they stay under a condition that is true of rows without `event_n`, so that what is not taken over stays denounced.
pub trait Adopted: Machine {
    /// The set that holds them.
    fn before() -> &'static Kept;

    /// The event `adopt` of a row, which states the whole of it.
    fn adopted(tx: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Self::Event, StoreError>>;

    /// Clears rows beside the register's own whose content the state holds from now on.
    fn clear(_: &Tx, _: Vec<Id>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}

/// What was taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adoption {
    pub taken: u64,
    /// Rows that are not as their last event left them: they stay what they were, and verification names them.
    pub refused: Vec<Id>,
}

/// Takes over the rows of a register that moved onto the shared pieces: once, a page in a transaction, each by one more event of its
/// chain. A row is held against its old digests first; the log says for good that it was done, and a row that has no event afterwards is
/// damage. A run that was broken off goes on.
///
/// # Errors
/// The database's; what was taken over so far stays.
pub async fn adopt<S: Adopted>(db: &Db, now: Instant) -> Result<Adoption, Fault> {
    let (mut adoption, mut after) = (Adoption::default(), Some(i64::MIN));
    while let Some(from) = after {
        let page = db.write(move |tx| Box::pin(async move { page::<S>(tx, from, now).await }));
        let (next, taken, refused) = page.await?;
        adoption.taken += taken;
        adoption.refused.extend(refused);
        after = next;
    }
    Ok(adoption)
}

/// Where to go on, if anywhere; how many rows were taken, and which were not.
type Page = (Option<i64>, u64, Vec<Id>);

async fn page<S: Adopted>(tx: &Tx, from: i64, now: Instant) -> Result<Page, Fault> {
    tx.lock("records/adopt").await?;
    // Done, perhaps by another process; or the set's own rows have yet to be held to the log.
    if audit::is_adopted(tx, S::KIND).await? || !audit::is_adopted(tx, S::before().name).await? {
        return Ok((None, 0, Vec::new()));
    }
    let rows = tx.query(sql::before(S::TABLE), params![from, PAGE]).await?;
    let ids: BTreeSet<Id> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let Some(last) = ids.last().map(|id| id.0) else {
        audit::note_adopted(tx, S::KIND, 1, now).await?;
        return Ok((None, 0, Vec::new()));
    };
    let unlike = audit::unlike(tx, S::before(), from, last).await?;
    let (refused, ids): (BTreeSet<Id>, BTreeSet<Id>) = ids.into_iter().partition(|id| unlike.contains(&id.0));
    let mut all = Vec::with_capacity(ids.len());
    for row in crate::some::<S>(tx, &ids.into_iter().collect::<Vec<_>>()).await? {
        all.push((row.id, row.code.clone(), S::adopted(tx, row).await?));
    }
    all.sort_unstable_by_key(|(id, ..)| *id);
    let heads = audit::release_heads(tx, &all.iter().map(|(id, ..)| *id).collect::<Vec<_>>()).await?;
    let by = By { actor: None, agency: None, now };
    let steps = write_all::<S>(tx, by, &all, |id| heads.get(&id.0).copied().unwrap_or_default()).await?;
    for Step { after, .. } in &steps {
        let own = [after.id.into(), after.head.n.into(), after.head.hash.to_vec().into()];
        let columns = crate::columns::values(S::COLUMNS, &after.state);
        tx.execute(sql::take_over::<S>(), &own.into_iter().chain(columns).collect::<Vec<Value>>()).await?;
    }
    S::clear(tx, all.iter().map(|(id, ..)| *id).collect()).await?;
    Ok((Some(last), all.len() as u64, refused.into_iter().collect()))
}
