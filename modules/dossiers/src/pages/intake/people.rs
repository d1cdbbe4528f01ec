//! Several people at once: one brings the dossiers of a whole group for one procedure, a line each.

use crate::filing::Handed;
use base::Problem;

/// Most people of one group: as many receipts as a counter prints at once.
pub(super) const PEOPLE_MAX: usize = 50;

/// The lines of a group: `name; number; telephone; address` each. The papers, the places and whoever brings them are those of the form.
///
/// # Errors
/// At `people`, naming the line: too many, or one without a name and a number.
pub(super) fn read(text: &str, of: &Handed) -> Result<Vec<Handed>, Problem> {
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())).filter(|(_, line)| !line.is_empty()).collect();
    if lines.len() > PEOPLE_MAX {
        return Err(Problem::new("dossier-people-many").field("people").arg("max", PEOPLE_MAX));
    }
    let one = |(n, line): (usize, &str)| {
        let mut parts = line.split([';', '\t']).map(|part| part.trim().to_owned());
        let (name, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if name.is_empty() || number.is_empty() {
            return Err(Problem::new("dossier-people-line").field("people").arg("line", n));
        }
        Ok(Handed {
            owner_name: name,
            owner_number: number,
            owner_phone: parts.next().unwrap_or_default(),
            owner_address: parts.next().unwrap_or_default(),
            // Answers and foreign papers are each person's own, and so not of the group.
            answers: Default::default(),
            owner_paper: String::new(),
            owner_nationality: String::new(),
            sure: false,
            ..of.clone()
        })
    };
    lines.into_iter().map(one).collect()
}

/// What is wrong with somebody of the group, at the group's field and naming the line.
pub(super) fn at_line(n: usize, why: String) -> Problem {
    Problem::new("dossier-people-wrong").field("people").arg("line", n).arg("why", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_person_with_the_papers_of_the_form_and_nobody_elses_answers() {
        let form = Handed {
            owner_name: "Nguyễn Văn Đầu".into(),
            submitter_name: "Lê Thị Nộp Thay".into(),
            answers: [("child_name".to_owned(), "An".to_owned())].into(),
            ..Handed::default()
        };
        let read_as = |text: &str| read(text, &form);
        let people = read_as("Trần Thị Hai; 094190000123; 0912345678; Ấp 1\n\n  Lê Văn Ba\t094090000456\n").unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!((people[0].owner_phone.as_str(), people[0].owner_address.as_str()), ("0912345678", "Ấp 1"));
        assert_eq!((people[1].owner_name.as_str(), people[1].owner_number.as_str()), ("Lê Văn Ba", "094090000456"));
        assert!(people.iter().all(|one| one.submitter_name == "Lê Thị Nộp Thay" && one.answers.is_empty()));
        let wrong = read_as("Trần Thị Hai; 094190000123\nchỉ có tên").unwrap_err();
        assert_eq!((wrong.code, wrong.args[0].1.as_str()), ("dossier-people-line", "2"));
        let many = "A; 1\n".repeat(PEOPLE_MAX + 1);
        assert_eq!(read_as(&many).unwrap_err().code, "dossier-people-many");
        assert!(read_as("  \n ").unwrap().is_empty());
    }
}
