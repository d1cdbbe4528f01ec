//! What a handler knows about its request.

use crate::app::{App, NavCount, SignedIn};
use crate::asked::Asked;
use crate::failure::Failure;
use crate::params::ACCEPT_LANGUAGE;
use crate::{cookie, layout, safety};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Fault, Id, Instant, Lang, Permission, Problem, Role};
use i18n::L;
use store::Db;

/// The address of this site as people know it, "https://motcua.example", put into the application's extensions: what stands on
/// receipts and in their QR codes is then no matter of what a request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Scheme, host and perhaps a port; nothing else. None when it is something else.
    pub fn parse(text: &str) -> Option<PublicUrl> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        safety::is_host(host).then(|| PublicUrl(text.to_owned()))
    }

    /// As it is printed: no slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// One request: who asks, when, in which language. Made once by the outermost layer; handlers take it as an argument.
#[derive(Clone)]
pub struct Ctx {
    pub app: App,
    pub l: L,
    pub lang: Lang,
    pub now: Instant,
    pub actor: Option<Actor>,
    /// The open session, when signed in.
    pub session: Option<Id>,
    /// Token for the `_csrf` field of this page's forms (or the `X-CSRF-Token` header).
    pub csrf: String,
    /// Path and query as asked.
    pub uri: String,
    /// Where this site is reached, "https://motcua.example", for addresses that are printed or scanned: as the installation
    /// says ([`PublicUrl`]), else as the visitor's browser has it.
    pub origin: String,
    /// Asked by htmx: answer with a fragment.
    pub htmx: bool,
    pub request_id: String,
    /// Which bytes of a file are wanted, and what for.
    pub asked: Asked,
    /// The visitor's network address as text, empty when it is not known; see [`crate::limits::BehindProxy`].
    pub address: String,
    /// The path starts with `/api/` or the client asks for JSON.
    pub wants_json: bool,
    /// A program's account, known by its token: for the API alone.
    pub machine: bool,
    pub(crate) csrf_secret: String,
    /// Where a form of this request that was kept leaves its name.
    pub(crate) slot: crate::kept::Slot,
    /// What this request's form said, once it is read.
    pub(crate) typed: crate::again::Slot,
    /// The key this request came with, once its body is read.
    pub(crate) once: crate::once::Slot,
    pub(crate) flash: Option<String>,
    /// What waits behind the menu's entries; see [`crate::NavCounts`].
    pub nav_counts: Vec<NavCount>,
    /// Path and query of the page before, when it is one of ours.
    pub(crate) referer: Option<String>,
    /// Where this device begins, when it is one that stands in a hall; see [`cookie::KIOSK`].
    pub(crate) kiosk: Option<String>,
    /// The request only reads (GET, HEAD).
    pub(crate) reads: bool,
    /// True when the anonymous cookie must be set.
    pub(crate) new_visitor: bool,
}

impl Ctx {
    /// Reads everything but the session from a request's head.
    pub(crate) fn read(app: &App, method: &Method, uri: &Uri, headers: &HeaderMap, request_id: String) -> Ctx {
        let secure = app.secure_cookies;
        let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let lang = language(
            cookie::read(headers, cookie::LANG, secure).as_deref(),
            ACCEPT_LANGUAGE.of(headers).unwrap_or_default(),
        );
        let known = cookie::read(headers, cookie::CSRF, secure).filter(|token| token.len() >= 16);
        let new_visitor = known.is_none();
        let csrf_secret = known.unwrap_or_else(safety::random_token);
        let path = uri.path();
        let flash =
            cookie::read(headers, cookie::FLASH, secure).filter(|key| method == Method::GET && i18n::has(lang, key));
        let host = safety::host(headers).unwrap_or_default();
        let referer = text(header::REFERER)
            .split_once("://")
            .and_then(|(_, rest)| rest.strip_prefix(host))
            .filter(|rest| !host.is_empty() && rest.starts_with('/'))
            .map(crate::safe_next);
        Ctx {
            app: app.clone(),
            l: L(lang),
            lang,
            now: app.clock.now(),
            actor: None,
            session: None,
            csrf: safety::form_token(&csrf_secret),
            uri: uri.path_and_query().map_or(path, |pq| pq.as_str()).to_owned(),
            origin: match app.get::<PublicUrl>() {
                Some(url) => url.0.clone(),
                None => format!("{}://{host}", if secure { "https" } else { "http" }),
            },
            address: String::new(),
            htmx: headers.contains_key("hx-request"),
            request_id,
            asked: Asked::read(uri, headers),
            wants_json: path.starts_with("/api/") || accepts_json(text(header::ACCEPT)),
            machine: false,
            csrf_secret,
            slot: Default::default(),
            typed: Default::default(),
            once: Default::default(),
            kiosk: cookie::read(headers, cookie::KIOSK, secure).filter(|start| crate::safe_next(start) == *start),
            reads: method.is_safe(),
            flash,
            nav_counts: Vec::new(),
            referer,
            new_visitor,
        }
    }

    /// What a page sees when no browser asked for it: benchmarks, prepared reports.
    pub fn without_request(app: &App, actor: Option<Actor>, lang: Lang, uri: &str, now: Instant) -> Ctx {
        let secret = safety::random_token();
        Ctx {
            app: app.clone(),
            l: L(lang),
            lang,
            now,
            actor,
            session: None,
            csrf: safety::form_token(&secret),
            uri: uri.to_owned(),
            origin: String::new(),
            address: String::new(),
            htmx: false,
            request_id: String::new(),
            asked: Asked::default(),
            wants_json: false,
            machine: false,
            csrf_secret: secret,
            slot: Default::default(),
            typed: Default::default(),
            once: Default::default(),
            kiosk: None,
            reads: true,
            flash: None,
            nav_counts: Vec::new(),
            referer: None,
            new_visitor: false,
        }
    }

    /// The same person asking for a page of ours within this request.
    pub(crate) fn reading(&self, uri: &str) -> Ctx {
        Ctx {
            uri: uri.to_owned(),
            asked: Asked::default(),
            slot: Default::default(),
            typed: Default::default(),
            once: Default::default(),
            flash: None,
            reads: true,
            ..self.clone()
        }
    }

    /// The session's person takes the anonymous visitor's place; also after a session was renewed, before its page is made.
    pub fn sign_in(&mut self, signed_in: SignedIn) {
        self.csrf = safety::form_token(&signed_in.csrf);
        self.csrf_secret = signed_in.csrf;
        self.session = Some(signed_in.session);
        self.actor = Some(signed_in.actor);
        self.new_visitor = false;
    }

    /// Who is counted by the rate limits: the person when signed in, else the address (of IPv6 the network).
    pub fn client(&self) -> String {
        match &self.actor {
            Some(actor) => format!("account {}", actor.account),
            None => crate::limits::stranger(&self.address),
        }
    }

    /// The database. What this request writes takes its key with it; see [`crate::once`].
    pub fn db(&self) -> &Db {
        self.once.db().unwrap_or(&self.app.db)
    }

    /// The signed-in person, or the fault that leads to signing in.
    pub fn actor(&self) -> Result<&Actor, Fault> {
        self.actor.as_ref().ok_or(Fault::SignInNeeded)
    }

    /// The signed-in person if some grant of theirs allows this anywhere. Scope is the action's to check.
    pub fn require(&self, permission: Permission) -> Result<&Actor, Fault> {
        let actor = self.actor()?;
        if actor.may(permission) { Ok(actor) } else { Err(Fault::Forbidden(Problem::new("web-permission-missing"))) }
    }

    /// The signed-in person if they work for the administration. What they are shown follows from their grants.
    pub fn official(&self) -> Result<&Actor, Fault> {
        let actor = self.actor()?;
        if self.is_official() { Ok(actor) } else { Err(Fault::Forbidden(Problem::new("web-permission-missing"))) }
    }

    /// An official at work, as against a citizen or a passer-by: gets the office's look and menu.
    pub fn is_official(&self) -> bool {
        self.actor.as_ref().is_some_and(|a| a.grants.iter().any(|g| g.role != Role::Citizen))
    }

    /// Path asked for, without the query.
    pub fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or("/")
    }

    /// Whether a form's token belongs to this session or visitor.
    pub fn csrf_matches(&self, token: &str) -> bool {
        safety::form_token_matches(&self.csrf_secret, token)
    }

    /// A whole page around the body. The title is already in the reader's language.
    pub fn page(&self, title: &str, body: &impl Template) -> Response {
        layout::page(self, title, body)
    }

    /// The same with status 422, for a form shown again with its problems.
    pub fn invalid_page(&self, title: &str, body: &impl Template) -> Response {
        let mut response = self.page(title, body);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }

    /// A piece of a page, for htmx.
    pub fn fragment(&self, body: &impl Template) -> Response {
        match body.render() {
            Ok(html) => axum::response::Html(html).into_response(),
            Err(error) => Failure::from(error).into_response(),
        }
    }

    /// 303 to another of our addresses.
    pub fn redirect(&self, to: impl AsRef<str>) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let to = HeaderValue::from_str(to.as_ref()).unwrap_or_else(|_| HeaderValue::from_static("/"));
        response.headers_mut().insert(header::LOCATION, to);
        response
    }

    /// 303 to another page, which will show the message of `key` once, as a success.
    pub fn flash(&self, to: impl AsRef<str>, key: &str) -> Response {
        let mut response = self.redirect(to);
        let cookie = cookie::set(cookie::FLASH, key, Some(60), self.app.secure_cookies);
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    /// 303 to signing in, coming back here afterwards (for a change: to the page it was sent from).
    pub(crate) fn to_sign_in(&self) -> Response {
        let next = if self.reads { &self.uri } else { self.referer.as_deref().unwrap_or("/") };
        self.redirect(format!("/sign-in?next={}", crate::table::encode(next)))
    }
}

/// Cookie first, then the browser's first wish that we can meet, else Vietnamese.
fn language(cookie: Option<&str>, accept: &str) -> Lang {
    let of = |code: &str| match code.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("vi") => Some(Lang::Vi),
        Some("en") => Some(Lang::En),
        _ => None,
    };
    cookie.and_then(of).or_else(|| accept.split(',').find_map(of)).unwrap_or(Lang::Vi)
}

fn accepts_json(accept: &str) -> bool {
    accept.starts_with("application/json") || accept.starts_with("application/problem+json")
}

impl FromRequestParts<App> for Ctx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Ctx, Failure> {
        parts.extensions.get::<Ctx>().cloned().ok_or_else(|| {
            // Only a router not made by `build_router` lacks the layer.
            Failure(Fault::internal(std::io::Error::other("the request has no context")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_beats_the_browser_and_vietnamese_is_the_default() {
        assert_eq!(language(Some("en"), "vi"), Lang::En);
        assert_eq!(language(None, "fr-FR, en-US;q=0.8"), Lang::En);
        assert_eq!(language(None, "vi-VN,vi;q=0.9,en;q=0.5"), Lang::Vi);
        assert_eq!(language(Some("đ"), ""), Lang::Vi);
        assert_eq!(language(None, "*"), Lang::Vi);
    }
}
