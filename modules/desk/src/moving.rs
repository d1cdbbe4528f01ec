//! What a desk that a reorganisation ends leaves behind: counters, duties to come and booked slots go to the desk that takes its work on.

use crate::booking::{self, Booking};
use crate::counter::{self, COUNTERS_MAX, Counter};
use crate::duty::{self, Duty};
use crate::{rights, store};
use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Fault, Id, Instant, Level, Problem};
use organisation::{Moved, Moving, Open};
use records::{By, Held};
use std::collections::{BTreeMap, BTreeSet};

/// Whoever holds a ticket stands in the hall with its number: the queue is served to its end first. See [`organisation::OpenAt`].
pub fn queue_open_at(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(store::QUEUED_IN, params![unit]).await?.get("n")?;
        let (href, needs) = ("/queues".to_owned(), rights::READ_DESK);
        Ok(vec![Open { what: "ticket-open-here", count, href, needs }])
    })
}

/// Counters keep their numbers where those are free at the desk they come to, and get the next free one else.
async fn counters(tx: &Tx, moving: &Moving, by: &By) -> Result<i64, Fault> {
    let all = Held::<Counter>::read_all(&tx.query(store::COUNTERS_OF, &[moving.listed()]).await?)?;
    let (count, mut taken) = (all.len() as i64, BTreeMap::<Id, BTreeSet<i64>>::new());
    for held in all {
        let Some(followed) = moving.followed([held.state.unit]) else { continue };
        let desk = followed.to(held.state.unit);
        if let std::collections::btree_map::Entry::Vacant(free) = taken.entry(desk) {
            free.insert(store::counters(tx, desk).await?.iter().map(|other| other.state.number).collect());
        }
        let numbers = taken.entry(desk).or_default();
        let own = Some(held.state.number).filter(|number| !numbers.contains(number));
        let number = own.or_else(|| (1..=99).find(|number| !numbers.contains(number)));
        let Some(number) = number.filter(|_| numbers.len() < COUNTERS_MAX) else {
            return Err(Fault::Conflict(Problem::new("desk-counters-full").arg("max", COUNTERS_MAX)));
        };
        numbers.insert(number);
        records::happen(tx, *by, &held, &counter::Event::Follow { followed, number }, &[]).await?;
    }
    Ok(count)
}

/// A slot that was promised is kept: on a free place of the same time, beyond those there are where all are taken.
async fn bookings(tx: &Tx, moving: &Moving, by: &By) -> Result<i64, Fault> {
    let all = Held::<Booking>::read_all(
        &tx.query(store::BOOKED_OF, &[moving.listed(), Instant::start_of(by.now.date()).into()]).await?,
    )?;
    let (count, mut taken) = (all.len() as i64, BTreeMap::<(Id, Instant), BTreeSet<i64>>::new());
    for held in all {
        let Some(followed) = moving.followed([held.state.unit]) else { continue };
        let (desk, slot) = (followed.to(held.state.unit), held.state.slot_at);
        if let std::collections::btree_map::Entry::Vacant(free) = taken.entry((desk, slot)) {
            let rows = tx.query(store::SEATS, params![desk, slot]).await?;
            free.insert(rows.iter().map(|row| row.get("seat")).collect::<Result<_, _>>()?);
        }
        let seats = taken.entry((desk, slot)).or_default();
        let seat = (1..).find(|seat| !seats.contains(seat)).unwrap_or_default();
        seats.insert(seat);
        let level = moving.tree.get(desk).map_or(Level::Province, |desk| desk.level);
        records::happen(tx, *by, &held, &booking::Event::Follow { followed, level, seat }, &[]).await?;
    }
    Ok(count)
}

/// See [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        tx.lock("desk-counters").await?;
        let counters = counters(tx, moving, by).await?;
        let all = Held::<Duty>::read_all(&tx.query(store::PLANNED_OF, &[moving.listed()]).await?)?;
        let event = |d: &Duty| Some(duty::Event::Follow(moving.followed([d.unit])?));
        let duties = organisation::follow(tx, *by, all, event).await?;
        let bookings = bookings(tx, moving, by).await?;
        let moved = |what, n| Moved { what, n };
        Ok(vec![moved("counter-moved", counters), moved("duty-moved", duties), moved("booking-moved", bookings)])
    })
}
