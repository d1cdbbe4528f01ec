//! The tax code of companies and other organisations.

use super::{bare_digits, identity_data::DATA, masked_debug, text_code};
use crate::Problem;
use std::str::FromStr;

const RULE: &str = "TT 86/2024/TT-BTC Điều 5";

/// Ten digits with a check digit, or ten and a branch number of three: `0100109106`, `0100109106-001`. Since 01/07/2025
/// persons and household businesses use the personal identity number instead ([`super::CitizenId`]).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxCode(String);
text_code!(TaxCode);
masked_debug!(TaxCode);

impl TaxCode {
    /// The code whose first nine digits are those of `number`. None when the rule gives no check digit for them: such
    /// numbers are not issued.
    pub fn from_number(number: u32) -> Option<TaxCode> {
        let nine = format!("{number:09}");
        let check = check_digit(&nine).filter(|_| nine.len() == 9)?;
        Some(TaxCode(format!("{nine}{check}")))
    }

    /// The code of the whole company: the first ten digits.
    pub fn company(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }

    /// The branch, `001` to `999`.
    pub fn branch(&self) -> Option<&str> {
        self.0.get(11..)
    }
}

/// 10 − (weighted sum mod 11). When that is ten the number has no check digit and is not issued.
fn check_digit(nine: &str) -> Option<u32> {
    let digits = nine.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = DATA.tax.weights.iter().zip(digits).map(|(w, d)| w * d).sum();
    10u32.checked_sub(sum.checked_rem(DATA.tax.modulus)?).filter(|check| *check < 10)
}

impl FromStr for TaxCode {
    type Err = Problem;

    /// Blanks, dots and hyphens between the digits do not count. Problems: `base-tax-code-digits`,
    /// `base-tax-code-length`, `base-tax-code-check`, `base-tax-code-branch`.
    fn from_str(s: &str) -> Result<TaxCode, Problem> {
        let problem = |code| Problem::new(code).rule(RULE);
        let digits = bare_digits(s).ok_or_else(|| problem("base-tax-code-digits"))?;
        let (company, branch) = match digits.len() {
            10 => (digits.as_str(), ""),
            13 => digits.split_at(10),
            n => return Err(problem("base-tax-code-length").arg("count", n)),
        };
        let (nine, last) = company.split_at(9);
        if check_digit(nine).is_none_or(|check| check.to_string() != last) {
            return Err(problem("base-tax-code-check"));
        }
        match branch {
            "" => Ok(TaxCode(digits)),
            "000" => Err(problem("base-tax-code-branch")),
            branch => Ok(TaxCode(format!("{company}-{branch}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_of_known_companies_pass() {
        for code in ["0100109106", "0300588569", "0100686209", "0101248141"] {
            assert_eq!(code.parse::<TaxCode>().unwrap().as_str(), code);
        }
        assert_eq!(TaxCode::from_number(10_004_751).unwrap().as_str(), "0100047516");
        let branch: TaxCode = "0100109106001".parse().unwrap();
        assert_eq!((branch.as_str(), branch.company(), branch.branch()), ("0100109106-001", "0100109106", Some("001")));
        assert_eq!("0100109106-001".parse::<TaxCode>().unwrap(), branch);
        assert_eq!("0100109106".parse::<TaxCode>().unwrap().branch(), None);
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let reason = |s: &str| s.parse::<TaxCode>().unwrap_err().code;
        assert_eq!(reason("01001O9106"), "base-tax-code-digits");
        assert_eq!(reason("010010910"), "base-tax-code-length");
        assert_eq!(reason("0100109107"), "base-tax-code-check");
        assert_eq!(reason("0100190106"), "base-tax-code-check");
        assert_eq!(reason("0100109106-000"), "base-tax-code-branch");
    }

    #[test]
    fn numbers_without_a_check_digit_are_not_issued() {
        let missing = (0..1_000).filter(|n| TaxCode::from_number(*n).is_none()).count();
        assert!((60..130).contains(&missing), "about one in eleven, not {missing}");
        assert_eq!(TaxCode::from_number(4_000_000_000), None);
    }

    proptest! {
        #[test]
        fn made_codes_parse_back_and_one_wrong_digit_is_caught(n in 0u32..1_000_000_000, at in 0usize..9, by in 1u32..10) {
            if let Some(code) = TaxCode::from_number(n) {
                prop_assert_eq!(code.to_string().parse::<TaxCode>().unwrap(), code.clone());
                let mut digits: Vec<u32> = code.as_str().chars().filter_map(|c| c.to_digit(10)).collect();
                digits[at] = (digits[at] + by) % 10;
                let wrong: String = digits.iter().map(u32::to_string).collect();
                prop_assert!(wrong.parse::<TaxCode>().is_err());
            }
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>(), n in "[0-9]{10}([0-9]{3})?") {
            let _ = (s.parse::<TaxCode>(), n.parse::<TaxCode>());
        }
    }
}
