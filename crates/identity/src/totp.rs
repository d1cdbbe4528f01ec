//! One-time codes (RFC 6238: SHA-1, six digits, thirty seconds) and recovery codes.

use base::{Fault, Instant};
use rand::RngCore;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Name shown by the authenticator app.
pub const ISSUER: &str = "Một Cửa";
/// Length of a secret: 160 bits, the length RFC 4226 §4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Recovery codes handed out at enrolment; each opens the account once.
pub const RECOVERY_CODES: usize = 10;
/// Clock skew accepted, in steps of 30 s, before and after.
const SKEW_STEPS: u16 = 1;

/// A new random secret.
pub fn new_secret() -> [u8; SECRET_BYTES] {
    let mut secret = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}

fn totp(secret: &[u8], login: &str) -> Result<Totp, Fault> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(SKEW_STEPS)
        .with_secret(Secret::from(secret.to_vec()))
        .with_issuer(Some(ISSUER))
        .with_account_name(login.replace(':', ""))
        .build()
        .map_err(|error| Fault::internal(std::io::Error::other(error.to_string())))
}

/// What an authenticator app is given: the QR code as SVG and the secret in letters, for typing in.
pub struct Enrolment {
    /// `<svg …>` with the `otpauth://` address.
    pub qr_svg: String,
    /// Base 32, in groups of four.
    pub secret_text: String,
}

/// Renders the enrolment of a secret.
///
/// # Errors
/// `Fault::Internal` only: the secret or the login cannot be written into an address.
pub fn enrolment(secret: &[u8], login: &str) -> Result<Enrolment, Fault> {
    let totp = totp(secret, login)?;
    let url = totp.to_url().map_err(|error| Fault::internal(std::io::Error::other(error.to_string())))?;
    let code = qrcode::QrCode::new(url.as_bytes()).map_err(Fault::internal)?;
    let qr_svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
    let qr_svg = qr_svg.split_once("?>").map_or(qr_svg.clone(), |(_, svg)| svg.to_owned());
    let letters: Vec<char> = Secret::from(secret.to_vec()).to_base32().chars().collect();
    let secret_text = letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Ok(Enrolment { qr_svg, secret_text })
}

/// The step a code is right for at `now`, when it is right and newer than the last one used: a code seen over a
/// shoulder does not open the account a second time (RFC 6238 §5.2).
pub fn accepted_step(secret: &[u8], typed: &str, now: Instant, last_step: Option<i64>) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.0 / 1000).ok()?;
    let step = i64::try_from(totp(secret, "x").ok()?.check(&digits, seconds)?).ok()?;
    last_step.is_none_or(|last| step > last).then_some(step)
}

/// The code of a secret at an instant: what the person's app shows. For tests and the demo's own prompt.
pub fn code_at(secret: &[u8], now: Instant) -> Option<String> {
    let seconds = u64::try_from(now.0 / 1000).ok()?;
    totp(secret, "x").ok().map(|totp| totp.generate(seconds).to_string())
}

/// New recovery codes such as `7KQ2M-XW9FD`: 50 random bits each, letters and digits that are not mistaken for
/// one another.
pub fn new_recovery_codes() -> Vec<String> {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    (0..RECOVERY_CODES)
        .map(|_| {
            let mut random = [0; 10];
            rand::rng().fill_bytes(&mut random);
            let mut code: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
            code.insert(5, '-');
            code
        })
        .collect()
}

/// What is stored of a recovery code: SHA-256 over account and code. The codes are random, so no slow hash is needed.
pub fn recovery_hash(account: base::Id, typed: &str) -> Vec<u8> {
    let code: String = typed.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::new().chain_update(account.0.to_be_bytes()).chain_update(code).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Id;

    /// RFC 6238 appendix B: the ASCII secret, and its last six digits at the given second.
    const RFC_SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Instant {
        Instant(second * 1000)
    }

    #[test]
    fn codes_agree_with_the_vectors_of_rfc_6238() {
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(code_at(RFC_SECRET, at(second)).as_deref(), Some(code));
            assert_eq!(accepted_step(RFC_SECRET, code, at(second), None), Some(second / 30));
        }
    }

    #[test]
    fn one_step_of_clock_skew_is_accepted_and_two_are_not() {
        let code = code_at(RFC_SECRET, at(3_000)).expect("code");
        assert_eq!(accepted_step(RFC_SECRET, &code, at(3_030), None), Some(100));
        assert_eq!(accepted_step(RFC_SECRET, &code, at(2_970), None), Some(100));
        assert_eq!(accepted_step(RFC_SECRET, &code, at(3_060), None), None);
        assert_eq!(accepted_step(RFC_SECRET, &code, at(2_940), None), None);
    }

    #[test]
    fn a_used_code_and_an_older_one_are_refused() {
        let code = code_at(RFC_SECRET, at(3_000)).expect("code");
        assert_eq!(accepted_step(RFC_SECRET, &code, at(3_001), Some(100)), None);
        assert_eq!(accepted_step(RFC_SECRET, &code, at(3_031), Some(101)), None);
        assert_eq!(accepted_step(RFC_SECRET, &code, at(3_001), Some(99)), Some(100));
    }

    #[test]
    fn what_is_not_six_digits_is_refused() {
        for typed in ["", "28708", "2870822", "+87082", "abcdef", "٢٨٧٠٨٢"] {
            assert_eq!(accepted_step(RFC_SECRET, typed, at(59), None), None, "{typed}");
        }
        assert_eq!(accepted_step(RFC_SECRET, "287 082", at(59), None), Some(1));
    }

    #[test]
    fn an_enrolment_is_a_picture_and_a_secret_to_type() {
        let enrolment = enrolment(&new_secret(), "lan.nguyen").expect("enrolment");
        assert!(enrolment.qr_svg.trim_start().starts_with("<svg"));
        assert_eq!(enrolment.secret_text.split(' ').count(), 8);
    }

    #[test]
    fn recovery_codes_are_ten_distinct_words_and_hashed_per_account() {
        let codes = new_recovery_codes();
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == 11));
        let code = &codes[0];
        assert_eq!(recovery_hash(Id(7), code), recovery_hash(Id(7), &code.to_lowercase().replace('-', " ")));
        assert_ne!(recovery_hash(Id(7), code), recovery_hash(Id(8), code));
    }
}
