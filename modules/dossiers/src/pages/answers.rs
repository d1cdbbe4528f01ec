//! What the applicant declared, as people read it: under the form's own headings, dates as `22/11/2026`.

use catalogue::{FieldKind, Version};
use std::collections::HashMap;

/// The answers of one group of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The group's heading; several groups ask for a name, and only this tells whose.
    pub title: String,
    /// Question and answer, in the form's order.
    pub lines: Vec<(String, String)>,
}

/// One answer as people read it. What does not read as a date stays as it was typed.
pub fn answer_text(kind: FieldKind, answer: &str) -> String {
    match (kind, answer.parse::<base::Date>()) {
        (FieldKind::Date, Ok(day)) => base::vn_date(day),
        _ => answer.to_owned(),
    }
}

/// The groups in which something was answered; `stored` is the dossier's JSON of answers.
pub fn answered(version: &Version, stored: &str) -> Vec<Answered> {
    let given: HashMap<String, String> = serde_json::from_str(stored).unwrap_or_default();
    let line = |field: &catalogue::Field| {
        let answer = given.get(&field.name).filter(|answer| !answer.trim().is_empty())?;
        Some((field.label.clone(), answer_text(field.kind, answer)))
    };
    let groups = version
        .form
        .groups
        .iter()
        .map(|group| Answered { title: group.title.clone(), lines: group.fields.iter().filter_map(line).collect() });
    groups.filter(|group| !group.lines.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_shown_day_first_and_a_text_that_looks_like_one_is_left_alone() {
        assert_eq!(answer_text(FieldKind::Date, "2026-11-01"), "01/11/2026");
        assert_eq!(answer_text(FieldKind::Date, "khoảng năm 1970"), "khoảng năm 1970");
        assert_eq!(answer_text(FieldKind::Text, "2026-11-01"), "2026-11-01");
    }
}
