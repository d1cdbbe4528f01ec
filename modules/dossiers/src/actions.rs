//! What a person does to a dossier: two ways to make one, and [`act`] for everything that is done to one that is there, by the row of its
//! verb ([`crate::verbs`]).
//!
//! All of them end in [`write`]: state row, event row with its audit link, what is owed, facts and outbox job, in the caller's
//! one transaction. What follows from a verb is seen by reading its row, its rule and [`crate::apply::apply`], nowhere else.

use crate::apply::apply;
use crate::aside;
use crate::decide::{self, Office, PostTyped, Standing};
use crate::dossier::{Applicant, Dossier};
use crate::filing::{self, Checked, Handed, Places};
use crate::finding;
use crate::happening::{Happening, Rules};
use crate::owed::{dues, links};
use crate::reuse::{self, Earlier};
use crate::store::{self as sql, Loaded};
use ::store::{Tx, params};
use audit::{Link, link_hash};
use base::calendar::Calendar;
use base::{Actor, AgencyCode, Channel, DossierCode, Fault, Id, Instant, Problem};
use catalogue::{Shelf, Version};
use files::{File, Seal};
use organisation::Tree;
use records::Given;
use std::sync::Arc;

mod act;
pub(crate) mod does;
mod kept;
pub(crate) mod linked;

pub use act::{Act, Case, Done, Frozen, NewPaper};
use kept::{keep_papers, keep_signed, seal};
pub use linked::prefix as linked_prefix;
pub use linked::{LinkedTyped, Told, bars_handing_out, check_together, together};

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
        Office { tree: &self.tree, calendar: &self.calendar, version, now, applicant: None }
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

/// Writes one event, on the ground of `standing`, and everything that follows from it.
async fn write(
    tx: &Tx,
    before: Option<&Loaded>,
    new: Option<(Id, &Checked)>,
    by: &By,
    standing: Standing,
    happening: &Happening,
) -> Result<Dossier, Fault> {
    write_under(tx, before, new, (by, standing), Rules::NOW, happening).await
}

/// [`write`] under given rules: tests write the past.
pub(crate) async fn write_under(
    tx: &Tx,
    before: Option<&Loaded>,
    new: Option<(Id, &Checked)>,
    (by, standing): (&By, Standing),
    rules: Rules,
    happening: &Happening,
) -> Result<Dossier, Fault> {
    write_by(tx, before, new, (Some(by.actor.account), standing, by.now), rules, happening).await
}

/// Writes one event of that actor – nobody, where the program itself does it – and everything that follows from it.
pub(crate) async fn write_by(
    tx: &Tx,
    before: Option<&Loaded>,
    new: Option<(Id, &Checked)>,
    (actor, standing, now): (Option<Id>, Standing, Instant),
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
    let outcomes = apply(&mut state, id, now, (rules, actor), happening)
        .map_err(|_| Fault::internal(format!("{} does not follow", happening.kind())))?;
    let mut dossier = state.ok_or_else(|| Fault::internal("no state after an event"))?;
    let told = dossier.account.filter(|account| Some(*account) != actor && happening.concerns_applicant());
    let data = happening.to_text_by(rules, standing.instead_of, told.is_some());
    let link = Link {
        subject: id,
        n: head.n + 1,
        at: now,
        kind: happening.kind(),
        actor,
        agency: standing.agency,
        data: &data,
    };
    dossier.head = audit::Head { n: link.n, hash: link_hash(&head.hash, link) };
    match new {
        Some((_, checked)) => sql::insert(tx, &dossier, &checked.applicant, &checked.components).await?,
        None => {
            let before = before.map(|loaded| &loaded.dossier).ok_or_else(|| Fault::internal("an act on nothing"))?;
            if !sql::update(tx, &dossier, before).await? {
                return Err(overtaken());
            }
        }
    }
    audit::write_link(tx, link, &dossier.head.hash).await?;
    let opinions = before.map_or(&[][..], |before| &before.dossier.opinions);
    if *opinions != dossier.opinions {
        crate::opinion_store::write(tx, opinions, &dossier).await?;
    }
    if dossier.part.is_some() {
        let part = before.and_then(|before| before.dossier.part.as_ref());
        crate::part_store::write(tx, part, &dossier).await?;
    }
    if dossier.written.is_some() {
        let written = before.and_then(|before| before.dossier.written.as_ref());
        crate::written_store::write(tx, written, &dossier).await?;
        crate::signing::order(tx, written, &dossier, now).await?;
    }
    let owed = before.map(|before| dues(&before.dossier)).unwrap_or_default();
    records::owe(tx, id, &owed, &dues(&dossier)).await?;
    records::link(tx, id, &[], &links(happening)).await?;
    let asked_of = |d: &Dossier| d.opinions.iter().map(|opinion| opinion.unit).collect::<Vec<_>>();
    let found_elsewhere =
        |before: &&Loaded| before.dossier.unit != dossier.unit || asked_of(&before.dossier) != asked_of(&dossier);
    if let Some(before) = before.filter(found_elsewhere) {
        finding::renew(tx, &dossier, &before.applicant).await?;
    }
    facts::append(tx, &outcomes.facts).await?;
    crate::topics::tell(tx, &dossier, (told, happening), actor, now).await?;
    if matches!(happening, Happening::Received { .. } | Happening::Approved { .. } | Happening::ResultReturned { .. }) {
        crate::rating::issue(tx, dossier.id).await?;
    }
    Ok(dossier)
}

/// What the process asks of others beside the step a dossier has just come to.
async fn ask_beside(
    tx: &Tx,
    by: &By,
    standing: Standing,
    (dossier, office): (Dossier, &Office<'_>),
    applicant: &Applicant,
) -> Result<Dossier, Fault> {
    let mut dossier = dossier;
    if office.step(&dossier).is_none_or(|step| step.asks.is_empty()) {
        return Ok(dossier);
    }
    let mut questions = Vec::new();
    for event in audit::events(tx, dossier.id).await? {
        if let Ok(Happening::OpinionsAsked { of, question, .. }) = Happening::read(&event.data) {
            questions.extend(of.iter().map(|_| question.clone()));
        }
    }
    for (asked, words) in decide::beside_step(&dossier, office, &questions) {
        let before = Loaded { dossier, applicant: applicant.clone() };
        dossier = write(tx, Some(&before), None, by, standing, &asked).await?;
        aside::write(tx, dossier.id, dossier.head.n, &words).await?;
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
    // The tree this request looks at may be a moment old.
    let mut places = vec![checked.filing.intake, checked.filing.competent, checked.filing.return_to];
    places.sort_unstable();
    places.dedup();
    if organisation::ended(tx, &places).await?.is_some() {
        return Err(Fault::Conflict(Problem::new("dossier-agency-ended")));
    }
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

/// The papers that may stand in, where some paper of what is handed in is said to be there from before. All of it is of one person, whose number
/// the first says.
async fn earlier(tx: &Tx, house: &House, by: &By, all: &[&Handed]) -> Result<Vec<Earlier>, Fault> {
    match all.first().filter(|_| all.iter().any(|handed| handed.reuses())) {
        Some(first) => reuse::papers_of(tx, house, &by.actor, &first.owner_number).await,
        None => Ok(Vec::new()),
    }
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
    file_online_with(tx, house, by, procedure, competent, (handed, None)).await
}

/// The same, with what is filed together with it.
pub async fn file_online_with(
    tx: &Tx,
    house: &House,
    by: &By,
    procedure: &str,
    competent: Id,
    (handed, typed): (&Handed, Option<&LinkedTyped>),
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
    let parts = typed.iter().flat_map(|typed| &typed.parts);
    let all: Vec<&Handed> = std::iter::once(handed).chain(parts).collect();
    let earlier = earlier(tx, house, by, &all).await?;
    let checked = filing::check(&house.tree, &version, places, (handed, &earlier), by.now);
    let id = new_id(by.now);
    let together = linked::plan(house, by.now, (handed, typed), (id, &version, places), &earlier);
    let (mut checked, together) = linked::both(checked, together)?;
    checked.filing.joined = together.as_ref().map(linked::Together::leading);
    let checked = with_code(tx, house, checked, by.now).await?;
    let answer_due_at = Some(decide::answer_due(&house.office(&version, by.now), competent));
    let happening = Happening::Filed { filing: checked.filing.clone(), answer_due_at };
    let dossier = write(tx, None, Some((id, &checked)), by, Standing::at(None), &happening).await?;
    if let Some(together) = together {
        linked::file(tx, house, (by, Standing::at(None)), together).await?;
    }
    Ok(dossier)
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
    /// What the post brought.
    pub post: PostTyped,
    /// What is filed together with it.
    pub linked: Option<LinkedTyped>,
}

/// A clerk receives a dossier at the counter or from the post; it is received at once.
pub async fn receive_at_counter(tx: &Tx, house: &House, by: &By, intake: &CounterIntake) -> Result<Dossier, Fault> {
    let Some(post) = by.actor.grant_for(crate::rights::RECEIVE_DOSSIER, house.tree.desk_path(intake.intake)) else {
        return Err(Fault::Forbidden(
            Problem::new("dossier-not-yours").arg("act", "receive-at-counter").field("intake"),
        ));
    };
    let standing = Standing::by(post);
    let version = current(house, &intake.procedure, by.now)?;
    let places = Places {
        channel: intake.channel,
        intake: intake.intake,
        competent: intake.competent,
        return_to: intake.return_to,
        account: None,
    };
    let parts = intake.linked.iter().flat_map(|linked| &linked.parts);
    let all: Vec<&Handed> = std::iter::once(&intake.handed).chain(parts).collect();
    let earlier = earlier(tx, house, by, &all).await?;
    let checked = filing::check(&house.tree, &version, places, (&intake.handed, &earlier), by.now);
    let id = new_id(by.now);
    let handed = (&intake.handed, intake.linked.as_ref());
    let together = linked::plan(house, by.now, handed, (id, &version, places), &earlier);
    // Everything that is wrong is told at once, of all that is filed together.
    let (mut checked, together) = linked::both(checked, together)?;
    checked.filing.joined = together.as_ref().map(linked::Together::leading);
    let checked = with_code(tx, house, checked, by.now).await?;
    let office = house.office(&version, by.now).of(&checked.applicant);
    let (post, item) = decide::posted(intake.channel, &intake.post, &office)?.unzip();
    // By post the clock begins when the minutes were signed; where it goes from here begins now.
    let filed = post.as_ref().map_or(by.now, |post| post.handed_at);
    let happening = Happening::Received {
        filing: Some(checked.filing.clone()),
        clock: decide::start_clock(
            &Office { now: filed, ..office },
            (intake.intake, intake.competent),
            intake.channel,
        )?,
        place: office.place_of(&checked.filing),
        between: decide::passing(&house.tree, &checked.filing),
        post,
        part: together.as_ref().map(|together| together.promise(house, filed)),
    };
    let dossier = write(tx, None, Some((id, &checked)), by, standing, &happening).await?;
    if let Some(item) = item.flatten() {
        aside::write(tx, dossier.id, dossier.head.n, &item).await?;
    }
    let dossier = ask_beside(tx, by, standing, (dossier, &office), &checked.applicant).await?;
    if let Some(together) = together {
        linked::file(tx, house, (by, standing), together).await?;
        linked::go_on(tx, house, (by, standing), &dossier).await?;
    }
    if intake.paid && dossier.fee_dong > 0 {
        let loaded = Loaded { dossier, applicant: checked.applicant.clone() };
        let paid =
            Happening::Paid { amount_dong: loaded.dossier.fee_dong, online: false, clock: None, first_online: false };
        return write(tx, Some(&loaded), None, by, standing, &paid).await;
    }
    Ok(dossier)
}

/// Does one thing to the dossier of that code, or says which rule forbids it. Whether the person may is asked before what they typed: who
/// may not is not told what is missing.
///
/// # Errors
/// `NotFound` with `dossier-act-unknown` for the verbs that make a dossier, which have ways of their own, and where there is no such
/// dossier; those of [`decide::check`] and of the verb's rule; `Conflict` where somebody else acted meanwhile.
pub async fn act(tx: &Tx, house: &House, by: &By, code: &str, act: &Act) -> Result<Dossier, Fault> {
    let row = act.verb.row();
    if row.begins() {
        return Err(Fault::NotFound("dossier-act-unknown"));
    }
    let loaded = load(tx, code).await?;
    let version = house.version(loaded.dossier.version)?;
    let office = house.office(&version, by.now).of(&loaded.applicant);
    let standing = decide::admitted(&loaded.dossier, act.verb, &by.actor, &office)?;
    let given = Given::unjudged(row.asks, &act.typed);
    let frozen = match given.is("issue") {
        true => Some(crate::issue::held(tx, &loaded.dossier, &office, act).await?),
        false => None,
    };
    let frozen_paper = frozen.map(|frozen| NewPaper { component: None, file: frozen.file });
    let papers = match &frozen_paper {
        Some(paper) => std::slice::from_ref(paper),
        None => &act.papers[..act.papers.len().min(row.files())],
    };
    let case = Case { tx, loaded: &loaded, by, office, given, papers };
    let done = (row.does)(&case).await?;
    let Some(mut happening) = done.happening else { return Ok(loaded.dossier) };
    let mut came = Vec::with_capacity(papers.len());
    for paper in papers {
        came.push((paper.component, file_row(tx, paper.file).await?));
    }
    let purpose = seal(&mut happening, &came);
    linked::promised(house, &loaded.dossier, by.now, &mut happening);
    if let Some(frozen) = frozen {
        decide::issued(&mut happening, &frozen.number);
    }
    let after = write(tx, Some(&loaded), None, by, standing, &happening).await?;
    keep_papers(tx, &after, &came, purpose, by.now).await?;
    keep_signed(tx, after.id, &happening).await?;
    for aside in &done.asides {
        aside::write(tx, after.id, after.head.n, aside).await?;
    }
    if let Some(applicant) = done.applicant {
        tx.execute(sql::UPDATE_ANSWERS, params![after.id, applicant.answers]).await?;
    }
    let comes = matches!(
        happening,
        Happening::Received { .. }
            | Happening::Forwarded { .. }
            | Happening::SentBack { .. }
            | Happening::Redirected { .. }
    );
    let after = match comes {
        true => ask_beside(tx, by, standing, (after, &office), &loaded.applicant).await?,
        false => after,
    };
    linked::go_on(tx, house, (by, standing), &after).await?;
    linked::hand_out(tx, (by, standing), &after, (&happening, &done.asides)).await?;
    Ok(after)
}

#[cfg(test)]
mod tests;
