//! The hash of one link, as a pure function.

use base::{Id, Instant};
use sha2::{Digest, Sha256};

/// SHA-256 of a link.
pub type EventHash = [u8; 32];

/// What the hash of an event covers, besides the hash before it.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    pub subject: Id,
    /// Position in the subject's chain, from 1.
    pub n: i64,
    pub at: Instant,
    pub kind: &'a str,
    pub actor: Option<Id>,
    pub agency: Option<Id>,
    /// The exact text stored, byte for byte.
    pub data: &'a str,
}

/// `SHA-256(previous ‖ subject ‖ n ‖ at ‖ len kind ‖ kind ‖ actor ‖ agency ‖ data)`; lengths make the concatenation unambiguous.
pub fn link_hash(previous: &EventHash, link: Link<'_>) -> EventHash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(link.subject.0.to_be_bytes());
    hasher.update(link.n.to_be_bytes());
    hasher.update(link.at.0.to_be_bytes());
    hasher.update((link.kind.len() as u64).to_be_bytes());
    hasher.update(link.kind.as_bytes());
    hasher.update(link.actor.map_or(0, |id| id.0).to_be_bytes());
    hasher.update(link.agency.map_or(0, |id| id.0).to_be_bytes());
    hasher.update(link.data.as_bytes());
    hasher.finalize().into()
}

/// A chain being followed: where it stands after the last link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chain {
    pub n: i64,
    pub hash: EventHash,
}

impl Chain {
    /// The chain after one more link; `n` is the caller's to keep consecutive.
    pub fn extend(&mut self, link: Link<'_>) {
        self.hash = link_hash(&self.hash, link);
        self.n = link.n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(data: &str) -> Link<'_> {
        Link { subject: Id(7), n: 1, at: Instant(1_000), kind: "received", actor: Some(Id(3)), agency: None, data }
    }

    #[test]
    fn the_same_row_gives_the_same_hash_and_any_change_another() {
        let zero = [0; 32];
        let first = link_hash(&zero, link("{}"));
        assert_eq!(first, link_hash(&zero, link("{}")));
        assert_ne!(first, link_hash(&zero, link("{ }")));
        assert_ne!(first, link_hash(&first, link("{}")));
        assert_ne!(first, link_hash(&zero, Link { at: Instant(1_001), ..link("{}") }));
        assert_ne!(first, link_hash(&zero, Link { actor: None, ..link("{}") }));
        assert_ne!(first, link_hash(&zero, Link { n: 2, ..link("{}") }));
    }

    #[test]
    fn letters_cannot_move_between_kind_and_data() {
        let zero = [0; 32];
        let a = link_hash(&zero, Link { kind: "ab", agency: None, ..link("c") });
        let b = link_hash(&zero, Link { kind: "a", agency: None, ..link("bc") });
        assert_ne!(a, b);
    }
}
