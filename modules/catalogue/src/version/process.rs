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

/// An id that no step has: the wanted one, or the first with a number behind it.
pub(crate) fn free_id(wanted: &str, process: &[Step]) -> String {
    let wanted: String = wanted.chars().take(60).collect();
    let mut numbered = (1..).map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") });
    numbered.find(|id| !process.iter().any(|step| step.id == *id)).unwrap_or_default()
}

/// What another unit does beside a step: it says what it thinks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What it is asked.
    pub name: String,
    pub unit: StepUnit,
    /// Working time it has; no more than the step.
    pub norm: Limit,
}

/// Most units asked beside one step.
pub const SIDES_MAX: usize = 20;

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
