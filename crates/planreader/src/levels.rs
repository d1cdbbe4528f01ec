//! The tier of government a clause names.

use crate::fold::patterns;
use crate::plan::Level;

patterns! {
    EVERY = r"(?:mỗi|các|cả (?:3|03|ba)|cả 02|hai|(?:3|03|ba)) cấp (?:hành chính|chính quyền)|(?:ủy ban nhân dân|ubnd|chính quyền|hành chính(?: nhà nước)?|cơ quan nhà nước) (?:ở )?(?:các|ba|3|03) cấp|cả (?:3|03|ba) cấp|(?:ba|3|03) cấp(?: chính quyền)?[:( ]|từ (?:cấp )?tỉnh (?:đến|tới|xuống)(?: tận)?(?: cấp)? (?:xã|cơ sở)";
    PROVINCE = r"cấp tỉnh|\btuyến tỉnh";
    DISTRICT = r"cấp huyện|(?:tỷ lệ|tỉ lệ|\bsố)(?: số)? huyện\b|\btuyến huyện|(?:ủy ban nhân dân|ubnd|hđnd) (?:các )?(?:quận|huyện)|^\s?(?:số |các |trên tổng số )*(?:đơn vị )?(?:quận|huyện)\b";
    COMMUNE = r"cấp xã|(?:tỷ lệ|tỉ lệ|\bsố)(?: số)? (?:xã|phường)\b|\btuyến xã|xã, phường|(?:ủy ban nhân dân|ubnd|hđnd) (?:các )?(?:xã|phường|thị trấn)|^\s?(?:số |các |trên tổng số )*(?:đơn vị )?(?:xã|phường|thị trấn)\b|trạm y tế xã|công chức xã|các xã\b|mỗi (?:xã|phường)\b";
    /// Offices of the province beside the tier: a mixture, not a tier.
    OFFICES = r"\bsở, (?:ban|ngành)|các ngành\b|cấp sở|trực thuộc sở|phòng trực thuộc";
    /// A tier that is only part of a name or place.
    NAMES = r"(?:chỉ số|năng lực cạnh tranh|chuyển đổi số|hành chính công|cải cách hành chính|nền tảng|trục liên thông|cổng|lgsp|cơ sở dữ liệu|csdl|kho dữ liệu|kiến trúc|trung tâm dữ liệu|hệ thống thông tin|dữ liệu dùng chung|chính quyền điện tử) (?:dùng chung |dịch vụ công |giải quyết thủ tục hành chính |quản trị )?cấp tỉnh";
    PREDICATE = r"\s(?:được|phải|hoàn thành|đạt|đã|không phải|có (?:trình độ|đủ|ít nhất|tối thiểu|hệ thống|cổng|phần mềm)|sử dụng|triển khai|tiếp tục|ban hành|quản lý|áp dụng|công khai|kết nối|đáp ứng|bảo đảm|đảm bảo|thực hiện|ứng dụng|tham gia|tổ chức|bố trí|xây dựng|đưa|cung cấp|hài lòng|biết)\b";
    /// People or households counted at a place: the place is no tier.
    PEOPLE_AT = r"^\s?(?:số |tổng số )?(?:người|hộ|trẻ|học sinh|phụ nữ|dân số|lao động|thanh niên|đối tượng|công dân|hội viên|bệnh nhân|sản phụ)\b";
    PLACE = r"\s(?:tại|ở|trên địa bàn|thuộc|trong|sinh sống (?:tại|ở))\s(?:các |từng |mỗi )?(?:thôn,? )?xã\b.*$";
    /// The tier named last, after what is done: "được giải quyết đúng hạn cấp tỉnh".
    LAST_TIER = r"(?:^|\s)cấp (tỉnh|huyện|xã)\W*$";
    /// In the predicate only a place of doing counts.
    DOING_AT = r"(?:tại|ở|của)\s(?:[^.;,%\d]{0,40}\s)?cấp (tỉnh|huyện|xã)\b";
}

/// Which of the three tiers a text names.
fn tiers(text: &str) -> (bool, bool, bool) {
    let text = match NAMES.find(text) {
        Some((start, end)) => format!("{} {}", &text[..start], &text[end..]),
        None => text.to_owned(),
    };
    (PROVINCE.is_match(&text), DISTRICT.is_match(&text), COMMUNE.is_match(&text))
}

/// The tier of one stretch of subject: one tier alone, all three, or none.
fn tier(text: &str) -> Option<Option<Level>> {
    if EVERY.is_match(text) {
        return Some(Some(Level::All));
    }
    let offices = OFFICES.is_match(text);
    match tiers(text) {
        (false, false, false) => offices.then_some(None),
        (true, true, true) => Some(Some(Level::All)),
        (true, false, false) => Some(Some(Level::Province)),
        (false, true, false) if !offices => Some(Some(Level::District)),
        (false, false, true) if !offices => Some(Some(Level::Commune)),
        _ => Some(None),
    }
}

/// The level of a number: `own` is the stretch that belongs to it alone (after a leading number,
/// before a trailing one). The subject decides; a predicate only when it says where the thing is done.
pub(crate) fn level(own: &str, leading: bool) -> Option<Level> {
    // "trợ cấp xã hội" names no tier.
    let own = own[..own.len().min(400)].replace("xa hOi", "");
    let own = own.as_str();
    let subject_end = if leading { PREDICATE.find(own).map_or(own.len(), |(start, _)| start) } else { own.len() };
    let subject = &own[..subject_end];
    let subject = match PLACE.find(subject).filter(|_| PEOPLE_AT.is_match(subject)) {
        Some((at, _)) => &subject[..at],
        None => subject,
    };
    if let Some(found) = tier(subject) {
        return found;
    }
    let rest = &own[subject_end..];
    let all = DOING_AT.all_groups(rest);
    let found = match all.as_slice() {
        [groups] => groups[1],
        [] => LAST_TIER.groups(rest).and_then(|g| g[1]),
        _ => None,
    };
    let named = match found.map(|(a, b)| &rest[a..b]) {
        Some("tinh") => Some(Level::Province).filter(|_| !NAMES.is_match(rest)),
        Some("huyEn") => Some(Level::District),
        Some("xa") => Some(Level::Commune),
        _ => None,
    };
    named.filter(|_| {
        let (p, d, c) = tiers(rest);
        usize::from(p) + usize::from(d) + usize::from(c) == 1
    })
}

/// The tiers in the order a text lists them, for *tương ứng là x, y, z*.
pub(crate) fn listed(text: &str) -> Vec<Level> {
    let mut found: Vec<(usize, Level)> = Vec::new();
    for (words, level) in [("cAp tinh", Level::Province), ("cAp huyEn", Level::District), ("cAp xa", Level::Commune)] {
        if let Some(at) = text.rfind(words) {
            found.push((at, level));
        }
    }
    if found.len() < 2 {
        found.clear();
        if let Some(at) = text
            .rfind("tinh, huyEn, xa")
            .or_else(|| text.rfind("tinh, huyEn va xa"))
            .or_else(|| text.rfind("tinh, cAp huyEn"))
        {
            found = vec![(at, Level::Province), (at + 1, Level::District), (at + 2, Level::Commune)];
        }
    }
    found.sort_by_key(|f| f.0);
    found.into_iter().map(|f| f.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    fn leading(text: &str) -> Option<Level> {
        level(&folded(text), true)
    }

    #[test]
    fn one_named_tier_is_the_level() {
        assert_eq!(leading(" hồ sơ công việc tại cấp huyện"), Some(Level::District));
        assert_eq!(leading(" xã, phường, thị trấn"), Some(Level::Commune));
        assert_eq!(leading(" xã đạt chuẩn nông thôn mới"), Some(Level::Commune));
        assert_eq!(
            leading(" cơ quan hành chính nhà nước thuộc Ủy ban nhân dân huyện quản lý cán bộ"),
            Some(Level::District)
        );
        assert_eq!(
            leading(" Ủy ban nhân dân cấp xã được triển khai phần mềm liên thông giữa cấp xã với cấp huyện"),
            Some(Level::Commune)
        );
        assert_eq!(level(&folded("tỷ lệ văn bản điện tử tại cấp huyện đạt "), false), Some(Level::District));
    }

    #[test]
    fn two_tiers_or_a_mixture_with_offices_name_none() {
        assert_eq!(leading(" thủ tục hành chính cấp huyện, cấp xã tiếp tục được giải quyết"), None);
        assert_eq!(leading(" số lãnh đạo, quản lý cấp sở, ngành, ủy ban nhân dân cấp huyện và tương đương"), None);
        assert_eq!(level(&folded("tỷ lệ các ngành và Ủy ban nhân dân cấp xã triển khai phần mềm đạt"), false), None);
    }

    #[test]
    fn every_tier_is_all_and_a_name_is_none() {
        assert_eq!(leading(" thủ tục thuộc thẩm quyền giải quyết của các cấp chính quyền"), Some(Level::All));
        assert_eq!(leading(" đối với mỗi cấp hành chính"), Some(Level::All));
        assert_eq!(level(&folded("Chỉ số năng lực cạnh tranh cấp tỉnh (PCI)"), false), None);
        assert_eq!(leading(" người dân được cấp định danh trên tất cả các hệ thống của các cấp chính quyền"), None);
    }

    #[test]
    fn people_at_a_place_are_no_tier_and_a_tier_named_last_is_one() {
        assert_eq!(leading(" người hưởng trợ cấp xã hội tại xã, phường được chi trả qua tài khoản"), None);
        assert_eq!(leading(" hộ nghèo tại các xã khó khăn được vay vốn"), None);
        assert_eq!(leading(" xã, phường có sân vận động"), Some(Level::Commune));
        assert_eq!(leading(" hồ sơ được giải quyết đúng hạn cấp tỉnh"), Some(Level::Province));
        assert_eq!(leading(" hồ sơ được đưa lên Cổng dịch vụ công cấp tỉnh"), None);
    }

    #[test]
    fn listed_tiers_keep_their_order() {
        assert_eq!(
            listed(&folded("của cấp tỉnh, cấp huyện, cấp xã đạt")),
            [Level::Province, Level::District, Level::Commune]
        );
    }
}
