//! Tables put together again, from the three ways texts keep them: pipe rows, one cell a line with
//! lone pipes between, one cell a line with nothing between.

use crate::blocks::Block;
use crate::fold::patterns;
use crate::view::View;

mod stream;

use stream::cell_lines;

/// Columns a table may have.
const COLUMNS_MAX: usize = 24;
/// Rows of heads that may stand on top of each other.
const HEAD_ROWS_MAX: usize = 2;

patterns! {
    ORDINAL_HEAD = r"^(?:stt|tt|số tt|số thứ tự|s[ốo]\.? ?tt)\.?$";
    COORDINATING = r"phối hợp";
    DEADLINE = r"thời gian|thời hạn|tiến độ|lộ trình|thời điểm|hoàn thành(?: trước)?$|ngày hoàn thành";
    UNIT_HEAD = r"đơn vị tính|\bđvt\b|đơn vị đo|^đơn vị$";
    LEAD = r"chủ trì|đơn vị thực hiện|cơ quan thực hiện|đầu mối|phụ trách|đơn vị tham mưu|cơ quan tham mưu|trách nhiệm|thực hiện chính|người thực hiện";
    PRODUCT = r"sản phẩm|kết quả|đầu ra";
    NOTE = r"ghi chú|căn cứ|cơ sở pháp lý";
    MONEY = r"kinh phí|nguồn vốn|dự toán|nguồn lực";
    BASE_HEAD = r"hiện trạng|thực hiện|kết quả|ước|thực trạng|đã đạt";
    YEAR_HEAD = r"(?:^|\s|/)(20\d\d)(?:\s?-\s?(20\d\d))?\s*$|^(?:chỉ tiêu|mục tiêu|kế hoạch|giá trị|năm|đến năm|chỉ tiêu năm|giai đoạn|đến|kế hoạch giai đoạn|giao)[^\d]{0,24}(20\d\d)(?:\s?-\s?(20\d\d))?";
    VALUE_HEAD = r"^(?:(?:chỉ tiêu|mục tiêu|kế hoạch|mức|mức độ|tỷ lệ|giá trị)(?: (?:được )?giao| phấn đấu| cần đạt| phải đạt| đạt| đề ra| cụ thể| hoàn thành| tối thiểu| \(%\))*|(?:kết quả|yêu cầu) (?:cần|phải) đạt|phấn đấu|số lượng|giao chỉ tiêu|kh|ct)$";
    /// The cell of a value, whatever its head: a number, or a bound and a number.
    VALUED = r"^(?:[<>]=?|[≥≤~+]|(?:trên|dưới|khoảng|đạt|từ|tối thiểu|ít nhất|không (?:quá|dưới|vượt)|tối đa|top|tốp|nhóm|thứ|giảm|tăng)\s)*\s?\d";
    /// Columns of numbers that are no goals.
    NOT_VALUE_HEAD = r"điểm|trọng số|hệ số|thang|kinh phí|vốn|mã|năm sinh|điện thoại|số (?:hiệu|văn bản|quyết định)|diện tích hiện|dân số|ghi chú|hiện";
    TASK = r"nhiệm vụ|nội dung|công việc|tên (?:đề án|văn bản|kế hoạch|chương trình)|hoạt động|giải pháp|đề án";
    INDICATOR = r"chỉ tiêu|mục tiêu|chỉ số|tiêu chí";
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Ordinal,
    Task,
    Product,
    Deadline,
    Lead,
    Coordinating,
    Indicator,
    Unit,
    /// A value to reach, due at the year of the column when it has one.
    Value(Option<u16>),
    /// A value there is already.
    Baseline,
    Other,
}

/// A cell as a range of the view; empty when the table leaves it out.
pub(crate) type Span = (usize, usize);

/// A table with the roles of its columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) roles: Vec<Role>,
    pub(crate) rows: Vec<Row>,
    /// Index of the first block of the table, and the one after its last.
    pub(crate) blocks: (usize, usize),
    /// Every cell has a place of its own: no column was guessed.
    pub(crate) exact: bool,
    /// The year in the head of the column of names ("Chỉ tiêu đến năm 2030").
    pub(crate) due: Option<u16>,
}

/// A row: as many cells as the table has roles.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Span>,
}

impl Row {
    pub(crate) fn filled(&self) -> usize {
        self.cells.iter().filter(|c| c.0 < c.1).count()
    }
}

/// What the words of a head cell make of its column.
fn role(flat: &str) -> Role {
    let flat = flat.trim();
    let year = |range: Option<Span>| range.and_then(|(a, b)| flat.get(a..b)?.parse::<u16>().ok());
    if ORDINAL_HEAD.is_match(flat) {
        return Role::Ordinal;
    }
    if flat.len() > 90 {
        return Role::Other;
    }
    if COORDINATING.is_match(flat) {
        return Role::Coordinating;
    }
    if UNIT_HEAD.is_match(flat) {
        return Role::Unit;
    }
    if let Some(groups) = YEAR_HEAD.groups(flat) {
        let due = year(groups[2]).or_else(|| year(groups[4])).or_else(|| year(groups[1])).or_else(|| year(groups[3]));
        return if BASE_HEAD.is_match(flat) { Role::Baseline } else { Role::Value(due) };
    }
    let table: [(&crate::fold::Pattern, Role); 9] = [
        (&VALUE_HEAD, Role::Value(None)),
        (&DEADLINE, Role::Deadline),
        (&MONEY, Role::Other),
        (&NOTE, Role::Other),
        (&LEAD, Role::Lead),
        (&PRODUCT, Role::Product),
        (&TASK, Role::Task),
        (&INDICATOR, Role::Indicator),
        (&BASE_HEAD, Role::Baseline),
    ];
    table.into_iter().find(|(pattern, _)| pattern.is_match(flat)).map_or(Role::Other, |(_, role)| role)
}

/// Roles of a whole head, mended: a table of goals calls its first column *Chỉ tiêu*, not its values.
fn roles(view: &View, cells: &[Span]) -> Vec<Role> {
    let mut roles: Vec<Role> = cells.iter().map(|c| role(view.flat(c.0, c.1))).collect();
    let named = |roles: &[Role]| roles.iter().any(|r| matches!(r, Role::Task | Role::Indicator));
    let valued = |r: &Role| matches!(r, Role::Value(_));
    if !named(&roles) {
        // "Chỉ tiêu đến năm 2030 | ĐVT | Mục tiêu": what stands before the unit is the name.
        let unit = roles.iter().position(|r| *r == Role::Unit).unwrap_or(0);
        let first = roles.iter().position(valued);
        let named = first
            .filter(|at| *at < unit)
            .or_else(|| roles.iter().position(|r| *r == Role::Value(None)))
            .or_else(|| first.filter(|_| roles.iter().filter(|r| valued(r)).count() > 1));
        if let Some(at) = named {
            roles[at] = Role::Indicator;
        }
    }
    if roles.contains(&Role::Task) && roles.contains(&Role::Indicator) && !is_goal_head(&roles) {
        // "Nhiệm vụ | Mục tiêu": the goal of a task is its product.
        let product = roles.contains(&Role::Product);
        for role in roles.iter_mut().filter(|r| **r == Role::Indicator) {
            *role = if product { Role::Other } else { Role::Product };
        }
    }
    roles
}

fn is_goal_head(roles: &[Role]) -> bool {
    roles.contains(&Role::Indicator) && roles.iter().any(|r| matches!(r, Role::Unit | Role::Value(_)))
}

impl Table {
    /// A table of tasks: what is to be done, and who, what or when.
    pub(crate) fn is_tasks(&self) -> bool {
        let has = |role: Role| self.roles.contains(&role);
        has(Role::Task)
            && (has(Role::Lead) || has(Role::Deadline) || has(Role::Product) || has(Role::Coordinating))
            && !is_goal_head(&self.roles)
    }

    /// A table of goals: an indicator a row, with values to reach.
    pub(crate) fn is_goals(&self) -> bool {
        is_goal_head(&self.roles)
            || self.roles.contains(&Role::Unit) && self.roles.iter().any(|r| matches!(r, Role::Value(_)))
    }
}

/// Whether a cell heads the column of numbers.
fn is_ordinal_head(flat: &str) -> bool {
    ORDINAL_HEAD.is_match(flat.trim())
}

/// A head must say what is done or counted and one thing more of it.
fn is_head(roles: &[Role]) -> bool {
    let known = roles.iter().filter(|r| **r != Role::Other).count();
    let named = roles.iter().any(|r| matches!(r, Role::Task | Role::Indicator));
    named
        && known >= 2
        && (known >= 3
            || roles.contains(&Role::Ordinal)
            || roles.iter().any(|r| matches!(r, Role::Lead | Role::Unit | Role::Value(Some(_)))))
}

/// All tables of the text that have a head the reader understands.
pub(crate) fn tables(view: &View, blocks: &[Block]) -> Vec<Table> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < blocks.len() {
        let found = if blocks[at].cell.is_some() { pipe_rows(view, blocks, at) } else { cell_lines(view, blocks, at) };
        match found {
            Some(table) => {
                at = table.blocks.1.max(at + 1);
                out.push(table);
            }
            None if blocks[at].cell.is_some() => {
                let table = blocks[at].cell.map(|c| c.table);
                at = (at..blocks.len()).find(|i| blocks[*i].cell.map(|c| c.table) != table).unwrap_or(blocks.len());
            }
            None => at += 1,
        }
    }
    out
}

fn pipe_rows(view: &View, blocks: &[Block], at: usize) -> Option<Table> {
    let number = blocks[at].cell?.table;
    let end = (at..blocks.len()).find(|i| blocks[*i].cell.map(|c| c.table) != Some(number)).unwrap_or(blocks.len());
    let mut rows: Vec<Vec<Span>> = Vec::new();
    let mut starts = Vec::new();
    let mut last = None;
    for (i, block) in blocks[at..end].iter().enumerate() {
        let cell = block.cell?;
        if last != Some(cell.row) {
            rows.push(Vec::new());
            starts.push(at + i);
            last = Some(cell.row);
        }
        if let Some(row) = rows.last_mut().filter(|r| r.len() < COLUMNS_MAX) {
            row.push((block.start, block.end));
        }
    }
    let head = rows.iter().take(6).position(|r| is_head(&roles(view, r)))?;
    let mut found = roles(view, &rows[head]);
    // Another head further down opens a table of its own.
    let opens = |row: &Vec<Span>| {
        row.first().is_some_and(|c| ORDINAL_HEAD.is_match(view.flat(c.0, c.1).trim())) && is_head(&roles(view, row))
    };
    let cut = (head + 2..rows.len()).find(|i| opens(&rows[*i]));
    let end = cut.map_or(end, |i| starts[i]);
    rows.truncate(cut.unwrap_or(rows.len()));
    let mut body = head + 1;
    for _ in 1..HEAD_ROWS_MAX {
        let Some(next) = rows.get(body) else { break };
        let second: Vec<Role> = next.iter().map(|c| role(view.flat(c.0, c.1))).collect();
        let first_cell = next.first().map_or("", |c| view.flat(c.0, c.1)).trim();
        let refined = second.iter().filter(|r| !matches!(r, Role::Other)).count();
        if !first_cell.is_empty() && !ORDINAL_HEAD.is_match(first_cell) || refined == 0 {
            break;
        }
        for (col, role) in second.into_iter().enumerate().filter(|(_, r)| !matches!(r, Role::Other | Role::Ordinal)) {
            if col < found.len() {
                found[col] = role;
            }
        }
        body += 1;
    }
    let width = found.len();
    let due = head_due(view, &rows[head], &found);
    let unnamed: Vec<bool> =
        (0..width).map(|c| rows[head].get(c).is_some_and(|c| !NOT_VALUE_HEAD.is_match(view.flat(c.0, c.1)))).collect();
    let rows = rows.into_iter().skip(body).map(|mut cells| {
        cells.resize(width, (0, 0));
        Row { cells }
    });
    let rows: Vec<Row> = rows.collect();
    find_values(view, &mut found, &unnamed, &rows);
    Some(Table { roles: found, rows, blocks: (at, end), exact: true, due })
}

/// The year that the head of the names sets.
fn head_due(view: &View, head: &[Span], roles: &[Role]) -> Option<u16> {
    let at = roles.iter().position(|r| *r == Role::Indicator)?;
    head.get(at).and_then(|c| crate::years::heading_due(view.flat(c.0, c.1)))
}

/// A table of indicators whose head does not say which column holds the goals: the one of numbers.
fn find_values(view: &View, roles: &mut [Role], unnamed: &[bool], rows: &[Row]) {
    if !roles.contains(&Role::Indicator) || roles.iter().any(|r| matches!(r, Role::Value(_) | Role::Baseline)) {
        return;
    }
    for col in 0..roles.len() {
        if roles[col] != Role::Other || !unnamed[col] {
            continue;
        }
        let cells = || rows.iter().filter_map(|r| r.cells.get(col)).filter(|c| c.0 < c.1);
        let (all, valued) = (cells().count(), cells().filter(|c| VALUED.is_match(view.flat(c.0, c.1))).count());
        if valued >= 2 && valued * 10 >= all * 6 {
            roles[col] = Role::Value(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::blocks;

    fn read(text: &str) -> Vec<(Vec<Role>, Vec<Vec<String>>)> {
        let mut view = View::new(text);
        let blocks = blocks(&mut view);
        let found = tables(&view, &blocks);
        found
            .into_iter()
            .map(|t| (t.roles, t.rows.iter().map(|r| r.cells.iter().map(|c| view.text(c.0, c.1)).collect()).collect()))
            .collect()
    }

    const HEAD: [Role; 5] = [Role::Ordinal, Role::Task, Role::Product, Role::Deadline, Role::Lead];

    #[test]
    fn pipe_rows_are_a_table() {
        let found = read(
            "| STT | Nhiệm vụ | Sản phẩm | Thời gian | Cơ quan chủ trì |\n|---|---|---|---|---|\n| 1 | Rà soát | Kế hoạch | Quý I | Sở Nội vụ |",
        );
        assert_eq!(found[0].0, HEAD);
        assert_eq!(found[0].1, [["1", "Rà soát", "Kế hoạch", "Quý I", "Sở Nội vụ"]]);
    }

    #[test]
    fn one_cell_a_line_with_lone_pipes_keeps_empty_cells() {
        let found = read(
            "STT\n|\nNhiệm vụ\n|\nSản phẩm\n|\nThời gian\n|\nChủ trì\n|\nI\n|\nTHỂ CHẾ\n|\n|\n|\n|\n1\n|\nRà soát\nvăn bản\n|\nKế hoạch\n|\nQuý I\n|\nSở Tư pháp\n|",
        );
        assert_eq!(found[0].0, HEAD);
        assert_eq!(found[0].1[0], ["I", "THỂ CHẾ", "", "", ""]);
        assert_eq!(found[0].1[1], ["1", "Rà soát văn bản", "Kế hoạch", "Quý I", "Sở Tư pháp"]);
    }

    #[test]
    fn one_cell_a_line_with_nothing_between_is_read_up_to_the_next_ordinal() {
        let found = read(
            "STT\nNhiệm vụ\nSản phẩm\nThời gian\nChủ trì\n1\nRà soát văn bản\nKế hoạch\nQuý I\nSở Tư pháp\n2\nKiểm tra\nBáo cáo\nQuý IV\nSở Nội vụ",
        );
        assert_eq!(found[0].1.len(), 2);
        assert_eq!(found[0].1[1], ["2", "Kiểm tra", "Báo cáo", "Quý IV", "Sở Nội vụ"]);
    }

    #[test]
    fn heads_of_goals_give_years_to_values() {
        let found = read(
            "| TT | Chỉ tiêu | ĐVT | Thực hiện 2022 | Năm 2023 | Năm 2025 |\n|---|---|---|---|---|---|\n| 1 | Hồ sơ trực tuyến | % | 40 | 50 | 80 |",
        );
        assert_eq!(
            found[0].0,
            [
                Role::Ordinal,
                Role::Indicator,
                Role::Unit,
                Role::Baseline,
                Role::Value(Some(2023)),
                Role::Value(Some(2025))
            ]
        );
    }
}
