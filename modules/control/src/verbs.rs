//! What can be done with an announcement decision, as one table, and the rule of each act.

use crate::announcement::{Announcement, BOOK, Event, Head, State, code};
use crate::days::{ANNOUNCE_BEFORE, working_day_before};
use crate::house::Rooms;
use crate::line::{Does, LINES_MAX, Line, is_provincial};
use crate::rights::{ISSUE_ANNOUNCEMENTS, POST_PROCEDURES, PREPARE_ANNOUNCEMENTS, READ_CONTROL};
use ::store::{BoxFuture, Tx};
use base::{Actor, Fault, Id, Instant, Level, Problem, System};
use catalogue::{Sort, Version};
use records::{Aside, Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use std::collections::HashSet;
use web::Ctx;

type Made = Result<Decided<Announcement>, Fault>;
type On<'a> = Office<'a, Announcement>;

const PREPARES: &[Who<Announcement>] = &[Who::At(PREPARE_ANNOUNCEMENTS, |a| a.unit)];
const ISSUES: &[Who<Announcement>] = &[Who::At(ISSUE_ANNOUNCEMENTS, |a| a.office)];
const POSTS: &[Who<Announcement>] = &[Who::At(POST_PROCEDURES, |a| a.office)];

/// Longest version in letters, as in the catalogue.
const VERSION_MAX: usize = 200_000;

/// What the head of a decision asks for.
pub const HEAD: &[Field] = &[
    Field::line("title", 500),
    Field::choice("sort", Ask::OneOf(&Sort::WORDS)),
    Field::line("authority", 200),
    Field::line("law", 500),
    Field::choice("law_from", Ask::Day).optional(),
    Field::choice("effective_from", Ask::Day),
];
const REASON: Field = Field::lines("reason", 1_000);
const LINE: Field = Field::choice("line", Ask::Number(1, 1_000_000));
const VERSION: Field = Field::lines("version", VERSION_MAX);

/// What is asked of whoever adds procedures that are there.
const ADDING: &[Field] = &[
    Field::choice("does", Ask::OneOf(&["change", "end", "delegate"])),
    Field::check("basis"),
    Field::lines("codes", 4_000),
];
/// What is asked of whoever issues it.
pub const ISSUING: &[Field] =
    &[Field::line("number", 100), Field::choice("signed_on", Ask::Day), Field::files("papers", 3)];

/// The table.
pub const VERBS: &[Verb<Announcement>] = &[
    Verb::beginning("prepare", &[State::Draft], PREPARES, HEAD),
    Verb::new("add", &[State::Draft], &[], PREPARES, ADDING, add),
    Verb::new("amend", &[State::Draft], &[], PREPARES, HEAD, amend),
    Verb::new("add-new", &[State::Draft], &[], PREPARES, &[VERSION], add_new),
    Verb::new("write", &[State::Draft], &[], PREPARES, &[LINE, VERSION], write),
    Verb::new("drop-line", &[State::Draft], &[], PREPARES, &[LINE], drop_line),
    Verb::new("submit", &[State::Draft], &[State::Submitted], PREPARES, &[], submit),
    Verb::new("drop", &[State::Draft], &[State::Dropped], PREPARES, &[REASON], |_, given| {
        Ok(Decided::event(Event::Drop)?.with("reason", given.text("reason")))
    }),
    // By a function of its own: it changes the catalogue in the same transaction (`crate::issue`).
    Verb::new("issue", &[State::Submitted], &[State::Issued], ISSUES, ISSUING, |_, _| {
        Err(Fault::NotFound("records-no-act"))
    }),
    Verb::new("give-back", &[State::Submitted], &[State::Draft], ISSUES, &[REASON], |_, given| {
        Ok(Decided::event(Event::GiveBack)?.with("reason", given.text("reason")))
    }),
    // With its agency (`crate::move_to`); nobody's act. What is issued is the Office's to post.
    Verb::new("follow", &[State::Draft, State::Submitted], &[], &[], &[], |_, _| {
        Err(Fault::NotFound("records-no-act"))
    }),
    Verb::new("post", &[State::Issued], &[State::Posted], POSTS, &[], post),
    Verb::new("enter", &[State::Issued, State::Posted], &[], POSTS, &[Field::choice("entered_on", Ask::Day)], enter),
];

impl Machine for Announcement {
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

    /// What is issued is there for every official who reads these; what is not, for its own agency and for the Office.
    fn may_read(held: &Held<Self>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
        let (a, Some(actor)) = (&held.state, asker.actor) else { return false };
        let out = matches!(a.state, State::Issued | State::Posted) && actor.may(READ_CONTROL);
        out || actor.may_at(READ_CONTROL, rooms.house.tree.path(a.unit))
    }
}

fn at(field: &'static str, code: &'static str) -> Problem {
    Problem::new(code).field(field)
}

/// The head, whose day has not passed: what was cannot be changed any more.
fn head(given: &Given, now: Instant) -> Result<Head, Fault> {
    let effective_from = given.day("effective_from").filter(|day| *day >= now.date());
    let past = || at("effective_from", "control-day-past").arg("today", base::vn_date(now.date()));
    Ok(Head {
        sort: Sort::read(given.text("sort")).unwrap_or_default(),
        authority: given.text("authority").to_owned(),
        law: given.text("law").to_owned(),
        law_from: given.day("law_from"),
        effective_from: effective_from.ok_or_else(|| Fault::invalid(past()))?,
    })
}

/// Begins a decision of the agency of the first post that lets one.
///
/// # Errors
/// `Forbidden` with `records-not-yours` without such a post, with `control-unit-province` for a commune's: the province announces, with
/// `control-unit-state` for a body that is none of the State's;
/// `Invalid` with every problem at its field.
pub async fn prepare(
    tx: &Tx,
    rooms: &Rooms,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Announcement>, Fault> {
    let tree = &rooms.house.tree;
    let post = rooms.house.post(actor, PREPARE_ANNOUNCEMENTS);
    let post = post.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    let unit = tree.house_of(post.id).unwrap_or(post);
    let office = tree.root().ok_or_else(|| Fault::internal("no root"))?.id;
    // The Office issues what agencies of the State prepare, of every catalogue; nobody could issue another body's.
    if unit.system() != System::State {
        return Err(Fault::Forbidden(Problem::new("control-unit-state")));
    }
    if unit.level != Level::Province {
        return Err(Fault::Forbidden(Problem::new("control-unit-province")));
    }
    let given = records::read_fields(HEAD, typed)?;
    let head = head(&given, now)?;
    let year = i64::from(now.date().year());
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Prepare { unit: unit.id, office, level: unit.level, head, year, n };
    let by = By { actor: Some(actor.account), agency: Some(post.id), now };
    let words = [Aside { name: "title", text: given.text("title").to_owned() }];
    records::begin(tx, by, (Id::next(now), &code(year, n)), &event, &words).await
}

fn amend(on: &On<'_>, given: &Given) -> Made {
    let head = head(given, on.now())?;
    if head.sort != on.state().sort && !on.state().lines.is_empty() {
        return Err(Fault::invalid(at("sort", "control-sort-fixed")));
    }
    if (head.effective_from, &head.law) != (on.state().effective_from, &on.state().law) {
        let moved = Announcement { effective_from: head.effective_from, law: head.law.clone(), ..on.state().clone() };
        let problems: Vec<Problem> = moved.lines.iter().filter_map(|line| misfits(on.house, &moved, line)).collect();
        if !problems.is_empty() {
            return Err(Fault::Invalid(problems));
        }
    }
    Ok(Decided::event(Event::Amend { head })?.with("title", given.text("title")))
}

/// Why a line cannot stand in a decision of that day and that law; the same is asked when it is added and when it is written.
fn misfits(rooms: &Rooms, a: &Announcement, line: &Line) -> Option<Problem> {
    let stands = stands(rooms, a, &line.code);
    let field = |field, code| Some(at(field, code).arg("code", &line.code).arg("law", &a.law));
    match (line.does, &stands) {
        (Does::New, _) => match rooms.shelf.by_code(&line.code, a.effective_from) {
            Some(_) => field("effective_from", "catalogue-new-known"),
            None => None,
        },
        (_, None) => field("effective_from", "control-code-unknown"),
        (Does::Delegate, Some(version)) if !is_provincial(version) => {
            field("effective_from", "control-code-not-provincial")
        }
        (Does::Change, Some(version)) if line.is_written() && line.base != Some(version.id) => {
            field("effective_from", "catalogue-base-other")
        }
        (Does::Change, Some(version)) if !line.is_written() && version.legal_bases.contains(&a.law) => {
            field("law", "control-basis-known")
        }
        _ => None,
    }
}

fn room_for(on: &On<'_>, more: usize) -> Result<(), Fault> {
    if on.state().lines.len() + more > LINES_MAX {
        return Err(Fault::Conflict(Problem::new("control-lines-full").arg("max", LINES_MAX)));
    }
    Ok(())
}

/// The version of a procedure on the first day of a decision: what it would change or end.
pub(crate) fn stands(rooms: &Rooms, a: &Announcement, code: &str) -> Option<std::sync::Arc<Version>> {
    rooms.shelf.by_code(code, a.effective_from).filter(|version| version.sort == a.sort)
}

/// Codes of procedures that stand, each once, in the order typed; every wrong one is told.
fn add(on: &On<'_>, given: &Given) -> Made {
    let does = Does::read(given.text("does")).unwrap_or(Does::Change);
    let typed = given.text("codes").split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let (mut seen, mut problems) = (HashSet::new(), Vec::new());
    let codes: Vec<&str> = typed.filter(|code| !code.is_empty() && seen.insert(*code)).collect();
    room_for(on, codes.len())?;
    let mut lines = Vec::with_capacity(codes.len());
    for code in codes {
        let version = stands(on.house, on.state(), code);
        if on.state().lines.iter().any(|line| line.code == code) {
            problems.push(at("codes", "control-code-twice").arg("code", code));
        } else if version.as_ref().is_some_and(|version| does == Does::Delegate && !is_provincial(version)) {
            problems.push(at("codes", "control-code-not-provincial").arg("code", code));
        } else if let Some(version) = version {
            let n = on.state().next_line + lines.len() as i64;
            let basis = does == Does::Change && given.is("basis");
            if basis && version.legal_bases.contains(&on.state().law) {
                problems.push(at("codes", "control-basis-known").arg("code", code).arg("law", &on.state().law));
            }
            lines.push(Line { basis, base: Some(version.id), ..Line::of(n, does, &version) });
        } else {
            problems.push(at("codes", "control-code-unknown").arg("code", code));
        }
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    Decided::event(Event::Add { lines })
}

/// What was written, judged by the rules of the catalogue, and of this decision's catalogue.
fn judged(a: &Announcement, given: &Given) -> Result<Version, Fault> {
    let version = catalogue::from_toml(given.text("version")).map_err(Fault::invalid)?;
    let mut problems: Vec<Problem> = catalogue::rules::check(&version);
    problems.iter_mut().for_each(|problem| problem.field = Some("version".to_owned()));
    if version.sort != a.sort {
        problems.push(at("version", "control-sort-other").arg("sort", a.sort.as_str()));
    }
    if problems.is_empty() { Ok(version) } else { Err(Fault::Invalid(problems)) }
}

fn body(version: &Version) -> Result<String, Fault> {
    serde_json::to_string(version).map_err(Fault::internal)
}

fn add_new(on: &On<'_>, given: &Given) -> Made {
    room_for(on, 1)?;
    let version = judged(on.state(), given)?;
    if on.state().lines.iter().any(|line| line.code == version.code) {
        return Err(Fault::invalid(at("version", "control-code-twice").arg("code", &version.code)));
    }
    if on.house.shelf.by_code(&version.code, on.state().effective_from).is_some() {
        return Err(Fault::invalid(at("version", "catalogue-new-known").arg("code", &version.code)));
    }
    let line = Line::of(on.state().next_line, Does::New, &version);
    Ok(Decided::event(Event::AddNew { line })?.with("version", &body(&version)?))
}

fn line<'a>(on: &'a On<'_>, given: &Given) -> Result<&'a Line, Fault> {
    let line = given.number("line").and_then(|n| on.state().line(n));
    line.ok_or_else(|| Fault::invalid(at("line", "control-line-unknown")))
}

/// The version of a line: of the same procedure, and another than the one in force.
fn write(on: &On<'_>, given: &Given) -> Made {
    let known = line(on, given)?;
    if !matches!(known.does, Does::New | Does::Change) {
        return Err(Fault::invalid(at("line", "control-line-ends")));
    }
    let version = judged(on.state(), given)?;
    if version.code != known.code {
        return Err(Fault::invalid(at("version", "catalogue-code-fixed").arg("code", &known.code)));
    }
    let bare = |version: &Version| Version { remarks: Vec::new(), ..version.clone() };
    let body = body(&bare(&version))?;
    let before = stands(on.house, on.state(), &known.code);
    // What was typed was typed from the version the line was added with: another one since then must not be lost.
    if known.does == Does::Change && before.as_ref().map(|before| before.id) != known.base {
        return Err(Fault::invalid(at("version", "catalogue-base-other").arg("code", &known.code)));
    }
    if known.does == Does::Change && before.is_some_and(|before| self::body(&bare(&before)).is_ok_and(|b| b == body)) {
        return Err(Fault::invalid(at("version", "control-line-unchanged")));
    }
    let line = Line { base: known.base, ..Line::of(known.n, known.does, &version) };
    Ok(Decided::event(Event::Write { line })?.with("version", &body))
}

fn drop_line(on: &On<'_>, given: &Given) -> Made {
    let line = line(on, given)?.n;
    Decided::event(Event::DropLine { line })
}

/// Handed to the Office once each line says what it does.
fn submit(on: &On<'_>, _: &Given) -> Made {
    let a = on.state();
    if a.lines.is_empty() {
        return Err(Fault::Conflict(Problem::new("control-no-lines")));
    }
    let lacking = a.lines.iter().filter(|line| line.lacks_version());
    let named = |line: &Line| {
        let problem = Problem::new("control-line-unwritten").field(format!("line-{}", line.n));
        problem.arg("line", line.n).arg("code", &line.code).arg("name", &line.name)
    };
    let problems: Vec<Problem> = lacking.map(named).collect();
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let calendar = &on.house.house.calendar;
    let announce_by = a.law_from.map(|day| working_day_before(calendar, day, ANNOUNCE_BEFORE));
    Decided::event(Event::Submit { announce_by })
}

/// The click that publishes; never what is the Party's.
fn post(on: &On<'_>, _: &Given) -> Made {
    posted(on)?;
    Decided::event(Event::Post)
}

fn posted(on: &On<'_>) -> Result<(), Fault> {
    match on.state().sort {
        Sort::Party => Err(Fault::Conflict(Problem::new("control-party-not-posted"))),
        Sort::Public | Sort::Internal => Ok(()),
    }
}

/// The day on which it was entered into the national database: from the decision on, and not to come.
fn enter(on: &On<'_>, given: &Given) -> Made {
    posted(on)?;
    let day = given.day("entered_on").filter(|day| *day <= on.now().date());
    let day = day.filter(|day| on.state().signed_on.is_some_and(|signed| signed <= *day));
    let on = day.ok_or_else(|| Fault::invalid(at("entered_on", "control-entered-day")))?;
    Decided::event(Event::Enter { on })
}
