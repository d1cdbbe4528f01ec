//! The year that belongs to one number of a clause.

use crate::fold::patterns;
use crate::years::{Mention, Role};

patterns! {
    /// Between a number and the year after it nothing may begin a new statement.
    BREAK = r"[,;.:]|\bvà\b[^,;.]*\b(?:đạt|tăng|giảm)\b";
    BRACKET = r"^\s?(?:trở lên\s?)?\((?:[^()]{0,20})$";
}

/// Where a number stands, as ranges of the text the mentions were read from.
pub(crate) struct Spot {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) sentence: usize,
    pub(crate) sentence_end: usize,
    /// Where the next number of the sentence that counts starts.
    pub(crate) next: Option<usize>,
}

/// The year a number is due: said right after it, else before it in its sentence, else earlier in
/// the paragraph. The second value tells whether its own sentence says it.
pub(crate) fn due(flat: &str, mentions: &[Mention], spot: &Spot) -> Option<(u16, bool)> {
    let after_end = spot.next.unwrap_or(spot.sentence_end).min(spot.sentence_end);
    let first_after = mentions.partition_point(|m| m.start < spot.end);
    let own = mentions[first_after..]
        .iter()
        .take_while(|m| m.start < after_end)
        .filter(|m| m.role == Role::Due)
        .find(|m| belongs(flat, spot, m));
    if let Some(mention) = own {
        return Some((mention.year, true));
    }
    let before = &mentions[..mentions.partition_point(|m| m.end <= spot.start + 1)];
    let due =
        before.iter().rev().take(12).filter(|m| m.role == Role::Due).map(|m| (m.year, m.start >= spot.sentence)).next();
    if due.is_some() {
        return due;
    }
    // "Từ năm 2026, mỗi năm tăng 1 bậc": the end is given elsewhere.
    None
}

fn belongs(flat: &str, spot: &Spot, mention: &Mention) -> bool {
    let between = flat.get(spot.end..mention.start).unwrap_or("");
    if between.len() > 260 {
        return false;
    }
    let opens_next = spot.next.is_some();
    if BRACKET.is_match(between) {
        // "90% (năm 2025)" dates the number; "90% (năm 2021 đạt 85%)" tells another one.
        return flat.get(mention.end..).unwrap_or("").trim_start().starts_with(')');
    }
    // "20% và đến năm 2030, … 30%": the year opens the statement of the next number.
    let to_next = spot.next.and_then(|next| flat.get(mention.end..next)).unwrap_or("");
    let opens_it = opens_next && between.contains(" va ") && !to_next.contains([';', '.']);
    !opens_next || !(opens_it || BREAK.is_match(between))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use crate::numbers::numbers;
    use crate::years::mentions;

    fn dues(text: &str) -> Vec<Option<u16>> {
        let flat = folded(text);
        let mentions = mentions(&flat);
        let counted: Vec<_> = numbers(&flat).into_iter().filter(|n| n.percent).collect();
        counted
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let spot = Spot {
                    start: n.start,
                    end: n.end,
                    sentence: 0,
                    sentence_end: flat.len(),
                    next: counted.get(i + 1).map(|n| n.start),
                };
                due(&flat, &mentions, &spot).map(|d| d.0)
            })
            .collect()
    }

    #[test]
    fn the_year_before_counts_until_another_is_given() {
        assert_eq!(dues("Đến năm 2025, đạt tối thiểu 90% và đạt tối thiểu 95% vào năm 2030"), [Some(2025), Some(2030)]);
        assert_eq!(dues("Năm 2025 đạt 50%, năm 2030 đạt 70%"), [Some(2025), Some(2030)]);
        assert_eq!(dues("đạt 50% vào năm 2025 và 70% vào năm 2030"), [Some(2025), Some(2030)]);
        assert_eq!(dues("đạt 80% (năm 2025), 90% (năm 2030)"), [Some(2025), Some(2030)]);
    }

    #[test]
    fn a_baseline_or_a_year_to_keep_until_is_not_due() {
        assert_eq!(dues("Đến năm 2025, đạt 100% và tiếp tục duy trì đến năm 2030"), [Some(2025)]);
        assert_eq!(dues("giảm 10% so với năm 2021"), [None]);
    }
}
