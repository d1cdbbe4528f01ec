//! What else stands against an act, besides status, person and step: a column of the table of verbs.

use super::*;

/// What a colleague holds is given away by the head alone.
pub(crate) fn only_the_head_gives_what_somebody_holds(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
) -> Result<(), Fault> {
    let path = office.tree.path(d.unit);
    if d.handler.is_some_and(|handler| !actor.acts_for(handler))
        && !actor.may_in(crate::rights::ASSIGN_DOSSIER, path, &office.version.field)
    {
        return Err(Fault::Forbidden(Problem::new("dossier-only-head-assigns").field("handler")));
    }
    Ok(())
}

pub(crate) fn no_next_step(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    office.step_after(d).map(|_| ()).ok_or_else(no_next)
}

pub(crate) fn no_previous_step(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    office.step_before(d).map(|_| ()).ok_or_else(no_previous)
}

pub(crate) fn nothing_to_pay(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    if d.fee_dong <= d.paid_dong {
        return Err(Fault::Conflict(Problem::new("dossier-nothing-to-pay")));
    }
    Ok(())
}

/// A result is promised anew once at most (NĐ 61/2018/NĐ-CP Điều 19 khoản 9), and for a day to come.
pub(crate) fn put_off_before(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    match later::date(d, office, PUT_OFF_DAYS_MAX, Some("asked beforehand")) {
        Some(Err(problem)) => Err(Fault::Conflict(problem)),
        Some(Ok(furthest)) => later::ahead(&furthest, office).map_err(Fault::Conflict),
        None => Ok(()),
    }
}

pub(crate) fn rated_or_not_finished(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    match (d.rating, d.finished_at) {
        (Some(_), _) => Err(Fault::Conflict(Problem::new("dossier-rated-already"))),
        (None, None) => Err(wrong_status(d, Verb::Rate)),
        (None, Some(_)) => Ok(()),
    }
}
