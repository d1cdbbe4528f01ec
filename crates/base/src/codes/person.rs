//! The number a person or an organisation is known by.

use super::{CitizenId, TaxCode, bare_digits, plain};
use crate::Problem;
use std::str::FromStr;

/// A personal identity number or a tax code, told apart by how it is written and how many digits it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonNumber {
    /// Of a person; since 01/07/2025 of a household business too (TT 86/2024/TT-BTC Điều 5).
    Citizen(CitizenId),
    /// Of an organisation, or of a branch of one.
    Tax(TaxCode),
}

impl PersonNumber {
    /// The digits as they are kept.
    pub fn as_str(&self) -> &str {
        match self {
            PersonNumber::Citizen(number) => number.as_str(),
            PersonNumber::Tax(code) => code.as_str(),
        }
    }
}

impl FromStr for PersonNumber {
    type Err = Problem;

    /// Ten digits and a dash, and ten or thirteen digits, are meant as a tax code; twelve and nine as a personal number. Each is
    /// refused in its own words ([`CitizenId`], [`TaxCode`]); another count is `base-person-number-length`, letters are
    /// `base-person-number-digits`.
    fn from_str(s: &str) -> Result<PersonNumber, Problem> {
        let digits = bare_digits(s).ok_or_else(|| Problem::new("base-person-number-digits"))?;
        let text = plain(s).replace([' ', '.'], "");
        let branch = text.split_once('-').is_some_and(|(company, rest)| company.len() == 10 && !rest.contains('-'));
        match digits.len() {
            _ if branch => s.parse().map(PersonNumber::Tax),
            10 | 13 => s.parse().map(PersonNumber::Tax),
            9 | 12 => s.parse().map(PersonNumber::Citizen),
            n => Err(Problem::new("base-person-number-length").arg("count", n)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_told_by_the_form_and_each_wrong_one_gets_its_own_words() {
        let read = |s: &str| s.parse::<PersonNumber>().map(|n| n.as_str().to_owned()).map_err(|p| p.code);
        assert_eq!(read("092 190 000 001").unwrap(), "092190000001");
        assert_eq!(read("0100109106").unwrap(), "0100109106");
        assert_eq!(read("0100109106-001").unwrap(), "0100109106-001");
        assert_eq!(read("0100109106 – 001").unwrap(), "0100109106-001");
        assert_eq!(read("0100109106001").unwrap(), "0100109106-001");
        // Cut by a field that was too short: twelve digits, but written as a branch.
        assert_eq!(read("0100109106-00"), Err("base-tax-code-length"));
        assert_eq!(read("0100109107"), Err("base-tax-code-check"));
        assert_eq!(read("0100109107-001"), Err("base-tax-code-check"));
        assert_eq!(read("361234567"), Err("base-citizen-id-old"));
        assert_eq!(read("09219000000"), Err("base-person-number-length"));
        assert_eq!(read("C01234567"), Err("base-person-number-digits"));
    }
}
