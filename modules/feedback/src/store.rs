//! SQL of petitions, and nothing else. Rows are written by [`records::happen`].

use crate::petition::{Petition, State};
use ::store::{Row, StoreError, Tx, Value, params};
use base::{Id, Instant};
use records::Held;

::store::statements! {
    /// Published ones, the latest first, after a place.
    pub PUBLISHED = "SELECT * FROM petition WHERE state = 'published' AND (published_at, id) < ($1, $2) ORDER BY published_at DESC, id DESC LIMIT $3";
    /// … about one subject.
    pub PUBLISHED_TOPIC = "SELECT * FROM petition WHERE state = 'published' AND topic = $4 AND (published_at, id) < ($1, $2) ORDER BY published_at DESC, id DESC LIMIT $3";
    /// … of one commune.
    pub PUBLISHED_AREA = "SELECT * FROM petition WHERE state = 'published' AND area_id = $4 AND (published_at, id) < ($1, $2) ORDER BY published_at DESC, id DESC LIMIT $3";
    /// … of both.
    pub PUBLISHED_BOTH = "SELECT * FROM petition WHERE state = 'published' AND topic = $4 AND area_id = $5 AND (published_at, id) < ($1, $2) ORDER BY published_at DESC, id DESC LIMIT $3";
    /// One of them, or any by its code: the page shows what its reader may know.
    pub BY_CODE = "SELECT * FROM petition WHERE code = $1";
    /// Those that go with one.
    pub OF_LEAD = "SELECT * FROM petition WHERE lead_id = $1 AND state = $2 ORDER BY id LIMIT $3";
    /// Those sent from an account, the latest first.
    pub OF_ACCOUNT = "SELECT * FROM petition WHERE account_id = $1 ORDER BY id DESC LIMIT 100";
    /// What a list of many kinds shows of some.
    pub CARDS = sqlite "SELECT * FROM petition WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT * FROM petition WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// Open ones lying with a unit.
    pub OPEN_AT = "SELECT COUNT(*) AS n FROM petition WHERE unit_id = $1 AND state IN ('new', 'handling', 'asked', 'joined', 'drafted', 'answered')";
}

fn read_all(rows: &[Row]) -> Result<Vec<Held<Petition>>, StoreError> {
    rows.iter().map(Held::read).collect()
}

/// What the public's list is narrowed to, and where it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    pub topic: Option<String>,
    pub area: Option<Id>,
    /// Moment of publication and id of the last one shown.
    pub after: Option<(Instant, Id)>,
}

/// Published petitions, the latest first.
pub async fn published(tx: &Tx, narrow: &Narrow, limit: i64) -> Result<Vec<Held<Petition>>, StoreError> {
    let (at, id) = narrow.after.unwrap_or((Instant(i64::MAX), Id(i64::MAX)));
    let mut values = vec![Value::from(at), Value::from(id), Value::from(limit)];
    let statement = match (&narrow.topic, narrow.area) {
        (None, None) => PUBLISHED,
        (Some(_), None) => PUBLISHED_TOPIC,
        (None, Some(_)) => PUBLISHED_AREA,
        (Some(_), Some(_)) => PUBLISHED_BOTH,
    };
    values.extend(narrow.topic.as_deref().map(Value::from));
    values.extend(narrow.area.map(Value::from));
    read_all(&tx.query(statement, &values).await?)
}

/// One by its code, whatever its state.
pub async fn by_code(tx: &Tx, code: &str) -> Result<Option<Held<Petition>>, StoreError> {
    tx.query_opt(BY_CODE, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// Those in a state that go with one, the oldest first.
pub async fn of_lead(tx: &Tx, lead: Id, state: State, limit: i64) -> Result<Vec<Held<Petition>>, StoreError> {
    read_all(&tx.query(OF_LEAD, params![lead, state.as_str(), limit]).await?)
}

/// Those sent from an account.
pub async fn of_account(tx: &Tx, account: Id) -> Result<Vec<Held<Petition>>, StoreError> {
    read_all(&tx.query(OF_ACCOUNT, params![account]).await?)
}

/// Those with these ids, in no order.
pub async fn some(tx: &Tx, ids: &[Id]) -> Result<Vec<Held<Petition>>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let list = Value::ids(chunk);
        found.extend(read_all(&tx.query(CARDS, &[list]).await?)?);
    }
    Ok(found)
}
