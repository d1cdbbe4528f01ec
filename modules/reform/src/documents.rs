//! What was read in a document, kept as a draft programme; saving it again replaces the draft until somebody has changed it on the form.

use crate::drafts::{Draft, Event, Stage, begin, empty, loads};
use crate::programme::{Programme, Subject};
use crate::rights::KEEP_PROGRAMMES;
use base::{Actor, Fault, Id, Instant, Problem};
use records::{By, Held};
use store::{Tx, params};

/// The part of the reform a draft's targets stand in until somebody sorts them.
pub(crate) const UNSORTED: &str = "unsorted";

store::statements! {
    /// The draft of a document.
    pub DRAFT_OF = "SELECT * FROM programme WHERE source_id = $1";
}

/// A programme as read in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftProgramme {
    /// Path of the agency whose document it is: the draft is kept by a post that reaches it.
    pub agency_path: String,
    /// The document it was read in; it has one draft.
    pub source: Id,
    /// What it says of itself, and its targets in the order of the text, each in a subject of its own. What names them is given here.
    pub programme: Programme,
}

/// The programme of a document. Targets in a row with the same subject stand under it together.
fn programme_of(read: &Programme, number: i64) -> Programme {
    let blank = empty(number);
    // The document has one language.
    let mut programme = Programme { id: blank.id, code: blank.code, name_en: read.name_vi.clone(), ..read.clone() };
    for (n, mut one) in (1..).zip(std::mem::take(&mut programme.subjects)) {
        one.targets.iter_mut().for_each(|target| target.id = format!("N{number}-{n:03}"));
        match programme.subjects.last_mut() {
            Some(last) if last.name_vi == one.name_vi && last.clause == one.clause => {
                last.targets.append(&mut one.targets)
            }
            _ => {
                let (id, name_en, axis) = (format!("n{number}-{n:03}"), one.name_vi.clone(), UNSORTED.to_owned());
                programme.subjects.push(Subject { id, name_en, axis, ..one });
            }
        }
    }
    programme
}

/// Keeps a draft, in place of an earlier one of the same document. Returns its number.
///
/// # Errors
/// 403 without the right to keep programmes; 409 where the earlier one was changed on the form or is no draft any more; 422 when the
/// rules for programme files refuse it.
pub async fn save_draft_programme(tx: &Tx, actor: &Actor, now: Instant, draft: DraftProgramme) -> Result<i64, Fault> {
    let post = actor.grant_for(KEEP_PROGRAMMES, &draft.agency_path);
    let agency = post.ok_or_else(|| Fault::Forbidden(Problem::new("web-permission-missing")))?.agency;
    let by = By { actor: Some(actor.account), agency: Some(agency), now };
    let Some(row) = tx.query_opt(DRAFT_OF, params![draft.source]).await? else {
        return begin(tx, by, agency, Some(draft.source), |number| programme_of(&draft.programme, number)).await;
    };
    let known = Held::<Draft>::read(&row)?;
    let number = known.state.number;
    if known.state.by_form || known.state.stage != Stage::Draft {
        return Err(Fault::Conflict(Problem::new("reform-draft-by-form").arg("number", number.to_string())));
    }
    let programme = Box::new(programme_of(&draft.programme, number));
    loads(&programme)?;
    records::happen(tx, by, &known, &Event::ReadAgain { programme }, &[]).await?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::{Programmes, Target, targets_of};
    use crate::testing::{account, database, definitions, now};
    use base::Role;

    fn read_in_a_document() -> DraftProgramme {
        let target = |subject: &str, value: f64, due| {
            let text = format!("đạt tối thiểu {value}% \"{subject}\"");
            let target = Target { value, level: "commune".into(), ..Target::blank(String::new(), due, text) };
            Subject { clause: "II.1".into(), name_vi: subject.into(), targets: vec![target], ..Subject::default() }
        };
        let programme = Programme {
            name_vi: "Kế hoạch chuyển đổi số".into(),
            document: "12/KH-UBND".into(),
            issuer: "UBND tỉnh".into(),
            decided: jiff::civil::date(2026, 1, 5),
            until: 2030,
            subjects: vec![
                target("hồ sơ trực tuyến", 80.0, 2027),
                target("hồ sơ trực tuyến", 90.0, 2030),
                target("số hóa", 0.7, 2030),
            ],
            ..Programme::default()
        };
        DraftProgramme { agency_path: "/1/".into(), source: Id(77), programme }
    }

    #[test]
    fn a_draft_is_written_as_a_programme_file_and_read_back_the_same() {
        let given = read_in_a_document();
        let read = Programmes::from_toml(&[&toml::to_string(&programme_of(&given.programme, 4)).unwrap()]).unwrap();
        let programme = read.programme("programme-4").unwrap();
        assert_eq!((programme.document.as_str(), programme.subjects.len()), ("12/KH-UBND", 2));
        let targets: Vec<_> =
            targets_of(programme).map(|p| (p.target.id.clone(), p.target.value, p.target.text.clone())).collect();
        assert_eq!(targets[1], ("N4-002".into(), 90.0, given.programme.subjects[1].targets[0].text.clone()));
        assert_eq!(targets[2].1, 0.7);
    }

    #[tokio::test]
    async fn saving_again_replaces_the_draft_of_the_same_document() {
        for (db, tree) in database().await {
            let keeper = account(13, Role::ReformOfficer, "/1/");
            let saved = |draft: DraftProgramme, keeper: Actor| {
                db.write(move |tx| Box::pin(async move { save_draft_programme(tx, &keeper, now(), draft).await }))
            };
            assert_eq!(saved(read_in_a_document(), keeper.clone()).await.unwrap(), 1);
            let mut fewer = read_in_a_document();
            fewer.programme.subjects.truncate(1);
            assert_eq!(saved(fewer, keeper.clone()).await.unwrap(), 1);
            let other = DraftProgramme { source: Id(78), ..read_in_a_document() };
            assert_eq!(saved(other, keeper.clone()).await.unwrap(), 2);
            let clerk = account(14, Role::Clerk, "/1/");
            assert!(matches!(saved(read_in_a_document(), clerk).await, Err(Fault::Forbidden(_))));
            let house = crate::House::new(tree.clone(), definitions());
            let read = db.read(move |tx| {
                Box::pin(async move {
                    let asker = records::Asker::actor(&keeper, now());
                    let mut kept = Vec::new();
                    for number in [2, 1] {
                        kept.push(crate::drafts::open(tx, &house, &asker, number).await?.state().clone());
                    }
                    Ok::<_, Fault>(kept)
                })
            });
            let kept = read.await.unwrap();
            assert_eq!(kept.iter().map(|one| targets_of(&one.programme).count()).collect::<Vec<_>>(), [3, 1]);
            assert_eq!((kept[1].version, kept[1].by_form), (2, false));
        }
    }
}
