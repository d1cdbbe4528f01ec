//! One line of a reorganisation: which agencies end, and what follows them.

use crate::Kind;
use base::Id;
use serde::{Deserialize, Serialize};

/// Most lines of one decision: a province of 2025 had some 100 new communes.
pub const LINES_MAX: usize = 200;
/// Most agencies that end, or begin, by one line.
pub const AGENCIES_MAX: usize = 20;

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// Several become a new one, or one that stands.
    Merge,
    /// One becomes several.
    Split,
    /// One ends, and one that stands takes over.
    Dissolve,
}
base::closed_list!(Does, { Merge => "merge", Split => "split", Dissolve => "dissolve" });

/// An agency that a line makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Makes {
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// None: as what ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The administrative unit it serves; none: as what ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_code: Option<String>,
    /// Known once it is executed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the decision; it stays when others are dropped.
    pub n: i64,
    pub does: Does,
    pub ends: Vec<Id>,
    /// One that stands takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<Id>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makes: Vec<Makes>,
    /// Which of those made gets the open work; what belongs to the others is handed over afterwards.
    #[serde(default)]
    pub receiver: usize,
}

impl Line {
    /// The agencies it is about, those it made once they are there.
    pub fn agencies(&self) -> impl Iterator<Item = Id> + '_ {
        self.ends.iter().copied().chain(self.into).chain(self.makes.iter().filter_map(|makes| makes.id))
    }
}
