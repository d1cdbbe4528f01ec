//! The unit that follows a number.

use crate::fold::patterns;
use crate::numbers::Number;
use crate::plan::Unit;

patterns! {
    PERCENT_POINT = r"^\s?điểm\s?(?:%|phần trăm)";
    PER_MILLE = r"^\s?(?:‰|phần nghìn)";
    PER_PEOPLE = r"^[^.;,%\d]{0,44}?/\s?(?:(100\.000)|(10\.000|(?:1 |01 |một )?vạn)|(1\.000|1000|nghìn)|(100))\s?(?:người|dân|trẻ|ca|lao động|hộ|phụ nữ|bà mẹ|học sinh|nhân khẩu|doanh nghiệp)";
    /// The rate is named before the number: "Số giường bệnh trên 1 vạn dân: 45,7 giường".
    PER_BEFORE = r"(?:trên|/)\s?(?:(100\.000)|(10\.000|(?:1 |01 |một )?vạn)|(1\.000|1000)|(100)) (?:dân|người|trẻ)[^.;,%\d]{0,24}$";
    NOT_RANK = r"(?:kỳ họp|lần|phiên|phiên họp|hội nghị|đại hội|cách mạng|thế hệ|tuần|đợt|khóa)\s(?:lần )?thứ\s?$";
    OUT_OF = r"^\s?(?:người|ca|trường hợp|bác sĩ|giường)?[^.;,%\d/]{0,24}trên\s(?:(100\.000)|(10\.000|(?:1 |01 |một )?vạn)|(1\.000|1000)|(100))\s(?:người|dân|trẻ|ca)";
    /// "11 bác sĩ, 3 dược sĩ, 33 điều dưỡng trên 10.000 dân": the rate at the end counts for all.
    SHARED_RATE = r"^\s[a-zWAEDOQU ]{3,30}(?:\s?(?:,|và)(?: đạt| có)? \d[\d.,]{0,6} [a-zWAEDOQU ]{3,30}){1,4}(?:trên |/\s?)(?:(100\.000)|(10\.000|(?:1 |01 |một )?vạn)|(1\.000|1000)|(100)) (?:dân|người|trẻ)";
    RANK_GROUP_BEFORE = r"(?:nhóm|top|tốp)(?: (?:các|những|có|số|từ))?\s?$|(?:trong|vào|thuộc|nằm trong|là một trong)\s(?:số\s)?$|(?:xếp|đứng|đạt|ở|giữ|lọt|nằm ở)?\s?(?:hạng|thứ|thứ hạng|vị trí|vị thứ|thứ bậc)(?: (?:thứ|dưới|trong|từ|khoảng|số))*\s?$";
    RANK_NOUN = r"^\s?(?:(?:tỉnh|thành phố|địa phương|đơn vị|bộ|ngành|quốc gia|nước|sở|huyện|xã|trường|cơ quan)\b[^.;\d]{0,60}?)?(?:dẫn đầu|đứng đầu|cao nhất|tốt nhất|hàng đầu|đầu|khá|tốt|xếp hạng cao|có (?:chỉ số|điểm số|thứ hạng))\b";
    RANK_PLACES = r"^\s?(?:tỉnh|thành phố|địa phương|quốc gia|nước)\b";
    GROUP_ENTERED = r"(?:vào|trong|lọt) (?:nhóm|tốp)\s?$";
    GROUP_ENDS = r"^\s?(?:[.;,)]|$|cả nước|toàn quốc|của cả nước)";
    RANK_OF = r"^\s?/\s?63|^\s?/\s?34|^\s?trở lên|^\s?(?:toàn quốc|cả nước|trong cả nước|trên toàn quốc)";
    STEPS = r"^\s?(?:bậc|hạng|thứ hạng|bậc xếp hạng|vị trí|thứ bậc)\b";
    DAYS = r"^\s?ngày\b";
    HOURS = r"^\s?(?:giờ|tiếng)\b";
    MINUTES = r"^\s?phút\b";
    /// "8,2/10 điểm": so many points of so many.
    POINTS_OF = r"^\s?/\s?\d{1,3}(?:[.,]\d+)?\s?điểm\b";
    POINTS = r"^\s?điểm(?: số)?\b";
    NOT_POINTS = r"^\s?điểm (?:cầu|bưu điện|du lịch|trường|dân cư|giao dịch|truy cập|phục vụ|tiếp nhận|đến|kết nối|bán|cung cấp|phát|wifi|thu|sinh hoạt|nghẽn|nóng|mua|đen|hỗ trợ|bỏ phiếu|tập kết|vui chơi|văn hóa|sáng|tham quan|trưng bày|giới thiệu|dừng|đỗ|đón|tư vấn|thực hành|xét nghiệm|quan trắc|tiêm|kinh doanh|lắp|sản xuất|tái định cư|sạt lở|ngập|đấu nối|giết mổ|cấp nước|rửa tay|đổi|trông)";
    /// "Chỉ số phát triển con người duy trì trên 0,72": the value of an index has no unit.
    INDEX = r"(?:chỉ số|hệ số gini|\bhdi\b|\bipi\b)\b[^.;:%\d]{0,90}(?:\b(?:đạt|duy trì|trên|là|lên|tăng|từ|thiểu|mức|dưới|nhất|khoảng|quá|hơn|bằng)|[:≥≤>]|=)\s?$";
    NO_NOUN = r"^\s?(?:$|[.;,)]|(?:vào|và|trong|năm|đến|trở lên|so với|trở xuống)\b)";
    PER_YEAR = r"^\s?(?:lần|cuộc|lượt|đợt|kỳ|hội nghị|lớp|buổi|phiên|hội thảo|chuyên đề|khóa)\b[^.;,%\d/]{0,40}?(?:/\s?(?:1 |01 )?năm|/\s?người/năm|(?:mỗi|hàng|hằng|một|trong|trên)\s(?:1 |01 )?năm)\b";
    PER_QUARTER = r"^\s?(?:lần|cuộc|lượt|đợt|kỳ|buổi|hội nghị|lớp)\b[^.;,%\d/]{0,24}?(?:/\s?(?:1 |01 )?quý|(?:mỗi|hàng|hằng|một)\squý)\b";
    PER_MONTH = r"^\s?(?:lần|cuộc|lượt|đợt|kỳ|buổi|hội nghị|lớp)\b[^.;,%\d/]{0,24}?(?:/\s?(?:1 |01 )?tháng|(?:mỗi|hàng|hằng|một)\stháng)\b";
    EACH_YEAR_BEFORE = r"(?:mỗi|hàng|hằng|một) năm\b[^.;%\d]{0,60}$";
    EACH_QUARTER_BEFORE = r"(?:mỗi|hàng|hằng|một) quý\b[^.;%\d]{0,60}$";
    TIMES = r"^\s?lần\b";
    OCCASIONS = r"^\s?(?:lần|cuộc|lượt kiểm tra|đợt|hội nghị|lớp|buổi)\b";
}

/// The unit of a number, from the words on both sides, and how many characters of `after` it takes.
pub(crate) fn unit(before: &str, after: &str, number: &Number) -> (Unit, usize) {
    if number.percent {
        return (Unit::Percent, 0);
    }
    let take = |pattern: &crate::fold::Pattern| pattern.find(after).map(|(_, end)| end);
    if let Some(end) = take(&PERCENT_POINT) {
        return (Unit::Percent, end);
    }
    if let Some(end) = take(&PER_MILLE) {
        return (Unit::Per1000, end);
    }
    for pattern in [&PER_PEOPLE, &OUT_OF] {
        if let Some(groups) = pattern.groups(after) {
            let units = [Unit::Per100000, Unit::Per10000, Unit::Per1000, Unit::Per100];
            if let Some(unit) = units.into_iter().zip(&groups[1..]).find_map(|(u, g)| g.map(|_| u)) {
                return (unit, groups[0].map_or(0, |g| g.1));
            }
        }
    }
    if let Some(groups) = SHARED_RATE.groups(after) {
        let units = [Unit::Per100000, Unit::Per10000, Unit::Per1000, Unit::Per100];
        if let Some(unit) = units.into_iter().zip(&groups[1..]).find_map(|(u, g)| g.map(|_| u)) {
            return (unit, 0);
        }
    }
    if let Some(groups) = PER_BEFORE.groups(&before[before.len().saturating_sub(60)..]) {
        let units = [Unit::Per100000, Unit::Per10000, Unit::Per1000, Unit::Per100];
        if let Some(unit) = units.into_iter().zip(&groups[1..]).find_map(|(u, g)| g.map(|_| u)) {
            return (unit, 0);
        }
    }
    if let Some(end) = take(&POINTS_OF) {
        return (Unit::Points, end);
    }
    if is_rank(before, after) {
        return (Unit::RankGroup, 0);
    }
    if let Some(end) = take(&STEPS) {
        return (Unit::RankSteps, end);
    }
    for (pattern, unit) in
        [(&PER_YEAR, Unit::TimesPerYear), (&PER_QUARTER, Unit::TimesPerQuarter), (&PER_MONTH, Unit::TimesPerMonth)]
    {
        if let Some(end) = take(pattern) {
            return (unit, end);
        }
    }
    if OCCASIONS.is_match(after) && !is_factor(after) {
        if EACH_YEAR_BEFORE.is_match(before) {
            return (Unit::TimesPerYear, take(&OCCASIONS).unwrap_or(0));
        }
        if EACH_QUARTER_BEFORE.is_match(before) {
            return (Unit::TimesPerQuarter, take(&OCCASIONS).unwrap_or(0));
        }
    }
    let simple = [(&DAYS, Unit::Days), (&HOURS, Unit::Hours), (&MINUTES, Unit::Minutes), (&TIMES, Unit::Times)];
    for (pattern, unit) in simple {
        if let Some(end) = take(pattern) {
            return (unit, end);
        }
    }
    match take(&POINTS) {
        Some(end) if !NOT_POINTS.is_match(after) => (Unit::Points, end),
        _ if INDEX.is_match(before) && NO_NOUN.is_match(after) => (Unit::Points, 0),
        _ => (Unit::Count, 0),
    }
}

/// *2 lần so với*: a factor, even under *mỗi năm*.
fn is_factor(after: &str) -> bool {
    after.trim_start().starts_with("lAn so vQi")
}

/// *nhóm 20 tỉnh dẫn đầu*, *top 10*, *xếp thứ 15/63*: a place among others.
fn is_rank(before: &str, after: &str) -> bool {
    let before = &before[before.len().saturating_sub(30)..];
    let named = before.trim_end().ends_with("top") || before.trim_end().ends_with("tOp");
    let group = before.trim_end().ends_with("nhom") || before.trim_end().ends_with("nhom cac");
    let entered = GROUP_ENTERED.is_match(before) && GROUP_ENDS.is_match(after);
    if named || entered || (group && (RANK_PLACES.is_match(after) || RANK_NOUN.is_match(after))) {
        return true;
    }
    if !RANK_GROUP_BEFORE.is_match(before) || NOT_RANK.is_match(before) {
        return false;
    }
    let place = before.trim_end().ends_with("hang") || before.trim_end().ends_with("thU") || before.contains("vi tri");
    if place {
        return RANK_OF.is_match(after) || after.trim_start().starts_with(['.', ';', ',']) || after.trim().is_empty();
    }
    RANK_PLACES.is_match(after) && RANK_NOUN.is_match(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use crate::numbers::numbers;

    fn unit_of(text: &str) -> Unit {
        let flat = folded(text);
        let number = numbers(&flat)[0];
        unit(&flat[..number.start], &flat[number.end..], &number).0
    }

    #[test]
    fn units_of_administration_are_known() {
        assert_eq!(unit_of("ít nhất 03 cuộc/năm"), Unit::TimesPerYear);
        assert_eq!(unit_of("mỗi năm tổ chức ít nhất 02 cuộc đối thoại"), Unit::TimesPerYear);
        assert_eq!(unit_of("tối thiểu 01 lần/quý"), Unit::TimesPerQuarter);
        assert_eq!(unit_of("còn 15 ngày làm việc"), Unit::Days);
        assert_eq!(unit_of("dưới 30 phút"), Unit::Minutes);
        assert_eq!(unit_of("từ 80 điểm trở lên"), Unit::Points);
        assert_eq!(unit_of("gấp 2 lần"), Unit::Times);
        assert_eq!(unit_of("50 điểm bưu điện văn hóa xã"), Unit::Count);
        assert_eq!(unit_of("tăng 2 điểm phần trăm"), Unit::Percent);
    }

    #[test]
    fn rates_per_people_are_known() {
        assert_eq!(unit_of("đạt 10 bác sĩ/10.000 dân"), Unit::Per10000);
        assert_eq!(unit_of("15 ca/100.000 trẻ đẻ sống"), Unit::Per100000);
        assert_eq!(unit_of("85 thuê bao/100 dân"), Unit::Per100);
        assert_eq!(unit_of("32 giường bệnh trên 10.000 dân"), Unit::Per10000);
    }

    #[test]
    fn a_place_among_others_is_a_rank_and_a_step_is_not() {
        assert_eq!(unit_of("nằm trong nhóm 20 tỉnh, thành phố dẫn đầu"), Unit::RankGroup);
        assert_eq!(unit_of("thuộc top 10 cả nước"), Unit::RankGroup);
        assert_eq!(unit_of("xếp thứ 15/63 tỉnh"), Unit::RankGroup);
        assert_eq!(unit_of("tăng tối thiểu 1 bậc"), Unit::RankSteps);
        assert_eq!(unit_of("đơn vị tự chủ nhóm 2"), Unit::Count);
        assert_eq!(unit_of("trong 05 xã điểm"), Unit::Count);
    }
}
