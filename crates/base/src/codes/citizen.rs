//! The personal identity number (số định danh cá nhân, số căn cước).

use super::{bare_digits, identity_data::DATA, masked_debug, text_code};
use crate::{Date, Problem, words::closed_list};
use std::str::FromStr;

const RULE: &str = "NĐ 137/2015/NĐ-CP Điều 13, TT 59/2021/TT-BCA Điều 4";

/// The sex that the number carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}
closed_list!(Sex, "base-sex", { Male => "male", Female => "female" });

/// Twelve digits: three for the place of birth registration, one for century and sex, two for the year of birth, six at
/// random. There is no check digit. A log line shows only its first three digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId(String);
text_code!(CitizenId);
masked_debug!(CitizenId);

impl CitizenId {
    /// Puts a number together. Problems as in [`CitizenId::from_str`]: the place must be a known code of three digits,
    /// the year one of 1900..2099; of `serial` the last six digits count.
    pub fn from_parts(place: &str, sex: Sex, birth_year: i16, serial: u32) -> Result<CitizenId, Problem> {
        let century = birth_year.div_euclid(100) - 19;
        let digit = century * 2 + i16::from(sex == Sex::Female);
        format!("{place}{digit}{:02}{:06}", birth_year.rem_euclid(100), serial % 1_000_000).parse()
    }

    /// The three digits of the place of birth registration.
    pub fn place_code(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }

    /// The province before 01/07/2025 where the birth was registered; none for persons born abroad.
    pub fn province(&self) -> Option<&'static str> {
        DATA.citizen.provinces.get(self.place_code()).map(String::as_str)
    }

    /// The sex in the number.
    pub fn sex(&self) -> Sex {
        if self.digit(3).is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// The year of birth in the number.
    pub fn birth_year(&self) -> i16 {
        1900 + i16::from(self.digit(3) / 2) * 100 + i16::from(self.digit(4) * 10 + self.digit(5))
    }

    /// The number, if its owner can have been born by `today`: numbers are given at birth, not before.
    ///
    /// # Errors
    /// `base-citizen-id-future`.
    pub fn born_by(self, today: Date) -> Result<CitizenId, Problem> {
        if self.birth_year() <= today.year() {
            return Ok(self);
        }
        Err(Problem::new("base-citizen-id-future").rule(RULE).arg("inNumber", self.birth_year()))
    }

    /// Whether the number agrees with a declared date of birth and sex. Problems: `base-citizen-id-birth-year`,
    /// `base-citizen-id-sex`. A few people carry an honest contradiction, so ask them, do not refuse them.
    pub fn disagreements(&self, birth: Option<Date>, sex: Option<Sex>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(birth) = birth.filter(|b| b.year() != self.birth_year()) {
            let p = Problem::new("base-citizen-id-birth-year").rule(RULE);
            problems.push(p.arg("inNumber", self.birth_year()).arg("declared", birth.year()));
        }
        if sex.is_some_and(|sex| sex != self.sex()) {
            problems.push(Problem::new("base-citizen-id-sex").rule(RULE));
        }
        problems
    }

    fn digit(&self, at: usize) -> u8 {
        self.0.as_bytes().get(at).map_or(0, |b| b - b'0')
    }
}

impl FromStr for CitizenId {
    type Err = Problem;

    /// Blanks, dots and hyphens between the digits do not count. Problems: `base-citizen-id-digits`,
    /// `base-citizen-id-old` (nine digits, the card withdrawn after 31/12/2024), `base-citizen-id-length`,
    /// `base-citizen-id-place`, `base-citizen-id-century`. The number typed is never put in the message.
    fn from_str(s: &str) -> Result<CitizenId, Problem> {
        let problem = |code| Problem::new(code).rule(RULE);
        let digits = bare_digits(s).ok_or_else(|| problem("base-citizen-id-digits"))?;
        match digits.len() {
            12 => {}
            9 => return Err(problem("base-citizen-id-old").rule("Luật Căn cước 26/2023/QH15 Điều 46")),
            n => return Err(problem("base-citizen-id-length").arg("count", n)),
        }
        let id = CitizenId(digits);
        let place = id.place_code();
        if id.province().is_none() && place < DATA.citizen.abroad_from.as_str() {
            return Err(problem("base-citizen-id-place").arg("place", place));
        }
        // Digits 4 to 9 stand for the centuries from 2100 on.
        if id.digit(3) > 3 {
            return Err(problem("base-citizen-id-century").arg("digit", id.digit(3)));
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_number_tells_place_sex_and_year() {
        let id: CitizenId = "092 190 000 001".parse().unwrap();
        for text in
            ["092.190.000.001", "092–190–000–001", "\u{202a}092190000001\u{202c}", "092\u{a0}190\u{200b}000 001"]
        {
            assert_eq!(text.parse::<CitizenId>().unwrap(), id, "{text:?}");
        }
        assert_eq!(id.as_str(), "092190000001");
        assert_eq!((id.province(), id.sex(), id.birth_year()), (Some("Cần Thơ"), Sex::Female, 1990));
        let young: CitizenId = "094205123456".parse().unwrap();
        assert_eq!((young.province(), young.sex(), young.birth_year()), (Some("Sóc Trăng"), Sex::Male, 2005));
        let abroad: CitizenId = "116095000001".parse().unwrap();
        assert_eq!((abroad.province(), abroad.birth_year()), (None, 1995));
    }

    #[test]
    fn nobody_has_a_number_before_being_born() {
        let of = |text: &str| text.parse::<CitizenId>().unwrap().born_by(date(2026, 11, 29)).map_err(|p| p.code);
        assert!(of("092326000011").is_ok());
        assert_eq!(of("092227000011"), Err("base-citizen-id-future"));
        assert_eq!(of("092399000011"), Err("base-citizen-id-future"));
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let reason = |s: &str| s.parse::<CitizenId>().unwrap_err().code;
        assert_eq!(reason("09219000000a"), "base-citizen-id-digits");
        assert_eq!(reason("٠٩٢١٩٠٠٠٠٠٠١"), "base-citizen-id-digits");
        assert_eq!(reason("361234567"), "base-citizen-id-old");
        assert_eq!(reason("09219000000"), "base-citizen-id-length");
        assert_eq!(reason(""), "base-citizen-id-length");
        assert_eq!(reason("003190000001"), "base-citizen-id-place");
        assert_eq!(reason("100190000001"), "base-citizen-id-place");
        assert_eq!(reason("092490000001"), "base-citizen-id-century");
    }

    #[test]
    fn a_declared_birth_that_disagrees_is_told() {
        let id: CitizenId = "092190000001".parse().unwrap();
        let codes = |b, s| id.disagreements(b, s).into_iter().map(|p| p.code).collect::<Vec<_>>();
        assert!(codes(Some(date(1990, 5, 1)), Some(Sex::Female)).is_empty());
        assert!(codes(None, None).is_empty());
        assert_eq!(
            codes(Some(date(1991, 5, 1)), Some(Sex::Male)),
            ["base-citizen-id-birth-year", "base-citizen-id-sex"]
        );
    }

    #[test]
    fn a_number_in_a_log_or_a_problem_is_covered() {
        let id: CitizenId = "092190000001".parse().unwrap();
        assert_eq!(format!("{id:?}"), "CitizenId(092*********)");
        let refused = "092490000001".parse::<CitizenId>().unwrap_err();
        assert!(!format!("{refused:?}").contains("0000001"));
    }

    proptest! {
        #[test]
        fn made_numbers_say_what_went_in(female in any::<bool>(), year in 1900i16..2100, serial in 0u32..1_000_000) {
            let sex = if female { Sex::Female } else { Sex::Male };
            let id = CitizenId::from_parts("093", sex, year, serial).unwrap();
            prop_assert_eq!((id.sex(), id.birth_year(), id.place_code()), (sex, year, "093"));
            prop_assert_eq!(id.to_string().parse::<CitizenId>().unwrap(), id);
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>(), n in "[0-9]{12}", y in any::<i16>()) {
            let _ = s.parse::<CitizenId>();
            let _ = CitizenId::from_parts(&s, Sex::Male, y, 7);
            if let Ok(id) = n.parse::<CitizenId>() { let _ = (id.sex(), id.birth_year(), id.province()); }
        }
    }
}
