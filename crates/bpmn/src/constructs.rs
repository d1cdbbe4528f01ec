//! What a process here cannot say, found in the whole file before any of it is read: whoever has to change the file is told all of it.

use crate::names::is_code;
use crate::refusal::{Construct, Found};
use crate::tree::{Element, Space};
use std::collections::HashMap;

/// The first of each construct, in the order of the file.
pub(crate) fn of(root: &Element) -> Vec<Found> {
    let mut search = Search { out: HashMap::new(), processes: 0, found: Vec::new() };
    search.count(root);
    search.walk(root, None);
    search.found
}

struct Search {
    /// How many flows lead out of each id.
    out: HashMap<String, usize>,
    processes: usize,
    found: Vec<Found>,
}

impl Search {
    fn count(&mut self, element: &Element) {
        if element.space == Space::Model && element.name == "sequenceFlow" {
            *self.out.entry(element.attribute("sourceRef").trim().to_owned()).or_default() += 1;
        }
        element.children.iter().for_each(|child| self.count(child));
    }

    fn walk(&mut self, element: &Element, parent: Option<&Element>) {
        if element.space != Space::Model {
            return;
        }
        self.processes += usize::from(element.name == "process");
        if let Some(construct) = self.construct(element, parent) {
            // A definition of an event or a repetition is told at the node that has it.
            let inner = ["EventDefinition", "eventDefinitionRef", "Characteristics"]
                .iter()
                .any(|end| element.name.ends_with(end));
            let node = parent.filter(|_| inner).unwrap_or(element);
            self.add(construct, node.id(), node.title(), element.line);
        }
        if element.is("isForCompensation") {
            self.add(Construct::Compensation, element.id(), element.title(), element.line);
        }
        if !element.name.ends_with("Gateway") && self.out.get(element.attribute("id").trim()).is_some_and(|n| *n > 1) {
            self.add(Construct::ImplicitSplit, element.id(), element.title(), element.line);
        }
        element.children.iter().for_each(|child| self.walk(child, Some(element)));
    }

    fn add(&mut self, construct: Construct, id: String, name: String, line: usize) {
        match self.found.iter_mut().find(|found| found.construct == construct) {
            Some(found) => found.times += 1,
            None => self.found.push(Found { construct, id, name, line, times: 1 }),
        }
    }

    fn construct(&self, element: &Element, parent: Option<&Element>) -> Option<Construct> {
        let within = parent.map_or("", |parent| parent.name.as_str());
        Some(match element.name.as_str() {
            "process" if self.processes > 1 => Construct::Process,
            "messageFlow" => Construct::MessageFlow,
            "subProcess" if element.is("triggeredByEvent") => Construct::EventSubProcess,
            "subProcess" => Construct::SubProcess,
            "adHocSubProcess" => Construct::AdHocSubProcess,
            "transaction" => Construct::Transaction,
            "boundaryEvent" => Construct::BoundaryEvent,
            "intermediateCatchEvent" => Construct::IntermediateCatchEvent,
            "intermediateThrowEvent" => Construct::IntermediateThrowEvent,
            "eventBasedGateway" => Construct::EventBasedGateway,
            "inclusiveGateway" => Construct::InclusiveGateway,
            "complexGateway" => Construct::ComplexGateway,
            "multiInstanceLoopCharacteristics" => Construct::MultiInstance,
            "standardLoopCharacteristics" => Construct::StandardLoop,
            "compensateEventDefinition" => Construct::Compensation,
            "callActivity" if !is_code(&crate::names::id_in(element.attribute("calledElement"))) => {
                Construct::CallActivity
            }
            "choreography" | "globalChoreographyTask" => Construct::Choreography,
            "messageEventDefinition" | "signalEventDefinition" => return None,
            "timerEventDefinition" if within != "endEvent" => return None,
            "terminateEventDefinition" if within != "startEvent" => return None,
            name if name.ends_with("EventDefinition") || name == "eventDefinitionRef" => {
                // Of the other events only plain ones are read at all, and those are refused themselves.
                if !matches!(within, "startEvent" | "endEvent") {
                    return None;
                }
                Construct::Event
            }
            _ => return None,
        })
    }
}
