//! Wordings as they stand on a day: those that came with the program, and what was announced since.

use super::store;
use super::template::{Stage, Template};
use super::{Paper, Pieces};
use ::store::Tx;
use base::{Date, Fault};
use serde::Deserialize;
use std::sync::LazyLock;

/// A wording in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Current {
    /// Its version: the number of the row, or [`ORIGINAL`] and its paper for what came with the program.
    pub code: String,
    pub paper: Paper,
    /// The procedure it is of; empty for all.
    pub procedure: String,
    pub name: String,
    /// None: from the beginning.
    pub valid_from: Option<Date>,
    pub pieces: Pieces,
}

/// What the version of a wording is called that came with the program.
pub const ORIGINAL: &str = "goc-";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    wording: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    paper: Paper,
    name: String,
    #[serde(flatten)]
    pieces: std::collections::BTreeMap<String, String>,
}

fn read(text: &str) -> Result<Vec<Current>, toml::de::Error> {
    let one = |written: Written| Current {
        code: format!("{ORIGINAL}{}", written.paper.as_str()),
        paper: written.paper,
        name: written.name.clone(),
        pieces: Pieces::typed(|name| written.pieces.get(name).map_or("", String::as_str)),
        ..Current::default()
    };
    Ok(toml::from_str::<Shipped>(text)?.wording.into_iter().map(one).collect())
}

/// A test reads the file; without it there is no wording to begin with.
static SHIPPED: LazyLock<Vec<Current>> =
    LazyLock::new(|| read(include_str!("../../../../data/papers/results.toml")).unwrap_or_default());

impl Current {
    /// As a row has it.
    fn of(code: &str, row: &Template) -> Self {
        Self {
            code: code.to_owned(),
            paper: row.paper,
            procedure: row.procedure.clone(),
            name: row.name.clone(),
            valid_from: Some(row.valid_from),
            pieces: row.pieces(),
        }
    }

    /// Versions of one wording follow each other.
    fn is_before(&self, later: &Current) -> bool {
        let forms = !self.paper.is_result() || self.name == later.name;
        self.paper == later.paper && self.procedure == later.procedure && forms
    }

    /// Whether a dossier of that procedure can result in it.
    pub fn is_for(&self, procedure: &str) -> bool {
        self.paper.is_result() && (self.procedure.is_empty() || self.procedure == procedure)
    }
}

/// The wordings in force on a day, the latest version of each: those of procedures first, then by paper and name.
///
/// # Errors
/// The database's.
pub async fn current_of(tx: &Tx, day: Date) -> Result<Vec<Current>, Fault> {
    let mut all: Vec<Current> = SHIPPED.clone();
    for held in store::in_force(tx, day).await? {
        let version = Current::of(&held.code, &held.state);
        all.retain(|before| !before.is_before(&version));
        all.push(version);
    }
    all.sort_by(|a, b| {
        let key = |one: &Current| (one.procedure.is_empty(), one.paper, one.name.clone());
        key(a).cmp(&key(b))
    });
    Ok(all)
}

/// One version of a wording, whenever it was in force: a draft names the one it was made from.
///
/// # Errors
/// The database's.
pub async fn version_of(tx: &Tx, code: &str) -> Result<Option<Current>, Fault> {
    if let Some(shipped) = SHIPPED.iter().find(|one| one.code == code) {
        return Ok(Some(shipped.clone()));
    }
    let held = store::by_code(tx, code).await?.filter(|held| held.state.stage == Stage::InForce);
    Ok(held.map(|held| Current::of(&held.code, &held.state)))
}

/// The wording of a form on a day; nothing is said where none was announced by then.
///
/// # Errors
/// The database's.
pub async fn of_form(tx: &Tx, paper: Paper, day: Date) -> Result<Current, Fault> {
    let all = current_of(tx, day).await?;
    Ok(all.into_iter().find(|one| one.paper == paper).unwrap_or(Current { paper, ..Current::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_well_formed_one_of_each_result() {
        let all = read(include_str!("../../../../data/papers/results.toml")).unwrap();
        assert_eq!(all.iter().map(|one| one.paper.as_str()).collect::<Vec<_>>(), Paper::RESULTS);
        for one in &all {
            assert_eq!(one.pieces.problems(one.paper, None), [], "{}", one.name);
        }
        assert_eq!(*SHIPPED, all);
    }
}
