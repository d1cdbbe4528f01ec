//! What can be done with an emergency decision, as one table, and the rule of each act. Only keepers of the whole province do any of it.

use super::execute::{ClosingRoom, Closings};
use super::rules::rule_on;
use super::{BOOK, Closing, Event, Head, State, code, execute};
use crate::house::House;
use crate::rights::KEEP_ORGANISATION;
use crate::verbs::{DECISION_MAX, NAME_MAX, REASON};
use ::store::{BoxFuture, Tx};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::{Aside, Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use std::sync::Arc;
use web::Ctx;

/// Longest stretch that one decision closes, in days.
pub const DAYS_MAX: i32 = 31;
/// Agencies named by one decision at most.
pub const AGENCIES_MAX: usize = 200;

/// What acts look things up in: the tree and the calendar, and the rooms that hold what was promised.
#[derive(Clone)]
pub struct Rooms {
    pub house: House,
    pub rooms: Arc<Vec<ClosingRoom>>,
}

impl Rooms {
    /// Those of a request.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(ctx: &Ctx) -> Result<Rooms, Fault> {
        let rooms = ctx.app.get::<Closings>().map(|rooms| rooms.0.clone()).unwrap_or_default();
        Ok(Rooms { house: House::of(&ctx.app).await?, rooms: Arc::new(rooms) })
    }
}

impl records::House for Rooms {
    fn path(&self, unit: Id) -> &str {
        self.house.tree.path(unit)
    }
}

type Made = Result<Decided<Closing>, Fault>;
type On<'a> = Office<'a, Closing>;

/// Keepers of the whole province, and nobody else.
const KEEPER: &[Who<Closing>] = &[Who::At(KEEP_ORGANISATION, |c| c.office)];

/// What a decision asks for.
pub const HEAD: &[Field] = &[
    Field::line("title", 500),
    Field::line("number", DECISION_MAX),
    Field::line("authority", NAME_MAX),
    Field::choice("first_day", Ask::Day),
    Field::choice("last_day", Ask::Day).optional().about("the first day alone where it is left out"),
    Field::lines("codes", 4_000)
        .optional()
        .about("identifiers of the agencies that are closed; the whole province where it is left out"),
    REASON,
];

/// The table.
pub const VERBS: &[Verb<Closing>] = &[
    Verb::beginning("prepare", &[State::Draft], KEEPER, HEAD),
    Verb::new("amend", &[State::Draft], &[], KEEPER, HEAD, amend),
    Verb::new("submit", &[State::Draft], &[State::Submitted], KEEPER, &[], submit),
    // By a function of its own: it changes the calendar and what every room has promised in the same transaction (`execute`).
    Verb::new("execute", &[State::Submitted], &[State::Executed], KEEPER, &[], |_, _| {
        Err(Fault::NotFound("records-no-act"))
    }),
    Verb::new("give-back", &[State::Submitted], &[State::Draft], KEEPER, &[REASON], |_, given| {
        Ok(Decided::event(Event::GiveBack)?.with("note", given.text("reason")))
    }),
    Verb::new("drop", &[State::Draft], &[State::Dropped], KEEPER, &[REASON], |_, given| {
        Ok(Decided::event(Event::Drop)?.with("note", given.text("reason")))
    }),
];

impl Machine for Closing {
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

    /// A matter of the province's keepers; what came of it stands in the calendar and on each dossier.
    fn may_read(held: &Held<Self>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
        let path = rooms.house.tree.path(held.state.office);
        asker.actor.is_some_and(|actor| actor.may_at(KEEP_ORGANISATION, path))
    }
}

fn at(field: &'static str, code: &'static str) -> Problem {
    Problem::new(code).field(field)
}

/// The agencies of identifiers typed into a field: those that have a calendar of their own, and not the province itself.
fn agencies(rooms: &Rooms, typed: &str, problems: &mut Vec<Problem>) -> Vec<Id> {
    let (tree, mut found) = (&rooms.house.tree, Vec::new());
    for code in typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|code| !code.is_empty()) {
        let agency = tree.by_code(code.to_ascii_uppercase().as_str());
        match agency.filter(|agency| agency.valid_to.is_none()) {
            None => problems.push(at("codes", "closing-code-unknown").arg("code", code)),
            Some(agency) if tree.root().is_some_and(|root| root.id == agency.id) => {
                problems.push(at("codes", "closing-whole-province").arg("code", code));
            }
            Some(agency) if !crate::calendar::has_hours(tree, agency) => {
                problems.push(at("codes", "closing-part").arg("code", code));
            }
            Some(agency) if found.contains(&agency.id) => {}
            Some(agency) => found.push(agency.id),
        }
    }
    if found.len() > AGENCIES_MAX {
        problems.push(at("codes", "closing-agencies-many").arg("max", AGENCIES_MAX));
    }
    found.sort_unstable();
    found
}

/// What stands against closing these days now, each at its field.
pub(crate) fn against(rooms: &Rooms, head: &Head, today: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    match rule_on(today) {
        Some(rule) if head.first < rule.earliest(today) => {
            let earliest = base::vn_date(rule.earliest(today));
            let problem = at("first_day", "closing-too-late").arg("earliest", earliest).arg("max", rule.past_days);
            problems.push(problem.rule(&rule.article));
        }
        None if head.first < today => problems.push(at("first_day", "organisation-calendar-past")),
        _ => {}
    }
    if head.last < head.first {
        problems.push(at("last_day", "organisation-calendar-order"));
    } else if head.last > head.first.saturating_add(jiff::Span::new().days(DAYS_MAX - 1)) {
        problems.push(at("last_day", "closing-days-many").arg("max", DAYS_MAX));
    } else {
        let days = || head.first.series(jiff::Span::new().days(1)).take_while(|day| *day <= head.last);
        let calendar = &rooms.house.calendar;
        let works = |agency: Id| days().any(|day| calendar.at(agency, agency).is_working_day(day));
        let some = if head.agencies.is_empty() {
            days().any(|day| calendar.is_working_day(day))
        } else {
            head.agencies.iter().any(|agency| works(*agency))
        };
        if !some {
            problems.push(at("first_day", "closing-nothing"));
        }
    }
    problems
}

fn head(rooms: &Rooms, given: &Given, today: Date) -> Result<Head, Fault> {
    let first = given.day("first_day").ok_or_else(|| Fault::invalid(at("first_day", "records-field-day")))?;
    let mut problems = Vec::new();
    let agencies = agencies(rooms, given.text("codes"), &mut problems);
    let (number, authority) = (given.text("number").to_owned(), given.text("authority").to_owned());
    let head = Head { number, authority, first, last: given.day("last_day").unwrap_or(first), agencies };
    problems.extend(against(rooms, &head, today));
    if problems.is_empty() { Ok(head) } else { Err(Fault::Invalid(problems)) }
}

impl Closing {
    /// What it says.
    pub(crate) fn head(&self) -> Head {
        let (number, authority) = (self.number.clone(), self.authority.clone());
        Head { number, authority, first: self.first, last: self.last, agencies: self.agencies.clone() }
    }
}

/// Begins a decision of the province.
///
/// # Errors
/// `Forbidden` with `records-not-yours` for whoever does not keep the whole province; `Invalid` with every problem at its field.
pub async fn prepare(
    tx: &Tx,
    rooms: &Rooms,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Closing>, Fault> {
    let root = rooms.house.tree.root().ok_or_else(|| Fault::internal("no root"))?;
    let standing = Asker::actor(actor, now).standing(KEEP_ORGANISATION, &root.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(HEAD, typed)?;
    let head = head(rooms, &given, now.date())?;
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Prepare { office: root.id, head, year, n };
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    let said = ["title", "reason", "codes"].into_iter().filter(|name| !given.text(name).is_empty());
    let words: Vec<Aside> = said.map(|name| Aside { name, text: given.text(name).to_owned() }).collect();
    records::begin(tx, by, (Id::next(now), &code(year, n)), &event, &words).await
}

fn amend(on: &On<'_>, given: &Given) -> Made {
    let event = Event::Amend { head: head(on.house, given, on.now().date())? };
    let made = Decided::event(event)?.with("title", given.text("title")).with("reason", given.text("reason"));
    Ok(if given.text("codes").is_empty() { made } else { made.with("codes", given.text("codes")) })
}

/// Handed to whoever executes it, while it still can be.
fn submit(on: &On<'_>, _: &Given) -> Made {
    execute::possible(on.house, on.state(), on.now().date())?;
    Decided::event(Event::Submit)
}
