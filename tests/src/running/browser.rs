//! A browser over a socket of its own: keeps the connection, cookies and the page's token, takes compressed answers.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::PASSWORD;

/// No answer takes this long.
const ANSWER_MAX: Duration = Duration::from_secs(40);

pub struct Browser {
    address: SocketAddr,
    stream: Option<TcpStream>,
    cookies: BTreeMap<String, String>,
    csrf: String,
    once: String,
    /// Connections opened so far.
    pub connections: usize,
}

/// An answer.
pub struct Got {
    pub status: u16,
    headers: Vec<(String, String)>,
    /// Without the compression of its transport.
    pub bytes: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of a header that may come several times.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The names of all headers.
    pub fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Got {
        assert_eq!(self.status, status, "{}", self.text().chars().take(3000).collect::<String>());
        self
    }

    /// What stands between two pieces of the page.
    pub fn between(&self, before: &str, after: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(before)?;
        rest.split_once(after).map(|(inner, _)| inner.to_owned())
    }
}

impl Browser {
    pub fn new(address: SocketAddr) -> Browser {
        Browser {
            address,
            stream: None,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            once: String::new(),
            connections: 0,
        }
    }

    /// Another window of the same person: the same cookies and page, a connection of its own.
    pub fn window(&self) -> Browser {
        let mut other = Browser::new(self.address);
        other.cookies.clone_from(&self.cookies);
        other.csrf.clone_from(&self.csrf);
        other.once.clone_from(&self.once);
        other
    }

    pub async fn get(&mut self, path: &str) -> Got {
        self.send("GET", path, &[], b"").await
    }

    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.send("GET", path, headers, b"").await
    }

    /// Sends the form of the page last seen, with its hidden fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let (csrf, once) = (self.csrf.clone(), self.once.clone());
        let mut all = vec![("_csrf", csrf.as_str()), ("_once", once.as_str())];
        all.extend_from_slice(fields);
        let body = serde_urlencoded::to_string(&all).expect("form");
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes()).await
    }

    /// The same with files: (field, name, bytes).
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Got {
        // Each sending has its own boundary, as browsers do.
        let edge = format!("----edge{}", web::safety::random_token().replace(['-', '_'], "x"));
        let (csrf, once) = (self.csrf.clone(), self.once.clone());
        let mut body = Vec::new();
        for (name, value) in [("_csrf", csrf.as_str()), ("_once", once.as_str())].iter().chain(fields) {
            let part = format!("--{edge}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, bytes) in files {
            let head =
                format!("--{edge}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{edge}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={edge}");
        self.send("POST", path, &[("content-type", &kind)], &body).await
    }

    pub async fn post_json(&mut self, path: &str, body: &serde_json::Value, more: &[(&str, &str)]) -> Got {
        let csrf = self.csrf.clone();
        let mut headers =
            vec![("content-type", "application/json"), ("accept", "application/json"), ("x-csrf-token", &csrf)];
        headers.extend_from_slice(more);
        self.send("POST", path, &headers, body.to_string().as_bytes()).await
    }

    pub async fn sign_in(&mut self, login: &str) {
        self.get("/sign-in").await.is(200);
        self.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await.is(303);
        self.get("/account").await.is(200);
    }

    /// Any request, on the connection that is open when there is one.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Got {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip, deflate, br\r\n", self.address);
        if !cookies.is_empty() {
            head.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if method != "GET" && method != "HEAD" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        let got = tokio::time::timeout(ANSWER_MAX, self.exchange(&bytes, method == "HEAD")).await;
        let got = got.unwrap_or_else(|_| panic!("no answer to {method} {path}"));
        for (_, value) in got.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(value);
        }
        if let Some(csrf) = got.between("name=\"_csrf\" value=\"", "\"") {
            self.csrf = csrf;
        }
        if let Some(once) = got.between("name=\"_once\" value=\"", "\"") {
            self.once = once;
        }
        got
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

    /// A kept connection may have been closed meanwhile: then once more on a new one, as browsers do.
    async fn exchange(&mut self, bytes: &[u8], is_head: bool) -> Got {
        if let Some(stream) = self.stream.as_mut()
            && let Some(got) = answer(stream, bytes, is_head).await
        {
            return self.done(got);
        }
        self.connections += 1;
        let stream = TcpStream::connect(self.address).await.expect("a connection");
        let got = answer(self.stream.insert(stream), bytes, is_head).await.expect("a whole answer");
        self.done(got)
    }

    fn done(&mut self, got: Got) -> Got {
        if got.header("connection") == "close" {
            self.stream = None;
        }
        got
    }
}

/// None when the connection ends before the answer does.
async fn answer(stream: &mut TcpStream, bytes: &[u8], is_head: bool) -> Option<Got> {
    stream.write_all(bytes).await.ok()?;
    let mut buffer = Vec::new();
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut buffer).await?;
    };
    let rest = buffer.split_off(head_end + 4);
    let head = String::from_utf8(buffer).ok()?;
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let raw = if is_head || status == 304 || status == 204 {
        assert!(rest.is_empty(), "an answer without a body has one");
        rest
    } else if header("transfer-encoding") == Some("chunked") {
        chunks(stream, rest).await?
    } else {
        let length: usize = header("content-length").expect("a length or chunks").parse().ok()?;
        let mut body = rest;
        while body.len() < length {
            more(stream, &mut body).await?;
        }
        assert_eq!(body.len(), length, "more came than was announced");
        body
    };
    let plain = if header("content-encoding") == Some("gzip") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&raw[..]).read_to_end(&mut plain).expect("gzip");
        plain
    } else {
        raw
    };
    Some(Got { status, headers, bytes: plain })
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    match stream.read_buf(buffer).await {
        Ok(1..) => Some(()),
        _ => None,
    }
}

async fn chunks(stream: &mut TcpStream, mut buffer: Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = loop {
            if let Some(at) = buffer.windows(2).position(|two| two == b"\r\n") {
                break at;
            }
            more(stream, &mut buffer).await?;
        };
        let size = usize::from_str_radix(std::str::from_utf8(&buffer[..line_end]).ok()?.trim(), 16).ok()?;
        buffer.drain(..line_end + 2);
        while buffer.len() < size + 2 {
            more(stream, &mut buffer).await?;
        }
        body.extend(buffer.drain(..size));
        buffer.drain(..2);
        if size == 0 {
            return Some(body);
        }
    }
}
