//! Nodes, flows and lanes.

use super::{Reading, last};
use crate::model::{Flow, Kind, Lane, Node};
use crate::names::{id_in, is_key, lines};
use crate::refusal::{Note, Refusal};
use crate::tree::Element;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a node is in the file, before its flows are counted.
enum Written {
    Plain(Kind),
    /// Exclusive, or parallel, and the direction it says it has.
    Gateway {
        parallel: bool,
        direction: String,
    },
}

impl Reading {
    pub(super) fn process(&mut self, process: &Element, language: &str) -> Result<(), Refusal> {
        self.diagram.name = process.title();
        self.diagram.id = self.id(process, "process")?;
        let mut kinds = HashMap::new();
        // Flow elements have their ids first: what has none is given one that nobody has.
        let (mut flows, mut lane_sets) = (Vec::new(), Vec::new());
        for child in &process.children {
            let plain = |kind| Some(Written::Plain(kind));
            let written = match child.name.as_str() {
                "startEvent" => plain(Kind::Start),
                "endEvent" => plain(Kind::End),
                "task" | "userTask" | "manualTask" => plain(Kind::Step),
                "serviceTask" | "sendTask" | "receiveTask" | "businessRuleTask" | "scriptTask" => {
                    self.leave(Note::ByPerson, child);
                    plain(Kind::Step)
                }
                "callActivity" => plain(Kind::Call(id_in(child.attribute("calledElement")))),
                "exclusiveGateway" | "parallelGateway" => {
                    let direction = child.attribute("gatewayDirection").trim().to_owned();
                    Some(Written::Gateway { parallel: child.name == "parallelGateway", direction })
                }
                "sequenceFlow" => {
                    flows.push(child);
                    None
                }
                "laneSet" => {
                    lane_sets.push(child);
                    None
                }
                "extensionElements" => None,
                _ => {
                    self.leave(Note::Element, child);
                    None
                }
            };
            if let Some(written) = written {
                let id = self.node(child)?;
                kinds.insert(id, (written, child));
            }
        }
        self.foreign(process);
        for flow in flows.iter().filter(|flow| !flow.id().is_empty()) {
            self.id(flow, "")?;
        }
        for flow in flows {
            self.flow(flow, language, &kinds)?;
        }
        self.settle(kinds);
        let mut lying = HashSet::new();
        lane_sets.into_iter().try_for_each(|set| self.lanes(set, &mut lying))
    }

    fn node(&mut self, element: &Element) -> Result<String, Refusal> {
        let id = self.id(element, "")?;
        let events = element.children.iter().any(|child| child.name.ends_with("EventDefinition"));
        match element.name.as_str() {
            "startEvent" if events => self.leave(Note::PlainStart, element),
            "endEvent" if events => self.leave(Note::PlainEnd, element),
            _ => {}
        }
        let known = ["incoming", "outgoing"].into_iter();
        let definitions = element.children.iter().map(|child| child.name.as_str());
        let but: Vec<&str> = known.chain(definitions.filter(|name| name.ends_with("EventDefinition"))).collect();
        self.leave_all(element, &but);
        let says = element.ours("step").into_iter().flat_map(|step| &step.attributes);
        let says = says.filter(|(key, _)| is_key(key)).cloned().collect::<BTreeMap<_, _>>();
        // What it is stands after its flows are known.
        let node = Node { id: id.clone(), name: element.title(), kind: Kind::Step, says };
        self.diagram.nodes.push(node);
        Ok(id)
    }

    fn flow(
        &mut self,
        element: &Element,
        language: &str,
        nodes: &HashMap<String, (Written, &Element)>,
    ) -> Result<(), Refusal> {
        let id = match element.id() {
            none if none.is_empty() => self.id(element, "flow")?,
            id => id,
        };
        let end = |attribute: &str| {
            let named = element.attribute(attribute);
            let found = [id_in(named), id_in(last(named))].into_iter().find(|id| nodes.contains_key(id));
            found.ok_or_else(|| Refusal::Nowhere {
                line: element.line,
                id: id.clone(),
                name: element.title(),
                end: id_in(named),
            })
        };
        let (from, to) = (end("sourceRef")?, end("targetRef")?);
        let condition = element.of("conditionExpression").next();
        let when = condition.map(|condition| lines(&condition.text)).unwrap_or_default();
        let said = condition.map_or("", |condition| condition.attribute("language").trim());
        let language = match (when.is_empty(), said) {
            (true, _) => String::new(),
            (false, "") => language.to_owned(),
            (false, said) => said.to_owned(),
        };
        // Only what may have several flows in BPMN has one of them by default.
        let may = |source: &&Element| !matches!(source.name.as_str(), "startEvent" | "endEvent" | "parallelGateway");
        let source = nodes.get(&from).map(|(_, source)| *source).filter(may);
        let default = source.map_or("", |source| source.attribute("default").trim());
        let otherwise = !default.is_empty() && (id_in(default) == id || id_in(last(default)) == id);
        let times = match element.ours("back").map(|back| back.attribute("times").trim().parse::<u8>()) {
            None => 0,
            Some(Ok(times @ 1..=99)) => times,
            Some(_) => {
                self.leave(Note::Times, element);
                0
            }
        };
        self.leave_all(element, &["conditionExpression"]);
        self.diagram.flows.push(Flow { id, name: element.title(), from, to, when, language, otherwise, times });
        Ok(())
    }

    /// What each node is, now that its flows are counted.
    fn settle(&mut self, mut kinds: HashMap<String, (Written, &Element)>) {
        let mut doubled = Vec::new();
        for node in &mut self.diagram.nodes {
            let into = self.diagram.flows.iter().filter(|flow| flow.to == node.id).count();
            let out = self.diagram.flows.iter().filter(|flow| flow.from == node.id).count();
            let Some((written, element)) = kinds.remove(&node.id) else { continue };
            node.kind = match written {
                Written::Plain(kind) => kind,
                Written::Gateway { parallel: true, .. } if into > 1 && out > 1 => {
                    doubled.push((node.id.clone(), element));
                    Kind::Fork
                }
                Written::Gateway { parallel, direction } => {
                    let splits =
                        out > 1 || (into <= 1 || !parallel) && matches!(direction.as_str(), "Diverging" | "Mixed");
                    match (parallel, splits) {
                        (false, true) => Kind::Choice,
                        (false, false) => Kind::Merge,
                        (true, true) => Kind::Fork,
                        (true, false) => Kind::Join,
                    }
                }
            };
        }
        for (fork, element) in doubled {
            self.leave(Note::Split, element);
            let join = self.fresh(&format!("{fork}-join"));
            self.ids.insert(join.clone());
            let through = self.fresh(&format!("{join}-fork"));
            self.ids.insert(through.clone());
            self.diagram.flows.iter_mut().filter(|flow| flow.to == fork).for_each(|flow| flow.to.clone_from(&join));
            let at = self.diagram.nodes.iter().position(|node| node.id == fork).unwrap_or_default();
            self.joins.insert(fork.clone(), join.clone());
            let node = Node { id: join.clone(), name: String::new(), kind: Kind::Join, says: BTreeMap::new() };
            self.diagram.nodes.insert(at, node);
            self.diagram.flows.push(Flow { id: through, from: join, to: fork, ..Flow::default() });
        }
    }

    /// The innermost lanes, one after the other.
    fn lanes(&mut self, set: &Element, lying: &mut HashSet<String>) -> Result<(), Refusal> {
        for lane in set.of("lane") {
            if let Some(inner) = lane.of("childLaneSet").next() {
                self.leave(Note::OuterLane, lane);
                self.lanes(inner, lying)?;
                continue;
            }
            let id = self.id(lane, "lane")?;
            let mut nodes = Vec::new();
            for named in lane.of("flowNodeRef") {
                let ids = [id_in(&named.text), id_in(last(&named.text))];
                // Data may lie in a lane too; it is left out already.
                let Some(node) = ids.into_iter().find(|id| self.diagram.node(id).is_some()) else { continue };
                if lying.insert(node.clone()) {
                    nodes.push(node);
                } else {
                    self.leave(Note::LaneTwice, lane);
                }
            }
            // The join that was made of a gateway lies where the gateway does.
            let joins: Vec<String> = nodes.iter().filter_map(|node| self.joins.get(node).cloned()).collect();
            nodes.extend(joins.into_iter().filter(|join| lying.insert(join.clone())));
            self.leave_all(lane, &["flowNodeRef", "childLaneSet"]);
            self.diagram.lanes.push(Lane { id, name: lane.title(), nodes });
        }
        self.leave_all(set, &["lane"]);
        Ok(())
    }
}
