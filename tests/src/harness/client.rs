//! A browser without a screen: keeps cookies, follows nothing by itself, fills the hidden token of forms.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::people::Person;

/// One person at one browser.
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    csrf: String,
    /// Where the client sits, for a program behind a proxy.
    address: Option<String>,
}

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub headers: axum::http::HeaderMap,
    pub body: String,
    /// The same as it was sent, for what is no text.
    pub bytes: Vec<u8>,
}

impl Page {
    /// The hidden token of the page's first form.
    fn csrf(&self) -> Option<&str> {
        between(&self.body, "name=\"_csrf\" value=\"", "\"")
    }

    /// What stands between two pieces of the page's text.
    pub fn between(&self, before: &str, after: &str) -> Option<&str> {
        between(&self.body, before, after)
    }

    /// Fails with the page's words when a piece of text is not on it.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Page {
        assert!(self.body.contains(text), "`{text}` is not on the page ({}):\n{}", self.status, self.words());
        self
    }

    #[track_caller]
    pub fn shows_not(&self, text: &str) -> &Page {
        assert!(!self.body.contains(text), "`{text}` is on the page");
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Page {
        assert_eq!(self.status.as_u16(), status, "to {}:\n{}", self.location, self.words());
        self
    }

    #[track_caller]
    pub fn leads_to(&self, path: &str) -> &Page {
        assert_eq!((self.status.as_u16(), self.location.as_str()), (303, path), "{}", self.words());
        self
    }

    /// The words of a PDF, read by the reader of handed-in papers, with single spaces.
    #[track_caller]
    pub fn printed(&self) -> String {
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!((self.status.as_u16(), kind), (200, Some("application/pdf")), "{}", self.words());
        let text = sheets::read_document(&self.bytes, Some("mau.pdf")).expect("a PDF with text").text;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The page's JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The page without its tags, for messages of failing tests.
    fn words(&self) -> String {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        let mut words = String::new();
        let mut inside = false;
        for c in main.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                c if !inside => words.push(c),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(1500).collect()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

impl Client {
    pub(super) fn new(router: Router) -> Client {
        Client { router, cookies: BTreeMap::new(), csrf: String::new(), address: None }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    /// GET as a program: asks for JSON.
    pub async fn get_json(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[("accept", "application/json")], Body::empty()).await
    }

    /// GET as browsers ask on the way: packed.
    pub async fn get_packed(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[("accept-encoding", "gzip")], Body::empty()).await
    }

    /// Sends a form with the token of the page last seen; a client that saw none looks at a page with a form first.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        if self.csrf.is_empty() {
            self.get("/sign-up").await;
            if self.csrf.is_empty() {
                self.get("/account").await;
            }
        }
        let csrf = self.csrf.clone();
        self.post_with_token(path, fields, &csrf).await
    }

    /// The token of the page last seen.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Sends a form with a given token.
    pub async fn post_with_token(&mut self, path: &str, fields: &[(&str, &str)], csrf: &str) -> Page {
        let mut all = vec![("_csrf", csrf)];
        all.extend_from_slice(fields);
        let body = serde_urlencoded::to_string(&all).expect("form");
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], Body::from(body)).await
    }

    /// Sends JSON, with the token in its header.
    pub async fn post_json(&mut self, path: &str, body: &serde_json::Value) -> Page {
        let csrf = self.csrf.clone();
        let headers = [("content-type", "application/json"), ("accept", "application/json"), ("x-csrf-token", &csrf)];
        self.send(Method::POST, path, &headers, Body::from(body.to_string())).await
    }

    /// Sends text that says it is JSON, with the token in its header.
    pub async fn send_json(&mut self, path: &str, text: &str) -> Page {
        let csrf = self.csrf.clone();
        let headers = [("content-type", "application/json"), ("accept", "application/json"), ("x-csrf-token", &csrf)];
        self.send(Method::POST, path, &headers, Body::from(text.to_owned())).await
    }

    /// Sends a multipart form: fields, then files as (field, file name, bytes).
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        const EDGE: &str = "----motcua-test-edge";
        let csrf = self.csrf.clone();
        let mut body = Vec::new();
        for (name, value) in [("_csrf", csrf.as_str())].iter().chain(fields) {
            let head = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.send(Method::POST, path, &[("content-type", &kind)], Body::from(body)).await
    }

    /// Any request.
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Page {
        let mut request = Request::builder().method(method).uri(path).header("host", "motcua.test");
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some(address) = &self.address {
            request = request.header("x-forwarded-for", address);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("request");
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("cookie"));
        }
        let bytes = body.collect().await.expect("body").to_bytes();
        let location = parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let page = Page {
            status: parts.status,
            location,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        };
        if let Some(csrf) = page.csrf() {
            self.csrf = csrf.to_owned();
        }
        page
    }

    fn keep(&mut self, set_cookie: &str) {
        let mut parts = set_cookie.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        if parts.any(|attribute| attribute.trim() == "Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Signs in through the page and stands on the person's first page.
    pub async fn sign_in(&mut self, person: &Person) -> Page {
        self.sign_in_as(&person.login, super::PASSWORD).await
    }

    /// Signs up as a citizen through the page, then in with the number; stands where that leads.
    pub async fn sign_up(&mut self, name: &str, number: &str, phone: &str, password: &str) -> Page {
        self.get("/sign-up").await.is(200);
        let form = [("name", name), ("citizen_number", number), ("phone", phone), ("password", password)];
        self.post("/sign-up", &form).await.leads_to("/sign-in?next=");
        self.sign_in_as(number, password).await
    }

    /// The client sits at a network address, as a proxy in front would say.
    pub fn at(mut self, address: &str) -> Client {
        self.address = Some(address.to_owned());
        self
    }

    /// Signs in with any login.
    pub async fn sign_in_as(&mut self, login: &str, password: &str) -> Page {
        self.get("/sign-in").await.is(200);
        let answer = self.post("/sign-in", &[("login", login), ("password", password)]).await;
        answer.is(303);
        // Another session, another token.
        self.csrf.clear();
        self.get("/account").await.is(200);
        answer
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets the form token, so that the next page's is taken.
    pub fn forget_token(&mut self) {
        self.csrf.clear();
    }
}
