//! Short messages through a port: a provider's gateway over HTTP, and a stand-in that keeps them in memory.

use crate::channels::NotSent;
use base::Fault;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A gateway that says nothing for so long is down; the job is tried again.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of the answer nothing but the status counts; so much of it is read so that the gateway can finish.
const ANSWER_MAX: usize = 64 * 1024;

/// Hands short messages on. `key` names the message: a gateway that is given it twice sends once.
pub trait Gateway: Send + Sync {
    /// Sends one message to a number as people dial it in the country (`0912345678`).
    fn send<'a>(&'a self, to: &'a str, text: &'a str, key: &'a str) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// Keeps what it is given: for tests and rehearsals.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<Vec<(String, String)>>);

impl InMemory {
    /// Number and text of each message, in order.
    pub fn sent(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
}

impl Gateway for InMemory {
    fn send<'a>(&'a self, to: &'a str, text: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), NotSent>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((to.to_owned(), text.to_owned()));
        Box::pin(async { Ok(()) })
    }
}

/// A provider's gateway that takes `POST {"to", "text", "id"}` as JSON with a bearer token. Over https, or to this machine.
pub struct Http {
    tls: Option<TlsConnector>,
    host: String,
    port: u16,
    path: String,
    token: String,
}

impl Http {
    /// A gateway at an address, `https://sms.example.vn/v1/send`.
    ///
    /// # Errors
    /// `Internal` for an address of another kind; http to another machine would show numbers and token on the way.
    pub fn new(url: &str, token: &str) -> Result<Http, Fault> {
        let no = || Fault::internal(format!("{url}: not an address like https://sms.example.vn/v1/send"));
        let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(no()),
        };
        let (place, path) =
            rest.split_once('/').map_or((rest, String::new()), |(place, path)| (place, path.to_owned()));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| no())?),
            None => (place, if tls { 443 } else { 80 }),
        };
        let is_here = host == "localhost" || host.starts_with("127.");
        if host.is_empty() || place.contains('@') || !(tls || is_here) || token.chars().any(char::is_control) {
            return Err(no());
        }
        Ok(Http {
            tls: tls.then(connector).transpose()?,
            host: host.to_owned(),
            port,
            path: format!("/{path}"),
            token: token.to_owned(),
        })
    }

    async fn post(&self, body: String) -> Result<StatusCode, Broken> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        match &self.tls {
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone()).map_err(|_| Broken)?;
                self.talk(tls.connect(name, stream).await?, body).await
            }
            None => self.talk(stream, body).await,
        }
    }

    async fn talk<S>(&self, stream: S, body: String) -> Result<StatusCode, Broken>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the sender.
        let driven = tokio::spawn(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| Broken)?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        // What it says may hold the number: read to its end, and let go.
        let _ = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
        driven.abort();
        Ok(status)
    }
}

/// The conversation came to nothing.
struct Broken;

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Broken {
        Broken
    }
}

impl From<hyper::Error> for Broken {
    fn from(_: hyper::Error) -> Broken {
        Broken
    }
}

fn connector() -> Result<TlsConnector, Fault> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Fault::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// 2xx is sent; what only the office can mend (401, 403, 404), what passes (408, 429) and what is the gateway's own trouble (5xx) is tried
/// again; any other answer is about this message.
fn judged(status: StatusCode) -> Result<(), NotSent> {
    match status.as_u16() {
        200..=299 => Ok(()),
        code @ (401 | 403) => Err(NotSent::Later(format!("login:{code}"))),
        code @ (404 | 408 | 429 | 500..) => Err(NotSent::Later(format!("later:{code}"))),
        code => Err(NotSent::Refused(format!("refused:{code}"))),
    }
}

impl Gateway for Http {
    fn send<'a>(&'a self, to: &'a str, text: &'a str, key: &'a str) -> BoxFuture<'a, Result<(), NotSent>> {
        let body = serde_json::json!({ "to": to, "text": text, "id": key }).to_string();
        Box::pin(async move {
            match tokio::time::timeout(TIMEOUT, self.post(body)).await {
                Ok(Ok(status)) => judged(status),
                Ok(Err(Broken)) => Err(NotSent::Later("connection".to_owned())),
                Err(_) => Err(NotSent::Later("timeout".to_owned())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    #[test]
    fn numbers_and_token_leave_this_machine_under_tls_only() {
        assert!(Http::new("https://sms.example.vn/v1/send", "t").is_ok());
        assert!(Http::new("http://127.0.0.1:9/", "t").is_ok());
        for wrong in [
            "http://sms.example.vn/",
            "ftp://x",
            "sms.example.vn",
            "https://",
            "https://u@sms.example.vn/",
            "https://h:x/",
        ] {
            assert!(Http::new(wrong, "t").is_err(), "{wrong}");
        }
        assert!(Http::new("https://sms.example.vn/", "a\r\nX: y").is_err());
    }

    /// A gateway that answers with one status, and what it was told.
    async fn gateway(status: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/send", listener.local_addr().unwrap());
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut heard, mut bytes) = (String::new(), [0; 4096]);
            while !heard.contains('}') {
                let n = stream.read(&mut bytes).await.unwrap();
                heard.push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.unwrap();
            heard
        });
        (url, heard)
    }

    #[tokio::test]
    async fn a_message_goes_as_json_with_its_token_and_its_own_name() {
        let (url, heard) = gateway("202 Accepted").await;
        Http::new(&url, "bi-mat").unwrap().send("0912345678", "Ho so", "sms:1:2").await.unwrap();
        let heard = heard.await.unwrap();
        assert!(heard.starts_with("POST /v1/send HTTP/1.1\r\n"), "{heard}");
        assert!(heard.contains("authorization: Bearer bi-mat\r\n"), "{heard}");
        let body: serde_json::Value = serde_json::from_str(heard.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({ "to": "0912345678", "text": "Ho so", "id": "sms:1:2" }));
    }

    #[tokio::test]
    async fn a_number_it_will_not_have_is_refused_and_trouble_is_tried_again() {
        for (status, wanted) in [
            ("422 Unprocessable", NotSent::Refused("refused:422".into())),
            ("503 Busy", NotSent::Later("later:503".into())),
            ("401 Who", NotSent::Later("login:401".into())),
        ] {
            let (url, _heard) = gateway(status).await;
            assert_eq!(Http::new(&url, "t").unwrap().send("09", "x", "k").await, Err(wanted));
        }
        let nobody = Http::new("http://127.0.0.1:1/", "t").unwrap();
        assert_eq!(nobody.send("09", "x", "k").await, Err(NotSent::Later("connection".into())));
    }
}
