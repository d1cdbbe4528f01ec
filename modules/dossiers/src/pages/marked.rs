//! One act on several dossiers of a list: assigning them, receiving what was filed online, passing them on.

use super::work::Again;
use super::{house, work_page};
use crate::actions::{self, Act, By};
use crate::reading::{self, Asking};
use crate::verbs::Verb;
use base::{Fault, Id, Problem};
use i18n::L;
use lists::Seat;
use web::{Answer, Ctx, FormMap};

/// A page of a list has at most so many rows.
const DOSSIERS_MAX: usize = 100;
/// Acts that ask nothing of the person but their decision, or one thing for all.
pub(super) const VERBS: [Verb; 4] = [Verb::ReceiveOnline, Verb::TakeOver, Verb::Forward, Verb::Assign];

/// What the button for several says.
pub(super) fn label(l: L, verb: Verb) -> String {
    match verb {
        Verb::TakeOver => l.t("dossier-marked-take-over"),
        verb => l.t(verb.key()),
    }
}

/// One dossier of several on which it cannot be done: which, and by which rule.
struct Refused {
    code: String,
    fault: Fault,
}

impl From<::store::StoreError> for Refused {
    fn from(error: ::store::StoreError) -> Self {
        Self { code: String::new(), fault: error.into() }
    }
}

/// What was asked for; without a word it is assigning, the oldest of them.
fn wish(given: &FormMap) -> Result<Act, Problem> {
    let word = given.text("act");
    let verb = if word.is_empty() { Some(Verb::Assign) } else { Verb::read(word) };
    match verb.filter(|verb| VERBS.contains(verb)) {
        Some(Verb::Assign) => match given.text("handler").parse::<Id>() {
            Ok(handler) => Ok(Act::of(Verb::Assign).with("handler", handler.to_string())),
            Err(_) => Err(Problem::new("dossier-handler-required").field("marked-handler")),
        },
        // Several are taken with everything that came along: what is missing of one is said on its own page.
        Some(Verb::TakeOver) => Ok(Act::of(Verb::TakeOver).with("papers_came", "1")),
        Some(verb) => Ok(Act::of(verb)),
        None => Err(Problem::new("dossier-act-unknown").field("act")),
    }
}

/// `POST /work/marked`: done to all marked dossiers or to none.
pub async fn marked(ctx: Ctx, given: FormMap) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let back = super::list_of(given.text("back"));
    let codes: Vec<String> = given.all("dossier").iter().take(DOSSIERS_MAX).cloned().collect();
    let outcome = match (codes.is_empty(), wish(&given)) {
        (true, _) => Err(vec![Problem::new("dossier-none-marked").field("marked")]),
        (_, Err(problem)) => Err(vec![problem]),
        (false, Ok(act)) => {
            let (by, house) = (By { actor: actor.clone(), now: ctx.now }, house.clone());
            let done = ctx
                .db()
                .write(move |tx| {
                    Box::pin(async move {
                        for code in codes {
                            let one = async {
                                reading::readable(tx, &house, Asking::official(&by.actor, by.now), &code).await?;
                                actions::act(tx, &house, &by, &code, &act).await
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
        Ok(()) => return Ok(ctx.flash(back, "dossier-marked-done")),
        Err(problems) if ctx.wants_json => return Err(Fault::Invalid(problems).into()),
        Err(problems) => problems,
    };
    let (seat, now) = (Seat::of(&ctx), ctx.now);
    let again = Again { problems, marked: given.all("dossier").to_vec(), person: given.text("handler").to_owned() };
    let page = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move { work_page(tx, &house, &actor, &seat, (&back, now), (again, None)).await })
        })
        .await?;
    Ok(ctx.invalid_page(page.title(), &page))
}

/// What a person can mend, with the dossier it is about.
fn told(ctx: &Ctx, code: &str, fault: Fault) -> Result<Vec<Problem>, Fault> {
    let first = match fault {
        Fault::Invalid(problems) => problems.into_iter().next(),
        Fault::Conflict(problem) | Fault::Forbidden(problem) => Some(problem),
        fault => return Err(fault),
    };
    let why = first.map(|problem| web::problem_text(ctx.l, &problem)).unwrap_or_default();
    Ok(vec![Problem::new("dossier-marked-refused").field("marked").arg("code", code).arg("why", why)])
}
