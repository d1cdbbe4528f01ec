//! Browsers an account has signed in with. A browser carries a random token; the database has its hash, for each account
//! it opened. Who guesses from elsewhere cannot shut a known browser out ([`crate::lockout`]), and people see at /account
//! what kind of browser signed in for them.

use base::{Fault, Id, Instant};
use store::{Tx, params};

use crate::sessions::{new_token, token_hash};

/// A browser unused for so long is forgotten.
pub const DEVICE_KEPT_MS: i64 = 180 * 24 * 3_600_000;
/// Browsers remembered of one account; the one unused longest makes room.
pub const DEVICES_MAX: i64 = 20;

store::statements! {
    /// Whether an account has signed in with a browser, and lately enough.
    pub DEVICE_KNOWN = "SELECT 1 AS yes FROM account_device WHERE account_id = $1 AND device_hash = $2 AND seen_at > $3";
    /// It signed in again.
    pub DEVICE_SEEN = "UPDATE account_device SET seen_at = $3, label = $4 WHERE account_id = $1 AND device_hash = $2";
    /// It signed in for the first time.
    pub DEVICE_INSERT = "INSERT INTO account_device (account_id, device_hash, label, first_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
    /// A browser gets another token: whoever planted or copied the old one has nothing.
    pub DEVICE_RENEW = "UPDATE account_device SET device_hash = $2 WHERE device_hash = $1";
    /// All browsers of an account but one (empty: all) are strangers again.
    pub DEVICES_FORGET = "DELETE FROM account_device WHERE account_id = $1 AND device_hash <> $2";
    /// The one unused longest makes room.
    pub DEVICES_TRIM = "DELETE FROM account_device WHERE account_id = $1 AND device_hash NOT IN \
        (SELECT device_hash FROM account_device WHERE account_id = $1 ORDER BY seen_at DESC LIMIT $2)";
    /// Long unused ones go.
    pub DEVICES_PURGE = "DELETE FROM account_device WHERE seen_at < $1";
    /// The browsers of an account, the latest first.
    pub DEVICES_OF = "SELECT label, first_at, seen_at FROM account_device WHERE account_id = $1 ORDER BY seen_at DESC LIMIT 20";
}

/// A browser an account has signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// "Firefox · Windows", empty when it did not say.
    pub label: String,
    /// First sign-in with it.
    pub first_at: Instant,
    /// Last sign-in with it.
    pub seen_at: Instant,
}

/// What is stored of the cookie a browser carries; of none, something no token has.
pub(crate) fn device_hash(token: Option<&str>) -> Vec<u8> {
    token.map(token_hash).unwrap_or_default()
}

/// Whether the account has signed in with this browser.
pub(crate) async fn is_known(tx: &Tx, account: Id, token: Option<&str>, now: Instant) -> Result<bool, Fault> {
    let values = params![account, device_hash(token), now.plus_ms(-DEVICE_KEPT_MS)];
    Ok(tx.query_opt(DEVICE_KNOWN, values).await?.is_some())
}

/// Remembers the browser after a good sign-in and returns the token it is to carry from now on. A browser that is new to
/// the account gets a new token, so that one planted there beforehand is worth nothing.
pub(crate) async fn remember(
    tx: &Tx,
    account: Id,
    token: Option<&str>,
    label: &str,
    now: Instant,
) -> Result<String, Fault> {
    tx.execute(DEVICES_PURGE, params![now.plus_ms(-DEVICE_KEPT_MS)]).await?;
    let hash = device_hash(token);
    if let Some(token) = token
        && tx.execute(DEVICE_SEEN, params![account, hash.clone(), now, label]).await? == 1
    {
        return Ok(token.to_owned());
    }
    let fresh = new_token();
    if token.is_some() {
        tx.execute(DEVICE_RENEW, params![hash, token_hash(&fresh)]).await?;
    }
    tx.execute(DEVICE_INSERT, params![account, token_hash(&fresh), label, now]).await?;
    tx.execute(DEVICES_TRIM, params![account, DEVICES_MAX]).await?;
    Ok(fresh)
}

/// The browsers of an account, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn devices_of(tx: &Tx, account: Id) -> Result<Vec<Device>, Fault> {
    let rows = tx.query(DEVICES_OF, params![account]).await?;
    let read = |row: &store::Row| {
        Ok::<_, Fault>(Device {
            label: row.get("label")?,
            first_at: row.get("first_at")?,
            seen_at: row.get("seen_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// What kind of browser says this of itself: enough for its owner to recognise, too little to tell two apart.
pub fn label(agent: &str) -> String {
    // The order matters: each of these also names those after it.
    let browsers = [
        ("coc_coc_browser", "Cốc Cốc"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    [first(&browsers), first(&systems)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_its_owner_calls_it() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
        assert_eq!(label(&format!("{windows} Chrome/130.0.0.0 Safari/537.36")), "Chrome · Windows");
        assert_eq!(label(&format!("{windows} Chrome/130.0.0.0 Safari/537.36 Edg/130.0")), "Edge · Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604";
        assert_eq!(label(phone), "Safari · iPhone");
        assert_eq!(label("curl/8.0"), "");
    }
}
