//! What was read in a document, kept as a draft programme; saving it again replaces the draft until somebody has changed it on the form.

use crate::drafts::{Draft, Event, Stage, begin, empty, loads};
use crate::programme::{Compare, Measure, Programme, Subject, Target};
use crate::rights::KEEP_PROGRAMMES;
use base::{Actor, Date, Fault, Id, Instant, Problem};
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
    pub name: String,
    /// Number of the document that sets it.
    pub document: String,
    pub issuer: String,
    pub decided: Date,
    /// Its last year.
    pub until: i16,
    pub targets: Vec<DraftTarget>,
}

/// One target of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftTarget {
    pub clause: String,
    /// What is measured.
    pub subject: String,
    pub compare: Compare,
    pub value: f64,
    pub value_high: Option<f64>,
    pub unit: Measure,
    /// `all`, or a level's word.
    pub level: String,
    /// The year it is due.
    pub due: i16,
    /// The document's words.
    pub text: String,
}

/// The programme of a document. Targets in a row with the same subject stand under it together.
fn programme_of(draft: &DraftProgramme, number: i64) -> Programme {
    let mut subjects: Vec<Subject> = Vec::new();
    for (n, one) in (1..).zip(&draft.targets) {
        let target = Target {
            compare: one.compare,
            value: one.value,
            value_high: one.value_high,
            unit: one.unit,
            level: one.level.clone(),
            ..Target::blank(format!("N{number}-{n:03}"), one.due, one.text.clone())
        };
        match subjects.last_mut() {
            Some(last) if last.name_vi == one.subject && last.clause == one.clause => last.targets.push(target),
            _ => subjects.push(Subject {
                id: format!("n{number}-{n:03}"),
                axis: UNSORTED.to_owned(),
                clause: one.clause.clone(),
                name_vi: one.subject.clone(),
                // The document has one language.
                name_en: one.subject.clone(),
                targets: vec![target],
                ..Subject::default()
            }),
        }
    }
    Programme {
        name_vi: draft.name.clone(),
        name_en: draft.name.clone(),
        document: draft.document.clone(),
        decided: draft.decided,
        issuer: draft.issuer.clone(),
        until: draft.until,
        subjects,
        ..empty(number)
    }
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
        return begin(tx, by, agency, Some(draft.source), |number| programme_of(&draft, number)).await;
    };
    let known = Held::<Draft>::read(&row)?;
    let number = known.state.number;
    if known.state.by_form || known.state.stage != Stage::Draft {
        return Err(Fault::Conflict(Problem::new("reform-draft-by-form").arg("number", number.to_string())));
    }
    let programme = Box::new(programme_of(&draft, number));
    loads(&programme)?;
    records::happen(tx, by, &known, &Event::ReadAgain { programme }, &[]).await?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Programmes;
    use crate::programme::targets_of;
    use crate::testing::{account, database, definitions, now};
    use base::Role;

    fn read_in_a_document() -> DraftProgramme {
        let target = |subject: &str, value, due| DraftTarget {
            clause: "II.1".into(),
            subject: subject.into(),
            compare: Compare::AtLeast,
            value,
            value_high: None,
            unit: Measure::Percent,
            level: "commune".into(),
            due,
            text: format!("đạt tối thiểu {value}% \"{subject}\""),
        };
        DraftProgramme {
            agency_path: "/1/".into(),
            source: Id(77),
            name: "Kế hoạch chuyển đổi số".into(),
            document: "12/KH-UBND".into(),
            issuer: "UBND tỉnh".into(),
            decided: jiff::civil::date(2026, 1, 5),
            until: 2030,
            targets: vec![
                target("hồ sơ trực tuyến", 80.0, 2027),
                target("hồ sơ trực tuyến", 90.0, 2030),
                target("số hóa", 0.7, 2030),
            ],
        }
    }

    #[test]
    fn a_draft_is_written_as_a_programme_file_and_read_back_the_same() {
        let given = read_in_a_document();
        let read = Programmes::from_toml(&[&toml::to_string(&programme_of(&given, 4)).unwrap()]).unwrap();
        let programme = read.programme("programme-4").unwrap();
        assert_eq!((programme.document.as_str(), programme.subjects.len()), ("12/KH-UBND", 2));
        let targets: Vec<_> =
            targets_of(programme).map(|p| (p.target.id.clone(), p.target.value, p.target.text.clone())).collect();
        assert_eq!(targets[1], ("N4-002".into(), 90.0, given.targets[1].text.clone()));
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
            let fewer = DraftProgramme { targets: read_in_a_document().targets[..1].to_vec(), ..read_in_a_document() };
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
