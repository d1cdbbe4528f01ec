//! /sign-in, /sign-up, /sign-out

use askama::Template;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Fault, Problem};
use i18n::L;
use serde::Deserialize;
use web::{Answer, Ctx, Form, Query, cookie, safe_next};

use super::{cookie_of, problems_of, settings, visit, with_session};
use crate::actions;
use crate::sessions::Opened;
use crate::signing_in::{self, Answer as Tried, SignUp};
use crate::tries::Visit;

/// `?next=` of a page that asked for signing in.
#[derive(Deserialize, Default)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    login: &'a str,
    next: &'a str,
    demo_password: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    pending: &'a str,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    form: &'a SignUpForm,
    password_min: usize,
}

/// Fields of /sign-in.
#[derive(Deserialize, Default)]
pub(super) struct SignInForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Fields of /sign-in/code.
#[derive(Deserialize)]
pub(super) struct CodeForm {
    pending: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Fields of /sign-up.
#[derive(Deserialize, Default)]
pub(super) struct SignUpForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    citizen_number: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn form(ctx: Ctx, Query(query): Query<Next>) -> Answer {
    if let Some(actor) = &ctx.actor {
        return Ok(ctx.redirect(after(&query.next, web::home(&ctx.app, actor))));
    }
    Ok(sign_in_page(&ctx, &SignInForm { next: query.next, ..SignInForm::default() }, &[]))
}

pub(super) async fn try_password(ctx: Ctx, headers: HeaderMap, Form(form): Form<SignInForm>) -> Answer {
    let (settings, visit) = (settings(&ctx)?, visit(&ctx, &headers));
    let tried = signing_in::sign_in(ctx.db(), &settings, &form.login, &form.password, &visit, ctx.now).await;
    if is_guess(&tried) {
        say_failed(&visit);
    }
    let tried = match tried {
        Err(Fault::TooMany { retry_after_s }) => {
            return Ok(resting(sign_in_page(&ctx, &form, &[rests(retry_after_s)]), retry_after_s));
        }
        tried => tried?,
    };
    match tried {
        Tried::Open(opened) => go_on(&ctx, &opened, &form.next).await,
        Tried::CodeNeeded { pending } => Ok(code_page(&ctx, &pending, &form.next, &[])),
        Tried::Wrong => Ok(sign_in_page(&ctx, &form, &[Problem::new("identity-sign-in-wrong").field("login")])),
        Tried::NotActive => Ok(sign_in_page(&ctx, &form, &[Problem::new("identity-sign-in-not-active")])),
        // Said of codes only.
        Tried::NoKey => Ok(sign_in_page(&ctx, &form, &[Problem::new("identity-key-missing")])),
    }
}

/// Whether a try counts as guessing for those who block addresses. A database that is away opens nothing and says nothing about who
/// asked: a province would be shut out for its own outage.
fn is_guess(tried: &Result<Tried, Fault>) -> bool {
    match tried {
        Ok(Tried::Open(_) | Tried::CodeNeeded { .. } | Tried::NoKey) => false,
        Ok(_) | Err(Fault::TooMany { .. } | Fault::Invalid(_)) => true,
        Err(_) => false,
    }
}

/// The one line of the log that blocking tools look for (README, "Guessing"): never a login, people type passwords there.
pub(super) fn say_failed(visit: &Visit) {
    let address = if visit.address.is_empty() { "unknown" } else { &visit.address };
    tracing::warn!("sign-in failed from {address}");
}

pub(super) async fn try_code(ctx: Ctx, headers: HeaderMap, Form(form): Form<CodeForm>) -> Answer {
    let (vault, visit) = (settings(&ctx)?.vault, visit(&ctx, &headers));
    let tried = signing_in::sign_in_code(ctx.db(), &vault, &form.pending, &form.code, &visit, ctx.now).await;
    if is_guess(&tried) {
        say_failed(&visit);
    }
    match tried {
        Ok(Tried::Open(opened)) => go_on(&ctx, &opened, &form.next).await,
        Ok(Tried::NotActive) => {
            Ok(sign_in_page(&ctx, &SignInForm::default(), &[Problem::new("identity-sign-in-not-active")]))
        }
        Ok(Tried::NoKey) => {
            let problems = [Problem::new("identity-key-missing").field("code")];
            let mut page = code_page(&ctx, &form.pending, &form.next, &problems);
            *page.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            Ok(page)
        }
        Ok(_) => {
            let wrong = Problem::new("identity-code-wrong").field("code");
            Ok(code_page(&ctx, &form.pending, &form.next, &[wrong]))
        }
        Err(Fault::TooMany { retry_after_s }) => {
            Ok(resting(code_page(&ctx, &form.pending, &form.next, &[rests(retry_after_s)]), retry_after_s))
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn sign_up_form(ctx: Ctx, Query(query): Query<Next>) -> Answer {
    if let Some(actor) = &ctx.actor {
        return Ok(ctx.redirect(after(&query.next, web::home(&ctx.app, actor))));
    }
    Ok(sign_up_page(&ctx, &SignUpForm { next: query.next, ..SignUpForm::default() }, &[]))
}

pub(super) async fn sign_up(ctx: Ctx, Form(form): Form<SignUpForm>) -> Answer {
    let hasher = settings(&ctx)?.hasher;
    let new = SignUp {
        name: form.name.clone(),
        citizen_number: form.citizen_number.clone(),
        phone: form.phone.clone(),
        password: form.password.clone(),
    };
    match signing_in::sign_up(ctx.db(), &hasher, &new, ctx.now).await {
        // Whether an account was made shows at the sign-in, where only its password opens it.
        Ok(()) => {
            let next = web::table::encode(&form.next);
            Ok(ctx.flash(format!("/sign-in?next={next}"), "identity-sign-up-received"))
        }
        Err(fault) => Ok(sign_up_page(&ctx, &form, &problems_of(fault)?)),
    }
}

/// Signing out twice, or after the session is over, is fine; so anybody may.
pub(super) async fn sign_out(ctx: Ctx, headers: HeaderMap, request: Request) -> Answer {
    // Without a session there is nothing to forge, and the page's token is of one that is over.
    if ctx.actor.is_some() {
        Form::<Next>::from_request(request, &ctx.app).await?;
    }
    if let Some(token) = cookie_of(&ctx, &headers) {
        ctx.db().write(move |tx| Box::pin(async move { signing_in::sign_out(tx, &token).await })).await?;
    }
    // Whose session was over before has nothing to sign in again for.
    let to = if ctx.actor.is_some() { "/sign-in" } else { "/" };
    let mut response = ctx.flash(to, "identity-signed-out");
    let cleared = cookie::clear(cookie::SESSION, ctx.app.secure_cookies);
    response.headers_mut().append(header::SET_COOKIE, cleared);
    Ok(response)
}

/// To the page that asked for signing in, else to the person's first page.
async fn go_on(ctx: &Ctx, opened: &Opened, next: &str) -> Answer {
    let signed_in = ctx.app.sessions.load(ctx.db(), &opened.token, ctx.now).await?;
    let home = signed_in.as_ref().map_or("/account", |signed_in| web::home(&ctx.app, &signed_in.actor));
    let to = if home == "/account" { home.to_owned() } else { after(next, home) };
    let told = match &signed_in {
        None => true,
        Some(signed_in) => {
            let account = signed_in.actor.account;
            let untold = ctx.db().read(move |tx| Box::pin(async move { actions::untold(tx, account).await }));
            untold.await?.is_none()
        }
    };
    // What others did with the account comes first, and then the way on.
    let to = if told || to == "/account" { to } else { format!("/account?next={}", web::table::encode(&to)) };
    Ok(with_session(ctx, ctx.redirect(to), opened))
}

/// `next` is from the address bar: only a path of this site is followed, and not back to signing in.
fn after(next: &str, home: &str) -> String {
    let safe = safe_next(next);
    let path = safe.split(['?', '#']).next().unwrap_or_default();
    if path == "/" || path.starts_with("/sign-") { home.to_owned() } else { safe.to_string() }
}

fn sign_in_page(ctx: &Ctx, form: &SignInForm, problems: &[Problem]) -> Response {
    let page = SignInPage {
        l: ctx.l,
        csrf: &ctx.csrf,
        problems,
        login: &form.login,
        next: &form.next,
        demo_password: ctx.app.demo.then_some(crate::DEMO_PASSWORD),
    };
    answer(ctx, "identity-sign-in", &page, problems)
}

fn code_page(ctx: &Ctx, pending: &str, next: &str, problems: &[Problem]) -> Response {
    answer(ctx, "identity-code-title", &CodePage { l: ctx.l, csrf: &ctx.csrf, problems, pending, next }, problems)
}

fn sign_up_page(ctx: &Ctx, form: &SignUpForm, problems: &[Problem]) -> Response {
    let password_min = crate::passwords::PASSWORD_CHARS_MIN;
    answer(ctx, "identity-sign-up", &SignUpPage { l: ctx.l, csrf: &ctx.csrf, problems, form, password_min }, problems)
}

fn answer(ctx: &Ctx, title: &str, page: &impl Template, problems: &[Problem]) -> Response {
    let title = ctx.l.t(title);
    if problems.is_empty() { ctx.page(&title, page) } else { ctx.invalid_page(&title, page) }
}

fn rests(retry_after_s: u32) -> Problem {
    Problem::new("identity-sign-in-rests").arg("minutes", retry_after_s.div_ceil(60).to_string())
}

fn resting(page: Response, retry_after_s: u32) -> Response {
    let retry = [(header::RETRY_AFTER, retry_after_s.to_string())];
    (StatusCode::TOO_MANY_REQUESTS, retry, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_only_paths_of_this_site_are_followed() {
        assert_eq!(after("/dossiers/H13.08-261122-0012?tab=1", "/work"), "/dossiers/H13.08-261122-0012?tab=1");
        for typed in ["", "/", "//evil.example", "https://evil.example", "/\\evil", "/sign-in", "/sign-out?x"] {
            assert_eq!(after(typed, "/work"), "/work", "{typed}");
        }
    }
}
