//! Definitions of indicators as dated data: what is counted above and below, from which day on. Whoever keeps programmes proposes one, a
//! second person of the whole province puts it into force. What was measured under an earlier definition stays: a figure of a day
//! follows the definition of that day.
//!
//! A register on the shared pieces: its machine is [`VERBS`], its proof that of all kinds.

mod form;
mod known;
mod page;

#[cfg(test)]
pub(crate) use form::{conditions, measures};
pub(crate) use known::indicators;
pub use known::{refresh, shipped};
pub(crate) use page::{LIST, act, list, propose, show};

use crate::house::{House, decider, second_person};
use ::store::{BoxFuture, Tx, params};
use base::{Date, Fault, Id, Instant, Problem};
use facts::Fact;
use facts::Indicators;
use records::{
    Asker, By, Card, Column, Decided, DoesNotFollow, Due, DueKind, EVERYBODY, Field, Found, Given, Held, Hits, Kind,
    Machine, Moment, Number, Office, Subject, Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use web::Ctx;

/// Longest reason or basis, in letters.
pub const TEXT_MAX: usize = 500;
/// The book of running numbers.
const BOOK: &str = "indicator-definition";
/// The name by which the second person's look is owed.
const DECIDE: &str = "indicator-definition";

::store::statements! {
    /// What was put into force, in that order.
    pub DEFINITIONS_IN_FORCE = "SELECT body FROM indicator_definition WHERE stage = 'in-force' ORDER BY id LIMIT 5000";
    /// How many there are: none is ever changed or taken back.
    pub DEFINITIONS_COUNT = "SELECT COUNT(*) AS n FROM indicator_definition WHERE stage = 'in-force'";
    /// All of one indicator, the newest first.
    pub DEFINITIONS_OF = "SELECT * FROM indicator_definition WHERE indicator = $1 ORDER BY id DESC LIMIT 100";
    /// What waits for the second person.
    pub DEFINITIONS_WAITING = "SELECT * FROM indicator_definition WHERE stage = 'proposed' ORDER BY id LIMIT 200";
}

/// How far a definition has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Waits for the second person.
    #[default]
    Proposed,
    /// Counts from its first day on.
    InForce,
    /// The second person said no.
    Refused,
    /// Whoever proposed it took it back.
    Withdrawn,
}
base::closed_list!(Stage, "reform-choose", {
    Proposed => "proposed",
    InForce => "in-force",
    Refused => "refused",
    Withdrawn => "withdrawn",
});

/// A definition with its story.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// The indicator it defines.
    pub indicator: String,
    /// The first day it counts on.
    pub valid_from: Date,
    pub stage: Stage,
    /// The topmost agency: a definition is the whole province's.
    pub unit: Id,
    /// Its running number, and the year of it.
    pub n: i64,
    pub year: i64,
    pub proposed_by: Id,
    pub proposed_at: Instant,
    pub decided_by: Option<Id>,
    pub decided_at: Option<Instant>,
    /// As in `data/indicators`.
    pub body: String,
    /// The decision it rests on.
    pub basis: String,
}

/// What happens to one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Propose { indicator: String, valid_from: Date, unit: Id, n: i64, year: i64, body: String, basis: String },
    Confirm,
    Refuse,
    Withdraw,
}

const COLUMNS: &[Column<Definition>] = &[
    column!("indicator", indicator),
    column!("valid_from", valid_from),
    column!("stage", word stage),
    column!("unit_id", unit),
    column!("n", n),
    column!("year", year),
    column!("proposed_by", proposed_by),
    column!("proposed_at", proposed_at),
    column!("decided_by", decided_by),
    column!("decided_at", decided_at),
    column!("body", body),
    column!("basis", basis),
];

impl Subject for Definition {
    const KIND: &'static str = "indicator-definition";
    const TABLE: &'static str = "indicator_definition";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let decided = |before: &Definition, stage| Definition {
            stage,
            decided_by: moment.actor,
            decided_at: Some(moment.at),
            ..before.clone()
        };
        let after = match (before, event) {
            (None, Event::Propose { indicator, valid_from, unit, n, year, body, basis }) => Definition {
                indicator: indicator.clone(),
                valid_from: *valid_from,
                unit: *unit,
                n: *n,
                year: *year,
                proposed_by: moment.actor.ok_or(DoesNotFollow("nobody proposed it"))?,
                proposed_at: moment.at,
                body: body.clone(),
                basis: basis.clone(),
                ..Definition::default()
            },
            (Some(before), Event::Confirm) => {
                decider(Some(before.proposed_by), moment)?;
                decided(before, Stage::InForce)
            }
            (Some(before), Event::Refuse) => decided(before, Stage::Refused),
            (Some(before), Event::Withdraw) => decided(before, Stage::Withdrawn),
            _ => return Err(DoesNotFollow("no definition")),
        };
        Ok((after, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        // The second person decides before its first day.
        let due = Due { name: DECIDE, unit: self.unit, holder: None, at: Instant::start_of(self.valid_from), part: 0 };
        if self.stage == Stage::Proposed { vec![due] } else { Vec::new() }
    }

    /// Who reads figures finds what is counted how, by its names and what it rests on.
    fn found(&self) -> Found {
        let written = facts::Written::from_toml(&self.body).ok();
        let names = written.map(|written| [written.name_vi, written.name_en]).into_iter().flatten();
        let texts = [self.indicator.clone(), self.basis.clone()].into_iter().chain(names).collect();
        Found { texts, units: vec![EVERYBODY], ..Found::default() }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }
}

const REASON: Field = Field::lines("reason", TEXT_MAX);

const SIGNS: &[Who<Definition>] = &[Who::At(crate::rights::SIGN_PROGRAMMES, |one| one.unit)];

/// The state machine.
pub const VERBS: &[Verb<Definition>] = &[
    Verb::beginning("propose", &[Stage::Proposed], &[Who::At(crate::rights::KEEP_PROGRAMMES, |one| one.unit)], &[]),
    Verb::new("confirm", &[Stage::Proposed], &[Stage::InForce], SIGNS, &[], confirm),
    Verb::new("refuse", &[Stage::Proposed], &[Stage::Refused], SIGNS, &[REASON], |_, given| {
        Ok(Decided::event(Event::Refuse)?.with("reason", given.text("reason")))
    }),
    Verb::new("withdraw", &[Stage::Proposed], &[Stage::Withdrawn], &[Who::Own], &[], |_, _| {
        Decided::event(Event::Withdraw)
    }),
];

/// A definition comes into force before its first day, by somebody else than who proposed it, and after every one known.
fn confirm(office: &Office<'_, Definition>, _: &Given) -> Result<Decided<Definition>, Fault> {
    let one = office.state();
    second_person(Some(one.proposed_by), &office.asker)?;
    judge_day(&office.house.known, &one.indicator, one.valid_from, office.now()).map_err(Fault::Conflict)?;
    Decided::event(Event::Confirm)
}

/// The day from which a definition may count: none that has begun, for what was measured stays; after the latest known.
fn judge_day(known: &Indicators, indicator: &str, from: Date, now: Instant) -> Result<(), Problem> {
    if from <= now.date() {
        return Err(Problem::new("reform-definition-past").field("valid_from"));
    }
    let latest = known.versions(indicator).last().map(|one| one.valid_from);
    match latest.filter(|latest| *latest >= from) {
        None => Ok(()),
        Some(latest) => {
            let day = base::vn_date(latest);
            Err(Problem::new("reform-definition-before").field("valid_from").arg("day", day))
        }
    }
}

impl Machine for Definition {
    type State = Stage;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(ctx))
    }

    fn state(&self) -> Stage {
        self.stage
    }

    fn word(state: Stage) -> &'static str {
        state.as_str()
    }

    fn may_read(_: &Held<Self>, _: &House, asker: &Asker<'_>) -> bool {
        // What is counted how is nobody's secret among those who read figures.
        asker.actor.is_some_and(|actor| actor.may(crate::rights::READ_STEERING))
    }

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        asker.actor.is_some_and(|actor| actor.account == held.state.proposed_by)
    }
}

/// Definitions among the kinds of the program.
pub const KIND: Kind = Kind::of::<Definition>(
    &[],
    &[DueKind { name: DECIDE, word: "reform-due-definition", right: crate::rights::SIGN_PROGRAMMES, served: false }],
    crate::rights::READ_STEERING,
    cards,
)
.seeking("reform-found-definitions", "/steering/indicators?q=", seek);

/// Indicators as they are defined today.
fn seek<'t>(ctx: &'t Ctx, q: &'t str, most: usize) -> BoxFuture<'t, Result<Hits, Fault>> {
    Box::pin(async move {
        if !ctx.actor.as_ref().is_some_and(|actor| actor.may(crate::rights::READ_STEERING)) {
            return Ok(Hits::default());
        }
        let known = indicators(&ctx.app);
        let fits = |one: &&facts::Indicator| records::words::hold(&[&one.id, &one.name_vi, &one.name_en], q);
        let found: Vec<&facts::Indicator> = known.all(ctx.now.date()).filter(fits).collect();
        let card = |one: &&facts::Indicator| Card {
            code: one.id.clone(),
            title: crate::view::pick(ctx.l, &one.name_vi, &one.name_en).to_owned(),
            href: format!("/steering/indicators/{}", one.id),
            ..Card::default()
        };
        Ok(Hits { cards: found.iter().take(most).map(card).collect(), n: found.len(), more: false })
    })
}

fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let known = indicators(&ctx.app);
        let card = |held: Held<Definition>| {
            let name = known.get(&held.state.indicator, ctx.now.date());
            let name = name.map(|one| crate::view::pick(ctx.l, &one.name_vi, &one.name_en).to_owned());
            let card = Card {
                title: name.unwrap_or_else(|| held.state.indicator.clone()),
                href: format!("/steering/indicators/{}", held.state.indicator),
                state: ctx.l.t(format!("reform-definition-{}", held.state.stage.as_str())),
                code: held.code,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Definition>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// What is proposed: a definition that was read and judged.
pub(crate) struct Proposal {
    pub(crate) indicator: String,
    pub(crate) valid_from: Date,
    pub(crate) body: String,
    pub(crate) basis: String,
}

/// Proposes a definition.
///
/// # Errors
/// `Forbidden` without programmes of the whole province to keep; `Conflict` while another one of the indicator waits; `Invalid` at
/// `valid_from`.
pub(crate) async fn make(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    proposal: Proposal,
) -> Result<Held<Definition>, Fault> {
    let actor = asker.actor.ok_or(Fault::SignInNeeded)?;
    let root = house.tree().root().ok_or_else(|| Fault::internal("no topmost agency"))?;
    let Some(grant) = actor.grant_for(crate::rights::KEEP_PROGRAMMES, &root.path) else {
        return Err(Fault::Forbidden(Problem::new("reform-definition-province")));
    };
    judge_day(&house.known, &proposal.indicator, proposal.valid_from, asker.now).map_err(Fault::invalid)?;
    let all = Held::<Definition>::read_all(&tx.query(DEFINITIONS_OF, params![proposal.indicator.as_str()]).await?)?;
    if all.iter().any(|held| held.state.stage == Stage::Proposed) {
        return Err(Fault::Conflict(Problem::new("reform-definition-waits")));
    }
    let year = i64::from(asker.now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let Proposal { indicator, valid_from, body, basis } = proposal;
    let event = Event::Propose { indicator, valid_from, unit: root.id, n, year, body, basis };
    let by = By { actor: Some(actor.account), agency: Some(grant.agency), now: asker.now };
    let code = format!("DN{:02}-{n:04}", year % 100);
    records::begin::<Definition>(tx, by, (Id::next(asker.now), &code), &event, &[]).await
}

#[cfg(test)]
mod tests;
