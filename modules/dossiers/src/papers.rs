//! A dossier's papers as its events tell them, so that the rows of its papers and files can be proved like its state.

use crate::dossier::{Component, ComponentState};
use crate::happening::{Beginning, Happening, Wish};
use base::{Id, Instant};
use files::Seal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a supplement is kept as.
pub const SUPPLEMENT: &str = "supplement";
/// What a result is kept as.
pub const RESULT: &str = "result";
/// What a proposal for the next step is kept as; the applicant does not see it.
pub const DRAFT: &str = "draft";
/// What a file is kept as that came with the opinion of another unit.
pub const OPINION: &str = "opinion";
/// What officials propose and say to each other: the applicant does not see it.
pub const INTERNAL: [&str; 2] = [DRAFT, OPINION];
/// What the paper is kept as by which an applicant asked for a withdrawal.
pub const REQUEST: &str = "request";
/// One paper asked for, as it was at filing; its position is its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// [`Listed::asked`].
    pub asked: String,
    pub state: ComponentState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Seal>,
    /// Its files after the first; events tell of them since papers may have several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Seal>,
    /// The earlier paper that stands in for it. Events before this was asked for say "reused" without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A paper of an earlier dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub dossier: Id,
    /// Its number there; [`Source::RESULT`] for what that dossier results in.
    pub n: i64,
}

impl Source {
    /// No paper of that dossier: what it results in.
    pub const RESULT: i64 = -1;
}

impl Listed {
    /// The paper as handed in, its file not yet sealed.
    pub fn of(component: &Component) -> Self {
        Self { asked: Self::asked(component), state: component.state, file: None, more: Vec::new(), source: None }
    }

    /// Every file of it.
    pub fn files(&self) -> impl Iterator<Item = &Seal> {
        self.file.iter().chain(&self.more)
    }

    /// Takes the seals of its files, in order.
    pub fn sealed(&mut self, seals: Vec<Seal>) {
        let mut seals = seals.into_iter();
        self.file = seals.next();
        self.more = seals.collect();
    }

    /// Digest of what is asked for: code, name, and whether it is required. The words stand in the procedure's version;
    /// repeating them in every dossier's log would double the log.
    pub fn asked(component: &Component) -> String {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        for part in [&component.code, &component.name] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update([u8::from(component.required)]);
        hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The first column in which a row differs from what was told.
    pub fn difference(&self, row: &Component) -> Option<&'static str> {
        if self.asked != Self::asked(row) {
            return Some("code, name or required");
        }
        if self.state != row.state {
            return Some("state");
        }
        (!self.files().map(|seal| seal.id).eq(row.files.iter().copied())).then_some("file_id")
    }
}

/// A file that came later: for a component, or beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Position of the component it completes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<i64>,
    pub file: Seal,
    /// More files of the same component.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Seal>,
}

/// A file beside the components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub file: Seal,
    /// [`SUPPLEMENT`], [`RESULT`], [`DRAFT`], [`OPINION`] or [`REQUEST`].
    pub purpose: &'static str,
    pub added_at: Instant,
}

/// The papers of one dossier after some of its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Papers {
    pub listed: Vec<Listed>,
    pub beside: BTreeMap<Id, Beside>,
    /// Files replaced by better ones since: no row of the dossier names them any more, but they were handed in.
    pub replaced: Vec<Seal>,
}

impl Papers {
    /// After one more event.
    pub fn follow(&mut self, at: Instant, happening: &Happening) {
        match happening {
            Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. } => {
                self.listed.clone_from(&filing.papers);
            }
            Happening::Received { part: Some(Beginning::With { papers, .. }), .. } => {
                for paper in papers {
                    self.add(paper, at);
                }
            }
            Happening::SupplementCompleted { papers, .. } => {
                for paper in papers {
                    self.add(paper, at);
                }
            }
            Happening::Approved { result: Some(file), .. }
            | Happening::Refused { result: Some(file), .. }
            | Happening::SignatureAnswered { file: Some(file), .. }
            | Happening::ResultReturned { result: Some(file), .. }
            | Happening::MishapMended { result: Some(file), .. } => {
                self.keep(file, RESULT, at);
            }
            Happening::Forwarded { draft: Some(file), .. } => self.keep(file, DRAFT, at),
            Happening::OpinionGiven { file: Some(file), .. } | Happening::OpinionForwarded { file: Some(file), .. } => {
                self.keep(file, OPINION, at);
            }
            Happening::Withdrawn { wish: Some(Wish { paper: Some(file), .. }), .. } => self.keep(file, REQUEST, at),
            _ => {}
        }
    }

    fn add(&mut self, paper: &Added, at: Instant) {
        let Some(n) = paper.component else { return self.keep(&paper.file, SUPPLEMENT, at) };
        let listed = usize::try_from(n).ok().and_then(|n| self.listed.get_mut(n));
        // The act refuses a number that no component has.
        let Some(listed) = listed else { return };
        listed.state = ComponentState::File;
        self.replaced.extend(listed.file.replace(paper.file.clone()));
        self.replaced.extend(std::mem::replace(&mut listed.more, paper.more.clone()));
    }

    fn keep(&mut self, file: &Seal, purpose: &'static str, added_at: Instant) {
        let kept = self.beside.entry(file.id).or_insert_with(|| Beside { file: file.clone(), purpose, added_at });
        // A proposal that was signed is the result.
        if kept.purpose == DRAFT {
            kept.purpose = purpose;
        }
    }

    /// Every file these papers ever had.
    pub fn files(&self) -> impl Iterator<Item = &Seal> {
        let listed = self.listed.iter().flat_map(Listed::files);
        listed.chain(self.beside.values().map(|beside| &beside.file)).chain(&self.replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component() -> Component {
        Component {
            code: "to-khai".to_owned(),
            name: "Tờ khai".to_owned(),
            required: true,
            state: ComponentState::Paper,
            files: Vec::new(),
        }
    }

    fn seal(id: i64) -> Seal {
        Seal { id: Id(id), sha256: String::new(), size_bytes: 1, about: String::new() }
    }

    #[test]
    fn a_listed_paper_names_the_column_that_was_changed() {
        let told = Listed::of(&component());
        assert_eq!(told.difference(&component()), None);
        let asked = Some("code, name or required");
        assert_eq!(told.difference(&Component { required: false, ..component() }), asked);
        assert_eq!(told.difference(&Component { name: "Tờ".to_owned(), ..component() }), asked);
        assert_eq!(told.difference(&Component { state: ComponentState::File, ..component() }), Some("state"));
        assert_eq!(told.difference(&Component { files: vec![Id(1)], ..component() }), Some("file_id"));
    }

    #[test]
    fn a_paper_with_one_file_is_told_as_it_always_was_and_one_with_more_names_each() {
        let mut listed = Listed { asked: "a".into(), ..Listed::of(&component()) };
        listed.sealed(vec![seal(1)]);
        let old = r#"{"asked":"a","state":"paper","file":{"id":"1","sha256":"","size_bytes":1,"about":""}}"#;
        assert_eq!(serde_json::to_string(&listed).unwrap(), old);
        assert_eq!(serde_json::from_str::<Listed>(old).unwrap(), listed);
        listed.sealed(vec![seal(1), seal(2)]);
        assert_eq!(serde_json::from_str::<Listed>(&serde_json::to_string(&listed).unwrap()).unwrap(), listed);
        let row = |files: &[i64]| Component { files: files.iter().map(|id| Id(*id)).collect(), ..component() };
        let told = Listed { asked: Listed::asked(&component()), ..listed };
        assert_eq!(told.difference(&row(&[1, 2])), None);
        for other in [&[1][..], &[2, 1], &[1, 2, 3], &[]] {
            assert_eq!(told.difference(&row(other)), Some("file_id"), "{other:?}");
        }
    }

    #[test]
    fn a_supplement_replaces_its_component_and_what_was_replaced_is_remembered() {
        let mut papers = Papers { listed: vec![Listed::of(&component())], ..Papers::default() };
        let bring = |id, component| Happening::SupplementCompleted {
            note: String::new(),
            clock: None,
            answer_due_at: None,
            papers: vec![Added { component, file: seal(id), more: Vec::new() }],
            corrected: None,
            absent: Vec::new(),
            hollow: false,
        };
        papers.follow(Instant(1), &bring(1, Some(0)));
        papers.follow(Instant(2), &bring(2, Some(0)));
        papers.follow(Instant(3), &bring(3, None));
        assert_eq!((papers.listed[0].state, papers.listed[0].file.clone()), (ComponentState::File, Some(seal(2))));
        assert_eq!((papers.beside[&Id(3)].purpose, papers.beside[&Id(3)].added_at), (SUPPLEMENT, Instant(3)));
        assert_eq!(papers.files().map(|seal| seal.id.0).collect::<Vec<_>>(), [2, 3, 1]);
    }
}
