//! The internal process as a diagram, and back: what BPMN has no words for stands beside a step, and comes back from there; from what other
//! tools drew it is guessed, and the keeper looks at it.
//!
//! A step with several ways has a choice behind it. What others are asked meanwhile is a branch of its own, of one step or several, between a
//! fork and a join.

use crate::flow::WAYS_MAX;
use crate::rules;
use crate::version::process::free_id;
use crate::version::{BRANCH_STEPS_MAX, BranchStep, Places, Side, Step, StepUnit, Version, Way};
use base::{Limit, Problem, Role};
use bpmn::{CEL, Diagram, Flow, Kind, Lane, Node};
use std::collections::{BTreeMap, VecDeque};

mod places;

pub use places::{FAR, is_on_paper, places, settle};

// Ids of steps have no points.
const START: &str = "process.start";
const END: &str = "process.end";
/// What a step says of itself.
const ROLE: &str = "role";
const UNIT: &str = "unit";
const NORM: &str = "norm";
const ALLOWED: &str = "allowed";
/// Says that it is done beside another step.
const BESIDE: &str = "beside";

/// The diagram of a version's process, with places for everything; `lane` names where something is done.
pub fn diagram(version: &Version, lane: impl Fn(&StepUnit) -> String) -> Diagram {
    let mut drawing = Drawing { d: Diagram::default(), lane: &lane };
    drawing.d.id = format!("process-{}", version.code);
    drawing.d.name.clone_from(&version.name);
    drawing.steps(version);
    drawing.ways(version);
    places::stand(&mut drawing.d, &version.places);
    drawing.d
}

struct Drawing<'l, L> {
    d: Diagram,
    lane: &'l L,
}

/// Ids of what stands around a step.
fn fork(step: &Step) -> String {
    format!("{}.fork", step.id)
}

fn join(step: &Step) -> String {
    format!("{}.join", step.id)
}

fn choice(step: &Step) -> String {
    format!("{}.choice", step.id)
}

/// Where a way to a step arrives, and where ways out of it leave.
fn entry(step: &Step) -> String {
    if step.asks.is_empty() { step.id.clone() } else { fork(step) }
}

fn exit(step: &Step) -> String {
    if step.asks.is_empty() { step.id.clone() } else { join(step) }
}

impl<L: Fn(&StepUnit) -> String> Drawing<'_, L> {
    fn node(&mut self, id: &str, name: &str, kind: Kind, unit: &StepUnit, says: BTreeMap<String, String>) {
        self.d.nodes.push(Node { id: id.to_owned(), name: name.to_owned(), kind, says });
        let name = (self.lane)(unit);
        match self.d.lanes.iter_mut().find(|lane| lane.name == name) {
            Some(lane) => lane.nodes.push(id.to_owned()),
            None => {
                let lane_id = format!("lane-{}", self.d.lanes.len() + 1);
                self.d.lanes.push(Lane { id: lane_id, name, nodes: vec![id.to_owned()] });
            }
        }
    }

    fn flow(&mut self, from: &str, to: &str) -> &mut Flow {
        let id = format!("flow-{}", self.d.flows.len() + 1);
        self.d.flows.push(Flow { id, from: from.to_owned(), to: to.to_owned(), ..Flow::default() });
        let last = self.d.flows.len() - 1;
        &mut self.d.flows[last]
    }

    fn steps(&mut self, version: &Version) {
        let says =
            |pairs: &[(&str, String)]| pairs.iter().map(|(key, text)| ((*key).to_owned(), text.clone())).collect();
        if let Some(first) = version.process.first() {
            self.node(START, "", Kind::Start, &first.unit, BTreeMap::new());
        }
        for step in &version.process {
            let told = [
                (ROLE, step.role.as_str().to_owned()),
                (UNIT, step.unit.word()),
                (NORM, step.norm.to_string()),
                (ALLOWED, step.allowed.join(" ")),
            ];
            if !step.asks.is_empty() {
                self.node(&fork(step), "", Kind::Fork, &step.unit, BTreeMap::new());
            }
            self.node(&step.id, step.name.trim(), Kind::Step, &step.unit, says(&told));
            for (n, side) in step.asks.iter().enumerate() {
                let mut before = fork(step);
                for one in (0..=side.then.len()).filter_map(|at| side.step(at)) {
                    let mut told =
                        vec![(BESIDE, step.id.clone()), (UNIT, one.unit.word()), (NORM, one.norm.to_string())];
                    // Who answers by itself is whoever speaks for its unit, and has no id of its own.
                    told.extend(side.is_branch().then(|| (ROLE, one.role.as_str().to_owned())));
                    let id = if side.is_branch() { one.id } else { format!("{}.side-{}", step.id, n + 1) };
                    self.node(&id, one.name.trim(), Kind::Step, &one.unit, says(&told));
                    self.flow(&before, &id);
                    before = id;
                }
                self.flow(&before, &join(step));
            }
            if !step.asks.is_empty() {
                self.node(&join(step), "", Kind::Join, &step.unit, BTreeMap::new());
                self.flow(&fork(step), &step.id);
                self.flow(&step.id, &join(step));
            }
        }
    }

    fn ways(&mut self, version: &Version) {
        let Some(first) = version.process.first() else { return };
        self.flow(START, &entry(first));
        let line: Vec<Way> = version
            .process
            .windows(2)
            .map(|two| Way { from: two[0].id.clone(), to: two[1].id.clone(), ..Way::default() })
            .collect();
        let ways = if version.ways.is_empty() { &line } else { &version.ways };
        let mut ends = Vec::new();
        for step in &version.process {
            let out: Vec<&Way> = ways.iter().filter(|way| way.from == step.id).collect();
            let to = |way: &Way| version.process.iter().find(|step| step.id == way.to).map(entry);
            match &out[..] {
                [] => ends.push(step),
                [only] if only.when.is_empty() => {
                    if let Some(to) = to(only) {
                        self.flow(&exit(step), &to).name.clone_from(&only.name);
                    }
                }
                several => {
                    self.node(&choice(step), "", Kind::Choice, &step.unit, BTreeMap::new());
                    self.flow(&exit(step), &choice(step));
                    for way in several {
                        let Some(to) = to(way) else { continue };
                        let flow = self.flow(&choice(step), &to);
                        // A way without a name is called by its condition.
                        flow.name.clone_from(if way.name.is_empty() { &way.when } else { &way.name });
                        flow.when.clone_from(&way.when);
                        flow.otherwise = way.when.trim().is_empty();
                        flow.language = if flow.otherwise { String::new() } else { CEL.to_owned() };
                    }
                }
            }
        }
        if let Some(last) = ends.last() {
            self.node(END, "", Kind::End, &last.unit, BTreeMap::new());
        }
        for step in ends {
            self.flow(&exit(step), END);
        }
    }
}

/// A process as it was read from a diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub process: Vec<Step>,
    pub ways: Vec<Way>,
    /// Where the shapes stood; nothing where the file has no drawing.
    pub places: Places,
    /// What could not be taken over; each names the node or the flow.
    pub problems: Vec<Problem>,
}

/// The longest process that is read; rules refuse it long before.
const NODES_MAX: usize = 200;
/// Flows that are followed, some more than once.
const WALKED_MAX: usize = 10_000;

/// Reads a process from a diagram; what it does not say is guessed.
pub fn read(diagram: &Diagram) -> Read {
    let mut d = diagram.clone();
    d.straighten();
    let mut read = Read::default();
    let Some(start) = d.nodes.iter().find(|node| node.kind == Kind::Start) else {
        read.problems.push(Problem::new("catalogue-drawn-start").field("file"));
        return read;
    };
    if d.nodes.len() > NODES_MAX {
        read.problems.push(Problem::new("catalogue-too-many").field("file").arg("max", NODES_MAX));
        return read;
    }
    let mut reading = Reading { d: &d, ids: BTreeMap::new(), read, walked: 0 };
    let mut open: VecDeque<String> = reading.steps_from(&start.id).into_iter().map(|(step, ..)| step).collect();
    while let Some(node) = open.pop_front() {
        if reading.ids.contains_key(&node) {
            continue;
        }
        reading.step(&node);
        open.extend(reading.steps_from(&node).into_iter().map(|(step, ..)| step));
    }
    reading.ways();
    reading.places();
    reading.read
}

struct Reading<'d> {
    d: &'d Diagram,
    /// Node → id of its step.
    ids: BTreeMap<String, String>,
    read: Read,
    /// Flows followed so far: gateways joined to each other completely have more ways than anybody can walk.
    walked: usize,
}

/// The node of a step that is led to, under which condition, and by what name.
type Led = (String, String, String);

impl Reading<'_> {
    fn wrong(&mut self, code: &'static str, what: &str) {
        let named = self.d.node(what).map_or(what, |node| if node.name.is_empty() { what } else { &node.name });
        let problem = Problem::new(code).field("file").arg("what", named);
        if !self.read.problems.contains(&problem) {
            self.read.problems.push(problem);
        }
    }

    fn out<'a>(&'a self, node: &'a str) -> impl Iterator<Item = &'a Flow> {
        self.d.flows.iter().filter(move |flow| flow.from == node && flow.times == 0)
    }

    /// The step that is done where a fork begins, and the first ones of the branches beside it. The step is one alone: of what others drew, the
    /// first branch that is.
    fn branches(&self, fork: &str) -> (Option<String>, Vec<String>) {
        let steps: Vec<&str> = self.out(fork).map(|flow| flow.to.as_str()).collect();
        let beside = |id: &str| self.d.node(id).is_some_and(|node| node.says.contains_key(BESIDE));
        let alone = |id: &str| self.chain(id).is_some_and(|(steps, _)| steps.len() == 1);
        let likely = || steps.iter().find(|id| alone(id)).or(steps.first());
        let main = steps.iter().find(|id| !beside(id) && alone(id)).or_else(likely).map(|id| (*id).to_owned());
        let others = steps.iter().filter(|id| Some(**id) != main.as_deref()).map(|id| (*id).to_owned()).collect();
        (main, others)
    }

    /// The steps of a branch from its first on, one behind the other, and the join they end at; none where it is anything else.
    fn chain(&self, first: &str) -> Option<(Vec<String>, String)> {
        let mut steps: Vec<String> = Vec::new();
        let mut at = self.d.node(first)?;
        while at.kind == Kind::Step {
            let into = self.d.flows.iter().filter(|flow| flow.to == at.id && flow.times == 0).count();
            if into != 1 || steps.len() >= BRANCH_STEPS_MAX {
                return None;
            }
            steps.push(at.id.clone());
            let mut out = self.d.flows.iter().filter(|flow| flow.from == at.id);
            let (Some(only), None) = (out.next(), out.next()) else { return None };
            at = self.d.node(&only.to)?;
        }
        (at.kind == Kind::Join && !steps.is_empty()).then(|| (steps, at.id.clone()))
    }

    /// The fork a step is done behind.
    fn fork_of(&self, step: &str) -> Option<String> {
        let before = self.d.flows.iter().filter(|flow| flow.to == step);
        let fork = |id: &str| self.d.node(id).is_some_and(|node| node.kind == Kind::Fork);
        before.map(|flow| flow.from.clone()).find(|from| fork(from) && self.branches(from).0.as_deref() == Some(step))
    }

    /// Where what leaves a node arrives.
    fn steps_from(&mut self, node: &str) -> Vec<Led> {
        let flows: Vec<Flow> = self.out(node).cloned().collect();
        let mut led = Vec::new();
        for flow in flows {
            self.arrive(&flow, (String::new(), flow.name.clone()), (0, false), &mut led);
        }
        led
    }

    /// Follows a flow through gateways to the steps it leads to; a choice straight behind another has no step that decides it.
    fn arrive(
        &mut self,
        flow: &Flow,
        (when, name): (String, String),
        (depth, chosen): (usize, bool),
        led: &mut Vec<Led>,
    ) {
        let Some(node) = self.d.node(&flow.to).cloned() else { return };
        self.walked += 1;
        if depth > 8 || led.len() > WAYS_MAX || self.walked > WALKED_MAX {
            return self.wrong("catalogue-drawn-way", &node.id);
        }
        match node.kind {
            Kind::Step => led.push((node.id, when, name)),
            Kind::End | Kind::Start => {}
            Kind::Call(_) => self.wrong("catalogue-drawn-call", &node.id),
            Kind::Merge | Kind::Join => {
                let onward: Vec<Flow> = self.out(&node.id).cloned().collect();
                for flow in onward {
                    self.arrive(&flow, (when.clone(), name.clone()), (depth + 1, chosen), led);
                }
            }
            Kind::Fork => match self.branches(&node.id) {
                (Some(main), others) => {
                    // Beside one step, branches of any length, and one join for all of them.
                    let step = self.chain(&main).filter(|(steps, _)| steps.len() == 1);
                    let joins = |id: &String| self.chain(id).map(|(_, join)| join);
                    if step.is_some_and(|(_, join)| others.iter().all(|id| joins(id).as_ref() == Some(&join))) {
                        led.push((main, when, name));
                    } else {
                        self.wrong("catalogue-drawn-fork", &node.id);
                    }
                }
                (None, _) => self.wrong("catalogue-drawn-fork", &node.id),
            },
            Kind::Choice if chosen => self.wrong("catalogue-drawn-choice", &node.id),
            Kind::Choice => {
                let onward: Vec<Flow> = self.out(&node.id).cloned().collect();
                for flow in onward {
                    let text = if flow.otherwise { "" } else { flow.when.trim() };
                    // A name without a condition is a question to a person, which no program answers.
                    if !text.is_empty() && !flow.language.is_empty() && flow.language != CEL {
                        self.wrong("catalogue-drawn-language", &flow.id);
                    }
                    self.arrive(&flow, (text.to_owned(), flow.name.clone()), (depth + 1, true), led);
                }
            }
        }
    }

    /// A slug that no other step has.
    fn id_for(&self, node: &Node, taken: &[String]) -> String {
        let wanted = if rules::is_slug(&node.id) { node.id.clone() } else { rules::slug(&node.name) };
        free_id(if wanted.is_empty() { "step" } else { &wanted }, &self.read.process, taken)
    }

    /// What is done beside a step, from the first of its nodes on.
    fn side(&self, first: &str, taken: &mut Vec<String>) -> Option<Side> {
        let (nodes, _) = self.chain(first)?;
        let nodes: Vec<&Node> = nodes.iter().filter_map(|id| self.d.node(id)).collect();
        let mut steps = nodes.iter().map(|node| {
            let id = self.id_for(node, taken);
            taken.push(id.clone());
            BranchStep { id, name: node.name.clone(), unit: unit_of(node), role: role_of(node), norm: norm_of(node) }
        });
        let first = steps.next()?;
        let then: Vec<BranchStep> = steps.collect();
        let side = Side::of(first.name, first.unit, first.norm);
        if then.is_empty() {
            taken.pop();
            return Some(side);
        }
        Some(Side { id: first.id, role: Some(first.role), then, ..side })
    }

    fn step(&mut self, id: &str) {
        let Some(node) = self.d.node(id).cloned() else { return };
        let fork = self.fork_of(id);
        let sides = fork.map(|fork| self.branches(&fork).1).unwrap_or_default();
        let id_of = self.id_for(&node, &[]);
        let mut taken = vec![id_of.clone()];
        let asks = sides.iter().filter_map(|side| self.side(side, &mut taken)).collect();
        let last = self.steps_from(id).is_empty();
        let allowed = node.says.get(ALLOWED).map(|words| words.split_whitespace().map(str::to_owned).collect());
        let guessed = || {
            let words: &[&str] = if last { &["approve", "refuse"] } else { &["forward", "request_supplement"] };
            let back = (!self.read.process.is_empty()).then_some("return");
            words.iter().copied().chain(back).map(str::to_owned).collect()
        };
        let step = Step {
            id: id_of,
            name: node.name.clone(),
            role: role_of(&node),
            unit: unit_of(&node),
            norm: norm_of(&node),
            allowed: allowed.unwrap_or_else(guessed),
            asks,
        };
        self.ids.insert(id.to_owned(), step.id.clone());
        self.read.process.push(step);
    }

    /// The ways between the steps; none where they are a line.
    fn ways(&mut self) {
        let nodes: Vec<(String, String)> = self.ids.iter().map(|(node, id)| (node.clone(), id.clone())).collect();
        let mut ways = Vec::new();
        for (node, from) in nodes {
            for (to, when, name) in self.steps_from(&node) {
                let Some(to) = self.ids.get(&to).cloned() else { continue };
                let name = if name == when { String::new() } else { name };
                ways.push(Way { from: from.clone(), to, when, name });
            }
        }
        let place = |id: &str| self.read.process.iter().position(|step| step.id == id).unwrap_or(usize::MAX);
        // In the order of the file otherwise: of several conditions that hold, the first counts.
        ways.sort_by_key(|way| place(&way.from));
        let line = ways.len() + 1 == self.read.process.len()
            && ways
                .iter()
                .enumerate()
                .all(|(n, way)| way.when.is_empty() && place(&way.from) == n && place(&way.to) == n + 1);
        self.read.ways = if line { Vec::new() } else { ways };
    }
}

fn unit_of(node: &Node) -> StepUnit {
    let said = node.says.get(UNIT).and_then(|word| StepUnit::read(word));
    said.unwrap_or_else(|| StepUnit::Division("chuyen-mon".to_owned()))
}

fn role_of(node: &Node) -> Role {
    node.says.get(ROLE).and_then(|word| word.parse::<Role>().ok()).unwrap_or(Role::Officer)
}

fn norm_of(node: &Node) -> Limit {
    node.says.get(NORM).and_then(|text| text.parse().ok()).unwrap_or(Limit::WorkingDays(1))
}

#[cfg(test)]
mod branches;
#[cfg(test)]
mod tests;
