//! The tokens of a program's account, on the account's page.

use axum::extract::Path;
use base::{Date, Fault, Id, Problem, vn_date, vn_date_time};
use serde::Deserialize;
use web::{Answer, Ctx, Form};

use super::{problems_of, show};
use crate::machines::{self, Token};

/// A token in words.
pub(super) struct TokenRow {
    pub(super) id: Id,
    pub(super) label: String,
    pub(super) made: String,
    pub(super) to: String,
    pub(super) used: String,
    pub(super) opens: bool,
    pub(super) revoked: bool,
}

pub(super) fn rows(ctx: &Ctx, tokens: &[Token]) -> Vec<TokenRow> {
    let row = |token: &Token| TokenRow {
        id: token.id,
        label: token.label.clone(),
        made: vn_date_time(token.made_at),
        to: vn_date(token.valid_to),
        used: token.used_on.map(vn_date).unwrap_or_default(),
        opens: token.opens_on(ctx.now.date()),
        revoked: token.revoked_at.is_some(),
    };
    tokens.iter().map(row).collect()
}

/// Fields of a new token.
#[derive(Deserialize)]
pub(super) struct NewToken {
    #[serde(default)]
    label: String,
    #[serde(default)]
    token_to: String,
}

/// `POST /accounts/{id}/tokens`: the token is shown on the page that answers, and never again.
pub(super) async fn make_token(ctx: Ctx, Path(id): Path<Id>, Form(form): Form<NewToken>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    let Ok(valid_to) = form.token_to.trim().parse::<Date>() else {
        return show::page_of_token(&ctx, id, &[Problem::new("identity-date-wrong").field("token_to")], "").await;
    };
    let label = form.label;
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { machines::make_token(tx, &by, id, (label, valid_to), now).await }))
        .await;
    match made {
        Ok(token) => show::page_of_token(&ctx, id, &[], &token).await,
        Err(fault) => show::page_of_token(&ctx, id, &problems_of(fault)?, "").await,
    }
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /accounts/{id}/tokens/{token}/revoke`
pub(super) async fn revoke_token(ctx: Ctx, Path((id, token)): Path<(Id, Id)>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone(), ctx.now);
    let done =
        ctx.db().write(move |tx| Box::pin(async move { machines::revoke_token(tx, &by, id, token, now).await })).await;
    match done {
        Ok(()) => Ok(ctx.flash(format!("/accounts/{id}"), "identity-token-gone")),
        Err(fault @ Fault::NotFound(_)) => Err(fault.into()),
        Err(fault) => show::page_of_token(&ctx, id, &problems_of(fault)?, "").await,
    }
}
