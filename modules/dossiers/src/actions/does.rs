//! Acts whose rules look something up, by the table of verbs; those that do not stand in the table itself.

use super::kept::reasons_asked;
use super::{Case, Done, NewPaper};
use crate::aside::{self, Aside, Drafted};
use crate::correct::correct;
use crate::decide::{self, Asked, Came, Drafting, Handing, Later, Office, Supplied, Wished};
use crate::dossier::Dossier;
use crate::happening::{Corrected, Happening};
use crate::places::permission_for;
use crate::store as sql;
use crate::wording::shipped::version_of;
use crate::wording::{Current, Pieces, current_of};
use ::store::{BoxFuture, Tx};
use base::{Fault, Id, Instant, Problem};
use files::Seal;

type Doing<'a> = BoxFuture<'a, Result<Done, Fault>>;

/// What makes a dossier has a way of its own.
pub(crate) fn begins<'a>(_: &'a Case<'a>) -> Doing<'a> {
    Box::pin(std::future::ready(Err(Fault::NotFound("dossier-act-unknown"))))
}

/// Whether somebody can work at a unit.
async fn may_hold(tx: &Tx, office: &Office<'_>, account: Id, unit: Id, now: Instant) -> Result<bool, Fault> {
    let (path, field) = (office.tree.path(unit), office.version.field.as_str());
    for right in [crate::rights::PROCESS_DOSSIER, crate::rights::APPROVE_DOSSIER] {
        if identity::may_in(tx, account, right, path, field, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn assign<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let (d, office, now) = (case.dossier(), &case.office, case.by.now);
        let none = || Fault::invalid(Problem::new("dossier-handler-required").field("handler"));
        let handler = case.given.id("handler").ok_or_else(none)?;
        let may_hold = may_hold(case.tx, office, handler, d.unit, now).await?;
        Ok(decide::assign(d, case.actor(), office, handler, may_hold)?.into())
    })
}

pub(crate) fn ask_opinions<'a>(case: &'a Case<'a>) -> Doing<'a> {
    let units = case.given.words("units");
    let question = decide::Question { units, text: case.said("question"), until: case.said("until") };
    let asked = decide::ask_opinions(case.dossier(), case.actor(), &case.office, &question).map(Done::from);
    Box::pin(std::future::ready(asked))
}

pub(crate) fn give_opinion<'a>(case: &'a Case<'a>) -> Doing<'a> {
    let said = (case.given.number("opinion"), case.text("stance"));
    let given = decide::give_opinion(case.dossier(), case.actor(), &case.office, said, case.text("text"));
    Box::pin(std::future::ready(given.map(Done::from)))
}

pub(crate) fn assign_opinion<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let (d, office, now) = (case.dossier(), &case.office, case.by.now);
        let none = || Fault::invalid(Problem::new("dossier-handler-required").field("handler"));
        let handler = case.given.id("handler").ok_or_else(none)?;
        let n = case.given.number("opinion");
        let (assigned, unit) = decide::assign_opinion(d, case.actor(), office, n, handler)?;
        let step = match &assigned {
            Happening::OpinionAssigned { n, .. } => decide::step_of_branch(d, office, *n),
            _ => None,
        };
        let (path, field) = (office.tree.path(unit), office.version.field.as_str());
        let may = match step {
            Some(step) => identity::may_in(case.tx, handler, permission_for(step.role), path, field, now).await?,
            None => may_hold(case.tx, office, handler, unit, now).await?,
        };
        if !may {
            return Err(Fault::invalid(Problem::new("dossier-handler-not-here").field("handler")));
        }
        Ok(assigned.into())
    })
}

pub(crate) fn forward_opinion<'a>(case: &'a Case<'a>) -> Doing<'a> {
    let (d, n) = (case.dossier(), case.given.number("opinion"));
    let done = decide::forward_opinion(d, case.actor(), &case.office, n, case.text("note")).map(Done::from);
    Box::pin(std::future::ready(done))
}

pub(crate) fn forward<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let (d, office) = (case.dossier(), &case.office);
        let none = || Fault::invalid(Problem::new("dossier-handler-not-there").field("handler"));
        let handler = match case.text("handler").trim() {
            "" => None,
            word => Some(word.parse().map_err(|_| none())?),
        };
        let electronic = !case.given.is("paper");
        let forward = decide::forward_to(d, case.actor(), office, electronic, case.text("note"), handler)?;
        if let (Some(handler), Some(next)) = (handler, decide::next_place(d, office)) {
            works_there(case.tx, office, handler, next.step, next.unit).await?;
        }
        Ok(forward.into())
    })
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

pub(crate) fn request_supplement<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let asked = Asked {
            reason: case.said("reason"),
            again: case.said("again"),
            papers: case.given.words("papers"),
            answers: case.given.words("asked_answers"),
            other: case.said("other"),
            until: case.said("until"),
            basis: case.said("basis"),
        };
        let earlier = reasons_asked(case.tx, case.dossier()).await?;
        Ok(decide::request_supplement(case.dossier(), case.actor(), &case.office, &asked, &earlier)?.into())
    })
}

/// A supplement that came, held against what was asked for.
pub(crate) fn complete_supplement<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let (tx, d, office, given) = (case.tx, case.dossier(), &case.office, &case.given);
        let applicant = &case.loaded.applicant;
        let (answers, reasons) = (given.texts("answers"), given.texts("absent"));
        let corrected = correct(office.version, applicant, (&answers, given.is("sure")), case.by.now.date())?;
        let asked = decide::asked_last(&audit::events(tx, d.id).await?);
        let components = sql::components(tx, d.id).await?;
        let code = |paper: &NewPaper| {
            let component = components.iter().find(|(n, _)| Some(*n) == paper.component);
            component.map(|(_, component)| component.code.as_str())
        };
        if case.papers.iter().any(|paper| paper.component.is_some() && code(paper).is_none()) {
            return Err(Fault::invalid(Problem::new("dossier-component-unknown").field("component")));
        }
        let came = Came {
            papers: case.papers.iter().filter_map(code).collect(),
            corrected: corrected.as_ref().map_or(&[], |(_, fields)| fields.as_slice()),
            absent: reasons.iter().map(|(code, why)| (code.as_str(), why.as_str())).collect(),
        };
        let absent = decide::listed_or_absent(asked.as_ref(), office, &came)?;
        let again = brought_again(tx, d.id, case.papers).await?;
        let brought = Supplied { papers: case.papers.len(), again, corrected: corrected.is_some(), absent };
        let mut completed = decide::complete_supplement(d, case.actor(), office, case.text("note"), brought)?;
        let Some((after, fields)) = corrected else { return Ok(completed.into()) };
        let was = Aside { kind: aside::ANSWERS, data: applicant.answers.clone() };
        if let Happening::SupplementCompleted { corrected, .. } = &mut completed {
            *corrected = Some(Corrected { fields, applicant: after.digest(), was: was.digest() });
        }
        Ok(Done { applicant: Some(after), asides: vec![was], ..Done::from(completed) })
    })
}

/// How many of these papers lay in the dossier before, byte for byte.
async fn brought_again(tx: &Tx, dossier: Id, papers: &[NewPaper]) -> Result<usize, Fault> {
    let ids: Vec<Id> = papers.iter().map(|paper| paper.file).collect();
    let mut before = files::files_of(tx, dossier).await?;
    before.retain(|file| !ids.contains(&file.id));
    let new = files::some(tx, &ids).await?;
    Ok(new.iter().filter(|file| before.iter().any(|known| known.sha256 == file.sha256)).count())
}

pub(crate) fn put_off<'a>(case: &'a Case<'a>) -> Doing<'a> {
    let later = Later {
        days: case.given.number("days").unwrap_or_default(),
        reason: case.said("reason"),
        unforeseen: case.said("unforeseen"),
    };
    let put_off = decide::put_off(case.dossier(), case.actor(), &case.office, &later).map(Done::from);
    Box::pin(std::future::ready(put_off))
}

pub(crate) fn approve<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let d = case.dossier();
        let (brought, signs) = (!case.papers.is_empty(), case.given.is("sign_draft"));
        let draft = if signs && !brought { Some(proposed(case.tx, d).await?) } else { None };
        let digitised = brought || draft.is_some();
        let mut approved = decide::approve(d, case.actor(), &case.office, digitised, case.text("note"))?;
        if let Happening::Approved { result, .. } = &mut approved {
            *result = draft;
        }
        Ok(approved.into())
    })
}

/// The proposal that is to be signed.
async fn proposed(tx: &Tx, dossier: &Dossier) -> Result<Seal, Fault> {
    let events = audit::events(tx, dossier.id).await?;
    let found = decide::proposed(&events).map(|(seal, _)| seal);
    found.ok_or_else(|| Fault::invalid(Problem::new("dossier-no-draft").field("sign_draft")))
}

/// One more draft. Where nothing is said but the wording to begin from, it is filled from the dossier.
pub(crate) fn draft<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let (d, office) = (case.dossier(), &case.office);
        let before = crate::issue::drafted(case.tx, d.id).await?;
        let from = wording(case, before.as_ref()).await?;
        let typed = Pieces::typed(|name| case.text(name));
        // What is typed may name places too.
        let said = if typed.is_empty() { &from.pieces } else { &typed };
        let pieces = crate::issue::filled(said, d, office);
        let text = Drafting { template: from.code, name: from.name, paper: from.paper, pieces, before };
        Ok(decide::draft(d, case.actor(), office, &text)?.into())
    })
}

/// The wording a draft is made from: one that holds today for the procedure, or that of the draft before.
async fn wording(case: &Case<'_>, before: Option<&Drafted>) -> Result<Current, Fault> {
    let unknown = || Fault::invalid(Problem::new("dossier-wording-unknown").field("template"));
    let kept = before.map_or("", |before| before.template.as_str());
    let chosen = match case.text("template").trim() {
        "" => kept,
        chosen => chosen,
    };
    if chosen.is_empty() {
        return Err(unknown());
    }
    if chosen == kept {
        return version_of(case.tx, kept).await?.ok_or_else(unknown);
    }
    let all = current_of(case.tx, case.by.now.date()).await?;
    let found = all.into_iter().find(|one| one.code == chosen && one.is_for(&case.office.version.code));
    found.ok_or_else(unknown)
}

pub(crate) fn withdraw<'a>(case: &'a Case<'a>) -> Doing<'a> {
    let wished = Wished {
        by: case.said("wished_by"),
        how: case.said("wished_how"),
        words: case.said("wished_words"),
        paper: !case.papers.is_empty(),
    };
    let withdrawn =
        decide::withdraw_for(case.dossier(), case.actor(), &case.office, case.text("reason"), &wished).map(Done::from);
    Box::pin(std::future::ready(withdrawn))
}

pub(crate) fn return_result<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let returned = handed_out(case)?;
        super::linked::hands_out(case.tx, case.dossier()).await?;
        Ok(returned)
    })
}

fn handed_out(case: &Case<'_>) -> Result<Done, Fault> {
    let handing = Handing {
        to: case.said("handed_to"),
        name: case.said("receiver"),
        authority: case.said("authority"),
        tracking: case.said("tracking"),
        carrier: case.said("carrier"),
        address: case.said("address"),
    };
    let handing = handing.to_applicant(&case.loaded.applicant.owner_address);
    let digitised = !case.papers.is_empty();
    decide::return_result(case.dossier(), case.actor(), &case.office, &handing, digitised).map(Done::from)
}

/// By the owner as by the code of the receipt: no event of the dossier.
pub(crate) fn rate<'a>(case: &'a Case<'a>) -> Doing<'a> {
    Box::pin(async move {
        let score = case.given.number("score").unwrap_or_default();
        decide::rate(case.dossier(), case.actor(), &case.office, score)?;
        crate::rating::answer(case.tx, case.dossier(), (score, case.text("note")), case.by.now).await?;
        Ok(Done::default())
    })
}
