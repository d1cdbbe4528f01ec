//! Telephone numbers of Vietnam, and of people who have one from elsewhere.

use super::{bare_digits, identity_data::DATA, masked_debug, plain, text_code};
use crate::Problem;
use std::str::FromStr;

/// Digits of a number from abroad with its country code (ITU-T E.164 allows fifteen at most).
const FOREIGN_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// A number in the national form, `0912345678`; the forms `+84 912 345 678`, `0084…` and `84912345678` are read too. A number
/// from abroad is kept as `+14155550100`; it is typed with its country code after `+` or `00`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);
text_code!(Phone);
masked_debug!(Phone);

impl Phone {
    /// Whether it is a mobile number of Vietnam, which can be sent an SMS.
    pub fn is_mobile(&self) -> bool {
        DATA.phone.mobile.iter().any(|prefix| self.0.starts_with(prefix.as_str()))
    }

    /// Whether it is a number from abroad.
    pub fn is_foreign(&self) -> bool {
        self.0.starts_with('+')
    }

    /// `+84912345678`, the form that SMS gateways take.
    pub fn international(&self) -> String {
        if self.is_foreign() { self.0.clone() } else { format!("+84{}", self.0.get(1..).unwrap_or_default()) }
    }
}

impl FromStr for Phone {
    type Err = Problem;

    /// Blanks, dots, dashes and brackets do not count. Problems: `base-phone-digits`, `base-phone-length`,
    /// `base-phone-prefix`, `base-phone-foreign`. The number typed is never put in the message.
    fn from_str(s: &str) -> Result<Phone, Problem> {
        let text = plain(s).replace(['(', ')'], "");
        let text = text.trim();
        let (foreign, bare) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
        let digits = bare_digits(bare).ok_or_else(|| Problem::new("base-phone-digits"))?;
        let digits = if foreign { format!("00{digits}") } else { digits };
        // People write +84 0912… as well.
        let local = |rest: &str| format!("0{}", rest.strip_prefix('0').unwrap_or(rest));
        let national = match (digits.strip_prefix("0084"), digits.strip_prefix("00")) {
            (Some(rest), _) => local(rest),
            (None, Some(abroad)) => return from_abroad(abroad),
            (None, None) if digits.starts_with("84") && digits.len() >= 11 => local(&digits[2..]),
            // (084) 912…, and the 0 that a spreadsheet took from the front: no number of the country has these lengths.
            (None, None) if digits.starts_with("084") && digits.len() == 12 => local(&digits[3..]),
            (None, None) if digits.len() == 9 && Phone(format!("0{digits}")).is_mobile() => format!("0{digits}"),
            (None, None) => digits,
        };
        let phone = Phone(national);
        let length = phone.0.len();
        let prefix = phone.0.get(..3).unwrap_or(&phone.0).to_owned();
        match (phone.is_mobile(), phone.0.starts_with(DATA.phone.fixed.as_str())) {
            (true, _) if length == 10 => Ok(phone),
            (_, true) if matches!(length, 10 | 11) => Ok(phone),
            (false, false) if length == 10 => Err(Problem::new("base-phone-prefix").arg("prefix", prefix)),
            _ => Err(Problem::new("base-phone-length").arg("count", length)),
        }
    }
}

/// A number whose country code is not ours: its shape is all that can be judged.
fn from_abroad(digits: &str) -> Result<Phone, Problem> {
    if digits.starts_with('0') || !FOREIGN_DIGITS.contains(&digits.len()) {
        return Err(Problem::new("base-phone-foreign").arg("count", digits.len()));
    }
    Ok(Phone(format!("+{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_it_is_the_same_number() {
        for text in [
            "0912345678",
            "+84912345678",
            "+84 912 345 678",
            "0084912345678",
            "84912345678",
            "0912.345.678",
            "0912-345-678",
            "(+84) 912 345 678",
            "+84 0912 345 678",
            " 0912 345 678 ",
            "\u{202a}0912 345 678\u{202c}",
            "0912–345–678",
            "0912\u{2011}345\u{2212}678",
            "0912\u{a0}345\u{200b}678",
            "84 0912 345 678",
            "+84 (0) 912.345.678",
            "（＋８４）９１２　３４５　６７８",
            "(084) 912 345 678",
            "912345678",
            "0912,345,678",
            "0912/345/678",
            "'0912345678",
        ] {
            let phone: Phone = text.parse().unwrap();
            assert_eq!(phone.as_str(), "0912345678", "{text:?}");
            assert!(phone.is_mobile());
            assert_eq!(phone.international(), "+84912345678");
        }
    }

    #[test]
    fn fixed_lines_have_ten_or_eleven_digits() {
        let fixed: Phone = "0292 3 820 536".parse().unwrap();
        assert_eq!(fixed.as_str(), "02923820536");
        assert!(!fixed.is_mobile());
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let reason = |s: &str| s.parse::<Phone>().unwrap_err().code;
        assert_eq!(reason("0912345a78"), "base-phone-digits");
        assert_eq!(reason("++84912345678"), "base-phone-digits");
        assert_eq!(reason(""), "base-phone-length");
        assert_eq!(reason("091234567"), "base-phone-length");
        assert_eq!(reason("112345678"), "base-phone-length");
        assert_eq!(reason("0912345678 / 0987654321"), "base-phone-length");
        assert_eq!(reason("09123456789"), "base-phone-length");
        assert_eq!(reason("0112345678"), "base-phone-prefix");
        assert_eq!(reason("+1415"), "base-phone-foreign");
        assert_eq!(reason("+0155550100"), "base-phone-foreign");
        assert_eq!(reason("+1415555010012345"), "base-phone-foreign");
    }

    #[test]
    fn a_number_from_abroad_keeps_its_country_code() {
        for text in ["+1 (415) 555-0100", "001 415 555 0100", "+14155550100"] {
            let phone: Phone = text.parse().unwrap();
            assert_eq!((phone.as_str(), phone.international().as_str()), ("+14155550100", "+14155550100"));
            assert!(phone.is_foreign() && !phone.is_mobile());
        }
    }

    proptest! {
        #[test]
        fn mobile_numbers_round_trip(n in "09[0-46-9][0-9]{7}") {
            let phone: Phone = n.parse().unwrap();
            prop_assert_eq!(phone.international().parse::<Phone>().unwrap(), phone.clone());
            prop_assert_eq!(phone.to_string().parse::<Phone>().unwrap(), phone);
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>(), n in "[+0-9 ().-]{0,20}") {
            for phone in [s.parse::<Phone>(), n.parse::<Phone>()].into_iter().flatten() {
                prop_assert_eq!(phone.international().parse::<Phone>().unwrap(), phone);
            }
        }
    }
}
