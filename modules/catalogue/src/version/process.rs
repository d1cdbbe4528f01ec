//! The internal process of a version: its steps, who does them, what others are asked meanwhile, and the ways between them.

use base::{Limit, Role};
use serde::{Deserialize, Serialize};

/// One step of the internal process (quy trình nội bộ).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Stable within the process: `appraise`.
    pub id: String,
    pub name: String,
    /// Who does it.
    pub role: Role,
    /// Where it is done.
    pub unit: StepUnit,
    /// Working time the step may take; never lengthens the legal limit.
    pub norm: Limit,
    /// What may be done there, words of [`ACTIONS`].
    pub allowed: Vec<String>,
    /// What other units are asked meanwhile; the step is not left before they have answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Side>,
}

/// Every id of a process: of its steps, and of those of the branches beside them.
pub(crate) fn ids(process: &[Step]) -> impl Iterator<Item = &str> {
    process.iter().flat_map(|step| {
        let beside = step.asks.iter().filter(|side| side.is_branch()).flat_map(Side::ids);
        std::iter::once(step.id.as_str()).chain(beside)
    })
}

/// An id that no step has, and none of those `taken` besides: the wanted one, or the first with a number behind it.
pub(crate) fn free_id(wanted: &str, process: &[Step], taken: &[String]) -> String {
    let wanted: String = wanted.chars().take(60).collect();
    let mut numbered = (1..).map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") });
    let is_free = |id: &String| !ids(process).any(|other| other == id) && !taken.contains(id);
    numbered.find(is_free).unwrap_or_default()
}

/// What another unit does beside a step: it says what it thinks. One that takes several steps for it is a branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What it is asked.
    pub name: String,
    pub unit: StepUnit,
    /// Working time it has; of a branch, all of its steps together have no more than the step.
    pub norm: Limit,
    /// Of the first step of a branch, its id; of one that answers by itself nothing is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// … and who does it; else whoever speaks for the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The steps of the branch behind it, in order. What the last one says is the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<BranchStep>,
}

/// One step of a branch beside a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BranchStep {
    /// Stable, and no other step's of the process.
    pub id: String,
    pub name: String,
    /// Seen from the agency that the branch has come to: what is the head's there is that agency's head.
    pub unit: StepUnit,
    pub role: Role,
    pub norm: Limit,
}

impl Side {
    /// Asked of one unit, which answers by itself.
    pub fn of(name: impl Into<String>, unit: StepUnit, norm: Limit) -> Side {
        Side { name: name.into(), unit, norm, id: String::new(), role: None, then: Vec::new() }
    }

    /// Whether several steps lead to its answer.
    pub fn is_branch(&self) -> bool {
        !self.then.is_empty()
    }

    /// The ids of its steps, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.then.iter().map(|step| step.id.as_str()))
    }

    /// Its first step as one of a branch.
    pub fn first(&self) -> BranchStep {
        let (id, name, unit, norm) = (self.id.clone(), self.name.clone(), self.unit.clone(), self.norm);
        BranchStep { id, name, unit, role: self.role.unwrap_or(Role::Officer), norm }
    }

    /// One of its steps, from 0.
    pub fn step(&self, n: usize) -> Option<BranchStep> {
        match n.checked_sub(1) {
            None => Some(self.first()),
            Some(behind) => self.then.get(behind).cloned(),
        }
    }

    /// The times of its steps, in order.
    pub fn norms(&self) -> impl Iterator<Item = Limit> {
        std::iter::once(self.norm).chain(self.then.iter().map(|step| step.norm))
    }
}

/// Most units asked beside one step.
pub const SIDES_MAX: usize = 20;
/// Most steps of one branch.
pub const BRANCH_STEPS_MAX: usize = 8;

/// A way from one step to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// Ids of the two steps.
    pub from: String,
    pub to: String,
    /// When it is taken, in CEL; empty: where no other is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: String,
    /// What it is called in the picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Where somebody moved the shapes of a process to in its picture: the left upper corner of each, by its node. Nothing of how it is done.
pub type Places = std::collections::BTreeMap<String, (i32, i32)>;

/// The acts a step can allow.
pub const ACTIONS: &[&str] = &["forward", "return", "approve", "refuse", "request_supplement"];

/// Where a step is done, seen from the competent agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepUnit {
    /// The one-stop desk (bộ phận một cửa, trung tâm PVHCC).
    Desk,
    /// A division, by its duty (`culture-society`, `land`, …) or the kebab-case of its name; `chuyen-mon` for the
    /// specialist division in charge, whatever its name.
    Division(String),
    /// The head of the agency.
    Leader,
    /// Another agency, by its code.
    Agency(String),
    /// The province's department of the field, as the version names it.
    Department,
    /// The desk that received it.
    Intake,
}

impl StepUnit {
    /// As one word: `desk`, `division:land`, `agency:H13.05`.
    pub fn word(&self) -> String {
        match self {
            StepUnit::Desk => "desk".to_owned(),
            StepUnit::Division(of) => format!("division:{of}"),
            StepUnit::Leader => "leader".to_owned(),
            StepUnit::Agency(code) => format!("agency:{code}"),
            StepUnit::Department => "department".to_owned(),
            StepUnit::Intake => "intake".to_owned(),
        }
    }

    /// Reads such a word.
    pub fn read(word: &str) -> Option<StepUnit> {
        let named = |of: &str| Some(of.trim().to_owned()).filter(|of| !of.is_empty());
        match word.split_once(':') {
            Some(("division", of)) => named(of).map(StepUnit::Division),
            Some(("agency", code)) => named(code).map(StepUnit::Agency),
            Some(_) => None,
            None => match word {
                "desk" => Some(StepUnit::Desk),
                "leader" => Some(StepUnit::Leader),
                "department" => Some(StepUnit::Department),
                "intake" => Some(StepUnit::Intake),
                _ => None,
            },
        }
    }
}
