//! The name of a calendar, as it stands in a basis: which revision, which emergency decisions on top of it, whose hours.

use crate::Id;
use std::fmt;

/// `vn-2026.11/r3/e5/i7001/s7002` taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The province's revision: `vn-2026.11/r3`.
    pub revision: String,
    /// The revisions of the emergency decisions whose days are closed besides, in the order they came.
    pub closed: Vec<i64>,
    /// Whose hours those of intake are.
    pub takes_in: Option<Id>,
    /// By whose hours limits in hours are counted.
    pub settles: Option<Id>,
}

impl Name {
    /// Reads a name; whatever else it may be is a revision's.
    pub fn read(version: &str) -> Name {
        let mut parts: Vec<&str> = version.split('/').collect();
        let mut last = |mark: char| {
            let number = parts.last()?.strip_prefix(mark)?;
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let number = number.parse::<i64>().ok().filter(|_| digits && parts.len() > 1)?;
            parts.pop();
            Some(number)
        };
        let settles = last('s').map(Id);
        let takes_in = last('i').map(Id);
        let mut closed = Vec::new();
        while let Some(revision) = last('e') {
            closed.insert(0, revision);
        }
        Name { revision: parts.join("/"), closed, takes_in, settles }
    }

    /// The province's part of it.
    pub fn of_province(&self) -> Name {
        Name { takes_in: None, settles: None, ..self.clone() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.revision)?;
        for revision in &self.closed {
            write!(f, "/e{revision}")?;
        }
        for (mark, agency) in [('i', self.takes_in), ('s', self.settles)] {
            if let Some(agency) = agency {
                write!(f, "/{mark}{}", agency.0)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_says_which_revision_which_decisions_and_whose_hours() {
        let read = Name::read("vn-2026.11/r3/e5/e12/i7001/s7002");
        assert_eq!((read.revision.as_str(), read.closed.as_slice()), ("vn-2026.11/r3", &[5, 12][..]));
        assert_eq!((read.takes_in, read.settles), (Some(Id(7001)), Some(Id(7002))));
        assert_eq!(read.of_province().to_string(), "vn-2026.11/r3/e5/e12");
        for plain in ["vn-2026.11", "vn-2026.11/r3", "e5", "vn/ninh-kieu", "vn/e", "vn/i-5"] {
            assert_eq!(Name::read(plain), Name { revision: plain.to_owned(), ..Name::default() });
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart_again(
            revision in "[a-z]{2}-[0-9]{1,4}(/r[0-9]{1,3})?", closed in proptest::collection::vec(0i64..999, 0..4),
            takes_in in proptest::option::of(0i64..i64::MAX), settles in proptest::option::of(0i64..i64::MAX), any in any::<String>(),
        ) {
            let name = Name { revision, closed, takes_in: takes_in.map(Id), settles: settles.map(Id) };
            prop_assert_eq!(Name::read(&name.to_string()), name);
            let _ = Name::read(&any);
        }
    }
}
