//! What a person decides to do to a dossier that is there, and what its rule looks at.

use super::By;
use crate::aside::Aside;
use crate::decide::Office;
use crate::dossier::{Applicant, Dossier};
use crate::happening::{Happening, Issued};
use crate::store::Loaded;
use crate::verbs::Verb;
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id};
use records::{Given, Typed};
use web::FormMap;

/// What a person decided to do: the page's form and the API's body both become this, so that they are judged alike.
#[derive(Debug, Clone)]
pub struct Act {
    pub verb: Verb,
    /// What was typed for it, by the names of what the verb asks for.
    pub typed: Typed,
    /// The files that came with it; of most acts the first counts, of many none.
    pub papers: Vec<NewPaper>,
    /// The result that was written here, frozen and set for this act alone ([`crate::issue`]).
    pub issued: Option<Frozen>,
}

/// A result that was set with the number it is to have: it counts only as long as that is still the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    pub number: Issued,
    /// The file, whose row is there already.
    pub file: Id,
}

impl Act {
    /// With nothing said.
    pub fn of(verb: Verb) -> Act {
        Act { verb, typed: Typed::default(), papers: Vec::new(), issued: None }
    }

    /// As a form says it, without files.
    pub fn of_form(verb: Verb, form: &FormMap) -> Act {
        Act { typed: Typed::of_form(verb.row().asks, form), ..Act::of(verb) }
    }

    /// With one thing said.
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Act {
        self.typed = self.typed.with(name, text);
        self
    }

    /// With files.
    pub fn bringing(mut self, papers: impl IntoIterator<Item = NewPaper>) -> Act {
        self.papers.extend(papers);
        self
    }
}

/// A file that comes with an act: a supplement for a component, or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// Position of the component it completes; `None` for other papers.
    pub component: Option<i64>,
    /// Its row, which is there already.
    pub file: Id,
}

/// What the rule of an act looks at.
pub struct Case<'a> {
    pub tx: &'a Tx,
    pub loaded: &'a Loaded,
    pub by: &'a By,
    pub office: Office<'a>,
    pub given: Given,
    /// The files that count.
    pub papers: &'a [NewPaper],
}

impl Case<'_> {
    pub fn dossier(&self) -> &Dossier {
        &self.loaded.dossier
    }

    pub fn actor(&self) -> &Actor {
        &self.by.actor
    }

    /// What was typed into a field.
    pub fn text(&self, name: &str) -> &str {
        self.given.text(name)
    }

    /// What was typed into a field, to be kept.
    pub(super) fn said(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    /// Decides by a rule that looks nothing up.
    pub fn rule<'f>(
        &self,
        rule: impl FnOnce(&Dossier, &Actor, &Office<'_>) -> Result<Happening, Fault>,
    ) -> BoxFuture<'f, Result<Done, Fault>> {
        let done = rule(self.dossier(), self.actor(), &self.office).map(Done::from);
        Box::pin(std::future::ready(done))
    }
}

/// What an act came to: its event, and the words about people that belong beside it, which never stand in the log.
#[derive(Default)]
pub struct Done {
    /// None for an act that is no event of the dossier.
    pub(super) happening: Option<Happening>,
    /// The applicant with corrected answers.
    pub(super) applicant: Option<Applicant>,
    pub(super) asides: Vec<Aside>,
}

impl From<Happening> for Done {
    fn from(happening: Happening) -> Done {
        Done { happening: Some(happening), ..Done::default() }
    }
}

impl From<(Happening, Option<Aside>)> for Done {
    fn from((happening, aside): (Happening, Option<Aside>)) -> Done {
        Done { asides: aside.into_iter().collect(), ..Done::from(happening) }
    }
}
