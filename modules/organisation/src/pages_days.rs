//! The sealed days with their hashes, to be written down elsewhere, and whether the clock is believed.

use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Date, Fault, Instant, vn_date, vn_date_time};
use i18n::L;
use lists::{Asked, Batch, Cell, Column, Key, Kind, List, Shape, Source};
use web::{Answer, Ctx};

/// A sealed day, the number of its events, its hash.
pub type Row = (Date, i64, String);

/// The sealed days, the latest first.
pub static LIST: List<Row> = List {
    key: "days",
    path: "/days",
    title: "organisation-days-sealed",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[],
    columns: &[
        Column::new("day", "organisation-calendar-days", Kind::Day, |(day, ..): &Row| Cell::day(Some(*day))),
        Column::new("events", "organisation-days-events", Kind::Whole, |(_, events, _): &Row| Cell::whole(*events)),
        Column::new("hash", "organisation-days-hash", Kind::Text, |(.., hash): &Row| Cell::code(hash)),
    ],
    order: ("day", true),
    shape: Shape::ID,
    empty: ("organisation-days-none", "organisation-days-none-hint"),
    files: true,
};

struct Sealed;

impl Source for Sealed {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let before = after.map_or(Date::MAX, |key| Instant(key.number(0)).date());
            let days = audit::last_days(tx, before, limit as i64 + 1).await?;
            let key = |(day, ..): &Row| Key { numbers: vec![Instant::start_of(*day).0], word: String::new() };
            Ok(Batch::cut(days, limit, key))
        })
    }
}

#[derive(Template)]
#[template(path = "days.html")]
struct Days {
    l: L,
    /// Why somebody should look at the clock; empty while it is believed.
    warning: String,
    clock: String,
    list: String,
    /// When, and what the log says of the clock or of opened days.
    remarks: Vec<(String, String)>,
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
    let (known, remarks) = ctx
        .db()
        .read(|tx| Box::pin(async move { Ok::<_, Fault>((audit::clock_known(tx).await?, audit::remarks(tx).await?)) }))
        .await?;
    let l = ctx.l;
    let doubted = known.filter(|known| !known.believed);
    let opened = lists::open(&ctx, &LIST, Asked::read(&LIST, &ctx.uri, 0, Vec::new()), Sealed).await?;
    opened.page(&ctx, &l.t("organisation-days"), |list| Days {
        l,
        warning: doubted.map_or_else(String::new, |known| {
            let seen = vn_date_time(known.seen_at);
            l.tr("organisation-clock-doubted", [("seen", seen), ("known", vn_date_time(known.trusted_at))])
        }),
        clock: match known {
            Some(known) => l.tr("organisation-clock-known", [("at", vn_date_time(known.trusted_at))]),
            None => l.t("organisation-clock-unknown"),
        },
        list,
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
                (vn_date_time(remark.at), words)
            })
            .collect(),
    })
}
