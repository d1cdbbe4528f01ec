//! The words that subjects are found by. Each stands in the index plain, for who may see the whole province, and once for every unit
//! the subject is found at (`u57xtuan`), so that a search below the province reads its own hits and no others (decision 0012). One word
//! more says the kind. The index is derived: written with the subject, renewed when what it is found by changes, and made anew for
//! subjects older than it by [`reword`].

use crate::aside;
use crate::kind::Kind;
use crate::subject::{Held, Subject};
use ::store::{Db, Engine, Rows, StoreError, Tx, params};
use base::Id;
use std::collections::{BTreeMap, BTreeSet};

/// The unit at which everybody finds: what is found there is hidden by the kind's own rule of reading alone.
pub const EVERYBODY: Id = Id(0);
/// Subjects whose words are made anew in one transaction.
const BATCH: i64 = 500;

/// Words of a query that count.
const WORDS_MAX: usize = 8;
/// Letters of a word that count: no word of any language is longer, and the engines take no lexeme of any length.
const WORD_MAX: usize = 60;

::store::statements! {
    /// Words to find a subject by.
    pub INSERT_WORDS = "INSERT INTO subject_words (rowid, words) VALUES ($1, $2)";
    /// Takes them away again.
    pub DELETE_WORDS = "DELETE FROM subject_words WHERE rowid = $1";
    /// How far the index has been made for subjects older than it; 0 when whole.
    pub WORDS_MADE = "SELECT below FROM subject_words_made WHERE one = 1";
    /// Made down to here.
    pub SET_WORDS_MADE = "UPDATE subject_words_made SET below = $1 WHERE one = 1";
    /// Subjects still to be looked at, the latest first.
    pub SUBJECTS_BELOW = "SELECT id, kind FROM subject WHERE id < $1 ORDER BY id DESC LIMIT $2";
    /// Subjects that hold all of them, the latest first, after an id. PostgreSQL expects one in two hundred of any question and would walk
    /// back through all there are until it has a page of hits: `+ 0` leaves it the index of words alone.
    pub FIND = sqlite "SELECT rowid AS id FROM subject_words WHERE subject_words MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
        postgres "SELECT rowid AS id FROM subject_words WHERE terms @@ CAST($1 AS tsquery) AND rowid < $2 ORDER BY rowid + 0 DESC LIMIT $3";
}

/// What a subject is found by, besides its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What it is known by, where that is not the register's own code.
    pub code: String,
    /// Names of words beside its events.
    pub words: &'static [&'static str],
    /// What its state says: a name, a number of a document.
    pub texts: Vec<String>,
    /// Whose readers find it ([`EVERYBODY`]: everybody); readers of the whole province find everything. Nowhere: it is not searched for.
    pub units: Vec<Id>,
}

/// A text as words of the index: folded, of a-z and 0-9 alone, so that both engines cut them alike. A letter of another script
/// stands as its number.
pub fn words_of(text: &str) -> Vec<String> {
    let folded = base::fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            word.chars().fold(String::with_capacity(word.len()), |mut out, c| {
                if c.is_ascii() {
                    out.push(c)
                } else {
                    out.push_str(&format!("z{:x}z", u32::from(c)))
                }
                out
            })
        })
        .collect()
}

/// A word as it stands for one unit.
pub fn at_unit(unit: Id, word: &str) -> String {
    format!("u{}x{word}", unit.0)
}

/// The words of a text as far as they count.
fn counted(text: &str) -> impl Iterator<Item = String> + use<> {
    words_of(text).into_iter().map(|mut word| {
        // Of ASCII alone.
        word.truncate(WORD_MAX);
        word
    })
}

/// The word that says the kind. It begins with a letter that no word has, for `words_of` leaves those of a-z and 0-9 alone: no beginning
/// of a word finds it.
fn kind_word(kind: &str) -> String {
    format!("ø{}", kind.replace('-', ""))
}

/// The word that says the whole of a code; none for what holds no letter or digit.
fn code_word(code: &str) -> Option<String> {
    let words: Vec<String> = counted(code).take(WORDS_MAX).collect();
    (!words.is_empty()).then(|| format!("øc{}", words.join("x")))
}

/// A subject's words as they stand in the index; none where it is not searched for.
fn index_text<S: Subject>(held: &Held<S>, latest: &BTreeMap<String, String>) -> Option<String> {
    let found = held.state.found();
    if found.units.is_empty() {
        return None;
    }
    let beside = found.words.iter().filter_map(|name| latest.get(*name)).map(String::as_str);
    // The code of a kind that has none is its id, which nobody types.
    let code = if S::CODED { held.code.as_str() } else { found.code.as_str() };
    let texts = beside.chain(found.texts.iter().map(String::as_str)).chain([code]);
    let plain: BTreeSet<String> = texts.flat_map(counted).collect();
    let mut text = kind_word(S::KIND);
    for word in code_word(code).iter().chain(&plain) {
        text.push(' ');
        text.push_str(word);
    }
    for unit in found.units.iter().collect::<BTreeSet<_>>() {
        for word in &plain {
            text.push(' ');
            text.push_str(&at_unit(*unit, word));
        }
    }
    Some(text)
}

/// The words of subjects that have just begun, without words beside their first event.
pub(crate) async fn begun<'a, S: Subject>(tx: &Tx, all: impl Iterator<Item = &'a Held<S>>) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for held in all {
        if let Some(text) = index_text(held, &BTreeMap::new()) {
            rows.extend([held.id.into(), text.into()]);
        }
    }
    tx.insert_rows(INSERT_WORDS, &rows).await.map(|_| ())
}

/// Makes the words of some subjects anew, whatever stands there.
pub(crate) async fn anew<S: Subject>(tx: &Tx, ids: &[Id]) -> Result<(), StoreError> {
    for held in crate::some::<S>(tx, ids).await? {
        tx.execute(DELETE_WORDS, params![held.id]).await?;
        if let Some(text) = index_text(&held, &aside::latest(tx, held.id).await?) {
            tx.execute(INSERT_WORDS, params![held.id, text]).await?;
        }
    }
    Ok(())
}

/// Makes the words of subjects older than the index, the latest first, a batch in a transaction, until all are there; gives how many
/// were looked at. Done once after an upgrade; after that it costs one row.
///
/// # Errors
/// The database's; what was made so far stays, and the next call goes on.
pub async fn reword(db: &Db, kinds: &[Kind]) -> Result<u64, StoreError> {
    let kinds: std::sync::Arc<[Kind]> = kinds.into();
    let mut made = 0;
    loop {
        let kinds = kinds.clone();
        // As if alone: what an act writes meanwhile stays, and of two servers that start together one goes on after the other.
        let batch = db.write_repeatable(move |tx| {
            let kinds = kinds.clone();
            Box::pin(async move { one_batch(tx, &kinds).await })
        });
        let batch = batch.await?;
        made += batch;
        if batch == 0 {
            return Ok(made);
        }
    }
}

async fn one_batch(tx: &Tx, kinds: &[Kind]) -> Result<u64, StoreError> {
    tx.lock("records-words").await?;
    let below: Id = tx.query_one(WORDS_MADE, params![]).await?.get("below")?;
    if below == Id(0) {
        return Ok(0);
    }
    let rows = tx.query(SUBJECTS_BELOW, params![below, BATCH]).await?;
    let mut by_kind: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    let mut lowest = Id(0);
    for row in &rows {
        lowest = row.get("id")?;
        by_kind.entry(row.get("kind")?).or_default().push(lowest);
    }
    for (kind, ids) in by_kind {
        if let Some(proof) = kinds.iter().find(|one| one.word == kind).and_then(|kind| kind.proof) {
            (proof.reword)(tx, ids).await?;
        }
    }
    tx.execute(SET_WORDS_MADE, params![lowest]).await?;
    Ok(rows.len() as u64)
}

/// Makes a subject's words anew, where what it is found by has changed: its units, or words of the names it is found by.
pub(crate) async fn renew<S: Subject>(
    tx: &Tx,
    before: Option<&S>,
    after: &Held<S>,
    written: &[aside::Aside],
) -> Result<(), StoreError> {
    let found = after.state.found();
    let same = before.is_some_and(|before| before.found() == found);
    if same && !written.iter().any(|one| found.words.contains(&one.name)) {
        return Ok(());
    }
    if before.is_some() {
        tx.execute(DELETE_WORDS, params![after.id]).await?;
    }
    if found.units.is_empty() {
        return Ok(());
    }
    match index_text(after, &aside::latest(tx, after.id).await?) {
        Some(text) => tx.execute(INSERT_WORDS, params![after.id, text]).await.map(|_| ()),
        None => Ok(()),
    }
}

/// Subjects of a kind that hold all the words typed, the latest first; the last word may be a beginning. `units`: those of the reader,
/// none for who reads the whole province. Whether the reader may read each is for [`crate::open`] or the register to say.
///
/// # Errors
/// The database's.
pub async fn find(
    tx: &Tx,
    kind: &str,
    typed: &str,
    units: Option<&[Id]>,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<Id>, StoreError> {
    let words: Vec<String> = counted(typed).take(WORDS_MAX).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let question = question(kind, &words, units, tx.engine());
    let rows = tx.query(FIND, params![question, after.unwrap_or(Id(i64::MAX)), limit]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Whether texts hold all the words typed, as the index has it: the last one may be a beginning. For what is no subject.
pub fn hold(texts: &[&str], typed: &str) -> bool {
    let there: BTreeSet<String> = texts.iter().flat_map(|text| counted(text)).collect();
    let mut words: Vec<String> = counted(typed).take(WORDS_MAX).collect();
    let Some(last) = words.pop() else { return false };
    let begins = there.range(last.clone()..).next().is_some_and(|word| word.starts_with(&last));
    begins && words.iter().all(|word| there.contains(word))
}

/// Subjects of any kind that are known by that very code, however it is typed, the latest first. Whether the reader may read each is for
/// the register to say.
///
/// # Errors
/// The database's.
pub async fn of_code(tx: &Tx, typed: &str, limit: i64) -> Result<Vec<Id>, StoreError> {
    let Some(word) = code_word(typed) else { return Ok(Vec::new()) };
    let question = if tx.engine() == Engine::Sqlite { format!("\"{word}\"") } else { format!("'{word}'") };
    let rows = tx.query(FIND, params![question, i64::MAX, limit]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

fn question(kind: &str, words: &[String], units: Option<&[Id]>, engine: Engine) -> String {
    let (and, or) = if engine == Engine::Sqlite { (" AND ", " OR ") } else { (" & ", " | ") };
    let last = words.len().saturating_sub(1);
    let all = |unit: Option<Id>| {
        let word = |(n, word): (usize, &String)| {
            let word = unit.map_or_else(|| word.clone(), |unit| at_unit(unit, word));
            match (engine, n == last) {
                (Engine::Sqlite, false) => format!("\"{word}\""),
                (Engine::Sqlite, true) => format!("\"{word}\"*"),
                (Engine::Postgres, false) => format!("'{word}'"),
                (Engine::Postgres, true) => format!("'{word}':*"),
            }
        };
        words.iter().enumerate().map(word).collect::<Vec<_>>().join(and)
    };
    let these = match units {
        None => all(None),
        Some(units) => {
            let units = units.iter().chain([&EVERYBODY]);
            units.map(|unit| format!("({})", all(Some(*unit)))).collect::<Vec<_>>().join(or)
        }
    };
    let kind = kind_word(kind);
    match engine {
        Engine::Sqlite => format!("\"{kind}\"{and}({these})"),
        Engine::Postgres => format!("'{kind}'{and}({these})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_letters_on_both_engines_and_no_script_is_lost() {
        assert_eq!(words_of("Nguyễn Thị ĐÀO, số 1/2"), ["nguyen", "thi", "dao", "so", "1", "2"]);
        assert_eq!(words_of("H13.08-261122-0012"), ["h13", "08", "261122", "0012"]);
        assert_eq!(words_of("Ødegård 李"), ["zf8zdegard", "z674ez"]);
        assert!(words_of("% _ 🙂 …").is_empty());
    }

    #[test]
    fn texts_hold_what_the_index_would_find() {
        let texts = ["Tỷ lệ hồ sơ đúng hạn", "NQ 76"];
        for typed in ["ho so", "Hồ SƠ dung ha", "76", "han nq 7"] {
            assert!(hold(&texts, typed), "{typed}");
        }
        for typed in ["", "!", "ho so tre", "o"] {
            assert!(!hold(&texts, typed), "{typed}");
        }
    }

    #[test]
    fn every_word_is_asked_for_at_every_unit_and_the_last_may_be_a_beginning() {
        let words = words_of("Đặng L* OR");
        let all = question("lamp", &words, None, Engine::Postgres);
        assert_eq!(all, "'ølamp' & ('dang' & 'l' & 'or':*)");
        let two = words_of("đặng l");
        let wanted = r#""øpublicpost" AND (("u7xdang" AND "u7xl"*) OR ("u0xdang" AND "u0xl"*))"#;
        assert_eq!(question("public-post", &two, Some(&[Id(7)]), Engine::Sqlite), wanted);
    }
}
