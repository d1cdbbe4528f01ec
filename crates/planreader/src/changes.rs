//! Where a change starts, told from where it leads: *từ A lên B*, *từ A còn B*.

use crate::fold::patterns;

patterns! {
    FROM_BEFORE = r"\btừ\s?(?:mức |khoảng |hơn |trên |dưới |gần |tỷ lệ )*$";
    TO_AFTER = r"^[^;]{0,70}?\b(?:lên|xuống|còn|thành)\b(?: đến| còn| mức| đạt| khoảng| trên| dưới| ít nhất| tối thiểu| không quá| tỷ lệ)*\s?\d";
    TO_AFTER_VERB = r"^[^;]{0,60}?\b(?:đến|tới|đạt)\s(?:khoảng |trên |dưới |mức |còn |ít nhất |tối thiểu )?\d{1,3}(?:[.,]\d+)?\s?(?:%|điểm|ngày|phút|giờ)";
    MOVES = r"(?:tăng|giảm|nâng|đưa|rút ngắn|cắt giảm|hạ)\b[^;.]{0,90}$";
}

/// *từ A lên B*: A, with these words before and after it, is where a change starts, never a target.
pub(crate) fn moves_on(before: &str, after: &str) -> bool {
    let near = &before[before.len().saturating_sub(40)..];
    if !FROM_BEFORE.is_match(near) || after.trim_start().starts_with("trQ lEn") {
        return false;
    }
    TO_AFTER.is_match(after)
        || (TO_AFTER_VERB.is_match(after) && MOVES.is_match(&before[before.len().saturating_sub(130)..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    #[test]
    fn a_change_moves_on_from_its_first_number() {
        assert!(moves_on(&folded("Rút thời gian cấp phép từ "), &folded(" ngày làm việc còn 11 ngày làm việc")));
        assert!(moves_on(&folded("Nâng tỷ lệ từ "), &folded("% năm 2020 lên 70%")));
        assert!(!moves_on(&folded("đạt từ "), &folded("% trở lên")));
    }
}
