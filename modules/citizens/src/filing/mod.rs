//! Filing online, one screen at a time. What was typed is kept on every press of a button, right or wrong; only going
//! on asks for it to be right.

mod desk;
mod screen;

use crate::draft::Paper;
use crate::steps::Step;
use crate::store;
use axum::extract::Path;
use base::{Fault, Id, Problem};
use catalogue::FieldKind;
use desk::{Desk, open, save};
use dossiers::By;
use dossiers::dossier::{COMPONENT_FILES_MAX, DOSSIER_FILES_MAX};
use files::Store;
use screen::screen;
use web::{Answer, Ctx, FormMap, PatientUpload};

/// Longest answer kept in a draft, in characters; the form's own bounds are told when going on.
const KEPT_CHARS_MAX: usize = 5_000;

/// `GET /file/{procedure}?step=`: the screen asked for, or where one left off.
pub(crate) async fn show(ctx: Ctx, Path(procedure): Path<String>) -> Answer {
    let desk = open(&ctx, &procedure).await?;
    let step = web::table::query_value(&ctx.uri, "step").parse().unwrap_or(desk.draft.step);
    screen(&ctx, &desk, step, Vec::new())
}

fn kept(text: &str) -> String {
    text.trim().chars().take(KEPT_CHARS_MAX).collect()
}

/// Takes over what the screen asked.
fn take(desk: &mut Desk, step: Step, form: &FormMap) {
    let Desk { draft, version, .. } = desk;
    let body = &mut draft.body;
    match step {
        Step::Owner => {
            if let Some(agency) = form.get("competent") {
                body.competent = kept(agency);
            }
            body.owner_name = kept(form.text("owner_name"));
            body.owner_number = kept(form.text("owner_number"));
            body.owner_paper = kept(form.text("owner_paper"));
            body.owner_nationality = kept(form.text("owner_nationality"));
            body.owner_phone = kept(form.text("owner_phone"));
            body.owner_address = kept(form.text("owner_address"));
        }
        Step::Group(n) => {
            body.sure = form.get("sure").is_some();
            for field in version.form.groups.get(n).into_iter().flat_map(|group| &group.fields) {
                let typed = form.text(&format!("answer_{}", field.name));
                let typed = if field.kind == FieldKind::Date { web::iso_day(typed) } else { kept(typed) };
                if typed.is_empty() {
                    body.answers.remove(&field.name);
                } else {
                    body.answers.insert(field.name.clone(), typed);
                }
            }
        }
        Step::Cases => {
            let chosen = form.all("case");
            body.cases = version
                .cases()
                .into_iter()
                .filter(|case| chosen.iter().any(|c| c == case))
                .map(str::to_owned)
                .collect();
        }
        Step::Papers | Step::Check => {}
    }
}

/// Where the pressed button leads once everything typed is kept.
async fn go(ctx: &Ctx, desk: &mut Desk, number: usize, step: Step, go: &str) -> Answer {
    let address = |step: usize| format!("/file/{}?step={step}", desk.version.code);
    match go {
        "back" => {
            desk.draft.step = number.saturating_sub(1).max(1);
            save(ctx, desk).await?;
            Ok(ctx.redirect(address(desk.draft.step)))
        }
        "save" => {
            desk.draft.step = number;
            save(ctx, desk).await?;
            Ok(ctx.flash("/my", "citizens-saved"))
        }
        "stay" => {
            desk.draft.step = number;
            save(ctx, desk).await?;
            Ok(ctx.redirect(address(number)))
        }
        _ => {
            let problems = step.problems_here(&desk.version, &desk.problems(ctx)?);
            desk.draft.step = if problems.is_empty() { number + 1 } else { number };
            save(ctx, desk).await?;
            if problems.is_empty() {
                Ok(ctx.redirect(address(number + 1)))
            } else {
                screen(ctx, desk, number, problems)
            }
        }
    }
}

/// `POST /file/{procedure}`: a screen of questions, or the last word on the check screen.
pub(crate) async fn answer(ctx: Ctx, Path(procedure): Path<String>, form: FormMap) -> Answer {
    let mut desk = open(&ctx, &procedure).await?;
    let (number, step) = desk.at(form.text("step").parse().unwrap_or(1));
    take(&mut desk, step, &form);
    match (step, form.text("go")) {
        (Step::Check, "submit") => submit(&ctx, desk, number).await,
        (_, wish) => go(&ctx, &mut desk, number, step, wish).await,
    }
}

/// Files the draft: the dossier comes into being, the papers become its own, the draft goes.
async fn submit(ctx: &Ctx, desk: Desk, number: usize) -> Answer {
    let problems = desk.problems(ctx)?;
    let Some(competent) = desk.competent().filter(|_| problems.is_empty()) else {
        let mut response = screen(ctx, &desk, number, Vec::new())?;
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let Desk { house, version, together, actor, draft, .. } = desk;
    let (handed, typed) = match &together {
        Some(together) => {
            let (handed, typed) = together.handed(&draft.body, &actor.name);
            (handed, Some(typed))
        }
        None => (draft.body.handed(&version, &actor.name), None),
    };
    let procedure = together.map_or_else(|| draft.procedure.clone(), |together| together.lead().code.clone());
    let by = By { actor, now: ctx.now };
    let dossier = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                if !store::delete(tx, draft.id, draft.account).await? {
                    return Err(Fault::Conflict(Problem::new("citizens-draft-gone")));
                }
                let handed = (&handed, typed.as_ref());
                let dossier = dossiers::file_online_with(tx, &house, &by, &procedure, competent, handed).await?;
                files::hand_over(tx, draft.id, dossier.id).await?;
                Ok(dossier)
            })
        })
        .await?;
    Ok(ctx.flash(format!("/my/{}", dossier.code), "citizens-filed"))
}

/// `POST /file/{procedure}/papers`: uploads, papers taken back, papers of earlier dossiers used again.
pub(crate) async fn papers(
    ctx: Ctx,
    Path(procedure): Path<String>,
    PatientUpload { upload, refused }: PatientUpload,
) -> Answer {
    let mut desk = open(&ctx, &procedure).await?;
    let Some(at) = desk.steps().iter().position(|step| *step == Step::Papers) else {
        return Err(Fault::NotFound("web-not-found").into());
    };
    // The draft must exist before papers can belong to it.
    desk.draft.step = at + 1;
    save(&ctx, &desk).await?;
    desk.kept = true;

    let (files, mut problems) = (Store::of(&ctx.app), refused);
    let mut staged = Vec::new();
    for file in &upload.files {
        let Some(code) = file.field.strip_prefix("component_") else { continue };
        if !desk.version.components.iter().any(|component| component.code == code) {
            continue;
        }
        match files.take(file).await? {
            Ok(paper) => staged.push((code.to_owned(), paper)),
            Err(more) => problems.extend(more),
        }
    }
    let go_to = upload.fields.text("go").to_owned();
    let dropped: Option<Id> = go_to.strip_prefix("drop-").and_then(|file| file.parse().ok());
    let reused: Vec<String> = upload.fields.all("reuse").to_vec();
    drop_paper(&mut desk, dropped);
    take_over(&mut desk, &reused, ctx.now.date());
    problems.extend(bound(&desk, &mut staged));
    desk = keep_papers(&ctx, desk, staged, dropped).await?;
    if !problems.is_empty() {
        return screen(&ctx, &desk, at + 1, problems);
    }
    let wish = if go_to.starts_with("drop-") { "stay" } else { go_to.as_str() };
    go(&ctx, &mut desk, at + 1, Step::Papers, wish).await
}

/// One file is taken back; a paper without files is not there any more.
fn drop_paper(desk: &mut Desk, dropped: Option<Id>) {
    let papers = &mut desk.draft.body.papers;
    for files in papers.values_mut() {
        files.retain(|paper| Some(paper.file) != dropped);
    }
    papers.retain(|_, files| !files.is_empty());
}

/// Takes over earlier papers of the same person. Which one is found here, not on the page: what the form says is only that
/// it is wanted.
fn take_over(desk: &mut Desk, reused: &[String], today: base::Date) {
    for code in reused {
        let Some(component) = desk.version.components.iter().find(|component| component.code == *code) else {
            continue;
        };
        let Some(earlier) = desk.stand_in(component, today) else { continue };
        let paper = Paper {
            file: earlier.files.first().copied().unwrap_or_default(),
            name: earlier.name.clone(),
            size_bytes: 0,
            reused_from: earlier.dossier.clone(),
        };
        desk.draft.body.papers.entry(code.clone()).or_insert_with(|| vec![paper]);
    }
}

/// Files beyond what a paper or a dossier holds are left out and told.
fn bound(desk: &Desk, staged: &mut Vec<(String, files::Staged)>) -> Vec<Problem> {
    let papers = &desk.draft.body.papers;
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut all: usize = papers.values().map(Vec::len).sum();
    let mut problems = Vec::new();
    staged.retain(|(code, _)| {
        // An earlier paper makes way for the first new file.
        let there = || papers.get(code).map_or(0, |files| files.iter().filter(|p| p.reused_from.is_empty()).count());
        let count = counts.entry(code.clone()).or_insert_with(there);
        let (field, max, full) = (format!("component_{code}"), COMPONENT_FILES_MAX, *count >= COMPONENT_FILES_MAX);
        if full || all >= DOSSIER_FILES_MAX {
            let (words, max) = if full {
                ("dossier-component-too-many-files", max)
            } else {
                ("dossier-too-many-files", DOSSIER_FILES_MAX)
            };
            let problem = Problem::new(words).field(field).arg("max", max);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            return false;
        }
        *count += 1;
        all += 1;
        true
    });
    problems
}

/// Writes what the papers screen changed: rows of new files, a file taken back.
async fn keep_papers(
    ctx: &Ctx,
    mut desk: Desk,
    staged: Vec<(String, files::Staged)>,
    dropped: Option<Id>,
) -> Result<Desk, Fault> {
    let (mut draft, now) = (desk.draft.clone(), ctx.now);
    desk.draft = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(file) = dropped {
                    // Only a file of this very draft goes; an earlier paper is the earlier dossier's.
                    files::forget(tx, file, draft.id).await?;
                }
                for (code, paper) in &staged {
                    let file = files::keep(tx, paper, draft.id, Some(draft.account), now).await?;
                    let (name, size_bytes) = (paper.name.clone(), paper.size_bytes);
                    let papers = draft.body.papers.entry(code.clone()).or_default();
                    papers.retain(|paper| paper.reused_from.is_empty());
                    papers.push(Paper { file, name, size_bytes, reused_from: String::new() });
                }
                store::save(tx, &draft, now).await?;
                Ok::<_, Fault>(draft)
            })
        })
        .await?;
    Ok(desk)
}

/// `POST /file/{procedure}/drop`: the draft and its papers go.
pub(crate) async fn drop_draft(ctx: Ctx, Path(procedure): Path<String>, _form: FormMap) -> Answer {
    let account = ctx.actor()?.account;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(draft) = store::draft(tx, account, &procedure).await? {
                    for paper in draft.body.papers.values().flatten().filter(|p| p.reused_from.is_empty()) {
                        files::forget(tx, paper.file, draft.id).await?;
                    }
                    store::delete(tx, draft.id, account).await?;
                }
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(ctx.flash("/my", "citizens-dropped"))
}

/// `GET /file/{procedure}/papers/{file}`: a paper of one's own draft.
pub(crate) async fn download(ctx: Ctx, Path((procedure, file)): Path<(String, Id)>) -> Answer {
    let account = ctx.actor()?.account;
    let draft = ctx.db().read(move |tx| Box::pin(async move { store::draft(tx, account, &procedure).await })).await?;
    let owner = draft.ok_or(Fault::NotFound("files-not-found"))?.id;
    let own = |found: &files::File| {
        if found.owner == owner { Ok(()) } else { Err(Fault::NotFound("files-not-found")) }
    };
    Ok(files::download(&ctx, file, own).await?)
}
