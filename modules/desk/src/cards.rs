//! How counters and tickets stand in lists of many kinds: behind a figure, among links.

use crate::booking::Booking;
use crate::counter::Counter;
use crate::counters_page::title;
use crate::duty::Duty;
use crate::hall_pages::written;
use crate::house::House;
use crate::ticket::Ticket;
use ::store::{BoxFuture, Tx};
use base::{Fault, Id, vn_date, vn_date_time};
use records::Card;
use std::collections::HashMap;
use web::Ctx;

/// Counters.
pub(crate) fn counters<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let card = |held: records::Held<Counter>| {
            let card = Card {
                title: title(ctx.l, &held.state),
                href: format!("/counters/{}", held.code),
                state: ctx.l.t(format!("counter-state-{}", held.state.state.as_str())),
                unit: Some(held.state.unit),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Counter>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// Tickets: behind figures of waiting.
pub(crate) fn tickets<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let house = House::of(ctx).await?;
        let card = |held: records::Held<Ticket>| {
            let card = Card {
                title: ctx.l.tr("desk-ticket-title", [("n", written(held.state.n))]),
                // Its page is over with its day.
                href: match held.state.day == crate::store::today(ctx.now) {
                    true => format!("/desks/{}/tickets/{}", house.code(held.state.unit), held.code),
                    false => String::new(),
                },
                state: ctx.l.t(format!("ticket-state-{}", held.state.state.as_str())),
                unit: Some(held.state.unit),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Ticket>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// Bookings: whose they are is not said.
pub(crate) fn bookings<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let card = |held: records::Held<Booking>| {
            let card = Card {
                title: ctx.l.tr("booking-at", [("at", vn_date_time(held.state.slot_at))]),
                state: ctx.l.t(format!("booking-state-{}", held.state.state.as_str())),
                unit: Some(held.state.unit),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Booking>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// Duties: each leads to its desk's roster of that day.
pub(crate) fn duties<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let house = House::of(ctx).await?;
        let all = records::some::<Duty>(tx, &ids).await?;
        let counters: Vec<Id> = all.iter().map(|held| held.state.counter).collect();
        let counters = records::some::<Counter>(tx, &counters).await?;
        let card = |held: records::Held<Duty>| {
            let (duty, day) = (&held.state, base::time::date_of_day(held.state.day));
            let counter = counters.iter().find(|counter| counter.id == duty.counter);
            let half = ctx.l.t(format!("duty-half-{}", duty.half.as_str()));
            let counter = counter.map(|counter| title(ctx.l, &counter.state)).unwrap_or_default();
            let card = Card {
                title: format!("{counter} · {half}, {}", vn_date(day)),
                href: format!("/desks/{}/roster?from={day}", house.code(duty.unit)),
                state: ctx.l.t(format!("duty-state-{}", duty.state.as_str())),
                unit: Some(duty.unit),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(all.into_iter().map(card).collect())
    })
}
