//! From one unit to another: handing over, taking, giving back what was misrouted, sending it where it belongs.

use super::{Office, check, house, in_words};
use crate::dossier::{ComponentState, Dossier, Passing, mark};
use crate::happening::{Filing, Happening, Offer, Place};
use crate::verbs::{Verb, Who};
use base::calendar::Calendar;
use base::{Actor, Date, Fault, Id, Instant, Limit, Problem, Time};
use catalogue::flow::Known;
use organisation::{Kind, Tree};
use serde::Deserialize;
use std::sync::LazyLock;

/// The clocks of handing over, from a day on (`data/handing/clocks.toml`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandingClock {
    since: Date,
    /// None: no clock.
    #[serde(default)]
    take: Option<Limit>,
    /// Papers received by then go out the same working day (NĐ 61/2018/NĐ-CP Điều 18 khoản 2).
    cut_off: Time,
    /// How long the beginning of the next working day is.
    morning: Limit,
    /// The article it comes from, or whose own rule it is.
    source: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clocks {
    clock: Vec<HandingClock>,
}

fn read(text: &str) -> Result<Vec<HandingClock>, toml::de::Error> {
    let mut clocks = toml::from_str::<Clocks>(text)?.clock;
    clocks.sort_by_key(|clock| clock.since);
    Ok(clocks)
}

/// The shipped ones; a test reads the file, so it is well-formed.
static CLOCKS: LazyLock<Vec<HandingClock>> =
    LazyLock::new(|| read(include_str!("../../../../data/handing/clocks.toml")).unwrap_or_default());

/// The clock of what is handed over on a day; none before the first.
pub(crate) fn clock_on(day: Date) -> Option<&'static HandingClock> {
    CLOCKS.iter().rev().find(|clock| clock.since <= day)
}

impl HandingClock {
    /// By when another agency takes what was handed to it.
    fn take_by(&self, calendar: &Calendar, at: Instant) -> Option<Instant> {
        self.take.map(|take| calendar.due(at, take, None).due_at)
    }

    /// By when papers received at a moment are handed over: by the end of that working day; what came after the cut-off or outside
    /// working hours, when the next one begins.
    fn papers_by(&self, calendar: &Calendar, at: Instant) -> Instant {
        let start = calendar.start_of_clock(at, Some(self.cut_off));
        let limit = if start.date() == at.date() { Limit::SameDay } else { self.morning };
        calendar.due(start, limit, None).due_at
    }
}

/// The hand-over from one unit to another; none within a unit. `papers`: they have to follow.
pub(super) fn offer(office: &Office<'_>, from: Id, to: Id, papers: bool) -> Option<Offer> {
    if from == to {
        return None;
    }
    let clock = clock_on(office.now.date());
    let between = house(office.tree, from) != house(office.tree, to);
    Some(Offer {
        from,
        take_by: clock.filter(|_| between).and_then(|clock| clock.take_by(&office.hours_at(to), office.now)),
        papers_by: clock.filter(|_| papers).map(|clock| clock.papers_by(&office.hours_at(from), office.now)),
    })
}

/// A result that goes to the desk: what is decided has no clock of taking any more, it is handed out.
pub(super) fn result(office: &Office<'_>, from: Id, to: Id, papers: bool) -> Option<Offer> {
    offer(office, from, to, papers).map(|offer| Offer { take_by: None, ..offer })
}

/// Whether any of a filing's papers is on paper and has to follow.
pub(super) fn has_papers(filing: &Filing) -> bool {
    filing.papers.iter().any(|paper| paper.state == ComponentState::Paper)
}

/// How a dossier taken in for another agency goes there: with papers that must follow, or without. `None` within one agency.
pub fn passing(tree: &Tree, filing: &Filing) -> Option<Passing> {
    passing_between(tree, (filing.intake, filing.competent), has_papers(filing))
}

/// The same of a dossier that was filed before.
pub(crate) fn passing_between(tree: &Tree, (intake, competent): (Id, Id), papers: bool) -> Option<Passing> {
    let passing = if papers { Passing::Paper } else { Passing::Electronic };
    (house(tree, intake) != house(tree, competent)).then_some(passing)
}

impl Office<'_> {
    /// Where a dossier goes when it has been received: the first step, handed over by the desk it was received at.
    pub(crate) fn first_place(&self, (intake, competent): (Id, Id), known: &Known<'_>, papers: bool) -> Place {
        let place = self.place((intake, competent), self.step_first(known), None);
        Place { offer: offer(self, self.desk(intake), place.unit, papers), ..place }
    }

    /// The first place of a filing as it was handed in.
    pub fn place_of(&self, filing: &Filing) -> Place {
        let known = self.known_of(filing.fee_dong, filing.channel);
        self.first_place((filing.intake, filing.competent), &known, has_papers(filing))
    }
}

/// Takes what was handed over, or the papers that followed it. Whoever does anything else to it where it lies has taken it as well.
pub fn take_over(d: &Dossier, actor: &Actor, office: &Office<'_>, papers: bool) -> Result<Happening, Fault> {
    check(d, Verb::TakeOver, actor, office)?;
    // Taken before: the papers alone are left to be confirmed.
    if d.offered_at.is_none() && !papers {
        let problem = Problem::new("dossier-papers-not-confirmed").field("papers_came");
        let rule = clock_on(office.now.date()).map_or("", |clock| clock.source.as_str());
        return Err(Fault::invalid(problem.rule(rule)));
    }
    Ok(Happening::TakenOver { papers: papers && d.papers_by.is_some() })
}

/// Gives back what was misrouted. Its dates stay as they are: a wrong way is no reason to make the applicant wait (CN06).
pub fn hand_back(d: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(d, Verb::HandBack, actor, office)?;
    let sender = d.sender.ok_or_else(not_just_come)?;
    // Where it came from may have ended since.
    let sender = office.tree.followed(sender).map_or(sender, |unit| unit.id);
    let reason = in_words("reason", why)?;
    // It came from the step before, or from the desk that received it.
    let before = office.version.step_before(super::step_of(d), &office.known(d));
    let step = before.map_or(0, |before| before as i64);
    let place = Place { step, unit: sender, handler: None, step_due_at: None, offer: None };
    // Papers that had come go the way back; those still on their way are where they belong.
    let came = d.flags & mark::ON_PAPER != 0 && d.papers_by.is_none();
    let papers_by = offer(office, d.unit, sender, came).and_then(|back| back.papers_by);
    Ok(Happening::HandedBack { place, reason, papers_by })
}

/// It did not come from another unit, or something was done to it since.
pub(super) fn not_just_come() -> Fault {
    Fault::Conflict(Problem::new("dossier-not-just-come"))
}

/// The step that what was handed back is sent to: the one it was given back from.
fn step_after_back(d: &Dossier, office: &Office<'_>) -> usize {
    let (step, known) = (super::step_of(d), office.known(d));
    let (first, path) = (office.step_first(&known), office.version.path(&known));
    // Where they stand on the way, whatever their order in the list.
    let on_path = |step: usize| path.iter().position(|other| *other == step);
    match office.place_for(d, step).unit == d.unit {
        _ if on_path(step).is_some_and(|at| on_path(first).is_some_and(|first| at < first)) => first,
        true => office.step_after(d).unwrap_or(step),
        false => step,
    }
}

/// Whether another agency may turn out to be competent: the desk that received it has it back, and nothing was done to it elsewhere.
fn may_change_agency(d: &Dossier, office: &Office<'_>) -> bool {
    d.unit == office.desk(d.intake) && step_after_back(d, office) == office.step_first(&office.known(d))
}

/// The units that what was handed back can be sent to: those of the agency that is competent and, from the desk, other agencies of its
/// level.
pub fn elsewhere(d: &Dossier, office: &Office<'_>) -> Vec<Id> {
    let (tree, today) = (office.tree, office.now.date());
    let divisions = |agency: Id| tree.children(agency).into_iter().filter(|child| child.kind == Kind::Division);
    let mut units: Vec<Id> = divisions(d.competent).map(|division| division.id).collect();
    units.push(d.competent);
    units.retain(|unit| *unit != d.unit);
    if may_change_agency(d, office) {
        let kind = tree.get(d.competent).map(|agency| agency.kind);
        let others = tree.all().iter().filter(|agency| {
            agency.id != d.competent
                && Some(agency.kind) == kind
                && agency.level == d.level
                && agency.valid_to.is_none_or(|last| last >= today)
        });
        units.extend(others.map(|agency| agency.id));
    }
    units
}

/// Sends what was handed back to a unit chosen by hand. An agency other than the competent one becomes competent by it.
pub fn redirect(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    (unit, electronic): (Option<Id>, bool),
    why: &str,
) -> Result<Happening, Fault> {
    check(d, Verb::Redirect, actor, office)?;
    let no_such = || Fault::invalid(Problem::new("dossier-not-sent-there").field("unit"));
    let chosen = unit.filter(|unit| elsewhere(d, office).contains(unit)).ok_or_else(no_such)?;
    let reason = in_words("reason", why)?;
    let agency = house(office.tree, chosen).ok_or_else(no_such)?;
    let competent = (agency != d.competent).then_some(agency);
    let step = step_after_back(d, office);
    let by_rule = office.place((d.intake, agency), step, None);
    // An agency is sent to by its own process; a division is meant itself.
    let to = if chosen == agency { by_rule.unit } else { chosen };
    // What was handed in on paper goes on paper, said or not.
    let electronic = electronic && d.flags & mark::ON_PAPER == 0;
    let place = Place { unit: to, offer: offer(office, d.unit, to, !electronic), ..by_rule };
    let between = house(office.tree, d.unit) != house(office.tree, to);
    let division = (chosen != agency).then_some(chosen);
    Ok(Happening::Redirected { place, electronic, between, competent, division, reason })
}

/// Whether the person may work where it lies; the desk that received it may act on it from elsewhere.
pub(super) fn works_where_it_lies(d: &Dossier, actor: &Actor, office: &Office<'_>) -> bool {
    let (path, field) = (office.tree.path(d.unit), office.version.field.as_str());
    let there = |who: &Who| matches!(who, Who::AtUnit(permission) if actor.may_in(*permission, path, field));
    Verb::TakeOver.rule().who.iter().any(there)
}

/// Nothing was handed over that is not taken, and no papers are on their way.
pub(crate) fn nothing_to_take(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    if d.offered_at.is_none() && d.papers_by.is_none() {
        return Err(Fault::Conflict(Problem::new("dossier-nothing-to-take")));
    }
    Ok(())
}

/// What the step after it returned is mended here, and what a colleague holds is not given away.
pub(crate) fn has_not_just_come(d: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    if d.flags & (mark::SENT_BACK | mark::MISROUTED) != 0 || d.sender.is_none() {
        return Err(not_just_come());
    }
    super::bars::only_the_head_gives_what_somebody_holds(d, actor, office)
}

pub(crate) fn was_not_handed_back(d: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    if d.flags & mark::MISROUTED == 0 {
        return Err(Fault::Conflict(Problem::new("dossier-not-handed-back")));
    }
    super::bars::only_the_head_gives_what_somebody_holds(d, actor, office)
}

#[cfg(test)]
mod tests;
