//! Petitions, sittings and what was asked there, of agencies that are reorganised: they go on where the work goes.

use crate::dialogue::{item, session};
use crate::petition::{Event, Petition};
use ::store::{BoxFuture, Tx, Value};
use base::{Fault, Id};
use organisation::{Moved, Moving};
use records::{By, Held};

::store::statements! {
    /// Petitions in which units of a JSON list ($1) have a part, that somebody still has to do something about, or may reopen from $2 on.
    pub PETITIONS = sqlite "SELECT * FROM petition WHERE (state IN ('new', 'handling', 'asked', 'joined', 'drafted', 'answered') OR (state IN ('published', 'kept') AND reopen_until >= $2))
            AND (unit_id IN (SELECT value FROM json_each($1)) OR intake_id IN (SELECT value FROM json_each($1)) OR approver_id IN (SELECT value FROM json_each($1)) OR concerned_id IN (SELECT value FROM json_each($1)) OR area_id IN (SELECT value FROM json_each($1))) ORDER BY id",
        postgres "WITH ended AS (SELECT CAST(one AS BIGINT) AS unit FROM jsonb_array_elements_text($1) AS ids (one))
            SELECT * FROM petition WHERE (state IN ('new', 'handling', 'asked', 'joined', 'drafted', 'answered') OR (state IN ('published', 'kept') AND reopen_until >= $2))
            AND (unit_id IN (SELECT unit FROM ended) OR intake_id IN (SELECT unit FROM ended) OR approver_id IN (SELECT unit FROM ended) OR concerned_id IN (SELECT unit FROM ended) OR area_id IN (SELECT unit FROM ended)) ORDER BY id";
    /// Open items of sittings that lie with units of a JSON list, or are to be laid by them.
    pub ITEMS = sqlite "SELECT * FROM dialogue_item WHERE state IN ('sent', 'open') AND (unit_id IN (SELECT value FROM json_each($1)) OR agency_id IN (SELECT value FROM json_each($1))) ORDER BY id",
        postgres "WITH ended AS (SELECT CAST(one AS BIGINT) AS unit FROM jsonb_array_elements_text($1) AS ids (one))
            SELECT * FROM dialogue_item WHERE state IN ('sent', 'open') AND (unit_id IN (SELECT unit FROM ended) OR agency_id IN (SELECT unit FROM ended)) ORDER BY id";
    /// Sittings of agencies of a JSON list that are not over.
    pub SITTINGS = sqlite "SELECT * FROM dialogue WHERE state IN ('announced', 'held') AND agency_id IN (SELECT value FROM json_each($1)) ORDER BY id",
        postgres "SELECT * FROM dialogue WHERE state IN ('announced', 'held') AND agency_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY id";
}

/// What a petition's event says. Where the unit that takes it on is the one it complains of, or a part of it, it lies with the agency above: nobody
/// judges a complaint about themselves.
fn petition(p: &Petition, moving: &Moving) -> Option<Event> {
    let rungs = p.approval.iter().flat_map(|approval| &approval.rungs).filter(|rung| rung.at.is_none());
    let parts = [Some(p.unit), Some(p.intake), p.approver, p.concerned, p.area].into_iter().flatten();
    let followed = moving.followed(parts.chain(rungs.map(|rung| rung.unit)))?;
    let unit = followed.to(p.unit);
    let concerned = p.concerned.map(|concerned| followed.to(concerned));
    let itself = concerned.filter(|concerned| moving.tree.is_within(unit, *concerned));
    let above: Option<Id> = itself.and_then(|concerned| moving.tree.get(concerned)?.parent);
    Some(Event::Follow { followed, above })
}

/// See [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let all = Held::<Petition>::read_all(&tx.query(PETITIONS, &[moving.listed(), Value::from(by.now)]).await?)?;
        let petitions = organisation::follow(tx, *by, all, |p: &Petition| petition(p, moving)).await?;
        let all = Held::<item::Item>::read_all(&tx.query(ITEMS, &[moving.listed()]).await?)?;
        let event = |i: &item::Item| Some(item::Event::Follow(moving.followed([i.unit, i.agency])?));
        let items = organisation::follow(tx, *by, all, event).await?;
        let all = Held::<session::Dialogue>::read_all(&tx.query(SITTINGS, &[moving.listed()]).await?)?;
        let event = |d: &session::Dialogue| Some(session::Event::Follow(moving.followed([d.agency])?));
        let sittings = organisation::follow(tx, *by, all, event).await?;
        let moved = |what, n| Moved { what, n };
        Ok(vec![
            moved("feedback-moved", petitions),
            moved("dialogue-items-moved", items),
            moved("dialogue-sittings-moved", sittings),
        ])
    })
}
