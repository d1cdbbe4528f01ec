//! Supplements: what is asked of an applicant, and what comes of it.

use super::*;
use crate::happening::{Absent, Asking};
use std::collections::BTreeMap;

/// What a supplement is asked for, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub reason: String,
    /// Why a second request cannot be avoided.
    pub again: String,
    /// Codes of components.
    pub papers: Vec<String>,
    /// Names of the form's fields.
    pub answers: Vec<String>,
    /// What else, in words.
    pub other: String,
    /// The last day, `2026-12-31`.
    pub until: String,
    /// The law of the field that allows to ask this late.
    pub basis: String,
}

/// What a dossier lacks is said within so many working days of its intake, unless the law of the field has it otherwise
/// (NĐ 61/2018/NĐ-CP Điều 19 khoản 4).
pub const ASKED_WITHIN_DAYS: i32 = 3;

/// Whether a supplement is asked for later than the law has it.
pub fn is_asked_late(dossier: &Dossier, office: &Office<'_>) -> bool {
    let last = |received| office.calendar.due(received, Limit::WorkingDays(ASKED_WITHIN_DAYS), None).due_at;
    dossier.received_at.is_some_and(|received| office.now.date() > last(received).date())
}

/// Longest time an applicant is given for a supplement, in calendar days.
pub const ASKED_DAYS_MAX: i32 = 180;
/// Two reasons are the same however they are written.
fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        let folded = base::fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    words(one) == words(other)
}

fn asking(asked: &Asked, office: &Office<'_>, problems: &mut Vec<Problem>) -> Option<Asking> {
    let version = office.version;
    let before = problems.len();
    let unknown = |code, field: &'static str, word: &String| Problem::new(code).field(field).arg("word", word);
    for paper in asked.papers.iter().filter(|paper| !version.components.iter().any(|one| one.code == **paper)) {
        problems.push(unknown("dossier-asked-paper-unknown", "papers", paper));
    }
    for name in asked.answers.iter().filter(|name| !version.form.fields().any(|field| field.name == **name)) {
        problems.push(unknown("dossier-asked-answer-unknown", "asked_answers", name));
    }
    let other = or_problems(short("other", &asked.other), problems);
    if asked.papers.is_empty() && asked.answers.is_empty() && other.is_empty() {
        let rule = "NĐ 118/2025/NĐ-CP Điều 11";
        problems.push(Problem::new("dossier-asked-nothing").field("papers").rule(rule));
    }
    let today = office.now.date();
    let last = today.checked_add(jiff::Span::new().days(i64::from(ASKED_DAYS_MAX))).unwrap_or(today);
    match asked.until.trim() {
        "" => problems.push(Problem::new("dossier-asked-until-required").field("until")),
        text => match text.parse::<base::Date>() {
            Ok(until) if until > today && until <= last => {
                let distinct = |words: &[String]| {
                    let all: std::collections::BTreeSet<&String> = words.iter().collect();
                    all.into_iter().cloned().collect::<Vec<_>>()
                };
                let (papers, answers) = (distinct(&asked.papers), distinct(&asked.answers));
                return (problems.len() == before).then_some(Asking { papers, answers, other, until });
            }
            Ok(_) => {
                problems.push(Problem::new("dossier-asked-until-range").field("until").arg("max", ASKED_DAYS_MAX));
            }
            Err(_) => problems.push(Problem::new("dossier-asked-until-date").field("until")),
        },
    }
    None
}

/// Asks for a supplement (form 02): why, what, until when. The applicant is guided fully and once: a second request needs its
/// own reason and counts as late in the index (NĐ 118/2025/NĐ-CP Điều 11; QĐ 766/QĐ-TTg, component 2.1). `earlier` are the
/// reasons of the requests before.
///
/// # Errors
/// Every problem at once, each with its field: `reason`, `again`, `basis`, `papers`, `asked_answers`, `other`, `until`.
pub fn request_supplement(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    asked: &Asked,
    earlier: &[String],
) -> Result<Happening, Fault> {
    check(dossier, Verb::RequestSupplement, actor, office)?;
    let mut problems = Vec::new();
    let reason = or_problems(substantial("reason", &asked.reason), &mut problems);
    let again = match dossier.supplements {
        0 => Ok(String::new()),
        _ if asked.again.trim().is_empty() => Err(Fault::invalid(
            Problem::new("dossier-second-supplement-needs-reason").field("again").rule("NĐ 118/2025/NĐ-CP Điều 11"),
        )),
        _ => substantial("again", &asked.again),
    };
    let again = or_problems(again, &mut problems);
    for (field, words) in [("reason", &reason), ("again", &again)] {
        if !words.is_empty() && earlier.iter().any(|before| same_words(before, words)) {
            problems.push(Problem::new("dossier-reason-repeated").field(field));
        }
    }
    let late = is_asked_late(dossier, office);
    if late && asked.basis.trim().is_empty() {
        let problem = Problem::new("dossier-supplement-late-basis").field("basis").arg("days", ASKED_WITHIN_DAYS);
        problems.push(problem.rule("NĐ 61/2018/NĐ-CP Điều 19 khoản 4"));
    }
    let basis = match late && !asked.basis.trim().is_empty() {
        true => or_problems(in_words("basis", &asked.basis), &mut problems),
        false => String::new(),
    };
    match asking(asked, office, &mut problems) {
        Some(asked) if problems.is_empty() => {
            let again = (dossier.supplements > 0).then_some(again);
            let (asked, basis) = (Some(asked), late.then_some(basis));
            let elsewhere = dossier.received_at.is_some() && !super::hand::works_where_it_lies(dossier, actor, office);
            Ok(Happening::SupplementRequested { reason, again, asked, basis, elsewhere })
        }
        _ => Err(Fault::Invalid(problems)),
    }
}

/// What the input is called that says why a paper asked for cannot be brought, before the paper's code.
pub const ABSENT: &str = "absent.";

/// What the applicant was last asked for.
pub fn asked_last(events: &[audit::Event]) -> Option<Asking> {
    events.iter().rev().find_map(|event| match Happening::read(&event.data) {
        Ok(Happening::SupplementRequested { asked, .. }) => asked,
        _ => None,
    })
}

/// What came for a list, by the codes of papers and the names of answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came<'a> {
    /// Papers of which a file came.
    pub papers: Vec<&'a str>,
    /// Answers that differ from those before.
    pub corrected: &'a [String],
    /// Papers that cannot be brought, and why, as typed; an empty text says nothing.
    pub absent: BTreeMap<&'a str, &'a str>,
}

/// Holds what came against the list: each paper is there, or it is said why it cannot be; each answer is corrected. Returns the papers
/// that cannot be brought.
///
/// # Errors
/// Every problem at once, at `absent.CODE` and `answers.NAME`.
pub fn listed_or_absent(asked: Option<&Asking>, office: &Office<'_>, came: &Came<'_>) -> Result<Vec<Absent>, Fault> {
    let version = office.version;
    let at = |code: &str| format!("{ABSENT}{code}");
    let (mut problems, mut absent) = (Vec::new(), Vec::new());
    let (papers, answers) = asked.map_or((&[][..], &[][..]), |asked| (&asked.papers[..], &asked.answers[..]));
    for code in came.absent.keys().filter(|code| !papers.iter().any(|paper| paper == *code)) {
        problems.push(Problem::new("dossier-absent-not-asked").field(at(code)).arg("word", code));
    }
    let still = |code: &String| papers.contains(code) && !came.papers.contains(&code.as_str());
    // In the order in which the pages ask.
    for component in version.components.iter().filter(|component| still(&component.code)) {
        let (code, name) = (component.code.as_str(), &component.name);
        match came.absent.get(code).map(|words| words.trim()).filter(|words| !words.is_empty()) {
            Some(words) => {
                let reason = or_problems(substantial(&at(code), words), &mut problems);
                absent.push(Absent { paper: code.to_owned(), reason });
            }
            None => {
                let problem = Problem::new("dossier-asked-paper-missing").field(at(code)).arg("name", name);
                problems.push(problem.rule("NĐ 118/2025/NĐ-CP Điều 11"));
            }
        }
    }
    for name in answers.iter().filter(|name| !came.corrected.contains(name)) {
        let label = version.form.fields().find(|field| field.name == *name).map_or(name, |field| &field.label);
        let field = format!("{}{name}", crate::correct::ANSWER);
        problems.push(Problem::new("dossier-asked-answer-same").field(field).arg("label", label));
    }
    if problems.is_empty() { Ok(absent) } else { Err(Fault::Invalid(problems)) }
}

/// What came for a supplement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supplied {
    /// Papers that came, as files.
    pub papers: usize,
    /// How many of them lay in the dossier already, byte for byte: whoever hands them in once more brings nothing new.
    pub again: usize,
    /// Answers that differ from those before.
    pub corrected: bool,
    /// What was asked for and cannot be brought, see [`listed_or_absent`].
    pub absent: Vec<Absent>,
}

/// The supplement is complete; the clock starts again or goes on. The applicant brings something, or says why it cannot be brought; what
/// an official declares complete with no new paper leaves the clock where it was, counts as late and is shown to those who watch over the
/// work.
pub fn complete_supplement(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    note: &str,
    brought: Supplied,
) -> Result<Happening, Fault> {
    check(dossier, Verb::CompleteSupplement, actor, office)?;
    let note = short("note", note)?;
    let own = standing(dossier, Verb::CompleteSupplement, actor, office).is_some_and(|by| by.agency.is_none());
    let Supplied { papers, again, corrected, absent } = brought;
    if own && papers == 0 && !corrected && absent.is_empty() {
        return Err(Fault::invalid(Problem::new("dossier-supplement-empty").field("other")));
    }
    let hollow = !own && papers <= again;
    let (clock, answer_due_at) = match (dossier.received_at, dossier.due_at) {
        (None, _) if hollow => (None, dossier.answer_due_at),
        (None, _) => (None, Some(answer_due(office, dossier.intake))),
        (Some(_), Some(due_at)) if hollow => {
            let clock = Clock::new(due_at, dossier.due_basis.clone());
            (Some(Clock { promised: dossier.promised_at, ..clock }), None)
        }
        _ => (Some(clock_after_pause(dossier, office).ok_or_else(|| limit_unknown(office))?), None),
    };
    Ok(Happening::SupplementCompleted {
        note,
        clock,
        answer_due_at,
        papers: Vec::new(),
        corrected: None,
        absent,
        hollow,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;

    #[test]
    fn what_a_dossier_lacks_is_said_within_three_working_days_or_with_the_law_that_allows_it() {
        // Received Monday 09:00: until Thursday nothing is to be explained, and nothing typed is kept.
        let mut story = Story::received();
        let without = Asked { basis: " ".to_owned(), ..asked("Thiếu giấy chứng sinh", "") };
        story.now = november(5, 16, 59);
        for typed in [&without, &asked("Thiếu giấy chứng sinh", "")] {
            let requested = story.ask(|d, o| request_supplement(d, &officer(), o, typed, &[])).unwrap();
            assert!(matches!(requested, Happening::SupplementRequested { basis: None, .. }), "{requested:?}");
        }
        story.now = november(6, 7, 30);
        let refused = story.ask(|d, o| request_supplement(d, &officer(), o, &without, &[]));
        let Err(Fault::Invalid(problems)) = refused else { panic!("{refused:?}") };
        assert_eq!((problems[0].code, problems[0].field.as_deref()), ("dossier-supplement-late-basis", Some("basis")));
        let requested =
            story.ask(|d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
        let Ok(Happening::SupplementRequested { basis: Some(basis), .. }) = requested else { panic!("{requested:?}") };
        assert_eq!(basis, "Luật Hộ tịch Điều 16");
        // A mere sign is no law, and a request before does not excuse a late one.
        let sign = Asked { basis: "x".to_owned(), ..without.clone() };
        assert_eq!(code(story.ask(|d, o| request_supplement(d, &officer(), o, &sign, &[]))), "dossier-reason-no-words");
        story.now = november(4, 9, 0);
        story.does(0, |d, o| request_supplement(d, &officer(), o, &without, &[]));
        story.does(60, |d, o| complete_supplement(d, &clerk(), o, "", BROUGHT));
        story.now = november(20, 9, 0);
        let again = Asked { again: "Giấy mới khác với tờ khai".to_owned(), ..without.clone() };
        let refused = story.ask(|d, o| request_supplement(d, &officer(), o, &again, &[]));
        assert_eq!(code(refused), "dossier-supplement-late-basis");
        // Before intake nothing has begun.
        let mut filed = Story::filed();
        filed.now = november(20, 9, 0);
        assert!(filed.ask(|d, o| request_supplement(d, &clerk(), o, &without, &[])).is_ok());
    }
}
