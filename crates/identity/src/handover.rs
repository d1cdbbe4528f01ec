//! A new password goes to its owner. Who asked for it is shown one half of a code, who confirmed it the other; the owner, who
//! gets both, sets the password. Neither of the two ever holds what opens the account, and its one-time codes stay on.

use base::{Fault, Id, Instant, Problem};
use rand::RngCore;
use sha2::{Digest, Sha256};
use store::{Db, Tx, params};

use crate::accounts::{Login, State};
use crate::actions::record;
use crate::passwords::{Hasher, Password};
use crate::tries::{Doors, Visit};
use crate::{actions, devices, signing_in, store as sql};

/// A code opens for so long: a week, for somebody who is away.
pub const CODE_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Letters of one half, without those mistaken for one another: 59 bits.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
const HALF_CHARS: usize = 12;

store::statements! {
    /// A code begins with its first half; an earlier one is void.
    pub CODE_BEGIN = "INSERT INTO password_code (account_id, first_hash, second_hash, made_at) VALUES ($1, $2, NULL, $3) \
        ON CONFLICT (account_id) DO UPDATE SET first_hash = excluded.first_hash, second_hash = NULL, made_at = excluded.made_at";
    /// The second half.
    pub CODE_FINISH = "UPDATE password_code SET second_hash = $2, made_at = $3 WHERE account_id = $1";
    /// A whole code of an account, young enough.
    pub CODE_GET = "SELECT first_hash, second_hash FROM password_code WHERE account_id = $1 AND second_hash IS NOT NULL AND made_at > $2";
    /// It is used up or void.
    pub CODE_DROP = "DELETE FROM password_code WHERE account_id = $1";
}

/// Twelve letters in groups of four.
fn new_half() -> String {
    let mut letters = Vec::with_capacity(HALF_CHARS);
    while letters.len() < HALF_CHARS {
        let mut byte = [0];
        rand::rng().fill_bytes(&mut byte);
        // 248 = 8 × 31: beyond it some letters would come more often.
        if byte[0] < 248 {
            letters.push(char::from(LETTERS[usize::from(byte[0] % 31)]));
        }
    }
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn hash(account: Id, half: &str) -> Vec<u8> {
    let plain: String = half.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    Sha256::digest(format!("password code {account} {plain}").as_bytes()).to_vec()
}

/// The first half, for who asks.
pub(crate) async fn begin(tx: &Tx, account: Id, now: Instant) -> Result<String, Fault> {
    let half = new_half();
    tx.execute(CODE_BEGIN, params![account, hash(account, &half), now]).await?;
    Ok(half)
}

/// The second half, for who confirms.
pub(crate) async fn finish(tx: &Tx, account: Id, now: Instant) -> Result<String, Fault> {
    let half = new_half();
    if tx.execute(CODE_FINISH, params![account, hash(account, &half), now]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("identity-request-unknown")));
    }
    Ok(half)
}

/// The code is void.
pub(crate) async fn drop_code(tx: &Tx, account: Id) -> Result<(), Fault> {
    tx.execute(CODE_DROP, params![account]).await?;
    Ok(())
}

/// What the owner types.
#[derive(Clone, Debug, Default)]
pub struct NewPassword {
    /// Any spelling of the login.
    pub login: String,
    /// The half from who asked.
    pub first: String,
    /// The half from who confirmed.
    pub second: String,
    /// The new password.
    pub password: String,
}

/// The owner sets a password with both halves; every session and known browser of the account ends. One-time codes stay on.
///
/// # Errors
/// `Fault::TooMany` while the login or address rests; `Fault::Invalid` for a password that breaks a rule, and with one and the
/// same words for a login nobody has, a wrong half and a code that is over.
pub async fn set_password(
    db: &Db,
    hasher: &Hasher,
    typed: NewPassword,
    visit: &Visit,
    now: Instant,
) -> Result<(), Fault> {
    let login = Login::typed(&typed.login);
    let password = Password::parse(&typed.password, &[login.as_str()]).map_err(Fault::invalid)?;
    let (asked, coming) = (login.clone(), visit.clone());
    let (doors, account) = db
        .write(move |tx| {
            Box::pin(async move {
                let row = tx.query_opt(sql::ACCOUNT_BY_LOGIN, params![asked.as_str()]).await?;
                let account = row.map(|row| row.get::<Id>("id")).transpose()?;
                let doors = Doors::before(tx, &format!("set:{}", asked.as_str()), account, &coming, now).await?;
                doors.count(tx, now).await?;
                Ok::<_, Fault>((doors, account))
            })
        })
        .await?;
    let hashed = hasher.hash(password).await?;
    let set = db
        .write(move |tx| {
            Box::pin(async move {
                let account = account.unwrap_or(Id(0));
                let row = tx.query_opt(CODE_GET, params![account, now.plus_ms(-CODE_KEPT_MS)]).await?;
                let right = match row {
                    None => false,
                    Some(row) => {
                        row.get::<Vec<u8>>("first_hash")? == hash(account, &typed.first)
                            && row.get::<Vec<u8>>("second_hash")? == hash(account, &typed.second)
                    }
                };
                if !right || actions::account(tx, account).await?.state != State::Active {
                    doors.stayed_shut(tx, now).await?;
                    return Ok::<_, Fault>(false);
                }
                doors.opened(tx).await?;
                tx.execute(CODE_DROP, params![account]).await?;
                tx.execute(sql::PASSWORD_SET, params![account, hashed.0, now, false]).await?;
                signing_in::sign_out_everywhere(tx, account, None).await?;
                tx.execute(devices::DEVICES_FORGET, params![account, Vec::<u8>::new()]).await?;
                record(tx, account, "password-set", (Some(account), None), serde_json::json!({}), now).await?;
                Ok(true)
            })
        })
        .await?;
    if set { Ok(()) } else { Err(Fault::invalid(Problem::new("identity-handover-wrong").field("first"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_distinct_read_as_typed_and_are_one_accounts() {
        let halves: std::collections::BTreeSet<String> = (0..50).map(|_| new_half()).collect();
        assert_eq!(halves.len(), 50);
        assert!(halves.iter().all(|half| half.len() == 14));
        let half = new_half();
        assert_eq!(hash(Id(7), &half), hash(Id(7), &half.to_uppercase().replace('-', " ")));
        assert_ne!(hash(Id(7), &half), hash(Id(8), &half));
    }
}
