//! The identity card's code as a scanner types it: number, number of the old card, name, day of birth, sex, address, day of issue, with `|`
//! between them (as the cards in use have it; the format is published nowhere we could open: unverified).

use base::CitizenId;

/// What stands in the code of an identity card and is asked at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub number: String,
    pub name: String,
    pub address: String,
}

/// Reads a code; none for anything else that is typed. Later cards have more parts behind the address.
pub fn read(text: &str) -> Option<Card> {
    let parts: Vec<&str> = text.trim().split('|').map(str::trim).collect();
    let &[number, _, name, _, _, address, ..] = &parts[..] else { return None };
    let number = number.parse::<CitizenId>().ok()?;
    Some(Card { number: number.as_str().to_owned(), name: name.to_owned(), address: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scanned_card_names_its_holder() {
        let text = "094190000017|350123456|Nguyễn Thị Đường|05031990|Nữ|Ấp 3, Mỹ Tú, Cần Thơ|20042021";
        let card = read(text).unwrap();
        let said = [card.number.as_str(), card.name.as_str(), card.address.as_str()];
        assert_eq!(said, ["094190000017", "Nguyễn Thị Đường", "Ấp 3, Mỹ Tú, Cần Thơ"]);
        // No old number, a carriage return of the scanner, more parts behind.
        let later = read("094190000017||Nguyễn Thị Đường|05031990|Nữ|Ấp 3, Mỹ Tú, Cần Thơ|20042021|||Cha|Mẹ\r\n");
        assert_eq!(later, Some(card));
    }

    #[test]
    fn what_is_no_card_is_left_as_typed() {
        for text in ["", "094190000017", "a|b|c|d|e|f", "12|3|4", "094190000017|1|2"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_typed_breaks_it(text in "\\PC{0,200}") {
            let _ = read(&text);
            let _ = read(&format!("094190000017|{text}|{text}|{text}|{text}|{text}"));
        }
    }
}
