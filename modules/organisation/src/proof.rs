//! What is held to the log by digests: the country's units and the working calendar, and agencies of an earlier time that were not taken
//! over; and for which nodes of the tree an agency's figures count. Agencies are proven as subjects (`records::prove`).

use ::store::{BoxFuture, StoreError, Tx, params};
use audit::{Kept, Proof, Table};
use base::Id;
use std::collections::BTreeSet;

/// Subject of the events about the country's administrative units as a whole; ids of agencies are positive.
pub(crate) const UNITS: Id = Id(-1);

/// Subject of the events about the working calendar.
pub(crate) const CALENDAR: Id = Id(-2);

/// Those of all units, those of the calendar, and the rows of an agency until it is a subject.
pub(crate) static KEPT: Kept = Kept {
    name: "organisation",
    version: 1,
    tables: &[
        Table { label: Some("code"), only: Some("event_n IS NULL"), ..Table::whole("agency", "id", "id") },
        Table::whole("agency_name", "agency_id", "valid_to"),
        Table::whole("agency_succession", "before_id", "after_id"),
        Table::whole("unit", "CAST(-1 AS BIGINT)", "id"),
        Table::whole("unit_succession", "CAST(-1 AS BIGINT)", "before_id, after_id"),
        Table::whole("calendar_entry", "CAST(-2 AS BIGINT)", "id"),
        Table::whole("calendar_version", "CAST(-2 AS BIGINT)", "revision"),
    ],
};

/// See [`audit::Proof`].
pub const PROOF: Proof = Proof { kept: &KEPT, derived: Some(scopes) };

::store::statements! {
    /// Scopes of the figures, in a stable order.
    pub SCOPES = "SELECT agency_id, node_id, topmost FROM fact_scope ORDER BY agency_id, node_id";
}

/// The nodes an agency's figures count for are those on its path.
fn scopes(tx: &Tx) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
    Box::pin(async move {
        let tree = crate::load_tree(tx).await?;
        let mut wanted = BTreeSet::new();
        for agency in tree.all() {
            let lineage = agency.lineage();
            wanted.extend(lineage.iter().map(|node| (agency.id.0, node.0, Some(node) == lineage.first())));
        }
        let mut wrong = Vec::new();
        for row in tx.query(SCOPES, params![]).await? {
            let scope = (row.get("agency_id")?, row.get("node_id")?, row.get("topmost")?);
            if !wanted.remove(&scope) {
                wrong.push(format!("fact_scope {}: agency {} is not on that path", scope.0, scope.1));
            }
        }
        wrong.extend(wanted.iter().map(|(agency, node, _)| format!("fact_scope {agency}: node {node} is missing")));
        Ok(wrong)
    })
}
