//! Sending over a channel, and the record of how it went.

use crate::channels::{Channel, Channels, NotSent, vault};
use crate::mail::{Stamp, short_hash};
use crate::message::{About, Letter};
use crate::reminders::words;
use crate::tell::{Told, left_as};
use crate::topic::{CONTACT, DIGEST, REMINDER, Reader, topic};
use crate::{contact, store as sql};
use ::store::{Db, Row, StoreError, Tx, params};
use base::{Fault, Id, Instant, Lang, Phone};
use jobs::{Claimed, JobError};
use lists::Key;
use web::{App, PublicUrl};

/// Records of what went out are kept this long: as long as done jobs, so that both tell the same.
pub const KEPT_MS: i64 = 90 * 86_400_000;
/// Set off again in one go.
const AGAIN_MAX: i64 = 1_000;

/// Where a message goes.
enum Place {
    Address {
        to: String,
        lang: Lang,
        code: Option<String>,
    },
    /// The person took the address back, or never left one.
    Nowhere,
    /// It cannot be opened without the key.
    Closed,
}

async fn place(tx: &Tx, app: &App, channel: Channel, told: &Told, now: Instant) -> Result<Place, StoreError> {
    let vault = vault(app);
    if let Some(account) = told.account {
        let known = contact::one(tx, &vault, account, channel).await?;
        let fits = |contact: &contact::Contact| match told.topic == CONTACT {
            true => contact.id == told.subject && !contact.confirmed && contact.code_until.is_some_and(|at| now <= at),
            false => contact.is_used(),
        };
        if let Some(contact) = known.filter(fits) {
            let Some(to) = contact.address else { return Ok(Place::Closed) };
            return Ok(Place::Address { to, lang: contact.lang, code: contact.code });
        }
    }
    if told.topic == CONTACT {
        return Ok(Place::Nowhere);
    }
    let left = records::latest(tx, told.subject).await?.remove(left_as(channel)).unwrap_or_default();
    let reachable = match channel {
        Channel::Mail => !left.is_empty(),
        Channel::Sms => left.parse::<Phone>().is_ok_and(|phone| phone.is_mobile()),
    };
    Ok(if reachable { Place::Address { to: left, lang: Lang::Vi, code: None } } else { Place::Nowhere })
}

/// The words of a message.
fn letter(app: &App, told: &Told, lang: Lang, code: Option<&str>) -> Option<Letter> {
    let url = app.get::<PublicUrl>();
    let origin = url.as_ref().map(|url| url.as_str()).unwrap_or_default();
    if told.topic == CONTACT {
        return Some(Letter::code(lang, code?, origin));
    }
    if [REMINDER, DIGEST].contains(&told.topic.as_str()) {
        let kinds = app.get::<records::Kinds>()?;
        return Some(words::letter(lang, &kinds, &told.topic, &told.said, origin));
    }
    let topic = topic(app, &told.topic)?;
    let reader = if told.account.is_some() { topic.reader } else { Reader::Anybody };
    Some(Letter::news(lang, About { topic: &topic, code: &told.code, kind: &told.kind, reader }, origin))
}

/// Handler of a channel's jobs: finds the address, makes the message, hands it on, writes down how it went. Done again after a crash it
/// hands on the same message, with the same name.
///
/// # Errors
/// `Again` while another attempt may help; after the last one the job is dead and waits for a person.
pub async fn send(app: &App, db: &Db, channel: Channel, job: Claimed, now: Instant) -> Result<(), JobError> {
    let again = |fault: Fault| JobError::Again(fault.to_string());
    let told = Told::read(&job.payload).map_err(again)?;
    let (place, sent) = {
        let (app, told, id) = (app.clone(), told.clone(), job.id);
        db.read(move |tx| {
            Box::pin(async move {
                let state = tx.query_opt(sql::STATE_OF, params![id]).await?;
                let sent =
                    state.map(|row| row.get::<String>("state")).transpose()?.is_some_and(|state| state == "sent");
                Ok::<_, StoreError>((place(tx, &app, channel, &told, now).await?, sent))
            })
        })
        .await?
    };
    if sent {
        return Ok(());
    }
    let outcome = match place {
        Place::Nowhere => return record(db, &job, ("dropped", ""), now).await,
        Place::Closed => Err(NotSent::Later("closed".to_owned())),
        Place::Address { to, lang, code } => match letter(app, &told, lang, code.as_deref()) {
            None => return record(db, &job, ("dropped", ""), now).await,
            Some(letter) => hand_on(app, channel, &to, &letter, lang, &job).await,
        },
    };
    match outcome {
        Ok(()) => record(db, &job, ("sent", ""), now).await,
        Err(NotSent::Refused(why)) => record(db, &job, ("refused", &why), now).await,
        Err(NotSent::Later(why)) => {
            let state = if job.attempt >= job.max_attempts { "given-up" } else { "waiting" };
            record(db, &job, (state, &why), now).await?;
            Err(JobError::Again(why))
        }
    }
}

async fn hand_on(
    app: &App,
    channel: Channel,
    to: &str,
    letter: &Letter,
    lang: Lang,
    job: &Claimed,
) -> Result<(), NotSent> {
    let channels = Channels::of(app);
    let off = || NotSent::Later("off".to_owned());
    match channel {
        Channel::Mail => {
            let stamp = Stamp { key: &job.key, ordered_at: job.ordered_at };
            channels.mail.ok_or_else(off)?.send(to, letter, lang, stamp).await
        }
        Channel::Sms => channels.sms.ok_or_else(off)?.send(to, &letter.sms(), &short_hash(&job.key)).await,
    }
}

async fn record(db: &Db, job: &Claimed, (state, error): (&'static str, &str), now: Instant) -> Result<(), JobError> {
    let (id, error) = (job.id, error.to_owned());
    db.write(move |tx| {
        Box::pin(async move {
            tx.execute(sql::SENT, params![id, state, error, now]).await?;
            Ok::<_, StoreError>(())
        })
    })
    .await?;
    Ok(())
}

/// How many messages of a channel are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub channel: String,
    pub state: String,
    pub n: i64,
}

/// A message that did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub id: Id,
    pub channel: String,
    pub topic: String,
    pub kind: String,
    pub state: String,
    pub attempts: i64,
    /// A word of ours and a number of the other side.
    pub error: String,
    pub ordered_at: Instant,
    pub at: Instant,
}

fn trouble(row: &Row) -> Result<Trouble, StoreError> {
    Ok(Trouble {
        id: row.get("id")?,
        channel: row.get("channel")?,
        topic: row.get("topic")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        error: row.get("error")?,
        ordered_at: row.get("ordered_at")?,
        at: row.get("at")?,
    })
}

/// What was sent since a moment, and whatever waits or was given up.
///
/// # Errors
/// The database's.
pub async fn counts(tx: &Tx, since: Instant) -> Result<Vec<Count>, StoreError> {
    let read = |row: &Row| Ok(Count { channel: row.get("channel")?, state: row.get("state")?, n: row.get("n")? });
    tx.query(sql::SENDING_COUNTS, params![since]).await?.iter().map(read).collect()
}

/// States of what did not go out (or not yet).
pub const TROUBLED: [&str; 3] = ["given-up", "refused", "waiting"];

/// What did not go out, the latest first, after a place: of some states, of a channel or, where none is named, of all.
///
/// # Errors
/// The database's.
pub async fn troubles(
    tx: &Tx,
    states: &[&str],
    channel: &str,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Trouble>, StoreError> {
    let (at, id) = after.map_or((i64::MAX, i64::MAX), |key| (key.number(0), key.number(1)));
    let mut lanes = Vec::new();
    for state in states {
        let rows = tx.query(sql::SENDING_TROUBLE, params![*state, at, id, channel, limit as i64]).await?;
        lanes.push(rows.iter().map(trouble).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(lists::merge(lanes, limit, |one| std::cmp::Reverse((one.at, one.id))))
}

/// Sets one that was given up off again, with as many attempts as at first. False where it was not given up.
///
/// # Errors
/// The database's.
pub async fn again(tx: &Tx, id: Id, now: Instant) -> Result<bool, StoreError> {
    let Some(row) = tx.query_opt(sql::JOB_OF, params![id]).await? else { return Ok(false) };
    let retried = jobs::retry(tx, row.get("job_id")?, now).await?;
    if retried {
        tx.execute(sql::AGAIN, params![id, now]).await?;
    }
    Ok(retried)
}

/// The same for all that were given up; how many there were.
///
/// # Errors
/// The database's.
pub async fn again_all(tx: &Tx, now: Instant) -> Result<u64, StoreError> {
    let mut done = 0;
    for row in tx.query(sql::GIVEN_UP, params![AGAIN_MAX]).await? {
        done += u64::from(again(tx, row.get("id")?, now).await?);
    }
    Ok(done)
}

/// Lets go of records of what went out long ago.
///
/// # Errors
/// The database's.
pub async fn prune(tx: &Tx, now: Instant, limit: i64) -> Result<u64, StoreError> {
    tx.execute(sql::SENDING_PRUNE, params![now.plus_ms(-KEPT_MS), limit]).await
}
