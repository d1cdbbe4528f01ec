//! Reading a subject and acting on it: the one way for pages, programs and imports.

use crate::aside;
use crate::field::{self, Typed};
use crate::happen::happen;
use crate::subject::{By, Held, sql};
use crate::verb::{Asker, Machine, Office, Verb, in_force, standing};
use ::store::{Tx, params};
use base::{Fault, Problem};
use files::Seal;
use std::collections::BTreeMap;

/// A subject that somebody may read. Only [`open`] makes it: whoever shows something of a subject has asked.
#[derive(Debug, Clone)]
pub struct Seen<S> {
    held: Held<S>,
    /// The latest words beside its events, by name.
    pub words: BTreeMap<String, String>,
}

impl<S> Seen<S> {
    pub fn held(&self) -> &Held<S> {
        &self.held
    }

    pub fn state(&self) -> &S {
        &self.held.state
    }
}

/// The subject of that code, for somebody who may read it.
///
/// # Errors
/// `NotFound` with `records-not-found` where there is none, and for everybody who may not.
pub async fn open<S: Machine>(tx: &Tx, house: &S::House, asker: &Asker<'_>, code: &str) -> Result<Seen<S>, Fault> {
    let none = Fault::NotFound("records-not-found");
    let Some(row) = tx.query_opt(sql::by_code::<S>(), params![code]).await? else { return Err(none) };
    let held = Held::<S>::read(&row)?;
    if !S::may_read(&held, house, asker) && !S::is_own(&held, asker) {
        return Err(none);
    }
    let words = aside::latest(tx, held.id).await?;
    Ok(Seen { held, words })
}

/// Subjects with these ids, in no order, for lists that have asked who may see them; unknown ids are left out.
///
/// # Errors
/// The database's.
pub async fn some<S: crate::Subject>(tx: &Tx, ids: &[base::Id]) -> Result<Vec<Held<S>>, ::store::StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let list = ::store::Value::ids(chunk);
        for row in tx.query(sql::by_ids(S::TABLE, tx.engine()), &[list]).await? {
            found.push(Held::read(&row)?);
        }
    }
    Ok(found)
}

/// Does one thing to the subject of that code, or says which rule forbids it. First whether it is there for the asker, then whether it
/// can be done now, then whether they may, and then what they typed.
///
/// # Errors
/// `NotFound`: no such subject for the asker, or no such act (`records-no-act`); `Conflict` with `records-not-now` in another state;
/// `Forbidden` with `records-not-yours`; `Invalid` at the field; and those of the act's own rule.
pub async fn act<S: Machine>(
    tx: &Tx,
    house: &S::House,
    asker: &Asker<'_>,
    (code, word): (&str, &str),
    typed: &Typed,
) -> Result<Held<S>, Fault> {
    let seen = open::<S>(tx, house, asker, code).await?;
    let verb = in_force::<S>(word, asker.now.date()).filter(|verb| !verb.from.is_empty());
    let verb = verb.ok_or(Fault::NotFound("records-no-act"))?;
    if !verb.from.contains(&seen.state().state()) {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing =
        standing(verb, &seen.held, house, asker).ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let mut given = field::read(verb.asks, typed)?;
    for staged in &typed.files {
        let by = asker.actor.map(|actor| actor.account);
        let id = files::keep(tx, staged, seen.held.id, by, asker.now).await?;
        let file = files::file(tx, id).await?.ok_or_else(|| Fault::internal("a file without its row"))?;
        given.seals.push(Seal::of(&file));
    }
    let office = Office { house, held: &seen.held, asker: *asker, standing, words: &seen.words };
    let decided = (verb.decide)(&office, &given)?;
    let by = By { actor: asker.actor.map(|actor| actor.account), agency: standing.agency, now: asker.now };
    happen(tx, by, &seen.held, &decided.event, &decided.words).await
}

/// The acts that somebody may do now: the forms of the page.
pub fn forms<S: Machine>(seen: &Seen<S>, house: &S::House, asker: &Asker<'_>) -> Vec<&'static Verb<S>> {
    let mut verbs: Vec<&'static Verb<S>> = Vec::new();
    for word in S::VERBS.iter().map(|verb| verb.word) {
        let row = in_force::<S>(word, asker.now.date()).filter(|row| row.from.contains(&seen.state().state()));
        let known = verbs.iter().any(|verb| verb.word == word);
        verbs.extend(row.filter(|row| !known && standing(row, &seen.held, house, asker).is_some()));
    }
    verbs
}
