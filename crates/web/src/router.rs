//! All modules' routes as one service, and the layer every request passes: context, limits, forged requests, time
//! limit, failures turned into pages, headers, one log line.

use crate::app::{
    AfterRequest, Answered, App, BeforeRequest, ExportedRows, Homes, Module, NavCount, NavCounts, NavItem, Permissions,
};
use crate::ctx::Ctx;
use crate::failure::{self, Carried, Failure};
use crate::limits::{self, BehindProxy, Limiter, REQUEST_MS_MAX, Rates, UPLOAD_REQUEST_MS_MAX};
use crate::routes::{Access, Routes};
use crate::{again, assets, calm, cookie, kept, language, once, safety};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use base::{Fault, Problem};
use http_body_util::BodyExt as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate as _, SizeAbove};

/// The words of the shared layout, components and error pages; the application installs them with the modules'.
pub fn locales() -> i18n::Source {
    i18n::Source { module: "web", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") }
}

/// The words of the refusals of `base` (codes, phone numbers, dates that do not parse).
pub fn base_locales() -> i18n::Source {
    i18n::Source { module: base::locales::MODULE, vi: base::locales::VI, en: base::locales::EN }
}

/// The menu gathered from the modules, used when the application gave none.
pub(crate) struct Menu(pub Vec<NavItem>);

/// The few routes of the edge itself.
pub fn routes() -> Routes {
    Routes::new()
        .get("/language", Access::Public, language::switch)
        .post("/language", Access::Public, language::switch_form)
        .get("/search", Access::Public, language::search)
        .get("/help", Access::Public, language::help)
}

/// One service out of all modules. Their words are installed here too.
pub fn build_router(app: App, modules: Vec<Module>) -> Router {
    let mut words = vec![locales(), base_locales()];
    words.extend(modules.iter().map(|m| m.locales));
    i18n::install(&words);

    let mut menu: Vec<NavItem> =
        if app.nav.is_empty() { modules.iter().flat_map(|m| m.nav.clone()).collect() } else { app.nav.clone() };
    menu.sort_by_key(|item| item.order);
    app.put(Menu(menu));
    app.put(Permissions(modules.iter().flat_map(|m| m.permissions.iter().copied()).collect()));
    let mut homes: Vec<_> = modules.iter().flat_map(|m| m.homes.iter().copied()).collect();
    homes.sort_by_key(|home| home.rank);
    app.put(Homes(homes));
    if app.get::<Rates>().is_none() {
        app.put(Rates::default());
    }
    app.put(Limiter::default());

    let mut router: Router<App> = routes().into_router();
    for module in modules {
        router = router.merge(module.routes.into_router());
    }
    let router = router
        .fallback(|| async { Failure(Fault::NotFound("web-error-404-detail")) })
        .method_not_allowed_fallback(not_offered)
        .layer(DefaultBodyLimit::disable()); // each extractor has its own bound
    app.put(again::Pages(router.clone()));
    router
        .layer(from_fn_with_state(app.clone(), around))
        // Layers above may ask a body again after its end; most streams do not bear that.
        .layer(map_response(|response: Response| async move { response.map(|body| Body::new(body.fuse())) }))
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(COMPRESS_BYTES_MIN).and(is_text)))
        // The assets lie compressed already, the fonts by nature.
        .route("/assets/{mark}/{name}", axum::routing::get(assets::serve))
        .with_state(app)
}

/// Shorter answers fit one packet either way.
const COMPRESS_BYTES_MIN: u64 = 512;

/// Texts are worth compressing. Papers, pictures, workbooks and fonts are compressed by nature: packing them again costs
/// time and takes the length and the ranges from who downloads them.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let text = ["application/json", "application/problem+json", "application/toml", "image/svg+xml"];
    !headers.contains_key(header::CONTENT_RANGE) && (kind.starts_with("text/") || text.contains(&kind))
}

/// A method a path does not offer. The address of an act that was refused stands in the browser; opened again it leads to the
/// thing acted upon.
async fn not_offered(ctx: Ctx) -> Response {
    match ctx.path().rsplit_once('/') {
        Some((thing, _)) if ctx.reads && !ctx.wants_json && !thing.is_empty() => ctx.redirect(thing),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// The visitor's address: the last one our proxy has seen, where one stands in front, else the peer's. Only what is an
/// address gets here, so that it can stand in a line of the log.
fn address(app: &App, request: &Request) -> String {
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded.and_then(|v| v.to_str().ok()).and_then(|v| v.rsplit(',').next()).map(str::trim);
    let forwarded = forwarded.filter(|_| app.get::<BehindProxy>().is_some()).and_then(|text| {
        let with_port = text.parse::<SocketAddr>().map(|address| address.ip());
        text.parse::<IpAddr>().or(with_port).ok()
    });
    let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    forwarded.or_else(peer).map(|address| address.to_canonical().to_string()).unwrap_or_default()
}

/// The token of a program's account, if the request carries one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What must hold before a handler is asked at all.
fn admit(app: &App, ctx: &Ctx, request: &Request) -> Result<(), Fault> {
    let rates = app.get::<Rates>().unwrap_or_default();
    if let Some((kind, rate)) = rates.of(request.method(), request.uri().path()) {
        limits::take(ctx, kind, rate)?;
    }
    if odd_path(request.uri().path()) {
        return Err(Fault::NotFound("web-error-404-detail"));
    }
    if !request.method().is_safe() && safety::is_cross_site(request.headers()) {
        return Err(Fault::Forbidden(Problem::new("web-cross-site")));
    }
    Ok(())
}

/// Whether a part of an address holds a control character: nothing of ours has such a name, and no database looks for one.
fn odd_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
    while let Some(byte) = bytes.next() {
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(bytes.next()), hex(bytes.next()))
            && (high < 2 || (high, low) == (7, 15))
        {
            return true;
        }
    }
    false
}

/// What waits behind the menu; a page without its numbers is better than none.
async fn nav_counts(app: &App, ctx: &Ctx) -> Vec<NavCount> {
    let mut waiting = Vec::new();
    for counts in app.all::<NavCounts>() {
        match (counts.0)(ctx.clone()).await {
            Ok(more) => waiting.extend(more),
            Err(fault) => {
                if let Some(times) = calm::lines("nav-counts") {
                    tracing::warn!(request_id = %ctx.request_id, fault = ?fault, times, "the menu's numbers could not be read");
                }
            }
        }
    }
    waiting
}

async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let request_id = safety::random_token();
    let (method, secure) = (request.method().clone(), app.secure_cookies);
    // The route's pattern, never the address itself: an address may hold a dossier code or a name searched for.
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()).unwrap_or_default();
    let mut ctx = Ctx::read(&app, &method, request.uri(), request.headers(), request_id.clone());
    ctx.address = address(&app, &request);

    for before in app.all::<BeforeRequest>() {
        if let Err(fault) = (before.0)((app.clone(), ctx.now)).await {
            // What is in memory still serves.
            if let Some(times) = calm::lines("before-request") {
                tracing::warn!(request_id = %request_id, fault = ?fault, times, "could not look for changes of other processes");
            }
        }
    }
    let token = cookie::read(request.headers(), cookie::SESSION, secure);
    let kept = cookie::read(request.headers(), cookie::KEPT, secure);
    let mut refused = None;
    if let Some(token) = bearer(request.headers()) {
        // A program: for the API alone, and never by the cookie of somebody's browser.
        match app.sessions.bearer(&app.db, token, ctx.now).await {
            Ok(Some(signed_in)) if ctx.path().starts_with("/api/") => {
                ctx.sign_in(signed_in);
                ctx.machine = true;
            }
            Ok(Some(_)) => refused = Some(Fault::Forbidden(Problem::new("web-machine-api-only"))),
            Ok(None) => refused = Some(Fault::SignInNeeded),
            Err(fault) => refused = Some(fault),
        }
    } else if let Some(token) = token {
        match app.sessions.load(&app.db, &token, ctx.now).await {
            Ok(Some(signed_in)) => ctx.sign_in(signed_in),
            // The cookie stays: should a form of that session still come in, it shows whose it is (see `kept`).
            Ok(None) => {}
            Err(fault) => refused = Some(fault),
        }
    }
    if refused.is_none() {
        refused = admit(&app, &ctx, &request).err();
    }
    if refused.is_none() && ctx.is_official() && !ctx.wants_json && !ctx.htmx {
        ctx.nav_counts = nav_counts(&app, &ctx).await;
    }
    let multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("multipart/form-data"));
    let patience = Duration::from_millis(if multipart { UPLOAD_REQUEST_MS_MAX } else { REQUEST_MS_MAX });

    let mut response = match refused {
        Some(fault) => Failure(fault).into_response(),
        None => {
            request.extensions_mut().insert(ctx.clone());
            let response = match tokio::time::timeout(patience, next.run(request)).await {
                Ok(response) => response,
                Err(_) => Failure(Fault::Busy).into_response(),
            };
            once::end(&ctx, response).await
        }
    };
    response = again::instead(&app, &ctx, response).await;
    response = page_of_failure(&ctx, response);
    response = after(&app, &ctx, &route, response).await;
    response = kept::on_the_way_out(&ctx, kept, response).await;
    finish(&ctx, &mut response, secure);
    tracing::info!(
        request_id = %request_id,
        method = %method,
        route = %route,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// Tells what was answered to whom, each module that asked for it; an answer that could not be told of does not go out.
async fn after(app: &App, ctx: &Ctx, route: &str, response: Response) -> Response {
    let Some(actor) = &ctx.actor else { return response };
    let status = response.status().as_u16();
    let rows = response.extensions().get::<ExportedRows>().map(|rows| rows.0);
    for hook in app.all::<AfterRequest>() {
        let answered = Answered {
            actor: actor.clone(),
            route: route.to_owned(),
            uri: ctx.uri.clone(),
            reads: ctx.reads,
            status,
            rows,
            now: ctx.now,
        };
        if let Err(fault) = (hook.0)(answered).await {
            return page_of_failure(ctx, Failure(fault).into_response());
        }
    }
    response
}

/// Gives a failure its page. A library's own plain-text refusal (a path that does not parse, a method not offered)
/// gets one too.
fn page_of_failure(ctx: &Ctx, response: Response) -> Response {
    let status = response.status();
    if let Some(carried) = response.extensions().get::<Carried>().cloned() {
        return failure::render(ctx, status, carried.take());
    }
    let is_bare = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|v| v.to_str().is_ok_and(|v| v.starts_with("text/plain")));
    if (status.is_client_error() || status.is_server_error()) && is_bare {
        let allow = response.headers().get(header::ALLOW).cloned();
        let mut page = failure::render(ctx, status, None);
        if let Some(allow) = allow {
            page.headers_mut().insert(header::ALLOW, allow);
        }
        return page;
    }
    response
}

fn finish(ctx: &Ctx, response: &mut Response, secure: bool) {
    let is_html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.to_str().is_ok_and(|v| v.starts_with("text/html")));
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    safety::add_headers(headers, secure);
    // A person's page must not stay behind on a shared counter computer.
    let keep = if ctx.actor.is_some() { "no-store" } else { "private, no-cache" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(keep));
    if let Ok(id) = HeaderValue::from_str(&ctx.request_id) {
        headers.insert(header::HeaderName::from_static("x-request-id"), id);
    }
    if is_html && ctx.new_visitor {
        headers.append(header::SET_COOKIE, cookie::set(cookie::CSRF, &ctx.csrf_secret, None, secure));
    }
    if is_html && ctx.flash.is_some() && !is_error && !ctx.htmx {
        headers.append(header::SET_COOKIE, cookie::clear(cookie::FLASH, secure));
    }
}

/// So that tests and the application need not name `Arc` for it.
impl From<crate::app::AppInner> for App {
    fn from(inner: crate::app::AppInner) -> App {
        App(Arc::new(inner))
    }
}
