//! Numbers a document asks to reach, keep, raise or cut.
//!
//! Every number of every block is weighed: refused when a rule says what else it is, or that it is a
//! baseline or a result; accepted when it is a share, or when the words around it show an aim.

use crate::blocks::{Block, Marker};
use crate::changes::moves_on;
use crate::compare::{Held, held};
use crate::fold::patterns;
use crate::numbers::{Number, numbers};
use crate::outline::{Place, Section};
use crate::past;
use crate::plan::{Comparator, Target, Unit};
use crate::records::{Found, record};
use crate::refuse::{LeftOut, Refusal, refusal};
use crate::sentences::{Clause, clauses};
use crate::units::unit;
use crate::view::View;
use crate::years::{Mention, Role, mentions};

/// Longest stretch of a clause looked at on either side of a number, in characters.
pub(crate) const LOOK_CHARS: usize = 320;

/// A count this near the start of its clause is what the clause is about ("Thu nhận 250.000 hồ sơ").
const OPENING_CHARS: usize = 40;

/// Letters that make a cell more than a number and its unit.
const BARE_CELL_LETTERS: usize = 12;

/// Paragraphs of running text that still list goals after one that announced them.
const ANNOUNCED_BLOCKS: usize = 4;

patterns! {
    ANNOUNCES = r"mục tiêu|chỉ tiêu|phấn đấu";
    SKIPPED_BLOCK = r"^(?:căn cứ|nơi nhận|kính gửi|lưu:|xét đề nghị|theo đề nghị|số:|\(ban hành|\(kèm theo|xem thêm|đọc thêm|tin liên quan|>>)";
    RELATED = r"^(?:các |những )?(?:tin|tin tức|bài viết|bài|tin bài|văn bản) (?:liên quan|khác|cùng chuyên mục|cùng loại|mới nhất|mới hơn|cũ hơn|đã đưa|đọc nhiều|nổi bật)\W*$";
    /// A word of aim before the number, in its sentence.
    AIM = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|mục tiêu|chỉ tiêu|bảo đảm|đảm bảo|duy trì|\bđạt\b|hoàn thành|hình thành|thành lập|thu hút|phát triển|nâng|đưa|xây dựng|tổ chức|kết nạp|đào tạo|bồi dưỡng|trồng|giảm|tăng|rút ngắn|triển khai|\bcó\b|giữ|giải quyết|tạo việc làm|thu nhập|giao|mỗi|hàng năm|hằng năm|bố trí|công nhận|lựa chọn|thí điểm|cấp|kiểm tra|ban hành|cắt giảm|còn\b|xếp|vào nhóm";
    STRONG_AIM = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|mục tiêu|chỉ tiêu|yêu cầu|giao";
    FIRM_BOUND = r"tối thiểu|ít nhất|không (?:quá|dưới|thấp hơn|ít hơn|vượt)|tối đa|≥|≤|>=|<=";
    AIMED = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|mục tiêu|chỉ tiêu|yêu cầu|\bphải\b|\bcần\b|hướng (?:đến|tới)|dự kiến|bảo đảm|đảm bảo|duy trì|đặt ra|nâng|giai đoạn 20|kế hoạch|giao|trong năm|hằng năm|hàng năm|mỗi năm|tiếp tục|đẩy mạnh|hoàn thành|tổ chức thực hiện|nhiệm kỳ";
    /// A rise told together with the place it led to.
    /// A decision passes so many of them: "Thông qua phương án đơn giản hóa 07 thủ tục".
    APPROVED = r"(?:thông qua|phê duyệt|công bố|ban hành)\b[^.;%\d]{0,80}\b(?:đơn giản hóa|cắt giảm|bãi bỏ|phân cấp|ủy quyền|thay thế)(?: đối với| của)?\s?$";
    /// Work to be done at once or within a year: "hoàn thành ngay 41 quy trình … trong năm 2025".
    URGENT = r"(?:hoàn thành|hoàn thiện|giải quyết|xử lý|khắc phục|tái cấu trúc|xây dựng|ban hành)(?: ngay| dứt điểm| xong| toàn bộ| việc [a-zWAEDOQU ]{3,40})*\s?$";
    FOLD = r"\bgấp(?: (?:ít nhất|tối thiểu|trên|khoảng|hơn))*\s?$";
    AT_ONCE = r"\b(?:ngay|dứt điểm|xong)\s?$";
    WITHIN = r"^[^.;%]{0,140}\b(?:trong|trước|hết|cuối|trong quý \w+[ /]|trong tháng \d+[ /])\s?(?:năm |ngày \d+/\d+/)?20\d\d";
    /// "Xây mới nhà văn hóa: 14 nhà": the thing, a colon and how many of it.
    QUANTITY = r"^\W*(?:xây(?: dựng| mới)?|cải tạo|nâng(?: cấp| tổng số)?|sửa chữa|trồng|đào tạo|bồi dưỡng|lắp(?: đặt| mới)?|thành lập|hình thành|phát triển|kết nạp|mở(?: mới| rộng)?|duy trì|đầu tư|trang bị|số hóa|công nhận|giải quyết việc làm|xóa|tổ chức|hoàn thành|bổ sung|thu hút)\b[^.;:%\d]{2,90}:\s?$";
    SHARE_OPENS = r"^\W*(?:[a-zWAEDOQU]+ ){0,4}(?:tỷ lệ|tỉ lệ|tỷ trọng)\b";
    SHARE_FOLLOWS = r"^[^.;,%\d]{1,90}(?:\b(?:đạt|chiếm|là|còn|lên|trên|dưới|thiểu|nhất|quá)|[:≥≤>])\s?\d[\d.,]*\s?%";
    /// What a share's own words say it has: no seam and no verb of doing between.
    OWNS = r"^[^.;,:%\d]{1,80}\s(?:có|sử dụng|dùng|biết|gồm|từ|với|đạt|cài đặt)(?: từ)?(?: ít nhất| tối thiểu| trên| dưới| không quá)*\s?$";
    RANKED_AFTER = r"^\s?(?:bậc |hạng |thứ hạng )?so với năm 20\d\d,? (?:và )?(?:xếp|đứng)";
    STRIVES = r"phấn đấu|mục tiêu (?:đến|năm|là)|chỉ tiêu đến năm";
    LISTED_WITH = r"^\s?(?:,|;|và|-)\s?(?:cấp \w+\s)?$";
    DATED_PAIR = r"^\s?\(?(?:vào |đến |trong )?(?:hết |cuối )?(?:năm )?20\d\d\)?,? ?(?:và|,)\s?$";
    RESPECTIVELY = r"tương ứng|lần lượt|theo thứ tự";
    ENDS_WITH_VERB = r"(?:\bđạt|\bchiếm|\blà|\bbằng|\bcòn|\blên|\bxuống|:)(?: tỷ lệ| từ| tối thiểu| ít nhất| trên| dưới| khoảng| đến| mức| tương ứng là| bình quân| không quá| ít nhất là)*\s?$";
    /// A year with its own result in brackets: "(năm 2021 đạt 85,6%)".
    BRACKET_YEAR = r"\([^()]{0,40}\b20(\d\d)\b[^()]{0,60}$";
    REPORTING = r"(?:báo cáo|giao ban|họp|sinh hoạt|định kỳ)[^;.]{0,40}$";
    ELLIPTIC_BETWEEN = r"\b(?:được|đạt|hoàn thành|chiếm|có|phải|tăng|bảo đảm|đảm bảo|xây dựng|tổ chức|đưa|nâng)\b";
    SOFT_NOUN = r"^\s?[a-zWAEDOQU]{2,}";
    EXPENSE = r"^\s?(?:đồng|đ\b|vnđ|vnd|usd)";
    INCOME = r"thu nhập|chi tiêu (?:bình quân|của)|grdp|gdp|doanh thu|kim ngạch|thu ngân sách|tổng thu|thu từ|lợi nhuận|giá trị|thu hút|vốn|tiết kiệm|huy động|xuất khẩu|năng suất|tổng mức bán lẻ|quỹ|tổng sản phẩm|thu nội địa|dư nợ|doanh số";
    PART_OF = r"^\s?/\s?\d{1,4} [a-zWAEDOQU]{2,}";
    BENEFIT = r"(?:tiết kiệm(?: được)?(?: chi phí)?|làm lợi|giúp|góp phần|lợi ích|tương đương|ước tính|quy đổi)[^;.]{0,70}$";
}

/// What is known of the whole document before its numbers are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    /// The end of the period in the title.
    pub(crate) title_due: Option<u16>,
    /// The year the document was made.
    pub(crate) made: Option<u16>,
}

/// A number with what its surroundings say.
pub(crate) struct Candidate {
    pub(crate) number: Number,
    pub(crate) unit: Unit,
    pub(crate) clause: Clause,
    /// After the unit's words.
    pub(crate) after: usize,
    pub(crate) held: Held,
    pub(crate) reason: &'static str,
    pub(crate) confidence: f64,
}

/// All targets of the blocks, in the order of the text.
pub(crate) fn targets(
    view: &View,
    blocks: &[Block],
    places: &[Place],
    skip: &[bool],
    frame: Frame,
) -> (Vec<Target>, Vec<LeftOut>) {
    let (mut out, mut left_out) = (Vec::new(), Vec::new());
    let mut announced = 0usize;
    let mut related = false;
    for ((block, place), _) in blocks.iter().zip(places).zip(skip).filter(|(_, skip)| !**skip) {
        let place = Place { aimed_above: announced > 0, ..*place };
        // What a page lists under "Các tin khác" is about other things.
        related = RELATED.is_match(view.flat(block.body, block.end.min(block.body + 60)))
            || related && block.marker >= Marker::Dash;
        if related {
            continue;
        }
        let before = out.len();
        read_block(view, block, &place, frame, &mut out, &mut left_out);
        let announces =
            out.len() > before && ANNOUNCES.is_match(view.flat(block.body, block.end.min(block.body + 800)));
        announced = if announces { ANNOUNCED_BLOCKS } else { announced.saturating_sub(1) };
    }
    (out, left_out)
}

fn read_block(
    view: &View,
    block: &Block,
    place: &Place,
    frame: Frame,
    out: &mut Vec<Target>,
    left_out: &mut Vec<LeftOut>,
) {
    let head = view.flat(block.body, block.end.min(block.body + 40));
    if block.end <= block.body || SKIPPED_BLOCK.is_match(head) {
        return;
    }
    let flat = view.flat(block.body, block.end);
    let found: Vec<Number> = numbers(flat)
        .into_iter()
        .map(|n| Number { start: n.start + block.body, end: n.end + block.body, ..n })
        .collect();
    if found.is_empty() {
        return;
    }
    let clauses = clauses(view, block.body, block.end);
    let years = mentions(flat);
    let years: Vec<Mention> =
        years.into_iter().map(|m| Mention { start: m.start + block.body, end: m.end + block.body, ..m }).collect();
    let carried = past::carried(view, &clauses, &years, frame.made);
    let mut kept: Vec<Candidate> = Vec::new();
    let mut at = 0;
    for (i, number) in found.iter().enumerate() {
        while at + 1 < clauses.len() && clauses[at].end <= number.start {
            at += 1;
        }
        let site = Site {
            view,
            place,
            frame,
            clause: clauses[at],
            carried: carried[at],
            years: &years,
            block_start: block.body,
            in_cell: block.cell.is_some() || block.closes_cell,
        };
        match site.weigh(number, &found[i + 1..], kept.last()) {
            Ok(candidate) => kept.push(candidate),
            Err(refusal) => {
                let (quote, offset) = view.quote(number.start, number.end);
                left_out.push(LeftOut { quote, offset, rule: refusal.rule, reason: refusal.reason });
            }
        }
    }
    let found = Found { view, block, place, frame, kept: &kept, years: &years };
    for i in 0..kept.len() {
        let target = record(&found, i, out);
        out.push(target);
    }
}

/// The goals of one table cell in words, as a paragraph under goals due in a year.
pub(crate) fn read_cell(view: &View, cell: (usize, usize), due: Option<u16>, frame: Frame) -> Vec<Target> {
    let block = Block::cell(cell.0, cell.1);
    let place = Place { section: Some(Section::Goal), due, heading_end: cell.0, ..Place::default() };
    let mut out = Vec::new();
    read_block(view, &block, &place, frame, &mut out, &mut Vec::new());
    out
}

struct Site<'a> {
    view: &'a View<'a>,
    place: &'a Place,
    frame: Frame,
    clause: Clause,
    carried: bool,
    years: &'a [Mention],
    block_start: usize,
    in_cell: bool,
}

impl Site<'_> {
    fn weigh(&self, number: &Number, rest: &[Number], last: Option<&Candidate>) -> Result<Candidate, Refusal> {
        let view = self.view;
        let before = view.flat(self.clause.start.max(number.start.saturating_sub(LOOK_CHARS)), number.start);
        let after_all = view.flat(number.end, self.clause.end.min(number.end + LOOK_CHARS));
        let mut number = *number;
        self.borrow_percent(&mut number, rest, before);
        let (unit, width) = unit(before, after_all, &number);
        if unit == Unit::Count && self.numbers_an_item(&number, before) {
            return Err(Refusal { rule: "numbering", reason: "numbering" });
        }
        let goal = self.place.section == Some(Section::Goal);
        if let Some(refusal) = refusal(before, after_all, &number, unit)
            .filter(|r| !(goal && matches!(r.rule, "saved" | "condition_right")))
        {
            return Err(refusal);
        }
        if self.in_cell && !goal && self.bare_cell() {
            return Err(Refusal { rule: "bare_cell", reason: "a figure of a table that is none of goals" });
        }
        if moves_on(before, after_all) {
            return Err(Refusal { rule: "baseline", reason: "where a change starts from" });
        }
        let mut held = held(before, after_all, &number, unit);
        if unit == Unit::Count && APPROVED.is_match(before) {
            held = Held { comparator: Comparator::Eq, tags: Vec::new(), rule: "a number approved" };
        }
        if matches!(held.comparator, Comparator::Eq | Comparator::Gte) {
            let inherited = self.inherit(&number, unit, last, after_all, held.comparator == Comparator::Eq);
            held = inherited.unwrap_or(held);
        }
        if self.is_past(&number, after_all, &held) {
            return Err(Refusal { rule: "result", reason: "a result reached or the present situation" });
        }
        let sentence = view.flat(self.clause.sentence.max(number.start.saturating_sub(LOOK_CHARS)), number.start);
        if unit == Unit::Count && held.comparator == Comparator::Eq && self.nested(&number, last) {
            return Err(Refusal { rule: "nested", reason: "part of what a share is about" });
        }
        if unit == Unit::Count && self.inside_a_share(&number, before, after_all, last) {
            return Err(Refusal { rule: "nested", reason: "part of what a share is about" });
        }
        let aim = self.accept(&number, unit, &held, before, after_all, sentence);
        let (reason, confidence) = aim.ok_or(Refusal { rule: "no_aim", reason: "nothing says it is to be reached" })?;
        let after = number.end + width;
        Ok(Candidate { number, unit, clause: self.clause, after, held, reason, confidence })
    }

    /// A cell of hardly more than its number says nothing of what is asked.
    fn bare_cell(&self) -> bool {
        let words = self.view.flat(self.clause.sentence, self.clause.sentence_end);
        words.bytes().filter(u8::is_ascii_alphabetic).take(BARE_CELL_LETTERS).count() < BARE_CELL_LETTERS
    }

    /// "chỉ tiêu: 1. Tốc độ tăng …; 2. Thu nhập …": a small number, a stop and a capital.
    fn numbers_an_item(&self, number: &Number, before: &str) -> bool {
        let opens = before.trim_end().is_empty() || before.trim_end().ends_with([':', ';', '.', '-']);
        let stop = self.view.flat(number.end, number.end + 2);
        let capital = self.view.char(number.end + 2).is_some_and(char::is_uppercase);
        opens && number.value < 100.0 && (stop == ". " || stop == ") ") && capital
    }

    /// In "tương ứng là 30, 20, 15%" the sign at the end counts for all.
    fn borrow_percent(&self, number: &mut Number, rest: &[Number], before: &str) {
        if number.percent || !RESPECTIVELY.is_match(before) {
            return;
        }
        let mut end = number.end;
        for next in rest.iter().take(6) {
            if !LISTED_WITH.is_match(self.view.flat(end, next.start)) {
                return;
            }
            if next.percent {
                number.percent = true;
                return;
            }
            end = next.end;
        }
    }

    /// A bare count inside what a share is about: "98% trẻ tiêm đủ 8 loại vắc xin".
    fn nested(&self, number: &Number, last: Option<&Candidate>) -> bool {
        let Some(last) = last.filter(|l| l.clause == self.clause && matches!(l.unit, Unit::Percent | Unit::Count))
        else {
            return false;
        };
        let between = self.view.flat(last.number.end, number.start);
        !between.contains(',') && !between.contains(" va ") && !between.contains(':')
    }

    /// A bounded count inside what a share is about: "Tỷ lệ người dân dùng ít nhất 02 ứng dụng đạt 60%",
    /// "80% hộ có ít nhất 02 lao động".
    fn inside_a_share(&self, number: &Number, before: &str, after: &str, last: Option<&Candidate>) -> bool {
        let share = last.filter(|l| l.clause == self.clause && l.unit == Unit::Percent);
        SHARE_OPENS.is_match(before) && SHARE_FOLLOWS.is_match(after)
            || share.is_some_and(|l| OWNS.is_match(self.view.flat(l.number.end, number.start)))
    }

    /// A number in a row of numbers, or after *và*, is held like the one before it.
    fn inherit(
        &self,
        number: &Number,
        unit: Unit,
        last: Option<&Candidate>,
        after: &str,
        held_bare: bool,
    ) -> Option<Held> {
        let last = last.filter(|l| l.clause == self.clause && l.unit == unit)?;
        let between = self.view.flat(last.number.end, number.start);
        let listed = LISTED_WITH.is_match(between);
        let cut = matches!(last.held.comparator, Comparator::ReduceBy | Comparator::IncreaseBy);
        if listed && held_bare && last.held.comparator != Comparator::Range {
            let mut held = last.held.clone();
            if RESPECTIVELY
                .is_match(self.view.flat(self.clause.start.max(number.start.saturating_sub(LOOK_CHARS)), number.start))
            {
                held.tags.push("respectively");
            }
            return Some(held);
        }
        // "ít nhất 27% vào năm 2028 và 30% vào năm 2030": the bound holds on to the next year.
        if held_bare
            && DATED_PAIR.is_match(between)
            && matches!(last.held.comparator, Comparator::Gte | Comparator::Lte)
        {
            return Some(last.held.clone());
        }
        let elliptic = cut
            && number.value < 100.0
            && between.len() < 140
            && (between.trim_end().ends_with("va") || between.trim_end().ends_with(',') || between.contains(" va "))
            && !ELLIPTIC_BETWEEN.is_match(between)
            && !ELLIPTIC_BETWEEN.is_match(&after[..after.len().min(70)]);
        elliptic.then(|| {
            let mut held = last.held.clone();
            held.tags.push("elliptic");
            held.rule = "the verb before it holds on";
            held
        })
    }

    fn is_past(&self, number: &Number, after: &str, held: &Held) -> bool {
        let view = self.view;
        let before = view.flat(self.clause.sentence.max(number.start.saturating_sub(2 * LOOK_CHARS)), number.start);
        let situation = self.place.section == Some(Section::Situation);
        let own_year = self.years[..self.years.partition_point(|m| m.end <= number.start)]
            .iter()
            .rev()
            .take(3)
            .find(|m| m.start >= self.clause.sentence && matches!(m.role, Role::Due | Role::Act))
            .filter(|m| m.role == Role::Due)
            .map(|m| m.year);
        let gone = own_year.zip(self.frame.made).is_some_and(|(year, made)| year < made);
        // A result told in brackets beside the target.
        let bracketed = BRACKET_YEAR.groups(&before[before.len().saturating_sub(110)..]).and_then(|g| g[1]);
        if bracketed.is_some() && held.comparator == Comparator::Eq && self.looks_back(own_year) {
            return true;
        }
        let stated = matches!(held.comparator, Comparator::Eq | Comparator::RankWithin);
        if gone && stated && self.place.section != Some(Section::Goal) {
            return true;
        }
        if RANKED_AFTER.is_match(after) {
            return true;
        }
        let aimed = self.place.section == Some(Section::Goal) || AIMED.is_match(before);
        match past::tense(before, if aimed { "" } else { after }) {
            Some(true) => true,
            Some(false) => situation && !STRIVES.is_match(before) || gone && held.comparator == Comparator::Eq,
            None => {
                situation
                    || (self.carried && self.place.section != Some(Section::Goal))
                    || (gone && held.comparator == Comparator::Eq)
            }
        }
    }

    /// A year before the one the heading or title sets.
    fn looks_back(&self, year: Option<u16>) -> bool {
        let aim = self.place.due.or(self.frame.title_due);
        year.zip(aim.or(self.frame.made)).is_some_and(|(year, aim)| year < aim)
    }

    /// Whether the number is something to reach: the rule and how sure it is.
    fn accept(
        &self,
        number: &Number,
        unit: Unit,
        held: &Held,
        before: &str,
        after: &str,
        sentence: &str,
    ) -> Option<(&'static str, f64)> {
        let goal = match self.place.section {
            Some(section) => section == Section::Goal,
            None => self.place.aimed_above,
        };
        if self.place.section == Some(Section::Budget) {
            return None;
        }
        let bound = held.comparator != Comparator::Eq;
        if let Some(plain) = self.plainly_asked(unit, before, after) {
            return Some(plain);
        }
        match unit {
            // Outside any outline (news, speeches) a number must be spoken of as an aim.
            _ if !self.aimed(number.start, before, bound) => None,
            Unit::Percent => Some(if goal { ("a share under goals", 0.97) } else { ("a share to reach", 0.9) }),
            Unit::RankGroup => Some(("a rank to hold", 0.92)),
            Unit::RankSteps => {
                (held.comparator == Comparator::IncreaseBy || bound && goal).then_some(("a rise in rank", 0.9))
            }
            Unit::TimesPerYear | Unit::TimesPerQuarter | Unit::TimesPerMonth => {
                if REPORTING.is_match(before) && !bound {
                    return None;
                }
                (bound || goal || AIM.is_match(sentence)).then_some(("how often a year", 0.8))
            }
            Unit::Per100 | Unit::Per1000 | Unit::Per10000 | Unit::Per100000 => Some(("a rate per people", 0.9)),
            _ if self.place.is_heading && !bound && !AIM.is_match(before) => None,
            Unit::Days | Unit::Hours | Unit::Minutes => {
                let shortens = before.contains("giam")
                    || before.contains("rut ngWn")
                    || before.contains("con ")
                    || before.contains("thQi gian");
                (shortens && (bound || goal || AIM.is_match(sentence))).then_some(("a time to shorten", 0.75))
            }
            Unit::Points | Unit::Times => {
                (bound || goal || STRONG_AIM.is_match(sentence)).then_some(("a score or factor to reach", 0.85))
            }
            Unit::Count => self.accept_count(number, bound, goal, before, after, sentence),
        }
    }

    /// Words right before a number that ask for it wherever they stand.
    fn plainly_asked(&self, unit: Unit, before: &str, after: &str) -> Option<(&'static str, f64)> {
        let counted = unit == Unit::Count && SOFT_NOUN.is_match(after) && !EXPENSE.is_match(after);
        if unit == Unit::Times && FOLD.is_match(before) {
            return Some(("a factor to reach", 0.75));
        }
        if counted && APPROVED.is_match(before) {
            return Some(("a number approved", 0.75));
        }
        if counted && URGENT.is_match(before) && (AT_ONCE.is_match(before) || WITHIN.is_match(after)) {
            return Some(("work to be done within a year", 0.7));
        }
        (counted && QUANTITY.is_match(before)).then_some(("a quantity listed", 0.7))
    }

    /// Whether a number outside any heading is an aim: its paragraph says so, or its bound is firm.
    fn aimed(&self, at: usize, before: &str, bound: bool) -> bool {
        if self.place.section.is_some() || self.place.due.is_some() || self.in_cell || self.place.aimed_above {
            return true;
        }
        let firm = bound && FIRM_BOUND.is_match(&before[before.len().saturating_sub(40)..]);
        let start = self.block_start.max(at.saturating_sub(4 * LOOK_CHARS));
        let after = self.view.flat(self.clause.end, self.clause.sentence_end.min(self.clause.end + LOOK_CHARS));
        firm || AIMED.is_match(self.view.flat(start, at)) || AIMED.is_match(after)
    }

    fn accept_count(
        &self,
        number: &Number,
        bound: bool,
        goal: bool,
        before: &str,
        after: &str,
        sentence: &str,
    ) -> Option<(&'static str, f64)> {
        let part = PART_OF.is_match(after) && (goal || STRONG_AIM.is_match(sentence));
        let counts = part || SOFT_NOUN.is_match(after) || number.multiplied || goal && ENDS_WITH_VERB.is_match(before);
        if !counts {
            return None;
        }
        if BENEFIT.is_match(before) && !STRONG_AIM.is_match(before) {
            return None;
        }
        let money = EXPENSE.is_match(after);
        if money && !INCOME.is_match(before) {
            return None;
        }
        let opens = before.trim().len() <= OPENING_CHARS;
        if goal {
            let sure = bound || opens || AIM.is_match(sentence);
            return Some(("a count under goals", if sure { 0.85 } else { 0.65 }));
        }
        let firm = FIRM_BOUND.is_match(&before[before.len().saturating_sub(40)..]) || after.contains("trQ lEn");
        if bound && (firm || self.place.section.is_some()) && (opens || AIM.is_match(sentence)) {
            return Some(("a bounded count", 0.75));
        }
        STRONG_AIM.is_match(sentence).then_some(("a count to strive for", 0.7))
    }
}
