//! One function for each thing a person does to a dossier.
//!
//! All of them end in [`write`]: state row, event row with its audit link, what is owed, facts and outbox job, in the caller's
//! one transaction. What follows from a verb is seen by reading its function and [`crate::apply::apply`], nowhere else.

use crate::apply::apply;
use crate::aside::{self, Aside};
use crate::correct::correct;
use crate::decide::{self, Came, Office, Supplied};
use crate::dossier::{Applicant, Dossier};
use crate::filing::{self, Checked, Handed, Places};
use crate::finding;
use crate::happening::{Corrected, Happening, Rules};
use crate::owed::dues;
use crate::places::permission_for;
use crate::reuse::{self, Earlier};
use crate::store::{self as sql, Loaded};
use crate::transitions::Verb;
use ::store::{Tx, params};
use audit::{Link, link_hash};
use base::calendar::Calendar;
use base::{Actor, AgencyCode, Channel, DossierCode, Fault, Id, Instant, Problem};
use catalogue::{Shelf, Version};
use files::{File, Seal};
use organisation::Tree;
use std::sync::Arc;

mod act;
mod kept;

pub use act::{Act, NewPaper, Supplement};
use kept::{keep_papers, keep_signed, reasons_asked, seal};

/// What actions look things up in; shared by all requests and exchanged whole when a keeper changes something.
#[derive(Clone)]
pub struct House {
    pub tree: Arc<Tree>,
    pub shelf: Arc<Shelf>,
    pub calendar: Calendar,
}

impl House {
    /// The version a dossier was received under.
    pub fn version(&self, id: Id) -> Result<Arc<Version>, Fault> {
        self.shelf.version(id).ok_or_else(|| Fault::internal(format!("procedure version {id} is not in the catalogue")))
    }

    /// What a decision at `now` looks at.
    pub fn office<'a>(&'a self, version: &'a Version, now: Instant) -> Office<'a> {
        Office { tree: &self.tree, calendar: &self.calendar, version, now }
    }
}

/// Who acts, and when.
#[derive(Clone)]
pub struct By {
    pub actor: Actor,
    pub now: Instant,
}

/// A new id.
pub fn new_id(now: Instant) -> Id {
    Id::next(now)
}

/// Someone else acted on the dossier between reading and writing.
fn overtaken() -> Fault {
    Fault::Conflict(Problem::new("dossier-changed-meanwhile"))
}

/// What an act writes beside its event: words about people, which never stand in the log.
#[derive(Default)]
struct Beside {
    /// The applicant with corrected answers.
    applicant: Option<Applicant>,
    asides: Vec<Aside>,
}

/// Writes one event, in the name of `agency`, and everything that follows from it.
async fn write(
    tx: &Tx,
    before: Option<&Loaded>,
    new: Option<(Id, &Checked)>,
    by: &By,
    agency: Option<Id>,
    happening: &Happening,
) -> Result<Dossier, Fault> {
    write_under(tx, before, new, (by, agency), Rules::NOW, happening).await
}

/// [`write`] under given rules: tests write the past.
pub(crate) async fn write_under(
    tx: &Tx,
    before: Option<&Loaded>,
    new: Option<(Id, &Checked)>,
    (by, agency): (&By, Option<Id>),
    rules: Rules,
    happening: &Happening,
) -> Result<Dossier, Fault> {
    let mut state = before.map(|loaded| loaded.dossier.clone());
    let head = state.as_ref().map(|dossier| dossier.head).unwrap_or_default();
    let id = match (&state, new) {
        (Some(dossier), _) => dossier.id,
        (None, Some((id, _))) => id,
        (None, None) => return Err(Fault::internal("an event without a dossier")),
    };
    let outcomes = apply(&mut state, id, by.now, (rules, Some(by.actor.account)), happening)
        .map_err(|_| Fault::internal(format!("{} does not follow", happening.kind())))?;
    let mut dossier = state.ok_or_else(|| Fault::internal("no state after an event"))?;
    let told = dossier.account.filter(|account| *account != by.actor.account && happening.concerns_applicant());
    let data = happening.to_text_under(rules, told.is_some());
    let link = Link {
        subject: id,
        n: head.n + 1,
        at: by.now,
        kind: happening.kind(),
        actor: Some(by.actor.account),
        agency,
        data: &data,
    };
    dossier.head = audit::Head { n: link.n, hash: link_hash(&head.hash, link) };
    match new {
        Some((_, checked)) => sql::insert(tx, &dossier, &checked.applicant, &checked.components).await?,
        None => {
            if !sql::update(tx, &dossier, head).await? {
                return Err(overtaken());
            }
        }
    }
    audit::write_link(tx, link, &dossier.head.hash).await?;
    let owed = before.map(|before| dues(&before.dossier)).unwrap_or_default();
    records::owe(tx, id, &owed, &dues(&dossier)).await?;
    if let Some(before) = before.filter(|before| before.dossier.unit != dossier.unit) {
        finding::renew(tx, &dossier, &before.applicant).await?;
    }
    facts::append(tx, &outcomes.facts).await?;
    crate::topics::tell(tx, &dossier, (told, happening), by.actor.account, by.now).await?;
    if matches!(happening, Happening::Received { .. } | Happening::Approved { .. } | Happening::ResultReturned { .. }) {
        crate::rating::issue(tx, dossier.id).await?;
    }
    Ok(dossier)
}

/// The row of a file that comes with an act: recorded before, in the same transaction.
async fn file_row(tx: &Tx, id: Id) -> Result<File, Fault> {
    files::file(tx, id).await?.ok_or_else(|| Fault::internal(format!("file {id} has no row")))
}

/// Loads a dossier for an action.
pub async fn load(tx: &Tx, code: &str) -> Result<Loaded, Fault> {
    sql::by_code(tx, code).await?.ok_or(Fault::NotFound("dossier-not-found"))
}

/// Gives a filing its code, and its papers the seals of their files.
async fn with_code(tx: &Tx, house: &House, mut checked: Checked, now: Instant) -> Result<Checked, Fault> {
    let agency = house.tree.get(checked.filing.intake).ok_or_else(|| Fault::internal("no agency of intake"))?;
    let code: AgencyCode =
        agency.code.parse().map_err(|_| Fault::internal(format!("agency code {} is malformed", agency.code)))?;
    let counter = sql::next_counter(tx, agency.id, now.date()).await?;
    checked.filing.code = DossierCode::new(&code, now.date(), counter).to_string();
    for (listed, component) in checked.filing.papers.iter_mut().zip(&checked.components) {
        let mut seals = Vec::with_capacity(component.files.len());
        for file in &component.files {
            seals.push(Seal::of(&file_row(tx, *file).await?));
        }
        listed.sealed(seals);
    }
    Ok(checked)
}

/// The papers that may stand in, where some paper is said to be there from before.
async fn earlier(tx: &Tx, house: &House, by: &By, handed: &Handed) -> Result<Vec<Earlier>, Fault> {
    if handed.reuses() { reuse::papers_of(tx, house, &by.actor, &handed.owner_number).await } else { Ok(Vec::new()) }
}

/// A citizen files online. The competent agency receives online filings itself.
pub async fn file_online(
    tx: &Tx,
    house: &House,
    by: &By,
    procedure: &str,
    competent: Id,
    handed: &Handed,
) -> Result<Dossier, Fault> {
    if !by.actor.may(crate::rights::FILE_DOSSIER) {
        return Err(Fault::Forbidden(Problem::new("dossier-not-yours").arg("act", "file-online")));
    }
    let version = current(house, procedure, by.now)?;
    let places = Places {
        channel: Channel::Online,
        intake: competent,
        competent,
        return_to: competent,
        account: Some(by.actor.account),
    };
    let earlier = earlier(tx, house, by, handed).await?;
    let checked = filing::check(&house.tree, &version, places, (handed, &earlier), by.now)?;
    let checked = with_code(tx, house, checked, by.now).await?;
    let answer_due_at = decide::answer_due(&house.office(&version, by.now));
    let happening = Happening::Filed { filing: checked.filing.clone(), answer_due_at };
    write(tx, None, Some((new_id(by.now), &checked)), by, None, &happening).await
}

fn current(house: &House, procedure: &str, now: Instant) -> Result<Arc<Version>, Fault> {
    house.shelf.by_code(procedure, now.date()).ok_or(Fault::NotFound("dossier-procedure-unknown"))
}

/// How a clerk takes a dossier in.
#[derive(Debug, Clone)]
pub struct CounterIntake {
    pub procedure: String,
    /// [`Channel::Counter`] or [`Channel::Post`].
    pub channel: Channel,
    pub intake: Id,
    pub competent: Id,
    pub return_to: Id,
    pub handed: Handed,
    /// The fee was paid in cash at the counter.
    pub paid: bool,
}

/// A clerk receives a dossier at the counter or from the post; it is received at once.
pub async fn receive_at_counter(tx: &Tx, house: &House, by: &By, intake: &CounterIntake) -> Result<Dossier, Fault> {
    let Some(post) = by.actor.grant_for(crate::rights::RECEIVE_DOSSIER, house.tree.desk_path(intake.intake)) else {
        return Err(Fault::Forbidden(
            Problem::new("dossier-not-yours").arg("act", "receive-at-counter").field("intake"),
        ));
    };
    let agency = Some(post.agency);
    let version = current(house, &intake.procedure, by.now)?;
    let places = Places {
        channel: intake.channel,
        intake: intake.intake,
        competent: intake.competent,
        return_to: intake.return_to,
        account: None,
    };
    let earlier = earlier(tx, house, by, &intake.handed).await?;
    let checked = filing::check(&house.tree, &version, places, (&intake.handed, &earlier), by.now)?;
    let checked = with_code(tx, house, checked, by.now).await?;
    let office = house.office(&version, by.now);
    let happening = Happening::Received {
        filing: Some(checked.filing.clone()),
        clock: decide::start_clock(&office, intake.channel)?,
        place: office.place(intake.competent, crate::places::first_step(&version), None),
        between: decide::passing(&house.tree, &checked.filing),
    };
    let dossier = write(tx, None, Some((new_id(by.now), &checked)), by, agency, &happening).await?;
    if intake.paid && dossier.fee_dong > 0 {
        let loaded = Loaded { dossier, applicant: checked.applicant.clone() };
        let paid =
            Happening::Paid { amount_dong: loaded.dossier.fee_dong, online: false, clock: None, first_online: false };
        return write(tx, Some(&loaded), None, by, agency, &paid).await;
    }
    Ok(dossier)
}

/// Does one thing to the dossier of that code, or says which rule forbids it.
pub async fn act(tx: &Tx, house: &House, by: &By, code: &str, act: &Act) -> Result<Dossier, Fault> {
    let loaded = load(tx, code).await?;
    let version = house.version(loaded.dossier.version)?;
    let office = house.office(&version, by.now);
    if let Act::Rate { score, note } = act {
        // By the owner as by the code: no event of the dossier.
        decide::rate(&loaded.dossier, &by.actor, &office, *score)?;
        crate::rating::answer(tx, &loaded.dossier, (*score, note), by.now).await?;
        return Ok(loaded.dossier);
    }
    let (mut happening, mut beside) = decided(tx, &loaded, by, &office, act).await?;
    let mut came = Vec::new();
    for paper in act.papers() {
        came.push((paper.component, file_row(tx, paper.file).await?));
    }
    let purpose = seal(&mut happening, &came);
    let standing = decide::standing(&loaded.dossier, happening.verb(), &by.actor, &office);
    let after = write(tx, Some(&loaded), None, by, standing.and_then(|by| by.agency), &happening).await?;
    keep_papers(tx, &after, &came, purpose, by.now).await?;
    keep_signed(tx, after.id, &happening).await?;
    for aside in &beside.asides {
        aside::write(tx, after.id, after.head.n, aside).await?;
    }
    if let Some(applicant) = beside.applicant.take() {
        tx.execute(sql::UPDATE_ANSWERS, params![after.id, applicant.answers]).await?;
    }
    Ok(after)
}

/// The event of an act, with what belongs beside it.
async fn decided(
    tx: &Tx,
    loaded: &Loaded,
    by: &By,
    office: &Office<'_>,
    act: &Act,
) -> Result<(Happening, Beside), Fault> {
    let (d, actor) = (&loaded.dossier, &by.actor);
    let mut beside = Beside::default();
    let happening = match act {
        Act::ReceiveOnline => decide::receive_online(d, actor, office)?,
        Act::RefuseIntake { reason } => decide::refuse_intake(d, actor, office, reason)?,
        Act::Assign { handler } => {
            decide::check(d, Verb::Assign, actor, office)?;
            let (path, field) = (office.tree.path(d.unit), office.version.field.as_str());
            let may_hold = identity::may_in(tx, *handler, crate::rights::PROCESS_DOSSIER, path, field, by.now).await?
                || identity::may_in(tx, *handler, crate::rights::APPROVE_DOSSIER, path, field, by.now).await?;
            decide::assign(d, actor, office, *handler, may_hold)?
        }
        Act::Forward { electronic, note, handler, .. } => {
            let forward = decide::forward_to(d, actor, office, *electronic, note, *handler)?;
            if let (Some(handler), Some(next)) = (handler, decide::next_place(d, office)) {
                works_there(tx, office, *handler, next.step, next.unit).await?;
            }
            forward
        }
        Act::SendBack { reason } => decide::send_back(d, actor, office, reason)?,
        Act::RequestSupplement(asked) => {
            decide::check(d, Verb::RequestSupplement, actor, office)?;
            let earlier = reasons_asked(tx, d).await?;
            decide::request_supplement(d, actor, office, asked, &earlier)?
        }
        Act::CompleteSupplement(supplement) => {
            let (done, kept) = supplemented(tx, loaded, by, office, supplement).await?;
            beside = kept;
            done
        }
        Act::RequestPayment { amount_dong, reason, basis } => {
            decide::request_payment(d, actor, office, *amount_dong, reason, basis)?
        }
        Act::RecordPayment => decide::record_payment(d, actor, office)?,
        Act::Approve { note, result, sign_draft } => {
            decide::check(d, Verb::Approve, actor, office)?;
            let draft = if *sign_draft && result.is_none() { Some(proposed(tx, d).await?) } else { None };
            let mut approved = decide::approve(d, actor, office, result.is_some() || draft.is_some(), note)?;
            if let Happening::Approved { result, .. } = &mut approved {
                *result = draft;
            }
            approved
        }
        Act::Refuse { reason } => decide::refuse(d, actor, office, reason)?,
        Act::Withdraw { reason, wished, .. } => {
            let (withdrawn, aside) = decide::withdraw_for(d, actor, office, reason, wished)?;
            beside.asides.extend(aside);
            withdrawn
        }
        Act::Stop { reason } => decide::stop(d, actor, office, reason)?,
        Act::ReturnResult { handing, result } => {
            let handing = handing.clone().to_applicant(&loaded.applicant.owner_address);
            let (returned, aside) = decide::return_result(d, actor, office, &handing, result.is_some())?;
            beside.asides.extend(aside);
            returned
        }
        Act::Rate { score, .. } => decide::rate(d, actor, office, *score)?,
    };
    Ok((happening, beside))
}

/// A supplement that came, held against what was asked for.
async fn supplemented(
    tx: &Tx,
    loaded: &Loaded,
    by: &By,
    office: &Office<'_>,
    given: &Supplement,
) -> Result<(Happening, Beside), Fault> {
    let (d, mut beside) = (&loaded.dossier, Beside::default());
    decide::check(d, Verb::CompleteSupplement, &by.actor, office)?;
    let corrected = correct(office.version, &loaded.applicant, (&given.answers, given.sure), by.now.date())?;
    let asked = decide::asked_last(&audit::events(tx, d.id).await?);
    let components = sql::components(tx, d.id).await?;
    let code = |paper: &NewPaper| {
        let component = components.iter().find(|(n, _)| Some(*n) == paper.component);
        component.map(|(_, component)| component.code.as_str())
    };
    if given.papers.iter().any(|paper| paper.component.is_some() && code(paper).is_none()) {
        return Err(Fault::invalid(Problem::new("dossier-component-unknown").field("component")));
    }
    let came = Came {
        papers: given.papers.iter().filter_map(code).collect(),
        corrected: corrected.as_ref().map_or(&[], |(_, fields)| fields.as_slice()),
        absent: given.absent.iter().map(|(code, why)| (code.as_str(), why.as_str())).collect(),
    };
    let absent = decide::listed_or_absent(asked.as_ref(), office, &came)?;
    let again = brought_again(tx, d.id, &given.papers).await?;
    let brought = Supplied { papers: given.papers.len(), again, corrected: corrected.is_some(), absent };
    let mut done = decide::complete_supplement(d, &by.actor, office, &given.note, brought)?;
    if let Some((applicant, fields)) = corrected {
        let was = Aside { kind: aside::ANSWERS, data: loaded.applicant.answers.clone() };
        if let Happening::SupplementCompleted { corrected, .. } = &mut done {
            *corrected = Some(Corrected { fields, applicant: applicant.digest(), was: was.digest() });
        }
        beside = Beside { applicant: Some(applicant), asides: vec![was] };
    }
    Ok((done, beside))
}

/// How many of these papers lay in the dossier before, byte for byte.
async fn brought_again(tx: &Tx, dossier: Id, papers: &[NewPaper]) -> Result<usize, Fault> {
    let ids: Vec<Id> = papers.iter().map(|paper| paper.file).collect();
    let mut before = files::files_of(tx, dossier).await?;
    before.retain(|file| !ids.contains(&file.id));
    let new = files::some(tx, &ids).await?;
    Ok(new.iter().filter(|file| before.iter().any(|known| known.sha256 == file.sha256)).count())
}

/// The proposal that is to be signed.
async fn proposed(tx: &Tx, dossier: &Dossier) -> Result<Seal, Fault> {
    let events = audit::events(tx, dossier.id).await?;
    let found = decide::proposed(&events).map(|(seal, _)| seal);
    found.ok_or_else(|| Fault::invalid(Problem::new("dossier-no-draft").field("sign_draft")))
}

/// Whether somebody can do a step at its unit.
async fn works_there(tx: &Tx, office: &Office<'_>, account: Id, step: i64, unit: Id) -> Result<(), Fault> {
    let step = usize::try_from(step).ok().and_then(|step| office.version.process.get(step));
    let permission = step.map_or(crate::rights::PROCESS_DOSSIER, |step| permission_for(step.role));
    let field = &office.version.field;
    if identity::may_in(tx, account, permission, office.tree.path(unit), field, office.now).await? {
        return Ok(());
    }
    Err(Fault::invalid(Problem::new("dossier-handler-not-there").field("handler")))
}

#[cfg(test)]
mod tests;
