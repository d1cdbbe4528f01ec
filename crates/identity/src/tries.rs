//! Counting tries at the door before a password or code is looked at: which of the doors of [`crate::lockout`] a visit
//! stands before, and what happens to them afterwards.

use base::{Fault, Id, Instant};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use store::{Tx, params};

use crate::lockout::{self, CROWD, Door, LOGIN};
use crate::{devices, store as sql};

/// Tries that are forgotten stay on record for thirty days, then go.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// From where and with what somebody comes to the door.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// Network address, empty when it is not known.
    pub address: String,
    /// Token of the browser's device cookie.
    pub device: Option<String>,
    /// Kind of browser; see [`devices::label`].
    pub label: String,
    /// Token of the session cookie the browser still carries: that session ends with a good sign-in, so that a token planted
    /// beforehand is worth nothing after it.
    pub session: Option<String>,
}

/// The doors one try goes through.
pub(crate) struct Doors {
    /// Of this browser, or of this address.
    own: Vec<u8>,
    /// Of all strangers together; none for a known browser.
    crowd: Option<Vec<u8>>,
    /// Of the address, whatever the login; none for a known browser or without an address.
    address: Option<Vec<u8>>,
    /// Whose account is behind them, if anybody's.
    account: Option<Id>,
    /// Kind of browser.
    label: String,
}

fn key(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// One network of a visitor: the address, of IPv6 the 64 bits that one line gets.
fn network(address: &str) -> Option<String> {
    Some(web::limits::household(address.parse::<IpAddr>().ok()?).to_string())
}

impl Doors {
    /// The doors of a thing tried (`login:…`, `code:…`) that opens `account`, if any.
    pub(crate) async fn before(
        tx: &Tx,
        thing: &str,
        account: Option<Id>,
        visit: &Visit,
        now: Instant,
    ) -> Result<Doors, Fault> {
        let hash = devices::device_hash(visit.device.as_deref());
        // Asked of unknown logins too: the same work, whoever is tried.
        if devices::is_known(tx, account.unwrap_or(Id(0)), visit.device.as_deref(), now).await? {
            let mut own = thing.as_bytes().to_vec();
            own.extend_from_slice(b" device ");
            own.extend_from_slice(&hash);
            let own = Sha256::digest(&own).to_vec();
            return Ok(Doors { own, crowd: None, address: None, account, label: visit.label.clone() });
        }
        let network = network(&visit.address);
        Ok(Doors {
            own: key(&format!("{thing} from {}", network.as_deref().unwrap_or_default())),
            crowd: Some(key(thing)),
            address: network.map(|network| key(&format!("address:{network}"))),
            account,
            label: visit.label.clone(),
        })
    }

    /// Counts the try, unless one of the doors rests.
    ///
    /// # Errors
    /// `Fault::TooMany`.
    pub(crate) async fn count(&self, tx: &Tx, now: Instant) -> Result<(), Fault> {
        if let Some(address) = &self.address
            && let Some(row) = tx.query_opt(sql::ATTEMPT_LOCK, params![address.clone()]).await?
            && let Some(retry_after_s) = lockout::address_wait_s(row.get("failures")?, row.get("last_at")?, now)
        {
            return Err(Fault::TooMany { retry_after_s });
        }
        rests(tx, LOGIN, &self.own, now).await?;
        if let Some(crowd) = &self.crowd {
            rests(tx, CROWD, crowd, now).await?;
        }
        tx.execute(sql::ATTEMPTS_PURGE, params![now.plus_ms(-KEPT_MS)]).await?;
        let forget_before = now.plus_ms(-lockout::FORGET_AFTER_MS);
        for door in [Some(&self.own), self.crowd.as_ref()].into_iter().flatten() {
            tx.execute(sql::ATTEMPT_COUNT, params![door.clone(), now, forget_before]).await?;
        }
        Ok(())
    }

    /// It was right: the own failures are forgotten, and of the crowd's this one try.
    pub(crate) async fn opened(&self, tx: &Tx) -> Result<(), Fault> {
        tx.execute(sql::ATTEMPT_FORGET, params![self.own.clone()]).await?;
        if let Some(crowd) = &self.crowd {
            tx.execute(sql::ATTEMPT_TAKE_BACK, params![crowd.clone()]).await?;
        }
        Ok(())
    }

    /// It was wrong: that is recorded, and the address has one failure more.
    pub(crate) async fn stayed_shut(&self, tx: &Tx, now: Instant) -> Result<(), Fault> {
        let subject = self.account.map(access::account_subject).unwrap_or_default();
        let failed = access::Entry::new(access::Kind::SignInFailed, None, subject, "/sign-in", now);
        access::keep(tx, &access::Entry { purpose: self.label.clone(), ..failed }).await?;
        let Some(address) = &self.address else { return Ok(()) };
        let so_far = match tx.query_opt(sql::ATTEMPT_LOCK, params![address.clone()]).await? {
            Some(row) => lockout::address_failures(row.get("failures")?, row.get("last_at")?, now),
            None => 0,
        };
        tx.execute(sql::ATTEMPT_SET, params![address.clone(), so_far + 1, now]).await?;
        Ok(())
    }
}

async fn rests(tx: &Tx, door: Door, key: &[u8], now: Instant) -> Result<(), Fault> {
    if let Some(row) = tx.query_opt(sql::ATTEMPT_LOCK, params![key.to_vec()]).await?
        && let Some(retry_after_s) = lockout::retry_after_s(door, row.get("failures")?, row.get("last_at")?, now)
    {
        return Err(Fault::TooMany { retry_after_s });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_network_however_many_addresses_it_has() {
        assert_eq!(network("203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("unknown"), None);
    }
}
