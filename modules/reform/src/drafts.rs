//! Draft programmes: what was read in a document, kept as a programme file that the rules for the shipped ones read back.

use crate::programme::{Compare, Measure, Programme, Programmes, Subject, Target};
use base::{Actor, Date, Fault, Id, Instant, Permission, Problem};
use serde::Serialize;
use store::{Row, StoreError, Tx, params};

/// The part of the reform a draft's targets stand in until somebody sorts them.
const AXIS: &str = "unsorted";

store::statements! {
    /// The number a new draft gets.
    pub NEXT_DRAFT = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM draft_programme";
    /// The draft of a document.
    pub DRAFT_OF = "SELECT number FROM draft_programme WHERE source_id = $1";
    /// A new draft.
    pub INSERT_DRAFT = "INSERT INTO draft_programme (number, source_id, name, document, targets, body, saved_by, saved_name, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A draft saved again.
    pub REPLACE_DRAFT = "UPDATE draft_programme SET name = $3, document = $4, targets = $5, body = $6, saved_by = $7, saved_name = $8, saved_at = $9 WHERE number = $1 AND source_id = $2";
    /// One draft.
    pub DRAFT = "SELECT number, name, document, targets, body, saved_name, saved_at FROM draft_programme WHERE number = $1";
    /// The latest drafts; a province makes a few a year.
    pub DRAFTS = "SELECT number, name, document, targets, '' AS body, saved_name, saved_at FROM draft_programme ORDER BY number DESC LIMIT 100";
}

/// A programme as read in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftProgramme {
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

/// A draft as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) document: String,
    pub(crate) targets: i64,
    /// The programme file; empty in a list.
    pub(crate) body: String,
    pub(crate) saved_name: String,
    pub(crate) saved_at: Instant,
}

impl Draft {
    fn read(row: &Row) -> Result<Draft, StoreError> {
        Ok(Draft {
            number: row.get("number")?,
            name: row.get("name")?,
            document: row.get("document")?,
            targets: row.get("targets")?,
            body: row.get("body")?,
            saved_name: row.get("saved_name")?,
            saved_at: row.get("saved_at")?,
        })
    }

    /// The programme in its file.
    pub(crate) fn programme(&self) -> Result<Programme, Fault> {
        let read = Programmes::from_toml(&[&self.body]).map_err(|why| Fault::internal(std::io::Error::other(why)))?;
        read.all().first().cloned().ok_or(Fault::NotFound("reform-no-draft"))
    }
}

#[derive(Serialize)]
struct File<'a> {
    id: String,
    code: String,
    name_vi: &'a str,
    name_en: &'a str,
    document: &'a str,
    decided: String,
    issuer: &'a str,
    until: i16,
    subject: Vec<Subject>,
}

/// The programme file of a draft. Targets in a row with the same subject stand under it together.
fn file(draft: &DraftProgramme, number: i64) -> Result<String, toml::ser::Error> {
    let mut subjects: Vec<Subject> = Vec::new();
    for (n, one) in (1..).zip(&draft.targets) {
        let target = Target {
            id: format!("N{number}-{n:03}"),
            clause: None,
            compare: one.compare,
            value: one.value,
            value_high: one.value_high,
            unit: one.unit,
            of: None,
            cap: None,
            level: one.level.clone(),
            from: None,
            due: one.due,
            date: None,
            maintain: false,
            baseline: None,
            strive: false,
            derived: false,
            restates: None,
            text: one.text.clone(),
            note: None,
        };
        match subjects.last_mut() {
            Some(last) if last.name_vi == one.subject && last.clause == one.clause => last.targets.push(target),
            _ => subjects.push(Subject {
                id: format!("n{number}-{n:03}"),
                axis: AXIS.to_owned(),
                clause: one.clause.clone(),
                name_vi: one.subject.clone(),
                // The document has one language.
                name_en: one.subject.clone(),
                indicator: None,
                targets: vec![target],
            }),
        }
    }
    toml::to_string(&File {
        id: format!("draft-{number}"),
        code: format!("N{number}"),
        name_vi: &draft.name,
        name_en: &draft.name,
        document: &draft.document,
        decided: draft.decided.to_string(),
        issuer: &draft.issuer,
        until: draft.until,
        subject: subjects,
    })
}

/// Keeps a draft, in place of an earlier one of the same document. Returns its number.
///
/// # Errors
/// 403 without the right to keep programmes; 422 when the rules for programme files refuse it.
pub async fn save_draft_programme(tx: &Tx, actor: &Actor, now: Instant, draft: DraftProgramme) -> Result<i64, Fault> {
    if !actor.may(Permission::KeepProgrammes) {
        return Err(Fault::Forbidden(Problem::new("web-permission-missing")));
    }
    let known = tx.query_opt(DRAFT_OF, params![draft.source]).await?;
    let number: i64 = match &known {
        Some(row) => row.get("number")?,
        None => tx.query_one(NEXT_DRAFT, params![]).await?.get("number")?,
    };
    let body = file(&draft, number).map_err(Fault::internal)?;
    // What is kept can be loaded: the same reading as for the shipped programmes.
    Programmes::from_toml(&[&body])
        .map_err(|why| Fault::invalid(Problem::new("reform-draft-unreadable").arg("why", why)))?;
    let values = params![
        number,
        draft.source,
        draft.name.as_str(),
        draft.document.as_str(),
        i64::try_from(draft.targets.len()).map_err(Fault::internal)?,
        body.as_str(),
        actor.account,
        actor.name.as_str(),
        now
    ];
    tx.execute(if known.is_some() { REPLACE_DRAFT } else { INSERT_DRAFT }, values).await?;
    Ok(number)
}

/// One draft.
pub(crate) async fn draft(tx: &Tx, number: i64) -> Result<Option<Draft>, StoreError> {
    tx.query_opt(DRAFT, params![number]).await?.as_ref().map(Draft::read).transpose()
}

/// The latest drafts, without their files.
pub(crate) async fn drafts(tx: &Tx) -> Result<Vec<Draft>, StoreError> {
    tx.query(DRAFTS, params![]).await?.iter().map(Draft::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::targets_of;
    use crate::testing::{account, database, now};
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
        let read = Programmes::from_toml(&[&file(&given, 4).unwrap()]).unwrap();
        let programme = read.programme("draft-4").unwrap();
        assert_eq!((programme.document.as_str(), programme.subjects.len()), ("12/KH-UBND", 2));
        let targets: Vec<_> =
            targets_of(programme).map(|p| (p.target.id.clone(), p.target.value, p.target.text.clone())).collect();
        assert_eq!(targets[1], ("N4-002".into(), 90.0, given.targets[1].text.clone()));
        assert_eq!(targets[2].1, 0.7);
    }

    #[tokio::test]
    async fn saving_again_replaces_the_draft_of_the_same_document() {
        for (db, _) in database().await {
            let keeper = account(13, Role::ReformOfficer, "/1/");
            let saved = |draft: DraftProgramme, keeper: Actor| {
                db.write(move |tx| Box::pin(async move { save_draft_programme(tx, &keeper, now(), draft).await }))
            };
            assert_eq!(saved(read_in_a_document(), keeper.clone()).await.unwrap(), 1);
            let fewer = DraftProgramme { targets: read_in_a_document().targets[..1].to_vec(), ..read_in_a_document() };
            assert_eq!(saved(fewer, keeper.clone()).await.unwrap(), 1);
            let other = DraftProgramme { source: Id(78), ..read_in_a_document() };
            assert_eq!(saved(other, keeper).await.unwrap(), 2);
            let clerk = account(14, Role::Clerk, "/1/");
            assert!(matches!(saved(read_in_a_document(), clerk).await, Err(Fault::Forbidden(_))));
            let kept = db.read(|tx| Box::pin(async move { drafts(tx).await })).await.unwrap();
            assert_eq!(kept.iter().map(|one| (one.number, one.targets)).collect::<Vec<_>>(), [(2, 3), (1, 1)]);
            let one = db.read(|tx| Box::pin(async move { draft(tx, 1).await })).await.unwrap().unwrap();
            assert_eq!(targets_of(&one.programme().unwrap()).count(), 1);
        }
    }
}
