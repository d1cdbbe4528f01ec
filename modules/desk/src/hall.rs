//! How a desk stands now, as anybody in its hall may see it: no names, only numbers.

use crate::counter::Counter;
use crate::house::House;
use crate::queue;
use crate::queue_acts::open_counters;
use crate::regulation::{Regulation, rule};
use crate::store;
use crate::ticket::{State, Ticket};
use ::store::Tx;
use base::{Fault, Id, Instant};
use records::Held;

/// Calls shown on a screen beside those in force.
const LAST_CALLS: i64 = 6;

/// A desk now.
pub struct Hall {
    pub counters: Vec<Held<Counter>>,
    pub waiting: Vec<Held<Ticket>>,
    pub called: Vec<Held<Ticket>>,
    /// The last ones called, the latest first.
    pub last: Vec<Held<Ticket>>,
    pub served: i64,
    pub mean_wait_minutes: Option<i64>,
    /// The mean of the last services.
    pub service_ms: i64,
    /// The regulation in force.
    pub regulation: Option<Held<Regulation>>,
}

/// Reads how a desk stands.
///
/// # Errors
/// The database's.
pub async fn hall(tx: &Tx, desk: Id, now: Instant) -> Result<Hall, Fault> {
    let (day, rule) = (store::today(now), rule(tx, now).await?);
    let counts = store::counts(tx, desk, day).await?;
    let of = |state: State| counts.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, n)| *n);
    let (called, waited_ms) = store::waited(tx, desk, day).await?;
    Ok(Hall {
        counters: store::counters(tx, desk).await?,
        waiting: store::tickets(tx, desk, day, State::Waiting).await?,
        called: store::tickets(tx, desk, day, State::Called).await?,
        last: store::last_called(tx, desk, day, LAST_CALLS).await?,
        served: of(State::Served),
        mean_wait_minutes: queue::mean_wait_minutes(called, waited_ms),
        service_ms: queue::service_ms(&store::last_served(tx, desk, day, rule.mean_of).await?, &rule),
        regulation: store::regulation_on(tx, now.date()).await?,
    })
}

impl Hall {
    /// The counters at which somebody stands.
    pub fn open(&self) -> Vec<&Held<Counter>> {
        let open = open_counters(&self.counters);
        self.counters.iter().filter(|held| open.contains(&held.id)).collect()
    }

    /// The number over a counter.
    pub fn number(&self, counter: Option<Id>) -> Option<i64> {
        self.counters.iter().find(|held| Some(held.id) == counter).map(|held| held.state.number)
    }

    /// The fields one may take a ticket for now, by name, and whether some counter takes whatever else there is.
    pub fn fields(&self, house: &House) -> (Vec<(String, String)>, bool) {
        let open = self.open();
        let named = |code: &String| open.iter().any(|held| held.state.fields.contains(code));
        let fields = house.fields.iter().filter(|(code, _)| named(code)).cloned().collect();
        (fields, open.iter().any(|held| held.state.fields.is_empty()))
    }

    /// How many wait before somebody who takes a ticket for a field now, and how long that is.
    pub fn outlook(&self, ticket: &Ticket, now: Instant) -> (usize, Option<i64>) {
        let open = self.open();
        let serving: Vec<_> = open.iter().filter(|held| held.state.serves(&ticket.field)).collect();
        // Only those stand before somebody whom the same counters call.
        let rivals: Vec<Held<Ticket>> = self
            .waiting
            .iter()
            .filter(|other| serving.iter().any(|held| held.state.serves(&other.state.field)))
            .cloned()
            .collect();
        let ahead = queue::ahead(&rivals, ticket, now);
        (ahead, queue::estimate_minutes(ahead, serving.len(), self.service_ms))
    }

    /// The same for somebody who walks in now.
    pub fn outlook_of(&self, field: &str, now: Instant) -> (usize, Option<i64>) {
        let one = Ticket { field: field.to_owned(), taken_at: now, n: i64::MAX, ..Ticket::default() };
        self.outlook(&one, now)
    }
}
