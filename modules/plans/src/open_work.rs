//! What keeps an agency from being ended: documents being read that were never saved as a programme.

use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Fault, Id};
use organisation::{Moved, Moving, Open};
use records::By;

::store::statements! {
    /// Documents of an agency with proposals nobody has saved.
    pub READING_HERE = "SELECT COUNT(*) AS n FROM plan_document WHERE agency_id = $1 AND draft_number IS NULL";
    /// Those documents.
    pub READ_AT = "SELECT id FROM plan_document WHERE agency_id = $1 AND draft_number IS NULL ORDER BY id";
    /// They are another agency's from now on.
    pub SET_AGENCY = "UPDATE plan_document SET agency_id = $2, agency_path = $3, version = version + 1 WHERE id = $1";
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

/// Documents being read go on at the agency that takes the work on; see [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let mut n = 0;
        for (old, new) in &moving.units {
            for row in tx.query(READ_AT, params![*old]).await? {
                let id: Id = row.get("id")?;
                tx.execute(SET_AGENCY, params![id, *new, moving.tree.path(*new)]).await?;
                let data = serde_json::json!({ "decision": moving.number, "from": old, "to": new });
                let (actor, agency) = (by.actor, by.agency);
                let event = audit::NewEvent { kind: "followed", at: by.now, actor, agency, data };
                audit::append_kept(tx, &crate::proof::KEPT, id, event).await?;
                n += 1;
            }
        }
        Ok(vec![Moved { what: "plan-moved", n }])
    })
}
