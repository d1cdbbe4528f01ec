//! Tables of a Word document while they are read, and as rows between pipes.

use crate::document::Refusal;

/// Tables inside cells of tables.
pub(super) const TABLES_MAX: usize = 16;
/// Longest cell, in bytes of text.
pub(super) const CELL_BYTES_MAX: usize = 1024 * 1024;
/// Columns a row may span.
pub(super) const COLUMNS_MAX: usize = 256;
/// Rows up to which a table of two columns counts as layout.
const LAYOUT_ROWS_MAX: usize = 3;

#[derive(Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) span: usize,
    /// Goes on with the cell above.
    pub(super) merged: bool,
}

impl Cell {
    /// An empty stretch of so many columns.
    pub(super) fn of_columns(span: usize) -> Cell {
        Cell { span, ..Cell::default() }
    }
}

#[derive(Default)]
struct Row {
    cells: Vec<Cell>,
    /// Deleted or hidden: no part of what the document says.
    left_out: bool,
}

#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(super) fn open_row(&mut self) {
        self.rows.push(Row::default());
    }

    pub(super) fn add(&mut self, cell: Cell) {
        if let Some(row) = self.rows.last_mut() {
            row.cells.push(cell);
        }
    }

    pub(super) fn cell(&mut self) -> Option<&mut Cell> {
        self.rows.last_mut()?.cells.last_mut()
    }

    pub(super) fn leave_row_out(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.left_out = true;
        }
    }

    pub(super) fn close_row(&mut self) -> Result<(), Refusal> {
        if self.rows.last().is_some_and(|row| row.left_out) {
            self.rows.pop();
        }
        let wide = self.rows.last().map_or(0, |row| row.cells.iter().map(|c| c.span).sum());
        if wide > COLUMNS_MAX { Err(Refusal::TooWide { max: COLUMNS_MAX }) } else { Ok(()) }
    }

    /// The words of all cells, for a table that stands in a cell.
    pub(super) fn words(self) -> String {
        let cells = self.rows.into_iter().flat_map(|row| row.cells).map(|c| c.text).filter(|t| !t.is_empty());
        cells.collect::<Vec<_>>().join(" ")
    }

    /// The table as lines of text, each with its line end.
    pub(super) fn lines(&self) -> Vec<String> {
        let wide = |row: &Row| row.cells.iter().map(|c| c.span).sum::<usize>();
        let columns = self.rows.iter().map(wide).max().unwrap_or(0);
        if columns <= 1 || columns == 2 && self.rows.len() <= LAYOUT_ROWS_MAX {
            let cells = self.rows.iter().flat_map(|row| &row.cells).filter(|c| !c.text.is_empty());
            return cells.map(|cell| format!("{}\n\n", cell.text)).collect();
        }
        let mut out = Vec::with_capacity(self.rows.len() + 1);
        let mut above: Vec<String> = vec![String::new(); columns];
        for row in &self.rows {
            let mut cells: Vec<String> = Vec::with_capacity(columns);
            for cell in &row.cells {
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
            out.push(format!("| {} |\n", cells.join(" | ")));
            above = cells;
        }
        out.push("\n".into());
        out
    }
}
