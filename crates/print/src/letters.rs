//! Letters the typeface has. An archive's PDF must not hold a letter without its shape, and a name must not lose one unseen: what
//! cannot be printed stands as a box, and the form says how many there are.

use serde_json::Value;
use typst::text::Font;

/// Stands for a letter that the typeface lacks.
pub(crate) const BOX: char = '\u{25A1}';

/// Whether a letter shows anything or parts words. The others would be printed by no typeface, and some turn the letters behind them
/// round: marks of direction, joiners, the selectors of a picture's style.
fn is_seen(letter: char) -> bool {
    let hidden = matches!(letter,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}');
    !hidden && !letter.is_control()
}

/// A letter of somebody's own: no archive knows what it means, though the typeface may draw something for it.
fn is_private(letter: char) -> bool {
    matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// The letters that all faces of a typeface have.
pub(crate) struct Letters<'a>(pub(crate) &'a [Font]);

impl Letters<'_> {
    fn has(&self, letter: char) -> bool {
        !is_private(letter) && self.0.iter().all(|face| face.info().coverage.contains(u32::from(letter)))
    }

    /// Makes every text within a value printable; says how many letters were replaced.
    pub(crate) fn tidy(&self, value: &mut Value) -> usize {
        match value {
            Value::String(text) => self.tidy_text(text),
            Value::Array(items) => items.iter_mut().map(|item| self.tidy(item)).sum(),
            Value::Object(fields) => fields.iter_mut().map(|(_, field)| self.tidy(field)).sum(),
            _ => 0,
        }
    }

    fn tidy_text(&self, text: &mut String) -> usize {
        let fine = |letter: char| matches!(letter, ' '..='~') || (is_seen(letter) && self.has(letter));
        if text.chars().all(fine) {
            return 0;
        }
        let mut missing = 0;
        let letters = text.chars().filter_map(|letter| match letter {
            letter if fine(letter) => Some(letter),
            '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{3000}' => Some(' '),
            letter if !is_seen(letter) => None,
            _ => {
                missing += 1;
                Some(BOX)
            }
        });
        *text = letters.collect();
        missing
    }
}
