//! XML as a small tree: BPMN's elements and its drawing's with their plain attributes, and ours. What belongs to other programs is
//! passed over while it is read.

use crate::refusal::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, Refusal};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

pub(crate) const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
pub(crate) const DI: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
pub(crate) const DC: &str = "http://www.omg.org/spec/DD/20100524/DC";
pub(crate) const DD: &str = "http://www.omg.org/spec/DD/20100524/DI";
pub(crate) const OURS: &str = "urn:motcua:bpmn";

/// Whose element it is: by the address of its namespace, whatever prefix the file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Model,
    Drawing,
    Ours,
    Other,
}

impl Space {
    fn of(found: &ResolveResult<'_>) -> Space {
        match found {
            ResolveResult::Bound(Namespace(MODEL)) => Space::Model,
            ResolveResult::Bound(Namespace(DI | DC | DD)) => Space::Drawing,
            ResolveResult::Bound(Namespace(OURS)) => Space::Ours,
            _ => Space::Other,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Element {
    pub space: Space,
    /// Without prefix.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
    pub line: usize,
    /// Elements of other programs that stood right in it.
    pub foreign: usize,
}

impl Element {
    /// The value of an attribute without prefix; empty where there is none.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn id(&self) -> String {
        crate::names::id_in(self.attribute("id"))
    }

    pub(crate) fn title(&self) -> String {
        crate::names::one_line(self.attribute("name"))
    }

    /// Whether an attribute says yes.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self.attribute(name).trim(), "true" | "1")
    }

    /// Children of BPMN by that name.
    pub(crate) fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.space == Space::Model && child.name == name)
    }

    /// Children of the drawing by that name.
    pub(crate) fn drawn<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.space == Space::Drawing && child.name == name)
    }

    /// What `motcua:…` by that name says in its extensions.
    pub(crate) fn ours<'a>(&'a self, name: &'a str) -> Option<&'a Element> {
        let own = self.of("extensionElements").flat_map(|extensions| &extensions.children);
        own.into_iter().find(|child| child.space == Space::Ours && child.name == name)
    }
}

/// Counts lines on the way through the text.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: u64) -> usize {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        if offset > self.at {
            self.line += self.text[self.at..offset].iter().filter(|byte| **byte == b'\n').count();
            self.at = offset;
        }
        self.line
    }
}

fn broken(line: usize, why: impl ToString) -> Refusal {
    Refusal::Broken { line, why: why.to_string() }
}

/// The outermost element with everything of ours and of BPMN's within.
pub(crate) fn parse(xml: &str) -> Result<Element, Refusal> {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut lines = Lines { text: xml.as_bytes(), at: 0, line: 1 };
    let (mut open, mut root): (Vec<Element>, Option<Element>) = (Vec::new(), None);
    // Open elements of other programs, within the last of `open`.
    let (mut foreign, mut elements) = (0usize, 0usize);
    loop {
        let line = lines.at(reader.buffer_position());
        let read = reader.read_resolved_event().map(|(space, event)| (Space::of(&space), event));
        let (space, event) = match read {
            Ok(read) => read,
            Err(error) => return Err(broken(lines.at(reader.error_position()), error)),
        };
        match event {
            Event::Start(start) => {
                if open.len() + foreign >= DEPTH_MAX {
                    return Err(Refusal::TooDeep { line, max: DEPTH_MAX });
                }
                if open.is_empty() && root.is_some() {
                    return Err(broken(line, "a second outermost element"));
                }
                if open.is_empty() && space != Space::Model {
                    return Err(Refusal::Other { line, element: start.local_name().as_ref().to_owned() });
                }
                if foreign > 0 || open.last().is_some_and(|parent| !holds(parent, space)) {
                    if foreign == 0
                        && let Some(parent) = open.last_mut()
                    {
                        parent.foreign += 1;
                    }
                    foreign += 1;
                    continue;
                }
                elements += 1;
                if elements > ELEMENTS_MAX {
                    return Err(Refusal::TooMany { max: ELEMENTS_MAX });
                }
                open.push(element(space, &start, line)?);
            }
            Event::End(_) if foreign > 0 => foreign -= 1,
            Event::End(_) => match (open.pop(), open.last_mut()) {
                (Some(closed), Some(parent)) => parent.children.push(closed),
                (closed, _) => root = closed,
            },
            Event::DocType(_) => return Err(Refusal::Doctype { line }),
            Event::Eof => break,
            _ if foreign > 0 => {}
            Event::Text(text) => say(&mut open, &text.xml10_content(), line)?,
            Event::CData(text) => say(&mut open, &text.xml10_content(), line)?,
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => resolve_predefined_entity(&reference)
                        .ok_or_else(|| broken(line, format!("the entity {} is not declared", &*reference)))?
                        .to_owned(),
                    Err(error) => return Err(broken(line, error)),
                };
                say(&mut open, &text, line)?;
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
        }
    }
    match (open.last(), root) {
        (Some(element), _) => Err(broken(element.line, format!("<{}> is not closed", element.name))),
        (None, Some(root)) => Ok(root),
        (None, None) => Err(broken(lines.line, "there is no element")),
    }
}

/// Whether an element of that space is read where it stands: in extensions only ours, and nothing within ours.
fn holds(parent: &Element, space: Space) -> bool {
    match (parent.space, space) {
        (Space::Model, Space::Ours) => parent.name == "extensionElements",
        (Space::Model, Space::Model) => parent.name != "extensionElements",
        (Space::Model | Space::Drawing, Space::Drawing) => parent.name != "extensionElements",
        _ => false,
    }
}

fn say(open: &mut [Element], text: &str, line: usize) -> Result<(), Refusal> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => {
            let before = &text[..text.len() - text.trim_start().len()];
            return Err(broken(line + before.matches('\n').count(), "text outside of the outermost element"));
        }
    }
    Ok(())
}

fn element(space: Space, start: &BytesStart<'_>, line: usize) -> Result<Element, Refusal> {
    let mut attributes = Vec::new();
    for (at, attribute) in start.attributes().enumerate() {
        // Each is compared with all before it.
        if at >= ATTRIBUTES_MAX {
            return Err(broken(line, format!("more than {ATTRIBUTES_MAX} attributes")));
        }
        let attribute = attribute.map_err(|error| broken(line, error))?;
        if attribute.key.prefix().is_some() || attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| broken(line, error))?;
        let value = value.chars().filter(|c| crate::names::is_xml(*c)).collect();
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    let name = start.local_name().as_ref().to_owned();
    Ok(Element { space, name, attributes, children: Vec::new(), text: String::new(), line, foreign: 0 })
}
