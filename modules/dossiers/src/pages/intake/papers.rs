//! The papers and the questions of a procedure on the page of intake, and what the form says of them; of several procedures where they are
//! filed together, each with a beginning of its own for its fields.

use super::Before;
use crate::dossier::ComponentState;
use crate::filing::{Brought, Handed};
use crate::pages::{Question, question};
use base::Problem;
use catalogue::Version;
use std::collections::BTreeMap;
use web::{Choice, Ctx, FormMap};

pub(super) struct PaperRow {
    /// Its code, after the beginning of its part's fields.
    pub code: String,
    pub name: String,
    pub required: bool,
    pub choices: Vec<Choice>,
    pub selected: String,
    pub error: String,
}

impl PaperRow {
    /// Its code alone.
    pub(super) fn bare(&self) -> &str {
        self.code.rsplit('.').next().unwrap_or_default()
    }
}

/// The questions of one heading.
pub(super) type Questions = Vec<Question>;

/// The rows of a version's papers; `start` begins their fields.
pub(super) fn paper_rows(
    ctx: &Ctx,
    version: &Version,
    (start, handed): (&str, &Handed),
    before: &Before,
    problems: &[Problem],
) -> Vec<PaperRow> {
    let l = ctx.l;
    version
        .components
        .iter()
        .map(|component| {
            let mut choices = vec![
                Choice::new("paper", l.t("dossier-paper-paper")),
                Choice::new("missing", l.t("dossier-paper-missing")),
            ];
            let a_case = version.cases().contains(&component.group.as_str());
            if a_case {
                choices.push(Choice::new("not-applicable", l.t("dossier-paper-not-applicable")));
            }
            let for_another = !handed.submitter_name.trim().is_empty();
            for paper in before
                .papers
                .iter()
                .filter(|paper| paper.stands_in(component, &handed.owner_number, for_another, ctx.now.date()).is_ok())
            {
                let words = [
                    ("code", paper.dossier.clone()),
                    ("handed", base::vn_date(paper.handed_on)),
                    ("until", base::vn_date(paper.until(component.lasting_months))),
                ];
                choices.insert(1, Choice::new(format!("reused:{}", paper.dossier), l.tr("dossier-paper-reuse", words)));
            }
            let selected = match handed.components.get(&component.code) {
                Some(paper) if paper.state == ComponentState::Reused => format!("reused:{}", paper.from),
                Some(paper) => paper.state.as_str().to_owned(),
                None => String::new(),
            };
            PaperRow {
                error: [format!("component_{start}{}", component.code), format!("file_{start}{}", component.code)]
                    .into_iter()
                    .map(|field| web::error_of(l, problems, field))
                    .find(|error| !error.is_empty())
                    .unwrap_or_default(),
                code: format!("{start}{}", component.code),
                name: if a_case {
                    format!("{} – {}", component.group, component.name)
                } else {
                    component.name.clone()
                },
                required: component.required,
                // What cannot be chosen any more is not chosen.
                selected: choices.iter().find(|choice| choice.value == selected).map_or_else(
                    || if a_case { "not-applicable".to_owned() } else { "missing".to_owned() },
                    |choice| choice.value.clone(),
                ),
                choices,
            }
        })
        .collect()
}

/// The questions of a version's form under their headings, without those that are known; none of them must be typed.
pub(super) fn questions(
    version: &Version,
    (start, handed): (&str, &Handed),
    known: impl Fn(&str) -> bool,
) -> Vec<(String, Questions)> {
    let asked = |field: &catalogue::Field| {
        let typed = handed.answers.get(&field.name).map_or("", String::as_str);
        let asked = question(field, typed);
        let name = asked.name.replacen("answer_", &format!("answer_{start}"), 1);
        Question { required: false, name, ..asked }
    };
    let groups = version.form.groups.iter().map(|group| {
        let fields = group.fields.iter().filter(|field| !known(&field.name));
        (group.title.clone(), fields.map(asked).collect::<Vec<_>>())
    });
    groups.filter(|(_, asked)| !asked.is_empty()).collect()
}

/// What the clerk marked for a component: `paper`, `missing`, or `reused:` and the code of the earlier dossier.
fn brought(mark: &str) -> Brought {
    match mark.split_once(':') {
        Some(("reused", code)) => Brought::reused(code),
        _ => ComponentState::read(mark).unwrap_or_default().into(),
    }
}

/// How the papers of a version were brought, by the form's fields that begin so.
pub(super) fn papers_of(
    fields: &FormMap,
    version: &Version,
    start: &str,
    all_papers: bool,
) -> BTreeMap<String, Brought> {
    let one = |component: &catalogue::Component| {
        let mut brought = brought(fields.text(&format!("component_{start}{}", component.code)));
        // One mark says it of every paper that must be there and is not said to be a reused one.
        if brought.state == ComponentState::Missing && component.required && all_papers {
            brought = ComponentState::Paper.into();
        }
        (component.code.clone(), brought)
    };
    version.components.iter().map(one).collect()
}

/// The answers to a version's questions.
pub(super) fn answers_of(fields: &FormMap, version: &Version, start: &str) -> BTreeMap<String, String> {
    let one = |field: &catalogue::Field| {
        let answer = fields.text(&format!("answer_{start}{}", field.name)).to_owned();
        (!answer.is_empty()).then(|| (field.name.clone(), answer))
    };
    version.form.fields().filter_map(one).collect()
}
