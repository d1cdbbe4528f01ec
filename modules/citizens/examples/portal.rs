//! The portal over a throw-away province, for looking at its pages: `cargo run -p citizens --example portal -- 8200`.
//! A cookie `session=citizen` is the citizen, `session=clerk` the clerk of the first commune.

#[path = "../tests/support/mod.rs"]
mod support;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let made = support::database().await;
    let (router, _) = support::portal(made, directory.path(), web::Clock::system()).await;
    let port = std::env::args().nth(1).unwrap_or_else(|| "8200".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?;
    Ok(())
}
