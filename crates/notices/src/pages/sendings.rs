//! `/sendings`: what went out over which channel, and what did not; for administrators. No address, no name, no content.

use crate::channels::{Channel, Channels};
use crate::sending::{self, TROUBLED, Trouble};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use base::{Fault, Id, Problem, vn_date_time};
use i18n::L;
use lists::{Ask, Asked, Batch, Cell, Column, Filter, Key, Kind, List, On, Shape, Source};
use web::{Answer, Choice, Ctx, FormMap};

/// What is counted: the last thirty days, and whatever waits.
const SINCE_MS: i64 = 30 * 86_400_000;

struct Side {
    name: String,
    on: bool,
    /// Names of states with how many are in each.
    counts: Vec<(String, String)>,
}

/// A message that did not go out, in words.
pub struct Row {
    one: Trouble,
    channel: String,
    what: String,
    state: String,
    error: String,
    again: String,
}

/// What did not go out, or not yet.
pub static LIST: List<Row> = List {
    key: "sendings",
    path: "/sendings",
    title: "notices-sendings-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("channel", "notices-channel", Ask::Choice),
        Filter::new("state", "notices-state", Ask::Choice),
    ],
    columns: &[
        Column::new("ordered", "notices-ordered", Kind::Moment, |row: &Row| Cell::moment(Some(row.one.ordered_at))),
        Column::new("channel", "notices-channel", Kind::Word, |row: &Row| Cell::text(&row.channel)),
        Column::new("what", "notices-what", Kind::Word, |row: &Row| Cell::text(&row.what)),
        Column::new("state", "notices-state", Kind::Word, |row: &Row| Cell::text(&row.state).html(&row.again)),
        Column::new("attempts", "notices-attempts", Kind::Whole, |row: &Row| Cell::whole(row.one.attempts)),
        Column::new("error", "notices-error", Kind::Text, |row: &Row| {
            Cell::text(&row.error).under(vn_date_time(row.one.at))
        }),
        Column::new("at", "notices-last-try", Kind::Moment, |row: &Row| Cell::moment(Some(row.one.at))).on(On::File),
    ],
    order: ("at", true),
    shape: Shape::AT,
    empty: ("notices-no-trouble", "notices-no-trouble-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "sendings.html")]
struct Page {
    l: L,
    csrf: String,
    sides: Vec<Side>,
    given_up: bool,
    list: String,
}

/// The button beside one that was given up.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "_components.html" as c %}{{ c::badge("late", state) }}<form method="post" action="/sendings/{{ id }}/again">{{ c::csrf(csrf) }}<button class="btn btn-sm" type="submit">{{ l.t("notices-again") }}</button></form>"#
)]
struct Again<'a> {
    l: L,
    csrf: &'a str,
    id: Id,
    state: &'a str,
}

/// `login:535` in words.
fn error(l: L, stored: &str) -> String {
    let (word, code) = stored.split_once(':').unwrap_or((stored, ""));
    if word.is_empty() { String::new() } else { l.tr(format!("notices-error-{word}"), [("code", code)]) }
}

fn row(ctx: &Ctx, one: Trouble) -> Row {
    let l = ctx.l;
    let state = l.t(format!("notices-state-{}", one.state));
    let again = match one.state.as_str() {
        "given-up" => Again { l, csrf: &ctx.csrf, id: one.id, state: &state }.render().unwrap_or_default(),
        _ => String::new(),
    };
    Row {
        channel: l.t(format!("notices-channel-{}", one.channel)),
        what: l.t(format!("notices-topic-{}", one.topic)),
        error: error(l, &one.error),
        state,
        again,
        one,
    }
}

struct Troubles {
    ctx: Ctx,
    asked: Asked,
}

impl Source for Troubles {
    type Row = Row;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<Row>, Fault>> {
        Box::pin(async move {
            let states: Vec<&str> = self.asked.given("state").map_or_else(|| TROUBLED.to_vec(), |state| vec![state]);
            let found = sending::troubles(tx, &states, self.asked.value("channel"), after, limit + 1).await?;
            let batch = Batch::cut(found, limit, |one| Key::at(one.at, one.id));
            Ok(batch.map(|one| Some(row(&self.ctx, one))))
        })
    }
}

/// GET /sendings
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let since = ctx.now.plus_ms(-SINCE_MS);
    let counts =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(sending::counts(tx, since).await?) })).await?;
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
    let word = |prefix: &str, name: &str| Choice::new(name, ctx.l.t(format!("{prefix}{name}")));
    let ways = Channel::ALL.map(|channel| word("notices-channel-", channel.as_str())).into_iter().collect();
    let states = TROUBLED.map(|state| word("notices-state-", state)).to_vec();
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("channel", ways), ("state", states)]);
    let source = Troubles { ctx: ctx.clone(), asked: asked.clone() };
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page {
        l: ctx.l,
        csrf: ctx.csrf.clone(),
        given_up: counts.iter().any(|count| count.state == "given-up"),
        sides: Channel::ALL.map(side).into_iter().collect(),
        list,
    })
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
