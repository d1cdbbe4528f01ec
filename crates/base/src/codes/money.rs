//! Money in whole đồng.

use crate::{Problem, text::clip};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An amount in đồng, which has no smaller unit in use. In JSON and the database it is a whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dong(pub i64);

impl Dong {
    /// Nothing to pay.
    pub const ZERO: Dong = Dong(0);

    /// The sum, or none when it does not fit.
    pub fn checked_add(self, other: Dong) -> Option<Dong> {
        self.0.checked_add(other.0).map(Dong)
    }

    /// The difference, or none when it does not fit.
    pub fn checked_sub(self, other: Dong) -> Option<Dong> {
        self.0.checked_sub(other.0).map(Dong)
    }

    /// The amount so many times, or none when it does not fit.
    pub fn checked_mul(self, times: i64) -> Option<Dong> {
        self.0.checked_mul(times).map(Dong)
    }

    /// The sum of a list, or none when it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Dong>) -> Option<Dong> {
        amounts.into_iter().try_fold(Dong::ZERO, Dong::checked_add)
    }
}

impl fmt::Display for Dong {
    /// `150.000 đ`, with points between thousands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str(" đ")
    }
}

impl FromStr for Dong {
    type Err = Problem;

    /// Reads `150000`, `150.000`, `150,000`, `150 000`, each with or without `đ`, `đồng` or `VND`. A separator must stand
    /// before every group of three and be the same throughout, so that `1.5` is refused and not read as 15.
    /// Problem: `base-money`.
    fn from_str(s: &str) -> Result<Dong, Problem> {
        let problem = || Problem::new("base-money").arg("value", clip(s, 40));
        let lower = s.trim().to_lowercase();
        let bare =
            ["đồng", "vnđ", "vnd", "đ", "₫"].iter().find_map(|unit| lower.strip_suffix(unit)).unwrap_or(&lower).trim();
        let (sign, bare) = bare.strip_prefix('-').map_or(("", bare), |rest| ("-", rest));
        let mut groups = bare.split(['.', ',', ' ', '\u{a0}', '\u{202f}']);
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        let mut marks = bare.chars().filter(|c| !c.is_ascii_digit());
        let one_kind = marks.next().is_none_or(|first| marks.all(|c| c == first));
        let all_digits = |g: &str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
        let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
        if !one_kind || !grouped || !all_digits(first) || !rest.iter().all(|g| all_digits(g)) {
            return Err(problem());
        }
        format!("{sign}{first}{}", rest.concat()).parse().map(Dong).map_err(|_| problem())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_written_the_vietnamese_way() {
        assert_eq!(Dong(150_000).to_string(), "150.000 đ");
        assert_eq!(Dong(0).to_string(), "0 đ");
        assert_eq!(Dong(999).to_string(), "999 đ");
        assert_eq!(Dong(-1_234_567).to_string(), "-1.234.567 đ");
        assert_eq!(Dong(i64::MIN).to_string(), "-9.223.372.036.854.775.808 đ");
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for text in [
            "150000",
            "150.000",
            "150,000",
            "150 000",
            "150.000đ",
            "150.000 đ",
            "150.000 đồng",
            "150,000 VND",
            " 150.000 Đ ",
        ] {
            assert_eq!(text.parse::<Dong>().unwrap(), Dong(150_000), "{text:?}");
        }
    }

    #[test]
    fn an_ambiguous_amount_is_refused() {
        for text in [
            "",
            "đ",
            "1.5",
            "1.50.000",
            "1500.000",
            "1.000,000",
            "12.0000",
            "+5",
            "5k",
            "١٢",
            "--5",
            "99999999999999999999",
        ] {
            assert_eq!(text.parse::<Dong>().unwrap_err().code, "base-money", "{text:?}");
        }
    }

    #[test]
    fn sums_that_do_not_fit_are_none() {
        assert_eq!(Dong(i64::MAX).checked_add(Dong(1)), None);
        assert_eq!(Dong(i64::MIN).checked_sub(Dong(1)), None);
        assert_eq!(Dong(i64::MAX).checked_mul(2), None);
        assert_eq!(Dong::checked_sum([Dong(8_000), Dong(50_000)]), Some(Dong(58_000)));
    }

    proptest! {
        #[test]
        fn amounts_round_trip(n in any::<i64>()) {
            prop_assert_eq!(Dong(n).to_string().parse::<Dong>().unwrap(), Dong(n));
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>()) { let _ = s.parse::<Dong>(); }
    }
}
