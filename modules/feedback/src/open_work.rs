//! What keeps an agency from being ended: petitions that lie with it, questions and commitments of dialogues.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

/// Open petitions and items of dialogues at an agency; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(crate::store::OPEN_AT, params![agency]).await?.get("n")?;
        let items = tx.query_one(crate::dialogue::store::ITEMS_OPEN_AT, params![agency]).await?.get("n")?;
        let open =
            |what, count, href: &str| Open { what, count, href: href.to_owned(), needs: crate::rights::READ_FEEDBACK };
        Ok(vec![open("feedback-open-here", count, "/petitions"), open("dialogue-open-here", items, "/sittings")])
    })
}
