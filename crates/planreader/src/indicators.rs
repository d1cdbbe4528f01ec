//! Targets from tables of goals: one indicator a row, its unit and its values in columns.

use crate::compare::held;
use crate::dues::{Spot, due};
use crate::fold::patterns;
use crate::levels::level;
use crate::numbers::{Number, numbers};
use crate::plan::{Comparator, Target, Unit, Value};
use crate::refuse::refusal;
use crate::tables::{Role, Row, Table};
use crate::targets::Frame;
use crate::units::unit;
use crate::view::View;
use crate::years::mentions;

patterns! {
    PERCENT_UNIT = r"^\W*(?:%|phần trăm|tỷ lệ(?: %)?|tỷ lệ \(%\))|\(%\)|%/năm";
    PERCENT_NAME = r"\(%\)|\(đvt: ?%\)|\btính theo %";
    /// A unit that was read on to the name before it.
    NAME_UNIT = r"\s(ngày làm việc|ngày|giờ|phút|điểm|triệu đồng|tỷ đồng)\s?$";
    RANK_CELL = r"(?:nhóm|top|tốp|hạng|thứ)\s?$";
    RANK_NAME = r"xếp hạng|thứ hạng|thứ bậc|xếp thứ";
    AT_LEAST_NAME = r"(?:tối thiểu|ít nhất|trên|từ)\W*$";
}

/// The targets of a table of goals.
pub(crate) fn targets(view: &View, table: &Table, heading_due: Option<u16>, frame: Frame, out: &mut Vec<Target>) {
    let name_col = table.roles.iter().position(|r| matches!(r, Role::Indicator | Role::Task));
    let unit_col = table.roles.iter().position(|r| *r == Role::Unit);
    let Some(name_col) = name_col else { return };
    let told = year_told(table, frame);
    for row in &table.rows {
        let name = row.cells[name_col];
        if name.0 >= name.1 {
            continue;
        }
        let unit_text = unit_col.and_then(|c| row.cells.get(c)).map_or("", |c| view.flat(c.0, c.1));
        let name_flat = view.flat(name.0, name.1);
        let unit_text = match NAME_UNIT.groups(name_flat).and_then(|g| g[1]) {
            Some((a, b)) if unit_text.is_empty() && unit_col.is_some() => &name_flat[a..b],
            _ => unit_text,
        };
        let dated = due_in(name_flat);
        for (col, role) in table.roles.iter().enumerate() {
            let Role::Value(year) = role else { continue };
            if told.is_some() && *year == told {
                continue;
            }
            let due = year.or(dated).or(heading_due).or(frame.title_due);
            if let Some(target) = read(view, row, name, col, unit_text, due) {
                out.push(target);
            }
        }
    }
}

/// The year of a column that tells the present: before the document was made, with later years beside it.
fn year_told(table: &Table, frame: Frame) -> Option<u16> {
    let years = || {
        table.roles.iter().filter_map(|r| match r {
            Role::Value(year) => *year,
            _ => None,
        })
    };
    let made = frame.made?;
    years().min().filter(|first| *first < made && years().any(|year| year >= made))
}

fn due_in(name: &str) -> Option<u16> {
    let spot = Spot { start: name.len(), end: name.len(), sentence: 0, sentence_end: name.len(), next: None };
    due(name, &mentions(name), &spot).map(|d| d.0)
}

fn read(view: &View, row: &Row, name: (usize, usize), col: usize, unit_text: &str, due: Option<u16>) -> Option<Target> {
    let cell = *row.cells.get(col)?;
    let flat = view.flat(cell.0, cell.1);
    let found = numbers(flat);
    let number = *found.first()?;
    let rest = &flat[number.end..];
    if found.len() > 2
        || flat.len() > 60
        || flat.starts_with("nWm ")
        || rest.trim_start().starts_with('/') && unit_text.is_empty()
    {
        return None;
    }
    let name_flat = view.flat(name.0, name.1);
    let (mut number, unit) = with_unit(number, name_flat, unit_text, &flat[..number.start], rest);
    if refusal(&flat[..number.start], rest, &number, unit).is_some() {
        return None;
    }
    let before =
        format!("{} {}", AT_LEAST_NAME.find(name_flat).map_or("", |(a, _)| &name_flat[a..]), &flat[..number.start]);
    let mut held = held(&before, rest, &number, unit);
    if held.comparator == Comparator::Eq && unit == Unit::RankGroup {
        held.comparator = Comparator::RankWithin;
    }
    number.start += cell.0;
    number.end += cell.0;
    let (quote, offset) = if name.0 < cell.0 { view.quote(name.0, cell.1) } else { view.quote(cell.0, name.1) };
    Some(Target {
        value: number.high.map_or(Value::One(number.value), |high| Value::Range(number.value, high)),
        unit,
        comparator: held.comparator,
        level: level(name_flat, false),
        due: due.map(|y| y.to_string()),
        quote,
        offset,
        subject: view.text(name.0, name.1),
        tags: vec!["in_table".into()],
        confidence: 0.85,
        reason: format!("a value in a table of goals; {}", held.rule),
    })
}

/// The unit of a cell: its own sign, else the unit column, else the name of the indicator.
fn with_unit(mut number: Number, name: &str, unit_text: &str, cell_before: &str, rest: &str) -> (Number, Unit) {
    if !number.percent && (PERCENT_UNIT.is_match(unit_text) || unit_text.is_empty() && PERCENT_NAME.is_match(name)) {
        number.percent = true;
    }
    if !number.percent && (RANK_CELL.is_match(cell_before) || RANK_NAME.is_match(name) && number.value <= 63.0) {
        return (number, Unit::RankGroup);
    }
    let (own, _) = unit("", rest, &number);
    if own != Unit::Count {
        return (number, own);
    }
    let spoken = format!(" {}", unit_text.trim());
    let (column, _) = unit(name, &spoken, &number);
    if column == Unit::Count && (unit_text.contains("hang") || unit_text.contains("thU bAc")) {
        return (number, Unit::RankGroup);
    }
    (number, column)
}

#[cfg(test)]
mod tests {
    use crate::plan::{Comparator, Level, Unit, Value};
    use crate::read_plan;

    #[test]
    fn each_year_of_a_row_is_a_target_in_the_unit_of_its_column() {
        let plan = read_plan(
            "PHỤ LỤC CHỈ TIÊU\n| TT | Chỉ tiêu | ĐVT | Thực hiện 2022 | Năm 2023 | Năm 2025 |\n|---|---|---|---|---|---|\n| 1 | Hồ sơ trực tuyến toàn trình | % | 40 | 50 | ≥ 80 |\n| 2 | Xã đạt chuẩn nông thôn mới | Xã | 20 | 25 | 40 |",
        );
        let found: Vec<_> =
            plan.targets.iter().map(|t| (t.value, t.unit, t.comparator, t.due.clone().unwrap())).collect();
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0], (Value::One(50.0), Unit::Percent, Comparator::Eq, "2023".into()));
        assert_eq!(found[1], (Value::One(80.0), Unit::Percent, Comparator::Gte, "2025".into()));
        assert_eq!(found[3], (Value::One(40.0), Unit::Count, Comparator::Eq, "2025".into()));
    }

    #[test]
    fn a_single_column_of_goals_is_due_when_its_heading_says() {
        let plan = read_plan(
            "II. MỤC TIÊU ĐẾN NĂM 2024\n| STT | Chỉ tiêu | Đơn vị tính | Mục tiêu |\n|---|---|---|---|\n| 1 | Hồ sơ công việc cấp xã xử lý trên môi trường mạng | % | 60 |",
        );
        let target = &plan.targets[0];
        assert_eq!((target.value, target.unit, target.level), (Value::One(60.0), Unit::Percent, Some(Level::Commune)));
        assert_eq!(target.due.as_deref(), Some("2024"));
        assert!(target.quote.contains("60"));
    }
}
