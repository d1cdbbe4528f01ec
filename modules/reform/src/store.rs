//! SQL of the declared figures, and nothing else.

use base::{Date, Id, Instant};
use store::{Row, StoreError, Tx, params};

store::statements! {
    /// One declared figure more.
    pub INSERT_FIGURE = "INSERT INTO declared_figure (id, target_id, agency_id, as_of, numerator, denominator, value_hundredths, note, evidence_id, declared_by, declared_name, declared_at, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'declared')";
    /// What the second person found, once.
    pub CHECK_FIGURE = "UPDATE declared_figure SET state = $2, checked_by = $3, checked_name = $4, checked_at = $5, check_note = $6 WHERE id = $1 AND state = 'declared'";
    /// One figure.
    pub FIGURE = "SELECT id, target_id, agency_id, as_of, numerator, denominator, value_hundredths, note, evidence_id, declared_by, declared_name, declared_at, state, checked_by, checked_name, checked_at, check_note FROM declared_figure WHERE id = $1";
    /// All figures declared for an agency, oldest first: some hundreds in the life of a programme.
    pub FIGURES_OF = "SELECT id, target_id, agency_id, as_of, numerator, denominator, value_hundredths, note, evidence_id, declared_by, declared_name, declared_at, state, checked_by, checked_name, checked_at, check_note FROM declared_figure WHERE agency_id = $1 ORDER BY as_of, declared_at, id LIMIT 20000";
}

/// Where a declared figure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nobody but its author has looked.
    Declared,
    /// A second person found it right.
    Checked,
    /// A second person sent it back.
    Returned,
}
base::closed_list!(Check, { Declared => "declared", Checked => "checked", Returned => "returned" });

/// A figure a person declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    pub id: Id,
    pub target: String,
    pub agency: Id,
    pub as_of: Date,
    pub numerator: Option<i64>,
    pub denominator: Option<i64>,
    pub value_hundredths: Option<i64>,
    pub note: String,
    pub evidence: Option<Id>,
    pub declared_by: Id,
    pub declared_name: String,
    pub declared_at: Instant,
    pub check: Check,
    pub checked_by: Option<Id>,
    pub checked_name: Option<String>,
    pub checked_at: Option<Instant>,
    pub check_note: Option<String>,
}

impl Declared {
    /// Its value in the target's unit: percent of numerator over denominator, or the value itself.
    pub fn value(&self) -> Option<f64> {
        match (self.numerator, self.denominator, self.value_hundredths) {
            (Some(numerator), Some(denominator), _) if denominator != 0 => {
                Some(numerator as f64 * 100.0 / denominator as f64)
            }
            (_, _, Some(hundredths)) => Some(hundredths as f64 / 100.0),
            _ => None,
        }
    }

    fn read(row: &Row) -> Result<Declared, StoreError> {
        let check: String = row.get("state")?;
        Ok(Declared {
            id: row.get("id")?,
            target: row.get("target_id")?,
            agency: row.get("agency_id")?,
            as_of: row.get("as_of")?,
            numerator: row.get("numerator")?,
            denominator: row.get("denominator")?,
            value_hundredths: row.get("value_hundredths")?,
            note: row.get("note")?,
            evidence: row.get("evidence_id")?,
            declared_by: row.get("declared_by")?,
            declared_name: row.get("declared_name")?,
            declared_at: row.get("declared_at")?,
            check: Check::read(&check).unwrap_or(Check::Declared),
            checked_by: row.get("checked_by")?,
            checked_name: row.get("checked_name")?,
            checked_at: row.get("checked_at")?,
            check_note: row.get("check_note")?,
        })
    }
}

/// Writes a new figure, not yet checked.
pub(crate) async fn insert(tx: &Tx, figure: &Declared) -> Result<(), StoreError> {
    let values = params![
        figure.id,
        figure.target.as_str(),
        figure.agency,
        figure.as_of,
        figure.numerator,
        figure.denominator,
        figure.value_hundredths,
        figure.note.as_str(),
        figure.evidence,
        figure.declared_by,
        figure.declared_name.as_str(),
        figure.declared_at
    ];
    tx.execute(INSERT_FIGURE, values).await?;
    Ok(())
}

/// One figure.
pub async fn figure(tx: &Tx, id: Id) -> Result<Option<Declared>, StoreError> {
    tx.query_opt(FIGURE, params![id]).await?.as_ref().map(Declared::read).transpose()
}

/// All figures declared for an agency, oldest first.
pub async fn figures_of(tx: &Tx, agency: Id) -> Result<Vec<Declared>, StoreError> {
    tx.query(FIGURES_OF, params![agency]).await?.iter().map(Declared::read).collect()
}
