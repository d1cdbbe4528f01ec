//! A version of a wording: proposed by whoever keeps wordings, announced by a second person of the whole province, never changed afterwards.
//! What was printed under an earlier version stays: a paper follows the version of its day.

use super::{Paper, Pieces, store};
use crate::House;
use crate::rights::{ANNOUNCE_WORDINGS, KEEP_WORDINGS, READ_WORDINGS};
use ::store::{BoxFuture, Tx};
use base::{Date, Fault, Id, Instant, Problem};
use facts::Fact;
use records::{
    Asker, By, Column, Decided, DoesNotFollow, Due, Field, Found, Given, Held, Machine, Moment, Number, Office,
    Subject, Verb, Who, column,
};
use serde::{Deserialize, Serialize};
use web::Ctx;

/// Longest basis, reason or name, in letters.
pub const WORDS_MAX: usize = 500;
pub const NAME_MAX: usize = 120;
/// The book of running numbers.
const BOOK: &str = "paper-template";
/// The name by which the second person's look is owed.
pub const ANNOUNCE: &str = "wording-announce";

/// How far a version has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Waits for the second person.
    #[default]
    Proposed,
    /// Holds from its first day on.
    InForce,
    /// The second person said no.
    Refused,
    /// Whoever proposed it took it back.
    Withdrawn,
}
base::closed_list!(Stage, "dossier-wording-stage", {
    Proposed => "proposed",
    InForce => "in-force",
    Refused => "refused",
    Withdrawn => "withdrawn",
});

/// A version with its story.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    pub paper: Paper,
    /// The procedure it is of; empty for all.
    pub procedure: String,
    pub name: String,
    /// The first day it holds.
    pub valid_from: Date,
    pub stage: Stage,
    /// The topmost agency: a wording is the whole province's.
    pub unit: Id,
    /// Its running number, and the year of it.
    pub n: i64,
    pub year: i64,
    pub proposed_by: Id,
    pub proposed_at: Instant,
    pub decided_by: Option<Id>,
    pub decided_at: Option<Instant>,
    /// [`Pieces`] as JSON.
    pub body: String,
    /// The decision it rests on.
    pub basis: String,
}

impl Template {
    /// What it says.
    pub fn pieces(&self) -> Pieces {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What happens to one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    Propose {
        paper: Paper,
        procedure: String,
        name: String,
        valid_from: Date,
        unit: Id,
        n: i64,
        year: i64,
        body: String,
        basis: String,
    },
    Announce,
    Refuse,
    Withdraw,
}

const COLUMNS: &[Column<Template>] = &[
    column!("paper", word paper),
    column!("procedure", procedure),
    column!("name", name),
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

impl Subject for Template {
    const KIND: &'static str = "paper-template";
    const TABLE: &'static str = "paper_template";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = COLUMNS;
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let decided = |before: &Template, stage| Template {
            stage,
            decided_by: moment.actor,
            decided_at: Some(moment.at),
            ..before.clone()
        };
        let after = match (before, event) {
            (None, Event::Propose { paper, procedure, name, valid_from, unit, n, year, body, basis }) => Template {
                paper: *paper,
                procedure: procedure.clone(),
                name: name.clone(),
                valid_from: *valid_from,
                unit: *unit,
                n: *n,
                year: *year,
                proposed_by: moment.actor.ok_or(DoesNotFollow("nobody proposed it"))?,
                proposed_at: moment.at,
                body: body.clone(),
                basis: basis.clone(),
                ..Template::default()
            },
            (Some(before), Event::Announce) if moment.actor.is_none_or(|actor| actor == before.proposed_by) => {
                return Err(DoesNotFollow("announced by who proposed it"));
            }
            (Some(before), Event::Announce) if before.valid_from <= moment.at.date() => {
                return Err(DoesNotFollow("announced after its first day"));
            }
            (Some(before), Event::Announce) => decided(before, Stage::InForce),
            (Some(before), Event::Refuse) => decided(before, Stage::Refused),
            (Some(before), Event::Withdraw) => decided(before, Stage::Withdrawn),
            _ => return Err(DoesNotFollow("no wording, or one already")),
        };
        Ok((after, Vec::new()))
    }

    fn dues(&self) -> Vec<Due> {
        // The second person looks before its first day.
        let at = Instant::start_of(self.valid_from);
        let due = Due { name: ANNOUNCE, unit: self.unit, holder: None, at, part: 0 };
        if self.stage == Stage::Proposed { vec![due] } else { Vec::new() }
    }

    fn found(&self) -> Found {
        let texts = vec![self.name.clone(), self.basis.clone(), self.pieces().title];
        Found { texts, units: vec![self.unit], ..Found::default() }
    }

    fn number(&self) -> Option<Number> {
        Some(Number { book: BOOK, period: self.year, n: self.n })
    }
}

const REASON: Field = Field::lines("reason", WORDS_MAX);
const SECOND: &[Who<Template>] = &[Who::At(ANNOUNCE_WORDINGS, |one| one.unit)];

/// The state machine.
pub const VERBS: &[Verb<Template>] = &[
    Verb::beginning("propose", &[Stage::Proposed], &[Who::At(KEEP_WORDINGS, |one| one.unit)], &[]),
    Verb::new("announce", &[Stage::Proposed], &[Stage::InForce], SECOND, &[], announce),
    Verb::new("refuse", &[Stage::Proposed], &[Stage::Refused], SECOND, &[REASON], |_, given| {
        Ok(Decided::event(Event::Refuse)?.with("reason", given.text("reason")))
    }),
    Verb::new("withdraw", &[Stage::Proposed], &[Stage::Withdrawn], &[Who::Own], &[], |_, _| {
        Decided::event(Event::Withdraw)
    }),
];

/// Before its first day, by somebody else than who proposed it.
fn announce(office: &Office<'_, Template>, _: &Given) -> Result<Decided<Template>, Fault> {
    let one = office.state();
    if office.asker.actor.is_none_or(|actor| actor.account == one.proposed_by) {
        return Err(Fault::Forbidden(Problem::new("wording-second-person")));
    }
    ahead(one.valid_from, office.now()).map_err(Fault::Conflict)?;
    Decided::event(Event::Announce)
}

/// A wording holds from a day to come: what was printed stays as it was.
fn ahead(from: Date, now: Instant) -> Result<(), Problem> {
    if from <= now.date() { Err(Problem::new("wording-past").field("valid_from")) } else { Ok(()) }
}

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        self.tree.path(unit)
    }
}

impl Machine for Template {
    type State = Stage;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(std::future::ready(crate::pages::house(&ctx.app)))
    }

    fn state(&self) -> Stage {
        self.stage
    }

    fn word(state: Stage) -> &'static str {
        state.as_str()
    }

    fn may_read(_: &Held<Self>, _: &House, asker: &Asker<'_>) -> bool {
        // What papers say is nobody's secret among those who look after them.
        asker.actor.is_some_and(|actor| actor.may(READ_WORDINGS))
    }

    fn is_own(held: &Held<Self>, asker: &Asker<'_>) -> bool {
        asker.actor.is_some_and(|actor| actor.account == held.state.proposed_by)
    }
}

/// A version that is to be proposed, read and judged.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    pub paper: Paper,
    pub procedure: String,
    pub name: String,
    pub valid_from: Date,
    pub basis: String,
    pub pieces: Pieces,
}

impl Proposal {
    /// Everything that is wrong with it, each at its field. The form of a paper of the law is the same for every procedure.
    pub fn problems(&self, house: &House, now: Instant) -> Vec<Problem> {
        let mut problems = Vec::new();
        let version = house.shelf.by_code(&self.procedure, now.date());
        if !self.procedure.is_empty() && (version.is_none() || !self.paper.is_result()) {
            problems.push(Problem::new("wording-procedure").field("procedure"));
        }
        for (field, text, most) in [("name", &self.name, NAME_MAX), ("basis", &self.basis, WORDS_MAX)] {
            if text.is_empty() {
                problems.push(Problem::new("wording-piece-required").field(field));
            } else if text.chars().count() > most {
                problems.push(Problem::too_long(most).field(field));
            }
        }
        problems.extend(ahead(self.valid_from, now).err());
        let answers: Option<Vec<&str>> =
            version.as_ref().map(|version| version.form.fields().map(|field| field.name.as_str()).collect());
        problems.extend(self.pieces.problems(self.paper, answers.as_deref()));
        problems
    }
}

/// Proposes a version of a wording.
///
/// # Errors
/// `Forbidden` without wordings of the whole province to keep; `Conflict` while another version of it waits; `Invalid` with each problem at its
/// field.
pub async fn propose(tx: &Tx, house: &House, asker: &Asker<'_>, proposal: &Proposal) -> Result<Held<Template>, Fault> {
    let actor = asker.actor.ok_or(Fault::SignInNeeded)?;
    let root = house.tree.root().ok_or_else(|| Fault::internal("no topmost agency"))?;
    let Some(grant) = actor.grant_for(KEEP_WORDINGS, &root.path) else {
        return Err(Fault::Forbidden(Problem::new("wording-province")));
    };
    let mut problems = proposal.problems(house, asker.now);
    // Versions of a form follow each other whatever they are called.
    let name = if proposal.paper.is_result() { proposal.name.as_str() } else { "" };
    let of = (proposal.paper.as_str(), proposal.procedure.as_str(), name);
    let (last, waits) = store::standing(tx, of).await?;
    if let Some(last) = last.filter(|last| *last >= proposal.valid_from) {
        problems.push(Problem::new("wording-before").field("valid_from").arg("day", base::vn_date(last)));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    if waits {
        return Err(Fault::Conflict(Problem::new("wording-waits")));
    }
    let year = i64::from(asker.now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Propose {
        paper: proposal.paper,
        procedure: proposal.procedure.clone(),
        name: proposal.name.clone(),
        valid_from: proposal.valid_from,
        unit: root.id,
        n,
        year,
        // A plain struct of strings always serialises.
        body: serde_json::to_string(&proposal.pieces).unwrap_or_default(),
        basis: proposal.basis.clone(),
    };
    let by = By { actor: Some(actor.account), agency: Some(grant.agency), now: asker.now };
    records::begin::<Template>(tx, by, (Id::next(asker.now), &format!("MG{:02}-{n:04}", year % 100)), &event, &[]).await
}
