//! Numbers as Vietnamese documents write them: `3.000`, `0,7`, `02`, `40 triệu`, `25% - 35%`.

use crate::fold::patterns;

patterns! {
    MULTIPLIER = r"^\s?(?:(nghìn|ngàn)\s(?:tỷ|tỉ)\b|(nghìn|ngàn)\b|(vạn)\b|(triệu)\b|([tT][yi])\b)";
    RATIO_WORD = r"^\s?t[yi]\s+(?:lệ|trọng|số|suất)\b";
    PERCENT = r"^\s?(?:%|phần trăm\b)";
    /// A measure may be glued to its number ("2.500m2", "30ha"); a name may not ("5G").
    MEASURE = r"^(?:k?m[23~]?|ha|kg|mm|cm|mwp?|kwh?|gwh?|lit|đ|vnđ)(?:[^a-z0-9]|$)";
    /// A small number in words counts after a floor or a ceiling ("ít nhất một điểm").
    WORDED = r"(?:ít nhất|tối thiểu|tối đa|không (?:dưới|ít hơn|quá))(?: (?:là|có|phải có|từ|đạt))?\s(?:(một)|(hai)|(ba)|(bốn)|(năm)|(sáu)|(bảy)|(tám)|(chín)|(mười))\s[a-zWAEDOQU]";
    /// Words that make it no number: *một số*, *một phần*, *hai mươi*.
    NOT_WORDED = r"^\s(?:số|phần|trong|vài|nửa|mặt|bước|cách|mươi|trăm|nghìn|ngàn|triệu|một|hai|ba|bốn|lăm|năm|sáu|bảy|tám|chín|học|tháng|tuần|quý|ngày)\b";
    JOIN = r"^\s?(?:-|đến|tới|~)\s?(?:khoảng\s)?$";
}

/// A number, or two joined into a range, as they stand in folded text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) start: usize,
    /// After the digits, their multiplier and their percent sign.
    pub(crate) end: usize,
    pub(crate) value: f64,
    /// Upper end of a range.
    pub(crate) high: Option<f64>,
    pub(crate) percent: bool,
    /// A letter is glued on: `5G`, `2025a`.
    pub(crate) glued: bool,
    /// Written with a leading zero.
    pub(crate) zero: bool,
    /// `triệu`, `tỷ` follow.
    pub(crate) multiplied: bool,
}

impl Number {
    fn plain(start: usize, end: usize, value: f64) -> Number {
        Number { start, end, value, high: None, percent: false, glued: false, zero: false, multiplied: false }
    }
}

/// The numbers written as words, from one to ten, each after words of a bound.
fn worded(flat: &str) -> Vec<Number> {
    let number = |groups: Vec<Option<(usize, usize)>>| {
        let (value, (start, end)) = (1u8..).zip(&groups[1..]).find_map(|(v, g)| g.map(|g| (v, g)))?;
        let counts = !NOT_WORDED.is_match(window(flat, end, 12));
        counts.then(|| Number::plain(start, end, f64::from(value)))
    };
    WORDED.all_groups(flat).into_iter().filter_map(number).collect()
}

/// All numbers of a folded text, ranges joined. Digits inside words, dates, codes and fractions are
/// left out here already: their neighbours give them away.
pub(crate) fn numbers(flat: &str) -> Vec<Number> {
    let mut out: Vec<Number> = Vec::new();
    let bytes = flat.as_bytes();
    let mut worded = worded(flat).into_iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(end) = misread_hundred(bytes, at) {
            out.push(Number { percent: true, ..Number::plain(at, end, 100.0) });
            at = end;
            continue;
        }
        if let Some(number) = worded.next_if(|n| n.start <= at) {
            at = at.max(number.end);
            out.push(number);
            continue;
        }
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || separator(bytes, at)) {
            at += 1;
        }
        if !stands_alone(bytes, start, at) {
            continue;
        }
        let Some(value) = value(&flat[start..at]) else { continue };
        let mut number = Number {
            glued: bytes.get(at).is_some_and(|b| b.is_ascii_alphabetic()) && !MEASURE.is_match(window(flat, at, 6)),
            zero: flat[start..at].len() > 1
                && bytes[start] == b'0'
                && flat[start..at].bytes().all(|b| b.is_ascii_digit()),
            ..Number::plain(start, at, value)
        };
        multiply(flat, &mut number);
        if let Some((_, end)) = PERCENT.find(window(flat, number.end, 12)) {
            number.percent = true;
            number.glued = false;
            number.end += end;
        }
        match out.last_mut() {
            Some(last) if joins(flat, last, &number) => join(last, &number),
            // "2020-08": the second half of a date.
            Some(last) if last.end + 1 == number.start && bytes[last.end] == b'-' => {}
            _ => out.push(number),
        }
        at = at.max(out.last().map_or(at, |n| n.end));
    }
    out
}

/// A scanner reads 100% as `l00%`, `lOO%` or `1OO%`.
fn misread_hundred(bytes: &[u8], at: usize) -> Option<usize> {
    let round = |b: Option<&u8>| matches!(b, Some(b'0' | b'o'));
    let letters = bytes[at] == b'l' || bytes[at] == b'i' || bytes[at] == b'1' && bytes.get(at + 1) == Some(&b'o');
    let starts = at.checked_sub(1).is_none_or(|i| !bytes[i].is_ascii_alphanumeric());
    if !letters || !starts || !round(bytes.get(at + 1)) || !round(bytes.get(at + 2)) {
        return None;
    }
    let sign = at + 3 + usize::from(bytes.get(at + 3) == Some(&b' '));
    (bytes.get(sign) == Some(&b'%')).then_some(sign + 1)
}

fn window(flat: &str, start: usize, length: usize) -> &str {
    flat.get(start..(start + length).min(flat.len())).unwrap_or("")
}

fn separator(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at], b'.' | b',') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
}

/// Not a piece of a word, a code, a clock time or a fraction's lower half.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map_or(b' ', |i| bytes[i]);
    let earlier = start.checked_sub(2).map_or(b' ', |i| bytes[i]);
    if before.is_ascii_alphanumeric() || matches!(before, b'/' | b'_' | b'@' | b'#') {
        return false;
    }
    if matches!(before, b'-' | b'.' | b':' | b',')
        && (earlier.is_ascii_alphanumeric() && !(before == b'-' && earlier.is_ascii_digit()))
    {
        // "9001:2015", "QĐ-12"; but "25-35" is a range and "đạt:80%" a typing slip.
        return before == b':' && earlier.is_ascii_alphabetic() || before == b',' && earlier.is_ascii_alphabetic();
    }
    // "| :155": a counter of a page, not a value after its colon.
    before != b':' || !matches!(earlier, b' ' | b'|' | b'\n') || bytes.get(end) == Some(&b'%')
}

/// Reads the digits. Dots group thousands, a comma opens decimals; the English way round is read
/// when only it makes sense.
fn value(digits: &str) -> Option<f64> {
    if digits.len() > 24 {
        return None;
    }
    let grouped = |text: &str, mark: char| {
        let mut groups = text.split(mark);
        let first = groups.next().unwrap_or("");
        !first.is_empty()
            && first.len() <= 3
            && first != "0"
            && groups.clone().count() > 0
            && groups.all(|g| g.len() == 3)
    };
    let dots = digits.matches('.').count();
    let commas = digits.matches(',').count();
    match (dots, commas) {
        (0, 0) => digits.parse().ok(),
        (0, 1) if grouped(digits, ',') && digits.len() > 5 => digits.replace(',', "").parse().ok(),
        (0, 1) => digits.replace(',', ".").parse().ok(),
        (1, 0) if grouped(digits, '.') => digits.replace('.', "").parse().ok(),
        (1, 0) => digits.parse().ok(),
        (0, _) if grouped(digits, ',') => digits.replace(',', "").parse().ok(),
        (_, 0) if grouped(digits, '.') => digits.replace('.', "").parse().ok(),
        (_, 1) => {
            let (whole, part) = digits.split_once(',')?;
            if part.contains('.') || !grouped(whole, '.') {
                return None;
            }
            format!("{}.{part}", whole.replace('.', "")).parse().ok()
        }
        _ => None,
    }
}

fn multiply(flat: &str, number: &mut Number) {
    let after = window(flat, number.end, 24);
    if RATIO_WORD.is_match(after) {
        return;
    }
    let Some(groups) = MULTIPLIER.groups(after) else { return };
    let factor = [1e12, 1e3, 1e4, 1e6, 1e9].iter().zip(&groups[1..]).find_map(|(f, g)| g.map(|_| *f));
    if let (Some(factor), Some((_, end))) = (factor, groups[0]) {
        number.value = tidy(number.value * factor);
        number.end += end;
        number.glued = false;
        number.multiplied = true;
    }
}

/// 1,2 triệu is 1200000 and not 1199999.9999999998.
fn tidy(value: f64) -> f64 {
    if (value - value.round()).abs() < 1e-6 * value.abs().max(1.0) { value.round() } else { value }
}

/// Two numbers with only a dash or *đến* between them, of one kind and growing.
fn joins(flat: &str, low: &Number, high: &Number) -> bool {
    let between = &flat[low.end..high.start];
    if between.len() > 14 || low.high.is_some() || low.glued || !JOIN.is_match(between) {
        return false;
    }
    let year = |v: f64| (1900.0..2101.0).contains(&v) && v.fract() == 0.0;
    if year(low.value) && year(high.value) && !high.percent {
        return false;
    }
    let worded = !between.contains('-') && !between.contains('~');
    let from = flat[low.start.saturating_sub(6)..low.start].contains("tU");
    if worded && !from && low.percent {
        return false;
    }
    let low_value = scaled(low, high);
    low_value < high.value && (high.percent || !low.percent) && !(low.zero && !high.zero && high.value > 31.0 && worded)
}

/// In "10 - 12 triệu" both ends are millions.
fn scaled(low: &Number, high: &Number) -> f64 {
    if high.multiplied && !low.multiplied && high.value >= 1e3 {
        let factor = [1e12, 1e9, 1e6, 1e4, 1e3].into_iter().find(|f| high.value >= *f).unwrap_or(1.0);
        return tidy(low.value * factor);
    }
    low.value
}

fn join(low: &mut Number, high: &Number) {
    low.value = scaled(low, high);
    low.high = Some(high.value);
    low.end = high.end;
    low.percent = high.percent;
    low.glued = high.glued;
    low.multiplied = high.multiplied;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<(f64, Option<f64>, bool)> {
        numbers(&folded(text)).into_iter().map(|n| (n.value, n.high, n.percent)).collect()
    }

    #[test]
    fn digits_are_read_the_vietnamese_way() {
        assert_eq!(values("3.000 doanh nghiệp"), [(3000.0, None, false)]);
        assert_eq!(values("0,7 điểm; 02 cuộc; 8.5%"), [(0.7, None, false), (2.0, None, false), (8.5, None, true)]);
        assert_eq!(values("1.234.567,5 đồng"), [(1_234_567.5, None, false)]);
        assert_eq!(
            values("40 triệu đồng, 1,2 triệu tài khoản, 5 nghìn tỷ"),
            [(4e7, None, false), (1.2e6, None, false), (5e12, None, false)]
        );
    }

    #[test]
    fn a_percent_sign_may_stand_apart() {
        assert_eq!(values("100 % hồ sơ, 20 phần trăm"), [(100.0, None, true), (20.0, None, true)]);
    }

    #[test]
    fn a_number_in_words_counts_after_a_bound_only() {
        assert_eq!(values("mỗi xã có ít nhất một điểm hỗ trợ; tối thiểu hai cuộc").len(), 2);
        assert_eq!(values("ít nhất ba mô hình"), [(3.0, None, false)]);
        assert!(values("một điểm hỗ trợ; ít nhất một số xã; tối thiểu hai mươi xã; ít nhất một phần").is_empty());
    }

    #[test]
    fn a_sign_or_a_measure_may_stand_right_at_the_number() {
        assert_eq!(values("≥85%, ≤2%, >=90%"), [(85.0, None, true), (2.0, None, true), (90.0, None, true)]);
        let found = numbers(&folded("2.500m2, 30ha, mạng 5G"));
        assert_eq!(found.iter().map(|n| n.glued).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn a_hundred_misread_by_a_scanner_is_a_hundred() {
        assert_eq!(values("l00% hồ sơ, lOO %, 1OO%"), [(100.0, None, true), (100.0, None, true), (100.0, None, true)]);
        assert!(values("loo hồ sơ").is_empty());
    }

    #[test]
    fn ranges_are_one_number() {
        assert_eq!(values("từ 25% - 35% số lãnh đạo"), [(25.0, Some(35.0), true)]);
        assert_eq!(values("từ 15 đến 20 ngày"), [(15.0, Some(20.0), false)]);
        assert_eq!(values("8,5-9%/năm"), [(8.5, Some(9.0), true)]);
        assert_eq!(values("10 - 12 triệu"), [(1e7, Some(1.2e7), false)]);
    }

    #[test]
    fn codes_standards_and_fractions_are_not_numbers_of_their_own() {
        assert_eq!(values("ISO 9001:2015"), [(9001.0, None, false)]);
        assert!(values("QĐ-123, IPv6, T78").is_empty());
        assert_eq!(values("19/63"), [(19.0, None, false)]);
        assert_eq!(values("80% đến năm 2025").len(), 2);
    }

    #[test]
    fn a_share_after_the_number_is_no_billion() {
        assert_eq!(values("2.3. Tỷ lệ").first().map(|v| v.0), Some(2.3));
        assert_eq!(values("3 tỷ lệ"), [(3.0, None, false)]);
    }

    proptest! {
        #[test]
        fn numbers_never_overlap(text in "[0-9.,% đtyr/-]{0,60}") {
            let flat = folded(&text);
            let found = numbers(&flat);
            prop_assert!(found.windows(2).all(|w| w[0].end <= w[1].start));
            prop_assert!(found.iter().all(|n| n.end <= flat.len() && n.start < n.end));
        }
    }
}
