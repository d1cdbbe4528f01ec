//! A few words with a rating. They are kept apart from the answer, without the numbers by which somebody could be known, and shown to
//! inspectors only, as a list of many people's words about an agency.

use super::drawn_id;
use ::store::{StoreError, Tx, Value, params};
use base::{Date, Fault, Id, Problem};

/// Longest remark, in characters.
pub const REMARK_CHARS_MAX: usize = 500;
/// Words about an agency are shown once so many people have answered: with fewer, the few who were there could be told apart.
pub const ANSWERS_MIN: i64 = 5;
/// Digits from which on a number may be somebody's: a telephone's, a dossier's, a card's.
const DIGITS_MIN: usize = 6;
/// What stands in the place of a number.
const LEFT_OUT: &str = "[…]";

::store::statements! {
    /// What somebody wrote.
    pub REMARK_INSERT = "INSERT INTO rating_remark (id, month, agency_id, remark) VALUES ($1, $2, $3, $4)";
    /// Words about some agencies ($1, one JSON list) that enough people ($2) have rated, the latest months first; within a month in an
    /// order that says nothing.
    pub REMARKS = sqlite "SELECT r.month, r.agency_id, r.remark FROM rating_remark r WHERE r.agency_id IN (SELECT value FROM json_each($1)) AND (SELECT count(*) FROM rating_answer a WHERE a.agency_id = r.agency_id) >= $2 ORDER BY r.month DESC, r.id LIMIT $3 OFFSET $4",
        postgres "SELECT r.month, r.agency_id, r.remark FROM rating_remark r WHERE r.agency_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND (SELECT count(*) FROM rating_answer a WHERE a.agency_id = r.agency_id) >= $2 ORDER BY r.month DESC, r.id LIMIT $3 OFFSET $4";
    /// How many those are.
    pub REMARKS_COUNT = sqlite "SELECT count(*) AS n FROM rating_remark r WHERE r.agency_id IN (SELECT value FROM json_each($1)) AND (SELECT count(*) FROM rating_answer a WHERE a.agency_id = r.agency_id) >= $2",
        postgres "SELECT count(*) AS n FROM rating_remark r WHERE r.agency_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND (SELECT count(*) FROM rating_answer a WHERE a.agency_id = r.agency_id) >= $2";
}

/// Words about an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The first day of the month they were written in.
    pub month: Date,
    pub agency: Id,
    pub words: String,
}

/// A remark as it is kept: one line, without addresses of mail and without numbers that may be somebody's.
///
/// # Errors
/// On `note`, for one that is too long.
pub fn kept(typed: &str) -> Result<String, Fault> {
    let line = base::clean::soft_line(typed);
    if line.chars().count() > REMARK_CHARS_MAX {
        let problem = Problem::too_long(REMARK_CHARS_MAX).field("note");
        return Err(Fault::invalid(problem));
    }
    let words: Vec<&str> = line.split(' ').map(|word| if word.contains('@') { LEFT_OUT } else { word }).collect();
    Ok(without_numbers(&words.join(" ")))
}

/// Digits that stand together, with the blanks, dots and dashes people put between them.
fn without_numbers(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(&letter) = letters.get(at) {
        if !letter.is_ascii_digit() {
            out.push(letter);
            at += 1;
            continue;
        }
        let between = |c: char| matches!(c, ' ' | '.' | '-' | '–');
        let mut end = at + 1;
        while letters.get(end).is_some_and(|c| c.is_ascii_digit())
            || (letters.get(end).is_some_and(|c| between(*c)) && letters.get(end + 1).is_some_and(char::is_ascii_digit))
        {
            end += 1;
        }
        let run = &letters[at..end];
        if run.iter().filter(|c| c.is_ascii_digit()).count() < DIGITS_MIN {
            out.extend(run);
        } else {
            out.push_str(LEFT_OUT);
        }
        at = end;
    }
    out
}

/// Keeps what somebody wrote about an agency on a day; nothing where nothing was written.
pub(super) async fn keep(tx: &Tx, agency: Id, day: Date, words: &str) -> Result<(), StoreError> {
    if !words.is_empty() {
        tx.execute(REMARK_INSERT, params![drawn_id(), day.first_of_month(), agency, words]).await?;
    }
    Ok(())
}

/// A page of what was written about `agencies`, and how many there are in all.
///
/// # Errors
/// Those of the database.
pub async fn about(tx: &Tx, agencies: &[Id], limit: i64, offset: i64) -> Result<(Vec<Remark>, i64), StoreError> {
    let list = Value::ids(agencies);
    let total = tx.query_one(REMARKS_COUNT, &[list.clone(), Value::Int(ANSWERS_MIN)]).await?.get("n")?;
    let asked = [list, Value::Int(ANSWERS_MIN), Value::Int(limit), Value::Int(offset)];
    let rows = tx.query(REMARKS, &asked).await?;
    let read = |row: &::store::Row| {
        Ok(Remark { month: row.get("month")?, agency: row.get("agency_id")?, words: row.get("remark")? })
    };
    Ok((rows.iter().map(read).collect::<Result<_, StoreError>>()?, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_name_somebody_is_left_out_and_the_rest_stays() {
        for (typed, wanted) in [
            ("Chờ 2 lần, tổng cộng 45 phút", "Chờ 2 lần, tổng cộng 45 phút"),
            ("Gọi tôi: 0912 345 678 nhé", "Gọi tôi: […] nhé"),
            ("CCCD 092.190.000.025", "CCCD […]"),
            ("hồ sơ H13.31-261129-0001", "hồ sơ H[…]"),
            ("lan@example.vn viết", "[…] viết"),
            ("  hai\ndòng\u{200b} ", "hai dòng"),
            ("ngày 20/11 lúc 8 giờ 30", "ngày 20/11 lúc 8 giờ 30"),
        ] {
            assert_eq!(kept(typed).unwrap(), wanted);
        }
        assert!(matches!(kept(&"ă".repeat(REMARK_CHARS_MAX + 1)), Err(Fault::Invalid(_))));
    }
}
