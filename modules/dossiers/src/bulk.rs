//! Writing many finished histories at once, for simulation and, later, for taking over records of older systems.
//!
//! A [`Case`] lives through its events in memory, by the same rules and the same [`apply`] as a live one; only the final
//! state is written. Notices are not queued: nobody waits for news of the past.

use crate::apply::{DoesNotFollow, apply};
use crate::dossier::{Applicant, Component, Dossier};
use crate::happening::Happening;
use crate::store::{COLUMN_COUNT, COLUMNS, COMPONENT_COLUMNS, component_values, row_values, search_words};
use ::store::{StoreError, Tx, Value};
use audit::{INSERT_EVENT_COLUMNS, Link, event_params, link_hash};
use base::{Date, Id, Instant};
use facts::{FACT_COLUMNS, Fact, Rollup, fact_rows};
use std::collections::BTreeMap;

/// Rows of one insert, largest first: few shapes, so that each is prepared once.
const SHAPES: [usize; 4] = [200, 50, 10, 1];
const EVENT_COLUMNS: usize = 8;
const FACT_COLUMN_COUNT: usize = 11;
const COMPONENT_COLUMN_COUNT: usize = 7;

/// A dossier living through its history.
#[derive(Debug, Clone)]
pub struct Case {
    pub state: Option<Dossier>,
    pub applicant: Applicant,
    pub components: Vec<Component>,
    id: Id,
    events: Vec<Value>,
    event_count: usize,
    facts: Vec<Fact>,
    first_payment: Option<Instant>,
}

impl Case {
    pub fn new(id: Id, applicant: Applicant, components: Vec<Component>) -> Self {
        Self {
            state: None,
            applicant,
            components,
            id,
            events: Vec::with_capacity(10 * EVENT_COLUMNS),
            event_count: 0,
            facts: Vec::with_capacity(6),
            first_payment: None,
        }
    }

    /// One more event, by `actor` in the name of `agency`.
    pub fn happen(
        &mut self,
        actor: Id,
        agency: Option<Id>,
        at: Instant,
        happening: &Happening,
    ) -> Result<(), DoesNotFollow> {
        let head = self.state.as_ref().map(|dossier| dossier.head).unwrap_or_default();
        let outcomes = apply(&mut self.state, self.id, at, happening)?;
        let data = happening.to_text(false);
        let link = Link {
            subject: self.id,
            n: head.n + 1,
            at,
            kind: happening.kind(),
            actor: Some(actor),
            agency,
            data: &data,
        };
        let hash = link_hash(&head.hash, link);
        self.events.extend(event_params(link, &hash));
        self.event_count += 1;
        self.facts.extend(outcomes.facts);
        if matches!(happening, Happening::Paid { first_online: true, .. }) {
            self.first_payment = Some(at);
        }
        if let Some(dossier) = &mut self.state {
            dossier.head = audit::Head { n: link.n, hash };
        }
        Ok(())
    }
}

/// How much was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub dossiers: u64,
    pub events: u64,
    pub facts: u64,
}

/// Cases waiting to be written, already in the form of parameters.
#[derive(Default)]
pub struct Batch {
    dossiers: Vec<Value>,
    components: Vec<Value>,
    search: Vec<Value>,
    events: Vec<Value>,
    facts: Vec<Value>,
    all_facts: Vec<Fact>,
    counters: BTreeMap<(Id, Date), i64>,
    first_payments: Vec<(Id, Id, Instant)>,
    written: Written,
}

impl Batch {
    /// Takes a case; one without any event is left out.
    pub fn push(&mut self, case: Case) {
        let Some(dossier) = &case.state else { return };
        row_values(&mut self.dossiers, dossier, &case.applicant);
        for (n, component) in case.components.iter().enumerate() {
            self.components.extend(component_values(dossier.id, n, component));
        }
        self.search.extend([Value::from(dossier.id), Value::from(search_words(dossier, &case.applicant))]);
        self.events.extend(case.events);
        for fact in &case.facts {
            fact_rows(&mut self.facts, fact, true);
        }
        self.first_payments.extend(case.first_payment.map(|at| (dossier.procedure, dossier.id, at)));
        self.written.dossiers += 1;
        self.written.events += case.event_count as u64;
        self.written.facts += case.facts.len() as u64;
        self.all_facts.extend(case.facts);
    }

    /// A number of an agency's day was used.
    pub fn count(&mut self, agency: Id, day: Date, number: i64) {
        let last = self.counters.entry((agency, day)).or_default();
        *last = number.max(*last);
    }

    /// Adds the facts to a roll-up; the rows themselves are written as rolled up.
    pub fn roll_into(&self, rollup: &mut Rollup) {
        let mut text = (Date::MIN, String::new());
        for fact in &self.all_facts {
            if text.0 != fact.day {
                text = (fact.day, fact.day.to_string());
            }
            rollup.add(
                fact.measure,
                &text.1,
                fact.agency,
                fact.level.as_str(),
                &fact.field,
                fact.channel,
                fact.flags,
                fact.qty,
            );
        }
    }

    pub fn written(&self) -> Written {
        self.written
    }

    /// Writes everything in the caller's transaction.
    pub async fn write(&self, tx: &Tx) -> Result<(), StoreError> {
        insert(tx, "dossier", COLUMNS, COLUMN_COUNT, &self.dossiers).await?;
        insert(tx, "dossier_component", COMPONENT_COLUMNS, COMPONENT_COLUMN_COUNT, &self.components).await?;
        insert(tx, "event", INSERT_EVENT_COLUMNS, EVENT_COLUMNS, &self.events).await?;
        insert(tx, "fact", FACT_COLUMNS, FACT_COLUMN_COUNT, &self.facts).await?;
        insert(tx, "dossier_search", "rowid, words", 2, &self.search).await?;
        for (procedure, dossier, at) in &self.first_payments {
            tx.execute(crate::store::FIRST_PAYMENT, ::store::params![*procedure, *dossier, *at]).await?;
        }
        for ((agency, day), last) in &self.counters {
            tx.execute(crate::store::RAISE_COUNTER, ::store::params![*agency, *day, *last]).await?;
        }
        Ok(())
    }
}

/// Inserts rows in as few statements as the shapes allow.
async fn insert(tx: &Tx, table: &str, columns: &str, width: usize, values: &[Value]) -> Result<(), StoreError> {
    let mut rest = values;
    while !rest.is_empty() {
        let rows = rest.len() / width;
        let take = SHAPES.into_iter().find(|shape| *shape <= rows).unwrap_or(1);
        let (now, later) = rest.split_at((take * width).min(rest.len()));
        tx.execute(::store::insert_many(table, columns, take, ""), now).await?;
        rest = later;
    }
    Ok(())
}
