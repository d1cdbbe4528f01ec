//! What a register hands over: how its subjects are proven, what they owe, and how one is shown in a list of many kinds.

use crate::happen::read;
use crate::links::LinkKind;
use crate::many::ADOPT;
use crate::subject::{Due, Held, Link, Moment, News, Number, sql};
use crate::verb::{Asker, Machine, follows};
use ::store::{BoxFuture, Row, Tx};
use audit::{Chain, Event};
use base::{Actor, Fault, Id, Instant, Permission};
use facts::{Fact, Measure, Measures};
use files::Seal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use web::{App, Ctx};

/// One name by which the subjects of a kind owe something.
#[derive(Debug, Clone, Copy)]
pub struct DueKind {
    /// `petition-answer`; one name belongs to one kind.
    pub name: &'static str,
    /// Fluent key of what is to be done.
    pub word: &'static str,
    /// Whoever may do this at the unit is shown it.
    pub right: Permission,
    /// It lies with the agency, and the desk that serves the agency meets it.
    pub served: bool,
}

/// A subject in a list of many kinds: nothing that names a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    pub code: String,
    /// What it is about, in the reader's language.
    pub title: String,
    /// Where it is opened, by those who may.
    pub href: String,
    /// What it is now, in the reader's language.
    pub state: String,
    /// The unit at which one must be allowed to read it, where that is not the one its fact counts for.
    pub unit: Option<Id>,
    /// What was promised.
    pub due: Option<Instant>,
    /// Past the promise by so much working time, in milliseconds; none where it is not late.
    pub late_ms: Option<i64>,
}

/// Reads the cards of subjects of one kind.
pub type Cards = for<'t> fn(&'t Tx, &'t Ctx, Vec<Id>) -> BoxFuture<'t, Result<HashMap<Id, Card>, Fault>>;

/// Tells, in a transaction, which of some subjects the reader may open.
pub type Eyes = Arc<dyn for<'t> Fn(&'t Tx, Vec<Id>) -> BoxFuture<'t, Result<HashSet<Id>, Fault>> + Send + Sync>;

/// Makes the eyes of whoever asks, outside of any transaction: a house may have to be read.
pub type Sees = for<'t> fn(&'t Ctx) -> BoxFuture<'t, Result<Eyes, Fault>>;

/// What a search in one kind came to.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// The first of them, at most as many as were asked for.
    pub cards: Vec<Card>,
    /// How many the reader may open, as far as was looked.
    pub n: usize,
    /// There may be more than that.
    pub more: bool,
}

/// Looks for what somebody typed, among what the reader may open; at most so many cards.
pub type Seek = for<'t> fn(&'t Ctx, &'t str, usize) -> BoxFuture<'t, Result<Hits, Fault>>;

/// How a kind stands in the search over all.
#[derive(Clone, Copy)]
pub struct Searched {
    /// Fluent key of what its subjects are called, as a heading.
    pub title: &'static str,
    /// What stands before the words in the address of its own list; empty where that takes none.
    pub list: &'static str,
    /// Finds what is not in the index of subjects.
    pub(crate) seek: Option<Seek>,
    /// Whoever has a post in a division reads those of the whole house.
    pub(crate) of_house: bool,
}

/// A kind of subjects.
#[derive(Clone, Copy)]
pub struct Kind {
    pub word: &'static str,
    /// What it counts: its facts are rebuilt from its events, or by a proof of its own. A figure of these opens to subjects of this kind.
    pub measures: &'static [&'static Measure],
    pub dues: &'static [DueKind],
    /// What its subjects point to others by.
    pub links: &'static [LinkKind],
    /// Whoever may this at its unit may open one; none: everybody may.
    pub reads: Option<Permission>,
    pub cards: Cards,
    pub(crate) sees: Sees,
    /// In the search over all; none: it is not looked for.
    pub searched: Option<Searched>,
    /// The description of its operations for programs ([`crate::api::described`]); none where it has no API of this shape.
    pub api: Option<fn() -> serde_json::Value>,
    /// How it is proven; none for a kind with a proof of its own.
    pub(crate) proof: Option<Proof>,
    /// The picture and the statements of a kind with a table of verbs and columns of its own.
    own: Option<Own>,
}

/// Makes the words of some anew.
type Reword = for<'t> fn(&'t Tx, Vec<Id>) -> BoxFuture<'t, Result<(), ::store::StoreError>>;

/// The units whose readers find a subject.
type Lies = for<'t> fn(&'t Tx, Id) -> BoxFuture<'t, Result<Vec<Id>, ::store::StoreError>>;

/// Picture and statements.
type Own = (fn() -> String, fn() -> Vec<String>);

#[derive(Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) table: &'static str,
    pub(crate) replay: fn(Option<&Row>, &[Event]) -> Replay,
    /// Makes the words of some anew.
    pub(crate) reword: Reword,
    lies: Lies,
    statements: fn() -> Vec<String>,
    picture: fn() -> String,
}

impl Kind {
    /// The kind of a register.
    pub const fn of<S: Machine>(
        measures: &'static [&'static Measure],
        dues: &'static [DueKind],
        reads: Permission,
        cards: Cards,
    ) -> Kind {
        let (statements, picture) = (statements::<S>, crate::mermaid::<S>);
        let (replay, reword, lies) = (replay::<S>, reword::<S>, lies::<S>);
        let proof = Proof { table: S::TABLE, replay, reword, lies, statements, picture };
        let kind = Kind::open(S::KIND, cards);
        Kind { measures, dues, reads: Some(reads), sees: sees::<S>, proof: Some(proof), ..kind }
    }

    /// A kind that lives outside the shared pieces and owes something all the same.
    pub const fn elsewhere(word: &'static str, dues: &'static [DueKind], reads: Permission, cards: Cards) -> Kind {
        let nobody: Sees = |_| Box::pin(async { Ok(all_or_none(false)) });
        Kind { dues, reads: Some(reads), sees: nobody, ..Kind::open(word, cards) }
    }

    /// It with who may open which; of a kind outside nobody is shown any without it, in search and links.
    pub const fn seen_by(self, sees: Sees) -> Kind {
        Kind { sees, ..self }
    }

    /// A kind outside the shared pieces whose subjects are open to everybody.
    pub const fn open(word: &'static str, cards: Cards) -> Kind {
        let sees: Sees = |_| Box::pin(async { Ok(all_or_none(true)) });
        Kind {
            word,
            measures: &[],
            dues: &[],
            links: &[],
            reads: None,
            cards,
            sees,
            searched: None,
            api: None,
            proof: None,
            own: None,
        }
    }

    /// It with the operations that programs do to it.
    pub const fn for_programs<S: crate::api::Api>(self) -> Kind {
        Kind { api: Some(crate::api::described::<S>), ..self }
    }

    /// It with the names by which its subjects point to others.
    pub const fn linking(self, links: &'static [LinkKind]) -> Kind {
        Kind { links, ..self }
    }

    /// It in the search over all subjects: what its subjects are called, and the address of its own list up to the words, if it has one
    /// that takes any.
    pub const fn searched(self, title: &'static str, list: &'static str) -> Kind {
        Kind { searched: Some(Searched { title, list, seek: None, of_house: false }), ..self }
    }

    /// The same, by a search of its own for what does not stand in the index of subjects.
    pub const fn seeking(self, title: &'static str, list: &'static str, seek: Seek) -> Kind {
        Kind { searched: Some(Searched { title, list, seek: Some(seek), of_house: false }), ..self }
    }

    /// The same, where whoever has a post in a division reads what is kept for the whole house.
    pub const fn of_house(self) -> Kind {
        match self.searched {
            Some(searched) => Kind { searched: Some(Searched { of_house: true, ..searched }), ..self },
            None => self,
        }
    }

    /// It with what it counts, where its facts are proven by a proof of its own.
    pub const fn counting(self, measures: &'static [&'static Measure]) -> Kind {
        Kind { measures, ..self }
    }

    /// It with the picture of its own table of verbs ([`crate::draw`]), and the statements made of its own columns.
    pub const fn drawn(self, picture: fn() -> String, statements: fn() -> Vec<String>) -> Kind {
        Kind { own: Some((picture, statements)), ..self }
    }

    /// Whether its subjects are replayed by the shared pieces, and not by a proof of its own.
    pub fn is_replayed(&self) -> bool {
        self.proof.is_some()
    }

    /// Whether its subjects live outside the shared pieces.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.proof.is_none()
    }

    /// The picture of its state machine ([`crate::mermaid`]); none for a kind that has none to show.
    pub fn picture(&self) -> Option<String> {
        let own = self.own.map(|(picture, _)| picture());
        own.or_else(|| self.proof.map(|proof| (proof.picture)()))
    }

    /// The statements made of its columns, for a test that prepares them.
    pub fn statements(&self) -> Vec<String> {
        let own = self.own.map(|(_, statements)| statements());
        own.or_else(|| self.proof.map(|proof| (proof.statements)())).unwrap_or_default()
    }
}

fn reword<S: Machine>(tx: &Tx, ids: Vec<Id>) -> BoxFuture<'_, Result<(), ::store::StoreError>> {
    Box::pin(async move { crate::words::anew::<S>(tx, &ids).await })
}

fn lies<S: Machine>(tx: &Tx, id: Id) -> BoxFuture<'_, Result<Vec<Id>, ::store::StoreError>> {
    Box::pin(async move {
        let held = crate::some::<S>(tx, &[id]).await?;
        Ok(held.into_iter().flat_map(|held| held.state.found().units).collect())
    })
}

/// The eyes of somebody who may open every subject of a kind, or none.
fn all_or_none(all: bool) -> Eyes {
    Arc::new(move |_, ids| Box::pin(async move { Ok(ids.into_iter().filter(|_| all).collect()) }))
}

/// The rule of the register itself, asked of each.
fn sees<S: Machine>(ctx: &Ctx) -> BoxFuture<'_, Result<Eyes, Fault>> {
    Box::pin(async move {
        let (house, actor, now) = (Arc::new(S::house(ctx).await?), ctx.actor.clone(), ctx.now);
        let eyes: Eyes = Arc::new(move |tx, ids| {
            let (house, actor) = (house.clone(), actor.clone());
            Box::pin(async move {
                let asker = Asker { actor: actor.as_ref(), key: None, now };
                let mut held = crate::some::<S>(tx, &ids).await?;
                held.retain(|held| S::may_read(held, &house, &asker) || S::is_own(held, &asker));
                Ok(held.into_iter().map(|held| held.id).collect())
            })
        });
        Ok(eyes)
    })
}

fn statements<S: Machine>() -> Vec<String> {
    let adopted = S::adopts().then(|| [sql::take_over::<S>(), sql::before(S::TABLE)]);
    let own = [sql::insert::<S>(), sql::update::<S>(), sql::by_code::<S>(), sql::between(S::TABLE)];
    own.into_iter().chain(adopted.into_iter().flatten()).collect()
}

/// All kinds of the program; put among the application's extensions where it is put together.
pub struct Kinds {
    pub all: Vec<Kind>,
    /// The agencies a desk receives for; none for what is no desk.
    pub served: fn(&App, Id) -> Vec<Id>,
    /// The units at which somebody may do something, those that ended too; none for the whole province.
    pub units: fn(&App, &Actor, Permission) -> Option<Vec<Id>>,
    /// The house that a division is part of.
    pub house_of: fn(&App, Id) -> Option<Id>,
}

impl Kinds {
    /// The kind that owes by a name, and what that name means.
    pub fn of_due(&self, name: &str) -> Option<(&Kind, &'static DueKind)> {
        self.all.iter().find_map(|kind| kind.dues.iter().find(|due| due.name == name).map(|due| (kind, due)))
    }

    /// The kind whose subjects a measure counts.
    pub fn of_measure(&self, name: &str) -> Option<&Kind> {
        self.all.iter().find(|kind| kind.measures.iter().any(|measure| measure.name == name))
    }
}

/// The units whose readers find the subject of a code, whatever its kind; none where no subject has it.
///
/// # Errors
/// The database's.
pub async fn units_of(tx: &Tx, kinds: &Kinds, code: &str) -> Result<Option<Vec<Id>>, ::store::StoreError> {
    let Some(row) = tx.query_opt(crate::side::OF_CODE, ::store::params![code]).await? else { return Ok(None) };
    let (id, word) = (row.get("id")?, row.get::<String>("kind")?);
    let kind = kinds.all.iter().find(|kind| kind.word == word);
    match kind.and_then(|kind| kind.proof) {
        Some(proof) => (proof.lies)(tx, id).await.map(Some),
        None => Ok(Some(Vec::new())),
    }
}

/// Everything the kinds of a program count.
///
/// # Errors
/// Declarations that do not agree: a fault of the program.
pub fn measures(kinds: &[Kind]) -> Result<Measures, String> {
    Measures::of(kinds.iter().flat_map(|kind| kind.measures.iter().copied()))
}

/// The cards of the subjects that a measure counts, and what one must be allowed at their unit to open one. Unknown ids are left out.
///
/// # Errors
/// The database's.
pub async fn cards_of(
    tx: &Tx,
    ctx: &Ctx,
    measure: &str,
    ids: &[Id],
) -> Result<(HashMap<Id, Card>, Option<Permission>), Fault> {
    let kinds = ctx.app.get::<Kinds>();
    let Some(kind) = kinds.as_ref().and_then(|kinds| kinds.of_measure(measure)) else { return Ok(Default::default()) };
    let mut found = HashMap::with_capacity(ids.len());
    // A page is one question; an export is as many as statements hold.
    for chunk in ids.chunks(1_000) {
        found.extend((kind.cards)(tx, ctx, chunk.to_vec()).await?);
    }
    Ok((found, kind.reads))
}

/// The cards of some subjects of one kind, those that the reader may open; none where the program has no such kind.
///
/// # Errors
/// The database's, and those of the kind's house.
pub async fn cards_seen(ctx: &Ctx, word: &str, ids: Vec<Id>) -> Result<HashMap<Id, Card>, Fault> {
    let kinds = ctx.app.get::<Kinds>();
    let kind = kinds.as_ref().and_then(|kinds| kinds.all.iter().find(|kind| kind.word == word)).copied();
    let Some(kind) = kind.filter(|_| !ids.is_empty()) else { return Ok(HashMap::new()) };
    let (eyes, reader) = ((kind.sees)(ctx).await?, ctx.clone());
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen: Vec<Id> = eyes(tx, ids).await?.into_iter().collect();
            if seen.is_empty() { Ok(HashMap::new()) } else { (kind.cards)(tx, &reader, seen).await }
        })
    });
    read.await
}

/// What a subject's events say, and whether its row says the same.
#[derive(Default)]
pub(crate) struct Replay {
    /// The code given in the first event.
    pub(crate) code: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) dues: Vec<Due>,
    pub(crate) links: Vec<Link>,
    pub(crate) number: Option<Number>,
    pub(crate) seals: Vec<Seal>,
    /// What was told into somebody's box: number and moment of the event.
    pub(crate) news: Vec<(i64, Instant, News)>,
    /// Digests of the words beside the events, by event and name.
    pub(crate) asides: BTreeMap<(i64, String), String>,
    /// The first thing that does not follow.
    pub(crate) broken: Option<String>,
}

/// Follows a subject's chain and replays it; the one proof for every kind.
fn replay<S: Machine>(row: Option<&Row>, events: &[Event]) -> Replay {
    let mut replay = Replay::default();
    let mut chain = Chain::default();
    let mut state: Option<S> = None;
    // What happened before the register moved onto the shared pieces is in words of its own: the chain alone holds it.
    let taken_over = events.iter().position(|event| S::adopts() && event.kind == ADOPT).unwrap_or_default();
    for (place, event) in events.iter().enumerate() {
        let followed = if place < taken_over {
            keep_to(&mut chain, event).and_then(|()| match read::<S>(&event.data) {
                Some(_) => Err("taken over twice"),
                None => Ok(()),
            })
        } else {
            follow(&mut replay, &mut chain, &mut state, event)
        };
        if let Err(why) = followed {
            replay.broken = Some(format!("event #{}: {why}", event.n));
            return replay;
        }
    }
    let broken = match (row.map(Held::<S>::read), state) {
        (None, Some(_)) => Some("gone".to_owned()),
        (_, None) => Some("no events".to_owned()),
        (Some(Err(error)), _) => Some(error.to_string()),
        (Some(Ok(held)), Some(state)) => {
            replay.dues = state.dues();
            replay.links = state.links();
            replay.number = state.number();
            match held {
                _ if held.head != chain => Some("event_n, event_hash".to_owned()),
                _ if held.code != replay.code => Some("code".to_owned()),
                held => Held::difference(&state, &held.state).map(str::to_owned),
            }
        }
    };
    replay.broken = broken;
    replay
}

/// The event is the next of its chain, as it was written.
fn keep_to(chain: &mut Chain, event: &Event) -> Result<(), &'static str> {
    if event.n != chain.n + 1 {
        return Err("one before it is missing");
    }
    chain.extend(event.link());
    if chain.hash == event.hash { Ok(()) } else { Err("changed") }
}

fn follow<S: Machine>(
    replay: &mut Replay,
    chain: &mut Chain,
    state: &mut Option<S>,
    event: &Event,
) -> Result<(), &'static str> {
    keep_to(chain, event)?;
    let told = read::<S>(&event.data).ok_or("cannot be read")?;
    if told.v > S::V {
        return Err("of a later version of this program");
    }
    let moment = Moment {
        subject: event.subject,
        n: event.n,
        at: event.at,
        actor: event.actor,
        agency: event.agency,
        v: told.v,
    };
    let (after, facts) = S::apply(state.as_ref(), &moment, &told.event).map_err(|why| why.0)?;
    follows(state.as_ref(), &told.act, &after, event.at.date()).map_err(|why| why.0)?;
    replay.news.extend(after.news(&moment, &told.event).map(|news| (event.n, event.at, news)));
    replay.facts.extend(facts);
    replay.seals.extend(S::seals(&told.event).iter().cloned());
    replay.asides.extend(told.beside.into_iter().map(|(name, digest)| ((event.n, name), digest)));
    if let Some(code) = told.code {
        replay.code = code;
    }
    *state = Some(after);
    Ok(())
}
