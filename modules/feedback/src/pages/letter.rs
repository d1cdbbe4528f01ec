//! The answer as a letter: for officials who read the petition, and for whoever sent it.

use super::house;
use super::public::code_of;
use crate::letter::{self, Letter};
use crate::petition::Petition;
use crate::rules::House;
use axum::extract::Path;
use base::Fault;
use records::{Asker, Machine};
use web::{Answer, Ctx, FormMap};

/// Opens the petition for the asker and prints; `own` is asked of whoever comes by key or account.
async fn give(ctx: &Ctx, house: &House, code: &str, key: Option<String>, own: bool) -> Answer {
    let (looking, actor, code, now) = (house.clone(), ctx.actor.clone(), code.to_owned(), ctx.now);
    let (seen, head) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asker = Asker { actor: actor.as_ref(), key: key.as_deref(), now };
                // Each by the ground on which they came.
                let seen = if own {
                    let seen = records::open::<Petition>(tx, &looking, &asker, &code).await?;
                    let theirs = <Petition as Machine>::is_own(seen.held(), &asker);
                    theirs.then_some(seen).ok_or(Fault::NotFound("records-not-found"))?
                } else {
                    crate::actions::opened(tx, &looking, &asker, &code).await?
                };
                let events = audit::events(tx, seen.held().id).await?;
                let head = letter::approved_by(&events);
                let names = identity::names(tx, &head.into_iter().collect::<Vec<_>>()).await?;
                let head = head.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
                Ok::<_, Fault>((seen, head))
            })
        })
        .await?;
    let code = &seen.held().code;
    let letter =
        Letter::of(house, code, seen.state(), &seen.words, head).ok_or(Fault::NotFound("feedback-no-letter"))?;
    let pdf = letter::printed(&letter, now).await?;
    Ok(web::pdf(&format!("tra-loi-{code}.pdf"), pdf.bytes))
}

/// GET /petitions/{code}/letter
pub async fn letter(ctx: Ctx, Path(code): Path<String>) -> Answer {
    ctx.actor()?;
    let house = house(&ctx.app).await?;
    give(&ctx, &house, &code, None, false).await
}

/// POST /feedback/letter: by code and key, or by the account it was sent from. Posted, so that no address holds a key.
pub async fn own_letter(ctx: Ctx, form: FormMap) -> Answer {
    let house = house(&ctx.app).await?;
    give(&ctx, &house, &code_of(form.text("code")), Some(form.text("key").to_owned()), true).await
}
