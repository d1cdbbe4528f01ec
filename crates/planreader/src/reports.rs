//! Duties to report: who reports to whom, and by when.

use crate::agencies;
use crate::blocks::Block;
use crate::fold::patterns;
use crate::outline::{Place, Section};
use crate::plan::Report;
use crate::sentences::clauses;
use crate::view::View;

/// Longest sentence read for a duty to report, in characters.
const SENTENCE_CHARS_MAX: usize = 900;

patterns! {
    /// The verb, not the noun: *chế độ báo cáo*, *hệ thống báo cáo*, *Báo cáo của UBND* are things.
    REPORTS = r"\bbáo cáo\b";
    NOUN_BEFORE = r"(?:hệ thống|hệ thống thông tin|mẫu|biểu|nội dung|các|những|loại|xây dựng|ban hành|kế hoạch|công tác|thông tin|lập|cơ sở|số lượng|100%|theo|tại|kèm|về|bằng|hoàn thiện|chất lượng|tiến độ|nhận|trên|qua|của|dự thảo|công bố|số liệu|hội nghị|phê duyệt|thông qua|đọc|nghe|xem xét|tiếp thu|phần mềm|thời hạn|thời gian|nhiệm vụ|dữ liệu)\s$";
    /// *Thực hiện chế độ báo cáo định kỳ … về Sở Y tế* is a duty; *chế độ báo cáo* alone is a thing.
    REGIME = r"chế độ\s$";
    REGIME_KEPT = r"(?:thực hiện|chấp hành|duy trì|tuân thủ)(?: \w+){0,3} chế độ\s$";
    TO = r"(?:báo cáo|gửi|trình|cho|về|với)\s(?:kết quả |tình hình |tiến độ )?(?:về |cho |lên |tới |đến )?((?:ủy ban nhân dân|ubnd|chủ tịch|phó chủ tịch|sở\b|bộ\b|thủ tướng|chính phủ|ban thường vụ|ban chấp hành|tỉnh ủy|thành ủy|huyện ủy|thường trực|hđnd|hội đồng nhân dân|văn phòng|ban chỉ đạo|ban bí thư|bộ chính trị|cấp có thẩm quyền|ban cán sự|phòng nội vụ|phòng văn hóa|tổ công tác|cơ quan (?:thường trực|có thẩm quyền)|cục|thanh tra|ban tổ chức|ban giám đốc|ban chỉ huy|ban quản lý|ban dân tộc|ban tuyên giáo|công an|chi cục|tổng cục|đài|ủy ban (?:kiểm tra|mặt trận)|ngân hàng nhà nước|kho bạc|giám đốc|lãnh đạo|đảng ủy|hội đồng|ban thường trực|trung ương)[^.;:()]{0,140})";
    /// Words after the receiver; written large they belong to its name (*Sở Tài chính*, read like *tại*).
    TO_ENDS = r",?\s(?:trước (?:ngày|\d+)|để|theo|xem xét|qua\b|thông qua|định kỳ|chậm nhất|khi\b|kết quả|tình hình|những|việc|về (?:kết quả|tình hình|việc)|và (?:đề xuất|kiến nghị)|hằng|hàng|vào|trong\b|tại\b|các (?:khó khăn|vấn đề|nội dung)|kịp thời|quyết định|biết|phê duyệt|chỉ đạo|giải quyết|tổng hợp|đồng thời|gửi|nêu|đảm bảo|bảo đảm|cho ý kiến|ban hành|theo dõi)\b";
    BY = r"(?:(?:định kỳ )?(?:\(?(?:hằng|hàng) (?:năm|quý|tháng|tuần)\)?|(?:6|06|9|09|3|03) tháng(?:, ?(?:hằng |hàng )?(?:năm|quý))*|quý(?:, ?(?:6 tháng|năm))+)\s?(?:\([^)]{0,60}\)\s?)?)?(?:trước (?:ngày )?\d{1,2}(?:/\d{1,2}(?:/\d{4})?| tháng \d{1,2}(?: năm \d{4})?| (?:hằng|hàng) tháng)?(?:(?: và|,) (?:ngày )?\d{1,2}/\d{1,2}(?:/\d{4})?)*(?: (?:của )?(?:hằng|hàng|mỗi) (?:năm|quý|tháng)| (?:của )?tháng cuối quý)?|chậm nhất (?:là )?(?:vào )?(?:trước )?(?:ngày )?\d{1,2}(?:/\d{1,2}(?:/\d{4})?| tháng \d{1,2})?(?: (?:hằng|hàng) (?:năm|quý|tháng))?)|(?:theo )?định kỳ (?:(?:hằng|hàng) (?:năm|quý|tháng|tuần)(?:, (?:hằng |hàng )?(?:năm|quý|6 tháng))*|(?:6|06|3|03) tháng(?:[,/]? ?(?:và )?(?:một |1 |01 |hằng |hàng )?(?:lần|năm))*|hoặc đột xuất|và đột xuất|quý(?:, 6 tháng)?(?:, năm)?)(?: (?:hoặc|và) (?:khi có yêu cầu|đột xuất)(?: theo (?:quy định|yêu cầu))?)?|(?:hằng|hàng) (?:năm|quý|tháng)|(?:6|06) tháng(?: một lần|, năm| và năm)|(?:theo )?định kỳ(?: theo quy định| hoặc đột xuất(?: theo quy định)?)?|đột xuất|theo quy định|khi có yêu cầu|sau khi hoàn thành|kịp thời";
    FIXED = r"trước (?:ngày )?\d|chậm nhất";
    ASKED = r"(?:đề nghị|yêu cầu|giao)\s";
    /// What is told only when something comes up is no duty to report.
    IF_ANY = r"(?:nếu (?:có|phát sinh|gặp)|trường hợp|khi (?:có|gặp|phát sinh) (?:khó khăn|vướng mắc|vấn đề)|vượt (?:quá )?thẩm quyền)[^.;]{0,160}$";
    /// The one who reports, named after a date: "Trước ngày 15/12 hằng năm, các sở …".
    AFTER_TIME = r"(?:năm|quý|tháng|kỳ|tuần|\d|hạn|này|đó|đột xuất),\s";
    LISTENING = r"^(?:nghe|tiếp nhận|tổng hợp các|xem)\s";
    HEAD_NAMES = r"^(?:báo cáo|chế độ báo cáo|mẫu báo cáo)[^.;]{0,60}$";
}

/// Duties to report in the prose, in the order of the text.
pub(crate) fn reports(
    view: &View,
    blocks: &[Block],
    places: &[Place],
    skip: &[bool],
    asked: &[Option<String>],
) -> Vec<Report> {
    let mut out = Vec::new();
    for (i, block) in blocks.iter().enumerate() {
        if skip[i] || block.cell.is_some() || block.closes_cell || block.end <= block.body {
            continue;
        }
        let flat = view.flat(block.body, block.end);
        if places[i].section == Some(Section::Situation) || !REPORTS.is_match(flat) {
            continue;
        }
        let mut last = None;
        for clause in clauses(view, block.body, block.end) {
            if last != Some(clause.sentence) {
                last = Some(clause.sentence);
                let end = clause.sentence_end.min(clause.sentence + SENTENCE_CHARS_MAX);
                out.extend(report(view, clause.sentence, end, asked[i].as_deref()));
            }
        }
    }
    out
}

fn report(view: &View, start: usize, end: usize, holder: Option<&str>) -> Option<Report> {
    let flat = view.flat(start, end);
    let verb = REPORTS.all(flat).into_iter().find(|(a, _)| is_verb(&flat[..*a]))?;
    if LISTENING.is_match(flat) || HEAD_NAMES.is_match(flat) && !FIXED.is_match(flat) {
        return None;
    }
    // The clause of the verb: dates before it in the sentence count too, clauses after a semicolon do not.
    let clause_start = flat[..verb.0].rfind(';').map_or(0, |at| at + 1);
    let clause_end = flat[verb.1..].find(';').map_or(flat.len(), |at| verb.1 + at);
    let clause = &flat[clause_start..clause_end];
    let at = verb.0 - clause_start;
    let to = recipient(view, clause, at, start + clause_start);
    let by = by(clause, at).map(|(a, b)| view.text(start + clause_start + a, start + clause_start + b));
    if to.is_none() && !by.as_deref().is_some_and(|b| FIXED.is_match(&crate::fold::folded(b))) {
        return None;
    }
    let dated = by.as_deref().is_some_and(|b| FIXED.is_match(&crate::fold::folded(b)));
    if IF_ANY.is_match(&flat[..verb.0]) && !dated {
        return None;
    }
    let lead = flat.len() - flat.trim_start().len();
    let lead = lead + agencies::lead_over(&flat[lead..]);
    let own = agencies::opening(view, start + lead, &flat[lead..]).filter(|(_, rest)| *rest + lead <= verb.0 + 1);
    let asked = || {
        let (_, asked) = ASKED.last(&flat[..verb.0])?;
        let ((a, b), rest) = agencies::opening(view, start + asked, &flat[asked..])?;
        (asked + rest <= verb.0 + 1).then(|| agencies::name(view, start + asked + a, start + asked + b))
    };
    // "…; Văn phòng Tỉnh ủy theo dõi, báo cáo …": the clause names its own agency.
    let clause_lead = clause.len() - clause.trim_start().len();
    let in_clause = agencies::opening(view, start + clause_start + clause_lead, &clause[clause_lead..])
        .filter(|(_, rest)| clause_start > 0 && rest + clause_lead <= at + 1)
        // "Các sở, ban, ngành; UBND các xã …": one list of names.
        .filter(|_| own.is_none_or(|((_, b), _)| b + lead <= clause_start))
        .map(|((a, b), _)| {
            let from = start + clause_start + clause_lead;
            agencies::name(view, from + a, from + b)
        });
    let from = in_clause
        .or_else(asked)
        .or_else(|| own.map(|((a, b), _)| agencies::name(view, start + lead + a, start + lead + b)))
        .or_else(|| named_after_time(view, clause, at, start + clause_start))
        .or_else(|| holder.map(str::to_owned));
    let (quote, offset) = view.quote(start + clause_start, start + clause_end);
    let known = usize::from(from.is_some()) + usize::from(to.is_some()) + usize::from(by.is_some());
    let confidence = 0.45 + 0.15 * known as f64;
    Some(Report {
        from,
        to,
        by,
        quote,
        offset,
        confidence,
        reason: "a verb of reporting with its receiver or date".into(),
    })
}

/// "Trước ngày 15/12 hằng năm, các cơ quan, đơn vị báo cáo …": who is named between the date and the verb.
fn named_after_time(view: &View, clause: &str, verb: usize, start: usize) -> Option<String> {
    let seams = AFTER_TIME.all(&clause[..verb]);
    seams.into_iter().find_map(|(_, from)| {
        let ((a, b), rest) = agencies::opening(view, start + from, &clause[from..])?;
        (from + rest <= verb + 1).then(|| agencies::name(view, start + from + a, start + from + b))
    })
}

/// Whether *báo cáo* after these words is what somebody does.
fn is_verb(before: &str) -> bool {
    !NOUN_BEFORE.is_match(before) && (!REGIME.is_match(before) || REGIME_KEPT.is_match(before))
}

/// Who receives it: named after the verb, first one first.
fn recipient(view: &View, clause: &str, verb: usize, start: usize) -> Option<String> {
    let groups = TO.groups(&clause[verb..])?;
    let (a, b) = groups[1]?;
    let named = &clause[verb + a..verb + b];
    let small = |(from, to): &(usize, usize)| {
        let word = named[*from..*to].trim_start_matches([',', ' ']).len();
        view.char(start + verb + a + to - word).is_some_and(char::is_lowercase)
    };
    let cut = TO_ENDS.all(named).into_iter().find(small).map_or(named.len(), |(at, _)| at);
    Some(agencies::name(view, start + verb + a, start + verb + a + cut)).filter(|n| n.chars().count() > 1)
}

/// The date or period: a fixed date wins over a period, one after the verb over one before.
fn by(clause: &str, verb: usize) -> Option<(usize, usize)> {
    // "trước 05 ngày làm việc" is a stretch of days, no day.
    let stretch = |r: &(usize, usize)| {
        clause[r.0..r.1].ends_with(|c: char| c.is_ascii_digit()) && clause[r.1..].trim_start().starts_with("ngay")
    };
    let all: Vec<(usize, usize)> = BY.all(clause).into_iter().filter(|r| !stretch(r)).collect();
    let fixed = |r: &&(usize, usize)| FIXED.is_match(&clause[r.0..r.1]);
    let after = |r: &&(usize, usize)| r.0 >= verb;
    let found = all
        .iter()
        .find(|r| fixed(r) && after(r))
        .or_else(|| all.iter().find(fixed))
        .or_else(|| all.iter().find(after))
        .or_else(|| all.iter().rev().find(|r| r.0 + 120 > verb));
    found.map(|(a, b)| (*a, a + clause[*a..*b].trim_end().len()))
}

#[cfg(test)]
mod tests {
    use crate::plan::Report;
    use crate::read_plan;

    fn one(text: &str) -> Report {
        let reports = read_plan(text).reports;
        assert_eq!(reports.len(), 1, "{reports:?}");
        reports[0].clone()
    }

    #[test]
    fn who_reports_to_whom_by_when_is_read() {
        let r = one(
            "13. Thủ trưởng các Sở, ban, ngành, Chủ tịch Ủy ban nhân dân các huyện, thành phố định kỳ hàng năm báo cáo kết quả thực hiện về Sở Nội vụ trước ngày 15/12 để tổng hợp, báo cáo Chủ tịch UBND tỉnh.",
        );
        assert_eq!(
            r.from.as_deref(),
            Some("Thủ trưởng các Sở, ban, ngành, Chủ tịch Ủy ban nhân dân các huyện, thành phố")
        );
        assert_eq!(r.to.as_deref(), Some("Sở Nội vụ"));
        assert_eq!(r.by.as_deref(), Some("trước ngày 15/12"));
    }

    #[test]
    fn an_item_reports_for_the_agency_above_it() {
        let r = one(
            "2. Sở Nội vụ:\n- Theo dõi, đôn đốc, tổng hợp, báo cáo Ủy ban nhân dân tỉnh theo định kỳ hoặc đột xuất theo quy định.",
        );
        assert_eq!(r.from.as_deref(), Some("Sở Nội vụ"));
        assert_eq!(r.to.as_deref(), Some("Ủy ban nhân dân tỉnh"));
        assert!(r.by.is_some());
    }

    #[test]
    fn who_is_named_after_the_date_reports_and_what_may_come_up_is_no_duty() {
        let r = one("Trước ngày 05/12 hằng năm, các cơ quan, đơn vị báo cáo kết quả về Sở Tài chính để tổng hợp.");
        assert_eq!(r.from.as_deref(), Some("các cơ quan, đơn vị"));
        assert_eq!((r.to.as_deref(), r.by.as_deref()), (Some("Sở Tài chính"), Some("Trước ngày 05/12 hằng năm")));
        let none = "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các đơn vị báo cáo UBND tỉnh xem xét.";
        assert!(read_plan(none).reports.is_empty());
    }

    #[test]
    fn reports_as_things_are_no_duties() {
        assert!(read_plan("100% hệ thống báo cáo của tỉnh được kết nối. Thực hiện tốt chế độ báo cáo. Tối thiểu 80% báo cáo định kỳ được cập nhật.").reports.is_empty());
    }
}
