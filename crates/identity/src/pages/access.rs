//! /access: the record of access, for those who read the log.

use access::{Filter, Kind, Row};
use askama::Template;
use axum::response::Response;
use base::page::Place;
use base::{Date, Fault, Id, Instant, Problem, vn_date_time};
use i18n::L;
use std::collections::HashMap;
use web::table::{self, Cell, EXPORT_ROWS_MAX, Paging, query_value};
use web::{Answer, Choice, Ctx};

use super::settings;
use crate::accounts::Login;
use crate::{Settings, people, store as sql};

/// One row in words.
struct Line {
    at: String,
    kind: String,
    person: String,
    agency: String,
    subject: String,
    route: String,
    purpose: String,
    amount: i64,
}

#[derive(Template)]
#[template(path = "access.html")]
struct AccessPage {
    l: L,
    problems: Vec<Problem>,
    lines: Vec<Line>,
    paging: Paging,
    uri: String,
    typed: Typed,
    kinds: Vec<Choice>,
}

/// The filters as typed.
#[derive(Default)]
struct Typed {
    subject: String,
    person: String,
    kind: String,
    from: String,
    to: String,
}

impl Typed {
    fn of(uri: &str) -> Typed {
        let value = |name| query_value(uri, name).trim().chars().take(60).collect::<String>();
        Typed {
            subject: value("subject"),
            person: value("person"),
            kind: value("kind"),
            from: web::iso_day(&value("from")),
            to: web::iso_day(&value("to")),
        }
    }
}

/// What is looked for, but for the person, who is looked up by login.
fn read(ctx: &Ctx, typed: &Typed) -> Result<Filter, Vec<Problem>> {
    let mut problems = Vec::new();
    let day = |text: &str, field: &'static str| match text {
        "" => Ok(None),
        typed => typed.parse::<Date>().map(Some).map_err(|_| Problem::new("identity-date-wrong").field(field)),
    };
    let from = day(&typed.from, "from").map_err(|problem| problems.push(problem)).ok().flatten();
    let to = day(&typed.to, "to").map_err(|problem| problems.push(problem)).ok().flatten();
    let kind = Kind::parse(&typed.kind);
    if kind.is_none() && !typed.kind.is_empty() {
        problems.push(Problem::new("identity-access-kind-unknown").field("kind"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let scopes =
        ctx.actor.iter().flat_map(|actor| actor.scopes(audit::rights::READ_AUDIT)).map(str::to_owned).collect();
    let begin = |day: Date| Instant::from_local(day.at(0, 0, 0, 0));
    // A code in any spelling; what is none is looked for as it stands.
    let subject =
        typed.subject.parse::<base::DossierCode>().map_or_else(|_| typed.subject.clone(), |code| code.to_string());
    Ok(Filter {
        scopes,
        subject: (!subject.is_empty()).then_some(subject),
        actor: None,
        kind,
        from: from.map(begin),
        before: to.and_then(|day| day.tomorrow().ok()).map(begin),
    })
}

pub(super) async fn show(ctx: Ctx) -> Answer {
    ctx.require(audit::rights::READ_AUDIT)?;
    let typed = Typed::of(&ctx.uri);
    let mut paging = Paging::from_uri(&ctx.uri);
    let filter = match read(&ctx, &typed) {
        Ok(filter) => filter,
        Err(problems) => return Ok(page(&ctx, typed, Vec::new(), paging.of(0), problems)),
    };
    let format = query_value(&ctx.uri, "format");
    let exports = !format.is_empty();
    let login = (!typed.person.is_empty()).then(|| Login::typed(&typed.person));
    let (rows, paging, total, names) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let mut filter = filter;
                if let Some(login) = login {
                    let found = tx.query_opt(sql::ACCOUNT_BY_LOGIN, store::params![login.as_str()]).await?;
                    // Nobody has the login: nobody did anything.
                    filter.actor = Some(found.map(|row| row.get::<Id>("id")).transpose()?.unwrap_or(Id(-1)));
                }
                let (rows, total) = if exports {
                    access::page(tx, &filter, EXPORT_ROWS_MAX as i64, &Place::START).await?
                } else {
                    let mut place = paging.place(|name| name.parse().ok());
                    let (mut rows, total) = access::page(tx, &filter, paging.reads(), &place).await?;
                    if paging.is_amiss(&place, rows.len()) {
                        (paging, place) = (paging.from_start(), Place::START);
                        rows = access::page(tx, &filter, paging.reads(), &place).await?.0;
                    }
                    paging = paging.turned(&place, &mut rows, |row| row.id.to_string());
                    (rows, total)
                };
                let mut mentioned: Vec<Id> = rows.iter().flat_map(mentioned).collect();
                mentioned.sort_unstable();
                mentioned.dedup();
                let mut names = HashMap::new();
                for some in mentioned.chunks(500) {
                    names.extend(people::names(tx, some).await?);
                }
                Ok::<_, Fault>((rows, paging, total, names))
            })
        })
        .await?;
    let settings = settings(&ctx)?;
    let lines: Vec<Line> = rows.iter().map(|row| line(&ctx, &settings, row, &names)).collect();
    if exports {
        return export(&ctx, &format, lines, total);
    }
    Ok(page(&ctx, typed, lines, paging.of(total), Vec::new()))
}

/// The accounts a row names.
fn mentioned(row: &Row) -> impl Iterator<Item = Id> {
    row.actor.into_iter().chain(account_of(&row.subject))
}

fn account_of(subject: &str) -> Option<Id> {
    subject.strip_prefix("account:").and_then(|id| id.parse().ok())
}

fn line(ctx: &Ctx, settings: &Settings, row: &Row, names: &HashMap<Id, String>) -> Line {
    let name = |id: Id| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let agency = row.agency.map(|id| {
        let known = settings.agencies.as_ref().and_then(|agencies| agencies.by_id(id));
        known.map_or_else(|| id.to_string(), |agency| agency.name)
    });
    Line {
        at: vn_date_time(row.at),
        kind: ctx.l.t(format!("identity-access-{}", row.kind.as_str())),
        person: row.actor.map(name).unwrap_or_default(),
        agency: agency.unwrap_or_default(),
        subject: account_of(&row.subject).map_or_else(|| row.subject.clone(), name),
        route: row.route.clone(),
        purpose: row.purpose.clone(),
        amount: row.amount,
    }
}

fn headers(l: L) -> Vec<String> {
    ["at", "kind", "person", "agency", "subject", "route", "purpose", "amount"]
        .map(|column| l.t(format!("identity-access-column-{column}")))
        .to_vec()
}

fn export(ctx: &Ctx, format: &str, lines: Vec<Line>, total: i64) -> Answer {
    let rows = lines.into_iter().map(|line| -> Vec<Cell> {
        vec![
            line.at.into(),
            line.kind.into(),
            line.person.into(),
            line.agency.into(),
            line.subject.into(),
            line.route.into(),
            line.purpose.into(),
            line.amount.into(),
        ]
    });
    Ok(table::export_of(
        ctx.l,
        format,
        &ctx.l.t("identity-access-export-name"),
        &headers(ctx.l),
        rows.collect(),
        total,
    )?)
}

fn page(ctx: &Ctx, typed: Typed, lines: Vec<Line>, paging: Paging, problems: Vec<Problem>) -> Response {
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.as_str(), ctx.l.t(format!("identity-access-{}", kind.as_str()))));
    let wrong = !problems.is_empty();
    let body = AccessPage { l: ctx.l, problems, lines, paging, uri: ctx.uri.clone(), typed, kinds: kinds.to_vec() };
    let title = ctx.l.t("identity-access");
    if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) }
}
