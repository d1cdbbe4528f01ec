//! Time-ordered 63-bit ids.

use crate::{Instant, Problem};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fmt, str::FromStr};

/// 2020-01-01T00:00:00Z in milliseconds since 1970.
const ORIGIN_MS: i64 = 1_577_836_800_000;
const LOW_BITS: u32 = 22;
const LOW_MASK: i64 = (1 << LOW_BITS) - 1;
/// The last millisecond an id can hold (41 bits, year 2089).
const MS_MAX: i64 = i64::MAX >> LOW_BITS;

/// A row's identity: milliseconds since 2020-01-01 UTC in the upper 41 bits, sequence or random bits in the lower 22.
/// Ids sort by the moment they were made, so rows land at the end of an index. In JSON an id is a string: a JavaScript
/// number would lose its low bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub i64);

impl Id {
    /// Puts an id together from a moment (ms UTC) and the low 22 bits; bits above are cut off, moments outside
    /// 2020..2089 are held at the nearest end.
    pub fn from_parts(ms_unix: i64, low22: u32) -> Id {
        let ms = ms_unix.saturating_sub(ORIGIN_MS).clamp(0, MS_MAX);
        Id((ms << LOW_BITS) | (i64::from(low22) & LOW_MASK))
    }

    /// A new id made at `now`: no two of one process are alike (within four million of one millisecond), and those of two
    /// processes differ by where their counting begins, which is chance.
    pub fn next(now: Instant) -> Id {
        static COUNT: OnceLock<AtomicU32> = OnceLock::new();
        // The standard library's hash keys are the one source of chance that needs no dependency.
        let begin = || AtomicU32::new(RandomState::new().build_hasher().finish() as u32);
        Id::from_parts(now.0, COUNT.get_or_init(begin).fetch_add(1, Ordering::Relaxed))
    }

    /// The moment the id was made, to the millisecond.
    pub fn instant(self) -> Instant {
        Instant((self.0 >> LOW_BITS) + ORIGIN_MS)
    }

    /// The low 22 bits.
    pub fn low(self) -> u32 {
        u32::try_from(self.0 & LOW_MASK).unwrap_or(0)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = Problem;
    /// Decimal digits only. Problem: `base-id`.
    fn from_str(s: &str) -> Result<Id, Problem> {
        let digits = s.strip_prefix('-').unwrap_or(s);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new("base-id"));
        }
        s.parse().map(Id).map_err(|_| Problem::new("base-id"))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    /// Takes the string form, and a whole number too for data written by hand.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Id, D::Error> {
        struct Seen;
        impl serde::de::Visitor<'_> for Seen {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id as a string of digits")
            }
            fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Id, E> {
                v.parse().map_err(E::custom)
            }
            fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Id, E> {
                Ok(Id(v))
            }
            fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Id, E> {
                i64::try_from(v).map(Id).map_err(E::custom)
            }
        }
        d.deserialize_any(Seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_are_all_different_and_keep_the_moment() {
        let now = Instant(1_800_000_000_123);
        let ids: std::collections::HashSet<Id> = (0..100_000).map(|_| Id::next(now)).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| id.instant() == now));
    }
    use proptest::prelude::*;

    #[test]
    fn an_id_is_a_string_in_json() {
        let id = Id::from_parts(1_795_680_300_123, 77);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{}\"", id.0));
        assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
        assert_eq!(serde_json::from_str::<Id>("12").unwrap(), Id(12));
        assert!(serde_json::from_str::<Id>("\"12a\"").is_err());
    }

    #[test]
    fn signs_and_blanks_are_not_digits() {
        for bad in ["", "-", "+1", " 1", "1 ", "99999999999999999999", "1.0"] {
            assert_eq!(bad.parse::<Id>().unwrap_err().code, "base-id", "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn an_id_keeps_its_moment_and_its_low_bits(ms in 1_577_836_800_000i64..3_700_000_000_000, low in 0u32..(1 << 22)) {
            let id = Id::from_parts(ms, low);
            prop_assert_eq!(id.instant(), Instant(ms));
            prop_assert_eq!(id.low(), low);
            prop_assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        }

        #[test]
        fn later_moments_sort_later(a in any::<i64>(), b in any::<i64>(), low in any::<u32>()) {
            let (first, last) = (a.min(b), a.max(b));
            prop_assert!(Id::from_parts(first, 0) <= Id::from_parts(last, low));
            prop_assert!(Id::from_parts(a, low).0 >= 0);
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in ".*") { let _ = s.parse::<Id>(); }
    }
}
