//! How long a login rests after wrong passwords. Pure: counts and instants in, an instant out.
//!
//! The login rests, not the address it is tried from, and a login nobody has rests the same way, so the answer tells
//! nothing about who has an account. The rest is short enough that locking somebody out on purpose is a nuisance
//! only, and long enough that guessing is hopeless: at most 96 tries a day.

use base::Instant;

/// Wrong tries in a row before the first rest.
pub const FAILURES_FREE: i64 = 5;
/// The first rest; each further failure doubles it.
pub const REST_FIRST_MS: i64 = 30_000;
/// The longest rest.
pub const REST_MAX_MS: i64 = 15 * 60_000;
/// Failures are forgotten after a day without one.
pub const FORGET_AFTER_MS: i64 = 24 * 3_600_000;

/// The failures that still count at `now`.
pub fn failures_at(failures: i64, last_failure: Instant, now: Instant) -> i64 {
    if now.0 - last_failure.0 >= FORGET_AFTER_MS { 0 } else { failures }
}

/// How long a login rests after that many failures in a row, in ms; 0 below the limit.
pub fn rest_ms(failures: i64) -> i64 {
    if failures < FAILURES_FREE {
        return 0;
    }
    let doublings = (failures - FAILURES_FREE).min(16) as u32;
    (REST_FIRST_MS << doublings).min(REST_MAX_MS)
}

/// Seconds until the login may be tried again, or `None` when it may be tried now.
pub fn retry_after_s(failures: i64, last_failure: Instant, now: Instant) -> Option<u32> {
    let left_ms = last_failure.0 + rest_ms(failures_at(failures, last_failure, now)) - now.0;
    (left_ms > 0).then(|| u32::try_from((left_ms + 999) / 1000).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Instant = Instant(1_795_000_000_000);

    #[test]
    fn four_wrong_passwords_cost_nothing_and_the_fifth_half_a_minute() {
        assert_eq!(retry_after_s(4, NOON, NOON), None);
        assert_eq!(retry_after_s(5, NOON, NOON), Some(30));
        assert_eq!(retry_after_s(5, NOON, Instant(NOON.0 + 29_001)), Some(1));
        assert_eq!(retry_after_s(5, NOON, Instant(NOON.0 + 30_000)), None);
    }

    #[test]
    fn the_rest_doubles_up_to_a_quarter_of_an_hour() {
        let rests: Vec<i64> = (5..12).map(|n| rest_ms(n) / 1000).collect();
        assert_eq!(rests, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(rest_ms(i64::MAX), REST_MAX_MS);
    }

    #[test]
    fn a_day_without_failures_forgets_them() {
        let next_day = Instant(NOON.0 + FORGET_AFTER_MS);
        assert_eq!(failures_at(40, NOON, Instant(next_day.0 - 1)), 40);
        assert_eq!(failures_at(40, NOON, next_day), 0);
    }
}
