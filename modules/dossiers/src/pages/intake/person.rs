//! The person at the counter: known by number from before, or the very one who was just served.

use super::{Before, Chosen, Typed, form};
use crate::actions::House;
use crate::filing::Handed;
use crate::reading::{self, Asking};
use crate::reuse::{self, Earlier};
use base::{Actor, Fault};
use catalogue::Version;
use web::{Answer, Ctx};

/// The papers of the person typed that may stand in; an unreadable number has none.
pub(super) async fn before(ctx: &Ctx, actor: &Actor, house: &House, number: &str) -> Result<Vec<Earlier>, Fault> {
    let (actor, house, number) = (actor.clone(), house.clone(), number.to_owned());
    ctx.db().read(move |tx| Box::pin(async move { reuse::papers_of(tx, &house, &actor, &number).await })).await
}

/// The person was here before: name, telephone and address need not be typed again, and papers that last need not be
/// handed in again. Only what lies within the clerk's own scope is told.
pub(super) async fn find_person(
    ctx: &Ctx,
    actor: &Actor,
    house: &House,
    (version, chosen): (&Version, Option<&Chosen>),
    mut typed: Typed,
) -> Answer {
    let title = ctx.l.t("dossier-intake-title");
    let number = crate::filing::number_of(&typed.handed.owner_number);
    let mut problems = crate::filing::number_problem(&number).into_iter().collect::<Vec<_>>();
    let mut found = Before::default();
    if problems.is_empty() {
        let (asking, looking, wanted) = (actor.clone(), house.clone(), number.clone());
        let procedure = version.procedure_id;
        let read = ctx.db().read(move |tx| {
            Box::pin(async move {
                let known = reuse::known(tx, &looking, &asking, &wanted).await?;
                let same = reuse::same_open(tx, &looking, &asking, (&wanted, procedure), None).await?;
                Ok::<_, Fault>((known, same))
            })
        });
        let (known, same) = read.await?;
        found.same = same;
        found.papers = before(ctx, actor, house, &number).await?;
        match known {
            Some(known) => {
                let handed = &mut typed.handed;
                for (typed, known) in [
                    (&mut handed.owner_name, known.name),
                    (&mut handed.owner_phone, known.phone),
                    (&mut handed.owner_address, known.address),
                ] {
                    if typed.trim().is_empty() {
                        *typed = known;
                    }
                }
                found.told = ctx.l.tr("dossier-person-known", [("code", known.dossier)]);
            }
            None => found.told = ctx.l.t("dossier-person-unknown"),
        }
    }
    problems.truncate(1);
    let wrong = !problems.is_empty();
    let page = form(ctx, actor, house, (version, chosen), typed, (found, problems));
    Ok(if wrong { ctx.invalid_page(&title, &page) } else { ctx.page(&title, &page) })
}

/// Whom a dossier is of and who brought it, for the next one of the same person; of a dossier that the clerk may read.
pub(super) async fn of_dossier(ctx: &Ctx, actor: &Actor, house: &House, code: &str) -> Result<Handed, Fault> {
    let (who, looking, code, now) = (actor.clone(), house.clone(), code.to_owned(), ctx.now);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let readable = reading::readable(tx, &looking, Asking::official(&who, now), &code).await?;
            Ok::<_, Fault>(readable.loaded().applicant.clone())
        })
    });
    let a = read.await?;
    Ok(Handed {
        owner_name: a.owner_name,
        owner_number: a.owner_number,
        owner_phone: a.owner_phone,
        owner_address: a.owner_address,
        submitter_name: a.submitter_name,
        owner_paper: a.owner_paper,
        owner_nationality: a.owner_nationality,
        ..Handed::default()
    })
}
