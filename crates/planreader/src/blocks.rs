//! Paragraphs, list items and table cells, with the number or sign that opens each.

use crate::fold::patterns;
use crate::lines::{Line, continues, is_upper, lines, wrap};
use crate::view::View;

/// Cells closed after a lone stroke that make it the start of a row.
const ROW_CELLS_MIN: usize = 3;
/// Lines that one row of a table may be broken over.
const ROW_LINES_MAX: usize = 80;

patterns! {
    PART = r"^(?:phần|chương)\s+(?:thứ\s+)?(?:[ivxl]{1,5}|\d{1,2}|một|hai|ba|nhất)\b[.:]?\s*";
    ARTICLE = r"^(?:điều|mục)\s+(?:\d{1,3}|[ivxl]{1,5})\b[.:]?\s*";
    ROMAN = r"^[ivxl]{1,5}[.)\-/:]\s*";
    CAPITAL = r"^[a-h][.)\-]\s+";
    DOTTED = r"^\d{1,2}(?:\.\d{1,2}){1,3}[.)]?\s+";
    ARABIC = r"^\d{1,2}[.)]\s+|^\d{1,2}[.)]$|^\d{1,2}[.)]\s*$";
    /// "1- Quan điểm": the way of the Party's documents.
    DASHED = r"^\d{1,2}-\s+[a-zWAEDOQU]";
    BRACKETED = r"^\(\d{1,2}\)\s*";
    LETTER = r"^\(?[a-zđ]{1,2}[.)]\s+";
    SIGN = r"^[-+•]\s*";
    HASHES = r"^#{1,6}\s*";
    DELIMITER_ROW = r"^[|:\- ]+$";
}

/// What opens a block. The order is that of outlines: a marker closes all that come after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Marker {
    Part,
    Capital,
    Roman,
    Article,
    Arabic,
    Dotted(u8),
    Bracketed,
    Letter,
    Dash,
    Plus,
    None,
}

/// Where a block stands in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) table: u32,
    pub(crate) row: u32,
    pub(crate) col: u32,
}

/// A paragraph, a list item or a table cell, as a range of the view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where the words start, after the marker.
    pub(crate) body: usize,
    pub(crate) marker: Marker,
    /// A Markdown heading of this many hashes, 0 for none.
    pub(crate) hashes: u8,
    pub(crate) upper: bool,
    /// The cell of a pipe row.
    pub(crate) cell: Option<Cell>,
    /// A line of a single pipe follows: the cell of a table written one cell a line.
    pub(crate) closes_cell: bool,
}

impl Block {
    /// The text of one cell as a block of its own.
    pub(crate) fn cell(start: usize, end: usize) -> Block {
        let cell = Some(Cell { table: 0, row: 0, col: 0 });
        Block { start, end, body: start, marker: Marker::None, hashes: 0, upper: false, cell, closes_cell: false }
    }
}

/// Cuts the view into blocks and joins the wrapped lines of each.
pub(crate) fn blocks(view: &mut View) -> Vec<Block> {
    let lines = lines(view);
    let wrap = wrap(view, &lines);
    let mut spans: Vec<(Line, Option<Cell>, bool)> = Vec::new();
    let mut breaks = Vec::new();
    let (mut table, mut row, mut in_rows) = (0u32, 0u32, false);
    // The line that ends the open block; the block itself may be many lines long.
    let mut tail: Option<Line> = None;
    let mut next = 0;
    while let Some(line) = lines.get(next).copied() {
        let first = next;
        next += 1;
        let text = view.flat(line.start, line.end);
        let closers = |line: &&Line| view.flat(line.start, line.end).ends_with('|');
        // A stroke alone opens a row when the lines after it close several cells.
        let alone = text == "|";
        let opens_row = alone && {
            let last = row_end(view, &lines, first);
            lines[first..=last].iter().skip(1).filter(closers).count() >= ROW_CELLS_MIN
        };
        if alone && !opens_row {
            match spans.last_mut() {
                Some(last) if tail.is_some() => last.2 = true,
                // An empty cell still counts as a column.
                _ => spans.push((Line { start: line.start, end: line.start, after_gap: false }, None, true)),
            }
            tail = None;
            continue;
        }
        if opens_row || text.starts_with('|') || text.matches('|').count() >= 2 {
            if !in_rows {
                table += 1;
                row = 0;
            }
            in_rows = true;
            tail = None;
            let delimiter = !alone && DELIMITER_ROW.is_match(text);
            let last = row_end(view, &lines, first);
            next = last + 1;
            breaks.extend(line_ends(view, line.end, lines[last].end));
            if !delimiter || last > first {
                push_row(view, Line { end: lines[last].end, ..line }, table, row, &mut spans);
                row += 1;
            }
            continue;
        }
        in_rows = false;
        // "Số: 257/KH-UBND |": the stroke that closes a cell at the end of its line.
        let (line, closes) = match text.strip_suffix('|') {
            Some(words) => (Line { end: line.start + words.trim_end().len(), ..line }, true),
            None => (line, false),
        };
        match spans.last_mut() {
            Some((last, None, false)) if tail.is_some_and(|tail| continues(view, tail, line, wrap)) => {
                breaks.extend(line_ends(view, last.end, line.start));
                last.end = line.end;
            }
            _ => spans.push((line, None, false)),
        }
        tail = Some(line).filter(|_| !closes);
        if let Some(last) = spans.last_mut().filter(|_| closes) {
            last.2 = true;
        }
    }
    view.join_lines(&breaks);
    spans.into_iter().map(|(line, cell, closes)| block(view, line, cell, closes)).collect()
}

/// The line ends of a stretch.
fn line_ends(view: &View, start: usize, end: usize) -> Vec<usize> {
    let text = view.flat(start, end);
    text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| start + at).collect()
}

/// The last line of a row: cells of several paragraphs break it over lines, of which only the first opens
/// with a stroke.
fn row_end(view: &View, lines: &[Line], first: usize) -> usize {
    let opens = |line: &Line| view.flat(line.start, line.end).starts_with('|');
    if !opens(&lines[first]) {
        return first;
    }
    let below = lines.iter().enumerate().skip(first + 1).take(ROW_LINES_MAX);
    let own = below.take_while(|(_, line)| !opens(line) && !line.after_gap);
    own.filter(|(_, line)| view.flat(line.start, line.end).ends_with('|')).last().map_or(first, |(at, _)| at)
}

/// The cells of a row between pipes; an escaped pipe has lost its stroke in the view already.
fn push_row(view: &View, line: Line, table: u32, row: u32, spans: &mut Vec<(Line, Option<Cell>, bool)>) {
    let text = view.flat(line.start, line.end);
    let (mut at, mut col) = (line.start, 0);
    let inner = text.strip_prefix('|').inspect(|_| at += 1);
    let inner = inner.unwrap_or(text);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    for piece in inner.split('|') {
        let lead = piece.len() - piece.trim_start().len();
        let cell = Line { start: at + lead, end: at + lead + piece.trim().len(), after_gap: false };
        spans.push((cell, Some(Cell { table, row, col }), false));
        at += piece.len() + 1;
        col += 1;
    }
}

fn block(view: &View, line: Line, cell: Option<Cell>, closes_cell: bool) -> Block {
    let text = view.flat(line.start, line.end.min(line.start + 80));
    let hashes = HASHES.find(text).map_or(0, |(_, end)| text[..end].matches('#').count() as u8);
    let skip = if hashes > 0 { HASHES.find(text).map_or(0, |(_, end)| end) } else { 0 };
    let (marker, width) = marker(view, line.start + skip, &text[skip..]);
    let body = (line.start + skip + width).min(line.end);
    let upper = is_upper(view, Line { start: body, ..line });
    Block { start: line.start, end: line.end, body, marker, hashes, upper, cell, closes_cell }
}

/// The marker that opens a text and how many characters it takes.
fn marker(view: &View, start: usize, text: &str) -> (Marker, usize) {
    let upper = view.char(start).is_some_and(char::is_uppercase);
    let take = |pattern: &crate::fold::Pattern| pattern.find(text).map(|(_, end)| end);
    if let Some(end) = take(&PART).filter(|_| upper) {
        return (Marker::Part, end);
    }
    if let Some(end) = take(&ARTICLE).filter(|_| upper) {
        return (Marker::Article, end);
    }
    if let Some(end) = take(&ROMAN).filter(|end| upper && (*end > 2 || !text.starts_with(['c', 'd', 'l']))) {
        return (Marker::Roman, end);
    }
    if let Some(end) = take(&CAPITAL).filter(|_| upper) {
        return (Marker::Capital, end);
    }
    if let Some(end) = take(&DOTTED) {
        let depth = text[..end].trim_end().trim_end_matches('.').matches('.').count() as u8;
        return (Marker::Dotted(depth), end);
    }
    if let Some(end) = take(&ARABIC) {
        return (Marker::Arabic, end);
    }
    if let Some(end) = take(&DASHED).map(|end| end - 1)
        && view.char(start + end).is_some_and(char::is_uppercase)
    {
        return (Marker::Arabic, end);
    }
    if let Some(end) = take(&BRACKETED) {
        return (Marker::Bracketed, end);
    }
    if let Some(end) = take(&LETTER).filter(|_| !upper) {
        return (Marker::Letter, end);
    }
    match take(&SIGN) {
        Some(end) if text.starts_with('+') => (Marker::Plus, end),
        Some(end) => (Marker::Dash, end),
        None => (Marker::None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(Marker, String)> {
        let mut view = View::new(text);
        let blocks = blocks(&mut view);
        blocks.iter().map(|b| (b.marker, view.text(b.body, b.end))).collect()
    }

    #[test]
    fn markers_of_the_outline_are_told_apart() {
        let found = cut(
            "II. MỤC TIÊU\n1. Mục tiêu chung\n2.1. Chỉ tiêu\n(3) Đến năm\na) Sở Nội vụ\n- Rà soát\n+ Tối thiểu\nĐiều 2. Thi hành",
        );
        let markers: Vec<Marker> = found.iter().map(|f| f.0).collect();
        assert_eq!(
            markers,
            [
                Marker::Roman,
                Marker::Arabic,
                Marker::Dotted(1),
                Marker::Bracketed,
                Marker::Letter,
                Marker::Dash,
                Marker::Plus,
                Marker::Article
            ]
        );
        assert_eq!(found[3].1, "Đến năm");
    }

    #[test]
    fn a_pipe_row_is_one_block_a_cell_and_the_rule_below_the_head_is_none() {
        let mut view = View::new("| STT | Nhiệm vụ |\n|---|---|\n| 1 | Rà soát |");
        let cells: Vec<_> = blocks(&mut view)
            .iter()
            .map(|b| (b.cell.unwrap().row, b.cell.unwrap().col, view.text(b.start, b.end)))
            .collect();
        assert_eq!(
            cells,
            [(0, 0, "STT".into()), (0, 1, "Nhiệm vụ".into()), (1, 0, "1".into()), (1, 1, "Rà soát".into())]
        );
    }

    #[test]
    fn a_row_broken_over_lines_is_one_row() {
        let mut view = View::new(
            "| 1 |\nTỉ lệ thôn\ncó cáp quang |\n% |\n≥ 97 |\n| 2 | Số trạm | Trạm | 24 |\nSố: 257/KH-UBND |\nHà Nội",
        );
        let blocks = blocks(&mut view);
        let cells: Vec<_> =
            blocks.iter().map(|b| (b.cell.map(|c| (c.row, c.col)), view.text(b.start, b.end))).collect();
        assert_eq!(cells[1], (Some((0, 1)), "Tỉ lệ thôn có cáp quang".into()));
        assert_eq!(cells[3], (Some((0, 3)), "≥ 97".into()));
        assert_eq!(cells[4].0, Some((1, 0)));
    }

    #[test]
    fn an_empty_cell_between_lone_pipes_is_kept() {
        let mut view = View::new("I\n|\nThể chế\n|\n|\n|\n1\n|");
        let blocks = blocks(&mut view);
        assert_eq!(blocks.len(), 5);
        assert!(blocks.iter().all(|b| b.closes_cell));
        assert_eq!(blocks[2].start, blocks[2].end);
    }

    #[test]
    fn a_number_with_thousands_is_no_marker() {
        assert_eq!(cut("1.009 lượt người")[0].0, Marker::None);
        assert_eq!(cut("100% xã đạt chuẩn")[0].0, Marker::None);
    }
}
