//! What a change of the calendar means at the desks: slots that are booked for a time when they will be closed.

use crate::rights::READ_DESK;
use crate::store::BOOKED_ANYWHERE;
use ::store::{BoxFuture, Tx, params};
use base::{Fault, Id, Instant};
use organisation::{Compared, Open};

/// Booked slots that lie in hours of work before a change and not after it; see [`organisation::Previews`]. They stay booked: whoever booked
/// is to be told.
pub fn booked_when_off<'t>(tx: &'t Tx, compared: &'t Compared) -> BoxFuture<'t, Result<Vec<Open>, Fault>> {
    Box::pin(async move {
        let mut count = 0;
        for row in tx.query(BOOKED_ANYWHERE, params![Instant::start_of(compared.from)]).await? {
            let (desk, slot, n): (Id, Instant, i64) = (row.get("unit_id")?, row.get("slot_at")?, row.get("n")?);
            let house = compared.tree.house_of(desk).map_or(desk, |house| house.id);
            let open = |calendar: &base::Calendar| {
                let own = if calendar.has_own(desk) { desk } else { house };
                calendar.at(own, own).is_working_time(slot)
            };
            if open(&compared.before) && !open(&compared.after) {
                count += n;
            }
        }
        Ok(vec![Open { what: "desk-booked-when-off", count, href: "/desks".to_owned(), needs: READ_DESK }])
    })
}
