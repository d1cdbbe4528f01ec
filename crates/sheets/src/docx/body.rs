//! The body of a Word document, read element by element.

use super::fonts::{Script, script, sign, unicode};
use super::styles::{Look, Styles};
use super::table::{CELL_BYTES_MAX, COLUMNS_MAX, Cell, TABLES_MAX, Table};
use super::{attribute, is_on};
use crate::document::{Refusal, TEXT_BYTES_MAX};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Nesting of XML elements; Word itself writes fewer than 60.
pub(super) const DEPTH_MAX: usize = 256;

/// Elements whose content is no part of the document: deleted text, fallback copies of drawings, the
/// instructions of fields, properties as they were before a change.
const LEFT_OUT: [&str; 11] = [
    "del",
    "Fallback",
    "moveFrom",
    "instrText",
    "delText",
    "delInstrText",
    "rPrChange",
    "pPrChange",
    "trPrChange",
    "tcPrChange",
    "sdtPr",
];

/// A paragraph that is open; a text box opens one inside another.
#[derive(Default)]
struct Paragraph {
    /// Stretches of text, each in one script.
    pieces: Vec<(Script, String)>,
    bytes: usize,
    look: Look,
    heading: bool,
    listed: bool,
    /// The end of the paragraph was deleted: it goes on in the next one.
    goes_on: bool,
}

struct Body<'a> {
    styles: &'a Styles,
    out: String,
    /// Tables that are open, outermost first.
    tables: Vec<Table>,
    paragraphs: Vec<Paragraph>,
    /// Text whose paragraph's end was deleted.
    carried: Vec<(Script, String)>,
    run: Look,
    /// Open elements whose content is left out.
    skipping: usize,
    in_paragraph_properties: bool,
    in_row_properties: bool,
    in_run_properties: bool,
    in_text: bool,
}

/// The text of a body.
pub(super) fn read(xml: &str, styles: &Styles) -> Result<String, Refusal> {
    let mut reader = Reader::from_str(xml);
    let mut body = Body {
        styles,
        out: String::new(),
        tables: Vec::new(),
        paragraphs: Vec::new(),
        carried: Vec::new(),
        run: Look::default(),
        skipping: 0,
        in_paragraph_properties: false,
        in_row_properties: false,
        in_run_properties: false,
        in_text: false,
    };
    let mut depth = 0usize;
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|e| Refusal::Broken { what: e.to_string() })?;
        if let (None, Event::Start(start) | Event::Empty(start)) = (&root, &event) {
            root = Some(start.local_name().as_ref() == "document");
        }
        if root == Some(false) {
            return Err(Refusal::Kind { found: "ZIP".into() });
        }
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(Refusal::TooDeep { max: DEPTH_MAX });
                }
                body.open(&start, false)?;
            }
            Event::Empty(start) => body.open(&start, true)?,
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                body.close(end.local_name().as_ref())?;
            }
            Event::Text(text) if body.in_text => body.add(&text.xml_content(XmlVersion::Implicit1_0))?,
            Event::CData(text) if body.in_text => body.add(text.as_ref())?,
            Event::GeneralRef(reference) if body.in_text => {
                let named = match reference.as_ref() as &str {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                if let Some(c) = named {
                    body.add(c.encode_utf8(&mut [0; 4]))?;
                }
            }
            // A document type can declare entities that grow without end; Word never writes one.
            Event::DocType(_) => return Err(Refusal::Broken { what: "DOCTYPE".into() }),
            _ => {}
        }
    }
    if body.out.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(body.out)
}

impl Body<'_> {
    fn open(&mut self, start: &BytesStart, empty: bool) -> Result<(), Refusal> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        if LEFT_OUT.contains(&name) {
            self.skipping += usize::from(!empty);
            if name == "del" && self.skipping <= 1 {
                self.deleted();
            }
            return Ok(());
        }
        if self.skipping > 0 {
            return Ok(());
        }
        if self.in_run_properties && !self.in_paragraph_properties {
            match name {
                "rStyle" => {
                    let style = attribute(start, "val").unwrap_or_default();
                    let base = self.paragraphs.last().map(|p| p.look.clone()).unwrap_or_default();
                    self.run = self.styles.run(base, &style);
                }
                _ => self.run.read(name, start),
            }
            return Ok(());
        }
        match name {
            "p" if !empty => {
                let look = self.styles.paragraph(None);
                self.paragraphs.push(Paragraph { look, ..Paragraph::default() });
            }
            "pPr" => self.in_paragraph_properties = !empty,
            "trPr" => self.in_row_properties = !empty,
            "rPr" => self.in_run_properties = !empty,
            "r" => self.run = self.paragraphs.last().map(|p| p.look.clone()).unwrap_or_default(),
            "t" => self.in_text = !empty,
            "tab" | "br" | "cr" if !self.in_paragraph_properties => self.add(" ")?,
            "noBreakHyphen" => self.add("-")?,
            "sym" => {
                let (font, code) = (attribute(start, "font").unwrap_or_default(), attribute(start, "char"));
                if let Some(c) = code.and_then(|code| sign(&font, &code)) {
                    self.add_in(Script::Unicode, c.encode_utf8(&mut [0; 4]))?;
                }
            }
            "pStyle" => self.paragraph_style(&attribute(start, "val").unwrap_or_default()),
            "numPr" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.listed = true;
                }
            }
            _ => self.open_table(name, start)?,
        }
        Ok(())
    }

    fn open_table(&mut self, name: &str, start: &BytesStart) -> Result<(), Refusal> {
        if name == "tbl" {
            if self.tables.len() >= TABLES_MAX {
                return Err(Refusal::TooDeep { max: TABLES_MAX });
            }
            self.tables.push(Table::default());
            return Ok(());
        }
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        let columns = || attribute(start, "val").and_then(|v| v.parse::<usize>().ok()).unwrap_or(1);
        match name {
            "tr" => table.open_row(),
            "tc" => table.add(Cell::of_columns(1)),
            "gridBefore" | "gridAfter" | "gridSpan" if columns() > COLUMNS_MAX => {
                return Err(Refusal::TooWide { max: COLUMNS_MAX });
            }
            // The row begins so many columns further right.
            "gridBefore" if columns() > 0 => table.add(Cell::of_columns(columns())),
            "gridSpan" => {
                if let Some(cell) = table.cell() {
                    cell.span = columns().max(1);
                }
            }
            "vMerge" => {
                let goes_on = attribute(start, "val").is_none_or(|v| v != "restart");
                if let Some(cell) = table.cell() {
                    cell.merged = goes_on;
                }
            }
            "hidden" if self.in_row_properties && is_on(start) => table.leave_row_out(),
            _ => {}
        }
        Ok(())
    }

    /// A deletion noted in properties: of a whole row, or of the end of a paragraph.
    fn deleted(&mut self) {
        if self.in_row_properties {
            if let Some(table) = self.tables.last_mut() {
                table.leave_row_out();
            }
        } else if self.in_paragraph_properties
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.goes_on = true;
        }
    }

    fn paragraph_style(&mut self, id: &str) {
        let lower = id.to_ascii_lowercase();
        let heading = lower.starts_with("heading") || lower == "title" || self.styles.is_heading(id);
        let look = self.styles.paragraph(Some(id));
        if let Some(paragraph) = self.paragraphs.last_mut() {
            (paragraph.heading, paragraph.look) = (heading, look);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        if LEFT_OUT.contains(&name) {
            self.skipping = self.skipping.saturating_sub(1);
            return Ok(());
        }
        if self.skipping > 0 {
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "pPr" => self.in_paragraph_properties = false,
            "trPr" => self.in_row_properties = false,
            "rPr" => self.in_run_properties = false,
            "p" => self.end_paragraph()?,
            "tr" => self.tables.last_mut().map_or(Ok(()), Table::close_row)?,
            "tbl" => self.end_table()?,
            _ => {}
        }
        Ok(())
    }

    /// Text of the open run, as it is shown.
    fn add(&mut self, text: &str) -> Result<(), Refusal> {
        if self.skipping > 0 || self.run.left_out == Some(true) {
            return Ok(());
        }
        let script = self.run.font.as_deref().map_or(Script::Unicode, script);
        if self.run.raised == Some(true) && text.chars().all(|c| c.is_ascii_digit() || " ()[]*,".contains(c)) {
            // A power of a unit stays, a mark of a footnote goes.
            let before = self.paragraphs.last().and_then(|p| p.pieces.last()).map_or("", |(_, t)| t.as_str());
            return match text.trim() {
                "2" if ends_with_metre(before) => self.add_in(script, "²"),
                "3" if ends_with_metre(before) => self.add_in(script, "³"),
                _ => Ok(()),
            };
        }
        if script == Script::Unknown && unicode(text, script).is_none() {
            return Err(Refusal::Font { font: self.run.font.clone().unwrap_or_default() });
        }
        self.add_in(script, text)
    }

    fn add_in(&mut self, script: Script, text: &str) -> Result<(), Refusal> {
        let in_table = !self.tables.is_empty();
        let Some(paragraph) = self.paragraphs.last_mut() else { return Ok(()) };
        match paragraph.pieces.last_mut() {
            Some((last, piece)) if *last == script => piece.push_str(text),
            _ => paragraph.pieces.push((script, text.to_owned())),
        }
        paragraph.bytes += text.len();
        match in_table {
            false if paragraph.bytes > TEXT_BYTES_MAX => Err(Refusal::TextTooLong { max: TEXT_BYTES_MAX }),
            true if paragraph.bytes > CELL_BYTES_MAX => Err(Refusal::CellTooLong { max: CELL_BYTES_MAX }),
            _ => Ok(()),
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Refusal> {
        let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
        self.carried.extend(paragraph.pieces);
        if paragraph.goes_on && self.carried.iter().map(|(_, t)| t.len()).sum::<usize>() < CELL_BYTES_MAX {
            return Ok(());
        }
        let pieces = std::mem::take(&mut self.carried);
        let text: String = pieces.iter().filter_map(|(script, text)| unicode(text, *script)).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Ok(());
        }
        let Some(cell) = self.tables.last_mut().map(Table::cell) else {
            let mark = match (paragraph.heading, paragraph.listed) {
                (true, _) => "# ",
                (false, true) => "- ",
                _ => "",
            };
            return self.line(&format!("{mark}{text}\n\n"));
        };
        let Some(cell) = cell else { return Ok(()) };
        if !cell.text.is_empty() {
            cell.text.push('\n');
        }
        cell.text.push_str(&text);
        if cell.text.len() > CELL_BYTES_MAX { Err(Refusal::CellTooLong { max: CELL_BYTES_MAX }) } else { Ok(()) }
    }

    fn end_table(&mut self) -> Result<(), Refusal> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        if let Some(outer) = self.tables.last_mut() {
            // A table in a cell reads as the text of that cell.
            if let Some(cell) = outer.cell() {
                cell.text.push_str(&table.words());
            }
            return Ok(());
        }
        table.lines().iter().try_for_each(|line| self.line(line))
    }

    fn line(&mut self, line: &str) -> Result<(), Refusal> {
        self.out.push_str(line);
        if self.out.len() > TEXT_BYTES_MAX { Err(Refusal::TextTooLong { max: TEXT_BYTES_MAX }) } else { Ok(()) }
    }
}

/// Whether a text ends with a unit that has powers: *m*, *km*, *cm*.
fn ends_with_metre(text: &str) -> bool {
    let mut back = text.chars().rev();
    let metre = back.next() == Some('m');
    metre && back.next().is_none_or(|c| c.is_ascii_digit() || c.is_whitespace() || "kcdmh(/".contains(c))
}
