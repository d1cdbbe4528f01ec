//! What can be done with an assessment, as one table, and the rule of each act.

use crate::assessment::Rooms;
use crate::assessment::criteria::{Criteria, Scope};
use crate::assessment::measure::{self, Over};
use crate::assessment::score;
use crate::assessment::store;
use crate::assessment::subject::{Assessment, BOOK, Event, Frozen, State, code};
use crate::period::Period;
use crate::rights::{ASSESS_UNITS, EXPLAIN_ASSESSMENT};
use crate::scope::may_look;
use ::store::{BoxFuture, Tx};
use base::calendar::Calendar;
use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::{Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use serde::Deserialize;
use std::sync::LazyLock;
use web::Ctx;

/// Longest text, in letters: two pages.
const TEXT_MAX: usize = 4_000;
/// Explanations of one assessment.
const EXPLAINED_MAX: usize = 60;

type Does = Result<Decided<Assessment>, Fault>;
type On<'a> = Office<'a, Assessment>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    since: Date,
    /// Working days.
    explain: i64,
    publish: i64,
    /// The rule; shown nowhere, read by whoever keeps the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
struct Clocks {
    clock: Vec<Clock>,
}

/// The shipped clocks, the latest last; a test reads the file.
static CLOCKS: LazyLock<Vec<Clock>> = LazyLock::new(|| {
    let text = include_str!("../../../../data/assessment/clock.toml");
    toml::from_str::<Clocks>(text).map(|clocks| clocks.clock).unwrap_or_default()
});

const UNIT: &[Who<Assessment>] = &[Who::At(EXPLAIN_ASSESSMENT, |a| a.unit)];
const ASSESSOR: &[Who<Assessment>] = &[Who::At(ASSESS_UNITS, |a| a.assessor)];
const REASON: Field = Field::lines("reason", 1_000);
const WHICH: Field = Field::of("explanation", Ask::Number(1, EXPLAINED_MAX as i64), 2);

/// What is asked of whoever opens one.
pub const OPENING: &[Field] =
    &[Field::choice("unit", Ask::Unit), Field::choice("criteria", Ask::Word), Field::choice("period", Ask::Word)];

/// The table.
pub const VERBS: &[Verb<Assessment>] = &[
    Verb::beginning("open", &[State::Open], ASSESSOR, OPENING),
    Verb::new(
        "explain",
        &[State::Open],
        &[],
        UNIT,
        &[Field::choice("index", Ask::Word), Field::lines("text", TEXT_MAX)],
        explain,
    ),
    Verb::new("agree", &[State::Open], &[], UNIT, &[], |on, _| {
        on.state().still_explains(on.now())?;
        Decided::event(Event::Agree)
    }),
    Verb::new("accept", &[State::Open], &[], ASSESSOR, &[WHICH, REASON], |on, given| {
        let explanation = waits(on.state(), given)?;
        Ok(Decided::event(Event::Accept { explanation })?.with("reason", given.text("reason")))
    }),
    Verb::new("decline", &[State::Open], &[], ASSESSOR, &[WHICH, REASON], |on, given| {
        let explanation = waits(on.state(), given)?;
        Ok(Decided::event(Event::Decline { explanation })?.with("reason", given.text("reason")))
    }),
    // By a function of its own: the figures of that moment are read in the same transaction ([`publish`]).
    Verb::new("publish", &[State::Open], &[State::Published], ASSESSOR, &[], |_, _| {
        Err(Fault::NotFound("records-no-act"))
    }),
];

impl Machine for Assessment {
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

    /// Whoever reads the figures of the unit, explains them, or assesses.
    fn may_read(held: &Held<Self>, rooms: &Rooms, asker: &Asker<'_>) -> bool {
        let (a, Some(actor)) = (&held.state, asker.actor) else { return false };
        let tree = &rooms.house.tree;
        tree.get(a.unit).is_some_and(|unit| may_look(actor, tree, unit))
            || actor.may_at(EXPLAIN_ASSESSMENT, tree.path(a.unit))
            || actor.may_at(ASSESS_UNITS, tree.path(a.assessor))
    }
}

impl Assessment {
    /// The unit may still explain.
    ///
    /// # Errors
    /// `Conflict` with `assessment-explain-over`.
    fn still_explains(&self, now: Instant) -> Result<(), Fault> {
        if self.agreed_at.is_some() || now > self.explain_by {
            let over = Problem::new("assessment-explain-over").arg("until", base::vn_date_time(self.explain_by));
            return Err(Fault::Conflict(over));
        }
        Ok(())
    }
}

/// The last day of the period an assessment is of: its definitions count.
pub(crate) fn period(a: &Assessment, today: Date) -> Result<Period, Fault> {
    Period::parse(&a.period, today)
}

fn explain(on: &On<'_>, given: &Given) -> Does {
    let a = on.state();
    a.still_explains(on.now())?;
    if a.explained.len() >= EXPLAINED_MAX {
        return Err(Fault::Conflict(Problem::new("assessment-explained-full").arg("max", EXPLAINED_MAX)));
    }
    let day = period(a, on.now().date())?.to;
    let set = on.house.sets.get(&a.criteria);
    let indices = set.map(|set| set.on(day, Scope::Agency)).unwrap_or_default();
    let index = given.text("index");
    if !indices.iter().any(|known| known.id == index) {
        return Err(Fault::invalid(Problem::new("assessment-index").field("index")));
    }
    Ok(Decided::event(Event::Explain { index: index.to_owned() })?.with("text", given.text("text")))
}

/// The explanation that is answered: one that waits.
fn waits(a: &Assessment, given: &Given) -> Result<i64, Fault> {
    let n = given.number("explanation");
    let waiting = a.unanswered().find(|one| Some(one.n) == n).map(|one| one.n);
    waiting.ok_or_else(|| Fault::invalid(Problem::new("assessment-explanation").field("explanation")))
}

/// So many working days after a day, at the end of that day's office hours as the calendar has it.
fn after(calendar: &Calendar, now: Instant, days: i64) -> Instant {
    let day = calendar.nth_working_day_after(now.date(), days);
    Instant::start_of(day.tomorrow().unwrap_or(day)).plus_ms(-1)
}

/// Opens the assessment of a unit over a period that is over, in the name of a post above it.
///
/// # Errors
/// `Forbidden` with `records-not-yours` without such a post; `Invalid` at `unit` (`assessment-unit`), `criteria` (`assessment-criteria`), `period`
/// (`assessment-period`, `assessment-period-runs`, `assessment-exists`).
pub async fn open(
    tx: &Tx,
    rooms: &Rooms,
    actor: &Actor,
    now: Instant,
    typed: &Typed,
) -> Result<Held<Assessment>, Fault> {
    if !actor.may(ASSESS_UNITS) {
        return Err(Fault::Forbidden(Problem::new("records-not-yours")));
    }
    let given = records::read_fields(OPENING, typed)?;
    let tree = &rooms.house.tree;
    let wrong = |code: &'static str, field: &'static str| Fault::invalid(Problem::new(code).field(field));
    let unit = given.id("unit").and_then(|unit| tree.get(unit)).filter(|unit| unit.house().is_some());
    // By a post above it: nobody assesses the unit he works for.
    let above = |unit: &organisation::Agency| {
        let posts = actor.grants.iter().filter(|grant| grant.allows(ASSESS_UNITS) && grant.agency != unit.id);
        let mut above = posts.filter(|grant| unit.path.starts_with(&grant.agency_path));
        above.next().map(|grant| grant.agency)
    };
    let unit = unit.and_then(|unit| Some((unit, above(unit)?)));
    let (unit, post) = unit.ok_or_else(|| wrong("assessment-unit", "unit"))?;
    let period = Period::parse(given.text("period"), now.date());
    let period = period.ok().filter(Period::is_assessed).ok_or_else(|| wrong("assessment-period", "period"))?;
    if period.to >= now.date() {
        return Err(wrong("assessment-period-runs", "period"));
    }
    let set = rooms.sets.get(given.text("criteria")).filter(|set| set.holds_on(period.to));
    let set = set.ok_or_else(|| wrong("assessment-criteria", "criteria"))?;
    if let Some(other) = store::of(tx, unit.id, (&set.id, &period.word)).await? {
        let exists = Problem::new("assessment-exists").field("period").arg("code", other.code);
        return Err(Fault::invalid(exists));
    }
    let clock = CLOCKS.iter().rev().find(|clock| clock.since <= now.date());
    let clock = clock.ok_or_else(|| Fault::internal("no clock of assessments"))?;
    let (id, year) = (Id::next(now), i64::from(now.date().year()));
    let n = records::next_number(tx, BOOK, year).await?;
    let event = Event::Open {
        criteria: set.id.clone(),
        unit: unit.id,
        assessor: post,
        period: period.word,
        explain_by: after(&rooms.house.calendar, now, clock.explain),
        publish_by: after(&rooms.house.calendar, now, clock.explain + clock.publish),
        year,
        n,
    };
    let by = By { actor: Some(actor.account), agency: Some(post), now };
    records::begin(tx, by, (id, &code(year, n)), &event, &[]).await
}

/// What the figures of an assessment come to at this moment, as they would be kept.
///
/// # Errors
/// The database's.
pub async fn figures(
    tx: &Tx,
    rooms: &Rooms,
    set: &Criteria,
    (a, now): (&Assessment, Instant),
) -> Result<Vec<Frozen>, Fault> {
    let period = period(a, now.date())?;
    let over = Over { node: a.unit, from: period.from, to: period.to, now };
    let counted = measure::of_unit(tx, &rooms.house.tree, set, &over).await?;
    let sheet = score::sheet(set, period.to, Scope::Agency, &counted);
    let frozen = |(index, score): (&crate::assessment::criteria::Index, score::Score)| Frozen {
        index: index.id.clone(),
        points: score.points.ok(),
        counts: score.sides.iter().map(|side| side.n).collect(),
    };
    Ok(sheet.scores.into_iter().map(frozen).collect())
}

/// Publishes the assessment of that code: the figures of this moment are kept with it.
///
/// # Errors
/// As [`records::act`]; `Conflict` with `assessment-unanswered` while an explanation waits for an answer, and with `assessment-explain-still` while the
/// unit may explain and has not said that it has nothing more.
pub async fn publish(tx: &Tx, rooms: &Rooms, asker: &Asker<'_>, code: &str) -> Result<Held<Assessment>, Fault> {
    let seen = records::open::<Assessment>(tx, rooms, asker, code).await?;
    let (held, a) = (seen.held(), seen.state());
    if a.state != State::Open {
        return Err(Fault::Conflict(Problem::new("records-not-now")));
    }
    let standing = asker.standing(ASSESS_UNITS, rooms.house.tree.path(a.assessor));
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("records-not-yours")))?;
    if a.unanswered().next().is_some() {
        return Err(Fault::Conflict(Problem::new("assessment-unanswered")));
    }
    if a.agreed_at.is_none() && asker.now <= a.explain_by {
        let still = Problem::new("assessment-explain-still").arg("until", base::vn_date_time(a.explain_by));
        return Err(Fault::Conflict(still));
    }
    let set = rooms.sets.get(&a.criteria).ok_or_else(|| Fault::internal("an assessment without its criteria"))?;
    let figures = figures(tx, rooms, set, (a, asker.now)).await?;
    let level = rooms.house.tree.get(a.unit).map_or(base::Level::Province, |unit| unit.level);
    let by = By { actor: asker.actor.map(|actor| actor.account), agency: standing.agency, now: asker.now };
    records::happen(tx, by, held, &Event::Publish { figures, level }, &[]).await
}
