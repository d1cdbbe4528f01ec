//! The files an import reads: one record a line (`.jsonl`), records in a list or one after the other over several lines
//! (`.json`), or the catalogue's table (`.csv`, with commas, semicolons or tabs).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::national::Reason;

/// Longest line read; the longest real record has 72 kB. A longer one is refused and passed over.
const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// One record, or why the line is none.
pub(crate) struct Item {
    /// `file:line`.
    pub place: String,
    pub record: Result<Value, Reason>,
    /// The file is a table without papers and steps.
    pub summary: bool,
}

/// Looked at to tell what a file is; the header of the catalogue's table has half a kilobyte.
const HEAD_BYTES: usize = 64 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Opens a file for reading record by record.
///
/// # Errors
/// The file cannot be opened, is of another kind, or a table lacks the catalogue's columns.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Iterator<Item = Item> + Send>> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut reader = BufReader::with_capacity(HEAD_BYTES, File::open(path)?);
    let head = reader.fill_buf()?;
    refuse_other_kinds(head)?;
    let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let is_table = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv"));
    if is_table {
        let delimiter = delimiter(head);
        return Ok(Box::new(table(name, reader, delimiter)?));
    }
    let first_line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // One record over several lines: its first line is a beginning, not a mistake.
    let goes_on = head.contains(&b'\n')
        && serde_json::from_slice::<serde::de::IgnoredAny>(first_line).is_err_and(|error| error.is_eof());
    if head.first() == Some(&b'[') || goes_on {
        return Ok(Box::new(Records { name, pieces: Values { reader, open: false }, n: 0, failed: false }));
    }
    Ok(Box::new(Records { name, pieces: Lines(reader), n: 0, failed: false }))
}

/// Workbooks and texts in UTF-16 are told by their first bytes, whatever they are called.
fn refuse_other_kinds(head: &[u8]) -> io::Result<()> {
    let wrong = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidData, why.to_owned()));
    if head.starts_with(b"PK\x03\x04") {
        return wrong("a workbook or packed file; save it as CSV (UTF-8)");
    }
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return wrong("the text is UTF-16; save it as UTF-8");
    }
    Ok(())
}

/// What parts the columns: the sign that stands most in the header.
fn delimiter(head: &[u8]) -> u8 {
    let header = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| header.iter().filter(|byte| **byte == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// A file in pieces, each a record's text.
trait Pieces {
    /// The next one's bytes; `Err` when it is too long. `None` at the end.
    fn piece(&mut self) -> io::Result<Option<Result<Vec<u8>, Reason>>>;
}

/// The records of a file in pieces.
struct Records<P> {
    name: String,
    pieces: P,
    n: u64,
    failed: bool,
}

impl<P: Pieces> Iterator for Records<P> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while !self.failed {
            let piece = self.pieces.piece().unwrap_or_else(|error| {
                // What follows cannot be read; the record it broke in is told, once.
                self.failed = true;
                Some(Err(Reason { code: "line-unreadable", detail: error.to_string() }))
            })?;
            self.n += 1;
            let read = |bytes: Vec<u8>| {
                let bytes = bytes.strip_prefix(BOM).unwrap_or(&bytes);
                let blank = bytes.iter().all(u8::is_ascii_whitespace);
                let broken = |error: serde_json::Error| Reason { code: "line-broken", detail: error.to_string() };
                if blank { Ok(None) } else { serde_json::from_slice(bytes).map(Some).map_err(broken) }
            };
            if let Some(record) = piece.and_then(read).transpose() {
                return Some(Item { place: format!("{}:{}", self.name, self.n), record, summary: false });
            }
        }
        None
    }
}

fn too_long() -> Reason {
    Reason { code: "line-too-long", detail: format!("{LINE_BYTES_MAX} bytes") }
}

/// Records of a list, or one after the other, however they are broken into lines.
struct Values {
    reader: BufReader<File>,
    /// Inside the list.
    open: bool,
}

impl Pieces for Values {
    fn piece(&mut self) -> io::Result<Option<Result<Vec<u8>, Reason>>> {
        let mut bytes = Vec::new();
        let (mut depth, mut in_text, mut escaped, mut length) = (0_u32, false, false, 0_usize);
        while let Some(byte) = self.reader.fill_buf()?.first().copied() {
            if length == 0 {
                match byte {
                    b'[' if !self.open => self.open = true,
                    b',' | b' ' | b'\t' | b'\r' | b'\n' | b'\xEF' | b'\xBB' | b'\xBF' => {}
                    b']' => return Ok(None),
                    _ => length = 1,
                }
                if length == 0 {
                    self.reader.consume(1);
                    continue;
                }
            }
            let ends_plain = depth == 0 && !in_text && matches!(byte, b',' | b']' | b'\n' | b'\r');
            if ends_plain && !bytes.is_empty() {
                break;
            }
            self.reader.consume(1);
            length += 1;
            if length <= LINE_BYTES_MAX {
                bytes.push(byte);
            }
            if in_text {
                in_text = escaped || byte != b'"';
                escaped = byte == b'\\' && !escaped;
                continue;
            }
            match byte {
                b'"' => in_text = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(byte, b'}' | b']') {
                break;
            }
        }
        if length == 0 {
            return Ok(None);
        }
        Ok(Some(if length > LINE_BYTES_MAX { Err(too_long()) } else { Ok(bytes) }))
    }
}

/// One record a line.
struct Lines(BufReader<File>);

impl Pieces for Lines {
    fn piece(&mut self) -> io::Result<Option<Result<Vec<u8>, Reason>>> {
        let mut bytes = Vec::new();
        let max = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = (&mut self.0).take(max).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        let ended = bytes.pop_if(|byte| *byte == b'\n').is_some();
        if ended || bytes.len() < LINE_BYTES_MAX {
            return Ok(Some(Ok(bytes)));
        }
        // Pass over the rest in small pieces.
        loop {
            let mut rest = Vec::new();
            let read = (&mut self.0).take(64 * 1024).read_until(b'\n', &mut rest)?;
            if read == 0 || rest.last() == Some(&b'\n') {
                return Ok(Some(Err(too_long())));
            }
        }
    }
}

/// Columns without which a table is not the catalogue.
const COLUMNS: &[&str] = &["code", "name", "field", "level"];

/// A table's bytes, up to the first row longer than [`LINE_BYTES_MAX`]: what splits them into rows holds a whole row at a time.
struct Rows<R> {
    reader: R,
    delimiter: u8,
    length: usize,
    cell: Cell,
}

/// Where in a cell the last byte stands.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Begins,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first of two that stand for one.
    Quote,
}

impl<R> Rows<R> {
    fn pass(&mut self, byte: u8) -> io::Result<()> {
        self.cell = match (self.cell, byte) {
            (Cell::Begins | Cell::Quote, b'"') => Cell::Quoted,
            (Cell::Quoted, b'"') => Cell::Quote,
            (Cell::Quoted, _) => Cell::Quoted,
            (_, b'\n' | b'\r') => {
                self.length = 0;
                self.cell = Cell::Begins;
                return Ok(());
            }
            (_, byte) if byte == self.delimiter => Cell::Begins,
            _ => Cell::Plain,
        };
        self.length += 1;
        if self.length <= LINE_BYTES_MAX {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, format!("a row is longer than {LINE_BYTES_MAX} bytes")))
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        for byte in &buffer[..read] {
            self.pass(*byte)?;
        }
        Ok(read)
    }
}

fn table(name: String, reader: BufReader<File>, delimiter: u8) -> io::Result<impl Iterator<Item = Item> + Send> {
    let reader = Rows { reader, delimiter, length: 0, cell: Cell::Begins };
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(reader);
    let header = reader.headers()?.clone();
    let header: Vec<String> = header.iter().map(|column| base::clean::soft_line(column).to_lowercase()).collect();
    if let Some(missing) = COLUMNS.iter().find(|column| !header.iter().any(|known| known == *column)) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("no column \"{missing}\"")));
    }
    // What follows bytes that cannot be read is not there; the row they stand in is told, once.
    let mut lost = false;
    let rows = reader.into_records().take_while(move |row| {
        let was_lost = lost;
        lost |= row.as_ref().is_err_and(csv::Error::is_io_error);
        !was_lost
    });
    Ok(rows.enumerate().map(move |(at, row)| {
        let line = row.as_ref().ok().and_then(|row| row.position().map(csv::Position::line)).unwrap_or(at as u64 + 2);
        let record = row
            .map(|row| record_of(&header, &row))
            .map_err(|error| Reason { code: "line-broken", detail: error.to_string() });
        Item { place: format!("{name}:{line}"), record, summary: true }
    }))
}

/// A table's row in the shape of a detail record.
fn record_of(header: &[String], row: &csv::StringRecord) -> Value {
    let get = |column: &str| {
        header.iter().position(|known| known == column).and_then(|at| row.get(at)).unwrap_or_default().trim()
    };
    let list = |column: &str| -> Vec<&str> { get(column).split('|').filter(|part| !part.is_empty()).collect() };
    let codes = list("result_codes");
    let results: Vec<Value> = list("result_names")
        .iter()
        .enumerate()
        .map(|(at, name)| json!({ "name": name, "code": codes.get(at) }))
        .collect();
    let channels = [
        ("Trực tiếp", "has_direct", "time_direct", "fee_direct"),
        ("Trực tuyến", "has_online", "time_online", "fee_online"),
        ("Dịch vụ bưu chính", "has_post", "time_post", ""),
    ];
    let methods: Vec<Value> = channels
        .into_iter()
        .filter(|(_, has, ..)| get(has) == "1")
        .map(|(channel, _, time, fee)| method(channel, get(time), if fee.is_empty() { "" } else { get(fee) }))
        .collect();
    let mut record = Map::new();
    for column in ["code", "name", "field", "level", "decision", "url", "source"] {
        record.insert(column.to_owned(), Value::from(get(column)));
    }
    record.insert("applicants".to_owned(), json!(list("applicants")));
    record.insert("legal_basis".to_owned(), json!(list("legal_basis")));
    record.insert("results".to_owned(), Value::Array(results));
    record.insert("methods".to_owned(), Value::Array(methods));
    Value::Object(record)
}

/// `3 Ngày làm việc`, `1 ?` (no unit in the source) or nothing; `8000 VND`, `0` or nothing.
fn method(channel: &str, time: &str, fee: &str) -> Value {
    let (time, fee) = (base::clean::soft_line(time), base::clean::soft_line(fee));
    let (value, unit) = time.split_once(' ').unwrap_or((&time, ""));
    let (amount, currency) = fee.split_once(' ').unwrap_or((&fee, ""));
    // Half days are written with a comma, amounts with points.
    let value = value.replace(',', ".");
    let amount = amount.parse::<i64>().ok().or_else(|| amount.parse::<base::Dong>().ok().map(|amount| amount.0));
    json!({
        "channel": channel,
        "time_value": value.parse::<i64>().map(Value::from).or_else(|_| value.parse::<f64>().map(Value::from)).unwrap_or(Value::Null),
        "time_unit": if unit == "?" { "" } else { unit },
        "fee_value": amount,
        "fee_currency": currency,
        "fee_text": fee,
    })
}
