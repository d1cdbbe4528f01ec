//! /accounts/roles: what each role carries, the province's own roles, and making one.

use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Permission, Problem, Role, vn_date_time};
use i18n::L;
use serde::Deserialize;
use std::collections::HashMap;
use web::{Answer, Ctx, Form, FormMap};

use super::{known, problems_of};
use crate::people;
use crate::rights::{CONFIRM_GRANTS, KEEP_ACCOUNTS};
use crate::roles::{self, Kept, NewRole, Standing};

/// One permission, in words.
struct PermissionRow {
    name: &'static str,
    words: String,
    /// The program's roles that carry it.
    roles: String,
    /// What one person must not hold beside it.
    apart: String,
    chosen: bool,
    /// It may be put into a role of officials.
    offered: bool,
}

/// A role of the province's own, in words.
struct RoleRow {
    id: Id,
    name: String,
    other_name: String,
    carries: Vec<String>,
    basis: String,
    asked: String,
    waits: bool,
    stands: bool,
    /// The reader may say yes.
    decides: bool,
    /// The reader asked.
    own: bool,
}

#[derive(Template)]
#[template(path = "roles.html")]
struct Page<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    permissions: Vec<PermissionRow>,
    roles: Vec<RoleRow>,
    form: &'a NewRole,
    keeps: bool,
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn list(ctx: Ctx) -> Answer {
    page(&ctx, &NewRole::default(), &[]).await
}

pub(super) async fn ask(ctx: Ctx, map: FormMap) -> Answer {
    let (by, now, known) = (ctx.require(KEEP_ACCOUNTS)?.clone(), ctx.now, known(&ctx));
    let new = NewRole {
        name_vi: map.text("name_vi").to_owned(),
        name_en: map.text("name_en").to_owned(),
        permissions: map.all("permissions").iter().cloned().collect(),
        basis: map.text("basis").to_owned(),
    };
    let asked = new.clone();
    let done = ctx.db().write(move |tx| Box::pin(async move { roles::ask(tx, &by, asked, &known, now).await })).await;
    match done {
        Ok(_) => Ok(ctx.flash("/accounts/roles", "identity-role-asked")),
        Err(fault) => page(&ctx, &new, &problems_of(fault)?).await,
    }
}

async fn decide(ctx: Ctx, id: Id, yes: bool) -> Answer {
    let (by, now) = (ctx.require(CONFIRM_GRANTS)?.clone(), ctx.now);
    let done = ctx.db().write(move |tx| Box::pin(async move { roles::decide(tx, &by, id, yes, now).await })).await;
    match done {
        Ok(()) if yes => Ok(ctx.flash("/accounts/roles", "identity-role-confirmed")),
        Ok(()) => Ok(ctx.flash("/accounts/roles", "identity-role-refused")),
        Err(fault) => page(&ctx, &NewRole::default(), &problems_of(fault)?).await,
    }
}

pub(super) async fn confirm(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    decide(ctx, id, true).await
}

pub(super) async fn refuse(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    decide(ctx, id, false).await
}

pub(super) async fn end(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(KEEP_ACCOUNTS)?.clone(), ctx.now);
    let done = ctx.db().write(move |tx| Box::pin(async move { roles::end(tx, &by, id, now).await })).await;
    match done {
        Ok(()) => Ok(ctx.flash("/accounts/roles", "identity-role-ended")),
        Err(fault) => page(&ctx, &NewRole::default(), &problems_of(fault)?).await,
    }
}

/// A permission in words; its own name where a module forgot them.
fn words(ctx: &Ctx, name: &str) -> String {
    ctx.l.t(format!("permission-{name}"))
}

fn permission_row(ctx: &Ctx, known: &[Permission], permission: &Permission, form: &NewRole) -> PermissionRow {
    let roles = permission.roles.iter().map(|role: &Role| ctx.l.t(format!("base-role-{}", role.as_str())));
    let apart = known.iter().filter(|other| permission.excludes(**other)).map(|other| words(ctx, other.name));
    PermissionRow {
        name: permission.name,
        words: words(ctx, permission.name),
        roles: roles.collect::<Vec<_>>().join(", "),
        apart: apart.collect::<Vec<_>>().join(", "),
        chosen: form.permissions.contains(permission.name),
        offered: roles::is_for_officials(permission),
    }
}

fn role_row(ctx: &Ctx, kept: &Kept, names: &HashMap<Id, String>) -> RoleRow {
    let own = ctx.actor.as_ref().is_some_and(|actor| actor.account == kept.asked_by);
    let role = &kept.role;
    let (name, other_name) = match ctx.lang {
        base::Lang::Vi => (&role.name_vi, &role.name_en),
        base::Lang::En => (&role.name_en, &role.name_vi),
    };
    let by = names.get(&kept.asked_by).cloned().unwrap_or_default();
    RoleRow {
        id: role.id,
        name: name.clone(),
        other_name: other_name.clone(),
        carries: role.permissions.iter().map(|name| words(ctx, name)).collect(),
        basis: kept.basis.clone(),
        asked: ctx.l.tr("identity-request-asked", [("name", by), ("at", vn_date_time(kept.asked_at))]),
        waits: kept.standing == Standing::Waits,
        stands: kept.standing == Standing::Stands,
        decides: kept.standing == Standing::Waits && !own,
        own,
    }
}

async fn page(ctx: &Ctx, form: &NewRole, problems: &[Problem]) -> Answer {
    let keeps = ctx.require(CONFIRM_GRANTS)?.may(KEEP_ACCOUNTS);
    let (kept, names) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let kept = roles::all(tx).await?;
                let askers: Vec<Id> = kept.iter().map(|kept| kept.asked_by).collect();
                Ok::<_, Fault>((kept, people::names(tx, &askers).await?))
            })
        })
        .await?;
    let known = known(ctx);
    let body = Page {
        l: ctx.l,
        csrf: &ctx.csrf,
        problems,
        permissions: known.iter().map(|permission| permission_row(ctx, &known, permission, form)).collect(),
        roles: kept.iter().map(|kept| role_row(ctx, kept, &names)).collect(),
        form,
        keeps,
    };
    let title = ctx.l.t("identity-roles");
    Ok(if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) })
}
