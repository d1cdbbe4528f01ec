//! Worklist, search and dashboard: whole pages as HTML, layout aside.

use super::sample;
use super::{Found, drive};
use askama::Template;
use base::{Actor, Fault, Grant, Id, Instant, Lang, Role};
use dossiers::actions::House;
use dossiers::pages::work_page;
use i18n::L;
use std::sync::Arc;
use store::{Db, params};
use web::Ctx;

store::statements! {
    /// Where the most dossiers are worked on: the units whose lists are longest.
    pub BUSY_UNITS = "SELECT d.unit_id, COUNT(*) AS n FROM dossier d WHERE d.status IN (2, 4) GROUP BY d.unit_id ORDER BY 2 DESC, 1 LIMIT 2000";
    /// Something to search for.
    pub SOME_OWNERS = "SELECT owner_name, code FROM dossier ORDER BY id DESC LIMIT 200";
}

/// Rows of a page, and the most officers asking for theirs in turn.
const PAGE_ROWS: i64 = 50;
const OFFICERS_MAX: usize = 50;

pub(super) fn words() {
    let mut sources = vec![web::locales(), web::base_locales()];
    sources.extend(crate::modules().iter().map(|module| module.locales));
    i18n::install(&sources);
}

/// Officers whose list fills a page, each restricted to the units granted: one busy unit, or as many as it takes where
/// there is little work. So the same page is measured in a small province and in a large one.
async fn officers(db: &Db) -> Result<Vec<Actor>, Fault> {
    let house = sample::house(db).await?;
    let rows = db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query(BUSY_UNITS, params![]).await?) })).await?;
    let (mut officers, mut grants, mut open) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let (unit, n): (Id, i64) = (row.get("unit_id")?, row.get("n")?);
        grants.push(Grant::new(Role::Officer, unit, house.tree.path(unit).to_owned()));
        open += n;
        if open >= PAGE_ROWS {
            officers.push(officer(std::mem::take(&mut grants)));
            open = 0;
        }
        if officers.len() >= OFFICERS_MAX {
            break;
        }
    }
    if officers.is_empty() {
        if grants.is_empty() {
            return Err(Fault::internal("nobody has an open dossier: simulate some first"));
        }
        officers.push(officer(grants));
    }
    Ok(officers)
}

fn officer(grants: Vec<Grant>) -> Actor {
    Actor { account: Id(1), name: "bench".to_owned(), grants, citizen_number: None }
}

async fn pages(
    db: &Db,
    seconds: u64,
    clients: usize,
    now: Instant,
    asked: Vec<(Actor, String)>,
) -> Result<Found, Fault> {
    words();
    let house = sample::house(db).await?;
    // Each page once before the clock runs: how many rows it has, the head's left out.
    let mut rows = 0;
    for (actor, uri) in &asked {
        rows += html(db, &house, actor.clone(), uri.clone(), now).await?.matches("<tr").count().saturating_sub(1);
    }
    let shown = rows as f64 / asked.len().max(1) as f64;
    let asked = Arc::new(asked);
    let db = db.clone();
    let found = drive(seconds, clients, move |n| {
        let (db, house, asked) = (db.clone(), house.clone(), asked.clone());
        async move {
            let Some((actor, uri)) = asked.get(n % asked.len()).cloned() else { return Ok(false) };
            let page = html(&db, &house, actor, uri, now).await?;
            if page.is_empty() { Err(Fault::internal("an empty page")) } else { Ok(true) }
        }
    })
    .await?;
    Ok(Found { rows_shown: Some(shown), ..found })
}

async fn html(db: &Db, house: &House, actor: Actor, uri: String, now: Instant) -> Result<String, Fault> {
    let house = house.clone();
    let seat = lists::Seat { l: L(Lang::Vi), csrf: String::new(), official: true };
    let page = db
        .read(move |tx| {
            Box::pin(async move { work_page(tx, &house, &actor, &seat, (&uri, now), Default::default()).await })
        })
        .await?;
    page.render().map_err(Fault::internal)
}

/// A restricted officer's list of 50 rows.
pub async fn worklist(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let asked = officers(db).await?.into_iter().map(|actor| (actor, "/work?tab=unit&per_page=50".to_owned())).collect();
    pages(db, seconds, clients, now, asked).await
}

/// A full-text search over everything, by an inspector, by name and by code.
pub async fn search(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let house = sample::house(db).await?;
    let root = house.tree.root().ok_or_else(|| Fault::internal("no province"))?;
    let inspector = sample::actor(1, Role::Inspector, root.id, &root.path);
    let rows = db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query(SOME_OWNERS, params![]).await?) })).await?;
    let mut asked = Vec::new();
    for row in rows {
        for column in ["owner_name", "code"] {
            let words: String = row.get(column)?;
            asked.push((inspector.clone(), format!("/work?tab=all&q={}", web::table::encode(&words))));
        }
    }
    if asked.is_empty() {
        return Err(Fault::internal("no dossier to search for: simulate some first"));
    }
    pages(db, seconds, clients, now, asked).await
}

/// The province's dashboard with every live target, as its leader sees it.
pub async fn dashboard(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    words();
    // What the writing benchmarks left behind, as the background work of a running service does every minute.
    while db.write(|tx| Box::pin(async move { Ok::<_, Fault>(facts::roll_up(tx).await?) })).await? > 0 {}
    let running = crate::Running {
        data_dir: std::env::temp_dir(),
        demo: false,
        secure_cookies: false,
        behind_proxy: false,
        clock: web::Clock::fixed(now),
        settings: identity::Settings::new(identity::Cost::PRODUCTION)?,
        scanner: None,
        channels: notices::Channels::default(),
    };
    let app = crate::build(db.clone(), running).await?;
    let house = sample::house(db).await?;
    let root = house.tree.root().ok_or_else(|| Fault::internal("no province"))?;
    let leader = sample::actor(1, Role::Leader, root.id, &root.path);
    drive(seconds, clients, move |_| {
        let ctx = Ctx::without_request(&app, Some(leader.clone()), Lang::Vi, "/steering", now);
        async move {
            let html = reform::dashboard_html(&ctx).await?;
            if html.is_empty() { Err(Fault::internal("an empty page")) } else { Ok(true) }
        }
    })
    .await
}
