//! What can be done with a reorganisation, as one table, and the rule of each act. Only keepers of the whole province do any of it.

use super::line::{AGENCIES_MAX, Does, LINES_MAX, Line, Makes};
use super::moving::Room;
use super::plan::plan;
use super::{BOOK, Event, Head, Reorganisation, State, code};
use crate::agency::{Agency, Kind};
use crate::house::House;
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use crate::verbs::{DECISION_MAX, NAME_MAX, REASON};
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id, Instant, Problem};
use records::{Aside, Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use std::sync::Arc;
use web::Ctx;

/// What acts look things up in: the tree, and what each room says of agencies that end.
#[derive(Clone)]
pub struct Rooms {
    pub house: House,
    pub rooms: Arc<Vec<Room>>,
}

impl Rooms {
    /// Those of a request.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(ctx: &Ctx) -> Result<Rooms, Fault> {
        let rooms = ctx.app.get::<crate::OpenWork>().map(|rooms| rooms.0.clone()).unwrap_or_default();
        Ok(Rooms { house: House::of(&ctx.app).await?, rooms: Arc::new(rooms) })
    }
}

impl records::House for Rooms {
    fn path(&self, unit: Id) -> &str {
        self.house.tree.path(unit)
    }
}

type Made = Result<Decided<Reorganisation>, Fault>;
type On<'a> = Office<'a, Reorganisation>;

/// Keepers of the whole province, and nobody else.
const KEEPER: &[Who<Reorganisation>] = &[Who::At(KEEP_ORGANISATION, |r| r.office)];

/// What the head of a decision asks for.
pub const HEAD: &[Field] = &[
    Field::line("title", 500),
    Field::line("number", DECISION_MAX),
    Field::line("authority", NAME_MAX),
    Field::choice("day", Ask::Day),
    REASON,
];

const CODE_MAX: usize = 40;
const INTO: Field = Field::line("into", CODE_MAX);
const FROM: Field = Field::line("from", CODE_MAX);

/// Several become one: a new one, or one that stands.
const MERGING: &[Field] = &[
    Field::lines("codes", 1_000).about("the identifiers of those that end"),
    INTO.optional().about("the identifier of one that stands and takes over; empty where a new one is made"),
    Field::line("code", CODE_MAX).optional(),
    Field::line("name", NAME_MAX).optional(),
    Field::line("short_name", NAME_MAX).optional(),
    Field::choice("kind", Ask::OneOf(Kind::BELOW)).optional(),
    Field::line("unit_code", 10).optional(),
];
/// One becomes several: each on a line, its identifier, name and short name with semicolons between.
const SPLITTING: &[Field] = &[
    FROM,
    Field::lines("text", 4_000).about("one a line: identifier; name; short name; code of the administrative unit"),
    Field::line("receiver", CODE_MAX).optional().about("the identifier of the one that gets the open work"),
];
const DISSOLVING: &[Field] = &[FROM, INTO];

/// The table.
pub const VERBS: &[Verb<Reorganisation>] = &[
    Verb::beginning("prepare", &[State::Draft], KEEPER, HEAD),
    Verb::new("merge", &[State::Draft], &[], KEEPER, MERGING, merge),
    Verb::new("split", &[State::Draft], &[], KEEPER, SPLITTING, split),
    Verb::new("dissolve", &[State::Draft], &[], KEEPER, DISSOLVING, dissolve),
    Verb::new(
        "drop-line",
        &[State::Draft],
        &[],
        KEEPER,
        &[Field::choice("line", Ask::Number(1, 1_000_000))],
        drop_line,
    ),
    Verb::new("amend", &[State::Draft], &[], KEEPER, HEAD, amend),
    Verb::new("submit", &[State::Draft], &[State::Submitted], KEEPER, &[], submit),
    // By a function of its own: it changes the tree and every room in the same transaction (`execute`).
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

impl Machine for Reorganisation {
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

    /// Before it is executed it is a matter of the province's keepers, and afterwards its outcome stands in the directory.
    fn may_read(held: &Held<Self>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
        let path = rooms.house.tree.path(held.state.office);
        asker.actor.is_some_and(|actor| actor.may_at(KEEP_ORGANISATION, path))
    }
}

fn at(field: &'static str, code: &'static str) -> Problem {
    Problem::new(code).field(field)
}

fn head(given: &Given) -> Result<Head, Fault> {
    let day = given.day("day").ok_or_else(|| Fault::invalid(at("day", "records-field-day")))?;
    Ok(Head { number: given.text("number").to_owned(), authority: given.text("authority").to_owned(), day })
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
) -> Result<Held<Reorganisation>, Fault> {
    let root = rooms.house.tree.root().ok_or_else(|| Fault::internal("no root"))?;
    let standing = Asker::actor(actor, now).standing(KEEP_ORGANISATION, &root.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let given = records::read_fields(HEAD, typed)?;
    let head = head(&given)?;
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Prepare { office: root.id, head, year, n };
    let by = By { actor: Some(actor.account), agency: standing.agency, now };
    let words = ["title", "reason"].map(|name| Aside { name, text: given.text(name).to_owned() });
    records::begin(tx, by, (Id::next(now), &code(year, n)), &event, &words).await
}

fn amend(_: &On<'_>, given: &Given) -> Made {
    let event = Event::Amend { head: head(given)? };
    Ok(Decided::event(event)?.with("title", given.text("title")).with("reason", given.text("reason")))
}

/// The standing agency of an identifier typed into a field.
fn agency<'a>(tree: &'a Tree, field: &'static str, typed: &str) -> Result<&'a Agency, Problem> {
    let found = tree.by_code(typed.trim().to_ascii_uppercase().as_str());
    found.ok_or_else(|| at(field, "reorganisation-code-unknown").arg("code", typed.trim()))
}

fn room_for_line(on: &On<'_>) -> Result<(), Fault> {
    if on.state().lines.len() >= LINES_MAX {
        return Err(Fault::Conflict(Problem::new("reorganisation-lines-full").arg("max", LINES_MAX)));
    }
    Ok(())
}

fn blank(on: &On<'_>, does: Does, ends: Vec<Id>) -> Line {
    Line { n: on.state().next_line, does, ends, into: None, makes: Vec::new(), receiver: 0 }
}

/// A line that fits beside the others; what stands against it is told at the field that named the agencies.
fn fits(on: &On<'_>, line: Line, field: &'static str) -> Result<Line, Fault> {
    let mut lines = on.state().lines.clone();
    let own = format!("line-{}", line.n);
    lines.push(line.clone());
    let (_, wrong) = plan(&on.house.house.tree, &lines, on.state().day, &on.state().number);
    let here = |problem: &Problem| problem.field.as_deref() == Some(own.as_str());
    let wrong: Vec<Problem> = wrong.into_iter().filter(here).map(|problem| problem.field(field)).collect();
    if wrong.is_empty() { Ok(line) } else { Err(Fault::Invalid(wrong)) }
}

fn merge(on: &On<'_>, given: &Given) -> Made {
    room_for_line(on)?;
    let (tree, mut problems, mut ends) = (&on.house.house.tree, Vec::new(), Vec::new());
    let typed = given.text("codes").split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for code in typed.filter(|code| !code.is_empty()) {
        match agency(tree, "codes", code) {
            Ok(found) if ends.contains(&found.id) => {}
            Ok(found) => ends.push(found.id),
            Err(problem) => problems.push(problem),
        }
    }
    if ends.len() > AGENCIES_MAX {
        problems.push(at("codes", "reorganisation-agencies-many").arg("max", AGENCIES_MAX));
    }
    let mut line = blank(on, Does::Merge, ends);
    match given.some("into") {
        Some(into) => match agency(tree, "into", &into) {
            Ok(found) => line.into = Some(found.id),
            Err(problem) => problems.push(problem),
        },
        None => {
            for field in ["code", "name"] {
                if given.text(field).is_empty() {
                    problems.push(at(field, "reorganisation-new-or-standing"));
                }
            }
            let name = given.text("name").to_owned();
            line.makes = vec![Makes {
                code: given.text("code").to_owned(),
                short_name: given.some("short_name").unwrap_or_else(|| name.clone()),
                name,
                kind: given.some("kind").and_then(|kind| Kind::read(&kind)),
                unit_code: given.some("unit_code"),
                id: None,
            }];
        }
    }
    if line.into.is_some() && ["code", "name"].iter().any(|field| !given.text(field).is_empty()) {
        problems.push(at("into", "reorganisation-new-or-standing"));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    Decided::event(Event::Merge { line: fits(on, line, "codes")? })
}

/// One new agency of a split: identifier; name; short name; code of the administrative unit. The last two may be left out.
fn part(typed: &str) -> Result<Makes, Problem> {
    let mut parts = typed.split(';').map(str::trim);
    let mut next = || parts.next().filter(|text| !text.is_empty()).map(str::to_owned);
    let wrong = || at("text", "reorganisation-part-shape").arg("line", typed.trim());
    let (code, name) = (next().ok_or_else(wrong)?, next().ok_or_else(wrong)?);
    if name.chars().count() > NAME_MAX {
        return Err(Problem::too_long(NAME_MAX).field("text"));
    }
    let short_name = next().unwrap_or_else(|| name.clone());
    Ok(Makes { code, name, short_name, kind: None, unit_code: next(), id: None })
}

fn split(on: &On<'_>, given: &Given) -> Made {
    room_for_line(on)?;
    let (mut problems, mut makes) = (Vec::new(), Vec::new());
    for typed in given.text("text").lines().filter(|line| !line.trim().is_empty()) {
        match part(typed) {
            Ok(part) => makes.push(part),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() && makes.len() < 2 {
        problems.push(at("text", "reorganisation-parts-few"));
    }
    if makes.len() > AGENCIES_MAX {
        problems.push(at("text", "reorganisation-agencies-many").arg("max", AGENCIES_MAX));
    }
    let receiver = match given.some("receiver") {
        Some(code) => makes.iter().position(|part| part.code.eq_ignore_ascii_case(&code)),
        None => Some(0),
    };
    if receiver.is_none() {
        problems.push(at("receiver", "reorganisation-receiver").arg("code", given.text("receiver")));
    }
    let from = agency(&on.house.house.tree, "from", given.text("from")).map_err(|problem| problems.push(problem));
    let (Ok(from), Some(receiver), true) = (from, receiver, problems.is_empty()) else {
        return Err(Fault::Invalid(problems));
    };
    let line = Line { makes, receiver, ..blank(on, Does::Split, vec![from.id]) };
    Decided::event(Event::Split { line: fits(on, line, "from")? })
}

fn dissolve(on: &On<'_>, given: &Given) -> Made {
    room_for_line(on)?;
    let tree = &on.house.house.tree;
    let both = ["from", "into"].map(|field| agency(tree, field, given.text(field)));
    let [Ok(from), Ok(into)] = &both else {
        return Err(Fault::Invalid(both.into_iter().filter_map(Result::err).collect()));
    };
    let line = Line { into: Some(into.id), ..blank(on, Does::Dissolve, vec![from.id]) };
    Decided::event(Event::Dissolve { line: fits(on, line, "from")? })
}

fn drop_line(on: &On<'_>, given: &Given) -> Made {
    let line = given.number("line").and_then(|n| on.state().line(n));
    let line = line.ok_or_else(|| Fault::invalid(at("line", "reorganisation-line-unknown")))?.n;
    Decided::event(Event::DropLine { line })
}

/// Handed to whoever executes it, once it says something that the tree can follow.
fn submit(on: &On<'_>, _: &Given) -> Made {
    let r = on.state();
    if r.lines.is_empty() {
        return Err(Fault::Conflict(Problem::new("reorganisation-no-lines")));
    }
    let (_, wrong) = plan(&on.house.house.tree, &r.lines, r.day, &r.number);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    Decided::event(Event::Submit)
}
