//! Over what notices go out, as the command line and the environment say. Secrets come from files or the environment, never from the
//! list of processes, and stand on no page.

use base::Fault;
use notices::Channels;
use notices::mail::{Mailer, Server};
use notices::sms::{Gateway, Http};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The password of the mail server's user, where no file holds it.
const PASSWORD: &str = "MOTCUA_MAIL_PASSWORD";

/// E-mail and short messages; each is off when not given.
#[derive(clap::Args, Debug, Default)]
pub struct Outgoing {
    /// Mail server that notices are handed to: `smtps://USER@HOST[:PORT]`, or `smtp://…` (STARTTLS; plain to this machine only).
    #[arg(long, env = "MOTCUA_MAIL_SMTP", requires_all = ["mail_from", "public_url"])]
    mail_smtp: Option<Server>,
    /// Sender of that mail: `motcua@tinh.gov.vn`, or `Name <motcua@tinh.gov.vn>`.
    #[arg(long, env = "MOTCUA_MAIL_FROM")]
    mail_from: Option<String>,
    /// File that holds the password of the mail server's user; else the environment's MOTCUA_MAIL_PASSWORD.
    #[arg(long, env = "MOTCUA_MAIL_PASSWORD_FILE", requires = "mail_smtp")]
    mail_password_file: Option<PathBuf>,
    /// Gateway of a provider of short messages, `https://sms.example.vn/v1/send`: takes POST {"to", "text", "id"} as JSON.
    #[arg(long, env = "MOTCUA_SMS_GATEWAY", requires_all = ["sms_token_file", "public_url"])]
    sms_gateway: Option<String>,
    /// File that holds the gateway's token.
    #[arg(long, env = "MOTCUA_SMS_TOKEN_FILE")]
    sms_token_file: Option<PathBuf>,
}

fn secret(path: &Path) -> Result<String, Fault> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Fault::internal(format!("{}: {error}", path.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Outgoing {
    /// The channels that were asked for. `url`: the address the site is known by.
    ///
    /// # Errors
    /// `Internal` for a file that cannot be read, or settings that cannot work together.
    pub fn channels(&self, url: Option<&web::PublicUrl>) -> Result<Channels, Fault> {
        let host = url.and_then(|url| url.as_str().split_once("://")).map_or("localhost", |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host);
        let mail = match (&self.mail_smtp, &self.mail_from) {
            (Some(server), Some(from)) => {
                let password = match &self.mail_password_file {
                    Some(path) => Some(secret(path)?),
                    None => std::env::var(PASSWORD).ok(),
                };
                Some(Mailer::new(server, from, password.as_deref(), host)?)
            }
            _ => None,
        };
        let sms = match (&self.sms_gateway, &self.sms_token_file) {
            (Some(url), Some(token)) => Some(Arc::new(Http::new(url, &secret(token)?)?) as Arc<dyn Gateway>),
            _ => None,
        };
        Ok(Channels { mail, sms })
    }
}
