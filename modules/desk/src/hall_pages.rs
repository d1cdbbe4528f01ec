//! The pages of the hall, open to everybody: the desks, one desk now, the kiosk, one's ticket, the call screen.

use crate::data;
use crate::hall::{Hall, hall};
use crate::house::House;
use crate::queue::Outlook;
use crate::queue_acts::{self, Wish};
use crate::store;
use crate::ticket::State;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base::{Fault, Id, Problem, vn_time};
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape, Sort, Whole};
use organisation::Agency;
use web::table::query_value;
use web::{Answer, Choice, Ctx, FormMap, cookie, limits};

/// Seconds until a screen or a ticket looks again by itself, without a script.
const AGAIN_SECONDS: u32 = 15;
/// Seconds after which a kiosk that nobody touches is back at its beginning.
const IDLE_SECONDS: u32 = 45;
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

/// The page looks again by itself, or goes back to where it began.
fn again(mut response: Response, seconds: u32, to: &str) -> Response {
    let text = if to.is_empty() { seconds.to_string() } else { format!("{seconds}; url={to}") };
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::REFRESH, value);
    }
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
    let page = if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) };
    Ok(again(page, IDLE_SECONDS, &format!("/desks/{code}/kiosk")))
}

/// GET /desks/{desk}/kiosk?device=1: with it the device that asks stands in this hall, and whatever it shows goes back here when nobody
/// touches it; `device=0` takes that back.
pub(crate) async fn kiosk(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let mut page = kiosk_page(&ctx, &code, Vec::new()).await?;
    let (secure, start) = (ctx.app.secure_cookies, format!("/desks/{code}/kiosk"));
    let cookie = match query_value(&ctx.uri, "device").as_str() {
        "1" => cookie::set(cookie::KIOSK, &start, Some(DEVICE_SECONDS), secure),
        "0" => cookie::clear(cookie::KIOSK, secure),
        _ => return Ok(page),
    };
    page.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(page)
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
    priority: String,
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
    let held = held.filter(|held| held.state.unit == desk.id).ok_or(Fault::NotFound("desk-ticket-none"))?;
    let t = &held.state;
    let waits = t.state == State::Waiting && t.day == store::today(ctx.now);
    let kiosk = query_value(&ctx.uri, "kiosk") == "1";
    let called = (t.state == State::Called).then(|| hall.number(t.counter)).flatten();
    let body = Mine {
        l,
        name: house.name(desk.id),
        n: written(t.n),
        field: if t.field.is_empty() { l.t("desk-field-any") } else { house.field(&t.field) },
        priority: if t.priority.is_empty() { String::new() } else { l.t(format!("desk-priority-{}", t.priority)) },
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
        (true, _) => again(page, IDLE_SECONDS, &format!("/desks/{code}/kiosk")),
        (false, State::Waiting | State::Called) => again(page, AGAIN_SECONDS, ""),
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
}

#[derive(Template)]
#[template(path = "_screen.html")]
struct ScreenPart<'a> {
    l: L,
    code: &'a str,
    calls: &'a [Call],
    waiting: i64,
    now: &'a str,
}

/// GET /desks/{desk}/screen
pub(crate) async fn screen(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let (house, desk, hall) = read(&ctx, &code).await?;
    let latest = hall.called.iter().max_by_key(|held| (held.state.last_call_at, held.state.n)).map(|held| held.id);
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
    if ctx.htmx {
        return Ok(ctx.fragment(&ScreenPart { l: ctx.l, code: &code, calls: &calls, waiting, now: &at }));
    }
    let body = Screen { l: ctx.l, name: house.name(desk.id), now: at, calls, waiting, code };
    Ok(again(ctx.page(&ctx.l.t("desk-screen"), &body), AGAIN_SECONDS, ""))
}
