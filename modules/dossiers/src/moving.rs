//! Open dossiers of agencies that are reorganised: each gets one event and goes on where its unit's work goes, thousands in one transaction.

use crate::apply::apply;
use crate::dossier::Dossier;
use crate::finding;
use crate::happening::{Happening, Rules};
use crate::owed::dues;
use crate::row;
use crate::store::{self as sql, Loaded};
use ::store::{BoxFuture, Rows, StoreError, Tx, Value, params};
use audit::{Head, Link, event_params, link_hash};
use base::{Date, Fault, Id, Problem};
use organisation::{Moved, Moving, Open};
use records::By;
use std::collections::{BTreeMap, BTreeSet};

/// Dossiers read and written at a time.
const BATCH: usize = 500;

::store::statements! {
    /// Open dossiers in which a unit has a part: each part by its own index.
    pub PART_IN = "SELECT id FROM dossier WHERE unit_id = $1 AND open
        UNION SELECT id FROM dossier WHERE competent_id = $1 AND open
        UNION SELECT id FROM dossier WHERE intake_id = $1 AND intake_id <> competent_id AND open
        UNION SELECT id FROM dossier WHERE return_id = $1 AND return_id <> competent_id AND return_id <> intake_id AND open
        UNION SELECT id FROM dossier WHERE sender_id = $1 AND offered_at IS NOT NULL AND open
        UNION SELECT id FROM dossier WHERE papers_from = $1 AND papers_from IS NOT NULL AND open
        UNION SELECT dossier_id AS id FROM dossier_opinion WHERE unit_id = $1 AND open
        UNION SELECT dossier_id AS id FROM dossier_opinion WHERE asked_by = $1 AND open";
    /// Open dossiers of an agency ($2) whose divisions' steps a division was chosen for by hand.
    pub CHOSEN_FOR = "SELECT id FROM dossier WHERE competent_id = $2 AND division_id = $1 AND open";
    /// Those dossiers; their ids are one JSON list.
    pub THOSE = sqlite "SELECT * FROM dossier WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
        postgres "SELECT * FROM dossier WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) ORDER BY id";
    /// Their places.
    pub SET_PLACES = sqlite "UPDATE dossier SET intake_id = $2, competent_id = $3, return_id = $4 WHERE id IN (SELECT value FROM json_each($1))",
        postgres "UPDATE dossier SET intake_id = $2, competent_id = $3, return_id = $4 WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// What they are found by, written anew.
    pub CLEAR_WORDS = sqlite "DELETE FROM dossier_words WHERE rowid IN (SELECT value FROM json_each($1))",
        postgres "DELETE FROM dossier_words WHERE rowid IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// How many open dossiers lie with a unit, are its to settle, its to take in, its to hand out; how many others it was asked about, or handed on.
    pub PARTS = "SELECT
        (SELECT COUNT(*) FROM dossier WHERE unit_id = $1 AND open) AS lying,
        (SELECT COUNT(*) FROM dossier WHERE competent_id = $1 AND open) AS competent,
        (SELECT COUNT(*) FROM dossier WHERE intake_id = $1 AND intake_id <> competent_id AND open) AS intake,
        (SELECT COUNT(*) FROM dossier WHERE return_id = $1 AND return_id <> competent_id AND return_id <> intake_id AND open) AS handed_out,
        (SELECT COUNT(*) FROM dossier WHERE sender_id = $1 AND offered_at IS NOT NULL AND open) AS sent,
        (SELECT COUNT(*) FROM dossier_opinion WHERE unit_id = $1 AND open) AS opinions";
}

/// What would move with a unit, each part by itself; see [`organisation::Room`].
pub fn would_move(tx: &Tx, unit: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let row = tx.query_one(PARTS, params![unit]).await?;
        let href = format!("/work?tab=all&unit={unit}");
        let part = |what, column| {
            let (href, needs) = (href.clone(), crate::rights::READ_DOSSIERS);
            Ok::<_, StoreError>(Open { what, count: row.get(column)?, href, needs })
        };
        Ok(vec![
            part("dossier-move-lying", "lying")?,
            part("dossier-move-competent", "competent")?,
            part("dossier-move-intake", "intake")?,
            part("dossier-move-return", "handed_out")?,
            part("dossier-move-sent", "sent")?,
            part("dossier-move-opinions", "opinions")?,
        ])
    })
}

/// Moves every open dossier in which a unit that ends has a part; see [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let mut ids = BTreeSet::new();
        for unit in moving.units.keys() {
            let house = moving.tree.house_of(*unit).map_or(*unit, |house| house.id);
            let mut rows = tx.query(PART_IN, params![*unit]).await?;
            rows.extend(tx.query(CHOSEN_FOR, params![*unit, house]).await?);
            for row in rows {
                ids.insert(row.get::<Id>("id")?);
            }
        }
        let ids: Vec<Id> = ids.into_iter().collect();
        for chunk in ids.chunks(BATCH) {
            batch(tx, moving, by, chunk).await?;
        }
        Ok(vec![Moved { what: "dossier-moved-here", n: ids.len() as i64 }])
    })
}

/// The event of a dossier: the part of the map that is its own.
fn happening(moving: &Moving, d: &Dossier) -> Happening {
    let open = d.opinions.iter().filter(|opinion| opinion.is_open());
    let asked = open.flat_map(|opinion| [opinion.unit, opinion.agency, opinion.asked_by]);
    let own = [d.unit, d.competent, d.intake, d.return_to].into_iter();
    let all = own.chain(d.division).chain(d.sender).chain(d.papers_from).chain(asked);
    let units: BTreeMap<Id, Id> = all.filter_map(|unit| Some((unit, *moving.units.get(&unit)?))).collect();
    let from = d.sender.or(d.papers_from).map(|unit| moving.to(unit));
    Happening::Moved {
        by: moving.decision,
        decision: moving.number.clone(),
        units: units.into_iter().collect(),
        within: from.is_some_and(|from| moving.within(from, moving.to(d.unit))),
    }
}

/// One batch: rows and opinions one by one, everything else in statements of many rows.
async fn batch(tx: &Tx, moving: &Moving, by: &By, ids: &[Id]) -> Result<(), Fault> {
    let list = Value::ids(ids);
    let rows = tx.query(THOSE, std::slice::from_ref(&list)).await?;
    let mut page: Vec<Loaded> = rows.iter().map(sql::read).collect::<Result<_, _>>()?;
    let actor = by.actor.ok_or_else(|| Fault::internal("a reorganisation by nobody"))?;
    let mut units = units_of(tx, ids).await?;
    let (mut events, mut dues_now, mut words, mut facts) = (Rows::new(), Rows::new(), Rows::new(), Vec::new());
    let mut places: BTreeMap<(Id, Id, Id), Vec<Id>> = BTreeMap::new();
    for loaded in &mut page {
        if loaded.dossier.opinion_n > 0 {
            loaded.dossier.opinions = crate::opinion_store::of(tx, loaded.dossier.id).await?;
        }
        let before = loaded.dossier.clone();
        let happening = happening(moving, &before);
        let mut state = Some(before.clone());
        let outcomes = apply(&mut state, before.id, by.now, (Rules::NOW, Some(actor)), &happening)
            .map_err(|_| Fault::internal(format!("moved does not follow for {}", before.code)))?;
        let mut after = state.ok_or_else(|| Fault::internal("no state after an event"))?;
        let data = happening.to_text(false);
        let link = Link {
            subject: after.id,
            n: before.head.n + 1,
            at: by.now,
            kind: happening.kind(),
            actor: Some(actor),
            agency: by.agency,
            data: &data,
        };
        after.head = Head { n: link.n, hash: link_hash(&before.head.hash, link) };
        if tx.execute(row::UPDATE.as_str(), &row::moved(&after, before.head)).await? != 1 {
            return Err(Fault::Conflict(Problem::new("dossier-changed-meanwhile")));
        }
        if before.opinions != after.opinions {
            crate::opinion_store::write(tx, &before.opinions, &after).await?;
        }
        events.extend(event_params(link, &after.head.hash));
        facts.extend(outcomes.facts);
        for due in dues(&after) {
            let (name, unit, holder) = (due.name.into(), due.unit.into(), due.holder.into());
            dues_now.extend([after.id.into(), name, unit, holder, due.at.into(), due.part.into()]);
        }
        let mut lain = units.remove(&after.id).unwrap_or_default();
        lain.insert(after.unit);
        let text = finding::index_text(&after, &loaded.applicant, &lain);
        words.extend([Value::from(after.id), Value::from(text)]);
        places.entry((after.intake, after.competent, after.return_to)).or_default().push(after.id);
    }
    audit::write_links(tx, by.now.date(), &events).await?;
    for ((intake, competent, return_to), of) in places {
        tx.execute(SET_PLACES, &[Value::ids(&of), intake.into(), competent.into(), return_to.into()]).await?;
    }
    records::clear_dues(tx, ids).await?;
    tx.insert_rows(records::INSERT_DUE, &dues_now).await?;
    tx.execute(CLEAR_WORDS, std::slice::from_ref(&list)).await?;
    tx.insert_rows(finding::INSERT_WORDS, &words).await?;
    facts::append(tx, &facts).await?;
    Ok(())
}

/// Where each has lain, by its events: it stays findable for who had it.
async fn units_of(tx: &Tx, ids: &[Id]) -> Result<BTreeMap<Id, BTreeSet<Id>>, StoreError> {
    let mut all: BTreeMap<Id, Vec<audit::Event>> = BTreeMap::new();
    for event in audit::events_of(tx, ids).await? {
        all.entry(event.subject).or_default().push(event);
    }
    Ok(all.into_iter().map(|(id, events)| (id, finding::units_of(id, &events))).collect())
}

#[cfg(test)]
mod tests;
