//! Counters: the list of one's desks, what is a counter's own on its page, and the page of whoever stands at it.

use crate::counter::{Counter, ENDING, State, set_up};
use crate::hall::hall;
use crate::hall_pages::written;
use crate::house::House;
use crate::points_page::desks_of;
use crate::rights::{KEEP_DESK, READ_DESK, SERVE_COUNTER};
use crate::ticket::{self, Ticket};
use crate::{queue, queue_acts, store};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Actor, Fault, Id, Instant, Problem, vn_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape, Sort, Whole};
use records::frame::{self, Pages};
use records::{Ask, Asker, Field, Held, Seen, Typed, Verb};
use web::{Answer, Choice, Ctx, FormMap, PatientUpload};

/// Waiting tickets shown at a counter.
const SHOWN_MAX: usize = 30;

impl Pages for Counter {
    const WORD: &'static str = "counter";
    const PATH: &'static str = "/counters";
    const PROSE: &'static [&'static str] = &[];
    const BEGINS: &'static str = "set-up";

    fn colour(state: State) -> &'static str {
        colour(state)
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Counter>) -> Vec<(String, String)> {
        let (l, counter) = (ctx.l, seen.state());
        let names: Vec<String> = counter.fields.iter().map(|field| house.field(field)).collect();
        [
            ("unit", house.name(counter.unit)),
            ("number", counter.number.to_string()),
            ("counter_name", counter.name.clone()),
            ("fields", if names.is_empty() { l.t("desk-fields-all") } else { names.join("; ") }),
        ]
        .map(|(label, value)| (l.t(format!("counter-field-{label}")), value))
        .into()
    }

    fn choices(ctx: &Ctx, house: &House, field: &Field) -> Vec<Choice> {
        if field.ask == Ask::Unit {
            return desks_of(ctx, house);
        }
        house.fields.iter().map(|(code, name)| Choice::new(code, name)).collect()
    }

    fn likely(seen: &Seen<Counter>, _: &'static Verb<Counter>, field: &Field) -> String {
        match field.name {
            "counter_name" => seen.state().name.clone(),
            "fields" => seen.state().fields.join("\n"),
            _ => String::new(),
        }
    }

    fn head(ctx: &Ctx, _: &House, seen: &Seen<Counter>) -> (String, String) {
        (title(ctx.l, seen.state()), seen.held().code.clone())
    }

    fn begin<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(set_up(tx, house, actor, now, typed))
    }
}

fn colour(state: State) -> &'static str {
    match state {
        State::Open => "ontime",
        State::Closed => "paused",
        State::Ended => "done",
    }
}

/// What a counter is called: its number, and what stands beside it.
pub(crate) fn title(l: L, counter: &Counter) -> String {
    let number = l.tr("counter-number", [("n", counter.number.to_string())]);
    if counter.name.is_empty() { number } else { format!("{number} · {}", counter.name) }
}

/// A counter in the list.
#[derive(Clone)]
pub struct Line {
    id: Id,
    title: String,
    href: String,
    desk: String,
    fields: String,
    colour: &'static str,
    state: String,
    /// Where one stands at it; empty for whoever may not.
    stand: String,
    stand_word: String,
}

/// The counters of one's desks.
pub static LIST: List<Line> = List {
    key: "counters",
    path: "/counters",
    title: "counter-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[],
    columns: &[
        Column::new("counter", "counter-field-counter", Kind::Text, |line: &Line| {
            Cell::text(&line.title).to(&line.href)
        })
        .unlabelled()
        .sorted(Sort::Both),
        Column::new("stand", "counter-field-stand", Kind::Text, |line: &Line| {
            Cell::text(&line.stand_word).to(&line.stand)
        })
        .on(lists::On::Page),
        Column::new("desk", "counter-field-unit", Kind::Text, |line: &Line| Cell::text(&line.desk)).sorted(Sort::Both),
        Column::new("fields", "counter-field-fields", Kind::Text, |line: &Line| Cell::text(&line.fields)),
        Column::new("state", "counter-field-state", Kind::Word, |line: &Line| Cell::badge(line.colour, &line.state))
            .sorted(Sort::Both),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("counter-none", "counter-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "counters.html")]
struct Page {
    l: L,
    csrf: String,
    may_set_up: bool,
    /// The desks whose counters are shown: identifier and name.
    desks: Vec<(String, String)>,
    list: String,
}

/// GET /counters
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, house) = (ctx.l, House::of(&ctx).await?);
    let all = ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(store::all_counters(tx).await?) })).await?;
    let actor = ctx.actor()?;
    let line = |held: Held<Counter>| {
        let (counter, path) = (&held.state, house.org.tree.path(held.state.unit));
        actor.may_at(READ_DESK, path).then(|| {
            let names: Vec<String> = counter.fields.iter().map(|field| house.field(field)).collect();
            let serves = actor.may_at(SERVE_COUNTER, path);
            Line {
                id: held.id,
                title: title(l, counter),
                href: format!("/counters/{}", held.code),
                desk: house.name(counter.unit),
                fields: if names.is_empty() { l.t("desk-fields-all") } else { names.join("; ") },
                colour: colour(counter.state),
                state: l.t(format!("counter-state-{}", counter.state.as_str())),
                stand: if serves { format!("/counters/{}/call", held.code) } else { String::new() },
                stand_word: if serves { l.t("counter-stand") } else { String::new() },
            }
        })
    };
    let units: Vec<Id> = all.iter().map(|held| held.state.unit).collect();
    let rows: Vec<Line> = all.into_iter().filter_map(line).collect();
    let mut desks: Vec<(String, String)> = units
        .into_iter()
        .filter(|unit| actor.may_at(READ_DESK, house.org.tree.path(*unit)))
        .map(|unit| (house.code(unit), house.name(unit)))
        .collect();
    desks.dedup();
    // More than a few are a province's: they are found on the page of all desks.
    desks.truncate(3);
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Whole::of(&LIST, &asked, rows, |line| line.id);
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    let may_set_up = actor.may(KEEP_DESK);
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, csrf: ctx.csrf.clone(), may_set_up, desks, list })
}

/// A ticket at the counter's page.
struct Shown {
    code: String,
    n: String,
    field: String,
    priority: String,
    slot: String,
    waited: String,
}

fn shown(l: L, house: &House, held: &Held<Ticket>, now: Instant) -> Shown {
    let t = &held.state;
    Shown {
        code: held.code.clone(),
        n: written(t.n),
        field: if t.field.is_empty() { l.t("desk-field-other") } else { house.field(&t.field) },
        priority: if t.priority.is_empty() { String::new() } else { l.t(format!("desk-priority-{}", t.priority)) },
        slot: t.slot_at.map(vn_time).unwrap_or_default(),
        waited: l.tr("desk-minutes", [("n", (t.waited_ms(now) / 60_000).to_string())]),
    }
}

#[derive(Template)]
#[template(path = "call.html")]
struct Call {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    title: String,
    desk: String,
    desk_code: String,
    state: State,
    state_name: String,
    colour: &'static str,
    current: Option<Shown>,
    others: Vec<Choice>,
    waiting: Vec<Shown>,
    waiting_n: usize,
    served: i64,
    mean_wait: String,
    regulation: String,
}

impl Call {
    fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// The ticket that is done with by the next press.
    fn current_code(&self) -> &str {
        self.current.as_ref().map_or("", |ticket| &ticket.code)
    }
}

async fn call_page(ctx: &Ctx, code: &str, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, house, actor, now) = (ctx.l, House::of(ctx).await?, ctx.actor()?.clone(), ctx.now);
    let (asked, looked) = (code.to_owned(), house.clone());
    let (held, hall) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let seen = records::open::<Counter>(tx, &looked, &Asker::actor(&actor, now), &asked).await?;
                let hall = hall(tx, seen.held().state.unit, now).await?;
                Ok::<_, Fault>((seen.held().clone(), hall))
            })
        })
        .await?;
    let counter = &held.state;
    let current =
        hall.called.iter().filter(|ticket| ticket.state.counter == Some(held.id)).max_by_key(|t| t.state.last_call_at);
    let other = |other: &&Held<Counter>| Choice::new(&other.code, title(l, &other.state));
    let open = queue_acts::open_counters(&hall.counters);
    let mine: Vec<&Held<Ticket>> =
        hall.waiting.iter().filter(|ticket| queue::waits_for(&ticket.state, &held, &open)).collect();
    let wrong = !problems.is_empty();
    let body = Call {
        l,
        csrf: ctx.csrf.clone(),
        problems,
        code: code.to_owned(),
        title: title(l, counter),
        desk: house.name(counter.unit),
        desk_code: house.code(counter.unit),
        state: counter.state,
        state_name: l.t(format!("counter-state-{}", counter.state.as_str())),
        colour: colour(counter.state),
        current: current.map(|ticket| shown(l, &house, ticket, now)),
        others: hall.open().into_iter().filter(|open| open.id != held.id).map(|open| other(&open)).collect(),
        waiting_n: mine.len(),
        waiting: mine.into_iter().take(SHOWN_MAX).map(|ticket| shown(l, &house, ticket, now)).collect(),
        served: hall.served,
        mean_wait: hall
            .mean_wait_minutes
            .map_or_else(|| l.t("desk-nothing-yet"), |n| l.tr("desk-minutes", [("n", n.to_string())])),
        regulation: crate::hall_pages::regulation(l, &hall),
    };
    if ctx.htmx {
        return Ok(ctx.fragment(&CallPart { l, waiting: &body.waiting, waiting_n: body.waiting_n, code }));
    }
    let title = body.title.clone();
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

#[derive(Template)]
#[template(path = "_waiting.html")]
struct CallPart<'a> {
    l: L,
    waiting: &'a [Shown],
    waiting_n: usize,
    code: &'a str,
}

/// GET /counters/{code}/call
pub(crate) async fn stand(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(call_page(&ctx, &code, Vec::new()).await?)
}

/// POST /counters/{code}/call
pub(crate) async fn call(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    let (house, actor, now, counter) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now, code.clone());
    let shown = form.text("current").to_owned();
    let called = ctx.db().write(move |tx| {
        Box::pin(async move { queue_acts::call_next(tx, &house, &actor, now, (&counter, Some(&shown))).await })
    });
    let here = format!("/counters/{code}/call");
    match called.await {
        Ok(Some(_)) => Ok(ctx.redirect(here)),
        Ok(None) => Ok(ctx.flash(here, "counter-nobody-waits")),
        Err(Fault::Conflict(problem)) => Ok(call_page(&ctx, &code, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// POST /counters/{code}/stand/{verb}: opens or closes it from the page of whoever stands there.
pub(crate) async fn open_or_close(ctx: Ctx, Path((code, verb)): Path<(String, String)>, form: FormMap) -> Answer {
    let shown = form.text("current").to_owned();
    let word = match verb.as_str() {
        "open" => "open",
        "close" => "close",
        _ => return Err(Fault::NotFound("records-no-act").into()),
    };
    let (house, actor, now, counter) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now, code.clone());
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            if word == "close" {
                return queue_acts::close(tx, &house, &actor, now, (&counter, Some(&shown))).await;
            }
            let asker = Asker::actor(&actor, now);
            records::act::<Counter>(tx, &house, &asker, (&counter, word), &Typed::default()).await
        })
    });
    match done.await {
        Ok(_) => Ok(ctx.redirect(format!("/counters/{code}/call"))),
        Err(Fault::Conflict(problem)) => Ok(call_page(&ctx, &code, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// POST /counters/{code}/{verb}: closing and ending are this room's own acts, the same from every page; the rest is the frame's.
pub(crate) async fn act(ctx: Ctx, Path((code, verb)): Path<(String, String)>, upload: PatientUpload) -> Answer {
    if upload.refused.is_empty() && matches!(verb.as_str(), "close" | "end") {
        let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
        let (typed, of, word) = (Typed::of_form(ENDING, &upload.upload.fields), code.clone(), verb.clone());
        let done = ctx.db().write(move |tx| {
            Box::pin(async move {
                if word == "close" {
                    return queue_acts::close(tx, &house, &actor, now, (&of, None)).await;
                }
                queue_acts::end(tx, &house, &actor, now, (&of, &typed)).await
            })
        });
        match done.await {
            Ok(_) => return Ok(ctx.flash(format!("/counters/{code}"), "counter-done")),
            // What was typed wrong the frame tells on its page.
            Err(Fault::Invalid(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    frame::act::<Counter>(ctx, Path((code, verb)), upload).await
}

/// POST /tickets/{code}/{verb}: what is done with the one at the counter; `counter` says at which page one stands, `to` where it is sent on.
pub(crate) async fn ticket(ctx: Ctx, Path((code, verb)): Path<(String, String)>, form: FormMap) -> Answer {
    let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
    let (at, to, ticket, word) = (form.text("at").to_owned(), form.text("to").to_owned(), code, verb);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            if word == "move" {
                return queue_acts::send_on(tx, &house, &actor, now, (&ticket, &to)).await;
            }
            let asker = Asker::actor(&actor, now);
            records::act::<Ticket>(tx, &house, &asker, (&ticket, &word), &Typed::default()).await
        })
    });
    match done.await {
        Ok(held) if at.is_empty() => {
            Ok(ctx.redirect(format!("/desks/{}", House::of(&ctx).await?.code(held.state.unit))))
        }
        Ok(held) => {
            let word = match held.state.state {
                ticket::State::Called => "ticket-recalled",
                state => ticket_done(state),
            };
            Ok(ctx.flash(format!("/counters/{at}/call"), word))
        }
        Err(Fault::Invalid(problems)) if !at.is_empty() => Ok(call_page(&ctx, &at, problems).await?),
        Err(Fault::Conflict(problem)) if !at.is_empty() => Ok(call_page(&ctx, &at, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

fn ticket_done(state: ticket::State) -> &'static str {
    match state {
        ticket::State::Served => "ticket-served",
        ticket::State::Missed => "ticket-missed",
        _ => "ticket-moved",
    }
}
