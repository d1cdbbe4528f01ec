//! Who may come in, and that nobody who only waits keeps others out.

use std::time::{Duration, Instant};

use base::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::bodies::received_with;
use super::{Place, Program, places};
use crate::harness::run;

/// So many connections that began a request and never end it; those that cannot be opened are left out.
async fn half_open(program: &Program, count: usize) -> Vec<TcpStream> {
    let mut all = Vec::new();
    for _ in 0..count {
        let Ok(mut stream) = TcpStream::connect(program.address).await else { break };
        let _ = stream.write_all(b"GET /work HTTP/1.1\r\nHost: motcua.test\r\nX-Wait").await;
        all.push(stream);
    }
    all
}

/// What the server says to raw bytes until it closes the connection or has said enough.
async fn said(program: &Program, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(program.address).await.expect("a connection");
    stream.write_all(bytes).await.expect("written");
    let mut text = String::new();
    let mut piece = [0; 1024];
    while let Ok(Ok(n @ 1..)) = tokio::time::timeout(Duration::from_secs(15), stream.read(&mut piece)).await {
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
        if text.contains("\r\n\r\n") {
            break;
        }
    }
    text
}

async fn counter_works_beside(place: &Place, program: &Program, waiting: usize) {
    let held = half_open(program, waiting).await;
    assert!(held.len() > waiting / 2, "{}", held.len());
    let began = Instant::now();
    let mut clerk = program.signed_in(place, Role::Clerk).await;
    for n in 0..3 {
        let more = half_open(program, waiting / 10).await;
        received_with(&mut clerk, place, "a.pdf", format!("%PDF-1.4\n{n}\n%%EOF\n").as_bytes()).await;
        program.browser().get("/healthz").await.is(200);
        program.browser().get("/readyz").await.is(200);
        drop(more);
    }
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    drop(held);
}

#[test]
fn half_open_requests_by_the_thousand_do_not_keep_the_counter_waiting() {
    run(async {
        let place = places().await.remove(0);
        let program = place.start().await;
        counter_works_beside(&place, &program, 2_000).await;
        program.stop().await;
        // Few descriptors: the house is small, and still nobody is kept out by who only waits.
        let program = place.start_with(&place.url, &[], Some(256)).await;
        counter_works_beside(&place, &program, 300).await;
        program.stop().await;
    });
}

#[test]
fn the_program_ends_in_time_whatever_clients_do() {
    run(async {
        let place = places().await.remove(0);
        let program = place.start().await;
        let held = half_open(&program, 50).await;
        let silent = TcpStream::connect(program.address).await.expect("a connection");
        let mut slow = TcpStream::connect(program.address).await.expect("a connection");
        let head = "POST /sign-in HTTP/1.1\r\nHost: motcua.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\n_csrf=";
        slow.write_all(head.as_bytes()).await.expect("written");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let took = program.stop().await;
        assert!(took < Duration::from_secs(30), "{took:?}");
        drop((held, silent, slow));
    });
}

#[test]
fn a_head_that_does_not_end_and_silence_are_cut_off() {
    run(async {
        let place = places().await.remove(0);
        let program = place.start().await;
        let began = Instant::now();
        let silent = TcpStream::connect(program.address).await.expect("a connection");
        let mut all = half_open(&program, 1).await;
        all.push(silent);
        for mut stream in all {
            let mut piece = [0; 64];
            let end = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut piece)).await.expect("an end");
            assert!(matches!(end, Ok(0) | Err(_)), "cut off without a word");
        }
        assert!(began.elapsed() > Duration::from_secs(8), "whoever is slow has his ten seconds: {:?}", began.elapsed());
        program.stop().await;
    });
}

#[test]
fn a_request_has_one_valid_host_and_a_head_of_reasonable_size() {
    run(async {
        let place = places().await.remove(0);
        let program = place.start_with(&place.url, &["--public-url", "http://mot-cua.vn:8443"], None).await;
        for wrong in ["", "Host: a.vn\r\nHost: b.vn\r\n", "Host: a.vn/x\r\n", "Host: \r\n", "Host: a vn\r\n"] {
            let answer = said(&program, format!("GET / HTTP/1.1\r\n{wrong}\r\n").as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{wrong:?}: {answer}");
        }
        let long = format!("GET / HTTP/1.1\r\nHost: a.vn\r\nX-Long: {}\r\n\r\n", "x".repeat(500_000));
        let answer = said(&program, long.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
        let fits = format!("GET /healthz HTTP/1.1\r\nHost: a.vn\r\nX-Long: {}\r\n\r\n", "x".repeat(20_000));
        assert!(said(&program, fits.as_bytes()).await.starts_with("HTTP/1.1 200 "));
        assert!(said(&program, b"GET /healthz HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 200 "));
        // What is printed names the site as configured, whatever the request says.
        let mut clerk = program.signed_in(&place, Role::Clerk).await;
        let (code, _) = received_with(&mut clerk, &place, "a.pdf", b"%PDF-1.4\n%%EOF\n").await;
        let slip = clerk.get(&format!("/dossiers/{code}/slip")).await;
        assert!(slip.is(200).text().contains(&format!("http://mot-cua.vn:8443/track?code={code}")));
        program.stop().await;
    });
}

#[test]
fn an_early_refusal_reaches_whoever_is_still_sending() {
    run(async {
        let place = places().await.remove(0);
        let program = place.start().await;
        let mut stream = TcpStream::connect(program.address).await.expect("a connection");
        // The kind of body is refused by the head alone; the body comes a moment later, and then the next request.
        let head =
            "POST /sign-in HTTP/1.1\r\nHost: motcua.test\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("written");
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(&[b'x'; 5000]).await.expect("still open");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: motcua.test\r\nConnection: close\r\n\r\n")
            .await
            .expect("still open");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("both answers");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("HTTP/1.1 415 ") && text.contains("HTTP/1.1 200 "), "{text}");
        let giant = "POST /intake HTTP/1.1\r\nHost: a.vn\r\nExpect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n";
        assert!(said(&program, giant.as_bytes()).await.starts_with("HTTP/1.1 413 "));
        program.stop().await;
    });
}

#[test]
fn the_program_speaks_tls_itself() {
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
    run(async {
        let place = places().await.remove(0);
        let (cert, key) = (place.dir().join("cert.pem"), place.dir().join("key.pem"));
        std::fs::write(&cert, include_str!("cert.pem")).unwrap();
        std::fs::write(&key, include_str!("key.pem")).unwrap();
        let (cert, key) = (cert.display().to_string(), key.display().to_string());
        let program = place.start_with(&place.url, &["--tls-cert", &cert, "--tls-key", &key], None).await;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(include_bytes!("cert.pem")).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(std::sync::Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        let ask = async |line: &str, more: &str, body: &str| {
            let stream = TcpStream::connect(program.address).await.unwrap();
            let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
            let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}");
            stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
            let mut text = Vec::new();
            let _ = stream.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        };
        let between = |text: &str, before: &str, after: &str| {
            let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
            rest.split_once(after).expect("its end").0.to_owned()
        };
        let text = ask("GET /sign-in", "", "").await;
        assert!(text.starts_with("HTTP/1.1 200 ") && text.contains("__Host-form="), "{text}");
        assert!(text.contains("strict-transport-security: ") && text.contains("; Secure"), "{text}");
        // Signing in: the session is a cookie that never leaves TLS.
        let visitor = between(&text, "set-cookie: ", ";");
        let token = between(&text, "name=\"_csrf\" value=\"", "\"");
        let login = &place.person(Role::Clerk).login;
        let fields = [("_csrf", token.as_str()), ("login", login), ("password", crate::harness::PASSWORD)];
        let form = serde_urlencoded::to_string(fields).unwrap();
        let kind = format!("Content-Type: application/x-www-form-urlencoded\r\nCookie: {visitor}\r\n");
        let text = ask("POST /sign-in", &kind, &form).await;
        assert!(text.starts_with("HTTP/1.1 303 ") && text.contains("strict-transport-security: "), "{text}");
        let cookies: Vec<&str> = text.lines().filter(|line| line.starts_with("set-cookie: ")).collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with("set-cookie: __Host-session=")), "{text}");
        assert!(cookies.iter().all(|cookie| cookie.contains("; Secure") && cookie.contains("; HttpOnly")), "{text}");
        // Words without TLS are not understood, and harm nobody.
        assert!(!said(&program, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.starts_with("HTTP/1.1 200"));
        program.stop().await;
    });
}
