//! What styles say of the text under them: its font, whether it is hidden, whether it is a heading.

use super::{attribute, is_on};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use std::collections::HashMap;

/// Styles based on styles; Word itself allows ten.
const BASES_MAX: usize = 12;
/// Styles of one document that are kept.
const STYLES_MAX: usize = 10_000;

/// What a run is shown as.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub(super) font: Option<String>,
    /// Struck through or hidden: no part of what the document says.
    pub(super) left_out: Option<bool>,
    pub(super) raised: Option<bool>,
}

impl Look {
    /// Takes what `over` says, and keeps the rest.
    pub(super) fn under(self, over: &Look) -> Look {
        Look {
            font: over.font.clone().or(self.font),
            left_out: over.left_out.or(self.left_out),
            raised: over.raised.or(self.raised),
        }
    }

    /// Reads one element of run properties (`w:rPr`).
    pub(super) fn read(&mut self, name: &str, start: &quick_xml::events::BytesStart) {
        match name {
            "rFonts" => {
                self.font = attribute(start, "ascii").or_else(|| attribute(start, "hAnsi")).or(self.font.take())
            }
            "strike" | "dstrike" | "vanish" => {
                let on = is_on(start);
                self.left_out = Some(on || name != "vanish" && self.left_out.unwrap_or(false));
            }
            "vertAlign" => self.raised = attribute(start, "val").map(|v| v == "superscript"),
            "position" => {
                let up = attribute(start, "val").and_then(|v| v.parse::<i32>().ok()).is_some_and(|v| v > 0);
                self.raised = Some(up || self.raised.unwrap_or(false));
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Style {
    look: Look,
    based_on: Option<String>,
    heading: bool,
}

/// The styles of a document.
#[derive(Default)]
pub(super) struct Styles {
    defaults: Look,
    styles: HashMap<String, Style>,
    /// The paragraph style of paragraphs that name none.
    paragraph: Option<String>,
}

impl Styles {
    /// Reads `styles.xml`; what cannot be read leaves the rest as it is.
    pub(super) fn read(xml: &str) -> Styles {
        let mut out = Styles::default();
        let mut reader = Reader::from_str(xml);
        let mut open: Option<String> = None;
        let mut in_defaults = false;
        // The look of a paragraph's mark stands in `w:pPr` and is not that of its text.
        let mut in_paragraph = false;
        while let Ok(event) = reader.read_event() {
            let (start, empty) = match &event {
                Event::Eof => break,
                Event::Start(start) => (start, false),
                Event::Empty(start) => (start, true),
                Event::End(end) => {
                    match end.local_name().as_ref() {
                        "style" => open = None,
                        "docDefaults" => in_defaults = false,
                        "pPr" => in_paragraph = false,
                        _ => {}
                    }
                    continue;
                }
                _ => continue,
            };
            let name = start.local_name();
            let name: &str = name.as_ref();
            match name {
                "docDefaults" => in_defaults = !empty,
                "pPr" => in_paragraph = !empty,
                "style" if out.styles.len() < STYLES_MAX => {
                    let id = attribute(start, "styleId").unwrap_or_default();
                    let default = attribute(start, "default").is_some_and(|v| v == "1" || v == "true");
                    if default && attribute(start, "type").is_some_and(|t| t == "paragraph") {
                        out.paragraph = Some(id.clone());
                    }
                    out.styles.insert(id.clone(), Style::default());
                    open = Some(id).filter(|_| !empty);
                }
                _ => match open.as_ref().and_then(|id| out.styles.get_mut(id)) {
                    Some(style) => match name {
                        "basedOn" => style.based_on = attribute(start, "val"),
                        "name" => {
                            let named = attribute(start, "val").unwrap_or_default().to_ascii_lowercase();
                            style.heading = named.starts_with("heading") || named == "title";
                        }
                        _ if !in_paragraph => style.look.read(name, start),
                        _ => {}
                    },
                    None if in_defaults && !in_paragraph => out.defaults.read(name, start),
                    None => {}
                },
            }
        }
        out
    }

    /// The look that a paragraph style gives to its runs.
    pub(super) fn paragraph(&self, id: Option<&str>) -> Look {
        self.chain(self.defaults.clone(), id.or(self.paragraph.as_deref()))
    }

    /// The look of a run style over what its paragraph gives.
    pub(super) fn run(&self, paragraph: Look, id: &str) -> Look {
        self.chain(paragraph, Some(id))
    }

    /// Whether a style is that of a heading.
    pub(super) fn is_heading(&self, id: &str) -> bool {
        self.styles.get(id).is_some_and(|s| s.heading)
    }

    fn chain(&self, base: Look, id: Option<&str>) -> Look {
        let mut looks = Vec::new();
        let mut next = id;
        while let Some(style) = next.and_then(|id| self.styles.get(id)).filter(|_| looks.len() < BASES_MAX) {
            looks.push(&style.look);
            next = style.based_on.as_deref();
        }
        looks.into_iter().rev().fold(base, Look::under)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_comes_down_from_the_style_it_is_based_on() {
        let styles = Styles::read(
            r#"<w:styles xmlns:w="w"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial"/></w:rPr></w:rPrDefault></w:docDefaults>
            <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr></w:style>
            <w:style w:type="paragraph" w:styleId="u1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:rPr><w:strike/></w:rPr></w:pPr></w:style>
            <w:style w:type="character" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"#,
        );
        assert_eq!(styles.paragraph(None).font.as_deref(), Some(".VnTime"));
        let heading = styles.paragraph(Some("u1"));
        assert_eq!((heading.font.as_deref(), heading.left_out), (Some(".VnTime"), None));
        assert!(styles.is_heading("u1"));
        assert_eq!(styles.run(heading, "An").left_out, Some(true));
    }
}
