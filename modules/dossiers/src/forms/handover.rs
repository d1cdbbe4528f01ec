//! What a unit has to hand over on paper: one list for each unit that receives, to be signed by both. What is confirmed as received is on
//! it no more.

use super::HANDOVER;
use crate::actions::House;
use crate::store::{self as sql, Loaded, read};
use ::store::{Tx, params};
use base::{Actor, Fault, Id, Instant, Problem};
use i18n::L;
use organisation::Agency;
use print::{Pdf, Sheet};
use serde::Serialize;

/// Dossiers on one list: more are handed over in parts.
pub const ROWS_MAX: i64 = 500;

::store::statements! {
    /// Dossiers whose papers a unit still has to hand over, by the unit that receives them.
    PAPERS_OF = "SELECT * FROM dossier WHERE papers_from = $1 ORDER BY unit_id, id LIMIT $2";
    /// The units that have papers to hand over.
    HAVE_PAPERS = "SELECT DISTINCT papers_from AS unit FROM dossier WHERE papers_from IS NOT NULL";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Row {
    code: String,
    procedure: String,
    owner: String,
    /// How many of its papers are on paper.
    papers: String,
    by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct List {
    receiver: String,
    rows: Vec<Row>,
}

/// What stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    above: String,
    unit: String,
    place: String,
    day: String,
    total: String,
    giver: String,
    lists: Vec<List>,
}

impl Handover {
    /// How many dossiers it holds.
    pub fn len(&self) -> usize {
        self.lists.iter().map(|list| list.rows.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
}

/// The units with papers to hand over whose dossiers a person reads.
///
/// # Errors
/// The database's.
pub async fn units_of<'h>(tx: &Tx, house: &'h House, actor: &Actor) -> Result<Vec<&'h Agency>, Fault> {
    let mut units = Vec::new();
    for row in tx.query(HAVE_PAPERS, params![]).await? {
        units.extend(house.tree.get(row.get::<Id>("unit")?));
    }
    units.retain(|unit| actor.may_at(crate::rights::READ_DOSSIERS, &unit.path));
    units.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(units)
}

/// Reads and words the list of a unit.
///
/// # Errors
/// A unit that is none of theirs, or has nothing to hand over, is `Invalid` at `unit`; more than [`ROWS_MAX`] dossiers too.
pub async fn handover(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    l: L,
    (unit, now): (Id, Instant),
) -> Result<Handover, Fault> {
    let wrong = |code| Fault::invalid(Problem::new(code).field("unit").arg("max", ROWS_MAX));
    if !units_of(tx, house, actor).await?.iter().any(|agency| agency.id == unit) {
        return Err(wrong("dossier-handover-unit"));
    }
    let rows = tx.query(PAPERS_OF, params![unit, ROWS_MAX + 1]).await?;
    if rows.len() as i64 > ROWS_MAX {
        return Err(wrong("dossier-handover-long"));
    }
    let mut lists: Vec<(Id, List)> = Vec::new();
    for loaded in rows.iter().map(read) {
        let loaded = loaded?;
        let to = loaded.dossier.unit;
        let row = row(tx, house, l, &loaded).await?;
        match lists.last_mut().filter(|(receiver, _)| *receiver == to) {
            Some((_, list)) => list.rows.push(row),
            None => lists.push((to, List { receiver: house.tree.name(to), rows: vec![row] })),
        }
    }
    let agency = house.tree.house_of(unit).map_or(unit, |agency| agency.id);
    let lists: Vec<List> = lists.into_iter().map(|(_, list)| list).collect();
    let n = lists.iter().map(|list| list.rows.len() as i64).sum::<i64>();
    Ok(Handover {
        above: if agency == unit { String::new() } else { house.tree.name(agency) },
        unit: house.tree.name(unit),
        place: house.tree.place_of(unit),
        day: base::vn_date_words(now.date()),
        total: l.tr("dossier-register-total", [("n", l.number(n))]),
        giver: actor.name.clone(),
        lists,
    })
}

async fn row(tx: &Tx, house: &House, l: L, loaded: &Loaded) -> Result<Row, Fault> {
    let d = &loaded.dossier;
    let papers = sql::components(tx, d.id).await?;
    let on_paper = papers.iter().filter(|(_, paper)| paper.state == crate::ComponentState::Paper).count();
    Ok(Row {
        code: d.code.clone(),
        procedure: house.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default(),
        owner: loaded.applicant.owner_name.clone(),
        // A result, or what an officer gave out of his hands: what it is, the dossier says.
        papers: if on_paper == 0 { String::new() } else { l.number(on_paper as i64) },
        by: d.papers_by.map(base::vn_date_time).unwrap_or_default(),
    })
}

/// Prints it.
///
/// # Errors
/// Those of [`print::print`].
pub async fn printed(handover: &Handover, subject: &str, now: Instant) -> Result<Pdf, Fault> {
    print::print(HANDOVER, Sheet { title: "Danh sách bàn giao hồ sơ giấy", subject, at: now, data: handover }).await
}
