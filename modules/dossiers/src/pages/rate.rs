//! Rating a case with the code of its receipt, without an account. Shows the procedure and the unit, and nothing of anybody.

use super::house;
use crate::rating;
use crate::store::Loaded;
use askama::Template;
use axum::response::Response;
use base::{Fault, Problem};
use i18n::L;
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
}

/// `GET /rate`
pub async fn rate_form(ctx: Ctx) -> Answer {
    Ok(page(&ctx, String::new(), None, Vec::new()))
}

/// `POST /rate`: the case of a code. Posted, so that no address holds a code.
pub async fn rate_look_up(ctx: Ctx, form: FormMap) -> Answer {
    let code: String = form.text("code").chars().take(40).collect();
    show(&ctx, code, Vec::new()).await
}

/// `POST /rate/answer`
pub async fn rate_answer(ctx: Ctx, form: FormMap) -> Answer {
    let code: String = form.text("code").chars().take(40).collect();
    let score = form.text("score").parse().unwrap_or(0);
    let (typed, now) = (code.clone(), ctx.now);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let loaded = rating::look_up(tx, &typed).await?;
            rating::answer(tx, &loaded.dossier, score, now).await
        })
    });
    match done.await {
        Ok(()) => Ok(ctx.flash("/rate", "dossier-rating-thanks")),
        Err(Fault::Invalid(problems)) => show(&ctx, code, problems).await,
        Err(Fault::Conflict(problem)) => Ok(page(&ctx, code, None, vec![problem])),
        Err(fault) => Err(fault.into()),
    }
}

/// The questions of a code's case, or what stands against it.
async fn show(ctx: &Ctx, code: String, problems: Vec<Problem>) -> Answer {
    let typed = code.clone();
    match ctx.db().read(move |tx| Box::pin(async move { rating::look_up(tx, &typed).await })).await {
        Ok(loaded) => {
            let case = case_of(ctx, &loaded)?;
            Ok(page(ctx, code, Some(case), problems))
        }
        Err(Fault::Invalid(problems)) => Ok(page(ctx, code, None, problems)),
        Err(Fault::Conflict(problem)) => Ok(page(ctx, code, None, vec![problem])),
        Err(fault) => Err(fault.into()),
    }
}

fn case_of(ctx: &Ctx, loaded: &Loaded) -> Result<(String, String), Fault> {
    let house = house(&ctx.app)?;
    let d = &loaded.dossier;
    let procedure = house.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default();
    Ok((procedure, house.tree.name(d.competent)))
}

fn page(ctx: &Ctx, code: String, case: Option<(String, String)>, problems: Vec<Problem>) -> Response {
    let wrong = !problems.is_empty();
    let scores = (1..=5).rev().map(|score| Choice::new(score.to_string(), ctx.l.t(format!("dossier-rating-{score}"))));
    let body = RatePage { l: ctx.l, csrf: ctx.csrf.clone(), problems, code, case, scores: scores.collect() };
    let title = ctx.l.t("dossier-rate");
    if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) }
}
