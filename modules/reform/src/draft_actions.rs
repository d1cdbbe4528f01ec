//! What the keeper of programmes does with a draft, and the second person's answer that puts it in force.

use crate::actions::NOTE_MAX;
use crate::actions::record;
use crate::drafts::{self, DECIDE_DRAFT, Draft, PROPOSE_DRAFT, Stage, change};
use crate::programme::{Programme, Programmes};
use crate::{draft_edit, draft_form};
use base::{Actor, Fault, Id, Instant, Problem};
use organisation::Tree;
use serde_json::json;
use store::{Tx, params};
use web::FormMap;

/// Who acts on which draft, seen in which version.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) tree: &'a Tree,
    /// What records measure.
    pub(crate) measured: &'a facts::Indicators,
    pub(crate) actor: &'a Actor,
    pub(crate) now: Instant,
    pub(crate) number: i64,
    pub(crate) version: i64,
}

impl Desk<'_> {
    /// The agency of the post by which the person may work on a draft.
    fn post(&self, draft: &Draft) -> Option<Id> {
        let either = [crate::rights::KEEP_PROGRAMMES, crate::rights::SIGN_PROGRAMMES];
        crate::actions::post(self.actor, &either, self.tree.path(draft.agency))
    }
}

/// What is put into a draft.
pub(crate) enum Entry<'a> {
    Target(&'a FormMap),
    Task(&'a FormMap),
}

/// May this person change the draft?
pub(crate) fn may_keep(actor: &Actor, tree: &Tree, draft: &Draft) -> bool {
    actor.may_at(crate::rights::KEEP_PROGRAMMES, tree.path(draft.agency))
}

/// May this person put it in force? Anybody responsible there but the one who proposed it.
pub(crate) fn may_decide(actor: &Actor, tree: &Tree, draft: &Draft) -> bool {
    let path = tree.path(draft.agency);
    actor.may_at(crate::rights::KEEP_PROGRAMMES, path) || actor.may_at(crate::rights::SIGN_PROGRAMMES, path)
}

async fn found(tx: &Tx, number: i64) -> Result<Draft, Fault> {
    drafts::draft(tx, number).await?.ok_or(Fault::NotFound("reform-no-draft"))
}

fn seen(draft: &Draft, version: i64) -> Result<(), Fault> {
    if draft.version == version {
        return Ok(());
    }
    Err(Fault::Conflict(Problem::new("reform-draft-changed").arg("name", draft.saved_name.clone())))
}

/// The draft, open to this person's change.
async fn open(tx: &Tx, desk: Desk<'_>) -> Result<(Draft, Programme), Fault> {
    let draft = found(tx, desk.number).await?;
    if !may_keep(desk.actor, desk.tree, &draft) {
        return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
    }
    if draft.stage != Stage::Draft {
        return Err(Fault::Conflict(Problem::new("reform-draft-closed")));
    }
    seen(&draft, desk.version)?;
    let programme = draft.programme()?;
    Ok((draft, programme))
}

/// A number stands for one programme.
fn new_document(programmes: &Programmes, programme: &Programme) -> Result<(), Fault> {
    let same = |one: &Programme| one.id != programme.id && base::fold(&one.document) == base::fold(&programme.document);
    if programmes.all().iter().any(same) {
        return Err(Fault::invalid(Problem::new("reform-document-known").field("document")));
    }
    Ok(())
}

/// Begins a programme. Returns its number.
pub(crate) async fn create(
    tx: &Tx,
    programmes: &Programmes,
    actor: &Actor,
    now: Instant,
    given: &FormMap,
) -> Result<i64, Fault> {
    let agency = drafts::keeper(actor)?;
    let head = draft_form::head(given, &drafts::empty(0), now.date()).map_err(Fault::Invalid)?;
    new_document(programmes, &head)?;
    let made = |number| {
        let blank = drafts::empty(number);
        Programme { id: blank.id, code: blank.code, ..head }
    };
    drafts::insert(tx, (actor, agency), now, None, made).await
}

/// Corrects what a draft says of itself.
pub(crate) async fn correct(tx: &Tx, programmes: &Programmes, desk: Desk<'_>, given: &FormMap) -> Result<(), Fault> {
    let (draft, programme) = open(tx, desk).await?;
    let head = draft_form::head(given, &programme, desk.now.date()).map_err(Fault::Invalid)?;
    new_document(programmes, &head)?;
    change(tx, desk.actor, desk.now, &draft, &head, true).await?;
    let data = json!({"change": "head", "document": head.document, "name": head.name_vi, "issuer": head.issuer,
        "decided": head.decided.to_string(), "from": head.from, "until": head.until});
    record(tx, (desk.actor, desk.post(&draft)), desk.now, draft.id, "programme-changed", data).await
}

/// Puts a target or task into a draft, new or in place of `old`.
pub(crate) async fn put(tx: &Tx, desk: Desk<'_>, old: Option<&str>, entry: Entry<'_>) -> Result<(), Fault> {
    let (draft, mut programme) = open(tx, desk).await?;
    if old.is_some_and(|old| !stands(&programme, old)) {
        return Err(Fault::NotFound("reform-no-target"));
    }
    let (kind, subject) = match entry {
        Entry::Target(given) => {
            ("target", draft_form::target(given, &programme, old, (desk.measured, desk.now.date())))
        }
        Entry::Task(given) => ("task", draft_form::task(given, &programme, old, desk.tree)),
    };
    let subject = subject.map_err(Fault::Invalid)?;
    let data = json!({"change": kind, "was": old, "now": subject});
    draft_edit::place(&mut programme, old, subject);
    change(tx, desk.actor, desk.now, &draft, &programme, true).await?;
    record(tx, (desk.actor, desk.post(&draft)), desk.now, draft.id, "programme-changed", data).await
}

fn stands(programme: &Programme, id: &str) -> bool {
    crate::programme::targets_of(programme).any(|placed| placed.target.id == id)
}

/// Takes a target or task out of a draft.
pub(crate) async fn remove(tx: &Tx, desk: Desk<'_>, id: &str) -> Result<(), Fault> {
    let (draft, mut programme) = open(tx, desk).await?;
    if !draft_edit::remove(&mut programme, id) {
        return Err(Fault::NotFound("reform-no-target"));
    }
    change(tx, desk.actor, desk.now, &draft, &programme, true).await?;
    let data = json!({"change": "removed", "was": id});
    record(tx, (desk.actor, desk.post(&draft)), desk.now, draft.id, "programme-changed", data).await
}

/// Lays a draft before the second person.
pub(crate) async fn propose(tx: &Tx, programmes: &Programmes, desk: Desk<'_>) -> Result<(), Fault> {
    let (draft, programme) = open(tx, desk).await?;
    let problems = draft_edit::unfit(&programme);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    new_document(programmes, &programme)?;
    let (actor, now) = (desk.actor, desk.now);
    let values = params![draft.number, draft.version, actor.account, actor.name.as_str(), now];
    if tx.execute(PROPOSE_DRAFT, values).await? == 0 {
        return Err(Fault::Conflict(Problem::new("reform-draft-closed")));
    }
    record(tx, (actor, desk.post(&draft)), now, draft.id, "programme-proposed", json!({"targets": draft.targets})).await
}

/// The second person puts a programme in force, or sends it back with a reason. Nobody decides on what he proposed himself.
pub(crate) async fn decide(tx: &Tx, desk: Desk<'_>, accept: bool, note: &str) -> Result<(), Fault> {
    let draft = found(tx, desk.number).await?;
    let (actor, now, note) = (desk.actor, desk.now, note.trim());
    if !may_decide(actor, desk.tree, &draft) {
        return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
    }
    if draft.stage != Stage::Proposed {
        return Err(Fault::Conflict(Problem::new("reform-draft-decided")));
    }
    if draft.proposed_by == Some(actor.account) {
        return Err(Fault::Forbidden(Problem::new("reform-own-programme")));
    }
    seen(&draft, desk.version)?;
    if !accept && note.is_empty() {
        return Err(Fault::invalid(Problem::new("reform-return-reason").field("note")));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Fault::invalid(Problem::new("reform-too-long").field("note").arg("max", NOTE_MAX)));
    }
    let stage = if accept { Stage::InForce } else { Stage::Draft };
    let values = params![draft.number, draft.version, stage.as_str(), actor.account, actor.name.as_str(), now, note];
    if tx.execute(DECIDE_DRAFT, values).await? == 0 {
        return Err(Fault::Conflict(Problem::new("reform-draft-decided")));
    }
    let kind = if accept { "programme-in-force" } else { "programme-returned" };
    // What was put in force is in the log as it was: nothing changes it quietly.
    let data = if accept { json!({"note": note, "file": draft.body}) } else { json!({"note": note}) };
    record(tx, (actor, desk.post(&draft)), now, draft.id, kind, data).await
}
