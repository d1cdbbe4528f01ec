//! Opinions of other units: asking several at once, saying something, saying that one is the wrong one, going on without.

use super::{Office, check, in_words, or_problems, substantial};
use crate::aside::{self, Aside, Words};
use crate::dossier::{Dossier, mark};
use crate::happening::{AskedOf, AtBranch, Happening};
use crate::opinion::{Opinion, OpinionState, Stance};
use crate::places::{permission_for, unit_seen};
use crate::verbs::Verb;
use base::{Actor, Date, Fault, Id, Instant, Limit, Permission, Problem};
use organisation::Kind;

pub(crate) mod branch;

/// Units asked at once, at most.
pub const ASKED_AT_ONCE_MAX: usize = 12;
/// Working days for an answer, at most: a waiting that never ends is none.
pub const OPINION_DAYS_MAX: i64 = 30;
/// Opinions of one dossier, at most.
const OPINIONS_MAX: usize = 100;

/// What is asked, as typed.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub units: Vec<String>,
    pub text: String,
    /// The last day for an answer.
    pub until: String,
}

/// The units that may be asked: every standing agency, and the divisions of one's own, but for the one that asks.
pub fn askable(d: &Dossier, office: &Office<'_>) -> Vec<Id> {
    let (tree, today) = (office.tree, office.now.date());
    let own = super::house(tree, d.unit);
    let standing = tree.all().iter().filter(|agency| agency.valid_to.is_none_or(|last| last >= today));
    let may = |agency: &&organisation::Agency| match agency.kind {
        Kind::ServiceCentre => false,
        Kind::Division => super::house(tree, agency.id) == own,
        _ => true,
    };
    let open = |unit: Id| d.opinions.iter().any(|opinion| opinion.unit == unit && opinion.is_open());
    standing.filter(may).map(|agency| agency.id).filter(|unit| *unit != d.unit && !open(*unit)).collect()
}

/// The close of the last day; of the next working day where that one is off.
fn close_of(office: &Office<'_>, day: Date) -> Instant {
    office.calendar.due(Instant::from_local(day.at(0, 0, 0, 0)), Limit::SameDay, None).due_at
}

/// By when an answer is wanted: not past, and not after the dossier itself is due, as long as that is ahead.
fn until(d: &Dossier, office: &Office<'_>, text: &str) -> Result<Instant, Problem> {
    let wrong = |code| Problem::new(code).field("until").rule("NĐ 61/2018/NĐ-CP Điều 19 khoản 5");
    let day: Date = text.trim().parse().map_err(|_| wrong("dossier-asked-until-date"))?;
    let close = close_of(office, day);
    if close <= office.now {
        return Err(wrong("dossier-opinion-day-past"));
    }
    if day > office.calendar.nth_working_day_after(office.now.date(), OPINION_DAYS_MAX) {
        return Err(wrong("dossier-opinion-day-far").arg("days", OPINION_DAYS_MAX));
    }
    match d.due_at.filter(|due| *due > office.now) {
        Some(due) if day > due.date() => Err(wrong("dossier-opinion-after-due").arg("due", base::vn_date(due.date()))),
        // On the day the dossier is due, its hour counts.
        Some(due) => Ok(close.min(due)),
        None => Ok(close),
    }
}

/// Asks several units at once. Silence is no consent, unless the procedure says so.
pub fn ask_opinions(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    question: &Question,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(d, Verb::AskOpinions, actor, office)?;
    let at = |code| Problem::new(code).field("units");
    let mut problems = Vec::new();
    let may = askable(d, office);
    let mut of = Vec::new();
    for word in &question.units {
        let unit = word.parse::<Id>().ok().filter(|unit| may.contains(unit));
        let found = unit.and_then(|unit| Some((unit, super::house(office.tree, unit)?)));
        let level = found.and_then(|(_, agency)| office.tree.get(agency)).map(|agency| agency.level);
        match found.zip(level) {
            Some(((unit, _), _)) if of.iter().any(|asked: &AskedOf| asked.unit == unit) => {}
            Some(((unit, agency), level)) => {
                of.push(AskedOf { unit, agency, level, consents: office.version.silence_consents });
            }
            None => problems.push(at("dossier-opinion-not-asked-there")),
        }
    }
    if question.units.is_empty() {
        problems.push(at("dossier-opinion-nobody-asked"));
    }
    if of.len() > ASKED_AT_ONCE_MAX {
        problems.push(at("dossier-opinion-too-many").arg("max", ASKED_AT_ONCE_MAX));
    }
    let text = or_problems(substantial("question", &question.text), &mut problems);
    let due_at = until(d, office, &question.until).unwrap_or_else(|problem| {
        problems.push(problem);
        office.now
    });
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let words = Aside::of(aside::QUESTION, &Words { text });
    let question = words.digest();
    let asked = Happening::OpinionsAsked { by: d.unit, of, due_at, question, by_process: false, branch: None };
    Ok((asked, Some(words)))
}

/// What the process asks of other units beside the step a dossier has come to: of each what its own line says, unless that unit was asked the
/// same before. `asked`: the digests of the questions asked so far, in the order of the opinions' numbers.
pub(crate) fn beside_step(d: &Dossier, office: &Office<'_>, asked: &[String]) -> Vec<(Happening, Aside)> {
    let Some(step) = office.step(d) else { return Vec::new() };
    let seen = office.seen(d.intake, d.competent);
    let one = |side: &catalogue::Side| {
        let unit = unit_seen(office.tree, seen, &side.unit);
        let words = Aside::of(aside::QUESTION, &Words { text: side.name.clone() });
        let digest = words.digest();
        let answers = |opinion: &Opinion| !matches!(opinion.state, OpinionState::Misrouted | OpinionState::Dropped);
        // A branch is asked as a whole, wherever it stands by now.
        let asked_there = |opinion: &Opinion| match side.is_branch() {
            true => side.ids().any(|id| id == opinion.step),
            false => opinion.unit == unit,
        };
        let the_same =
            |(opinion, question): (&Opinion, &String)| asked_there(opinion) && *question == digest && answers(opinion);
        // Whoever leads it is not asked; in a branch somebody of theirs works beside them.
        let itself = unit == d.unit && !side.is_branch();
        if itself || d.opinions.iter().zip(asked).any(the_same) {
            return None;
        }
        let agency = super::house(office.tree, unit)?;
        let level = office.tree.get(agency)?.level;
        let consents = office.version.silence_consents;
        // Not after the dossier itself is due, as long as that is ahead.
        let bounded = |at: Instant| d.due_at.filter(|due| *due > office.now).map_or(at, |due| at.min(due));
        // One step of a branch after the other.
        let all = side.norms().fold(office.now, |from, norm| office.calendar.due(from, norm, None).due_at);
        let first = AtBranch { step: side.id.clone(), due_at: bounded(branch::step_due(office, side.norm)) };
        let branch = side.is_branch().then_some(first);
        let (due_at, of) = (bounded(all), vec![AskedOf { unit, agency, level, consents }]);
        let asked = Happening::OpinionsAsked { by: d.unit, of, due_at, question: digest, by_process: true, branch };
        Some((asked, words))
    };
    let known = d.opinions.len();
    step.asks.iter().filter_map(one).take(OPINIONS_MAX.saturating_sub(known)).collect()
}

/// Whether somebody speaks for the unit that has an opinion: does the step of its branch that it lies at, or whoever speaks for the unit.
fn is_theirs(opinion: &Opinion, actor: &Actor, office: &Office<'_>) -> bool {
    let (path, field) = (office.tree.path(opinion.unit), office.version.field.as_str());
    let head = actor.may_in(crate::rights::ASSIGN_DOSSIER, path, field);
    // What a colleague has been given is the head's to take away.
    let free = opinion.handler.is_none_or(|handler| actor.acts_for(handler)) || head;
    let may = |permission: &Permission| actor.may_in(*permission, path, field);
    let does = match branch::step_of(opinion, office) {
        Some(step) => may(&permission_for(step.role)),
        None => ANSWERING.iter().any(may),
    };
    opinion.is_open() && free && does
}

/// The open opinion of that number with which a person may do something; the only one of theirs where no number is given.
fn theirs<'d>(
    d: &'d Dossier,
    actor: &Actor,
    office: &Office<'_>,
    (verb, n): (Verb, Option<i64>),
) -> Result<&'d Opinion, Fault> {
    chosen(answerable(d, actor, office, verb), n)
}

fn chosen(open: Vec<&Opinion>, n: Option<i64>) -> Result<&Opinion, Fault> {
    let none = || Fault::invalid(Problem::new("dossier-opinion-unknown").field("opinion"));
    match (n, &open[..]) {
        (Some(n), open) => open.iter().copied().find(|opinion| opinion.n == n).ok_or_else(none),
        (None, [only]) => Ok(only),
        (None, _) => Err(none()),
    }
}

/// Those of a dossier with which a person may do something, now.
pub fn answerable<'d>(d: &'d Dossier, actor: &Actor, office: &Office<'_>, verb: Verb) -> Vec<&'d Opinion> {
    let may = |opinion: &&Opinion| is_theirs(opinion, actor, office) && branch::allows(opinion, office, verb);
    d.opinions.iter().filter(may).collect()
}

/// Who speaks for a unit that was asked.
const ANSWERING: &[Permission] =
    &[crate::rights::PROCESS_DOSSIER, crate::rights::ASSIGN_DOSSIER, crate::rights::APPROVE_DOSSIER];

/// Gives one of the opinions that a unit was asked for to somebody of it. `may_hold` tells who can work there.
pub fn assign_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    n: Option<i64>,
    handler: Id,
) -> Result<(Happening, Id), Fault> {
    check(d, Verb::AssignOpinion, actor, office)?;
    let opinion = theirs(d, actor, office, (Verb::AssignOpinion, n))?;
    let head = actor.may_in(crate::rights::ASSIGN_DOSSIER, office.tree.path(opinion.unit), &office.version.field);
    if handler != actor.account && !head {
        return Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")));
    }
    Ok((Happening::OpinionAssigned { n: opinion.n, handler }, opinion.unit))
}

/// Says what one's unit thinks.
pub fn give_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    (n, stance): (Option<i64>, &str),
    text: &str,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(d, Verb::GiveOpinion, actor, office)?;
    let opinion = theirs(d, actor, office, (Verb::GiveOpinion, n))?;
    let mut problems = Vec::new();
    let stance = Stance::read(stance.trim());
    if stance.is_none() {
        problems.push(Problem::new("dossier-stance-required").field("stance"));
    }
    let text = or_problems(substantial("text", text), &mut problems);
    match stance {
        Some(stance) if problems.is_empty() => {
            let words = Aside::of(aside::OPINION, &Words { text });
            Ok((Happening::OpinionGiven { n: opinion.n, stance, text: words.digest(), file: None }, Some(words)))
        }
        _ => Err(Fault::Invalid(problems)),
    }
}

/// Says that it is not for one's unit to say.
pub fn decline_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    n: Option<i64>,
    why: &str,
) -> Result<Happening, Fault> {
    check(d, Verb::DeclineOpinion, actor, office)?;
    let opinion = theirs(d, actor, office, (Verb::DeclineOpinion, n))?;
    Ok(Happening::OpinionDeclined { n: opinion.n, reason: in_words("reason", why)? })
}

/// Goes on without one: when its day has passed, or when it is no longer wanted.
pub fn go_on_without(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    n: Option<i64>,
    why: &str,
) -> Result<Happening, Fault> {
    check(d, Verb::GoOnWithout, actor, office)?;
    let opinion = chosen(d.opinions.iter().filter(|opinion| opinion.is_open()).collect(), n)?;
    Ok(Happening::OpinionLeft { n: opinion.n, reason: in_words("reason", why)? })
}

/// Whoever goes on sums up what others said (the lead agency, NĐ 61/2018/NĐ-CP Điều 19 khoản 6).
pub(super) fn summed_up(d: &Dossier, note: &str) -> Result<(), Fault> {
    if d.flags & mark::TO_SUM_UP != 0 && note.trim().is_empty() {
        let problem = Problem::new("dossier-opinions-to-sum-up").field("note");
        return Err(Fault::invalid(problem.rule("NĐ 61/2018/NĐ-CP Điều 19 khoản 6")));
    }
    Ok(())
}

/// Nothing goes on while an opinion is waited for.
pub(crate) fn opinions_waited_for(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    let open: Vec<&Opinion> = d.opinions.iter().filter(|opinion| opinion.is_open()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = open.iter().map(|opinion| office.tree.name(opinion.unit)).collect();
    Err(Fault::Conflict(Problem::new("dossier-opinions-waited-for").arg("units", names.join(", "))))
}

/// Nobody is left to ask, or enough were asked.
pub(crate) fn nobody_to_ask(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    if d.opinions.len() + ASKED_AT_ONCE_MAX > OPINIONS_MAX || askable(d, office).is_empty() {
        return Err(Fault::Conflict(Problem::new("dossier-opinion-nobody-left")));
    }
    Ok(())
}

/// Nothing is waited for from them: another unit is asked, a colleague has been given it, or the branch is not there yet.
pub(crate) fn none_to(verb: Verb, d: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    no_opinion_waited_for(d, actor, office)?;
    if answerable(d, actor, office, verb).is_empty() {
        if d.opinions.iter().any(|opinion| is_theirs(opinion, actor, office)) {
            return Err(Fault::Conflict(Problem::new("dossier-branch-not-there").arg("act", verb.as_str())));
        }
        return Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")));
    }
    Ok(())
}

pub(crate) fn no_opinion_waited_for(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    if d.opinions.iter().any(Opinion::is_open) {
        return Ok(());
    }
    Err(Fault::Conflict(Problem::new("dossier-no-opinion-waited-for")))
}

#[cfg(test)]
mod tests;
