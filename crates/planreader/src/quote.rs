//! The shortest clause that holds a number and what it counts.

use crate::fold::patterns;
use crate::targets::{Candidate, LOOK_CHARS};
use crate::view::View;

/// Longest subject, in characters.
const SUBJECT_CHARS_MAX: usize = 180;

patterns! {
    /// Where a coordinated statement can begin after the number before it.
    SEAM = r",|\bvà\b|\btrong (?:số )?đó\b|:|\bđồng thời\b";
    LEAD_IN = r"^[\s,:+\-*]*(?:(?:và|đồng thời|trong (?:số )?đó|cụ thể|riêng)[\s,:]+)?";
    AIM_WORDS = r"^(?:(?:đến (?:hết |cuối )?năm \d{4}|phấn đấu|tối thiểu|ít nhất|có|đạt|trên|đưa|từ)[\s,:]+)+";
    TAIL_VERB = r"(?:[\s,:]+(?:đạt|chiếm|là|bằng|tỷ lệ|từ|tối thiểu|ít nhất|trên|hơn|dưới|không quá|khoảng|đến|còn|xuống|lên|mức|tương ứng|bình quân|tăng|giảm|nằm trong|trong|vào|nhóm|duy trì|tiếp tục|phấn đấu))*[\s,:(]*$";
    STARTS_NUMBER = r"^\s?(?:và|,|trong đó|đồng thời)?\s?(?:phấn đấu |có |đạt |tối thiểu |ít nhất |trên |hơn |từ |dưới )*\s?$";
}

/// The clause of one number, and the stretch of it that no other number shares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) own_start: usize,
    pub(crate) own_end: usize,
}

/// Finds the clause: from the seam after the number before, to the seam before the next one.
pub(crate) fn span(view: &View, this: &Candidate, previous: Option<&Candidate>, next: Option<&Candidate>) -> Span {
    let floor = this.clause.start.max(this.number.start.saturating_sub(LOOK_CHARS));
    let ceiling = this.clause.end.min(this.after + LOOK_CHARS);
    let own_start = match previous {
        None => floor,
        Some(previous) => {
            let from = previous.after.max(floor);
            let between = view.flat(from, this.number.start);
            from + seam_back(between)
        }
    };
    let own_end = match next {
        None => ceiling,
        Some(next) if next.number.start <= ceiling => {
            let between = view.flat(this.after, next.number.start);
            this.after + seam_back(between)
        }
        Some(_) => ceiling,
    };
    let lead = LEAD_IN.find(view.flat(own_start, this.number.start)).map_or(0, |(_, end)| end);
    let start = (own_start + lead).min(this.number.start);
    // A number that only goes on with the clause before it ("và đạt 95% vào năm 2030") quotes from there.
    let bare = STARTS_NUMBER.is_match(view.flat(own_start, this.number.start));
    let after = view.flat(this.after, own_end);
    let lonely = bare && previous.is_some() && after.trim_matches(|c: char| !c.is_ascii_alphabetic()).len() < 18;
    let start = if lonely {
        floor + LEAD_IN.find(view.flat(floor, this.number.start)).map_or(0, |(_, end)| end)
    } else {
        start
    };
    let trimmed = view.flat(this.after, own_end).trim_end_matches([' ', ',', ':']).len();
    let end = trim_and(view, this.after, this.after + trimmed).max(this.number.end);
    Span { start, end, own_start, own_end }
}

/// Where, in the text between two numbers, the second one's statement begins: at the last seam,
/// or at the first when nothing stands before it.
fn seam_back(between: &str) -> usize {
    let seams = SEAM.all(between);
    let (Some(first), Some(last)) = (seams.first(), seams.last()) else { return between.len() };
    // A number that ends its statement is followed by a seam at once: there the next one begins, and
    // commas further on belong to it ("đạt 90%, nâng mức hài lòng của người dân, doanh nghiệp lên 95%").
    if between[..first.0].trim().is_empty() { first.0 } else { last.0 }
}

fn trim_and(view: &View, start: usize, end: usize) -> usize {
    let text = view.flat(start, end);
    end - if text.ends_with(" va") { 3 } else { 0 }
}

/// What is counted: the words after a leading number, or before a trailing one.
pub(crate) fn subject(view: &View, this: &Candidate, span: &Span, trailing: bool) -> String {
    let (mut start, mut end) = if trailing { (span.start, this.number.start) } else { (this.after, span.end) };
    if trailing {
        let text = view.flat(start, end);
        end = start + TAIL_VERB.find(text).map_or(text.len(), |(at, _)| at);
        start += AIM_WORDS.find(view.flat(start, end)).map_or(0, |(_, len)| len);
        if end <= start {
            (start, end) = (this.clause.start.max(this.number.start.saturating_sub(LOOK_CHARS)), this.number.start);
        }
    }
    let end = end.min(start + SUBJECT_CHARS_MAX);
    view.text(start, end).trim_matches(|c: char| c.is_whitespace() || ",;:.-+".contains(c)).to_owned()
}
