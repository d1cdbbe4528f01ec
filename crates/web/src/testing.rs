//! For tests of every room: a browser over the router itself. Who is signed in is what the session's token says.

use crate::{App, AppInner, Clock, Module, Sessions, SignedIn, build_router, table};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::{Actor, Fault, Id, Instant};
use std::path::PathBuf;
use std::sync::Arc;
use store::{BoxFuture, Db};
use tower::ServiceExt as _;

/// The person of a token.
pub type People = fn(&str) -> Actor;

struct Known(People);

impl Sessions for Known {
    fn load<'a>(&'a self, _: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let actor = (self.0)(token);
        Box::pin(async move { Ok(Some(SignedIn { actor, session: Id(1), csrf: "secret-of-the-session".into() })) })
    }
}

/// A file that is sent: the field's name, its own name, its bytes.
pub type Paper<'a> = (&'a str, &'a str, &'a [u8]);

/// Somebody's browser.
#[derive(Clone)]
pub struct Browser {
    pub app: App,
    router: Router,
    cookie: String,
}

impl Browser {
    /// A service of these modules at a moment, its uploads in a folder, and a browser signed in as `who`.
    pub fn new(
        db: Db,
        (now, data_dir): (Instant, PathBuf),
        modules: impl FnOnce(&App) -> Vec<Module>,
        people: People,
        who: &str,
    ) -> Browser {
        let app = App::new(AppInner {
            db,
            clock: Clock::fixed(now),
            sessions: Arc::new(Known(people)),
            demo: false,
            data_dir,
            nav: vec![],
            secure_cookies: false,
            extensions: Default::default(),
        });
        app.put(crate::limits::Rates::unlimited());
        let router = build_router(app.clone(), modules(&app));
        Browser { app, router, cookie: cookie(who) }
    }

    /// The same service as somebody else; as a visitor where nobody is named.
    pub fn becomes(&self, who: &str) -> Browser {
        Browser { cookie: cookie(who), ..self.clone() }
    }

    async fn send(&self, request: axum::http::request::Builder, body: Vec<u8>) -> (StatusCode, String, String) {
        let signed = if self.cookie.is_empty() { request } else { request.header(header::COOKIE, &self.cookie) };
        let request = signed.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let to =
            response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = axum::body::to_bytes(response.into_body(), 16_000_000).await.expect("a body");
        (status, to, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A page: status and text.
    pub async fn get(&self, uri: &str) -> (StatusCode, String) {
        let (status, _, text) = self.send(Request::get(uri), Vec::new()).await;
        (status, text)
    }

    /// What an address says to programs.
    pub async fn json(&self, uri: &str) -> serde_json::Value {
        serde_json::from_str(&self.get(uri).await.1).expect("JSON")
    }

    async fn token(&self, page: &str) -> String {
        let (_, text) = self.get(page).await;
        text.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
    }

    /// Sends a plain form, its token taken from a page: status, where it leads, text.
    pub async fn post(&self, page: &str, uri: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
        let token = self.token(page).await;
        let all = [("_csrf", token.as_str())].into_iter().chain(fields.iter().copied());
        let form: Vec<String> = all.map(|(name, value)| format!("{name}={}", table::encode(value))).collect();
        let request = Request::post(uri).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.join("&").into_bytes()).await
    }

    /// Sends a form of the page at the same address, its pairs as an address carries them. Whoever is shown no form knows the session's token
    /// all the same: it is not what keeps them out.
    pub async fn form(&self, uri: &str, pairs: &str) -> (StatusCode, String, String) {
        let token = Some(self.token(uri).await).filter(|token| !token.is_empty());
        let token = token.unwrap_or_else(|| "secret-of-the-session".to_owned());
        let request = Request::post(uri).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, format!("_csrf={token}&{pairs}").into_bytes()).await
    }

    /// What an address says to a method without a body.
    pub async fn tries(&self, method: &str, uri: &str) -> StatusCode {
        self.send(Request::builder().method(method).uri(uri), Vec::new()).await.0
    }

    /// Sends a form with files.
    pub async fn upload(
        &self,
        page: &str,
        uri: &str,
        fields: &[(&str, &str)],
        papers: &[Paper<'_>],
    ) -> (StatusCode, String, String) {
        let token = self.token(page).await;
        let mut body = Vec::new();
        let mut part = |head: String, bytes: &[u8]| {
            body.extend(format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        };
        for (name, value) in [("_csrf", token.as_str())].iter().chain(fields) {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (field, name, bytes) in papers {
            part(format!("name=\"{field}\"; filename=\"{name}\""), bytes);
        }
        body.extend(b"--x--\r\n");
        let request = Request::post(uri).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request, body).await
    }
}

fn cookie(who: &str) -> String {
    if who.is_empty() { String::new() } else { format!("session={who}") }
}
