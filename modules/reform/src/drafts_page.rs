//! Draft programmes on the screen: their list among the programmes, and one of them with its targets and its file.

use crate::definitions::indicators;
use crate::draft_actions::{may_decide, may_keep};
use crate::drafts::{self, Draft, Stage};
use crate::programme::{Programme, targets_of};
use crate::view::{goal_text, level_text, pick, subject_name};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use base::{Fault, Instant, Problem, vn_date, vn_date_time};
use i18n::L;
use organisation::Tree;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

/// A line of the list.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) stage: String,
    pub(crate) colour: &'static str,
}

struct TargetRow {
    id: String,
    clause: String,
    subject: String,
    goal: String,
    level: String,
    due: String,
    text: String,
    axis: String,
    source: String,
    change: String,
    remove: String,
}

struct TaskRow {
    id: String,
    clause: String,
    subject: String,
    lead: String,
    coordinating: String,
    product: String,
    deadline: String,
    change: String,
    remove: String,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct Page {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    stage: String,
    colour: &'static str,
    notice: String,
    problems: Vec<Problem>,
    home: String,
    version: i64,
    may_change: bool,
    may_decide: bool,
    programme_href: String,
    file: String,
    rows: Vec<TargetRow>,
    tasks: Vec<TaskRow>,
}

/// The drafts as lines below the programmes.
pub(crate) async fn rows(ctx: &Ctx) -> Result<Vec<Row>, Fault> {
    let l = ctx.l;
    let kept = ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(drafts::drafts(tx).await?) })).await?;
    Ok(kept
        .into_iter()
        .map(|draft| Row {
            href: format!("/steering/drafts/{}", draft.number),
            about: l.tr(
                "reform-draft-about",
                [
                    ("document", draft.document.clone()),
                    ("n", l.number(draft.targets)),
                    ("name", draft.saved_name.clone()),
                    ("at", vn_date_time(draft.saved_at)),
                ],
            ),
            name: draft.name,
            stage: l.t(format!("reform-stage-{}", draft.stage.as_str())),
            colour: if draft.stage == Stage::Proposed { "near" } else { "paused" },
        })
        .collect())
}

pub(crate) async fn one(ctx: &Ctx, number: &str) -> Result<Draft, Fault> {
    let number: i64 = number.parse().map_err(|_| Fault::NotFound("reform-no-draft"))?;
    let found =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(drafts::draft(tx, number).await?) })).await?;
    found.ok_or(Fault::NotFound("reform-no-draft"))
}

/// GET /steering/drafts/{number}; with `format=toml` its programme file.
pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let draft = one(&ctx, &number).await?;
    if query_value(&ctx.uri, "format") == "toml" {
        let name = format!("attachment; filename=\"draft-{}.toml\"", draft.number);
        let headers =
            [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        return Ok((headers, draft.body).into_response());
    }
    let page = page(&ctx, &draft, Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

/// The page once more, with what kept it from being sent on.
pub(crate) async fn again(ctx: Ctx, draft: Draft, problems: Vec<Problem>) -> Answer {
    let page = page(&ctx, &draft, problems).await?;
    Ok(ctx.invalid_page(&page.title, &page))
}

/// The way to a draft, or to a new one.
pub(crate) fn trail(l: L, draft: Option<&Draft>) -> Vec<Breadcrumb> {
    let mut trail = vec![
        Breadcrumb::new(l.t("reform-steering"), "/steering"),
        Breadcrumb::new(l.t("reform-programmes"), "/steering/programmes"),
    ];
    trail.extend(
        draft.map(|draft| Breadcrumb::new(draft.document.clone(), format!("/steering/drafts/{}", draft.number))),
    );
    trail
}

fn rows_of(ctx: &Ctx, tree: &Tree, home: &str, programme: &Programme) -> (Vec<TargetRow>, Vec<TaskRow>) {
    let (l, known) = (ctx.l, indicators(&ctx.app));
    let (mut rows, mut tasks) = (Vec::new(), Vec::new());
    for placed in targets_of(programme) {
        let (target, id) = (placed.target, placed.target.id.clone());
        let (clause, subject) = (placed.clause().to_owned(), subject_name(l, placed));
        let remove = format!("{home}/remove/{id}");
        match &placed.subject.task {
            Some(task) => tasks.push(TaskRow {
                clause,
                subject,
                lead: tree.by_code(&task.lead).map_or_else(|| task.lead.clone(), |agency| agency.name.clone()),
                coordinating: task.coordinating.clone(),
                product: task.product.clone(),
                deadline: vn_date(target.due_day()),
                change: format!("{home}/tasks/{id}"),
                remove,
                id,
            }),
            None => rows.push(TargetRow {
                clause,
                subject,
                goal: goal_text(l, placed),
                level: level_text(l, &target.level),
                due: target.due.to_string(),
                text: target.text.clone(),
                axis: l.t(format!("reform-axis-{}", placed.subject.axis)),
                source: placed
                    .subject
                    .indicator
                    .as_deref()
                    .and_then(|id| known.get(id, programme.decided))
                    .map_or_else(
                        || l.t("reform-source-declared"),
                        |one| pick(l, &one.name_vi, &one.name_en).to_owned(),
                    ),
                change: format!("{home}/targets/{id}"),
                remove,
                id,
            }),
        }
    }
    (rows, tasks)
}

fn by(name: &Option<String>, at: Option<Instant>) -> (String, String) {
    (name.clone().unwrap_or_default(), at.map(vn_date_time).unwrap_or_default())
}

/// What is to be known of the draft's stage, for this reader.
fn notice(l: L, draft: &Draft, own: bool) -> String {
    let (proposed, proposed_at) = by(&draft.proposed_name, draft.proposed_at);
    let (decided, decided_at) = by(&draft.decided_name, draft.decided_at);
    match draft.stage {
        Stage::Draft if draft.decided_name.is_some() => {
            let note = draft.decision_note.clone().unwrap_or_default();
            l.tr("reform-draft-was-returned", [("name", decided), ("at", decided_at), ("note", note)])
        }
        Stage::Draft if draft.by_form => l.t("reform-draft-notice-form"),
        Stage::Draft => l.t("reform-draft-notice"),
        Stage::Proposed if own => l.tr("reform-draft-waits-own", [("at", proposed_at)]),
        Stage::Proposed => l.tr("reform-draft-waits", [("name", proposed), ("at", proposed_at)]),
        Stage::InForce => l.tr("reform-draft-stands", [("proposed", proposed), ("name", decided), ("at", decided_at)]),
    }
}

async fn page(ctx: &Ctx, draft: &Draft, problems: Vec<Problem>) -> Result<Page, Fault> {
    let (l, programme) = (ctx.l, draft.programme()?);
    let tree = organisation::tree_of(&ctx.app).await?;
    let actor = ctx.actor()?;
    let home = format!("/steering/drafts/{}", draft.number);
    let own = draft.proposed_by == Some(actor.account);
    let (rows, tasks) = rows_of(ctx, &tree, &home, &programme);
    Ok(Page {
        l,
        csrf: ctx.csrf.clone(),
        trail: trail(l, Some(draft)),
        lead: l.tr(
            "reform-draft-lead",
            [
                ("document", programme.document.clone()),
                ("day", vn_date(programme.decided)),
                ("issuer", programme.issuer.clone()),
                ("from", programme.from.unwrap_or(programme.decided.year()).to_string()),
                ("until", programme.until.to_string()),
                ("name", draft.saved_name.clone()),
                ("at", vn_date_time(draft.saved_at)),
            ],
        ),
        title: draft.name.clone(),
        stage: l.t(format!("reform-stage-{}", draft.stage.as_str())),
        colour: match draft.stage {
            Stage::Draft => "paused",
            Stage::Proposed => "near",
            Stage::InForce => "ontime",
        },
        notice: notice(l, draft, own),
        problems,
        version: draft.version,
        may_change: draft.stage == Stage::Draft && may_keep(actor, &tree, draft),
        may_decide: draft.stage == Stage::Proposed && !own && may_decide(actor, &tree, draft),
        programme_href: match draft.stage {
            Stage::InForce => format!("/steering/programmes/{}", programme.id),
            _ => String::new(),
        },
        file: format!("{home}?format=toml"),
        home,
        rows,
        tasks,
    })
}
