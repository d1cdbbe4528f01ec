//! Every header of every kind of answer: what is there says all that must be said, and nothing is there that nobody decided.

use std::collections::BTreeSet;

use base::Role;

use super::bodies::received_with;
use super::{Got, on_every_running};

/// What every answer says, whoever made it.
const SAFETY: [(&str, &str); 8] = [
    ("content-security-policy", web::safety::CONTENT_SECURITY_POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("referrer-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];
/// A page that anybody may see is asked for again each time; one made for a person is not kept at all.
const ANYBODYS: &str = "private, no-cache";
const NOBODYS: &str = "no-store";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Fails unless an answer has the headers of safety, its way of being kept, its type, and `more` and nothing else beside what
/// transports it.
#[track_caller]
fn says(what: &str, got: &Got, status: u16, kind: &str, kept: &str, more: &[&str]) {
    assert_eq!(got.status, status, "{what}: {}", got.text().chars().take(500).collect::<String>());
    for (name, value) in SAFETY {
        if !more.contains(&name) {
            assert_eq!(got.header(name), value, "{what}: {name}");
        }
    }
    assert_eq!(got.header("content-type"), kind, "{what}");
    assert_eq!(got.header("cache-control"), kept, "{what}");
    let transport = ["content-encoding", "content-length", "date", "transfer-encoding", "vary"];
    let safety = SAFETY.map(|(name, _)| name);
    let own = ["content-type", "cache-control"].into_iter().filter(|name| !got.header(name).is_empty());
    let wanted: BTreeSet<&str> = safety.into_iter().chain(own).chain(more.iter().copied()).collect();
    let there: BTreeSet<&str> = got.names().into_iter().filter(|name| !transport.contains(name)).collect();
    assert_eq!(there, wanted, "{what}");
}

/// A cookie is sent to nobody but this very host over TLS, and shown to no script.
#[track_caller]
fn is_bound(what: &str, got: &Got) {
    let cookies = got.all("set-cookie");
    assert!(!cookies.is_empty(), "{what} sets no cookie");
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain="), "{what}: {cookie}");
        for word in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(word), "{what}: {cookie} has no {word}");
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const PLAIN: &str = "text/plain; charset=utf-8";

#[test]
fn each_kind_of_answer_has_exactly_its_headers() {
    on_every_running(|place| async move {
        let program = place.start_with(&place.url, &["--behind-https"], None).await;
        let mut visitor = program.browser();
        // Made for anybody.
        let first = visitor.get("/").await;
        says("the first page", &first, 200, HTML, ANYBODYS, &["set-cookie", "x-request-id"]);
        is_bound("the first page", &first);
        says("a page", &visitor.get("/procedures").await, 200, HTML, ANYBODYS, &["x-request-id"]);
        says("no such page", &visitor.get("/nowhere").await, 404, HTML, ANYBODYS, &["x-request-id"]);
        says("to sign in", &visitor.get("/work").await, 303, "", ANYBODYS, &["location", "x-request-id"]);
        let style = visitor.get(&web::assets::href("app.css")).await;
        says("a style", &style, 200, "text/css; charset=utf-8", FOR_EVER, &[]);
        says("no such asset", &visitor.get("/assets/x/y.css").await, 404, "", NOBODYS, &[]);
        says("a list of the API", &visitor.get("/api/v1/procedures").await, 200, JSON, ANYBODYS, &["x-request-id"]);
        says("nobody at the API", &visitor.get("/api/v1/dossiers").await, 401, PROBLEM, ANYBODYS, &["x-request-id"]);
        let other = visitor.send("DELETE", "/api/v1/procedures", &[], b"").await;
        says("another method", &other, 405, PROBLEM, ANYBODYS, &["allow", "x-request-id"]);
        says("alive", &visitor.get("/healthz").await, 200, PLAIN, NOBODYS, &[]);
        says("ready", &visitor.get("/readyz").await, 200, PLAIN, NOBODYS, &[]);
        let no_host = visitor.get_with("/", &[("host", "b.vn")]).await;
        says("two hosts", &no_host, 400, PLAIN, NOBODYS, &[]);
        // Made for a person.
        visitor.get("/sign-in").await;
        let login = place.person(Role::Clerk).login.as_str();
        let signed = visitor.post("/sign-in", &[("login", login), ("password", crate::harness::PASSWORD)]).await;
        says("signing in", &signed, 303, "", ANYBODYS, &["location", "set-cookie", "x-request-id"]);
        is_bound("signing in", &signed);
        let mut clerk = visitor;
        says("a worklist", &clerk.get("/work").await, 200, HTML, NOBODYS, &["x-request-id"]);
        let (code, file) = received_with(&mut clerk, &place, "a.pdf", b"%PDF-1.4\n%%EOF\n").await;
        let done = clerk.get(&format!("/dossiers/{code}")).await;
        says("a dossier", &done, 200, HTML, NOBODYS, &["x-request-id"]);
        // A paper runs nothing, however it is opened; looked at, it may stand in a frame of ours.
        let paper = ["accept-ranges", "content-disposition", "content-security-policy", "etag", "x-request-id"];
        let (mut part, mut framed) = (paper.to_vec(), paper.to_vec());
        part.push("content-range");
        framed.push("x-frame-options");
        for (what, query, range, more) in [
            ("a paper to be saved", "", "", &paper[..]),
            ("a part of it", "", "bytes=0-3", &part),
            ("a paper looked at", "?view=1", "", &framed),
        ] {
            let asked = if range.is_empty() { Vec::new() } else { vec![("range", range)] };
            let got = clerk.get_with(&format!("{file}{query}"), &asked).await;
            let status = if range.is_empty() { 200 } else { 206 };
            says(what, &got, status, "application/pdf", "private, no-store", more);
            assert_eq!(got.header("content-security-policy"), web::safety::PAPER_SECURITY_POLICY, "{what}");
            assert_eq!(got.header("x-frame-options"), if query.is_empty() { "DENY" } else { "SAMEORIGIN" }, "{what}");
        }
        let csv = clerk.get("/work?tab=all&format=csv").await;
        says("an export", &csv, 200, "text/csv; charset=utf-8", NOBODYS, &["content-disposition", "x-request-id"]);
        let one = clerk.get(&format!("/api/v1/dossiers/{code}")).await;
        says("a dossier for programs", &one, 200, JSON, NOBODYS, &["x-request-id"]);
        let none = clerk.get("/api/v1/dossiers/H13.99.99-261125-9999").await;
        says("no such dossier", &none, 404, PROBLEM, NOBODYS, &["x-request-id"]);
        let forged =
            clerk.send("POST", "/sign-out", &[("content-type", "application/x-www-form-urlencoded")], b"").await;
        says("a form without its token", &forged, 403, HTML, NOBODYS, &["x-request-id"]);
        program.stop().await;
    });
}
