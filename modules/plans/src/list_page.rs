//! The documents that were read, handing in a new one, and the file as it was handed in.

use crate::store::{self as sql, Line};
use crate::{actions, reading};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use base::{Fault, Id, Problem, vn_date_time};
use i18n::L;
use web::table::Paging;
use web::{Answer, Breadcrumb, Ctx, Upload};

struct Row {
    href: String,
    title: String,
    about: String,
    targets: String,
    tasks: String,
    reports: String,
    state: String,
    colour: &'static str,
    looked_at: i64,
    all: i64,
    who: String,
    when: String,
    draft: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    l: L,
    rows: Vec<Row>,
    paging: Paging,
}

#[derive(Template)]
#[template(path = "new.html")]
struct New {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    megabytes: String,
}

fn row(l: L, line: Line) -> Row {
    let all = line.targets + line.tasks + line.reports;
    let (state, colour) = match (line.draft, line.open) {
        (Some(_), _) => ("plan-list-saved", "ontime"),
        (None, 0) => ("plan-list-looked-at", "new"),
        (None, open) if open < all => ("plan-list-begun", "near"),
        (None, _) => ("plan-list-fresh", "near"),
    };
    let about = [&line.metadata.number, &line.metadata.issuer].into_iter().flatten().cloned().collect::<Vec<_>>();
    Row {
        href: format!("/plans/{}", line.id),
        title: crate::document::title_of(&line.metadata, &line.file_name).to_owned(),
        about: if about.is_empty() { line.file_name.clone() } else { about.join(" · ") },
        targets: l.number(line.targets),
        tasks: l.number(line.tasks),
        reports: l.number(line.reports),
        state: l.t(state),
        colour,
        looked_at: all - line.open,
        all,
        who: line.read_by_name,
        when: vn_date_time(line.read_at),
        draft: line.draft.map(|number| format!("/steering/drafts/{number}")).unwrap_or_default(),
    }
}

/// GET /plans
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(reform::rights::KEEP_PROGRAMMES)?;
    let scopes: Vec<String> = actor.scopes(reform::rights::KEEP_PROGRAMMES).into_iter().map(str::to_owned).collect();
    let mut lines = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut all = Vec::new();
                for path in &scopes {
                    all.extend(sql::list(tx, path).await?);
                }
                Ok::<_, Fault>(all)
            })
        })
        .await?;
    // Subtrees may lie in each other.
    lines.sort_by_key(|line| std::cmp::Reverse(line.id));
    lines.dedup_by_key(|line| line.id);
    let (shown, paging) = Paging::from_uri(&ctx.uri).leafed(lines, |line| line.id.to_string());
    let page = List { l: ctx.l, rows: shown.into_iter().map(|line| row(ctx.l, line)).collect(), paging };
    Ok(ctx.page(&ctx.l.t("plan-list"), &page))
}

fn new_page(ctx: &Ctx, problems: Vec<Problem>) -> New {
    New {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(ctx.l.t("plan-list"), "/plans"), Breadcrumb::new(ctx.l.t("plan-new"), "")],
        problems,
        megabytes: (web::limits::UPLOAD_BYTES_MAX / 1024 / 1024).to_string(),
    }
}

/// GET /plans/new
pub(crate) async fn new_form(ctx: Ctx) -> Answer {
    Ok(ctx.page(&ctx.l.t("plan-new"), &new_page(&ctx, Vec::new())))
}

/// The form again with what was refused, under the status of the refusal.
fn again(ctx: &Ctx, fault: Fault) -> Answer {
    let (status, problems) = match fault {
        Fault::Invalid(problems) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Fault::TooLarge(problem) => (StatusCode::PAYLOAD_TOO_LARGE, vec![problem]),
        Fault::UnsupportedType(problem) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, vec![problem]),
        other => return Err(other.into()),
    };
    // A problem of the file itself, whoever found it, is one of this form's only field.
    let problems = problems.into_iter().map(|problem| problem.field("document")).collect();
    let mut response = ctx.page(&ctx.l.t("plan-new"), &new_page(ctx, problems));
    *response.status_mut() = status;
    Ok(response)
}

/// POST /plans/new
pub(crate) async fn new(ctx: Ctx, upload: Upload) -> Answer {
    match keep(&ctx, &upload).await {
        Ok(id) => Ok(ctx.flash(format!("/plans/{id}"), "plan-read-done")),
        Err(fault) => again(&ctx, fault),
    }
}

async fn keep(ctx: &Ctx, upload: &Upload) -> Result<Id, Fault> {
    let Some(given) = upload.files_of("document").next() else {
        return Err(Fault::invalid(Problem::new("plan-file-required")));
    };
    let bytes = tokio::fs::read(given.path()).await.map_err(Fault::internal)?;
    let name = given.name.clone();
    // The reading is work for a thread of its own; how long it took is shown.
    let begun = ctx.app.clock.now();
    let reading =
        tokio::task::spawn_blocking(move || reading::read(&bytes, &name)).await.map_err(Fault::internal)??;
    let read_ms = ctx.app.clock.now().ms_since(begun);
    // Plain text is kept whole in the record itself; the other kinds also as they were handed in.
    let staged = match reading.format {
        "docx" | "pdf" => Some(files::Store::of(&ctx.app).stage(given.path(), &given.name).await?),
        _ => None,
    };
    let (actor, now) = (ctx.actor()?.clone(), ctx.now);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { actions::keep(tx, &actor, now, reading, staged.as_ref(), read_ms).await })
        })
        .await
}

/// The id in an address.
pub(crate) fn id_of(text: &str) -> Result<Id, Fault> {
    text.parse().map_err(|_| Fault::NotFound("plan-no-document"))
}

/// GET /plans/{id}/file
pub(crate) async fn file(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let (id, actor) = (id_of(&id)?, ctx.actor()?.clone());
    let document = ctx.db().read(move |tx| Box::pin(async move { actions::document(tx, &actor, id).await })).await?;
    let file = document.file.ok_or(Fault::NotFound("plan-no-file"))?;
    Ok(files::download(&ctx, file, |_| Ok(())).await?)
}
