//! Opinions asked of other units about a dossier (NĐ 61/2018/NĐ-CP Điều 19 khoản 5): several at once, each with a day of its own.

use base::{Id, Instant, Level};
use serde::{Deserialize, Serialize};

/// Where an opinion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpinionState {
    /// Waited for.
    #[default]
    Asked,
    Given,
    /// The unit says that it is not for it to say.
    Misrouted,
    /// No longer wanted, or the dossier ended.
    Dropped,
    /// Its day passed without an answer, and whoever asked goes on.
    Silent,
}
base::closed_list!(OpinionState, {
    Asked => "asked",
    Given => "given",
    Misrouted => "misrouted",
    Dropped => "dropped",
    Silent => "silent",
});

/// What a unit thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    Agree,
    /// Under conditions that it names.
    AgreeIf,
    Disagree,
}
base::closed_list!(Stance, {
    Agree => "agree",
    AgreeIf => "agree-if",
    Disagree => "disagree",
});

impl Stance {
    /// The words, for a field of a form.
    pub const CHOICES: &'static [&'static str] = &Self::WORDS;

    /// Fluent key of its words.
    pub fn key(self) -> String {
        format!("dossier-stance-{}", self.as_str())
    }
}

/// One opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Its number in the dossier, from 1.
    pub n: i64,
    pub unit: Id,
    /// The agency that the unit acts for, and its level.
    pub agency: Id,
    pub level: Level,
    /// The unit that asked.
    pub asked_by: Id,
    pub handler: Option<Id>,
    pub state: OpinionState,
    pub stance: Option<Stance>,
    /// Silence counts as consent, by the procedure; else never.
    pub consents: bool,
    pub asked_at: Instant,
    pub due_at: Instant,
    pub ended_at: Option<Instant>,
    /// The step of a branch that it lies at, by its id, and by when that one is to be done; of what is answered by itself nothing.
    pub step: String,
    pub step_due_at: Option<Instant>,
}

impl Default for Opinion {
    fn default() -> Self {
        Self {
            n: 0,
            unit: Id::default(),
            agency: Id::default(),
            level: Level::Commune,
            asked_by: Id::default(),
            handler: None,
            state: OpinionState::Asked,
            stance: None,
            consents: false,
            asked_at: Instant::default(),
            due_at: Instant::default(),
            ended_at: None,
            step: String::new(),
            step_due_at: None,
        }
    }
}

impl Opinion {
    /// Somebody still has to answer.
    pub fn is_open(&self) -> bool {
        self.state == OpinionState::Asked
    }

    /// By when whoever has it does something: the step of a branch is done, or it is answered.
    pub fn next_due_at(&self) -> Instant {
        self.step_due_at.unwrap_or(self.due_at)
    }

    /// Fluent key of where it stands, in the words for people.
    pub fn key(&self) -> String {
        match (self.state, self.consents) {
            (OpinionState::Silent, true) => "dossier-opinion-silent-consent".to_owned(),
            (state, _) => format!("dossier-opinion-{}", state.as_str()),
        }
    }
}
