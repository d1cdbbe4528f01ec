//! Numbers a document asks to reach, keep, raise or cut.
//!
//! Every number of every block is weighed: refused when a rule says what else it is, or that it is a
//! baseline or a result; accepted when it is a share, or when the words around it show an aim.

use crate::blocks::Block;
use crate::compare::{Held, held};
use crate::dues::{Spot, due};
use crate::fold::patterns;
use crate::levels::{level, listed};
use crate::numbers::{Number, numbers};
use crate::outline::{Place, Section};
use crate::past;
use crate::plan::{Comparator, Level, Target, Unit, Value};
use crate::quote;
use crate::refuse::{LeftOut, Refusal, refusal};
use crate::sentences::{Clause, clauses};
use crate::units::unit;
use crate::view::View;
use crate::years::{Mention, Role, mentions};

/// Longest stretch of a clause looked at on either side of a number, in characters.
pub(crate) const LOOK_CHARS: usize = 320;

/// A count this near the start of its clause is what the clause is about ("Thu nhận 250.000 hồ sơ").
const OPENING_CHARS: usize = 40;

patterns! {
    SKIPPED_BLOCK = r"^(?:căn cứ|nơi nhận|kính gửi|lưu:|xét đề nghị|theo đề nghị|số:|\(ban hành|\(kèm theo)";
    /// A word of aim before the number, in its sentence.
    AIM = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|mục tiêu|chỉ tiêu|bảo đảm|đảm bảo|duy trì|\bđạt\b|hoàn thành|hình thành|thành lập|thu hút|phát triển|nâng|đưa|xây dựng|tổ chức|kết nạp|đào tạo|bồi dưỡng|trồng|giảm|tăng|rút ngắn|triển khai|\bcó\b|giữ|giải quyết|tạo việc làm|thu nhập|giao|mỗi|hàng năm|hằng năm|bố trí|công nhận|lựa chọn|thí điểm|cấp|kiểm tra|ban hành|cắt giảm|còn\b|xếp|vào nhóm";
    STRONG_AIM = r"phấn đấu|đến (?:hết |cuối )?năm 20|đến 20\d\d|mục tiêu|chỉ tiêu|yêu cầu|giao";
    LISTED_WITH = r"^\s?(?:,|;|và|-)\s?(?:cấp \w+\s)?$";
    RESPECTIVELY = r"tương ứng|lần lượt|theo thứ tự";
    FROM_BEFORE = r"\btừ\s?(?:mức |khoảng |hơn |trên |dưới |gần |tỷ lệ )*$";
    TO_AFTER = r"^[^;]{0,70}?\b(?:lên|xuống|còn|thành)\b(?: đến| còn| mức| đạt| khoảng| trên| dưới| ít nhất| tối thiểu| không quá| tỷ lệ)*\s?\d";
    TO_AFTER_VERB = r"^[^;]{0,60}?\b(?:đến|tới|đạt)\s(?:khoảng |trên |dưới |mức |còn |ít nhất |tối thiểu )?\d{1,3}(?:[.,]\d+)?\s?(?:%|điểm|ngày|phút|giờ)";
    MOVES = r"(?:tăng|giảm|nâng|đưa|rút ngắn|cắt giảm|hạ)\b[^;.]{0,90}$";
    /// What stands after a number whose subject came before it.
    NO_SUBJECT = r"^\s?(?:trở lên\s?|trở xuống\s?|/\s?năm\s?|điểm\s?|bình quân\s?)*(?:[.,;:)(/]|$|và\b|hoặc\b|vào\b|đến\b|trong\b|so với\b|trên\b|theo\b|năm\b|của tổng|tổng số|tổng\b|đối với\b|mỗi năm|giai đoạn|hằng năm|hàng năm|nhằm|để\b|cho đến|tại\b|ở\b|là\b|trước\b|hết\b)";
    ENDS_WITH_VERB = r"(?:\bđạt|\bchiếm|\blà|\bbằng|\bcòn|\blên|\bxuống|:)(?: tỷ lệ| từ| tối thiểu| ít nhất| trên| dưới| khoảng| đến| mức| tương ứng là| bình quân| không quá| ít nhất là)*\s?$";
    TIER_FIRST = r"^\W*(?:ở |tại |đối với |riêng |và |các |mỗi |từng )*(?:cơ quan |đơn vị |các )*(?:cấp (tỉnh|huyện|xã)\b|mỗi (?:đơn vị )?(huyện|xã)\b)";
    TIER_IN_BRACKETS = r"^\s?\((?:[^()%]{0,24}\s)?cấp (tỉnh|huyện|xã)\b[^()%]{0,24}\)";
    /// A year with its own result in brackets: "(năm 2021 đạt 85,6%)".
    BRACKET_YEAR = r"\([^()]{0,40}\b20(\d\d)\b[^()]{0,60}$";
    OF_WHICH = r"trong (?:số )?đó";
    COMPARED = r"so với (?:cùng kỳ|năm|giai đoạn|thời điểm|đầu|cuối|mức|kết quả)";
    KEPT_UNTIL = r"duy trì[^;.]{0,60}?(20\d\d)";
    CAP = r"cho đến khi";
    REPORTING = r"(?:báo cáo|giao ban|họp|sinh hoạt|định kỳ)[^;.]{0,40}$";
    ELLIPTIC_BETWEEN = r"\b(?:được|đạt|hoàn thành|chiếm|có|phải|tăng|bảo đảm|đảm bảo|xây dựng|tổ chức|đưa|nâng)\b";
    SOFT_NOUN = r"^\s?[a-zWAEDOQU]{2,}";
    EXPENSE = r"^\s?(?:đồng|đ\b|vnđ|vnd|usd)";
    INCOME = r"thu nhập|grdp|gdp|doanh thu|kim ngạch|thu ngân sách|tổng thu|thu từ|lợi nhuận|giá trị|thu hút|vốn|tiết kiệm|huy động|xuất khẩu|năng suất|tổng mức bán lẻ|quỹ|tổng sản phẩm|thu nội địa|dư nợ|doanh số";
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
    for ((block, place), _) in blocks.iter().zip(places).zip(skip).filter(|(_, skip)| !**skip) {
        read_block(view, block, place, frame, &mut out, &mut left_out);
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
    if block.end <= block.body
        || SKIPPED_BLOCK.is_match(head)
        || !view.flat(block.body, block.end).bytes().any(|b| b.is_ascii_digit())
    {
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
    let carried = past::carried(view, &clauses);
    let years = mentions(flat);
    let years: Vec<Mention> =
        years.into_iter().map(|m| Mention { start: m.start + block.body, end: m.end + block.body, ..m }).collect();
    let mut kept: Vec<Candidate> = Vec::new();
    let mut at = 0;
    for (i, number) in found.iter().enumerate() {
        while at + 1 < clauses.len() && clauses[at].end <= number.start {
            at += 1;
        }
        let site = Site { view, place, frame, clause: clauses[at], carried: carried[at], years: &years };
        match site.weigh(number, &found[i + 1..], kept.last()) {
            Ok(candidate) => kept.push(candidate),
            Err(refusal) => {
                let (quote, offset) = view.quote(number.start, number.end);
                left_out.push(LeftOut { quote, offset, rule: refusal.rule, reason: refusal.reason });
            }
        }
    }
    for i in 0..kept.len() {
        let target = finish(view, block, place, frame, &kept, i, &years, out);
        out.push(target);
    }
}

struct Site<'a> {
    view: &'a View<'a>,
    place: &'a Place,
    frame: Frame,
    clause: Clause,
    carried: bool,
    years: &'a [Mention],
}

impl Site<'_> {
    fn weigh(&self, number: &Number, rest: &[Number], last: Option<&Candidate>) -> Result<Candidate, Refusal> {
        let view = self.view;
        let before = view.flat(self.clause.start.max(number.start.saturating_sub(LOOK_CHARS)), number.start);
        let after_all = view.flat(number.end, self.clause.end.min(number.end + LOOK_CHARS));
        let mut number = *number;
        self.borrow_percent(&mut number, rest, before);
        let (unit, width) = unit(before, after_all, &number);
        if let Some(refusal) = refusal(before, after_all, &number, unit) {
            return Err(refusal);
        }
        if self.is_baseline(before, after_all) {
            return Err(Refusal { rule: "baseline", reason: "where a change starts from" });
        }
        let mut held = held(before, after_all, &number, unit);
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
        let aim = self.accept(&number, unit, &held, before, after_all, sentence);
        let (reason, confidence) = aim.ok_or(Refusal { rule: "no_aim", reason: "nothing says it is to be reached" })?;
        let after = number.end + width;
        Ok(Candidate { number, unit, clause: self.clause, after, held, reason, confidence })
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

    /// *từ A lên B*: A is where it starts, never a target.
    fn is_baseline(&self, before: &str, after: &str) -> bool {
        let near = &before[before.len().saturating_sub(40)..];
        if !FROM_BEFORE.is_match(near) || after.trim_start().starts_with("trQ lEn") {
            return false;
        }
        TO_AFTER.is_match(after)
            || (TO_AFTER_VERB.is_match(after) && MOVES.is_match(&before[before.len().saturating_sub(130)..]))
    }

    /// A bare count inside what a share is about: "98% trẻ tiêm đủ 8 loại vắc xin".
    fn nested(&self, number: &Number, last: Option<&Candidate>) -> bool {
        let Some(last) = last.filter(|l| l.clause == self.clause && l.number.percent) else { return false };
        let between = self.view.flat(last.number.end, number.start);
        !between.contains(',') && !between.contains(" va ") && !between.contains(':')
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
        if gone && held.comparator == Comparator::Eq && self.place.section != Some(Section::Goal) {
            return true;
        }
        match past::tense(before, after) {
            Some(true) => true,
            Some(false) => situation && (gone || !STRONG_AIM.is_match(before)),
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
        let goal = self.place.section == Some(Section::Goal);
        if self.place.section == Some(Section::Budget) {
            return None;
        }
        let bound = held.comparator != Comparator::Eq;
        match unit {
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

    fn accept_count(
        &self,
        number: &Number,
        bound: bool,
        goal: bool,
        before: &str,
        after: &str,
        sentence: &str,
    ) -> Option<(&'static str, f64)> {
        if !SOFT_NOUN.is_match(after) && !number.multiplied && !(goal && ENDS_WITH_VERB.is_match(before)) {
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
        if bound && (opens || AIM.is_match(sentence)) {
            return Some(("a bounded count", 0.75));
        }
        STRONG_AIM.is_match(sentence).then_some(("a count to strive for", 0.7))
    }
}

/// Builds the record of one kept number: its stretch, level, year, subject and quote.
fn finish(
    view: &View,
    block: &Block,
    place: &Place,
    frame: Frame,
    kept: &[Candidate],
    i: usize,
    years: &[Mention],
    out: &[Target],
) -> Target {
    let this = &kept[i];
    let previous = i.checked_sub(1).map(|p| &kept[p]).filter(|p| p.clause == this.clause);
    let next = kept.get(i + 1).filter(|n| n.clause == this.clause);
    let span = quote::span(view, this, previous, next);
    let after = view.flat(this.after, span.own_end);
    let before = view.flat(span.own_start, this.number.start);
    let trailing = NO_SUBJECT.is_match(after) || (ENDS_WITH_VERB.is_match(before) && before.len() > 12);
    let mut tags: Vec<String> = this.held.tags.iter().map(|t| (*t).to_owned()).collect();
    let whole_before =
        view.flat(this.clause.start.max(this.number.start.saturating_sub(LOOK_CHARS)), this.number.start);
    let level =
        place_in_list(view, kept, i).map(Some).unwrap_or_else(|| own_level(before, after, trailing, whole_before));
    if place_in_list(view, kept, i).is_some() && !tags.iter().any(|t| t == "respectively") {
        tags.push("respectively".into());
    }
    let spot = Spot {
        start: this.number.start,
        end: this.after,
        sentence: this.clause.sentence,
        sentence_end: this.clause.sentence_end,
        next: kept.get(i + 1).map(|n| n.number.start).filter(|n| *n < this.clause.sentence_end),
    };
    let due = due(view.all(), years, &spot).map(|d| d.0).or(place.due).or(frame.title_due);
    if OF_WHICH.is_match(view.flat(this.clause.start.max(this.number.start.saturating_sub(120)), this.number.start)) {
        tags.push("trong_do".into());
    }
    if COMPARED.is_match(view.flat(this.after, this.clause.end.min(this.after + 160))) {
        tags.push("baseline_in_clause".into());
    }
    if let Some(groups) =
        KEPT_UNTIL.groups(view.flat(this.after, this.clause.sentence_end.min(this.after + LOOK_CHARS)))
        && let Some((a, b)) = groups[1]
    {
        let year = &view.flat(this.after, this.clause.sentence_end)[a..b];
        tags.push(format!("maintain_to_{year}"));
    }
    let cap = CAP.is_match(&whole_before[whole_before.len().saturating_sub(30)..]);
    if cap {
        tags.push("cap".into());
    }
    if block.cell.is_some() || block.closes_cell {
        tags.push("in_table".into());
    }
    // What grows "cho đến khi đạt 100%" is what the clause before said.
    let level = if cap && level.is_none() { out.last().and_then(|t: &Target| t.level) } else { level };
    let (quote, offset) = view.quote(span.start, span.end);
    let value = match this.number.high {
        Some(high) => Value::Range(this.number.value, high),
        None => Value::One(this.number.value),
    };
    Target {
        value,
        unit: this.unit,
        comparator: this.held.comparator,
        level,
        due: due.map(|year| year.to_string()),
        quote,
        offset,
        subject: quote::subject(view, this, &span, trailing),
        tags,
        confidence: this.confidence,
        reason: format!("{}; {}", this.reason, this.held.rule),
    }
}

/// The tier of a number in a row of numbers as long as the row of tiers before it.
fn place_in_list(view: &View, kept: &[Candidate], i: usize) -> Option<Level> {
    let joined = |a: usize, b: usize| {
        kept[a].clause == kept[b].clause && LISTED_WITH.is_match(view.flat(kept[a].number.end, kept[b].number.start))
    };
    let mut first = i;
    while first > 0 && i - first < 6 && joined(first - 1, first) {
        first -= 1;
    }
    let mut last = i;
    while last + 1 < kept.len() && last - i < 6 && joined(last, last + 1) {
        last += 1;
    }
    if first == last {
        return None;
    }
    let start = kept[first].number.start;
    let tiers = listed(view.flat(kept[first].clause.start.max(start.saturating_sub(LOOK_CHARS)), start));
    (tiers.len() == last - first + 1).then(|| tiers[i - first])
}

fn own_level(before: &str, after: &str, trailing: bool, whole_before: &str) -> Option<Level> {
    let named = |pattern: &crate::fold::Pattern, text: &str| {
        let groups = pattern.groups(text)?;
        let (a, b) = groups.iter().skip(1).flatten().next()?;
        Some(match &text[*a..*b] {
            "tinh" => Level::Province,
            "huyEn" => Level::District,
            _ => Level::Commune,
        })
    };
    if let Some(level) = named(&TIER_IN_BRACKETS, after) {
        return Some(level);
    }
    let first_tier = |text: &str| named(&TIER_FIRST, text);
    if trailing {
        return level(before, false)
            .or_else(|| level(after, true).filter(|_| !NO_SUBJECT.is_match(after) || after.contains("mOi cAp")));
    }
    level(after, true)
        .or_else(|| first_tier(before))
        .or_else(|| first_tier(whole_before).filter(|_| before.len() == whole_before.len()))
}
