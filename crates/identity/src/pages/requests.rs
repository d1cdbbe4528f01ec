//! /accounts/requests: what one person asked for and another confirms. /set-password: the owner of an account sets a password
//! with the two halves of a code.

use askama::Template;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use base::{Fault, Id, OwnRole, Problem, vn_date, vn_date_time};
use i18n::L;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use web::{Answer, Ctx, Form};

use super::show::{field_names, role_name};
use super::{known, problems_of, settings, visit};
use crate::handover::{self, NewPassword};
use crate::requests::{self, Request, Wish};
use crate::{Settings, actions, people, roles};

/// One thing that waits, in words.
pub(super) struct RequestRow {
    pub(super) id: Id,
    pub(super) person: String,
    pub(super) login: String,
    pub(super) what: String,
    pub(super) agency: String,
    /// The fields a role is limited to, in words; empty for all.
    pub(super) fields: String,
    pub(super) days: String,
    pub(super) basis: String,
    pub(super) asked: String,
    /// The reader may say yes or no.
    pub(super) decides: bool,
    /// The reader asked and may take it back.
    pub(super) own: bool,
}

#[derive(Template)]
#[template(path = "requests.html")]
struct ListPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    rows: Vec<RequestRow>,
}

/// Half of a code, shown once.
#[derive(Template)]
#[template(path = "account_half.html")]
pub(super) struct HalfPage<'a> {
    pub(super) l: L,
    pub(super) name: &'a str,
    pub(super) login: &'a str,
    pub(super) half: &'a str,
    /// The one of who confirmed; else of who asked.
    pub(super) second: bool,
    pub(super) back: String,
}

#[derive(Template)]
#[template(path = "set_password.html")]
struct SetPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    form: &'a SetForm,
    password_min: usize,
}

/// Fields of /set-password.
#[derive(Deserialize, Default)]
pub(super) struct SetForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    first: String,
    #[serde(default)]
    second: String,
    #[serde(default)]
    password: String,
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// A request in words, for somebody who is told more than one's own.
pub(super) fn row(
    ctx: &Ctx,
    settings: &Settings,
    request: &Request,
    (names, roles): (&HashMap<Id, String>, &BTreeMap<Id, Arc<OwnRole>>),
    login: String,
    decides: bool,
) -> RequestRow {
    let name = |id: &Id| names.get(id).cloned().unwrap_or_default();
    let own = ctx.actor.as_ref().is_some_and(|actor| actor.account == request.asked_by);
    let asked = [("name", name(&request.asked_by)), ("at", vn_date_time(request.asked_at))];
    let mut shown = RequestRow {
        id: request.id,
        person: name(&request.account),
        login,
        what: ctx.l.t(format!("identity-wish-{}", request.wish.kind())),
        agency: String::new(),
        fields: String::new(),
        days: String::new(),
        basis: String::new(),
        asked: ctx.l.tr("identity-request-asked", asked),
        decides,
        own,
    };
    if let Wish::Grant { role, own, fields, agency, valid_from, valid_to, basis, .. } = &request.wish {
        let role = role_name(ctx, *role, *own, roles);
        shown.fields = field_names(settings, fields.iter().flatten());
        shown.what = ctx.l.tr("identity-wish-grant", [("role", role)]);
        let known = settings.agencies.as_ref().and_then(|agencies| agencies.by_id(*agency));
        shown.agency = known.map_or_else(|| agency.to_string(), |agency| agency.name);
        let to = valid_to.map(vn_date).unwrap_or_default();
        shown.days = if to.is_empty() { vn_date(*valid_from) } else { format!("{} – {to}", vn_date(*valid_from)) };
        shown.basis = basis.clone();
    }
    shown
}

pub(super) async fn list(ctx: Ctx) -> Answer {
    page(&ctx, &[]).await
}

async fn page(ctx: &Ctx, problems: &[Problem]) -> Answer {
    let (by, now) = (ctx.require(crate::rights::CONFIRM_GRANTS)?.clone(), ctx.now);
    let settings = settings(ctx)?;
    let (shown, names, logins, roles) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let shown = requests::waiting_shown_to(tx, &by, now).await?;
                let both = shown.iter().flat_map(|one| [one.request.account, one.request.asked_by]);
                let names = people::names(tx, &both.collect::<Vec<_>>()).await?;
                let mut logins = HashMap::new();
                for one in &shown {
                    let id = one.request.account;
                    logins.insert(id, actions::account(tx, id).await?.login);
                }
                let roles = roles::all(tx).await?.into_iter().map(|kept| (kept.role.id, kept.role)).collect();
                Ok::<_, Fault>((shown, names, logins, roles))
            })
        })
        .await?;
    let rows = shown.iter().map(|one| {
        let login = logins.get(&one.request.account).cloned().unwrap_or_default();
        row(ctx, &settings, &one.request, (&names, &roles), login, one.against.is_none())
    });
    let body = ListPage { l: ctx.l, csrf: &ctx.csrf, problems, rows: rows.collect() };
    let title = ctx.l.t("identity-requests");
    Ok(if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) })
}

pub(super) async fn confirm(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now, known) = (ctx.require(crate::rights::CONFIRM_GRANTS)?.clone(), ctx.now, known(&ctx));
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let (request, half) = requests::confirm(tx, &by, id, &known, now).await?;
                Ok::<_, Fault>((actions::account(tx, request.account).await?, half))
            })
        })
        .await;
    match done {
        Ok((account, Some(half))) => {
            let (name, login) = (account.name.as_str(), account.login.as_str());
            let back = "/accounts/requests".to_owned();
            let body = HalfPage { l: ctx.l, name, login, half: &half, second: true, back };
            Ok(ctx.page(&ctx.l.t("identity-wish-password"), &body))
        }
        Ok((_, None)) => Ok(ctx.flash("/accounts/requests", "identity-request-confirmed")),
        Err(fault) => page(&ctx, &problems_of(fault)?).await,
    }
}

pub(super) async fn refuse(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::CONFIRM_GRANTS)?.clone(), ctx.now);
    let done = ctx.db().write(move |tx| Box::pin(async move { requests::refuse(tx, &by, id, now).await })).await;
    match done {
        Ok(_) => Ok(ctx.flash("/accounts/requests", "identity-request-refused")),
        Err(fault) => page(&ctx, &problems_of(fault)?).await,
    }
}

pub(super) async fn set_form(ctx: Ctx) -> Answer {
    Ok(set_page(&ctx, &SetForm::default(), &[]))
}

pub(super) async fn set_password(ctx: Ctx, headers: HeaderMap, Form(form): Form<SetForm>) -> Answer {
    let typed = NewPassword {
        login: form.login.clone(),
        first: form.first.clone(),
        second: form.second.clone(),
        password: form.password.clone(),
    };
    let (hasher, visit) = (settings(&ctx)?.hasher, visit(&ctx, &headers));
    match handover::set_password(ctx.db(), &hasher, typed, &visit, ctx.now).await {
        Ok(()) => Ok(ctx.flash("/sign-in", "identity-handover-done")),
        Err(fault) => {
            let problems = problems_of(fault)?;
            if problems.iter().any(|problem| problem.code == "identity-handover-wrong") {
                super::sign_in::say_failed(&visit);
            }
            Ok(set_page(&ctx, &form, &problems))
        }
    }
}

fn set_page(ctx: &Ctx, form: &SetForm, problems: &[Problem]) -> Response {
    let password_min = crate::passwords::PASSWORD_CHARS_MIN;
    let body = SetPage { l: ctx.l, csrf: &ctx.csrf, problems, form, password_min };
    let title = ctx.l.t("identity-handover-title");
    if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) }
}
