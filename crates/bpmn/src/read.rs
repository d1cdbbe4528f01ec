//! A file of BPMN 2.0 as a diagram.

mod drawing;
mod process;

use crate::constructs;
use crate::model::Diagram;
use crate::refusal::{BYTES_MAX, LeftOut, Note, Refusal};
use crate::tree::{self, Element, Space};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The text of a file's bytes: UTF-8, or UTF-16 with its mark.
///
/// # Errors
/// When it is neither, or larger than [`BYTES_MAX`].
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if bytes.len() > BYTES_MAX {
        return Err(Refusal::TooLarge { max: BYTES_MAX });
    }
    let wide = |order: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes[2..].as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|unit| order(*unit)).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty()).map(Cow::Owned).ok_or(Refusal::Encoding)
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ => {
            let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            std::str::from_utf8(plain).map(Cow::Borrowed).map_err(|_| Refusal::Encoding)
        }
    }
}

/// The process of a file and what of the file is not in it. A file that somebody else made is read by [`crate::read_apart`].
///
/// # Errors
/// When the file is no BPMN, over a bound, or says what a process here cannot.
pub fn read(xml: &str) -> Result<(Diagram, Vec<LeftOut>), Refusal> {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    if xml.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if xml.len() > BYTES_MAX {
        return Err(Refusal::TooLarge { max: BYTES_MAX });
    }
    let root = tree::parse(xml)?;
    if root.name != "definitions" {
        return Err(Refusal::Other { line: root.line, element: root.name });
    }
    let found = constructs::of(&root);
    if !found.is_empty() {
        return Err(Refusal::Constructs(found));
    }
    let mut reading = Reading::default();
    reading.definitions(&root)?;
    reading.left_out.sort_by_key(|left| left.line);
    Ok((reading.diagram, reading.left_out))
}

#[derive(Default)]
struct Reading {
    diagram: Diagram,
    left_out: Vec<LeftOut>,
    /// Every id taken over so far.
    ids: HashSet<String>,
    /// Joins made of gateways that both wait and split, by the fork that is left of them.
    joins: HashMap<String, String>,
}

impl Reading {
    fn definitions(&mut self, root: &Element) -> Result<(), Refusal> {
        let process = root.of("process").next().ok_or(Refusal::NoProcess)?;
        let language = match root.attribute("expressionLanguage").trim() {
            // What the standard says where nothing is said.
            "" => "http://www.w3.org/1999/XPath",
            named => named,
        };
        self.process(process, language)?;
        for child in &root.children {
            match child.name.as_str() {
                "process" => {}
                "collaboration" => self.collaboration(child, process)?,
                "BPMNDiagram" if child.space == Space::Drawing => {}
                _ => self.leave(Note::Element, child),
            }
        }
        self.foreign(root);
        self.drawing(root);
        Ok(())
    }

    /// The pool around the process; pools without one say who else there is.
    fn collaboration(&mut self, collaboration: &Element, process: &Element) -> Result<(), Refusal> {
        for child in &collaboration.children {
            let named = child.attribute("processRef").trim();
            let ours = named == process.attribute("id").trim() || last(named) == process.attribute("id").trim();
            if child.name == "participant" && !named.is_empty() && ours && self.diagram.pool.is_none() {
                let id = self.id(child, "pool")?;
                self.diagram.pool = Some(crate::model::Pool { id, name: child.title() });
                self.leave_all(child, &[]);
            } else {
                self.leave(Note::Element, child);
            }
        }
        self.foreign(collaboration);
        Ok(())
    }

    /// The id of an element that is taken over; `instead` where BPMN lets it have none and nothing needs to name it.
    fn id(&mut self, element: &Element, instead: &str) -> Result<String, Refusal> {
        let mut id = element.id();
        if id.is_empty() {
            if instead.is_empty() {
                return Err(Refusal::NoId { line: element.line, element: element.name.clone() });
            }
            id = self.fresh(instead);
        }
        if !self.ids.insert(id.clone()) {
            return Err(Refusal::Twice { line: element.line, id });
        }
        Ok(id)
    }

    fn fresh(&self, wanted: &str) -> String {
        let mut names = std::iter::once(wanted.to_owned()).chain((2u32..).map(|n| format!("{wanted}-{n}")));
        names.find(|name| !self.ids.contains(name)).unwrap_or_default()
    }

    /// Notes what is left out or read as something simpler. What is only left out is one note a name.
    fn leave(&mut self, note: Note, element: &Element) {
        let same = |left: &&mut LeftOut| left.note == note && left.element == element.name;
        if matches!(note, Note::Element | Note::Foreign | Note::Place)
            && let Some(left) = self.left_out.iter_mut().find(same)
        {
            left.times += 1;
            return;
        }
        let (id, name) = (element.id(), element.title());
        let (element, line) = (element.name.clone(), element.line);
        self.left_out.push(LeftOut { note, element, id, name, line, times: 1 });
    }

    /// Leaves out what stands in an element, but for these.
    fn leave_all(&mut self, element: &Element, but: &[&str]) {
        for child in &element.children {
            if child.name != "extensionElements" && !but.contains(&child.name.as_str()) {
                self.leave(Note::Element, child);
            }
        }
        self.foreign(element);
    }

    /// Notes other programs' extensions of an element.
    fn foreign(&mut self, element: &Element) {
        let within = element.of("extensionElements").find(|extensions| extensions.foreign > 0);
        if element.foreign > 0 {
            self.leave(Note::Foreign, element);
        } else if let Some(extensions) = within {
            self.leave(Note::Foreign, extensions);
        }
    }
}

/// An id as a qualified name has it: what stands behind the prefix.
fn last(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
