//! What notices can be about, and which words and addresses belong to it. A module hands over its own.

use web::App;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody with an account, about a subject of their own.
    Own,
    /// Somebody without one, who has the code.
    Anybody,
    /// An official.
    Office,
}

/// One topic.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// `dossier`; part of the records, so it never changes.
    pub word: &'static str,
    /// Fluent key of what a subject is called, with `{ $code }`.
    pub about: &'static str,
    /// Prefix of the Fluent keys of what happened, completed by the kind.
    pub event: &'static str,
    /// Prefix of the Fluent keys of what comes next.
    pub next: &'static str,
    /// Where a subject is opened.
    pub href: fn(Reader, &str) -> String,
    /// Which reader the box's owner is.
    pub reader: Reader,
}

/// All topics of the program; put among the application's extensions where it is put together.
pub struct Topics(pub Vec<Topic>);

/// The topic of a word.
pub fn topic(app: &App, word: &str) -> Option<Topic> {
    app.get::<Topics>()?.0.iter().find(|topic| topic.word == word).copied()
}

/// A code sent to an address that somebody says is theirs.
pub(crate) const CONTACT: &str = "contact";
/// A reminder of what falls due.
pub const REMINDER: &str = "reminder";
/// The weekly digest.
pub const DIGEST: &str = "digest";
