//! What keeps an agency from being ended: declared figures nobody has checked. Its programmes can go along ([`crate::moving`]).

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

::store::statements! {
    /// Figures declared for an agency that wait for the second person.
    pub FIGURES_WAITING = "SELECT COUNT(*) AS n FROM declared_figure WHERE agency_id = $1 AND state = 'declared'";
}

/// Figures awaited at an agency: they were declared for it and are checked for it. See [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(FIGURES_WAITING, params![agency]).await?.get("n")?;
        let needs = crate::rights::READ_STEERING;
        Ok(vec![Open { what: "reform-figures-here", count, href: "/steering".to_owned(), needs }])
    })
}
