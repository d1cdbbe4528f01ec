//! The files that come with an act: sealed in its event, kept in their rows.

use crate::dossier::{COMPONENT_FILES_MAX, DOSSIER_FILES_MAX, Dossier};
use crate::happening::Happening;
use crate::papers::{self, Added};
use crate::store as sql;
use ::store::{Tx, params};
use base::{Fault, Id, Instant, Problem};
use files::{File, Seal};

/// Writes the seals of the files that came with an act into its event; says what they are kept as.
pub(super) fn seal(happening: &mut Happening, came: &[(Option<i64>, File)]) -> &'static str {
    match happening {
        Happening::SupplementCompleted { papers, .. } => {
            for (component, files) in together(came) {
                let mut seals = files.iter().map(|file| Seal::of(file));
                papers.extend(seals.next().map(|file| Added { component, file, more: seals.collect() }));
            }
            papers::SUPPLEMENT
        }
        Happening::Approved { result, .. }
        | Happening::Refused { result, .. }
        | Happening::ResultReturned { result, .. }
        | Happening::MishapMended { result, .. } => {
            if let Some((_, file)) = came.first() {
                *result = Some(Seal::of(file));
            }
            papers::RESULT
        }
        Happening::Forwarded { draft, .. } => {
            *draft = came.first().map(|(_, file)| Seal::of(file));
            papers::DRAFT
        }
        Happening::OpinionGiven { file, .. } | Happening::OpinionForwarded { file, .. } => {
            *file = came.first().map(|(_, file)| Seal::of(file));
            papers::OPINION
        }
        Happening::Withdrawn { wish: Some(wish), .. } => {
            wish.paper = came.first().map(|(_, file)| Seal::of(file));
            papers::REQUEST
        }
        _ => "",
    }
}

/// What came, with the files of one component together, in the order they came. A file for no component stands alone.
fn together(came: &[(Option<i64>, File)]) -> Vec<(Option<i64>, Vec<&File>)> {
    let mut papers: Vec<(Option<i64>, Vec<&File>)> = Vec::new();
    for (component, file) in came {
        match papers.iter_mut().find(|(of, _)| of.is_some() && of == component) {
            Some((_, files)) => files.push(file),
            None => papers.push((*component, vec![file])),
        }
    }
    papers
}

/// A proposal that was signed is the result from now on: its applicant may open it.
pub(super) async fn keep_signed(tx: &Tx, dossier: Id, happening: &Happening) -> Result<(), Fault> {
    if let Happening::Approved { result: Some(file), .. } = happening {
        tx.execute(sql::DRAFT_SIGNED, params![dossier, file.id, papers::RESULT, papers::DRAFT]).await?;
    }
    Ok(())
}

/// Writes the rows of what came with an act; a dossier holds so many files and no more.
pub(super) async fn keep_papers(
    tx: &Tx,
    dossier: &Dossier,
    came: &[(Option<i64>, File)],
    purpose: &str,
    now: Instant,
) -> Result<(), Fault> {
    for (component, files) in together(came) {
        let Some(n) = component else {
            for file in files {
                tx.execute(sql::INSERT_FILE, params![dossier.id, file.id, purpose, file.name.as_str(), now]).await?;
            }
            continue;
        };
        if files.len() > COMPONENT_FILES_MAX {
            let problem = Problem::new("dossier-component-too-many-files").field(format!("component_{n}"));
            return Err(Fault::invalid(problem.arg("max", COMPONENT_FILES_MAX)));
        }
        let ids: Vec<Id> = files.iter().map(|file| file.id).collect();
        if !sql::fill_component(tx, dossier.id, n, &ids).await? {
            return Err(Fault::invalid(Problem::new("dossier-component-unknown").field("component")));
        }
    }
    if !came.is_empty() {
        let held: i64 = tx.query_one(sql::COUNT_FILES, params![dossier.id]).await?.get("n")?;
        if held > DOSSIER_FILES_MAX as i64 {
            return Err(Fault::invalid(Problem::new("dossier-too-many-files").arg("max", DOSSIER_FILES_MAX)));
        }
    }
    Ok(())
}

/// Why supplements were asked for before: the first reason, and why each further one could not be avoided.
pub(super) async fn reasons_asked(tx: &Tx, dossier: &Dossier) -> Result<Vec<String>, Fault> {
    if dossier.supplements == 0 {
        return Ok(Vec::new());
    }
    let mut reasons = Vec::new();
    for event in audit::events(tx, dossier.id).await? {
        if let Ok(Happening::SupplementRequested { reason, again, .. }) = Happening::read(&event.data) {
            reasons.push(reason);
            reasons.extend(again);
        }
    }
    Ok(reasons)
}
