//! An act as a program asks for it, in one transaction.

use crate::actions::{self, Act, By, NewPaper};
use crate::dossier::Dossier;
use crate::issue;
use crate::reading::{self, Asking};
use crate::store as sql;
use crate::uploads;
use crate::verbs::Verb;
use ::store::Tx;
use base::{Fault, Problem};
use web::Ctx;

/// Number of the component of that code; none where no code is said.
async fn component_of(tx: &Tx, dossier: &Dossier, code: &str) -> Result<Option<i64>, Fault> {
    if code.is_empty() {
        return Ok(None);
    }
    let found = sql::components(tx, dossier.id).await?.into_iter().find(|(_, component)| component.code == code);
    let unknown = || Fault::invalid(Problem::new("dossier-component-unknown").field("component"));
    Ok(Some(found.ok_or_else(unknown)?.0))
}

/// The files that came with an act.
#[derive(Clone)]
pub(super) struct Came {
    /// Code of the component that the first is for.
    pub(super) component: String,
    pub(super) first: Option<files::Staged>,
    pub(super) scans: Vec<(String, files::Staged)>,
}

/// Does it in one transaction, with the files that came and the result that was set.
pub(super) async fn done(
    ctx: &Ctx,
    house: &actions::House,
    (by, code): (&By, &str),
    (verb, typed): (Verb, &records::Typed),
    (came, ready): (&Came, Option<issue::Ready>),
) -> Result<Dossier, Fault> {
    let (house, by, code) = (house.clone(), by.clone(), code.to_owned());
    let (typed, came) = (typed.clone(), came.clone());
    let written = ctx.db().write(move |tx| {
        Box::pin(async move {
            // What may not be read may not be acted on, and is not told apart from what is not there.
            let asking = Asking { own: true, ..Asking::official(&by.actor, by.now) };
            let dossier = reading::readable(tx, &house, asking, &code).await?.into_loaded().dossier;
            let completes = verb == Verb::CompleteSupplement;
            let component = component_of(tx, &dossier, &came.component).await?.filter(|_| completes);
            let first = uploads::came(tx, came.first.as_ref(), component, dossier.id, &by).await?;
            let mut papers: Vec<NewPaper> = first.into_iter().collect();
            for (paper, scan) in &came.scans {
                let component = component_of(tx, &dossier, paper).await?;
                papers.extend(uploads::came(tx, Some(scan), component, dossier.id, &by).await?);
            }
            let issued = issue::keep(tx, ready.as_ref(), dossier.id, &by).await?;
            actions::act(tx, &house, &by, &code, &Act { verb, typed, papers, issued }).await
        })
    });
    written.await
}
