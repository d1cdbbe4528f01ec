//! The parts that every procedure must lay down (NĐ 63/2010/NĐ-CP Điều 8 khoản 2, points a to g).

use crate::version::Version;

/// One part; the word is stable, its name in the reader's language is `catalogue-part-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Sequence,
    Manner,
    Papers,
    Limit,
    Applicants,
    Agency,
}
base::closed_list!(Part, {
    Name => "name",
    Sequence => "sequence",
    Manner => "manner",
    Papers => "papers",
    Limit => "limit",
    Applicants => "applicants",
    Agency => "agency",
});

/// The parts a version leaves out; a published procedure with none of them counts as published in full (QĐ 766/QĐ-TTg, 1.3).
pub fn missing(version: &Version) -> Vec<Part> {
    let there = |part: &Part| match part {
        Part::Name => !version.name.trim().is_empty(),
        Part::Sequence => version.sequence.iter().any(|line| !line.trim().is_empty()),
        Part::Manner => !version.channels.is_empty() || !version.unclear_channels.is_empty(),
        Part::Papers => !version.components.is_empty(),
        Part::Limit => !version.channels.is_empty() && version.unclear_channels.is_empty(),
        Part::Applicants => !version.applicants.is_empty(),
        Part::Agency => !version.levels.is_empty() || version.department.is_some(),
    };
    Part::ALL.into_iter().filter(|part| !there(part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_is_left_out_is_named() {
        let whole = crate::shipped::versions().unwrap().into_iter().find(|version| version.code == "1.001193").unwrap();
        assert_eq!(missing(&whole), []);
        let all = Version::default();
        assert_eq!(missing(&all), Part::ALL);
        let channels = Vec::new();
        assert_eq!(missing(&Version { channels, ..whole.clone() }), [Part::Manner, Part::Limit]);
        assert_eq!(missing(&Version { sequence: vec![" ".to_owned()], ..whole }), [Part::Sequence]);
    }
}
