//! A draft programme on the screen, with its targets and its file.

use crate::definitions::indicators;
use crate::drafts::{self, Draft, Stage};
use crate::house::House;
use crate::programme::{Programme, targets_of};
use crate::view::{goal_text, level_text, pick, subject_name};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use base::{Fault, Id, Instant, Problem, vn_date, vn_date_time};
use i18n::L;
use organisation::Tree;
use records::{Asker, Seen};
use std::collections::HashMap;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

/// A target or task of it.
struct Entry {
    id: String,
    clause: String,
    subject: String,
    /// Beneath the subject; empty for a task.
    quote: String,
    /// What its table has columns for.
    cells: Vec<String>,
    change: String,
}

/// The targets, or the tasks.
struct Table {
    title: String,
    none: String,
    heads: Vec<String>,
    rows: Vec<Entry>,
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
    tables: [Table; 2],
}

/// The draft of a number in an address, and what its acts look things up in.
pub(crate) async fn one(ctx: &Ctx, number: &str) -> Result<(Seen<Draft>, House), Fault> {
    let number: i64 = number.parse().map_err(|_| Fault::NotFound("reform-no-draft"))?;
    let (actor, now, house) = (ctx.actor()?.clone(), ctx.now, House::of(ctx).await?);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move { Ok((drafts::open(tx, &house, &Asker::actor(&actor, now), number).await?, house)) })
    });
    read.await
}

/// GET /steering/drafts/{number}; with `format=toml` its programme file.
pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let (seen, house) = one(&ctx, &number).await?;
    if query_value(&ctx.uri, "format") == "toml" {
        let name = format!("attachment; filename=\"draft-{}.toml\"", seen.state().number);
        let headers =
            [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        let file = toml::to_string(&seen.state().programme).map_err(Fault::internal)?;
        return Ok((headers, file).into_response());
    }
    let page = page(&ctx, &house, &seen, Vec::new()).await?;
    Ok(ctx.page(&page.title, &page))
}

/// The page once more, with what kept it from being sent on.
pub(crate) async fn again(ctx: Ctx, number: &str, problems: Vec<Problem>) -> Answer {
    let (seen, house) = one(&ctx, number).await?;
    let page = page(&ctx, &house, &seen, problems).await?;
    Ok(ctx.invalid_page(&page.title, &page))
}

/// The way to a draft, or to a new one.
pub(crate) fn trail(l: L, draft: Option<&Draft>) -> Vec<Breadcrumb> {
    let mut trail = vec![
        Breadcrumb::new(l.t("reform-steering"), "/steering"),
        Breadcrumb::new(l.t("reform-programmes"), "/steering/programmes"),
    ];
    trail
        .extend(draft.map(|d| Breadcrumb::new(d.programme.document.clone(), format!("/steering/drafts/{}", d.number))));
    trail
}

fn tables(ctx: &Ctx, tree: &Tree, home: &str, programme: &Programme) -> [Table; 2] {
    let (l, known) = (ctx.l, indicators(&ctx.app));
    let (mut targets, mut tasks) = (Vec::new(), Vec::new());
    for placed in targets_of(programme) {
        let (target, subject) = (placed.target, placed.subject);
        let entry = |kind: &str, quote, cells| Entry {
            id: target.id.clone(),
            clause: placed.clause().to_owned(),
            subject: subject_name(l, placed),
            quote,
            cells,
            change: format!("{home}/{kind}s/{}", target.id),
        };
        if let Some(task) = &subject.task {
            let lead = tree.by_code(&task.lead).map_or(&task.lead, |agency| &agency.name).clone();
            let cells = vec![lead, task.coordinating.clone(), task.product.clone(), vn_date(target.due_day())];
            tasks.push(entry("task", String::new(), cells));
            continue;
        }
        let measured = subject.indicator.as_deref().and_then(|id| known.get(id, programme.decided));
        let source = measured.map(|one| pick(l, &one.name_vi, &one.name_en).to_owned());
        let cells = vec![
            goal_text(l, placed),
            level_text(l, &target.level),
            target.due.to_string(),
            source.unwrap_or_else(|| l.t("reform-source-declared")),
        ];
        let quote = format!("{} · “{}”", l.t(format!("reform-axis-{}", subject.axis)), target.text);
        targets.push(entry("target", quote, cells));
    }
    let words = |keys: &[&str]| keys.iter().map(|key| l.t(format!("reform-{key}"))).collect();
    let table = |kind: &str, heads, rows: Vec<Entry>| Table {
        title: l.tr(format!("reform-draft-{kind}"), [("n", rows.len().to_string())]),
        none: l.t(format!("reform-draft-no-{kind}")),
        heads,
        rows,
    };
    let of_target = ["column-target", "column-subject", "column-goal", "column-level", "column-due", "column-source"];
    let of_task = ["column-target", "column-task", "field-lead", "field-coordinating", "field-product", "column-due"];
    [table("targets", words(&of_target), targets), table("tasks", words(&of_task), tasks)]
}

/// What is to be known of the draft's stage, for this reader.
fn notice(l: L, draft: &Draft, names: &HashMap<Id, String>, own: bool) -> String {
    let name = |id: Option<Id>| id.and_then(|id| names.get(&id)).cloned().unwrap_or_default();
    let at = |at: Option<Instant>| at.map(vn_date_time).unwrap_or_default();
    let (proposed, proposed_at) = (name(draft.proposed_by), at(draft.proposed_at));
    let (decided, decided_at) = (name(draft.decided_by), at(draft.decided_at));
    match draft.stage {
        Stage::Draft if draft.decided_at.is_some() => {
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

async fn page(ctx: &Ctx, house: &House, seen: &Seen<Draft>, problems: Vec<Problem>) -> Result<Page, Fault> {
    let (l, draft, actor) = (ctx.l, seen.state(), ctx.actor()?);
    let people: Vec<Id> = draft.people().collect();
    let names =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(identity::names(tx, &people).await?) })).await?;
    let home = format!("/steering/drafts/{}", draft.number);
    let own = draft.proposed_by == Some(actor.account);
    let acts = records::forms(seen, house, &Asker::actor(actor, ctx.now));
    let offers = |word: &str| acts.iter().any(|verb| verb.word == word);
    let programme = &draft.programme;
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
                ("name", names.get(&draft.saved_by).cloned().unwrap_or_default()),
                ("at", vn_date_time(draft.saved_at)),
            ],
        ),
        title: programme.name_vi.clone(),
        stage: l.t(format!("reform-stage-{}", draft.stage.as_str())),
        colour: draft.stage.colour(),
        notice: notice(l, draft, &names, own),
        problems,
        version: draft.version,
        may_change: offers("correct"),
        may_decide: !own && offers("accept"),
        programme_href: match draft.stage {
            Stage::InForce => format!("/steering/programmes/{}", programme.id),
            _ => String::new(),
        },
        file: format!("{home}?format=toml"),
        tables: tables(ctx, house.tree(), &home, programme),
        home,
    })
}
