//! What is filed once and settled at several agencies: its dossiers are made in the transaction of the filing, begin in that of the act which
//! granted what they wait for, and are handed out in that of the leading one ([`crate::part`]).

use super::{By, House, new_id, with_code, write};
use crate::aside::{self, Aside};
use crate::decide::{self, Standing};
use crate::dossier::{ComponentState, Dossier, Outcome, Status};
use crate::filing::{self, Brought, Checked, Handed, Places};
use crate::happening::{Beginning, Clock, Happening, Joined};
use crate::papers::{Added, Source};
use crate::part::{self, Turn};
use crate::part_store;
use crate::reuse::Earlier;
use crate::store::{self as sql, Loaded};
use ::store::Tx;
use base::{Fault, Id, Instant, Problem};
use catalogue::linked::Member;
use catalogue::{Linked, Version};
use files::Seal;
use std::sync::Arc;

/// What is filed together with an intake, as typed.
#[derive(Debug, Clone, Default)]
pub struct LinkedTyped {
    /// Code of the group of linked procedures.
    pub code: String,
    /// What was handed in for each member after the leading one, in their order; whose it is stands in the leading one's.
    pub parts: Vec<Handed>,
}

/// How the fields of the `n`-th part begin, after what kind of field it is.
pub fn prefix(n: usize) -> String {
    format!("{n}.")
}

/// The kinds of fields that a part has of its own.
const KINDS: [&str; 4] = ["component_", "answer_", "file_", "components."];

/// A problem of a part, at that part's own field; what is asked once for all stays where it is.
fn of_part((n, member): (usize, &Member), mut problem: Problem) -> Problem {
    let field = problem.field.take();
    // A paper that is taken from another one is missing there.
    let taken = field.as_deref().and_then(|field| member.papers.get(field.strip_prefix("component_")?)?.paper.clone());
    if let Some(paper) = taken {
        return problem.field(format!("component_{paper}"));
    }
    let own = field.as_deref().and_then(|field| {
        KINDS.iter().find_map(|kind| Some(format!("{kind}{}{}", prefix(n), field.strip_prefix(kind)?)))
    });
    problem.field = own.or(field);
    problem
}

/// Everything that is filed together with a leading dossier, in order.
pub(super) struct Together {
    linked: Linked,
    parts: Vec<(Id, Checked)>,
}

impl Together {
    /// The leading one's own place.
    pub(super) fn leading(&self) -> Joined {
        Joined { linked: self.linked.code.clone(), lead: None, n: 0, after: Vec::new() }
    }

    /// By when all of it is promised.
    pub(super) fn promise(&self, house: &House, filed: Instant) -> Beginning {
        promise_of(house, &self.linked, filed)
    }
}

fn promise_of(house: &House, linked: &Linked, filed: Instant) -> Beginning {
    let due = house.calendar.due(filed, linked.limit, linked.cut_off());
    Beginning::Leading { due_at: due.due_at, basis: due.basis }
}

/// What was filed online together is promised when the desk receives the leading one, as a whole.
pub(super) fn promised(house: &House, d: &Dossier, now: Instant, happening: &mut Happening) {
    if let (Happening::Received { part: part @ None, .. }, Some(own)) = (happening, &d.part)
        && own.leads()
    {
        *part = house.shelf.linked(&own.linked).map(|linked| promise_of(house, linked, now));
    }
}

/// Whether what a citizen is about to file online together is in order: as it is judged when it is filed.
///
/// # Errors
/// Everything that is wrong with any of it, at its field.
pub fn check_together(
    house: &House,
    now: Instant,
    version: &Version,
    places: Places,
    (handed, typed): (&Handed, &LinkedTyped),
    earlier: &[Earlier],
) -> Result<(), Fault> {
    let checked = filing::check(&house.tree, version, places, (handed, earlier), now);
    let together = plan(house, now, (handed, Some(typed)), (Id::default(), version, places), earlier);
    both(checked, together).map(|_| ())
}

/// The agency that settles a member.
fn settled_by(house: &House, member: &Member, places: Places) -> Result<Id, Problem> {
    let Some(code) = &member.body else { return Ok(places.competent) };
    let body = house.tree.all().iter().find(|agency| agency.code == *code && agency.valid_to.is_none());
    let none = || Problem::new("dossier-linked-no-body").field("linked").arg("code", code);
    body.map(|body| body.id).ok_or_else(none)
}

/// What a member is handed in with: its own, and what it takes from those before it.
fn handed_for(
    (linked, member): (&Linked, &Member),
    typed: Option<&Handed>,
    (lead, before): (&Handed, &[(Id, &Version, &Handed)]),
    version: &Version,
) -> Handed {
    let own = typed.cloned().unwrap_or_default();
    let mut handed = Handed { answers: own.answers, components: own.components, ..lead.clone() };
    for field in version.form.fields() {
        // One of the same name is asked once.
        let from = member.answers.get(&field.name).unwrap_or(&field.name);
        if let (Some(answer), false) = (lead.answers.get(from), handed.answers.contains_key(&field.name)) {
            handed.answers.insert(field.name.clone(), answer.clone());
        }
    }
    for (code, from) in &member.papers {
        let Some((dossier, of, there)) = linked.place_of(&from.of).and_then(|n| before.get(n)) else { continue };
        let (n, files) = match &from.paper {
            None => (Source::RESULT, Vec::new()),
            Some(paper) => {
                let place = of.components.iter().position(|component| component.code == *paper);
                // What was not handed in there stands in for nothing here.
                let brought = there.components.get(paper).filter(|brought| brought.state.is_there());
                let (Some(n), Some(brought)) = (place, brought) else { continue };
                (n as i64, brought.files.clone())
            }
        };
        let taken = Some(Source { dossier: *dossier, n });
        let brought = Brought { state: ComponentState::Reused, files, taken, ..Brought::default() };
        handed.components.insert(code.clone(), brought);
    }
    handed
}

/// Checks what is filed together with an intake; none where nothing is.
pub(super) fn plan(
    house: &House,
    now: Instant,
    (lead_handed, typed): (&Handed, Option<&LinkedTyped>),
    (lead, version, places): (Id, &Version, Places),
    earlier: &[Earlier],
) -> Result<Option<Together>, Fault> {
    let Some(typed) = typed else { return Ok(None) };
    let led = house.shelf.led_by(&version.code, now.date());
    let none = || Fault::invalid(Problem::new("dossier-linked-unknown").field("linked").arg("code", &typed.code));
    let linked = led.into_iter().find(|linked| linked.code == typed.code).ok_or_else(none)?;
    if typed.parts.len() >= linked.members.len() {
        let problem = Problem::new("dossier-linked-too-many").field("parts");
        return Err(Fault::invalid(problem.arg("max", linked.members.len() - 1)));
    }
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    let mut all: Vec<(Id, Arc<Version>, Handed)> = vec![(lead, Arc::new(version.clone()), lead_handed.clone())];
    for (n, member) in linked.members.iter().enumerate().skip(1) {
        let Some(version) = house.shelf.by_code(&member.procedure, now.date()) else { return Err(none()) };
        let before: Vec<_> = all.iter().map(|(id, version, handed)| (*id, version.as_ref(), handed)).collect();
        let handed = handed_for((linked, member), typed.parts.get(n - 1), (lead_handed, &before), &version);
        let id = new_id(now);
        match settled_by(house, member, places) {
            Err(problem) => problems.push(problem),
            Ok(competent) => {
                let places = Places { competent, ..places };
                match filing::check_part(&house.tree, &version, places, (&handed, earlier), now) {
                    Ok(mut checked) => {
                        let after = member.after.iter().filter_map(|code| linked.place_of(code)).map(|n| n as i64);
                        let (code, n, after) = (linked.code.clone(), n as i64, after.collect());
                        checked.filing.joined = Some(Joined { linked: code, lead: Some(lead), n, after });
                        parts.push((id, checked));
                    }
                    Err(Fault::Invalid(wrong)) => {
                        problems.extend(wrong.into_iter().map(|problem| of_part((n, member), problem)));
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        all.push((id, version, handed));
    }
    if problems.is_empty() {
        Ok(Some(Together { linked: linked.clone(), parts }))
    } else {
        Err(Fault::Invalid(problems))
    }
}

/// Both in order, or everything that is wrong with either, each thing once.
pub(super) fn both<A, B>(one: Result<A, Fault>, other: Result<B, Fault>) -> Result<(A, B), Fault> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(Fault::Invalid(mut problems)), Err(Fault::Invalid(more))) => {
            for problem in more {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
            Err(Fault::Invalid(problems))
        }
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

/// In whose name an official acts.
type Acting<'a> = (&'a By, Standing);

/// Writes the dossiers that are filed with a leading one; each waits for its turn.
pub(super) async fn file(tx: &Tx, house: &House, (by, standing): Acting<'_>, together: Together) -> Result<(), Fault> {
    for (id, checked) in together.parts {
        let checked = with_code(tx, house, checked, by.now).await?;
        // Its own files were handed in with the leading one.
        for file in checked.components.iter().filter(|paper| paper.state == ComponentState::File) {
            for file in &file.files {
                files::give_one(tx, *file, id).await?;
            }
        }
        let filed = Happening::Filed { filing: checked.filing.clone(), answer_due_at: None };
        write(tx, None, Some((id, &checked)), by, standing, &filed).await?;
    }
    Ok(())
}

/// After anything happened to one that was filed together with others: those whose turn it is begin, and those that wait in vain fall.
pub(super) async fn go_on(tx: &Tx, house: &House, (by, standing): Acting<'_>, after: &Dossier) -> Result<(), Fault> {
    let Some(part) = &after.part else { return Ok(()) };
    // Of two that are granted at the same moment, the second sees the first.
    tx.lock(&format!("linked-{}", part.lead)).await?;
    // Each turn ends the waiting of one, and a group has few members.
    loop {
        let together = part_store::together(tx, part.lead).await?;
        let states: Vec<&Dossier> = together.iter().map(|loaded| &loaded.dossier).collect();
        let Some((id, turn)) = part::next(&states) else { return Ok(()) };
        let unknown = || Fault::internal("a part that is not there");
        let one = together.iter().find(|loaded| loaded.dossier.id == id).ok_or_else(unknown)?;
        let at = |n: i64| usize::try_from(n).ok().and_then(|n| states.get(n)).copied().ok_or_else(unknown);
        match turn {
            Turn::Begins(n) => begin(tx, house, (by, standing), one, (at(n)?, &states)).await?,
            Turn::Falls(n) => {
                let reason = format!(
                    "Hồ sơ nộp cùng {} không được giải quyết; hồ sơ này cần kết quả của hồ sơ đó.",
                    at(n)?.code
                );
                write(tx, Some(one), None, by, standing, &Happening::IntakeRefused { reason }).await?;
            }
        }
    }
}

/// One begins: its clock, its first place, and the papers that others resulted in.
async fn begin(
    tx: &Tx,
    house: &House,
    (by, standing): Acting<'_>,
    one: &Loaded,
    (with, together): (&Dossier, &[&Dossier]),
) -> Result<(), Fault> {
    let d = &one.dossier;
    let version = house.version(d.version)?;
    let office = house.office(&version, by.now).of(&one.applicant);
    let mut clock = decide::start_clock(&office, (d.intake, d.competent), d.channel)?;
    // All of it is promised by a day, and so is each part.
    let promised = together.first().and_then(|lead| lead.part.as_ref()?.due_at);
    if let Some(due_at) = promised.filter(|due_at| *due_at < clock.due_at && *due_at > by.now) {
        // Its own limit, and no later than the day of all of it.
        clock = Clock::new(due_at, format!("{}; {}", clock.basis, d.part.as_ref().map_or("", |part| &part.linked)));
    }
    let components = sql::components(tx, d.id).await?;
    let papers = resulted(tx, d, &components).await?;
    let on_paper = components.iter().any(|(_, paper)| paper.state == ComponentState::Paper);
    let received = Happening::Received {
        filing: None,
        clock,
        place: office.first_place((d.intake, d.competent), &office.known(d), on_paper),
        between: decide::passing_between(&house.tree, (d.intake, d.competent), on_paper),
        post: None,
        part: Some(Beginning::With { dossier: with.id, papers: papers.clone() }),
    };
    let after = write(tx, Some(one), None, by, standing, &received).await?;
    for paper in papers {
        if let Some(n) = paper.component {
            sql::fill_component(tx, after.id, n, &[paper.file.id]).await?;
        }
    }
    super::ask_beside(tx, by, standing, (after, &office), &one.applicant).await.map(|_| ())
}

/// The papers of one that others were to result in, as files, where they did.
async fn resulted(tx: &Tx, d: &Dossier, components: &[(i64, crate::Component)]) -> Result<Vec<Added>, Fault> {
    let first = audit::events(tx, d.id).await?.into_iter().next();
    let Some(Ok(Happening::Filed { filing, .. })) = first.map(|event| Happening::read(&event.data)) else {
        return Ok(Vec::new());
    };
    let mut papers = Vec::new();
    for ((n, _), listed) in components.iter().zip(&filing.papers) {
        let Some(source) = listed.source.filter(|source| source.n == Source::RESULT) else { continue };
        let result = |event: &audit::Event| match Happening::read(&event.data) {
            Ok(Happening::Approved { result, .. }) => result,
            _ => None,
        };
        let found: Option<Seal> = audit::events(tx, source.dossier).await?.iter().rev().find_map(result);
        papers.extend(found.map(|file| Added { component: Some(*n), file, more: Vec::new() }));
    }
    Ok(papers)
}

/// The leading one was handed out: what else came of the filing went into the same hands.
pub(super) async fn hand_out(
    tx: &Tx,
    (by, standing): Acting<'_>,
    after: &Dossier,
    (happening, asides): (&Happening, &[Aside]),
) -> Result<(), Fault> {
    let (Some(part), Happening::ResultReturned { by_post, handed, .. }) = (&after.part, happening) else {
        return Ok(());
    };
    if !part.leads() {
        return Ok(());
    }
    for one in part_store::together(tx, part.lead).await? {
        if one.dossier.status != Status::Decided {
            continue;
        }
        let handed = handed.clone();
        let returned = Happening::ResultReturned { by_post: *by_post, digitised: false, result: None, handed };
        let after = write(tx, Some(&one), None, by, standing, &returned).await?;
        for aside in asides {
            aside::write(tx, after.id, after.head.n, aside).await?;
        }
    }
    Ok(())
}

/// Whether what came of a filing can be handed out: all of it at once, with the leading one.
pub(super) async fn hands_out(tx: &Tx, d: &Dossier) -> Result<(), Fault> {
    let together = together(tx, d).await?;
    bars_handing_out(&together, &d.code).map_or(Ok(()), |problem| Err(Fault::Conflict(problem)))
}

/// Why one of those that were filed together cannot be handed out yet, as far as the others are concerned.
pub fn bars_handing_out(together: &[Told], code: &str) -> Option<Problem> {
    let lead = together.first()?;
    if lead.code != code {
        let with = || Problem::new("dossier-handed-out-with").arg("code", &lead.code);
        return lead.status.is_open().then(with);
    }
    type Bars = fn(&&Told) -> bool;
    let bars: [(&'static str, Bars); 3] = [
        ("dossier-parts-not-settled", |one| one.status.is_open() && one.status != Status::Decided),
        // What is handed out is here, and paid for.
        ("dossier-parts-papers-on-way", |one| one.status == Status::Decided && one.papers_on_way),
        ("dossier-parts-unpaid", |one| one.status == Status::Decided && one.owes_dong > 0),
    ];
    bars.into_iter().find_map(|(code, bars)| {
        let out: Vec<&str> = together.iter().skip(1).filter(bars).map(|one| one.code.as_str()).collect();
        (!out.is_empty()).then(|| Problem::new(code).arg("codes", out.join(", ")))
    })
}

/// What is told of one that was filed together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub id: Id,
    pub code: String,
    pub version: Id,
    pub competent: Id,
    pub status: Status,
    pub outcome: Outcome,
    pub due_at: Option<Instant>,
    pub leads: bool,
    /// What it resulted in is on its way to the desk, as papers.
    pub papers_on_way: bool,
    /// Of its fees, what has not been received.
    pub owes_dong: i64,
    /// By when all of it is promised; of the leading one.
    pub promised: Option<Instant>,
    /// Codes of those it waits for.
    pub waits_for: Vec<String>,
}

/// All that was filed together with a dossier, itself among them; none where it was filed alone.
pub async fn together(tx: &Tx, d: &Dossier) -> Result<Vec<Told>, Fault> {
    let Some(part) = &d.part else { return Ok(Vec::new()) };
    let together = part_store::together(tx, part.lead).await?;
    let code = |n: &i64| usize::try_from(*n).ok().and_then(|n| together.get(n)).map(|one| one.dossier.code.clone());
    let told = |loaded: &Loaded| {
        let one = &loaded.dossier;
        let after = one.part.as_ref().map_or(&[][..], |part| part.after.as_slice());
        Told {
            id: one.id,
            code: one.code.clone(),
            version: one.version,
            competent: one.competent,
            status: one.status,
            outcome: one.outcome,
            due_at: one.due_at,
            leads: one.id == part.lead,
            papers_on_way: one.papers_by.is_some(),
            owes_dong: (one.fee_dong - one.paid_dong).max(0),
            promised: one.part.as_ref().and_then(|part| part.due_at),
            waits_for: if one.waits_for_others() { after.iter().filter_map(code).collect() } else { Vec::new() },
        }
    };
    Ok(together.iter().map(told).collect())
}
