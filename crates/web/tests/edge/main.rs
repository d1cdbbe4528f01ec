//! The edge as a browser meets it: headers, access, tokens, limits, error pages, language, assets.

#![allow(clippy::unwrap_used)]

mod shared;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use base::{Actor, Fault, Grant, Id, Instant, Permission, Problem, Role};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use std::sync::Arc;
use store::{Db, Migrations};
use tower::ServiceExt as _;
use web::limits::{Rate, Rates};
use web::{
    Access, Answer, App, AppInner, BoxFuture, Clock, Ctx, Form, FormMap, Json, Module, Routes, SignedIn, Upload,
};

const DESK: Permission = Permission::new("desk", &[Role::Clerk]);
const SECRET: &str = "a-session-secret";

struct Tokens;
impl web::Sessions for Tokens {
    fn load<'a>(&'a self, _: &'a Db, token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        let role = match token {
            "clerk" => Some(Role::Clerk),
            "citizen" => Some(Role::Citizen),
            _ => None,
        };
        Box::pin(async move {
            Ok(role.map(|role| SignedIn {
                actor: Actor {
                    account: Id(7),
                    name: "Lan <b>".into(),
                    grants: vec![Grant::new(role, Id(1), "/1/")],
                    citizen_number: None,
                },
                session: Id(9),
                csrf: SECRET.into(),
            }))
        })
    }
}

#[derive(askama::Template)]
#[template(source = "<p>{{ text }}</p>", ext = "html")]
struct Plain {
    text: String,
}

#[derive(Deserialize)]
struct Owner {
    name: String,
}
#[derive(Deserialize)]
struct Filing {
    owner: Owner,
}

async fn show(ctx: Ctx) -> Answer {
    Ok(ctx.page("Trang", &Plain { text: ctx.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default() }))
}
async fn take(ctx: Ctx, Form(owner): Form<Owner>) -> Answer {
    Ok(ctx.flash(format!("/done?{}", owner.name), "web-state-done"))
}
async fn take_map(ctx: Ctx, form: FormMap) -> Answer {
    Ok(ctx.page("Trang", &Plain { text: form.all("x").join("+") }))
}
async fn take_files(ctx: Ctx, upload: Upload) -> Answer {
    let text = upload.files.iter().map(|f| {
        let kept = std::fs::metadata(f.path()).map(|m| m.len()).unwrap_or_default();
        format!("{}={} {} {kept}", f.field, f.name, f.size_bytes)
    });
    Ok(ctx.page("Trang", &Plain { text: text.collect::<Vec<_>>().join(";") }))
}
async fn take_json(ctx: Ctx, Json(filing): Json<Filing>) -> Answer {
    Ok(ctx.fragment(&Plain { text: filing.owner.name }))
}
async fn fail(kind: axum::extract::Path<String>) -> Answer {
    Err(match kind.as_str() {
        "busy" => Fault::Busy,
        "inner" => Fault::internal(std::io::Error::other("secret detail")),
        "conflict" => Fault::Conflict(Problem::new("web-form-token").rule("NĐ 118/2025 Điều 17")),
        "large" => Fault::TooLarge(Problem::new("web-upload-too-large").arg("megabytes", 20)),
        _ => Fault::UnsupportedType(Problem::new("web-form-expected")),
    }
    .into())
}

/// A body as a file's: of unknown length, and one that panics when it is asked again after its end.
async fn stream(kind: axum::extract::Path<String>) -> Response<Body> {
    let pieces = futures_util::stream::unfold(0, |n| async move {
        (n < 3).then(|| (Ok::<_, std::io::Error>("giấy tờ ".repeat(100)), n + 1))
    });
    let kind = if *kind == "text" { "text/plain; charset=utf-8" } else { "application/pdf" };
    Response::builder().header("content-type", kind).body(Body::from_stream(pieces)).unwrap()
}

async fn app(rates: Rates, secure: bool) -> (App, Clock) {
    let clock = Clock::settable(Instant(1_790_000_000_000));
    let app = App::new(AppInner {
        db: Db::open("sqlite::memory:").await.expect("a database"),
        clock: clock.clone(),
        sessions: Arc::new(Tokens),
        demo: true,
        data_dir: std::env::temp_dir().join("motcua-web-tests"),
        nav: vec![],
        secure_cookies: secure,
        extensions: Default::default(),
    });
    app.put(rates);
    (app, clock)
}

fn module() -> Module {
    let routes = Routes::new()
        .get("/", Access::Public, show)
        .get("/mine", Access::SignedIn, show)
        .get("/desk", Access::Needs(DESK), show)
        .get("/track", Access::LookUp, show)
        .post("/take", Access::Public, take)
        .post("/take-map", Access::Public, take_map)
        .post("/take-files", Access::Public, take_files)
        .post("/api/v1/filings", Access::Public, take_json)
        .get("/api/v1/mine", Access::SignedIn, show)
        .get("/stream/{kind}", Access::Public, stream)
        .get("/fail/{kind}", Access::Public, fail);
    Module {
        name: "edge",
        routes,
        migrations: Migrations { module: "edge", steps: &[] },
        locales: i18n::Source { module: "edge", vi: "edge-a = A", en: "edge-a = A" },
        permissions: &[DESK],
        homes: &[],
        nav: vec![],
    }
}

async fn service(rates: Rates, secure: bool) -> (axum::Router, Clock) {
    let (app, clock) = app(rates, secure).await;
    (web::build_router(app, vec![module()]), clock)
}

async fn send(router: &axum::Router, request: Request<Body>) -> (StatusCode, header::HeaderMap, String) {
    let response: Response<Body> = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
}

fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header(header::HOST, "motcua.example")
}
fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path).header(header::HOST, "motcua.example").header("cookie", "session=clerk")
}
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let (router, _) = service(Rates::default(), true).await;
    for path in ["/", "/nowhere", "/fail/inner"] {
        let (_, headers, body) = send(&router, get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(headers["content-security-policy"], web::safety::CONTENT_SECURITY_POLICY, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert!(headers.contains_key("strict-transport-security") && headers.contains_key("x-request-id"));
        assert!(!body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick="), "{path}");
        let cookie = headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-form=") && cookie.contains("HttpOnly") && cookie.contains("Secure"));
    }
}

#[tokio::test]
async fn texts_are_compressed_papers_are_not_and_both_come_whole() {
    let (router, _) = service(Rates::default(), false).await;
    for (kind, encoding) in [("text", Some("gzip")), ("paper", None)] {
        let ask = get(&format!("/stream/{kind}")).header("accept-encoding", "gzip, deflate, br");
        let response = router.clone().oneshot(ask.body(Body::empty()).unwrap()).await.unwrap();
        let got = response.headers().get("content-encoding").map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(got.as_deref(), encoding, "{kind}");
        let mut bytes = response.into_body().collect().await.expect("a body").to_bytes().to_vec();
        if encoding.is_some() {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut plain).expect("gzip");
            bytes = plain;
        }
        assert_eq!(String::from_utf8(bytes).unwrap(), "giấy tờ ".repeat(300), "{kind}");
    }
}

#[tokio::test]
async fn access_is_checked_before_the_handler() {
    let (router, _) = service(Rates::default(), false).await;
    let (status, headers, _) = send(&router, get("/mine?tab=a&b=1").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers["location"], "/sign-in?next=%2Fmine%3Ftab%3Da%26b%3D1");

    let ask = get("/desk").header("cookie", "session=citizen").body(Body::empty()).unwrap();
    assert_eq!(send(&router, ask).await.0, StatusCode::FORBIDDEN);
    let ask = get("/desk").header("cookie", "session=clerk").body(Body::empty()).unwrap();
    let (status, headers, body) = send(&router, ask).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-store"));
    assert!(body.contains("Lan &#60;b&#62;"), "names are escaped");
    assert!(body.contains("class=\"office\""));

    let (status, headers, body) = send(&router, get("/api/v1/mine").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert!(body.contains("\"status\":401"));
}

#[tokio::test]
async fn a_session_that_is_over_opens_nothing_and_its_cookie_stays_to_show_whose_forms_were() {
    let (router, _) = service(Rates::default(), false).await;
    let ask = get("/").header("cookie", "session=old").body(Body::empty()).unwrap();
    let (_, headers, _) = send(&router, ask).await;
    let cookies: Vec<_> = headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(cookies.iter().all(|c| !c.starts_with("session=")), "{cookies:?}");
    let ask = get("/mine").header("cookie", "session=old").body(Body::empty()).unwrap();
    let (status, headers, _) = send(&router, ask).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fmine"));
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_session() {
    let (router, _) = service(Rates::default(), false).await;
    let token = web::safety::form_token(SECRET);
    let ask = |body: String| post("/take").header("content-type", FORM).body(Body::from(body)).unwrap();
    let (status, headers, _) = send(&router, ask(format!("_csrf={token}&name=x"))).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/done?x"));
    assert_eq!(send(&router, ask("name=x".into())).await.0, StatusCode::FORBIDDEN);
    let foreign = web::safety::form_token("another");
    assert_eq!(send(&router, ask(format!("_csrf={foreign}&name=x"))).await.0, StatusCode::FORBIDDEN);

    let cross = post("/take")
        .header("content-type", FORM)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(format!("_csrf={token}&name=x")))
        .unwrap();
    assert_eq!(send(&router, cross).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_anonymous_form_is_bound_to_the_visitors_cookie() {
    let (router, _) = service(Rates::default(), false).await;
    let token = web::safety::form_token("0123456789abcdef0123");
    let ask = |cookie: &'static str| {
        Request::post("/take-map")
            .header("cookie", cookie)
            .header("content-type", FORM)
            .body(Body::from(format!("_csrf={token}&x=a&x=b")))
            .unwrap()
    };
    let (status, _, body) = send(&router, ask("form=0123456789abcdef0123")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("a+b"));
    assert_eq!(send(&router, ask("form=0123456789abcdefXXXX")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(&router, ask("a=b")).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn refused_forms_name_the_field_and_the_limit() {
    let (router, _) = service(Rates::default(), false).await;
    let token = web::safety::form_token(SECRET);
    let ask =
        |kind: &'static str, body: String| post("/take").header("content-type", kind).body(Body::from(body)).unwrap();
    let (status, _, body) = send(&router, ask(FORM, format!("_csrf={token}"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("href=\"#name\""), "{body}");
    assert_eq!(send(&router, ask("text/plain", "x".into())).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = format!("_csrf={token}&name={}", "x".repeat(300_000));
    assert_eq!(send(&router, ask(FORM, long)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_json_body_of_the_wrong_shape_is_422_with_its_path() {
    let (router, _) = service(Rates::default(), false).await;
    let ask = |body: &'static str| {
        post("/api/v1/filings").header("content-type", "application/json").body(Body::from(body)).unwrap()
    };
    assert_eq!(send(&router, ask(r#"{"owner":{"name":"Lan"}}"#)).await.0, StatusCode::OK);
    let (status, headers, body) = send(&router, ask(r#"{"owner":{"name":5}}"#)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(headers["content-type"], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["errors"][0]["field"], "owner.name");
    assert_eq!(problem["errors"][0]["code"], "web-field-wrong");
    let (_, _, body) = send(&router, ask(r#"{"owner":{}}"#)).await;
    assert!(body.contains("owner.name") && body.contains("web-field-missing"), "{body}");
    assert_eq!(send(&router, ask("{")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let plain = post("/api/v1/filings").header("content-type", "text/plain").body(Body::from("{}")).unwrap();
    assert_eq!(send(&router, plain).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        body.extend_from_slice(format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        if let Some(file) = file {
            body.extend_from_slice(format!("; filename=\"{file}\"").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B--\r\n");
    body
}

#[tokio::test]
async fn files_are_spooled_bounded_and_need_the_token_first() {
    let (router, _) = service(Rates::default(), false).await;
    let token = web::safety::form_token(SECRET);
    let ask = |body: Vec<u8>| {
        post("/take-files").header("content-type", "multipart/form-data; boundary=B").body(Body::from(body)).unwrap()
    };
    let csrf: (&str, Option<&str>, &[u8]) = ("_csrf", None, token.as_bytes());
    let (status, _, body) =
        send(&router, ask(multipart(&[csrf, ("scan", Some("giấy.pdf"), b"12345"), ("none", Some(""), b"")]))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body.contains("scan=giấy.pdf 5 5<"), "{body}");
    let late = multipart(&[("scan", Some("a.pdf"), b"1"), csrf]);
    assert_eq!(send(&router, ask(late)).await.0, StatusCode::FORBIDDEN);
    let big = vec![0u8; 20 * 1024 * 1024 + 1];
    let (status, _, body) = send(&router, ask(multipart(&[csrf, ("scan", Some("a.pdf"), &big)]))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("20 MB"));
}

#[tokio::test]
async fn failures_say_what_which_rule_and_what_next_and_hide_the_inside() {
    let (router, _) = service(Rates::default(), false).await;
    let (status, headers, _) = send(&router, get("/fail/busy").body(Body::empty()).unwrap()).await;
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    let (status, headers, body) = send(&router, get("/fail/inner").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("secret detail") && body.contains(headers["x-request-id"].to_str().unwrap()));
    let (status, _, body) = send(&router, get("/fail/conflict").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body.contains("NĐ 118/2025 Điều 17"));
    assert_eq!(send(&router, get("/fail/large").body(Body::empty()).unwrap()).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&router, get("/fail/x").body(Body::empty()).unwrap()).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (status, _, body) = send(&router, get("/nowhere").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("Không tìm thấy"));
    let (status, headers, body) = send(&router, get("/take").body(Body::empty()).unwrap()).await;
    assert_eq!((status, headers["allow"].to_str().unwrap()), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert!(body.contains("<html"));
}

#[tokio::test]
async fn too_many_requests_wait_and_then_go_on() {
    let one = Rate { burst: 1, per_minute: 6 };
    let (router, clock) = service(Rates { look_up: one, ..Rates::default() }, false).await;
    let ask = || get("/track").body(Body::empty()).unwrap();
    assert_eq!(send(&router, ask()).await.0, StatusCode::OK);
    let (status, headers, body) = send(&router, ask()).await;
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "10"));
    assert!(body.contains("10 giây"), "{body}");
    clock.advance_ms(10_000);
    assert_eq!(send(&router, ask()).await.0, StatusCode::OK);
    let forged = get("/track").header("x-forwarded-for", "203.0.113.9").body(Body::empty()).unwrap();
    assert_eq!(send(&router, forged).await.0, StatusCode::TOO_MANY_REQUESTS, "the header alone is not believed");
}

#[tokio::test]
async fn behind_a_proxy_clients_are_told_apart_by_the_address_it_saw() {
    let one = Rate { burst: 1, per_minute: 6 };
    let (app, _) = app(Rates { look_up: one, ..Rates::default() }, false).await;
    app.put(web::limits::BehindProxy);
    let router = web::build_router(app, vec![module()]);
    let ask = |from: &'static str| get("/track").header("x-forwarded-for", from).body(Body::empty()).unwrap();
    assert_eq!(send(&router, ask("203.0.113.9")).await.0, StatusCode::OK);
    assert_eq!(send(&router, ask("203.0.113.10")).await.0, StatusCode::OK);
    assert_eq!(send(&router, ask("198.51.100.1, 203.0.113.9")).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_failure_for_htmx_is_a_fragment() {
    let (router, _) = service(Rates::default(), false).await;
    let ask = get("/fail/conflict").header("hx-request", "true").body(Body::empty()).unwrap();
    let (status, _, body) = send(&router, ask).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(!body.contains("<html") && body.contains("error-summary"));
}

#[tokio::test]
async fn the_language_is_kept_and_leads_back() {
    let (router, _) = service(Rates::default(), false).await;
    let (status, headers, _) =
        send(&router, get("/language?to=en&next=%2Fdesk%3Fa%3D1").body(Body::empty()).unwrap()).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/desk?a=1"));
    assert!(headers["set-cookie"].to_str().unwrap().starts_with("lang=en; "));
    let (_, headers, _) =
        send(&router, get("/language?to=en&next=https://evil.example").body(Body::empty()).unwrap()).await;
    assert_eq!(headers["location"], "/");
    let (_, _, body) = send(&router, get("/").header("cookie", "lang=en").body(Body::empty()).unwrap()).await;
    assert!(body.contains("<html lang=\"en\">") && body.contains("Skip to the main content"));
}

#[tokio::test]
async fn a_message_is_shown_once_and_only_if_it_is_ours() {
    let (router, _) = service(Rates::default(), false).await;
    let ask = |cookie: &'static str| get("/").header("cookie", cookie).body(Body::empty()).unwrap();
    let (_, headers, body) = send(&router, ask("flash=web-state-done")).await;
    assert!(body.contains("Đã xong"));
    assert!(headers.get_all("set-cookie").iter().any(|v| v.to_str().unwrap().starts_with("flash=; ")));
    let (_, _, body) = send(&router, ask("flash=anything-else")).await;
    assert!(!body.contains("anything-else"));
}

#[tokio::test]
async fn assets_are_kept_for_a_year_and_sent_compressed() {
    let (router, _) = service(Rates::default(), false).await;
    for name in ["tabler.css", "app.css", "htmx.js", "app.js", "be-vietnam-pro-vietnamese-400-normal.woff2"] {
        let ask = get(&web::assets::href(name)).header("accept-encoding", "gzip, br").body(Body::empty()).unwrap();
        let (status, headers, _) = send(&router, ask).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(headers.contains_key("content-encoding"), !name.ends_with("woff2"), "{name}");
    }
    let (status, ..) = send(&router, get("/assets/x/../../Cargo.toml").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_search_box_leads_to_a_dossier_or_a_list() {
    let (app, _) = app(Rates::default(), false).await;
    app.also(web::SearchBox { needs: Some(DESK), one: "/desk/", list: "/desk?q=" });
    let router = web::build_router(app, vec![module()]);
    let (_, headers, _) = send(&router, get("/search?q=h13.08-261122-0012").body(Body::empty()).unwrap()).await;
    assert_eq!(headers["location"], "/track?code=H13.08-261122-0012");
    // Whoever looks into matters at work is led there, as their module says; a citizen is not.
    let ask = |token: &str, q: &str| {
        get(&format!("/search?q={q}")).header("cookie", format!("session={token}")).body(Body::empty()).unwrap()
    };
    assert_eq!(send(&router, ask("clerk", "khai+sinh")).await.1["location"], "/desk?q=khai%20sinh");
    assert_eq!(send(&router, ask("clerk", "h13.08-261122-0012")).await.1["location"], "/desk/H13.08-261122-0012");
    assert_eq!(send(&router, ask("citizen", "khai+sinh")).await.1["location"], "/procedures?q=khai%20sinh");
}

#[test]
fn both_languages_of_the_edge_are_complete() {
    assert_eq!(i18n::check(&[web::locales(), web::base_locales()]), Vec::<String>::new());
    i18n::install(&[web::locales(), web::base_locales()]);
    for directory in ["src", "templates"] {
        for file in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for key in i18n::keys_used(&text) {
                assert!(i18n::has(base::Lang::Vi, &key) || key == "key", "{key} has no words");
            }
        }
    }
}
