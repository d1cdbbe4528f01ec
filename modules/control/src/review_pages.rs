//! What reviews say of their pages: the list, the procedures of one, and the page on which one is assessed.

use crate::house::Rooms;
use crate::review::{Assessed, Item, Review, Simplified, State};
use crate::review_verbs::{self, ASSESSING};
use crate::rights::{READ_CONTROL, REVIEW_PROCEDURES};
use crate::{cost, store};
use ::store::{BoxFuture, Tx};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Actor, Date, Dong, Fault, Id, Instant, Problem, vn_date};
use catalogue::cut::percent;
use i18n::L;
use lists::{Asked, Cell, Column, Kind, List, Shape};
use records::api::{Api, Listed, Row};
use records::frame::Pages;
use records::{Asker, Field, Held, Seen, Shown, Typed, Verb};
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// What is received of a procedure is counted by the room of the dossiers, under this name.
const RECEIVED: &str = "received";
/// How far back real volumes are read: a year.
const BACK_DAYS: i64 = 365;

impl Pages for Review {
    const WORD: &'static str = "review";
    const PATH: &'static str = "/procedure-reviews";
    const PROSE: &'static [&'static str] = &[];
    const BEGINS: &'static str = "begin";

    fn colour(state: State) -> &'static str {
        match state {
            State::Open => "new",
            State::Submitted => "near",
            State::Approved => "done",
            State::Dropped => "paused",
        }
    }

    fn facts(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Review>) -> Vec<(String, String)> {
        let (r, l) = (seen.state(), ctx.l);
        let (before, saved) = r.sums();
        let simplified = r.items.iter().filter(|item| is_simplified(item)).count();
        let share = facts::Figure { numerator: simplified as i64, denominator: r.items.len() as i64 };
        let share = share.basis_points().map(|share| percent(l.0, share)).unwrap_or_default();
        let sums = [("cost", before), ("saved", saved)].map(|(name, dong)| (name, Dong(dong).to_string()));
        let rest = [
            ("simplified", format!("{simplified}/{} · {share}", r.items.len())),
            ("unit", rooms.house.name(r.unit)),
            ("basis", r.basis.clone()),
            ("until", vn_date(r.until)),
            ("decision", r.decision.clone()),
            ("approved_on", r.approved_on.map(vn_date).unwrap_or_default()),
        ];
        let all = sums.into_iter().chain(rest);
        all.map(|(label, value)| (l.t(format!("review-field-{label}")), value)).collect()
    }

    fn choices(_: &Ctx, _: &Rooms, _: &Field) -> Vec<Choice> {
        Vec::new()
    }

    fn offered(seen: &Seen<Review>, rooms: &Rooms, asker: &Asker<'_>) -> Vec<&'static Verb<Review>> {
        let mut acts = records::forms(seen, rooms, asker);
        acts.retain(|verb| !["assess", "drop-item"].contains(&verb.word));
        let own = seen.state().is_by(asker.actor.map(|actor| actor.account));
        acts.retain(|verb| verb.word != "approve" || !own);
        acts.retain(|verb| verb.word != "submit" || !seen.state().items.is_empty());
        acts
    }

    fn body<'t>(ctx: &'t Ctx, rooms: &'t Rooms, seen: &'t Seen<Review>) -> BoxFuture<'t, Result<String, Fault>> {
        Box::pin(async move { table(ctx, rooms, seen) })
    }

    fn begin<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        now: Instant,
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        Box::pin(review_verbs::begin(tx, rooms, actor, now, typed))
    }

    fn perform<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        asker: &'t Asker<'t>,
        (code, word): (&'t str, &'t str),
        typed: &'t Typed,
    ) -> BoxFuture<'t, Result<Held<Self>, Fault>> {
        match word {
            "add" => Box::pin(review_verbs::add_alone(tx, rooms, asker, code, typed)),
            _ => Box::pin(records::act::<Self>(tx, rooms, asker, (code, word), typed)),
        }
    }
}

fn is_simplified(item: &Item) -> bool {
    item.found.as_ref().is_some_and(|found| !found.kinds.is_empty())
}

struct Line {
    n: i64,
    code: String,
    name: String,
    /// None as long as it was not assessed.
    found: Option<Sums>,
}

struct Sums {
    kinds: String,
    before: String,
    after: String,
    saved: String,
}

#[derive(Template)]
#[template(path = "items.html")]
struct Table<'a> {
    l: L,
    csrf: &'a str,
    code: &'a str,
    lines: Vec<Line>,
    keeps: bool,
}

fn keeps(seen: &Seen<Review>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
    records::forms(seen, rooms, asker).iter().any(|verb| verb.word == "assess")
}

fn table(ctx: &Ctx, rooms: &Rooms, seen: &Seen<Review>) -> Result<String, Fault> {
    let l = ctx.l;
    let sums = |found: &Assessed| {
        let kinds: Vec<String> =
            found.kinds.iter().map(|kind| l.t(format!("review-field-{}", kind.as_str()))).collect();
        Sums {
            kinds: if kinds.is_empty() { l.t("review-kept") } else { kinds.join(", ") },
            before: Dong(found.before_dong).to_string(),
            after: Dong(found.after_dong).to_string(),
            saved: Dong(found.saved_dong()).to_string(),
        }
    };
    let line = |item: &Item| Line {
        n: item.n,
        code: item.code.clone(),
        name: item.name.clone(),
        found: item.found.as_ref().map(sums),
    };
    let keeps = keeps(seen, rooms, &Asker::actor(ctx.actor()?, ctx.now));
    let lines = seen.state().items.iter().map(line).collect();
    Table { l, csrf: &ctx.csrf, code: &seen.held().code, lines, keeps }.render().map_err(Fault::internal)
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    problems: Vec<Problem>,
    item: Line,
    action: String,
    back: String,
    keeps: bool,
    hour: String,
    source: &'static str,
    /// What was really received in the last year; empty where nothing was.
    real: String,
    before: Vec<Shown>,
    kinds: Vec<Shown>,
    after: Vec<Shown>,
}

struct Known {
    seen: Seen<Review>,
    rooms: Rooms,
    item: Item,
    real: i64,
}

/// An item, and how many dossiers of its procedure the province received in a year.
async fn known(ctx: &Ctx, code: &str, n: &str) -> Result<Known, Fault> {
    let (actor, rooms, now) = (ctx.actor()?.clone(), Rooms::of(ctx).await?, ctx.now);
    let (house, of, n) = (rooms.clone(), code.to_owned(), n.to_owned());
    let root = rooms.house.tree.root().map(|root| root.id).unwrap_or_default();
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let seen = records::open::<Review>(tx, &house, &Asker::actor(&actor, now), &of).await?;
            let item = n.parse().ok().and_then(|n| seen.state().item(n)).cloned();
            let item = item.ok_or(Fault::NotFound("control-review-no-item"))?;
            let days = (since(now.date()), now.date());
            let real = facts::of_procedure(tx, root, (RECEIVED, item.procedure), days).await?;
            Ok::<_, Fault>((seen, item, real))
        })
    });
    let (seen, item, real) = read.await?;
    Ok(Known { seen, rooms, item, real })
}

/// The first day of the year that ends on a day.
pub(crate) fn since(day: Date) -> Date {
    Instant::start_of(day).plus_ms(-BACK_DAYS * 86_400_000).date()
}

/// What is likely in a field: what was found before, else the fee and the real number of those who file; after: as before.
fn likely(known: &Known, ctx: &Ctx, name: &str) -> String {
    let found = known.item.found.as_ref();
    if let Some(kind) = Simplified::read(name) {
        return if found.is_some_and(|found| found.kinds.contains(&kind)) { "1".to_owned() } else { String::new() };
    }
    let Some((what, when)) = name.rsplit_once('_') else { return String::new() };
    let inputs = found.map(|found| if when == "before" { found.before } else { found.after });
    let n = match (inputs, what) {
        (Some(inputs), "minutes") => inputs.minutes,
        (Some(inputs), "travel") => inputs.travel_dong,
        (Some(inputs), "services") => inputs.services_dong,
        (Some(inputs), "fee") => inputs.fee_dong,
        (Some(inputs), "times") => inputs.times,
        (Some(inputs), _) => inputs.subjects,
        (None, "times") => 1,
        (None, "subjects") if known.real > 0 => known.real,
        (None, "fee") => {
            let version = known.rooms.shelf.by_code(&known.item.code, ctx.now.date());
            let fees = version.iter().flat_map(|version| version.channels.iter()).map(|terms| terms.fee_total().0);
            fees.min().unwrap_or_default()
        }
        (None, _) => return String::new(),
    };
    n.to_string()
}

fn page(ctx: &Ctx, known: Known, typed: &FormMap, problems: Vec<Problem>) -> Result<Response, Fault> {
    let (l, code) = (ctx.l, known.seen.held().code.clone());
    let wrong = !problems.is_empty();
    let value = |field: &Field| match (wrong, typed.get(field.name)) {
        (true, given) => given.unwrap_or_default().to_owned(),
        (false, _) => likely(&known, ctx, field.name),
    };
    let fields = records::shown(l, Review::WORD, ASSESSING, value, |_| Vec::new());
    let of = |wanted: fn(&str) -> bool| fields.iter().filter(|field| wanted(field.name)).cloned().collect();
    let back = format!("{}/{code}", Review::PATH);
    let (hour, source) = cost::hour_on(ctx.now.date());
    let title = known.item.name.clone();
    let keeps = keeps(&known.seen, &known.rooms, &Asker::actor(ctx.actor()?, ctx.now));
    let body = ItemPage {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![
            Breadcrumb::new(l.t("review-title"), Review::PATH),
            Breadcrumb::new(code, back.clone()),
            Breadcrumb::new(title.clone(), ""),
        ],
        problems,
        item: Line { n: known.item.n, code: known.item.code.clone(), name: title.clone(), found: None },
        action: ctx.path().to_owned(),
        back,
        keeps,
        hour: Dong(hour).to_string(),
        source,
        real: if known.real > 0 { l.tr("review-real", [("n", l.number(known.real))]) } else { l.t("review-unreal") },
        before: of(|name| name.ends_with("_before")),
        kinds: of(|name| Simplified::read(name).is_some()),
        after: of(|name| name.ends_with("_after") || name == "note"),
    };
    Ok(if wrong { ctx.invalid_page(&title, &body) } else { ctx.page(&title, &body) })
}

/// GET /procedure-reviews/{code}/items/{item}
pub(crate) async fn show(ctx: Ctx, Path((code, item)): Path<(String, String)>) -> Answer {
    let known = known(&ctx, &code, &item).await?;
    Ok(page(&ctx, known, &FormMap::default(), Vec::new())?)
}

/// POST /procedure-reviews/{code}/items/{item}: to the review, or the form again with what is wrong.
pub(crate) async fn assess(ctx: Ctx, Path((code, item)): Path<(String, String)>, given: FormMap) -> Answer {
    let known = known(&ctx, &code, &item).await?;
    let (actor, now, rooms, of) = (ctx.actor()?.clone(), ctx.now, known.rooms.clone(), code.clone());
    let typed = Typed::of_form(ASSESSING, &given).with("item", known.item.n.to_string());
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            records::act::<Review>(tx, &rooms, &Asker::actor(&actor, now), (&of, "assess"), &typed).await
        })
    });
    match done.await {
        Ok(_) => Ok(ctx.flash(format!("{}/{code}", Review::PATH), "review-done")),
        Err(Fault::Invalid(problems)) => Ok(page(&ctx, known, &given, problems)?),
        Err(fault) => Err(fault.into()),
    }
}

impl Api for Review {
    const API: [&'static str; 3] =
        ["/api/v1/procedure-reviews", "/api/v1/procedure-reviews/{code}", "/api/v1/procedure-reviews/{code}/{verb}"];
    const STATES: &'static [State] = &State::ALL;

    /// Those of one's own agency; of what is approved, all.
    fn page<'t>(
        tx: &'t Tx,
        rooms: &'t Rooms,
        actor: &'t Actor,
        state: State,
        after: Id,
        limit: usize,
    ) -> BoxFuture<'t, Result<Vec<Held<Self>>, Fault>> {
        let units = rooms.house.units(actor, READ_CONTROL).filter(|_| state != State::Approved);
        Box::pin(async move { Ok(store::reviews(tx, units.as_deref(), state, after, limit).await?) })
    }
}

/// Reviews of procedures.
pub static LIST: List<Row<Review>> = List {
    key: "procedure-reviews",
    path: "/procedure-reviews",
    title: "review-title",
    tabs: &State::WORDS,
    tab_word: "review-state-",
    through: "",
    filters: &[],
    columns: &[
        Column::new("code", "review-field-code", Kind::Word, |row: &Row<Review>| {
            Cell::code(&row.held.code).to(format!("/procedure-reviews/{}", row.held.code))
        })
        .unlabelled(),
        Column::new("title", "review-field-title", Kind::Text, |row: &Row<Review>| Cell::text(&row.title)).unlabelled(),
        Column::new("items", "review-field-items", Kind::Whole, |row: &Row<Review>| {
            Cell::whole(row.held.state.items.len() as i64)
        }),
        Column::new("until", "review-field-until", Kind::Day, |row: &Row<Review>| {
            Cell::day(Some(row.held.state.until))
        }),
        Column::new("cost", "review-field-cost", Kind::Dong, |row: &Row<Review>| {
            Cell::of(lists::Value::Dong(row.held.state.sums().0))
        }),
        Column::new("saved", "review-field-saved", Kind::Dong, |row: &Row<Review>| {
            Cell::of(lists::Value::Dong(row.held.state.sums().1))
        }),
        Column::new("state", "review-field-state", Kind::Word, |row: &Row<Review>| {
            Cell::badge(Review::colour(row.held.state.state), &row.state)
        }),
    ],
    order: ("code", true),
    shape: Shape::ID,
    empty: ("review-none", "review-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "reviews.html")]
struct Page {
    l: L,
    reviews: bool,
    list: String,
}

/// GET /procedure-reviews
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let reviews = ctx.require(READ_CONTROL)?.may(REVIEW_PROCEDURES);
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let source = Listed::<Review>::of(&ctx, asked.tab).await?;
    let opened = lists::open(&ctx, &LIST, asked, source).await?;
    opened.page(&ctx, &ctx.l.t(LIST.title), |list| Page { l: ctx.l, reviews, list })
}
