//! The questions of a procedure's form, the same online and at the counter.

use crate::Applicant;
use crate::correct::ANSWER;
use catalogue::{FieldKind, Version};
use std::collections::BTreeMap;
use web::Choice;

/// Blanks and signs that come along with what is pasted.
const PASTED_CHARS: u32 = 500;

/// One question of a form as a screen asks it.
pub struct Question {
    pub name: String,
    pub label: String,
    pub value: String,
    pub kind: &'static str,
    pub inputmode: &'static str,
    pub autocomplete: &'static str,
    pub hint: String,
    pub required: bool,
    pub maxlength: String,
    /// Choices of a select; empty for other kinds.
    pub choices: Vec<Choice>,
}

/// A field of the procedure's form with what was typed so far.
pub fn question(field: &catalogue::Field, value: &str) -> Question {
    let (kind, inputmode, autocomplete) = match field.kind {
        FieldKind::Text | FieldKind::Select => ("text", "", ""),
        FieldKind::Date => ("date", "", ""),
        FieldKind::Number => ("text", "decimal", ""),
        FieldKind::Phone => ("tel", "tel", "tel"),
        FieldKind::CitizenNumber => ("text", "numeric", ""),
        FieldKind::Textarea => ("textarea", "", ""),
    };
    Question {
        name: format!("answer_{}", field.name),
        label: field.label.clone(),
        value: value.to_owned(),
        kind,
        inputmode,
        autocomplete,
        hint: field.help.clone(),
        required: field.required,
        // Counted and told when sent: a field that cuts what is pasted keeps half a number.
        maxlength: (u32::from(field.max_len) + PASTED_CHARS).to_string(),
        choices: field.options.iter().map(|o| Choice::new(o.clone(), o.clone())).collect(),
    }
}

/// The questions of a form with the heading each stands under: several groups ask for a name, and only this tells whose.
pub(crate) fn headed(version: &Version) -> impl Iterator<Item = (String, &catalogue::Field)> {
    let groups = version.form.groups.iter().filter(|group| !group.fields.is_empty());
    groups.flat_map(|group| group.fields.iter().map(|field| (format!("{}: {}", group.title, field.label), field)))
}

/// The questions whose answers were asked to be corrected, with the answers as they are.
pub fn corrections(version: &Version, applicant: &Applicant, asked: &[String]) -> Vec<Question> {
    let given: BTreeMap<String, String> = serde_json::from_str(&applicant.answers).unwrap_or_default();
    let fields = headed(version).filter(|(_, field)| asked.contains(&field.name));
    fields
        .map(|(label, field)| {
            let answer = given.get(&field.name).map_or("", String::as_str);
            Question { name: format!("{ANSWER}{}", field.name), label, ..question(field, answer) }
        })
        .collect()
}
