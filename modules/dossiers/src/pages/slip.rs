//! The forms of a dossier (circular 03/2025/TT-VPCP): the receipt as a page for the counter, and each form as a PDF.

use super::show::looked;
use super::{house, with_purpose};
use crate::actions::House;
use crate::forms::{self, Form, Read, Receipt, Words};
use crate::reading::{self, Asking};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id};
use i18n::L;
use web::table::query_value;
use web::{Answer, Ctx};

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipPage {
    l: L,
    r: Receipt,
    day: String,
    qr: String,
    /// Where the same is had as a PDF.
    pdf: String,
}

/// The code that a dossier gets now.
async fn given_code(ctx: &Ctx, dossier: Id) -> Result<(), Fault> {
    ctx.db().write(move |tx| Box::pin(async move { crate::rating::issue(tx, dossier).await })).await
}

/// What the forms of a dossier are made of, for an official who may read it.
async fn asked_for(ctx: &Ctx, house: &House, code: &str) -> Result<Read, Fault> {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let purpose = query_value(&ctx.uri, "purpose");
    let read = |lacking: Option<Id>| {
        let (who, looking, asked, purpose, now) =
            (actor.clone(), house.clone(), code.to_owned(), purpose.clone(), ctx.now);
        ctx.db().read(move |tx| {
            Box::pin(async move {
                let asking = Asking { purpose: &purpose, ..Asking::official(&who, now) };
                let readable = reading::readable(tx, &looking, asking, &asked).await?;
                let lacks = lacking.is_none() && crate::rating::lacks_code(tx, &readable.loaded().dossier).await?;
                let read = forms::read(tx, readable.loaded().clone()).await?;
                Ok::<_, Fault>((read, readable, lacks))
            })
        })
    };
    let (found, readable, lacks) = read(None).await?;
    looked(ctx, &actor, house, &readable).await?;
    if !lacks {
        return Ok(found);
    }
    // Received before there were codes: it gets its own when the receipt is printed.
    let dossier = readable.loaded().dossier.id;
    given_code(ctx, dossier).await?;
    Ok(read(Some(dossier)).await?.0)
}

/// `GET /dossiers/{code}/slip`
pub async fn slip(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let house = house(&ctx.app)?;
    let read = asked_for(&ctx, &house, &code).await?;
    let words = Words { l: ctx.l, house: &house, origin: &ctx.origin };
    let r = Receipt::of(words, &read)?.ok_or(Fault::NotFound("dossier-slip-none"))?;
    let purpose = query_value(&ctx.uri, "purpose");
    let page = SlipPage {
        l: ctx.l,
        day: read.loaded.dossier.received_at.map(|at| base::vn_date(at.date())).unwrap_or_default(),
        qr: drawn(&r.head.qr),
        pdf: with_purpose(format!("/dossiers/{code}/print/{}", Form::Receipt.as_str()), &purpose),
        r,
    };
    Ok(ctx.page(&ctx.l.t("dossier-slip"), &page))
}

/// A QR drawing within a page.
fn drawn(svg: &str) -> String {
    svg.find("<svg")
        .map(|at| svg[at..].replacen("<svg", "<svg class=\"qr\" role=\"img\" aria-label=\"QR\"", 1))
        .unwrap_or_default()
}

/// `GET /dossiers/{code}/print/{form}`: a form of a dossier as a PDF, for the officials who may read it.
pub async fn print(ctx: Ctx, Path((code, form)): Path<(String, String)>) -> Answer {
    ctx.require(crate::rights::READ_DOSSIERS)?;
    let form = Form::read(&form).ok_or(Fault::NotFound("dossier-form-unknown"))?;
    let house = house(&ctx.app)?;
    let read = asked_for(&ctx, &house, &code).await?;
    give(&ctx, &house, form, &read).await
}

/// A form of a dossier as an answer; the caller has read it for somebody who may have it.
///
/// # Errors
/// Those of [`forms::printed`].
pub async fn give(ctx: &Ctx, house: &House, form: Form, read: &Read) -> Answer {
    let pdf = forms::printed(form, Words::of_forms(house, &ctx.origin), read, ctx.now).await?;
    Ok(web::pdf(&form.file_name(read.code()), pdf.bytes))
}
