//! Where somebody is reached outside the portal: an address of their own, kept sealed, used once a code sent to it came back.

use crate::channels::Channel;
use crate::tell::order_code;
use crate::{KEPT, store as sql};
use ::store::{Row, StoreError, Tx, params};
use audit::NewEvent;
use base::{Fault, Id, Instant, Lang, Phone, Problem};
use identity::Vault;
use lettre::Address;
use rand::Rng as _;

/// A code is good for half an hour.
const CODE_MS: i64 = 30 * 60_000;
/// Guesses at one code.
const TRIES_MAX: i64 = 5;
/// Codes sent for one account within a day: enough for a mistyped address, too few to pester somebody with.
const CODES_A_DAY: i64 = 6;
/// Longest address, in letters (RFC 5321 allows more; no directory of ours does).
const ADDRESS_MAX: usize = 120;
/// What a sealed address is sealed as.
const ADDRESS: &str = "contact";
const CODE: &str = "contact code";

/// A row of `contact`, its address open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: Id,
    pub channel: Channel,
    /// The address; none while the key is missing.
    pub address: Option<String>,
    pub lang: Lang,
    /// Whether it is used.
    pub wanted: bool,
    /// The code came back.
    pub confirmed: bool,
    pub(crate) code: Option<String>,
    pub(crate) code_until: Option<Instant>,
    tries: i64,
}

impl Contact {
    /// Whether news go there.
    pub fn is_used(&self) -> bool {
        self.confirmed && self.wanted
    }
}

pub(crate) fn lang_of(code: &str) -> Lang {
    if code == Lang::En.code() { Lang::En } else { Lang::Vi }
}

fn read(row: &Row, vault: &Vault) -> Result<Option<Contact>, StoreError> {
    let (id, channel): (Id, String) = (row.get("id")?, row.get("channel")?);
    let Some(channel) = Channel::read(&channel) else { return Ok(None) };
    let open = |what: &str, sealed: Vec<u8>| {
        vault.unseal_as(what, id, &sealed).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    Ok(Some(Contact {
        id,
        channel,
        address: open(ADDRESS, row.get("sealed")?),
        lang: lang_of(&row.get::<String>("lang")?),
        wanted: row.get("wanted")?,
        confirmed: row.get::<Option<Instant>>("confirmed_at")?.is_some(),
        code: row.get::<Option<Vec<u8>>>("code_sealed")?.and_then(|sealed| open(CODE, sealed)),
        code_until: row.get("code_until")?,
        tries: row.get("tries")?,
    }))
}

/// Where an account is reached, confirmed or not.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, vault: &Vault, account: Id) -> Result<Vec<Contact>, StoreError> {
    let rows = tx.query(sql::CONTACTS, params![account]).await?;
    let found = rows.iter().map(|row| read(row, vault)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Where an account is reached over a channel.
///
/// # Errors
/// The database's.
pub async fn one(tx: &Tx, vault: &Vault, account: Id, channel: Channel) -> Result<Option<Contact>, StoreError> {
    let row = tx.query_opt(sql::CONTACT, params![account, channel.as_str()]).await?;
    Ok(row.map(|row| read(&row, vault)).transpose()?.flatten())
}

/// An address as it is kept: an e-mail address somebody on the Internet can have, or a mobile number.
///
/// # Errors
/// `notices-address-mail` and `notices-address-sms` at `address`.
pub fn cleaned(channel: Channel, typed: &str) -> Result<String, Problem> {
    match channel {
        Channel::Mail => {
            let typed = typed.trim();
            let address = typed.parse::<Address>().ok().filter(|_| typed.chars().count() <= ADDRESS_MAX);
            let fits = |address: &Address| address.domain().contains('.') && typed.is_ascii();
            address
                .filter(fits)
                .map(|address| address.to_string())
                .ok_or_else(|| Problem::new("notices-address-mail").field("address"))
        }
        Channel::Sms => {
            let phone = typed.parse::<Phone>().ok().filter(Phone::is_mobile);
            phone.map(|phone| phone.to_string()).ok_or_else(|| Problem::new("notices-address-sms").field("address"))
        }
    }
}

async fn told(tx: &Tx, id: Id, kind: &'static str, by: (Id, Instant), channel: Channel) -> Result<(), StoreError> {
    let data = serde_json::json!({ "channel": channel.as_str() });
    let event = NewEvent { kind, at: by.1, actor: Some(by.0), agency: None, data };
    audit::append_kept(tx, &KEPT, id, event).await?;
    Ok(())
}

/// Somebody names an address of theirs: a code goes there, and nothing else until it comes back. It takes the place of the one before.
///
/// # Errors
/// `Invalid` at `address`; `Conflict` with `notices-codes-many` beyond so many codes a day, or `identity-key-missing`.
pub async fn give(
    tx: &Tx,
    vault: &Vault,
    account: Id,
    (channel, typed): (Channel, &str),
    lang: Lang,
    now: Instant,
) -> Result<(), Fault> {
    let address = cleaned(channel, typed).map_err(Fault::invalid)?;
    let day = now.plus_ms(-86_400_000);
    let sent: i64 = tx.query_one(sql::CODES_SINCE, params![account, day]).await?.get("n")?;
    if sent >= CODES_A_DAY {
        return Err(Fault::Conflict(Problem::new("notices-codes-many").arg("max", CODES_A_DAY)));
    }
    if let Some(before) = one(tx, vault, account, channel).await? {
        remove_row(tx, before.id, account, channel, now).await?;
    }
    let id = Id::next(now);
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    let sealed = vault.seal_as(ADDRESS, id, address.as_bytes())?;
    let code = vault.seal_as(CODE, id, code.as_bytes())?;
    let until = now.plus_ms(CODE_MS);
    tx.execute(sql::INSERT_CONTACT, params![id, account, channel.as_str(), sealed, lang.code(), now, code, until])
        .await?;
    told(tx, id, "contact-given", (account, now), channel).await?;
    order_code(tx, account, channel, id, now).await?;
    Ok(())
}

/// The code came back.
///
/// # Errors
/// `Invalid` with `notices-code-wrong` or `notices-code-over` at `code`; `NotFound` where nothing waits for one.
pub async fn confirm(
    tx: &Tx,
    vault: &Vault,
    account: Id,
    (channel, typed): (Channel, &str),
    now: Instant,
) -> Result<Result<(), Problem>, Fault> {
    let contact = one(tx, vault, account, channel).await?.filter(|contact| !contact.confirmed);
    let contact = contact.ok_or(Fault::NotFound("notices-no-code"))?;
    let over = contact.code_until.is_none_or(|until| now > until);
    if over || tx.execute(sql::COUNT_TRY, params![contact.id, TRIES_MAX]).await? == 0 || contact.tries >= TRIES_MAX {
        return Ok(Err(Problem::new("notices-code-over").field("code")));
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if contact.code.as_deref() != Some(digits.as_str()) {
        // A refusal that is kept: the guess is counted.
        return Ok(Err(Problem::new("notices-code-wrong").field("code")));
    }
    tx.execute(sql::CONFIRM_CONTACT, params![contact.id, now]).await?;
    told(tx, contact.id, "contact-confirmed", (account, now), channel).await?;
    Ok(Ok(()))
}

/// Whether a confirmed address is used.
///
/// # Errors
/// The database's.
pub async fn want(
    tx: &Tx,
    vault: &Vault,
    account: Id,
    channel: Channel,
    wanted: bool,
    now: Instant,
) -> Result<(), Fault> {
    let Some(contact) = one(tx, vault, account, channel).await? else { return Ok(()) };
    if contact.wanted != wanted {
        tx.execute(sql::WANT_CONTACT, params![contact.id, wanted]).await?;
        told(tx, contact.id, "contact-wanted", (account, now), channel).await?;
    }
    Ok(())
}

/// Takes an address back: it is gone, and the log holds no word of it.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &Tx, vault: &Vault, account: Id, channel: Channel, now: Instant) -> Result<(), Fault> {
    if let Some(contact) = one(tx, vault, account, channel).await? {
        remove_row(tx, contact.id, account, channel, now).await?;
    }
    Ok(())
}

async fn remove_row(tx: &Tx, id: Id, account: Id, channel: Channel, now: Instant) -> Result<(), StoreError> {
    tx.execute(sql::DELETE_CONTACT, params![id]).await?;
    told(tx, id, "contact-removed", (account, now), channel).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_somebody_can_be_reached_at() {
        let mail = |text: &str| cleaned(Channel::Mail, text).map_err(|problem| problem.code);
        assert_eq!(mail(" lan@example.vn ").unwrap(), "lan@example.vn");
        for wrong in ["", "lan", "lan@localhost", "lan@@example.vn", "a b@example.vn", "lan@example.vn\nBcc: x@y.vn"] {
            assert_eq!(mail(wrong), Err("notices-address-mail"), "{wrong}");
        }
        assert_eq!(mail(&format!("{}@example.vn", "a".repeat(120))), Err("notices-address-mail"));
        let sms = |text: &str| cleaned(Channel::Sms, text).map_err(|problem| problem.code);
        assert_eq!(sms("+84 912 345 678").unwrap(), "0912345678");
        assert_eq!(sms("02923 812 345"), Err("notices-address-sms"));
    }
}
