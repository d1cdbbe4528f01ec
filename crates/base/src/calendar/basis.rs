//! Why a dossier is due when it is: a text that is stored with the due date, reads the same for ever, and from which the
//! date can be counted again.

use super::{Limit, PausePolicy};
use crate::{Instant, Problem, Time};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// When something is due, from when that was counted, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// The last moment that is on time.
    pub due_at: Instant,
    /// When the clock began to run.
    pub started_at: Instant,
    /// The text form of a [`Basis`]: `limit=5wd;calendar=vn-2026.11;received=…;start=…`. Machine-readable and stable.
    pub basis: String,
}

/// What a due date rests on. Moments are milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The limit counted.
    pub limit: Limit,
    /// The version of the calendar used.
    pub calendar: String,
    /// When it was received (of a restarted clock: when the dossier was complete; of an extension: the original due date).
    pub received: Instant,
    /// When the clock began to run.
    pub start: Instant,
    /// The time of day after which the next working day counts, where the procedure has one.
    pub cut_off: Option<Time>,
    /// First count, restart, resumption, extension, or moved past days that were closed.
    pub manner: Manner,
}

/// How the due date came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Counted at intake.
    First,
    /// Counted or moved after a pause.
    Pause {
        /// Restart or resume.
        policy: PausePolicy,
        /// When the clock was stopped.
        paused: Instant,
        /// When it ran again.
        resumed: Instant,
        /// The due date before.
        was: Instant,
    },
    /// Extended with an apology.
    Extension {
        /// When that was decided.
        decided: Instant,
        /// The due date before, which stays on record.
        was: Instant,
    },
    /// Moved past days that an emergency decision closed, after it had been moved before: what was left then is left afterwards.
    Closed {
        /// From when it was counted on.
        from: Instant,
        /// The working time left at that moment, in milliseconds.
        left: i64,
        /// The due date before, which stays on record.
        was: Instant,
    },
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Basis { limit, calendar, received, start, cut_off, manner } = self;
        write!(f, "limit={limit};calendar={calendar};received={};start={}", received.0, start.0)?;
        if let Some(time) = cut_off {
            write!(f, ";cutoff={:02}:{:02}", time.hour(), time.minute())?;
        }
        match manner {
            Manner::First => Ok(()),
            Manner::Pause { policy, paused, resumed, was } => {
                write!(f, ";policy={policy};paused={};resumed={};was={}", paused.0, resumed.0, was.0)
            }
            Manner::Extension { decided, was } => write!(f, ";policy=extend;decided={};was={}", decided.0, was.0),
            Manner::Closed { from, left, was } => write!(f, ";policy=closed;from={};left={left};was={}", from.0, was.0),
        }
    }
}

impl FromStr for Basis {
    type Err = Problem;

    /// Reads what `Display` wrote; parts this version does not know are refused. Problem: `base-basis`.
    fn from_str(s: &str) -> Result<Basis, Problem> {
        parse(s).ok_or_else(|| Problem::new("base-basis").arg("value", crate::text::clip(s, 120)))
    }
}

fn parse(s: &str) -> Option<Basis> {
    let mut parts = s.split(';').map(|part| part.split_once('='));
    let mut next = |name: &str| parts.next()?.filter(|(n, _)| *n == name).map(|(_, value)| value);
    let limit = next("limit")?.parse().ok()?;
    let calendar = next("calendar").filter(|v| !v.is_empty())?.to_owned();
    let at = |value: &str| value.parse().ok().map(Instant);
    let received = at(next("received")?)?;
    let start = at(next("start")?)?;
    let mut rest = parts.collect::<Option<Vec<(&str, &str)>>>()?;
    let cut_off = match rest.first() {
        Some(("cutoff", time)) => Some(clock(time)?),
        _ => None,
    };
    if cut_off.is_some() {
        rest.remove(0);
    }
    let manner = match rest[..] {
        [] => Manner::First,
        [("policy", "extend"), ("decided", d), ("was", was)] => Manner::Extension { decided: at(d)?, was: at(was)? },
        [("policy", "closed"), ("from", from), ("left", left), ("was", was)] => {
            Manner::Closed { from: at(from)?, left: left.parse().ok()?, was: at(was)? }
        }
        [("policy", policy), ("paused", p), ("resumed", r), ("was", was)] => {
            Manner::Pause { policy: policy.parse().ok()?, paused: at(p)?, resumed: at(r)?, was: at(was)? }
        }
        _ => return None,
    };
    Some(Basis { limit, calendar, received, start, cut_off, manner })
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn the_text_of_a_basis_does_not_change_over_the_years() {
        let mut basis = Basis {
            limit: Limit::WorkingDays(5),
            calendar: "vn-2026.11".into(),
            received: Instant(1_795_680_300_000),
            start: Instant(1_795_680_300_000),
            cut_off: Some(time(15, 0, 0, 0)),
            manner: Manner::First,
        };
        assert_eq!(
            basis.to_string(),
            "limit=5wd;calendar=vn-2026.11;received=1795680300000;start=1795680300000;cutoff=15:00"
        );
        assert_eq!(basis.to_string().parse::<Basis>().unwrap(), basis);
        basis.cut_off = None;
        basis.manner =
            Manner::Pause { policy: PausePolicy::Resume, paused: Instant(1), resumed: Instant(2), was: Instant(3) };
        assert!(basis.to_string().ends_with("start=1795680300000;policy=resume;paused=1;resumed=2;was=3"));
        assert_eq!(basis.to_string().parse::<Basis>().unwrap(), basis);
        basis.manner = Manner::Extension { decided: Instant(1), was: Instant(3) };
        assert!(basis.to_string().ends_with(";policy=extend;decided=1;was=3"));
        assert_eq!(basis.to_string().parse::<Basis>().unwrap(), basis);
        basis.manner = Manner::Closed { from: Instant(1), left: 7, was: Instant(3) };
        assert!(basis.to_string().ends_with(";policy=closed;from=1;left=7;was=3"));
        assert_eq!(basis.to_string().parse::<Basis>().unwrap(), basis);
    }

    #[test]
    fn a_text_that_is_not_a_whole_basis_is_refused() {
        for bad in [
            "",
            "limit=5wd",
            "limit=5wd;calendar=;received=1;start=2",
            "limit=5wd;calendar=v;received=1;start=2;",
            "limit=5wd;calendar=v;received=1;start=2;cutoff=25:00",
            "limit=5wd;calendar=v;received=1;start=2;policy=extend",
            "limit=5wd;calendar=v;start=2;received=1",
        ] {
            assert_eq!(bad.parse::<Basis>().unwrap_err().code, "base-basis", "{bad:?}");
        }
    }
}
