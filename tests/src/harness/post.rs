//! A post office of a test's own: takes mail over SMTP on this machine, keeps what it is given, and can be shut.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    /// As it was sent, header and parts.
    pub raw: String,
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    shut: AtomicBool,
}

/// The post office; its listener lives as long as the test's runtime.
pub struct PostOffice {
    kept: Arc<Kept>,
    port: u16,
}

impl PostOffice {
    pub async fn open() -> PostOffice {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let kept = Arc::new(Kept::default());
        let for_all = kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if for_all.shut.load(Ordering::SeqCst) {
                    continue;
                }
                let kept = for_all.clone();
                tokio::spawn(async move {
                    // Whoever hangs up has said what there was to say.
                    let _ = serve(stream, &kept).await;
                });
            }
        });
        PostOffice { kept, port }
    }

    /// Takes nothing in, or takes mail in again.
    pub fn shut(&self, shut: bool) {
        self.kept.shut.store(shut, Ordering::SeqCst);
    }

    /// What came in, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.mails.lock().expect("mails").clone()
    }

    /// What came in for an address.
    pub fn mails_to(&self, to: &str) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.to == to).collect()
    }

    /// The program's way to it.
    pub fn mailer(&self) -> notices::mail::Mailer {
        let server = format!("smtp://127.0.0.1:{}", self.port).parse().expect("a server");
        let from = "Cổng dịch vụ công <motcua@cantho.example>";
        notices::mail::Mailer::new(&server, from, None, "motcua.example").expect("a mailer")
    }
}

async fn serve(stream: TcpStream, kept: &Kept) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 post.example\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-post.example\r\n250 8BITMIME\r\n".to_owned(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match to.starts_with("nobody@") {
                    true => format!("550 no such mailbox {to}\r\n"),
                    false => "250 ok\r\n".to_owned(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut raw = String::new();
                loop {
                    line.clear();
                    stream.read_line(&mut line).await?;
                    if line == ".\r\n" || line.is_empty() {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                kept.mails.lock().expect("mails").push(Mail { to: to.clone(), raw });
                "250 taken\r\n".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

impl Mail {
    /// A header's text, its encoded words read.
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.raw.split_once("\r\n\r\n").expect("a head");
        let unfolded = head.replace("\r\n ", " ");
        let line = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        // Blanks between two encoded words are none.
        let mut rest = line.unwrap_or_default().replace("?= =?", "?==?");
        let (mut text, mut bytes) = (String::new(), Vec::new());
        while let Some((before, word)) = rest.split_once("=?utf-8?b?") {
            if !before.is_empty() {
                text.push_str(&String::from_utf8_lossy(&std::mem::take(&mut bytes)));
                text.push_str(before);
            }
            let (word, after) = word.split_once("?=").expect("an encoded word");
            bytes.extend(base64(word));
            rest = after.to_owned();
        }
        text.push_str(&String::from_utf8_lossy(&bytes));
        text + &rest
    }

    /// Its parts in plain letters, one after the other.
    pub fn words(&self) -> String {
        let boundary = self.raw.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("parts");
        let mut all = String::new();
        for part in self.raw.split(&format!("--{boundary}")).skip(1) {
            let Some((head, body)) = part.split_once("\r\n\r\n") else { continue };
            let text = match head {
                head if head.contains("base64") => String::from_utf8_lossy(&base64(body)).into_owned(),
                head if head.contains("quoted-printable") => quoted_printable(body),
                _ => body.to_owned(),
            };
            all.push_str(&text);
        }
        all
    }
}

fn base64(text: &str) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    out
}

fn quoted_printable(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = (*first == b'=').then(|| more.get(..2)).flatten();
        match code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
