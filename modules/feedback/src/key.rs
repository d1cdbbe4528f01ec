//! What whoever sends a petition is given with its code: the code alone shows the status and nothing else, with the key the sender reads
//! the answer, brings what was asked for, rates and reopens. No account is needed.

use base::Id;
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

/// Letters that are not taken for one another, read out or written by hand.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// About fifty bits; guesses by code are counted at the door.
const LENGTH: usize = 10;

/// A new key, `k3m7p-x9q2r`.
pub fn draw() -> String {
    let mut rng = rand::rng();
    let mut key: String = (0..LENGTH).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    key.insert(LENGTH / 2, '-');
    key
}

/// What is kept of a key; blanks, dashes and capitals do not count.
pub fn hash(petition: Id, key: &str) -> String {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let mut hasher = Sha256::new();
    hasher.update(petition.0.to_be_bytes());
    hasher.update(plain.as_bytes());
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_however_it_is_written_and_belongs_to_one_petition() {
        let key = draw();
        assert_eq!((key.len(), key.find('-')), (LENGTH + 1, Some(LENGTH / 2)));
        assert_ne!(draw(), key);
        let kept = hash(Id(7), &key);
        assert_eq!(hash(Id(7), &format!(" {} ", key.to_uppercase().replace('-', " "))), kept);
        assert_ne!(hash(Id(8), &key), kept);
        assert_ne!(hash(Id(7), ""), kept);
    }
}
