//! Assigning several dossiers of a list at once.

use super::{house, work_page};
use crate::actions::{self, Act, By};
use crate::reading::{self, Asking};
use base::{Fault, Id, Permission, Problem};
use web::{Answer, Ctx, FormMap};

/// A page of a list has at most so many rows.
const DOSSIERS_MAX: usize = 100;

/// One dossier of several that cannot be assigned: which, and by which rule.
struct Refused {
    code: String,
    fault: Fault,
}

impl From<::store::StoreError> for Refused {
    fn from(error: ::store::StoreError) -> Self {
        Self { code: String::new(), fault: error.into() }
    }
}

/// `POST /work/assign`: all marked dossiers or none.
pub async fn assign(ctx: Ctx, given: FormMap) -> Answer {
    let actor = ctx.require(Permission::AssignDossier)?.clone();
    let house = house(&ctx.app)?;
    let back = web::safe_next(given.text("back")).to_string();
    let back = if back.split('?').next() == Some("/work") { back } else { "/work".to_owned() };
    let codes: Vec<String> = given.all("dossier").iter().take(DOSSIERS_MAX).cloned().collect();
    let handler: Option<Id> = given.text("handler").parse().ok();
    let outcome = match (codes.is_empty(), handler) {
        (true, _) => Err(vec![Problem::new("dossier-none-marked").field("assign-handler")]),
        (_, None) => Err(vec![Problem::new("dossier-handler-required").field("assign-handler")]),
        (false, Some(handler)) => {
            let (by, house) = (By { actor: actor.clone(), now: ctx.now }, house.clone());
            let done = ctx
                .db()
                .write(move |tx| {
                    Box::pin(async move {
                        for code in codes {
                            let one = async {
                                reading::readable(tx, &house, Asking::official(&by.actor, by.now), &code).await?;
                                actions::act(tx, &house, &by, &code, &Act::Assign { handler }).await
                            };
                            one.await.map_err(|fault| Refused { code: code.clone(), fault })?;
                        }
                        Ok::<_, Refused>(())
                    })
                })
                .await;
            match done {
                Ok(()) => Ok(()),
                Err(Refused { code, fault }) => Err(told(&ctx, &code, fault)?),
            }
        }
    };
    let problems = match outcome {
        Ok(()) => return Ok(ctx.flash(back, "dossier-assigned-all")),
        Err(problems) if ctx.wants_json => return Err(Fault::Invalid(problems).into()),
        Err(problems) => problems,
    };
    let (l, now) = (ctx.l, ctx.now);
    let mut page =
        ctx.db().read(move |tx| Box::pin(async move { work_page(tx, &house, &actor, l, &back, now).await })).await?;
    page.refuse(&ctx, problems, given.all("dossier"), given.text("handler"));
    Ok(ctx.invalid_page(&page.title(), &page))
}

/// What a person can mend, with the dossier it is about.
fn told(ctx: &Ctx, code: &str, fault: Fault) -> Result<Vec<Problem>, Fault> {
    let first = match fault {
        Fault::Invalid(problems) => problems.into_iter().next(),
        Fault::Conflict(problem) | Fault::Forbidden(problem) => Some(problem),
        fault => return Err(fault),
    };
    let why = first.map(|problem| web::problem_text(ctx.l, &problem)).unwrap_or_default();
    let told = Problem::new("dossier-assign-refused").field("assign-handler").arg("code", code).arg("why", why);
    Ok(vec![told])
}
