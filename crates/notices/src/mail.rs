//! E-mail over SMTP.

use crate::channels::NotSent;
use crate::message::Letter;
use base::{Fault, Instant, Lang};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// A server that says nothing for so long is down; the job is tried again.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where mail is handed in: `smtps://[USER@]HOST[:PORT]`, or `smtp://…`, which speaks TLS from the start of the conversation on
/// (STARTTLS) and goes without only to this machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    tls: bool,
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Server, String> {
        let no = || format!("{text}: not an address like smtps://user@mail.example.vn or smtp://localhost:25");
        let (scheme, rest) = text.split_once("://").ok_or_else(no)?;
        let tls = match scheme {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(no()),
        };
        let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, _)) if user.contains(':') => {
                return Err("a password does not belong into the address: use --mail-password-file".to_owned());
            }
            Some((user, place)) if !user.is_empty() => (Some(user.to_owned()), place),
            Some(_) => return Err(no()),
            None => (None, rest.trim_end_matches('/')),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| no())?)),
            None => (place, None),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if host.is_empty() || !host.chars().all(fits) {
            return Err(no());
        }
        Ok(Server { tls, user, host: host.to_owned(), port })
    }
}

impl Server {
    fn is_here(&self) -> bool {
        self.host == "localhost" || self.host.starts_with("127.")
    }
}

/// Hands mail to one server, from one address. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The part of a message's own id behind its @.
    host: String,
}

/// RFC 3834: nobody answers it, no machine writes back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What makes a message the same one when its job is done twice.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Names the thing told, not the person.
    pub key: &'a str,
    pub ordered_at: Instant,
}

impl Mailer {
    /// A mailer of `server`, from `from` (`motcua@tinh.gov.vn` or `Cổng dịch vụ công <motcua@tinh.gov.vn>`). `hello`: the name this
    /// machine gives itself.
    ///
    /// # Errors
    /// `Internal` for a sender that is no address, a user without a password, or a server name TLS cannot check.
    pub fn new(server: &Server, from: &str, password: Option<&str>, hello: &str) -> Result<Mailer, Fault> {
        let from: Mailbox = from.parse().map_err(|_| Fault::internal(format!("{from}: not a sender's address")))?;
        type Smtp = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match (server.tls, server.is_here()) {
            (true, _) => Smtp::relay(&server.host).map_err(Fault::internal)?,
            (false, false) => Smtp::starttls_relay(&server.host).map_err(Fault::internal)?,
            // What does not leave this machine needs no secrecy.
            (false, true) => Smtp::builder_dangerous(&server.host),
        };
        let mut builder = builder.timeout(Some(TIMEOUT)).hello_name(ClientId::Domain(hello.to_owned()));
        if let Some(port) = server.port {
            builder = builder.port(port);
        }
        match (&server.user, password) {
            (Some(user), Some(password)) => {
                builder = builder.credentials(Credentials::new(user.clone(), password.to_owned()));
            }
            (Some(_), None) => return Err(Fault::internal("the mail server's user has no password")),
            (None, _) => {}
        }
        let host = from.email.domain().to_owned();
        Ok(Mailer { transport: builder.build(), from, host })
    }

    fn message(&self, to: &str, letter: &Letter, lang: Lang, stamp: Stamp<'_>) -> Result<Message, NotSent> {
        let to: Address = to.parse().map_err(|_| NotSent::Refused("address".to_owned()))?;
        let seconds = u64::try_from(stamp.ordered_at.0 / 1000).unwrap_or_default();
        let id = short_hash(stamp.key);
        let parts = MultiPart::alternative()
            .boundary(format!("=_{id}"))
            .singlepart(SinglePart::plain(letter.text()))
            .singlepart(SinglePart::html(letter.html(lang)));
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{id}@{}>", self.host)))
            .header(AutoSubmitted)
            .multipart(parts)
            .map_err(|_| NotSent::Refused("message".to_owned()))
    }

    /// Sends one message.
    ///
    /// # Errors
    /// [`NotSent`], without anything the server wrote but its number.
    pub async fn send(&self, to: &str, letter: &Letter, lang: Lang, stamp: Stamp<'_>) -> Result<(), NotSent> {
        let message = self.message(to, letter, lang, stamp)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| judged(&error))
    }
}

/// What went wrong, in a word and a number.
fn judged(error: &SmtpError) -> NotSent {
    let Some(code) = error.status().map(|code| code.to_string()) else {
        let word = match error {
            error if error.is_timeout() => "timeout",
            error if error.is_tls() => "tls",
            _ => "connection",
        };
        return NotSent::Later(word.to_owned());
    };
    // Signing in and "use TLS first" (530–538) are about this office's settings, not about who is written to.
    match code.as_str() {
        login if login.starts_with("53") => NotSent::Later(format!("login:{code}")),
        _ if error.is_permanent() => NotSent::Refused(format!("refused:{code}")),
        _ => NotSent::Later(format!("later:{code}")),
    }
}

/// Half a SHA-256, in hexadecimal digits: names a thing without saying it.
pub(crate) fn short_hash(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_and_a_password_in_its_address_is_not_taken() {
        let server: Server = "smtps://motcua@tinh.gov.vn@mail.tinh.gov.vn:465".parse().unwrap();
        assert_eq!((server.tls, server.user.as_deref(), server.port), (true, Some("motcua@tinh.gov.vn"), Some(465)));
        assert_eq!(server.host, "mail.tinh.gov.vn");
        assert!("smtp://localhost:2525".parse::<Server>().unwrap().is_here());
        for wrong in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://a:b@mail.example",
            "smtp://mail.example:x",
            "smtp://@m",
        ] {
            assert!(wrong.parse::<Server>().is_err(), "{wrong}");
        }
        let server: Server = "smtps://u@mail.example".parse().unwrap();
        assert!(Mailer::new(&server, "a@b.vn", None, "motcua.example").is_err(), "a user without a password");
        assert!(Mailer::new(&server, "nobody", Some("x"), "motcua.example").is_err(), "no sender");
    }

    #[test]
    fn the_same_notice_is_the_same_message_byte_for_byte() {
        let mailer = Mailer::new(&"smtp://localhost".parse().unwrap(), "Cổng <a@tinh.gov.vn>", None, "x").unwrap();
        let letter = Letter {
            subject: "Hồ sơ: Đã tiếp nhận".into(),
            lines: vec!["Kính gửi".into()],
            link: "https://motcua.example/my/A".into(),
            foot: "Tự động".into(),
            short: String::new(),
        };
        let made = |key: &str| {
            let stamp = Stamp { key, ordered_at: Instant(1_795_572_000_000) };
            String::from_utf8(mailer.message("b@c.vn", &letter, Lang::Vi, stamp).unwrap().formatted()).unwrap()
        };
        assert_eq!(made("mail:1:2:3"), made("mail:1:2:3"));
        assert_ne!(made("mail:1:2:3"), made("mail:1:3:3"));
        let text = made("mail:1:2:3");
        for line in ["Auto-Submitted: auto-generated", "Message-ID: <", "Subject: =?utf-8?b?", "multipart/alternative"]
        {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
