//! Writing one event and everything that follows from it.

use crate::aside::{self, Aside};
use crate::side::{self, INSERT_SUBJECT};
use crate::subject::{By, Held, Moment, Subject, sql};
use crate::verb::{Machine, follows};
use ::store::{Tx, Value, params};
use audit::{Head, Link, link_hash};
use base::{Fault, Id, Problem};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// An event as it stands in the log.
pub(crate) struct Told<E> {
    /// The word of the verb.
    pub(crate) act: String,
    pub(crate) v: i64,
    /// The subject's code; in its first event only.
    pub(crate) code: Option<String>,
    /// Digests of the words beside it, by name.
    pub(crate) beside: BTreeMap<String, String>,
    pub(crate) event: E,
}

/// The event's text: what happened, the version of the rules, and what belongs to it.
fn text<S: Subject>(
    event: &S::Event,
    code: Option<&str>,
    beside: BTreeMap<String, String>,
) -> Result<(String, String), Fault> {
    let Json::Object(mut data) = serde_json::to_value(event).map_err(Fault::internal)? else {
        return Err(Fault::internal("an event that is no object"));
    };
    let act = data.get("act").and_then(Json::as_str).unwrap_or_default().to_owned();
    data.insert("v".to_owned(), S::V.into());
    if let Some(code) = code {
        data.insert("code".to_owned(), code.into());
    }
    if !beside.is_empty() {
        let digests: Map<String, Json> = beside.into_iter().map(|(name, digest)| (name, digest.into())).collect();
        data.insert("beside".to_owned(), digests.into());
    }
    Ok((act, Json::Object(data).to_string()))
}

/// Reads an event's text; none when it is not one of this kind.
pub(crate) fn read<S: Subject>(data: &str) -> Option<Told<S::Event>> {
    let Json::Object(mut object) = serde_json::from_str(data).ok()? else { return None };
    let v = object.remove("v")?.as_i64()?;
    let code = object.remove("code").and_then(|code| code.as_str().map(str::to_owned));
    let beside = match object.remove("beside") {
        Some(beside) => serde_json::from_value(beside).ok()?,
        None => BTreeMap::new(),
    };
    let act = object.get("act")?.as_str()?.to_owned();
    let event = serde_json::from_value(Json::Object(object)).ok()?;
    Some(Told { act, v, code, beside, event })
}

/// A new subject: its first event, and all that follows.
///
/// # Errors
/// `Internal` for an event that does not follow: a fault of the program; and the database's.
pub async fn begin<S: Machine>(
    tx: &Tx,
    by: By,
    (id, code): (Id, &str),
    event: &S::Event,
    words: &[Aside],
) -> Result<Held<S>, Fault> {
    write(tx, by, None, (id, code), event, words).await
}

/// One more event of a subject, and all that follows.
///
/// # Errors
/// `Conflict` with `records-changed-meanwhile` when somebody else acted on it since it was read; else as [`begin`].
pub async fn happen<S: Machine>(
    tx: &Tx,
    by: By,
    before: &Held<S>,
    event: &S::Event,
    words: &[Aside],
) -> Result<Held<S>, Fault> {
    write(tx, by, Some(before), (before.id, &before.code), event, words).await
}

/// One event and the state after it, before anything is written.
pub(crate) struct Step<S> {
    pub(crate) moment: Moment,
    pub(crate) act: String,
    pub(crate) data: String,
    pub(crate) after: Held<S>,
    pub(crate) facts: Vec<facts::Fact>,
}

impl<S> Step<S> {
    pub(crate) fn link(&self) -> Link<'_> {
        let Moment { subject, n, at, actor, agency, .. } = self.moment;
        Link { subject, n, at, kind: &self.act, actor, agency, data: &self.data }
    }
}

/// What follows, by the same function as in the proof.
pub(crate) fn step<S: Machine>(
    by: By,
    (was, head): (Option<&S>, Head),
    (id, code): (Id, &str),
    event: &S::Event,
    beside: BTreeMap<String, String>,
) -> Result<Step<S>, Fault> {
    let moment = Moment { subject: id, n: head.n + 1, at: by.now, actor: by.actor, agency: by.agency, v: S::V };
    let (act, data) = text::<S>(event, was.is_none().then_some(code), beside)?;
    let no = |why: crate::DoesNotFollow| Fault::internal(format!("{} {act}: {}", S::KIND, why.0));
    let (state, facts) = S::apply(was, &moment, event).map_err(no)?;
    follows(was, &act, &state, by.now.date()).map_err(no)?;
    let after = Held { id, code: code.to_owned(), head, state };
    let mut step = Step { moment, act, data, after, facts };
    step.after.head = Head { n: moment.n, hash: link_hash(&head.hash, step.link()) };
    Ok(step)
}

async fn write<S: Machine>(
    tx: &Tx,
    by: By,
    before: Option<&Held<S>>,
    (id, code): (Id, &str),
    event: &S::Event,
    words: &[Aside],
) -> Result<Held<S>, Fault> {
    let head = before.map(|held| held.head).unwrap_or_default();
    let was = before.map(|held| &held.state);
    let sealed = aside::seal(id, head.n + 1, words);
    let step = step(by, (was, head), (id, code), event, aside::told(&sealed))?;

    // The state and its event.
    save(tx, before, &step.after).await?;
    audit::write_link(tx, step.link(), &step.after.head.hash).await?;
    let Step { moment, after, facts, .. } = step;

    // What is true now, as far as it has changed.
    aside::write(tx, id, moment.n, &sealed).await?;
    side::owe(tx, id, &was.map(S::dues).unwrap_or_default(), &after.state.dues()).await?;
    side::link(tx, id, &was.map(S::links).unwrap_or_default(), &after.state.links()).await?;

    crate::words::renew(tx, was, &after, words).await?;

    // Whom it is news for.
    if let Some(news) = after.state.news(&moment, event) {
        let telling = crate::Telling {
            topic: S::KIND,
            subject: id,
            code: &after.code,
            kind: news.kind,
            account: news.account,
            n: moment.n,
        };
        crate::tell(tx, telling, by.now).await?;
    }

    // What is counted.
    facts::append(tx, &facts).await?;
    Ok(after)
}

/// The row of the register.
async fn save<S: Subject>(tx: &Tx, before: Option<&Held<S>>, after: &Held<S>) -> Result<(), Fault> {
    let Some(before) = before else {
        tx.execute(INSERT_SUBJECT, params![after.id, S::KIND, after.code.as_str()]).await?;
        tx.execute(sql::insert::<S>(), &sql::inserted(after)).await?;
        return Ok(());
    };
    let columns = crate::columns::values(S::COLUMNS, &after.state);
    let own = [after.id.into(), before.head.n.into(), after.head.n.into(), after.head.hash.to_vec().into()];
    let values: Vec<Value> = own.into_iter().chain(columns).collect();
    match tx.execute(sql::update::<S>(), &values).await? {
        1 => Ok(()),
        _ => Err(Fault::Conflict(Problem::new("records-changed-meanwhile"))),
    }
}
