//! A list as a file. Rows are written as they are read and lie in a temporary file: memory does not grow with them.

use crate::declare::{Cell, Kind, List, On, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base::{Date, Fault, Problem, Time};
use i18n::L;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatBorder, Workbook, XlsxError};
use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use web::table::{attachment, csv_text};

/// Rows a file holds at most; it says so when it was cut.
pub const ROWS_MAX: usize = web::table::EXPORT_ROWS_MAX;
/// Letters of a sheet's cell.
const CELL_MAX: usize = 32_767;
/// Bytes of a piece that goes out at once.
const PIECE: usize = 64 * 1024;

/// What a file says of itself beside its rows.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The list's name.
    pub title: String,
    /// What it was filtered by, how it is sorted, when and by whom it was taken: label and value.
    pub lines: Vec<(String, String)>,
}

/// A file being written.
pub struct Sheet {
    l: L,
    kinds: Vec<Kind>,
    heads: Vec<String>,
    rows: usize,
    cut: bool,
    about: About,
    writes: Writes,
}

enum Writes {
    Csv(BufWriter<File>),
    Xlsx(Box<Book>),
}

struct Book {
    book: Workbook,
    text: Format,
    day: Format,
    moment: Format,
    dong: Format,
    whole: Format,
}

impl Sheet {
    /// Begins a file of a list's columns.
    ///
    /// # Errors
    /// 422 for another format than `csv` and `xlsx`; the disk's.
    pub fn begin<R>(l: L, list: &List<R>, format: &str, about: About) -> Result<Sheet, Fault> {
        let columns: Vec<_> = list.columns.iter().filter(|column| column.on != On::Page).collect();
        let heads: Vec<String> = columns.iter().map(|column| l.t(column.word)).collect();
        let kinds: Vec<Kind> = columns.iter().map(|column| column.kind).collect();
        let writes = match format {
            "csv" => Writes::Csv(BufWriter::new(tempfile::tempfile().map_err(Fault::internal)?)),
            "xlsx" => Writes::Xlsx(Box::new(Book::begin(&heads, &kinds).map_err(Fault::internal)?)),
            _ => return Err(Fault::invalid(Problem::new("web-export-format").field("format"))),
        };
        let mut sheet = Sheet { l, kinds, heads: heads.clone(), rows: 0, cut: false, about, writes };
        if let Writes::Csv(_) = sheet.writes {
            sheet.line(&heads.iter().map(|head| csv_text(head)).collect::<Vec<_>>())?;
        }
        Ok(sheet)
    }

    /// How many more rows it takes.
    pub fn room(&self) -> usize {
        ROWS_MAX - self.rows
    }

    /// Writes a row.
    ///
    /// # Errors
    /// The disk's.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        if self.rows == ROWS_MAX {
            self.cut = true;
            return Ok(());
        }
        self.rows += 1;
        match &mut self.writes {
            Writes::Csv(_) => {
                let texts: Vec<String> = cells.iter().map(|cell| csv_value(&cell.value)).collect();
                self.line(&texts)
            }
            Writes::Xlsx(book) => book.row(self.rows, &self.kinds, cells).map_err(Fault::internal),
        }
    }

    /// More rows are there than it holds.
    pub fn is_cut(&mut self) {
        self.cut = true;
    }

    fn line(&mut self, texts: &[String]) -> Result<(), Fault> {
        let Writes::Csv(out) = &mut self.writes else { return Ok(()) };
        out.write_all(texts.join(",").as_bytes()).and_then(|()| out.write_all(b"\r\n")).map_err(Fault::internal)
    }

    /// The answer that carries the file. `name`: its name without an ending.
    ///
    /// # Errors
    /// The disk's.
    pub fn answer(self, name: &str) -> Result<Response, Fault> {
        let said = self.cut.then(|| self.l.tr("lists-cut", [("max", self.l.number(self.rows as i64))]));
        let name = if self.cut { format!("{name}-{}", self.rows) } else { name.to_owned() };
        let rows = self.rows;
        let (mut file, before, ending, kind) = match self.writes {
            Writes::Csv(mut out) => {
                // The byte order mark is what spreadsheets know UTF-8 by.
                let mut before = "\u{FEFF}".to_owned();
                if let Some(said) = &said {
                    let line = format!("{}\r\n", csv_text(said));
                    before.push_str(&line);
                    out.write_all(line.as_bytes()).map_err(Fault::internal)?;
                }
                let file = out.into_inner().map_err(|error| Fault::internal(error.into_error()))?;
                (file, before, "csv", "text/csv; charset=utf-8")
            }
            Writes::Xlsx(book) => {
                let columns = self.heads.len();
                let file = book.finish(self.l, columns, rows, said.as_deref(), &self.about).map_err(Fault::internal)?;
                (file, String::new(), "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            }
        };
        let length = file.seek(SeekFrom::End(0)).map_err(Fault::internal)? + before.len() as u64;
        file.rewind().map_err(Fault::internal)?;
        let mut response = Response::new(body(before, file));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(header::CONTENT_DISPOSITION, attachment(&format!("{name}.{ending}")));
        // From here the record of access knows that a file went out, and of how many rows.
        response.extensions_mut().insert(web::ExportedRows(rows as i64));
        Ok(response)
    }
}

/// A file's bytes, piece by piece.
fn body(before: String, file: File) -> Body {
    let first = futures_util::stream::iter([Ok::<_, std::io::Error>(before.into_bytes())]);
    let rest = futures_util::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let n = file.read(&mut piece);
            (file, piece, n)
        });
        match read.await {
            Ok((_, _, Ok(0))) => None,
            Ok((file, mut piece, Ok(n))) => {
                piece.truncate(n);
                Some((Ok(piece), Some(file)))
            }
            Ok((_, _, Err(error))) => Some((Err(error), None)),
            Err(error) => Some((Err(std::io::Error::other(error)), None)),
        }
    });
    Body::from_stream(futures_util::StreamExt::chain(first, rest))
}

/// As a text of CSV. Days are written year first: every spreadsheet reads them so, in any language.
fn csv_value(value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => csv_text(text),
        Value::Whole(n) | Value::Dong(n) => n.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Moment(at) => at.local().strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

impl Book {
    fn begin(heads: &[String], kinds: &[Kind]) -> Result<Book, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        // Widths go before the rows: with constant memory nothing is known of them afterwards.
        for (column, kind) in (0u16..).zip(kinds) {
            let width = match kind {
                Kind::Text => 40.0,
                Kind::Word => 22.0,
                Kind::Whole => 10.0,
                Kind::Dong => 16.0,
                Kind::Day => 12.0,
                Kind::Moment => 17.0,
            };
            sheet.set_column_width(column, width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        for (column, text) in (0u16..).zip(heads) {
            sheet.write_string_with_format(0, column, text, &head)?;
        }
        Ok(Book {
            book,
            text: Format::new().set_text_wrap(),
            day: Format::new().set_num_format("dd/mm/yyyy"),
            moment: Format::new().set_num_format("dd/mm/yyyy hh:mm"),
            dong: Format::new().set_num_format("#,##0\\ \"đ\""),
            whole: Format::new().set_num_format("#,##0"),
        })
    }

    fn row(&mut self, row: usize, kinds: &[Kind], cells: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        for ((column, cell), kind) in (0u16..).zip(cells).zip(kinds) {
            match &cell.value {
                Value::Nothing => continue,
                // Written as a string, a text is never run as a formula.
                Value::Text(text) => {
                    let text: String = text.chars().take(CELL_MAX).collect();
                    match kind {
                        Kind::Text => sheet.write_string_with_format(row, column, text, &self.text)?,
                        _ => sheet.write_string(row, column, text)?,
                    }
                }
                Value::Whole(n) => sheet.write_number_with_format(row, column, *n as f64, &self.whole)?,
                Value::Dong(n) => sheet.write_number_with_format(row, column, *n as f64, &self.dong)?,
                Value::Number(n) => sheet.write_number(row, column, *n)?,
                Value::Day(day) => sheet.write_datetime_with_format(row, column, &excel(*day, None)?, &self.day)?,
                Value::Moment(at) => {
                    let local = at.local();
                    let moment = excel(local.date(), Some(local.time()))?;
                    sheet.write_datetime_with_format(row, column, &moment, &self.moment)?
                }
            };
        }
        Ok(())
    }

    fn finish(
        mut self,
        l: L,
        columns: usize,
        rows: usize,
        said: Option<&str>,
        about: &About,
    ) -> Result<File, XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        sheet.set_name(l.t("lists-sheet-rows"))?;
        let last = (u32::try_from(rows).unwrap_or(u32::MAX), u16::try_from(columns.saturating_sub(1)).unwrap_or(0));
        sheet.autofilter(0, 0, last.0, last.1)?;
        if let Some(said) = said {
            sheet.write_string(last.0 + 1, 0, said)?;
        }
        let notes = self.book.add_worksheet();
        notes.set_name(l.t("lists-sheet-about"))?;
        notes.set_column_width(0, 26)?.set_column_width(1, 60)?;
        notes.write_string_with_format(0, 0, &about.title, &Format::new().set_bold())?;
        let rows = [(l.t("lists-about-rows"), l.number(rows as i64))];
        let cut = said.map(|said| (l.t("lists-about-cut"), said.to_owned()));
        for (row, (label, value)) in (1u32..).zip(about.lines.iter().chain(&rows).chain(&cut)) {
            notes.write_string(row, 0, label)?;
            notes.write_string(row, 1, value)?;
        }
        let mut file = tempfile::tempfile().map_err(XlsxError::IoError)?;
        self.book.save_to_writer(&mut file)?;
        Ok(file)
    }
}

/// A date as workbooks count it; one before 1900 is held at their first day.
fn excel(day: Date, time: Option<Time>) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900).max(1900);
    let date = ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs())?;
    match time {
        None => Ok(date),
        Some(time) => date.and_hms(u16::from(time.hour().unsigned_abs()), time.minute().unsigned_abs(), 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Shape};
    use base::{Instant, Lang};

    struct Row(&'static str, i64, Instant);

    static LIST: List<Row> = List {
        key: "things",
        path: "/things",
        title: "lists-views",
        tabs: &[],
        tab_word: "",
        through: "",
        filters: &[],
        columns: &[
            Column::new("name", "lists-name", Kind::Text, |row: &Row| Cell::text(row.0)),
            Column::new("shown", "lists-views", Kind::Text, |_| Cell::text("page alone")).on(On::Page),
            Column::new("fee", "lists-all", Kind::Dong, |row: &Row| Cell::of(Value::Dong(row.1))),
            Column::new("at", "lists-filter", Kind::Moment, |row: &Row| Cell::moment(Some(row.2))).on(On::File),
            Column::new("day", "lists-first", Kind::Day, |row: &Row| Cell::day(Some(row.2.date()))),
            Column::new("none", "lists-none", Kind::Whole, |_| Cell::default()),
        ],
        order: ("name", false),
        shape: Shape::ID,
        empty: ("lists-none", "lists-none-hint"),
        files: true,
    };

    fn noon() -> Instant {
        Instant::from_local(Date::constant(2026, 11, 29).at(12, 0, 0, 0))
    }

    fn sheet(format: &str, rows: &[Row]) -> Sheet {
        let about = About { title: "Việc".into(), lines: vec![("Lấy lúc".into(), "=1+1".into())] };
        let mut sheet = Sheet::begin(L(Lang::Vi), &LIST, format, about).unwrap();
        for row in rows {
            let columns = LIST.columns.iter().filter(|column| column.on != On::Page);
            sheet.row(&columns.map(|column| (column.cell)(row)).collect::<Vec<_>>()).unwrap();
        }
        sheet
    }

    async fn bytes(response: Response) -> Vec<u8> {
        let promised: usize = response.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        assert_eq!(bytes.len(), promised);
        bytes
    }

    #[tokio::test]
    async fn a_csv_carries_what_files_carry_and_runs_nothing() {
        let rows = [
            Row("=cmd|'/c calc'!A1", -150_000, noon()),
            Row("Nguyễn, \"Tư\"", 3, noon()),
            Row("0912345678", 0, noon()),
        ];
        let response = sheet("csv", &rows).answer("viec").unwrap();
        assert_eq!(response.extensions().get::<web::ExportedRows>(), Some(&web::ExportedRows(3)));
        let text = String::from_utf8(bytes(response).await).unwrap();
        let lines: Vec<&str> = text.strip_prefix('\u{FEFF}').unwrap().lines().collect();
        assert_eq!(lines[1], "'=cmd|'/c calc'!A1,-150000,2026-11-29 12:00,2026-11-29,");
        assert_eq!(lines[2], "\"Nguyễn, \"\"Tư\"\"\",3,2026-11-29 12:00,2026-11-29,");
        assert_eq!(lines[3], "\"=\"\"0912345678\"\"\",0,2026-11-29 12:00,2026-11-29,");
        assert_eq!(lines.len(), 4);
    }

    fn part(book: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn a_workbook_has_typed_cells_a_frozen_head_a_filter_and_says_what_it_is() {
        let response = sheet("xlsx", &[Row("=1+1", 150_000, noon())]).answer("viec").unwrap();
        let book = bytes(response).await;
        let rows = part(&book, "xl/worksheets/sheet1.xml");
        // Noon of 29/11/2026, its day, the amount: numbers with a format, not texts; no formula anywhere.
        for number in ["<v>46355.5</v>", "<v>46355</v>", "<v>150000</v>"] {
            assert!(rows.contains(number), "{number}: {rows}");
        }
        assert!(!rows.contains("<f>") && rows.contains("=1+1"), "{rows}");
        assert!(rows.contains("state=\"frozen\"") && rows.contains("<autoFilter ref=\"A1:E2\"/>"), "{rows}");
        let styles = part(&book, "xl/styles.xml");
        assert!(styles.contains("dd/mm/yyyy") && styles.contains("#,##0\\ &quot;đ&quot;"), "{styles}");
        let about = format!("{}{}", part(&book, "xl/sharedStrings.xml"), part(&book, "xl/worksheets/sheet2.xml"));
        assert!(about.contains("Lấy lúc") && !about.contains("<f>"), "{about}");
    }

    #[tokio::test]
    async fn a_file_that_was_cut_says_so() {
        let mut all = sheet("csv", &[]);
        for _ in 0..ROWS_MAX {
            all.row(&[]).unwrap();
        }
        assert_eq!(all.room(), 0);
        all.row(&[]).unwrap();
        let response = all.answer("viec").unwrap();
        let name = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert!(name.contains("viec-50000.csv"), "{name}");
        let text = String::from_utf8(bytes(response).await).unwrap();
        let lines: Vec<&str> = text.strip_prefix('\u{FEFF}').unwrap().lines().collect();
        assert_eq!((lines.len(), lines[0]), (ROWS_MAX + 3, lines[ROWS_MAX + 2]));
        assert!(matches!(Sheet::begin(L(Lang::Vi), &LIST, "exe", About::default()), Err(Fault::Invalid(_))));
    }
}
