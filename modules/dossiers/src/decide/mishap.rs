//! What went wrong by the office's own doing: an error in a result, papers lost or damaged. The agency apologises, mends it at its own cost and by a
//! day that it names (NĐ 61/2018/NĐ-CP Điều 21; NĐ 118/2025/NĐ-CP keeps it).

use super::*;
use crate::dossier::{Mishap, Outcome};
use base::Date;

/// Furthest day for mending something, in days of the calendar: a mistyped year is no promise.
pub const MENDED_DAYS_MAX: i64 = 60;

/// One thing at a time.
pub(crate) fn not_mended(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    match d.mishap {
        None => Ok(()),
        Some(_) => Err(Fault::Conflict(Problem::new("dossier-mishap-open"))),
    }
}

pub(crate) fn nothing_to_mend(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    match d.mishap {
        Some(_) => Ok(()),
        None => Err(Fault::Conflict(Problem::new("dossier-mishap-none"))),
    }
}

/// What the office lost is not asked of the applicant again: it makes the papers anew itself.
pub(crate) fn not_asked_for_what_was_lost(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    if d.mishap == Some(Mishap::Lost) {
        return Err(Fault::Conflict(Problem::new("dossier-mishap-not-asked-again").rule(LOST)));
    }
    Ok(())
}

const LOST: &str = "NĐ 61/2018/NĐ-CP Điều 21";

/// Says what went wrong, and by when it is mended; the applicant is told, with an apology.
///
/// # Errors
/// Every problem at once, each with its field: `mishap`, `mishap_what`, `mend_until`.
pub fn report_mishap(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    (mishap, what, until): (&str, &str, &str),
) -> Result<Happening, Fault> {
    check(d, Verb::ReportMishap, actor, office)?;
    let mut problems = Vec::new();
    let mishap = Mishap::read(mishap);
    match mishap {
        None => problems.push(Problem::new("dossier-mishap-kind").field("mishap")),
        // There is no result yet that could be wrong; what is decided is no longer worked on with papers.
        Some(Mishap::Error) if d.outcome == Outcome::None => {
            problems.push(Problem::new("dossier-mishap-no-result").field("mishap"));
        }
        Some(_) => {}
    }
    let what = or_problems(substantial("mishap_what", what), &mut problems);
    let today = office.now.date();
    let until = until.trim().parse::<Date>().ok().filter(|until| {
        let days = base::time::day_number(*until) - base::time::day_number(today);
        (0..=MENDED_DAYS_MAX).contains(&days)
    });
    if until.is_none() {
        problems.push(Problem::new("dossier-mishap-until").field("mend_until").arg("max", MENDED_DAYS_MAX));
    }
    match (mishap, until) {
        (Some(mishap), Some(until)) if problems.is_empty() => Ok(Happening::MishapReported { mishap, what, until }),
        _ => Err(Fault::Invalid(problems)),
    }
}

/// It is mended. A wrong result is put right with the right one, as a file or by its number and day in words.
///
/// # Errors
/// `Invalid` at `mishap_done`.
pub fn mend_mishap(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    (done, file): (&str, bool),
) -> Result<Happening, Fault> {
    check(d, Verb::MendMishap, actor, office)?;
    if file && d.outcome == Outcome::None {
        // Before the decision there is no result to be put right.
        return Err(Fault::invalid(Problem::new("dossier-mishap-no-result").field("result")));
    }
    Ok(Happening::MishapMended { done: substantial("mishap_done", done)?, result: None })
}

/// Nothing was wrong: why not.
///
/// # Errors
/// `Invalid` at `reason`.
pub fn dismiss_mishap(d: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    check(d, Verb::DismissMishap, actor, office)?;
    Ok(Happening::MishapDismissed { reason: substantial("reason", why)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;
    use crate::measures::flag;

    fn says(story: &Story, mishap: &str, what: &str, until: &str) -> Vec<(String, String)> {
        match story.ask(|d, o| report_mishap(d, &head(), o, (mishap, what, until))) {
            Ok(_) => Vec::new(),
            Err(fault) => {
                let told = |problem: &Problem| (problem.field.clone().unwrap_or_default(), problem.code.to_owned());
                fault.problems().iter().map(told).collect()
            }
        }
    }

    #[test]
    fn lost_papers_are_made_anew_by_the_office_with_an_apology_and_never_asked_for_again() {
        let mut story = Story::received();
        let due = story.dossier().due_at;
        for (mishap, what, until, field) in [
            ("", "Thất lạc giấy chứng sinh", "2026-11-10", "mishap"),
            ("error", "Sai họ tên trong kết quả", "2026-11-10", "mishap"),
            ("lost", ".", "2026-11-10", "mishap_what"),
            ("lost", "Thất lạc giấy chứng sinh", "2026-11-01", "mend_until"),
            ("lost", "Thất lạc giấy chứng sinh", "2027-11-10", "mend_until"),
            ("lost", "Thất lạc giấy chứng sinh", "10/11", "mend_until"),
        ] {
            let told = says(&story, mishap, what, until);
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0].0, field, "{told:?}");
        }
        assert_eq!(says(&story, "", "", "").len(), 3, "everything at once");
        for stranger in [citizen(), far_clerk()] {
            let lost = ("lost", "Thất lạc giấy chứng sinh", "2026-11-10");
            assert_eq!(code(story.ask(|d, o| report_mishap(d, &stranger, o, lost))), "dossier-not-yours");
        }
        let lost = ("lost", "Thất lạc giấy chứng sinh khi bàn giao", "2026-11-03");
        story.does(60, |d, o| report_mishap(d, &officer(), o, lost));
        let d = story.dossier();
        assert_eq!((d.mishap, d.due_at), (Some(Mishap::Lost), due), "the promise to the applicant stays");
        assert_eq!(story.sum("mishap", flag::LOST), 1);
        let asked = asked("Thiếu giấy chứng sinh", "");
        assert_eq!(
            code(story.ask(|d, o| request_supplement(d, &officer(), o, &asked, &[]))),
            "dossier-mishap-not-asked-again"
        );
        assert_eq!(code(story.ask(|d, o| report_mishap(d, &officer(), o, lost))), "dossier-mishap-open");
        let owed: Vec<_> = crate::owed::dues(d).into_iter().filter(|due| due.name == "dossier-mend").collect();
        assert_eq!(owed.len(), 1);
        // A day late: the figure says so.
        story.does(2 * 24 * 60, |d, o| mend_mishap(d, &officer(), o, ("Đã trích lục lại từ bệnh viện", false)));
        assert_eq!(story.dossier().mishap, None);
        assert_eq!((story.sum("mended", 0), story.sum("mended", flag::ON_TIME)), (1, 0));
        assert!(story.ask(|d, o| request_supplement(d, &officer(), o, &asked, &[])).is_ok());
        assert_eq!(code(story.ask(|d, o| mend_mishap(d, &officer(), o, ("Lần nữa", false)))), "dossier-mishap-none");
    }

    #[test]
    fn a_wrong_result_is_put_right_after_it_was_handed_out_and_what_settled_it_stays_counted() {
        let mut story = Story::at_step("sign");
        story.does(60, |d, o| approve(d, &leader(), o, true, ""));
        let settled = (story.sum("settled", 0), story.sum("settled", flag::ON_TIME));
        let until = story.now.date().to_string();
        let wrong = ("error", "Ghi sai năm sinh của trẻ", until.as_str());
        // The desk hears of it; whoever decides for the agency mends it.
        story.does(60, |d, o| report_mishap(d, &clerk(), o, wrong));
        assert_eq!(code(story.ask(|d, o| mend_mishap(d, &clerk(), o, ("Đã sửa", true)))), "dossier-not-yours");
        assert_eq!(code(story.ask(|d, o| mend_mishap(d, &leader(), o, (".", true)))), "dossier-reason-too-thin");
        story.does(30, |d, o| mend_mishap(d, &leader(), o, ("Đã cấp lại bản đúng số 15/GKS", true)));
        assert_eq!((story.sum("mended", flag::ON_TIME), story.sum("mishap", flag::LOST)), (1, 0));
        assert_eq!((story.sum("settled", 0), story.sum("settled", flag::ON_TIME)), settled);
        // Reported again, and nothing was wrong.
        story.does(10, |d, o| report_mishap(d, &clerk(), o, wrong));
        story.does(10, |d, o| dismiss_mishap(d, &leader(), o, "Kết quả đúng như khai"));
        assert_eq!((story.dossier().mishap, story.sum("mended", 0)), (None, 1));
        assert_eq!((story.sum("mishap", 0), story.sum("mishap_dismissed", 0)), (2, 1));
    }
}
