//! The record of a number that was kept: its stretch of the clause, level, year, subject and quote.

use crate::blocks::Block;
use crate::dues::{Spot, due};
use crate::fold::patterns;
use crate::levels::{level, listed};
use crate::outline::Place;
use crate::plan::{Level, Target, Value};
use crate::quote;
use crate::targets::{Candidate, Frame, LOOK_CHARS};
use crate::view::View;
use crate::years::Mention;

patterns! {
    /// What stands after a number whose subject came before it.
    NO_SUBJECT = r"^\s?(?:trở lên\s?|trở xuống\s?|/\s?năm\s?|điểm\s?|bình quân\s?)*(?:[.,;:)(/]|$|và\b|hoặc\b|vào\b|đến\b|trong\b|so với\b|trên\b|theo\b|năm\b|của tổng|tổng số|tổng\b|(?:của )?(?:grdp|gdp|dân số)\b|(?:đồng|usd|tấn|ha|km|m2|kg|con)\b|đối với\b|mỗi năm|giai đoạn|hằng năm|hàng năm|nhằm|để\b|cho đến|tại\b|ở\b|là\b|trước\b|hết\b)";
    TIER_FIRST = r"^\W*(?:ở |tại |đối với |riêng |và |các |mỗi |từng )*(?:cơ quan |đơn vị |các )*(?:cấp (tỉnh|huyện|xã)\b|mỗi (?:đơn vị )?(huyện|xã)\b)";
    /// "đạt 98% đối với cấp xã", "đạt 80% ở cấp tỉnh".
    TIER_AFTER = r"^\s?(?:trở lên )?(?:đối với|ở|tại)\s(?:các )?cấp (tỉnh|huyện|xã)\W*$";
    TIER_IN_BRACKETS = r"^\s?\((?:[^()%]{0,24}\s)?cấp (tỉnh|huyện|xã)\b[^()%]{0,24}\)";
    OF_WHICH = r"trong (?:số )?đó";
    COMPARED = r"so với (?:cùng kỳ|năm|giai đoạn|thời điểm|đầu|cuối|mức|kết quả)";
    KEPT_UNTIL = r"duy trì[^;.]{0,60}?(20\d\d)";
    CAP = r"cho đến khi";
    LISTED_WITH = r"^\s?(?:,|;|và|-)\s?(?:cấp \w+\s)?$";
    ENDS_WITH_VERB = r"(?:\bđạt|\bchiếm|\blà|\bbằng|\bcòn|\blên|\bxuống|:)(?: tỷ lệ| từ| tối thiểu| ít nhất| trên| dưới| khoảng| đến| mức| tương ứng là| bình quân| không quá| ít nhất là)*\s?$";
}

/// The numbers kept of one block, with all that is known around them.
pub(crate) struct Found<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) block: &'a Block,
    pub(crate) place: &'a Place,
    pub(crate) frame: Frame,
    pub(crate) kept: &'a [Candidate],
    pub(crate) years: &'a [Mention],
}

/// Builds the record of one kept number: its stretch, level, year, subject and quote.
pub(crate) fn record(found: &Found, i: usize, out: &[Target]) -> Target {
    let Found { view, block, place, frame, kept, years } = found;
    let this = &kept[i];
    let previous = i.checked_sub(1).map(|p| &kept[p]).filter(|p| p.clause == this.clause);
    let next = kept.get(i + 1).filter(|n| n.clause == this.clause);
    let span = quote::span(view, this, previous, next);
    let after = view.flat(this.after, span.own_end);
    let before = view.flat(span.own_start, this.number.start);
    let trailing = NO_SUBJECT.is_match(after)
        || (ENDS_WITH_VERB.is_match(before) && before.len() > 12 && !before.trim_end().ends_with(':'));
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
            .or_else(|| level(after, true).filter(|_| !NO_SUBJECT.is_match(after) || after.contains("mOi cAp")))
            .or_else(|| named(&TIER_AFTER, after))
            .or_else(|| first_tier(before));
    }
    level(after, true)
        .or_else(|| first_tier(before))
        .or_else(|| first_tier(whole_before).filter(|_| before.len() == whole_before.len()))
}
