//! What went wrong by the office's own doing, until it is mended. Whatever it was, what settled the case stays counted as it was.

use super::{DoesNotFollow, fact};
use crate::dossier::{Dossier, Mishap, mark};
use crate::measures::{self as count, flag};
use base::{Date, Instant};
use facts::Fact;

fn flags(mishap: Mishap) -> i64 {
    if mishap == Mishap::Lost { flag::LOST } else { 0 }
}

/// From now on it is to be mended.
pub(super) fn reported(d: &mut Dossier, at: Instant, mishap: Mishap, until: Date) -> Result<Fact, DoesNotFollow> {
    if d.mishap.is_some() || until < at.date() {
        return Err(DoesNotFollow);
    }
    (d.mishap, d.mishap_until) = (Some(mishap), Some(until));
    d.flags |= mark::MISHAP;
    Ok(fact(d, &count::MISHAP, at, flags(mishap), 1))
}

fn over(d: &mut Dossier) -> Result<(Mishap, Option<Date>), DoesNotFollow> {
    let mishap = d.mishap.take().ok_or(DoesNotFollow)?;
    d.flags &= !mark::MISHAP;
    Ok((mishap, d.mishap_until.take()))
}

pub(super) fn mended(d: &mut Dossier, at: Instant) -> Result<Fact, DoesNotFollow> {
    let (mishap, until) = over(d)?;
    let in_time = if until.is_some_and(|until| at.date() <= until) { flag::ON_TIME } else { 0 };
    Ok(fact(d, &count::MENDED, at, flags(mishap) | in_time, 1))
}

pub(super) fn dismissed(d: &mut Dossier, at: Instant) -> Result<Fact, DoesNotFollow> {
    let (mishap, _) = over(d)?;
    Ok(fact(d, &count::MISHAP_DISMISSED, at, flags(mishap), 1))
}
