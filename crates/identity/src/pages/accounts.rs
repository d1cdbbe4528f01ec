//! /accounts: the administrators' list, and a new official's account.

use askama::Template;
use axum::response::Response;
use base::page::Place;
use base::{Fault, Phone, Problem, fold};
use i18n::L;
use serde::Deserialize;
use web::table::Paging;
use web::{Answer, Ctx, Form, Query};

use super::problems_of;
use super::requests::HalfPage;
use crate::accounts::{Account, Kind, Login, NewAccount, parse_name};
use crate::passwords::Hashed;
use crate::requests::{self, Wish};
use crate::{actions, machines, store as sql};

/// Longest search text looked at, in characters.
const SEARCH_CHARS_MAX: usize = 100;

/// What is looked for: `?q=&kind=`.
#[derive(Deserialize, Default)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct ListPage<'a> {
    l: L,
    accounts: Vec<Account>,
    paging: Paging,
    q: &'a str,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "account_new.html")]
struct NewPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    form: &'a NewForm,
}

/// Fields of /accounts/new.
#[derive(Deserialize, Default)]
pub(super) struct NewForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    /// "1" for the account of a program.
    #[serde(default)]
    machine: String,
}

/// What is looked for, folded. The wildcards of LIKE are signs like others; signs alone are a word nobody has.
fn words_of(q: &str) -> Vec<String> {
    let folded = fold(q);
    let words: Vec<String> = folded.split([' ', '%', '_']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if words.is_empty() && !folded.is_empty() { vec![folded.replace(['%', '_'], "\u{1}")] } else { words }
}

pub(super) async fn list(ctx: Ctx, Query(search): Query<Search>) -> Answer {
    let actor = ctx.require(crate::rights::KEEP_ACCOUNTS)?;
    let kind = if search.kind == "citizen" { Kind::Citizen } else { Kind::Official };
    let q: String = search.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let mut paging = Paging::from_uri(&ctx.uri);
    let look = sql::Look {
        words: words_of(&q),
        kind,
        scopes: actor.scopes(crate::rights::KEEP_ACCOUNTS).into_iter().map(str::to_owned).collect(),
        by: actor.account,
    };
    let (accounts, paging, total) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut place = paging.place(|name| name.parse().ok());
                let (mut accounts, total) = sql::accounts_page(tx, &look, paging.reads(), &place).await?;
                if paging.is_amiss(&place, accounts.len()) {
                    (paging, place) = (paging.from_start(), Place::START);
                    accounts = sql::accounts_page(tx, &look, paging.reads(), &place).await?.0;
                }
                let paging = paging.turned(&place, &mut accounts, |account| account.id.to_string());
                Ok::<_, Fault>((accounts, paging, total))
            })
        })
        .await?;
    let body = ListPage { l: ctx.l, accounts, paging: paging.of(total), q: &q, kind: kind.as_str() };
    Ok(ctx.page(&ctx.l.t("identity-accounts"), &body))
}

pub(super) async fn new_form(ctx: Ctx) -> Answer {
    Ok(new_page(&ctx, &NewForm::default(), &[]))
}

pub(super) async fn create(ctx: Ctx, Form(form): Form<NewForm>) -> Answer {
    let by = ctx.require(crate::rights::KEEP_ACCOUNTS)?.clone();
    let mut problems = Vec::new();
    let login = Login::new(&form.login).map_err(|problem| problems.push(problem)).ok();
    let name = parse_name(&form.name).map_err(|problem| problems.push(problem)).ok();
    let phone = match form.phone.trim() {
        "" => None,
        text => match text.parse::<Phone>() {
            Ok(phone) => Some(phone),
            Err(_) => {
                problems.push(Problem::new("identity-phone-wrong").field("phone"));
                None
            }
        },
    };
    let (Some(login), Some(name), true) = (login, name, problems.is_empty()) else {
        return Ok(new_page(&ctx, &form, &problems));
    };
    if form.machine == "1" {
        let now = ctx.now;
        let made =
            ctx.db().write(move |tx| Box::pin(async move { machines::create(tx, &by, login, name, now).await })).await;
        return match made {
            Ok(id) => Ok(ctx.flash(format!("/accounts/{id}"), "identity-machine-made")),
            Err(fault) => Ok(new_page(&ctx, &form, &problems_of(fault)?)),
        };
    }
    // Nobody but the owner ever knows a password: it is set with a code of which the administrator sees one half.
    let new = NewAccount {
        phone,
        created_by: Some(by.account),
        // It works nowhere yet: any of the administrator's posts may make it.
        created_for: actions::post(&by, crate::rights::KEEP_ACCOUNTS, []),
        ..NewAccount::official(login, name, Hashed::none())
    };
    let now = ctx.now;
    let made = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let id = actions::create_account(tx, new, now).await?;
                let half = requests::ask_checked(tx, &by, id, Wish::Password, now).await?;
                Ok::<_, Fault>((actions::account(tx, id).await?, half.unwrap_or_default()))
            })
        })
        .await;
    match made {
        Ok((account, half)) => {
            let (name, login, back) =
                (account.name.as_str(), account.login.as_str(), format!("/accounts/{}", account.id));
            let body = HalfPage { l: ctx.l, name, login, half: &half, second: false, back };
            Ok(ctx.page(&ctx.l.t("identity-account-made"), &body))
        }
        Err(fault) => Ok(new_page(&ctx, &form, &problems_of(fault)?)),
    }
}

fn new_page(ctx: &Ctx, form: &NewForm, problems: &[Problem]) -> Response {
    let title = ctx.l.t("identity-account-new");
    let body = NewPage { l: ctx.l, csrf: &ctx.csrf, problems, form };
    if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) }
}
