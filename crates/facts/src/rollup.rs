//! Rolling facts up, in the background for live work and in memory for bulk work.

use base::Id;
use std::collections::{BTreeMap, HashMap};
use store::{StoreError, Tx, Value, params};

/// Facts rolled up in one transaction.
const FACTS_PER_STEP: i64 = 2_000;
/// Rows in one upsert; eight parameters each.
const ROWS_PER_STATEMENT: usize = 500;

store::statements! {
    /// Takes the oldest facts not yet rolled up. Two workers never take the same one.
    pub TAKE_TAIL =
        sqlite "UPDATE fact SET rolled = TRUE WHERE seq IN (SELECT seq FROM fact WHERE NOT rolled ORDER BY seq LIMIT $1) RETURNING measure, day, agency_id, level, field, channel, flags, qty",
        postgres "UPDATE fact SET rolled = TRUE WHERE seq IN (SELECT seq FROM fact WHERE NOT rolled ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING measure, day, agency_id, level, field, channel, flags, qty";
    /// The agency tree.
    pub SELECT_SCOPE = "SELECT agency_id, node_id, topmost FROM fact_scope";
    /// Before a rebuild.
    pub DELETE_ROLLUP = "DELETE FROM fact_rollup";
    /// After which every fact is tail again.
    pub UNROLL = "UPDATE fact SET rolled = FALSE WHERE rolled";
    /// What was rolled up is no longer what it was.
    pub NEXT_GENERATION = "UPDATE fact_generation SET n = n + 1 WHERE id = 1";
}

/// Tells that rolled-up sums remembered until now are not to be used by later snapshots. The last statement of a
/// transaction: others that want to tell the same wait for its end.
pub(crate) async fn next_generation(tx: &Tx) -> Result<(), StoreError> {
    tx.execute(NEXT_GENERATION, params![]).await?;
    Ok(())
}

/// What a roll-up row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RollupKey {
    pub node: i64,
    pub measure: String,
    pub period: String,
    pub level: String,
    pub field: String,
    pub channel: i64,
    pub flags: i64,
}

/// A word's number in [`Words`].
pub type Word = u32;

/// Words by number: a key of numbers is hashed and compared without looking at text, and most words recur.
#[derive(Debug, Default)]
pub struct Words {
    numbers: HashMap<String, Word>,
    words: Vec<String>,
}

impl Words {
    /// The word's number; a new word gets the next.
    pub fn number(&mut self, word: &str) -> Word {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.words.len() as Word;
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// The word of a number given out before.
    pub fn word(&self, number: Word) -> String {
        self.words.get(number as usize).cloned().unwrap_or_default()
    }
}

/// Node, measure, period, level, field, channel, flags.
type Place = (i64, Word, Word, Word, Word, i64, i64);

/// Sums waiting to be added to the roll-up.
#[derive(Debug, Default)]
pub struct Rollup {
    scope: HashMap<i64, Vec<(i64, bool)>>,
    words: Words,
    sums: HashMap<Place, i64>,
}

impl Rollup {
    /// An empty one that knows the agency tree.
    pub async fn load(tx: &Tx) -> Result<Self, StoreError> {
        let mut scope: HashMap<i64, Vec<(i64, bool)>> = HashMap::new();
        for row in tx.query(SELECT_SCOPE, params![]).await? {
            scope.entry(row.get("agency_id")?).or_default().push((row.get("node_id")?, row.get("topmost")?));
        }
        Ok(Self { scope, ..Self::default() })
    }

    /// Adds one fact at every node its agency counts for. `day` is ISO text. An agency without a place in the tree counts
    /// nowhere, as in the reading of facts not yet rolled up.
    #[expect(clippy::too_many_arguments, reason = "the dimensions of a fact, one by one")]
    pub fn add(
        &mut self,
        measure: &str,
        day: &str,
        agency: Id,
        level: &str,
        field: &str,
        channel: i64,
        flags: i64,
        qty: i64,
    ) {
        let nodes = self.scope.get(&agency.0).map_or(&[][..], Vec::as_slice);
        let (measure, level, field) = (self.words.number(measure), self.words.number(level), self.words.number(field));
        let [year, month, day] =
            [day.get(..4), day.get(..7), Some(day)].map(|text| text.map(|text| self.words.number(text)));
        for (node, topmost) in nodes {
            for period in [year, month, day.filter(|_| *topmost)].into_iter().flatten() {
                *self.sums.entry((*node, measure, period, level, field, channel, flags)).or_default() += qty;
            }
        }
    }

    /// How many sums wait.
    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Hands over the waiting sums, in key order: two writers then lock rows in the same order.
    pub fn take(&mut self) -> BTreeMap<RollupKey, i64> {
        let words = &self.words;
        std::mem::take(&mut self.sums)
            .into_iter()
            .map(|((node, measure, period, level, field, channel, flags), n)| {
                let (measure, period) = (words.word(measure), words.word(period));
                (
                    RollupKey {
                        node,
                        measure,
                        period,
                        level: words.word(level),
                        field: words.word(field),
                        channel,
                        flags,
                    },
                    n,
                )
            })
            .collect()
    }

    /// Adds sums to the stored rows. Once in a transaction, and last.
    pub async fn write(tx: &Tx, sums: BTreeMap<RollupKey, i64>) -> Result<(), StoreError> {
        let mut rows = sums.into_iter().filter(|(_, n)| *n != 0).peekable();
        while rows.peek().is_some() {
            let mut params = Vec::with_capacity(ROWS_PER_STATEMENT * 8);
            let mut count = 0;
            for (key, n) in rows.by_ref().take(ROWS_PER_STATEMENT) {
                params.extend([
                    Value::from(key.node),
                    Value::from(key.measure),
                    Value::from(key.period),
                    Value::from(key.level),
                    Value::from(key.field),
                    Value::from(key.channel),
                    Value::from(key.flags),
                    Value::from(n),
                ]);
                count += 1;
            }
            let columns = "node_id, measure, period, level, field, channel, flags, n";
            let add = " ON CONFLICT (node_id, measure, period, level, field, channel, flags) DO UPDATE SET n = fact_rollup.n + excluded.n";
            let sql = store::insert_many("fact_rollup", columns, count, add);
            tx.execute(sql, &params).await?;
        }
        next_generation(tx).await
    }
}

/// Rolls up one step's worth of facts; returns how many. Readings stay exact before, during and after.
pub async fn roll_up(tx: &Tx) -> Result<usize, StoreError> {
    let rows = tx.query(TAKE_TAIL, params![FACTS_PER_STEP]).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut rollup = Rollup::load(tx).await?;
    for row in &rows {
        rollup.add(
            &row.get::<String>("measure")?,
            &row.get::<String>("day")?,
            row.get("agency_id")?,
            &row.get::<String>("level")?,
            &row.get::<String>("field")?,
            row.get("channel")?,
            row.get("flags")?,
            row.get("qty")?,
        );
    }
    Rollup::write(tx, rollup.take()).await?;
    Ok(rows.len())
}

/// Forgets the roll-up and marks every fact as tail; readings stay exact, the background work fills it again.
/// For use after the agency tree changed, or by an administrator.
pub async fn rebuild_rollup(tx: &Tx) -> Result<(), StoreError> {
    tx.execute(DELETE_ROLLUP, params![]).await?;
    tx.execute(UNROLL, params![]).await?;
    next_generation(tx).await
}
