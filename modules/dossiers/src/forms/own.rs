//! The pieces of a printed form that a province may change, as they held on the day of the form: a form printed again says what it said.

use crate::wording::template::Template;
use crate::wording::{Paper, Pieces};
use base::Date;
use records::Held;
use serde::Serialize;

/// What the look prints beside the law's fields, and which version of the form it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Own {
    /// Under the agency's name.
    pub top: String,
    /// A note at the end, one paragraph a line.
    pub closing: Vec<String>,
    /// Small print below.
    pub footer: String,
    /// The form and its version.
    pub version: String,
}

/// The number of a form in TT 03/2025/TT-VPCP.
fn number(paper: Paper) -> &'static str {
    match paper {
        Paper::Receipt => "01",
        Paper::Supplement => "02",
        Paper::Refusal => "03",
        Paper::Apology => "04",
        Paper::Stop => "05",
        Paper::Control => "06",
        Paper::Register => "07",
        Paper::Decision | Paper::Confirmation | Paper::Permit | Paper::RefusalLetter => "",
    }
}

impl Own {
    fn of(paper: Paper, pieces: &Pieces, version: &str) -> Self {
        let closing = pieces.closing.lines().map(str::trim).filter(|line| !line.is_empty());
        Self {
            top: pieces.top.clone(),
            closing: closing.map(str::to_owned).collect(),
            footer: pieces.footer.clone(),
            version: format!("Mẫu số {} (TT 03/2025/TT-VPCP), {version}.", number(paper)),
        }
    }

    /// Those of a form on a day; `wordings` in the order of their first days.
    pub(crate) fn on(wordings: &[Held<Template>], paper: Paper, day: Date) -> Self {
        let held = wordings.iter().rfind(|held| held.state.paper == paper && held.state.valid_from <= day);
        match held {
            Some(held) => Self::of(paper, &held.state.pieces(), &format!("phiên bản {}", held.code)),
            None => Self::of(paper, &Pieces::default(), "bản gốc kèm phần mềm"),
        }
    }

    /// Of a version that is looked at before it holds; `code` is empty while it is not even proposed.
    pub(crate) fn previewed(paper: Paper, pieces: &Pieces, code: &str) -> Self {
        let version = if code.is_empty() { "bản xem trước".to_owned() } else { format!("xem trước {code}") };
        Self::of(paper, pieces, &version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Stage;

    fn version(code: &str, from: Date, closing: &str) -> Held<Template> {
        let pieces = Pieces { closing: closing.to_owned(), ..Pieces::default() };
        let body = serde_json::to_string(&pieces).unwrap();
        let state =
            Template { paper: Paper::Receipt, valid_from: from, stage: Stage::InForce, body, ..Template::default() };
        Held { id: base::Id(1), code: code.to_owned(), head: audit::Head::default(), state }
    }

    #[test]
    fn a_form_has_the_version_of_its_own_day() {
        let (first, second) = (Date::constant(2026, 11, 10), Date::constant(2026, 11, 20));
        let all = [version("MG26-0001", first, "Một\n\n Hai"), version("MG26-0002", second, "Ba")];
        let on = |day| Own::on(&all, Paper::Receipt, day);
        assert_eq!(on(Date::constant(2026, 11, 9)).version, "Mẫu số 01 (TT 03/2025/TT-VPCP), bản gốc kèm phần mềm.");
        assert_eq!(on(first).closing, ["Một", "Hai"]);
        assert!(on(Date::constant(2026, 11, 19)).version.ends_with("phiên bản MG26-0001."));
        assert_eq!(on(second).closing, ["Ba"]);
        assert_eq!(Own::on(&all, Paper::Stop, second).closing, Vec::<String>::new());
    }
}
