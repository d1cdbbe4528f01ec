//! The screens of a filing: who and where, one group of the form each, the papers, the check.

use base::Problem;
use catalogue::Version;

/// One screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The owner, and the agency asked.
    Owner,
    /// One group of the procedure's form, by its position.
    Group(usize),
    /// Which cases are the applicant's: some papers are asked for in those alone.
    Cases,
    Papers,
    Check,
}

/// The screens of a procedure, in order. A procedure without papers has no screen for them.
pub fn steps_of(version: &Version) -> Vec<Step> {
    let mut steps = vec![Step::Owner];
    steps.extend((0..version.form.groups.len()).map(Step::Group));
    if !version.cases().is_empty() {
        steps.push(Step::Cases);
    }
    if !version.components.is_empty() {
        steps.push(Step::Papers);
    }
    steps.push(Step::Check);
    steps
}

impl Step {
    /// Whether a field is asked on this screen.
    pub fn asks(self, version: &Version, field: &str) -> bool {
        match self {
            Step::Owner => field == "competent" || field.starts_with("owner_"),
            Step::Group(n) => field.strip_prefix("answer_").is_some_and(|name| {
                version.form.groups.get(n).is_some_and(|group| group.fields.iter().any(|f| f.name == name))
            }),
            Step::Papers => field.starts_with("component_"),
            Step::Cases | Step::Check => false,
        }
    }

    /// The problems that can be mended on this screen.
    pub fn problems_here(self, version: &Version, problems: &[Problem]) -> Vec<Problem> {
        let here = |p: &&Problem| p.field.as_deref().is_some_and(|field| self.asks(version, field));
        problems.iter().filter(here).cloned().collect()
    }
}

/// Number of the screen, from 1, on which a field is asked; the last one for anything else.
pub fn number_of(version: &Version, field: &str) -> usize {
    let steps = steps_of(version);
    steps.iter().position(|step| step.asks(version, field)).map_or(steps.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::{Field, FieldKind, Form, Group};

    fn version() -> Version {
        let field = |name: &str| Field {
            name: name.into(),
            label: name.into(),
            kind: FieldKind::Text,
            required: true,
            options: vec![],
            needs_address: vec![],
            help: String::new(),
            max_len: 50,
            not_future: false,
            of: String::new(),
        };
        let group = |title: &str, name: &str| Group { title: title.into(), fields: vec![field(name)] };
        Version { form: Form { groups: vec![group("Con", "child"), group("Mẹ", "mother")] }, ..Version::default() }
    }

    #[test]
    fn a_procedure_without_papers_has_no_screen_for_them() {
        assert_eq!(steps_of(&version()), [Step::Owner, Step::Group(0), Step::Group(1), Step::Check]);
    }

    #[test]
    fn every_problem_leads_to_the_screen_of_its_field() {
        let v = version();
        assert_eq!(number_of(&v, "owner_phone"), 1);
        assert_eq!(number_of(&v, "answer_mother"), 3);
        assert_eq!(number_of(&v, "nowhere"), 4);
        let problems =
            [Problem::new("a").field("answer_child"), Problem::new("b").field("owner_name"), Problem::new("c")];
        let here = Step::Group(0).problems_here(&v, &problems);
        assert_eq!(here.iter().map(|p| p.code).collect::<Vec<_>>(), ["a"]);
    }
}
