//! Targets from tables of goals: one indicator a row, its unit and its values in columns.
//!
//! A cell may hold several goals ("≤ 8 vùng; ≤ 20 cả nước"), each of them a record. A row that only names
//! a group ("Giai đoạn 2026 - 2028") gives its year to the rows under it. A cell in whole sentences is
//! read like prose.

use crate::changes::moves_on;
use crate::compare::held;
use crate::dues::{Spot, due};
use crate::fold::patterns;
use crate::levels::level;
use crate::numbers::{Number, numbers};
use crate::plan::{Comparator, Target, Unit, Value};
use crate::refuse::refusal;
use crate::tables::{Role, Row, Span, Table};
use crate::targets::{Frame, read_cell};
use crate::units::unit;
use crate::view::View;
use crate::years::{Role as YearRole, mentions};

/// Longest cell that is a value and not a sentence, in characters.
const VALUE_CHARS_MAX: usize = 60;

patterns! {
    PERCENT_UNIT = r"^\W*(?:%|phần trăm|tỷ lệ(?: %)?|tỷ lệ \(%\))|\(%\)|%/năm";
    PERCENT_NAME = r"\(%\)|\(đvt: ?%\)|\btính theo %";
    /// A unit that was read on to the name before it.
    NAME_UNIT = r"\s(ngày làm việc|ngày|giờ|phút|điểm|triệu đồng|tỷ đồng)\s?$";
    RANK_CELL = r"(?:nhóm|top|tốp|hạng|thứ)\s?$";
    RANK_NAME = r"xếp hạng|thứ hạng|thứ bậc|xếp thứ";
    YEAR_COLON = r"\b(20\d\d)\s?:\s?(?:[^\d;]{0,12})$";
    RANK_UNIT = r"hạng|thứ bậc|vị trí|^bậc$";
    RISES = r"\b(?:tăng|nâng|cải thiện)\b";
    AT_LEAST_NAME = r"(?:tối thiểu|ít nhất|trên|từ)\W*$";
    /// Where the goals of one cell part.
    PARTS = r"[;\n]|,\s|\svà\s|/\s";
    /// An indicator named by its change: its value is the change itself.
    CHANGE_NAME = r"^\W*(?:giảm|tăng|cắt giảm|rút ngắn|tinh giản)\b[^%\d]*$|\b(?:tăng|giảm)(?: thêm| bình quân| trung bình| mỗi năm| hằng năm| hàng năm| tối thiểu| ít nhất| so với [^,;.]{2,40})*\W*$";
    NOT_CHANGE = r"(?:tỷ lệ|tỉ lệ|tốc độ|mức|nhịp độ|chỉ số|tỷ suất)\s(?:gia |cắt )?(?:tăng|giảm)|tăng (?:cường|trưởng)";
}

/// The targets of a table of goals.
pub(crate) fn targets(view: &View, table: &Table, heading_due: Option<u16>, frame: Frame, out: &mut Vec<Target>) {
    let name_col = table.roles.iter().position(|r| matches!(r, Role::Indicator | Role::Task));
    let unit_col = table.roles.iter().position(|r| *r == Role::Unit);
    let Some(name_col) = name_col else { return };
    let told = year_told(table, frame);
    let mut group = GroupYear::default();
    for row in &table.rows {
        if let Some(words) = group_words(view, table, row) {
            group.enter(&words, view.flat(row.cells[0].0, row.cells[0].1));
            continue;
        }
        let Some(name) = name_of(table, row, name_col) else { continue };
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
            let due = year.or(dated).or(group.year).or(table.due).or(heading_due).or(frame.title_due);
            let Some(cell) = row.cells.get(col).filter(|c| c.0 < c.1) else { continue };
            let site = Site { view, name, cell: *cell, unit_text, due };
            if cell.1 - cell.0 > VALUE_CHARS_MAX {
                out.extend(site.sentence(frame));
            } else {
                out.extend(site.values());
            }
        }
    }
}

/// The name of a row: in its column, or beside it where the head of the name spans two columns.
fn name_of(table: &Table, row: &Row, name_col: usize) -> Option<Span> {
    let filled = |col: &usize| row.cells.get(*col).is_some_and(|c| c.0 < c.1);
    let beside = (name_col + 1..table.roles.len()).take_while(|c| table.roles[*c] == Role::Other);
    std::iter::once(name_col).chain(beside).find(filled).map(|col| row.cells[col])
}

/// The year that group rows set for the rows under them.
#[derive(Default)]
struct GroupYear {
    year: Option<u16>,
    rank: u8,
}

impl GroupYear {
    /// A group with a year sets it; one without takes it back when it is of the same rank.
    fn enter(&mut self, words: &str, mark: &str) {
        let rank = match mark.trim().trim_end_matches(['.', ')']) {
            m if m.bytes().all(|b| b.is_ascii_digit()) && !m.is_empty() => 2,
            m if m.contains('.') || m.len() > 5 => 3,
            "" => 3,
            _ => 1,
        };
        match group_due(words) {
            Some(year) => (self.year, self.rank) = (Some(year), rank),
            None if rank <= self.rank && rank < 3 => self.year = None,
            None => {}
        }
    }
}

fn group_due(words: &str) -> Option<u16> {
    mentions(words).into_iter().rfind(|m| matches!(m.role, YearRole::Due | YearRole::Later)).map(|m| m.year)
}

/// The words of a row that only names what the rows under it are about: no unit, no value, one text (that
/// a merged cell may repeat in every column).
fn group_words(view: &View, table: &Table, row: &Row) -> Option<String> {
    let ordinal = table.roles.iter().position(|r| *r == Role::Ordinal);
    let filled = |col: &usize| row.cells.get(*col).is_some_and(|c| c.0 < c.1);
    let text = |col: usize| view.flat(row.cells[col].0, row.cells[col].1).trim();
    let cols: Vec<usize> = (0..row.cells.len()).filter(filled).collect();
    let mut words: Vec<&str> = cols.iter().filter(|c| Some(**c) != ordinal).map(|c| text(*c)).collect();
    let many = words.len() > 1;
    words.dedup();
    let empty = |c: usize| !matches!(table.roles[c], Role::Value(_) | Role::Unit);
    match words.as_slice() {
        [] => cols.first().map(|c| text(*c).to_owned()),
        [one] if many || cols.iter().all(|c| empty(*c)) => Some((*one).to_owned()),
        _ => None,
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

/// One cell of goals and what its row says of it.
struct Site<'a> {
    view: &'a View<'a>,
    name: Span,
    cell: Span,
    unit_text: &'a str,
    due: Option<u16>,
}

impl Site<'_> {
    /// The goals of a cell of values: one of each part, the first that is no year, date or name.
    fn values(&self) -> Vec<Target> {
        let flat = self.view.flat(self.cell.0, self.cell.1);
        let seams = PARTS.all(flat);
        let mut out: Vec<Target> = Vec::new();
        let mut taken = None;
        for number in numbers(flat) {
            let part = seams.partition_point(|s| s.1 <= number.start);
            let start = part.checked_sub(1).map_or(0, |p| seams[p].1);
            let end = seams.get(part).filter(|s| s.0 >= number.end).map_or(flat.len(), |s| s.0);
            if taken == Some(part) || is_year(&number) || moves_on(&flat[start..number.start], &flat[number.end..]) {
                continue;
            }
            if let Some(target) = self.value(number, &flat[start..number.start], &flat[number.end..end]) {
                taken = Some(part);
                out.push(target);
            }
        }
        out
    }

    fn value(&self, number: Number, before: &str, rest: &str) -> Option<Target> {
        let view = self.view;
        if rest.trim_start().starts_with('/') && self.unit_text.is_empty() && !rest.contains("nWm") && !number.percent {
            return None;
        }
        let name = view.flat(self.name.0, self.name.1);
        let (number, unit) = with_unit(number, name, self.unit_text, before, rest);
        if refusal(before, rest, &number, unit).is_some() {
            return None;
        }
        let asked = AT_LEAST_NAME.find(name).map_or("", |(a, _)| &name[a..]);
        let mut held = held(&format!("{asked} {before}"), rest, &number, unit);
        if unit == Unit::RankGroup {
            held.comparator = Comparator::RankWithin;
        } else if let Some(changed) = change(name).filter(|_| !matches!(held.comparator, Comparator::Lte)) {
            held.comparator = changed;
        }
        let part_level = level(&format!("{before}{rest}"), false);
        let (quote, offset) = if self.name.0 < self.cell.0 {
            view.quote(self.name.0, self.cell.1)
        } else {
            view.quote(self.cell.0, self.name.1)
        };
        Some(Target {
            value: number.high.map_or(Value::One(number.value), |high| Value::Range(number.value, high)),
            unit,
            comparator: held.comparator,
            level: part_level.or_else(|| level(name, false)),
            due: due_in(before)
                .or_else(|| year_before(before))
                .or_else(|| bracketed_year(rest))
                .or(self.due)
                .map(|y| y.to_string()),
            quote,
            offset,
            subject: view.text(self.name.0, self.name.1),
            tags: vec!["in_table".into()],
            confidence: 0.85,
            reason: format!("a value in a table of goals; {}", held.rule),
        })
    }

    /// The goals of a cell in words, read like a paragraph under goals.
    fn sentence(&self, frame: Frame) -> Vec<Target> {
        let own = level(self.view.flat(self.name.0, self.name.1), false);
        let mut found = read_cell(self.view, self.cell, self.due, frame);
        for target in &mut found {
            target.level = target.level.or(own);
            target.subject = self.view.text(self.name.0, self.name.1);
        }
        found
    }
}

/// A bare year dates a value and is none.
fn is_year(number: &Number) -> bool {
    let four = number.end - number.start == 4 && !number.percent && number.high.is_none();
    four && (2000.0..2101.0).contains(&number.value) && number.value.fract() == 0.0
}

/// "2026: 80%": a year and a colon.
fn year_before(before: &str) -> Option<u16> {
    let groups = YEAR_COLON.groups(before)?;
    groups[1].and_then(|(a, b)| before[a..b].parse().ok())
}

/// "80% (năm 2028)": the year after a value dates it.
fn bracketed_year(rest: &str) -> Option<u16> {
    mentions(rest).first().filter(|m| m.role == YearRole::Due && m.start < 24).map(|m| m.year)
}

/// Whether an indicator is the change itself: *Số đơn đăng ký tăng trung bình*, *Giảm tỷ lệ hộ nghèo*.
fn change(name: &str) -> Option<Comparator> {
    if NOT_CHANGE.is_match(name) {
        return None;
    }
    let (at, _) = CHANGE_NAME.find(name)?;
    let raised = name[at..].contains("tWng");
    Some(if raised { Comparator::IncreaseBy } else { Comparator::ReduceBy })
}

/// The unit of a cell: its own sign, else the unit column, else the name of the indicator.
fn with_unit(mut number: Number, name: &str, unit_text: &str, cell_before: &str, rest: &str) -> (Number, Unit) {
    if !number.percent && (PERCENT_UNIT.is_match(unit_text) || unit_text.is_empty() && PERCENT_NAME.is_match(name)) {
        number.percent = true;
    }
    let placed = RANK_NAME.is_match(name) && number.value <= 63.0 && !number.percent;
    if !number.percent && (RANK_CELL.is_match(cell_before) || placed) {
        return (number, Unit::RankGroup);
    }
    let (own, _) = unit("", rest, &number);
    if own != Unit::Count {
        return (number, own);
    }
    let spoken = format!(" {}", unit_text.trim());
    let (column, _) = unit(name, &spoken, &number);
    if matches!(column, Unit::Count | Unit::RankSteps) && RANK_UNIT.is_match(unit_text) && !RISES.is_match(name) {
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

    #[test]
    fn a_cell_of_two_goals_makes_two_and_one_in_words_none() {
        let plan = read_plan(
            "| TT | Chỉ tiêu | Đơn vị tính | Mục tiêu | Cơ quan theo dõi |\n|---|---|---|---|---|\n| I | **Xếp hạng đến năm 2030** | | | |\n| 1 | Chỉ số đổi mới sáng tạo | Thứ bậc | ≤ 7 vùng; ≤ 18 cả nước | Sở Khoa học và Công nghệ |\n| 2 | Trình độ công nghệ | Thứ bậc | Trên mức trung bình | Sở Công Thương |\n| 3 | Số đơn sáng chế tăng trung bình | %/năm | 12 - 15 | Sở Khoa học và Công nghệ |",
        );
        let found: Vec<_> = plan.targets.iter().map(|t| (t.value, t.unit, t.comparator)).collect();
        assert_eq!(
            found,
            [
                (Value::One(7.0), Unit::RankGroup, Comparator::RankWithin),
                (Value::One(18.0), Unit::RankGroup, Comparator::RankWithin),
                (Value::Range(12.0, 15.0), Unit::Percent, Comparator::IncreaseBy),
            ]
        );
        assert!(plan.targets.iter().all(|t| t.due.as_deref() == Some("2030")));
    }

    #[test]
    fn a_year_in_a_cell_dates_the_value_after_it() {
        let plan = read_plan(
            "| TT | Chỉ tiêu | ĐVT | Mục tiêu |\n|---|---|---|---|\n| 1 | Tỉ lệ hồ sơ trực tuyến | Tỉ lệ % | 2026: 80; 2030: >=95 |\n| 2 | Hồ sơ xử lý trên mạng | % | Cấp tỉnh: 95; cấp xã: 85 |",
        );
        let found: Vec<_> = plan.targets.iter().map(|t| (t.value, t.comparator, t.level, t.due.as_deref())).collect();
        assert_eq!(
            found,
            [
                (Value::One(80.0), Comparator::Eq, None, Some("2026")),
                (Value::One(95.0), Comparator::Gte, None, Some("2030")),
                (Value::One(95.0), Comparator::Eq, Some(Level::Province), None),
                (Value::One(85.0), Comparator::Eq, Some(Level::Commune), None),
            ]
        );
    }

    #[test]
    fn the_period_of_a_group_row_counts_until_the_next_one() {
        let plan = read_plan(
            "| TT | Chỉ tiêu | ĐVT | Mục tiêu |\n|---|---|---|---|\n| I | Giai đoạn 2026 - 2028 | | |\n| 1 | Xã đạt chuẩn | Xã | 12 |\n| II | Giai đoạn 2029 - 2030 | | |\n| 2 | Xã đạt chuẩn | Xã | 20 |\n| III | Chỉ tiêu thường xuyên | | |\n| 3 | Hồ sơ đúng hạn | % | ≥98 |",
        );
        let dues: Vec<_> = plan.targets.iter().map(|t| t.due.as_deref()).collect();
        assert_eq!(dues, [Some("2028"), Some("2030"), None]);
    }
}
