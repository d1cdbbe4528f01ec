//! Letters of fonts that give codes their own meaning: Symbol, and the Vietnamese fonts from before
//! Unicode (TCVN3 in *.VnTime*, VNI in *VNI-Times*).

use unicode_normalization::char::compose;

/// How the codes of a run are to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Script {
    #[default]
    Unicode,
    Symbol,
    Tcvn3,
    /// TCVN3 in a font that shows capitals (*.VnTimeH*).
    Tcvn3Capitals,
    Vni,
    /// A font of an old encoding without a table here.
    Unknown,
}

/// The script of a font, told by its name.
pub(super) fn script(font: &str) -> Script {
    let name = font.trim().to_ascii_lowercase();
    if name.starts_with("symbol") {
        Script::Symbol
    } else if name.starts_with(".vn") {
        if name.ends_with('h') { Script::Tcvn3Capitals } else { Script::Tcvn3 }
    } else if name.starts_with("vni-") || name.starts_with("vni ") {
        Script::Vni
    } else if ["vps ", "vps-", "viscii", "bk hcm", "vntimes new", "vnarial new"].iter().any(|p| name.starts_with(p)) {
        Script::Unknown
    } else {
        Script::Unicode
    }
}

/// The text of a run in Unicode; `None` when its encoding is unknown and it holds more than ASCII.
pub(super) fn unicode(text: &str, script: Script) -> Option<String> {
    // Word keeps the old font's name on text typed in Unicode later.
    let typed = text.chars().any(|c| ('\u{100}'..'\u{2000}').contains(&c));
    Some(match script {
        Script::Unicode => text.to_owned(),
        Script::Symbol => text.chars().map(symbol).collect(),
        _ if typed || text.is_ascii() => text.to_owned(),
        Script::Tcvn3 => text.chars().map(tcvn3).collect(),
        Script::Tcvn3Capitals => text.chars().map(tcvn3).collect::<String>().to_uppercase(),
        Script::Vni => vni(text),
        Script::Unknown => return None,
    })
}

/// The sign at a place of the Symbol font; codes stand plain or moved to the private area.
pub(super) fn symbol(c: char) -> char {
    let code = u32::from(c);
    let code = if (0xf000..0xf100).contains(&code) { code - 0xf000 } else { code };
    match code {
        0xb3 => '≥',
        0xa3 => '≤',
        0xb1 => '±',
        0xb4 => '×',
        0xb8 => '÷',
        0xb9 => '≠',
        0xbb => '≈',
        0xb7 => '•',
        0xa5 => '∞',
        0x2d => '-',
        0xae => '→',
        0x20..=0x7e => char::from_u32(code).unwrap_or(c),
        _ => c,
    }
}

/// A sign written as `w:sym`: its font and its code in hexadecimal.
pub(super) fn sign(font: &str, code: &str) -> Option<char> {
    let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32)?;
    let name = font.to_ascii_lowercase();
    if name.starts_with("symbol") {
        return Some(symbol(c));
    }
    if name.starts_with("wingdings") || name.starts_with("webdings") {
        return Some('•');
    }
    Some(c).filter(|c| !('\u{f000}'..'\u{f100}').contains(c) && !c.is_control())
}

/// TCVN 5712:1993 (ABC), codes 0xA1 to 0xFE; other codes stay as they are.
const TCVN3: &[(char, char)] = &[
    ('\u{a1}', 'Ă'),
    ('\u{a2}', 'Â'),
    ('\u{a3}', 'Ê'),
    ('\u{a4}', 'Ô'),
    ('\u{a5}', 'Ơ'),
    ('\u{a6}', 'Ư'),
    ('\u{a7}', 'Đ'),
    ('\u{a8}', 'ă'),
    ('\u{a9}', 'â'),
    ('\u{aa}', 'ê'),
    ('\u{ab}', 'ô'),
    ('\u{ac}', 'ơ'),
    ('\u{ad}', 'ư'),
    ('\u{ae}', 'đ'),
    ('\u{b5}', 'à'),
    ('\u{b6}', 'ả'),
    ('\u{b7}', 'ã'),
    ('\u{b8}', 'á'),
    ('\u{b9}', 'ạ'),
    ('\u{bb}', 'ằ'),
    ('\u{bc}', 'ẳ'),
    ('\u{bd}', 'ẵ'),
    ('\u{be}', 'ắ'),
    ('\u{c6}', 'ặ'),
    ('\u{c7}', 'ầ'),
    ('\u{c8}', 'ẩ'),
    ('\u{c9}', 'ẫ'),
    ('\u{ca}', 'ấ'),
    ('\u{cb}', 'ậ'),
    ('\u{cc}', 'è'),
    ('\u{ce}', 'ẻ'),
    ('\u{cf}', 'ẽ'),
    ('\u{d0}', 'é'),
    ('\u{d1}', 'ẹ'),
    ('\u{d2}', 'ề'),
    ('\u{d3}', 'ể'),
    ('\u{d4}', 'ễ'),
    ('\u{d5}', 'ế'),
    ('\u{d6}', 'ệ'),
    ('\u{d7}', 'ì'),
    ('\u{d8}', 'ỉ'),
    ('\u{dc}', 'ĩ'),
    ('\u{dd}', 'í'),
    ('\u{de}', 'ị'),
    ('\u{df}', 'ò'),
    ('\u{e1}', 'ỏ'),
    ('\u{e2}', 'õ'),
    ('\u{e3}', 'ó'),
    ('\u{e4}', 'ọ'),
    ('\u{e5}', 'ồ'),
    ('\u{e6}', 'ổ'),
    ('\u{e7}', 'ỗ'),
    ('\u{e8}', 'ố'),
    ('\u{e9}', 'ộ'),
    ('\u{ea}', 'ờ'),
    ('\u{eb}', 'ở'),
    ('\u{ec}', 'ỡ'),
    ('\u{ed}', 'ớ'),
    ('\u{ee}', 'ợ'),
    ('\u{ef}', 'ù'),
    ('\u{f1}', 'ủ'),
    ('\u{f2}', 'ũ'),
    ('\u{f3}', 'ú'),
    ('\u{f4}', 'ụ'),
    ('\u{f5}', 'ừ'),
    ('\u{f6}', 'ử'),
    ('\u{f7}', 'ữ'),
    ('\u{f8}', 'ứ'),
    ('\u{f9}', 'ự'),
    ('\u{fa}', 'ỳ'),
    ('\u{fb}', 'ỷ'),
    ('\u{fc}', 'ỹ'),
    ('\u{fd}', 'ý'),
    ('\u{fe}', 'ỵ'),
    // Signs of the same fonts outside the letters.
    ('\u{91}', '‘'),
    ('\u{92}', '’'),
    ('\u{93}', '“'),
    ('\u{94}', '”'),
    ('\u{96}', '–'),
    ('\u{97}', '—'),
    ('\u{a0}', ' '),
];

fn tcvn3(c: char) -> char {
    TCVN3.iter().find(|(code, _)| *code == c).map_or(c, |(_, letter)| *letter)
}

/// VNI: letters of their own, and marks that follow their vowel.
fn vni(text: &str) -> String {
    let mut out: Vec<char> = Vec::new();
    for c in text.chars() {
        match marks(c) {
            // Only after a vowel is it a mark; elsewhere it may be a letter of its own.
            Some(marks)
                if out.last().is_some_and(|base| marks.iter().try_fold(*base, |b, m| compose(b, *m)).is_some()) =>
            {
                if let Some(last) = out.last_mut() {
                    *last = marks.iter().try_fold(*last, |base, mark| compose(base, *mark)).unwrap_or(*last);
                }
            }
            _ => out.push(own_letter(c)),
        }
    }
    out.into_iter().collect()
}

/// Letters VNI keeps whole.
fn own_letter(c: char) -> char {
    match c {
        'ñ' => 'đ',
        'Ñ' => 'Đ',
        'ö' => 'ư',
        'Ö' => 'Ư',
        'ô' => 'ơ',
        'Ô' => 'Ơ',
        'í' | 'ì' | 'Í' | 'Ì' => c,
        'æ' => 'ỉ',
        'Æ' => 'Ỉ',
        'ó' => 'ĩ',
        'Ó' => 'Ĩ',
        'ò' => 'ị',
        'Ò' => 'Ị',
        'î' => 'ỵ',
        'Î' => 'Ỵ',
        other => other,
    }
}

const ACUTE: char = '\u{301}';
const GRAVE: char = '\u{300}';
const HOOK: char = '\u{309}';
const TILDE: char = '\u{303}';
const DOT: char = '\u{323}';
const ROOF: char = '\u{302}';
const BOW: char = '\u{306}';

/// The marks a VNI code adds to the vowel before it, in the order they are put on.
fn marks(c: char) -> Option<&'static [char]> {
    Some(match c {
        'ù' | 'Ù' => &[ACUTE],
        'ø' | 'Ø' => &[GRAVE],
        'û' | 'Û' => &[HOOK],
        'õ' | 'Õ' => &[TILDE],
        'ï' | 'Ï' => &[DOT],
        'â' | 'Â' => &[ROOF],
        'á' | 'Á' => &[ROOF, ACUTE],
        'à' | 'À' => &[ROOF, GRAVE],
        'å' | 'Å' => &[ROOF, HOOK],
        'ã' | 'Ã' => &[ROOF, TILDE],
        'ä' | 'Ä' => &[DOT, ROOF],
        'ê' | 'Ê' => &[BOW],
        'é' | 'É' => &[BOW, ACUTE],
        'è' | 'È' => &[BOW, GRAVE],
        'ú' | 'Ú' => &[BOW, HOOK],
        'ü' | 'Ü' => &[BOW, TILDE],
        'ë' | 'Ë' => &[DOT, BOW],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcvn3_is_turned_into_unicode() {
        let text = "§Õn n\u{a8}m 2026, tèi thiÓu 85% hå s¬ ®\u{ad}îc xö lý trùc tuyÕn.";
        assert_eq!(
            unicode(text, script(".VnTime")).unwrap(),
            "Đến năm 2026, tối thiểu 85% hồ sơ được xử lý trực tuyến."
        );
        assert_eq!(unicode("kÕ ho¹ch", script(".VnTimeH")).unwrap(), "KẾ HOẠCH");
        assert_eq!(unicode("Kế hoạch", script(".VnTime")).unwrap(), "Kế hoạch", "typed in Unicode later");
    }

    #[test]
    fn vni_marks_go_on_the_vowel_before_them() {
        let text = "Ñeán naêm 2026, toái thieåu 85% hoà sô ñöôïc xöû lyù tröïc tuyeán.";
        assert_eq!(
            unicode(text, script("VNI-Times")).unwrap(),
            "Đến năm 2026, tối thiểu 85% hồ sơ được xử lý trực tuyến."
        );
        assert_eq!(unicode("KEÁ HOAÏCH CAÛI CAÙCH HAØNH CHÍNH", Script::Vni).unwrap(), "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH");
        assert_eq!(
            unicode("ngöôøi nghæ, tæ leä, Vieät Nam, maät ñoä", Script::Vni).unwrap(),
            "người nghỉ, tỉ lệ, Việt Nam, mật độ"
        );
    }

    #[test]
    fn signs_of_the_symbol_font_are_signs() {
        assert_eq!(sign("Symbol", "F0B3"), Some('≥'));
        assert_eq!(unicode("\u{f0a3} \u{b3} 85", Script::Symbol).unwrap(), "≤ ≥ 85");
        assert_eq!(sign("Wingdings", "F0D8"), Some('•'));
        assert_eq!(sign("Cambria Math", "2265"), Some('≥'));
    }

    #[test]
    fn an_old_font_without_a_table_is_not_guessed() {
        assert_eq!(unicode("K\u{ca} ho\u{ba}ch", script("VPS Times")), None);
        assert_eq!(unicode("2026: 85%", script("VPS Times")).unwrap(), "2026: 85%");
    }
}
