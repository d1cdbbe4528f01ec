//! Tables written one cell a line, with lone pipes between the cells or with nothing between.

use super::{COLUMNS_MAX, Role, Row, Span, Table, head_due, is_head, is_ordinal_head, roles};
use crate::blocks::Block;
use crate::fold::patterns;
use crate::view::View;

patterns! {
    /// An ordinal that opens a row.
    ORDINAL = r"^(?:[ivxl]{1,5}|\d{1,3}(?:\.\d{1,2}){0,3}|[a-hđ]|\d{1,2}[a-z])[.)]?$";
    VALUE_CELL = r"^(?:[<>]=?|[≥≤~+]|trên|dưới|khoảng|-|đạt|từ)?\s?\d[\d.,]*\s?%?(?:\s?-\s?\d[\d.,]*\s?%?)?$";
    FOLLOWS = r"^[-+]|^[a-zđ]\)";
}

/// One cell of the two line-a-cell forms: its span and the index of the block after it.
struct Stream<'a> {
    view: &'a View<'a>,
    blocks: &'a [Block],
    piped: bool,
}

impl Stream<'_> {
    fn cell(&self, at: usize) -> Option<(Span, usize)> {
        let first = self.blocks.get(at).filter(|b| b.cell.is_none())?;
        if !self.piped {
            return Some(((first.start, first.end), at + 1));
        }
        // All blocks up to the lone pipe are one cell.
        let close = (at..self.blocks.len().min(at + 40)).find(|i| self.blocks[*i].closes_cell)?;
        Some(((first.start, self.blocks[close].end), close + 1))
    }

    fn flat(&self, span: Span) -> &str {
        self.view.flat(span.0, span.1).trim()
    }

    fn ordinal(&self, at: usize) -> bool {
        self.cell(at).is_some_and(|(span, _)| ORDINAL.is_match(self.flat(span)))
    }
}

pub(super) fn cell_lines(view: &View, blocks: &[Block], at: usize) -> Option<Table> {
    let first = view.flat(blocks[at].start, blocks[at].end.min(blocks[at].start + 20));
    if !is_ordinal_head(first) || blocks[at].end - blocks[at].start > 14 {
        return None;
    }
    let stream = Stream { view, blocks, piped: blocks[at].closes_cell };
    let mut head = Vec::new();
    let mut next = at;
    while head.len() < COLUMNS_MAX {
        let (span, after) = stream.cell(next)?;
        let filled = head.len() >= 3 && stream.ordinal(next);
        if filled || span.1 - span.0 > 120 {
            break;
        }
        head.push(span);
        next = after;
    }
    let roles = roles(view, &head);
    if !is_head(&roles) {
        return None;
    }
    let mut rows = Vec::new();
    loop {
        if let Some(group) = group_line(&stream, next, rows.last(), roles.len()) {
            rows.push(group);
            next += 1;
        }
        if !stream.ordinal(next) {
            break;
        }
        let (cells, after) =
            if stream.piped { piped_row(&stream, next, roles.len()) } else { loose_row(&stream, next, &roles) };
        rows.push(Row { cells });
        next = after;
    }
    let exact = stream.piped;
    let due = head_due(view, &head, &roles);
    (!rows.is_empty()).then_some(Table { roles, rows, blocks: (at, next), exact, due })
}

/// A line without a number between two rows ("Giai đoạn 2029 - 2030"): it names the rows under it.
fn group_line(stream: &Stream, at: usize, above: Option<&Row>, width: usize) -> Option<Row> {
    let block = stream.blocks.get(at).filter(|b| b.cell.is_none() && !stream.piped)?;
    let words = stream.flat((block.start, block.end));
    let next = stream.blocks.get(at + 1).filter(|_| stream.ordinal(at + 1) && !stream.ordinal(at))?;
    let mark = |span: Span| stream.flat(span).trim_end_matches(['.', ')']).to_owned();
    let own = above.map_or_else(|| "0".into(), |row| mark(row.cells[0]));
    let goes_on = follows(&own, &mark((next.start, next.end)));
    (goes_on && words.len() < 90).then(|| {
        let mut cells = vec![(0, 0); width];
        cells[1.min(width - 1)] = (block.start, block.end);
        Row { cells }
    })
}

/// A row of as many cells as the head, unless a new ordinal shows that the row is short.
fn piped_row(stream: &Stream, at: usize, width: usize) -> (Vec<Span>, usize) {
    let mut cells = Vec::with_capacity(width);
    let mut next = at;
    while cells.len() < width {
        let Some((span, after)) = stream.cell(next) else { break };
        if cells.len() >= 2
            && stream.ordinal(next)
            && cells.len() + 2 < width
            && !stream.ordinal(skip(stream, next, width - cells.len()))
        {
            break;
        }
        cells.push(span);
        next = after;
    }
    cells.resize(width, (0, 0));
    (cells, next)
}

fn skip(stream: &Stream, at: usize, count: usize) -> usize {
    let mut next = at;
    for _ in 0..count {
        next = stream.cell(next).map_or(next, |(_, after)| after);
    }
    next
}

/// A row without marks between cells: the lines up to the next ordinal, laid out by what they say.
fn loose_row(stream: &Stream, at: usize, roles: &[Role]) -> (Vec<Span>, usize) {
    let width = roles.len();
    let ordinal = stream.blocks[at];
    let mut lines: Vec<Span> = Vec::new();
    let mut next = at + 1;
    let valued = roles.iter().any(|r| matches!(r, Role::Value(_) | Role::Baseline));
    let own = stream.flat((ordinal.start, ordinal.end)).trim_end_matches(['.', ')']).to_owned();
    while let Some(block) = stream.blocks.get(next).filter(|b| b.cell.is_none()) {
        let mark = stream.flat((block.start, block.end)).trim_end_matches(['.', ')']);
        // Among values a bare number opens a row only when it is the next one and the row is filled.
        let under = !own.starts_with(|c: char| c.is_ascii_digit()) && mark.starts_with(|c: char| c.is_ascii_digit());
        let full = lines.len() + 2 >= width && follows(&own, mark);
        let opens = stream.ordinal(next) && (!valued || full || under && lines.len() == 1);
        if opens {
            break;
        }
        let flat = stream.flat((block.start, block.end));
        let goes_on = FOLLOWS.is_match(flat) || stream.view.char(block.start).is_some_and(char::is_lowercase);
        if lines.len() + 1 >= width && !goes_on || lines.len() > 3 * width || flat.starts_with("nQi nhAn") {
            break;
        }
        match lines.last_mut().filter(|_| goes_on && lines_left(stream, next, width)) {
            Some(last) => last.1 = block.end,
            None => lines.push((block.start, block.end)),
        }
        next += 1;
    }
    let mut cells = vec![(0, 0); width];
    cells[0] = (ordinal.start, ordinal.end);
    if lines.len() < width && (lines.len() + 1 == width || valued) {
        // A unit in small letters ("trạm") was read on to the name before it: its place stays empty.
        if let Some(unit) = roles.iter().position(|r| *r == Role::Unit).filter(|u| *u > 0)
            && lines.len() + 1 < width
            && lines.get(unit - 1).is_some_and(|l| VALUE_CELL.is_match(stream.flat(*l)))
        {
            lines.insert(unit - 1, (0, 0));
        }
        // Values stand in order; what is missing is the last column, mostly a note.
        cells[1..=lines.len()].copy_from_slice(&lines);
    } else {
        crate::tasks::lay_out(stream.view, roles, &lines, &mut cells);
    }
    (cells, next)
}

/// Whether an ordinal can come after another: 3 after 2, 2.2 after 2.1, II after 5, 1 after I.
fn follows(own: &str, next: &str) -> bool {
    let number = |t: &str| t.rsplit('.').next().and_then(|n| n.parse::<u32>().ok());
    match (number(own), number(next)) {
        (Some(a), Some(b)) => b == a + 1 || b == 1 && next.contains('.'),
        (None, Some(b)) => b == 1,
        (_, None) => true,
    }
}

/// A bulleted line goes on with the cell before it only while the row has lines to spare.
fn lines_left(stream: &Stream, at: usize, width: usize) -> bool {
    let ahead = (at..stream.blocks.len().min(at + 2 * width)).take_while(|i| !stream.ordinal(*i)).count();
    ahead > 0
}
