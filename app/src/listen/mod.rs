//! The service's door: who may come in, how many at a time, and how long each may take to say what is wanted.
//!
//! A connection that only waits costs an attacker nothing, so waiting is bounded (see [`line`]) and never keeps anybody out:
//! when the house is full, the one that has waited longest makes room for who comes next. Those being served are not sent
//! away; when all are being served, a few more are told so (`/healthz` answers them as ever).

mod book;
mod line;
mod pace;
pub mod tls;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use book::{Book, Bounds, Seat};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use line::Line;
use pace::{Answering, Lent, Paced, Watched};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// The head of a request, cookies and a long address in it. Larger ones are answered 431.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// What is being answered when the process is told to stop has so long; then connections are cut.
const STOP_MS: u64 = 20_000;
/// A request whose head is still coming in then has so long.
const STOP_HEAD_MS: u64 = 2_000;
/// What may lie in the system's buffer of one connection, bytes. The system lets more be written when a third of it is free, so that
/// a bound is also how small a progress can be seen: with megabytes, somebody who loads slowly looks like somebody who is gone.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// No request is larger: the files of one form and what stands around them.
const BODY_BYTES_MAX: u64 = web::limits::UPLOAD_REQUEST_BYTES_MAX + 4 * 1024 * 1024;
/// How often each connection is looked at.
const TICK: Duration = Duration::from_millis(1_000);
/// After a failure to accept (no descriptor is free): others are given time to go.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How the door stands.
#[derive(Clone, Default)]
pub struct Door {
    /// Speaks TLS itself.
    pub tls: Option<TlsAcceptor>,
    /// All connections come from a proxy of ours: no bound for one address.
    pub behind_proxy: bool,
    /// People reach us over TLS, ours or the proxy's.
    pub https: bool,
}

/// Serves until `stop` is ready, then finishes what was begun, at most [`STOP_MS`].
pub async fn serve(listener: TcpListener, router: Router, door: Door, stop: impl Future<Output = ()>) {
    let book = Arc::new(Book::new(Bounds::of_this_process(door.behind_proxy)));
    let (told, hear) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Beyond the last reserve nothing can be said.
                    let Some(seat) = book.enter(peer.ip()) else { continue };
                    prepare(&stream);
                    tasks.spawn(attend(stream, peer, seat, router.clone(), door.clone(), hear.clone()));
                }
                Err(error) => {
                    if let Some(times) = web::calm::lines("accept") {
                        tracing::warn!(%error, times, "a connection could not be accepted");
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    let _ = told.send(true);
    let finished = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_millis(STOP_MS), finished).await.is_err() {
        tracing::warn!(connections = tasks.len(), "cut what was not finished in time");
        tasks.shutdown().await;
    }
}

/// How a connection's bytes go out. What the system does not let us choose stays as it is.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    #[cfg(unix)]
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES);
}

/// One connection from its first byte to its last.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    router: Router,
    door: Door,
    mut hear: watch::Receiver<bool>,
) {
    let line = seat.line();
    let hello = Duration::from_millis(line::HEAD_MS_MAX);
    let stream = tokio::select! {
        greeted = tokio::time::timeout(hello, tls::greet(stream, door.tls.as_ref())) => match greeted {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) | Err(_) => return,
        },
        () = line.told_to_go() => return,
        _ = hear.changed() => return,
    };
    let service = {
        let line = line.clone();
        service_fn(move |request| answer(router.clone(), peer, door.https, line.clone(), request))
    };
    let io = TokioIo::new(Watched::new(stream, line.clone()));
    let mut builder = http1::Builder::new();
    builder.max_header_size(HEADER_BYTES_MAX).header_read_timeout(None);
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut tick = tokio::time::interval(TICK);
    let mut stopping = None;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = line.told_to_go() => return,
            _ = tick.tick() => {
                let cut_head = stopping.is_some_and(|at: tokio::time::Instant| {
                    !line.is_served() && at.elapsed() >= Duration::from_millis(STOP_HEAD_MS)
                });
                if cut_head || line.is_overdue() {
                    return;
                }
            }
            _ = hear.changed(), if stopping.is_none() => {
                stopping = Some(tokio::time::Instant::now());
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// One request.
async fn answer(
    router: Router,
    peer: SocketAddr,
    https: bool,
    line: Arc<Line>,
    request: Request<Incoming>,
) -> Result<Response<Answering>, Infallible> {
    line.served();
    let mut response = match refusal(&request, line.is_extra()) {
        Some(response) => response,
        None => {
            let (mut parts, body) = request.into_parts();
            parts.extensions.insert(ConnectInfo(peer));
            let (body, rest) = Lent::new(Paced::new(body));
            let request = Request::from_parts(parts, Body::new(body));
            let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
            pace::finish(rest).await;
            response
        }
    };
    web::safety::add_headers(response.headers_mut(), https);
    // What nobody said how to keep is not kept.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Ok(response.map(|body| Answering::new(body, line)))
}

/// What is not put before the router at all.
fn refusal<B>(request: &Request<B>, extra: bool) -> Option<Response<Body>> {
    let watches = matches!(request.uri().path(), "/healthz" | "/readyz");
    if extra && request.uri().path() != "/healthz" {
        let mut full = plain(StatusCode::SERVICE_UNAVAILABLE, "too many connections, try again\n");
        full.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        full.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return Some(full);
    }
    // RFC 9112, 3.2: exactly one Host, and it is one. Those who watch over us may speak HTTP/1.0 without it.
    let host = web::safety::host(request.headers());
    let is_old = request.version() == Version::HTTP_10;
    let absent = is_old && watches && !request.headers().contains_key(header::HOST);
    let agrees = request.uri().authority().is_none_or(|named| Some(named.as_str()) == host);
    if (host.is_none() && !absent) || !agrees {
        return Some(plain(StatusCode::BAD_REQUEST, "exactly one valid Host header is needed\n"));
    }
    // RFC 9112, 6.1: two lengths are a request smuggled past somebody who believes the other one.
    let headers = request.headers();
    if headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH) {
        return Some(plain(StatusCode::BAD_REQUEST, "Transfer-Encoding and Content-Length exclude each other\n"));
    }
    // What is announced as larger than anything taken here is not waited for, nor asked to go on (`Expect: 100-continue`).
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Some(plain(StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than 64 MB\n"));
    }
    None
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: axum::http::request::Builder, extra: bool) -> Option<u16> {
        refusal(&request.body(()).unwrap(), extra).map(|response| response.status().as_u16())
    }

    #[test]
    fn a_request_has_exactly_one_host_and_says_it_once() {
        let get = |uri: &str| Request::get(uri);
        assert_eq!(status(get("/").header("host", "a.vn:8080"), false), None);
        assert_eq!(status(get("http://a.vn/").header("host", "a.vn"), false), None);
        assert_eq!(status(get("/"), false), Some(400));
        assert_eq!(status(get("/healthz"), false), Some(400));
        assert_eq!(status(get("/").header("host", "a.vn").header("host", "b.vn"), false), Some(400));
        assert_eq!(status(get("/").header("host", "a.vn/x"), false), Some(400));
        assert_eq!(status(get("http://b.vn/").header("host", "a.vn"), false), Some(400));
        assert_eq!(status(get("/healthz").version(Version::HTTP_10), false), None);
        assert_eq!(status(get("/").version(Version::HTTP_10), false), Some(400));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn little_lies_in_the_systems_buffer_so_that_slow_progress_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        prepare(&stream);
        // Linux doubles what it is asked for, for its own books.
        let bytes = rustix::net::sockopt::socket_send_buffer_size(&stream).unwrap();
        assert!((SEND_BUFFER_BYTES..=2 * SEND_BUFFER_BYTES).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_request_says_its_length_once_and_a_giant_is_not_waited_for() {
        let post = || Request::post("/intake").header("host", "a.vn");
        assert_eq!(status(post().header("content-length", "60000000"), false), None);
        assert_eq!(status(post().header("content-length", "1000000000"), false), Some(413));
        assert_eq!(status(post().header("transfer-encoding", "chunked"), false), None);
        let both = post().header("transfer-encoding", "chunked").header("content-length", "5");
        assert_eq!(status(both, false), Some(400));
    }

    #[test]
    fn beyond_the_bound_only_the_question_whether_we_live_is_answered() {
        assert_eq!(status(Request::get("/healthz").header("host", "a.vn"), true), None);
        assert_eq!(status(Request::get("/").header("host", "a.vn"), true), Some(503));
    }
}
