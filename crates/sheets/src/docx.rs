//! Word documents: paragraphs as lines, tables as rows between pipes.
//!
//! A cell merged over rows is repeated in each of them, one merged over columns is followed by empty
//! cells, so every row of a table has all its columns. Tables of one or two columns and a few rows are
//! page layout (the letterhead, the signature) and come out as lines.

use crate::document::{Refusal, TEXT_BYTES_MAX};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Largest body unpacked, in bytes: the XML of a 3,000-page document.
const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Entries of a package; real documents with pictures have a few hundred.
const ENTRIES_MAX: usize = 20_000;
/// Nesting of XML elements; Word itself writes fewer than 60.
const DEPTH_MAX: usize = 256;
/// Tables inside cells of tables.
const TABLES_MAX: usize = 16;
/// Longest cell, in bytes of text.
const CELL_BYTES_MAX: usize = 1024 * 1024;
/// Columns a row may span.
const COLUMNS_MAX: usize = 256;
/// Rows up to which a table of two columns counts as layout.
const LAYOUT_ROWS_MAX: usize = 3;

/// The text of a Word document.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    read_body(&body(bytes)?)
}

/// Unpacks the body, counting bytes as they come: the sizes a package states are not trusted.
fn body(bytes: &[u8]) -> Result<String, Refusal> {
    let broken = |e: zip::result::ZipError| Refusal::Broken { what: e.to_string() };
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if package.len() > ENTRIES_MAX {
        return Err(Refusal::TooManyEntries { max: ENTRIES_MAX });
    }
    let entry = match package.by_name("word/document.xml") {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Err(Refusal::Kind { found: "ZIP" }),
        Err(e) => return Err(broken(e)),
    };
    if entry.encrypted() {
        return Err(Refusal::Locked);
    }
    let mut unpacked = Vec::new();
    entry
        .take(BODY_BYTES_MAX as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|e| Refusal::Broken { what: e.to_string() })?;
    if unpacked.len() > BODY_BYTES_MAX {
        return Err(Refusal::Unpacked { max: BODY_BYTES_MAX });
    }
    String::from_utf8(unpacked).map_err(|_| Refusal::Encoding)
}

#[derive(Default)]
struct Cell {
    text: String,
    span: usize,
    /// Goes on with the cell above.
    merged: bool,
}

#[derive(Default)]
struct TableText {
    rows: Vec<Vec<Cell>>,
}

#[derive(Default)]
struct Body {
    out: String,
    /// Tables that are open, outermost first.
    tables: Vec<TableText>,
    paragraph: String,
    /// Elements whose content is left out: deleted text, fallback copies of drawings.
    skipping: usize,
    in_text: bool,
    heading: bool,
    listed: bool,
}

fn read_body(xml: &str) -> Result<String, Refusal> {
    let mut reader = Reader::from_str(xml);
    let mut body = Body::default();
    let mut depth = 0usize;
    loop {
        let event = reader.read_event().map_err(|e| Refusal::Broken { what: e.to_string() })?;
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

fn value(start: &BytesStart, name: &str) -> Option<String> {
    start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name).map(|a| a.value.into_owned())
}

impl Body {
    fn open(&mut self, start: &BytesStart, empty: bool) -> Result<(), Refusal> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        if matches!(name, "del" | "Fallback" | "moveFrom" | "instrText" | "delText") {
            self.skipping += usize::from(!empty);
            return Ok(());
        }
        match name {
            "t" => self.in_text = !empty && self.skipping == 0,
            "tab" | "br" | "cr" if self.skipping == 0 => self.add(" ")?,
            "noBreakHyphen" if self.skipping == 0 => self.add("-")?,
            "pStyle" => {
                let style = value(start, "val").unwrap_or_default().to_ascii_lowercase();
                self.heading = style.starts_with("heading") || style == "title";
            }
            "numPr" => self.listed = true,
            "tbl" => {
                if self.tables.len() >= TABLES_MAX {
                    return Err(Refusal::TooDeep { max: TABLES_MAX });
                }
                self.tables.push(TableText::default());
            }
            "tr" => self.with_table(|t| t.rows.push(Vec::new())),
            "tc" => self.with_row(|row| row.push(Cell { span: 1, ..Cell::default() })),
            "gridSpan" => {
                let span = value(start, "val").and_then(|v| v.parse::<usize>().ok()).unwrap_or(1);
                if span > COLUMNS_MAX {
                    return Err(Refusal::TooWide { max: COLUMNS_MAX });
                }
                self.with_cell(|cell| cell.span = span.max(1));
            }
            "vMerge" => {
                let goes_on = value(start, "val").is_none_or(|v| v != "restart");
                self.with_cell(|cell| cell.merged = goes_on);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "del" | "Fallback" | "moveFrom" | "instrText" | "delText" => {
                self.skipping = self.skipping.saturating_sub(1)
            }
            "t" => self.in_text = false,
            "p" => self.end_paragraph()?,
            "tr" => {
                let wide = self.tables.last().and_then(|t| t.rows.last()).map_or(0, |r| r.iter().map(|c| c.span).sum());
                if wide > COLUMNS_MAX {
                    return Err(Refusal::TooWide { max: COLUMNS_MAX });
                }
            }
            "tbl" => self.end_table()?,
            _ => {}
        }
        Ok(())
    }

    fn with_table(&mut self, act: impl FnOnce(&mut TableText)) {
        if let Some(table) = self.tables.last_mut() {
            act(table);
        }
    }

    fn with_row(&mut self, act: impl FnOnce(&mut Vec<Cell>)) {
        self.with_table(|table| {
            if let Some(row) = table.rows.last_mut() {
                act(row);
            }
        });
    }

    fn with_cell(&mut self, act: impl FnOnce(&mut Cell)) {
        self.with_row(|row| {
            if let Some(cell) = row.last_mut() {
                act(cell);
            }
        });
    }

    fn add(&mut self, text: &str) -> Result<(), Refusal> {
        self.paragraph.push_str(text);
        let max = if self.tables.is_empty() { TEXT_BYTES_MAX } else { CELL_BYTES_MAX };
        if self.paragraph.len() > max {
            return Err(if self.tables.is_empty() {
                Refusal::TextTooLong { max }
            } else {
                Refusal::CellTooLong { max }
            });
        }
        Ok(())
    }

    fn end_paragraph(&mut self) -> Result<(), Refusal> {
        let text = std::mem::take(&mut self.paragraph);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (heading, listed) = (std::mem::take(&mut self.heading), std::mem::take(&mut self.listed));
        if text.is_empty() {
            return Ok(());
        }
        if self.tables.is_empty() {
            let mark = if heading {
                "# "
            } else if listed {
                "- "
            } else {
                ""
            };
            return self.line(&format!("{mark}{text}\n\n"));
        }
        let mut too_long = false;
        self.with_cell(|cell| {
            if !cell.text.is_empty() {
                cell.text.push('\n');
            }
            cell.text.push_str(&text);
            too_long = cell.text.len() > CELL_BYTES_MAX;
        });
        if too_long { Err(Refusal::CellTooLong { max: CELL_BYTES_MAX }) } else { Ok(()) }
    }

    fn end_table(&mut self) -> Result<(), Refusal> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        if !self.tables.is_empty() {
            // A table in a cell reads as the text of that cell.
            let text: Vec<String> =
                table.rows.into_iter().flatten().map(|c| c.text).filter(|t| !t.is_empty()).collect();
            let text = text.join(" ");
            self.with_cell(|cell| cell.text.push_str(&text));
            return Ok(());
        }
        let columns = table.rows.iter().map(|r| r.iter().map(|c| c.span).sum::<usize>()).max().unwrap_or(0);
        if columns <= 1 || columns == 2 && table.rows.len() <= LAYOUT_ROWS_MAX {
            for cell in table.rows.iter().flatten().filter(|c| !c.text.is_empty()) {
                self.line(&format!("{}\n\n", cell.text))?;
            }
            return Ok(());
        }
        let mut above: Vec<String> = vec![String::new(); columns];
        for row in &table.rows {
            let mut cells: Vec<String> = Vec::with_capacity(columns);
            for cell in row {
                let at = cells.len();
                let own = cell.text.replace('\n', " ").replace('|', "/");
                cells.push(if cell.merged && own.is_empty() {
                    above.get(at).cloned().unwrap_or_default()
                } else {
                    own
                });
                cells.extend((1..cell.span).map(|_| String::new()));
            }
            cells.resize(columns.max(cells.len()), String::new());
            self.line(&format!("| {} |\n", cells.join(" | ")))?;
            above = cells;
        }
        self.line("\n")
    }

    fn line(&mut self, line: &str) -> Result<(), Refusal> {
        self.out.push_str(line);
        if self.out.len() > TEXT_BYTES_MAX { Err(Refusal::TextTooLong { max: TEXT_BYTES_MAX }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn package(name: &str, content: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn docx(body: &str) -> Result<String, Refusal> {
        let xml = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
        text(&package("word/document.xml", xml.as_bytes()))
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn runs_of_a_paragraph_are_one_line_and_deleted_text_is_gone() {
        let read = docx("<w:p><w:r><w:t>Đạt tối </w:t></w:r><w:del><w:r><w:delText>tám</w:delText></w:r></w:del><w:r><w:t>thiểu 80% &amp; hơn</w:t></w:r></w:p>").unwrap();
        assert_eq!(read, "Đạt tối thiểu 80% & hơn\n\n");
    }

    #[test]
    fn merged_cells_keep_every_row_complete() {
        let head: String = ["STT", "Nhiệm vụ", "Chủ trì"].iter().map(|t| format!("<w:tc>{}</w:tc>", p(t))).collect();
        let group =
            format!("<w:tc>{}</w:tc><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>{}</w:tc>", p("I"), p("THỂ CHẾ"));
        let first = format!(
            "<w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>{}</w:tc>",
            p("1"),
            p("Rà soát"),
            p("Sở Tư pháp")
        );
        let second = format!(
            "<w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>",
            p("2"),
            p("Kiểm tra")
        );
        let rows: String = [head, group, first, second].iter().map(|r| format!("<w:tr>{r}</w:tr>")).collect();
        let read = docx(&format!("<w:tbl>{rows}</w:tbl>")).unwrap();
        assert_eq!(
            read,
            "| STT | Nhiệm vụ | Chủ trì |\n| I | THỂ CHẾ |  |\n| 1 | Rà soát | Sở Tư pháp |\n| 2 | Kiểm tra | Sở Tư pháp |\n\n"
        );
    }

    #[test]
    fn a_letterhead_table_comes_out_as_lines() {
        let row =
            format!("<w:tr><w:tc>{}{}</w:tc><w:tc>{}</w:tc></w:tr>", p("ỦY BAN NHÂN DÂN"), p("TỈNH X"), p("CỘNG HÒA"));
        assert_eq!(docx(&format!("<w:tbl>{row}</w:tbl>")).unwrap(), "ỦY BAN NHÂN DÂN\nTỈNH X\n\nCỘNG HÒA\n\n");
    }

    #[test]
    fn a_bomb_is_refused_while_it_unpacks() {
        let bomb = vec![b' '; BODY_BYTES_MAX + 2];
        let packed = package("word/document.xml", &bomb);
        assert!(packed.len() < 1024 * 1024);
        assert_eq!(text(&packed).unwrap_err().rule(), "unpacked_bytes");
    }

    #[test]
    fn deep_wide_and_endless_content_is_refused_by_rule() {
        assert_eq!(docx(&"<w:r>".repeat(DEPTH_MAX + 1)).unwrap_err().rule(), "xml_depth");
        let wide = format!("<w:tbl><w:tr><w:tc><w:gridSpan w:val=\"99999999\"/>{}</w:tc></w:tr></w:tbl>", p("a"));
        assert_eq!(docx(&wide).unwrap_err().rule(), "columns");
        let long = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p(&"a".repeat(CELL_BYTES_MAX + 1)));
        assert_eq!(docx(&long).unwrap_err().rule(), "cell_bytes");
        let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document/>";
        assert_eq!(text(&package("word/document.xml", entity.as_bytes())).unwrap_err().rule(), "broken");
    }

    #[test]
    fn other_packages_and_broken_ones_are_refused() {
        assert_eq!(text(&package("xl/workbook.xml", b"<a/>")).unwrap_err().rule(), "kind");
        let whole = package("word/document.xml", b"<w:document/>");
        assert_eq!(text(&whole[..whole.len() / 2]).unwrap_err().rule(), "broken");
        assert_eq!(text(&package("word/document.xml", b"<w:p><w:t>\xFF</w:t></w:p>")).unwrap_err().rule(), "encoding");
    }
}
