//! What keeps an agency from being ended: documents being read that were never saved as a programme.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

::store::statements! {
    /// Documents of an agency with proposals nobody has saved.
    pub READING_HERE = "SELECT COUNT(*) AS n FROM plan_document WHERE agency_id = $1 AND draft_number IS NULL";
}

/// Documents being read at an agency; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(READING_HERE, params![agency]).await?.get("n")?;
        Ok(vec![Open {
            what: "plan-open-here",
            count,
            href: "/plans".to_owned(),
            needs: reform::rights::KEEP_PROGRAMMES,
        }])
    })
}
