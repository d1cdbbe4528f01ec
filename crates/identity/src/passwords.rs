//! Password rules and Argon2id.
//!
//! The rules follow NIST SP 800-63B §3.1.1: length and a list of known passwords, no composition puzzles, no forced
//! renewal. Hashing is Argon2id with the OWASP minimum of 19 MiB, two passes, one lane; every hash carries its own
//! parameters, so raising them later does not shut anybody out.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{Fault, Problem};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// Fewest characters of a password, counted after NFC.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Most characters of a password: enough for a long sentence, and a bound on what one request makes us hash.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// How many hashes are computed at once: each holds 19 MiB and a core for tens of milliseconds.
pub const HASHES_AT_ONCE_MAX: usize = 4;
/// How many may wait for their turn before the answer is "busy".
/// A waiting one holds nothing but its request; an office of 200 that begins at the same minute is served within seconds.
pub const HASHES_WAITING_MAX: usize = 256;

const COMMON: &str = include_str!("../data/common-passwords.txt");

/// A password that keeps the rules, NFC-normalised. Never displayed, never logged.
pub struct Password(String);

impl Password {
    /// Checks a new password. `personal` are the words that belong to the person (login, phone, citizen number): a
    /// password must not contain one of them.
    ///
    /// # Errors
    /// A problem of the field `password`: too short, too long, too common, or made of the person's own data.
    pub fn parse(typed: &str, personal: &[&str]) -> Result<Password, Problem> {
        let text: String = typed.nfc().collect();
        let length = text.chars().count();
        if length < PASSWORD_CHARS_MIN {
            return Err(Problem::new("identity-password-too-short")
                .field("password")
                .arg("min", PASSWORD_CHARS_MIN.to_string()));
        }
        if length > PASSWORD_CHARS_MAX {
            return Err(Problem::new("identity-password-too-long")
                .field("password")
                .arg("max", PASSWORD_CHARS_MAX.to_string()));
        }
        if is_common(&text) {
            return Err(Problem::new("identity-password-too-common").field("password"));
        }
        let plain = squeeze(&text);
        if personal.iter().map(|word| squeeze(word)).any(|word| word.len() >= 4 && plain.contains(&word)) {
            return Err(Problem::new("identity-password-personal").field("password"));
        }
        Ok(Password(text))
    }

    /// The demonstration's, which everybody knows and nobody may choose.
    pub fn of_demonstration() -> Password {
        Password(crate::DEMO_PASSWORD.to_owned())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

fn squeeze(text: &str) -> String {
    base::fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

fn is_common(text: &str) -> bool {
    let plain = squeeze(text);
    let mut letters = plain.chars();
    let first = letters.next();
    if letters.all(|c| Some(c) == first) {
        return true;
    }
    plain == squeeze(crate::DEMO_PASSWORD)
        || COMMON.lines().filter(|line| !line.starts_with('#')).any(|line| squeeze(line) == plain)
}

/// A password hash as stored (PHC text), or nothing: an account without one cannot sign in with a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed(pub(crate) Option<String>);

impl Hashed {
    /// No password at all: the account exists (a simulated citizen, one of another sign-in) and no password opens it.
    pub fn none() -> Hashed {
        Hashed(None)
    }
}

impl std::fmt::Debug for Hashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashed(…)")
    }
}

/// Cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Cost {
    /// What production uses: 19 MiB, two passes (OWASP password storage, first choice for Argon2id with one lane).
    pub const PRODUCTION: Cost = Cost { memory_kib: 19 * 1024, passes: 2 };
    /// For tests only: as little as Argon2 allows. Nothing takes this unless it is handed over explicitly.
    pub const TESTS: Cost = Cost { memory_kib: 8, passes: 1 };
}

/// Hashes and verifies passwords away from the async threads, a bounded number at a time.
#[derive(Clone)]
pub struct Hasher {
    cost: Cost,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// A hash nobody's password opens: an unknown login costs the same time as a known one.
    nobody: Arc<str>,
}

impl Hasher {
    /// A hasher of the given cost.
    ///
    /// # Errors
    /// `Fault::Internal` when the parameters are outside what Argon2 allows.
    pub fn new(cost: Cost) -> Result<Hasher, Fault> {
        let nobody = hash_now(cost, "no password opens this account")?;
        Ok(Hasher {
            cost,
            turns: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX)),
            queue: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX + HASHES_WAITING_MAX)),
            nobody: nobody.into(),
        })
    }

    /// Hashes a password that keeps the rules.
    ///
    /// # Errors
    /// `Fault::Busy` when too many wait for their turn.
    pub async fn hash(&self, password: Password) -> Result<Hashed, Fault> {
        let cost = self.cost;
        self.in_turn(move || hash_now(cost, &password.0)).await?.map(|text| Hashed(Some(text)))
    }

    /// Whether `typed` opens `stored`. `None` (unknown login, account without a password) takes the same time and is
    /// never right.
    ///
    /// # Errors
    /// `Fault::Busy` when too many wait for their turn.
    pub async fn verify(&self, typed: &str, stored: Option<&str>) -> Result<bool, Fault> {
        let typed: String = typed.nfc().take(PASSWORD_CHARS_MAX + 1).collect();
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let right = self.in_turn(move || verify_now(&typed, &stored)).await?;
        Ok(right && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let _place = self.queue.clone().try_acquire_owned().map_err(|_| Fault::Busy)?;
        // The permit travels into the blocking task: a dropped request must not let a further hash start beside it.
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Fault::Busy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(Fault::internal)
    }
}

fn argon2(cost: Cost) -> Result<Argon2<'static>, Fault> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|error| Fault::internal(std::io::Error::other(error.to_string())))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(cost: Cost, password: &str) -> Result<String, Fault> {
    argon2(cost)?
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Fault::internal(std::io::Error::other(error.to_string())))
}

fn verify_now(typed: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(typed.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(typed: &str) -> &'static str {
        Password::parse(typed, &["lan.nguyen", "0912345678", "092090000123"]).expect_err("refused").code
    }

    #[test]
    fn nine_characters_are_too_few_and_ten_are_enough() {
        assert_eq!(refused("gió mùa ạt"[..].trim_end_matches('t')), "identity-password-too-short");
        assert!(Password::parse("gió mùa ạt", &[]).is_ok());
    }

    #[test]
    fn a_decomposed_letter_counts_once_and_opens_the_same_account() {
        let composed = "Đường về quê";
        let decomposed: String = composed.nfd().collect();
        assert_ne!(composed, decomposed);
        let one = Password::parse(composed, &[]).expect("composed");
        let two = Password::parse(&decomposed, &[]).expect("decomposed");
        assert_eq!(one.0, two.0);
        assert_eq!(refused(&"ạ".nfd().collect::<String>().repeat(9)), "identity-password-too-short");
    }

    #[test]
    fn a_password_longer_than_the_bound_is_refused() {
        assert_eq!(refused(&"ab".repeat(101)), "identity-password-too-long");
    }

    #[test]
    fn known_passwords_are_refused_with_marks_spaces_and_capitals() {
        for typed in
            [crate::DEMO_PASSWORD, "MatKhau123", "Mật Khẩu 123", "1234567890", "Việt Nam vô địch", "aaaaaaaaaaaa"]
        {
            assert_eq!(refused(typed), "identity-password-too-common", "{typed}");
        }
    }

    #[test]
    fn a_password_with_the_own_login_or_number_inside_is_refused() {
        for typed in ["lan.nguyen!!", "x0912345678x", "Lan.Nguyễn 2026"] {
            assert_eq!(refused(typed), "identity-password-personal", "{typed}");
        }
    }

    #[tokio::test]
    async fn a_hash_opens_for_its_password_only_and_carries_its_cost() {
        let hasher = Hasher::new(Cost::TESTS).expect("hasher");
        let hashed = hasher.hash(Password::parse("chim bay về tổ", &[]).expect("ok")).await.expect("hash");
        let text = hashed.0.clone().expect("text");
        assert!(text.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{text}");
        assert!(hasher.verify("chim bay về tổ", Some(&text)).await.expect("verify"));
        assert!(!hasher.verify("chim bay về tô", Some(&text)).await.expect("verify"));
        let production = Hasher::new(Cost::PRODUCTION).expect("hasher");
        assert!(production.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(production.verify("chim bay về tổ", Some(&text)).await.expect("older cost still opens"));
    }

    #[tokio::test]
    async fn nobody_signs_in_without_a_stored_hash() {
        let hasher = Hasher::new(Cost::TESTS).expect("hasher");
        assert!(!hasher.verify("no password opens this account", None).await.expect("verify"));
    }

    #[test]
    fn a_hash_never_shows_itself_in_debug_output() {
        assert_eq!(format!("{:?}", Hashed(Some("secret".into()))), "Hashed(…)");
    }
}
