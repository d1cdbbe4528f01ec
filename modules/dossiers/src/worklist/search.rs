//! Finding dossiers by what people type: a code, or words.

use ::store::{Engine, Row, StoreError, Tx, params};
use base::{DossierCode, Id};

/// Hits considered, latest first, before scope and filters are applied.
const HITS_MAX: i64 = 500;
/// Words of a query that count.
const WORDS_MAX: usize = 8;

::store::statements! {
    /// The latest dossiers with those words.
    pub SEARCH =
        sqlite "SELECT rowid AS id FROM dossier_search WHERE dossier_search MATCH $1 ORDER BY rowid DESC LIMIT $2",
        postgres "SELECT rowid AS id FROM dossier_search WHERE terms @@ to_tsquery('simple', $1) ORDER BY rowid DESC LIMIT $2";
    /// The dossier of a whole code.
    pub ID_OF_CODE = "SELECT id FROM dossier WHERE code = $1";
}

/// The words of a query as they were folded into the index.
fn words(typed: &str) -> Vec<String> {
    let folded = base::fold(&typed.replace(['.', '-', '/'], " "));
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(WORDS_MAX).map(str::to_owned).collect()
}

/// The full-text query for all the words; the last one may be just a beginning when `open_end`.
fn terms(words: &[String], open_end: bool, engine: Engine) -> String {
    let last = words.len().saturating_sub(1);
    let term = |(n, word): (usize, &String)| match (engine, open_end && n == last) {
        (Engine::Sqlite, false) => format!("\"{word}\""),
        (Engine::Sqlite, true) => format!("\"{word}\"*"),
        (Engine::Postgres, false) => word.clone(),
        (Engine::Postgres, true) => format!("{word}:*"),
    };
    let terms: Vec<String> = words.iter().enumerate().map(term).collect();
    terms.join(if engine == Engine::Sqlite { " " } else { " & " })
}

/// The code somebody typed, in whatever case.
fn code(typed: &str) -> Option<DossierCode> {
    typed.trim().to_uppercase().parse().ok()
}

fn ids(rows: &[Row]) -> Result<Vec<Id>, StoreError> {
    rows.iter().map(|row| row.at(0)).collect()
}

/// Ids of the latest dossiers that hold all the words, latest first; `None` when nothing searchable was typed.
///
/// A whole code is looked up as such. Words count as they stand; only when nothing has them all is the last one taken
/// for the beginning of a word, as somebody still typing means it. (Beginnings match so much that finding them for
/// every word would cost a hundred times as much as the answer is worth.)
pub(super) async fn hits(tx: &Tx, typed: &str) -> Result<Option<Vec<Id>>, StoreError> {
    if let Some(code) = code(typed) {
        return Ok(Some(ids(&tx.query(ID_OF_CODE, params![code.as_str()]).await?)?));
    }
    let words = words(typed);
    if words.is_empty() {
        return Ok(None);
    }
    for open_end in [false, true] {
        let terms = terms(&words, open_end, tx.engine());
        let rows = tx.query(SEARCH, params![terms, HITS_MAX]).await?;
        if !rows.is_empty() {
            return ids(&rows).map(Some);
        }
    }
    Ok(Some(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_code_in_any_case_is_a_code_and_half_a_code_is_words() {
        assert_eq!(code(" h13.08-261122-0012 ").map(|code| code.to_string()).as_deref(), Some("H13.08-261122-0012"));
        assert_eq!(code("261122-0012"), None);
        assert_eq!(code("Nguyễn Thị Lan"), None);
        assert_eq!(words("H13.08-2611"), ["h13", "08", "2611"]);
    }

    #[test]
    fn typed_words_are_folded_and_signs_are_none() {
        assert_eq!(words("Nguyễn  ĐƯỜNG"), ["nguyen", "duong"]);
        assert_eq!(words("a' | b:*"), ["a", "b"]);
        assert!(words("  ").is_empty() && words("\"*:()").is_empty());
    }

    #[test]
    fn only_the_last_word_may_be_a_beginning_and_only_the_second_time() {
        let words = words("Đặng \"Thị\" L* OR");
        assert_eq!(terms(&words, false, Engine::Sqlite), r#""dang" "thi" "l" "or""#);
        assert_eq!(terms(&words, true, Engine::Sqlite), r#""dang" "thi" "l" "or"*"#);
        assert_eq!(terms(&words, true, Engine::Postgres), "dang & thi & l & or:*");
        assert_eq!(terms(&words, false, Engine::Postgres), "dang & thi & l & or");
    }
}
