//! What keeps an agency from being ended: dossiers not yet returned, at it or through it.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Id};
use organisation::Open;

::store::statements! {
    /// Open dossiers lying with an agency, decided by it, taken in or given out there, handed over by it, or about which it is asked or has asked; each
    /// place by its own index.
    pub OPEN_HERE = "SELECT COUNT(*) AS n FROM (
        SELECT id FROM dossier WHERE unit_id = $1 AND open
        UNION SELECT id FROM dossier WHERE competent_id = $1 AND open
        UNION SELECT id FROM dossier WHERE intake_id = $1 AND intake_id <> competent_id AND open
        UNION SELECT id FROM dossier WHERE return_id = $1 AND return_id <> competent_id AND return_id <> intake_id AND open
        UNION SELECT id FROM dossier WHERE sender_id = $1 AND offered_at IS NOT NULL AND open
        UNION SELECT id FROM dossier WHERE papers_from = $1 AND papers_from IS NOT NULL AND open
        UNION SELECT dossier_id AS id FROM dossier_opinion WHERE unit_id = $1 AND open
        UNION SELECT dossier_id AS id FROM dossier_opinion WHERE asked_by = $1 AND open) AS here";
}

/// Open dossiers at an agency, whatever its part in them; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(OPEN_HERE, params![agency]).await?.get("n")?;
        let href = format!("/work?tab=all&unit={agency}");
        Ok(vec![Open { what: "dossier-open-here", count, href, needs: crate::rights::READ_DOSSIERS }])
    })
}
