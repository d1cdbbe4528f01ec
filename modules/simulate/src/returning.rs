//! People who come back: only they have papers that need not be handed in again, by the office's own rule.

use crate::dice::Dice;
use base::{Id, Instant};
use catalogue::Version;
use dossiers::bulk::Case;
use dossiers::papers::Source;
use dossiers::reuse::Earlier;
use dossiers::{ComponentState, Outcome};
use std::collections::{HashMap, VecDeque};

/// People remembered at one place or account.
const REMEMBERED_MAX: usize = 40;

/// Somebody whose earlier dossier was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    pub name: String,
    pub number: String,
    pub phone: String,
    /// The lasting papers they handed in then.
    pub earlier: Vec<Earlier>,
    granted_at: Instant,
}

/// Those who may come back, by the account they file with or the desk they come to: a paper of another account or another
/// desk is not offered.
#[derive(Debug, Default)]
pub struct Remembered(HashMap<Id, VecDeque<Returning>>);

impl Remembered {
    /// Remembers the owner of a case that was granted.
    pub fn keep(&mut self, at: Id, version: &Version, case: &Case) {
        let Some(dossier) = case.state.as_ref().filter(|dossier| dossier.outcome == Outcome::Granted) else { return };
        let Some(granted_at) = dossier.finished_at else { return };
        let owner = &case.applicant;
        let lasting =
            |code: &str| version.components.iter().any(|asked| asked.code == code && asked.lasting_months > 0);
        let earlier: Vec<Earlier> = (0_i64..)
            .zip(&case.components)
            .filter(|(_, paper)| paper.state == ComponentState::File && lasting(&paper.code))
            .map(|(n, paper)| Earlier {
                source: Source { dossier: dossier.id, n },
                dossier: dossier.code.clone(),
                component: paper.code.clone(),
                name: paper.name.clone(),
                files: paper.files.clone(),
                owner_number: owner.owner_number.clone(),
                brought_for_another: !owner.submitter_name.is_empty(),
                lasting: true,
                granted: true,
                handed_on: dossier.filed_at.date(),
            })
            .collect();
        if earlier.is_empty() {
            return;
        }
        let people = self.0.entry(at).or_default();
        if people.len() >= REMEMBERED_MAX {
            people.pop_front();
        }
        let (name, number, phone) = (owner.owner_name.clone(), owner.owner_number.clone(), owner.owner_phone.clone());
        people.push_back(Returning { name, number, phone, earlier, granted_at });
    }

    /// One of those who may come back at that moment.
    pub fn draw(&self, at: Id, now: Instant, dice: &mut Dice) -> Option<Returning> {
        let people = self.0.get(&at)?;
        let nth = usize::try_from(dice.below(people.len().max(1) as u64)).ok()?;
        people.get(nth).filter(|person| person.granted_at < now).cloned()
    }
}
