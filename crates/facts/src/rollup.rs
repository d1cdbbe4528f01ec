//! Rolling facts up, in the background for live work and in memory for bulk work.

use crate::fact::Fact;
use base::{Date, Id};
use std::collections::HashMap;
use store::{Rows, StoreError, Tx, Value, params};

/// Facts rolled up in one transaction.
const FACTS_PER_STEP: i64 = 2_000;

store::statements! {
    /// Takes the oldest facts not yet rolled up. Two workers never take the same one.
    pub TAKE_TAIL =
        sqlite "UPDATE fact SET rolled = TRUE WHERE seq IN (SELECT seq FROM fact WHERE NOT rolled ORDER BY seq LIMIT $1) RETURNING measure, day, agency_id, level, field, channel, flags, qty",
        postgres "UPDATE fact SET rolled = TRUE WHERE seq IN (SELECT seq FROM fact WHERE NOT rolled ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING measure, day, agency_id, level, field, channel, flags, qty";
    /// The agency tree.
    pub SELECT_SCOPE = "SELECT agency_id, node_id, topmost FROM fact_scope";
    /// Adds a sum to the stored one.
    ADD_SUM = "INSERT INTO fact_rollup (node_id, measure, period, level, field, channel, flags, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (node_id, measure, period, level, field, channel, flags) DO UPDATE SET n = fact_rollup.n + excluded.n";
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

/// A sum that no figure can hold is refused, by the engines as here: nothing is rolled up, and nothing wraps round.
fn too_large() -> StoreError {
    StoreError::Constraint("a sum of facts is too large".to_owned())
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

    /// For each word, by number, its place in the alphabet.
    fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<usize> = (0..self.words.len()).collect();
        sorted.sort_unstable_by_key(|number| &self.words[*number]);
        let mut ranks = vec![0; sorted.len()];
        sorted.into_iter().zip(0..).for_each(|(number, rank)| ranks[number] = rank);
        ranks
    }
}

/// Node, measure, period, level, field, channel, flags.
type Place = (i64, Word, Word, Word, Word, i64, i64);

/// Sums waiting to be added to the roll-up.
#[derive(Debug, Default)]
pub struct Rollup {
    scope: HashMap<i64, Vec<(i64, bool)>>,
    words: Words,
    /// A day's year, month and day.
    periods: HashMap<Date, [Word; 3]>,
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

    /// Adds one fact at every node its agency counts for. An agency without a place in the tree counts nowhere, as in the
    /// reading of facts not yet rolled up.
    ///
    /// # Errors
    /// A sum beyond what a figure can hold.
    pub fn add_fact(&mut self, fact: &Fact) -> Result<(), StoreError> {
        let (level, field) = (fact.level.as_str(), fact.field.as_str());
        self.add(fact.measure.name, fact.day, fact.agency, level, field, fact.channel, fact.flags, fact.qty)
    }

    #[expect(clippy::too_many_arguments, reason = "the dimensions of a fact, one by one")]
    fn add(
        &mut self,
        measure: &str,
        day: Date,
        agency: Id,
        level: &str,
        field: &str,
        channel: i64,
        flags: i64,
        qty: i64,
    ) -> Result<(), StoreError> {
        let words = &mut self.words;
        let [year, month, day] = *self.periods.entry(day).or_insert_with(|| {
            let day = day.to_string();
            [4, 7, day.len()].map(|end| words.number(day.get(..end).unwrap_or(&day)))
        });
        let (measure, level, field) = (words.number(measure), words.number(level), words.number(field));
        for (node, topmost) in self.scope.get(&agency.0).map_or(&[][..], Vec::as_slice) {
            for period in [Some(year), Some(month), topmost.then_some(day)].into_iter().flatten() {
                let sum = self.sums.entry((*node, measure, period, level, field, channel, flags)).or_default();
                *sum = sum.checked_add(qty).ok_or_else(too_large)?;
            }
        }
        Ok(())
    }

    /// Hands over the waiting sums for [`Rollup::write`], in key order: two writers then lock rows in the same order, and
    /// each page of the table is visited once.
    pub fn take(&mut self) -> Rows {
        let ranks = self.words.ranks();
        let rank = |word: Word| ranks[word as usize];
        let mut sums: Vec<(Place, i64)> = self.sums.drain().filter(|(_, n)| *n != 0).collect();
        sums.sort_unstable_by_key(|((node, measure, period, level, field, channel, flags), _)| {
            (*node, rank(*measure), rank(*period), rank(*level), rank(*field), *channel, *flags)
        });
        let mut rows = Rows::new();
        let text = |word| Value::Text(self.words.word(word));
        for ((node, measure, period, level, field, channel, flags), n) in sums {
            rows.extend([
                Value::Int(node),
                text(measure),
                text(period),
                text(level),
                text(field),
                Value::Int(channel),
                Value::Int(flags),
                Value::Int(n),
            ]);
        }
        rows
    }

    /// Adds sums that [`Rollup::take`] gave to the stored ones. Once in a transaction, and last.
    pub async fn write(tx: &Tx, sums: &Rows) -> Result<(), StoreError> {
        tx.insert_rows(ADD_SUM, sums).await?;
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
            row.get("day")?,
            row.get("agency_id")?,
            &row.get::<String>("level")?,
            &row.get::<String>("field")?,
            row.get("channel")?,
            row.get("flags")?,
            row.get("qty")?,
        )?;
    }
    Rollup::write(tx, &rollup.take()).await?;
    Ok(rows.len())
}

/// Forgets the roll-up and marks every fact as tail; readings stay exact, the background work fills it again.
/// For use after the agency tree changed, or by an administrator.
pub async fn rebuild_rollup(tx: &Tx) -> Result<(), StoreError> {
    tx.execute(DELETE_ROLLUP, params![]).await?;
    tx.execute(UNROLL, params![]).await?;
    next_generation(tx).await
}
