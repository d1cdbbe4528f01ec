//! One act on several dossiers of a list: assigning them, receiving what was filed online, taking over what came, passing them on; with a
//! result for each.

use super::work::Again;
use super::{house, work_page};
use crate::actions::{self, Act, By, House};
use crate::reading::{self, Asking};
use crate::verbs::Verb;
use ::store::Tx;
use base::{Fault, Id, Problem};
use i18n::L;
use lists::Seat;
use web::{Answer, Ctx, FormMap};

/// A page of a list has at most so many rows.
const DOSSIERS_MAX: usize = 100;
/// One more than that.
const DOSSIERS_BEYOND: usize = DOSSIERS_MAX + 1;

/// What a program is told of a batch of which some were done.
#[derive(serde::Serialize)]
struct Partly {
    done: usize,
    /// Codes of those to which it could not be done.
    left: Vec<String>,
}

/// Acts that ask nothing of the person but their decision, or one thing for all.
pub(super) const VERBS: [Verb; 4] = [Verb::ReceiveOnline, Verb::TakeOver, Verb::Forward, Verb::Assign];

/// What the button for several says.
pub(super) fn label(l: L, verb: Verb) -> String {
    match verb {
        Verb::TakeOver => l.t("dossier-marked-take-over"),
        verb => l.t(verb.key()),
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

/// `POST /work/marked`: done to each marked dossier to which it can be done; of the others the list says why not, and keeps them marked.
pub async fn marked(ctx: Ctx, given: FormMap) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let back = super::list_of(given.text("back"));
    let mut codes: Vec<String> = Vec::new();
    for code in given.all("dossier") {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    let of = codes.len();
    let (problems, left) = match (of, wish(&given)) {
        (0, _) => (vec![Problem::new("dossier-none-marked").field("marked")], codes),
        (DOSSIERS_BEYOND.., _) => {
            (vec![Problem::new("dossier-marked-too-many").field("marked").arg("max", DOSSIERS_MAX)], codes)
        }
        (_, Err(problem)) => (vec![problem], codes),
        (_, Ok(act)) => {
            let (by, house) = (By { actor: actor.clone(), now: ctx.now }, house.clone());
            let refused = ctx.db().write(move |tx| Box::pin(async move { each(tx, &house, &by, &codes, &act).await }));
            told(&ctx, of, refused.await?)
        }
    };
    if problems.is_empty() {
        return Ok(ctx.flash(back, "dossier-marked-done"));
    }
    // What was done to some stays done, however often the request is sent again: that is an answer and no refusal.
    let partly = left.len() < of;
    if ctx.wants_json {
        return match partly {
            true => Ok(crate::api::json(axum::http::StatusCode::OK, &Partly { done: of - left.len(), left })),
            false => Err(Fault::Invalid(problems).into()),
        };
    }
    let (seat, now) = (Seat::of(&ctx), ctx.now);
    let again = Again { problems, marked: left, person: given.text("handler").to_owned() };
    let page = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move { work_page(tx, &house, &actor, &seat, (&back, now), (again, None)).await })
        })
        .await?;
    Ok(if partly { ctx.page(page.title(), &page) } else { ctx.invalid_page(page.title(), &page) })
}

/// Does it to one after the other; a rule that refuses one says so before anything of it is written. Which were refused, and why.
async fn each(tx: &Tx, house: &House, by: &By, codes: &[String], act: &Act) -> Result<Vec<(String, Problem)>, Fault> {
    let mut refused = Vec::new();
    for code in codes {
        let one = async {
            reading::readable(tx, house, Asking::official(&by.actor, by.now), code).await?;
            actions::act(tx, house, by, code, act).await
        };
        match one.await {
            Ok(_) => {}
            Err(Fault::NotFound(why)) => refused.push((code.clone(), Problem::new(why))),
            Err(Fault::Conflict(problem) | Fault::Forbidden(problem)) => refused.push((code.clone(), problem)),
            Err(Fault::Invalid(problems)) => {
                refused.extend(problems.into_iter().take(1).map(|one| (code.clone(), one)))
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(refused)
}

/// What was not done, each with the dossier it is about, and how many were; and the codes that are left.
fn told(ctx: &Ctx, of: usize, refused: Vec<(String, Problem)>) -> (Vec<Problem>, Vec<String>) {
    let at = |problem: Problem| problem.field("marked");
    let done = of - refused.len();
    let some = (done > 0 && !refused.is_empty()).then(|| at(Problem::new("dossier-marked-some").arg("done", done)));
    let line = |(code, problem): &(String, Problem)| {
        let why = web::problem_text(ctx.l, problem);
        at(Problem::new("dossier-marked-refused").arg("code", code).arg("why", why))
    };
    let problems = some.into_iter().chain(refused.iter().map(line)).collect();
    (problems, refused.into_iter().map(|(code, _)| code).collect())
}
