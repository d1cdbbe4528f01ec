//! Worklist, search and dashboard: whole pages as HTML, layout aside.

use super::sample;
use super::{Found, drive};
use askama::Template;
use base::{Actor, Fault, Grant, Id, Instant, Lang, Role};
use dossiers::pages::work_page;
use i18n::L;
use std::sync::Arc;
use store::{Db, params};
use web::Ctx;

store::statements! {
    /// Officers with the most open dossiers: the ones for whom a list is slowest.
    pub BUSY_OFFICERS = "SELECT d.handler_id, d.unit_id, COUNT(*) AS n FROM dossier d WHERE d.status IN (2, 4) AND d.handler_id IS NOT NULL GROUP BY d.handler_id, d.unit_id ORDER BY 3 DESC LIMIT 50";
    /// Something to search for.
    pub SOME_OWNERS = "SELECT owner_name, code FROM dossier ORDER BY id DESC LIMIT 200";
}

fn words() {
    let mut sources = vec![web::locales(), web::base_locales()];
    sources.extend(crate::modules().iter().map(|module| module.locales));
    i18n::install(&sources);
}

/// The busiest officers, each restricted to their own unit.
async fn officers(db: &Db) -> Result<Vec<Actor>, Fault> {
    let house = sample::house(db).await?;
    let rows = db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query(BUSY_OFFICERS, params![]).await?) })).await?;
    let mut officers = Vec::new();
    for row in rows {
        let (account, unit): (Id, Id) = (row.get("handler_id")?, row.get("unit_id")?);
        let grant = Grant { role: Role::Officer, agency: unit, agency_path: house.tree.path(unit).to_owned() };
        officers.push(Actor { account, name: "bench".to_owned(), grants: vec![grant], citizen_number: None });
    }
    if officers.is_empty() {
        return Err(Fault::internal("no officer has an open dossier: simulate some first"));
    }
    Ok(officers)
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
    let asked = Arc::new(asked);
    let db = db.clone();
    drive(seconds, clients, move |n| {
        let (db, house, asked) = (db.clone(), house.clone(), asked.clone());
        async move {
            let Some((actor, uri)) = asked.get(n % asked.len()).cloned() else { return Ok(false) };
            let page = db
                .read(move |tx| Box::pin(async move { work_page(tx, &house, &actor, L(Lang::Vi), &uri, now).await }))
                .await?;
            let html = page.render().map_err(Fault::internal)?;
            if html.is_empty() { Err(Fault::internal("an empty page")) } else { Ok(true) }
        }
    })
    .await
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
    let running = crate::Running {
        data_dir: std::env::temp_dir(),
        demo: false,
        secure_cookies: false,
        behind_proxy: false,
        clock: web::Clock::fixed(now),
        settings: identity::Settings::new(identity::Cost::PRODUCTION)?,
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
