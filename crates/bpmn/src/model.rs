//! A process as a diagram: what is done and in which order, and where each shape stands.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The language of conditions written here, as BPMN names languages: by an address.
pub const CEL: &str = "https://github.com/google/cel-spec";

/// One process with its drawing. Everything is named by ids; an id is any text but the empty one and means one thing in a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagram {
    /// Of the process itself.
    pub id: String,
    pub name: String,
    /// The pool that holds the lanes; none where the process stands alone.
    pub pool: Option<Pool>,
    pub nodes: Vec<Node>,
    pub flows: Vec<Flow>,
    pub lanes: Vec<Lane>,
    /// Where nodes, lanes and the pool stand, by their ids.
    pub shapes: BTreeMap<String, Bounds>,
    /// The corners of each flow's line, from its first node to its second.
    pub edges: BTreeMap<String, Vec<Point>>,
    /// Where names stand that stand beside their shape or line.
    pub labels: BTreeMap<String, Bounds>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub id: String,
    /// On one line, without spaces around it.
    pub name: String,
    pub kind: Kind,
    /// What BPMN has no words for, as attributes of `motcua:step`: this crate carries them and knows none. Keys are
    /// letters, digits, `-`, `_`, `.`, a letter first; others are not written.
    pub says: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Start,
    End,
    /// Done by a person.
    Step,
    /// Another procedure, by its national code (`1.001193`).
    Call(String),
    /// Exactly one of its flows is taken.
    Choice,
    /// An exclusive gateway that only brings flows together: whatever arrives goes on. [`Diagram::straighten`] takes them out.
    Merge,
    /// All of its flows are taken at once.
    Fork,
    /// Waits for every branch of its fork.
    Join,
}

impl Kind {
    /// Width and height of its shape, as it is drawn here.
    pub fn size(&self) -> (i32, i32) {
        match self {
            Kind::Start | Kind::End => (36, 36),
            // Wider than others draw it: names of steps are long here, and beside the sign of a person.
            Kind::Step | Kind::Call(_) => (140, 80),
            Kind::Choice | Kind::Merge | Kind::Fork | Kind::Join => (50, 50),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub from: String,
    pub to: String,
    /// The condition under which it is taken; empty where there is none.
    pub when: String,
    /// The address of the condition's language, [`CEL`] for our own; empty where there is no condition.
    pub language: String,
    /// Taken when no condition of its choice holds.
    pub otherwise: bool,
    /// A way back that may be taken so often; 0 for any other flow, and where nothing is said of it.
    pub times: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    pub id: String,
    pub name: String,
    /// Ids of its nodes; a node lies in one lane at most.
    pub nodes: Vec<String>,
}

/// In pixels of a screen, as BPMN counts; y grows downwards. Whole ones: what a mouse can tell apart, and the same text every time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

impl Bounds {
    pub fn right(&self) -> i32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> i32 {
        self.y + self.height
    }
}

impl Diagram {
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Whether every node, lane, pool and flow has its place. A file without a drawing, or with half of one, is to be laid out.
    pub fn is_drawn(&self) -> bool {
        let shapes = self.nodes.iter().map(|node| &node.id).chain(self.lanes.iter().map(|lane| &lane.id));
        shapes.chain(self.pool.iter().map(|pool| &pool.id)).all(|id| self.shapes.contains_key(id))
            && self.flows.iter().all(|flow| self.edges.get(&flow.id).is_some_and(|line| line.len() >= 2))
    }

    /// A text that is no id in here yet: `wanted`, or with a number behind it.
    pub(crate) fn fresh(&self, wanted: &str) -> String {
        let taken = |id: &str| {
            self.id == id
                || self.pool.as_ref().is_some_and(|pool| pool.id == id)
                || self.nodes.iter().any(|node| node.id == id)
                || self.flows.iter().any(|flow| flow.id == id)
                || self.lanes.iter().any(|lane| lane.id == id)
        };
        if !taken(wanted) {
            return wanted.to_owned();
        }
        (2u32..).map(|n| format!("{wanted}-{n}")).find(|id| !taken(id)).unwrap_or_default()
    }
}
