//! Programmes made here: a register. A draft is changed target by target, laid before a second person, and steered once that person has
//! put it in force; then it is not changed any more. Its text is a programme file, which the rules for the shipped ones read back.

use crate::draft_edit;
use crate::house::{House, decider, spent};
use crate::programme::{Programme, Programmes, Subject as Entry};
use crate::rights::{READ_STEERING, SIGN_PROGRAMMES};
use crate::view::pick;
use ::store::{BoxFuture, Row, StoreError, Tx, Value, params};
use audit::Kept;
use base::{Fault, Id, Instant, Problem};
use facts::Fact;
use organisation::Followed;
use records::{
    Adopted, Asker, By, Card, Column, DoesNotFollow, Due, DueKind, EVERYBODY, Found, Held, Hits, Kind, Moment, Subject,
    cell, column,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use web::Ctx;

/// The name by which the second person's decision is owed.
const DECIDE: &str = "programme-decide";

::store::statements! {
    /// The number a new draft gets.
    pub NEXT_DRAFT = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM programme";
    /// The id of a number.
    pub NUMBERED = "SELECT id FROM programme WHERE number = $1";
    /// The programmes in force, oldest first.
    pub IN_FORCE = "SELECT * FROM programme WHERE state = 'in-force' ORDER BY number LIMIT 1000";
    /// Another number whenever one more is put in force, or something happened to one of them.
    pub IN_FORCE_COUNT = "SELECT COUNT(*) + CAST(COALESCE(SUM(event_n), 0) AS BIGINT) AS n FROM programme WHERE state = 'in-force'";
}

/// How far a programme has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// May be changed.
    #[default]
    Draft,
    /// Waits for a second person.
    Proposed,
    /// Steered; not changed any more.
    InForce,
}
base::closed_list!(Stage, "reform-choose", { Draft => "draft", Proposed => "proposed", InForce => "in-force" });

impl Stage {
    /// The badge's colour.
    pub(crate) fn colour(self) -> &'static str {
        match self {
            Stage::Draft => "paused",
            Stage::Proposed => "near",
            Stage::InForce => "ontime",
        }
    }
}

/// A programme made here, with its story.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is known by.
    pub number: i64,
    /// The agency it is of; it is steered in its subtree.
    pub agency: Id,
    /// The document it was read in.
    pub source: Option<Id>,
    pub programme: Programme,
    pub stage: Stage,
    /// Was it changed on the form? Then the document it came from replaces it no more.
    pub by_form: bool,
    /// Counts what happened to it: who comes second is told.
    pub version: i64,
    pub saved_by: Id,
    pub saved_at: Instant,
    pub proposed_by: Option<Id>,
    pub proposed_at: Option<Instant>,
    /// Until when the second person is to decide.
    pub decide_by: Option<Instant>,
    pub decided_by: Option<Id>,
    pub decided_at: Option<Instant>,
    pub decision_note: Option<String>,
}

impl Draft {
    /// The programme as it is steered: of its agency.
    pub(crate) fn steered(&self) -> Programme {
        Programme { agency: Some(self.agency), ..self.programme.clone() }
    }

    fn targets(&self) -> i64 {
        self.programme.subjects.iter().map(|subject| subject.targets.len() as i64).sum()
    }

    /// The people who had to do with it.
    pub(crate) fn people(&self) -> impl Iterator<Item = Id> + use<> {
        [Some(self.saved_by), self.proposed_by, self.decided_by].into_iter().flatten()
    }
}

/// What can happen to one; the name of each is the word of its verb.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    /// Begun on the form, or read in a document.
    Draft {
        number: i64,
        agency: Id,
        source: Option<Id>,
        programme: Box<Programme>,
    },
    /// Was there before programmes lived on the shared pieces.
    Adopt {
        draft: Box<Draft>,
    },
    /// Its document was saved again.
    ReadAgain {
        programme: Box<Programme>,
    },
    /// What it says of itself: everything but what stands in it.
    Correct {
        head: Box<Programme>,
    },
    PutTarget {
        was: Option<String>,
        now: Box<Entry>,
    },
    PutTask {
        was: Option<String>,
        now: Box<Entry>,
    },
    Remove {
        target: String,
    },
    Propose {
        decide_by: Instant,
    },
    Return {
        note: String,
    },
    Accept {
        note: String,
    },
    /// Agencies were reorganised: it is of the agency that takes the work on, and who owed figures or led a task is followed too.
    Follow {
        #[serde(flatten)]
        followed: Followed,
        /// Identifiers of agencies that ended, with those that follow.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        codes: Vec<(String, String)>,
    },
}

/// A column beside the text that says something of it.
fn said<T: PartialEq + ::store::FromCell>(row: &Row, name: &str, in_text: T) -> Result<(), StoreError> {
    let mut there = None;
    cell(&mut there, row, name)?;
    let wrong = || StoreError::Column { column: name.to_owned(), problem: "not what the text says".to_owned() };
    if there == Some(in_text) { Ok(()) } else { Err(wrong()) }
}

impl Subject for Draft {
    const KIND: &'static str = "programme";
    const TABLE: &'static str = "programme";
    const CODED: bool = false;
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = &[
        column!("number", number),
        column!("agency_id", agency),
        column!("source_id", source),
        Column {
            name: "body",
            get: |d| toml::to_string(&d.programme).unwrap_or_default().into(),
            set: |d, row| {
                let wrong = |problem| StoreError::Column { column: "body".to_owned(), problem };
                let read = Programmes::from_toml(&[row.text("body")?]).map_err(wrong)?;
                d.programme = read.all().first().cloned().ok_or_else(|| wrong("empty".to_owned()))?;
                Ok(())
            },
        },
        Column {
            name: "name",
            get: |d| (&d.programme.name_vi).into(),
            set: |d, row| said(row, "name", d.programme.name_vi.clone()),
        },
        Column {
            name: "document",
            get: |d| (&d.programme.document).into(),
            set: |d, row| said(row, "document", d.programme.document.clone()),
        },
        Column { name: "targets", get: |d| d.targets().into(), set: |d, row| said(row, "targets", d.targets()) },
        column!("state", word stage),
        column!("by_form", by_form),
        column!("version", version),
        column!("saved_by", saved_by),
        column!("saved_at", saved_at),
        column!("proposed_by", proposed_by),
        column!("proposed_at", proposed_at),
        column!("decide_due_at", decide_by),
        column!("decided_by", decided_by),
        column!("decided_at", decided_at),
        column!("decision_note", decision_note),
        // Names are the accounts' own.
        spent!("saved_name", "".into()),
        spent!("proposed_name", Value::Null),
        spent!("decided_name", Value::Null),
    ];
    type Event = Event;

    fn apply(before: Option<&Self>, moment: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let somebody = moment.actor.unwrap_or_default();
        let Some(before) = before else {
            let draft = match event {
                Event::Adopt { draft } => Draft { version: moment.n, ..(**draft).clone() },
                Event::Draft { number, agency, source, programme } => Draft {
                    number: *number,
                    agency: *agency,
                    source: *source,
                    programme: (**programme).clone(),
                    by_form: source.is_none(),
                    version: moment.n,
                    saved_by: somebody,
                    saved_at: moment.at,
                    ..Draft::default()
                },
                _ => return Err(DoesNotFollow("no such programme")),
            };
            return Ok((draft, Vec::new()));
        };
        let mut d = Draft { version: moment.n, ..before.clone() };
        let decided = |d: &mut Draft, stage, note: &String| {
            d.decided_by = decider(d.proposed_by, moment)?;
            (d.stage, d.decided_at, d.decision_note) = (stage, Some(moment.at), Some(note.clone()));
            Ok(())
        };
        match event {
            Event::Draft { .. } | Event::Adopt { .. } => return Err(DoesNotFollow("there already")),
            Event::ReadAgain { .. } if d.by_form => return Err(DoesNotFollow("changed on the form since")),
            Event::ReadAgain { programme } => d.programme = (**programme).clone(),
            Event::Correct { .. } | Event::PutTarget { .. } | Event::PutTask { .. } | Event::Remove { .. } => {
                change(&mut d.programme, event)?;
            }
            Event::Propose { decide_by } => {
                (d.stage, d.proposed_by, d.proposed_at) = (Stage::Proposed, moment.actor, Some(moment.at));
                (d.decide_by, d.decided_by, d.decided_at, d.decision_note) = (Some(*decide_by), None, None, None);
            }
            Event::Return { note } => decided(&mut d, Stage::Draft, note)?,
            Event::Accept { note } => decided(&mut d, Stage::InForce, note)?,
            Event::Follow { followed, codes } => {
                d.agency = followed.to(d.agency);
                d.programme.followed(codes);
                return Ok((d, Vec::new()));
            }
        }
        if before.stage == Stage::Draft && d.stage == Stage::Draft {
            (d.saved_by, d.saved_at) = (somebody, moment.at);
            d.by_form |= !matches!(event, Event::ReadAgain { .. });
        }
        Ok((d, Vec::new()))
    }

    /// Who reads figures finds it by its names, its document, and what stands in it.
    fn found(&self) -> Found {
        let p = &self.programme;
        let own = [&p.code, &p.name_vi, &p.name_en];
        let subjects = p.subjects.iter().flat_map(|subject| [&subject.name_vi, &subject.name_en]);
        let texts = own.into_iter().chain(subjects).cloned().collect();
        Found { code: p.document.clone(), texts, units: vec![EVERYBODY], ..Found::default() }
    }

    fn dues(&self) -> Vec<Due> {
        let due = |at| Due { name: DECIDE, unit: self.agency, holder: None, at, part: 0 };
        self.decide_by.filter(|_| self.stage == Stage::Proposed).map(due).into_iter().collect()
    }
}

/// Programmes that come with the program; those made here are subjects.
fn seek<'t>(ctx: &'t Ctx, q: &'t str, most: usize) -> BoxFuture<'t, Result<Hits, Fault>> {
    Box::pin(async move {
        if !ctx.actor.as_ref().is_some_and(|actor| actor.may(READ_STEERING)) {
            return Ok(Hits::default());
        }
        let fits = |one: &&Programme| {
            let said = [&one.code, &one.document, &one.name_vi, &one.name_en].map(String::as_str);
            let subjects = one.subjects.iter().flat_map(|one| [one.name_vi.as_str(), one.name_en.as_str()]);
            records::words::hold(&said.into_iter().chain(subjects).collect::<Vec<_>>(), q)
        };
        let found: Vec<&Programme> = Programmes::shipped().all().iter().filter(fits).collect();
        let card = |one: &&Programme| Card {
            code: one.document.clone(),
            title: pick(ctx.l, &one.name_vi, &one.name_en).to_owned(),
            href: format!("/steering/programmes/{}", one.id),
            ..Card::default()
        };
        Ok(Hits { cards: found.iter().take(most).map(card).collect(), n: found.len(), more: false })
    })
}

impl Adopted for Draft {
    fn before() -> &'static Kept {
        &crate::proof::KEPT
    }

    fn adopted(_: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Event, StoreError>> {
        Box::pin(async move { Ok(Event::Adopt { draft: Box::new(row.state) }) })
    }
}

/// Programmes among the kinds of the program.
pub const PROGRAMMES: Kind = Kind::of::<Draft>(
    &[],
    &[DueKind { name: DECIDE, word: "reform-due-programme", right: SIGN_PROGRAMMES, served: false }],
    READ_STEERING,
    cards,
)
.seeking("reform-found-programmes", "", seek);

fn cards<'t>(tx: &'t Tx, ctx: &'t Ctx, ids: Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>> {
    Box::pin(async move {
        let card = |held: Held<Draft>| {
            let card = Card {
                href: format!("/steering/drafts/{}", held.state.number),
                state: ctx.l.t(format!("reform-stage-{}", held.state.stage.as_str())),
                title: held.state.programme.name_vi,
                code: held.state.programme.document,
                ..Card::default()
            };
            (held.id, card)
        };
        Ok(records::some::<Draft>(tx, &ids).await?.into_iter().map(card).collect())
    })
}

/// What an act changes of the programme itself; nothing of other acts.
///
/// # Errors
/// Where a target that is taken away does not stand there.
pub(crate) fn change(programme: &mut Programme, event: &Event) -> Result<(), DoesNotFollow> {
    match event {
        Event::Correct { head } => {
            let subjects = std::mem::take(&mut programme.subjects);
            *programme = Programme { subjects, ..(**head).clone() };
        }
        Event::PutTarget { was, now } | Event::PutTask { was, now } => {
            draft_edit::place(programme, was.as_deref(), (**now).clone());
        }
        Event::Remove { target } if !draft_edit::remove(programme, target) => {
            return Err(DoesNotFollow("it does not stand there"));
        }
        _ => {}
    }
    Ok(())
}

/// What is kept can be loaded: the same reading as for the shipped programmes.
pub(crate) fn loads(programme: &Programme) -> Result<(), Fault> {
    let why = |why: String| Fault::invalid(Problem::new("reform-draft-unreadable").arg("why", why));
    let text = toml::to_string(programme).map_err(|error| why(error.to_string()))?;
    Programmes::from_toml(&[&text]).map(|_| ()).map_err(why)
}

/// A programme with no targets yet.
pub(crate) fn empty(number: i64) -> Programme {
    Programme { id: format!("programme-{number}"), code: format!("N{number}"), ..Programme::default() }
}

/// Begins a draft in the name of the post at `agency`.
pub(crate) async fn begin(
    tx: &Tx,
    by: By,
    agency: Id,
    source: Option<Id>,
    programme: impl FnOnce(i64) -> Programme + Send,
) -> Result<i64, Fault> {
    tx.lock("programme").await?;
    let number: i64 = tx.query_one(NEXT_DRAFT, params![]).await?.get("number")?;
    let programme = Box::new(programme(number));
    loads(&programme)?;
    let (id, event) = (Id::next(by.now), Event::Draft { number, agency, source, programme });
    records::begin::<Draft>(tx, by, (id, &id.to_string()), &event, &[]).await?;
    Ok(number)
}

/// The draft of a number, for somebody who may read it.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn open(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    number: i64,
) -> Result<records::Seen<Draft>, Fault> {
    records::open(tx, house, asker, &code(tx, number).await?).await
}

/// What the register knows a number by.
pub(crate) async fn code(tx: &Tx, number: i64) -> Result<String, Fault> {
    let row = tx.query_opt(NUMBERED, params![number]).await?.ok_or(Fault::NotFound("reform-no-draft"))?;
    Ok(row.get::<Id>("id")?.to_string())
}

/// The programmes put in force here, oldest first.
pub(crate) async fn in_force(tx: &Tx) -> Result<Vec<Held<Draft>>, StoreError> {
    Held::read_all(&tx.query(IN_FORCE, params![]).await?)
}

/// How many there are.
pub(crate) async fn in_force_count(tx: &Tx) -> Result<i64, StoreError> {
    tx.query_one(IN_FORCE_COUNT, params![]).await?.get("n")
}
