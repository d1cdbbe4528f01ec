//! The dossier code (mã số hồ sơ).

use super::{AgencyCode, text_code};
use crate::{Date, Problem, text::clip};
use std::str::FromStr;

const RULE: &str = "TT 01/2018/TT-VPCP Điều 19";
/// The largest number of the day that the form can hold.
pub const DOSSIER_COUNTER_MAX: u32 = 99_999;

/// `H13.08-261122-0012`: receiving agency, date of receipt as yymmdd, number of the day with four digits (five from
/// 10,000 on). Codes in the order used before QĐ 20/2020/QĐ-TTg (`000.12.05.H56-240823-0012`) are read and kept in the
/// present order, so that a paper of either kind finds its dossier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DossierCode(String);
text_code!(DossierCode);

impl DossierCode {
    /// The code of the `counter`-th dossier that the agency received on the date. Counters above
    /// [`DOSSIER_COUNTER_MAX`] are held there; the database's unique key then refuses the second one.
    pub fn new(agency: &AgencyCode, date: Date, counter: u32) -> Self {
        let counter = counter.min(DOSSIER_COUNTER_MAX);
        let year = date.year().rem_euclid(100);
        DossierCode(format!("{agency}-{year:02}{:02}{:02}-{counter:04}", date.month(), date.day()))
    }

    /// The agency that received it.
    pub fn agency(&self) -> AgencyCode {
        AgencyCode(self.0.split('-').next().unwrap_or_default().to_owned())
    }

    /// The day of receipt. Codes exist since 2018, so the two-digit year is one of 2000..2099.
    pub fn date(&self) -> Option<Date> {
        day_of(self.0.split('-').nth(1)?)
    }

    /// The number of the day.
    pub fn counter(&self) -> u32 {
        self.0.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// The code in the order of QCVN 102:2016, where the agency fits it.
    pub fn to_old_form(&self) -> Option<String> {
        let (_, rest) = self.0.split_once('-')?;
        Some(format!("{}-{rest}", self.agency().to_old_form()?))
    }
}

fn day_of(yymmdd: &str) -> Option<Date> {
    if yymmdd.len() != 6 || !yymmdd.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| yymmdd.get(from..from + 2)?.parse::<i8>().ok();
    Date::new(2000 + i16::from(part(0)?), part(2)?, part(4)?).ok()
}

/// An agency's code whose only point was left out: a letter and two digits, and one group of two or three.
fn dotted(agency: &str) -> String {
    let is_plain =
        agency.bytes().all(|b| b.is_ascii_alphanumeric()) && agency.starts_with(|c: char| c.is_ascii_alphabetic());
    match agency.split_at_checked(3) {
        Some((head, group)) if is_plain && matches!(group.len(), 2 | 3) => format!("{head}.{group}"),
        _ => agency.to_owned(),
    }
}

impl FromStr for DossierCode {
    type Err = Problem;

    /// Letters are put in upper case; blanks do not count, or stand for the hyphens that were left out; any dash is the
    /// hyphen; the one point of a commune's code may be missing (`H1308`). Problems: `base-dossier-code-shape` (not three
    /// parts), `base-dossier-code-date`, `base-dossier-code-counter`, or those of [`AgencyCode`].
    fn from_str(s: &str) -> Result<DossierCode, Problem> {
        let problem = |code| Problem::new(code).rule(RULE).arg("value", clip(s, 60));
        let text = super::plain(s);
        let text = if text.contains('-') { text.replace(' ', "") } else { text.replace(' ', "-") };
        let parts: Vec<&str> = text.split('-').collect();
        let [agency, day, counter] = parts[..] else { return Err(problem("base-dossier-code-shape")) };
        let agency: AgencyCode = dotted(agency).parse()?;
        day_of(day).ok_or_else(|| problem("base-dossier-code-date").arg("part", clip(day, 10)))?;
        if !matches!(counter.len(), 4 | 5) || !counter.bytes().all(|b| b.is_ascii_digit()) {
            return Err(problem("base-dossier-code-counter").arg("part", clip(counter, 10)));
        }
        Ok(DossierCode(format!("{agency}-{day}-{counter}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_new_code_names_agency_day_and_number() {
        let agency: AgencyCode = "H13.08".parse().unwrap();
        let code = DossierCode::new(&agency, date(2026, 11, 22), 12);
        assert_eq!(code.as_str(), "H13.08-261122-0012");
        assert_eq!(DossierCode::new(&agency, date(2026, 11, 22), 10_000).as_str(), "H13.08-261122-10000");
        assert_eq!((code.agency(), code.date(), code.counter()), (agency, Some(date(2026, 11, 22)), 12));
    }

    #[test]
    fn the_old_order_is_read_as_the_present_one() {
        let code: DossierCode = "000.12.05.H56-240823-0012".parse().unwrap();
        assert_eq!(code.as_str(), "H56.05.12-240823-0012");
        assert_eq!(code.to_old_form().unwrap(), "000.12.05.H56-240823-0012");
        for text in [
            " h56.14-240823-0012 ",
            "h56.14 – 240823 – 0012",
            "H56.14 240823 0012",
            "\u{feff}H56.\u{200b}14\u{2011}240823-0012\u{a0}",
        ] {
            assert_eq!(text.parse::<DossierCode>().unwrap().as_str(), "H56.14-240823-0012", "{text:?}");
        }
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let reason = |s: &str| s.parse::<DossierCode>().unwrap_err().code;
        assert_eq!(reason("H13.08"), "base-dossier-code-shape");
        assert_eq!(reason("H13.08-261122-0012-1"), "base-dossier-code-shape");
        assert_eq!(reason("H13.08-260229-0012"), "base-dossier-code-date");
        assert_eq!(reason("H13.08-261322-0012"), "base-dossier-code-date");
        assert_eq!(reason("H13.08-26112-0012"), "base-dossier-code-date");
        assert_eq!(reason("H13.08-26đ12-0012"), "base-dossier-code-date");
        assert_eq!(reason("H13.08-261122-012"), "base-dossier-code-counter");
        assert_eq!(reason("H13.08-261122-000012"), "base-dossier-code-counter");
        assert_eq!(reason("Z13.08-261122-0012"), "base-agency-code-head");
        assert!("H13.08-240229-0012".parse::<DossierCode>().is_ok());
    }

    proptest! {
        #[test]
        fn made_codes_parse_back(
            agency in "[A-Y][0-9]{2}(\\.[0-9A-Z]{1,3}){0,4}", y in 2000i16..2100, m in 1i8..=12, d in 1i8..=28, n in 0u32..200_000,
        ) {
            let code = DossierCode::new(&agency.parse().unwrap(), date(y, m, d), n);
            prop_assert_eq!(code.to_string().parse::<DossierCode>().unwrap(), code.clone());
            prop_assert_eq!(code.date(), Some(date(y, m, d)));
            prop_assert_eq!(code.counter(), n.min(DOSSIER_COUNTER_MAX));
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>()) {
            if let Ok(code) = s.parse::<DossierCode>() { prop_assert!(code.date().is_some()); }
        }

        #[test]
        fn near_codes_never_panic(s in "[A-Za-z0-9.đ]{0,9}-[0-9đ]{4,7}-[0-9]{2,6}") { let _ = s.parse::<DossierCode>(); }
    }
}
