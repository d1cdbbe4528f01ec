//! /account: one's own password, one-time codes, sessions and roles.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;
use base::{Actor, Fault, Id, Problem, vn_date_time};
use i18n::L;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use store::params;
use web::{Answer, Ctx, Form, safe_next};

use super::{problems_of, settings, visit, with_session};
use crate::accounts::{Account, Held};
use crate::pages::show::{GrantRow, grant_rows};
use crate::passwords::Password;
use crate::totp::Enrolment;
use crate::{Settings, actions, devices, people, roles, signing_in, store as sql, totp};

/// Sign-ins shown at once.
const SIGN_INS_SHOWN: i64 = 10;
/// Acts of others shown at once.
const ACTS_SHOWN_MAX: usize = 20;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    account: &'a Account,
    grants: Vec<GrantRow>,
    sessions: i64,
    recovery_left: i64,
    must_enrol: bool,
    password_min: usize,
    /// What others did with the account, the latest first.
    acts: Vec<ActRow>,
    /// Some of it is news.
    untold: bool,
    /// Where to go on to after reading the news; empty without any.
    go_on: String,
    devices: Vec<DeviceRow>,
    /// The last sign-ins, good and failed.
    sign_ins: Vec<SignInRow>,
}

/// A sign-in to the account.
struct SignInRow {
    at: String,
    label: String,
    good: bool,
}

/// Something another person did with the account.
struct ActRow {
    what: String,
    by: String,
    at: String,
}

/// A browser the account has signed in with.
struct DeviceRow {
    label: String,
    first: String,
    last: String,
}

#[derive(Template)]
#[template(path = "account_totp.html")]
struct EnrolPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    enrolment: &'a Enrolment,
}

#[derive(Template)]
#[template(path = "account_recovery.html")]
struct RecoveryPage<'a> {
    l: L,
    codes: &'a [String],
}

/// Fields of /account/password.
#[derive(Deserialize)]
pub(super) struct PasswordForm {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

/// Fields of the forms that ask for a one-time code.
#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(ctx: Ctx) -> Answer {
    let answer = page(&ctx, &[]).await?;
    let id = ctx.actor()?.account;
    // Written only when there was news: reading a page writes nothing.
    if let Some(n) = ctx.db().read(move |tx| Box::pin(async move { actions::untold(tx, id).await })).await? {
        ctx.db().write(move |tx| Box::pin(async move { actions::mark_told(tx, id, n).await })).await?;
    }
    Ok(answer)
}

/// What others did, in words: who it was is said by name, for it is about the reader.
fn act_rows(ctx: &Ctx, events: &[audit::Event], names: &HashMap<Id, String>) -> Vec<ActRow> {
    let words = |event: &audit::Event| {
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
        let said = |key: &str| data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let role = said("role");
        let role = if role.is_empty() { role } else { ctx.l.t(format!("base-role-{role}")) };
        let wish = match said("wish").as_str() {
            "" => String::new(),
            "grant" if !role.is_empty() => ctx.l.tr("identity-wish-grant", [("role", role.clone())]),
            "grant" => ctx.l.t("identity-grant-new"),
            wish => ctx.l.t(format!("identity-wish-{wish}")),
        };
        let outcome = said("outcome");
        let key = match event.kind.as_str() {
            "request-decided" => format!("identity-act-request-{outcome}"),
            "account-state" => format!("identity-act-account-{}", said("to")),
            kind => format!("identity-act-{kind}"),
        };
        ctx.l.tr(key, [("role", role), ("wish", wish)])
    };
    let row = |event: &audit::Event| ActRow {
        what: words(event),
        by: event.actor.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        at: vn_date_time(event.at),
    };
    events.iter().map(row).collect()
}

pub(super) async fn change_password(ctx: Ctx, headers: HeaderMap, Form(form): Form<PasswordForm>) -> Answer {
    let id = who(&ctx)?.0.account;
    let hasher = settings(&ctx)?.hasher;
    let account = ctx.db().read(move |tx| Box::pin(async move { actions::account(tx, id).await })).await?;
    if !signing_in::verify_own_password(ctx.db(), &hasher, id, &form.current, ctx.now).await? {
        return page(&ctx, &[Problem::new("identity-password-current-wrong").field("current")]).await;
    }
    let own = [&account.login, account.phone.as_deref().unwrap_or(""), account.citizen_number.as_deref().unwrap_or("")];
    let password = match Password::parse(&form.password, &own) {
        Ok(password) => password,
        Err(problem) => return page(&ctx, &[problem]).await,
    };
    let (hashed, visit, now) = (hasher.hash(password).await?, visit(&ctx, &headers), ctx.now);
    let opened = ctx
        .db()
        .write(move |tx| Box::pin(async move { actions::change_password(tx, id, hashed, &visit, now).await }))
        .await?;
    Ok(with_session(&ctx, ctx.flash("/account", "identity-password-changed"), &opened))
}

pub(super) async fn end_other_sessions(ctx: Ctx, Form(_): Form<Nothing>) -> Answer {
    let (actor, session) = who(&ctx)?;
    let id = actor.account;
    ctx.db()
        .write(move |tx| Box::pin(async move { signing_in::sign_out_everywhere(tx, id, Some(session)).await }))
        .await?;
    Ok(ctx.flash("/account", "identity-sessions-ended"))
}

pub(super) async fn begin_totp(ctx: Ctx, Form(_): Form<Nothing>) -> Answer {
    let (id, now) = (who(&ctx)?.0.account, ctx.now);
    let vault = settings(&ctx)?.vault;
    let begun = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>((actions::begin_totp(tx, &vault, id, now).await?, actions::account(tx, id).await?))
            })
        })
        .await;
    match begun {
        Ok((secret, account)) => enrol_page(&ctx, &totp::enrolment(&secret, &account.login)?, &[]),
        Err(fault) => page(&ctx, &problems_of(fault)?).await,
    }
}

pub(super) async fn confirm_totp(mut ctx: Ctx, headers: HeaderMap, Form(form): Form<CodeForm>) -> Answer {
    let (id, now) = (who(&ctx)?.0.account, ctx.now);
    let vault = settings(&ctx)?.vault;
    let (with, visit) = (vault.clone(), visit(&ctx, &headers));
    let confirmed = ctx
        .db()
        .write(move |tx| Box::pin(async move { actions::confirm_totp(tx, &with, id, &form.code, &visit, now).await }))
        .await;
    match confirmed {
        Ok((codes, opened)) => {
            if let Some(signed_in) = ctx.app.sessions.load(ctx.db(), &opened.token, now).await? {
                ctx.sign_in(signed_in);
            }
            let page = RecoveryPage { l: ctx.l, codes: &codes };
            Ok(with_session(&ctx, ctx.page(&ctx.l.t("identity-recovery-title"), &page), &opened))
        }
        Err(Fault::Invalid(problems)) => {
            // The same secret again: the app on the phone already holds it.
            let (secret, account) = ctx
                .db()
                .read(move |tx| {
                    Box::pin(async move {
                        let row = tx.query_one(sql::SECRETS_GET, params![id]).await?;
                        let secret: Option<Vec<u8>> = row.get("totp_secret")?;
                        let secret = vault.unseal(id, &secret.unwrap_or_default())?;
                        Ok::<_, Fault>((secret, actions::account(tx, id).await?))
                    })
                })
                .await?;
            enrol_page(&ctx, &totp::enrolment(&secret, &account.login)?, &problems)
        }
        Err(fault) => page(&ctx, &problems_of(fault)?).await,
    }
}

pub(super) async fn stop_totp(ctx: Ctx, headers: HeaderMap, Form(form): Form<CodeForm>) -> Answer {
    let (id, now) = (who(&ctx)?.0.account, ctx.now);
    let settings = settings(&ctx)?;
    if settings.officials_need_totp && ctx.is_official() {
        return page(&ctx, &[Problem::new("identity-totp-required")]).await;
    }
    signing_in::count_own_try(ctx.db(), id, now).await?;
    let (vault, visit) = (settings.vault, visit(&ctx, &headers));
    let stopped = ctx
        .db()
        .write(move |tx| Box::pin(async move { actions::stop_totp(tx, &vault, id, &form.code, &visit, now).await }))
        .await;
    match stopped {
        Ok(opened) => Ok(with_session(&ctx, ctx.flash("/account", "identity-totp-stopped"), &opened)),
        Err(fault) => page(&ctx, &problems_of(fault)?).await,
    }
}

fn who(ctx: &Ctx) -> Result<(&Actor, Id), Fault> {
    Ok((ctx.actor()?, ctx.session.ok_or(Fault::SignInNeeded)?))
}

async fn page(ctx: &Ctx, problems: &[Problem]) -> Answer {
    let id = ctx.actor()?.account;
    let settings: Settings = settings(ctx)?;
    let (account, held, sessions, recovery_left, news) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let sessions: i64 = tx.query_one(sql::SESSIONS_COUNT, params![id]).await?.get("open")?;
                let left: i64 = tx.query_one(sql::RECOVERY_LEFT, params![id]).await?.get("left_over")?;
                let held: Vec<Held> = actions::grants(tx, id).await?;
                let events = actions::done_by_others(tx, id, ACTS_SHOWN_MAX).await?;
                let actors: Vec<Id> = events.iter().filter_map(|event| event.actor).collect();
                let names = people::names(tx, &actors).await?;
                let untold = actions::untold(tx, id).await?.is_some();
                let browsers = devices::devices_of(tx, id).await?;
                let sign_ins = access::sign_ins(tx, id, SIGN_INS_SHOWN).await?;
                let account = actions::account(tx, id).await?;
                let own_roles: BTreeMap<_, _> =
                    roles::all(tx).await?.into_iter().map(|kept| (kept.role.id, kept.role)).collect();
                Ok::<_, Fault>((account, held, sessions, left, (events, names, untold, browsers, sign_ins, own_roles)))
            })
        })
        .await?;
    let (events, names, untold, browsers, sign_ins, own_roles) = news;
    let browser = |label: String| if label.is_empty() { ctx.l.t("identity-device-unknown") } else { label };
    let next = web::table::query_value(&ctx.uri, "next");
    let body = AccountPage {
        l: ctx.l,
        sign_ins: sign_ins
            .into_iter()
            .map(|row| SignInRow {
                at: vn_date_time(row.at),
                good: row.kind == access::Kind::SignedIn,
                label: browser(row.purpose),
            })
            .collect(),
        acts: act_rows(ctx, &events, &names),
        untold,
        go_on: if next.is_empty() { next } else { safe_next(&next).to_string() },
        devices: browsers
            .into_iter()
            .map(|device| DeviceRow {
                label: browser(device.label),
                first: vn_date_time(device.first_at),
                last: vn_date_time(device.seen_at),
            })
            .collect(),
        csrf: &ctx.csrf,
        problems,
        must_enrol: settings.officials_need_totp && !account.has_totp && account.kind == crate::Kind::Official,
        grants: grant_rows(ctx, &settings, &held, &own_roles, |_| false),
        account: &account,
        sessions,
        recovery_left,
        password_min: crate::passwords::PASSWORD_CHARS_MIN,
    };
    Ok(answer(ctx, "identity-account", &body, problems))
}

fn enrol_page(ctx: &Ctx, enrolment: &Enrolment, problems: &[Problem]) -> Answer {
    let body = EnrolPage { l: ctx.l, csrf: &ctx.csrf, problems, enrolment };
    Ok(answer(ctx, "identity-totp-title", &body, problems))
}

fn answer(ctx: &Ctx, title: &str, body: &impl Template, problems: &[Problem]) -> Response {
    let title = ctx.l.t(title);
    if problems.is_empty() { ctx.page(&title, body) } else { ctx.invalid_page(&title, body) }
}
