//! What a dossier results in, set in one form for all wordings: as a draft, or frozen with its number.

use super::RESULT;
use crate::actions::House;
use crate::aside::Drafted;
use crate::dossier::Dossier;
use crate::happening::Issued;
use crate::wording::shipped::ORIGINAL;
use crate::wording::{Paper, place};
use crate::written::number_words;
use base::{Date, Fault, Id, Instant};
use print::{Pdf, Sheet};
use serde::Serialize;
use std::collections::BTreeMap;

/// How it is set.
#[derive(Debug, Clone, Copy)]
pub enum Set<'a> {
    /// As a draft: it says so, and has neither number nor day. Its number among the drafts; 0 while it is not kept.
    Draft(i64),
    /// As it is decided; `unsigned`: what stands in the place of a signature where there will be none.
    Frozen { number: &'a Issued, day: Date, signer: &'a str, unsigned: &'static str },
}

/// What it is made of.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub house: &'a House,
    pub dossier: &'a Dossier,
    /// The agency it is of.
    pub agency: Id,
    pub paper: Paper,
    pub drafted: &'a Drafted,
    pub set: Set<'a>,
}

/// A paragraph; `head` is what stands bold before it: `Điều 1.`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Paragraph {
    head: String,
    words: String,
}

/// What the form reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Sheeted {
    above: String,
    unit: String,
    number: String,
    place: String,
    day: String,
    /// In a box at its head: that it is a draft.
    mark: String,
    title: String,
    about: String,
    /// A decision: who decides stands over the bases.
    decides: bool,
    authority: String,
    bases: Vec<String>,
    paragraphs: Vec<Paragraph>,
    receivers: Vec<String>,
    signer: String,
    unsigned: String,
    name: String,
    version: String,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// `Điều 12. Words` in its two parts.
fn paragraph(line: String) -> Paragraph {
    let article = line.strip_prefix("Điều ").and_then(|rest| {
        let (n, words) = rest.split_once('.')?;
        (!n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
            .then(|| (format!("Điều {n}."), words.trim().to_owned()))
    });
    match article {
        Some((head, words)) => Paragraph { head, words },
        None => Paragraph { head: String::new(), words: line },
    }
}

/// The version of a wording, as a paper names it.
pub(crate) fn version_words(code: &str) -> String {
    if code.starts_with(ORIGINAL) { "bản gốc kèm phần mềm".to_owned() } else { format!("phiên bản {code}") }
}

impl Sheeted {
    pub(crate) fn of(setting: &Setting<'_>) -> Self {
        let Setting { house, agency, paper, drafted, set, .. } = *setting;
        let tree = &house.tree;
        let symbol = drafted.pieces.symbol.as_str();
        let (number, day, day_words, mark, unsigned, name, n) = match set {
            Set::Draft(n) => {
                let words = "ngày … tháng … năm …".to_owned();
                (format!("……/{symbol}"), place::BLANK.to_owned(), words, "DỰ THẢO", "", "", n)
            }
            Set::Frozen { number, day, signer, unsigned } => {
                let (said, words) = (number_words(number.n, symbol), base::vn_date_words(day));
                (said, base::vn_date(day), words, "", unsigned, signer, number.draft)
            }
        };
        let late = BTreeMap::from([("number".to_owned(), number.clone()), ("decided_on".to_owned(), day)]);
        let pieces = drafted.pieces.map(|piece| place::fill(piece, &late));
        let decides = paper == Paper::Decision;
        let place = tree.place_of(agency);
        let house_name = tree.name(agency);
        // Who decides is a post of the agency: `CHỦ TỊCH ỦY BAN NHÂN DÂN …`.
        let authority = format!("{} {house_name}", pieces.signer);
        let version = format!("Mẫu: {}, {}", drafted.name, version_words(&drafted.template));
        let version = if n > 0 { format!("{version}; dự thảo lần {n}.") } else { format!("{version}.") };
        Self {
            above: tree.get(agency).and_then(|agency| agency.parent).map(|above| tree.name(above)).unwrap_or_default(),
            unit: house_name,
            number,
            place,
            day: day_words,
            mark: mark.to_owned(),
            title: pieces.title,
            about: pieces.about,
            decides,
            authority,
            bases: lines(&pieces.bases),
            paragraphs: lines(&pieces.text).into_iter().map(paragraph).collect(),
            receivers: lines(&pieces.receivers),
            signer: pieces.signer,
            unsigned: unsigned.to_owned(),
            name: name.to_owned(),
            version,
        }
    }
}

/// Name of the file, without personal data.
pub fn file_name(paper: Paper, code: &str) -> String {
    let name = match paper {
        Paper::Decision => "quyet-dinh",
        Paper::Confirmation => "giay-xac-nhan",
        Paper::Permit => "giay-phep",
        _ => "van-ban-tu-choi",
    };
    format!("{name}-{code}.pdf")
}

/// What the document is called in a reader's window.
fn title(paper: Paper) -> &'static str {
    match paper {
        Paper::Decision => "Quyết định",
        Paper::Confirmation => "Giấy xác nhận",
        Paper::Permit => "Giấy phép",
        _ => "Văn bản từ chối giải quyết hồ sơ",
    }
}

/// Sets it.
///
/// # Errors
/// Those of [`print::print`].
pub async fn print(setting: &Setting<'_>, at: Instant) -> Result<Pdf, Fault> {
    let code = setting.dossier.code.as_str();
    let title = format!("{} {code}", title(setting.paper));
    let data = Sheeted::of(setting);
    print::print(RESULT, Sheet { title: title.trim(), subject: code, at, data: &data }).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, Story};

    fn house() -> House {
        let shelf = catalogue::Shelf::of(vec![fixture::version()]);
        House {
            tree: fixture::tree().into(),
            shelf: shelf.into(),
            calendar: base::calendar::Calendar::shipped().clone(),
        }
    }

    fn drafted(text: &str) -> Drafted {
        let draft = fixture::draft(text);
        Drafted { template: "MG26-0007".to_owned(), name: "Giấy phép".to_owned(), pieces: draft.pieces }
    }

    #[test]
    fn a_draft_says_so_and_a_frozen_result_has_number_day_and_signer() {
        let (house, story) = (house(), Story::received());
        let text = drafted("Điều 1. Số {number}, ngày {decided_on}.\n\nKhông phải Điều 2. Gì cả");
        let number = Issued { draft: 3, agency: fixture::NEAR, year: 2026, n: 12, symbol: "GP-UBND".to_owned() };
        let of = |set| {
            let dossier = story.dossier();
            let setting =
                Setting { house: &house, dossier, agency: fixture::NEAR, paper: Paper::Permit, drafted: &text, set };
            Sheeted::of(&setting)
        };
        let draft = of(Set::Draft(2));
        assert_eq!((draft.mark.as_str(), draft.number.as_str(), draft.name.as_str()), ("DỰ THẢO", "……/GP-UBND", ""));
        assert!(draft.version.ends_with("phiên bản MG26-0007; dự thảo lần 2."), "{}", draft.version);
        let day = Date::constant(2026, 11, 2);
        let frozen =
            of(Set::Frozen { number: &number, day, signer: "Trần Văn Một", unsigned: "(chưa ký số)" });
        assert_eq!((frozen.mark.as_str(), frozen.number.as_str()), ("", "12/GP-UBND"));
        assert_eq!((frozen.name.as_str(), frozen.unsigned.as_str()), ("Trần Văn Một", "(chưa ký số)"));
        assert_eq!(frozen.paragraphs[0].head, "Điều 1.");
        assert_eq!(frozen.paragraphs[0].words, "Số 12/GP-UBND, ngày 02/11/2026.");
        assert_eq!(frozen.paragraphs[1].head, "");
        assert!(frozen.version.contains("dự thảo lần 3"));
    }

    #[test]
    fn every_result_is_set_in_the_one_form_for_the_archive() {
        let (house, story) = (house(), Story::received());
        for word in Paper::RESULTS {
            let paper = Paper::read(word).unwrap();
            let mut text = drafted(&"Điều 1. Dài dòng. ".repeat(300));
            text.pieces.bases = "Căn cứ A;\nCăn cứ B;".to_owned();
            text.pieces.receivers = "Ông A;\nLưu: VT.".to_owned();
            let set = Set::Draft(1);
            let dossier = story.dossier();
            let setting = Setting { house: &house, dossier, agency: fixture::NEAR, paper, drafted: &text, set };
            let sheet = Sheet { title: "x", subject: "y", at: Instant(1), data: &Sheeted::of(&setting) };
            let pdf = print::render(RESULT, sheet).unwrap_or_else(|failed| panic!("{failed}"));
            assert!(pdf.pages > 1, "{word}");
        }
    }
}
