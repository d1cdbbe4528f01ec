//! Files that come with a form: staged on disk before the transaction, recorded inside it.

use crate::Dossier;
use crate::actions::linked::prefix;
use crate::actions::{By, CounterIntake, House, LinkedTyped, NewPaper, receive_at_counter};
use crate::dossier::{COMPONENT_FILES_MAX, ComponentState};
use crate::filing::Handed;
use ::store::{StoreError, Tx};
use base::{Fault, Id, Instant, Problem};
use catalogue::Version;
use files::{Staged, Store};
use std::sync::Arc;
use web::{Answer, Ctx, Upload};

/// Fields of the file of an act: a draft, a supplement, a request; and a result.
pub const OF_AN_ACT: [&str; 2] = ["file", "result"];

/// How the field of a paper's file begins; its component's code follows.
pub const OF_A_PAPER: &str = "file_";

/// The files' place on disk.
pub fn store(ctx: &Ctx) -> Store {
    Store::of(&ctx.app)
}

/// The first file of one of `fields`.
pub async fn first(ctx: &Ctx, upload: &Upload, fields: &[&str]) -> Result<Option<Staged>, Fault> {
    for field in fields {
        if let Some(file) = upload.files_of(field).next() {
            return store(ctx).take(file).await?.map(Some).map_err(Fault::Invalid);
        }
    }
    Ok(None)
}

/// The files that come with a supplement, each with the number of the paper it is for: of the papers asked for (`component_N`), and one
/// more (`file`) for whichever is chosen.
///
/// # Errors
/// What is wrong with any of them, at its own field.
pub async fn of_supplement(ctx: &Ctx, upload: &Upload) -> Result<Vec<(Option<i64>, Staged)>, Fault> {
    let (mut staged, mut problems) = (Vec::new(), Vec::new());
    for file in &upload.files {
        let component = match file.field.strip_prefix("component_") {
            Some(n) => n.parse().ok(),
            None if file.field == "file" => upload.fields.text("component").parse().ok(),
            None => continue,
        };
        match store(ctx).take(file).await? {
            Ok(paper) => staged.push((component, paper)),
            Err(several) => problems.extend(several),
        }
    }
    if problems.is_empty() { Ok(staged) } else { Err(Fault::Invalid(problems)) }
}

/// The files of papers named by their codes (`file_CODE`), in the order they came.
///
/// # Errors
/// What is wrong with any of them, at its own field.
pub async fn of_papers(ctx: &Ctx, upload: &Upload) -> Result<Scans, Fault> {
    let (mut staged, mut problems) = (Vec::new(), Vec::new());
    for file in &upload.files {
        let Some(code) = file.field.strip_prefix(OF_A_PAPER) else { continue };
        match store(ctx).take(file).await? {
            Ok(scan) => staged.push((code.to_owned(), scan)),
            Err(several) => problems.extend(several),
        }
    }
    if problems.is_empty() { Ok(staged) } else { Err(Fault::Invalid(problems)) }
}

/// The scans of components.
pub type Scans = Vec<(String, Staged)>;

/// Scans of components (`file_CODE`, several for a card with two sides): they make their component a file. What is wrong
/// with any of them is told at its own field, all at once.
pub async fn of_components(ctx: &Ctx, upload: &Upload, version: &Version, handed: &mut Handed) -> Result<Scans, Fault> {
    of_prefixed(ctx, upload, ("", version), handed).await
}

async fn of_prefixed(
    ctx: &Ctx,
    upload: &Upload,
    (prefix, version): (&str, &Version),
    handed: &mut Handed,
) -> Result<Scans, Fault> {
    let (mut staged, mut problems) = (Vec::new(), Vec::new());
    for component in &version.components {
        let field = format!("{OF_A_PAPER}{prefix}{}", component.code);
        for (n, file) in upload.files_of(&field).enumerate() {
            if n == COMPONENT_FILES_MAX {
                let problem = Problem::new("dossier-component-too-many-files").arg("max", COMPONENT_FILES_MAX);
                problems.push(problem.field(&field));
                break;
            }
            match store(ctx).take(file).await? {
                Ok(scan) => staged.push((component.code.clone(), scan)),
                Err(several) => problems.extend(several),
            }
            handed.components.insert(component.code.clone(), ComponentState::File.into());
        }
    }
    if problems.is_empty() { Ok(staged) } else { Err(Fault::Invalid(problems)) }
}

/// That every file came for something: a program that misnames a part must not think it was taken.
///
/// # Errors
/// `web-field-unknown` at each other one.
pub fn only(upload: &Upload, is_known: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let unknown = upload.files.iter().map(|file| file.field.as_str()).filter(|field| !is_known(field));
    let problems: Vec<Problem> =
        unknown.map(|field| Problem::new("web-field-unknown").arg("field", field).field(field)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

/// Records the scans and points the components at them.
pub async fn keep(
    tx: &Tx,
    staged: &[(String, Staged)],
    handed: &mut Handed,
    owner: Id,
    by: Id,
    now: Instant,
) -> Result<(), StoreError> {
    for (code, file) in staged {
        let id = files::keep(tx, file, owner, Some(by), now).await?;
        if let Some(paper) = handed.components.get_mut(code) {
            paper.files.push(id);
        }
    }
    Ok(())
}

/// The scans of what is filed together with an intake, part by part; see [`of_components`].
pub async fn of_parts(
    ctx: &Ctx,
    upload: &Upload,
    versions: &[Arc<Version>],
    linked: &mut LinkedTyped,
) -> Result<Vec<Scans>, Fault> {
    let mut all = Vec::with_capacity(versions.len());
    for (n, (version, handed)) in versions.iter().zip(&mut linked.parts).enumerate() {
        all.push(of_prefixed(ctx, upload, (&prefix(n + 1), version), handed).await?);
    }
    Ok(all)
}

/// A counter's intake with its scans, and those of what is filed together with it.
///
/// # Errors
/// As [`receive_at_counter`].
pub async fn receive(
    tx: &Tx,
    house: &House,
    by: &By,
    mut intake: CounterIntake,
    (staged, parts): (&[(String, Staged)], &[Scans]),
) -> Result<Dossier, Fault> {
    // The files wait under an owner of their own until the dossier has its number.
    let waiting = crate::new_id(by.now);
    keep(tx, staged, &mut intake.handed, waiting, by.actor.account, by.now).await?;
    for (handed, staged) in intake.linked.iter_mut().flat_map(|linked| &mut linked.parts).zip(parts) {
        keep(tx, staged, handed, waiting, by.actor.account, by.now).await?;
    }
    let dossier = receive_at_counter(tx, house, by, &intake).await?;
    files::hand_over(tx, waiting, dossier.id).await?;
    Ok(dossier)
}

/// The file that came with an act on a dossier, recorded; for a component or for none.
pub async fn came(
    tx: &Tx,
    staged: Option<&Staged>,
    component: Option<i64>,
    dossier: Id,
    by: &By,
) -> Result<Option<NewPaper>, StoreError> {
    let Some(staged) = staged else { return Ok(None) };
    let file = files::keep(tx, staged, dossier, Some(by.actor.account), by.now).await?;
    Ok(Some(NewPaper { component, file }))
}

/// Hands a file over; the caller has checked the right to it.
pub async fn download(ctx: &Ctx, file: Id) -> Answer {
    Ok(files::download(ctx, file, |_| Ok(())).await?)
}
