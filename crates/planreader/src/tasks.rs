//! Tasks from the rows of appendix tables.

use crate::blocks::Block;
use crate::fold::patterns;
use crate::plan::Task;
use crate::tables::{Role, Row, Span, Table};
use crate::view::View;

patterns! {
    WHEN = r"^(?:trước|sau|quý|tháng|năm|từ|đến|hằng|hàng|thường xuyên|liên tục|theo (?:quy định|kế hoạch|lộ trình|yêu cầu|tiến độ|chỉ đạo|hướng dẫn)|trong (?:năm|quý|tháng)|khi|định kỳ|\d{1,2}/|20\d\d|giai đoạn|hoàn thành|ngay sau|cả năm|chậm nhất|6 tháng|đột xuất)";
    WHO = r"^-?\s?(?:các )?(?:sở|bộ|ban|văn phòng|vp|thanh tra|công an|ủy ban|ubnd|cục|chi cục|phòng|cơ quan|đơn vị|trung tâm|đài|báo|hội|mttq|ngành|địa phương|tỉnh đoàn|bảo hiểm|kho bạc|trường|viện|bộ phận|vụ|ngân hàng|bưu điện|đoàn|liên)\b";
    GROUP_ORDINAL = r"^(?:[ivxl]{1,5}|[a-h])[.)]?$";
    DEEPER = r"^(?:\d{1,3}\.\d|[a-zđ]\))";
}

/// The tasks of a table of tasks.
pub(crate) fn tasks(view: &View, table: &Table, out: &mut Vec<Task>) {
    let mut group: Option<String> = None;
    for (i, row) in table.rows.iter().enumerate() {
        if is_group(view, table, row, table.rows.get(i + 1)) {
            group = text(view, row, group_cell(table, row));
            continue;
        }
        if let Some(task) = task(view, table, row, group.clone()) {
            out.push(task);
        }
    }
}

fn group_cell(table: &Table, row: &Row) -> usize {
    let task = column(table, Role::Task).filter(|c| is_filled(row, *c));
    task.or_else(|| (0..row.cells.len()).rev().find(|c| is_filled(row, *c))).unwrap_or(0)
}

fn column(table: &Table, role: Role) -> Option<usize> {
    table.roles.iter().position(|r| *r == role)
}

fn is_filled(row: &Row, col: usize) -> bool {
    row.cells.get(col).is_some_and(|c| c.0 < c.1)
}

fn text(view: &View, row: &Row, col: usize) -> Option<String> {
    row.cells.get(col).map(|c| view.text(c.0, c.1)).filter(|t| !t.is_empty() && t != "-")
}

/// A row that only names what the rows under it are about.
fn is_group(view: &View, table: &Table, row: &Row, next: Option<&Row>) -> bool {
    let cell_text = |row: &Row, col: usize| row.cells.get(col).map_or("", |c| view.flat(c.0, c.1)).trim();
    let ordinal = column(table, Role::Ordinal);
    let others = (0..row.cells.len()).filter(|c| Some(*c) != ordinal && is_filled(row, *c));
    // A merged cell may repeat its words in every column.
    let mut words: Vec<&str> = others.map(|c| cell_text(row, c)).collect();
    words.dedup();
    if words.len() > 1 {
        return false;
    }
    let mark = ordinal.map_or("", |c| cell_text(row, c));
    let capital = ordinal.and_then(|c| row.cells.get(c)).and_then(|c| view.char(c.0)).is_some_and(char::is_uppercase);
    if mark.is_empty() || words.is_empty() || (capital && GROUP_ORDINAL.is_match(mark)) {
        return true;
    }
    let below = next.map_or("", |n| ordinal.map_or("", |c| cell_text(n, c)));
    let shouted = row.cells.iter().all(|c| view.text(c.0, c.1).chars().all(|l| !l.is_lowercase()));
    shouted || (DEEPER.is_match(below) && !DEEPER.is_match(mark))
}

fn task(view: &View, table: &Table, row: &Row, group: Option<String>) -> Option<Task> {
    let of = |role: Role| column(table, role).and_then(|c| text(view, row, c));
    let task_col = column(table, Role::Task)?;
    let span = *row.cells.get(task_col).filter(|c| c.0 < c.1)?;
    let task = view.text(span.0, span.1);
    let (quote, offset) = view.quote(span.0, span.1);
    let ordinal = of(Role::Ordinal);
    let filled = row.filled();
    Some(Task {
        task,
        product: of(Role::Product),
        deadline: of(Role::Deadline),
        lead: of(Role::Lead),
        coordinating: of(Role::Coordinating),
        group,
        ordinal,
        quote,
        offset,
        confidence: if table.exact { 0.97 } else { 0.8 } - if filled < 3 { 0.1 } else { 0.0 },
        reason: "a row of a table of tasks".into(),
    })
}

/// Lays the loose lines of a row into its columns by what they say: what first, then when and who.
pub(crate) fn lay_out(view: &View, roles: &[Role], lines: &[Span], cells: &mut [Span]) {
    let at = |role: Role| roles.iter().position(|r| *r == role);
    let Some(task) = at(Role::Task).or_else(|| at(Role::Indicator)) else { return };
    for (i, line) in lines.iter().enumerate() {
        let flat = view.flat(line.0, line.1);
        let free = |role: Role, cells: &[Span]| at(role).filter(|c| cells[*c].0 == cells[*c].1);
        let place = if i == 0 {
            Some(task)
        } else if WHEN.is_match(flat) && flat.len() < 90 && free(Role::Deadline, cells).is_some() {
            free(Role::Deadline, cells)
        } else if WHO.is_match(flat) && !flat.contains("kE hoach") {
            free(Role::Lead, cells).or_else(|| free(Role::Coordinating, cells))
        } else {
            free(Role::Product, cells)
        };
        match place {
            Some(col) => cells[col] = *line,
            None => {
                // Goes on with the cell before it.
                if let Some(last) = cells.iter_mut().filter(|c| c.0 < c.1 && c.1 <= line.0).max_by_key(|c| c.1) {
                    last.1 = line.1;
                }
            }
        }
    }
}

/// Blocks of a table are no prose; this marks them all at once.
pub(crate) fn marked(tables: &[Table], blocks: &[Block]) -> Vec<bool> {
    let mut out = vec![false; blocks.len()];
    for table in tables {
        for mark in out.iter_mut().take(table.blocks.1).skip(table.blocks.0) {
            *mark = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::read_plan;

    #[test]
    fn rows_keep_their_cells_and_their_group() {
        let plan = read_plan(
            "| STT | Nội dung công việc | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành | Sản phẩm |\n|---|---|---|---|---|---|\n| I | CẢI CÁCH THỂ CHẾ | | | | |\n| 1 | Rà soát văn bản | Sở Tư pháp | Các sở, ngành | Quý II/2023 | Báo cáo |\n| 2 | Kiểm tra văn bản | Sở Tư pháp | UBND các huyện | Thường xuyên | Kế hoạch |",
        );
        assert_eq!(plan.tasks.len(), 2);
        let task = &plan.tasks[1];
        assert_eq!(task.task, "Kiểm tra văn bản");
        assert_eq!(task.group.as_deref(), Some("CẢI CÁCH THỂ CHẾ"));
        assert_eq!(task.lead.as_deref(), Some("Sở Tư pháp"));
        assert_eq!(task.coordinating.as_deref(), Some("UBND các huyện"));
        assert_eq!(task.deadline.as_deref(), Some("Thường xuyên"));
        assert_eq!(task.product.as_deref(), Some("Kế hoạch"));
    }

    #[test]
    fn a_row_with_a_missing_cell_is_laid_out_by_what_its_lines_say() {
        let plan = read_plan(
            "STT\nNhiệm vụ\nSản phẩm\nThời gian\nChủ trì\nPhối hợp\n1\nXây dựng kho dữ liệu dùng chung\nQuý III/2023\nSở Thông tin và Truyền thông\nCác sở, ngành\n2\nKiểm tra công vụ\nBáo cáo\nHằng năm\nSở Nội vụ\nThanh tra tỉnh",
        );
        assert_eq!(plan.tasks.len(), 2);
        assert_eq!(plan.tasks[0].deadline.as_deref(), Some("Quý III/2023"));
        assert_eq!(plan.tasks[0].lead.as_deref(), Some("Sở Thông tin và Truyền thông"));
        assert_eq!(plan.tasks[0].product, None);
        assert_eq!(plan.tasks[1].coordinating.as_deref(), Some("Thanh tra tỉnh"));
    }

    #[test]
    fn a_parent_row_over_deeper_rows_names_their_group() {
        let plan = read_plan(
            "| TT | Nhiệm vụ | Chủ trì | Thời gian |\n|---|---|---|---|\n| 1 | Phát triển hạ tầng số | | |\n| 1.1 | Phủ sóng di động | Sở TTTT | 2024 |",
        );
        assert_eq!(plan.tasks.len(), 1);
        assert_eq!(plan.tasks[0].group.as_deref(), Some("Phát triển hạ tầng số"));
    }
}
