//! The words that subjects are found by. Each stands in the index plain, for who may see the whole province, and once for every unit
//! the subject is found at (`u57xtuan`), so that a search below the province reads its own hits and no others (decision 0012).

use crate::aside;
use crate::subject::{Held, Subject};
use ::store::{Engine, StoreError, Tx, params};
use base::Id;
use std::collections::BTreeSet;

/// Words of a query that count.
const WORDS_MAX: usize = 8;
/// Letters of a word that count: no word of any language is longer, and the engines take no lexeme of any length.
const WORD_MAX: usize = 60;

::store::statements! {
    /// Words to find a subject by.
    pub INSERT_WORDS = "INSERT INTO subject_words (rowid, words) VALUES ($1, $2)";
    /// Takes them away again.
    pub DELETE_WORDS = "DELETE FROM subject_words WHERE rowid = $1";
    /// Subjects that hold all of them, the latest first, after an id.
    pub FIND = sqlite "SELECT rowid AS id FROM subject_words WHERE subject_words MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
        postgres "SELECT rowid AS id FROM subject_words WHERE terms @@ CAST($1 AS tsquery) AND rowid < $2 ORDER BY rowid DESC LIMIT $3";
}

/// What a subject is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Names of words beside its events, besides its code.
    pub words: &'static [&'static str],
    /// Whose readers find it; readers of the whole province find everything.
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

/// Makes a subject's words anew, where what it is found by has changed: its units, or words of the names it is found by.
pub(crate) async fn renew<S: Subject>(
    tx: &Tx,
    before: Option<&S>,
    after: &Held<S>,
    written: &[aside::Aside],
) -> Result<(), StoreError> {
    let found = after.state.found();
    let same_units = before.is_some_and(|before| before.found() == found);
    if found.words.is_empty() || (same_units && !written.iter().any(|one| found.words.contains(&one.name))) {
        return Ok(());
    }
    let latest = aside::latest(tx, after.id).await?;
    let texts = found.words.iter().filter_map(|name| latest.get(*name)).map(String::as_str);
    let plain: BTreeSet<String> = texts.chain([after.code.as_str()]).flat_map(counted).collect();
    let mut text = plain.iter().cloned().collect::<Vec<_>>().join(" ");
    for unit in found.units.iter().collect::<BTreeSet<_>>() {
        for word in &plain {
            text.push(' ');
            text.push_str(&at_unit(*unit, word));
        }
    }
    if before.is_some() {
        tx.execute(DELETE_WORDS, params![after.id]).await?;
    }
    tx.execute(INSERT_WORDS, params![after.id, text]).await.map(|_| ())
}

/// Subjects of any kind that hold all the words typed, the latest first; the last word may be a beginning. `units`: those of the reader,
/// none for who reads the whole province. Whether the reader may read each is for [`crate::open`] or the register to say.
///
/// # Errors
/// The database's.
pub async fn find(
    tx: &Tx,
    typed: &str,
    units: Option<&[Id]>,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<Id>, StoreError> {
    let words: Vec<String> = counted(typed).take(WORDS_MAX).collect();
    if words.is_empty() || units.is_some_and(<[Id]>::is_empty) {
        return Ok(Vec::new());
    }
    let question = question(&words, units, tx.engine());
    let rows = tx.query(FIND, params![question, after.unwrap_or(Id(i64::MAX)), limit]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

fn question(words: &[String], units: Option<&[Id]>, engine: Engine) -> String {
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
    match units {
        None => all(None),
        Some(units) => units.iter().map(|unit| format!("({})", all(Some(*unit)))).collect::<Vec<_>>().join(or),
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
    fn every_word_is_asked_for_at_every_unit_and_the_last_may_be_a_beginning() {
        let words = words_of("Đặng L* OR");
        assert_eq!(question(&words, None, Engine::Postgres), "'dang' & 'l' & 'or':*");
        let two = words_of("đặng l");
        let wanted = r#"("u7xdang" AND "u7xl"*) OR ("u12xdang" AND "u12xl"*)"#;
        assert_eq!(question(&two, Some(&[Id(7), Id(12)]), Engine::Sqlite), wanted);
    }
}
