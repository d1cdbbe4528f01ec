//! /accounts/{id}: one account with its roles, and what an administrator does with it.

use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Id, OwnRole, Problem, Role, vn_date, vn_date_time};
use futures_util::future::BoxFuture;
use i18n::L;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Tx;
use web::{Answer, Choice, Ctx, Form, FormMap};

use super::machines::{self, TokenRow};
use super::requests::{HalfPage, RequestRow, row};
use super::{known, problems_of, settings};
use crate::accounts::{Account, Held, State};
use crate::requests::{self, Granted, Wish};
use crate::settings::AgencyRef;
use crate::{NewGrant, Settings, actions, people, roles};

/// Agencies offered in the grant form's list; others are typed by their code.
const AGENCIES_OFFERED_MAX: usize = 400;

/// One line of the table of roles, in words.
pub(super) struct GrantRow {
    pub(super) id: Id,
    pub(super) role: String,
    pub(super) agency: String,
    /// The fields it is limited to, in words; empty for all.
    pub(super) fields: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) basis: String,
    /// Gives its rights today.
    pub(super) holds: bool,
    pub(super) revoked: bool,
    pub(super) may_revoke: bool,
}

/// A role in words: one of the program's, or of the province's own by its name.
pub(super) fn role_name(ctx: &Ctx, role: Role, own: Option<Id>, names: &BTreeMap<Id, Arc<OwnRole>>) -> String {
    match own.and_then(|id| names.get(&id)) {
        Some(own) if ctx.lang == base::Lang::En => own.name_en.clone(),
        Some(own) => own.name_vi.clone(),
        None => ctx.l.t(format!("base-role-{}", role.as_str())),
    }
}

/// Fields in words, one after the other.
pub(super) fn field_names<'f>(settings: &Settings, fields: impl IntoIterator<Item = &'f String>) -> String {
    let all = settings.agencies.as_ref().map(|agencies| agencies.fields()).unwrap_or_default();
    let name =
        |code: &String| all.iter().find(|(one, _)| one == code).map_or_else(|| code.clone(), |(_, name)| name.clone());
    fields.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The grants in words. `may_revoke` says by the agency's path whether the reader may take one back.
pub(super) fn grant_rows(
    ctx: &Ctx,
    settings: &Settings,
    held: &[Held],
    names: &BTreeMap<Id, Arc<OwnRole>>,
    may_revoke: impl Fn(&str) -> bool,
) -> Vec<GrantRow> {
    let name = |id: Id| settings.agencies.as_ref().and_then(|agencies| agencies.by_id(id));
    held.iter()
        .map(|held| GrantRow {
            id: held.id,
            role: role_name(ctx, held.role, held.own, names),
            agency: name(held.agency).map_or_else(|| held.agency.to_string(), |agency| agency.name),
            fields: field_names(settings, held.fields.iter().flatten()),
            from: vn_date(held.valid_from),
            to: held.valid_to.map(vn_date).unwrap_or_default(),
            basis: held.basis.clone(),
            holds: held.holds_on(ctx.now.date()),
            revoked: held.revoked_at.is_some(),
            may_revoke: held.revoked_at.is_none() && may_revoke(&held.agency_path),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "account_show.html")]
struct ShowPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    account: &'a Account,
    proven: String,
    created: String,
    grants: Vec<GrantRow>,
    roles: Vec<Choice>,
    agencies: Vec<AgencyRef>,
    /// Fields a grant may be limited to: code, name, whether chosen.
    fields: Vec<(String, String, bool)>,
    /// Tokens, for the account of a program.
    tokens: Vec<TokenRow>,
    /// A token just made, shown this once.
    token: &'a str,
    form: &'a GrantForm,
    own: bool,
    /// What waits for a second person.
    rows: Vec<RequestRow>,
    /// Nobody else is there who could confirm.
    alone: bool,
}

/// Fields of a new grant.
#[derive(Default)]
pub(super) struct GrantForm {
    /// A role of the program by its word, or `own-ID`.
    role: String,
    agency: String,
    fields: Vec<String>,
    valid_from: String,
    valid_to: String,
    basis: String,
}

impl GrantForm {
    fn read(map: &FormMap) -> GrantForm {
        let text = |name: &str| map.text(name).to_owned();
        GrantForm {
            role: text("role"),
            agency: text("agency"),
            fields: map.all("fields").to_vec(),
            valid_from: text("valid_from"),
            valid_to: text("valid_to"),
            basis: text("basis"),
        }
    }

    fn role(&self) -> Option<(Role, Option<Id>)> {
        match self.role.strip_prefix("own-") {
            Some(id) => id.parse().ok().map(|id| (Role::Own, Some(id))),
            None => self.role.parse().ok().filter(|role| *role != Role::Own).map(|role| (role, None)),
        }
    }
}

/// Field of a change of state.
#[derive(Deserialize)]
pub(super) struct StateForm {
    #[serde(default)]
    state: String,
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(ctx: Ctx, Path(id): Path<Id>) -> Answer {
    page(&ctx, id, &GrantForm::default(), &[]).await
}

pub(super) async fn grant(ctx: Ctx, Path(id): Path<Id>, map: FormMap) -> Answer {
    let form = GrantForm::read(&map);
    let new = match read_grant(&ctx, id, &form) {
        Ok(new) => new,
        Err(problems) => return page(&ctx, id, &form, &problems).await,
    };
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    let known = known(&ctx);
    let granted =
        ctx.db().write(move |tx| Box::pin(async move { requests::ask_grant(tx, &by, new, &known, now).await })).await;
    match granted {
        Ok(Granted::InForce) => Ok(ctx.flash(format!("/accounts/{id}"), "identity-granted")),
        Ok(Granted::Waiting) => Ok(ctx.flash(format!("/accounts/{id}"), "identity-request-made")),
        Err(fault) => page(&ctx, id, &form, &problems_of(fault)?).await,
    }
}

fn read_grant(ctx: &Ctx, account: Id, form: &GrantForm) -> Result<NewGrant, Vec<Problem>> {
    let mut problems = Vec::new();
    let role = form.role();
    if role.is_none() {
        problems.push(Problem::new("identity-grant-role-needed").field("role"));
    }
    // A list item reads "H13.08 · Sở Tư pháp": the code is its first word.
    let code = form.agency.split_whitespace().next().unwrap_or_default();
    let agency = settings(ctx).ok().and_then(|settings| settings.agencies).and_then(|all| all.by_code(code));
    if agency.is_none() {
        problems.push(Problem::new("identity-grant-agency-unknown").field("agency"));
    }
    let day = |text: &str, field: &str| -> Result<Option<Date>, Problem> {
        match text.trim() {
            "" => Ok(None),
            typed => typed.parse().map(Some).map_err(|_| Problem::new("identity-date-wrong").field(field)),
        }
    };
    let from = day(&form.valid_from, "valid_from").map_err(|problem| problems.push(problem)).ok();
    let to = day(&form.valid_to, "valid_to").map_err(|problem| problems.push(problem)).ok();
    let fields = settings(ctx).ok().and_then(|settings| settings.agencies).map(|all| all.fields()).unwrap_or_default();
    if let Some(unknown) = form.fields.iter().find(|chosen| !fields.iter().any(|(code, _)| code == *chosen)) {
        problems.push(
            Problem::new("identity-grant-field-unknown").field("fields").arg("code", base::text::clip(unknown, 40)),
        );
    }
    match (role, agency, from, to) {
        (Some((role, own)), Some(agency), Some(from), Some(valid_to)) if problems.is_empty() => Ok(NewGrant {
            account,
            role,
            own,
            fields: (!form.fields.is_empty()).then(|| form.fields.iter().cloned().collect()),
            agency: agency.id,
            agency_path: agency.path,
            valid_from: from.unwrap_or(ctx.now.date()),
            valid_to,
            basis: form.basis.clone(),
        }),
        _ => Err(problems),
    }
}

pub(super) async fn revoke(ctx: Ctx, Path((id, grant)): Path<(Id, Id)>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    act(&ctx, id, "identity-revoked", move |tx| {
        Box::pin(async move { actions::revoke_by(tx, &by, id, grant, now).await })
    })
    .await
}

pub(super) async fn change_state(ctx: Ctx, Path(id): Path<Id>, Form(form): Form<StateForm>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    let Some(next) = State::read(&form.state) else {
        let problem = Problem::new("identity-state-change-wrong").field("state");
        return page(&ctx, id, &GrantForm::default(), &[problem]).await;
    };
    act(&ctx, id, "identity-state-changed", move |tx| {
        Box::pin(async move { actions::change_state_by(tx, &by, id, next, now).await })
    })
    .await
}

pub(super) async fn clear_totp(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    act(&ctx, id, "identity-request-made", move |tx| {
        Box::pin(async move { requests::ask(tx, &by, id, Wish::Codes, now).await.map(|_| ()) })
    })
    .await
}

pub(super) async fn prove(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    act(&ctx, id, "identity-request-made", move |tx| {
        Box::pin(async move { requests::ask(tx, &by, id, Wish::Proof, now).await.map(|_| ()) })
    })
    .await
}

pub(super) async fn reset_password(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    let asked = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let half = requests::ask(tx, &by, id, Wish::Password, now).await?;
                Ok::<_, Fault>((actions::account(tx, id).await?, half.unwrap_or_default()))
            })
        })
        .await;
    match asked {
        Ok((account, half)) => {
            let (name, login, back) = (account.name.as_str(), account.login.as_str(), format!("/accounts/{id}"));
            let body = HalfPage { l: ctx.l, name, login, half: &half, second: false, back };
            Ok(ctx.page(&ctx.l.t("identity-password-reset"), &body))
        }
        Err(fault) => page(&ctx, id, &GrantForm::default(), &problems_of(fault)?).await,
    }
}

/// One act on an account: back to its page with a word of success, or the page again with what stands against it.
async fn act<F>(ctx: &Ctx, id: Id, done: &str, work: F) -> Answer
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<(), Fault>> + Send + 'static,
{
    match ctx.db().write(work).await {
        Ok(()) => Ok(ctx.flash(format!("/accounts/{id}"), done)),
        Err(fault) => page(ctx, id, &GrantForm::default(), &problems_of(fault)?).await,
    }
}

async fn page(ctx: &Ctx, id: Id, form: &GrantForm, problems: &[Problem]) -> Answer {
    page_with(ctx, id, form, problems, "").await
}

/// The page, with a token that was just made.
pub(super) async fn page_of_token(ctx: &Ctx, id: Id, problems: &[Problem], token: &str) -> Answer {
    page_with(ctx, id, &GrantForm::default(), problems, token).await
}

async fn page_with(ctx: &Ctx, id: Id, form: &GrantForm, problems: &[Problem], token: &str) -> Answer {
    let actor = ctx.require(crate::rights::KEEP_ACCOUNTS)?;
    let settings = settings(ctx)?;
    let (by, now) = (actor.clone(), ctx.now);
    let (account, held, waiting, names, alone, own_roles, tokens) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let account = actions::account_kept_by(tx, &by, id).await?;
                let waiting = requests::waiting_for(tx, id, now).await?;
                let both = waiting.iter().flat_map(|request| [request.account, request.asked_by]);
                let names = people::names(tx, &both.collect::<Vec<_>>()).await?;
                let mut alone = false;
                for request in &waiting {
                    let path = match &request.wish {
                        Wish::Grant { agency_path, .. } => agency_path.clone(),
                        _ => by
                            .scopes(crate::rights::KEEP_ACCOUNTS)
                            .first()
                            .map(|path| (*path).to_owned())
                            .unwrap_or_default(),
                    };
                    alone |= !requests::somebody_confirms(tx, request.asked_by, id, &path, now).await?;
                }
                let held = actions::grants(tx, id).await?;
                let tokens = if account.machine { crate::machines::of(tx, id).await? } else { Vec::new() };
                Ok::<_, Fault>((account, held, waiting, names, alone, roles::all(tx).await?, tokens))
            })
        })
        .await?;
    let scopes = actor.scopes(crate::rights::KEEP_ACCOUNTS);
    let names_of_roles: BTreeMap<Id, Arc<OwnRole>> =
        own_roles.iter().map(|kept| (kept.role.id, kept.role.clone())).collect();
    let own_choices = own_roles.iter().filter(|kept| kept.standing == roles::Standing::Stands).map(|kept| {
        let id = kept.role.id;
        Choice::new(format!("own-{id}"), role_name(ctx, Role::Own, Some(id), &names_of_roles))
    });
    let all_fields = settings.agencies.as_ref().map(|all| all.fields()).unwrap_or_default();
    let body = ShowPage {
        l: ctx.l,
        csrf: &ctx.csrf,
        problems,
        proven: account.proven_at.map(vn_date_time).unwrap_or_default(),
        created: vn_date_time(account.created_at),
        grants: grant_rows(ctx, &settings, &held, &names_of_roles, |path| {
            actor.may_at(crate::rights::KEEP_ACCOUNTS, path)
        }),
        roles: Role::official()
            .map(|role| Choice::new(role.as_str(), ctx.l.t(format!("base-role-{}", role.as_str()))))
            .chain(own_choices)
            .collect(),
        fields: all_fields
            .into_iter()
            .map(|(code, name)| {
                let chosen = form.fields.contains(&code);
                (code, name, chosen)
            })
            .collect(),
        tokens: machines::rows(ctx, &tokens),
        token,
        agencies: settings.agencies.as_ref().map(|all| all.within(&scopes, AGENCIES_OFFERED_MAX)).unwrap_or_default(),
        form,
        rows: waiting
            .iter()
            .map(|request| row(ctx, &settings, request, (&names, &names_of_roles), account.login.clone(), false))
            .collect(),
        alone,
        own: account.id == actor.account,
        account: &account,
    };
    let title = account.name.clone();
    Ok(if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) })
}
