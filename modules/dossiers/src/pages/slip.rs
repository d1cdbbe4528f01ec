//! The receipt with the day to come back (form 01 of circular 03/2025/TT-VPCP), to be printed at the counter.

use super::{channel_key, house, moment, names};
use crate::reading::{self, Asking};
use crate::store as sql;
use askama::Template;
use axum::extract::Path;
use base::{Dong, Fault, Id};
use i18n::L;
use web::{Answer, Ctx};

struct Paper {
    name: String,
    state: String,
}

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipPage {
    l: L,
    code: String,
    above: String,
    unit: String,
    day: String,
    submitter: String,
    owner: String,
    number: String,
    phone: String,
    address: String,
    channel: String,
    procedure: String,
    procedure_code: String,
    summary: String,
    papers: Vec<Paper>,
    limit: String,
    received: String,
    due: String,
    return_to: String,
    fee: catalogue::FeeSaid,
    paid: bool,
    clerk: String,
    /// Where its status is looked up, and the same as a drawing for a phone.
    track: String,
    qr: String,
    /// With which the case is rated once it is settled; empty when it has none.
    rating_code: String,
    rate: String,
}

/// The address as a QR drawing.
fn qr(address: &str) -> String {
    let Ok(code) = qrcode::QrCode::new(address.as_bytes()) else { return String::new() };
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(110, 110).build();
    svg.find("<svg")
        .map(|at| svg[at..].replacen("<svg", "<svg class=\"qr\" role=\"img\" aria-label=\"QR\"", 1))
        .unwrap_or_default()
}

/// The code that a dossier gets now.
async fn given_code(ctx: &Ctx, dossier: Id) -> Result<Option<String>, Fault> {
    let given = ctx.db().write(move |tx| {
        Box::pin(async move {
            crate::rating::issue(tx, dossier).await?;
            crate::rating::code_of(tx, dossier).await
        })
    });
    given.await
}

/// `GET /dossiers/{code}/slip`
pub async fn slip(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let (l, now, house) = (ctx.l, ctx.now, house(&ctx.app)?);
    let looking = house.clone();
    let (loaded, papers, clerk, rating_code, lacks) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let loaded = reading::readable(tx, &looking, Asking::official(&actor, now), &code).await?.into_loaded();
                let papers = sql::components(tx, loaded.dossier.id).await?;
                let events = audit::events(tx, loaded.dossier.id).await?;
                let clerk = events.iter().find(|event| event.kind == "received").and_then(|event| event.actor);
                let names = names(tx, [clerk].into_iter()).await?;
                let rating = crate::rating::code_of(tx, loaded.dossier.id).await?;
                let lacks = crate::rating::lacks_code(tx, &loaded.dossier).await?;
                Ok::<_, Fault>((loaded, papers, clerk.and_then(|id| names.get(&id).cloned()), rating, lacks))
            })
        })
        .await?;
    let (d, a) = (&loaded.dossier, &loaded.applicant);
    // Received before there were codes: it gets its own when the receipt is printed.
    let rating_code = if lacks { given_code(&ctx, d.id).await? } else { rating_code };
    let Some(received) = d.received_at else { return Err(Fault::NotFound("dossier-slip-none").into()) };
    let version = house.version(d.version)?;
    let desk = house.tree.desk_of(d.intake);
    let limit = version.terms(d.channel).or_else(|| version.channels.first()).map(|terms| terms.limit.words());
    let track = format!("{}/track?code={}", ctx.origin, d.code);
    let page = SlipPage {
        l,
        code: d.code.clone(),
        above: house.tree.name(d.intake),
        unit: desk.map(|desk| desk.name.clone()).unwrap_or_else(|| house.tree.name(d.intake)),
        day: base::vn_date(received.date()),
        submitter: if a.submitter_name.is_empty() { a.owner_name.clone() } else { a.submitter_name.clone() },
        owner: a.owner_name.clone(),
        number: super::number_words(l, a),
        phone: a.owner_phone.clone(),
        address: a.owner_address.clone(),
        channel: l.t(channel_key(d.channel)),
        procedure: version.name.clone(),
        procedure_code: version.code.clone(),
        summary: a.summary.clone(),
        papers: papers
            .into_iter()
            .filter(|(_, paper)| paper.state.is_there())
            .map(|(_, paper)| Paper { state: l.t(format!("dossier-paper-{}", paper.state.as_str())), name: paper.name })
            .collect(),
        limit: limit.map(|(key, n)| l.tr(key, [("n", n.to_string())])).unwrap_or_default(),
        received: moment(Some(received)),
        due: moment(d.due_at),
        return_to: house.tree.name(d.return_to),
        fee: catalogue::fee_said(l, &version, d.channel, Some(Dong(d.fee_dong))),
        paid: d.fee_dong > 0 && d.paid_dong >= d.fee_dong,
        clerk: clerk.unwrap_or_default(),
        qr: qr(&track),
        track,
        rating_code: rating_code.unwrap_or_default(),
        rate: format!("{}/rate", ctx.origin),
    };
    Ok(ctx.page(&l.t("dossier-slip"), &page))
}
