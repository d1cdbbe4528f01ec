//! Numbers that are not targets: dates, codes, ages, service levels, conditions, money, results.
//!
//! Each rule looks at the words just before or just after the number, names itself and says why.

use crate::fold::Pattern;
use crate::numbers::Number;
use crate::plan::Unit;
use std::sync::LazyLock;

mod table;

use table::{Looks, TABLE};

/// Why a number is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) rule: &'static str,
    pub(crate) reason: &'static str,
}

/// A number of the text that is no target, with the rule that says so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    pub quote: String,
    /// In characters of the input.
    pub offset: usize,
    pub rule: &'static str,
    pub reason: &'static str,
}

struct Rule {
    name: &'static str,
    reason: &'static str,
    looks: Looks,
    pattern: Pattern,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|(name, reason, looks, source)| Rule { name, reason, looks: *looks, pattern: Pattern::new(source) })
        .collect()
});

crate::fold::patterns! {
    DENOMINATOR = r"(?:trên|/|mỗi|tính trên)\s?$";
    PEOPLE = r"^\s?(?:dân|người|trẻ)\b";
    PER_ONE = r"(?:trên|/|tính trên|bình quân)\s?$";
    MEASURE = r"^\s?(?:ha|héc ta|hecta|m2|km2?|mét|đơn vị diện tích|lao động|giáo viên|công chức)\b";
    SCOPE = r"(?:đối với|giữa|thuộc|của) (?:\d+ [a-zWAEDOQU, ]{2,24} và )?$";
    OFFICE = r"^\s?(?:sở|ban|bộ|huyện|đơn vị cấp|cơ quan|tỉnh|phòng|ngành)\b";
    /// How long people live, not who is meant.
    LIFE = r"tuổi thọ|số năm sống";
    /// What a budget takes in is asked for; what it gives is not.
    REVENUE = r"(?:tổng thu|\bthu) (?:ngân sách|nsnn|nội địa)";
    SPENT = r"chi tiêu (?:bình quân|trung bình)|(?:mức|tổng) chi tiêu";
    /// What a measure saved, worked out and not asked for.
    SAVED = r"(?:giảm|tiết kiệm|rút ngắn|cắt giảm|cắt bỏ)(?: chi phí| thời gian| số tiền)? được(?: khoảng| là| trên| gần)?\s?:?\s?$|tỷ lệ (?:cắt giảm|tiết kiệm|giảm)(?: được)?(?: chi phí| thời gian)?(?: tuân thủ| thực hiện)?(?: thủ tục(?: hành chính)?| tthc)?(?: là|:| =)\s?$|(?:tương ứng|tương đương)(?: với)?(?: tỷ lệ)?(?: cắt giảm| giảm| tiết kiệm)\s?$";
    AIMS = r"phấn đấu|mục tiêu|chỉ tiêu|yêu cầu|\bphải\b|\bcần\b|đến năm 20|tối thiểu|ít nhất";
    /// "ngành có tỷ lệ nữ dưới 25% có thể điều chỉnh": who may do what, not what is to be reached.
    WHOSE = r"(?:\bcó|\bmà|\bnơi)\s(?:tỷ lệ|tỉ lệ|số|mức|quy mô|điểm)[^.;,%\d]{0,60}$";
    MAY = r"^(?: trở lên| trở xuống)?[^.;%\d]{0,40}?\s(?:thì|có thể|được phép|được xem xét|được xét|được điều chỉnh|được áp dụng|chưa được|không được)\b";
    /// What there is to mend, told as a reason: "1.870 thủ tục cần chuẩn hóa".
    IN_NEED = r"^\s?(?:tổng )?(?:số )?[a-zWAEDOQU][^.;,:%\d]{1,44}\s(?:cần|phải|chưa được|chưa)\s(?:được )?(?:chuẩn hóa|sửa|rà soát|thay thế|bãi bỏ|xử lý|khắc phục|điều chỉnh|cập nhật|cải tạo|nâng cấp|giải quyết|số hóa|bổ sung|hoàn thiện|kiểm tra|xây dựng lại)";
    DEALT_WITH = r"hoàn thành|phấn đấu|giải quyết|xử lý|thực hiện|chuẩn hóa|sửa đổi|khắc phục|bảo đảm|đảm bảo|tối thiểu|ít nhất|mục tiêu|chỉ tiêu|số hóa|đạt|giảm|đến năm 20|trong năm|\b(?:cải tạo|nâng cấp)";
    /// "thí sinh trả lời đúng từ 50% … được thi": what gives a right.
    HAVING = r"\b(?:có|đạt|đúng|đủ)\s(?:từ|trên|dưới|ít nhất|tối thiểu)?\s?$";
    RIGHT = r"^[^.;]{0,90}\bđược (?:hưởng|xét|miễn|thi|cộng|dự|áp dụng|tính)\b";
    /// "Chi quản lý không quá 5% tổng kinh phí", "giảm 50% lệ phí".
    CAPPED = r"(?:không quá|tối đa|không vượt quá)\s?$";
    FUNDS = r"^\s?(?:của )?(?:tổng )?(?:kinh phí|dự toán|chi phí|mức vốn|giá trị (?:hợp đồng|dự án|gói thầu))";
    GIVEN = r"\b(?:được|miễn,?|miễn hoặc) giảm\s?$";
    /// *ngay* is read like *ngày*.
    AT_ONCE = r"(?:hoàn thành|xử lý|giải quyết|triển khai|thực hiện|khắc phục)\s+ngay\s?$";
    /// *02/05 huyện nghèo thoát nghèo*: so many of so many.
    OF_THINGS = r"^\s?/\s?\d{1,4} (?:xã|huyện|phường|thị trấn|đơn vị|trường|trạm|cơ quan|sở|thôn|bản|hộ|chỉ số|tiêu chí|khu)\b";
}

/// Service levels, classes and wards are small numbers; "cấp 5.000 chữ ký số" is none.
const LEVEL_MAX: f64 = 12.0;
/// A year is four digits; "2.000 cây" is none.
const YEAR_DIGITS: usize = 4;
/// Longest stretch a rule looks at, in characters.
const LOOK_CHARS: usize = 110;

/// The rule that says a number is no target, if one does. `before` and `after` are its clause.
pub(crate) fn refusal(before: &str, after: &str, number: &Number, unit: Unit) -> Option<Refusal> {
    let before = &before[before.len().saturating_sub(LOOK_CHARS)..];
    let after = &after[..after.len().min(LOOK_CHARS)];
    if !number.percent
        && number.high.is_none()
        && (1900.0..2101.0).contains(&number.value)
        && number.value.fract() == 0.0
        && number.end - number.start == YEAR_DIGITS
        && !number.multiplied
    {
        return Some(Refusal { rule: "year", reason: "a year" });
    }
    let round = [100.0, 1000.0, 10000.0, 100000.0].contains(&number.value);
    if round && DENOMINATOR.is_match(before) && PEOPLE.is_match(after) {
        return Some(Refusal { rule: "denominator", reason: "the number of people a rate is told for" });
    }
    if number.value == 1.0 && PER_ONE.is_match(before) && MEASURE.is_match(after) {
        return Some(Refusal { rule: "denominator", reason: "the one thing a rate is told for" });
    }
    if unit == Unit::Count && SCOPE.is_match(before) && OFFICE.is_match(after) {
        return Some(Refusal { rule: "scope", reason: "how many offices it is done for" });
    }
    if WHOSE.is_match(before) && MAY.is_match(after) {
        return Some(Refusal { rule: "condition_may", reason: "a condition, not an aim" });
    }
    if IN_NEED.is_match(after) && !DEALT_WITH.is_match(before) {
        return Some(Refusal { rule: "in_need", reason: "what there is to mend" });
    }
    if HAVING.is_match(before) && RIGHT.is_match(after) && !AIMS.is_match(&before[..before.len().saturating_sub(16)]) {
        return Some(Refusal { rule: "condition_right", reason: "a condition, not an aim" });
    }
    if CAPPED.is_match(before) && FUNDS.is_match(after) || GIVEN.is_match(before) {
        return Some(Refusal { rule: "given", reason: "what is granted or spent at most" });
    }
    if SAVED.is_match(before) && !AIMS.is_match(before) {
        return Some(Refusal { rule: "saved", reason: "a saving worked out" });
    }
    let life = LIFE.is_match(before);
    let spent = SPENT.is_match(before);
    let revenue = REVENUE.is_match(before);
    let of_things = OF_THINGS.is_match(after);
    if number.glued && matches!(unit, Unit::Count) {
        return Some(Refusal { rule: "glued", reason: "part of a word" });
    }
    let ranked = matches!(unit, Unit::RankGroup | Unit::RankSteps);
    let rate = matches!(unit, Unit::Per100 | Unit::Per1000 | Unit::Per10000 | Unit::Per100000);
    RULES
        .iter()
        .filter(|rule| !number.percent || matches!(rule.looks, Looks::Before | Looks::After))
        .filter(|rule| {
            !(ranked
                && matches!(rule.name, "service_level" | "date_slash" | "number_sign" | "document_word" | "plan_parts"))
        })
        .filter(|rule| {
            !(number.value > LEVEL_MAX && (rule.name.starts_with("service_level") || rule.name == "named_scheme"))
        })
        .filter(|rule| {
            !(rule.name == "date_day" && (AT_ONCE.is_match(before) || number.value > 31.0 && before.ends_with("ngay ")))
        })
        .filter(|rule| !(rule.name == "document_word" && before.ends_with("dUt DiEm ")))
        .filter(|rule| rule.name != "scheme_plus" || number.glued)
        .filter(|rule| !(rate && matches!(rule.name, "date_slash" | "code_after")))
        .filter(|rule| {
            let top = rule.name == "scale" && before.contains("thang DiEm");
            !(unit == Unit::Points && matches!(rule.name, "date_slash" | "scale" | "budget")) || top
        })
        .filter(|rule| !(matches!(unit, Unit::Days | Unit::Hours | Unit::Minutes) && rule.name == "scale"))
        .filter(|rule| !(life && matches!(rule.name, "age" | "age_before" | "duration")))
        .filter(|rule| !(spent && matches!(rule.name, "award" | "budget")))
        .filter(|rule| !(revenue && rule.name == "budget"))
        .filter(|rule| !(rule.name == "support_share" && before.contains("thuE san phAm")))
        .filter(|rule| !(of_things && rule.name == "date_slash"))
        .find(|rule| match rule.looks {
            Looks::Before | Looks::BeforeCount => rule.pattern.is_match(before),
            Looks::After | Looks::AfterCount => rule.pattern.is_match(after),
        })
        .map(|rule| Refusal { rule: rule.name, reason: rule.reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use crate::numbers::numbers;
    use crate::units::unit;

    /// The rule for each number of a text.
    fn rules(text: &str) -> Vec<Option<&'static str>> {
        let flat = folded(text);
        numbers(&flat)
            .iter()
            .map(|n| {
                let (before, after) = (&flat[..n.start], &flat[n.end..]);
                refusal(before, after, n, unit(before, after, n).0).map(|r| r.rule)
            })
            .collect()
    }

    #[test]
    fn every_rule_compiles_and_names_itself_once() {
        assert!(RULES.iter().all(|r| r.pattern.compiles()));
        let mut names: Vec<_> = RULES.iter().map(|r| r.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn dates_and_documents_are_refused() {
        for text in [
            "ngày 15/7",
            "tháng 10",
            "năm 2021",
            "quý 4",
            "Nghị quyết số 76/NQ-CP",
            "Điều 5",
            "khoản 2",
            "Đề án 06",
            "khóa 13",
            "Quyết định 468/QĐ-TTg",
            "số: 31",
            "Kế hoạch số 21/KH-UBND",
        ] {
            assert!(rules(text).iter().all(Option::is_some), "{text}: {:?}", rules(text));
        }
    }

    #[test]
    fn levels_standards_and_names_are_refused() {
        for text in [
            "mức độ 3, 4",
            "mức độ 3 và 4",
            "mức độ 3, mức độ 4",
            "ISO 9001:2015",
            "IPv6",
            "công nghệ 5G",
            "24/7",
            "liên thông 3 trong 1",
            "nông thôn mới 4 không",
            "cách mạng công nghiệp 4.0",
            "đô thị loại 2",
            "trẻ em dưới 6 tuổi",
        ] {
            assert!(rules(text).iter().all(Option::is_some), "{text}: {:?}", rules(text));
        }
    }

    #[test]
    fn durations_conditions_and_money_are_refused() {
        for text in [
            "trong 05 năm",
            "06 tháng đầu năm",
            "chiến dịch 92 ngày đêm",
            "trong thời hạn 05 ngày",
            "nếu đạt dưới 50%",
            "kinh phí thực hiện: 120 tỷ đồng",
            "giải nhất không quá 50 triệu đồng",
            "03 đột phá",
            "ngân sách hỗ trợ 50%",
            "điện thoại: 0299.3822339",
            "chi quản lý không quá 5% tổng kinh phí",
            "thí sinh trả lời đúng từ 50% số câu hỏi trở lên được thi tiếp",
            "người dân được giảm 50% lệ phí",
            "mật độ xây dựng tối đa 60%",
            "thang điểm: tối đa 100 điểm",
            "đạt dưới 50 điểm xếp loại yếu",
            "thời gian kiểm tra không quá 02 ngày/đơn vị",
            "các điều 15, 16, 17 và 18",
            "tốc độ 02 Gb/s",
        ] {
            assert!(rules(text).iter().all(Option::is_some), "{text}: {:?}", rules(text));
        }
    }

    #[test]
    fn numbers_to_reach_pass() {
        for text in [
            "tối thiểu 80% hồ sơ",
            "ít nhất 03 cuộc/năm",
            "còn 15 ngày làm việc",
            "từ 80 điểm trở lên",
            "nhóm 20 tỉnh, thành phố",
            "15.000 doanh nghiệp",
            "10 bác sĩ/10.000 dân",
            "tăng 1 bậc",
            "ít nhất 80% hộ nghèo được hưởng chính sách",
            "≥85% hồ sơ",
            "hoàn thành ngay 41 quy trình",
        ] {
            assert!(rules(text)[0].is_none(), "{text}: {:?}", rules(text));
        }
    }
}
