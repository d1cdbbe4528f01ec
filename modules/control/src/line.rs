//! One line of a decision: what it does to one procedure.

use base::Id;
use catalogue::Version;
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
}

base::closed_list!(Does, { New => "new", Change => "change", End => "end" });

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
            procedure: None,
            version: None,
            missing: Vec::new(),
        }
    }

    /// Whether its version is still to be written.
    pub fn lacks_version(&self) -> bool {
        self.does != Does::End && self.written == 0
    }
}
