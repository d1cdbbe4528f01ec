//! Writing facts.

use crate::fact::Fact;
use base::Id;
use store::{StoreError, Tx, Value, params};

/// Columns of a fact row.
const COLUMNS: usize = 12;
/// An action writes a handful; bulk writers use [`fact_rows`] and [`INSERT_FACT`] themselves.
const FACTS_MAX: usize = 64;

store::statements! {
    /// A fact, one or many.
    pub INSERT_FACT = "INSERT INTO fact (measure, day, agency_id, level, field, channel, flags, qty, subject_id, procedure_id, official_id, rolled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// One edge of the agency tree.
    pub INSERT_SCOPE = "INSERT INTO fact_scope (agency_id, node_id, topmost) VALUES ($1, $2, $3) ON CONFLICT (agency_id, node_id) DO UPDATE SET topmost = excluded.topmost";
    /// Forgets an agency's place before it is set anew.
    pub DELETE_SCOPE = "DELETE FROM fact_scope WHERE agency_id = $1";
}

/// Appends the parameters of one fact row.
pub fn fact_rows(params: &mut impl Extend<Value>, fact: &Fact, rolled: bool) {
    params.extend([
        Value::from(fact.measure.name),
        Value::from(fact.day),
        Value::from(fact.agency),
        Value::from(fact.level.as_str()),
        Value::from(fact.field.as_str()),
        Value::from(fact.channel),
        Value::from(fact.flags),
        Value::from(fact.qty),
        Value::from(fact.subject),
        Value::from(fact.procedure),
        Value::from(fact.official),
        Value::from(rolled),
    ]);
}

/// Holds facts to what their measures declare: flags, quantities, officials.
///
/// # Errors
/// [`StoreError::Constraint`]: a fault of the program that would have written them.
pub fn judge(facts: &[Fact]) -> Result<(), StoreError> {
    for fact in facts {
        if let Some(why) = fact.measure.refuses(fact.flags, fact.qty, fact.official.is_some()) {
            return Err(StoreError::Constraint(format!("a fact of {} with {why}", fact.measure.name)));
        }
    }
    Ok(())
}

/// Writes facts in the caller's transaction; they count in the very next reading.
///
/// # Errors
/// Those of [`judge`], and the database's.
pub async fn append(tx: &Tx, facts: &[Fact]) -> Result<(), StoreError> {
    judge(facts)?;
    for chunk in facts.chunks(FACTS_MAX) {
        let mut params = Vec::with_capacity(chunk.len() * COLUMNS);
        chunk.iter().for_each(|fact| fact_rows(&mut params, fact, false));
        tx.insert_few(INSERT_FACT, &params).await?;
    }
    Ok(())
}

/// Tells for which nodes an agency counts: `nodes` from itself up to the topmost, which comes last.
pub async fn set_scope(tx: &Tx, agency: Id, nodes: &[Id]) -> Result<(), StoreError> {
    tx.execute(DELETE_SCOPE, params![agency]).await?;
    for (index, node) in nodes.iter().enumerate() {
        tx.execute(INSERT_SCOPE, params![agency, *node, index + 1 == nodes.len()]).await?;
    }
    crate::rollup::next_generation(tx).await
}
