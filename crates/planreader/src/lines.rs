//! Lines of the input, and which of them a wrapped paragraph runs on over.

use crate::fold::patterns;
use crate::view::View;

patterns! {
    /// A line that is only an ordinal: the first cell of a table row.
    ORDINAL_ALONE = r"^(?:[ivxl]{1,5}|\d{1,3}(?:\.\d{1,2}){0,3}|[a-zđ]|\d{1,3}[a-z])[.)]?$";
    /// Words that cannot end a line of their own: the paragraph goes on.
    HANGS = r"(?:\b(?:sở|bộ|ban|báo|đài|của|và|các|những|số|về|tại|cho|với|theo|trong|trên|từ|đến|là|do|ủy|ngày|tháng|văn|hội|nghị|ít|nhất|thiểu|tối)|,|-|/|\()$";
    /// The same where lines are not wrapped: only signs and words that join.
    HANGS_ANYWHERE = r"(?:\b(?:của|và|các|những|với|theo)|,|-|/|\()$";
    /// A line that opens a block of its own, wherever the line before it ends.
    OPENS = r"^(?:#{1,6} |[-+•] ?|\([0-9]{1,2}\) ?|[0-9]{1,2}[.)] |[0-9]{1,2}[.)]$|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}[.)]? |[ivx]{1,5}[.)] |[a-zđ][.)] |(?:điều|chương|mục|phần|phụ lục) [0-9ivxl]{1,4}\b|căn cứ |theo đề nghị |xét đề nghị |xét tờ trình |quyết định\s?:|nơi nhận|kính gửi|\(kèm theo|\(ban hành)";
    /// A period broken over two lines: `2021` / `- 2025`.
    PERIOD_TAIL = r"^- ?(?:19|20)\d\d\b";
    PERIOD_HEAD = r"(?:19|20)\d\d$";
    /// A range broken the same way, at the end of a full line: `bình quân 11` / `- 12%/năm`.
    RANGE_HEAD = r"[ (]\d{1,3}(?:,\d+)?%?$";
    RANGE_TAIL = r"^[-] ?\d[\d.,]*\s?(?:%|/|điểm|triệu|tỷ|nghìn|ngày|lần|giờ|phút)";
    /// The first words of a name whose next word is written large.
    NAMES = r"\b(?:trung tâm|chi cục|cục|phòng|ban|sở|bộ|vụ|viện|quỹ|trường|trạm|học viện)$";
    /// In capitals, the authority that signs: it never goes on a title, unless the title hangs.
    AUTHORITY = r"^(?:ủy ban nhân dân|hội đồng nhân dân|chủ tịch|thủ tướng|chính phủ|bộ trưởng|ban chấp hành|ban thường vụ|giám đốc|tỉnh ủy|thành ủy|huyện ủy|thị ủy|quận ủy|đảng ủy|đảng bộ|ban (?:tổ chức|tuyên giáo|nội chính|dân vận|cán sự)|ủy ban kiểm tra|dự thảo|sở|chi cục|văn phòng|phòng|cục)\b";
    TITLE_HANGS = r"(?:\b(?:của|và|do|theo|các|cho)|,|-)$";
    RULE_LINE = r"^[-_=~.* ]{3,}$";
}

/// One line of the view without its surrounding spaces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Blank lines stand between this line and the one before it.
    pub(crate) after_gap: bool,
}

impl Line {
    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The lines that hold something.
pub(crate) fn lines(view: &View) -> Vec<Line> {
    let mut out = Vec::new();
    let (mut at, mut gap) = (0, true);
    for piece in view.all().split('\n') {
        let start = at;
        at = start + piece.len() + 1;
        let trimmed = piece.trim();
        if trimmed.is_empty() || RULE_LINE.is_match(trimmed) {
            gap = true;
            continue;
        }
        let lead = piece.len() - piece.trim_start().len();
        out.push(Line { start: start + lead, end: start + lead + trimmed.len(), after_gap: gap });
        gap = false;
    }
    out
}

/// How wide the text is wrapped, in characters; `None` when a paragraph is one line.
fn wrap_width(lines: &[Line]) -> Option<usize> {
    let mut lengths: Vec<usize> = lines.iter().map(Line::len).filter(|l| *l >= 30).collect();
    if lengths.len() < 8 {
        return None;
    }
    lengths.sort_unstable();
    let width = lengths[lengths.len() * 19 / 20];
    (width <= 135).then_some(width)
}

/// A paragraph's first line in texts that break it after a few words is shorter than this.
const BROKEN_FIRST_MAX: usize = 34;
/// Paragraphs broken that way before a text counts as one of that kind.
const BROKEN_FIRST_MIN: usize = 5;

/// How the paragraphs of a text are broken into lines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Wrap {
    /// How wide the text is wrapped, in characters; `None` when a paragraph is one line.
    pub(crate) width: Option<usize>,
    /// Each paragraph is broken after its first few words, as some collections of laws keep them: a long
    /// line opens none.
    pub(crate) broken_first: bool,
}

/// Reads how a text is wrapped.
pub(crate) fn wrap(view: &View, lines: &[Line]) -> Wrap {
    let small = |line: &Line| view.char(line.start).is_some_and(char::is_lowercase);
    let ends = |line: &Line| view.flat(line.start, line.end).ends_with(['.', ';', ':', '/']);
    let (mut broken, mut whole) = (0usize, 0usize);
    for three in lines.windows(3) {
        let [above, first, next] = three else { continue };
        if ends(above) && !next.after_gap && !ends(first) && small(next) {
            broken += usize::from(first.len() < BROKEN_FIRST_MAX);
            whole += usize::from(first.len() >= BROKEN_FIRST_MAX);
        }
    }
    Wrap { width: wrap_width(lines), broken_first: broken >= BROKEN_FIRST_MIN && broken > 2 * whole }
}

/// Whether `line` goes on with the paragraph that ends in `before`.
pub(crate) fn continues(view: &View, before: Line, line: Line, wrap: Wrap) -> bool {
    if line.after_gap {
        return false;
    }
    let width = wrap.width;
    let (head, tail) = (view.flat(before.start, before.end), view.flat(line.start, line.end));
    if ORDINAL_ALONE.is_match(tail) {
        return false;
    }
    if PERIOD_HEAD.is_match(head_end(head)) && PERIOD_TAIL.is_match(tail) {
        return true;
    }
    let full = width.is_some_and(|w| before.len() * 10 >= w * 7);
    if full && RANGE_HEAD.is_match(head_end(head)) && RANGE_TAIL.is_match(tail) {
        return true;
    }
    if OPENS.is_match(tail) || head.starts_with('#') {
        return false;
    }
    // "13." on a line, its text on the next one.
    if ORDINAL_ALONE.is_match(head) {
        return head.ends_with('.') && width.is_some() && tail.len() > 20;
    }
    let long = width.is_some_and(|w| before.len() + 14 >= w);
    if head.ends_with(['.', ';', ':', '!', '?']) {
        return long
            && !head.ends_with(':')
            && view.char(line.start).is_some_and(|c| !c.is_uppercase() || before.len() + 10 >= width.unwrap_or(0));
    }
    let (upper_head, upper_tail) = (is_upper(view, before), is_upper(view, line));
    if upper_head != upper_tail {
        return HANGS.is_match(head_end(head)) && !upper_head;
    }
    if upper_head && upper_tail {
        return !AUTHORITY.is_match(tail) || TITLE_HANGS.is_match(head_end(head));
    }
    if wrap.broken_first && line.len() > BROKEN_FIRST_MAX {
        return true;
    }
    let first = view.char(line.start).unwrap_or(' ');
    if first.is_lowercase()
        || (first == '(' && !tail[1..].starts_with(|c: char| c.is_ascii_digit()))
        || HANGS_ANYWHERE.is_match(head_end(head))
        || width.is_some() && HANGS.is_match(head_end(head))
    {
        return true;
    }
    // A verb of work written large opens a sentence of its own.
    if crate::work::begins(tail) && !NAMES.is_match(head_end(head)) {
        return false;
    }
    match width {
        Some(w) if first.is_ascii_digit() => before.len() * 10 >= w * 3,
        Some(w) => before.len() * 10 >= w * 7,
        None => false,
    }
}

fn head_end(head: &str) -> &str {
    &head[head.len().saturating_sub(24)..]
}

/// Written in capitals throughout (at least four letters).
pub(crate) fn is_upper(view: &View, line: Line) -> bool {
    let mut letters = 0;
    for at in line.start..line.end.min(line.start + 400) {
        match view.char(at) {
            Some(c) if c.is_lowercase() => return false,
            Some(c) if c.is_uppercase() => letters += 1,
            _ => {}
        }
    }
    letters >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joins(text: &str) -> Vec<bool> {
        let view = View::new(text);
        let lines = lines(&view);
        let mut wrap = wrap(&view, &lines);
        wrap.width = wrap.width.or(Some(80));
        lines.windows(2).map(|w| continues(&view, w[0], w[1], wrap)).collect()
    }

    #[test]
    fn a_wrapped_clause_goes_on_over_the_line_end() {
        assert_eq!(joins("2.3. Chỉ số năng lực cạnh tranh\ncấp tỉnh (PCI) nằm trong nhóm 15"), [true]);
        assert_eq!(
            joins("áp dụng cơ chế liên thông;…) rút gọn hồ sơ và thời gian thực hiện ít nhất\n20% thủ tục"),
            [true]
        );
        assert_eq!(joins("10. Sở\nGiáo dục và Đào tạo:"), [true]);
        assert_eq!(joins("Giai đoạn 2021\n- 2025"), [true]);
    }

    #[test]
    fn where_first_lines_are_broken_a_long_line_opens_no_paragraph() {
        let broken =
            "a) Chủ trì, phối\nhợp với Công an tỉnh kiểm tra công tác phòng cháy tại các vùng trọng điểm.\n".repeat(6);
        let text = format!(
            "{broken}b) Chỉ đạo Chi cục\nKiểm lâm trực cháy trong mùa khô; kịp thời thông báo cấp dự báo cháy rừng.\n2. Công an tỉnh\nChỉ đạo các đơn vị"
        );
        let joined = joins(&text);
        assert_eq!(joined[12..], [true, false, false]);
    }

    #[test]
    fn bullets_cells_and_capitals_open_their_own_block() {
        assert_eq!(joins("Sở Nội vụ\nTrước 31/12 hàng năm"), [false]);
        assert_eq!(joins("đạt tối thiểu 80%\n- Tỷ lệ hồ sơ"), [false]);
        assert_eq!(joins("Kế hoạch của UBND tỉnh\n2"), [false]);
        assert_eq!(joins("một dòng\n\nhai dòng"), [false]);
    }
}
