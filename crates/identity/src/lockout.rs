//! How long a door rests after wrong passwords. Pure: counts and instants in, an instant out.
//!
//! Four doors are counted apart, so that who guesses is slowed and who works is not:
//!
//! - a login tried from a browser that has signed in to it before ([`LOGIN`]): nobody else can make that door rest;
//! - a login tried from one address by an unknown browser ([`LOGIN`]);
//! - a login tried by unknown browsers from anywhere ([`CROWD`]): many addresses guess no faster together;
//! - an address, whatever the logins ([`address_wait_s`]): one address that tries the same password on many logins. Only
//!   failures count, so a province behind one address begins its day undisturbed.
//!
//! A login nobody has rests the same way, and each spelling of a login (number, phone) rests by itself, so that the answer
//! tells neither who has an account nor which number and phone are one person's.

use base::Instant;

/// When a door rests and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// Wrong tries in a row before the first rest.
    pub free: i64,
    /// The first rest in ms; each further failure doubles it.
    pub rest_first_ms: i64,
    /// The longest rest in ms.
    pub rest_max_ms: i64,
}

/// One login from one browser or address: at most 96 tries a day.
pub const LOGIN: Door = Door { free: 5, rest_first_ms: 30_000, rest_max_ms: 15 * 60_000 };
/// One login from all unknown browsers together.
pub const CROWD: Door = Door { free: 50, rest_first_ms: 30_000, rest_max_ms: 15 * 60_000 };
/// Failures are forgotten after a day without one.
pub const FORGET_AFTER_MS: i64 = 24 * 3_600_000;

/// Failures of one address before it waits: an office of some hundreds mistypes that often on a bad morning.
pub const ADDRESS_FREE: i64 = 60;
/// One failure of an address is forgiven in this time, in ms.
pub const ADDRESS_FORGIVE_MS: i64 = 30_000;
/// Most failures of an address that are remembered: so it waits a quarter of an hour at the most.
pub const ADDRESS_MAX: i64 = ADDRESS_FREE + 29;

/// The failures that still count at `now`.
pub fn failures_at(failures: i64, last_failure: Instant, now: Instant) -> i64 {
    if now.0 - last_failure.0 >= FORGET_AFTER_MS { 0 } else { failures }
}

/// How long a door rests after that many failures in a row, in ms; 0 below the limit.
pub fn rest_ms(door: Door, failures: i64) -> i64 {
    if failures < door.free {
        return 0;
    }
    let doublings = (failures - door.free).min(16) as u32;
    (door.rest_first_ms << doublings).min(door.rest_max_ms)
}

/// Seconds until the door may be tried again, or `None` when it may be tried now.
pub fn retry_after_s(door: Door, failures: i64, last_failure: Instant, now: Instant) -> Option<u32> {
    let rest_ms = rest_ms(door, failures_at(failures, last_failure, now));
    // A failure of a time to come was written before the clock was set back: nobody rests longer than the rest.
    seconds((last_failure.0 - now.0).min(0) + rest_ms)
}

fn seconds(left_ms: i64) -> Option<u32> {
    (left_ms > 0).then(|| u32::try_from((left_ms + 999) / 1000).unwrap_or(u32::MAX))
}

/// The failures of an address that still count: one is forgiven every half minute.
pub fn address_failures(failures: i64, last_failure: Instant, now: Instant) -> i64 {
    let forgiven = (now.0 - last_failure.0).max(0) / ADDRESS_FORGIVE_MS;
    (failures - forgiven).clamp(0, ADDRESS_MAX)
}

/// Seconds until an address may try again, or `None` when it may now.
pub fn address_wait_s(failures: i64, last_failure: Instant, now: Instant) -> Option<u32> {
    let still = failures.min(ADDRESS_MAX);
    if still < ADDRESS_FREE {
        return None;
    }
    seconds((last_failure.0 - now.0).min(0) + (still - ADDRESS_FREE + 1) * ADDRESS_FORGIVE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Instant = Instant(1_795_000_000_000);

    #[test]
    fn a_clock_set_back_makes_nobody_wait_longer_than_the_rest() {
        let ahead = Instant(NOON.0 + 30 * 86_400_000);
        assert_eq!(retry_after_s(LOGIN, 1, ahead, NOON), None);
        assert_eq!(retry_after_s(LOGIN, 5, ahead, NOON), Some(30));
        assert_eq!(address_wait_s(ADDRESS_FREE, ahead, NOON), Some(30));
    }

    #[test]
    fn four_wrong_passwords_cost_nothing_and_the_fifth_half_a_minute() {
        assert_eq!(retry_after_s(LOGIN, 4, NOON, NOON), None);
        assert_eq!(retry_after_s(LOGIN, 5, NOON, NOON), Some(30));
        assert_eq!(retry_after_s(LOGIN, 5, NOON, Instant(NOON.0 + 29_001)), Some(1));
        assert_eq!(retry_after_s(LOGIN, 5, NOON, Instant(NOON.0 + 30_000)), None);
    }

    #[test]
    fn the_rest_doubles_up_to_a_quarter_of_an_hour() {
        let rests: Vec<i64> = (5..12).map(|n| rest_ms(LOGIN, n) / 1000).collect();
        assert_eq!(rests, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(rest_ms(LOGIN, i64::MAX), LOGIN.rest_max_ms);
        assert_eq!((rest_ms(CROWD, 49), rest_ms(CROWD, 50)), (0, 30_000));
    }

    #[test]
    fn a_day_without_failures_forgets_them() {
        let next_day = Instant(NOON.0 + FORGET_AFTER_MS);
        assert_eq!(failures_at(40, NOON, Instant(next_day.0 - 1)), 40);
        assert_eq!(failures_at(40, NOON, next_day), 0);
    }

    #[test]
    fn an_address_waits_after_sixty_failures_and_is_forgiven_one_every_half_minute() {
        assert_eq!(address_wait_s(59, NOON, NOON), None);
        assert_eq!(address_wait_s(60, NOON, NOON), Some(30));
        assert_eq!(address_wait_s(60, NOON, NOON.plus_ms(30_000)), None);
        assert_eq!(address_failures(60, NOON, NOON.plus_ms(30_000)), 59);
        // However hard it tried: a quarter of an hour.
        assert_eq!(address_wait_s(100_000, NOON, NOON), Some(900));
        assert_eq!(address_failures(100_000, NOON, NOON), ADDRESS_MAX);
        // A clock set back forgives nothing.
        assert_eq!(address_failures(10, NOON, NOON.plus_ms(-90_000)), 10);
    }
}
