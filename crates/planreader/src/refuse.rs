//! Numbers that are not targets: dates, codes, ages, service levels, conditions, money, results.
//!
//! Each rule looks at the words just before or just after the number, names itself and says why.

use crate::fold::Pattern;
use crate::numbers::Number;
use crate::plan::Unit;
use std::sync::LazyLock;

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

/// Where a rule looks, and which numbers it speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// Words that end right before the number.
    Before,
    /// Words that begin right after the number (its percent sign and multiplier included in it).
    After,
    /// As above, for numbers that are no percentage.
    BeforeCount,
    AfterCount,
}

struct Rule {
    name: &'static str,
    reason: &'static str,
    looks: Looks,
    pattern: Pattern,
}

/// The table of rules: name, reason, where it looks, pattern.
const TABLE: &[(&str, &str, Looks, &str)] = &[
    (
        "date_day",
        "a day, month, quarter or year",
        Looks::BeforeCount,
        r"(?:\bngày|\bmùng|\btháng|\bnăm|\bquý|\bthế kỷ|\bniên độ|\bnăm học|\bniên khóa)\s?$",
    ),
    ("date_slash", "a date or a fraction", Looks::AfterCount, r"^\s?[/]\s?\d"),
    ("date_words", "a day of a month", Looks::AfterCount, r"^\s?tháng\s?\d|^\s?-\s?\d{1,2}\s?-\s?(?:19|20)\d\d"),
    ("clock", "a time of day", Looks::AfterCount, r"^\s?(?:h\b|h\d|g\d|:\d\d|giờ\s?\d|giờ (?:00|sáng|chiều|ngày)|/24)"),
    (
        "document_word",
        "the number of a document or of a part of it",
        Looks::BeforeCount,
        r"(?:\bđiều|\bkhoản|\bđiểm|\bchương|\bmục|\bphụ lục|\bbiểu(?: mẫu)?(?: số)?|\bmẫu(?: số)?|\bbảng(?: số)?|\bhình|\btrang|\bphần|\bkhóa|\bkỳ họp(?: thứ)?|\blần(?: thứ)?|\bđề án|\bquyết định|\bnghị quyết|\bnghị định|\bthông tư|\bchỉ thị|\bkế hoạch|\bcông văn|\bkết luận|\bluật|\bhướng dẫn|\btờ trình|\bthông báo|\bchương trình|\bdự án|\btiểu dự án|\bhợp phần|\bnội dung(?: thành phần)?|\btiêu chí(?: số)?|\bchỉ tiêu(?: số)?|\bnhiệm vụ|\bquy chuẩn|\bvăn bản|\bgiai đoạn|\bbáo cáo|\bcông điện|\btiểu mục|\bdòng|\bcột)\s?(?:số\s?)?:?\s?$",
    ),
    ("number_sign", "a number as a name", Looks::BeforeCount, r"\bsố:?\s?$"),
    (
        "code_after",
        "the number of a document",
        Looks::AfterCount,
        r"^\s?[/\-]\s?(?:[a-zWAEDOQU]{1,8}\d{0,2}(?:[-/ .]|$)|(?:19|20)\d\d\s?/)",
    ),
    (
        "standard",
        "a standard, version or technology",
        Looks::BeforeCount,
        r"(?:\biso(?:/iec)?|\btcvn|\bqcvn|\biec|\bipv|\bversion|\bphiên bản|\bv|\bwindows|\boffice|\bcông nghiệp|\bweb|\bcách mạng(?: công nghiệp)?(?: lần thứ)?)\s?:?\s?$",
    ),
    (
        "service_level",
        "a service level, class or step of a scale",
        Looks::BeforeCount,
        r"(?:mức độ|\bmức|cấp độ|\bloại|\bhạng|\bbậc|\bnhóm|\blớp|\bkhối|\btầng|\bvùng|khu vực|\bquận|\bphường|\btuyến|\bđường|\bquốc lộ|\btổ|\bkhu phố|\bthôn|\bấp|trình độ|\btrục|\bcụm|\bvòng|\bđợt|\bkỳ|\bbước|\bcông đoạn|\bthứ|\bphiên|\bphân khu|\bphương án|\bkhâu|\bngạch|\bđiểm c|\bkịch bản)\s?(?:số\s)?$",
    ),
    (
        "service_level_list",
        "a service level after another one",
        Looks::BeforeCount,
        r"(?:mức độ|mức|cấp độ|loại|hạng|bậc|nhóm) \d{1,2}(?:\s?,|\s?và|\s?/|\s?-|\s?hoặc|\s?,? ?(?:mức độ|mức))\s?$",
    ),
    (
        "named_scheme",
        "part of a name",
        Looks::AfterCount,
        r"^\s?(?:trong 1|trong một|không|nhà|trực tiếp|đột phá|tại chỗ|g\b|d\b|mặt trận|sẵn sàng|cùng|rõ|giảm|tăng cường|chữ vàng)\b",
    ),
    ("named_scheme_end", "part of a name", Looks::BeforeCount, r"\d (?:trong|không|trực tiếp)\s?$"),
    ("scheme_plus", "part of a name (3K, 5S)", Looks::AfterCount, r"^[a-z]{1,3}\b"),
    ("age", "an age", Looks::AfterCount, r"^\s?(?:tháng )?tuổi\b"),
    (
        "age_before",
        "an age",
        Looks::BeforeCount,
        r"(?:\btuổi|độ tuổi|\btừ đủ|nhóm tuổi)(?: (?:từ|dưới|trên|đủ|đến))*\s?$",
    ),
    (
        "duration",
        "how long something lasts",
        Looks::AfterCount,
        r"^\s?(?:năm|tháng|tuần|thập kỷ|thế kỷ|ngày đêm|nhiệm kỳ|kỳ họp|tiết|học kỳ|đêm)\b",
    ),
    (
        "plan_parts",
        "a count of goals, tasks or parts",
        Looks::AfterCount,
        r"^\s?(?:nhóm )?(?:mục tiêu|chỉ tiêu|nhiệm vụ|giải pháp|nhóm|nội dung|đột phá|trụ cột|trục|quan điểm|phần|chương|điều(?:[,.;:)]|$| của| và| khoản)|khâu|phương châm|bước|giai đoạn|vấn đề|nguyên tắc|bài học|hạn chế|nguyên nhân|yêu cầu|bên\b|nhà\b|cấp\b|mặt\b|hợp phần|tiểu dự án|chuyên đề sau|định hướng|lĩnh vực (?:cải cách|trọng tâm|chính)|trọng tâm|tiêu chí (?:đánh giá|thành phần)|chương trình mục tiêu|đề án trọng)",
    ),
    (
        "award",
        "the cap of an award or an expense",
        Looks::BeforeCount,
        r"(?:giải (?:nhất|nhì|ba|khuyến khích|thưởng|đặc biệt)|tiền thưởng|mức thưởng|mức chi|mức hỗ trợ|mức tặng|hỗ trợ tối đa|định mức|mức phạt|phạt tiền|mức trần|mức lương|lương cơ sở|đơn giá)[^.;]{0,60}$",
    ),
    (
        "budget",
        "an amount of funding",
        Looks::BeforeCount,
        r"(?:kinh phí|dự toán|tổng mức|mức đầu tư|nguồn vốn|vốn (?:ngân sách|sự nghiệp|đối ứng)|ngân sách (?:nhà nước|tỉnh|trung ương|địa phương|huyện|xã)|chi phí|trị giá|số tiền)(?: thực hiện| dự kiến| khoảng| là| cần| chi| bố trí| cấp|[ :,]|[^.;%\d]{0,50})*$",
    ),
    (
        "support_cap",
        "the cap of a support",
        Looks::Before,
        r"(?:mức (?:chi )?hỗ trợ|định mức hỗ trợ|hỗ trợ tối đa)[^.;%\d]{0,60}$",
    ),
    (
        "class_size",
        "how an activity is laid out",
        Looks::BeforeCount,
        r"mỗi (?:lớp|buổi|khóa học|khóa|đợt|đoàn|nhóm|ca)\b[^.;,%\d]{0,40}$",
    ),
    (
        "lasts",
        "how long an activity lasts",
        Looks::BeforeCount,
        r"(?:^|[,;.:(\-]\s?)thời (?:gian|lượng)(?: tổ chức| diễn ra| đào tạo| tập huấn| bồi dưỡng| học| là| mỗi lớp)*\s?:?\s?$",
    ),
    (
        "times_in_name",
        "part of what is counted",
        Looks::AfterCount,
        r"^\s?lần\s?(?::|(?:đạt|chiếm|giảm|còn|dưới|không quá|L)\b)",
    ),
    ("a_day", "part of what is counted", Looks::AfterCount, r"^\s?(?:buổi|tiết|bữa|ca)\s?/\s?(?:ngày|tuần)\b"),
    (
        "none_below",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"không (?:còn|có) [^.;,%\d]{1,30}\b(?:dưới|trên|quá)\s?$",
    ),
    (
        "page_counter",
        "a counter of a page",
        Looks::BeforeCount,
        r"(?:lượt xem|cỡ chữ|bình luận|lượt truy cập|đang truy cập|lượt đọc|đã xem|hôm nay|trực tuyến)\s?:\s?$",
    ),
    (
        "per_prize",
        "the amount of one award",
        Looks::AfterCount,
        r"^\s?(?:đồng|đ)?\s?/\s?(?:giải|người/ngày|lần thưởng|suất|buổi|bài|tác phẩm|sáng kiến)",
    ),
    (
        "condition",
        "a condition, not an aim",
        Looks::Before,
        r"(?:\bnếu|trường hợp|(?:^|[^n]) khi (?:có|đạt|tỷ lệ|số)|chỉ (?:xét|áp dụng)|được xét|điều kiện là|với điều kiện)\s[^.;,]{0,70}$",
    ),
    (
        "condition_on",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"(?:\bđối với|\bnhững|áp dụng cho|\bcho các)\s[^.;,%]{0,50}\b(?:có|với|từ|dưới|trên)\s(?:tỷ lệ |từ |trên |dưới |quy mô |ít nhất )*$",
    ),
    (
        "condition_size",
        "a condition on who is meant",
        Looks::BeforeCount,
        r"(?:quy mô|diện tích|công suất|dân số|sử dụng)(?: lao động)? (?:từ|trên|dưới)\s?$",
    ),
    (
        "condition_share",
        "a condition on who is meant",
        Looks::Before,
        r"(?:\bđối với|\bnhững|áp dụng cho)\s[^.;,%\d]{0,40}\bcó (?:tỷ lệ|tỉ lệ|số lượng|số)\s[^.;,%\d]{2,60}$",
    ),
    (
        "time_limit",
        "a legal time limit",
        Looks::BeforeCount,
        r"(?:thời hạn|trong vòng|chậm nhất|quá hạn|trước)(?: là| sau| tối đa| không quá| khoảng| ít nhất)*\s?$",
    ),
    (
        "since",
        "a legal time limit",
        Looks::AfterCount,
        r"^\s?ngày(?: làm việc)?,? (?:kể từ|tính từ|sau khi|trước khi|trước ngày|từ ngày|sau ngày)",
    ),
    (
        "campaign",
        "the length of a campaign",
        Looks::BeforeCount,
        r"(?:cao điểm|chiến dịch|thi đua|ra quân|phát động|đợt hoạt động)\s[^.;,]{0,24}$",
    ),
    (
        "contact",
        "a telephone, post or account number",
        Looks::BeforeCount,
        r"(?:điện thoại|đt|số máy|fax|hotline|đường dây nóng|tổng đài|liên hệ|tài khoản số|mã số|zalo|email|msnv|di động)\s?:?\s?(?:\(?[\d.\- ]{0,16}\)?)$",
    ),
    ("formula", "a factor of a formula", Looks::Before, r"(?:[*=]|\bx|\bnhân với|trọng số|tỷ trọng điểm|hệ số)\s?$"),
    ("formula_after", "a factor of a formula", Looks::After, r"^\s?(?:x\s\d|\*\s?\d|x\s?100)"),
    ("scale", "the top of a scale", Looks::BeforeCount, r"(?:thang điểm|tối đa(?: là)?|/)\s?$"),
    ("numbering_text", "numbering", Looks::AfterCount, r"^[.)]\s?[a-zWAEDOQU(]{3,}"),
    ("stars", "a class of quality", Looks::AfterCount, r"^\s?(?:sao|vụ)\b"),
    ("and_so", "a sheet or copy", Looks::AfterCount, r"^\s?(?:bản|trang|tờ|phụ lục|biểu|chữ số|ký tự|số cuối)\b"),
    (
        "present_count",
        "what there is now",
        Looks::BeforeCount,
        r"(?:hiện có|hiện nay có|hiện đang có|đang có|gồm(?: có)?|bao gồm|cụ thể|trong tổng số|trên tổng số|tổng số|tổng cộng|toàn tỉnh có|toàn huyện có|thuộc)\s?:?\s?$",
    ),
    (
        "support_share",
        "a share of funding or support",
        Looks::Before,
        r"(?:hỗ trợ|trợ cấp|ngân sách(?: nhà nước| tỉnh| trung ương| địa phương)?(?: hỗ trợ| cấp| đảm bảo| bảo đảm)|đối ứng|tài trợ|vay|lãi suất|thuế suất|chiết khấu|khấu trừ)(?: tối đa| không quá| tối thiểu| là| mức| bằng| khoảng| với)*\s?$",
    ),
];

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
    /// *02/05 huyện nghèo thoát nghèo*: so many of so many.
    OF_THINGS = r"^\s?/\s?\d{1,4} (?:xã|huyện|phường|thị trấn|đơn vị|trường|trạm|cơ quan|sở|thôn|bản|hộ|chỉ số|tiêu chí|khu)\b";
}

/// Service levels, classes and wards are small numbers; "cấp 5.000 chữ ký số" is none.
const LEVEL_MAX: f64 = 12.0;
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
        .filter(|rule| !(rate && matches!(rule.name, "date_slash" | "code_after")))
        .filter(|rule| !(unit == Unit::Points && matches!(rule.name, "date_slash" | "scale" | "budget")))
        .filter(|rule| !(matches!(unit, Unit::Days | Unit::Hours | Unit::Minutes) && rule.name == "scale"))
        .filter(|rule| !(life && matches!(rule.name, "age" | "age_before" | "duration")))
        .filter(|rule| !(spent && matches!(rule.name, "award" | "budget")))
        .filter(|rule| !(revenue && rule.name == "budget"))
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
        ] {
            assert!(rules(text)[0].is_none(), "{text}: {:?}", rules(text));
        }
    }
}
