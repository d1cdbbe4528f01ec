//! How points, shares and counts of an assessment are written.

use crate::assessment::criteria::Way;
use crate::assessment::score::Left;
use i18n::L;

/// Points in hundredths as they are written: "1,3", "18,25".
pub(crate) fn points_text(l: L, hundredths: i64, decimals: u32) -> String {
    let (sign, n) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    let mark = if l.0 == base::Lang::En { '.' } else { ',' };
    match decimals {
        0 => format!("{sign}{}", n / 100),
        1 => format!("{sign}{}{mark}{}", n / 100, n % 100 / 10),
        _ => format!("{sign}{}{mark}{:02}", n / 100, n % 100),
    }
}

/// A share in basis points: "74,66 %".
pub(crate) fn share_text(l: L, basis_points: i64) -> String {
    format!("{} %", points_text(l, basis_points, 2))
}

pub(crate) fn left_text(l: L, left: &Left) -> String {
    match left {
        Left::Unrecorded(why) => why.of(l.0).to_owned(),
        Left::Nothing => l.t("assessment-left-nothing"),
        Left::TooFew => l.t("assessment-left-few"),
        Left::Unknown => l.t("assessment-left-unknown"),
    }
}

/// The names of an index's counts, in the order of [`Way::counts`].
pub(crate) fn labels(l: L, way: &Way) -> Vec<String> {
    let word = |name: &str| l.t(format!("assessment-count-{name}"));
    match way {
        Way::Graded { grades, .. } => {
            let names = grades.iter().map(|grade| grade.name.of(l.0).to_owned());
            std::iter::once(word("all")).chain(names).collect()
        }
        Way::Ladder { rates, counts, .. } => {
            let sides = rates.iter().flat_map(|rate| [rate.name.of(l.0).to_owned(), word("of")]);
            sides.chain(counts.iter().map(|(name, _)| name.of(l.0).to_owned())).collect()
        }
        Way::Share { minus, answers, .. } => {
            let minus = minus.as_ref().map(|_| word("minus"));
            let answers = answers.as_ref().map(|_| word("answers"));
            [word("counted"), word("of")].into_iter().chain(minus).chain(answers).collect()
        }
        Way::Progress { .. } => vec![word("ended-in-time"), word("ended")],
        Way::Missing { .. } => Vec::new(),
    }
}

/// Whether the cases of a count are nobody's to see: answers of people.
pub(crate) fn is_confidential(way: &Way, measure: &str) -> bool {
    matches!(way, Way::Share { answers: Some(answers), .. } if answers.measure == measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_with_the_decimals_of_their_set() {
        let (vi, en) = (L(base::Lang::Vi), L(base::Lang::En));
        assert_eq!(points_text(vi, 130, 1), "1,3");
        assert_eq!(points_text(en, 1_825, 2), "18.25");
        assert_eq!((points_text(vi, 0, 1), points_text(vi, -30, 1)), ("0,0".to_owned(), "-0,3".to_owned()));
        assert_eq!(share_text(vi, 7_466), "74,66 %");
    }
}
