//! An event as the text that the log keeps, and back.

use super::{Happening, Rules};
use base::Id;

/// How the text of an event ends that the applicant was told of.
const TOLD: &str = r#","told":true}"#;

impl Happening {
    /// The stored text, under the rules of now. `told`: a notice to the applicant was ordered with it, see [`Happening::was_told`].
    pub fn to_text(&self, told: bool) -> String {
        self.to_text_under(Rules::NOW, told)
    }

    /// The text as it was stored under earlier rules.
    pub(crate) fn to_text_under(&self, rules: Rules, told: bool) -> String {
        self.to_text_by(rules, None, told)
    }

    /// The same, with whom it was done for where somebody who is away would have done it ([`Happening::instead_of`]).
    pub(crate) fn to_text_by(&self, rules: Rules, instead_of: Option<Id>, told: bool) -> String {
        // A plain data type with string keys always serialises.
        let plain = serde_json::to_string(self).unwrap_or_default();
        let mut text = match rules {
            Rules::First => plain,
            rules => format!("{}{},{}", Rules::MARK, rules as i64, plain.get(1..).unwrap_or_default()),
        };
        if let Some(absent) = instead_of
            && text.pop().is_some()
        {
            text.push_str(&format!(",\"instead_of\":\"{absent}\"}}"));
        }
        if told && text.pop().is_some() {
            text.push_str(TOLD);
        }
        text
    }

    /// Who was away and would have done what the text of that event tells, where a substitute did it.
    pub fn instead_of(text: &str) -> Option<Id> {
        #[derive(serde::Deserialize)]
        struct Of {
            instead_of: Option<String>,
        }
        serde_json::from_str::<Of>(text).ok()?.instead_of?.parse().ok()
    }

    /// Whether a notice was ordered with the event of that text. People's words cannot end a text like this: quotes
    /// within them are escaped.
    pub fn was_told(text: &str) -> bool {
        text.ends_with(TOLD)
    }

    /// Reads the stored text back.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads the stored text back with the rules it was written under; `None` for what this version of the program cannot have
    /// written.
    pub fn read_with_rules(text: &str) -> Option<(Rules, Self)> {
        Some((Rules::of(text)?, Self::read(text).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_can_be_read_back_and_no_words_pass_for_it() {
        let refused = Happening::Stopped { reason: TOLD.to_owned() };
        let for_another = refused.to_text_by(Rules::NOW, Some(Id(7)), true);
        assert!(Happening::was_told(&for_another) && Happening::instead_of(&for_another) == Some(Id(7)));
        assert_eq!(Happening::instead_of(&refused.to_text(true)), None);
        assert_eq!(Happening::read_with_rules(&for_another).map(|(_, read)| read), Some(refused.clone()));
        assert!(!Happening::was_told(&refused.to_text(false)));
        let text = refused.to_text(true);
        assert!(Happening::was_told(&text));
        assert_eq!(Happening::read(&text).unwrap(), refused);
    }

    #[test]
    fn an_event_tells_its_rules_and_one_without_a_number_is_of_the_first() {
        let old = r#"{"kind":"stopped","reason":"{\"rules\":2,"}"#;
        assert_eq!(Rules::of(old), Some(Rules::First));
        let (rules, read) = Happening::read_with_rules(old).unwrap();
        assert_eq!((rules, read.words()), (Rules::First, r#"{"rules":2,"#));
        let new = read.to_text(false);
        assert!(new.starts_with(r#"{"rules":3,"kind":"stopped""#), "{new}");
        assert_eq!(Happening::read_with_rules(&new), Some((Rules::NOW, read)));
        // Nobody guesses what a later program meant.
        assert_eq!(Happening::read_with_rules(&new.replace(r#""rules":3"#, r#""rules":4"#)), None);
    }
}
