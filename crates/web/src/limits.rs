//! How much a visitor may send and how often. Each bound has its unit in its name and its reason beside it.

use crate::ctx::Ctx;
use crate::routes::Access;
use base::{Fault, Instant};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Mutex;

/// An ordinary form; the longest one (a dossier's answers) is far below.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// A JSON request of the API.
pub const JSON_BYTES_MAX: usize = 1024 * 1024;
/// One uploaded file: a scanned paper of some dozens of pages.
pub const UPLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// All files of one request.
pub const UPLOAD_REQUEST_BYTES_MAX: u64 = 60 * 1024 * 1024;
/// Files in one request.
pub const UPLOAD_FILES_MAX: usize = 20;
/// Ordinary fields in one form.
pub const FORM_FIELDS_MAX: usize = 500;
/// A request that takes longer than this is answered 503, so that a stuck one does not hold its connection.
pub const REQUEST_MS_MAX: u64 = 30_000;
/// Uploads over a slow line get longer.
pub const UPLOAD_REQUEST_MS_MAX: u64 = 300_000;
/// Clients remembered by the rate limiter; some megabytes at most.
pub const CLIENTS_MAX: usize = 20_000;

/// Put into the application's extensions when a reverse proxy of ours stands in front: the client's address is then the
/// last one of `X-Forwarded-For`, the one our proxy itself has seen. Without it the header is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BehindProxy;

/// What one subscriber has: an address of IPv4, a network of 64 bits of IPv6. Whoever is counted by address is counted by this, or
/// a line of IPv6 would have a bucket for each of its 2^64 addresses.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        four => four,
    }
}

/// Whom a stranger is counted as; `unknown` where the address is not.
pub(crate) fn stranger(address: &str) -> String {
    address.parse().map_or_else(|_| "unknown".to_owned(), |address| household(address).to_string())
}

/// A bucket holds `burst` requests and fills with `per_minute`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub per_minute: u32,
}

/// The rates of one installation. Put another value into the application's extensions to change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Attempts to sign in, right or wrong: a bound on the work of hashing. A whole province may sit behind one address and
    /// begin at half past seven; who guesses is slowed by what fails (`identity::lockout`).
    pub sign_in: Rate,
    /// New accounts.
    pub sign_up: Rate,
    /// Looking up one matter by its code without signing in ([`crate::Access::LookUp`]): keeps codes from being tried one after
    /// the other.
    pub look_up: Rate,
    /// Reading what anybody may read, one thing after another by its number (procedures, units): people never notice it, a
    /// copying program does. A whole office may sit behind one address.
    pub browse: Rate,
    /// Any other change.
    pub post: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            sign_in: Rate { burst: 600, per_minute: 600 },
            sign_up: Rate { burst: 10, per_minute: 5 },
            look_up: Rate { burst: 30, per_minute: 30 },
            browse: Rate { burst: 1_200, per_minute: 1_200 },
            post: Rate { burst: 240, per_minute: 240 },
        }
    }
}

impl Rates {
    /// No limit that a person or a load test could reach.
    pub fn unlimited() -> Rates {
        let none = Rate { burst: u32::MAX, per_minute: u32::MAX };
        Rates { sign_in: none, sign_up: none, look_up: none, browse: none, post: none }
    }

    /// The bucket a route takes from by its access and pattern: every public reading by a code or number has one.
    pub(crate) fn of_route(&self, access: Access, pattern: &str) -> Option<(&'static str, Rate)> {
        match access {
            Access::LookUp => Some(("look-up", self.look_up)),
            Access::Public if pattern.contains('{') => Some(("browse", self.browse)),
            _ => None,
        }
    }

    /// The bucket a request takes from by its method and path: its name and rate, or nothing for plain reading.
    pub(crate) fn of(&self, method: &axum::http::Method, path: &str) -> Option<(&'static str, Rate)> {
        if method.is_safe() {
            return None;
        }
        Some(match path {
            "/sign-in" | "/sign-in/code" => ("sign-in", self.sign_in),
            "/sign-up" => ("sign-up", self.sign_up),
            _ => ("post", self.post),
        })
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    /// Thousandths of a request still free.
    milli: u64,
    at: Instant,
}

/// Token buckets per client and kind of request, bounded in number.
pub struct Limiter {
    buckets: Mutex<HashMap<u64, Bucket>>,
    hasher: RandomState,
    clients_max: usize,
}

impl Default for Limiter {
    fn default() -> Self {
        Limiter::new(CLIENTS_MAX)
    }
}

impl Limiter {
    /// A limiter remembering at most `clients_max` clients.
    pub fn new(clients_max: usize) -> Limiter {
        Limiter { buckets: Mutex::default(), hasher: RandomState::new(), clients_max }
    }

    /// Takes one request out of the client's bucket; `Err` tells after how many seconds the next one is free.
    pub fn take(&self, kind: &str, client: &str, rate: Rate, now: Instant) -> Result<(), u32> {
        let full = u64::from(rate.burst) * 1000;
        // 1 request a minute = 1000 thousandths in 60 000 ms.
        let key = self.hasher.hash_one((kind, client));
        let mut buckets = self.buckets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if buckets.len() >= self.clients_max && !buckets.contains_key(&key) {
            // The one heard of longest ago has regained most of its requests: forgetting it costs least.
            if let Some(oldest) = buckets.iter().min_by_key(|(_, b)| b.at).map(|(k, _)| *k) {
                buckets.remove(&oldest);
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket { milli: full, at: now });
        let passed_ms = now.0.saturating_sub(bucket.at.0).max(0) as u64;
        let gained = passed_ms.saturating_mul(u64::from(rate.per_minute)) / 60;
        if gained > 0 {
            bucket.milli = bucket.milli.saturating_add(gained).min(full);
            bucket.at = now;
        }
        if bucket.milli >= 1000 {
            bucket.milli -= 1000;
            return Ok(());
        }
        let missing = 1000 - bucket.milli;
        let wait_ms = missing * 60 / u64::from(rate.per_minute.max(1));
        Err(u32::try_from(wait_ms.div_ceil(1000)).unwrap_or(60).max(1))
    }
}

/// Takes one request of a kind out of the bucket of who sent this one. Faults: [`Fault::TooMany`].
pub fn take(ctx: &Ctx, kind: &str, rate: Rate) -> Result<(), Fault> {
    let Some(limiter) = ctx.app.get::<Limiter>() else { return Ok(()) };
    limiter.take(kind, &ctx.client(), rate, ctx.now).map_err(|retry_after_s| Fault::TooMany { retry_after_s })
}

#[cfg(test)]
mod tests {
    use super::*;
    const RATE: Rate = Rate { burst: 2, per_minute: 6 };

    #[test]
    fn the_third_request_waits_and_one_is_free_after_ten_seconds() {
        let limiter = Limiter::default();
        let t = Instant(1_000_000);
        assert_eq!(limiter.take("post", "a", RATE, t), Ok(()));
        assert_eq!(limiter.take("post", "a", RATE, t), Ok(()));
        assert_eq!(limiter.take("post", "a", RATE, t), Err(10));
        assert_eq!(limiter.take("post", "a", RATE, t.plus_ms(10_000)), Ok(()));
        assert_eq!(limiter.take("post", "a", RATE, t.plus_ms(10_000)), Err(10));
    }

    #[test]
    fn clients_and_kinds_have_their_own_buckets() {
        let limiter = Limiter::default();
        let one = Rate { burst: 1, per_minute: 1 };
        assert_eq!(limiter.take("post", "a", one, Instant(0)), Ok(()));
        assert_eq!(limiter.take("post", "b", one, Instant(0)), Ok(()));
        assert_eq!(limiter.take("track", "a", one, Instant(0)), Ok(()));
        assert!(limiter.take("post", "a", one, Instant(0)).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_household_and_an_address_of_ipv4_another() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(stranger("2001:db8:1:2::7"), stranger("2001:db8:1:2:ffff::8"));
        assert_eq!(stranger(""), "unknown");
    }

    #[test]
    fn the_memory_of_clients_is_bounded() {
        let limiter = Limiter::new(100);
        for n in 0..1000 {
            let _ = limiter.take("post", &n.to_string(), RATE, Instant(n));
        }
        assert!(limiter.buckets.lock().unwrap().len() <= 100);
    }
}
