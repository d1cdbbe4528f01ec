//! How a desk stands now, as anybody in its hall may see it: no names, only numbers.

use crate::counter::Counter;
use crate::data::Rule;
use crate::house::House;
use crate::queue::{self, Outlook};
use crate::queue_acts::open_counters;
use crate::regulation::{Regulation, rule};
use crate::store;
use crate::ticket::{State, Ticket};
use ::store::Tx;
use base::{Fault, Id, Instant};
use records::Held;

/// A desk now.
pub struct Hall {
    pub counters: Vec<Held<Counter>>,
    pub waiting: Vec<Held<Ticket>>,
    pub called: Vec<Held<Ticket>>,
    pub served: i64,
    pub mean_wait_minutes: Option<i64>,
    /// The mean of the last services.
    pub service_ms: i64,
    /// How the queue is kept today.
    pub rule: Rule,
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
        served: of(State::Served),
        mean_wait_minutes: queue::mean_wait_minutes(called, waited_ms),
        service_ms: queue::service_ms(&store::last_served(tx, desk, day, rule.mean_of).await?, &rule),
        regulation: store::regulation_on(tx, now.date()).await?,
        rule,
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

    /// What somebody who waits may expect; none where no open counter serves them.
    pub fn outlook(&self, ticket: &Held<Ticket>, now: Instant) -> Option<Outlook> {
        let free = |counter: &Held<Counter>| {
            let of_it = self.called.iter().filter(|held| held.state.counter == Some(counter.id));
            let done = of_it.filter_map(|held| Some(held.state.last_call_at?.plus_ms(self.service_ms))).max();
            done.unwrap_or(now).max(now)
        };
        let open: Vec<_> = self.open().into_iter().map(|counter| (counter.clone(), free(counter))).collect();
        queue::outlook(&self.waiting, ticket, &open, (&self.rule, self.service_ms), now)
    }

    /// The same for somebody who would take a ticket now.
    pub fn outlook_of(&self, field: &str, now: Instant) -> Option<Outlook> {
        let state = Ticket { field: field.to_owned(), taken_at: now, n: i64::MAX, ..Ticket::default() };
        self.outlook(&Held { id: Id(0), code: String::new(), head: Default::default(), state }, now)
    }
}
