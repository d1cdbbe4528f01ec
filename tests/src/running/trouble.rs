//! A database that is away or full: said in words, with when to try again, and one line a second in the log.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base::Role;
use serde_json::json;
use store::Engine;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::places;
use crate::harness::{TestApp, fresh_provinces, run};

#[test]
fn a_database_that_takes_nothing_in_is_503_in_words_and_not_ready() {
    run(async {
        let provinces = fresh_provinces().await;
        let sqlite = provinces.into_iter().find(|p| p.engine() == Engine::Sqlite).expect("SQLite");
        let app = TestApp::with(sqlite, |_| {}).await;
        let mut clerk = app.signed_in(Role::Clerk).await;
        app.anonymous().get("/readyz").await.is(200);
        let commune = app.person(Role::Leader).agency.to_string();
        let body = json!({
            "procedure": "1.001193", "intake": commune, "competent": commune,
            "owner_name": "Thạch Thị Đầy", "owner_number": "094190000123", "owner_phone": "0939111222",
            "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
        });
        // No page more than there are: as on a full disk.
        let (trouble, mended) = ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000000");
        pragma(&app, trouble).await;
        // The last pages may still have room for some.
        let mut last = clerk.post_json("/api/v1/dossiers", &body).await;
        for _ in 0..100 {
            if last.status.as_u16() != 201 {
                break;
            }
            last = clerk.post_json("/api/v1/dossiers", &body).await;
        }
        last.is(503);
        assert_eq!(last.headers["retry-after"], "30");
        assert_eq!(last.headers["content-type"], "application/problem+json");
        let page = app.anonymous().get("/sign-in").await;
        page.is(200);
        let fields = [
            ("procedure", "1.001193"),
            ("intake", commune.as_str()),
            ("competent", commune.as_str()),
            ("return_to", commune.as_str()),
            ("owner_name", "Thạch Thị Đầy"),
            ("owner_number", "094190000123"),
            ("owner_phone", "0939111222"),
            ("all_papers", "1"),
        ];
        let mut form = clerk.upload("/intake?procedure=1.001193", &fields, &[]).await;
        for _ in 0..100 {
            if form.status.as_u16() != 303 {
                break;
            }
            form = clerk.upload("/intake?procedure=1.001193", &fields, &[]).await;
        }
        form.is(503).shows("chưa ghi nhận được").shows("thử lại");
        assert_eq!(form.headers["retry-after"], "30");
        // What writes nothing goes on.
        app.anonymous().get("/procedures").await.is(200);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        app.anonymous().get("/readyz").await.is(503).shows("takes nothing in");
        pragma(&app, mended).await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        app.anonymous().get("/readyz").await.is(200);
        clerk.post_json("/api/v1/dossiers", &body).await.is(201);
        // Asking does not make the database grow: the room it takes (four pages) is given back. Others may write a little.
        let pages = pages(&app).await;
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            app.anonymous().get("/readyz").await.is(200);
        }
        let grown = self::pages(&app).await - pages;
        assert!(grown < 2 * 4, "{grown} pages");
    });
}

/// Said on the writing connection, which keeps it.
async fn pragma(app: &TestApp, text: &'static str) {
    let said = app.db().write(move |tx| Box::pin(async move { tx.query(text, &[]).await }));
    said.await.expect("a pragma");
}

async fn pages(app: &TestApp) -> i64 {
    let asked = app.db().read(|tx| Box::pin(async move { tx.query_one("PRAGMA page_count", &[]).await }));
    asked.await.expect("a count").at::<i64>(0).expect("a number")
}

/// A socket that leads to another, and can be taken away.
struct Relay {
    path: PathBuf,
    to: PathBuf,
    open: Option<JoinHandle<()>>,
}

impl Relay {
    fn open(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        let (listener, to) = (UnixListener::bind(&self.path).expect("a socket"), self.to.clone());
        self.open = Some(tokio::spawn(async move {
            // Its lines end with it.
            let mut lines = tokio::task::JoinSet::new();
            while let Ok((mut here, _)) = listener.accept().await {
                let to = to.clone();
                lines.spawn(async move {
                    if let Ok(mut there) = UnixStream::connect(&to).await {
                        let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
                    }
                });
            }
        }));
    }

    async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

#[test]
fn a_database_server_that_goes_away_and_comes_back_loses_nobody() {
    run(async {
        let Some(place) = places().await.into_iter().find(|place| place.url.starts_with("postgres")) else { return };
        // postgres://postgres@/NAME?host=FOLDER&port=PORT
        let Some((_, host)) = place.url.split_once("host=/") else { return };
        let folder = PathBuf::from(format!("/{}", host.split('&').next().unwrap_or_default()));
        let port = place.url.split("port=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or("5432");
        let name = format!(".s.PGSQL.{port}");
        let mut relay = Relay { path: place.dir().join(&name), to: folder.join(&name), open: None };
        relay.open();
        let url = place.url.replace(&folder.display().to_string(), &place.dir().display().to_string());
        let program = place.start_with(&url, &[], None).await;
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        clerk.get("/work").await.is(200);
        program.browser().get("/readyz").await.is(200);

        program.expect_errors("cannot be served now");
        program.expect_errors("jobs could not be taken");
        relay.close().await;
        let began = Instant::now();
        for _ in 0..100 {
            let page = clerk.get("/work").await;
            assert_eq!(page.is(503).header("retry-after"), "30");
            assert!(page.text().contains("chưa ghi nhận được"), "{}", page.text());
        }
        let answer = clerk.get_with("/api/v1/dossiers", &[("accept", "application/json")]).await;
        assert_eq!(
            (answer.is(503).header("content-type"), answer.json()["status"].as_i64()),
            ("application/problem+json", Some(503))
        );
        program.browser().get("/readyz").await.is(503);
        program.browser().get("/healthz").await.is(200);
        let seconds = began.elapsed().as_secs() + 2;
        let lines = program.log().lines().filter(|line| line.contains("ERROR")).count() as u64;
        assert!(lines <= 4 * seconds, "{lines} lines in {seconds} s:\n{}", program.log());

        relay.open();
        let back = Instant::now();
        while program.browser().get("/readyz").await.status != 200 {
            assert!(back.elapsed() < Duration::from_secs(20), "{}", program.log());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        clerk.get("/work").await.is(200);
        program.stop().await;
        relay.close().await;
    });
}
