//! Writing many finished histories at once, for simulation and, later, for taking over records of older systems.
//!
//! A [`Case`] lives through its events in memory, by the same rules and the same [`apply`] as a live one; only the final
//! state is written. Notices are not queued: nobody waits for news of the past.

use crate::apply::{DoesNotFollow, apply};
use crate::aside::Aside;
use crate::dossier::{Applicant, Component, Dossier};
use crate::finding::{self, index_text};
use crate::happening::{Happening, Rules};
use crate::owed::{dues, links};
use crate::rating::{self, Rated, Secret};
use crate::row;
use crate::store::{self, component_values};
use ::store::{Rows, StoreError, Tx, Value};
use audit::{Link, event_params, link_hash};
use base::{Date, Id, Instant};
use facts::{Fact, Rollup, fact_rows};
use std::collections::{BTreeMap, BTreeSet};

/// A dossier living through its history.
#[derive(Debug, Clone)]
pub struct Case {
    pub state: Option<Dossier>,
    pub applicant: Applicant,
    pub components: Vec<Component>,
    /// Words about people that belong to its events, by the number of the event.
    pub asides: Vec<(i64, Aside)>,
    id: Id,
    /// How its applicant rated it, by its code.
    rated: Option<Rated>,
    events: Rows,
    event_count: u64,
    facts: Vec<Fact>,
    /// Where it has lain.
    units: BTreeSet<Id>,
    /// What it points to.
    links: Vec<records::Link>,
}

impl Case {
    pub fn new(id: Id, applicant: Applicant, components: Vec<Component>) -> Self {
        Self {
            state: None,
            applicant,
            components,
            asides: Vec::new(),
            id,
            rated: None,
            events: Rows::new(),
            event_count: 0,
            facts: Vec::with_capacity(6),
            units: BTreeSet::new(),
            links: Vec::new(),
        }
    }

    /// The number its next event will have.
    pub fn next_event(&self) -> i64 {
        self.state.as_ref().map_or(0, |dossier| dossier.head.n) + 1
    }

    /// The applicant rates the settled case, once; `id`: of the answer, which leads back to nothing.
    pub fn rate(&mut self, secret: &Secret, id: Id, day: Date, score: i64) {
        if self.rated.is_none() {
            self.rated = self.state.as_ref().and_then(|dossier| rating::rated(secret, dossier, id, day, score));
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
        let outcomes = apply(&mut self.state, self.id, at, (Rules::NOW, Some(actor)), happening)?;
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
        self.links.extend(links(happening));
        if let Some(dossier) = &mut self.state {
            self.units.insert(dossier.unit);
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
    dossiers: Rows,
    components: Rows,
    asides: Rows,
    search: Rows,
    dues: Rows,
    links: Rows,
    events: Rows,
    facts: Rows,
    sums: Rows,
    counters: BTreeMap<(Id, Date), i64>,
    rating_codes: Rows,
    rating_answers: Rows,
    written: Written,
}

impl Batch {
    /// Takes a case, and adds its facts to `rollup`; one without any event is left out.
    ///
    /// # Errors
    /// Facts that their measures do not declare, and sums beyond what a figure can hold.
    pub fn push(&mut self, case: &Case, rollup: &mut Rollup) -> Result<(), StoreError> {
        let Some(dossier) = &case.state else { return Ok(()) };
        facts::judge(&case.facts)?;
        row::values(&mut self.dossiers, dossier, &case.applicant);
        for (n, component) in case.components.iter().enumerate() {
            self.components.extend(component_values(dossier.id, n, component));
        }
        for (n, aside) in &case.asides {
            self.asides.extend([dossier.id.into(), (*n).into(), aside.kind.into(), aside.data.as_str().into()]);
        }
        self.search.extend([Value::from(dossier.id), Value::from(index_text(dossier, &case.applicant, &case.units))]);
        for due in dues(dossier) {
            self.dues.extend([
                dossier.id.into(),
                due.name.into(),
                due.unit.into(),
                due.holder.into(),
                due.at.into(),
                due.part.into(),
            ]);
        }
        for link in &case.links {
            self.links.extend([dossier.id.into(), link.name.into(), link.other.into()]);
        }
        self.events.append(&case.events);
        if let Some(rated) = &case.rated {
            self.rating_codes.extend(rated.code.iter().cloned());
            self.rating_answers.extend(rated.answer.iter().cloned());
        }
        let rated = case.rated.as_ref().map(|rated| &rated.fact);
        for fact in case.facts.iter().chain(rated) {
            // Written as rolled up: the sums go into the same transaction.
            fact_rows(&mut self.facts, fact, true);
            rollup.add_fact(fact)?;
        }
        self.written.dossiers += 1;
        self.written.events += case.event_count;
        self.written.facts += (case.facts.len() + usize::from(rated.is_some())) as u64;
        Ok(())
    }

    /// A number of an agency's day was used.
    pub fn count(&mut self, agency: Id, day: Date, number: i64) {
        let last = self.counters.entry((agency, day)).or_default();
        *last = number.max(*last);
    }

    /// No more cases come: takes the sums of their facts out of `rollup`.
    pub fn finish(&mut self, rollup: &mut Rollup) {
        self.sums = rollup.take();
        for rows in [&mut self.dossiers, &mut self.components, &mut self.search, &mut self.events, &mut self.facts] {
            rows.shrink_to_fit();
        }
    }

    pub fn written(&self) -> Written {
        self.written
    }

    /// Writes everything in the caller's transaction.
    pub async fn write(&self, tx: &Tx) -> Result<(), StoreError> {
        tx.insert_rows(row::INSERT.as_str(), &self.dossiers).await?;
        tx.insert_rows(store::INSERT_COMPONENT, &self.components).await?;
        tx.insert_rows(store::INSERT_ASIDE, &self.asides).await?;
        tx.insert_rows(audit::INSERT_EVENT, &self.events).await?;
        tx.insert_rows(facts::INSERT_FACT, &self.facts).await?;
        tx.insert_rows(finding::INSERT_WORDS, &self.search).await?;
        tx.insert_rows(rating::NEW_CODE_INSERT, &self.rating_codes).await?;
        tx.insert_rows(rating::ANSWER_INSERT, &self.rating_answers).await?;
        tx.insert_rows(records::INSERT_DUE, &self.dues).await?;
        tx.insert_rows(records::INSERT_LINK, &self.links).await?;
        let mut counters = Rows::new();
        for ((agency, day), last) in &self.counters {
            counters.extend([agency.into(), day.into(), Value::Int(*last)]);
        }
        tx.insert_rows(store::RAISE_COUNTER, &counters).await?;
        Rollup::write(tx, &self.sums).await
    }
}
