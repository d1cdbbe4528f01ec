//! What keeps an agency from being ended: declared figures nobody has checked, programmes that are its own.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

::store::statements! {
    /// Figures declared for an agency that wait for the second person.
    pub FIGURES_WAITING = "SELECT COUNT(*) AS n FROM declared_figure WHERE agency_id = $1 AND state = 'declared'";
    /// Its programmes, drafts and those in force.
    pub PROGRAMMES_HERE = "SELECT COUNT(*) AS n FROM programme WHERE agency_id = $1";
}

/// Figures awaited and programmes at an agency; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let figures = tx.query_one(FIGURES_WAITING, params![agency]).await?.get("n")?;
        let programmes = tx.query_one(PROGRAMMES_HERE, params![agency]).await?.get("n")?;
        let needs = crate::rights::READ_STEERING;
        Ok(vec![
            Open { what: "reform-figures-here", count: figures, href: "/steering".to_owned(), needs },
            Open { what: "reform-programmes-here", count: programmes, href: "/steering/programmes".to_owned(), needs },
        ])
    })
}
