//! The service on a socket.

use crate::listen::{self, Door};
use crate::{Running, build, modules, worker};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base::Fault;
use std::net::SocketAddr;
use std::time::Duration;
use store::Db;
use tokio::net::TcpListener;
use web::App;

/// Background work and the database have so long each to come to an end; with the connections' own time
/// ([`listen::serve`]) the process ends within half a minute of being told to.
const END_WAIT: Duration = Duration::from_secs(4);
/// Whoever asks whether we are ready looks again after so many seconds.
const READY_AGAIN_S: &str = "5";

/// How the service is reached.
#[derive(Clone, Default)]
pub struct Reached {
    pub door: Door,
    /// The site's address as people know it; what is printed carries it.
    pub public_url: Option<web::PublicUrl>,
}

/// The whole surface: the modules' routes, and the two questions of whoever watches over the process.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(app.clone())
        .merge(web::build_router(app, modules()))
}

store::statements! {
    /// Whether the tables are there and the database answers.
    pub READY = "SELECT COUNT(*) AS n FROM agency WHERE parent_id IS NULL";
}

/// Ready is who can read and write: a full disk takes nothing in.
async fn ready(State(app): State<App>) -> Response {
    let read = app.db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query_one(READY, &[]).await?) }));
    let answers = tokio::time::timeout(END_WAIT, read).await.is_ok_and(|read| read.is_ok());
    let why = match (answers, answers && web::can_write(&app).await) {
        (true, true) => return "ready\n".into_response(),
        (true, false) => "the database takes nothing in\n",
        (false, _) => "the database does not answer\n",
    };
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, READY_AGAIN_S)], why).into_response()
}

/// Serves until the process is told to stop; what was begun is finished. `started` is told the address.
pub async fn serve(
    db: Db,
    running: Running,
    reached: Reached,
    listen: SocketAddr,
    started: impl FnOnce(SocketAddr),
) -> Result<(), Fault> {
    let clock = running.clock.clone();
    let app = build(db.clone(), running).await?;
    let work = worker::worker(&app);
    let record = app.get::<access::Recorder>();
    if let Some(url) = reached.public_url {
        app.put(url);
    }
    let listener = TcpListener::bind(listen).await.map_err(Fault::internal)?;
    started(listener.local_addr().map_err(Fault::internal)?);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let background = {
        let db = db.clone();
        tokio::spawn(async move {
            let until = async move {
                // An error means the sender is gone, which is a stop as well.
                let _ = stopped.changed().await;
            };
            work.run(&db, move || clock.now(), until).await;
        })
    };
    // After an upgrade the search of officials is made anew beside the work; otherwise this reads one row.
    let index = {
        let db = db.clone();
        tokio::spawn(async move {
            match dossiers::finding::rebuild(&db).await {
                Ok(0) => {}
                Ok(made) => tracing::info!(dossiers = made, "the words of older dossiers are in the index"),
                Err(error) => tracing::error!(error = %error, "the words of older dossiers could not be indexed"),
            }
            match records::reword(&db, &crate::kinds()).await {
                Ok(0) => {}
                Ok(made) => tracing::info!(subjects = made, "the words of older subjects are in the index"),
                Err(error) => tracing::error!(error = %error, "the words of older subjects could not be indexed"),
            }
        })
    };
    listen::serve(listener, router(app), reached.door, told_to_stop()).await;
    let _ = stop.send(true);
    // Broken off between two batches it goes on with the next start.
    index.abort();
    // A job that is cut is done again by the next process.
    if tokio::time::timeout(END_WAIT, background).await.is_err() {
        tracing::warn!("background work was cut");
    }
    if let Some(recorder) = record
        && !tokio::time::timeout(END_WAIT, recorder.flush()).await.is_ok_and(|flushed| flushed.is_ok())
    {
        tracing::error!("the last looks could not be written");
    }
    let _ = tokio::time::timeout(END_WAIT, db.close()).await;
    Ok(())
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
