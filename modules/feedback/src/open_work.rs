//! What keeps an agency from being ended: petitions that lie with it.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

/// Open petitions at an agency; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(crate::store::OPEN_AT, params![agency]).await?.get("n")?;
        Ok(vec![Open {
            what: "feedback-open-here",
            count,
            href: "/petitions".to_owned(),
            needs: crate::rights::READ_FEEDBACK,
        }])
    })
}
