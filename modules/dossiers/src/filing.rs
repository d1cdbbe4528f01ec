//! Checking what an applicant or a clerk hands in.

use crate::dossier::{Applicant, Component, ComponentState};
use crate::happening::Filing;
use crate::papers::Listed;
use base::{Channel, CitizenId, Fault, Id, Instant, Level, Phone, Problem, TaxCode};
use catalogue::{Field, FieldKind, Version};
use facts::flag;
use organisation::Tree;
use std::collections::BTreeMap;

/// Longest name, address or summary, in characters (TrichYeuHoSo ≤ 1000).
const NAME_CHARS_MAX: usize = 200;
const SUMMARY_CHARS_MAX: usize = 1_000;

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
    /// Component code → how it is there.
    pub components: BTreeMap<String, (ComponentState, Option<Id>)>,
}

fn too_long(field: &str, max: usize) -> Problem {
    Problem::new("dossier-text-too-long").field(field).arg("max", max)
}

fn person(handed: &Handed, channel: Channel, problems: &mut Vec<Problem>) {
    if handed.owner_name.trim().is_empty() {
        problems.push(Problem::new("dossier-owner-name-required").field("owner_name"));
    }
    for (field, text, max) in [
        ("owner_name", &handed.owner_name, NAME_CHARS_MAX),
        ("owner_address", &handed.owner_address, NAME_CHARS_MAX),
        ("submitter_name", &handed.submitter_name, NAME_CHARS_MAX),
        ("summary", &handed.summary, SUMMARY_CHARS_MAX),
    ] {
        if text.chars().count() > max {
            problems.push(too_long(field, max));
        }
    }
    let number = handed.owner_number.trim();
    if number.is_empty() {
        problems.push(Problem::new("dossier-owner-number-required").field("owner_number"));
    } else if let Err(problem) = number.parse::<CitizenId>() {
        // A tax code has 10 or 13 digits, a citizen number 12: the length tells which was meant.
        if number.len() == 12 || number.parse::<TaxCode>().is_err() {
            problems.push(problem.field("owner_number"));
        }
    }
    let phone = handed.owner_phone.trim();
    if phone.is_empty() {
        if channel == Channel::Online {
            problems.push(Problem::new("dossier-phone-required").field("owner_phone"));
        }
    } else if let Err(problem) = phone.parse::<Phone>() {
        problems.push(problem.field("owner_phone"));
    }
}

/// A number as people type it, with a comma or a point before the decimals. `NaN` and `inf` are words, not numbers.
fn is_number(answer: &str) -> bool {
    answer.replace([',', ' '], ".").parse::<f64>().is_ok_and(f64::is_finite)
}

/// The digits alone, however they were typed; checked before.
fn number_of(typed: &str) -> String {
    let typed = typed.trim();
    typed
        .parse::<CitizenId>()
        .map(|number| number.to_string())
        .or_else(|_| typed.parse::<TaxCode>().map(|code| code.to_string()))
        .unwrap_or_else(|_| typed.to_owned())
}

/// One answer against its field; `None` when it is in order.
pub fn answer_problem(field: &Field, answer: &str) -> Option<Problem> {
    let answer = answer.trim();
    if answer.is_empty() {
        return field
            .required
            .then(|| Problem::new("dossier-answer-required").field(&field.name).arg("label", &field.label));
    }
    if answer.chars().count() > usize::from(field.max_len) {
        return Some(too_long(&field.name, usize::from(field.max_len)));
    }
    let wrong = |code| Some(Problem::new(code).field(&field.name).arg("label", &field.label));
    match field.kind {
        FieldKind::Date if answer.parse::<base::Date>().is_err() => wrong("dossier-answer-date"),
        FieldKind::Number if !is_number(answer) => wrong("dossier-answer-number"),
        FieldKind::Select if !field.options.iter().any(|option| option == answer) => wrong("dossier-answer-choice"),
        FieldKind::Phone => answer.parse::<Phone>().err().map(|problem| problem.field(&field.name)),
        FieldKind::CitizenNumber => answer.parse::<CitizenId>().err().map(|problem| problem.field(&field.name)),
        _ => None,
    }
}

/// The components of the version as handed in; papers the version does not know are refused by name.
fn papers(version: &Version, handed: &Handed, channel: Channel, problems: &mut Vec<Problem>) -> Vec<Component> {
    for code in handed.components.keys() {
        if !version.components.iter().any(|component| component.code == *code) {
            problems.push(Problem::new("dossier-component-unknown").field(format!("component_{code}")));
        }
    }
    version
        .components
        .iter()
        .map(|component| {
            let (state, file) = handed.components.get(&component.code).copied().unwrap_or_default();
            let field = format!("component_{}", component.code);
            let online = channel == Channel::Online;
            if component.required && state == ComponentState::Missing {
                problems.push(
                    Problem::new("dossier-component-missing")
                        .field(&field)
                        .arg("name", &component.name)
                        .rule("NĐ 118/2025/NĐ-CP Điều 17"),
                );
            } else if online && state == ComponentState::Paper {
                problems.push(Problem::new("dossier-component-needs-file").field(&field).arg("name", &component.name));
            } else if state == ComponentState::Reused && !component.reusable {
                problems
                    .push(Problem::new("dossier-component-not-reusable").field(&field).arg("name", &component.name));
            }
            Component {
                code: component.code.clone(),
                name: component.name.clone(),
                required: component.required,
                state,
                file,
            }
        })
        .collect()
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
/// filled in by the caller.
pub fn check(tree: &Tree, version: &Version, places: Places, handed: &Handed, now: Instant) -> Result<Checked, Fault> {
    let mut problems = Vec::new();
    if version.route != catalogue::Route::Provincial {
        return Err(Fault::Conflict(Problem::new("dossier-route-not-here").rule("NĐ 224/2026/NĐ-CP Điều 15")));
    }
    if !version.in_force(now.date()) || !version.can_be_received() {
        return Err(Fault::Conflict(Problem::new("dossier-procedure-not-open").arg("procedure", &version.code)));
    }
    if places.channel == Channel::Online && !version.can_be_filed_online() {
        return Err(Fault::Conflict(Problem::new("dossier-not-online").arg("procedure", &version.code)));
    }
    let level = competent(tree, version, places.competent).unwrap_or_else(|problem| {
        problems.push(problem);
        Level::Commune
    });
    for (field, agency) in [("intake", places.intake), ("return_to", places.return_to)] {
        if tree.get(agency).is_none_or(|found| found.valid_to.is_some()) {
            problems.push(Problem::new("dossier-agency-unknown").field(field));
        }
    }
    person(handed, places.channel, &mut problems);
    // At the counter the form is on paper; what is typed in must still be right.
    for field in version.form.fields() {
        let answer = handed.answers.get(&field.name).map_or("", String::as_str);
        if places.channel == Channel::Online || !answer.trim().is_empty() {
            problems
                .extend(answer_problem(field, answer).map(|problem| problem.field(format!("answer_{}", field.name))));
        }
    }
    let components = papers(version, handed, places.channel, &mut problems);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let terms = version.terms(places.channel).or_else(|| version.channels.first());
    let fee_dong = terms.map_or(0, |terms| terms.fee_total().0);
    let reused = components.iter().any(|component| component.state == ComponentState::Reused);
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
    let known: BTreeMap<&str, &str> = version
        .form
        .fields()
        .filter_map(|field| {
            let answer = handed.answers.get(&field.name)?.trim();
            (!answer.is_empty()).then_some((field.name.as_str(), answer))
        })
        .collect();
    let applicant = Applicant {
        owner_name: handed.owner_name.trim().to_owned(),
        owner_number: number_of(&handed.owner_number),
        owner_phone: handed.owner_phone.parse::<Phone>().map_or_else(|_| String::new(), |phone| phone.to_string()),
        owner_address: handed.owner_address.trim().to_owned(),
        submitter_name: handed.submitter_name.trim().to_owned(),
        summary: if handed.summary.trim().is_empty() { version.name.clone() } else { handed.summary.trim().to_owned() },
        answers: serde_json::to_string(&known).map_err(Fault::internal)?,
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
        papers: components.iter().map(Listed::of).collect(),
    };
    Ok(Checked { filing, applicant, components })
}

#[cfg(test)]
mod tests;
