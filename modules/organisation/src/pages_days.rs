//! The sealed days with their hashes, to be written down elsewhere, and whether the clock is believed.

use askama::Template;
use base::{Fault, vn_date, vn_date_time};
use i18n::L;
use web::{Answer, Ctx};

struct Remark {
    at: String,
    words: String,
}

#[derive(Template)]
#[template(path = "days.html")]
struct Days {
    l: L,
    /// Why somebody should look at the clock; empty while it is believed.
    warning: String,
    clock: String,
    /// Day, number of events, hash.
    days: Vec<(String, String, String)>,
    remarks: Vec<Remark>,
}

/// `2 d 3 h`, `-1 h 5 min`, in the reader's words.
fn length(l: L, ms: i64) -> String {
    let minutes = ms.abs() / 60_000;
    let key = if ms < 0 { "organisation-clock-behind" } else { "organisation-clock-ahead" };
    let parts = [("days", minutes / 1_440), ("hours", minutes / 60 % 24), ("minutes", minutes % 60)];
    l.tr(key, parts.map(|(name, n)| (name, l.number(n))))
}

/// GET /days
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let (known, days, remarks) = ctx
        .db()
        .read(|tx| {
            Box::pin(async move {
                Ok::<_, Fault>((audit::clock_known(tx).await?, audit::last_days(tx).await?, audit::remarks(tx).await?))
            })
        })
        .await?;
    let l = ctx.l;
    let doubted = known.filter(|known| !known.believed);
    let page = Days {
        l,
        warning: doubted.map_or_else(String::new, |known| {
            let seen = vn_date_time(known.seen_at);
            l.tr("organisation-clock-doubted", [("seen", seen), ("known", vn_date_time(known.trusted_at))])
        }),
        clock: match known {
            Some(known) => l.tr("organisation-clock-known", [("at", vn_date_time(known.trusted_at))]),
            None => l.t("organisation-clock-unknown"),
        },
        days: days.into_iter().map(|(day, events, hash)| (vn_date(day), l.number(events), hash)).collect(),
        remarks: remarks
            .into_iter()
            .map(|remark| {
                let words = match (&remark.opened, remark.jumped_ms) {
                    (Some((from, reason)), _) => {
                        let said = [("day", vn_date(*from)), ("reason", reason.clone())];
                        l.tr("organisation-days-opened", said)
                    }
                    (None, Some(ms)) => l.tr("organisation-clock-jumped", [("by", length(l, ms))]),
                    (None, None) => l.t("organisation-clock-accepted"),
                };
                Remark { at: vn_date_time(remark.at), words }
            })
            .collect(),
    };
    Ok(ctx.page(&l.t("organisation-days"), &page))
}
