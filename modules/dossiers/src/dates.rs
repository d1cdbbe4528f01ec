//! Dossiers that an emergency decision of the calendar concerns: which dates it would move, and moving them, each dossier by one event,
//! thousands in one transaction. What was received keeps the calendar it was counted by, with those days closed and nothing else changed.

use crate::apply::apply;
use crate::dossier::{Dossier, Status};
use crate::happening::{Clock, DatesMoved, Happening, PromiseMoved, Rules};
use crate::owed::dues;
use crate::row;
use crate::store::{self as sql, Loaded};
use ::store::{BoxFuture, Rows, StoreError, Tx, Value, params};
use audit::{Head, Link, event_params, link_hash};
use base::calendar::{Basis, Calendar, Name};
use base::{Date, Fault, Id, Instant, Problem};
use organisation::closing::{Case as Closing, CountedBy};
use organisation::{Compared, calendar_closed};
use records::By;
use std::collections::HashMap;

/// Dossiers read and written at a time.
const BATCH: usize = 500;

::store::statements! {
    /// Dossiers in which something is promised that is not decided: those worked on, those that wait for the applicant, those that wait for
    /// intake, each by an index that holds open ones alone.
    pub UNDECIDED = sqlite "SELECT id FROM dossier INDEXED BY dossier_due_worked WHERE status IN (2, 4) UNION ALL SELECT id FROM dossier INDEXED BY dossier_unit_waiting WHERE status IN (5, 6) UNION ALL SELECT id FROM dossier INDEXED BY dossier_intake_filed WHERE status = 1",
        postgres "SELECT id FROM dossier WHERE status IN (2, 4) UNION ALL SELECT id FROM dossier WHERE status IN (5, 6) UNION ALL SELECT id FROM dossier WHERE status = 1";
    /// What a decision moved of a dossier, once.
    pub INSERT_MOVED = "INSERT INTO dossier_moved_day (closing_id, dossier_id, n, was_at, due_at) VALUES ($1, $2, $3, $4, $5)";
    /// What a decision has moved, in the order of the dossiers.
    pub MOVED_BY = "SELECT d.id, d.code, d.version_id, d.competent_id, m.was_at, m.due_at FROM dossier_moved_day m JOIN dossier d ON d.id = m.dossier_id WHERE m.closing_id = $1 AND m.was_at IS NOT NULL ORDER BY m.dossier_id LIMIT $2";
    /// Whether a decision has moved anything.
    pub MOVED_ALREADY = "SELECT dossier_id FROM dossier_moved_day WHERE closing_id = $1 LIMIT 1";
}

/// A dossier whose promise moves, or has moved; nothing that names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateMoved {
    pub id: Id,
    pub code: String,
    pub version: Id,
    pub competent: Id,
    pub was: Instant,
    pub due: Instant,
}

/// The calendars that a decision meets, each without and with its days.
struct Calendars<'c> {
    closing: &'c Closing,
    /// Those of now.
    now: (Calendar, Calendar),
    /// By the province's part of a name.
    known: HashMap<String, Option<(Calendar, Calendar)>>,
}

impl<'c> Calendars<'c> {
    async fn of(tx: &Tx, closing: &'c Closing) -> Result<Self, Fault> {
        let now = calendar_closed(tx, &closing.before, &closing.closed).await?;
        let now = now.ok_or_else(|| Fault::internal("the calendar of now has no name"))?;
        Ok(Calendars { closing, now, known: HashMap::new() })
    }

    /// Reads the calendar that a dossier's date was counted by.
    async fn meet(&mut self, tx: &Tx, d: &Dossier) -> Result<(), StoreError> {
        let Ok(basis) = d.due_basis.parse::<Basis>() else { return Ok(()) };
        let name = Name::read(&basis.calendar).of_province().to_string();
        if !self.known.contains_key(&name) {
            let both = calendar_closed(tx, &name, &self.closing.closed).await?;
            self.known.insert(name, both);
        }
        Ok(())
    }

    /// Whose hours count at intake, and who settles.
    fn agencies(&self, d: &Dossier) -> (Id, Id) {
        let tree = &self.closing.tree;
        let settles = tree.house_of(d.competent).map_or(d.competent, |house| house.id);
        (organisation::takes_in(tree, &self.now.1, d.intake), settles)
    }

    /// Those of now, of a unit.
    fn at(&self, unit: Id) -> (Calendar, Calendar) {
        let tree = &self.closing.tree;
        let own = self.now.1.has_own(unit).then_some(unit);
        let agency = own.or_else(|| tree.house_of(unit).map(|house| house.id)).unwrap_or(unit);
        (self.now.0.at(agency, agency), self.now.1.at(agency, agency))
    }

    /// A date of the office's own, by the hours of now; none where it stays.
    fn later(&self, unit: Id, at: Option<Instant>) -> Option<Instant> {
        let (before, after) = self.at(unit);
        let at = at?;
        Some(after.past_closing(&before, at, self.closing.closed.from())).filter(|moved| *moved > at)
    }

    /// The promise to the applicant.
    fn promise(&self, d: &Dossier) -> Option<PromiseMoved> {
        let (was, closed) = (d.due_at?, &self.closing.closed);
        let (takes_in, settles) = self.agencies(d);
        let basis = d.due_basis.parse::<Basis>().ok();
        let named = basis.as_ref().and_then(|basis| {
            let name = Name::read(&basis.calendar);
            let both = self.known.get(&name.of_province().to_string())?.as_ref()?;
            Some((basis, name, both))
        });
        let (before, after, due_at, text) = match named {
            Some((basis, name, (before, after))) => {
                // As it is named; an agency that is closed comes in where it had no lines of its own then.
                let own = |named: Option<Id>, now: Id| named.unwrap_or(if before.has_own(now) { Id(0) } else { now });
                let before = before.at(name.takes_in.unwrap_or(Id(0)), name.settles.unwrap_or(Id(0)));
                let after = after.at(own(name.takes_in, takes_in), own(name.settles, settles));
                let due = after.due_past_closing(&before, was, basis, closed.from())?;
                (before, after, due.due_at, due.basis)
            }
            // Promised with others, by a day that is no limit of its own.
            None => {
                let (before, after) = (self.now.0.at(takes_in, settles), self.now.1.at(takes_in, settles));
                let moved = after.past_closing(&before, was, closed.from());
                let text = format!("{}; closed={}", d.due_basis, after.version());
                (before, after, Some(moved).filter(|moved| *moved > was)?, text)
            }
        };
        let promised = match closed.counted_by {
            CountedBy::Original => d.counted_by(),
            CountedBy::Moved => {
                let promised = d.promised_at.map(|at| after.past_closing(&before, at, closed.from()));
                promised.filter(|at| *at < due_at)
            }
        };
        Some(PromiseMoved { was, clock: Clock { promised, ..Clock::new(due_at, text) } })
    }

    /// The applicant's last day, where it is closed and was not.
    fn asked_until(&self, d: &Dossier) -> Option<Date> {
        let (until, (takes_in, _)) = (d.asked_until?, self.agencies(d));
        let (before, after) = (self.now.0.at(takes_in, takes_in), self.now.1.at(takes_in, takes_in));
        let closed = before.is_working_day(until) && !after.is_working_day(until);
        closed.then(|| after.nth_working_day_after(until, 1))
    }

    /// Everything that moves of a dossier; none where nothing does.
    fn moves(&self, d: &Dossier) -> Option<DatesMoved> {
        if d.status == Status::Decided || !d.status.is_open() {
            return None;
        }
        let open = d.opinions.iter().filter(|opinion| opinion.is_open());
        let opinions = open.filter_map(|opinion| Some((opinion.n, self.later(opinion.unit, Some(opinion.due_at))?)));
        let together = d.part.as_ref().filter(|part| part.leads()).and_then(|part| part.due_at);
        let (takes_in, settles) = self.agencies(d);
        let (before, after) = (self.now.0.at(takes_in, settles), self.now.1.at(takes_in, settles));
        let past = |at| Some(after.past_closing(&before, at, self.closing.closed.from())).filter(|moved| *moved > at);
        let dates = DatesMoved {
            promise: self.promise(d),
            answer_due_at: self.later(takes_in, d.answer_due_at),
            asked_until: self.asked_until(d),
            step_due_at: self.later(d.unit, d.step_due_at),
            take_by: self.later(d.unit, d.take_by),
            papers_by: self.later(d.papers_from.unwrap_or(d.unit), d.papers_by),
            together: together.and_then(past),
            opinions: opinions.collect(),
        };
        dates.any().then_some(dates)
    }
}

async fn undecided(tx: &Tx) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query(UNDECIDED, params![]).await?;
    let mut ids: Vec<Id> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

/// Some dossiers with the rows beside them.
async fn some(tx: &Tx, ids: &[Id]) -> Result<Vec<Loaded>, StoreError> {
    let rows = tx.query(crate::moving::THOSE, &[Value::ids(ids)]).await?;
    let mut page: Vec<Loaded> = rows.iter().map(sql::read).collect::<Result<_, _>>()?;
    for loaded in &mut page {
        let d = &mut loaded.dossier;
        if d.opinion_n > 0 {
            d.opinions = crate::opinion_store::of(tx, d.id).await?;
        }
        if d.flags & crate::dossier::mark::LINKED != 0 {
            d.part = crate::part_store::of(tx, d.id).await?;
        }
    }
    Ok(page)
}

/// What a decision would move: the promises, at most `limit` of them, and how many dossiers it concerns in other dates alone.
///
/// # Errors
/// The database's.
pub async fn would_list(tx: &Tx, closing: &Closing, limit: usize) -> Result<(Vec<DateMoved>, i64, i64), Fault> {
    let (mut listed, mut promises, mut others) = (Vec::new(), 0, 0);
    let mut calendars = Calendars::of(tx, closing).await?;
    for chunk in undecided(tx).await?.chunks(BATCH) {
        for loaded in some(tx, chunk).await? {
            let d = &loaded.dossier;
            calendars.meet(tx, d).await?;
            let Some(dates) = calendars.moves(d) else { continue };
            let Some(promise) = dates.promise else {
                others += 1;
                continue;
            };
            promises += 1;
            if listed.len() < limit {
                let (was, due) = (promise.was, promise.clock.due_at);
                let (code, version, competent) = (d.code.clone(), d.version, d.competent);
                listed.push(DateMoved { id: d.id, code, version, competent, was, due });
            }
        }
    }
    Ok((listed, promises, others))
}

/// What a decision has moved.
///
/// # Errors
/// The database's.
pub async fn moved_list(tx: &Tx, closing: Id, limit: usize) -> Result<Vec<DateMoved>, StoreError> {
    let rows = tx.query(MOVED_BY, params![closing, limit as i64]).await?;
    let moved = |row: &::store::Row| {
        Ok(DateMoved {
            id: row.get("id")?,
            code: row.get("code")?,
            version: row.get("version_id")?,
            competent: row.get("competent_id")?,
            was: row.get("was_at")?,
            due: row.get("due_at")?,
        })
    };
    rows.iter().map(moved).collect()
}

type Counts = Vec<organisation::reorganisation::Count>;

fn counts(promises: i64, others: i64) -> Counts {
    let count = |what: &str, n| organisation::reorganisation::Count { what: what.to_owned(), n };
    vec![count("dossier-closing-promises", promises), count("dossier-closing-others", others)]
}

/// What would move, counted; see [`organisation::ClosingRoom`].
pub fn would<'t>(tx: &'t Tx, closing: &'t Closing, _: Instant) -> BoxFuture<'t, Result<Counts, Fault>> {
    Box::pin(async move {
        let (_, promises, others) = would_list(tx, closing, 0).await?;
        Ok(counts(promises, others))
    })
}

/// Moves every date of every undecided dossier past the closed days; see [`organisation::ClosingRoom`].
pub fn moves<'t>(tx: &'t Tx, closing: &'t Closing, by: &'t By) -> BoxFuture<'t, Result<Counts, Fault>> {
    Box::pin(async move {
        let (mut promises, mut others) = (0, 0);
        let mut calendars = Calendars::of(tx, closing).await?;
        // It is one transaction: where some of it is done all of it is, however often it is asked for.
        if tx.query_opt(MOVED_ALREADY, params![closing.closed.by]).await?.is_some() {
            return Ok(counts(0, 0));
        }
        for chunk in undecided(tx).await?.chunks(BATCH) {
            let page = some(tx, chunk).await?;
            for loaded in &page {
                calendars.meet(tx, &loaded.dossier).await?;
            }
            let (p, o) = batch(tx, &calendars, by, page).await?;
            promises += p;
            others += o;
        }
        Ok(counts(promises, others))
    })
}

/// One batch: rows one by one, everything else in statements of many rows.
async fn batch(tx: &Tx, calendars: &Calendars<'_>, by: &By, page: Vec<Loaded>) -> Result<(i64, i64), Fault> {
    let closed = &calendars.closing.closed;
    let actor = by.actor.ok_or_else(|| Fault::internal("an emergency decision of nobody's"))?;
    let (mut events, mut dues_now, mut rows, mut ids) = (Rows::new(), Rows::new(), Rows::new(), Vec::new());
    let (mut promises, mut others) = (0, 0);
    for loaded in page {
        let before = loaded.dossier;
        let Some(dates) = calendars.moves(&before) else { continue };
        let promise = dates.promise.clone();
        let (decision, counted_by) = (closed.decision.clone(), closed.counted_by);
        let happening = Happening::DueMoved { by: closed.by, decision, counted_by, dates };
        let mut state = Some(before.clone());
        apply(&mut state, before.id, by.now, (Rules::NOW, Some(actor)), &happening)
            .map_err(|_| Fault::internal(format!("due-moved does not follow for {}", before.code)))?;
        let mut after = state.ok_or_else(|| Fault::internal("no state after an event"))?;
        let told = after.account.filter(|account| *account != actor && happening.concerns_applicant());
        let data = happening.to_text(told.is_some());
        let (n, kind) = (before.head.n + 1, happening.kind());
        let link = Link { subject: after.id, n, at: by.now, kind, actor: Some(actor), agency: by.agency, data: &data };
        after.head = Head { n, hash: link_hash(&before.head.hash, link) };
        if tx.execute(row::UPDATE.as_str(), &row::moved(&after, before.head)).await? != 1 {
            return Err(Fault::Conflict(Problem::new("dossier-changed-meanwhile")));
        }
        if before.opinions != after.opinions {
            crate::opinion_store::write(tx, &before.opinions, &after).await?;
        }
        crate::part_store::write(tx, before.part.as_ref(), &after).await?;
        events.extend(event_params(link, &after.head.hash));
        for due in dues(&after) {
            let (name, unit, holder) = (due.name.into(), due.unit.into(), due.holder.into());
            dues_now.extend([after.id.into(), name, unit, holder, due.at.into(), due.part.into()]);
        }
        let (was, due) = promise.map(|promise| (promise.was, promise.clock.due_at)).unzip();
        rows.extend([closed.by.into(), after.id.into(), n.into(), was.into(), due.into()]);
        *(if was.is_some() { &mut promises } else { &mut others }) += 1;
        crate::topics::tell(tx, &after, (told, &happening), Some(actor), by.now).await?;
        ids.push(after.id);
    }
    if ids.is_empty() {
        return Ok((0, 0));
    }
    audit::write_links(tx, by.now.date(), &events).await?;
    records::clear_dues(tx, &ids).await?;
    tx.insert_rows(records::INSERT_DUE, &dues_now).await?;
    tx.insert_rows(INSERT_MOVED, &rows).await?;
    Ok((promises, others))
}

/// Promises that a change of the calendar would count otherwise, if they were made now; they stay. See [`organisation::Previews`].
pub fn counted_otherwise<'t>(
    tx: &'t Tx,
    compared: &'t Compared,
) -> BoxFuture<'t, Result<Vec<organisation::Open>, Fault>> {
    Box::pin(async move {
        let mut n = 0;
        for chunk in undecided(tx).await?.chunks(BATCH) {
            for row in tx.query(crate::moving::THOSE, &[Value::ids(chunk)]).await? {
                n += i64::from(otherwise(compared, &sql::read(&row)?.dossier));
            }
        }
        let (href, needs) = ("/work?tab=all".to_owned(), crate::rights::READ_DOSSIERS);
        Ok(vec![organisation::Open { what: "dossier-counted-otherwise", count: n, href, needs }])
    })
}

/// Whether a promise, counted now, would be another before and after a change.
fn otherwise(compared: &Compared, d: &Dossier) -> bool {
    let Some(basis) = d.due_at.and_then(|_| d.due_basis.parse::<Basis>().ok()) else { return false };
    let tree = &compared.tree;
    let settles = tree.house_of(d.competent).map_or(d.competent, |house| house.id);
    let counted = |calendar: &Calendar| {
        let own = calendar.at(organisation::takes_in(tree, calendar, d.intake), settles);
        let calendar = own.version().to_owned();
        own.recount(&Basis { calendar, ..basis.clone() }).map(|due| due.due_at)
    };
    counted(&compared.before) != counted(&compared.after)
}

#[cfg(test)]
mod tests;
