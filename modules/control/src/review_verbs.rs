//! What can be done with a review of procedures, as one table, and the rule of each act.

use crate::cost::{Inputs, hour_on};
use crate::house::Rooms;
use crate::review::{Assessed, BOOK, Event, Item, Review, Simplified, State, code};
use crate::rights::{APPROVE_REVIEWS, READ_CONTROL, REVIEW_PROCEDURES};
use crate::store;
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id, Instant, Problem, System};
use catalogue::Sort;
use records::{Aside, Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use std::collections::{HashMap, HashSet};
use web::Ctx;

type Made = Result<Decided<Review>, Fault>;
type On<'a> = Office<'a, Review>;

const REVIEWS: &[Who<Review>] = &[Who::At(REVIEW_PROCEDURES, |r| r.unit)];
const APPROVES: &[Who<Review>] = &[Who::At(APPROVE_REVIEWS, |r| r.office)];

/// Most procedures of one review.
pub const ITEMS_MAX: usize = 300;
/// Reviews in a state that are looked through at most.
const OPEN_MAX: usize = 5_000;
/// Most minutes of work at a procedure: a thousand working days.
const MINUTES: Ask = Ask::Number(0, 480_000);
/// Most đồng of one kind, each time: ten billion.
const DONG: Ask = Ask::Number(0, 10_000_000_000);
const TIMES: Ask = Ask::Number(0, 1_000);
const SUBJECTS: Ask = Ask::Number(0, 100_000_000);

/// What is asked of whoever begins one.
pub const BEGINNING: &[Field] =
    &[Field::line("title", 500), Field::line("basis", 500), Field::choice("until", Ask::Day)];
const REASON: Field = Field::lines("reason", 1_000);
const ITEM: Field = Field::choice("item", Ask::Number(1, 1_000_000));

/// What is asked of whoever assesses a procedure: each input of the cost before and after, and what is simplified.
pub const ASSESSING: &[Field] = &[
    ITEM,
    Field::choice("minutes_before", MINUTES),
    Field::choice("travel_before", DONG),
    Field::choice("services_before", DONG),
    Field::choice("fee_before", DONG),
    Field::choice("times_before", TIMES),
    Field::choice("subjects_before", SUBJECTS),
    Field::check("time"),
    Field::check("papers"),
    Field::check("abolished"),
    Field::check("linked"),
    Field::check("steps"),
    Field::choice("minutes_after", MINUTES),
    Field::choice("travel_after", DONG),
    Field::choice("services_after", DONG),
    Field::choice("fee_after", DONG),
    Field::choice("times_after", TIMES),
    Field::choice("subjects_after", SUBJECTS),
    Field::lines("note", 2_000).optional(),
];

/// The table.
pub const VERBS: &[Verb<Review>] = &[
    Verb::beginning("begin", &[State::Open], REVIEWS, BEGINNING),
    Verb::new("add", &[State::Open], &[], REVIEWS, &[Field::lines("codes", 4_000)], add),
    Verb::new("assess", &[State::Open], &[], REVIEWS, ASSESSING, assess),
    Verb::new("drop-item", &[State::Open], &[], REVIEWS, &[ITEM], drop_item),
    Verb::new("submit", &[State::Open], &[State::Submitted], REVIEWS, &[], submit),
    Verb::new("drop", &[State::Open], &[State::Dropped], REVIEWS, &[REASON], |_, given| {
        Ok(Decided::event(Event::Drop)?.with("reason", given.text("reason")))
    }),
    Verb::new(
        "approve",
        &[State::Submitted],
        &[State::Approved],
        APPROVES,
        &[Field::line("decision", 100), Field::choice("approved_on", Ask::Day)],
        approve,
    ),
    Verb::new("give-back", &[State::Submitted], &[State::Open], APPROVES, &[REASON], |_, given| {
        Ok(Decided::event(Event::GiveBack)?.with("reason", given.text("reason")))
    }),
    // With its agency (`crate::move_to`); nobody's act.
    Verb::new("follow", &[State::Open, State::Submitted], &[], &[], &[], |_, _| Err(Fault::NotFound("records-no-act"))),
];

impl Machine for Review {
    type State = State;
    type House = Rooms;
    const VERBS: &'static [Verb<Self>] = VERBS;

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<Rooms, Fault>> {
        Box::pin(Rooms::of(ctx))
    }

    fn state(&self) -> State {
        self.state
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// What is approved is there for every official who reads these; what is not, for its own agency and for the Office.
    fn may_read(held: &Held<Self>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
        let (r, Some(actor)) = (&held.state, asker.actor) else { return false };
        let out = r.state == State::Approved && actor.may(READ_CONTROL);
        out || actor.may_at(READ_CONTROL, rooms.house.tree.path(r.unit))
    }
}

/// Begins one for the agency of the first post that lets one.
///
/// # Errors
/// `Forbidden` with `records-not-yours` without such a post, with `control-unit-state` for a body that is none of the State's: nobody
/// there approves; `Invalid` at `until` (`control-day-past`).
pub async fn begin(tx: &Tx, rooms: &Rooms, actor: &Actor, now: Instant, typed: &Typed) -> Result<Held<Review>, Fault> {
    let tree = &rooms.house.tree;
    let post = rooms.house.post(actor, REVIEW_PROCEDURES);
    let post = post.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let unit = tree.house_of(post.id).unwrap_or(post);
    if unit.system() != System::State {
        return Err(Fault::Forbidden(Problem::new("control-unit-state")));
    }
    let office = tree.root().ok_or_else(|| Fault::internal("no root"))?.id;
    let given = records::read_fields(BEGINNING, typed)?;
    let until = given.day("until").filter(|day| *day >= now.date());
    let past = || Problem::new("control-until-past").field("until").arg("today", base::vn_date(now.date()));
    let until = until.ok_or_else(|| Fault::invalid(past()))?;
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Begin {
        unit: unit.id,
        office,
        level: unit.level,
        basis: given.text("basis").to_owned(),
        until,
        year,
        n,
    };
    let by = By { actor: Some(actor.account), agency: Some(post.id), now };
    let words = [Aside { name: "title", text: given.text("title").to_owned() }];
    records::begin(tx, by, (Id::next(now), &code(year, n)), &event, &words).await
}

/// Procedures in force for people or between agencies, each once; every wrong code is told.
fn add(on: &On<'_>, given: &Given) -> Made {
    let typed = given.text("codes").split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let (mut seen, mut problems, mut items) = (HashSet::new(), Vec::new(), Vec::new());
    let r = on.state();
    for code in typed.filter(|code| !code.is_empty() && seen.insert(*code)) {
        let wrong = |key| Problem::new(key).field("codes").arg("code", code);
        let version = on.house.shelf.by_code(code, on.now().date()).filter(|version| version.sort != Sort::Party);
        match version {
            _ if r.items.iter().any(|item| item.code == code) => problems.push(wrong("control-review-twice")),
            None => problems.push(wrong("control-review-unknown")),
            Some(version) => items.push(Item {
                n: r.next_item + items.len() as i64,
                procedure: version.procedure_id,
                code: version.code.clone(),
                name: version.name.clone(),
                field: version.field.clone(),
                sort: version.sort,
                found: None,
            }),
        }
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    if r.items.len() + items.len() > ITEMS_MAX {
        return Err(Fault::Conflict(Problem::new("control-review-full").arg("max", ITEMS_MAX)));
    }
    Decided::event(Event::Add { items })
}

/// Adds procedures, none of which another review has that is not over: each is reviewed, and counted, once at a time.
///
/// # Errors
/// As [`records::act`]; `Invalid` at `codes` (`control-review-elsewhere`) with every such procedure.
pub async fn add_alone(
    tx: &Tx,
    rooms: &Rooms,
    asker: &Asker<'_>,
    code: &str,
    typed: &Typed,
) -> Result<Held<Review>, Fault> {
    tx.lock("procedure-reviews").await?;
    let held = records::act::<Review>(tx, rooms, asker, (code, "add"), typed).await?;
    let mut elsewhere = HashMap::new();
    for state in [State::Open, State::Submitted] {
        for other in store::reviews(tx, None, state, Id(i64::MAX), OPEN_MAX).await? {
            if other.id != held.id {
                elsewhere.extend(other.state.items.iter().map(|item| (item.procedure, other.code.clone())));
            }
        }
    }
    let taken = held.state.items.iter().filter_map(|item| Some((item, elsewhere.get(&item.procedure)?)));
    let told = taken.map(|(item, other)| {
        let problem = Problem::new("control-review-elsewhere").field("codes");
        problem.arg("code", &item.code).arg("review", other)
    });
    let problems: Vec<Problem> = told.collect();
    if problems.is_empty() { Ok(held) } else { Err(Fault::Invalid(problems)) }
}

fn item<'a>(on: &'a On<'_>, given: &Given) -> Result<&'a Item, Fault> {
    let item = given.number("item").and_then(|n| on.state().item(n));
    item.ok_or_else(|| Fault::invalid(Problem::new("control-review-no-item").field("item")))
}

fn inputs(given: &Given, when: &str) -> Inputs {
    let of = |name: &str| given.number(&format!("{name}_{when}")).unwrap_or_default();
    Inputs {
        minutes: of("minutes"),
        travel_dong: of("travel"),
        services_dong: of("services"),
        fee_dong: of("fee"),
        times: of("times"),
        subjects: of("subjects"),
    }
}

/// What it costs before and after. What is simplified saves something or leaves the cost as it was; what saves says how it was simplified.
fn assess(on: &On<'_>, given: &Given) -> Made {
    let n = item(on, given)?.n;
    let kinds: Vec<Simplified> = Simplified::ALL.into_iter().filter(|kind| given.is(kind.as_str())).collect();
    let before = inputs(given, "before");
    // Nobody has to comply with what is given up.
    let after = if kinds.contains(&Simplified::Abolished) { Inputs::default() } else { inputs(given, "after") };
    let hour_dong = hour_on(on.now().date()).0;
    let large = |field: &'static str| move |problem: Problem| Fault::invalid(problem.field(field));
    let before_dong = before.a_year(hour_dong).map_err(large("subjects_before"))?;
    let after_dong = after.a_year(hour_dong).map_err(large("subjects_after"))?;
    if kinds.is_empty() && after != before {
        return Err(Fault::invalid(Problem::new("control-review-kind").field("time")));
    }
    if after_dong > before_dong {
        return Err(Fault::invalid(Problem::new("control-review-dearer").field("minutes_after")));
    }
    let found = Assessed { before, after, kinds, hour_dong, before_dong, after_dong };
    Ok(Decided::event(Event::Assess { item: n, found })?.with("note", given.text("note")))
}

fn drop_item(on: &On<'_>, given: &Given) -> Made {
    let item = item(on, given)?.n;
    Decided::event(Event::DropItem { item })
}

fn submit(on: &On<'_>, _: &Given) -> Made {
    let r = on.state();
    if r.items.is_empty() {
        return Err(Fault::Conflict(Problem::new("control-review-empty")));
    }
    let named = |item: &Item| {
        let problem = Problem::new("control-review-unassessed").field(format!("item-{}", item.n));
        problem.arg("code", &item.code).arg("name", &item.name)
    };
    let problems: Vec<Problem> = r.items.iter().filter(|item| item.found.is_none()).map(named).collect();
    if problems.is_empty() { Decided::event(Event::Submit) } else { Err(Fault::Invalid(problems)) }
}

/// By somebody who had no hand in it, on a day that has come and not before it was handed on.
fn approve(on: &On<'_>, given: &Given) -> Made {
    if on.state().is_by(on.asker.actor.map(|actor| actor.account)) {
        return Err(Fault::Forbidden(Problem::new("control-review-own")));
    }
    let day = given.day("approved_on").filter(|day| *day <= on.now().date());
    let day = day.ok_or_else(|| Fault::invalid(Problem::new("control-signed-later").field("approved_on")))?;
    if let Some(submitted) = on.state().submitted_on.filter(|submitted| day < *submitted) {
        let before = Problem::new("control-signed-before").field("approved_on");
        return Err(Fault::invalid(before.arg("day", base::vn_date(submitted))));
    }
    Decided::event(Event::Approve { decision: given.text("decision").to_owned(), on: day })
}
