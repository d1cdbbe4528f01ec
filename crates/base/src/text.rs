//! Text as people type it: with or without marks, composed or decomposed.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The form in which texts are compared and searched: lower case, đ→d, marks dropped, runs of blanks made one, ends trimmed.
/// `Nguyễn  Thị Đào` and `nguyen thi dao` fold to the same; composed (NFC) and decomposed (NFD) input too. Letters nobody can
/// see do not count, a control character is a blank, and the Icelandic ð is a d ([`crate::clean`]).
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut blank = false;
    let mut push = |c: char| {
        if c.is_whitespace() || c.is_control() || c == '\u{2800}' {
            blank = !folded.is_empty();
        } else {
            if std::mem::take(&mut blank) {
                folded.push(' ');
            }
            folded.push(c);
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
        return folded;
    }
    // Decomposed twice: lower-casing one character may give a base letter with a mark (İ).
    let lower = text.nfd().flat_map(char::to_lowercase).nfd();
    for c in lower.filter(|c| !is_combining_mark(*c) && !crate::clean::is_invisible(*c)) {
        push(if matches!(c, 'đ' | 'ð' | 'ɖ') { 'd' } else { c });
    }
    folded
}

/// At most `max` characters of a text, for quoting what somebody typed in a message.
pub fn clip(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_case_and_blanks_do_not_count() {
        assert_eq!(fold("  Nguyễn \t Thị\u{a0}ĐÀO "), "nguyen thi dao");
        assert_eq!(fold("Hoà"), fold("Hòa"));
        assert_eq!(fold("Giấy phép XÂY DỰNG"), "giay phep xay dung");
        assert_eq!(fold("ABC  def"), "abc def");
        assert_eq!(fold(" "), "");
        assert_eq!(fold("Ð\u{200b}ào\0 \u{202e}x"), "dao x");
    }

    #[test]
    fn clipping_keeps_whole_characters() {
        assert_eq!(clip("đường", 2), "đư");
        assert_eq!(clip("đường", 9), "đường");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(s in any::<String>()) {
            let once = fold(&s);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn composed_and_decomposed_fold_alike(s in any::<String>()) {
            let composed: String = s.nfc().collect();
            let decomposed: String = s.nfd().collect();
            prop_assert_eq!(fold(&composed), fold(&decomposed));
        }

        #[test]
        fn folding_vietnamese_leaves_plain_letters(s in "[a-zA-ZàáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđĐÀÁẠẢÃÂẦẤẬẨẪĂẰẮẶẲẴÈÉẸẺẼÊỀẾỆỂỄÌÍỊỈĨÒÓỌỎÕÔỒỐỘỔỖƠỜỚỢỞỠÙÚỤỦŨƯỪỨỰỬỮỲÝỴỶỸ ]{0,40}") {
            prop_assert!(fold(&s).bytes().all(|b| b.is_ascii_lowercase() || b == b' '));
        }
    }
}
