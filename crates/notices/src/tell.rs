//! From something ordered with an act to the box and the channels: one job puts it into the box and orders one job for each channel, in
//! one transaction.

use crate::channels::{Channel, Channels};
use crate::inbox::{self, Item};
use crate::topic::CONTACT;
use crate::wish::{self, Assigned};
use crate::{contact, store as sql};
use ::store::{StoreError, Tx, params};
use base::{Fault, Id, Instant};
use identity::Vault;
use jobs::NewJob;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Kind of what an official is told of work laid into their hands.
pub const ASSIGNED: &str = "assigned";

/// What is told, as it stands in a job. Ids and codes; no personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub topic: String,
    pub subject: Id,
    #[serde(default)]
    pub code: String,
    pub kind: String,
    /// Whose box it goes to; none for somebody without an account.
    pub account: Option<Id>,
    /// The number of the subject's event.
    #[serde(default)]
    pub n: i64,
    /// When it happened, in milliseconds.
    pub at: i64,
    /// Numbers that belong to it.
    #[serde(default)]
    pub said: Json,
}

impl Told {
    /// What [`records::tell`] ordered.
    ///
    /// # Errors
    /// `Internal` for a payload that is none.
    pub fn read(payload: &Json) -> Result<Told, Fault> {
        serde_json::from_value(payload.clone()).map_err(Fault::internal)
    }

    /// As it stands in the box, under an id.
    pub fn item(&self, id: Id) -> Item {
        Item {
            id,
            account: self.account,
            topic: self.topic.clone(),
            subject: self.subject,
            code: self.code.clone(),
            kind: self.kind.clone(),
            said: if self.said.is_null() { serde_json::json!({}) } else { self.said.clone() },
            at: Instant(self.at),
            read: false,
        }
    }
}

/// Whether somebody wants to be told of work laid into their hands; one look by key, for whoever acts.
///
/// # Errors
/// The database's.
pub async fn wants_assigned(tx: &Tx, account: Id) -> Result<bool, StoreError> {
    Ok(wish::of(tx, account).await?.assigned != Assigned::Off)
}

/// Puts what job `job` tells into the box, and orders a job for each channel that reaches the person. Repeating it changes nothing.
///
/// # Errors
/// The database's.
pub async fn deliver(
    tx: &Tx,
    (channels, vault): (&Channels, &Vault),
    job: i64,
    told: &Told,
    now: Instant,
) -> Result<(), Fault> {
    let Some(account) = told.account else {
        return stranger(tx, channels, told, now).await;
    };
    inbox::put(tx, account, &told.item(Id(job))).await?;
    if told.kind == ASSIGNED && wish::of(tx, account).await?.assigned != Assigned::Now {
        return Ok(());
    }
    let mut reached = false;
    for contact in contact::of(tx, vault, account).await?.iter().filter(|contact| contact.is_used()) {
        if channels.is_on(contact.channel) {
            order(tx, contact.channel, told, now).await?;
            reached = true;
        }
    }
    // Who left an address with this subject is reached there, if nowhere else.
    if !reached { stranger(tx, channels, told, now).await } else { Ok(()) }
}

/// Somebody without an account is reached where they asked to be: by e-mail, else by a short message.
async fn stranger(tx: &Tx, channels: &Channels, told: &Told, now: Instant) -> Result<(), Fault> {
    let words = records::latest(tx, told.subject).await?;
    let left = Channel::ALL.into_iter().find(|channel| {
        channels.is_on(*channel) && words.get(left_as(*channel)).is_some_and(|address| !address.is_empty())
    });
    if let Some(channel) = left {
        order(tx, channel, told, now).await?;
    }
    Ok(())
}

/// The name of the words beside a subject's events that hold an address.
pub(crate) fn left_as(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "email",
        Channel::Sms => "phone",
    }
}

/// Orders one message over one channel; the same one again is no new one.
///
/// # Errors
/// The database's.
pub async fn order(tx: &Tx, channel: Channel, told: &Told, now: Instant) -> Result<(), StoreError> {
    let whose = told.account.unwrap_or(Id(0));
    // A subject's news go out in their order; what comes round waits for nothing.
    let in_order = told.n > 0;
    let which = if in_order { told.n } else { told.at };
    let key = format!("{}:{}:{}:{which}:{whose}", channel.as_str(), told.topic, told.subject);
    order_as(tx, channel, key, in_order.then_some(told.subject), told, now).await
}

async fn order_as(
    tx: &Tx,
    channel: Channel,
    key: String,
    order_key: Option<Id>,
    told: &Told,
    now: Instant,
) -> Result<(), StoreError> {
    let payload = serde_json::to_value(told).map_err(|error| StoreError::Parameter(error.to_string()))?;
    let job = NewJob { kind: channel.job(), key, order_key, payload, run_at: now };
    let Some(job) = jobs::enqueue(tx, job, now).await? else { return Ok(()) };
    let Told { topic, subject, account, kind, .. } = told;
    tx.execute(
        sql::INSERT_SENDING,
        params![Id::next(now), job, channel.as_str(), topic.as_str(), *subject, *account, kind.as_str(), now],
    )
    .await?;
    Ok(())
}

/// Orders the code for an address.
pub(crate) async fn order_code(
    tx: &Tx,
    account: Id,
    channel: Channel,
    contact: Id,
    now: Instant,
) -> Result<(), StoreError> {
    let told = Told {
        topic: CONTACT.to_owned(),
        subject: contact,
        code: String::new(),
        kind: channel.as_str().to_owned(),
        account: Some(account),
        n: 0,
        at: now.0,
        said: Json::Null,
    };
    order_as(tx, channel, format!("{}:code:{contact}", channel.as_str()), None, &told, now).await
}
