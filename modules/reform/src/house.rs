//! What the acts of this module look things up in, who may look at which figures, and the rule of the second person, once for all that
//! takes two.

use crate::programme::Programmes;
use crate::steered;
use base::calendar::Calendar;
use base::{Actor, Fault, Id, Problem};
use facts::Indicators;
use organisation::{Agency, Tree};
use records::{Asker, DoesNotFollow, Moment};
use std::sync::Arc;
use web::Ctx;

/// Agencies and calendar, the programmes steered and the definitions known, as they stand now.
#[derive(Clone)]
pub struct House {
    pub desk: organisation::House,
    pub programmes: Arc<Programmes>,
    pub known: Arc<Indicators>,
}

impl House {
    /// The shipped programmes and calendar, with these agencies and definitions.
    pub fn new(tree: Arc<Tree>, known: &Indicators) -> House {
        let desk = organisation::House { tree, calendar: Calendar::shipped().clone() };
        House { desk, programmes: Arc::new(Programmes::shipped().clone()), known: Arc::new(known.clone()) }
    }

    /// Those of the application.
    pub(crate) async fn of(ctx: &Ctx) -> Result<House, Fault> {
        let known = crate::definitions::indicators(&ctx.app);
        let (desk, programmes) = (organisation::House::of(&ctx.app).await?, steered::programmes(ctx).await?);
        Ok(House { desk, programmes, known })
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.desk.tree
    }
}

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        self.desk.path(unit)
    }
}

/// May this person look at the figures kept at an agency? In his subtrees, and at the committee or department his division is part of.
pub(crate) fn may_look(actor: &Actor, tree: &Tree, agency: &Agency) -> bool {
    actor.may_at(crate::rights::READ_STEERING, &agency.path) || own_part(actor, tree, agency.id).is_some()
}

/// The division through which a person belongs to an agency that keeps figures.
pub(crate) fn own_part(actor: &Actor, tree: &Tree, keeper: Id) -> Option<Id> {
    let mut scopes = actor.scopes(crate::rights::READ_STEERING).into_iter().filter_map(last_of);
    scopes.find(|part| *part != keeper && tree.house_of(*part).is_some_and(|house| house.id == keeper))
}

/// The agency a path ends in.
pub(crate) fn last_of(path: &str) -> Option<Id> {
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok().map(Id)
}

/// Whoever made something does not decide about it: a declared figure, a programme, a definition.
///
/// # Errors
/// `Forbidden` with `reform-second-person`.
pub(crate) fn second_person(first: Option<Id>, asker: &Asker<'_>) -> Result<(), Fault> {
    if is_second(first, asker.actor.map(|actor| actor.account)) {
        return Ok(());
    }
    Err(Fault::Forbidden(Problem::new("reform-second-person")))
}

/// The same in the proof: who decided.
pub(crate) fn decider(first: Option<Id>, moment: &Moment) -> Result<Option<Id>, DoesNotFollow> {
    if is_second(first, moment.actor) { Ok(moment.actor) } else { Err(DoesNotFollow("decided by who made it")) }
}

fn is_second(first: Option<Id>, second: Option<Id>) -> bool {
    second.is_some() && first != second
}

/// A column of before a room moved onto the shared pieces: nothing is in it any more.
macro_rules! spent {
    ($name:literal, $empty:expr) => {
        ::records::Column { name: $name, get: |_| $empty, set: |_, row| $crate::house::is_spent(row, $name) }
    };
}

pub(crate) use spent;

/// Refuses what stands in a spent column of a row that is a subject.
pub(crate) fn is_spent(row: &::store::Row, name: &str) -> Result<(), ::store::StoreError> {
    let before = row.get::<Option<i64>>("event_n")?.is_none();
    let text: Option<String> = row.get(name)?;
    match text.filter(|text| !before && !text.is_empty()) {
        None => Ok(()),
        Some(problem) => Err(::store::StoreError::Column { column: name.to_owned(), problem }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_made_it_never_decides_and_nobody_nameless_does() {
        assert!(is_second(Some(Id(1)), Some(Id(2))));
        assert!(!is_second(Some(Id(1)), Some(Id(1))) && !is_second(Some(Id(1)), None) && !is_second(None, None));
    }
}
