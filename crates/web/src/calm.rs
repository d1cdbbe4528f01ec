//! A log that stays readable when the same trouble meets every request.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The same cause is told once in so long.
const EVERY: Duration = Duration::from_secs(1);
/// Causes remembered; more at once are a trouble of another kind, and all are forgotten.
const CAUSES_MAX: usize = 64;

struct Told {
    at: Instant,
    since: u64,
}

static TOLD: LazyLock<Mutex<HashMap<String, Told>>> = LazyLock::new(Mutex::default);

/// Whether a line about this cause is due: how often it happened since the last line (with this one), or none when it was told
/// within the last second.
pub fn lines(cause: &str) -> Option<u64> {
    lines_at(cause, Instant::now())
}

fn lines_at(cause: &str, now: Instant) -> Option<u64> {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() >= CAUSES_MAX && !told.contains_key(cause) {
        told.clear();
    }
    let Some(known) = told.get_mut(cause) else {
        told.insert(cause.to_owned(), Told { at: now, since: 0 });
        return Some(1);
    };
    known.since += 1;
    if now.saturating_duration_since(known.at) < EVERY {
        return None;
    }
    let times = known.since;
    *known = Told { at: now, since: 0 };
    Some(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_is_one_line_a_second_with_its_count() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(lines_at("full", at(0)), Some(1));
        for ms in 1..500 {
            assert_eq!(lines_at("full", at(ms)), None);
        }
        assert_eq!(lines_at("away", at(500)), Some(1), "another cause has its own line");
        assert_eq!(lines_at("full", at(1_000)), Some(500));
        assert_eq!(lines_at("full", at(1_001)), None);
    }
}
