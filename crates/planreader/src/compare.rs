//! How a number is held: at least, at most, exactly, between, raised or cut by, within a rank.

use crate::fold::patterns;
use crate::numbers::Number;
use crate::plan::{Comparator, Unit};

/// Words that may stand between a comparing word and its number.
const FILL: &str = r"(?:\s?(?:đạt|là|có|bình quân|trung bình|từ|mức|khoảng|tương ứng|lần lượt|thêm|được|ở|tỷ lệ|hàng năm|mỗi năm|hằng năm|số|cho|tổng|đến|đảm bảo|bảo đảm|với|về|:|,)){0,4}\s?";

patterns! {
    NOT_BELOW = &format!(r"(?:không (?:dưới|thấp hơn|ít hơn|nhỏ hơn|kém)|>=|=>|≥|lớn hơn hoặc bằng|bằng hoặc (?:cao|lớn) hơn){FILL}$");
    NOT_ABOVE = &format!(r"(?:không để [^.;%\d]{{0,60}}(?:vượt quá|vượt|quá|trên|hơn)|không (?:quá|vượt quá|vượt|hơn|cao hơn|lớn hơn|nhiều hơn|trên)|tối đa|chậm nhất|<=|=<|≤|nhỏ hơn hoặc bằng){FILL}$");
    ABOVE = &format!(r"(?:tối thiểu|tổi thiểu|tối thiêu|ít nhất|thấp nhất|trên|hơn|vượt|>|lớn hơn|cao hơn|nhiều hơn|\+){FILL}$");
    BELOW = &format!(r"(?:dưới|nhỏ hơn|thấp hơn|ít hơn|<){FILL}$");
    FROM = r"\btừ\s?(?:khoảng\s)?$";
    UPWARDS = r"^[^,;.\d]{0,32}?\btrở lên\b|^[^,;.\d]{0,14}\bhoặc (?:cao|nhiều|lớn) hơn";
    DOWNWARDS = r"^[^,;.\d]{0,32}?\btrở xuống\b";
    /// The verb that cuts, then words without another verb of level, then the number.
    CUT = r"(?:\bgiảm(?: thiểu| bớt| nghèo)?|cắt giảm|tinh giản|tinh giảm|rút ngắn|cắt bỏ|kéo giảm|tiết giảm|đơn giản hóa|tiết kiệm|bãi bỏ|thu gọn)\b([^.;]{0,110}?)$";
    RAISE = r"\btăng\b(?:\s(?:thêm|bình quân|trung bình|tối thiểu|ít nhất|khoảng|từ|trên|hơn|dần|đều|tương ứng|hàng năm|mỗi năm|hằng năm|tỷ lệ|số lượng|số|quy mô|doanh thu|năng suất|giá trị|tổng|năng lực|nguồn thu|thu|mức|hạng|thứ|tốc độ|được|thứ hạng|kim ngạch)\b|\s[^.;%\d]{0,70}?)$";
    RAISE_NOUN = r"(?:\bnâng|\bcải thiện)\b(?:[^.;%\d]{0,60}?)$";
    NOT_RAISE = r"tăng (?:cường|trưởng|tốc|ca|xông|huyết)\b";
    TO_LEVEL = r"\b(?:gấp|xuống|còn|đạt|lên|chiếm|bằng|thành|đến|được|là|tại|trong|đảm bảo|bảo đảm|trở thành|có|hoàn thành|phấn đấu|ở|đưa|cho)\b";
    TO_LEVEL_SOFT = r"\b(?:gấp|xuống|còn|đạt|lên|chiếm|bằng|đảm bảo|bảo đảm|hoàn thành|có|hài lòng|duy trì|phấn đấu|đưa)\b";
    RATE_NOUN = r"(?:tốc độ|mức|tỷ lệ|tỉ lệ|nhịp độ|chỉ số|tỷ suất|hệ số)\s(?:gia |giá trị )?(?:tăng|giảm|cắt giảm|giảm nghèo|tăng trưởng)[^.;%\d]{0,60}$";
    ANNUAL = r"(?:mỗi|hàng|hằng|bình quân)\s(?:một\s)?năm|/\s?năm";
}

/// A comparator, the marks of how it was read, and the name of the rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) comparator: Comparator,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) rule: &'static str,
}

/// Reads how the number is held. `before` is its clause up to the number, `after` what follows its unit.
pub(crate) fn held(before: &str, after: &str, number: &Number, unit: Unit) -> Held {
    let near = &before[before.len().saturating_sub(64)..];
    let before = without_brackets(&before[before.len().saturating_sub(300)..]);
    let before = &before[before.len().saturating_sub(170)..];
    let mut tags = Vec::new();
    if unit == Unit::RankGroup {
        return Held { comparator: Comparator::RankWithin, tags, rule: "a place among others" };
    }
    let bound = bound(near, after, number);
    let annual = ANNUAL.is_match(before) || ANNUAL.is_match(&after[..after.len().min(12)]);
    let direction = direction(before, unit);
    if let Some((comparator, rule)) = direction.filter(|_| number.high.is_none()) {
        if bound.is_some_and(|b| b.0 == Comparator::Gte) {
            tags.push("at_least");
        }
        if annual {
            tags.push("annual");
        }
        return Held { comparator, tags, rule };
    }
    if number.high.is_some() {
        tags.push("range");
        if let Some((by, _)) = direction {
            tags.push(if by == Comparator::ReduceBy { "reduce" } else { "increase" });
        }
        return Held { comparator: Comparator::Range, tags, rule: "two ends of a range" };
    }
    match bound {
        Some((comparator, rule)) => {
            if rule == "above" && !near.contains("thi") && !near.contains("nhAt") {
                tags.push("strict");
            }
            Held { comparator, tags, rule }
        }
        None => Held { comparator: Comparator::Eq, tags, rule: "a bare number" },
    }
}

/// The text without what stands in brackets, so that the verb before them is still near.
fn without_brackets(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    // An open bracket at the end holds the number itself.
    if depth > 0 { text.to_owned() } else { out }
}

fn bound(near: &str, after: &str, number: &Number) -> Option<(Comparator, &'static str)> {
    if UPWARDS.is_match(after) {
        return Some((Comparator::Gte, "from N upwards"));
    }
    if DOWNWARDS.is_match(after) {
        return Some((Comparator::Lte, "from N downwards"));
    }
    if NOT_BELOW.is_match(near) {
        return Some((Comparator::Gte, "not below"));
    }
    if NOT_ABOVE.is_match(near) {
        return Some((Comparator::Lte, "not above"));
    }
    if BELOW.is_match(near) {
        return Some((Comparator::Lte, "below"));
    }
    if ABOVE.is_match(near) {
        return Some((Comparator::Gte, "above"));
    }
    (FROM.is_match(near) && number.high.is_none()).then_some((Comparator::Gte, "from N"))
}

/// *giảm N%*, *tăng N%*: the number is the change itself, unless a verb of level stands between.
fn direction(before: &str, unit: Unit) -> Option<(Comparator, &'static str)> {
    if RATE_NOUN.is_match(before) {
        return None;
    }
    if let Some(groups) = CUT.groups(before) {
        let between = groups[1].map_or("", |(a, b)| &before[a..b]);
        // The last verb counts: "giảm A, giảm B".
        let between = CUT.last(between).map_or(between, |(a, _)| &between[a..]);
        let leads_to_level = TO_LEVEL_SOFT.is_match(between) || between.contains('%');
        if !leads_to_level && (unit != Unit::Count || !between.contains("con ")) {
            return Some((Comparator::ReduceBy, "a verb that cuts"));
        }
    }
    if let Some((at, _)) = RAISE.last(before) {
        let phrase = &before[at..];
        if !NOT_RAISE.is_match(phrase) && !TO_LEVEL.is_match(phrase) {
            return Some((Comparator::IncreaseBy, "a verb that raises"));
        }
    }
    if unit == Unit::RankSteps && RAISE_NOUN.is_match(before) {
        return Some((Comparator::IncreaseBy, "a rise in rank"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use crate::numbers::numbers;
    use crate::units::unit;

    fn last(text: &str) -> Comparator {
        let flat = folded(text);
        let number = *numbers(&flat).last().unwrap();
        let (unit, width) = unit(&flat[..number.start], &flat[number.end..], &number);
        held(&flat[..number.start], &flat[number.end + width..], &number, unit).comparator
    }

    #[test]
    fn words_of_bounds_decide() {
        for text in [
            "tối thiểu 80%",
            "ít nhất 80%",
            "trên 80%",
            "hơn 80%",
            "từ 80% trở lên",
            "≥ 80%",
            "tối thiểu đạt 85%",
            "không dưới 80%",
            "tối thiếu 20%",
            "đạt từ 80 điểm trở lên",
        ] {
            assert_eq!(last(text), Comparator::Gte, "{text}");
        }
        for text in ["dưới 5%", "không quá 5%", "≤ 5%", "tối đa 5%", "xuống còn dưới 1%"] {
            assert_eq!(last(text), Comparator::Lte, "{text}");
        }
        for text in ["đạt 90%", "phấn đấu 100%", "khoảng 30%", "chiếm 20%"] {
            assert_eq!(last(text), Comparator::Eq, "{text}");
        }
    }

    #[test]
    fn a_change_is_told_from_the_level_it_leads_to() {
        assert_eq!(last("Giảm ít nhất 10%"), Comparator::ReduceBy);
        assert_eq!(last("cắt giảm thời gian giải quyết tối thiểu 20%"), Comparator::ReduceBy);
        assert_eq!(last("giảm tỷ lệ hộ nghèo xuống còn 2%"), Comparator::Eq);
        assert_eq!(last("tỷ lệ hộ nghèo giảm còn dưới 1%"), Comparator::Lte);
        assert_eq!(last("mỗi năm tăng tối thiểu 20%"), Comparator::IncreaseBy);
        assert_eq!(last("tăng bình quân từ 5%/năm trở lên"), Comparator::IncreaseBy);
        assert_eq!(last("nâng tỷ lệ hồ sơ trực tuyến lên 80%"), Comparator::Eq);
        assert_eq!(last("tăng cường số hóa, đạt 100%"), Comparator::Eq);
        assert_eq!(last("tốc độ tăng trưởng bình quân đạt 8%"), Comparator::Eq);
    }

    #[test]
    fn a_floor_nested_in_another_share_is_not_its_comparator() {
        let flat = folded("80% hộ có thu nhập từ 50 triệu đồng trở lên");
        let number = numbers(&flat)[0];
        assert_eq!(held("", &flat[number.end..], &number, Unit::Percent).comparator, Comparator::Eq);
    }

    #[test]
    fn ranges_and_ranks_have_their_own() {
        assert_eq!(last("từ 25% - 35%"), Comparator::Range);
        assert_eq!(last("vào nhóm 30 tỉnh, thành phố đứng đầu cả nước"), Comparator::RankWithin);
    }
}
