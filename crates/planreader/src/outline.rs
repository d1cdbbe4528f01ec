//! Where a block stands: under goals, under the present situation, under which dated heading.

use crate::blocks::{Block, Marker};
use crate::fold::patterns;
use crate::view::View;
use crate::years::{Role, heading_due, mentions};

/// Longest block that can be a heading as a whole.
const HEADING_CHARS_MAX: usize = 220;
/// Furthest colon that ends a heading standing in front of its text.
const COLON_AT_MAX: usize = 160;

patterns! {
    SITUATION = r"^\W*(?:tán thành|nhất trí|thống nhất|cơ bản tán thành)(?: với)?(?: nội dung)?(?: những)? (?:đánh giá|kết quả|kiểm điểm|báo cáo kiểm điểm)|^\W*(?:những |các |về |một số |phần thứ nhất:? |sơ lược |khái quát |công tác )*(?:thực trạng|hiện trạng|tình hình|đánh giá|kết quả|thành tựu|ưu điểm|hạn chế|tồn tại|khó khăn|nguyên nhân|bài học|sự cần thiết|bối cảnh|đặc điểm|cơ sở thực tiễn|cơ sở xây dựng|tổng kết|kết quả đạt được|thuận lợi|nhược điểm|kiểm điểm)\b|thực trạng|hiện trạng|kết quả đạt được|tồn tại, hạn chế|bài học kinh nghiệm|những hạn chế";
    NOT_SITUATION = r"khắc phục|^\W*kết quả (?:từng|các|của các) (?:chỉ số|tiêu chí)|giải pháp|phương hướng|kết quả (?:cần|phải|dự kiến|phấn đấu|đầu ra|, sản phẩm)|^\W*kết quả, sản phẩm|^\W*đánh giá, (?:xếp hạng|phân loại)|tổng kết, |^\W*các mục tiêu|phương hướng|dự báo|kế hoạch năm|đánh giá tác động|sơ kết";
    GOAL = r"^\W*(?:định hướng|tầm nhìn)(?: phát triển)? (?:đến|tới|giai đoạn) (?:năm )?20\d\d|mục tiêu|chỉ tiêu|phấn đấu|kết quả (?:cần|dự kiến|phải) đạt|các chỉ số|mục đích";
    FORWARD = r"nhiệm vụ|giải pháp|phương hướng|định hướng|tổ chức thực hiện|yêu cầu|quan điểm|nội dung|trách nhiệm|phân công|tầm nhìn|kế hoạch|lộ trình|tập trung|triển khai|thực hiện|thời gian tới";
    /// Awards, like funds, are what is given and not what is to be reached.
    BUDGET = r"^\W*(?:hình thức|cơ cấu|số lượng|tiêu chuẩn|mức|quy định|điều kiện|bình xét|tổ chức|chế độ|,|và|\s)*khen thưởng\W*$|^\W*(?:nội dung(?:,| và)? )?(?:mức|định mức|chính sách|điều kiện|nguyên tắc|cơ chế|đối tượng)(?: và| ,|,)? ?(?:mức )?(?:chi|hỗ trợ|thu|hưởng|được hỗ trợ|hỗ trợ, mức hỗ trợ|áp dụng|tài chính)\W*$|^\W*(?:nguồn vốn|cơ chế|đối tượng, phạm vi)\W*$|^\W*(?:dự toán |nhu cầu |tổng |cơ cấu |khái toán |nguồn )*(?:kinh phí|nguồn vốn|dự toán|khái toán|vốn thực hiện|tổng mức đầu tư|nguồn lực tài chính)\b";
    DATE_HEAD = r"^\W*(?:phấn đấu |mục tiêu |tầm nhìn )*(?:đến(?: hết| cuối)?|trong|giai đoạn|hết|định hướng(?: đến)?|từ)?\s?(?:năm |giai đoạn )?(?:20\d\d)(?:\s?-\s?20\d\d)?\s*(?::|\W*$)";
    /// A paragraph of running text that announces a list of goals.
    OPENS_GOALS = r"(?:các|một số|những|hệ thống) (?:chỉ tiêu|mục tiêu) (?:chủ yếu|cụ thể|chính|cơ bản|trong nhiệm kỳ|đến năm|phấn đấu)";
    CLOSES = r":\W*$";
    /// A line of a news page that tells of goals; what follows it is no list of them.
    HEADLINE = r"\w (?:đặt|đề ra|đạt|hoàn thành|hướng đến|hướng tới|vượt|vì|quyết tâm thực hiện) (?:\w+ )?(?:mục tiêu|chỉ tiêu)|^(?:tỉnh|thành phố|huyện|ubnd|ủy ban nhân dân|chính phủ|thủ tướng|ban hành) [^:]{0,80}(?:phấn đấu|mục tiêu|chỉ tiêu)";
}

/// What the text under a heading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Mục tiêu, chỉ tiêu.
    Goal,
    /// Thực trạng, kết quả đạt được: what is, not what is asked.
    Situation,
    /// Kinh phí.
    Budget,
    /// Nhiệm vụ, giải pháp, tổ chức thực hiện.
    Forward,
}

/// What a block inherits from the headings over it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    pub(crate) section: Option<Section>,
    pub(crate) due: Option<u16>,
    /// Where the words of the block start, after a heading that runs in front of them.
    pub(crate) heading_end: usize,
    pub(crate) is_heading: bool,
    /// A paragraph shortly above, outside any outline, announced goals.
    pub(crate) aimed_above: bool,
}

struct Entry {
    marker: Marker,
    section: Option<Section>,
    due: Option<u16>,
}

/// The places of all blocks. `title_section` is what the whole document is until a heading says otherwise.
pub(crate) fn places(view: &View, blocks: &[Block], title_section: Option<Section>) -> Vec<Place> {
    let mut stack: Vec<Entry> = Vec::new();
    if title_section.is_some() {
        stack.push(Entry { marker: Marker::None, section: title_section, due: None });
    }
    let mut out = Vec::with_capacity(blocks.len());
    let mut restarted: Option<(Marker, u32)> = None;
    let mut goals_above: Option<Marker> = None;
    for block in blocks {
        let heading = if block.cell.is_some() || block.closes_cell { None } else { heading(view, block) };
        restarted = restart(view, block, heading.as_ref(), restarted, goals_above);
        let heading = heading.filter(|_| restarted.is_none());
        goals_above = heading
            .as_ref()
            .filter(|h| h.whole && h.section == Some(Section::Goal) && block.marker != Marker::None)
            .map(|_| block.marker);
        if restarted.is_some() {
            // An item under the goals, whatever its number.
        } else if let Some(heading) = &heading {
            enter(&mut stack, block, heading);
        } else if block.marker < Marker::Bracketed && block.cell.is_none() && !block.closes_cell {
            // A numbered paragraph that is no heading still closes the deeper ones.
            close(&mut stack, block.marker);
        }
        let opening = view.flat(block.body, block.end.min(block.body + COLON_AT_MAX));
        let own = (heading.is_none() && stack.is_empty() && OPENS_GOALS.is_match(opening)).then_some(Section::Goal);
        out.push(Place {
            section: own.or(stack.iter().rev().find_map(|e| e.section)),
            due: stack.iter().rev().find_map(|e| e.due),
            heading_end: heading.as_ref().map_or(block.body, |h| h.end),
            is_heading: heading.as_ref().is_some_and(|h| h.whole),
            aimed_above: false,
        });
    }
    out
}

/// "2. Mục tiêu" followed by "1. …", "2. …": the items count from one again with the same sign, and
/// stand under the heading. A heading of a known kind, or a number out of turn, ends them.
fn restart(
    view: &View,
    block: &Block,
    heading: Option<&Heading>,
    restarted: Option<(Marker, u32)>,
    goals_above: Option<Marker>,
) -> Option<(Marker, u32)> {
    if goals_above == Some(block.marker) || restarted.is_some_and(|r| r.0 == block.marker) {
        let sign = view.flat(block.start, block.body);
        let digits: String = sign.chars().filter(char::is_ascii_digit).collect();
        let number = digits.parse::<u32>().ok()?;
        let next = restarted.map_or(1, |r| r.1 + 1);
        let known = heading.is_some_and(|h| h.section.is_some());
        return (number == next && !known).then_some((block.marker, number));
    }
    restarted.filter(|r| block.marker > r.0)
}

struct Heading {
    section: Option<Section>,
    due: Option<u16>,
    /// Where the heading ends, past its colon when text follows.
    end: usize,
    whole: bool,
}

fn heading(view: &View, block: &Block) -> Option<Heading> {
    let length = block.end.saturating_sub(block.body);
    let start = view.flat(block.body, block.end.min(block.body + COLON_AT_MAX + 4));
    let colon = start
        .find(": ")
        .or_else(|| start.find(':').filter(|c| start[c + 1..].starts_with(|n: char| !n.is_ascii_digit())));
    let whole = length <= HEADING_CHARS_MAX && (CLOSES.is_match(view.flat(block.body, block.end)) || colon.is_none());
    let head_end = match colon {
        Some(at) if !whole => block.body + at + 1,
        _ if whole => block.end,
        _ => return None,
    };
    let head = view.flat(block.body, head_end);
    let dated = DATE_HEAD.is_match(head);
    let numbered = block.marker < Marker::Letter || block.hashes > 0 || block.upper;
    let titled = numbered || block.marker == Marker::Letter || block.marker == Marker::None || CLOSES.is_match(head);
    // A sentence with a number to reach is an item, not a heading.
    if whole
        && !CLOSES.is_match(head)
        && (head.contains(['%', ';']) || head.ends_with(['.', ';']) && !block.upper && head.len() > 80)
    {
        return None;
    }
    if !titled && !dated {
        return None;
    }
    let due = if dated { mentions(head).last().map(|m| m.year) } else { heading_due(head).or_else(|| later(head)) };
    let section = section(head);
    if block.marker == Marker::None && !block.upper && block.hashes == 0 && section.is_none() && due.is_none() {
        return None;
    }
    if block.marker == Marker::None && !block.upper && block.hashes == 0 && !dated && HEADLINE.is_match(head) {
        return None;
    }
    if !whole && section.is_none() && !dated {
        return None;
    }
    Some(Heading { section, due, end: head_end, whole })
}

/// *Tầm nhìn đến năm 2030* alone sets 2030.
fn later(head: &str) -> Option<u16> {
    mentions(head).into_iter().find(|m| m.role == Role::Later).map(|m| m.year)
}

/// What a heading announces.
pub(crate) fn section(head: &str) -> Option<Section> {
    let head = &head[..head.len().min(160)];
    if SITUATION.is_match(head) && !NOT_SITUATION.is_match(head) {
        return Some(Section::Situation);
    }
    if GOAL.is_match(head) {
        return Some(Section::Goal);
    }
    if BUDGET.is_match(head) {
        return Some(Section::Budget);
    }
    FORWARD.is_match(head).then_some(Section::Forward)
}

fn close(stack: &mut Vec<Entry>, marker: Marker) {
    if let Some(at) = stack.iter().position(|e| e.marker != Marker::None && e.marker >= marker) {
        stack.truncate(at);
    }
}

fn enter(stack: &mut Vec<Entry>, block: &Block, heading: &Heading) {
    let top = block.marker == Marker::None && (block.upper || (1..=2).contains(&block.hashes));
    let marker = if top { Marker::Roman } else { block.marker };
    let mut section = heading.section;
    if marker == Marker::None {
        if let Some(at) = stack.iter().position(|e| e.marker == Marker::None) {
            // "Đến năm 2030:" after "Mục tiêu:" is still under the goals.
            section = section.or_else(|| stack[at..].iter().rev().find_map(|e| e.section));
            stack.truncate(at);
        }
    } else {
        close(stack, marker);
        if marker <= Marker::Roman {
            stack.retain(|e| e.marker != Marker::None);
        }
    }
    stack.push(Entry { marker, section, due: heading.due });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::blocks;

    fn outline(text: &str) -> Vec<(Option<Section>, Option<u16>)> {
        let mut view = View::new(text);
        let blocks = blocks(&mut view);
        places(&view, &blocks, None).iter().map(|p| (p.section, p.due)).collect()
    }

    #[test]
    fn items_take_the_year_of_the_nearest_dated_heading() {
        let found = outline(
            "2. Mục tiêu đến năm 2025:\n+ 100% hồ sơ\n\nĐến năm 2030: Tiếp tục\n\n+ 80% hồ sơ\n\n3. Mục tiêu đến năm 2025\n+ 90%",
        );
        let years: Vec<_> = found.iter().map(|f| f.1).collect();
        assert_eq!(years, [Some(2025), Some(2025), Some(2030), Some(2030), Some(2025), Some(2025)]);
        assert!(found.iter().all(|f| f.0 == Some(Section::Goal)));
    }

    #[test]
    fn the_present_situation_ends_with_the_next_heading_of_its_rank() {
        let found = outline("I. THỰC TRẠNG\n1. Kết quả đạt được\nHồ sơ đạt 90%.\nII. MỤC TIÊU\nđạt 95%");
        assert_eq!(found[2].0, Some(Section::Situation));
        assert_eq!(found[4].0, Some(Section::Goal));
    }

    #[test]
    fn numbered_items_under_a_bare_year_keep_it() {
        let found = outline(
            "Đến năm 2025:\n1. Tỷ lệ hồ sơ trực tuyến đạt 80%.\n2. Tỷ lệ hài lòng đạt 90%.\nĐến năm 2030:\n1. Tỷ lệ hồ sơ đạt 100%.",
        );
        let years: Vec<_> = found.iter().map(|f| f.1).collect();
        assert_eq!(years, [Some(2025), Some(2025), Some(2025), Some(2030), Some(2030)]);
    }

    #[test]
    fn a_remedy_for_shortcomings_is_no_situation() {
        assert_eq!(section(&crate::fold::folded("Giải pháp khắc phục tồn tại, hạn chế")), Some(Section::Forward));
        assert_eq!(section(&crate::fold::folded("KẾT QUẢ THỰC HIỆN NHIỆM VỤ NĂM 2022")), Some(Section::Situation));
    }
}
