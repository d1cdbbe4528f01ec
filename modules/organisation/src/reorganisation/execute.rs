//! Executing a reorganisation: the agencies, and what every room holds of them, in one transaction.

use super::line::Line;
use super::moving::{Moved, Moving, Room};
use super::plan::{Plan, plan};
use super::verbs::Rooms;
use super::{Count, Done, Event, Reorganisation, State};
use crate::agency::{self, Agency};
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use crate::verbs::Open;
use ::store::{StoreError, Tx, params};
use base::{Date, Fault, Id, Problem};
use records::{Asker, By, Held};
use std::collections::HashMap;
use std::sync::Arc;

/// What would move of an agency that ends with its parts, and what stands against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsed {
    pub moves: Vec<Open>,
    pub blocks: Vec<Open>,
}

/// Adds up by words; the first address stays.
fn add(all: &mut Vec<Open>, more: Vec<Open>) {
    for open in more.into_iter().filter(|open| open.count > 0) {
        match all.iter_mut().find(|known| known.what == open.what) {
            Some(known) => known.count += open.count,
            None => all.push(open),
        }
    }
}

/// What every room says of some units that end.
///
/// # Errors
/// The database's.
pub async fn rehearse(tx: &Tx, rooms: &[Room], units: &[Id], day: Date) -> Result<Rehearsed, StoreError> {
    let mut found = Rehearsed::default();
    for room in rooms {
        for unit in units {
            match room.moves {
                Some((would, _)) => add(&mut found.moves, would(tx, *unit, day).await?),
                None => add(&mut found.blocks, (room.open)(tx, *unit, day).await?),
            }
        }
    }
    Ok(found)
}

/// Executes the decision of that code, or nothing of it.
///
/// # Errors
/// `NotFound` for whoever may not read it; `Conflict` with `records-not-now` unless it waits for that, with `reorganisation-day-not-come` before
/// its day, with `reorganisation-blocked` where a room that moves nothing holds open work of an agency that ends, with
/// `reorganisation-left-open` where anything is left behind; `Forbidden` with `records-not-yours`, and with `reorganisation-execute-own` for
/// whoever had a hand in it; `Invalid` at each line that the tree cannot follow any more.
pub async fn execute(tx: &Tx, rooms: &Rooms, asker: &Asker<'_>, code: &str) -> Result<Held<Reorganisation>, Fault> {
    tx.lock("organisation").await?;
    let seen = records::open::<Reorganisation>(tx, rooms, asker, code).await?;
    let (held, r, today) = (seen.held(), seen.state(), asker.now.date());
    if r.state != State::Submitted {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = asker.standing(KEEP_ORGANISATION, rooms.house.tree.path(r.office));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let actor = asker.actor.map(|actor| actor.account);
    if r.is_by(actor) {
        return Err(Fault::Forbidden(Problem::new("reorganisation-execute-own")));
    }
    if r.day > today {
        let early = Problem::new("reorganisation-day-not-come").arg("day", base::vn_date(r.day));
        return Err(Fault::Conflict(early));
    }
    // Whoever files meanwhile is done before, or sees what has ended.
    tx.lock(crate::STANDING).await?;
    // The tree as it is now, by the rules of the rehearsal.
    let tree = crate::load_tree(tx).await?;
    let (plan, wrong) = plan(&tree, &r.lines, r.day, &r.number);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let units: Vec<Id> = plan.units.keys().copied().collect();
    let against = rehearse(tx, &rooms.rooms, &units, today).await?.blocks;
    if let Some(first) = against.first() {
        let n: i64 = against.iter().map(|open| open.count).sum();
        let blocked = Problem::new("reorganisation-blocked").arg("n", n).arg("what", first.what);
        return Err(Fault::Conflict(blocked));
    }
    let by = By { actor, agency: standing.agency, now: asker.now };
    agencies(tx, by, r, &plan).await?;
    let after = Arc::new(crate::load_tree(tx).await?);
    let moving = Moving {
        decision: held.id,
        code: held.code.clone(),
        number: r.number.clone(),
        day: r.day,
        units: plan.units.clone(),
        tree: after,
    };
    let moved = carry(tx, &rooms.rooms, &moving, &by).await?;
    nothing_left(tx, &rooms.rooms, &units, today, &tree).await?;
    let made = |line: &Line| Done { n: line.n, made: plan.made.get(&line.n).cloned().unwrap_or_default() };
    let event = Event::Execute { done: r.lines.iter().map(made).collect(), moved };
    records::happen(tx, by, held, &event, &[]).await
}

/// Ends what ends and opens what follows; an identifier may go from the one to the other.
async fn agencies(tx: &Tx, by: By, r: &Reorganisation, plan: &Plan) -> Result<(), Fault> {
    let last = r.day.yesterday().map_err(Fault::internal)?;
    let ids: Vec<Id> = plan.ends.iter().map(|end| end.id).collect();
    let held: HashMap<Id, Held<Agency>> =
        records::some::<Agency>(tx, &ids).await?.into_iter().map(|held| (held.id, held)).collect();
    // Parts before what they are parts of.
    for end in plan.ends.iter().rev() {
        let held = held.get(&end.id).ok_or_else(|| Fault::internal("an agency without its row"))?;
        let (successor, others) = end.successors.split_first().ok_or_else(|| Fault::internal("nothing follows"))?;
        let event = agency::Event::End {
            successor: *successor,
            others: others.to_vec(),
            decision: r.number.clone(),
            day: last,
        };
        records::happen::<Agency>(tx, by, held, &event, &[]).await?;
    }
    for (_, agency) in &plan.opens {
        let mut nodes = agency.lineage();
        nodes.reverse();
        let (id, event) = (agency.id, agency::Event::Open { agency: agency.clone() });
        records::begin::<Agency>(tx, by, (id, &id.to_string()), &event, &[]).await?;
        facts::set_scope(tx, id, &nodes).await?;
    }
    tx.execute(crate::store::BUMP, params![]).await?;
    Ok(())
}

/// Each room moves what is its own.
async fn carry(tx: &Tx, rooms: &[Room], moving: &Moving, by: &By) -> Result<Vec<Count>, Fault> {
    let mut counts: Vec<Count> = Vec::new();
    for (_, moves) in rooms.iter().filter_map(|room| room.moves) {
        for Moved { what, n } in moves(tx, moving, by).await?.into_iter().filter(|moved| moved.n > 0) {
            match counts.iter_mut().find(|known| known.what == what) {
                Some(known) => known.n += n,
                None => counts.push(Count { what: what.to_owned(), n }),
            }
        }
    }
    Ok(counts)
}

/// What is still open at an agency that has ended would be lost there: then nothing is done at all.
async fn nothing_left(tx: &Tx, rooms: &[Room], units: &[Id], day: Date, tree: &Tree) -> Result<(), Fault> {
    for room in rooms {
        for unit in units {
            if let Some(left) = (room.open)(tx, *unit, day).await?.into_iter().find(|open| open.count > 0) {
                let problem = Problem::new("reorganisation-left-open").arg("n", left.count).arg("what", left.what);
                return Err(Fault::Conflict(problem.arg("name", tree.name(*unit))));
            }
        }
    }
    Ok(())
}
