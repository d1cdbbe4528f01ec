//! Rows of the record: writing them in the caller's transaction, and reading them back.

use base::page::Place;
use base::{Actor, Grant, Id, Instant, System};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use store::{StoreError, Tx, Value, params};

/// What kind of access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What people wrote, or who they are: one dossier, petition or account was shown.
    Read,
    /// People or dossiers were looked for.
    Searched,
    /// Rows went out as a file.
    Exported,
    /// Somebody signed in was told no.
    Refused,
    /// Signed in.
    SignedIn,
    /// Failed to.
    SignInFailed,
    /// Something was done with an account.
    AccountAct,
}
base::closed_list!(Kind, {
    Read => "read",
    Searched => "searched",
    Exported => "exported",
    Refused => "refused",
    SignedIn => "signed-in",
    SignInFailed => "sign-in-failed",
    AccountAct => "account-act",
});

/// Tells, in the transaction of the row, the paths of the agencies a dossier or another subject lies with: none when there is no such one.
pub type Places = Arc<dyn for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<Option<Vec<String>>, StoreError>> + Send + Sync>;

/// Something to be recorded.
#[derive(Clone)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: Kind,
    /// Who; nobody for a failed sign-in.
    pub actor: Option<Id>,
    /// The actor's grants that may have allowed it, the likeliest first; of several the one that reaches the dossier is kept.
    pub grants: Vec<Grant>,
    /// A dossier's or another subject's code, or [`account_subject`]; empty for none.
    pub subject: String,
    /// Pattern of the route, or kind of the act.
    pub route: String,
    /// What for, as a word; for a sign-in the kind of browser.
    pub purpose: String,
    /// Looks, or rows of an export.
    pub amount: i64,
    /// The row is kept only when there is such a subject: somebody asked for one that may not be read.
    pub if_there: bool,
    /// Where the subject lies; nowhere for an account.
    pub places: Option<Places>,
}

impl Entry {
    /// An entry without a place to look up.
    pub fn new(kind: Kind, actor: Option<Id>, subject: String, route: &str, at: Instant) -> Entry {
        Entry {
            at,
            kind,
            actor,
            grants: Vec::new(),
            subject,
            route: route.to_owned(),
            purpose: String::new(),
            amount: 1,
            if_there: false,
            places: None,
        }
    }

    /// With the actor's official grants as candidates.
    pub fn by(mut self, actor: &Actor) -> Entry {
        self.grants = actor.grants.iter().filter(|grant| grant.role.is_official()).cloned().collect();
        self
    }

    /// What makes two entries one row with a higher amount.
    pub(crate) fn key(&self) -> (Kind, Option<Id>, &str, &str, &str) {
        (self.kind, self.actor, &self.subject, &self.route, &self.purpose)
    }
}

/// The subject of what is about an account.
pub fn account_subject(account: Id) -> String {
    format!("account:{account}")
}

store::statements! {
    /// One row.
    pub RECORD_INSERT = "INSERT INTO access_record (id, at, kind, actor_id, agency_id, agency_path, subject, route, purpose, amount) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// Who read a dossier: units and times, the latest first.
    pub SEEN_BY = "SELECT at, agency_id FROM access_record WHERE subject = $1 AND subject <> '' AND kind = 'read' ORDER BY id DESC LIMIT $2";
    /// Sign-ins to an account, good and failed, the latest first.
    pub SIGN_INS = "SELECT id, at, kind, actor_id, agency_id, agency_path, subject, route, purpose, amount FROM access_record \
        WHERE subject = $1 AND subject <> '' AND kind IN ('signed-in', 'sign-in-failed') ORDER BY id DESC LIMIT $2";
    /// Rows about a subject, the latest first.
    pub LATEST_OF = "SELECT id, at, kind, actor_id, agency_id, agency_path, subject, route, purpose, amount FROM access_record \
        WHERE subject = $1 AND subject <> '' ORDER BY id DESC LIMIT $2";
    /// Old rows go, a bounded number at a time.
    pub RECORD_PRUNE = "DELETE FROM access_record WHERE id IN (SELECT id FROM access_record WHERE at < $1 ORDER BY at LIMIT $2)";
}

/// Writes an entry in the caller's transaction; false when it was about a dossier that is not there.
pub async fn keep(tx: &Tx, entry: &Entry) -> Result<bool, StoreError> {
    let places = match &entry.places {
        Some(places) => places(tx).await?,
        None => None,
    };
    if entry.if_there && places.is_none() {
        return Ok(false);
    }
    let reaches = |grant: &&Grant| places.iter().flatten().any(|path| grant.reaches(path));
    let grant = entry.grants.iter().find(reaches).or(entry.grants.first());
    let values = params![
        Id::next(entry.at),
        entry.at,
        entry.kind.as_str(),
        entry.actor,
        grant.map(|grant| grant.agency),
        grant.map_or("", |grant| grant.agency_path.as_str()),
        entry.subject.as_str(),
        entry.route.as_str(),
        entry.purpose.as_str(),
        entry.amount
    ];
    tx.execute(RECORD_INSERT, values).await?;
    Ok(true)
}

/// A row as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the record: later rows have greater ones.
    pub id: Id,
    /// When.
    pub at: Instant,
    /// What.
    pub kind: Kind,
    /// Who.
    pub actor: Option<Id>,
    /// In the name of which agency.
    pub agency: Option<Id>,
    /// About what.
    pub subject: String,
    /// By which route.
    pub route: String,
    /// What for.
    pub purpose: String,
    /// How many.
    pub amount: i64,
}

fn read(row: &store::Row) -> Result<Row, StoreError> {
    Ok(Row {
        id: row.get("id")?,
        at: row.get("at")?,
        // Written by [`keep`] only.
        kind: Kind::read(&row.get::<String>("kind")?).unwrap_or(Kind::Read),
        actor: row.get("actor_id")?,
        agency: row.get("agency_id")?,
        subject: row.get("subject")?,
        route: row.get("route")?,
        purpose: row.get("purpose")?,
        amount: row.get("amount")?,
    })
}

/// A look at a dossier, as the person concerned is told: the unit and the time, no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Instant,
    /// The unit in whose name.
    pub agency: Option<Id>,
}

/// Who looked at a dossier, the latest first.
pub async fn seen_by(tx: &Tx, code: &str, limit: i64) -> Result<Vec<Seen>, StoreError> {
    let rows = tx.query(SEEN_BY, params![code, limit]).await?;
    rows.iter().map(|row| Ok(Seen { at: row.get("at")?, agency: row.get("agency_id")? })).collect()
}

/// Sign-ins to an account, good and failed, the latest first.
pub async fn sign_ins(tx: &Tx, account: Id, limit: i64) -> Result<Vec<Row>, StoreError> {
    tx.query(SIGN_INS, params![account_subject(account), limit]).await?.iter().map(read).collect()
}

/// Rows about a subject, the latest first.
pub async fn latest_of(tx: &Tx, subject: &str, limit: i64) -> Result<Vec<Row>, StoreError> {
    tx.query(LATEST_OF, params![subject, limit]).await?.iter().map(read).collect()
}

/// What an inspector looks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Subtrees the reader may see; one of a single step (`/1/`) is everything of the state's, rows without an agency included.
    pub scopes: Vec<String>,
    /// About that.
    pub subject: Option<String>,
    /// By that person.
    pub actor: Option<Id>,
    /// Of that kind.
    pub kind: Option<Kind>,
    /// From that instant on.
    pub from: Option<Instant>,
    /// Before that instant.
    pub before: Option<Instant>,
}

/// Rows counted so far; beyond it the number says no more.
pub const COUNT_MAX: i64 = 10_000;

/// One page, the latest first, and how many there are in all, counted up to [`COUNT_MAX`].
pub async fn page(tx: &Tx, filter: &Filter, limit: i64, place: &Place<Id>) -> Result<(Vec<Row>, i64), StoreError> {
    let (sql, mut values) = looked_for(filter);
    values.push(COUNT_MAX.into());
    let counted = format!("SELECT count(*) AS total FROM (SELECT 1 AS one{sql} LIMIT ${}) AS counted", values.len());
    let total: i64 = tx.query_one(counted, &values).await?.get("total")?;
    Ok((rows(tx, filter, limit, place).await?, total))
}

/// The same page, uncounted.
pub async fn rows(tx: &Tx, filter: &Filter, limit: i64, place: &Place<Id>) -> Result<Vec<Row>, StoreError> {
    let (mut sql, mut values) = looked_for(filter);
    let (than, down) = if place.is_backwards() { (">", "") } else { ("<", " DESC") };
    if let Some(beside) = place.row() {
        values.push((*beside).into());
        sql.push_str(&format!(" AND id {than} ${}", values.len()));
    }
    values.push(limit.into());
    values.push(place.offset().into());
    let columns = "SELECT id, at, kind, actor_id, agency_id, agency_path, subject, route, purpose, amount";
    let (limit, offset) = (values.len() - 1, values.len());
    let sql = format!("{columns}{sql} ORDER BY id{down} LIMIT ${limit} OFFSET ${offset}");
    let mut rows = tx.query(sql, &values).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if place.is_backwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// The part of the statement that says which rows.
fn looked_for(filter: &Filter) -> (String, Vec<Value>) {
    // Each part is there or not, in this order: few shapes, which the statement cache keeps.
    let mut sql = String::from(" FROM access_record WHERE 1 = 1");
    let mut values: Vec<Value> = Vec::new();
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    if let Some(subject) = &filter.subject {
        and("subject <> '' AND subject =", subject.as_str().into());
    }
    if let Some(actor) = filter.actor {
        and("actor_id =", actor.into());
    }
    if let Some(kind) = filter.kind {
        and("kind =", kind.as_str().into());
    }
    if let Some(from) = filter.from {
        and("at >=", from.into());
    }
    if let Some(before) = filter.before {
        and("at <", before.into());
    }
    let mut parts = Vec::new();
    if filter.scopes.iter().any(|scope| base::is_root(scope)) {
        // Everything but what lies in other systems; rows without an agency included.
        let beside = System::BESIDE.map(|system| format!("agency_path LIKE '{}%'", system.head())).join(" OR ");
        parts.push(format!("NOT ({beside})"));
    }
    for scope in filter.scopes.iter().filter(|scope| !base::is_root(scope)).take(8) {
        values.push(format!("{scope}%").into());
        parts.push(format!("agency_path LIKE ${}", values.len()));
    }
    let within = if parts.is_empty() { "1 = 0".to_owned() } else { parts.join(" OR ") };
    sql.push_str(&format!(" AND ({within})"));
    (sql, values)
}

/// Lets rows before an instant go, at most `limit`; returns how many.
pub async fn prune(tx: &Tx, before: Instant, limit: i64) -> Result<u64, StoreError> {
    tx.execute(RECORD_PRUNE, params![before, limit]).await
}
