//! /accounts: the administrators' list, and a new official's account.

use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::response::Response;
use base::page::Place;
use base::{Fault, Id, Phone, Problem, fold};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind as Holds, List, Opened, Shape, Source};
use serde::Deserialize;
use web::table::Paging;
use web::{Answer, Choice, Ctx, Form};

use super::problems_of;
use super::requests::HalfPage;
use crate::accounts::{Account, Kind, Login, NewAccount, parse_name};
use crate::passwords::Hashed;
use crate::requests::{self, Wish};
use crate::{actions, machines, store as sql};

/// Accounts that an administrator keeps.
pub static LIST: List<Row> = List {
    key: "accounts",
    path: "/accounts",
    title: "identity-accounts",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter { max: 100, ..Filter::new("q", "identity-search", Ask::Words) },
        Filter { all: "", ..Filter::new("kind", "identity-kind", Ask::Choice) },
    ],
    columns: &[
        Column::new("name", "identity-name", Holds::Text, |row: &Row| {
            Cell::text(&row.account.name).to(format!("/accounts/{}", row.account.id))
        })
        .unlabelled(),
        Column::new("login", "identity-login", Holds::Word, |row: &Row| Cell::text(&row.account.login)),
        Column::new("phone", "identity-phone", Holds::Word, |row: &Row| {
            Cell::text(row.account.phone.as_deref().unwrap_or_default())
        }),
        Column::new("totp", "identity-totp-short", Holds::Word, |row: &Row| Cell::text(&row.totp)),
        Column::new("state", "identity-state", Holds::Word, |row: &Row| {
            Cell::badge(row.account.state_badge(), &row.state)
        }),
    ],
    order: ("name", false),
    shape: Shape::ID,
    empty: ("identity-accounts-none", "identity-accounts-none-hint"),
    files: true,
};

/// An account with its words.
pub struct Row {
    account: Account,
    totp: String,
    state: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct ListPage {
    l: L,
    list: String,
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

/// What an administrator looks for.
struct Accounts {
    ctx: Ctx,
    look: sql::Look,
    file: bool,
}

impl Source for Accounts {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let batch = if self.file {
                let place = after.map_or(Place::START, |key| Place::After(Id(key.number(0))));
                let found = sql::accounts_after(tx, &self.look, limit as i64 + 1, &place).await?;
                Batch::cut(found, limit, |account| Key::id(account.id))
            } else {
                let mut paging = Paging::from_uri(&self.ctx.uri);
                let mut place = paging.place(|name| name.parse().ok());
                let (mut accounts, total) = sql::accounts_page(tx, &self.look, paging.reads(), &place).await?;
                if paging.is_amiss(&place, accounts.len()) {
                    (paging, place) = (paging.from_start(), Place::START);
                    accounts = sql::accounts_after(tx, &self.look, paging.reads(), &place).await?;
                }
                let paging = paging.turned(&place, &mut accounts, |account| account.id.to_string());
                Batch::paged(accounts, paging.of(total))
            };
            let l = self.ctx.l;
            Ok(batch.map(|account| {
                let totp = l.t(if account.has_totp { "identity-totp-on" } else { "identity-totp-off" });
                Some(Row { totp, state: l.t(account.state_key()), account })
            }))
        })
    }
}

/// GET /accounts
pub(super) async fn list(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::KEEP_ACCOUNTS)?;
    let choice = |kind: Kind| Choice::new(kind.as_str(), ctx.l.t(format!("identity-kind-{}", kind.as_str())));
    let kinds = vec![choice(Kind::Official), choice(Kind::Citizen)];
    let mut asked = Asked::read(&LIST, &ctx.uri, 0, vec![("kind", kinds)]);
    let citizens = asked.value("kind") == Kind::Citizen.as_str();
    if !citizens {
        asked.unset("kind");
    }
    let look = sql::Look {
        words: words_of(asked.value("q")),
        kind: if citizens { Kind::Citizen } else { Kind::Official },
        scopes: actor.scopes(crate::rights::KEEP_ACCOUNTS).into_iter().map(str::to_owned).collect(),
        by: actor.account,
    };
    if citizens && asked.is_file() {
        // Thousands of people's telephones in one file are nobody's work.
        return Err(Fault::Forbidden(Problem::new("identity-no-file-of-citizens")).into());
    }
    let source = Accounts { ctx: ctx.clone(), look, file: asked.is_file() };
    let mut opened = lists::open(&ctx, &LIST, asked, source).await?;
    if let Opened::Page(shown) = &mut opened {
        shown.files = !citizens;
    }
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| ListPage { l: ctx.l, list })
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
