//! A diagram as a file of BPMN 2.0 with its drawing, in the order of elements that its schema wants.

use crate::model::{Bounds, Diagram, Flow, Kind, Node};
use crate::names::{id_out, is_key, is_xml};
use crate::tree::{DC, DD, DI, MODEL, OURS};
use quick_xml::escape::escape;
use std::fmt::Write as _;

/// The file. It is read back as the same diagram where [`crate::read`] can read it at all: ids are unique, flows have their nodes, one
/// flow at most leads out of what is no gateway. A fork that several flows lead to is written with a merge before it
/// ([`Diagram::spell_out`]). Without places it has no drawing: [`crate::lay_out`] first.
pub fn write(diagram: &Diagram) -> String {
    if diagram.nodes.iter().any(|node| diagram.waits_wrongly(node)) {
        let mut spelt = diagram.clone();
        spelt.spell_out();
        return written(&spelt);
    }
    written(diagram)
}

fn written(d: &Diagram) -> String {
    let mut xml = Xml { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), open: Vec::new() };
    xml.open(
        "bpmn:definitions",
        &[
            ("xmlns:bpmn", MODEL),
            ("xmlns:bpmndi", DI),
            ("xmlns:dc", DC),
            ("xmlns:di", DD),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xmlns:motcua", OURS),
            ("targetNamespace", OURS),
            ("exporter", "motcua"),
        ],
    );
    let process = id_out(if d.id.is_empty() { "process" } else { &d.id });
    let together = id_out(&d.fresh("collaboration"));
    if let Some(pool) = &d.pool {
        xml.open("bpmn:collaboration", &[("id", &together)]);
        xml.leaf("bpmn:participant", &[("id", &id_out(&pool.id)), ("name", &pool.name), ("processRef", &process)]);
        xml.close();
    }
    xml.open("bpmn:process", &[("id", &process), ("name", &d.name), ("isExecutable", "false")]);
    lanes(&mut xml, d);
    d.nodes.iter().for_each(|node| self::node(&mut xml, d, node));
    d.flows.iter().for_each(|flow| self::flow(&mut xml, flow));
    xml.close();
    drawing(&mut xml, d, if d.pool.is_some() { &together } else { &process });
    xml.close();
    xml.out
}

fn lanes(xml: &mut Xml, d: &Diagram) {
    if d.lanes.is_empty() {
        return;
    }
    xml.open("bpmn:laneSet", &[]);
    for lane in &d.lanes {
        xml.open("bpmn:lane", &[("id", &id_out(&lane.id)), ("name", &lane.name)]);
        lane.nodes.iter().for_each(|node| xml.text("bpmn:flowNodeRef", &[], &id_out(node)));
        xml.close();
    }
    xml.close();
}

fn node(xml: &mut Xml, d: &Diagram, node: &Node) {
    let (into, out) = (
        d.flows.iter().filter(|flow| flow.to == node.id).map(|flow| id_out(&flow.id)).collect::<Vec<_>>(),
        d.flows.iter().filter(|flow| flow.from == node.id).collect::<Vec<_>>(),
    );
    let id = id_out(&node.id);
    let mut attributes = vec![("id", id.as_str()), ("name", node.name.as_str())];
    let may = matches!(node.kind, Kind::Choice | Kind::Merge | Kind::Step | Kind::Call(_));
    let otherwise = out.iter().find(|flow| may && flow.otherwise).map(|flow| id_out(&flow.id));
    if let Some(otherwise) = &otherwise {
        attributes.push(("default", otherwise));
    }
    let called;
    let element = match &node.kind {
        Kind::Start => "bpmn:startEvent",
        Kind::End => "bpmn:endEvent",
        Kind::Step => "bpmn:userTask",
        Kind::Call(code) => {
            called = id_out(code);
            attributes.push(("calledElement", &called));
            "bpmn:callActivity"
        }
        Kind::Choice | Kind::Merge => "bpmn:exclusiveGateway",
        Kind::Fork | Kind::Join => "bpmn:parallelGateway",
    };
    match node.kind {
        Kind::Choice if into.len() > 1 => attributes.push(("gatewayDirection", "Mixed")),
        Kind::Choice | Kind::Fork => attributes.push(("gatewayDirection", "Diverging")),
        Kind::Merge | Kind::Join => attributes.push(("gatewayDirection", "Converging")),
        _ => {}
    }
    xml.open(element, &attributes);
    let says = node.says.iter().filter(|(key, _)| is_key(key)).map(|(key, value)| (key.as_str(), value.as_str()));
    let says: Vec<(&str, &str)> = says.collect();
    if !says.is_empty() {
        xml.open("bpmn:extensionElements", &[]);
        xml.leaf("motcua:step", &says);
        xml.close();
    }
    into.iter().for_each(|flow| xml.text("bpmn:incoming", &[], flow));
    out.iter().for_each(|flow| xml.text("bpmn:outgoing", &[], &id_out(&flow.id)));
    xml.close();
}

fn flow(xml: &mut Xml, flow: &Flow) {
    let (id, from, to) = (id_out(&flow.id), id_out(&flow.from), id_out(&flow.to));
    let mut attributes = vec![("id", id.as_str()), ("sourceRef", &from), ("targetRef", &to)];
    if !flow.name.is_empty() {
        attributes.insert(1, ("name", &flow.name));
    }
    if flow.times == 0 && flow.when.is_empty() {
        return xml.leaf("bpmn:sequenceFlow", &attributes);
    }
    xml.open("bpmn:sequenceFlow", &attributes);
    if flow.times > 0 {
        xml.open("bpmn:extensionElements", &[]);
        xml.leaf("motcua:back", &[("times", &flow.times.to_string())]);
        xml.close();
    }
    if !flow.when.is_empty() {
        let kind = [("xsi:type", "bpmn:tFormalExpression"), ("language", flow.language.as_str())];
        xml.text("bpmn:conditionExpression", &kind, &flow.when);
    }
    xml.close();
}

fn drawing(xml: &mut Xml, d: &Diagram, plane: &str) {
    if d.shapes.is_empty() && d.edges.is_empty() {
        return;
    }
    xml.open("bpmndi:BPMNDiagram", &[]);
    xml.open("bpmndi:BPMNPlane", &[("bpmnElement", plane)]);
    let label = |xml: &mut Xml, id: &str| {
        if let Some(place) = d.labels.get(id) {
            xml.open("bpmndi:BPMNLabel", &[]);
            bounds(xml, place);
            xml.close();
        }
    };
    let flat = d.pool.iter().map(|pool| (&pool.id, true)).chain(d.lanes.iter().map(|lane| (&lane.id, true)));
    for (id, lies) in flat.chain(d.nodes.iter().map(|node| (&node.id, false))) {
        let Some(place) = d.shapes.get(id) else { continue };
        let element = id_out(id);
        let mut attributes = vec![("bpmnElement", element.as_str())];
        if lies {
            attributes.push(("isHorizontal", "true"));
        }
        // Without it a reader may draw an exclusive gateway empty.
        if d.node(id).is_some_and(|node| matches!(node.kind, Kind::Choice | Kind::Merge)) {
            attributes.push(("isMarkerVisible", "true"));
        }
        xml.open("bpmndi:BPMNShape", &attributes);
        bounds(xml, place);
        label(xml, id);
        xml.close();
    }
    for flow in &d.flows {
        let Some(line) = d.edges.get(&flow.id) else { continue };
        xml.open("bpmndi:BPMNEdge", &[("bpmnElement", &id_out(&flow.id))]);
        for point in line {
            xml.leaf("di:waypoint", &[("x", &point.x.to_string()), ("y", &point.y.to_string())]);
        }
        label(xml, &flow.id);
        xml.close();
    }
    xml.close();
    xml.close();
}

fn bounds(xml: &mut Xml, place: &Bounds) {
    let numbers = [place.x, place.y, place.width, place.height].map(|n| n.to_string());
    let [x, y, width, height] = numbers.each_ref().map(String::as_str);
    xml.leaf("dc:Bounds", &[("x", x), ("y", y), ("width", width), ("height", height)]);
}

/// Elements on lines of their own.
struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.out, "{:1$}<{name}", "", self.open.len() * 2);
        for (key, value) in attributes {
            // A reader turns plain line ends and tabs in an attribute into spaces.
            let value = escaped(value).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;");
            let _ = write!(self.out, " {key}=\"{value}\"");
        }
    }

    fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
    }

    fn close(&mut self) {
        let name = self.open.pop().unwrap_or_default();
        let _ = writeln!(self.out, "{:1$}</{name}>", "", self.open.len() * 2);
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.out.push_str("/>\n");
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin(name, attributes);
        let _ = writeln!(self.out, ">{}</{name}>", escaped(text));
    }
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| is_xml(*c)).collect();
    escape(text).into_owned()
}
