//! `/notices`: what somebody was told, the latest first.

use crate::inbox::{self, Item};
use crate::reminders::words;
use crate::topic::{DIGEST, REMINDER, Reader, topic};
use askama::Template;
use base::{Fault, Id, Instant, vn_date_time};
use i18n::L;
use records::Kinds;
use web::table::{query_value, with};
use web::{Answer, Ctx, FormMap};

/// Rows of a page.
const ROWS: usize = 30;

struct Line {
    at: String,
    about: String,
    what: String,
    next: String,
    href: String,
    new: bool,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    l: L,
    csrf: String,
    rows: Vec<Line>,
    unread: bool,
    /// The latest shown, in milliseconds: only what was shown is marked as seen.
    until: i64,
    first: String,
    next: String,
}

fn line(ctx: &Ctx, item: &Item) -> Option<Line> {
    let l = ctx.l;
    if item.topic == REMINDER || item.topic == DIGEST {
        return round(ctx, item);
    }
    let topic = topic(&ctx.app, &item.topic)?;
    Some(Line {
        at: vn_date_time(item.at),
        about: l.tr(topic.about, [("code", item.code.as_str())]),
        what: l.t(format!("{}{}", topic.event, item.kind)),
        next: l.t(format!("{}{}", topic.next, item.kind)),
        href: (topic.href)(topic.reader, &item.code),
        new: !item.read,
    })
}

/// What came round: a reminder of one thing, or the week's digest.
fn round(ctx: &Ctx, item: &Item) -> Option<Line> {
    let (l, kinds) = (ctx.l, ctx.app.get::<Kinds>()?);
    let (at, new) = (vn_date_time(item.at), !item.read);
    if item.topic == DIGEST {
        let next = words::digest(l, &kinds, &item.said).join(" · ");
        let (about, what) = (l.t("notices-digest-about"), l.t("notices-digest-word"));
        return Some(Line { at, about, what, next, href: "/due".to_owned(), new });
    }
    let kind = kinds.of_due(&item.kind).map(|(kind, _)| kind.word)?;
    let topic = topic(&ctx.app, kind)?;
    let (about, what) =
        (l.tr(topic.about, [("code", item.code.as_str())]), words::reminder(l, &kinds, &item.kind, &item.said));
    Some(Line { at, about, what, next: String::new(), href: (topic.href)(Reader::Office, &item.code), new })
}

fn place(text: &str) -> Option<(Instant, Id)> {
    let (at, id) = text.split_once('-')?;
    Some((Instant(at.parse().ok()?), Id(id.parse().ok()?)))
}

/// GET /notices
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let (account, after) = (ctx.actor()?.account, place(&query_value(&ctx.uri, "after")));
    let mut items = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move { Ok::<_, Fault>(inbox::page(tx, account, after, ROWS as i64 + 1).await?) })
        })
        .await?;
    let more = items.len() > ROWS;
    items.truncate(ROWS);
    let last = items.last().filter(|_| more).map(|last| format!("{}-{}", last.at.0, last.id.0));
    let page = Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        unread: items.iter().any(|item| !item.read),
        until: items.iter().map(|item| item.at.0).max().unwrap_or_default(),
        rows: items.iter().filter_map(|item| line(&ctx, item)).collect(),
        first: if after.is_some() { with(&ctx.uri, &[("after", "")]) } else { String::new() },
        next: last.map(|last| with(&ctx.uri, &[("after", &last)])).unwrap_or_default(),
    };
    Ok(ctx.page(&ctx.l.t("notices-title"), &page))
}

/// POST /notices/seen: what was shown has been seen.
pub(crate) async fn seen(ctx: Ctx, form: FormMap) -> Answer {
    let (account, now) = (ctx.actor()?.account, ctx.now);
    let until = form.text("until").parse().map_or(now, Instant).min(now);
    ctx.db()
        .write(move |tx| Box::pin(async move { Ok::<_, Fault>(inbox::seen(tx, account, None, until, now).await?) }))
        .await?;
    Ok(ctx.redirect("/notices"))
}
