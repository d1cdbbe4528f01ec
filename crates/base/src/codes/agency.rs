//! Electronic identifiers of agencies (Quyết định 20/2020/QĐ-TTg, Điều 4).

use super::text_code;
use crate::{Problem, text::clip};
use std::str::FromStr;

/// The longest identifier allowed, in characters (QĐ 20/2020/QĐ-TTg Điều 4).
pub const AGENCY_CODE_CHARS_MAX: usize = 35;
/// Groups below the first have at most so many characters.
const GROUP_CHARS_MAX: usize = 3;
const RULE: &str = "QĐ 20/2020/QĐ-TTg Điều 4";

/// An agency's identifier, kept in the order of 2020: from the highest level down, `H56.05.12`.
/// The older order (QCVN 102:2016/BTTTT, lowest first, `000.12.05.H56`) is read too and can be written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgencyCode(pub(super) String);
text_code!(AgencyCode);

impl AgencyCode {
    /// The identifier of the body at the head: `H56`.
    pub fn head(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// How many levels it names: 1 for a province or ministry.
    pub fn depth(&self) -> usize {
        self.0.split('.').count()
    }

    /// The identifier one level up; none at the head.
    pub fn parent(&self) -> Option<AgencyCode> {
        self.0.rsplit_once('.').map(|(upper, _)| AgencyCode(upper.to_owned()))
    }

    /// The identifier of a unit directly below. Problem: see [`AgencyCode::from_str`].
    pub fn child(&self, group: &str) -> Result<AgencyCode, Problem> {
        format!("{self}.{group}").parse()
    }

    /// The order of QCVN 102:2016 (`000.12.05.H56`). None when the code does not fit its `XXX.XX.XX.Xnn` frame:
    /// more than four levels, a group of another width, or a lowest group that would read as a head.
    pub fn to_old_form(&self) -> Option<String> {
        let mut groups = self.0.split('.');
        let head = groups.next()?;
        let mut second = "00";
        let mut third = "00";
        let mut fourth = "000";
        for (slot, width) in [(&mut second, 2), (&mut third, 2), (&mut fourth, 3)] {
            let Some(group) = groups.next() else { break };
            if group.len() != width {
                return None;
            }
            *slot = group;
        }
        (groups.next().is_none() && !is_head(fourth)).then(|| format!("{fourth}.{third}.{second}.{head}"))
    }

    fn from_old_form(groups: &[&str]) -> Option<String> {
        let [fourth, third, second, head] = groups else { return None };
        // A first group that could be a head is read in the present order: `H13.05.12.G09` is a unit of H13.
        if fourth.len() != 3 || third.len() != 2 || second.len() != 2 || !is_head(head) || is_head(fourth) {
            return None;
        }
        // Zero groups at the lower end are only fillers of the old frame.
        let mut kept = vec![*head, *second, *third, *fourth];
        while kept.len() > 1 && kept.last().is_some_and(|g| g.bytes().all(|b| b == b'0')) {
            kept.pop();
        }
        Some(kept.join("."))
    }
}

/// A letter A-Y and two digits. Z is kept for bodies outside the administration (Điều 6).
fn is_head(group: &str) -> bool {
    matches!(group.as_bytes(), [b'A'..=b'Y', b'0'..=b'9', b'0'..=b'9'])
}

impl FromStr for AgencyCode {
    type Err = Problem;

    /// Reads either order; letters are put in upper case. Problems: `base-agency-code-long`, `base-agency-code-letters`,
    /// `base-agency-code-head`, `base-agency-code-group`.
    fn from_str(s: &str) -> Result<AgencyCode, Problem> {
        let problem = |code| Problem::new(code).rule(RULE).arg("value", clip(s, 40));
        let text = super::plain(s).to_ascii_uppercase();
        if text.chars().count() > AGENCY_CODE_CHARS_MAX {
            return Err(problem("base-agency-code-long").arg("max", AGENCY_CODE_CHARS_MAX));
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'.') {
            return Err(problem("base-agency-code-letters"));
        }
        let groups: Vec<&str> = text.split('.').collect();
        if let Some(code) = AgencyCode::from_old_form(&groups) {
            return Ok(AgencyCode(code));
        }
        if !groups.first().is_some_and(|g| is_head(g)) {
            return Err(problem("base-agency-code-head"));
        }
        if groups.iter().skip(1).any(|g| g.is_empty() || g.len() > GROUP_CHARS_MAX) {
            return Err(problem("base-agency-code-group").arg("max", GROUP_CHARS_MAX));
        }
        Ok(AgencyCode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(s: &str) -> AgencyCode {
        s.parse().unwrap()
    }

    #[test]
    fn both_orders_name_the_same_agency() {
        assert_eq!(code("000.12.05.H56").as_str(), "H56.05.12");
        assert_eq!(code("000.00.00.H51").as_str(), "H51");
        assert_eq!(code("007.12.05.H56").as_str(), "H56.05.12.007");
        assert_eq!(code("000.12.00.H56").as_str(), "H56.00.12");
        assert_eq!(code("H56.05.12").to_old_form().unwrap(), "000.12.05.H56");
        assert_eq!(code("H51").to_old_form().unwrap(), "000.00.00.H51");
        assert_eq!(code(" h13.08 ").as_str(), "H13.08");
    }

    #[test]
    fn a_code_that_does_not_fit_the_old_frame_has_no_old_form() {
        assert_eq!(code("H55.242").to_old_form(), None);
        assert_eq!(code("H55.24.2").to_old_form(), None);
        assert_eq!(code("H55.24.25.001.02").to_old_form(), None);
    }

    #[test]
    fn the_tree_can_be_walked() {
        let unit = code("G09.20").child("07").unwrap();
        assert_eq!(unit.as_str(), "G09.20.07");
        assert_eq!((unit.head(), unit.depth()), ("G09", 3));
        assert_eq!(unit.parent().unwrap(), code("G09.20"));
        assert_eq!(code("G09").parent(), None);
        assert!(code("G09").child("ABCD").is_err());
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let reason = |s: &str| s.parse::<AgencyCode>().unwrap_err().code;
        assert_eq!(reason(""), "base-agency-code-head");
        assert_eq!(reason("Z01"), "base-agency-code-head");
        assert_eq!(reason("H1.02"), "base-agency-code-head");
        assert_eq!(reason("000.12.05.Z56"), "base-agency-code-head");
        assert_eq!(reason("H13-08"), "base-agency-code-letters");
        assert_eq!(reason("H13.Đ1"), "base-agency-code-letters");
        assert_eq!(reason("H13."), "base-agency-code-group");
        assert_eq!(reason("H13.0812"), "base-agency-code-group");
        assert_eq!(reason("H13.01.02.03.04.05.06.07.08.09.10.11"), "base-agency-code-long");
    }

    proptest! {
        #[test]
        fn codes_round_trip_as_text_and_json(s in "[A-Y][0-9]{2}(\\.[0-9A-Z]{1,3}){0,7}") {
            let parsed = code(&s);
            prop_assert_eq!(parsed.to_string().parse::<AgencyCode>().unwrap(), parsed.clone());
            let json = serde_json::to_string(&parsed).unwrap();
            prop_assert_eq!(serde_json::from_str::<AgencyCode>(&json).unwrap(), parsed);
        }

        #[test]
        fn the_old_form_leads_back(s in "[A-Y][0-9]{2}(\\.[1-9][0-9](\\.[1-9][0-9](\\.[1-9][0-9]{2})?)?)?") {
            let parsed = code(&s);
            prop_assert_eq!(code(&parsed.to_old_form().unwrap()), parsed);
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>()) {
            if let Ok(parsed) = s.parse::<AgencyCode>() {
                prop_assert!(parsed.as_str().len() <= AGENCY_CODE_CHARS_MAX);
                let _ = (parsed.to_old_form(), parsed.parent());
            }
        }
    }
}
