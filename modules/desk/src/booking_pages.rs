//! The pages of whoever books a slot, and the act of whoever comes for one.

use crate::booking::{self, Booking, days, may_book, slots};
use crate::booking_acts;
use crate::hall_pages::kiosk_page;
use crate::house::House;
use crate::regulation::rule;
use crate::store;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Date, Fault, Instant, Problem, vn_date, vn_time};
use i18n::L;
use records::{Asker, Held, Typed};
use web::table::query_value;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// A slot one may choose.
struct Slot {
    at: String,
    time: String,
    /// Places left, in words.
    left: String,
    full: bool,
}

#[derive(Template)]
#[template(path = "book.html")]
struct Book {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    code: String,
    name: String,
    fields: Vec<Choice>,
    field: String,
    days: Vec<Choice>,
    day: String,
    day_words: String,
    slots: Vec<Slot>,
}

/// What somebody asks for: a field, and a day of those one may book.
fn asked(uri: &str, form: Option<&FormMap>, name: &str) -> String {
    form.map_or_else(|| query_value(uri, name), |form| form.text(name).to_owned())
}

fn weekday(l: L, day: Date) -> String {
    format!("{} {}", l.t(format!("booking-weekday-{}", day.weekday().to_monday_one_offset())), vn_date(day))
}

async fn book_page(ctx: &Ctx, code: &str, form: Option<&FormMap>, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, house, now) = (ctx.l, House::of(ctx).await?, ctx.now);
    let rule = ctx.db().read(move |tx| Box::pin(async move { rule(tx, now).await })).await?;
    let (rule, calendar) = (&rule, &house.org.calendar);
    let desk = house.desk(code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let all = days(calendar, now.date(), rule);
    let wanted: Option<Date> = asked(&ctx.uri, form, "day").parse().ok();
    // Without a day of one's own the first that still has a slot to book.
    let free = |day: &&Date| slots(calendar, **day, rule).into_iter().any(|slot| may_book(calendar, slot, now, rule));
    let day = wanted.filter(|day| all.contains(day)).or_else(|| all.iter().find(free).copied()).unwrap_or(now.date());
    let between = (Instant::start_of(day), Instant::start_of(day).plus_ms(base::time::DAY_MS));
    let unit = desk.id;
    let (counters, seats) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>((store::counters(tx, unit).await?, store::seats_between(tx, unit, between).await?))
            })
        })
        .await?;
    let served = |code: &String| counters.iter().any(|held| held.state.fields.contains(code));
    let mut fields: Vec<Choice> =
        house.fields.iter().filter(|(code, _)| served(code)).map(|(code, name)| Choice::new(code, name)).collect();
    if counters.iter().any(|held| held.state.fields.is_empty()) {
        let key = if fields.is_empty() { "booking-field-any" } else { "desk-field-other" };
        fields.push(Choice::new("", l.t(key)));
    }
    let slot = |at: Instant| {
        let left = (rule.slot_places - seats.get(&at).copied().unwrap_or_default()).max(0);
        let left_words = if left == 0 { l.t("booking-full") } else { l.tr("booking-left", [("n", left.to_string())]) };
        Slot { at: at.0.to_string(), time: vn_time(at), left: left_words, full: left == 0 }
    };
    let wrong = !problems.is_empty();
    let title = l.t("booking-title");
    let body = Book {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("desk-desks"), "/desks"),
            Breadcrumb::new(house.name(desk.id), format!("/desks/{code}")),
            Breadcrumb::new(title.clone(), ""),
        ],
        problems,
        code: code.to_owned(),
        name: house.name(desk.id),
        // Without a choice of one's own the first field, and not whatever else there is.
        field: match asked(&ctx.uri, form, "field") {
            none if none.is_empty() && form.is_none() && !ctx.uri.contains("field=") => {
                fields.first().map(|first| first.value.clone()).unwrap_or_default()
            }
            field => field,
        },
        slots: if fields.is_empty() {
            Vec::new()
        } else {
            slots(calendar, day, rule).into_iter().filter(|at| may_book(calendar, *at, now, rule)).map(slot).collect()
        },
        fields,
        days: all.iter().map(|day| Choice::new(day.to_string(), weekday(l, *day))).collect(),
        day: day.to_string(),
        day_words: weekday(l, day),
    };
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /desks/{desk}/book?field=&day=
pub(crate) async fn choose(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(book_page(&ctx, &code, None, Vec::new()).await?)
}

/// POST /desks/{desk}/book
pub(crate) async fn book(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
    let desk = house.desk(&code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let (field, slot) = (form.text("field").to_owned(), Instant(form.text("slot").parse().unwrap_or_default()));
    let booked = ctx.db().write(move |tx| {
        Box::pin(async move { booking_acts::book(tx, &house, &actor, now, (&desk, &field, slot)).await })
    });
    match booked.await {
        Ok(_) => Ok(ctx.flash("/appointments", "booking-done")),
        Err(Fault::Invalid(problems)) => Ok(book_page(&ctx, &code, Some(&form), problems).await?),
        Err(Fault::Conflict(problem)) => Ok(book_page(&ctx, &code, Some(&form), vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// One of one's own bookings.
struct Own {
    code: String,
    desk: String,
    desk_code: String,
    when: String,
    field: String,
    state: String,
    colour: &'static str,
    is_ahead: bool,
}

#[derive(Template)]
#[template(path = "appointments.html")]
struct Mine {
    l: L,
    csrf: String,
    /// How early the ticket may be taken, in minutes.
    early: i64,
    own: Vec<Own>,
}

fn own(l: L, house: &House, held: &Held<Booking>, now: Instant) -> Own {
    let b = &held.state;
    let colour = match b.state {
        booking::State::Booked => "new",
        booking::State::Arrived => "ontime",
        booking::State::Cancelled | booking::State::Missed => "paused",
    };
    Own {
        code: held.code.clone(),
        desk: house.name(b.unit),
        desk_code: house.code(b.unit),
        when: format!("{}–{}, {}", vn_time(b.slot_at), vn_time(b.ends_at()), weekday(l, b.slot_at.date())),
        field: if b.field.is_empty() { String::new() } else { house.field(&b.field) },
        state: l.t(format!("booking-state-{}", b.state.as_str())),
        colour,
        is_ahead: b.state == booking::State::Booked && b.ends_at() > now,
    }
}

/// GET /appointments
pub(crate) async fn mine(ctx: Ctx) -> Answer {
    let (house, account) = (House::of(&ctx).await?, ctx.actor()?.account);
    let all =
        ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(store::bookings_ever(tx, account).await?) }));
    let own = all.await?.iter().map(|held| own(ctx.l, &house, held, ctx.now)).collect();
    let now = ctx.now;
    let rule = ctx.db().read(move |tx| Box::pin(async move { rule(tx, now).await })).await?;
    let early = rule.arrive_before_minutes;
    let body = Mine { l: ctx.l, csrf: ctx.csrf.clone(), early, own };
    Ok(ctx.page(&ctx.l.t("booking-mine"), &body))
}

/// POST /appointments/{code}/cancel
pub(crate) async fn cancel(ctx: Ctx, Path(code): Path<String>, _: FormMap) -> Answer {
    let (house, actor, now) = (House::of(&ctx).await?, ctx.actor()?.clone(), ctx.now);
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let asker = Asker::actor(&actor, now);
            records::act::<Booking>(tx, &house, &asker, (&code, "cancel"), &Typed::default()).await
        })
    });
    done.await?;
    Ok(ctx.flash("/appointments", "booking-cancelled"))
}

/// POST /desks/{desk}/arrive: whoever booked is at the kiosk.
pub(crate) async fn arrive(ctx: Ctx, Path(code): Path<String>, form: FormMap) -> Answer {
    let (house, now) = (House::of(&ctx).await?, ctx.now);
    let desk = house.desk(&code).cloned().ok_or(Fault::NotFound("desk-none"))?;
    let typed = form.text("code").to_uppercase();
    let came =
        ctx.db().write(move |tx| Box::pin(async move { booking_acts::arrive(tx, &house, &desk, now, &typed).await }));
    match came.await {
        Ok(held) => Ok(ctx.redirect(format!("/desks/{code}/tickets/{}?kiosk=1", held.code))),
        Err(Fault::NotFound("desk-booking-none")) => {
            let none = Problem::new("desk-booking-none").field("code");
            Ok(kiosk_page(&ctx, &code, vec![none]).await?)
        }
        Err(Fault::Conflict(problem)) => Ok(kiosk_page(&ctx, &code, vec![problem]).await?),
        Err(fault) => Err(fault.into()),
    }
}
