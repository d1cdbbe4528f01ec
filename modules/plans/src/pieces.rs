//! A text cut at the edges of its quotes, so that each piece is marked once although quotes overlap.

/// A quote in the text, in characters, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A piece of the text no quote begins or ends inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    /// The quotes it belongs to, the shortest first.
    pub within: Vec<usize>,
    /// The quotes that begin here.
    pub begins: Vec<usize>,
}

/// Cuts a text. Put together, the pieces are the text. Empty quotes and those beyond the text are passed over.
pub fn cut<'a>(text: &'a str, spans: &[Span]) -> Vec<Piece<'a>> {
    let mut edges: Vec<usize> =
        spans.iter().filter(|span| span.start < span.end).flat_map(|span| [span.start, span.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut starts: Vec<usize> = (0..spans.len()).filter(|at| spans[*at].start < spans[*at].end).collect();
    starts.sort_by_key(|at| (spans[*at].start, spans[*at].end));
    let (mut pieces, mut open): (Vec<Piece<'a>>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut next, mut from_char, mut from_byte) = (0, 0, 0);
    let mut letters = text.char_indices().map(|(byte, _)| byte);
    let mut read = 0;
    for edge in edges.into_iter().chain([usize::MAX]) {
        // Bytes up to this edge: the letters are walked once.
        let mut to_byte = text.len();
        if edge != usize::MAX && edge >= read {
            to_byte = letters.nth(edge - read).unwrap_or(text.len());
            read = edge + 1;
        }
        if to_byte > from_byte {
            open.retain(|at| spans[*at].end > from_char);
            let mut begins = Vec::new();
            while let Some(at) = starts.get(next).copied().filter(|at| spans[*at].start <= from_char) {
                next += 1;
                begins.push(at);
                open.push(at);
            }
            let mut within = open.clone();
            within.sort_by_key(|at| (spans[*at].end - spans[*at].start, *at));
            pieces.push(Piece { text: &text[from_byte..to_byte], within, begins });
        }
        (from_char, from_byte) = (edge, to_byte);
        if to_byte == text.len() {
            break;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    #[test]
    fn overlapping_quotes_share_their_common_piece() {
        let pieces = cut("Đạt tối thiểu 80% và 90%.", &[span(4, 17), span(14, 24)]);
        let read: Vec<(&str, &[usize])> = pieces.iter().map(|p| (p.text, p.within.as_slice())).collect();
        let expected: [(&str, &[usize]); 5] =
            [("Đạt ", &[]), ("tối thiểu ", &[0]), ("80%", &[1, 0]), (" và 90%", &[1]), (".", &[])];
        assert_eq!(read, expected);
        assert_eq!((pieces[1].begins.as_slice(), pieces[2].begins.as_slice()), ([0].as_slice(), [1].as_slice()));
    }

    #[test]
    fn a_text_without_quotes_is_one_piece() {
        assert_eq!(cut("abc", &[]), [Piece { text: "abc", within: vec![], begins: vec![] }]);
        assert_eq!(cut("", &[span(0, 2)]), []);
        assert_eq!(cut("ab", &[span(1, 1), span(7, 9)]).len(), 1);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text_and_each_quote_is_whole(
            text in "[a\u{1ea1}đ\n ]{0,40}",
            given in prop::collection::vec((0usize..45, 0usize..45), 0..8),
        ) {
            let spans: Vec<Span> = given.iter().map(|(a, b)| span(*a.min(b), *a.max(b))).collect();
            let pieces = cut(&text, &spans);
            prop_assert_eq!(pieces.iter().map(|p| p.text).collect::<String>(), text.clone());
            for (at, span) in spans.iter().enumerate() {
                let quote: String = text.chars().skip(span.start).take(span.end - span.start).collect();
                let marked: String = pieces.iter().filter(|p| p.within.contains(&at)).map(|p| p.text).collect();
                prop_assert_eq!(quote.clone(), marked);
                let begun = pieces.iter().filter(|p| p.begins.contains(&at)).count();
                prop_assert_eq!(begun, usize::from(!quote.is_empty()));
            }
        }
    }
}
