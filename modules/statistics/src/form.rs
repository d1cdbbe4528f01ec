//! The table on paper, in the shape of the forms II.06 of TT 01/2020/TT-VPCP.

use crate::columns::Column;
use crate::pages::Row;
use crate::scope::Scope;
use base::{Fault, vn_date};
use print::Sheet;
use serde::Serialize;
use web::{Answer, Ctx};

print::templates! {
    /// Handling of dossiers over a period.
    pub HANDLING = "statistics", include_str!("../forms/statistics.typ");
}

/// Rows on paper at most; a province has fewer units and fields, and of procedures the file is meant.
const ROWS_MAX: usize = 2_500;

/// The columns of the form, in its order; beside them stand those the form does not know: taken back, stopped, and at rest.
const COLUMNS: [Column; 15] = [
    Column::Received,
    Column::Online,
    Column::Counter,
    Column::Post,
    Column::Carried,
    Column::Settled,
    Column::Early,
    Column::OnTime,
    Column::Late,
    Column::Withdrawn,
    Column::Stopped,
    Column::Open,
    Column::InTime,
    Column::Overdue,
    Column::Paused,
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    name: String,
    numbers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Report {
    above: String,
    unit: String,
    place: String,
    day: String,
    period: String,
    head: String,
    rows: Vec<Line>,
    whole: Option<Line>,
    /// Whether a number stands as a dash.
    unknown: bool,
    keeper: String,
}

/// Written in Vietnamese, whatever language the page is read in.
fn line(row: &Row) -> Line {
    let l = i18n::L(base::Lang::Vi);
    let number = |column: &Column| row.values.get(*column).map_or_else(|| "–".to_owned(), |n| l.number(n));
    Line { name: row.name.clone(), numbers: COLUMNS.iter().map(number).collect() }
}

/// The PDF.
///
/// # Errors
/// `Invalid` at `by` for more rows than a form holds; those of [`print::print`].
pub(crate) async fn answer(ctx: &Ctx, scope: &Scope, head: &str, rows: &[Row], whole: Option<&Row>) -> Answer {
    if rows.len() > ROWS_MAX {
        let long = base::Problem::new("statistics-form-long").field("by").arg("max", ROWS_MAX);
        return Err(Fault::invalid(long).into());
    }
    let l = i18n::L(base::Lang::Vi);
    let unit = scope.tree.get(scope.node);
    let above = unit.and_then(|unit| unit.parent).map(|parent| scope.tree.name(parent)).unwrap_or_default();
    let rows: Vec<Line> = rows.iter().map(line).collect();
    let whole = whole.map(line);
    let unknown = rows.iter().chain(&whole).any(|line| line.numbers.iter().any(|number| number == "–"));
    let report = Report {
        above,
        unit: scope.tree.name(scope.node),
        place: scope.tree.place_of(scope.node),
        day: base::vn_date_words(ctx.now.date()),
        period: scope.period.name(l),
        head: head.to_owned(),
        rows,
        whole,
        unknown,
        keeper: ctx.actor()?.name.clone(),
    };
    let subject = format!("{}/{}", scope.node, scope.period.word);
    let title = "Tình hình, kết quả giải quyết thủ tục hành chính";
    let pdf = print::print(HANDLING, Sheet { title, subject: &subject, at: ctx.now, data: &report }).await?;
    let days = format!("{}-{}", vn_date(scope.period.from).replace('/', ""), vn_date(scope.period.to).replace('/', ""));
    let mut response = web::pdf(&format!("ket-qua-giai-quyet-tthc-{days}.pdf"), pdf.bytes);
    response.extensions_mut().insert(web::ExportedRows(i64::try_from(report.rows.len()).unwrap_or(i64::MAX)));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_set_empty_and_over_many_pages_and_says_what_its_numbers_say() {
        let line = |n: usize| Line {
            name: format!("Đăng ký, quản lý cư trú và các việc có tên rất dài của lĩnh vực thứ {n}"),
            numbers: (0..COLUMNS.len()).map(|column| (n * 100 + column).to_string()).collect(),
        };
        for n in [0, 3, 120] {
            let report = Report {
                above: "Ủy ban nhân dân thành phố Cần Thơ".to_owned(),
                unit: "Ủy ban nhân dân phường Ninh Kiều".to_owned(),
                place: "Ninh Kiều".to_owned(),
                day: "ngày 30 tháng 11 năm 2026".to_owned(),
                period: "Tháng 11/2026".to_owned(),
                head: "Lĩnh vực".to_owned(),
                rows: (1..=n).map(line).collect(),
                whole: Some(line(0)),
                unknown: n == 3,
                keeper: "Trần Văn Một".to_owned(),
            };
            let sheet = Sheet { title: "Tình hình", subject: "1/2026-11", at: base::Instant(0), data: &report };
            let pdf = print::render(HANDLING, sheet).unwrap();
            assert!(pdf.bytes.starts_with(b"%PDF"), "{n}");
        }
    }
}
