//! Finding dossiers by what people type: a code, a person's number, a telephone, a procedure's code, a day, a status, words.

use super::Scope;
use crate::actions::House;
use crate::dossier::Status;
use crate::finding::{at_unit, day_word, number_word, procedure_word, words_of};
use crate::owner;
use ::store::{Engine, StoreError, Tx, params};
use base::{Date, DossierCode, Id, Lang, PersonNumber, Phone, clean};

/// Words of a query that count.
const WORDS_MAX: usize = 8;

::store::statements! {
    /// Whether anything has those words. PostgreSQL expects one row in two hundred of any question and would read all rows for one that has
    /// none (decision 0028): words that very many have are met among the latest, all others in the index – asked twice they are expected
    /// to be so rare that nothing else is thought of.
    pub ANY_HIT =
        sqlite "SELECT rowid AS id FROM dossier_words WHERE dossier_words MATCH $1 LIMIT 1",
        postgres "SELECT rowid AS id FROM (SELECT rowid, terms FROM dossier_words ORDER BY rowid DESC LIMIT 500) AS latest WHERE terms @@ CAST($1 AS tsquery) UNION ALL SELECT rowid AS id FROM dossier_words WHERE terms @@ CAST($1 AS tsquery) AND terms @@ CAST($1 AS tsquery) LIMIT 1";
    /// The dossier of a whole code.
    pub ID_OF_CODE = "SELECT id FROM dossier WHERE code = $1";
}

/// What one thing typed may stand for in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Word(String),
    /// Any of these, each a list of words that must all be there.
    Any(Vec<Vec<String>>),
}

/// What was typed, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Typed {
    terms: Vec<Term>,
    /// The states asked for by their words.
    statuses: Vec<Status>,
    overdue: bool,
}

/// What a list shows for what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hits {
    /// Nothing was typed: everything.
    All,
    /// Nothing that could be found.
    None,
    /// What holds all of this.
    These(These),
}

/// Conditions of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct These {
    /// The question to the index, the scope in it; empty when only states were asked for.
    pub(super) question: String,
    /// The dossier of a whole code.
    pub(super) only: Option<Id>,
    pub(super) statuses: Vec<Status>,
    pub(super) overdue: bool,
}

/// Words of people for states, beside those the screens show.
const STATUS_WORDS: &[(&str, &[Status])] = &[
    ("dang giai quyet", &[Status::Received, Status::Processing]),
    ("dang xu ly", &[Status::Received, Status::Processing]),
    ("cho bo sung", &[Status::Supplement]),
    ("yeu cau bo sung", &[Status::Supplement]),
    ("cho tiep nhan", &[Status::Filed]),
    ("cho tra ket qua", &[Status::Decided]),
    ("da giai quyet", &[Status::Decided, Status::Returned]),
    ("da tra", &[Status::Returned]),
    ("da rut", &[Status::Withdrawn]),
    ("rut ho so", &[Status::Withdrawn]),
    ("being processed", &[Status::Received, Status::Processing]),
];
const OVERDUE_WORDS: &[&str] = &["qua han", "tre han", "overdue"];

/// Takes a state out of the words: the longest of its names that stands there. A name of one word counts only by itself.
fn take_status(words: &mut Vec<String>, typed: &mut Typed) {
    let shown = Status::ALL
        .into_iter()
        .flat_map(|status| Lang::ALL.iter().map(move |lang| (words_of(&i18n::L(*lang).t(status.key())), vec![status])));
    let people = STATUS_WORDS.iter().map(|(words, statuses)| (words_of(words), statuses.to_vec()));
    let late = OVERDUE_WORDS.iter().map(|words| (words_of(words), Vec::new()));
    let mut names: Vec<(Vec<String>, Vec<Status>)> = people.chain(shown).chain(late).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (name, statuses) in names {
        let at = words.windows(name.len().max(1)).position(|window| window == name);
        let Some(at) = at.filter(|_| name.len() > 1 || words.len() == 1) else { continue };
        words.drain(at..at + name.len());
        typed.overdue = statuses.is_empty();
        typed.statuses = statuses;
        return;
    }
}

/// A day as people write it: `22/11/2026`, `22-11-2026`, `22.11.2026`, `2026-11-22`.
fn day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [one, two, three] = parts[..] else { return None };
    let (year, month, day) = if one.len() == 4 { (one, two, three) } else { (three, two, one) };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// What a run of digits may be: a telephone, a person's number, or just digits that stand in a code.
fn number(run: &str) -> Option<Term> {
    let mut may_be = Vec::new();
    if let Ok(phone) = run.parse::<Phone>() {
        may_be.push(words_of(phone.as_str()));
    }
    if let Ok(number) = run.parse::<PersonNumber>() {
        may_be.push(vec![number_word(number.as_str())]);
    }
    if may_be.is_empty() {
        return None;
    }
    may_be.push(words_of(run));
    Some(Term::Any(may_be))
}

/// Letters and digits of a passport's number, behind its one or two letters.
const PASSPORT_DIGITS: std::ops::RangeInclusive<usize> = 6..=9;
/// Letters and digits of another paper's number.
const PAPER_CHARS: std::ops::RangeInclusive<usize> = 5..=15;

/// A number of another paper than the Vietnamese card, or just these words: a passport in pieces (`C0123 4567`), or one piece of
/// letters and digits. How many pieces it takes.
fn paper(pieces: &[&str]) -> Option<(usize, Term)> {
    let either = |number: String, typed: &[&str]| {
        Term::Any(vec![vec![number_word(&number)], typed.iter().flat_map(|piece| words_of(piece)).collect()])
    };
    let first = pieces.first()?;
    let n = 1 + pieces[1..].iter().take_while(|piece| is_numeric(piece)).count();
    let whole = owner::bare(&pieces[..n].concat());
    let digits = whole.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = whole.len() - digits.len();
    if matches!(letters, 1 | 2) && PASSPORT_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    {
        return Some((n, either(whole, &pieces[..n])));
    }
    let one = owner::bare(first);
    let is_one = one.chars().all(|c| c.is_alphanumeric() || c == '/') && one.contains(|c: char| c.is_ascii_digit());
    // Digits with signs between them are a piece of a code.
    let is_plain = !is_numeric(first) || first.bytes().all(|b| b.is_ascii_digit());
    (is_one && is_plain && PAPER_CHARS.contains(&one.chars().count())).then(|| (1, either(one, &pieces[..1])))
}

fn is_numeric(piece: &str) -> bool {
    piece.chars().any(|c| c.is_ascii_digit()) && piece.chars().all(|c| c.is_ascii_digit() || "+().-–—‑".contains(c))
}

/// Reads what was typed piece by piece; digits that stand apart are tried together first (`0912 345 678`).
fn understand(text: &str, procedures: &dyn Fn(&str) -> Vec<Id>) -> Typed {
    let mut typed = Typed::default();
    let pieces: Vec<&str> = text.split(' ').filter(|piece| !piece.is_empty()).collect();
    let mut words: Vec<String> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let piece = pieces[at];
        let run = pieces[at..].iter().take_while(|piece| is_numeric(piece)).count();
        let together = (1..=run).rev().find_map(|n| Some((n, number(&pieces[at..at + n].join(" "))?)));
        if let Some(day) = day(piece) {
            typed.terms.push(Term::Word(day_word(day)));
        } else if let [first, rest @ ..] = procedures(piece).as_slice() {
            let named = std::iter::once(first).chain(rest).map(|id| vec![procedure_word(*id)]);
            typed.terms.push(Term::Any(named.collect()));
        } else if let Some((n, term)) = together {
            typed.terms.push(term);
            at += n;
            continue;
        } else if let Some((n, term)) = paper(&pieces[at..]) {
            typed.terms.push(term);
            at += n;
            continue;
        } else {
            words.extend(words_of(piece));
        }
        at += 1;
    }
    take_status(&mut words, &mut typed);
    typed.terms.extend(words.into_iter().map(Term::Word));
    typed.terms.truncate(WORDS_MAX);
    typed
}

/// The question to the index: all the terms, at one of the units where the scope has some. The last word may be just a
/// beginning when `open_end`.
fn question(terms: &[Term], units: Option<&[Id]>, open_end: bool, engine: Engine) -> String {
    let (and, or) = if engine == Engine::Sqlite { (" AND ", " OR ") } else { (" & ", " | ") };
    let all = |unit: Option<Id>| {
        let word = |word: &str, open: bool| {
            let word = unit.map_or_else(|| word.to_owned(), |unit| at_unit(unit, word));
            match (engine, open) {
                (Engine::Sqlite, false) => format!("\"{word}\""),
                (Engine::Sqlite, true) => format!("\"{word}\"*"),
                (Engine::Postgres, false) => format!("'{word}'"),
                (Engine::Postgres, true) => format!("'{word}':*"),
            }
        };
        let last = terms.len().saturating_sub(1);
        let term = |(n, term): (usize, &Term)| match term {
            Term::Word(one) => word(one, open_end && n == last),
            Term::Any(lists) => {
                // What is typed last may go on, whatever it is taken for; a hashed number is whole and stays so.
                let open = |list: &[String], at: usize| open_end && n == last && at + 1 == list.len();
                let lists: Vec<String> = lists
                    .iter()
                    .map(|list| {
                        list.iter().enumerate().map(|(at, one)| word(one, open(list, at))).collect::<Vec<_>>().join(and)
                    })
                    .map(|list| format!("({list})"))
                    .collect();
                format!("({})", lists.join(or))
            }
        };
        terms.iter().enumerate().map(term).collect::<Vec<_>>().join(and)
    };
    match units {
        None => all(None),
        Some(units) => units.iter().map(|unit| format!("({})", all(Some(*unit)))).collect::<Vec<_>>().join(or),
    }
}

/// What the list of a scope shows for what was typed.
///
/// A whole code is looked up as such. Words count as they stand; only when nothing in the scope has them all is the last one
/// taken for the beginning of a word, as somebody still typing means it. (Beginnings match so much that finding them for
/// every word would cost a hundred times as much as the answer is worth.)
pub(super) async fn hits(tx: &Tx, house: &House, scope: &Scope, typed: &str) -> Result<Hits, StoreError> {
    let text = clean::soft_line(typed);
    if text.is_empty() {
        return Ok(if typed.trim().is_empty() { Hits::All } else { Hits::None });
    }
    let units = scope.units.as_deref();
    if units.is_some_and(<[Id]>::is_empty) {
        return Ok(Hits::None);
    }
    if let Ok(code) = text.parse::<DossierCode>() {
        let Some(row) = tx.query_opt(ID_OF_CODE, params![code.as_str()]).await? else { return Ok(Hits::None) };
        // Below the province the index says whether it is one of the scope's.
        let terms: Vec<Term> = words_of(code.as_str()).into_iter().map(Term::Word).collect();
        let question = units.map(|_| question(&terms, units, false, tx.engine())).unwrap_or_default();
        return Ok(Hits::These(These { question, only: Some(row.at(0)?), ..These::default() }));
    }
    let Typed { terms, statuses, overdue } = understand(&text, &|code| house.shelf.ids_of_code(code));
    if terms.is_empty() {
        let asks = !statuses.is_empty() || overdue;
        return Ok(if asks { Hits::These(These { statuses, overdue, ..These::default() }) } else { Hits::None });
    }
    for open_end in [false, true] {
        let question = question(&terms, units, open_end, tx.engine());
        if tx.query_opt(ANY_HIT, params![question.as_str()]).await?.is_some() {
            return Ok(Hits::These(These { question, only: None, statuses, overdue }));
        }
    }
    Ok(Hits::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Typed {
        let procedures = |code: &str| if code == "1.001193" { vec![Id(500)] } else { Vec::new() };
        understand(&clean::soft_line(text), &procedures)
    }

    fn words(words: &[&str]) -> Vec<Term> {
        words.iter().map(|word| Term::Word((*word).to_owned())).collect()
    }

    #[test]
    fn typed_words_are_folded_and_signs_are_none() {
        assert_eq!(read("Nguyễn  ĐƯỜNG").terms, words(&["nguyen", "duong"]));
        assert_eq!(read("Ðặng\u{200b} a' | b:*").terms, words(&["dang", "a", "b"]));
        assert_eq!(read("261122-0012 h13").terms.len(), 3);
        for nothing in ["%", "\"*:()", "🙂", "_ %"] {
            assert_eq!(read(nothing), Typed::default(), "{nothing}");
        }
        assert_eq!(read("李").terms, words(&["z674ez"]));
    }

    #[test]
    fn a_telephone_a_number_a_day_and_a_procedure_are_understood_as_people_write_them() {
        let phone = |term: &Term| matches!(term, Term::Any(lists) if lists[0] == ["0912345678"]);
        for text in ["0912 345 678", "+84 912 345 678", "0912.345.678", "(+84) 912–345–678", "\u{202a}0912345678"] {
            let typed = read(text);
            assert!(typed.terms.len() == 1 && phone(&typed.terms[0]), "{text}: {typed:?}");
        }
        let typed = read("Lan 0912 345 678 Bình");
        assert!(typed.terms.iter().any(phone) && typed.terms.len() == 3, "{typed:?}");
        let number = vec![number_word("092190000001")];
        for text in ["092190000001", "092 190 000 001", "092.190.000.001"] {
            assert!(matches!(&read(text).terms[..], [Term::Any(lists)] if lists[0] == number), "{text}");
        }
        for text in ["22/11/2026", "22-11-2026", "22.11.2026", "2026-11-22"] {
            assert_eq!(read(text).terms, words(&["d20261122"]), "{text}");
        }
        assert_eq!(read("1.001193").terms, [Term::Any(vec![vec!["p500".to_owned()]])]);
    }

    #[test]
    fn a_passport_and_another_papers_number_are_understood_beside_names() {
        let number = |text: &str| vec![number_word(text)];
        let is = |term: &Term, text: &str| matches!(term, Term::Any(lists) if lists[0] == number(text));
        for text in ["C01234567", "c01234567", "C 0123 4567", "c0123-4567", "Ｃ０１２３４５６７"] {
            let typed = read(text);
            assert!(typed.terms.len() == 1 && is(&typed.terms[0], "C01234567"), "{text}: {typed:?}");
        }
        let typed = read("Suharto X1234567 Jakarta");
        assert!(typed.terms.len() == 3 && typed.terms.iter().any(|term| is(term, "X1234567")), "{typed:?}");
        assert!(read("12/GP2024").terms.iter().any(|term| is(term, "12/GP2024")));
        // A short name before a telephone is no passport.
        let typed = read("Y 0912 345 678");
        assert!(
            typed.terms.iter().any(|term| matches!(term, Term::Any(lists) if lists[0] == ["0912345678"])),
            "{typed:?}"
        );
    }

    #[test]
    fn the_words_of_a_state_ask_for_the_state() {
        let asked = |text: &str| (read(text).statuses, read(text).overdue, read(text).terms.len());
        assert_eq!(asked("đang xử lý"), (vec![Status::Received, Status::Processing], false, 0));
        assert_eq!(asked("Lan quá hạn"), (Vec::new(), true, 1));
        assert_eq!(asked("chờ bổ sung"), (vec![Status::Supplement], false, 0));
        assert_eq!(asked("Nguyễn Thị Lan"), (Vec::new(), false, 3));
    }

    #[test]
    fn every_word_is_asked_for_at_every_unit_and_only_the_last_may_be_a_beginning() {
        let terms = read("Đặng L* OR").terms;
        assert_eq!(question(&terms, None, false, Engine::Sqlite), r#""dang" AND "l" AND "or""#);
        assert_eq!(question(&terms, None, true, Engine::Postgres), "'dang' & 'l' & 'or':*");
        assert_eq!(
            question(&words(&["dang", "l"]), Some(&[Id(7), Id(12)]), true, Engine::Sqlite),
            r#"("u7xdang" AND "u7xl"*) OR ("u12xdang" AND "u12xl"*)"#
        );
    }
}
