//! What an applicant is asked to bring or to mend, on the page of the dossier, and sending it.

use crate::mine::{self, Read};
use axum::extract::Path;
use base::Problem;
use dossiers::decide::ABSENT;
use dossiers::happening::{Asking, Happening};
use dossiers::pages::{Question, corrections};
use dossiers::verbs::Verb;
use dossiers::{Act, NewPaper, Status};
use files::{Staged, Store};
use web::{Answer, Ctx, FormMap, PatientUpload};

/// Most papers in one supplement.
const SUPPLEMENT_PAPERS_MAX: usize = 20;

/// A paper that is asked for.
pub(crate) struct Listed {
    /// Where its files go.
    pub field: String,
    pub name: String,
    /// Where it is said why it cannot be brought, and what was typed there.
    pub absent: String,
    pub why: String,
}

/// A paper that was not asked for and may be brought anew all the same.
pub(crate) struct Other {
    pub field: String,
    pub name: String,
}

/// What the page asks for.
pub(crate) struct Asked {
    /// Why, in the words of the official.
    pub words: String,
    /// The last day.
    pub until: String,
    /// What else, in words.
    pub other: String,
    pub papers: Vec<Listed>,
    pub corrections: Vec<Question>,
    pub others: Vec<Other>,
    /// What was corrected disagrees with a personal number: the person is asked whether it is so.
    pub asks_sure: bool,
    pub sure: bool,
    pub note: String,
}

/// The latest request with its reason.
fn request(read: &Read) -> (String, Option<Asking>) {
    let mut latest = read.events.iter().rev().filter_map(|event| Happening::read(&event.data).ok());
    latest
        .find_map(|happening| match happening {
            Happening::SupplementRequested { reason, asked, .. } => Some((reason, asked)),
            _ => None,
        })
        .unwrap_or_default()
}

/// What is asked of the applicant now; `typed` is what was sent and refused.
pub(crate) fn asked(version: &catalogue::Version, read: &Read, problems: &[Problem], typed: &FormMap) -> Option<Asked> {
    if read.loaded.dossier.status != Status::Supplement {
        return None;
    }
    let (words, asking) = request(read);
    let (papers, answers) = asking.as_ref().map_or((&[][..], &[][..]), |asking| (&asking.papers, &asking.answers));
    let is_listed = |code: &String| papers.contains(code);
    let (listed, others): (Vec<_>, Vec<_>) = read.papers.iter().partition(|(_, paper)| is_listed(&paper.code));
    let field = |n: i64| format!("component_{n}");
    let listed = listed.into_iter().map(|(n, paper)| {
        let absent = format!("{ABSENT}{}", paper.code);
        let why = typed.text(&absent).to_owned();
        Listed { field: field(*n), name: paper.name.clone(), absent, why }
    });
    let mut corrections = corrections(version, &read.loaded.applicant, answers);
    for question in corrections.iter_mut().filter(|question| typed.0.contains_key(&question.name)) {
        question.value = typed.text(&question.name).to_owned();
    }
    let sure = typed.get("sure").is_some();
    Some(Asked {
        words,
        until: asking.as_ref().map(|asking| base::vn_date(asking.until)).unwrap_or_default(),
        papers: listed.collect(),
        corrections,
        others: others.into_iter().map(|(n, paper)| Other { field: field(*n), name: paper.name.clone() }).collect(),
        asks_sure: sure || dossiers::filing::asks_whether_sure(problems),
        sure,
        note: typed.text("note").to_owned(),
        other: asking.map(|asking| asking.other).unwrap_or_default(),
    })
}

/// `POST /my/{code}/supplement`: the papers asked for, answers corrected, and a word with them.
pub(crate) async fn send(
    ctx: Ctx,
    Path(code): Path<String>,
    PatientUpload { upload, refused }: PatientUpload,
) -> Answer {
    let typed = &upload.fields;
    if !refused.is_empty() {
        return mine::render(&ctx, code, refused, typed).await;
    }
    if upload.files.len() > SUPPLEMENT_PAPERS_MAX {
        let problem = Problem::new("citizens-supplement-too-many").field("other").arg("max", SUPPLEMENT_PAPERS_MAX);
        return mine::render(&ctx, code, vec![problem], typed).await;
    }
    let (mut staged, mut problems) = (Vec::new(), Vec::new());
    for file in &upload.files {
        let component = file.field.strip_prefix("component_").and_then(|n| n.parse::<i64>().ok());
        match Store::of(&ctx.app).take(file).await? {
            Ok(paper) => staged.push((component, paper)),
            Err(several) => problems.extend(several),
        }
    }
    if !problems.is_empty() {
        return mine::render(&ctx, code, problems, typed).await;
    }
    let brought = Act::of_form(Verb::CompleteSupplement, typed);
    mine::act(&ctx, code, brought, staged, typed).await
}

/// The same with the rows of its files, written in the same transaction.
pub(crate) async fn with_files(
    tx: &::store::Tx,
    mut act: Act,
    staged: &[(Option<i64>, Staged)],
    (dossier, account, now): (base::Id, base::Id, base::Instant),
) -> Result<Act, base::Fault> {
    for (component, staged) in staged {
        let file = files::keep(tx, staged, dossier, Some(account), now).await?;
        act.papers.push(NewPaper { component: *component, file });
    }
    Ok(act)
}
