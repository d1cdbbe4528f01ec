//! /access: the record of access, for those who read the log.

use ::store::{BoxFuture, Tx};
use access::{Filter as Filtered, Kind, Row};
use askama::Template;
use base::page::Place;
use base::{Fault, Id, Instant};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind as Holds, List, Shape, Source};
use std::collections::HashMap;
use web::table::Paging;
use web::{Answer, Choice, Ctx};

use super::settings;
use crate::accounts::Login;
use crate::{Settings, people, store as sql};

/// One row in words.
pub struct Line {
    at: Instant,
    kind: String,
    person: String,
    agency: String,
    subject: String,
    route: String,
    purpose: String,
    amount: i64,
}

/// The record of access.
pub static LIST: List<Line> = List {
    key: "access",
    path: "/access",
    title: "identity-access",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("subject", "identity-access-by-dossier", Ask::Text),
        Filter::new("person", "identity-access-by-login", Ask::Text),
        Filter::new("kind", "identity-access-column-kind", Ask::Choice),
        Filter::new("from", "identity-access-from", Ask::Day),
        Filter::new("to", "identity-access-to", Ask::Day),
    ],
    columns: &[
        Column::new("at", "identity-access-column-at", Holds::Moment, |line: &Line| Cell::moment(Some(line.at)))
            .unlabelled(),
        Column::new("kind", "identity-access-column-kind", Holds::Word, |line: &Line| Cell::text(&line.kind))
            .unlabelled(),
        Column::new("person", "identity-access-column-person", Holds::Word, |line: &Line| Cell::text(&line.person)),
        Column::new("agency", "identity-access-column-agency", Holds::Word, |line: &Line| Cell::text(&line.agency)),
        Column::new("subject", "identity-access-column-subject", Holds::Word, |line: &Line| Cell::text(&line.subject)),
        Column::new("route", "identity-access-column-route", Holds::Word, |line: &Line| Cell::code(&line.route)),
        Column::new("purpose", "identity-access-column-purpose", Holds::Word, |line: &Line| Cell::text(&line.purpose)),
        Column::new("amount", "identity-access-column-amount", Holds::Whole, |line: &Line| Cell::whole(line.amount)),
    ],
    order: ("at", true),
    shape: Shape::ID,
    empty: ("identity-access-none", "identity-access-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "access.html")]
struct AccessPage {
    l: L,
    list: String,
}

/// What is looked for, but for the person, who is looked up by login.
fn filter_of(ctx: &Ctx, asked: &Asked) -> Filtered {
    let scopes =
        ctx.actor.iter().flat_map(|actor| actor.scopes(audit::rights::READ_AUDIT)).map(str::to_owned).collect();
    // A code in any spelling; what is none is looked for as it stands.
    let subject = asked
        .given("subject")
        .map(|typed| typed.parse::<base::DossierCode>().map_or_else(|_| typed.to_owned(), |code| code.to_string()));
    Filtered {
        scopes,
        subject,
        actor: None,
        kind: asked.given("kind").and_then(Kind::read),
        from: asked.day("from"),
        before: asked.day("to").and_then(|day| day.date().tomorrow().ok()).map(Instant::start_of),
    }
}

struct Record {
    ctx: Ctx,
    settings: Settings,
    filter: Filtered,
    login: Option<Login>,
    file: bool,
}

impl Source for Record {
    type Row = Line;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Line>, Fault>> {
        Box::pin(async move {
            let mut filter = self.filter.clone();
            if let Some(login) = &self.login {
                let found = tx.query_opt(sql::ACCOUNT_BY_LOGIN, ::store::params![login.as_str()]).await?;
                // Nobody has the login: nobody did anything.
                filter.actor = Some(found.map(|row| row.get::<Id>("id")).transpose()?.unwrap_or(Id(-1)));
            }
            let batch = if self.file {
                let place = after.map_or(Place::START, |key| Place::After(Id(key.number(0))));
                let found = access::rows(tx, &filter, limit as i64 + 1, &place).await?;
                Batch::cut(found, limit, |row| Key::id(row.id))
            } else {
                let mut paging = Paging::from_uri(&self.ctx.uri);
                let mut place = paging.place(|name| name.parse().ok());
                let (mut rows, total) = access::page(tx, &filter, paging.reads(), &place).await?;
                if paging.is_amiss(&place, rows.len()) {
                    (paging, place) = (paging.from_start(), Place::START);
                    rows = access::rows(tx, &filter, paging.reads(), &place).await?;
                }
                let paging = paging.turned(&place, &mut rows, |row| row.id.to_string());
                Batch::paged(rows, paging.of(total))
            };
            let mut mentioned: Vec<Id> = batch.rows.iter().flat_map(mentioned).collect();
            mentioned.sort_unstable();
            mentioned.dedup();
            let mut names = HashMap::new();
            for some in mentioned.chunks(500) {
                names.extend(people::names(tx, some).await?);
            }
            Ok(batch.map(|row| Some(line(&self.ctx, &self.settings, &row, &names))))
        })
    }
}

/// GET /access
pub(super) async fn show(ctx: Ctx) -> Answer {
    ctx.require(audit::rights::READ_AUDIT)?;
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.as_str(), ctx.l.t(format!("identity-access-{}", kind.as_str()))));
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("kind", kinds.to_vec())]);
    let source = Record {
        settings: settings(&ctx)?,
        filter: filter_of(&ctx, &asked),
        login: asked.given("person").map(Login::typed),
        file: asked.is_file(),
        ctx: ctx.clone(),
    };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| AccessPage { l: ctx.l, list })
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
        at: row.at,
        kind: ctx.l.t(format!("identity-access-{}", row.kind.as_str())),
        person: row.actor.map(name).unwrap_or_default(),
        agency: agency.unwrap_or_default(),
        subject: account_of(&row.subject).map_or_else(|| row.subject.clone(), name),
        route: row.route.clone(),
        purpose: row.purpose.clone(),
        amount: row.amount,
    }
}
