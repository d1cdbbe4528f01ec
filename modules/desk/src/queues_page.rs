//! The queues of a period, desk by desk: how many were called, how long they waited, how many were served or lost.

use crate::house::House;
use crate::rights::READ_DESK;
use crate::{queue, store};
use askama::Template;
use base::time::{date_of_day, day_number};
use base::{Date, Fault, Id, vn_date};
use i18n::L;
use lists::{Asked, Cell, Column, Filter, Kind, List, Shape, Sort, Whole};
use web::{Answer, Ctx};

/// Days of a period at most: the rows of the days themselves are read.
const DAYS_MAX: i64 = 31;

/// What came of a desk's queue in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub taken: i64,
    pub called: i64,
    /// All waits together, in milliseconds.
    pub waited_ms: i64,
    pub served: i64,
    /// All services together, in milliseconds.
    pub serving_ms: i64,
}

/// A desk in the list.
#[derive(Clone)]
pub struct Line {
    id: Id,
    name: String,
    href: String,
    sums: Sums,
}

impl Line {
    fn mean(n: i64, ms: i64) -> Cell {
        queue::mean_wait_minutes(n, ms).map_or_else(Cell::default, Cell::whole)
    }
}

/// The desks at which anybody took a ticket.
pub static LIST: List<Line> = List {
    key: "queues",
    path: "/queues",
    title: "queues-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Filter::new("from", "queues-from", lists::Ask::Day),
        Filter::new("until", "queues-until", lists::Ask::Day),
    ],
    columns: &[
        Column::new("name", "desk-name", Kind::Text, |line: &Line| Cell::text(&line.name).to(&line.href))
            .unlabelled()
            .sorted(Sort::Both),
        Column::new("taken", "queues-taken", Kind::Whole, |line: &Line| Cell::whole(line.sums.taken))
            .sorted(Sort::Both),
        Column::new("called", "queues-called", Kind::Whole, |line: &Line| Cell::whole(line.sums.called))
            .sorted(Sort::Both),
        Column::new("wait", "queues-wait", Kind::Whole, |line: &Line| {
            Line::mean(line.sums.called, line.sums.waited_ms)
        })
        .sorted(Sort::Both),
        Column::new("served", "queues-served", Kind::Whole, |line: &Line| Cell::whole(line.sums.served))
            .sorted(Sort::Both),
        Column::new("service", "queues-service", Kind::Whole, |line: &Line| {
            Line::mean(line.sums.served, line.sums.serving_ms)
        })
        .sorted(Sort::Both),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("queues-none", "queues-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "queues.html")]
struct Page {
    l: L,
    period: String,
    list: String,
}

/// The period asked for: whole days, the month until today where nothing is said, and never more than a month.
fn period(asked: &Asked, today: Date) -> (i64, i64) {
    let day = |name: &str| asked.day(name).map(|at| at.day());
    let until = day("until").unwrap_or(day_number(today));
    let month = day_number(today.first_of_month());
    let from = day("from").unwrap_or_else(|| month.min(until));
    (from.clamp(until - DAYS_MAX + 1, until), until)
}

/// GET /queues?from=&until=
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let house = House::of(&ctx).await?;
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let days = period(&asked, ctx.now.date());
    let sums = ctx.db().read(move |tx| Box::pin(async move { Ok::<_, Fault>(store::sums(tx, days).await?) })).await?;
    let actor = ctx.actor()?;
    let desks = house.desks().filter(|desk| actor.may_at(READ_DESK, &desk.path));
    let rows: Vec<Line> = desks
        .filter_map(|desk| {
            let sums = *sums.get(&desk.id)?;
            Some(Line { id: desk.id, name: house.name(desk.id), href: format!("/desks/{}", desk.code), sums })
        })
        .collect();
    let source = Whole::of(&LIST, &asked, rows, |line| line.id);
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    let [from, until] = [days.0, days.1].map(|day| vn_date(date_of_day(day)));
    let period = ctx.l.tr("queues-period", [("from", from), ("until", until)]);
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, period, list })
}
