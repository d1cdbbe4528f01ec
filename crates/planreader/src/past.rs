//! Results already reached, told from what is asked.

use crate::fold::patterns;
use crate::sentences::Clause;
use crate::view::View;
use crate::years::{Mention, Role};

patterns! {
    DONE = r"\bđã (?:đạt|hoàn thành|có|được|giảm|tăng|thực hiện|ban hành|tổ chức|triển khai|công bố|cung cấp|số hóa|giải quyết|tiếp nhận|xây dựng|đưa|cấp|tích hợp|phát|đào tạo|xử lý|cắt giảm|rà soát|kiểm tra|thành lập|sắp xếp|hình thành|kết nối|bố trí|chuyển|phê duyệt|đầu tư|vượt|huy động|thu|nâng|góp phần|duy trì|giải thể|tiến hành|lắp đặt|trang bị|đơn giản|bãi bỏ|tuyên truyền|tập huấn|hỗ trợ|kích hoạt|thu nhận|đồng bộ|mở|ký|trình|tham mưu|công nhận|vận hành)";
    PRESENT = r"hiện nay|(?:^|[,.;:(]\s?|tỉnh\s|huyện\s|xã\s|đơn vị\s)hiện (?:tại|có|đang|còn)\b|hiện trạng|\bđến nay|tính (?:đến|tới) (?:nay|thời điểm|ngày|hết|cuối|tháng|quý|năm|giữa|đầu|0|1|2|3)|thời gian qua|những năm qua|trong những năm gần|\bước đạt|\bước thực hiện|\bước tính đạt|cùng kỳ|mới đạt|(?:[,;(]|\bmới|\bvẫn|\bcòn)\s?chỉ (?:đạt|có)\b|mới chỉ|mới có|chưa đạt|còn thấp|đạt được|\bvừa qua|\bnăm qua|\bqua (?:rà soát|kiểm tra|đánh giá|khảo sát|tổng kết|thực hiện|hơn|gần)|kết quả (?:là|cho thấy|đạt|thực hiện năm|năm)|đều đạt|luôn đạt|trên thực tế|xếp vị trí (?:thứ )?(?:\d|$)|kết thúc năm|\bđã hoàn thành|\bđạt và vượt|nhìn chung|theo số liệu|theo thống kê|trong (?:6|9|06|09) tháng đầu|quý [i1-4]{1,3}[/ ]\d*,? (?:toàn|đã)";
    /// An estimate of the year that ends is a result, even "đến hết năm".
    ESTIMATED = r"\bdự ước|\bước (?:đạt|tính|thực hiện|tăng)";
    FUTURE = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|đến hết 20|(?:mục tiêu|chỉ tiêu)(?: cụ thể| đặt ra)?(?: đến| năm| giai đoạn| là| phấn đấu|:)|\bcần\b|\bphải\b|tiếp tục|thời gian tới|giai đoạn tới|những năm tới|yêu cầu|trong năm tới|kế hoạch năm|giao chỉ tiêu";
    /// The share measured against a plan, or with its own fraction: a report of results.
    MEASURED_AFTER = r"^\s?(?:so với )?(?:kế hoạch|chỉ tiêu giao|dự toán|mục tiêu đề ra|cùng kỳ)|^\s?so với (?:cùng kỳ|kế hoạch|chỉ tiêu|mục tiêu)|^\s?\(\s?\d[\d.]*\s?/\s?\d|^\s?\((?:tăng|giảm|vượt|cao hơn|thấp hơn)\s|^\s?,? vượt\b";
    MEASURED_BEFORE = r"(?:^|[^/\d])\d[\d.]*/\d[\d.]*\s(?:\w+[ ,]+){1,14}?(?:\(?(?:đạt|chiếm|bằng|tỷ lệ|với)\s?)+(?:tỷ lệ\s)?$";
    ASKED_AFTER = r"^\s?(?:mục tiêu|chỉ tiêu)";
}

/// Longest stretch of a sentence looked at before a number.
const LOOK_CHARS: usize = 420;

/// Whether the words of the sentence before a number, and just after it, tell of a result.
/// `None` when neither past nor future is said.
pub(crate) fn tense(before: &str, after: &str) -> Option<bool> {
    let before = &before[before.len().saturating_sub(LOOK_CHARS)..];
    let after = &after[..after.len().min(60)];
    if ESTIMATED.is_match(before) && !before.contains("phAn DAu") {
        return Some(true);
    }
    if MEASURED_BEFORE.is_match(&before[before.len().saturating_sub(130)..]) {
        return Some(true);
    }
    let past = DONE.last(before).max(PRESENT.last(before));
    let future = FUTURE.last(before);
    match (past, future) {
        (None, None) if MEASURED_AFTER.is_match(after) && !ASKED_AFTER.is_match(after) => Some(true),
        (None, None) => None,
        (Some(p), Some(f)) => Some(p.0 > f.0),
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
    }
}

/// For each clause, whether its sentence begins inside a report of results told by earlier
/// sentences of the paragraph ("Hiện nay, … . Có 11/11 …; tỷ lệ … đạt 95%").
pub(crate) fn carried(view: &View, clauses: &[Clause], years: &[Mention], made: Option<u16>) -> Vec<bool> {
    let mut told = false;
    let mut out = Vec::with_capacity(clauses.len());
    let mut last_sentence = usize::MAX;
    let mut at_start = false;
    for clause in clauses {
        if clause.sentence != last_sentence {
            at_start = told;
            last_sentence = clause.sentence;
            let words = view.flat(clause.sentence, clause.sentence_end.min(clause.sentence + 2 * LOOK_CHARS));
            told = match tense(words, "") {
                Some(past) => past,
                None => told,
            };
            // "Đến hết năm 2023, …" in a document of 2024 tells what was.
            told |= made.is_some_and(|made| only_gone(years, clause, made));
        }
        out.push(at_start);
    }
    out
}

/// Whether all the years a sentence sets lie before the document.
fn only_gone(years: &[Mention], clause: &Clause, made: u16) -> bool {
    let first = years.partition_point(|m| m.start < clause.sentence);
    let mut set = years[first..]
        .iter()
        .take_while(|m| m.start < clause.sentence_end)
        .filter(|m| matches!(m.role, Role::Due | Role::Later | Role::Start))
        .peekable();
    set.peek().is_some() && set.all(|m| m.year < made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    fn past(before: &str, after: &str) -> Option<bool> {
        tense(&folded(before), &folded(after))
    }

    #[test]
    fn what_has_been_reached_is_past() {
        assert_eq!(past("Đến nay, công tác rà soát đã hoàn thành ", "% theo kế hoạch"), Some(true));
        assert_eq!(past("chỉ số hài lòng đều đạt mục tiêu đề ra (trên ", "%)"), Some(true));
        assert_eq!(past("Công khai 313/346 TTHC tại Bộ phận một cửa, đạt ", "%"), Some(true));
        assert_eq!(past("Tính đến nay tỷ lệ đạt ", "%"), Some(true));
    }

    #[test]
    fn what_is_asked_is_not_past_even_after_a_result() {
        assert_eq!(past("Hiện nay đạt 60%, phấn đấu đến năm 2025 đạt ", "%"), Some(false));
        assert_eq!(past("Tối đa hóa; đa dạng hóa ", "%"), None);
    }

    #[test]
    fn the_next_sentences_of_a_report_are_told_too() {
        let view =
            View::new("Hiện nay có 30 cơ quan. Có 11 xã dùng phần mềm; tỷ lệ đạt 95%. Phấn đấu năm tới đạt 100%.");
        let clauses = crate::sentences::clauses(&view, 0, view.len());
        let carried = carried(&view, &clauses, &[], None);
        assert_eq!(carried[..3], [false, true, true]);
    }
}
