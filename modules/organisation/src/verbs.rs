//! What a keeper does to an agency, as one table; each rests on a decision with a number, a reason and a day. The rules are below it.

use crate::agency::{Agency, Event, Kind};
use crate::rights::KEEP_ORGANISATION;
use crate::tree::Tree;
use ::store::{BoxFuture, StoreError, Tx, params};
use base::{Actor, AgencyCode, Date, Fault, Id, Instant, Level, Permission, Problem, System};
use records::{Ask, Asker, By, Decided, Field, Given, Held, Machine, Office, Typed, Verb, Who};
use web::Ctx;

/// Longest name, in letters; the longest real one has about 90.
pub const NAME_MAX: usize = 200;
/// Longest decision number, in letters.
pub const DECISION_MAX: usize = 100;
/// Longest reason, in letters.
pub const REASON_MAX: usize = 1_000;

/// Where an agency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Standing,
    Ended,
}
base::closed_list!(State, { Standing => "standing", Ended => "ended" });

/// What acts look things up in: the tree as it is in the transaction, and what is open at the agency.
#[derive(Debug, Default)]
pub struct House {
    pub tree: Tree,
    pub open: Vec<Open>,
}

/// Stands for the root of the state's tree, whichever it is.
const PROVINCE: Id = Id(0);

impl records::House for House {
    fn path(&self, unit: Id) -> &str {
        if unit == PROVINCE { self.tree.root().map_or("/", |root| &root.path) } else { self.tree.path(unit) }
    }
}

const NAME: Field = Field::line("name", NAME_MAX);
const SHORT_NAME: Field = Field::line("short_name", NAME_MAX).optional();
pub(crate) const DECISION: Field = Field::line("decision", DECISION_MAX);
/// The day it takes effect (for an end: the last day). Not in the future: the tree knows one present.
const DAY: Field = Field { max: 10, ..Field::choice("day", Ask::Day) };
pub(crate) const REASON: Field = Field::lines("reason", REASON_MAX);

/// What a new agency is asked for.
pub const OPENING: &[Field] = &[
    Field::choice("kind", Ask::OneOf(Kind::BELOW)),
    Field::line("code", 40),
    Field::line("duty", 40).optional(),
    NAME,
    SHORT_NAME,
    DECISION,
    DAY,
    REASON,
];

/// What a new root is asked for.
pub const ESTABLISHING: &[Field] = &[
    Field::choice("system", Ask::OneOf(&["vertical", "party", "front"])),
    Field::line("code", 40),
    NAME,
    SHORT_NAME,
    DECISION,
    DAY,
    REASON,
];

/// Who keeps the agency; a root is kept by the province as well.
const KEEPER: &[Who<Agency>] = &[Who::At(KEEP_ORGANISATION, |agency| agency.id), Who::At(KEEP_ORGANISATION, keeper)];

/// Where an agency is ended: a root by the province alone.
fn keeper(agency: &Agency) -> Id {
    if agency.parent.is_none() { PROVINCE } else { agency.id }
}

/// Whether somebody keeps an agency; each act asks for itself.
pub(crate) fn keeps(actor: &Actor, tree: &Tree, agency: &Agency) -> bool {
    let root = tree.root().filter(|_| agency.parent.is_none());
    [Some(agency), root].into_iter().flatten().any(|place| actor.may_at(KEEP_ORGANISATION, &place.path))
}

/// The table.
const VERBS: &[Verb<Agency>] = &[
    Verb::beginning("ship", &[State::Standing, State::Ended], &[], &[]),
    Verb::beginning(records::ADOPT, &[State::Standing, State::Ended], &[], &[]),
    Verb::beginning("open", &[State::Standing], &[Who::At(KEEP_ORGANISATION, |agency| agency.id)], OPENING),
    Verb::beginning("establish", &[State::Standing], &[Who::At(KEEP_ORGANISATION, |_| PROVINCE)], ESTABLISHING),
    Verb::new("rename", &[State::Standing], &[], KEEPER, &[NAME, SHORT_NAME, DECISION, DAY, REASON], rename),
    Verb::new(
        "end",
        &[State::Standing],
        &[State::Ended],
        &[Who::At(KEEP_ORGANISATION, keeper)],
        &[Field::choice("successor", Ask::Unit), DECISION, DAY, REASON],
        end,
    ),
];

impl Machine for Agency {
    type State = State;
    type House = House;
    const VERBS: &'static [Verb<Self>] = VERBS;

    /// Reading asks nothing of it; acts read theirs in their own transaction.
    fn house(_: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(async { Ok(House::default()) })
    }

    fn state(&self) -> State {
        if self.valid_to.is_none() { State::Standing } else { State::Ended }
    }

    fn word(state: State) -> &'static str {
        state.as_str()
    }

    /// The directory is everybody's.
    fn may_read(_: &Held<Self>, _: &House, _: &Asker<'_>) -> bool {
        true
    }
}

/// The day of a change; a problem where it has not come, or lies before another.
fn day_of(given: &Given, now: Instant, from: Option<Date>, before: &'static str, problems: &mut Vec<Problem>) -> Date {
    let today = now.date();
    let day = given.day("day").unwrap_or(today);
    if day > today {
        problems.push(Problem::new("organisation-day-future").field("day"));
    } else if from.is_some_and(|from| day < from) {
        problems.push(Problem::new(before).field("day"));
    }
    day
}

pub(crate) fn refuse(problems: Vec<Problem>) -> Result<(), Fault> {
    if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
}

fn named(given: &Given) -> (String, String) {
    let name = given.text("name").to_owned();
    (name.clone(), given.some("short_name").unwrap_or(name))
}

/// The old name is kept until the day before.
fn rename(on: &Office<'_, Agency>, given: &Given) -> Result<Decided<Agency>, Fault> {
    let (agency, mut problems) = (on.state(), Vec::new());
    let first = agency.valid_from.and_then(|from| from.tomorrow().ok());
    let day = day_of(given, on.now(), first, "organisation-day-before-start", &mut problems);
    let (name, short_name) = named(given);
    if name == agency.name {
        problems.push(Problem::new("organisation-same-name").field("name"));
    }
    refuse(problems)?;
    if agency.former_names.iter().any(|former| former.until.tomorrow().is_ok_and(|next| next == day)) {
        return Err(Fault::Conflict(Problem::new("organisation-renamed-that-day")));
    }
    let event = Event::Rename { name, short_name, decision: given.text("decision").to_owned(), day };
    Ok(Decided::event(event)?.with("reason", given.text("reason")))
}

/// Refused while agencies stand below it, or anything is open there: that goes along in a reorganisation ([`crate::reorganisation`]), or is
/// brought to its end first.
fn end(on: &Office<'_, Agency>, given: &Given) -> Result<Decided<Agency>, Fault> {
    let (agency, tree, mut problems) = (on.state(), &on.house.tree, Vec::new());
    let day = day_of(given, on.now(), agency.valid_from, "organisation-day-before-start", &mut problems);
    let follows = given.id("successor").and_then(|id| tree.get(id));
    let Some(next) = follows.filter(|next| next.id != agency.id && next.valid_to.is_none()) else {
        problems.push(Problem::new("organisation-successor").field("successor"));
        return Err(Fault::Invalid(problems));
    };
    refuse(problems)?;
    if agency.parent.is_none() && agency.system() == System::State {
        return Err(Fault::Conflict(Problem::new("organisation-root")));
    }
    let below = tree.children(agency.id).len();
    if below > 0 {
        return Err(Fault::Conflict(Problem::new("organisation-has-units").arg("n", below)));
    }
    let open: i64 = on.house.open.iter().map(|open| open.count).sum();
    if open > 0 {
        return Err(Fault::Conflict(Problem::new("organisation-open-work").arg("n", open)));
    }
    let event = Event::End { successor: next.id, others: Vec::new(), decision: given.text("decision").to_owned(), day };
    Ok(Decided::event(event)?.with("reason", given.text("reason")))
}

/// A new agency below another, or the root of another system, by what was given. `above` is the one it is opened from.
fn opened(tree: &Tree, above: &Agency, given: &Given, now: Instant) -> Result<Agency, Fault> {
    let mut problems = Vec::new();
    let root = given.text("system").parse::<System>().ok();
    let from = above.valid_from.filter(|_| root.is_none());
    let day = day_of(given, now, from, "organisation-day-before-parent", &mut problems);
    let code = given.text("code").parse::<AgencyCode>().map(|code| code.as_str().to_owned());
    let code = code.unwrap_or_else(|problem| {
        problems.push(problem.field("code"));
        String::new()
    });
    if tree.by_code(&code).is_some() {
        problems.push(Problem::new("organisation-code-taken").field("code").rule("QĐ 20/2020/QĐ-TTg"));
    }
    let kind = root.map_or_else(|| Kind::read(given.text("kind")), |_| Some(Kind::Body)).unwrap_or_default();
    if !kind.stands_in(root.unwrap_or(above.system())) {
        problems.push(Problem::new("organisation-kind-wrong").field("kind"));
    }
    refuse(problems)?;
    // Ids follow one another; one keeper acts at a time.
    let id = Id(tree.all().iter().map(|agency| agency.id.0).max().unwrap_or_default() + 1);
    let (name, short_name) = named(given);
    Ok(Agency {
        id,
        code,
        name,
        short_name,
        kind,
        duty: if kind == Kind::ServiceCentre { Some("desk".into()) } else { given.some("duty") },
        level: if kind == Kind::CommuneCommittee { Level::Commune } else { above.level },
        parent: root.is_none().then_some(above.id),
        path: format!("{}{id}/", root.map_or_else(|| above.path.clone(), System::head)),
        unit_code: above.unit_code.clone(),
        valid_from: Some(day),
        decision: given.some("decision"),
        place: id.0,
        ..Agency::default()
    })
}

/// Opens an agency below another (`open`), or the root of another system from that of the state (`establish`), and returns its id. Problems
/// name their field.
///
/// # Errors
/// `NotFound`, `Forbidden` or `Conflict` for the agency it is opened from; `Invalid` at the fields of [`OPENING`] or [`ESTABLISHING`].
pub async fn open(tx: &Tx, actor: &Actor, now: Instant, (above, word): (Id, &str), typed: &Typed) -> Result<Id, Fault> {
    tx.lock("organisation").await?;
    let tree = crate::load_tree(tx).await?;
    let above = tree.get(above).ok_or(Fault::NotFound("organisation-no-unit"))?;
    let begins = word == "establish";
    if begins && tree.root().is_none_or(|root| root.id != above.id) {
        return Err(Fault::NotFound("records-no-act"));
    }
    let standing = Asker::actor(actor, now).standing(KEEP_ORGANISATION, &above.path);
    let standing = standing.ok_or_else(|| Fault::Forbidden(Problem::new("organisation-not-yours")))?;
    if above.valid_to.is_some() {
        return Err(Fault::Conflict(Problem::new("organisation-ended")));
    }
    let given = records::read_fields(if begins { ESTABLISHING } else { OPENING }, typed)?;
    let agency = opened(&tree, above, &given, now)?;
    let (id, by) = (agency.id, By { actor: Some(actor.account), agency: standing.agency, now });
    let mut nodes = agency.lineage();
    nodes.reverse();
    let event = if begins { Event::Establish { agency } } else { Event::Open { agency } };
    let decided = Decided::<Agency>::event(event)?.with("reason", given.text("reason"));
    records::begin::<Agency>(tx, by, (id, &id.to_string()), &decided.event, &decided.words).await?;
    facts::set_scope(tx, id, &nodes).await?;
    tx.execute(crate::store::BUMP, params![]).await?;
    Ok(id)
}

/// Renames or ends an agency: an act of the table.
///
/// # Errors
/// As [`records::act`], and those of the act's rule: `organisation-open-work` with how much in all is open by `looks`.
pub async fn act(
    tx: &Tx,
    actor: &Actor,
    now: Instant,
    (id, word): (Id, &str),
    typed: &Typed,
    looks: &[OpenAt],
) -> Result<(), Fault> {
    tx.lock("organisation").await?;
    let looks = if word == "end" { looks } else { &[] };
    let house = House { tree: crate::load_tree(tx).await?, open: open_at(tx, looks, id, now.date()).await? };
    records::act::<Agency>(tx, &house, &Asker::actor(actor, now), (&id.to_string(), word), typed).await?;
    tx.execute(crate::store::BUMP, params![]).await?;
    Ok(())
}

/// Something still open at an agency: work, powers, promises. It is named so that somebody can bring it to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Key of the words, with the number as `$n`.
    pub what: &'static str,
    pub count: i64,
    /// Where it is listed, for whoever holds that permission.
    pub href: String,
    pub needs: Permission,
}

/// What a module finds open at an agency on a day; modules above this one hand theirs in through [`crate::OpenWork`].
pub type OpenAt = for<'t> fn(&'t Tx, Id, Date) -> BoxFuture<'t, Result<Vec<Open>, StoreError>>;

/// Everything open at an agency: what every module names, without the empty ones.
///
/// # Errors
/// The database's.
pub async fn open_at(tx: &Tx, looks: &[OpenAt], id: Id, day: Date) -> Result<Vec<Open>, StoreError> {
    let mut all = Vec::new();
    for look in looks {
        all.extend(look(tx, id, day).await?.into_iter().filter(|open| open.count > 0));
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
