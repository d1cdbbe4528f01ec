//! Time limits as the catalogue states them.

use crate::{Problem, text::clip, words::closed_list};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, str::FromStr};

/// The largest number a written limit may carry.
pub const LIMIT_MAX: i32 = 9_999;

/// How long an agency has. Working days, calendar days and hours are three different things (the catalogue's
/// "ngày làm việc", "ngày", "giờ") and are never turned into one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Ngày làm việc: `5wd`.
    WorkingDays(i32),
    /// Ngày (calendar days): `3d`.
    CalendarDays(i32),
    /// Giờ làm việc: `8h`.
    Hours(i32),
    /// Tháng: `1m`.
    Months(i32),
    /// Trong ngày: `same-day`.
    SameDay,
}

impl Limit {
    /// The Fluent key of the limit in words and the number `n` in it (`5 ngày làm việc`).
    pub const fn words(self) -> (&'static str, i32) {
        match self {
            Limit::WorkingDays(n) => ("base-limit-working-days", n),
            Limit::CalendarDays(n) => ("base-limit-calendar-days", n),
            Limit::Hours(n) => ("base-limit-hours", n),
            Limit::Months(n) => ("base-limit-months", n),
            Limit::SameDay => ("base-limit-same-day", 1),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WorkingDays(n) => write!(f, "{n}wd"),
            Limit::CalendarDays(n) => write!(f, "{n}d"),
            Limit::Hours(n) => write!(f, "{n}h"),
            Limit::Months(n) => write!(f, "{n}m"),
            Limit::SameDay => f.write_str("same-day"),
        }
    }
}

impl FromStr for Limit {
    type Err = Problem;

    /// Numbers run from 1 to [`LIMIT_MAX`]. Problem: `base-limit`.
    fn from_str(s: &str) -> Result<Limit, Problem> {
        let problem = || Problem::new("base-limit").arg("value", clip(s, 20));
        let text = s.trim();
        if text == "same-day" {
            return Ok(Limit::SameDay);
        }
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(problem)?;
        let (number, unit) = text.split_at(unit_at);
        let n: i32 = number.parse().ok().filter(|n| (1..=LIMIT_MAX).contains(n)).ok_or_else(problem)?;
        match unit {
            "wd" => Ok(Limit::WorkingDays(n)),
            "d" => Ok(Limit::CalendarDays(n)),
            "h" => Ok(Limit::Hours(n)),
            "m" => Ok(Limit::Months(n)),
            _ => Err(problem()),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Limit, D::Error> {
        Cow::<'_, str>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What happens to the clock while the applicant completes a dossier. The law restarts it (NĐ 61/2018/NĐ-CP Điều 19
/// khoản 4); the quality index of QĐ 766/QĐ-TTg subtracts the waiting time. Each procedure says which holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PausePolicy {
    /// The whole limit is counted anew from the moment the dossier is complete.
    #[default]
    Restart,
    /// The due date moves by the time waited.
    Resume,
}
closed_list!(PausePolicy, "base-pause-policy", { Restart => "restart", Resume => "resume" });

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_are_written_short() {
        for (limit, text) in [
            (Limit::WorkingDays(5), "5wd"),
            (Limit::CalendarDays(3), "3d"),
            (Limit::Hours(8), "8h"),
            (Limit::Months(1), "1m"),
            (Limit::SameDay, "same-day"),
        ] {
            assert_eq!(limit.to_string(), text);
            assert_eq!(text.parse::<Limit>().unwrap(), limit);
            assert_eq!(serde_json::to_string(&limit).unwrap(), format!("\"{text}\""));
        }
        assert_eq!(serde_json::from_str::<PausePolicy>("\"resume\"").unwrap(), PausePolicy::Resume);
    }

    #[test]
    fn a_limit_without_unit_or_out_of_range_is_refused() {
        for text in ["", "5", "wd", "0wd", "-1d", "10000d", "1.5d", "5 wd", "5WD", "99999999999d", "٣d"] {
            assert_eq!(text.parse::<Limit>().unwrap_err().code, "base-limit", "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused_without_panic(s in any::<String>(), near in "[0-9]{0,5}[a-zđ-]{0,4}") {
            let _ = (s.parse::<Limit>(), near.parse::<Limit>());
        }
    }
}
