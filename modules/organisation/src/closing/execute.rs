//! Executing an emergency decision: the days are closed in the calendar, and every room moves what it has promised through them, in one
//! transaction.

use super::rules::{CountedBy, rule_on};
use super::verbs::{Rooms, against};
use super::{Closing as Decision, Event, State};
use crate::calendar::{self, Closed};
use crate::reorganisation::Count;
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use ::store::{BoxFuture, Tx};
use base::calendar::{DayOff, Entry, OffKind};
use base::{Date, Fault, Id, Problem};
use records::{Asker, By, Held, Seen};
use std::sync::Arc;

/// An emergency decision on its way into the rooms.
#[derive(Clone)]
pub struct Closing {
    pub closed: Closed,
    pub tree: Arc<Tree>,
    /// What the calendar was called before it.
    pub before: String,
}

impl Closing {
    /// Whether it closes days of the whole province.
    pub fn is_of_province(&self) -> bool {
        self.closed.lines.iter().any(|(agency, _)| agency.is_none())
    }

    /// Whether it closes days of one of these agencies, or of all.
    pub fn concerns(&self, agencies: &[Id]) -> bool {
        let among = |agency: &Option<Id>| agency.is_none_or(|agency| agencies.contains(&agency));
        self.closed.lines.iter().any(|(agency, _)| among(agency))
    }
}

/// What a room says of promises that would move, and how it moves them; modules above hand theirs in through [`Closings`].
#[derive(Clone, Copy)]
pub struct ClosingRoom {
    pub would: Would,
    pub moves: Moves,
}

/// What would move, counted in words.
pub type Would = for<'t> fn(&'t Tx, &'t Closing, base::Instant) -> Counted<'t>;
/// Moves it, and counts.
pub type Moves = for<'t> fn(&'t Tx, &'t Closing, &'t By) -> Counted<'t>;
/// What either says.
pub type Counted<'t> = BoxFuture<'t, Result<Vec<Count>, Fault>>;

/// Every room that has promised something by the calendar; put into the application where it is put together.
pub struct Closings(pub Vec<ClosingRoom>);

/// The days it closes: of the province, or of each agency it names with those below that have a calendar of their own.
fn lines(rooms: &Rooms, decision: &Decision, title: &str) -> Vec<(Option<Id>, Entry)> {
    let off = DayOff { kind: OffKind::Closed, name_vi: title.to_owned(), name_en: title.to_owned() };
    let entry = Entry::Off { from: decision.first, to: decision.last, off };
    if decision.agencies.is_empty() {
        return vec![(None, entry)];
    }
    let (tree, calendar) = (&rooms.house.tree, &rooms.house.calendar);
    let below = |agency: &Id| {
        let own = |unit: &Id| unit == agency || calendar.has_own(*unit);
        tree.subtree(*agency).into_iter().map(|unit| unit.id).filter(own).collect::<Vec<_>>()
    };
    let mut all: Vec<Id> = decision.agencies.iter().flat_map(below).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|agency| (Some(agency), entry.clone())).collect()
}

/// What a decision would close if it were executed now.
///
/// # Errors
/// The database's.
pub async fn closing(tx: &Tx, rooms: &Rooms, seen: &Seen<Decision>, today: Date) -> Result<Closing, Fault> {
    let (held, decision) = (seen.held(), seen.state());
    let title = seen.words.get("title").cloned().unwrap_or_else(|| decision.number.clone());
    let closed = Closed {
        by: held.id,
        decision: decision.number.clone(),
        revision: calendar::next_revision(tx).await?,
        lines: lines(rooms, decision, &title),
        first: decision.first,
        counted_by: rule_on(today).map_or(CountedBy::Original, |rule| rule.counted_by),
    };
    let before = crate::load_calendar(tx).await?.version().to_owned();
    Ok(Closing { closed, tree: rooms.house.tree.clone(), before })
}

/// Whether it can be executed as it stands.
///
/// # Errors
/// `Conflict` with the first rule against it: no field is asked for any more.
pub(crate) fn possible(rooms: &Rooms, decision: &Decision, today: Date) -> Result<(), Fault> {
    match against(rooms, &decision.head(), today).into_iter().next() {
        Some(problem) => Err(Fault::Conflict(problem)),
        None => Ok(()),
    }
}

/// Executes the decision of that code, or nothing of it.
///
/// # Errors
/// `NotFound` for whoever may not read it; `Conflict` with `records-not-now` unless it waits for that, and with what stands against it by
/// then; `Forbidden` with `records-not-yours`, and with `closing-execute-own` for whoever had a hand in it.
pub async fn execute(tx: &Tx, rooms: &Rooms, asker: &Asker<'_>, code: &str) -> Result<Held<Decision>, Fault> {
    tx.lock("organisation").await?;
    let seen = records::open::<Decision>(tx, rooms, asker, code).await?;
    let (held, decision, today) = (seen.held(), seen.state(), asker.now.date());
    if decision.state != State::Submitted {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = asker.standing(KEEP_ORGANISATION, rooms.house.tree.path(decision.office));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let actor = asker.actor.map(|actor| actor.account);
    if decision.is_by(actor) {
        return Err(Fault::Forbidden(Problem::new("closing-execute-own")));
    }
    // Tree and calendar as they are now.
    let now = Rooms { house: crate::House::read(tx).await?, rooms: rooms.rooms.clone() };
    possible(&now, decision, today)?;
    let closing = closing(tx, &now, &seen, today).await?;
    let by = By { actor, agency: standing.agency, now: asker.now };
    let reason = seen.words.get("reason").cloned().unwrap_or_default();
    calendar::close(tx, by, &closing.closed, &reason).await?;
    let mut moved = Vec::new();
    for room in rooms.rooms.iter() {
        moved.extend((room.moves)(tx, &closing, &by).await?.into_iter().filter(|count| count.n > 0));
    }
    let event = Event::Execute { revision: closing.closed.revision, moved };
    records::happen(tx, by, held, &event, &[]).await
}
