//! A procedure: a subject whose state is its editions. The body of an edition stands in `procedure_version`, held by its digest.

use ::store::{BoxFuture, Rows, StoreError, Tx, Value, params};
use audit::Kept;
use base::{Actor, Date, Fault, Id, Instant};
use facts::Fact;
use records::{Adopted, Ask, By, Column, DoesNotFollow, Field, Held, Machine, Moment, Subject, Verb, Who, column};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::Ctx;

use crate::rights::KEEP_CATALOGUE;
use crate::store as sql;
use crate::version::{Origin, Version};

/// What is known of a version beside its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    pub id: Id,
    /// First day in force.
    pub from: Date,
    /// First day no longer in force.
    pub to: Option<Date>,
    pub decision: String,
    pub origin: Origin,
    /// SHA-256 of the body's bytes.
    pub body: String,
    pub at: Instant,
    pub by: Option<Id>,
    /// The announcement that decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Id>,
}

/// A version ready to be written: what is known of it, and its body.
pub(crate) struct Written {
    pub(crate) edition: Edition,
    pub(crate) body: String,
}

impl Written {
    pub(crate) fn of(version: &Version, by: By) -> Result<Written, Fault> {
        let body = serde_json::to_string(version).map_err(Fault::internal)?;
        let edition = Edition {
            id: version.id,
            from: version.effective_from,
            to: version.effective_to,
            decision: version.decision.clone(),
            origin: version.origin,
            body: crate::digest::of_body(&body),
            at: by.now,
            by: by.actor,
            act: version.act,
        };
        Ok(Written { edition, body })
    }

    /// The row's values, in the order of [`sql::INSERT_VERSION`].
    pub(crate) fn row(&self, procedure: Id) -> Vec<Value> {
        let Edition { id, from, to, decision, origin, at, by, act, .. } = &self.edition;
        params![id, procedure, from, to, decision, origin.as_str(), &self.body, at, by, act].to_vec()
    }
}

/// The state of a procedure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// Digest of the record last read from the national catalogue.
    pub national: Option<String>,
    /// Oldest first.
    pub editions: Vec<Edition>,
}

impl Procedure {
    /// The edition that nothing has ended yet.
    pub fn open(&self) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.to.is_none())
    }

    /// The same with editions more: the one that was open ends on the first new one's first day.
    fn with(&self, new: &[Edition]) -> Result<Procedure, DoesNotFollow> {
        let from = new.first().ok_or(DoesNotFollow("nothing new"))?.from;
        let mut after = self.ended(from)?;
        after.editions.extend(new.iter().cloned());
        Ok(after)
    }

    fn ended(&self, from: Date) -> Result<Procedure, DoesNotFollow> {
        let mut after = self.clone();
        if let Some(open) = after.editions.iter_mut().find(|edition| edition.to.is_none()) {
            if open.from > from {
                return Err(DoesNotFollow("ends before it begins"));
            }
            open.to = Some(from);
        }
        Ok(after)
    }
}

/// What can happen to a procedure; the name of each is the word of its verb.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Event {
    /// Came with the program.
    Ship {
        editions: Vec<Edition>,
    },
    /// Was there before procedures lived on the shared pieces.
    Adopt {
        procedure: Procedure,
    },
    /// A first edition, by a decision of the province.
    AnnounceNew {
        edition: Edition,
    },
    /// A first edition, from the national catalogue.
    ImportNew {
        edition: Edition,
        national: String,
    },
    /// What came with the program takes the place of what was imported.
    ShipOver {
        editions: Vec<Edition>,
    },
    Announce {
        edition: Edition,
    },
    Import {
        edition: Edition,
        national: String,
    },
    /// A national record was read and left everything as it was.
    Compare {
        national: String,
    },
    End {
        from: Date,
        decision: String,
    },
}

impl Subject for Procedure {
    const KIND: &'static str = "catalogue-procedure";
    const TABLE: &'static str = "procedure";
    const V: i64 = 1;
    const COLUMNS: &'static [Column<Self>] = &[column!("national_hash", national), column!("editions", list editions)];
    type Event = Event;

    fn apply(before: Option<&Self>, _: &Moment, event: &Event) -> Result<(Self, Vec<Fact>), DoesNotFollow> {
        let first = |edition: &Edition, national: Option<&String>| Procedure {
            national: national.cloned(),
            editions: vec![edition.clone()],
        };
        let after = match (before, event) {
            (None, Event::Ship { editions }) => Procedure { national: None, editions: editions.clone() },
            (None, Event::Adopt { procedure }) => procedure.clone(),
            (None, Event::AnnounceNew { edition }) => first(edition, None),
            (None, Event::ImportNew { edition, national }) => first(edition, Some(national)),
            (Some(p), Event::ShipOver { editions }) => p.with(editions)?,
            (Some(p), Event::Announce { edition }) => p.with(std::slice::from_ref(edition))?,
            (Some(p), Event::Import { edition, national }) => {
                Procedure { national: Some(national.clone()), ..p.with(std::slice::from_ref(edition))? }
            }
            (Some(p), Event::Compare { national }) => Procedure { national: Some(national.clone()), ..p.clone() },
            (Some(p), Event::End { from, .. }) => p.ended(*from)?,
            _ => return Err(DoesNotFollow("no such procedure, or one already")),
        };
        Ok((after, Vec::new()))
    }
}

/// Whether an edition is open or the last one has an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Standing,
    Ended,
}

base::closed_list!(State, { Standing => "standing", Ended => "ended" });

use State::{Ended, Standing};

/// What its acts look things up in: nothing, the catalogue is the province's as a whole.
pub struct House;

impl records::House for House {
    fn path(&self, _: Id) -> &str {
        "/"
    }
}

const KEEPER: &[Who<Procedure>] = &[Who::At(KEEP_CATALOGUE, |_| Id(0))];

/// Number of the decision (NĐ 63/2010/NĐ-CP Điều 15).
const DECISION: Field = Field::line("decision", 100);
/// Day of effect, today at the earliest.
const FROM: Field = Field::choice("effective_from", Ask::Day);
/// The choice of [`crate::shipped::standard_process`] instead of the process written.
pub(crate) const STANDARD: &str = "standard";

/// What an announcement decision (quyết định công bố) says.
pub const ANNOUNCING: &[Field] = &[
    DECISION,
    FROM,
    // Of ways of filing whose limit the source leaves unclear, in working days; longer ones are written out.
    Field::choice("limit_days", Ask::Number(1, 365)).optional(),
    Field::choice("process", Ask::OneOf(&[STANDARD, "written"])).optional(),
    Field::lines("version", 200_000),
];

/// What ending a procedure asks for.
pub const ENDING: &[Field] = &[DECISION, FROM];

/// An act by a function of its own ([`crate::actions`], [`crate::import`]): its event carries whole editions.
const fn verb(
    word: &'static str,
    from: &'static [State],
    to: &'static [State],
    who: &'static [Who<Procedure>],
    asks: &'static [Field],
) -> Verb<Procedure> {
    Verb { from, ..Verb::beginning(word, to, who, asks) }
}

impl Machine for Procedure {
    type State = State;
    type House = House;
    const VERBS: &'static [Verb<Self>] = &[
        verb("ship", &[], &[Standing, Ended], &[], &[]),
        verb(records::ADOPT, &[], &[Standing, Ended], &[], &[]),
        verb("announce-new", &[], &[Standing], KEEPER, ANNOUNCING),
        verb("import-new", &[], &[Standing], &[], &[]),
        verb("ship-over", &[Standing], &[Standing, Ended], &[], &[]),
        verb("announce", &[Standing, Ended], &[Standing], KEEPER, ANNOUNCING),
        verb("import", &[Standing], &[Standing], &[], &[]),
        verb("compare", &[Standing, Ended], &[], &[], &[]),
        verb("end", &[Standing], &[Ended], KEEPER, ENDING),
    ];

    fn house(_: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(async { Ok(House) })
    }

    fn state(&self) -> State {
        if self.open().is_some() { Standing } else { Ended }
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// The catalogue is everybody's.
    fn may_read(_: &Held<Self>, _: &House, _: &records::Asker<'_>) -> bool {
        true
    }
}

/// In the name of the post that keeps the catalogue, whatever else the person does.
pub(crate) fn by(actor: Option<&Actor>, now: Instant) -> By {
    let post = actor.and_then(|actor| actor.grants.iter().find(|grant| grant.allows(KEEP_CATALOGUE)));
    By { actor: actor.map(|actor| actor.account), agency: post.map(|grant| grant.agency), now }
}

/// One event of a procedure, new or known, with the rows of its versions: what was open ends where the event says so.
pub(crate) async fn happen(
    tx: &Tx,
    by: By,
    before: Option<&Held<Procedure>>,
    (id, code): (Id, &str),
    event: Event,
    new: &[Written],
) -> Result<(), Fault> {
    let after = match before {
        None => records::begin::<Procedure>(tx, by, (id, code), &event, &[]).await?,
        Some(before) => records::happen(tx, by, before, &event, &[]).await?,
    };
    let was_open = before.and_then(|before| before.state.open());
    let ended = was_open.and_then(|open| after.state.editions.iter().find(|edition| edition.id == open.id)?.to);
    if let (Some(open), Some(to)) = (was_open, ended)
        && !sql::end_version(tx, open.id, to).await?
    {
        return Err(StoreError::Busy("the version was ended meanwhile").into());
    }
    for written in new {
        tx.execute(sql::INSERT_VERSION, &written.row(id)).await?;
    }
    Ok(())
}

/// Many new procedures with their versions, in a few statements.
pub(crate) async fn ship(tx: &Tx, by: By, all: Vec<(Id, String, Vec<Written>)>) -> Result<(), Fault> {
    let (mut begun, mut rows) = (Vec::with_capacity(all.len()), Rows::default());
    for (id, code, versions) in &all {
        versions.iter().for_each(|written| rows.extend(written.row(*id)));
        let editions = versions.iter().map(|written| written.edition.clone()).collect();
        begun.push((*id, code.clone(), Event::Ship { editions }));
    }
    records::begin_all::<Procedure>(tx, by, &begun).await?;
    tx.insert_rows(sql::INSERT_VERSION, &rows).await?;
    Ok(())
}

impl Adopted for Procedure {
    fn before() -> &'static Kept {
        &crate::proof::KEPT
    }

    fn adopted(tx: &Tx, row: Held<Self>) -> BoxFuture<'_, Result<Event, StoreError>> {
        Box::pin(async move {
            let (mut procedure, rows) = (row.state, tx.query(sql::ROWS_OF, params![row.id]).await?);
            procedure.editions = rows.iter().map(sql::edition).collect::<Result<_, _>>()?;
            Ok(Event::Adopt { procedure })
        })
    }
}

/// Procedures among the kinds that are proven as subjects; what they count is opened by [`crate::stock::KIND`].
pub const KIND: records::Kind = records::Kind::of::<Procedure>(&[], &[], KEEP_CATALOGUE, crate::stock::cards);

/// The rows of versions are what the procedures' editions say; see [`audit::Proof`].
pub(crate) fn versions(tx: &Tx) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
    Box::pin(async move {
        let mut told: BTreeMap<Id, (Id, String, Edition)> = BTreeMap::new();
        let mut wrong = Vec::new();
        tx.query_each(sql::TAKEN_OVER, params![], |row| {
            let held = Held::<Procedure>::read(row)?;
            for edition in held.state.editions {
                told.insert(edition.id, (held.id, held.code.clone(), edition));
            }
            Ok(())
        })
        .await?;
        tx.query_each(sql::ROWS_TAKEN_OVER, params![], |row| {
            let (procedure, edition): (Id, Edition) = (row.get("procedure_id")?, sql::edition(row)?);
            // A word that is none would be read as an announced one.
            let is_word = row.text("origin")? == edition.origin.as_str();
            match told.remove(&edition.id) {
                Some((of, _, said)) if of == procedure && said == edition && is_word => {}
                Some((_, code, _)) => wrong.push(format!("procedure_version {code} {}: not as announced", edition.id)),
                None => wrong.push(format!("procedure_version {}: no procedure has it", edition.id)),
            }
            Ok(())
        })
        .await?;
        wrong.extend(
            told.into_values().map(|(_, code, edition)| format!("procedure_version {code} {}: gone", edition.id)),
        );
        Ok(wrong)
    })
}
