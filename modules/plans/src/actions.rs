//! One function for each thing a person does with a plan: each is one transaction, checked against the agency's
//! subtree and against what others did meanwhile, and leaves an event.

use crate::document::{Body, Document, ITEMS_MAX, Item, Kind, State};
use crate::draft;
use crate::fields::WORDS_MAX;
use crate::proof::KEPT;
use crate::reading::Reading;
use crate::store as sql;
use audit::NewEvent;
use base::{Actor, Fault, Id, Instant, Problem};
use reform::programme::Programme;
use serde_json::{Value as Json, json};
use store::Tx;

/// Keeps a reading: the document of the actor's own agency, each item proposed.
pub async fn keep(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    reading: Reading,
    file: Option<&files::Staged>,
    read_ms: i64,
) -> Result<Id, Fault> {
    let grant = actor
        .grants
        .iter()
        .find(|grant| grant.allows(reform::rights::KEEP_PROGRAMMES))
        .ok_or_else(|| Fault::Forbidden(Problem::new("plan-not-yours")))?;
    let id = Id::next(now);
    let file = match file {
        Some(staged) => Some(files::keep(tx, staged, id, Some(actor.account), now).await?),
        None => None,
    };
    let document = Document {
        id,
        agency: grant.agency,
        agency_path: grant.agency_path.clone(),
        file_name: reading.file_name,
        format: reading.format.to_owned(),
        file,
        text: reading.text,
        metadata: reading.metadata,
        read_ms,
        version: 1,
        read_by_name: actor.name.clone(),
        read_at: now,
        draft: None,
        saved_at: None,
    };
    sql::insert(tx, &document, actor).await?;
    for (n, body) in (1..).zip(&reading.items) {
        sql::insert_item(tx, id, n, body, None).await?;
    }
    let count = |kind| reading.items.iter().filter(|body| body.kind() == kind).count();
    let data = json!({
        "file": document.file_name,
        "number": document.metadata.number,
        "targets": count(Kind::Target),
        "tasks": count(Kind::Task),
        "reports": count(Kind::Report),
    });
    write_down(tx, &document, actor, now, "plan-read", data).await?;
    Ok(id)
}

async fn write_down(
    tx: &Tx,
    document: &Document,
    actor: &Actor,
    at: Instant,
    kind: &'static str,
    data: Json,
) -> Result<(), Fault> {
    // In the name of the post that lets this person work on it, which need not be that of whoever read it in.
    let agency = actor.grant_for(reform::rights::KEEP_PROGRAMMES, &document.agency_path).map(|grant| grant.agency);
    let event = NewEvent { kind, at, actor: Some(actor.account), agency, data };
    audit::append_kept(tx, &KEPT, document.id, event).await?;
    Ok(())
}

/// A document this person may work on.
///
/// # Errors
/// 404, or 403 outside the person's subtrees.
pub async fn document(tx: &Tx, actor: &Actor, id: Id) -> Result<Document, Fault> {
    let document = sql::one(tx, id).await?.ok_or(Fault::NotFound("plan-no-document"))?;
    if actor.may_at(reform::rights::KEEP_PROGRAMMES, &document.agency_path) {
        Ok(document)
    } else {
        Err(Fault::Forbidden(Problem::new("plan-not-yours")))
    }
}

/// What a person decides about an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Take it as it stands.
    Accept,
    /// Take it with these words.
    Correct(Box<Body>),
    /// Leave it out; why, if the person says.
    Reject(String),
}

/// Which decision may follow which state: a decision is never repeated, and any may be taken back by another.
fn follows(state: State, decision: &Decision) -> bool {
    match decision {
        Decision::Accept => matches!(state, State::Proposed | State::Rejected),
        Decision::Correct(_) => true,
        Decision::Reject(_) => state != State::Rejected,
    }
}

/// The item after a decision.
fn decided(item: &Item, decision: Decision) -> Item {
    let mut after = item.clone();
    after.note = String::new();
    match decision {
        Decision::Accept => after.state = State::Accepted,
        Decision::Correct(body) => {
            after.state = State::Corrected;
            after.body = *body;
        }
        Decision::Reject(why) => {
            after.state = State::Rejected;
            after.note = why;
        }
    }
    after
}

fn meanwhile(item: &Item) -> Fault {
    let at = item.changed_at.map(base::vn_date_time).unwrap_or_default();
    Fault::Conflict(
        Problem::new("plan-changed-meanwhile").arg("n", item.n).arg("who", &item.changed_name).arg("at", at),
    )
}

/// Decides about one item as the person saw it (`version`).
///
/// # Errors
/// 409 when somebody decided meanwhile or the item already stands so, 422 for a reason too long, 404.
pub async fn decide(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    id: Id,
    n: i64,
    version: i64,
    decision: Decision,
) -> Result<(), Fault> {
    if let Decision::Reject(why) = &decision
        && why.chars().count() > WORDS_MAX
    {
        return Err(Fault::invalid(Problem::too_long(WORDS_MAX).field("reason")));
    }
    // First of all: two people deciding at once meet here.
    sql::move_document(tx, id, None).await?;
    let document = document(tx, actor, id).await?;
    let item = sql::item_of(tx, id, n).await?.ok_or(Fault::NotFound("plan-no-item"))?;
    if item.version != version {
        return Err(meanwhile(&item));
    }
    if !follows(item.state, &decision) {
        return Err(Fault::Conflict(Problem::new("plan-stands-already").arg("n", n)));
    }
    let kind = match decision {
        Decision::Accept => "plan-item-accepted",
        Decision::Correct(_) => "plan-item-corrected",
        Decision::Reject(_) => "plan-item-rejected",
    };
    let after = decided(&item, decision);
    if !sql::change(tx, id, &after, actor, now).await? {
        return Err(meanwhile(&item));
    }
    let mut data = json!({ "n": n, "from": item.state.as_str() });
    if after.state == State::Corrected {
        data["before"] = item.body.to_json().map_err(Fault::internal)?;
        data["after"] = after.body.to_json().map_err(Fault::internal)?;
    }
    if !after.note.is_empty() {
        data["reason"] = json!(after.note);
    }
    write_down(tx, &document, actor, now, kind, data).await
}

/// Takes every proposal of a kind (or of all) the rules are at least so sure of, in percent; returns how many.
///
/// # Errors
/// 409 when the document was changed since the person saw it, or when there is nothing to take.
pub async fn accept_all(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    id: Id,
    version: i64,
    kind: Option<Kind>,
    percent: i64,
) -> Result<usize, Fault> {
    if !(0..=100).contains(&percent) {
        return Err(Fault::invalid(Problem::new("plan-percent-wrong").field("at_least")));
    }
    let moved = sql::move_document(tx, id, Some(version)).await?;
    let document = document(tx, actor, id).await?;
    if !moved {
        return Err(Fault::Conflict(Problem::new("plan-document-changed")));
    }
    let wanted = |item: &Item| {
        item.state == State::Proposed
            && kind.is_none_or(|kind| kind == item.body.kind())
            && percent_of(&item.body) >= percent
    };
    let items: Vec<Item> = sql::items(tx, id).await?.into_iter().filter(wanted).collect();
    if items.is_empty() {
        return Err(Fault::Conflict(Problem::new("plan-nothing-so-sure").arg("percent", percent)));
    }
    for item in &items {
        if !sql::change(tx, id, &decided(item, Decision::Accept), actor, now).await? {
            return Err(meanwhile(item));
        }
    }
    let numbers: Vec<i64> = items.iter().map(|item| item.n).collect();
    let data = json!({ "at_least_percent": percent, "n": numbers });
    write_down(tx, &document, actor, now, "plan-items-accepted", data).await?;
    Ok(items.len())
}

/// How sure the rules are, in whole percent.
pub fn percent_of(body: &Body) -> i64 {
    (body.confidence() * 100.0).round() as i64
}

/// Adds what the reader did not see; taken at once. Returns its number.
pub async fn add(tx: &Tx, actor: &Actor, now: Instant, id: Id, body: &Body) -> Result<i64, Fault> {
    sql::move_document(tx, id, None).await?;
    let document = document(tx, actor, id).await?;
    let n = sql::next_item(tx, id).await?;
    if n > ITEMS_MAX as i64 {
        return Err(Fault::Conflict(Problem::new("plan-too-many-items").arg("max", ITEMS_MAX)));
    }
    sql::insert_item(tx, id, n, body, Some((actor, now))).await?;
    let data = json!({ "n": n, "kind": body.kind().as_str(), "body": body.to_json().map_err(Fault::internal)? });
    write_down(tx, &document, actor, now, "plan-item-added", data).await?;
    Ok(n)
}

/// Saves the taken targets as a draft programme; saving again replaces it. Returns the draft's number.
///
/// # Errors
/// 409 when no target is taken or the document was changed meanwhile, 422 for a head that is not whole.
pub async fn save(tx: &Tx, actor: &Actor, now: Instant, id: Id, version: i64, head: Programme) -> Result<i64, Fault> {
    let moved = sql::move_document(tx, id, Some(version)).await?;
    let document = document(tx, actor, id).await?;
    if !moved {
        return Err(Fault::Conflict(Problem::new("plan-document-changed")));
    }
    let items = sql::items(tx, id).await?;
    let programme = draft::programme(&document, &items, head);
    if programme.programme.subjects.is_empty() {
        return Err(Fault::Conflict(Problem::new("plan-nothing-taken")));
    }
    let targets = programme.programme.subjects.len();
    let number = reform::save_draft_programme(tx, actor, now, programme).await?;
    sql::saved(tx, id, number, now).await?;
    write_down(tx, &document, actor, now, "plan-saved", json!({ "draft": number, "targets": targets })).await?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_not_repeated_and_can_be_taken_back() {
        let reject = Decision::Reject(String::new());
        assert!(follows(State::Proposed, &Decision::Accept) && follows(State::Rejected, &Decision::Accept));
        assert!(!follows(State::Accepted, &Decision::Accept) && !follows(State::Corrected, &Decision::Accept));
        assert!(follows(State::Corrected, &reject) && !follows(State::Rejected, &reject));
    }
}
