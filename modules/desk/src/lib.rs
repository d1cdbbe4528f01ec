//! The counter itself (Quầy): receiving points and their equipment, counters, the queue in front of them.

pub mod booking;
pub mod booking_acts;
pub mod booking_pages;
mod cards;
pub mod counter;
pub mod counters_page;
pub mod data;
pub mod duty;
pub mod duty_acts;
pub mod hall;
pub mod hall_pages;
pub mod house;
mod moving;
mod off;
pub mod point;
pub mod points_page;
pub mod queue;
pub mod queue_acts;
pub mod queues_page;
pub mod regulation;
pub mod regulation_pages;
pub mod rights;
pub mod roster_pages;
pub mod store;
pub mod ticket;

pub use booking::Booking;
pub use counter::Counter;
pub use duty::Duty;
pub use house::House;
pub use moving::{move_to, queue_open_at};
pub use off::booked_when_off;
pub use point::Point;
pub use regulation::Regulation;
pub use ticket::Ticket;

use ::store::{BoxFuture, StoreError, Tx};
use base::{Date, Id, Instant};
use organisation::Open;
use records::frame;
use records::{DueKind, Kind};
use web::{Access, Module, NavItem, Routes};

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "desk", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "desk", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Receiving points among the kinds of the program.
pub const POINTS: Kind =
    Kind::of::<Point>(point::MEASURES, &[], rights::READ_DESK, frame::cards::<Point>).searched("point-title", "");
/// Counters.
pub const COUNTERS: Kind = Kind::of::<Counter>(&[], &[], rights::READ_DESK, cards::counters);
/// Tickets.
pub const TICKETS: Kind = Kind::of::<Ticket>(ticket::MEASURES, &[], rights::READ_DESK, cards::tickets);

/// Booked slots.
pub const BOOKINGS: Kind = Kind::of::<Booking>(booking::MEASURES, &[], rights::READ_DESK, cards::bookings);

/// Duties at counters.
pub const DUTIES: Kind = Kind::of::<Duty>(
    duty::MEASURES,
    &[DueKind { name: duty::BE_THERE, word: "duty-due", right: rights::KEEP_DESK, served: false }],
    rights::READ_DESK,
    cards::duties,
);

/// Versions of the operating regulation.
pub const REGULATIONS: Kind =
    Kind::of::<Regulation>(&[], &[], rights::READ_DESK, frame::cards::<Regulation>).searched("regulation-title", "");

/// What keeps a unit from being ended; see [`organisation::OpenAt`].
pub fn open_at(tx: &Tx, unit: Id, day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move {
        let open = |what, count| Open { what, count, href: "/counters".to_owned(), needs: rights::READ_DESK };
        Ok(vec![
            open("counter-open-here", store::counters(tx, unit).await?.len() as i64),
            open("duty-open-here", store::planned_in(tx, unit).await?),
            open("booking-open-here", store::booked_in(tx, unit, Instant::start_of(day)).await?),
        ])
    })
}

/// The lists of this room, of which people keep views.
pub fn lists() -> Vec<::lists::Declared> {
    vec![
        points_page::LIST.declared(),
        counters_page::LIST.declared(),
        hall_pages::DESKS.declared(),
        regulation_pages::LIST.declared(),
        queues_page::LIST.declared(),
    ]
}

/// Routes, words, tables and menu.
pub fn module() -> Module {
    let (reads, keeps) = (Access::Needs(rights::READ_DESK), Access::Needs(rights::KEEP_DESK));
    let issues = Access::Needs(rights::ISSUE_REGULATION);
    let (serves, books) = (Access::Needs(rights::SERVE_COUNTER), Access::Needs(rights::BOOK_SLOT));
    let routes = Routes::new()
        // The hall, for everybody.
        .get("/desks", Access::Public, hall_pages::desks)
        .get("/desks/{desk}", Access::Public, hall_pages::board)
        .get("/desks/{desk}/kiosk", Access::Public, hall_pages::kiosk)
        .post("/desks/{desk}/tickets", Access::Public, hall_pages::take)
        .get("/desks/{desk}/tickets/{ticket}", Access::Public, hall_pages::ticket)
        .get("/desks/{desk}/screen", Access::Public, hall_pages::screen)
        .post("/desks/{desk}/device", keeps, hall_pages::device)
        // Slots: booked with an account, used at the desk by their code.
        .get("/desks/{desk}/book", books, booking_pages::choose)
        .post("/desks/{desk}/book", books, booking_pages::book)
        .post("/desks/{desk}/arrive", Access::LookUp, booking_pages::arrive)
        .get("/appointments", books, booking_pages::mine)
        .post("/appointments/{code}/cancel", books, booking_pages::cancel)
        // Whoever stands at a counter.
        .get("/counters/{code}/call", serves, counters_page::stand)
        .post("/counters/{code}/call", serves, counters_page::call)
        .post("/counters/{code}/stand/{verb}", serves, counters_page::open_or_close)
        .post("/tickets/{code}/{verb}", serves, counters_page::ticket)
        // What came of the queues of a period.
        .get("/queues", reads, queues_page::list)
        // Who is on duty.
        .get("/desks/{desk}/roster", reads, roster_pages::show)
        .post("/desks/{desk}/roster", keeps, roster_pages::assign)
        .post("/duties/{code}/{verb}", reads, roster_pages::act)
        // Keeping counters.
        .get("/counters", reads, counters_page::list)
        .get("/counters/new", keeps, frame::new::<Counter>)
        .post("/counters/new", keeps, frame::create::<Counter>)
        .get("/counters/{code}", reads, frame::show::<Counter>)
        .post("/counters/{code}/{verb}", reads, counters_page::act)
        // The regulation: what is in force for everybody, all versions for officials.
        .get("/regulation", Access::Public, regulation_pages::in_force)
        .get("/regulations", Access::Official, regulation_pages::list)
        .get("/regulations/new", issues, frame::new::<Regulation>)
        .post("/regulations/new", issues, frame::create::<Regulation>)
        .get("/regulations/{code}", Access::Official, frame::show::<Regulation>)
        .post("/regulations/{code}/{verb}", Access::Official, frame::act::<Regulation>)
        // Receiving points.
        .get("/receiving-points", reads, points_page::list)
        .get("/receiving-points/new", keeps, frame::new::<Point>)
        .post("/receiving-points/new", keeps, frame::create::<Point>)
        .get("/receiving-points/{code}", reads, frame::show::<Point>)
        .post("/receiving-points/{code}/{verb}", reads, frame::act::<Point>);
    Module {
        name: "desk",
        routes,
        migrations: MIGRATIONS,
        locales: LOCALES,
        permissions: rights::ALL,
        homes: &[],
        nav: vec![
            NavItem { key: "counter-nav", href: "/counters", icon: "bell", access: serves, order: 7 },
            NavItem { key: "booking-nav", href: "/appointments", icon: "calendar", access: books, order: 6 },
            NavItem { key: "point-nav", href: "/receiving-points", icon: "building", access: reads, order: 42 },
            NavItem { key: "desk-nav", href: "/desks", icon: "users", access: Access::Public, order: 35 },
        ],
    }
}
