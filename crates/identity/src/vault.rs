//! Secrets of one-time codes at rest: sealed with a key that is not in the database.
//!
//! Who gets hold of the database alone – a stolen backup, a copy for a test – cannot make anybody's codes. The key is a
//! file of its own, 0600, made at the first start. Lost, it takes the one-time codes with it: recovery codes still open
//! the accounts, and an administrator takes the codes off so that they can be switched on anew.

use base::{Fault, Id, Problem};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::RngCore;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use store::{Db, params};

use crate::store as sql;

/// Name of the key file within the data folder.
pub const KEY_FILE: &str = "motcua.key";
/// First byte of what is stored: XChaCha20-Poly1305, then 24 bytes of nonce, then the sealed secret with its tag.
const FORM: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Seals and opens the secrets of one-time codes. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    cipher: Option<Arc<XChaCha20Poly1305>>,
}

/// The secret cannot be opened: the key is missing or another one, or the row was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl From<Closed> for Fault {
    fn from(_: Closed) -> Fault {
        Fault::Conflict(Problem::new("identity-key-missing"))
    }
}

impl Vault {
    /// Without a key: seals and opens nothing.
    pub fn closed() -> Vault {
        Vault { cipher: None }
    }

    /// With a key in memory.
    pub fn of(key: [u8; KEY_BYTES]) -> Vault {
        Vault { cipher: Some(Arc::new(XChaCha20Poly1305::new(&key.into()))) }
    }

    /// Opens the key file of a database, or makes it when there is none and nothing is sealed yet. When the key is missing
    /// or does not fit what is sealed, it says so in the log and goes on: everything but one-time codes works.
    ///
    /// # Errors
    /// `Fault::Internal` for a file that is not a key, or that cannot be read or made.
    pub async fn open(db: &Db, path: &Path) -> Result<Vault, Fault> {
        let sealed = db
            .read(|tx| {
                Box::pin(async move {
                    let row = tx.query_opt(sql::ANY_SEALED, params![]).await?;
                    row.map(|row| Ok::<_, Fault>((row.get::<Id>("id")?, row.get::<Vec<u8>>("totp_secret")?)))
                        .transpose()
                })
            })
            .await?;
        let vault = match (std::fs::read_to_string(path), &sealed) {
            (Ok(text), _) => Vault::of(read_key(&text).ok_or_else(|| not_a_key(path))?),
            (Err(error), None) if error.kind() == std::io::ErrorKind::NotFound => make_key(path)?,
            (Err(error), Some(_)) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::error!(path = %path.display(), "the key of one-time codes is missing: put it back from the backup");
                Vault::closed()
            }
            (Err(error), _) => return Err(Fault::internal(format!("{}: {error}", path.display()))),
        };
        if vault.cipher.is_some()
            && let Some((account, secret)) = sealed
            && vault.unseal(account, &secret).is_err()
        {
            tracing::error!(path = %path.display(), "this key does not open what is in the database: it is another one's");
        }
        Ok(vault)
    }

    /// Seals an account's secret; it opens for that account only.
    ///
    /// # Errors
    /// [`Closed`] without a key.
    pub fn seal(&self, account: Id, secret: &[u8]) -> Result<Vec<u8>, Closed> {
        self.seal_as("one-time code", account, secret)
    }

    /// Seals something else of a row; it opens for that use and that row only.
    ///
    /// # Errors
    /// [`Closed`] without a key.
    pub fn seal_as(&self, what: &str, row: Id, secret: &[u8]) -> Result<Vec<u8>, Closed> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret, aad: &bound_to(what, row) };
        let cipher = self.cipher.as_ref().ok_or(Closed)?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Closed)?;
        Ok([&[FORM], &nonce[..], &sealed].concat())
    }

    /// Opens what [`Vault::seal`] made for the same account.
    ///
    /// # Errors
    /// [`Closed`].
    pub fn unseal(&self, account: Id, stored: &[u8]) -> Result<Vec<u8>, Closed> {
        self.unseal_as("one-time code", account, stored)
    }

    /// Opens what [`Vault::seal_as`] made for the same use and row.
    ///
    /// # Errors
    /// [`Closed`].
    pub fn unseal_as(&self, what: &str, row: Id, stored: &[u8]) -> Result<Vec<u8>, Closed> {
        let (form, rest) = stored.split_first().ok_or(Closed)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Closed)?;
        let cipher = self.cipher.as_ref().filter(|_| *form == FORM).ok_or(Closed)?;
        let payload = Payload { msg: sealed, aad: &bound_to(what, row) };
        cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Closed)
    }
}

/// What is authenticated besides the secret: a row copied to another account, or to another use, does not open there.
fn bound_to(what: &str, row: Id) -> Vec<u8> {
    [b"motcua ".as_slice(), what.as_bytes(), b" ", &row.0.to_be_bytes()].concat()
}

/// 64 hexadecimal digits.
fn read_key(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits = text.trim().as_bytes();
    if digits.len() != 2 * KEY_BYTES {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(key)
}

fn not_a_key(path: &Path) -> Fault {
    Fault::internal(format!("{}: a key file holds 64 hexadecimal digits and nothing else", path.display()))
}

/// Makes the file for its owner only, durable before anything is sealed with it, and never over another.
fn make_key(path: &Path) -> Result<Vault, Fault> {
    let mut key = [0; KEY_BYTES];
    rand::rng().fill_bytes(&mut key);
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let write = || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_all()?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok::<_, std::io::Error>(())
    };
    match write() {
        Ok(()) => {
            tracing::info!(path = %path.display(), "made the key of one-time codes: back it up apart from the database");
            Ok(Vault::of(key))
        }
        // Another process of ours was quicker.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(path).map_err(Fault::internal)?;
            read_key(&text).map(Vault::of).ok_or_else(|| not_a_key(path))
        }
        Err(error) => Err(Fault::internal(format!("{}: {error}", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn a_sealed_secret_opens_with_its_key_for_its_account_and_no_other() {
        let vault = Vault::of([7; KEY_BYTES]);
        let sealed = vault.seal(Id(1), SECRET).unwrap();
        assert!(!sealed.windows(SECRET.len()).any(|window| window == SECRET));
        assert_eq!(vault.unseal(Id(1), &sealed).unwrap(), SECRET);
        assert_eq!(vault.unseal(Id(2), &sealed), Err(Closed));
        assert_eq!(Vault::of([8; KEY_BYTES]).unseal(Id(1), &sealed), Err(Closed));
        assert_eq!(Vault::closed().unseal(Id(1), &sealed), Err(Closed));
        assert_eq!(Vault::closed().seal(Id(1), SECRET), Err(Closed));
        assert_eq!(vault.unseal_as("contact", Id(1), &sealed), Err(Closed));
        // Never the same twice.
        assert_ne!(vault.seal(Id(1), SECRET).unwrap(), sealed);
    }

    #[test]
    fn whatever_is_changed_or_cut_off_does_not_open() {
        let vault = Vault::of([7; KEY_BYTES]);
        let sealed = vault.seal(Id(1), SECRET).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(vault.unseal(Id(1), &changed), Err(Closed), "{at}");
            assert_eq!(vault.unseal(Id(1), &sealed[..at]), Err(Closed), "{at}");
        }
        // A secret in the clear, as older databases had it, is no sealed one.
        assert_eq!(vault.unseal(Id(1), SECRET), Err(Closed));
    }

    #[test]
    fn a_key_is_sixty_four_hexadecimal_digits() {
        assert_eq!(read_key(&format!("{}\n", "0a".repeat(32))), Some([10; KEY_BYTES]));
        for text in ["", "0a", &"0g".repeat(32), &"0a".repeat(33), &"+1".repeat(32), &"é".repeat(32)] {
            assert_eq!(read_key(text), None, "{text}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_key_is_made_once_for_its_owner_alone_and_not_again_over_sealed_secrets() {
        for db in store::testing::databases().await {
            db.migrate(&[audit::MIGRATIONS, crate::MIGRATIONS]).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(KEY_FILE);
            let sealed = Vault::open(&db, &path).await.unwrap().seal(Id(1), SECRET).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            }
            assert_eq!(Vault::open(&db, &path).await.unwrap().unseal(Id(1), &sealed).unwrap(), SECRET);
            std::fs::write(&path, "not a key").unwrap();
            assert!(matches!(Vault::open(&db, &path).await, Err(Fault::Internal(_))));
            // With something sealed, a lost key is not replaced quietly.
            std::fs::remove_file(&path).unwrap();
            db.write(move |tx| {
                Box::pin(async move {
                    let login = crate::Login::new("nguyen.ky").map_err(Fault::invalid)?;
                    let new = crate::NewAccount::official(login, "Ký", crate::Hashed::none());
                    let account = crate::create_account(tx, new, base::Instant(0)).await?;
                    tx.execute(sql::TOTP_BEGIN, params![account, sealed]).await?;
                    Ok::<_, Fault>(())
                })
            })
            .await
            .unwrap();
            let vault = Vault::open(&db, &path).await.unwrap();
            assert_eq!(vault.seal(Id(1), SECRET), Err(Closed));
            assert!(!path.exists());
        }
    }
}
