//! Receiving points: the overview of the province, and what is their own on a point's page.

use crate::data;
use crate::house::House;
use crate::point::{Point, State, declare};
use crate::rights::{KEEP_DESK, READ_DESK};
use crate::store;
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::{Actor, Fault, Id, Instant, vn_date};
use i18n::L;
use lists::{Asked, Cell, Column, Filter, Kind, List, On, Shape, Sort, Whole};
use records::frame::Pages;
use records::{Ask, Field, Held, Machine, Seen, Typed, Verb};
use std::collections::HashMap;
use web::{Answer, Choice, Ctx};

/// The word of a unit whose point nobody has declared.
const UNKNOWN: &str = "unknown";

impl Pages for Point {
    const WORD: &'static str = "point";
    const PATH: &'static str = "/receiving-points";
    const PROSE: &'static [&'static str] = &["text"];
    const BEGINS: &'static str = "declare";

    fn colour(state: State) -> &'static str {
        colour(state.as_str())
    }

    fn facts(ctx: &Ctx, house: &House, seen: &Seen<Point>) -> Vec<(String, String)> {
        let (l, point) = (ctx.l, seen.state());
        let required = data::items(ctx.now.date());
        let name = |has: bool| {
            let of = required.iter().filter(|item| point.items.contains(&item.id) == has);
            of.map(|item| item.name(l.0)).collect::<Vec<_>>().join("; ")
        };
        let source = data::required(ctx.now.date()).map(|list| list.source.clone()).unwrap_or_default();
        [
            ("unit", house.name(point.unit)),
            ("there", name(true)),
            ("missing", name(false)),
            ("changed", vn_date(point.changed_at.date())),
            ("source", source),
        ]
        .map(|(label, value)| (l.t(format!("point-field-{label}")), value))
        .into()
    }

    fn choices(ctx: &Ctx, house: &House, field: &Field) -> Vec<Choice> {
        if field.ask == Ask::Unit {
            return desks_of(ctx, house);
        }
        data::items(ctx.now.date()).iter().map(|item| Choice::new(&item.id, item.name(ctx.l.0))).collect()
    }

    fn likely(seen: &Seen<Point>, _: &'static Verb<Point>, field: &Field) -> String {
        if field.name == "items" { seen.state().items.join("\n") } else { String::new() }
    }

    fn head(_: &Ctx, house: &House, seen: &Seen<Point>) -> (String, String) {
        (house.name(seen.state().unit), seen.held().code.clone())
    }

    fn begin<'t>(
        tx: &'t Tx,
        house: &'t House,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(declare(tx, house, actor, now, typed))
    }
}

fn colour(word: &str) -> &'static str {
    match word {
        "equipped" => "ontime",
        "built" => "near",
        "funded" => "new",
        "bare" => "late",
        _ => "paused",
    }
}

/// The reception units that somebody keeps.
pub(crate) fn desks_of(ctx: &Ctx, house: &House) -> Vec<Choice> {
    let keeps = |path: &str| ctx.actor.as_ref().is_some_and(|actor| actor.may_at(KEEP_DESK, path));
    let own = house.desks().filter(|desk| keeps(&desk.path));
    own.map(|desk| Choice::new(desk.id.to_string(), house.name(desk.id))).collect()
}

/// A reception unit with what is known of its point.
#[derive(Clone)]
pub struct Line {
    unit: Id,
    name: String,
    href: String,
    code: String,
    /// A word of [`State`], or [`UNKNOWN`].
    state: &'static str,
    state_name: String,
    there: i64,
    required: i64,
    missing: String,
    changed: Option<base::Date>,
}

/// Every reception unit, those that nobody has declared as well.
pub static LIST: List<Line> = List {
    key: "receiving-points",
    path: "/receiving-points",
    title: "point-title",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter::new("state", "point-field-state", lists::Ask::Choice)],
    columns: &[
        Column::new("name", "point-field-unit", Kind::Text, |line: &Line| Cell::text(&line.name).to(&line.href))
            .unlabelled()
            .sorted(Sort::Both),
        Column::new("code", "point-field-code", Kind::Word, |line: &Line| Cell::code(&line.code)).on(On::File),
        Column::new("state", "point-field-state", Kind::Word, |line: &Line| {
            Cell::badge(colour(line.state), &line.state_name)
        })
        .sorted(Sort::Both),
        Column::new("there", "point-field-count", Kind::Whole, |line: &Line| {
            Cell::whole(line.there).more(format!("/ {}", line.required))
        })
        .sorted(Sort::Both),
        Column::new("missing", "point-field-missing", Kind::Text, |line: &Line| Cell::text(&line.missing)),
        Column::new("changed", "point-field-changed", Kind::Day, |line: &Line| Cell::day(line.changed))
            .sorted(Sort::Both),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("point-none", "point-none-hint"),
    files: true,
};

/// How many units stand where.
struct Count {
    n: usize,
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "points.html")]
struct Page {
    l: L,
    /// Known and fully equipped, of all.
    equipped: usize,
    all: usize,
    percent: usize,
    counts: Vec<Count>,
    may_declare: bool,
    source: String,
    list: String,
}

/// GET /receiving-points
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, house) = (ctx.l, House::of(&ctx).await?);
    let points = ctx.db().read(|tx| Box::pin(async move { Ok::<_, Fault>(store::points(tx).await?) })).await?;
    let known: HashMap<Id, Held<Point>> = points.into_iter().map(|held| (held.state.unit, held)).collect();
    let actor = ctx.actor()?;
    let required = data::items(ctx.now.date());
    let desks = house.desks().filter(|desk| actor.may_at(READ_DESK, &desk.path));
    let lines: Vec<Line> = desks
        .map(|desk| {
            let held = known.get(&desk.id);
            let has = |item: &&data::Item| held.is_some_and(|held| held.state.items.contains(&item.id));
            let missing: Vec<&str> = required.iter().filter(|item| !has(item)).map(|item| item.name(l.0)).collect();
            let state = held.map_or(UNKNOWN, |held| held.state.state().as_str());
            Line {
                unit: desk.id,
                name: house.name(desk.id),
                href: held.map(|held| format!("/receiving-points/{}", held.code)).unwrap_or_default(),
                code: desk.code.clone(),
                state,
                state_name: l.t(format!("point-state-{state}")),
                there: (required.len() - missing.len()) as i64,
                required: required.len() as i64,
                missing: if held.is_some() { missing.join("; ") } else { String::new() },
                changed: held.map(|held| held.state.changed_at.date()),
            }
        })
        .collect();
    let words = State::WORDS.into_iter().rev().chain([UNKNOWN]);
    let states: Vec<Choice> = words.map(|word| Choice::new(word, l.t(format!("point-state-{word}")))).collect();
    let count = |choice: &Choice| Count {
        n: lines.iter().filter(|line| line.state == choice.value).count(),
        name: choice.label.clone(),
        href: format!("/receiving-points?state={}", choice.value),
    };
    let counts = states.iter().map(count).collect();
    let (equipped, all) = (lines.iter().filter(|line| line.state == "equipped").count(), lines.len());
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("state", states)]);
    let wanted = asked.value("state").to_owned();
    let rows = lines.into_iter().filter(|line| wanted.is_empty() || line.state == wanted).collect();
    let source = Whole::of(&LIST, &asked, rows, |line| line.unit);
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &l.t(LIST.title), |list| Page {
        l,
        equipped,
        all,
        percent: (equipped * 100).checked_div(all).unwrap_or_default(),
        counts,
        may_declare: !desks_of(&ctx, &house).is_empty(),
        source: data::required(ctx.now.date()).map(|list| list.source.clone()).unwrap_or_default(),
        list,
    })
}
