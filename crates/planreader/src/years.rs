//! Years a text sets for its targets, told apart from baselines, document dates and horizons.

use crate::fold::patterns;

patterns! {
    /// Everything that names a year, with the words before it that say what the year is for.
    YEAR = r"(?:(giai đoạn|thời kỳ|nhiệm kỳ)\s+)?(?:từ )?(?:năm )?\b((?:19|20)\d\d)\s?(?:-|đến(?: hết)?(?: năm)?|tới(?: năm)?)\s?((?:19|20)\d\d)(?:\D|$)|\b(?:năm|nam)\s?((?:19|20)\d\d)(?:\D|$)|\b(?:tháng\s?\d{1,2}|quý\s?(?:[1-4]|i{1,3}|iv))\s?(?:/|-|năm)\s?((?:19|20)\d\d)(?:\D|$)|\b\d{1,2}/\d{1,2}/((?:19|20)\d\d)(?:\D|$)|\b(?:đến|tới|vào|từ|hết)\s((?:19|20)\d\d)(?:\D|$)";
    BASELINE = r"\b(?:gấp|bằng|tăng)\b[^.;%]{0,40}\blần\s+(?:so với )?(?:mức |của )*$|(?:so với|so cùng kỳ|cùng kỳ|mức|từ kết quả|số liệu|theo giá|giá so sánh)\s+(?:thời điểm |ước |đầu |cuối |mức |năm |giai đoạn |bình quân |cùng kỳ |số |thực hiện |tháng \d+/?)*(?:của )?(?:giai đoạn |năm )?$";
    START = r"(?:\btừ|\bkể từ|\bbắt đầu)\s+(?:đầu |ngày |quý \w+ )?$";
    HORIZON = r"(?:định hướng|tầm nhìn|hướng tới|hướng đến)\s+(?:phát triển )?(?:đến|tới|cho|giai đoạn)?\s*$";
    KEEP = r"(?:duy trì|giữ vững|cải thiện|tiếp tục)[^.;%]{0,60}$";
    /// A date written inside the name of a document.
    ACT = r"(?:quyết định|nghị quyết|nghị định|thông tư|chỉ thị|kế hoạch|công văn|kết luận|luật|chương trình|đề án|tờ trình|thông báo|hướng dẫn|số \d[^ ]*)[^.;]{0,40}ngày\s*(?:\d{1,2}\s*(?:tháng|/|-)\s*\d{0,2}\s*(?:năm)?\s*)?$|\bngày\s+\d{1,2}\s*(?:tháng\s*\d{1,2}\s*)?$";
    /// What stands before the date a page was published: a clock, a weekday, nothing.
    STAMP = r"^\W*(?:(?:thứ [a-zWAEDOQU]+|chủ nhật|cập nhật|ngày đăng|đăng)\W*)*(?:\d{1,2}\s?[:h]\s?\d{2}\W*)?$";
    UNTIL = r"(?:trước|đến|hết|chậm nhất|muộn nhất)[^.;,]{0,24}$";
}

/// What a mentioned year is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// When something is to be reached.
    Due,
    /// The year compared with.
    Baseline,
    /// When something begins.
    Start,
    /// A later outlook, or a result to be kept until then.
    Later,
    /// The date of a document.
    Act,
}

/// A year named in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Range of the phrase in the text given.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) year: u16,
    /// First year, when the phrase is a period.
    pub(crate) from: Option<u16>,
    pub(crate) role: Role,
}

/// Every year named in folded text, left to right.
pub(crate) fn mentions(flat: &str) -> Vec<Mention> {
    let number = |range: Option<(usize, usize)>| range.and_then(|(a, b)| flat.get(a..b)?.parse::<u16>().ok());
    let mut out = Vec::new();
    for groups in YEAR.all_groups(flat) {
        let Some((start, mut end)) = groups[0] else { continue };
        let (from, period_end) = (number(groups[2]), number(groups[3]));
        let Some(year) = period_end.or_else(|| (4..=7).find_map(|i| number(groups[i]))) else { continue };
        if let Some((_, year_end)) = groups.iter().skip(2).flatten().max_by_key(|g| g.1) {
            end = *year_end;
        }
        let before = &flat[start.saturating_sub(90)..start];
        out.push(Mention {
            start,
            end,
            year,
            from,
            role: role(before, &flat[start..end], &flat[end..(end + 12).min(flat.len())]),
        });
    }
    out
}

fn role(before: &str, phrase: &str, after: &str) -> Role {
    let dated = phrase.matches('/').count() == 2;
    if ACT.is_match(before) && !(dated && UNTIL.is_match(before)) {
        return if UNTIL.is_match(&before[before.len().saturating_sub(12)..]) { Role::Due } else { Role::Act };
    }
    if dated
        && !UNTIL.is_match(before)
        && (STAMP.is_match(before) || before.ends_with("ngay ") || !before.ends_with(' '))
    {
        return Role::Act;
    }
    if HORIZON.is_match(before) {
        return Role::Later;
    }
    if BASELINE.is_match(before) {
        return Role::Baseline;
    }
    if KEEP.is_match(before) && phrase.starts_with(['n', 'D']) && before.trim_end().ends_with("DEn") {
        return Role::Later;
    }
    if START.is_match(before)
        && !phrase.contains('-')
        && !phrase.contains("DEn")
        && !after.trim_start().starts_with("DEn")
    {
        return Role::Start;
    }
    Role::Due
}

/// The year a heading or title sets: the first one that is a due year.
pub(crate) fn heading_due(flat: &str) -> Option<u16> {
    mentions(flat).into_iter().find(|m| m.role == Role::Due).map(|m| m.year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    fn roles(text: &str) -> Vec<(u16, Role)> {
        mentions(&folded(text)).into_iter().map(|m| (m.year, m.role)).collect()
    }

    #[test]
    fn a_year_after_until_is_due_and_one_after_compared_with_is_a_baseline() {
        assert_eq!(roles("Đến năm 2025, giảm 10% so với năm 2021"), [(2025, Role::Due), (2021, Role::Baseline)]);
        assert_eq!(roles("giảm 15% so với giai đoạn 2021 - 2025"), [(2025, Role::Baseline)]);
        assert_eq!(roles("Đên hết năm 2022"), [(2022, Role::Due)]);
    }

    #[test]
    fn the_end_of_a_period_counts_and_an_outlook_does_not() {
        assert_eq!(roles("giai đoạn 2021 – 2025"), [(2025, Role::Due)]);
        assert_eq!(heading_due(&folded("đến năm 2025, định hướng đến năm 2030")), Some(2025));
        assert_eq!(roles("và tiếp tục duy trì đến năm 2030"), [(2030, Role::Later)]);
        assert_eq!(roles("tầm nhìn đến năm 2050"), [(2050, Role::Later)]);
    }

    #[test]
    fn the_date_of_an_act_is_no_due_date_but_a_deadline_is() {
        assert_eq!(roles("Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021"), [(2021, Role::Act)]);
        assert_eq!(roles("ngày 27/10/2021"), [(2021, Role::Act)]);
        assert_eq!(roles("Thứ Sáu, 08:15 12/09/2025"), [(2025, Role::Act)]);
        assert_eq!(roles("hoàn thành trước ngày 31/12/2023"), [(2023, Role::Due)]);
        assert_eq!(roles("Quý IV/2024"), [(2024, Role::Due)]);
    }

    #[test]
    fn a_year_something_begins_in_is_not_when_it_ends() {
        assert_eq!(roles("Từ năm 2026, mỗi năm tăng 1 bậc cho đến năm 2030"), [(2026, Role::Start), (2030, Role::Due)]);
    }
}
