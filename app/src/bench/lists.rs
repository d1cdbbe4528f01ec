//! Lists at a million petitions: the office's, the public's, and what is due over all rooms. Pages are asked for as a browser asks: from
//! all over the list, filtered and sorted, rendered whole.

use super::{Found, drive, sample};
use crate::{Running, build};
use base::{Actor, Fault, Id, Instant, Lang, Role};
use organisation::{Kind, Tree};
use std::path::PathBuf;
use std::sync::Arc;
use store::{BoxFuture, Db, Engine, Sql, params};
use web::{Answer, App, Clock, Ctx};

/// Petitions a database without any is filled with.
const PETITIONS: i64 = 1_000_000;
/// One in so many is open; the others are published or kept.
const OPEN_ONE_IN: i64 = 50;
/// Years over which they lie.
const SPAN_MS: i64 = 5 * 365 * 86_400_000;

store::statements! {
    /// How many petitions there are.
    pub PETITIONS_COUNT = "SELECT COUNT(*) AS n FROM petition";
}

async fn run(db: &Db, sql: String) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            tx.without_time_limit().await?;
            tx.execute(Sql::from(sql), params![]).await?;
            Ok(())
        })
    })
    .await
}

/// The units petitions lie with: communes and departments, and their divisions.
fn units(tree: &Tree) -> Vec<Id> {
    let all = tree.all().iter().filter(|agency| agency.valid_to.is_none() && agency.kind != Kind::ServiceCentre);
    all.map(|agency| agency.id).collect()
}

/// Petitions, their words and what the open ones owe, unit by unit. Nothing of it is in the log: the database is for measuring.
async fn fill(db: &Db, tree: &Tree, now: Instant) -> Result<(), Fault> {
    let there: i64 = db
        .read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query_one(PETITIONS_COUNT, &[]).await?.get("n")?) }))
        .await?;
    if there > 0 {
        return Ok(());
    }
    let (units, communes) = (units(tree), tree.communes());
    let each = PETITIONS / units.len().max(1) as i64 + 1;
    let engine = db.engine();
    let hash = if engine == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
    let series = lists::plan::series(engine, each);
    let step = SPAN_MS / each;
    for (n, unit) in units.iter().enumerate() {
        let area = communes.get(n % communes.len().max(1)).map_or(unit.0, |commune| commune.id.0);
        let (base, begin) = (n as i64 * each, now.0 - SPAN_MS);
        let open = format!("k % {OPEN_ONE_IN} = 1");
        let state = format!(
            "CASE WHEN k % {} = 1 THEN 'new' WHEN {open} THEN 'handling' WHEN k % 3 = 0 THEN 'kept' ELSE 'published' END",
            OPEN_ONE_IN * 4
        );
        run(db, format!(
            "INSERT INTO petition (id, code, event_n, event_hash, state, channel, class, topic, area_id, intake_id, unit_id, level, approver_id,
               key_hash, year, n, sent_at, sort_due_at, answer_due_at, answer_basis, published_at, track, reopened)
             SELECT {base} + k, 'PB' || ({base} + k), 1, {hash}, {state}, 'portal', 'place',
               CASE WHEN k % 9 = 0 THEN 'land' WHEN k % 5 = 0 THEN 'environment' ELSE 'roads' END, {area}, {unit}, {unit}, 'commune', {unit}, '',
               2026, {base} + k, {begin} + k * {step}, {begin} + k * {step} + 172800000, {begin} + k * {step} + 1296000000, '',
               CASE WHEN NOT ({open}) AND k % 3 <> 0 THEN {begin} + k * {step} + 900000000 END, '', 0 FROM {series}"
        )).await?;
        run(db, format!(
            "INSERT INTO aside (subject_id, n, name, salt, words) SELECT {base} + k, 1, 'text', {hash}, 'Ổ gà sâu giữa đường, xe máy dễ ngã khi trời mưa, đã báo nhiều lần ' || k FROM {series}"
        )).await?;
        run(db, format!(
            "INSERT INTO aside (subject_id, n, name, salt, words) SELECT {base} + k, 2, 'public-title', {hash}, 'Sửa đường sau mưa ' || k FROM {series} WHERE NOT ({open}) AND k % 3 <> 0"
        )).await?;
        run(db, format!(
            "INSERT INTO due (subject_id, name, unit_id, due_at) SELECT {base} + k, CASE WHEN k % {} = 1 THEN 'petition-sort' ELSE 'petition-answer' END, {unit},
               {begin} + k * {step} + 1296000000 FROM {series} WHERE {open}",
            OPEN_ONE_IN * 4
        )).await?;
    }
    run(db, "ANALYZE".to_owned()).await
}

async fn app(db: &Db, now: Instant) -> Result<(App, Arc<Tree>), Fault> {
    super::reads::words();
    let running = Running {
        data_dir: PathBuf::from("."),
        demo: false,
        secure_cookies: false,
        clock: Clock::fixed(now),
        settings: identity::Settings::new(identity::Cost::PRODUCTION)?,
        scanner: None,
        channels: notices::Channels::default(),
        behind_proxy: false,
    };
    let app = build(db.clone(), running).await?;
    let tree = organisation::tree_of(&app).await?;
    fill(db, &tree, now).await?;
    Ok((app, tree))
}

type Handler = fn(Ctx) -> BoxFuture<'static, Answer>;

/// Asks for addresses in turn, each as its person.
async fn ask(
    app: App,
    asked: Vec<(Option<Actor>, String)>,
    (seconds, clients, now): (u64, usize, Instant),
    handler: Handler,
) -> Result<Found, Fault> {
    let asked = Arc::new(asked);
    drive(seconds, clients, move |n| {
        let (app, asked) = (app.clone(), asked.clone());
        async move {
            let Some((actor, uri)) = asked.get(n % asked.len().max(1)).cloned() else { return Ok(false) };
            let ctx = Ctx::without_request(&app, actor, Lang::Vi, &uri, now);
            let answer = handler(ctx).await.map_err(|failure| failure.0)?;
            match answer.status().is_success() {
                true => Ok(true),
                false => Err(Fault::internal(format!("{uri}: {}", answer.status()))),
            }
        }
    })
    .await
}

/// Who looks at the office's lists: a province's inspector, and leaders and officers of communes in turn.
fn readers(tree: &Tree) -> Vec<Actor> {
    let mut actors = Vec::new();
    actors.extend(tree.root().map(|root| sample::actor(1, Role::Inspector, root.id, &root.path)));
    for (n, commune) in tree.communes().iter().enumerate() {
        let role = if n % 2 == 0 { Role::Leader } else { Role::Officer };
        actors.push(sample::actor(100 + n as i64, role, commune.id, &commune.path));
    }
    actors
}

/// The office's list: its tabs, deep pages of what is over, one subject, what falls due first.
pub async fn office(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let (app, tree) = app(db, now).await?;
    let mut asked = Vec::new();
    for (n, actor) in readers(&tree).into_iter().enumerate() {
        let deep = PETITIONS * (n as i64 % 10 + 1) / 11;
        for query in [
            "tab=handling".to_owned(),
            "tab=new&sort=due".to_owned(),
            "tab=handling&late=1".to_owned(),
            format!("tab=done&after=0-{deep}"),
            "tab=done&topic=land".to_owned(),
            format!("tab=done&topic=land&after=0-{deep}"),
        ] {
            asked.push((Some(actor.clone()), format!("/petitions?{query}")));
        }
    }
    ask(app, asked, (seconds, clients, now), |ctx| Box::pin(feedback::office_list(ctx))).await
}

/// The public's list, from anywhere in it, of a subject and of a commune.
pub async fn public(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let (app, tree) = app(db, now).await?;
    let mut asked = Vec::new();
    for (n, commune) in tree.communes().iter().enumerate() {
        let deep = now.0 - SPAN_MS * (n as i64 % 10) / 11;
        for query in [format!("after={deep}-1"), format!("topic=land&after={deep}-1"), format!("area={}", commune.id)] {
            asked.push((None, format!("/feedback?{query}")));
        }
    }
    ask(app, asked, (seconds, clients, now), |ctx| Box::pin(feedback::public_list(ctx))).await
}

/// What is due for a person, over all rooms.
pub async fn due(db: &Db, seconds: u64, clients: usize, now: Instant) -> Result<Found, Fault> {
    let (app, tree) = app(db, now).await?;
    let mut asked = Vec::new();
    for actor in readers(&tree) {
        for query in ["/due?view=all", "/due?late=1"] {
            asked.push((Some(actor.clone()), query.to_owned()));
        }
    }
    ask(app, asked, (seconds, clients, now), |ctx| Box::pin(records::due_list(ctx))).await
}
