//! Rating a case with the code of its receipt, without an account. Shows the procedure and the unit, and nothing of anybody.

use super::house;
use crate::rating;
use crate::store::Loaded;
use askama::Template;
use axum::response::Response;
use base::{Fault, Id, Problem};
use i18n::L;
use web::table::Paging;
use web::{Answer, Choice, Ctx, FormMap};

#[derive(Template)]
#[template(path = "rate.html")]
struct RatePage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    /// Procedure and unit, once the code is known.
    case: Option<(String, String)>,
    scores: Vec<Choice>,
    /// What was chosen and written before something was refused.
    score: String,
    note: String,
}

/// `GET /rate`
pub async fn rate_form(ctx: Ctx) -> Answer {
    Ok(page(&ctx, &FormMap::default(), None, Vec::new()))
}

/// `POST /rate`: the case of a code. Posted, so that no address holds a code.
pub async fn rate_look_up(ctx: Ctx, form: FormMap) -> Answer {
    show(&ctx, &form, Vec::new()).await
}

/// `POST /rate/answer`
pub async fn rate_answer(ctx: Ctx, form: FormMap) -> Answer {
    let score = form.text("score").parse().unwrap_or(0);
    let (typed, note, now) = (code_of(&form), form.text("note").to_owned(), ctx.now);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let loaded = rating::look_up(tx, &typed).await?;
            rating::answer(tx, &loaded.dossier, (score, &note), now).await
        })
    });
    match done.await {
        Ok(()) => Ok(ctx.flash("/rate", "dossier-rating-thanks")),
        Err(Fault::Invalid(problems)) => show(&ctx, &form, problems).await,
        Err(Fault::Conflict(problem)) => Ok(page(&ctx, &form, None, vec![problem])),
        Err(fault) => Err(fault.into()),
    }
}

fn code_of(form: &FormMap) -> String {
    form.text("code").chars().take(40).collect()
}

/// The questions of a code's case, or what stands against it.
async fn show(ctx: &Ctx, form: &FormMap, problems: Vec<Problem>) -> Answer {
    let typed = code_of(form);
    match ctx.db().read(move |tx| Box::pin(async move { rating::look_up(tx, &typed).await })).await {
        Ok(loaded) => {
            let case = case_of(ctx, &loaded)?;
            Ok(page(ctx, form, Some(case), problems))
        }
        Err(Fault::Invalid(problems)) => Ok(page(ctx, form, None, problems)),
        Err(Fault::Conflict(problem)) => Ok(page(ctx, form, None, vec![problem])),
        Err(fault) => Err(fault.into()),
    }
}

fn case_of(ctx: &Ctx, loaded: &Loaded) -> Result<(String, String), Fault> {
    let house = house(&ctx.app)?;
    let d = &loaded.dossier;
    let procedure = house.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default();
    Ok((procedure, house.tree.name(d.competent)))
}

fn page(ctx: &Ctx, form: &FormMap, case: Option<(String, String)>, problems: Vec<Problem>) -> Response {
    let wrong = !problems.is_empty();
    let scores = (1..=5).rev().map(|score| Choice::new(score.to_string(), ctx.l.t(format!("dossier-rating-{score}"))));
    let body = RatePage {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        problems,
        code: code_of(form),
        case,
        scores: scores.collect(),
        score: form.text("score").to_owned(),
        note: form.text("note").to_owned(),
    };
    let title = ctx.l.t("dossier-rate");
    if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) }
}

#[derive(Template)]
#[template(path = "remarks.html")]
struct RemarksPage {
    l: L,
    /// Words are for inspectors; an administrator is told so.
    inspects: bool,
    /// Month and unit, and what was written.
    rows: Vec<(String, String, String)>,
    paging: Paging,
}

/// `GET /rate/remarks`: what people wrote with their ratings, for inspectors.
pub async fn remarks(ctx: Ctx) -> Answer {
    let actor = ctx.require(audit::rights::READ_AUDIT)?.clone();
    let house = house(&ctx.app)?;
    // Administrators read the log too; what people say of the offices is for those who look after the offices.
    let within = |agency: &&organisation::Agency| actor.may_at(crate::rights::READ_DOSSIERS, &agency.path);
    let inspects = actor.may(crate::rights::READ_DOSSIERS);
    let agencies: Vec<Id> = house.tree.all().iter().filter(within).map(|agency| agency.id).collect();
    let paging = Paging::from_uri(&ctx.uri);
    let (limit, offset) = (paging.limit(), paging.offset());
    let (found, total) = ctx
        .db()
        .read(move |tx| Box::pin(async move { rating::remark::about(tx, &agencies, limit, offset).await }))
        .await?;
    let month = |day: base::Date| format!("{:02}/{}", day.month(), day.year());
    let rows = found.into_iter().map(|one| (month(one.month), house.tree.name(one.agency), one.words)).collect();
    let page = RemarksPage { l: ctx.l, inspects, rows, paging: paging.of(total) };
    Ok(ctx.page(&ctx.l.t("dossier-remarks"), &page))
}
