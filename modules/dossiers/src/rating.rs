//! Rating a case with a one-time code: no account, one answer a case, and nobody can tell whose it was.
//!
//! The code stands on the receipt and on the owner's page. What is answered goes into a table of its own without a way back to the
//! dossier; the dossier's chain does not hold it. Ratings of before are events of their dossiers and stay so ([`crate::happening`]).

use crate::apply::rated_fact;
use crate::dossier::{Dossier, Status};
use crate::store::{self as sql, Loaded};
use ::store::{StoreError, Tx, Value, params};
use base::{Date, Fault, Id, Instant, Level, Problem};
use facts::Fact;
use rand::RngCore;
use sha2::{Digest, Sha256};

pub mod remark;

/// Letters of a code, without those mistaken for one another.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Length of a code: 59 bits, tried thirty times a minute at the most.
const CODE_CHARS: usize = 12;
const SECRET_BYTES: usize = 32;

::store::statements! {
    /// What codes are made with.
    pub SECRET = "SELECT secret FROM rating_secret WHERE one = 1";
    /// Drawn once.
    pub SECRET_INSERT = "INSERT INTO rating_secret (one, secret) VALUES (1, $1) ON CONFLICT (one) DO NOTHING";
    /// A dossier gets its code.
    pub NEW_CODE_INSERT = "INSERT INTO rating_code (dossier_id, code_hash, used) VALUES ($1, $2, $3)";
    /// The same where there may be one.
    pub CODE_INSERT = "INSERT INTO rating_code (dossier_id, code_hash, used) VALUES ($1, $2, $3) ON CONFLICT (dossier_id) DO NOTHING";
    /// Whether a dossier's code has been used.
    pub CODE_OF = "SELECT used FROM rating_code WHERE dossier_id = $1";
    /// The dossier of a code.
    pub CODE_FIND = "SELECT dossier_id, used FROM rating_code WHERE code_hash = $1";
    /// It is used: of two answers at once one wins.
    pub CODE_USE = "UPDATE rating_code SET used = $2 WHERE dossier_id = $1 AND used <> $2";
    /// An answer.
    pub ANSWER_INSERT = "INSERT INTO rating_answer (id, day, agency_id, level, field, channel, score) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Codes used and answers given: as many of one as of the other.
    pub USED_AND_GIVEN = "SELECT (SELECT count(*) FROM rating_code WHERE used) AS used, (SELECT count(*) FROM rating_answer) AS given";
    /// Every answer, for the proof of the figures.
    pub ANSWERS = "SELECT id, day, agency_id, level, field, channel, score FROM rating_answer ORDER BY id";
}

/// Where a case stands with its rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not settled yet.
    TooEarly,
    /// It can be rated.
    Open,
    /// It has been.
    Rated,
}

fn drawn() -> [u8; SECRET_BYTES] {
    let mut bytes = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A number that follows no other: the order of answers would lead back to the order of cases.
fn drawn_id() -> Id {
    Id(i64::from_be_bytes(drawn()[..8].try_into().unwrap_or_default()) & i64::MAX)
}

/// What codes are made with.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// The secret of this database, drawn where there is none yet.
///
/// # Errors
/// Those of the database.
pub async fn own_secret(tx: &Tx) -> Result<Secret, StoreError> {
    if secret(tx).await?.is_none() {
        tx.execute(SECRET_INSERT, params![drawn().to_vec()]).await?;
    }
    Ok(Secret(secret(tx).await?.unwrap_or_default()))
}

/// The code of a dossier, in groups of four.
fn made(secret: &[u8], dossier: Id) -> String {
    let mut hasher = Sha256::new();
    hasher.update(secret);
    hasher.update(dossier.0.to_be_bytes());
    // A byte for a letter: 256 is no multiple of 31, which costs a code less than a tenth of a bit.
    let letters: Vec<u8> =
        hasher.finalize().iter().take(CODE_CHARS).map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()]).collect();
    letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join("-")
}

/// What is stored of a code as typed: capitals or not, with whatever stands between.
fn hash(typed: &str) -> Vec<u8> {
    let plain: String =
        typed.chars().filter(char::is_ascii_alphanumeric).take(40).map(|c| c.to_ascii_uppercase()).collect();
    Sha256::digest(format!("rating {plain}").as_bytes()).to_vec()
}

async fn secret(tx: &Tx) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(SECRET, params![]).await?.map(|row| row.get("secret")).transpose()
}

/// Gives a received dossier its code; one that has it keeps it.
///
/// # Errors
/// Those of the database.
pub async fn issue(tx: &Tx, dossier: Id) -> Result<(), Fault> {
    let secret = own_secret(tx).await?;
    tx.execute(CODE_INSERT, params![dossier, hash(&made(&secret.0, dossier)), false]).await?;
    Ok(())
}

/// Whether a case could have a code and has none: it was received before there were any.
///
/// # Errors
/// Those of the database.
pub async fn lacks_code(tx: &Tx, dossier: &Dossier) -> Result<bool, Fault> {
    let could = dossier.received_at.is_some() && dossier.rating.is_none();
    Ok(could && tx.query_opt(CODE_OF, params![dossier.id]).await?.is_none())
}

/// The code to print on the receipt; none where the case has none or it is used up.
///
/// # Errors
/// Those of the database.
pub async fn code_of(tx: &Tx, dossier: Id) -> Result<Option<String>, Fault> {
    let open = match tx.query_opt(CODE_OF, params![dossier]).await? {
        Some(row) => !row.get::<bool>("used")?,
        None => false,
    };
    Ok(if open { secret(tx).await?.map(|secret| made(&secret, dossier)) } else { None })
}

/// Where a case stands with its rating.
///
/// # Errors
/// Those of the database.
pub async fn standing(tx: &Tx, dossier: &Dossier) -> Result<Standing, Fault> {
    let used = match tx.query_opt(CODE_OF, params![dossier.id]).await? {
        Some(row) => row.get::<bool>("used")?,
        None => false,
    };
    Ok(if used || dossier.rating.is_some() {
        Standing::Rated
    } else if matches!(dossier.status, Status::Decided | Status::Returned) && dossier.finished_at.is_some() {
        Standing::Open
    } else {
        Standing::TooEarly
    })
}

/// The case of a code that can be rated now.
///
/// # Errors
/// `Fault::Invalid` on `code` for one nobody has; `Fault::Conflict` when the case is rated or not settled yet.
pub async fn look_up(tx: &Tx, code: &str) -> Result<Loaded, Fault> {
    let unknown = || Fault::invalid(Problem::new("dossier-rating-code-unknown").field("code"));
    let row = tx.query_opt(CODE_FIND, params![hash(code)]).await?.ok_or_else(unknown)?;
    let loaded = sql::by_id(tx, row.get("dossier_id")?).await?.ok_or_else(unknown)?;
    match standing(tx, &loaded.dossier).await? {
        Standing::Open => Ok(loaded),
        Standing::Rated => Err(Fault::Conflict(Problem::new("dossier-rated-already").field("code"))),
        Standing::TooEarly => Err(Fault::Conflict(Problem::new("dossier-rating-too-early").field("code"))),
    }
}

/// Takes the answer of a case, 1 (very dissatisfied) to 5 (very satisfied), once, and what was written with it.
///
/// # Errors
/// `Fault::Invalid` on `score` and `note`; `Fault::Conflict` when the case is rated already.
pub async fn answer(tx: &Tx, dossier: &Dossier, (score, note): (i64, &str), now: Instant) -> Result<(), Fault> {
    if !(1..=5).contains(&score) {
        return Err(Fault::invalid(Problem::new("dossier-rating-one-to-five").field("score")));
    }
    let note = remark::kept(note)?;
    issue(tx, dossier.id).await?;
    if dossier.rating.is_some() || tx.execute(CODE_USE, params![dossier.id, true]).await? == 0 {
        return Err(Fault::Conflict(Problem::new("dossier-rated-already")));
    }
    let given = Given::of(dossier, drawn_id(), now.date(), score);
    tx.execute(ANSWER_INSERT, &given.values()).await?;
    facts::append(tx, &[given.fact()]).await?;
    Ok(remark::keep(tx, dossier.competent, now.date(), &note).await?)
}

/// A case that was rated long ago, for simulation: the rows of its code and its answer, and the fact that counts it.
#[derive(Debug, Clone)]
pub(crate) struct Rated {
    pub(crate) code: [Value; 3],
    pub(crate) answer: [Value; 7],
    pub(crate) fact: Fact,
}

/// The answer of a case that is settled, by its code; `None` for one that is not, or for a score there is not.
pub(crate) fn rated(secret: &Secret, dossier: &Dossier, id: Id, day: Date, score: i64) -> Option<Rated> {
    let given =
        (dossier.finished_at.is_some() && (1..=5).contains(&score)).then(|| Given::of(dossier, id, day, score))?;
    let code = [dossier.id.into(), hash(&made(&secret.0, dossier.id)).into(), true.into()];
    Some(Rated { code, answer: given.values(), fact: given.fact() })
}

/// An answer as it is kept.
struct Given {
    id: Id,
    day: Date,
    agency: Id,
    level: Level,
    field: String,
    channel: i64,
    score: i64,
}

impl Given {
    fn of(dossier: &Dossier, id: Id, day: Date, score: i64) -> Self {
        Self {
            id,
            day,
            agency: dossier.competent,
            level: dossier.level,
            field: dossier.field.clone(),
            channel: dossier.channel.code(),
            score,
        }
    }

    /// In the order of [`ANSWER_INSERT`].
    fn values(&self) -> [Value; 7] {
        [
            self.id.into(),
            self.day.into(),
            self.agency.into(),
            self.level.as_str().into(),
            self.field.as_str().into(),
            self.channel.into(),
            self.score.into(),
        ]
    }

    /// What the indicators count. Its subject is the answer, which opens nothing.
    fn fact(&self) -> Fact {
        Fact {
            field: self.field.clone(),
            channel: self.channel,
            flags: rated_fact::flags(self.score),
            ..Fact::one(&crate::measures::RATED, self.day, (self.agency, self.level), self.id)
        }
    }
}

/// The facts that the answers call for, for the proof of the figures.
///
/// # Errors
/// Those of the database.
pub(crate) async fn expected(tx: &Tx) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    for row in tx.query(ANSWERS, params![]).await? {
        let level: String = row.get("level")?;
        let given = Given {
            id: row.get("id")?,
            day: row.get("day")?,
            agency: row.get("agency_id")?,
            // Written by `answer` alone; another word calls for another figure, and the proof says so.
            level: level.parse().unwrap_or(Level::Province),
            field: row.get("field")?,
            channel: row.get("channel")?,
            score: row.get("score")?,
        };
        facts.push(given.fact());
    }
    Ok(facts)
}

/// How many codes are used and how many answers there are, for the proof: an answer without a code was put there by hand.
///
/// # Errors
/// Those of the database.
pub(crate) async fn used_and_given(tx: &Tx) -> Result<(i64, i64), StoreError> {
    let row = tx.query_one(USED_AND_GIVEN, params![]).await?;
    Ok((row.get("used")?, row.get("given")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_twelve_letters_the_same_each_time_and_of_one_case() {
        let code = made(&[7; 32], Id(12));
        assert_eq!(code.len(), 14);
        assert_eq!(code, made(&[7; 32], Id(12)));
        assert_ne!(code, made(&[7; 32], Id(13)));
        assert_ne!(code, made(&[8; 32], Id(12)));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(hash("ABCD-EFGH-2345"), hash(" abcd efgh 2345 "));
        assert_ne!(hash("ABCD-EFGH-2345"), hash("ABCD-EFGH-2346"));
    }
}
