//! `/sendings`: what went out over which channel, and what did not; for administrators. No address, no name, no content.

use crate::channels::{Channel, Channels};
use crate::sending::{self, Trouble};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem, vn_date_time};
use i18n::L;
use web::{Answer, Ctx, FormMap};

/// Rows of those that did not go out.
const ROWS: i64 = 100;
/// What is counted: the last thirty days, and whatever waits.
const SINCE_MS: i64 = 30 * 86_400_000;

struct Side {
    name: String,
    on: bool,
    /// Names of states with how many are in each.
    counts: Vec<(String, String)>,
}

struct Row {
    id: String,
    channel: String,
    what: String,
    state: String,
    given_up: bool,
    attempts: String,
    error: String,
    ordered: String,
    at: String,
}

#[derive(Template)]
#[template(path = "sendings.html")]
struct Page {
    l: L,
    csrf: String,
    sides: Vec<Side>,
    rows: Vec<Row>,
    given_up: bool,
}

/// `login:535` in words.
fn error(l: L, stored: &str) -> String {
    let (word, code) = stored.split_once(':').unwrap_or((stored, ""));
    if word.is_empty() { String::new() } else { l.tr(format!("notices-error-{word}"), [("code", code)]) }
}

fn row(l: L, one: Trouble) -> Row {
    Row {
        id: one.id.to_string(),
        channel: l.t(format!("notices-channel-{}", one.channel)),
        what: l.t(format!("notices-topic-{}", one.topic)),
        state: l.t(format!("notices-state-{}", one.state)),
        given_up: one.state == "given-up",
        attempts: one.attempts.to_string(),
        error: error(l, &one.error),
        ordered: vn_date_time(one.ordered_at),
        at: vn_date_time(one.at),
    }
}

/// GET /sendings
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let since = ctx.now.plus_ms(-SINCE_MS);
    let (counts, troubles) = ctx
        .db()
        .read(move |tx| {
            Box::pin(
                async move { Ok::<_, Fault>((sending::counts(tx, since).await?, sending::troubles(tx, ROWS).await?)) },
            )
        })
        .await?;
    let channels = Channels::of(&ctx.app);
    let side = |channel: Channel| Side {
        name: ctx.l.t(format!("notices-channel-{}", channel.as_str())),
        on: channels.is_on(channel),
        counts: counts
            .iter()
            .filter(|count| count.channel == channel.as_str())
            .map(|count| (ctx.l.t(format!("notices-state-{}", count.state)), ctx.l.number(count.n)))
            .collect(),
    };
    let rows: Vec<Row> = troubles.into_iter().map(|one| row(ctx.l, one)).collect();
    let page = Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        sides: Channel::ALL.map(side).into_iter().collect(),
        given_up: rows.iter().any(|row| row.given_up),
        rows,
    };
    Ok(ctx.page(&ctx.l.t("notices-sendings-title"), &page))
}

/// POST /sendings/{id}/again
pub(crate) async fn again(ctx: Ctx, Path(id): Path<String>, _: FormMap) -> Answer {
    let id: Id = id.parse().map_err(|_| Fault::NotFound("notices-no-sending"))?;
    let now = ctx.now;
    let again =
        ctx.db().write(move |tx| Box::pin(async move { Ok::<_, Fault>(sending::again(tx, id, now).await?) })).await?;
    if !again {
        return Err(Fault::Conflict(Problem::new("notices-not-given-up")).into());
    }
    Ok(ctx.flash("/sendings", "notices-set-off"))
}

/// POST /sendings/again
pub(crate) async fn again_all(ctx: Ctx, _: FormMap) -> Answer {
    let now = ctx.now;
    ctx.db().write(move |tx| Box::pin(async move { Ok::<_, Fault>(sending::again_all(tx, now).await?) })).await?;
    Ok(ctx.flash("/sendings", "notices-set-off"))
}
