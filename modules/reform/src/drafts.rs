//! Draft programmes: what was read in a document, kept as a programme file that the rules for the shipped ones read back.

use crate::actions::record;
use crate::programme::{Compare, Measure, Programme, Programmes, Subject, Target};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use serde::Serialize;
use serde_json::json;
use store::{Row, StoreError, Tx, params};

/// The part of the reform a draft's targets stand in until somebody sorts them.
pub(crate) const UNSORTED: &str = "unsorted";

store::statements! {
    /// The number a new draft gets.
    pub NEXT_DRAFT = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM programme";
    /// The draft of a document.
    pub DRAFT_OF = "SELECT * FROM programme WHERE source_id = $1";
    /// A new draft.
    pub INSERT_DRAFT = "INSERT INTO programme (number, id, agency_id, source_id, name, document, targets, body, state, by_form, version, saved_by, saved_name, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9, 1, $10, $11, $12)";
    /// A draft changed; $2 is the version it was changed from.
    pub CHANGE_DRAFT = "UPDATE programme SET version = version + 1, name = $3, document = $4, targets = $5, body = $6, by_form = $7, saved_by = $8, saved_name = $9, saved_at = $10 WHERE number = $1 AND version = $2 AND state = 'draft'";
    /// A draft laid before the second person.
    pub PROPOSE_DRAFT = "UPDATE programme SET version = version + 1, state = 'proposed', proposed_by = $3, proposed_name = $4, proposed_at = $5, decided_by = NULL, decided_name = NULL, decided_at = NULL, decision_note = NULL WHERE number = $1 AND version = $2 AND state = 'draft'";
    /// The second person's answer, once.
    pub DECIDE_DRAFT = "UPDATE programme SET version = version + 1, state = $3, decided_by = $4, decided_name = $5, decided_at = $6, decision_note = $7 WHERE number = $1 AND version = $2 AND state = 'proposed'";
    /// One draft, or programme in force.
    pub DRAFT = "SELECT * FROM programme WHERE number = $1";
    /// The latest drafts; a province makes a few a year.
    pub DRAFTS = "SELECT * FROM programme WHERE state <> 'in-force' ORDER BY number DESC LIMIT 100";
    /// The programmes in force, oldest first.
    pub IN_FORCE = "SELECT * FROM programme WHERE state = 'in-force' ORDER BY number LIMIT 1000";
    /// How many there are.
    pub IN_FORCE_COUNT = "SELECT COUNT(*) AS n FROM programme WHERE state = 'in-force'";
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

/// How far a programme has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// May be changed.
    Draft,
    /// Waits for a second person.
    Proposed,
    /// Steered; not changed any more.
    InForce,
}
base::closed_list!(Stage, { Draft => "draft", Proposed => "proposed", InForce => "in-force" });

/// A draft as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) number: i64,
    pub(crate) id: Id,
    pub(crate) agency: Id,
    pub(crate) name: String,
    pub(crate) document: String,
    pub(crate) targets: i64,
    pub(crate) body: String,
    pub(crate) stage: Stage,
    pub(crate) by_form: bool,
    pub(crate) version: i64,
    pub(crate) saved_name: String,
    pub(crate) saved_at: Instant,
    pub(crate) proposed_by: Option<Id>,
    pub(crate) proposed_name: Option<String>,
    pub(crate) proposed_at: Option<Instant>,
    pub(crate) decided_name: Option<String>,
    pub(crate) decided_at: Option<Instant>,
    pub(crate) decision_note: Option<String>,
}

impl Draft {
    fn read(row: &Row) -> Result<Draft, StoreError> {
        let stage: String = row.get("state")?;
        Ok(Draft {
            number: row.get("number")?,
            id: row.get("id")?,
            agency: row.get("agency_id")?,
            name: row.get("name")?,
            document: row.get("document")?,
            targets: row.get("targets")?,
            body: row.get("body")?,
            stage: Stage::read(&stage).unwrap_or(Stage::Draft),
            by_form: row.get("by_form")?,
            version: row.get("version")?,
            saved_name: row.get("saved_name")?,
            saved_at: row.get("saved_at")?,
            proposed_by: row.get("proposed_by")?,
            proposed_name: row.get("proposed_name")?,
            proposed_at: row.get("proposed_at")?,
            decided_name: row.get("decided_name")?,
            decided_at: row.get("decided_at")?,
            decision_note: row.get("decision_note")?,
        })
    }

    /// The programme in its file.
    pub(crate) fn programme(&self) -> Result<Programme, Fault> {
        let read = Programmes::from_toml(&[&self.body]).map_err(|why| Fault::internal(std::io::Error::other(why)))?;
        let found = read.all().first().cloned().ok_or(Fault::NotFound("reform-no-draft"))?;
        Ok(Programme { agency: Some(self.agency), ..found })
    }
}

#[derive(Serialize)]
struct File<'a> {
    id: &'a str,
    code: &'a str,
    name_vi: &'a str,
    name_en: &'a str,
    document: &'a str,
    decided: String,
    issuer: &'a str,
    from: Option<i16>,
    until: i16,
    subject: &'a [Subject],
}

/// The file of a programme.
pub(crate) fn file(programme: &Programme) -> Result<String, Fault> {
    let text = toml::to_string(&File {
        id: &programme.id,
        code: &programme.code,
        name_vi: &programme.name_vi,
        name_en: &programme.name_en,
        document: &programme.document,
        decided: programme.decided.to_string(),
        issuer: &programme.issuer,
        from: programme.from,
        until: programme.until,
        subject: &programme.subjects,
    })
    .map_err(Fault::internal)?;
    // What is kept can be loaded: the same reading as for the shipped programmes.
    Programmes::from_toml(&[&text])
        .map_err(|why| Fault::invalid(Problem::new("reform-draft-unreadable").arg("why", why)))?;
    Ok(text)
}

/// A programme with no targets yet.
pub(crate) fn empty(number: i64) -> Programme {
    Programme {
        id: format!("programme-{number}"),
        code: format!("N{number}"),
        name_vi: String::new(),
        name_en: String::new(),
        document: String::new(),
        decided: Date::default(),
        issuer: String::new(),
        from: None,
        until: 0,
        agency: None,
        successor: None,
        headline: Vec::new(),
        owes: Default::default(),
        subjects: Vec::new(),
    }
}

/// A target of which only that is known: at least nothing, for all levels.
pub(crate) fn blank(id: String, due: i16, text: String) -> Target {
    Target {
        id,
        clause: None,
        compare: Compare::AtLeast,
        value: 0.0,
        value_high: None,
        unit: Measure::Percent,
        of: None,
        cap: None,
        level: "all".to_owned(),
        from: None,
        due,
        date: None,
        maintain: false,
        baseline: None,
        strive: false,
        derived: false,
        restates: None,
        text,
        note: None,
    }
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
            ..blank(format!("N{number}-{n:03}"), one.due, one.text.clone())
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
                indicator: None,
                need: None,
                task: None,
                targets: vec![target],
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

/// Who writes, and where he keeps programmes.
pub(crate) fn keeper(actor: &Actor) -> Result<Id, Fault> {
    let grant = actor.grants.iter().find(|grant| grant.allows(crate::rights::KEEP_PROGRAMMES));
    grant.map(|grant| grant.agency).ok_or_else(|| Fault::Forbidden(Problem::new("web-permission-missing")))
}

/// The post by which somebody keeps programmes of the agency with that path.
fn keeper_at(actor: &Actor, path: &str) -> Result<Id, Fault> {
    let grant = actor.grant_for(crate::rights::KEEP_PROGRAMMES, path);
    grant.map(|grant| grant.agency).ok_or_else(|| Fault::Forbidden(Problem::new("web-permission-missing")))
}

/// Writes a new draft with its event, in the name of the post at `agency`. Returns its number.
pub(crate) async fn insert(
    tx: &Tx,
    (actor, agency): (&Actor, Id),
    now: Instant,
    source: Option<Id>,
    programme: impl FnOnce(i64) -> Programme + Send,
) -> Result<i64, Fault> {
    tx.lock("programme").await?;
    let number: i64 = tx.query_one(NEXT_DRAFT, params![]).await?.get("number")?;
    let id = Id::next(now);
    let programme = programme(number);
    let values = params![
        number,
        id,
        agency,
        source,
        programme.name_vi.as_str(),
        programme.document.as_str(),
        count(&programme)?,
        file(&programme)?,
        source.is_none(),
        actor.account,
        actor.name.as_str(),
        now
    ];
    tx.execute(INSERT_DRAFT, values).await?;
    let data = json!({"number": number, "document": programme.document, "source": source});
    record(tx, (actor, Some(agency)), now, id, "programme-drafted", data).await?;
    Ok(number)
}

/// Writes a changed draft; somebody who changed it meanwhile was first.
pub(crate) async fn change(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    draft: &Draft,
    programme: &Programme,
    by_form: bool,
) -> Result<(), Fault> {
    let values = params![
        draft.number,
        draft.version,
        programme.name_vi.as_str(),
        programme.document.as_str(),
        count(programme)?,
        file(programme)?,
        by_form,
        actor.account,
        actor.name.as_str(),
        now
    ];
    if tx.execute(CHANGE_DRAFT, values).await? == 0 {
        return Err(Fault::Conflict(Problem::new("reform-draft-changed").arg("name", draft.saved_name.clone())));
    }
    Ok(())
}

fn count(programme: &Programme) -> Result<i64, Fault> {
    i64::try_from(programme.subjects.iter().map(|subject| subject.targets.len()).sum::<usize>())
        .map_err(Fault::internal)
}

/// Keeps a draft, in place of an earlier one of the same document. Returns its number.
///
/// # Errors
/// 403 without the right to keep programmes; 409 where the earlier one was changed on the form or is no draft any more; 422 when the
/// rules for programme files refuse it.
pub async fn save_draft_programme(tx: &Tx, actor: &Actor, now: Instant, draft: DraftProgramme) -> Result<i64, Fault> {
    let agency = keeper_at(actor, &draft.agency_path)?;
    let Some(row) = tx.query_opt(DRAFT_OF, params![draft.source]).await? else {
        return insert(tx, (actor, agency), now, Some(draft.source), |number| programme_of(&draft, number)).await;
    };
    let known = Draft::read(&row)?;
    if known.by_form || known.stage != Stage::Draft {
        return Err(Fault::Conflict(Problem::new("reform-draft-by-form").arg("number", known.number.to_string())));
    }
    let programme = programme_of(&draft, known.number);
    change(tx, actor, now, &known, &programme, false).await?;
    let data = json!({"number": known.number, "document": programme.document, "source": draft.source});
    record(tx, (actor, Some(agency)), now, known.id, "programme-drafted", data).await?;
    Ok(known.number)
}

/// One draft.
pub(crate) async fn draft(tx: &Tx, number: i64) -> Result<Option<Draft>, StoreError> {
    tx.query_opt(DRAFT, params![number]).await?.as_ref().map(Draft::read).transpose()
}

/// The latest drafts.
pub(crate) async fn drafts(tx: &Tx) -> Result<Vec<Draft>, StoreError> {
    tx.query(DRAFTS, params![]).await?.iter().map(Draft::read).collect()
}

/// The programmes put in force here, oldest first.
pub(crate) async fn in_force(tx: &Tx) -> Result<Vec<Draft>, StoreError> {
    tx.query(IN_FORCE, params![]).await?.iter().map(Draft::read).collect()
}

/// How many there are.
pub(crate) async fn in_force_count(tx: &Tx) -> Result<i64, StoreError> {
    tx.query_one(IN_FORCE_COUNT, params![]).await?.get("n")
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
        let read = Programmes::from_toml(&[&file(&programme_of(&given, 4)).unwrap()]).unwrap();
        let programme = read.programme("programme-4").unwrap();
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
