//! The pages of the hall, open to everybody: the desks, one desk now, the kiosk, one's ticket, the call screen.

use crate::data;
use crate::hall::{Hall, hall};
use crate::house::House;
use crate::queue::Outlook;
use crate::queue_acts::{self, Wish};
use crate::rights::KEEP_DESK;
use crate::store;
use crate::ticket::State;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base::{Fault, Id, Problem, vn_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape, Sort, Whole};
use organisation::Agency;
use web::table::query_value;
use web::{Answer, Choice, Ctx, FormMap, cookie, limits};

/// Seconds until one's ticket, or the screen on a device of the hall, looks again by itself without a script.
const AGAIN_SECONDS: u32 = 15;
/// Tickets taken from one address: a hall with several devices on a Monday morning, and nobody at home who plays with it.
const TICKETS: limits::Rate = limits::Rate { burst: 60, per_minute: 12 };
/// How long a device stays one of the hall without being set up again.
const DEVICE_SECONDS: i64 = 400 * 86_400;

/// A desk in the list.
#[derive(Clone)]
pub struct Line {
    id: Id,
    code: String,
    name: String,
    open: i64,
    waiting: i64,
}

/// The desks that have counters.
pub static DESKS: List<Line> = List {
    key: "desks",
    path: "/desks",
    title: "desk-desks",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[lists::Filter::new("q", "desk-search", lists::Ask::Words)],
    columns: &[
        Column::new("name", "desk-name", Kind::Text, |line: &Line| {
            Cell::text(&line.name).to(format!("/desks/{}", line.code))
        })
        .unlabelled()
        .sorted(Sort::Both),
        Column::new("open", "desk-open-counters", Kind::Whole, |line: &Line| Cell::whole(line.open)).sorted(Sort::Both),
        Column::new("waiting", "desk-waiting", Kind::Whole, |line: &Line| Cell::whole(line.waiting)).sorted(Sort::Both),
    ],
    order: ("name", false),
    shape: Shape::AT,
    empty: ("desk-desks-none", "desk-desks-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "desks.html")]
struct Desks {
    l: L,
    list: String,
}

/// GET /desks
pub(crate) async fn desks(ctx: Ctx) -> Answer {
    let house = House::of(&ctx).await?;
    let day = store::today(ctx.now);
    let (counters, waiting) = ctx
        .db()
        .read(move |tx| {
            Box::pin(
                async move { Ok::<_, Fault>((store::all_counters(tx).await?, store::waiting_by_desk(tx, day).await?)) },
            )
        })
        .await?;
    let mut asked = Asked::read(&DESKS, &ctx.uri, 0, Vec::new());
    asked.public = true;
    let words = base::fold(asked.value("q"));
    let line = |desk: &Agency| {
        let own = counters.iter().filter(|held| held.state.unit == desk.id);
        let open = own.clone().filter(|held| held.state.state == crate::counter::State::Open).count() as i64;
        let name = house.name(desk.id);
        let (any, fits) = (own.count() > 0, words.is_empty() || base::fold(&name).contains(&words));
        let waiting = waiting.get(&desk.id).copied().unwrap_or_default();
        (any && fits).then(|| Line { id: desk.id, code: desk.code.clone(), name, open, waiting })
    };
    let rows: Vec<Line> = house.desks().filter_map(line).collect();
    let source = Whole::of(&DESKS, &asked, rows, |line| line.id);
    let opened = lists::open(&ctx, &DESKS, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(DESKS.title), |list| Desks { l: ctx.l, list })
}

/// A desk by its identifier, and how it stands.
async fn read(ctx: &Ctx, code: &str) -> Result<(House, Agency, Hall), Fault> {
    let house = House::of(ctx).await?;
    let desk = house.desk(code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let (id, now) = (desk.id, ctx.now);
    let hall = ctx.db().read(move |tx| Box::pin(async move { hall(tx, id, now).await })).await?;
    Ok((house, desk, hall))
}

/// The page looks again by itself.
fn again(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFRESH, HeaderValue::from(AGAIN_SECONDS));
    response
}

/// A field one may take a ticket for.
struct Offer {
    code: String,
    name: String,
    /// How long it will be, in words.
    wait: String,
}

fn offers(l: L, house: &House, hall: &Hall, now: base::Instant) -> Vec<Offer> {
    let (fields, others) = hall.fields(house);
    let rest = others.then(|| {
        let key = if fields.is_empty() { "desk-field-any" } else { "desk-field-other" };
        (String::new(), l.t(key))
    });
    let offer = |(code, name): (String, String)| Offer { wait: outlook(l, hall.outlook_of(&code, now)), code, name };
    fields.into_iter().chain(rest).map(offer).collect()
}

/// How many are before somebody, and for how long.
fn outlook(l: L, expected: Option<Outlook>) -> String {
    let minutes = |outlook: Outlook| ("minutes", outlook.minutes.to_string());
    match expected {
        None => l.t("desk-outlook-none"),
        Some(outlook) if outlook.minutes == 0 => l.t("desk-outlook-now"),
        Some(outlook) if outlook.ahead == 0 => l.tr("desk-outlook-next", [minutes(outlook)]),
        Some(outlook) => l.tr("desk-outlook", [("n", outlook.ahead.to_string()), minutes(outlook)]),
    }
}

fn minutes(l: L, minutes: Option<i64>) -> String {
    minutes.map_or_else(|| l.t("desk-nothing-yet"), |n| l.tr("desk-minutes", [("n", n.to_string())]))
}

/// A counter on the board.
struct Stand {
    number: i64,
    name: String,
    fields: String,
    state: String,
    colour: &'static str,
    ticket: String,
}

fn stands(l: L, house: &House, hall: &Hall) -> Vec<Stand> {
    let stand = |held: &records::Held<crate::Counter>| {
        let counter = &held.state;
        let open = counter.state == crate::counter::State::Open;
        let names: Vec<String> = counter.fields.iter().map(|field| house.field(field)).collect();
        let now = hall
            .called
            .iter()
            .filter(|ticket| ticket.state.counter == Some(held.id))
            .max_by_key(|t| t.state.last_call_at);
        Stand {
            number: counter.number,
            name: counter.name.clone(),
            fields: if names.is_empty() { l.t("desk-fields-all") } else { names.join(", ") },
            state: l.t(format!("counter-state-{}", counter.state.as_str())),
            colour: if open { "ontime" } else { "paused" },
            ticket: now.map(|ticket| written(ticket.state.n)).unwrap_or_default(),
        }
    };
    hall.counters.iter().map(stand).collect()
}

/// A ticket's number as it is called out.
pub(crate) fn written(n: i64) -> String {
    format!("{n:03}")
}

#[derive(Template)]
#[template(path = "desk.html")]
struct Board {
    l: L,
    code: String,
    name: String,
    now: String,
    is_open: bool,
    waiting: i64,
    served: i64,
    mean_wait: String,
    stands: Vec<Stand>,
    regulation: String,
}

/// Which regulation is followed, in a line.
pub(crate) fn regulation(l: L, hall: &Hall) -> String {
    hall.regulation.as_ref().map_or_else(String::new, |held| {
        let day = base::vn_date(held.state.effective_on);
        l.tr("regulation-since", [("decision", held.state.decision.clone()), ("day", day)])
    })
}

/// GET /desks/{desk}
pub(crate) async fn board(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (house, desk, hall) = read(&ctx, &code).await?;
    let body = Board {
        l: ctx.l,
        name: house.name(desk.id),
        now: vn_time(ctx.now),
        is_open: house.org.calendar.desk_is_open(ctx.now),
        waiting: hall.waiting.len() as i64,
        served: hall.served,
        mean_wait: minutes(ctx.l, hall.mean_wait_minutes),
        stands: stands(ctx.l, &house, &hall),
        regulation: regulation(ctx.l, &hall),
        code,
    };
    Ok(ctx.page(&body.name, &body))
}

#[derive(Template)]
#[template(path = "kiosk.html")]
struct Kiosk {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    code: String,
    name: String,
    is_open: bool,
    offers: Vec<Offer>,
    priorities: Vec<Choice>,
    regulation: String,
}

pub(crate) async fn kiosk_page(ctx: &Ctx, code: &str, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, (house, desk, hall)) = (ctx.l, read(ctx, code).await?);
    let rule = data::rule(ctx.now.date()).ok_or_else(|| Fault::internal("no rule of the queue"))?;
    let grounds = rule.priority.iter().map(|word| Choice::new(word, l.t(format!("desk-priority-{word}"))));
    let wrong = !problems.is_empty();
    let body = Kiosk {
        l,
        csrf: ctx.csrf.clone(),
        problems,
        code: code.to_owned(),
        name: house.name(desk.id),
        is_open: house.org.calendar.desk_is_open(ctx.now),
        offers: offers(l, &house, &hall, ctx.now),
        priorities: [Choice::new("", l.t("desk-priority-none"))].into_iter().chain(grounds).collect(),
        regulation: regulation(l, &hall),
    };
    let title = l.t("desk-kiosk");
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// Whether the device that asks stands in a hall.
fn in_hall(ctx: &Ctx, headers: &HeaderMap) -> bool {
    cookie::read(headers, cookie::KIOSK, ctx.app.secure_cookies).is_some()
}

/// On to a page, with nobody signed in any more.
async fn signed_out(ctx: &Ctx, headers: &HeaderMap, to: String) -> Result<Response, Fault> {
    if let Some(token) = cookie::read(headers, cookie::SESSION, ctx.app.secure_cookies) {
        ctx.db().write(move |tx| Box::pin(async move { identity::sign_out(tx, &token).await })).await?;
    }
    let mut response = ctx.redirect(to);
    response.headers_mut().append(header::SET_COOKIE, cookie::clear(cookie::SESSION, ctx.app.secure_cookies));
    Ok(response)
}

/// GET /desks/{desk}/kiosk: on a device of the hall it also ends the session of whoever went away without signing out.
pub(crate) async fn kiosk(ctx: Ctx, Path(code): Path<String>, headers: HeaderMap) -> Answer {
    if ctx.actor.is_some() && in_hall(&ctx, &headers) {
        return Ok(signed_out(&ctx, &headers, format!("/desks/{code}/kiosk")).await?);
    }
    Ok(kiosk_page(&ctx, &code, Vec::new()).await?)
}

/// POST /desks/{desk}/device: with `stands=1` the device that asks stands in this hall, and whatever it shows goes back to the kiosk when
/// nobody touches it; `0` takes that back. Whoever set it up is signed out on it.
pub(crate) async fn device(ctx: Ctx, Path(code): Path<String>, headers: HeaderMap, form: FormMap) -> Answer {
    let house = House::of(&ctx).await?;
    let desk = house.desk(&code).ok_or(Fault::NotFound("desk-none"))?;
    if !ctx.actor()?.may_at(KEEP_DESK, &desk.path) {
        return Err(Fault::Forbidden(Problem::new("records-not-yours")).into());
    }
    let (secure, start) = (ctx.app.secure_cookies, format!("/desks/{code}/kiosk"));
    let (mut response, cookie) = match form.text("stands") {
        "1" => {
            let set = cookie::set(cookie::KIOSK, &start, Some(DEVICE_SECONDS), secure);
            (signed_out(&ctx, &headers, start).await?, set)
        }
        _ => (ctx.flash("/counters", "desk-device-cleared"), cookie::clear(cookie::KIOSK, secure)),
    };
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// POST /desks/{desk}/tickets
pub(crate) async fn take(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    limits::take(&ctx, "queue-ticket", TICKETS)?;
    let house = House::of(&ctx).await?;
    let desk = house.desk(&code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let wish =
        Wish { field: form.text("field").to_owned(), priority: form.text("priority").to_owned(), ..Wish::default() };
    let now = ctx.now;
    let taken =
        ctx.db().write(move |tx| Box::pin(async move { queue_acts::take(tx, &house, &desk, now, &wish).await }));
    match taken.await {
        Ok(held) => Ok(ctx.redirect(format!("/desks/{code}/tickets/{}?kiosk=1", held.code))),
        Err(Fault::Invalid(problems)) => Ok(kiosk_page(&ctx, &code, problems).await?),
        Err(Fault::Conflict(problem)) => Ok(kiosk_page(&ctx, &code, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct Mine {
    l: L,
    desk: String,
    name: String,
    n: String,
    field: String,
    taken: String,
    slot: String,
    state: String,
    colour: &'static str,
    /// The counter it is called to; empty while it waits.
    counter: String,
    outlook: String,
    /// Where one's own telephone sees it.
    href: String,
    kiosk: bool,
}

/// GET /desks/{desk}/tickets/{ticket}
pub(crate) async fn ticket(ctx: Ctx, Path((code, number)): Path<(String, String)>) -> Answer {
    let (l, (house, desk, hall)) = (ctx.l, read(&ctx, &code).await?);
    let asked = number.clone();
    let held =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(store::ticket(tx, &asked).await?) })).await?;
    // Numbers follow one another: what was taken on another day is nobody's to look at any more. Why somebody may go first only the
    // clerk is told.
    let shown =
        |held: &records::Held<crate::Ticket>| held.state.unit == desk.id && held.state.day == store::today(ctx.now);
    let held = held.filter(shown).ok_or(Fault::NotFound("desk-ticket-none"))?;
    let t = &held.state;
    let waits = t.state == State::Waiting;
    let kiosk = query_value(&ctx.uri, "kiosk") == "1";
    let called = (t.state == State::Called).then(|| hall.number(t.counter)).flatten();
    let body = Mine {
        l,
        name: house.name(desk.id),
        n: written(t.n),
        field: if t.field.is_empty() { l.t("desk-field-other") } else { house.field(&t.field) },
        taken: vn_time(t.taken_at),
        slot: t.slot_at.map(vn_time).unwrap_or_default(),
        state: l.t(format!("ticket-state-{}", t.state.as_str())),
        colour: colour(t.state),
        counter: called.map(|n| n.to_string()).unwrap_or_default(),
        outlook: if waits { outlook(l, hall.outlook(&held, ctx.now)) } else { String::new() },
        href: format!("{}/desks/{code}/tickets/{number}", ctx.origin),
        kiosk,
        desk: code.clone(),
    };
    let page = ctx.page(&l.tr("desk-ticket-title", [("n", body.n.clone())]), &body);
    Ok(match (kiosk, t.state) {
        (false, State::Waiting | State::Called) => again(page),
        _ => page,
    })
}

/// The colour of a ticket's state.
pub(crate) fn colour(state: State) -> &'static str {
    match state {
        State::Waiting => "new",
        State::Called => "near",
        State::Served => "done",
        State::Missed | State::Lapsed => "paused",
    }
}

/// A call on the screen.
struct Call {
    n: String,
    counter: String,
    name: String,
    now: bool,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct Screen {
    l: L,
    code: String,
    name: String,
    now: String,
    calls: Vec<Call>,
    waiting: i64,
    /// The latest call in words: the part of the page that is read out, and stays where it is.
    latest: String,
    /// What is said anew by a part of the page; nothing by the whole.
    told: &'static str,
    key: String,
}

#[derive(Template)]
#[template(path = "_screen.html")]
struct ScreenPart<'a> {
    l: L,
    code: &'a str,
    calls: &'a [Call],
    waiting: i64,
    now: &'a str,
    /// The latest call in words, when the page that asks has not said it.
    told: &'a str,
    key: &'a str,
}

/// GET /desks/{desk}/screen
pub(crate) async fn screen(ctx: Ctx, Path(code): Path<String>, headers: HeaderMap) -> Answer {
    let (house, desk, hall) = read(&ctx, &code).await?;
    let last = hall.called.iter().max_by_key(|held| (held.state.last_call_at, held.state.n));
    let latest = last.map(|held| held.id);
    // Which call it is: a number that is called again is read out again.
    let key = last.map_or_else(String::new, |held| format!("{}-{}", held.state.n, held.state.calls));
    let call = |held: &records::Held<crate::Ticket>| {
        let counter = hall.counters.iter().find(|counter| Some(counter.id) == held.state.counter);
        Call {
            n: written(held.state.n),
            counter: counter.map(|counter| counter.state.number.to_string()).unwrap_or_default(),
            name: counter.map(|counter| counter.state.name.clone()).unwrap_or_default(),
            now: Some(held.id) == latest,
        }
    };
    // Who is called now, the latest first.
    let mut now: Vec<_> = hall.called.iter().collect();
    now.sort_by_key(|held| std::cmp::Reverse((held.state.last_call_at, held.state.n)));
    let calls: Vec<Call> = now.into_iter().map(call).collect();
    let (waiting, at) = (hall.waiting.len() as i64, vn_time(ctx.now));
    let said = calls.first().map_or_else(String::new, |call| {
        ctx.l.tr("desk-screen-latest", [("n", call.n.clone()), ("counter", call.counter.clone())])
    });
    if ctx.htmx {
        let told = if query_value(&ctx.uri, "seen") == key { "" } else { &said };
        let part = ScreenPart { l: ctx.l, code: &code, calls: &calls, waiting, now: &at, told, key: &key };
        return Ok(ctx.fragment(&part));
    }
    let body =
        Screen { l: ctx.l, name: house.name(desk.id), now: at, calls, waiting, code, latest: said, told: "", key };
    let page = ctx.page(&ctx.l.t("desk-screen"), &body);
    // A device of the hall stays with the screen and needs no script for it.
    Ok(if in_hall(&ctx, &headers) { again(page) } else { page })
}
