//! Where BPMN and a process here count flows into a node differently.
//!
//! Here a fork that several flows lead to is begun by each of them. In BPMN a parallel gateway waits for all its flows, so a merge
//! stands before it there. The other way round, a merge is no place where anybody works.

use crate::model::{Bounds, Diagram, Flow, Kind, Node, Point};
use std::collections::{BTreeMap, HashMap};

/// Between a fork and the merge put before it, in pixels.
const GAP: i32 = 25;

impl Diagram {
    /// Puts a [`Kind::Merge`] before every fork that several flows lead to, so that others read the same process. What is written has it.
    pub fn spell_out(&mut self) {
        let forks: Vec<String> =
            self.nodes.iter().filter(|node| self.waits_wrongly(node)).map(|node| node.id.clone()).collect();
        for fork in forks {
            let merge = self.fresh(&format!("{fork}-merge"));
            let into: Vec<String> =
                self.flows.iter().filter(|flow| flow.to == fork).map(|flow| flow.id.clone()).collect();
            for flow in self.flows.iter_mut().filter(|flow| flow.to == fork) {
                flow.to.clone_from(&merge);
            }
            let at = self.nodes.iter().position(|node| node.id == fork).unwrap_or(self.nodes.len());
            let node = Node { id: merge.clone(), name: String::new(), kind: Kind::Merge, says: BTreeMap::new() };
            self.nodes.insert(at, node);
            if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.nodes.contains(&fork)) {
                lane.nodes.push(merge.clone());
            }
            let through = self.fresh(&format!("{merge}-fork"));
            self.flows.push(Flow { id: through.clone(), from: merge.clone(), to: fork.clone(), ..Flow::default() });
            let Some(place) = self.shapes.get(&fork).copied() else { continue };
            let before = Bounds { x: place.x - place.width - GAP, ..place };
            for flow in &into {
                if let Some(end) = self.edges.get_mut(flow).and_then(|line| line.last_mut()) {
                    *end = Point { x: before.x, y: before.y + before.height / 2 };
                }
            }
            let y = place.y + place.height / 2;
            self.edges.insert(through, vec![Point { x: before.right(), y }, Point { x: place.x, y }]);
            self.shapes.insert(merge, before);
        }
    }

    pub(crate) fn waits_wrongly(&self, node: &Node) -> bool {
        node.kind == Kind::Fork && self.flows.iter().filter(|flow| flow.to == node.id).count() > 1
    }

    /// Takes out every [`Kind::Merge`] that one flow leads out of: what led to it leads on. The lines of those flows are to be drawn anew.
    pub fn straighten(&mut self) {
        let mut onward: HashMap<String, String> = HashMap::new();
        for node in self.nodes.iter().filter(|node| node.kind == Kind::Merge) {
            let mut out = self.flows.iter().filter(|flow| flow.from == node.id);
            if let (Some(only), None) = (out.next(), out.next())
                && only.to != node.id
            {
                onward.insert(node.id.clone(), only.to.clone());
            }
        }
        // Merges that lead to each other in a circle lead nowhere, and stay.
        let whole = onward.clone();
        onward.retain(|merge, _| end_of(merge, &whole).is_some());
        let ends: HashMap<String, String> =
            onward.keys().filter_map(|merge| Some((merge.clone(), end_of(merge, &onward)?))).collect();
        for gone in self.flows.iter().filter(|flow| ends.contains_key(&flow.from)) {
            self.edges.remove(&gone.id);
            self.labels.remove(&gone.id);
        }
        self.flows.retain(|flow| !ends.contains_key(&flow.from));
        for flow in &mut self.flows {
            if let Some(end) = ends.get(&flow.to) {
                flow.to.clone_from(end);
                self.edges.remove(&flow.id);
                self.labels.remove(&flow.id);
            }
        }
        self.nodes.retain(|node| !ends.contains_key(&node.id));
        for lane in &mut self.lanes {
            lane.nodes.retain(|node| !ends.contains_key(node));
        }
        self.shapes.retain(|id, _| !ends.contains_key(id));
        self.labels.retain(|id, _| !ends.contains_key(id));
    }
}

/// Where a way through merges comes out; nowhere where it goes in a circle.
fn end_of(merge: &str, onward: &HashMap<String, String>) -> Option<String> {
    let mut at = merge;
    for _ in 0..=onward.len() {
        match onward.get(at) {
            Some(next) => at = next,
            None => return Some(at.to_owned()),
        }
    }
    None
}
