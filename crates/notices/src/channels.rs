//! The channels beside the portal, as they are set up where the program is put together. What is not set up is off, and says so.

use crate::mail::Mailer;
use crate::sms::Gateway;
use identity::Vault;
use std::sync::Arc;
use web::App;

/// A channel beside the portal's box, which is always used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Mail,
    Sms,
}
base::closed_list!(Channel, { Mail => "mail", Sms => "sms" });

impl Channel {
    /// The job that sends over it: a queue of its own, so that one that is down holds up nothing else.
    pub const fn job(self) -> &'static str {
        match self {
            Channel::Mail => "mail.send",
            Channel::Sms => "sms.send",
        }
    }
}

/// What is set up.
#[derive(Clone, Default)]
pub struct Channels {
    pub mail: Option<Mailer>,
    pub sms: Option<Arc<dyn Gateway>>,
}

impl Channels {
    /// As the application has them; none where nothing was put there.
    pub fn of(app: &App) -> Channels {
        app.get::<Channels>().map(|channels| channels.as_ref().clone()).unwrap_or_default()
    }

    /// Whether anything can be sent over a channel.
    pub fn is_on(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
        }
    }
}

/// Opens addresses; a closed one where there is no key.
pub(crate) fn vault(app: &App) -> Vault {
    app.get::<identity::Settings>().map_or_else(Vault::closed, |settings| settings.vault.clone())
}

/// Why something was not sent: a word of ours, and a number of the other side. Never its text, which may hold an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// Trying again may help.
    Later(String),
    /// The other side will not have it.
    Refused(String),
}
