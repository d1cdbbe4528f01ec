//! What can be done with a programme made here, as one table, and the rule of each act.

use crate::declare::check_by;
use crate::declared::NOTE_MAX;
use crate::draft_form::{HEAD, TARGET, TASK, VERSION};
use crate::drafts::{self, Draft, Event, Stage};
use crate::house::{House, second_person};
use crate::programme::{Programme, Programmes, targets_of};
use crate::rights::{KEEP_PROGRAMMES, READ_STEERING, SIGN_PROGRAMMES};
use crate::{draft_edit, draft_form};
use base::{Actor, Fault, Instant, Problem};
use records::{Asker, By, Decided, Field, Given, Held, Machine, Office, Verb, Who};
use store::{BoxFuture, Tx};
use web::{Ctx, FormMap};

type Does = Result<Decided<Draft>, Fault>;
type On<'a> = Office<'a, Draft>;

const REMOVE: &[Field] = &[VERSION, Field::line("target", 40)];
const NOTE: Field = Field::lines("note", NOTE_MAX);
const ACCEPT: &[Field] = &[VERSION, NOTE.optional()];
const RETURN: &[Field] = &[VERSION, NOTE];

const KEEPS: Who<Draft> = Who::At(KEEP_PROGRAMMES, |draft| draft.agency);
const KEEPER: &[Who<Draft>] = &[KEEPS];
const SECOND: &[Who<Draft>] = &[KEEPS, Who::At(SIGN_PROGRAMMES, |draft| draft.agency)];

impl Machine for Draft {
    type State = Stage;
    type House = House;
    const VERBS: &'static [Verb<Self>] = &[
        Verb::beginning("draft", &[Stage::Draft], KEEPER, HEAD),
        Verb::beginning(records::ADOPT, &Stage::ALL, &[], &[]),
        // By saving its document again ([`crate::documents`]).
        Verb { from: &[Stage::Draft], ..Verb::beginning("read-again", &[], KEEPER, &[]) },
        Verb::new("correct", &[Stage::Draft], &[], KEEPER, HEAD, correct),
        Verb::new("put-target", &[Stage::Draft], &[], KEEPER, TARGET, |office, given| {
            let measured = (&*office.house.known, office.now().date());
            let (was, programme) = placed(office, given)?;
            let now = draft_form::target(given, programme, was.as_deref(), measured).map_err(Fault::Invalid)?;
            keep(office, Event::PutTarget { was, now: Box::new(now) })
        }),
        Verb::new("put-task", &[Stage::Draft], &[], KEEPER, TASK, |office, given| {
            let (was, programme) = placed(office, given)?;
            let now =
                draft_form::task(given, programme, was.as_deref(), office.house.tree()).map_err(Fault::Invalid)?;
            keep(office, Event::PutTask { was, now: Box::new(now) })
        }),
        Verb::new("remove", &[Stage::Draft], &[], KEEPER, REMOVE, |office, given| {
            let target = stands(seen(office, given)?, given.text("target"))?;
            keep(office, Event::Remove { target })
        }),
        // With its agencies (`crate::moving`); nobody's act.
        Verb { from: &Stage::ALL, ..Verb::beginning("follow", &[], &[], &[]) },
        Verb::new("propose", &[Stage::Draft], &[Stage::Proposed], KEEPER, &[VERSION], propose),
        Verb::new("accept", &[Stage::Proposed], &[Stage::InForce], SECOND, ACCEPT, |office, given| {
            decide(office, given, |note| Event::Accept { note })
        }),
        Verb::new("return", &[Stage::Proposed], &[Stage::Draft], SECOND, RETURN, |office, given| {
            decide(office, given, |note| Event::Return { note })
        }),
    ];

    fn house(ctx: &Ctx) -> BoxFuture<'_, Result<House, Fault>> {
        Box::pin(House::of(ctx))
    }

    fn state(&self) -> Stage {
        self.stage
    }

    fn word(state: Stage) -> &'static str {
        state.as_str()
    }

    /// What is drafted is nobody's secret among those who read figures.
    fn may_read(_: &Held<Self>, _: &House, asker: &Asker<'_>) -> bool {
        asker.actor.is_some_and(|actor| actor.may(READ_STEERING))
    }
}

/// The programme, in the version that somebody saw.
fn seen<'a>(office: &'a On<'_>, given: &Given) -> Result<&'a Programme, Fault> {
    if given.text("version") == office.state().version.to_string() {
        return Ok(&office.state().programme);
    }
    Err(Fault::Conflict(Problem::new("reform-draft-changed")))
}

/// What an entry takes the place of, if anything, and the programme it is put into.
fn placed<'a>(office: &'a On<'_>, given: &Given) -> Result<(Option<String>, &'a Programme), Fault> {
    let programme = seen(office, given)?;
    let was = given.some("was").map(|was| stands(programme, &was)).transpose()?;
    Ok((was, programme))
}

/// The id of a target that stands in a programme.
fn stands(programme: &Programme, id: &str) -> Result<String, Fault> {
    let there = targets_of(programme).any(|placed| placed.target.id == id);
    if there { Ok(id.to_owned()) } else { Err(Fault::NotFound("reform-no-target")) }
}

/// A number stands for one programme.
fn new_document(programmes: &Programmes, programme: &Programme) -> Result<(), Fault> {
    let same = |one: &Programme| one.id != programme.id && base::fold(&one.document) == base::fold(&programme.document);
    if programmes.all().iter().any(same) {
        return Err(Fault::invalid(Problem::new("reform-document-known").field("document")));
    }
    Ok(())
}

/// Begins a programme by the first post that keeps any. Returns its number.
///
/// # Errors
/// `Forbidden` without such a post; `Invalid` at the field.
pub(crate) async fn create(tx: &Tx, house: &House, actor: &Actor, now: Instant, given: &FormMap) -> Result<i64, Fault> {
    let post = actor.grants.iter().find(|grant| grant.allows(KEEP_PROGRAMMES));
    let agency = post.ok_or_else(|| Fault::Forbidden(Problem::new("web-permission-missing")))?.agency;
    let given = records::read_fields(HEAD, &given.into())?;
    let head = draft_form::head(&given, &drafts::empty(0), now.date()).map_err(Fault::Invalid)?;
    new_document(&house.programmes, &head)?;
    let made = |number| {
        let blank = drafts::empty(number);
        Programme { id: blank.id, code: blank.code, ..head }
    };
    drafts::begin(tx, By { actor: Some(actor.account), agency: Some(agency), now }, agency, None, made).await
}

/// The event, once what it makes of the programme can be loaded again: a draft that cannot be read would be nobody's to mend.
fn keep(office: &On<'_>, event: Event) -> Does {
    let mut after = office.state().programme.clone();
    drafts::change(&mut after, &event).map_err(|why| Fault::internal(std::io::Error::other(why.0)))?;
    drafts::loads(&after)?;
    Decided::event(event)
}

fn correct(office: &On<'_>, given: &Given) -> Does {
    let head = draft_form::head(given, seen(office, given)?, office.now().date()).map_err(Fault::Invalid)?;
    new_document(&office.house.programmes, &head)?;
    keep(office, Event::Correct { head: Box::new(Programme { subjects: Vec::new(), ..head }) })
}

fn propose(office: &On<'_>, given: &Given) -> Does {
    let programme = seen(office, given)?;
    let problems = draft_edit::unfit(programme);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    new_document(&office.house.programmes, programme)?;
    drafts::loads(programme)?;
    Decided::event(Event::Propose { decide_by: check_by(&office.house.desk.calendar, office.now()) })
}

/// Nobody decides on what they proposed themselves.
fn decide(office: &On<'_>, given: &Given, event: fn(String) -> Event) -> Does {
    second_person(office.state().proposed_by, &office.asker)?;
    seen(office, given)?;
    Decided::event(event(given.text("note").to_owned()))
}
