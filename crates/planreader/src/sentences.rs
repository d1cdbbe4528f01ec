//! Sentences and clauses of a block.

use crate::view::View;

/// A clause, and the sentence around it, as ranges of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) sentence: usize,
    pub(crate) sentence_end: usize,
}

/// Cuts a range at full stops (sentences) and semicolons outside brackets (clauses).
pub(crate) fn clauses(view: &View, start: usize, end: usize) -> Vec<Clause> {
    let flat = view.flat(start, end).as_bytes();
    let mut out: Vec<Clause> = Vec::new();
    let (mut sentence, mut clause, mut depth) = (0usize, 0usize, 0u32);
    let mut first_of_sentence = 0usize;
    for at in 0..flat.len() {
        match flat[at] {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => {
                out.push(Clause {
                    start: start + clause,
                    end: start + at,
                    sentence: start + sentence,
                    sentence_end: 0,
                });
                clause = at + 1;
            }
            b'.' | b'!' | b'?' if ends_sentence(view, start, flat, at) => {
                out.push(Clause {
                    start: start + clause,
                    end: start + at,
                    sentence: start + sentence,
                    sentence_end: 0,
                });
                for piece in &mut out[first_of_sentence..] {
                    piece.sentence_end = start + at;
                }
                first_of_sentence = out.len();
                clause = at + 1;
                sentence = at + 1;
                depth = 0;
            }
            _ => {}
        }
    }
    out.push(Clause { start: start + clause, end: start + flat.len(), sentence: start + sentence, sentence_end: 0 });
    for piece in &mut out[first_of_sentence..] {
        piece.sentence_end = start + flat.len();
    }
    out
}

/// A full stop before a capital, a digit or the end; not after a short abbreviation in capitals (`TP.`).
fn ends_sentence(view: &View, start: usize, flat: &[u8], at: usize) -> bool {
    let Some(next) = flat.get(at + 1) else { return true };
    if *next != b' ' {
        return *next == b'/' || *next == b'"';
    }
    let opens = (at + 1..flat.len()).find(|i| flat[*i] != b' ').is_none_or(|i| {
        flat[i].is_ascii_digit() || b"-+(\"'".contains(&flat[i]) || view.char(start + i).is_some_and(char::is_uppercase)
    });
    if !opens {
        return false;
    }
    let word = (0..at).rev().take_while(|i| flat[*i].is_ascii_alphabetic()).count();
    let capitals = (at - word..at).all(|i| view.char(start + i).is_some_and(char::is_uppercase));
    !(word > 0 && word <= 2 && capitals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let view = View::new(text);
        clauses(&view, 0, view.len()).iter().map(|c| view.text(c.start, c.end)).filter(|t| !t.is_empty()).collect()
    }

    #[test]
    fn stops_and_semicolons_cut_but_not_inside_numbers_or_brackets() {
        assert_eq!(cut("Đạt 1.000 hồ sơ; còn 0,5%. Trong đó 80%."), ["Đạt 1.000 hồ sơ", "còn 0,5%", "Trong đó 80%"]);
        assert_eq!(cut("Đơn giản hóa (rút ngắn; bãi bỏ;…) ít nhất 20%").len(), 1);
        assert_eq!(cut("Sở TT. TT báo cáo").len(), 1);
    }

    #[test]
    fn a_clause_knows_its_sentence() {
        let view = View::new("Một; hai. Ba");
        let found = clauses(&view, 0, view.len());
        assert_eq!((found[1].sentence, found[1].sentence_end), (0, 8));
    }
}
