//! What a decision looks at besides the dossier and the person, and where the steps of its process lie.

use super::step_of;
use crate::dossier::{Applicant, Dossier};
use crate::happening::Place;
use crate::opinion::{Opinion, Stance};
use crate::places::{Seen, department_of, first_step_as, next_step_as, previous_step_as, unit_seen};
use base::calendar::Calendar;
use base::{Id, Instant, Limit};
use catalogue::flow::Known;
use catalogue::{Step, StepUnit, Version};
use organisation::Tree;

/// Everything a decision looks at besides the dossier and the person.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    pub tree: &'a Tree,
    pub calendar: &'a Calendar,
    pub version: &'a Version,
    pub now: Instant,
    /// Whose dossier it is, where it is known: the ways of a process may depend on what was answered.
    pub applicant: Option<&'a Applicant>,
}

impl<'a> Office<'a> {
    /// Looking at a dossier of theirs.
    pub fn of(self, applicant: &'a Applicant) -> Self {
        Self { applicant: Some(applicant), ..self }
    }

    /// What the ways of the process may look at.
    pub(crate) fn known(&self, d: &Dossier) -> Known<'a> {
        let said = |stances: &[Stance]| {
            let among = |opinion: &&Opinion| opinion.stance.is_some_and(|stance| stances.contains(&stance));
            d.opinions.iter().filter(among).count() as i64
        };
        let (agree, disagree) = (said(&[Stance::Agree, Stance::AgreeIf]), said(&[Stance::Disagree]));
        Known { agree, disagree, ..self.known_of(d.fee_dong, d.channel) }
    }

    /// The same before anybody said anything.
    pub(crate) fn known_of(&self, fee: i64, channel: base::Channel) -> Known<'a> {
        let answers = self.applicant.map_or("", |applicant| applicant.answers.as_str());
        Known { answers, fee, channel: Some(channel), ..Known::default() }
    }

    /// The step after the one a dossier stands at.
    pub(crate) fn step_after(&self, d: &Dossier) -> Option<usize> {
        next_step_as(self.version, step_of(d), &self.known(d))
    }

    /// The step before it.
    pub(crate) fn step_before(&self, d: &Dossier) -> Option<usize> {
        previous_step_as(self.version, step_of(d), &self.known(d))
    }

    /// The first step after intake.
    pub(crate) fn step_first(&self, known: &Known<'_>) -> usize {
        first_step_as(self.version, known)
    }

    /// From where the units of steps are looked for.
    pub(crate) fn seen(&self, intake: Id, competent: Id) -> Seen {
        Seen { competent, intake, department: department_of(self.tree, self.version) }
    }

    /// The calendar of what one agency takes in and one settles, at their own hours.
    pub fn hours(&self, intake: Id, competent: Id) -> Calendar {
        let takes_in = organisation::takes_in(self.tree, self.calendar, intake);
        let settles = self.tree.house_of(competent).map_or(competent, |house| house.id);
        self.calendar.at(takes_in, settles)
    }

    /// The calendar of a dossier's clock.
    pub fn hours_of(&self, dossier: &Dossier) -> Calendar {
        self.hours(dossier.intake, dossier.competent)
    }

    /// The calendar of what a unit does, at the hours of its agency.
    pub(crate) fn hours_at(&self, unit: Id) -> Calendar {
        let own = self.calendar.has_own(unit).then_some(unit);
        let agency = own.or_else(|| self.tree.house_of(unit).map(|house| house.id)).unwrap_or(unit);
        self.calendar.at(agency, agency)
    }

    /// The step a dossier stands at.
    pub fn step(&self, dossier: &Dossier) -> Option<&Step> {
        self.version.process.get(usize::try_from(dossier.step).ok()?)
    }

    /// Local hour after which the clock starts on the next working day, where the procedure says so.
    pub fn cut_off(&self) -> Option<base::Time> {
        base::Time::strptime("%H:%M", self.version.cut_off.as_deref()?).ok()
    }

    /// The limit of the dossier's channel; the counter's where the channel has none of its own.
    pub fn limit(&self, channel: base::Channel) -> Option<Limit> {
        self.version.terms(channel).or_else(|| self.version.channels.first()).map(|terms| terms.limit)
    }

    /// Where a dossier's step is done and by when; the division that was chosen for it by hand does the divisions' steps.
    pub(crate) fn place_for(&self, d: &Dossier, step: usize) -> Place {
        let place = self.place((d.intake, d.competent), step, None);
        let by_division = self.version.process.get(step).is_some_and(|step| matches!(step.unit, StepUnit::Division(_)));
        match d.division.filter(|_| by_division) {
            Some(division) => Place { unit: division, ..place },
            None => place,
        }
    }

    /// Where a step is done and by when.
    pub fn place(&self, (intake, competent): (Id, Id), step: usize, handler: Option<Id>) -> Place {
        let found = self.version.process.get(step);
        let unit = found.map_or(competent, |found| unit_seen(self.tree, self.seen(intake, competent), &found.unit));
        Place {
            step: step as i64,
            unit,
            handler,
            step_due_at: found.map(|found| self.hours_at(unit).due(self.now, found.norm, None).due_at),
            offer: None,
        }
    }

    /// The desk that serves an agency; the agency itself where none does.
    pub(super) fn desk(&self, agency: Id) -> Id {
        self.tree.desk_of(agency).map_or(agency, |desk| desk.id)
    }
}
