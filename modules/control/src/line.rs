//! One line of a decision: what it does to one procedure.

use base::{Id, Level};
use catalogue::{StepUnit, Version};
use serde::{Deserialize, Serialize};

/// Most lines of one decision; the longest of ministries have some 150.
pub const LINES_MAX: usize = 200;

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    New,
    Change,
    End,
    /// The communes settle it from that day on, in place of the province.
    Delegate,
}

base::closed_list!(Does, { New => "new", Change => "change", End => "end", Delegate => "delegate" });

/// A version as the communes settle it: everything else as it stands. Its steps are done by the same posts of another agency, so a division that
/// only a department has becomes the specialist one in charge.
pub fn delegated(version: &Version) -> Version {
    let mut to = Version { levels: vec![Level::Commune], department: None, ..version.clone() };
    for step in &mut to.process {
        if let StepUnit::Division(name) = &mut step.unit {
            SPECIALISTS.clone_into(name);
        }
    }
    to
}

/// The specialist division in charge, whatever its name.
const SPECIALISTS: &str = "chuyen-mon";

/// Whether the province settles it, so that it can be given to the communes.
pub fn is_provincial(version: &Version) -> bool {
    version.levels.contains(&Level::Province) && !version.levels.contains(&Level::Commune)
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the decision; it stays when others are dropped.
    pub n: i64,
    pub does: Does,
    pub code: String,
    pub name: String,
    /// Code of the field of the procedure.
    pub field: String,
    /// The event beside which its version stands; 0 as long as none was written.
    #[serde(default)]
    pub written: i64,
    /// The version that stood when the line was added: what is written is written from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Id>,
    /// Nothing changes but that the decision's legal text stands among its bases; until a version is written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub basis: bool,
    /// Known once it is issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Id>,
    /// Parts that NĐ 63/2010/NĐ-CP Điều 8 asks for and its version lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

impl Line {
    /// Of a version that somebody wrote.
    pub(crate) fn of(n: i64, does: Does, version: &Version) -> Line {
        Line {
            n,
            does,
            code: version.code.clone(),
            name: version.name.clone(),
            field: version.field.clone(),
            written: 0,
            base: None,
            basis: false,
            procedure: None,
            version: None,
            missing: Vec::new(),
        }
    }

    /// Whether its version is still to be written.
    pub fn lacks_version(&self) -> bool {
        matches!(self.does, Does::New | Does::Change) && self.written == 0 && !self.basis
    }

    /// Whether somebody writes its version, from the one it was added with.
    pub fn is_written(&self) -> bool {
        self.does == Does::Change && (self.written > 0 || !self.basis)
    }

    /// The version that follows from the one in force alone, where nobody has to write it.
    pub fn follows_from(&self, stands: &Version, law: &str) -> Option<Version> {
        match self.does {
            Does::Delegate => Some(delegated(stands)),
            Does::Change if self.written == 0 && self.basis => {
                let mut to = stands.clone();
                if !to.legal_bases.iter().any(|known| known == law) {
                    to.legal_bases.push(law.to_owned());
                }
                Some(to)
            }
            _ => None,
        }
    }
}
