//! Checking what an applicant or a clerk hands in.

use crate::dossier::{Applicant, COMPONENT_FILES_MAX, Component, ComponentState, DOSSIER_FILES_MAX};
use crate::happening::Filing;
use crate::measures::flag;
use crate::owner;
pub use crate::owner::answer;
use crate::papers::{Listed, Source};
use crate::reuse::{self, Earlier};
use base::{Channel, Date, Fault, Id, Instant, Level, PersonNumber, Problem};
use catalogue::Version;
use organisation::Tree;
use std::collections::BTreeMap;

/// What was handed in, as typed.
#[derive(Debug, Clone, Default)]
pub struct Handed {
    pub owner_name: String,
    pub owner_number: String,
    pub owner_phone: String,
    pub owner_address: String,
    pub submitter_name: String,
    pub summary: String,
    /// Form field → answer.
    pub answers: BTreeMap<String, String>,
    /// Component code → how it was brought.
    pub components: BTreeMap<String, Brought>,
    /// What paper the number is of: a word of [`crate::PaperKind`], `citizen` or `tax`; empty: told by its form.
    pub owner_paper: String,
    pub owner_nationality: String,
    /// The person was asked about what disagrees with the personal number, and it is so.
    pub sure: bool,
}

impl Handed {
    /// Whether some paper is said to be there from before.
    pub fn reuses(&self) -> bool {
        self.components.values().any(|paper| paper.state == ComponentState::Reused)
    }
}

/// How a paper was brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    pub state: ComponentState,
    /// Its files in order.
    pub files: Vec<Id>,
    /// For a reused paper: code of the earlier dossier it lies in.
    pub from: String,
    /// Taken from another of those that are filed together: where it lies there.
    pub taken: Option<Source>,
}

impl From<ComponentState> for Brought {
    fn from(state: ComponentState) -> Self {
        Self { state, ..Self::default() }
    }
}

impl Brought {
    /// Said to lie in an earlier dossier of that code.
    pub fn reused(from: impl Into<String>) -> Self {
        Self { state: ComponentState::Reused, from: from.into(), ..Self::default() }
    }
}

/// What is wrong with a Vietnamese number as typed.
pub(crate) fn number_problem(number: &str) -> Option<Problem> {
    let problem = match number {
        "" => Problem::new("dossier-owner-number-required"),
        number => number.parse::<PersonNumber>().err()?,
    };
    Some(problem.field("owner_number"))
}

/// The number as it is kept, however it was typed; checked before.
pub(crate) fn number_of(typed: &str) -> String {
    typed.parse::<PersonNumber>().map_or_else(|_| typed.trim().to_owned(), |number| number.as_str().to_owned())
}

/// A component as handed in, and as it is listed in the first event.
type Paper = (Component, Listed);

fn listed_row(component: &catalogue::Component, state: ComponentState, files: Vec<Id>) -> Component {
    let catalogue::Component { code, name, required, .. } = component;
    Component { code: code.clone(), name: name.clone(), required: *required, state, files }
}

/// One component; the paper that stands in for a reused one is looked for among `earlier`.
fn paper(
    component: &catalogue::Component,
    brought: &Brought,
    (handed, earlier): (&Handed, &[Earlier]),
    (channel, today): (Channel, Date),
) -> Result<Paper, Problem> {
    let named = |code| Problem::new(code).arg("name", &component.name);
    let state = brought.state;
    if component.required && !state.is_there() {
        return Err(named("dossier-component-missing").rule("NĐ 118/2025/NĐ-CP Điều 17"));
    }
    if channel == Channel::Online && state == ComponentState::Paper {
        return Err(named("dossier-component-needs-file"));
    }
    if brought.files.len() > COMPONENT_FILES_MAX {
        return Err(named("dossier-component-too-many-files").arg("max", COMPONENT_FILES_MAX));
    }
    if let Some(source) = brought.taken {
        let row = listed_row(component, state, brought.files.clone());
        let listed = Listed { source: Some(source), ..Listed::of(&row) };
        return Ok((row, listed));
    }
    let source = match state {
        ComponentState::Reused if component.lasting_months == 0 => {
            return Err(named("dossier-component-not-reusable"));
        }
        ComponentState::Reused if brought.from.trim().is_empty() => {
            return Err(named("dossier-reuse-source-required"));
        }
        ComponentState::Reused => {
            let found = reuse::named(earlier, &brought.from, &component.code)
                .ok_or_else(|| named("dossier-reuse-unknown").arg("code", brought.from.trim()))?;
            let for_another = !handed.submitter_name.trim().is_empty();
            found.stands_in(component, handed.owner_number.trim(), for_another, today)?;
            Some(found)
        }
        _ => None,
    };
    let row = listed_row(component, state, source.map_or_else(|| brought.files.clone(), |found| found.files.clone()));
    let listed = Listed { source: source.map(|found| found.source), ..Listed::of(&row) };
    Ok((row, listed))
}

/// The components of the version as handed in; papers the version does not know are refused by name.
fn papers(
    version: &Version,
    (handed, earlier): (&Handed, &[Earlier]),
    (channel, today): (Channel, Date),
    problems: &mut Vec<Problem>,
) -> Vec<Paper> {
    for code in handed.components.keys() {
        if !version.components.iter().any(|component| component.code == *code) {
            problems.push(Problem::new("dossier-component-unknown").field(format!("component_{code}")));
        }
    }
    let files: usize = handed.components.values().map(|paper| paper.files.len()).sum();
    if files > DOSSIER_FILES_MAX {
        problems.push(Problem::new("dossier-too-many-files").arg("max", DOSSIER_FILES_MAX));
    }
    let none = Brought::default();
    let mut found = Vec::new();
    for component in &version.components {
        let brought = handed.components.get(&component.code).unwrap_or(&none);
        match paper(component, brought, (handed, earlier), (channel, today)) {
            Ok(paper) => found.push(paper),
            Err(problem) => problems.push(problem.field(format!("component_{}", component.code))),
        }
    }
    found
}

/// Whether the applicant asks for something to be sent. What came by post goes back by post anyway.
pub fn asks_to_be_sent(version: &Version, handed: &Handed) -> bool {
    let sent = |field: &catalogue::Field| {
        let answer = handed.answers.get(&field.name).map_or("", |answer| answer.trim());
        field.needs_address.iter().any(|choice| choice == answer)
    };
    version.form.fields().any(sent)
}

/// Who is competent for the version at `wanted`, or why nobody is.
pub fn competent(tree: &Tree, version: &Version, wanted: Id) -> Result<Level, Problem> {
    let agency = tree
        .get(wanted)
        .filter(|agency| agency.valid_to.is_none())
        .ok_or_else(|| Problem::new("dossier-agency-unknown").field("competent"))?;
    let level = agency.level;
    // A division or a desk acts for its agency; the agency answers.
    if agency.house().is_none() || !version.levels.contains(&level) {
        return Err(Problem::new("dossier-agency-not-competent").field("competent").arg("agency", &agency.name));
    }
    Ok(level)
}

/// A filing in order.
#[derive(Debug, Clone)]
pub struct Checked {
    pub filing: Filing,
    pub applicant: Applicant,
    pub components: Vec<Component>,
}

/// Where a dossier is handed in, decided and handed out, and by whom it was filed online.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    pub channel: Channel,
    pub intake: Id,
    pub competent: Id,
    pub return_to: Id,
    pub account: Option<Id>,
}

/// Checks everything at once: the applicant is told all that is wrong in one go (NĐ 118/2025/NĐ-CP Điều 11). The code is
/// filled in by the caller. `earlier` are the papers that may stand in for ones not handed in again ([`reuse::papers_of`]).
pub fn check(
    tree: &Tree,
    version: &Version,
    places: Places,
    (handed, earlier): (&Handed, &[Earlier]),
    now: Instant,
) -> Result<Checked, Fault> {
    if version.route != catalogue::Route::Provincial {
        return Err(Fault::Conflict(Problem::new("dossier-route-not-here").rule("NĐ 224/2026/NĐ-CP Điều 15")));
    }
    if !version.in_force(now.date()) || !version.can_be_received() {
        return Err(not_open(version));
    }
    if places.channel == Channel::Online && !version.can_be_filed_online() {
        return Err(Fault::Conflict(Problem::new("dossier-not-online").arg("procedure", &version.code)));
    }
    let level = competent(tree, version, places.competent);
    checked(tree, version, (places, level), (handed, earlier), now)
}

fn not_open(version: &Version) -> Fault {
    Fault::Conflict(Problem::new("dossier-procedure-not-open").arg("procedure", &version.code))
}

/// What is filed together with another one: settled by the body that the group of linked procedures names, in whatever system that works, and
/// filed in whatever way the leading one is.
///
/// # Errors
/// As [`check`], at the fields of that part.
pub(crate) fn check_part(
    tree: &Tree,
    version: &Version,
    places: Places,
    (handed, earlier): (&Handed, &[Earlier]),
    now: Instant,
) -> Result<Checked, Fault> {
    if !version.in_force(now.date()) || version.process.is_empty() || version.channels.is_empty() {
        return Err(not_open(version));
    }
    let unknown = || Problem::new("dossier-agency-unknown").field("competent");
    let level = tree.get(places.competent).map(|agency| agency.level).ok_or_else(unknown);
    checked(tree, version, (places, level), (handed, earlier), now)
}

fn checked(
    tree: &Tree,
    version: &Version,
    (places, level): (Places, Result<Level, Problem>),
    (handed, earlier): (&Handed, &[Earlier]),
    now: Instant,
) -> Result<Checked, Fault> {
    let mut problems = Vec::new();
    let level = level.unwrap_or_else(|problem| {
        problems.push(problem);
        Level::Commune
    });
    for (field, agency) in [("intake", places.intake), ("return_to", places.return_to)] {
        if tree.get(agency).is_none_or(|found| found.valid_to.is_some()) {
            problems.push(Problem::new("dossier-agency-unknown").field(field));
        }
    }
    let owner = owner::owner(handed, places.channel, now.date(), &mut problems);
    // At the counter the form is on paper; what is typed in must still be right.
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    for field in version.form.fields() {
        let typed = handed.answers.get(&field.name).map_or("", String::as_str);
        if places.channel != Channel::Online && typed.trim().is_empty() {
            continue;
        }
        // Who has no personal number is known by the paper given above, here too.
        if owner.is_known_by(field, typed) {
            known.insert(&field.name, owner.number.clone());
            continue;
        }
        match owner::answer(field, typed, now.date()) {
            Ok(answer) if answer.is_empty() => {}
            Ok(answer) => {
                known.insert(&field.name, answer);
            }
            Err(problem) => problems.push(problem.field(format!("answer_{}", field.name))),
        }
    }
    if !handed.sure {
        problems.extend(owner::disagreements(version, |name| known.get(name).map(String::as_str), "answer_"));
    }
    if handed.owner_address.trim().is_empty() && places.channel != Channel::Post && asks_to_be_sent(version, handed) {
        problems.push(Problem::new("dossier-address-required").field("owner_address"));
    }
    let papers = papers(version, (handed, earlier), (places.channel, now.date()), &mut problems);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let terms = version.terms(places.channel).or_else(|| version.channels.first());
    let fee_dong = terms.map_or(0, |terms| terms.fee_total().0);
    let (components, listed): (Vec<Component>, Vec<Listed>) = papers.into_iter().unzip();
    // What another one is yet to result in is not there to be reused.
    let reused = listed.iter().filter_map(|paper| paper.source).any(|source| source.n != Source::RESULT);
    let flags = [
        (version.service_level == catalogue::ServiceLevel::Full, flag::FULL_SERVICE),
        (fee_dong > 0, flag::FEE),
        (version.payable_online, flag::PAYABLE_ONLINE),
        (!components.is_empty(), flag::HAS_COMPONENTS),
        (version.yields_document, flag::HAS_RESULT),
        (reused, flag::REUSED),
    ]
    .iter()
    .filter(|(holds, _)| *holds)
    .fold(0, |sum, (_, flag)| sum | flag);
    let applicant = Applicant {
        owner_name: owner.name,
        owner_number: owner.number,
        owner_phone: owner.phone,
        owner_address: owner.address,
        submitter_name: owner.submitter,
        summary: if owner.summary.is_empty() { version.name.clone() } else { owner.summary },
        answers: serde_json::to_string(&known).map_err(Fault::internal)?,
        owner_paper: owner.paper.as_str().to_owned(),
        owner_nationality: owner.nationality,
    };
    let filing = Filing {
        code: String::new(),
        procedure: version.procedure_id,
        version: version.id,
        field: version.field.clone(),
        level,
        channel: places.channel,
        intake: places.intake,
        competent: places.competent,
        return_to: places.return_to,
        account: places.account,
        flags,
        fee_dong,
        applicant: applicant.digest(),
        papers: listed,
        joined: None,
    };
    Ok(Checked { filing, applicant, components })
}

/// Whether the person is asked about something, besides being told what is wrong.
pub fn asks_whether_sure(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| matches!(problem.code, "base-citizen-id-birth-year" | "base-citizen-id-sex"))
}

#[cfg(test)]
mod tests;
