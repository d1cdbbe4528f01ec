//! The documents that were read, handing in a new one, and the file as it was handed in.

use crate::store::{self as sql, Line};
use crate::{actions, reading};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use base::{Fault, Id, Problem};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, List, Shape, Source};
use reform::rights::KEEP_PROGRAMMES;
use std::cmp::Reverse;
use store::{BoxFuture, Tx};
use web::{Answer, Breadcrumb, Choice, Ctx, Upload};

/// A document in the list.
pub struct Row {
    line: Line,
    title: String,
    about: String,
    colour: &'static str,
    state: String,
    looked_at: String,
    draft: String,
}

/// The documents that were read.
pub static LIST: List<Row> = List {
    key: "plans",
    path: "/plans",
    title: "plan-list",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter::new("unit", "plan-column-unit", Ask::Choice)],
    columns: &[
        Column::new("document", "plan-column-document", Kind::Text, |row: &Row| {
            Cell::text(&row.title).to(format!("/plans/{}", row.line.id)).under(&row.about)
        })
        .unlabelled(),
        Column::new("targets", "plan-column-targets", Kind::Whole, |row| Cell::whole(row.line.items[0])),
        Column::new("tasks", "plan-column-tasks", Kind::Whole, |row| Cell::whole(row.line.items[1])),
        Column::new("reports", "plan-column-reports", Kind::Whole, |row| Cell::whole(row.line.items[2])),
        Column::new("state", "plan-column-state", Kind::Text, |row| {
            Cell::badge(row.colour, &row.state).under(&row.looked_at)
        }),
        Column::new("draft", "plan-draft", Kind::Word, |row: &Row| {
            let number = row.line.draft.map(|number| format!("/steering/drafts/{number}"));
            Cell::text(&row.draft).to(number.unwrap_or_default())
        })
        .spare(),
        Column::new("read", "plan-column-read", Kind::Moment, |row| {
            Cell::moment(Some(row.line.read_at)).under(&row.line.read_by_name)
        }),
    ],
    order: ("document", true),
    shape: Shape::ID,
    empty: ("plan-list-empty", "plan-list-empty-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "plans.html")]
struct Page {
    l: L,
    list: String,
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
    let all: i64 = line.items.iter().sum();
    let (state, colour) = match (line.draft, line.open) {
        (Some(_), _) => ("plan-list-saved", "ontime"),
        (None, 0) => ("plan-list-looked-at", "new"),
        (None, open) if open < all => ("plan-list-begun", "near"),
        (None, _) => ("plan-list-fresh", "near"),
    };
    let about = [&line.metadata.number, &line.metadata.issuer].into_iter().flatten().cloned().collect::<Vec<_>>();
    let looked_at = [("n", l.number(all - line.open)), ("all", l.number(all))];
    Row {
        title: crate::document::title_of(&line.metadata, &line.file_name).to_owned(),
        about: if about.is_empty() { line.file_name.clone() } else { about.join(" · ") },
        colour,
        state: l.t(state),
        looked_at: if all > 0 { l.tr("plan-looked-at", looked_at) } else { String::new() },
        draft: line.draft.map(|_| l.t("plan-draft")).unwrap_or_default(),
        line,
    }
}

struct Documents {
    l: L,
    /// The paths of the agencies asked for; none for all.
    paths: Option<Vec<String>>,
}

impl Source for Documents {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let (after, most) = (after.map_or(Id(i64::MAX), |key| Id(key.number(0))), limit as i64 + 1);
            let mut lanes = Vec::new();
            for path in self.paths.as_ref().map_or(vec![None], |paths| paths.iter().map(Some).collect()) {
                lanes.push(sql::lines(tx, sql::lane(path.map(String::as_str), after, most)).await?);
            }
            let found = lists::merge(lanes, limit + 1, |line| Reverse(line.id));
            let mut batch = Batch::cut(found, limit, |line| Key::id(line.id));
            sql::count(tx, &mut batch.rows).await?;
            Ok(batch.map(|line| Some(row(self.l, line))))
        })
    }
}

/// GET /plans
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (actor, house) = (ctx.require(KEEP_PROGRAMMES)?, organisation::House::of(&ctx.app).await?);
    let units = house.units(actor, KEEP_PROGRAMMES);
    let within = |id: Id| units.as_ref().is_none_or(|units| units.contains(&id));
    let offered = house.tree.all().iter().filter(|unit| unit.house().is_some() && within(unit.id));
    let choices = offered.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone())).collect();
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("unit", choices)]);
    // A committee or department with what its divisions keep, as far as one may look.
    let one = asked.given("unit").and_then(|unit| unit.parse().ok()).map(|unit| {
        let parts = house.tree.subtree(Id(unit)).into_iter().map(|part| part.id);
        parts.filter(|part| within(*part)).collect::<Vec<_>>()
    });
    let path = |unit: &Id| house.tree.path(*unit).to_owned();
    let paths = one.or(units).map(|units| units.iter().map(path).collect());
    let opened = lists::open(&ctx, &LIST, asked, Documents { l: ctx.l, paths }).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, list })
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
