//! A filing that has been begun.

use base::{Id, Instant};
use catalogue::Version;
use dossiers::{Brought, ComponentState, Handed};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was typed and uploaded so far. Nothing in it has been checked yet: a draft keeps even what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Id of the agency asked, as text; empty while not chosen.
    pub competent: String,
    pub owner_name: String,
    pub owner_number: String,
    pub owner_phone: String,
    pub owner_address: String,
    /// What paper the number is of, as [`dossiers::PaperKind`] reads it; empty for a Vietnamese number.
    pub owner_paper: String,
    pub owner_nationality: String,
    /// The person was asked about what disagrees with a personal number, and it is so.
    pub sure: bool,
    /// Form field → answer.
    pub answers: BTreeMap<String, String>,
    /// The cases that are the applicant's ([`Version::cases`]).
    pub cases: BTreeSet<String>,
    /// Component code → its files: both sides of a card, the parts of a long paper.
    #[serde(deserialize_with = "one_or_more")]
    pub papers: BTreeMap<String, Vec<Paper>>,
}

/// Drafts begun when a paper had one file only have it bare.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Vec<Paper>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One(Paper),
        More(Vec<Paper>),
    }
    let kept = BTreeMap::<String, Kept>::deserialize(from)?;
    let papers = |kept| match kept {
        Kept::One(paper) => vec![paper],
        Kept::More(papers) => papers,
    };
    Ok(kept.into_iter().map(|(code, kept)| (code, papers(kept))).collect())
}

/// A file of a draft's papers, or an earlier paper that stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub file: Id,
    pub name: String,
    pub size_bytes: i64,
    /// Code of the earlier dossier it is taken over from; empty for an upload.
    #[serde(default)]
    pub reused_from: String,
}

/// One row of `draft`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Also the owner of the files uploaded into it.
    pub id: Id,
    pub account: Id,
    pub procedure: String,
    pub body: Body,
    /// The step to go on with, from 1.
    pub step: usize,
    pub updated_at: Instant,
}

impl Body {
    /// Whether a paper is asked for: of everybody, or in a case that is the applicant's.
    pub fn asks_for(&self, version: &Version, component: &catalogue::Component) -> bool {
        // A paper that lies there already says that the case is this one.
        self.cases.contains(&component.group)
            || self.papers.contains_key(&component.code)
            || !version.cases().contains(&component.group.as_str())
    }

    /// The draft as the one-stop takes it. `person` is who files.
    pub fn handed(&self, version: &Version, person: &str) -> Handed {
        let components = version
            .components
            .iter()
            .filter_map(|component| {
                if !self.asks_for(version, component) {
                    return Some((component.code.clone(), ComponentState::NotApplicable.into()));
                }
                let papers = self.papers.get(&component.code).filter(|papers| !papers.is_empty())?;
                let brought = match papers.iter().find(|paper| !paper.reused_from.is_empty()) {
                    Some(earlier) => Brought::reused(&earlier.reused_from),
                    None => {
                        let files = papers.iter().map(|paper| paper.file).collect();
                        Brought { state: ComponentState::File, files, ..Brought::default() }
                    }
                };
                Some((component.code.clone(), brought))
            })
            .collect();
        let submitter = if self.owner_name.trim() == person { "" } else { person };
        Handed {
            owner_name: self.owner_name.clone(),
            owner_number: self.owner_number.clone(),
            owner_phone: self.owner_phone.clone(),
            owner_address: self.owner_address.clone(),
            submitter_name: submitter.to_owned(),
            summary: String::new(),
            answers: self.answers.clone(),
            components,
            owner_paper: self.owner_paper.clone(),
            owner_nationality: self.owner_nationality.clone(),
            sure: self.sure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_hands_over_its_papers_and_names_who_files_for_another() {
        let component = |code: &str| catalogue::Component {
            code: code.into(),
            name: code.into(),
            originals: 1,
            copies: 0,
            required: true,
            reusable: true,
            lasting_months: 12,
            group: String::new(),
        };
        let version =
            Version { components: vec![component("a"), component("b"), component("c")], ..Version::default() };
        let paper = |from: &str| Paper { file: Id(7), name: "x.pdf".into(), size_bytes: 1, reused_from: from.into() };
        let mut body = Body { owner_name: "Nguyễn Văn Bình".into(), ..Body::default() };
        let back = Paper { file: Id(8), ..paper("") };
        body.papers.insert("a".into(), vec![paper(""), back]);
        body.papers.insert("b".into(), vec![paper("H13.01-260101-0001")]);
        body.papers.insert("c".into(), vec![]);
        body.papers.insert("gone".into(), vec![paper("")]);
        let handed = body.handed(&version, "Trần Thị Lan");
        assert_eq!(handed.submitter_name, "Trần Thị Lan");
        assert_eq!(handed.components["a"].files, [Id(7), Id(8)]);
        assert_eq!(handed.components["b"], Brought::reused("H13.01-260101-0001"));
        assert_eq!(handed.components.len(), 2, "a paper the version no longer asks for is left out");
        assert_eq!(body.handed(&version, "Nguyễn Văn Bình").submitter_name, "");
    }

    #[test]
    fn papers_of_a_case_are_asked_for_only_where_it_is_the_applicants() {
        let component = |code: &str, group: &str, required| catalogue::Component {
            code: code.into(),
            name: code.into(),
            originals: 1,
            copies: 0,
            required,
            reusable: false,
            lasting_months: 0,
            group: group.into(),
        };
        let components = vec![
            component("all", "", true),
            component("sorted", "Giấy tờ phải nộp", true),
            component("sorted-too", "Giấy tờ phải nộp", false),
            component("found", "Trẻ bị bỏ rơi", false),
        ];
        let version = Version { components, ..Version::default() };
        assert_eq!(version.cases(), ["Trẻ bị bỏ rơi"], "a heading with a required paper only sorts");
        let mut body = Body::default();
        let states = |body: &Body| {
            let handed = body.handed(&version, "");
            handed.components.iter().map(|(code, brought)| (code.clone(), brought.state)).collect::<Vec<_>>()
        };
        assert_eq!(states(&body), [("found".to_owned(), ComponentState::NotApplicable)]);
        body.cases.insert("Trẻ bị bỏ rơi".into());
        assert_eq!(states(&body), []);
    }

    #[test]
    fn a_draft_from_when_a_paper_had_one_file_is_still_read() {
        let old = r#"{"papers":{"a":{"file":"7","name":"x.pdf","size_bytes":1}}}"#;
        let body: Body = serde_json::from_str(old).unwrap();
        assert_eq!(body.papers["a"][0].file, Id(7));
        let again: Body = serde_json::from_str(&serde_json::to_string(&body).unwrap()).unwrap();
        assert_eq!(again, body);
    }
}
