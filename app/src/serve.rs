//! The service on a socket.

use crate::{Running, build, modules, worker};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use base::Fault;
use std::net::SocketAddr;
use store::Db;
use tokio::net::TcpListener;
use web::App;

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

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    let answered = app.db.read(|tx| Box::pin(async move { Ok::<_, Fault>(tx.query_one(READY, &[]).await?) })).await;
    match answered {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Serves until the process is told to stop; what was begun is finished. `started` is told the address.
pub async fn serve(
    db: Db,
    running: Running,
    listen: SocketAddr,
    started: impl FnOnce(SocketAddr),
) -> Result<(), Fault> {
    let clock = running.clock.clone();
    let work = worker::worker(&running.data_dir);
    let app = build(db.clone(), running).await?;
    let record = app.get::<access::Recorder>();
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
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(told_to_stop()).await;
    let _ = stop.send(true);
    let _ = background.await;
    if let Some(recorder) = record
        && recorder.flush().await.is_err()
    {
        tracing::error!("the last looks could not be written");
    }
    db.close().await;
    served.map_err(Fault::internal)
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
