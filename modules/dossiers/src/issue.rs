//! A result that is written here: drafts read, filled, set, and frozen with the number they get.
//!
//! Setting a paper takes a processor, and a transaction waits for nothing but the database. So the result is set before the decision, with the
//! number that would be the next ([`freeze`]); the decision itself looks whether it still is ([`held`]), and where another one took it meanwhile
//! nothing was written and it is set anew ([`again`]). A number is given out by the decision that is kept and by nothing else.

use crate::actions::{Act, By, Frozen, House};
use crate::aside::{self, Drafted};
use crate::decide::{self, Office};
use crate::dossier::Dossier;
use crate::forms::result::{self, Set, Setting};
use crate::happening::Issued;
use crate::reading::{self, Asking};
use crate::verbs::Verb;
use crate::wording::{Pieces, place};
use crate::written_store;
use ::store::{Db, Tx};
use base::{Fault, Id, Problem};
use files::Staged;
use records::Typed;

/// How often a result is set anew because its number was taken meanwhile.
pub const ROUNDS: usize = 6;
/// What a decision is refused with whose number was taken.
const TAKEN: &str = "dossier-number-taken";

/// A result that was set, and lies safely on disk.
#[derive(Debug, Clone)]
pub struct Ready {
    number: Issued,
    staged: Staged,
}

/// The latest draft of a dossier.
///
/// # Errors
/// The database's.
pub async fn drafted(tx: &Tx, dossier: Id) -> Result<Option<Drafted>, Fault> {
    Ok(drafts(tx, dossier).await?.pop().map(|(_, drafted)| drafted))
}

/// All drafts of a dossier with the numbers of their events, the latest last.
///
/// # Errors
/// The database's.
pub async fn drafts(tx: &Tx, dossier: Id) -> Result<Vec<(i64, Drafted)>, Fault> {
    Ok(of_asides(&aside::of(tx, dossier).await?))
}

/// Those among the words beside a log.
pub(crate) fn of_asides(asides: &[(i64, String, String)]) -> Vec<(i64, Drafted)> {
    let drafts = asides.iter().filter(|(_, kind, _)| kind == aside::DRAFT);
    let mut drafts: Vec<(i64, Drafted)> = drafts.filter_map(|(n, _, data)| Some((*n, Drafted::read(data)?))).collect();
    drafts.sort_by_key(|(n, _)| *n);
    drafts
}

/// A wording, or what was typed, with everything filled that is known of a dossier now.
pub(crate) fn filled(pieces: &Pieces, dossier: &Dossier, office: &Office<'_>) -> Pieces {
    let values = decide::draft::values(dossier, office);
    pieces.map(|piece| place::fill(piece, &values))
}

/// Whether a decision wants the draft as its result.
fn wants(verb: Verb, typed: &Typed) -> bool {
    let says = |name: &str| typed.fields.get(name).is_some_and(|text| !text.is_empty());
    matches!(verb, Verb::Approve | Verb::Refuse) && says("issue")
}

/// Whether another result comes with it.
fn brings(typed: &Typed, files: bool) -> bool {
    files || typed.fields.get("sign_draft").is_some_and(|text| !text.is_empty())
}

/// Sets the result of a decision that wants its draft frozen, with the number that would be the next; none for any other act. `unsigned`: what
/// the paper says of its signature.
///
/// # Errors
/// Whatever stands against the decision; those of printing.
pub async fn freeze(
    (db, store, house): (&Db, &files::Store, &House),
    (by, code, own): (&By, &str, bool),
    (verb, typed, files): (Verb, &Typed, bool),
    unsigned: &'static str,
) -> Result<Option<Ready>, Fault> {
    if !wants(verb, typed) {
        return Ok(None);
    }
    let (asking, of, looking) = (by.clone(), code.to_owned(), house.clone());
    let brought = brings(typed, files);
    let found = db.read(move |tx| {
        Box::pin(async move {
            let asking_of = Asking { own, ..Asking::official(&asking.actor, asking.now) };
            let loaded = reading::readable(tx, &looking, asking_of, &of).await?.into_loaded();
            let version = looking.version(loaded.dossier.version)?;
            let office = looking.office(&version, asking.now).of(&loaded.applicant);
            decide::admitted(&loaded.dossier, verb, &asking.actor, &office)?;
            let (written, agency) = decide::may_issue(&loaded.dossier, &office, verb, brought)?;
            let text = drafted(tx, loaded.dossier.id).await?.ok_or_else(|| Fault::internal("a draft without words"))?;
            let year = i64::from(asking.now.date().year());
            let n = written_store::peek_number(tx, (agency, written.paper, year)).await?;
            let number = Issued { draft: written.drafts, agency, year, n, symbol: text.pieces.symbol.clone() };
            let paper = written.paper;
            Ok::<_, Fault>((loaded, paper, text, number))
        })
    });
    let (loaded, paper, text, number) = found.await?;
    let set = Set::Frozen { number: &number, day: by.now.date(), signer: &by.actor.name, unsigned };
    let setting = Setting { house, dossier: &loaded.dossier, agency: number.agency, paper, drafted: &text, set };
    let pdf = result::print(&setting, by.now).await?;
    let staged = store.stage_bytes(pdf.bytes, &result::file_name(paper, code)).await?;
    Ok(Some(Ready { number, staged }))
}

/// The result of a decision within its transaction.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &Tx, ready: Option<&Ready>, dossier: Id, by: &By) -> Result<Option<Frozen>, Fault> {
    let Some(ready) = ready else { return Ok(None) };
    let file = files::keep(tx, &ready.staged, dossier, Some(by.actor.account), by.now).await?;
    Ok(Some(Frozen { number: ready.number.clone(), file }))
}

/// The frozen result of an act, if its number is still the next one and its draft the latest.
///
/// # Errors
/// `Invalid` at `issue`; `Conflict` where somebody else was numbered or drafted meanwhile.
pub(crate) async fn held<'a>(
    tx: &Tx,
    dossier: &Dossier,
    office: &Office<'_>,
    act: &'a Act,
) -> Result<&'a Frozen, Fault> {
    let (written, agency) = decide::may_issue(dossier, office, act.verb, brings(&act.typed, !act.papers.is_empty()))?;
    let frozen = act.issued.as_ref().ok_or_else(|| Fault::internal("a result that was not set"))?;
    let year = i64::from(office.now.date().year());
    let n = written_store::next_number(tx, (agency, written.paper, year)).await?;
    let number = &frozen.number;
    if (number.agency, number.year, number.n, number.draft) != (agency, year, n, written.drafts) {
        return Err(Fault::Conflict(Problem::new(TAKEN)));
    }
    Ok(frozen)
}

/// Whether a decision was overtaken and its result is to be set anew.
pub fn again<T>(outcome: &Result<T, Fault>) -> bool {
    matches!(outcome, Err(Fault::Conflict(problem)) if problem.code == TAKEN)
}
