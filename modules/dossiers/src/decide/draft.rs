//! The draft of a result: written at a step, passed upward, frozen by whoever decides.

use super::*;
use crate::aside::{self, Aside, Drafted};
use crate::happening::Issued;
use crate::wording::{Paper, Pieces};
use crate::written::{Signing, Written};
use std::collections::BTreeMap;

/// A draft as somebody leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drafting {
    /// The version of the wording it was made from, and what that is called.
    pub template: String,
    pub name: String,
    pub paper: Paper,
    pub pieces: Pieces,
    /// What the draft before it said.
    pub before: Option<Drafted>,
}

/// Words without which nothing is drafted at a step: it passes on or decides.
const DECIDING: [&str; 3] = ["forward", "approve", "refuse"];

pub(crate) fn nothing_to_decide_here(d: &Dossier, _: &Actor, office: &Office<'_>) -> Result<(), Fault> {
    match office.step(d) {
        Some(step) if step.allowed.iter().any(|word| DECIDING.contains(&word.as_str())) => Ok(()),
        Some(step) => Err(Fault::Conflict(Problem::new("dossier-step-does-not-allow").arg("step", &step.name))),
        None => Err(no_next()),
    }
}

pub(crate) fn no_signature_failed(d: &Dossier, _: &Actor, _: &Office<'_>) -> Result<(), Fault> {
    match d.written.as_ref().map(|written| written.signing) {
        Some(Signing::Failed) => Ok(()),
        _ => Err(Fault::Conflict(Problem::new("dossier-no-signature-failed"))),
    }
}

/// Keeps one more draft.
///
/// # Errors
/// Each with its piece: what is missing or too long, and places that nothing fills; `text` where nothing was changed.
pub(crate) fn draft(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    text: &Drafting,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(dossier, Verb::Draft, actor, office)?;
    let answers: Vec<&str> = office.version.form.fields().map(|field| field.name.as_str()).collect();
    let mut problems = text.pieces.problems(text.paper, Some(&answers));
    let now = Drafted { template: text.template.clone(), name: text.name.clone(), pieces: text.pieces.clone() };
    if text.before.as_ref() == Some(&now) {
        problems.push(Problem::new("dossier-draft-unchanged").field("text"));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let aside = Aside::of(aside::DRAFT, &now);
    let n = dossier.written.as_ref().map_or(0, |written| written.drafts) + 1;
    let (template, paper, digest) = (text.template.clone(), text.paper, aside.digest());
    Ok((Happening::Drafted { n, template, paper, draft: digest }, Some(aside)))
}

/// The draft that goes along when a dossier is passed on.
pub(super) fn passed(dossier: &Dossier) -> Option<i64> {
    dossier.written.as_ref().map(|written| written.drafts)
}

/// What is frozen by a decision, and the agency in whose book it is numbered: the one that decides. `brought`: the result comes as a file.
///
/// # Errors
/// At `issue`: nothing was written, it says the opposite, or there is another result beside it.
pub(crate) fn may_issue<'d>(
    dossier: &'d Dossier,
    office: &Office<'_>,
    verb: Verb,
    brought: bool,
) -> Result<(&'d Written, Id), Fault> {
    let wrong = |code| Fault::invalid(Problem::new(code).field("issue"));
    let written = dossier.written.as_ref().ok_or_else(|| wrong("dossier-no-written-draft"))?;
    if written.paper.refuses() != (verb == Verb::Refuse) {
        return Err(wrong("dossier-draft-of-another-kind"));
    }
    if brought {
        return Err(wrong("dossier-one-result"));
    }
    Ok((written, house(office.tree, dossier.unit).unwrap_or(dossier.competent)))
}

/// The decision with the number of what was frozen.
pub(crate) fn issued(happening: &mut Happening, number: &Issued) {
    if let Happening::Approved { issued, .. } | Happening::Refused { issued, .. } = happening {
        *issued = Some(number.clone());
    }
}

/// Asks for the signature once more.
pub(crate) fn sign_again(dossier: &Dossier, actor: &Actor, office: &Office<'_>) -> Result<Happening, Fault> {
    check(dossier, Verb::SignAgain, actor, office)?;
    let request = dossier.written.as_ref().map_or(0, |written| written.request) + 1;
    Ok(Happening::SignatureAsked { request })
}

/// What the places of a wording are filled with from a dossier. What is known only when it is decided is not among them.
pub(crate) fn values(dossier: &Dossier, office: &Office<'_>) -> BTreeMap<String, String> {
    let Some(a) = office.applicant else { return BTreeMap::new() };
    let agency = house(office.tree, dossier.unit).unwrap_or(dossier.competent);
    let above = office.tree.get(agency).and_then(|agency| agency.parent).map(|above| office.tree.name(above));
    let submitter = if a.submitter_name.is_empty() { &a.owner_name } else { &a.submitter_name };
    let known = [
        ("owner", a.owner_name.clone()),
        ("owner_number", a.owner_number.clone()),
        ("owner_phone", a.owner_phone.clone()),
        ("owner_address", a.owner_address.clone()),
        ("submitter", submitter.clone()),
        ("summary", a.summary.clone()),
        ("code", dossier.code.clone()),
        ("procedure", office.version.name.clone()),
        ("procedure_code", office.version.code.clone()),
        ("received_on", dossier.received_at.map(|at| base::vn_date(at.date())).unwrap_or_default()),
        ("agency", office.tree.name(agency)),
        ("agency_above", above.unwrap_or_default()),
    ];
    let given: BTreeMap<String, String> = serde_json::from_str(&a.answers).unwrap_or_default();
    let answer = |field: &catalogue::Field| {
        let text = given.get(&field.name).map(|text| crate::pages::answer_text(field.kind, text));
        (format!("{}{}", crate::wording::place::ANSWERS, field.name), text.unwrap_or_default())
    };
    let known = known.into_iter().map(|(name, value)| (name.to_owned(), value));
    known.chain(office.version.form.fields().map(answer)).collect()
}

#[cfg(test)]
mod tests;
