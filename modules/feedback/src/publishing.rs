//! What everybody will read is looked through for people: those who sent it, and whoever else can be told by a number or an address.

use base::{Problem, fold};
use std::collections::BTreeMap;

/// Digits in a row that are a telephone or identity number; sums and years are shorter.
const DIGITS_MIN: usize = 9;

/// Everything in a text that tells who somebody is. `words` are those beside the petition: the sender's name, telephone and address.
pub fn without_people(text: &str, words: &BTreeMap<String, String>) -> impl Iterator<Item = Problem> + use<> {
    let folded = format!(" {} ", spaced(&fold(text)));
    let named = words.get("name").map(|name| spaced(&fold(name))).filter(|name| name.contains(' '));
    let is_named = named.is_some_and(|name| folded.contains(&format!(" {name} ")));
    let mailed =
        text.split_whitespace().any(|word| word.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.')));
    let found = [
        (is_named, "feedback-public-name"),
        (has_number(text), "feedback-public-number"),
        (mailed, "feedback-public-email"),
    ];
    found.into_iter().filter(|(found, _)| *found).map(|(_, code)| Problem::new(code))
}

/// Letters and digits, one blank between words.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether so many digits follow each other, however they are grouped. Amounts are told by what follows: đ, đồng, VND.
fn has_number(text: &str) -> bool {
    let mut digits = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '.' | '-' if digits > 0 && rest.peek().is_some_and(|(_, next)| next.is_ascii_digit()) => {}
            _ => {
                if digits >= DIGITS_MIN && !is_money(&text[at..]) {
                    return true;
                }
                digits = 0;
            }
        }
    }
    digits >= DIGITS_MIN
}

fn is_money(after: &str) -> bool {
    let after = after.trim_start().to_lowercase();
    let word: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    ["đ", "đồng", "vnd", "vnđ", "triệu", "tỷ", "nghìn"].contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let words = BTreeMap::from([("name".to_owned(), "Nguyễn Thị  Đào".to_owned())]);
        without_people(text, &words).map(|problem| problem.code).collect()
    }

    #[test]
    fn names_numbers_and_addresses_are_found_however_they_are_written() {
        assert!(codes("Đường 3/2 ngập nước từ 22/11/2026, dài 1.200 m.").is_empty());
        assert!(codes("Thu 1.250.000.000 đồng, còn 950.000.000đ năm 2026").is_empty());
        for text in ["Bà NGUYEN THI DAO hỏi", "(Nguyễn Thị Đào)", "theo nguyễn thị đào,"] {
            assert_eq!(codes(text), ["feedback-public-name"], "{text}");
        }
        // Part of another name is not hers.
        assert!(codes("Nguyễn Thị Đàoa và Trần Nguyễn Thị").is_empty());
        for text in
            ["gọi 0912 345 678", "gọi 0912 345 678 để hẹn", "0912.345.678", "số 092190000001.", "+84-912-345-678 nhé"]
        {
            assert_eq!(codes(text), ["feedback-public-number"], "{text}");
        }
        assert_eq!(codes("viết cho dao@example.vn"), ["feedback-public-email"]);
        assert_eq!(codes("Nguyễn Thị Đào 0912345678 a@b.vn").len(), 3);
    }
}
