//! Where shapes stand: where somebody moved them, where a file had them, else where the program lays them out.

use super::{END, Reading, START, choice, diagram, fork, join};
use crate::version::{Places, StepUnit, Version};
use bpmn::{Bounds, Diagram, Kind, Node};

/// Farthest from the corner of the paper that a shape is put, in pixels: a wall of screens.
pub const FAR: i32 = 20_000;

/// Whether a shape may stand there.
pub fn is_on_paper((x, y): (i32, i32)) -> bool {
    (0..=FAR).contains(&x) && (0..=FAR).contains(&y)
}

/// Puts shapes where somebody moved them, and lines around them; what has no place is laid out by the program.
pub(super) fn stand(d: &mut Diagram, places: &Places) {
    let moved = |node: &Node| places.get(&node.id).copied().filter(|at| is_on_paper(*at));
    if d.nodes.iter().all(|node| moved(node).is_none()) {
        return bpmn::lay_out(d);
    }
    // What is new since stands where it would be laid out, or below that where somebody stands there.
    if d.nodes.iter().any(|node| moved(node).is_none()) {
        bpmn::lay_out(d);
    }
    let mut taken: Vec<Bounds> = Vec::new();
    for node in d.nodes.iter().filter(|node| moved(node).is_some()) {
        let ((x, y), (width, height)) = (moved(node).unwrap_or_default(), node.kind.size());
        let place = Bounds { x, y, width, height };
        taken.push(place);
        d.shapes.insert(node.id.clone(), place);
    }
    for node in d.nodes.iter().filter(|node| moved(node).is_none()) {
        let Some(place) = d.shapes.get_mut(&node.id) else { continue };
        while taken.iter().any(|other| overlap(place, other)) {
            place.y += ASIDE;
        }
        taken.push(*place);
    }
    bpmn::connect(d);
}

/// How far a new shape is moved down where another one stands.
const ASIDE: i32 = 30;

fn overlap(a: &Bounds, b: &Bounds) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// Where the shapes of a diagram stand.
pub fn places(d: &Diagram) -> Places {
    let place = |node: &Node| d.shapes.get(&node.id).map(|at| (node.id.clone(), (at.x, at.y)));
    d.nodes.iter().filter_map(place).collect()
}

/// The places of a version as they are drawn: lanes lie below each other whatever was moved, and what is gone has none.
pub fn settle(version: &mut Version) {
    if !version.places.is_empty() {
        version.places = places(&diagram(version, StepUnit::word));
    }
}

impl Reading<'_> {
    /// Where the shapes of the file stood, by the nodes of our own drawing. Ours differ in size: the middle of each stays, and the whole is moved
    /// onto the paper.
    pub(super) fn places(&mut self) {
        let d = self.d;
        if !d.is_drawn() {
            return;
        }
        let only = |from: &str, kind: Kind| {
            let mut out = d.flows.iter().filter(|flow| flow.from == from && flow.times == 0);
            let (first, more) = (out.next()?, out.next());
            d.node(&first.to).filter(|node| more.is_none() && node.kind == kind).map(|node| node.id.clone())
        };
        let mut ours: Vec<(String, String)> = Vec::new();
        for (id, kind) in [(START, Kind::Start), (END, Kind::End)] {
            ours.extend(d.nodes.iter().find(|node| node.kind == kind).map(|node| (id.to_owned(), node.id.clone())));
        }
        for (node, id) in &self.ids {
            let Some(step) = self.read.process.iter().find(|step| step.id == *id) else { continue };
            ours.push((step.id.clone(), node.clone()));
            let mut exit = node.clone();
            if let Some(at) = self.fork_of(node) {
                let sides = self.branches(&at).1;
                for (n, (side, first)) in step.asks.iter().zip(&sides).enumerate() {
                    let nodes = self.chain(first).map(|(nodes, _)| nodes).unwrap_or_default();
                    match side.is_branch() {
                        true => ours.extend(side.ids().map(str::to_owned).zip(nodes)),
                        false => ours.extend(nodes.into_iter().map(|node| (format!("{id}.side-{}", n + 1), node))),
                    }
                }
                ours.push((fork(step), at));
                if let Some((_, at)) = self.chain(node) {
                    exit.clone_from(&at);
                    ours.push((join(step), at));
                }
            }
            ours.extend(only(&exit, Kind::Choice).map(|at| (choice(step), at)));
        }
        let middle = |(id, node): (String, String)| {
            let (at, (width, height)) = (d.shapes.get(&node)?, d.node(&node)?.kind.size());
            Some((id, (at.x + (at.width - width) / 2, at.y + (at.height - height) / 2)))
        };
        let found: Places = ours.into_iter().filter_map(middle).collect();
        let least = |of: fn(&(i32, i32)) -> i32| found.values().map(of).min().unwrap_or(0);
        let onto = |least: i32| if least < 0 { MARGIN - least } else { 0 };
        let (right, down) = (onto(least(|at| at.0)), onto(least(|at| at.1)));
        let on_paper: Places = found.into_iter().map(|(id, (x, y))| (id, (x + right, y + down))).collect();
        if on_paper.values().all(|at| is_on_paper(*at)) {
            self.read.places = on_paper;
        }
    }
}

/// From the corner of the paper to what is moved onto it.
const MARGIN: i32 = 100;
