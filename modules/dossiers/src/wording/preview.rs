//! How a wording will look: a result filled from a sample, or a form's own pieces in their places.

use super::{Paper, Pieces, place};
use crate::House;
use crate::aside::Drafted;
use crate::dossier::Dossier;
use crate::forms::result::{self, Set, Setting};
use crate::forms::{PREVIEW, title_of};
use base::{Fault, Instant};
use print::{Pdf, Sheet};
use serde::Serialize;

/// A person who does not exist: what a place is filled with until a dossier does.
const SAMPLE: [(&str, &str); 10] = [
    ("owner", "Nguyễn Văn Mẫu"),
    ("owner_number", "000000000000"),
    ("owner_phone", "0000 000 000"),
    ("owner_address", "Số 1, đường Mẫu"),
    ("submitter", "Nguyễn Văn Mẫu"),
    ("summary", "Nội dung yêu cầu của hồ sơ mẫu"),
    ("code", "H00.00-000000-0000"),
    ("procedure", "Thủ tục mẫu"),
    ("procedure_code", "0.000000"),
    ("received_on", "01/01/2026"),
];

/// A form with its own pieces, and a line where the law's fields stand.
#[derive(Serialize)]
struct Form {
    above: String,
    unit: String,
    place: String,
    day: String,
    name: String,
    own: crate::forms::Own,
}

/// Sets it for the topmost agency.
///
/// # Errors
/// Those of [`print::print`].
pub(super) async fn print(
    house: &House,
    (paper, name, code): (Paper, &str, &str),
    pieces: &Pieces,
    now: Instant,
) -> Result<Pdf, Fault> {
    let root = house.tree.root().ok_or_else(|| Fault::internal("no topmost agency"))?;
    if !paper.is_result() {
        let data = Form {
            above: String::new(),
            unit: root.name.clone(),
            place: house.tree.place_of(root.id),
            day: base::vn_date_words(now.date()),
            name: title_of(paper).to_owned(),
            own: crate::forms::Own::previewed(paper, pieces, code),
        };
        let title = format!("Xem trước: {}", title_of(paper));
        return print::print(PREVIEW, Sheet { title: &title, subject: paper.as_str(), at: now, data: &data }).await;
    }
    let pieces = pieces.map(|piece| place::fill_with(piece, |place| sample(place, &root.name)));
    let drafted = Drafted { template: code.to_owned(), name: name.to_owned(), pieces };
    let dossier = Dossier { code: "H00.00-000000-0000".to_owned(), ..Dossier::default() };
    let set = Set::Draft(0);
    result::print(&Setting { house, dossier: &dossier, agency: root.id, paper, drafted: &drafted, set }, now).await
}

/// What a place is filled with; an answer with what is asked.
fn sample(place: &str, agency: &str) -> Option<String> {
    if let Some(answer) = place.strip_prefix(place::ANSWERS) {
        return Some(format!("[{answer}]"));
    }
    if matches!(place, "agency" | "agency_above") {
        return Some(agency.to_owned());
    }
    SAMPLE.iter().find(|(name, _)| *name == place).map(|(_, value)| (*value).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_fills_every_place_but_the_late_ones_and_names_its_answers() {
        let missing: Vec<&str> = place::KNOWN.into_iter().filter(|name| sample(name, "Sở").is_none()).collect();
        assert_eq!(missing, place::LATE);
        let said = place::fill_with("{answers.name}, số {number}, {agency}", |place| sample(place, "Sở"));
        assert_eq!(said, "[name], số {number}, Sở");
    }
}
