//! What a unit has to hand over on paper: one list for each unit that receives, to be signed by both. What is confirmed as received is on
//! it no more.

use super::HANDOVER;
use crate::actions::House;
use crate::dossier::Status;
use crate::store::{Loaded, read};
use ::store::{Tx, params};
use base::{Actor, Fault, Id, Instant, Problem};
use i18n::L;
use organisation::Agency;
use print::{Pdf, Sheet};
use serde::Serialize;
use std::collections::HashMap;

/// Dossiers on one list: more are handed over in parts.
pub const ROWS_MAX: i64 = 500;

::store::statements! {
    /// Dossiers whose papers a unit still has to hand over, by the unit that receives them.
    PAPERS_OF = "SELECT * FROM dossier WHERE papers_from = $1 ORDER BY unit_id, id LIMIT $2";
    /// How many papers of each of those are on paper.
    ON_PAPER = "SELECT c.dossier_id AS id, COUNT(*) AS n FROM dossier d JOIN dossier_component c ON c.dossier_id = d.id WHERE d.papers_from = $1 AND c.state = 'paper' GROUP BY c.dossier_id";
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
    let mut on_paper: HashMap<Id, i64> = HashMap::new();
    for row in tx.query(ON_PAPER, params![unit]).await? {
        on_paper.insert(row.get("id")?, row.get("n")?);
    }
    let mut lists: Vec<(Id, List)> = Vec::new();
    for loaded in rows.iter().map(read) {
        let loaded = loaded?;
        let to = loaded.dossier.unit;
        let row = row(house, l, &loaded, on_paper.get(&loaded.dossier.id).copied());
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

fn row(house: &House, l: L, loaded: &Loaded, on_paper: Option<i64>) -> Row {
    let d = &loaded.dossier;
    Row {
        code: d.code.clone(),
        procedure: house.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default(),
        owner: loaded.applicant.owner_name.clone(),
        // Of a result the paper is the result.
        papers: match (d.status, on_paper) {
            (Status::Decided, _) => l.t("dossier-file-result"),
            (_, n) => n.map(|n| l.number(n)).unwrap_or_default(),
        },
        by: d.papers_by.map(base::vn_date_time).unwrap_or_default(),
    }
}

/// Prints it.
///
/// # Errors
/// Those of [`print::print`].
pub async fn printed(handover: &Handover, subject: &str, now: Instant) -> Result<Pdf, Fault> {
    print::print(HANDOVER, Sheet { title: "Danh sách bàn giao hồ sơ giấy", subject, at: now, data: handover }).await
}
