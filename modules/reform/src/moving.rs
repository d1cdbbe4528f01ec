//! Programmes of agencies that are reorganised, and what others ask of those: whoever takes the work on answers for it from then on. What was
//! declared stays with whom it was declared for.

use crate::drafts::{Draft, Event};
use crate::programme::Programme;
use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Date, Fault, Id};
use organisation::{Moved, Moving, Open};
use records::{By, Held};

::store::statements! {
    /// All programmes: some hundreds.
    pub ALL = "SELECT * FROM programme ORDER BY number LIMIT 20000";
    /// Programmes of an agency.
    pub PROGRAMMES_OF = "SELECT COUNT(*) AS n FROM programme WHERE agency_id = $1";
}

/// Programmes of an agency. See [`organisation::OpenAt`].
pub fn programmes_open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let count = tx.query_one(PROGRAMMES_OF, params![agency]).await?.get("n")?;
        let (href, needs) = ("/steering/programmes".to_owned(), crate::rights::READ_STEERING);
        Ok(vec![Open { what: "reform-programmes-here", count, href, needs }])
    })
}

impl Programme {
    /// The identifiers of agencies it names: who owes figures, who leads a task.
    pub(crate) fn agencies(&self) -> impl Iterator<Item = &String> {
        self.owes.values().chain(self.subjects.iter().filter_map(|subject| Some(&subject.task.as_ref()?.lead)))
    }

    /// Agencies ended, and others answer for what it asks of them.
    pub(crate) fn followed(&mut self, codes: &[(String, String)]) {
        let leads = self.subjects.iter_mut().filter_map(|subject| Some(&mut subject.task.as_mut()?.lead));
        for named in self.owes.values_mut().chain(leads) {
            if let Some((_, new)) = codes.iter().find(|(old, _)| old == named) {
                named.clone_from(new);
            }
        }
    }
}

/// What a programme's event says; none for one that has nothing to do with what ends.
fn event(draft: &Draft, moving: &Moving) -> Option<Event> {
    let code = |unit: Id| moving.tree.get(unit).map(|agency| agency.code.clone());
    let renamed = moving.units.iter().filter_map(|(old, new)| Some((*old, code(*old)?, code(*new)?)));
    let named = |code: &String| draft.programme.agencies().any(|agency| agency == code);
    let own: Vec<(Id, String, String)> = renamed.filter(|(_, old, _)| named(old)).collect();
    let followed = moving.followed(own.iter().map(|(id, ..)| *id).chain([draft.agency]))?;
    let codes = own.into_iter().filter(|(_, old, new)| old != new).map(|(_, old, new)| (old, new)).collect();
    Some(Event::Follow { followed, codes })
}

/// See [`organisation::MoveTo`].
pub fn move_to<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let all = Held::<Draft>::read_all(&tx.query(ALL, params![]).await?)?;
        let n = organisation::follow(tx, *by, all, |draft: &Draft| event(draft, moving)).await?;
        Ok(vec![Moved { what: "reform-programmes-moved", n }])
    })
}
