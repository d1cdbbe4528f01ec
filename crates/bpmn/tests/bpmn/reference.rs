//! The reference models of the BPMN Model Interchange Working Group, when they lie beside the project.

use bpmn::Construct::{self, *};
use bpmn::{Diagram, Kind, LeftOut, Note, Refusal, lay_out, read, text, write};
use std::path::{Path, PathBuf};

/// Every model with every construct by which it is refused and how often that is in it, in the order of the file; none where it is taken
/// over. Counted in the files by other means than this crate.
#[rustfmt::skip]
const MODELS: [(&str, &[(Construct, usize)]); 21] = [
    ("A.1.0", &[]),
    ("A.2.0", &[]),
    ("A.2.1", &[(ImplicitSplit, 2)]),
    ("A.3.0", &[(SubProcess, 1), (BoundaryEvent, 2)]),
    ("A.4.0", &[(Process, 1), (SubProcess, 2), (ImplicitSplit, 1), (MessageFlow, 2)]),
    ("A.4.1", &[(MessageFlow, 2), (Process, 1), (ImplicitSplit, 1), (SubProcess, 2)]),
    ("B.1.0", &[(Process, 3), (CallActivity, 3), (SubProcess, 2), (MessageFlow, 2)]),
    ("B.2.0", &[(Event, 3), (MultiInstance, 3), (BoundaryEvent, 11), (Process, 3), (InclusiveGateway, 2), (IntermediateCatchEvent, 6), (SubProcess, 5), (StandardLoop, 1), (IntermediateThrowEvent, 5), (CallActivity, 3), (EventBasedGateway, 1), (MessageFlow, 2)]),
    ("C.1.0", &[(MessageFlow, 5), (IntermediateCatchEvent, 3), (EventBasedGateway, 1), (Process, 1)]),
    ("C.1.1", &[]),
    ("C.2.0", &[(MessageFlow, 5), (Process, 3), (SubProcess, 1), (Event, 1), (IntermediateThrowEvent, 1), (BoundaryEvent, 1)]),
    ("C.3.0", &[(SubProcess, 1), (BoundaryEvent, 2)]),
    ("C.4.0", &[(IntermediateThrowEvent, 1), (IntermediateCatchEvent, 3), (Process, 3), (StandardLoop, 1)]),
    ("C.5.0", &[(CallActivity, 1), (Process, 1)]),
    ("C.6.0", &[(IntermediateCatchEvent, 3), (IntermediateThrowEvent, 3), (Compensation, 8), (EventBasedGateway, 1), (SubProcess, 1), (EventSubProcess, 1), (BoundaryEvent, 5)]),
    ("C.7.0", &[(MultiInstance, 1)]),
    ("C.8.0", &[(BoundaryEvent, 1)]),
    ("C.8.1", &[(BoundaryEvent, 1)]),
    ("C.9.0", &[(EventSubProcess, 2), (Event, 1), (CallActivity, 1), (BoundaryEvent, 1)]),
    ("C.9.1", &[(BoundaryEvent, 2)]),
    ("C.9.2", &[(BoundaryEvent, 1), (EventSubProcess, 3), (CallActivity, 1), (MultiInstance, 1), (Event, 2)]),
];

fn models() -> Option<PathBuf> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = start
        .ancestors()
        .map(|dir| dir.join("shared/data/yardsticks/bpmn"))
        .find(|dir| dir.join("A.1.0.bpmn").exists());
    if found.is_none() {
        eprintln!("no reference models beside the project: not tried");
    }
    found
}

fn model(folder: &Path, name: &str) -> Result<(Diagram, Vec<LeftOut>), Refusal> {
    let bytes = std::fs::read(folder.join(format!("{name}.bpmn"))).expect("a model");
    read(&text(&bytes).expect("a text"))
}

#[test]
fn the_reference_models_are_read_or_refused_by_the_construct() {
    let Some(folder) = models() else { return };
    let mut taken = 0;
    for (name, constructs) in MODELS {
        let found: Vec<(Construct, usize)> = match model(&folder, name) {
            Ok(_) => Vec::new(),
            Err(Refusal::Constructs(found)) => {
                assert!(!found.is_empty() && found[0].line > 1, "{name}");
                assert!(found.iter().all(|one| !one.id.is_empty() || !one.name.is_empty()), "{name}: {found:?}");
                found.iter().map(|one| (one.construct, one.times)).collect()
            }
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(found, constructs, "{name}");
        taken += usize::from(found.is_empty());
    }
    assert_eq!(taken, 3);
}

#[test]
fn what_is_taken_over_of_a_reference_model_is_all_of_its_way_and_comes_back() {
    let Some(folder) = models() else { return };
    let count = |d: &Diagram, kind: Kind| d.nodes.iter().filter(|node| node.kind == kind).count();
    // Nodes, steps, choices, merges and flows as counted in the files.
    for (name, counts) in [("A.1.0", [5, 3, 0, 0, 4]), ("A.2.0", [8, 4, 1, 1, 9]), ("C.1.1", [10, 5, 2, 0, 10])] {
        let (d, left_out) = model(&folder, name).expect("a process");
        let (steps, choices, merges) = (count(&d, Kind::Step), count(&d, Kind::Choice), count(&d, Kind::Merge));
        assert_eq!([d.nodes.len(), steps, choices, merges, d.flows.len()], counts, "{name}");
        assert!(d.is_drawn(), "{name}");
        assert_eq!(read(&write(&d)).expect("a process"), (d.clone(), vec![]), "{name}");
        let mut anew = d.clone();
        lay_out(&mut anew);
        assert_eq!((&anew.nodes, &anew.flows, anew.is_drawn()), (&d.nodes, &d.flows, true), "{name}");
        let told = |note: Note, element: &str| {
            left_out
                .iter()
                .filter(|left| left.note == note && left.element == element)
                .map(|left| left.times)
                .sum::<usize>()
        };
        let data = (
            told(Note::ByPerson, "serviceTask"),
            told(Note::Element, "dataObject"),
            told(Note::Element, "ioSpecification"),
        );
        assert_eq!(data, if name == "C.1.1" { (1, 3, 3) } else { (0, 0, 0) }, "{name}");
        let conditions = d.flows.iter().filter(|flow| !flow.when.is_empty() && flow.language != bpmn::CEL).count();
        assert_eq!(conditions, if name == "C.1.1" { 4 } else { 0 }, "{name}");
    }
}
