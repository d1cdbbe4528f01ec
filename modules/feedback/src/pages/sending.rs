//! Sending a petition, and taking one in.

use super::forms::{ActForm, form, received};
use super::house;
use crate::actions::{self, Receipt};
use crate::petition::Petition;
use crate::verbs::VERBS;
use askama::Template;
use axum::response::Response;
use base::{Fault, Problem, vn_date_time};
use i18n::L;
use records::{Typed, Verb};
use std::collections::BTreeMap;
use web::limits::{self, Rates};
use web::{Answer, Ctx, PatientUpload};

#[derive(Template)]
#[template(path = "send.html")]
struct Send {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    form: ActForm,
    action: &'static str,
    official: bool,
    /// Subjects that are sent with a name today.
    named: String,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct Sent {
    l: L,
    csrf: String,
    code: String,
    key: String,
    due: String,
    official: bool,
    /// It goes to the agency above the one complained of.
    past: bool,
}

/// The row of one of the two ways a petition begins.
fn verb(word: &str) -> Result<&'static Verb<Petition>, Fault> {
    VERBS.iter().find(|verb| verb.word == word).ok_or_else(|| Fault::internal(format!("no act {word}")))
}

async fn page(
    ctx: &Ctx,
    word: &'static str,
    typed: &BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<Response, Fault> {
    let house = house(&ctx.app).await?;
    let official = word == "take";
    let wrong = !problems.is_empty();
    let body = Send {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        problems,
        form: form(ctx, &house, verb(word)?, None, &BTreeMap::new(), typed),
        action: if official { "/petitions/new" } else { "/feedback/new" },
        official,
        named: crate::rules::named(ctx.now.date()).map(|topic| topic.name(ctx.lang)).collect::<Vec<_>>().join("; "),
    };
    let title = ctx.l.t(format!("feedback-act-{word}"));
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /feedback/new
pub async fn send_form(ctx: Ctx) -> Answer {
    Ok(page(&ctx, "send", &BTreeMap::new(), Vec::new()).await?)
}

/// GET /petitions/new
pub async fn take_form(ctx: Ctx) -> Answer {
    Ok(page(&ctx, "take", &BTreeMap::new(), Vec::new()).await?)
}

/// POST /feedback/new. Who sends without an account is slowed like who opens one.
pub async fn send(ctx: Ctx, upload: PatientUpload) -> Answer {
    limits::take(&ctx, "feedback", ctx.app.get::<Rates>().unwrap_or_default().sign_up)?;
    begin(ctx, upload, "send").await
}

/// POST /petitions/new
pub async fn take(ctx: Ctx, upload: PatientUpload) -> Answer {
    begin(ctx, upload, "take").await
}

async fn begin(ctx: Ctx, upload: PatientUpload, word: &'static str) -> Answer {
    let (typed, problems) = received(&ctx, upload).await?;
    if !problems.is_empty() {
        return Ok(page(&ctx, word, &typed.fields, problems).await?);
    }
    match write(&ctx, word, typed.clone()).await {
        Ok(receipt) => Ok(receipt_page(&ctx, receipt, word == "take")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, word, &typed.fields, problems).await?),
        Err(fault) => Err(fault.into()),
    }
}

async fn write(ctx: &Ctx, word: &str, typed: Typed) -> Result<Receipt, Fault> {
    let (house, actor, now) = (house(&ctx.app).await?, ctx.actor.clone(), ctx.now);
    if word == "take" {
        let actor = actor.ok_or(Fault::SignInNeeded)?;
        return ctx
            .db()
            .write(move |tx| Box::pin(async move { actions::take(tx, &house, &actor, now, &typed).await }))
            .await;
    }
    ctx.db()
        .write(move |tx| Box::pin(async move { actions::send(tx, &house, actor.as_ref(), now, &typed).await }))
        .await
}

/// The code and the key, shown once.
fn receipt_page(ctx: &Ctx, receipt: Receipt, official: bool) -> Response {
    let p = receipt.held.state;
    let body = Sent {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        code: receipt.held.code,
        key: receipt.key,
        due: vn_date_time(p.sort_due_at),
        official,
        past: p.concerned.is_some(),
    };
    ctx.page(&ctx.l.t("feedback-sent-title"), &body)
}
