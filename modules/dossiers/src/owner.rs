//! Judging whom a dossier is about: each field by itself, in words that help.

use crate::dossier::{Applicant, PaperKind};
use crate::filing::Handed;
use base::person::{Named, address_problem, name_problem};
use base::{Channel, CitizenId, Date, PersonNumber, Phone, Problem, Sex, clean};
use catalogue::{Field, FieldKind, Version};

pub(crate) mod card;

/// Longest name, address or summary, in characters (TrichYeuHoSo ≤ 1000).
const NAME_CHARS_MAX: usize = 200;
const SUMMARY_CHARS_MAX: usize = 1_000;
/// Letters and digits of a passport's number: nine in a machine-readable one (ICAO Doc 9303), a few more in older ones.
const PASSPORT_CHARS: std::ops::RangeInclusive<usize> = 5..=15;
const OTHER_CHARS: std::ops::RangeInclusive<usize> = 3..=30;
const NATIONALITY_CHARS_MAX: usize = 60;

/// The owner as kept, once nothing is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) phone: String,
    pub(crate) address: String,
    pub(crate) submitter: String,
    pub(crate) summary: String,
    pub(crate) paper: PaperKind,
    pub(crate) nationality: String,
    /// The personal number, where it is one.
    pub(crate) citizen: Option<CitizenId>,
}

impl Owner {
    /// Whether a form's question for a personal number is answered with the number of the owner's other paper.
    pub(crate) fn is_known_by(&self, field: &Field, typed: &str) -> bool {
        let asks = field.kind == FieldKind::CitizenNumber && self.paper != PaperKind::Number;
        asks && !self.number.is_empty() && bare(typed) == self.number
    }
}

/// The number of the owner's other paper, where a form's question for a personal number is answered with it.
pub(crate) fn known_by<'a>(applicant: &'a Applicant, field: &Field, typed: &str) -> Option<&'a str> {
    let asks = field.kind == FieldKind::CitizenNumber && applicant.owner_paper != PaperKind::Number.as_str();
    let number = applicant.owner_number.as_str();
    (asks && !number.is_empty() && bare(typed) == number).then_some(number)
}

/// The number of a paper without blanks, dots and dashes, in capitals; full-width letters are letters.
pub(crate) fn bare(typed: &str) -> String {
    base::plain_code(typed).chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect::<String>().to_uppercase()
}

pub(crate) fn too_long(field: &str, max: usize) -> Problem {
    Problem::too_long(max).field(field)
}

/// A text of one line, counted after cleaning.
fn line(field: &str, typed: &str, max: usize, problems: &mut Vec<Problem>) -> String {
    match clean::line(typed) {
        Ok(text) => {
            if text.chars().count() > max {
                problems.push(too_long(field, max));
            }
            text
        }
        Err(problem) => {
            problems.push(problem.field(field));
            String::new()
        }
    }
}

/// Reads and judges the owner and who brought the papers.
pub(crate) fn owner(handed: &Handed, channel: Channel, today: Date, problems: &mut Vec<Problem>) -> Owner {
    let mut owner =
        Owner { name: line("owner_name", &handed.owner_name, NAME_CHARS_MAX, problems), ..Owner::default() };
    let named_at = problems.len();
    number(handed, today, &mut owner, problems);
    let is_person = owner.citizen.is_some() || owner.paper != PaperKind::Number;
    let about_name = if owner.name.is_empty() {
        let told = problems.iter().any(|problem| problem.field.as_deref() == Some("owner_name"));
        (!told).then(|| Problem::new("dossier-owner-name-required"))
    } else {
        name_problem(&owner.name, if is_person { Named::Person } else { Named::Any })
    };
    if let Some(problem) = about_name {
        problems.insert(named_at, problem.field("owner_name"));
    }
    phone(handed, channel, &mut owner, problems);
    owner.address = line("owner_address", &handed.owner_address, NAME_CHARS_MAX, problems);
    if !owner.address.is_empty() {
        problems.extend(address_problem(&owner.address).map(|problem| problem.field("owner_address")));
    } else if channel == Channel::Post {
        problems.push(Problem::new("dossier-address-required").field("owner_address"));
    }
    owner.submitter = line("submitter_name", &handed.submitter_name, NAME_CHARS_MAX, problems);
    if !owner.submitter.is_empty() {
        problems.extend(name_problem(&owner.submitter, Named::Any).map(|problem| problem.field("submitter_name")));
    }
    owner.summary = line("summary", &handed.summary, SUMMARY_CHARS_MAX, problems);
    owner
}

/// The number, by the kind of paper it is of.
fn number(handed: &Handed, today: Date, owner: &mut Owner, problems: &mut Vec<Problem>) {
    let Some(paper) = PaperKind::read(handed.owner_paper.trim()) else {
        problems.push(Problem::new("dossier-paper-kind-unknown").field("owner_paper"));
        return;
    };
    owner.paper = paper;
    let typed = line("owner_number", &handed.owner_number, NAME_CHARS_MAX, problems);
    if typed.is_empty() {
        problems.push(Problem::new("dossier-owner-number-required").field("owner_number"));
        return;
    }
    if paper == PaperKind::Number {
        let read = match handed.owner_paper.trim() {
            "citizen" => typed.parse().map(PersonNumber::Citizen),
            "tax" => typed.parse().map(PersonNumber::Tax),
            _ => typed.parse::<PersonNumber>(),
        };
        let born = |number| match number {
            PersonNumber::Citizen(id) => id.born_by(today).map(PersonNumber::Citizen),
            tax => Ok(tax),
        };
        match read.and_then(born) {
            Ok(number) => {
                owner.number = number.as_str().to_owned();
                owner.citizen = if let PersonNumber::Citizen(id) = number { Some(id) } else { None };
            }
            Err(problem) => problems.push(problem.field("owner_number")),
        }
        return;
    }
    let bare = bare(&typed);
    let fits = |range: &std::ops::RangeInclusive<usize>| {
        range.contains(&bare.len()) && bare.contains(|c: char| c.is_ascii_digit())
    };
    let (fine, code) = match paper {
        PaperKind::Passport => {
            (bare.bytes().all(|b| b.is_ascii_alphanumeric()) && fits(&PASSPORT_CHARS), "dossier-passport-shape")
        }
        _ => (bare.chars().all(|c| c.is_alphanumeric() || c == '/') && fits(&OTHER_CHARS), "dossier-other-paper-shape"),
    };
    if !fine {
        problems.push(Problem::new(code).field("owner_number"));
    }
    owner.number = bare;
    owner.nationality = line("owner_nationality", &handed.owner_nationality, NATIONALITY_CHARS_MAX, problems);
    if owner.nationality.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        problems.push(Problem::new("dossier-nationality-required").field("owner_nationality"));
    }
}

fn phone(handed: &Handed, channel: Channel, owner: &mut Owner, problems: &mut Vec<Problem>) {
    let typed = line("owner_phone", &handed.owner_phone, NAME_CHARS_MAX, problems);
    if typed.is_empty() {
        if channel == Channel::Online {
            problems.push(Problem::new("dossier-phone-required").field("owner_phone"));
        }
        return;
    }
    match typed.parse::<Phone>() {
        Ok(phone) => owner.phone = phone.to_string(),
        Err(problem) => problems.push(problem.field("owner_phone")),
    }
}

/// A number as people type it: digits, thousands set apart by points, commas or blanks, decimals behind a comma or a point. What is
/// asked for is counted or measured, so nothing is less than nothing. It is kept as typed: whether `1.000` is a thousand or one, the
/// office reads from the question.
fn is_number(answer: &str) -> bool {
    let parts: Vec<&str> = answer.split([',', '.', ' ']).collect();
    let are_digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let signs: Vec<char> = answer.chars().filter(|c| !c.is_ascii_digit()).collect();
    let Some((decimals, groups)) = parts.split_last().filter(|_| are_digits) else { return false };
    match (groups, signs.last()) {
        ([], _) => true,
        ([_], Some(sign)) => *sign != ' ' || decimals.len() == 3,
        ([first, middle @ ..], Some(last)) => {
            // The sign between thousands is one; the decimals may have another.
            let thousands = &signs[..signs.len() - 1];
            let alike = thousands.iter().all(|sign| sign == &thousands[0]);
            let ends = if *last == thousands[0] { decimals.len() == 3 } else { *last != ' ' };
            alike && first.len() <= 3 && middle.iter().all(|group| group.len() == 3) && ends
        }
        (_, None) => false,
    }
}

/// No answer is older than the oldest person, and none is further ahead than a right may run.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// One answer as it is kept: numbers and telephones in one shape, one line wherever several were not asked for; empty where
/// none was given.
///
/// # Errors
/// What is wrong with it, at the field's own name.
pub fn answer(field: &Field, typed: &str, today: Date) -> Result<String, Problem> {
    let cleaned = if field.kind == FieldKind::Textarea { clean::lines(typed) } else { clean::line(typed) };
    let mut answer = cleaned.map_err(|problem| problem.field(&field.name))?;
    if matches!(field.kind, FieldKind::Number | FieldKind::Date) {
        answer = base::plain_code(&answer);
    }
    let wrong = |code| Err(Problem::new(code).field(&field.name).arg("label", &field.label));
    if answer.is_empty() {
        return if field.required { wrong("dossier-answer-required") } else { Ok(answer) };
    }
    if answer.chars().count() > usize::from(field.max_len) {
        return Err(too_long(&field.name, usize::from(field.max_len)));
    }
    let at_field = |problem: Problem| problem.field(&field.name);
    match field.kind {
        FieldKind::Date => {
            let Ok(day) = answer.parse::<Date>() else { return wrong("dossier-answer-date") };
            if field.not_future && day > today {
                return wrong("dossier-answer-date-future");
            }
            if !YEARS.contains(&day.year()) {
                return wrong("dossier-answer-date-year");
            }
            Ok(day.to_string())
        }
        FieldKind::Number if !is_number(&answer) => wrong("dossier-answer-number"),
        FieldKind::Select if !field.options.contains(&answer) => wrong("dossier-answer-choice"),
        FieldKind::Phone => answer.parse::<Phone>().map(String::from).map_err(at_field),
        FieldKind::CitizenNumber => {
            let number = answer.parse::<CitizenId>().and_then(|number| number.born_by(today));
            number.map(String::from).map_err(at_field)
        }
        _ => Ok(answer),
    }
}

/// Where a personal number and what is declared beside it disagree: year of birth and sex stand in the number. A few people
/// carry an honest contradiction, so it is asked about, not refused. The form says which answers belong together (`of`). `prefix` comes
/// before the answer's name in the input's.
pub(crate) fn disagreements<'a>(
    version: &Version,
    given: impl Fn(&str) -> Option<&'a str>,
    prefix: &str,
) -> Vec<Problem> {
    let fields = version.form.fields().filter(|field| !field.of.is_empty());
    fields
        .flat_map(|field| {
            let number = given(&field.of).and_then(|number| number.parse::<CitizenId>().ok());
            let (Some(number), Some(answer)) = (number, given(&field.name)) else { return Vec::new() };
            let (birth, sex) = match field.kind {
                FieldKind::Date => (answer.parse::<Date>().ok(), None),
                _ => (None, sex_of(answer)),
            };
            let at = format!("{prefix}{}", field.name);
            number.disagreements(birth, sex).into_iter().map(|problem| problem.field(at.clone())).collect()
        })
        .collect()
}

fn sex_of(answer: &str) -> Option<Sex> {
    match base::fold(answer).as_str() {
        "nam" => Some(Sex::Male),
        "nu" => Some(Sex::Female),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
