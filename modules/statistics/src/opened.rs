//! The very dossiers behind a number of the table: as many as it says.

use crate::columns::{Column, Holds, MAY_COME_BEFORE};
use crate::reading::{Asked, FOLLOWED_MAX, Key, below, open_at, standing};
use base::page::Place;
use base::{Date, Id};
use dossiers::report::{self, Placed};
use facts::{Cut, Filter, Part};
use organisation::Tree;
use store::{BoxFuture, StoreError, Tx};

/// Dossiers in one list; a number beyond it opens where it is told apart further.
pub const LIST_MAX: i64 = 50_000;

/// One dossier behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub subject: Id,
    /// When it happened; of what is open, when it was received.
    pub day: Date,
    pub agency: Id,
}

/// The dossiers of a column, of a row or (none) of the whole table, the latest first. None where there are more than [`LIST_MAX`].
pub fn list<'t>(
    tx: &'t Tx,
    tree: &'t Tree,
    asked: &'t Asked,
    column: Column,
    key: Option<&'t Key>,
) -> BoxFuture<'t, Result<Option<Vec<Entry>>, StoreError>> {
    Box::pin(async move {
        let mut found = match column.holds() {
            Holds::Flow(term) => {
                let mut found = flow(tx, asked, &term.indicator(), key).await?;
                if MAY_COME_BEFORE.contains(&term.measure) {
                    let ids: Vec<Id> = found.iter().map(|entry| entry.subject).collect();
                    let placed = report::placed(tx, &ids).await?;
                    let received = |id: &Id| placed.get(id).is_some_and(|placed| placed.received_at.is_some());
                    found.retain(|entry| received(&entry.subject));
                }
                found
            }
            Holds::Before => match open_at(tx, asked, asked.eve(), LIST_MAX).await? {
                Some(open) => entries(tree, asked, &open, key),
                None => return Ok(None),
            },
            Holds::After(wanted) => match open_at(tx, asked, asked.last(), LIST_MAX).await? {
                Some(mut open) => {
                    if let Some(wanted) = wanted {
                        // Each is followed through its events: no more of them than the page would.
                        if asked.last() < asked.now.date() && open.len() as i64 > FOLLOWED_MAX {
                            return Ok(None);
                        }
                        let stood = standing(tx, asked, &open, asked.last()).await?;
                        open.retain(|placed| stood.get(&placed.id).is_some_and(|stood| stood.standing == wanted));
                    }
                    entries(tree, asked, &open, key)
                }
                None => return Ok(None),
            },
            Holds::Sum(columns) => {
                let mut found = Vec::new();
                for column in columns {
                    match list(tx, tree, asked, *column, key).await? {
                        Some(more) => found.extend(more),
                        None => return Ok(None),
                    }
                }
                found
            }
        };
        found.sort_by_key(|entry| std::cmp::Reverse((entry.day, entry.subject)));
        Ok((found.len() as i64 <= LIST_MAX).then_some(found))
    })
}

async fn flow(
    tx: &Tx,
    asked: &Asked,
    indicator: &facts::Indicator,
    key: Option<&Key>,
) -> Result<Vec<Entry>, StoreError> {
    let (from, to) = asked.within();
    let mut filter = Filter { from, to, level: None, fields: None };
    let (node, cut) = match key {
        None => (asked.node, Cut::Whole),
        Some(Key::Own(agency)) => (asked.node, Cut::Agency(*agency)),
        Some(Key::Unit(unit)) => (*unit, Cut::Whole),
        Some(Key::Field(field)) => {
            filter.fields = Some(vec![field.clone()]);
            (asked.node, Cut::Whole)
        }
        Some(Key::Procedure(procedure)) => (asked.node, Cut::Procedure(*procedure)),
        Some(Key::Official(official)) => (asked.node, Cut::Official(*official)),
    };
    let asked = facts::Asked { indicator, node, filter: &filter, cut, part: Part::Numerator };
    let cases = facts::cases(tx, &asked, LIST_MAX + 1, &Place::START).await?;
    Ok(cases.into_iter().map(|case| Entry { subject: case.subject, day: case.day, agency: case.agency }).collect())
}

fn entries(tree: &Tree, asked: &Asked, open: &[Placed], key: Option<&Key>) -> Vec<Entry> {
    let takes = |placed: &&Placed| match key {
        None => true,
        Some(Key::Own(agency)) => placed.agency == *agency,
        Some(Key::Unit(unit)) => below(tree, asked.node, placed.agency) == *unit,
        Some(Key::Field(field)) => placed.field == *field,
        Some(Key::Procedure(procedure)) => placed.procedure == *procedure,
        Some(Key::Official(_)) => false,
    };
    let entry = |placed: &Placed| {
        let day = placed.received_at.map(|at| at.date())?;
        Some(Entry { subject: placed.id, day, agency: placed.agency })
    };
    open.iter().filter(takes).filter_map(entry).collect()
}
