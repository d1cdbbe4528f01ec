//! The crate from outside: what others wrote, what we write, what is meant to harm.

mod hostile;
mod layout;
mod reference;
#[path = "../../examples/bpmn/samples.rs"]
mod samples;
mod written;

use bpmn::{Diagram, Flow, Kind, Lane, Node};
use proptest::prelude::*;

/// What a test makes of numbers: nodes of any kind, flows as a process may have them, some lanes.
pub fn any_diagram() -> impl Strategy<Value = Diagram> {
    let name = || "\\PC{0,24}".prop_map(|text: String| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let says = proptest::collection::btree_map("[a-z]{1,8}", "[ -~đế\n\t]{0,20}", 0..3);
    let kind = (0usize..8, says);
    let node = ("[a-zA-Z0-9_.đ #x-]{1,8}", name(), kind);
    let flow = (0usize..24, 0usize..24, name(), name(), any::<bool>(), 0u8..=99);
    let many = (proptest::collection::vec(node, 1..24), proptest::collection::vec(flow, 0..40));
    (many, name(), proptest::collection::vec(name(), 0..4), any::<bool>()).prop_map(
        |((nodes, flows), title, lanes, pool)| {
            let mut d = Diagram { id: "p".into(), name: title.clone(), ..Diagram::default() };
            for (at, (id, name, (kind, says))) in nodes.into_iter().enumerate() {
                let kinds = [
                    Kind::Start,
                    Kind::End,
                    Kind::Step,
                    Kind::Call("1.001193".into()),
                    Kind::Choice,
                    Kind::Merge,
                    Kind::Fork,
                    Kind::Join,
                ];
                // Ids are whatever somebody typed, told apart by a number.
                d.nodes.push(Node { id: format!("{id}{at}"), name, kind: kinds[kind].clone(), says });
            }
            for (from, to, name, when, otherwise, times) in flows {
                let (from, to) = (&d.nodes[from % d.nodes.len()], &d.nodes[to % d.nodes.len()]);
                let out = d.flows.iter().filter(|flow: &&Flow| flow.from == from.id).collect::<Vec<_>>();
                let splits = matches!(from.kind, Kind::Choice | Kind::Fork);
                let full = to.kind == Kind::Fork && d.flows.iter().any(|flow| flow.to == to.id);
                if full || !splits && !out.is_empty() || out.iter().any(|flow| flow.to == to.id) {
                    continue;
                }
                let otherwise = otherwise && from.kind == Kind::Choice && !out.iter().any(|flow| flow.otherwise);
                let language = if when.is_empty() { String::new() } else { bpmn::CEL.to_owned() };
                let (id, from, to) = (format!("flow {}", d.flows.len()), from.id.clone(), to.id.clone());
                d.flows.push(Flow { id, name, from, to, when, language, otherwise, times });
            }
            for (at, name) in lanes.iter().enumerate() {
                // A node in five lies in no lane.
                let within = d.nodes.iter().enumerate().filter(|(n, _)| n % 5 == at).map(|(_, node)| node.id.clone());
                d.lanes.push(Lane { id: format!("lane {at}"), name: name.clone(), nodes: within.collect() });
            }
            if pool {
                d.pool = Some(bpmn::Pool { id: "pool".into(), name: title });
            }
            d
        },
    )
}
