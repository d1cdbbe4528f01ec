//! Lists: pages ([`Paging`]), sort links and filters whose state is in the address, and exports of what is shown.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Date, Fault, Instant, Problem, Time};
use i18n::L;

pub use crate::paging::Paging;

/// Rows a list shows when nothing else is asked.
pub const PER_PAGE: u32 = 25;
/// Rows a list shows at most.
pub const PER_PAGE_MAX: u32 = 100;
/// Pages one may turn; beyond this a filter finds faster than leafing.
pub const PAGE_MAX: u32 = 10_000;
/// Rows an export holds at most; the sheet says so when it was cut.
pub const EXPORT_ROWS_MAX: usize = 50_000;

/// Percent-encodes a value for a query or a path part.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The pairs of an address's query, cleaned; a control character is a blank.
pub fn query_pairs(uri: &str) -> Vec<(String, String)> {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.into_iter().map(|(name, value)| (base::clean::soft_line(&name), value)).map(softened).collect()
}

fn softened((name, value): (String, String)) -> (String, String) {
    let value = crate::cleaning::soft(&name, &value);
    (name, value)
}

/// The first value of a name in an address's query; empty when absent.
pub fn query_value(uri: &str, name: &str) -> String {
    query_pairs(uri).into_iter().find(|(n, _)| n == name).map(|(_, v)| v).unwrap_or_default()
}

/// The address with some values changed (an empty value takes the name out), everything else kept:
/// `with("/work?tab=late&page=3", &[("sort", "due"), ("page", "")])` is `/work?tab=late&sort=due`.
pub fn with(uri: &str, changes: &[(&str, &str)]) -> String {
    let path = uri.split('?').next().unwrap_or("/");
    let mut pairs = query_pairs(uri);
    pairs.retain(|(name, value)| !value.is_empty() && !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let query: Vec<String> = pairs.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The same, shown from its first page: for what changes which rows there are, or their order.
pub fn afresh(uri: &str, changes: &[(&str, &str)]) -> String {
    let first = [("page", ""), ("after", ""), ("before", "")];
    with(uri, &first.iter().chain(changes).copied().collect::<Vec<_>>())
}

/// A sortable column's head: `sort=due` ascending, `sort=-due` descending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortLink {
    pub href: String,
    /// "ascending", "descending" or "none", for `aria-sort`.
    pub state: &'static str,
}

/// The link that sorts by a column, or turns its direction round.
pub fn sort_link(uri: &str, column: &str) -> SortLink {
    let now = query_value(uri, "sort");
    let (next, state) = match now.strip_prefix('-') {
        Some(c) if c == column => (column.to_owned(), "descending"),
        None if now == column => (format!("-{column}"), "ascending"),
        _ => (column.to_owned(), "none"),
    };
    SortLink { href: afresh(uri, &[("sort", &next)]), state }
}

/// The sort asked for, if it is one of the columns offered: (column, descending).
pub fn sort_of<'a>(uri: &str, offered: &[&'a str]) -> Option<(&'a str, bool)> {
    let asked = query_value(uri, "sort");
    let (name, descending) = asked.strip_prefix('-').map_or((asked.as_str(), false), |name| (name, true));
    offered.iter().find(|c| **c == name).map(|c| (*c, descending))
}

/// A cell of an export.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    /// A day; a real date in a workbook.
    Day(Date),
    /// A moment, in the time of Vietnam; a real date with its time in a workbook.
    Moment(Instant),
}

impl Cell {
    /// A moment, or an empty cell.
    pub fn moment(at: Option<Instant>) -> Cell {
        at.map_or_else(|| Cell::Text(String::new()), Cell::Moment)
    }

    /// A day, or an empty cell.
    pub fn day(day: Option<Date>) -> Cell {
        day.map_or_else(|| Cell::Text(String::new()), Cell::Day)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}
impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}
impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Cell::Number(n as f64)
    }
}
impl From<f64> for Cell {
    fn from(n: f64) -> Self {
        Cell::Number(n)
    }
}

/// The list as a file: `format` is "csv" or "xlsx"; `name` without its ending. Rows over [`EXPORT_ROWS_MAX`] are
/// left out, and the first row, the last row and the file's name say so.
pub fn export(l: L, format: &str, name: &str, headers: &[String], rows: Vec<Vec<Cell>>) -> Result<Response, Fault> {
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    export_of(l, format, name, headers, rows, total)
}

/// The same for the beginning of a list of `total` rows, so that nobody has to read more than is written.
pub fn export_of(
    l: L,
    format: &str,
    name: &str,
    headers: &[String],
    mut rows: Vec<Vec<Cell>>,
    total: i64,
) -> Result<Response, Fault> {
    rows.truncate(EXPORT_ROWS_MAX);
    let written = rows.len();
    let mut name = name.to_owned();
    if total > i64::try_from(written).unwrap_or(i64::MAX) {
        let counts = [("max", l.number(written as i64)), ("total", l.number(total))];
        let cut = vec![Cell::Text(l.tr("web-export-cut", counts))];
        rows.insert(0, cut.clone());
        rows.push(cut);
        name = format!("{name}-{written}-{total}");
    }
    let (bytes, media_type) = match format {
        "csv" => (csv(headers, &rows).into_bytes(), "text/csv; charset=utf-8"),
        "xlsx" => (
            xlsx(headers, &rows).map_err(Fault::internal)?,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        _ => return Err(Fault::invalid(Problem::new("web-export-format").field("format"))),
    };
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment(&format!("{name}.{format}")));
    response.extensions_mut().insert(crate::ExportedRows(i64::try_from(written).unwrap_or(i64::MAX)));
    Ok(response)
}

/// `Content-Disposition: attachment` with a Vietnamese file name (RFC 6266) and a plain one for old programs.
pub fn attachment(name: &str) -> HeaderValue {
    disposition("attachment", name)
}

/// The same for what is looked at in the browser, and saved under this name from there.
pub fn inline(name: &str) -> HeaderValue {
    disposition("inline", name)
}

fn disposition(kind: &'static str, name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let text = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(kind))
}

/// With the byte order mark Excel needs to read UTF-8, CRLF, RFC 4180 quotes. A text a spreadsheet would run as a
/// formula is led by an apostrophe; one it would take for a number or a date (`0912345678`, `1/2`) stands as `="0912345678"`,
/// which opens as that very text. Dates are written year first: every spreadsheet reads them so, in any language.
fn csv(headers: &[String], rows: &[Vec<Cell>]) -> String {
    let mut out = String::from("\u{FEFF}");
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    };
    line(&mut headers.iter().map(|h| csv_text(h)));
    for row in rows {
        line(&mut row.iter().map(|cell| match cell {
            Cell::Text(text) => csv_text(text),
            Cell::Number(n) => n.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Moment(at) => at.local().strftime("%Y-%m-%d %H:%M").to_string(),
        }));
    }
    out
}

/// Whether a spreadsheet opening the file would make a number, a date or a truth of a text.
fn would_change(text: &str) -> bool {
    let numeric = |c: char| c.is_ascii_digit() || "+-.,/: %()eE".contains(c);
    (text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(numeric))
        || ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A text as a field of CSV that no spreadsheet runs or changes; see [`export`].
pub fn csv_text(text: &str) -> String {
    if would_change(text) {
        return format!("\"=\"\"{text}\"\"\"");
    }
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if risky { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r', ';']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

fn xlsx(headers: &[String], rows: &[Vec<Cell>]) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    use rust_xlsxwriter::{Format, FormatBorder, Workbook};
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    for (column, text) in (0u16..).zip(headers) {
        sheet.write_string_with_format(0, column, text, &head)?;
    }
    for (row, cells) in (1u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                // Written as a string, a text is never run as a formula.
                Cell::Text(text) => sheet.write_string(row, column, text.chars().take(32_767).collect::<String>())?,
                Cell::Number(n) => sheet.write_number(row, column, *n)?,
                Cell::Day(date) => sheet.write_datetime_with_format(row, column, &excel(*date, None)?, &day)?,
                Cell::Moment(at) => {
                    let local = at.local();
                    sheet.write_datetime_with_format(row, column, &excel(local.date(), Some(local.time()))?, &moment)?
                }
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer()
}

/// A date as workbooks count it; one before 1900 is held at their first day.
fn excel(day: Date, time: Option<Time>) -> Result<rust_xlsxwriter::ExcelDateTime, rust_xlsxwriter::XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900).max(1900);
    let (month, of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(year, month, of_month)?;
    match time {
        None => Ok(date),
        Some(time) => date.and_hms(u16::from(time.hour().unsigned_abs()), time.minute().unsigned_abs(), 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_change_is_kept_as_text_in_csv() {
        let row = [
            "0912345678",
            "00123",
            "1/2",
            "+84 912",
            "1.001193",
            "12E5",
            "true",
            "H13.08-261122-0012",
            "12 đường 3/2",
            "",
        ];
        let text = csv(&["A".into()], &[row.map(Cell::from).to_vec()]);
        let line = text.lines().nth(1).unwrap();
        assert_eq!(
            line,
            "\"=\"\"0912345678\"\"\",\"=\"\"00123\"\"\",\"=\"\"1/2\"\"\",\"=\"\"+84 912\"\"\",\"=\"\"1.001193\"\"\",\"=\"\"12E5\"\"\",\"=\"\"true\"\"\",H13.08-261122-0012,12 đường 3/2,"
        );
        let at = Instant::from_local(Date::constant(2026, 11, 29).at(10, 16, 0, 0));
        let dates =
            csv(&["A".into()], &[vec![Cell::Moment(at), Cell::Day(Date::constant(2026, 1, 2)), Cell::moment(None)]]);
        assert_eq!(dates.lines().nth(1).unwrap(), "2026-11-29 10:16,2026-01-02,");
    }

    #[test]
    fn a_date_is_a_real_date_in_a_workbook() {
        let at = Instant::from_local(Date::constant(2026, 11, 29).at(12, 0, 0, 0));
        let bytes = xlsx(&["A".into()], &[vec![Cell::Moment(at), Cell::Day(Date::constant(1900, 3, 1))]]).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
        // 29/11/2026 is day 46355 of workbooks, noon half of it; both cells carry a style, none is a text.
        assert!(sheet.contains("<v>46355.5</v>"), "{sheet}");
        assert!(sheet.contains("<v>61</v>") && !sheet.contains("r=\"A2\" t="), "{sheet}");
    }

    #[test]
    fn the_state_of_a_list_stays_in_the_address() {
        assert_eq!(with("/work?tab=late&page=3", &[("sort", "due"), ("page", "")]), "/work?tab=late&sort=due");
        assert_eq!(with("/work", &[("q", "đường 1")]), "/work?q=%C4%91%C6%B0%E1%BB%9Dng%201");
        assert_eq!(query_value("/work?q=%C4%91%C6%B0%E1%BB%9Dng+1", "q"), "đường 1");
        assert_eq!(query_value("/work?q=%00A%00%E2%80%8BB+%C3%90", "q"), "A B Đ");
    }

    #[test]
    fn sorting_turns_round_and_only_offered_columns_count() {
        assert_eq!(sort_link("/x?page=4", "due").href, "/x?sort=due");
        let link = sort_link("/x?sort=due", "due");
        assert_eq!((link.href.as_str(), link.state), ("/x?sort=-due", "ascending"));
        assert_eq!(sort_of("/x?sort=-due", &["due"]), Some(("due", true)));
        assert_eq!(sort_of("/x?sort=;drop", &["due"]), None);
    }

    #[test]
    fn a_csv_opens_in_excel_and_runs_no_formula() {
        let text = csv(
            &["Chủ hồ sơ".into(), "Số".into()],
            &[vec!["=HYPERLINK(\"x\")".into(), Cell::Number(-5.0)], vec!["Nguyễn, Lan".into(), 3i64.into()]],
        );
        assert!(text.starts_with('\u{FEFF}'));
        assert_eq!(
            text.trim_start_matches('\u{FEFF}'),
            "Chủ hồ sơ,Số\r\n\"'=HYPERLINK(\"\"x\"\")\",-5\r\n\"Nguyễn, Lan\",3\r\n"
        );
    }

    #[tokio::test]
    async fn a_list_that_was_cut_says_so_first_and_last_and_how_long_it_is() {
        use http_body_util::BodyExt as _;
        let rows = vec![vec![Cell::from("H13.08-261120-0012")]];
        let response = export_of(L(base::Lang::Vi), "csv", "so", &["A".into()], rows, 120).unwrap();
        assert!(response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().contains("so-1-120.csv"));
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(text.lines().count(), 4);
        assert_eq!(text.lines().nth(1), text.lines().last());
    }

    #[test]
    fn a_workbook_is_written_and_an_unknown_format_refused() {
        let l = L(base::Lang::Vi);
        let rows = vec![vec![Cell::from("Đường"), Cell::from(2i64)]];
        let response = export(l, "xlsx", "hồ sơ", &["A".into(), "B".into()], rows.clone()).unwrap();
        let disposition = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"h_ s_.xlsx\"; filename*=UTF-8''h%E1%BB%93%20s%C6%A1.xlsx");
        assert!(matches!(export(l, "pdf", "x", &[], rows), Err(Fault::Invalid(_))));
        assert!(xlsx(&["A".into()], &[]).unwrap().starts_with(b"PK"));
    }
}
