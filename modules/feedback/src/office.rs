//! SQL of the officials' list: a lane for each unit and state, each a range of its index.

use crate::petition::{Petition, State};
use ::store::{Row, Sql, StoreError, Tx, Value, params};
use base::{Id, Instant};
use records::Held;

/// Counted so far; beyond it a number says no more.
pub const COUNT_MAX: i64 = 1_000;

// SQLite is told which index: by its statistics a state holds so many rows that it would rather walk the whole table by id, and it
// would for states that hold few.
::store::statements! {
    /// Those of one unit in a state, the latest first.
    pub OF_UNIT = sqlite "SELECT * FROM petition INDEXED BY petition_unit WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        postgres "SELECT * FROM petition WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of a whole province in a state, the latest first.
    pub OF_STATE = sqlite "SELECT * FROM petition INDEXED BY petition_state WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        postgres "SELECT * FROM petition WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// … about one subject.
    pub OF_UNIT_TOPIC = sqlite "SELECT * FROM petition INDEXED BY petition_unit_topic WHERE unit_id = $1 AND state = $2 AND topic = $5 AND id < $3 ORDER BY id DESC LIMIT $4",
        postgres "SELECT * FROM petition WHERE unit_id = $1 AND state = $2 AND topic = $5 AND id < $3 ORDER BY id DESC LIMIT $4";
    pub OF_STATE_TOPIC = sqlite "SELECT * FROM petition INDEXED BY petition_state_topic WHERE state = $1 AND topic = $4 AND id < $2 ORDER BY id DESC LIMIT $3",
        postgres "SELECT * FROM petition WHERE state = $1 AND topic = $4 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those of one unit in a state, what falls due first first, up to a moment; of any subject or one.
    pub UNIT_DUE = sqlite "SELECT * FROM petition INDEXED BY petition_unit_due WHERE unit_id = $1 AND state = $2 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END >= $3 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END < $5 AND (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id) > ($3, $4) AND (CAST($6 AS TEXT) = '' OR topic = $6) ORDER BY CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id LIMIT $7",
        postgres "SELECT * FROM petition WHERE unit_id = $1 AND state = $2 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END >= $3 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END < $5 AND (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id) > ($3, $4) AND (CAST($6 AS TEXT) = '' OR topic = $6) ORDER BY CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id LIMIT $7";
    /// … of a whole province.
    pub STATE_DUE = sqlite "SELECT * FROM petition INDEXED BY petition_state_due WHERE state = $1 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END >= $2 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END < $4 AND (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id) > ($2, $3) AND (CAST($5 AS TEXT) = '' OR topic = $5) ORDER BY CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id LIMIT $6",
        postgres "SELECT * FROM petition WHERE state = $1 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END >= $2 AND CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END < $4 AND (CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id) > ($2, $3) AND (CAST($5 AS TEXT) = '' OR topic = $5) ORDER BY CASE state WHEN 'new' THEN sort_due_at WHEN 'asked' THEN supply_until WHEN 'answered' THEN publish_due_at ELSE answer_due_at END, id LIMIT $6";
    /// How many there are at some units in a state, but for those that complain of a unit. PostgreSQL asks unit by unit: of all units at
    /// once it expects its thousand in any part of the table, and reads all of it where there are none.
    pub COUNT_UNITS = sqlite "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM petition WHERE unit_id IN (SELECT value FROM json_each($1)) AND state = $2 AND concerned_id IS NULL LIMIT 1000) AS counted",
        postgres "SELECT COUNT(*) AS n FROM (SELECT of_one.one FROM jsonb_array_elements_text($1) AS ids (unit) CROSS JOIN LATERAL (SELECT 1 AS one FROM petition WHERE unit_id = CAST(ids.unit AS BIGINT) AND state = $2 AND concerned_id IS NULL LIMIT 1000) AS of_one LIMIT 1000) AS counted";
    pub COUNT_STATE = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM petition WHERE state = $1 AND concerned_id IS NULL LIMIT 1000) AS counted";
    /// Those in a state that complain of a unit.
    pub CONCERNED = "SELECT * FROM petition WHERE state = $1 AND concerned_id IS NOT NULL ORDER BY id LIMIT 1000";
}

/// What the officials' list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// The units it is of; none for all.
    pub units: Option<&'a [Id]>,
    pub states: &'a [State],
    pub topic: &'a str,
    /// What falls due first, up to a moment; else the latest first.
    pub due_before: Option<Instant>,
}

/// The moment by which a petition owes something in its state.
pub fn due_of(p: &Petition) -> Option<Instant> {
    match p.state {
        State::New => Some(p.sort_due_at),
        State::Asked => p.supply_until,
        State::Answered => p.publish_due_at,
        _ => p.answer_due_at,
    }
}

/// The next of them after a place (moment due and id, or id alone); at most `limit`.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    wanted: &Wanted<'_>,
    after: Option<(Instant, Id)>,
    limit: i64,
) -> Result<Vec<Held<Petition>>, StoreError> {
    let mut lanes = Vec::new();
    for state in wanted.states {
        let (at, id) = match wanted.due_before {
            Some(_) => after.unwrap_or((Instant(0), Id(0))),
            None => after.unwrap_or((Instant(0), Id(i64::MAX))),
        };
        for unit in wanted.units.map_or_else(|| vec![None], |units| units.iter().copied().map(Some).collect()) {
            let (statement, values) = lane(wanted, *state, unit, (at, id), limit);
            lanes.push(read_all(&tx.query(statement, &values).await?)?);
        }
    }
    let limit = usize::try_from(limit).unwrap_or(0);
    Ok(match wanted.due_before {
        Some(_) => lists::merge(lanes, limit, |held| (due_of(&held.state), held.id)),
        None => lists::merge(lanes, limit, |held| std::cmp::Reverse(held.id)),
    })
}

/// One lane's statement with its values.
pub fn lane(
    wanted: &Wanted<'_>,
    state: State,
    unit: Option<Id>,
    (at, id): (Instant, Id),
    limit: i64,
) -> (Sql, Vec<Value>) {
    let (limit, topic) = (Value::from(limit), Value::from(wanted.topic));
    let by_topic = (!wanted.topic.is_empty() && wanted.due_before.is_none()).then(|| topic.clone());
    let tail = match wanted.due_before {
        Some(before) => vec![at.into(), id.into(), before.into(), topic, limit],
        None => [id.into(), limit].into_iter().chain(by_topic.clone()).collect(),
    };
    let due = wanted.due_before.is_some();
    if let Some(unit) = unit {
        let sql = if due {
            UNIT_DUE
        } else if by_topic.is_some() {
            OF_UNIT_TOPIC
        } else {
            OF_UNIT
        };
        return (sql, [vec![unit.into(), state.as_str().into()], tail].concat());
    }
    let sql = if due {
        STATE_DUE
    } else if by_topic.is_some() {
        OF_STATE_TOPIC
    } else {
        OF_STATE
    };
    (sql.spelled(1, state.as_str()), tail)
}

/// How many there are in some states, so far as is counted; those that complain of a unit where `may` says that the reader knows them.
///
/// # Errors
/// The database's.
pub async fn count(
    tx: &Tx,
    units: Option<&[Id]>,
    states: &[State],
    may: impl Fn(&Held<Petition>) -> bool,
) -> Result<i64, StoreError> {
    let mut sum = 0;
    for state in states {
        let row = match units {
            None => tx.query_one(COUNT_STATE.spelled(1, state.as_str()), params![]).await?,
            Some(units) => {
                let list = Value::ids(units);
                tx.query_one(COUNT_UNITS, &[list, state.as_str().into()]).await?
            }
        };
        sum += row.get::<i64>("n")?;
        let known = |held: &Held<Petition>| units.is_none_or(|units| units.contains(&held.state.unit)) && may(held);
        let concerned = read_all(&tx.query(CONCERNED, params![state.as_str()]).await?)?;
        sum += concerned.iter().filter(|held| known(held)).count() as i64;
    }
    Ok(sum)
}

fn read_all(rows: &[Row]) -> Result<Vec<Held<Petition>>, StoreError> {
    rows.iter().map(Held::read).collect()
}
