//! The form of an act, from its row in the table.

use super::topics;
use crate::petition::Petition;
use crate::rules::House;
use base::Problem;
use organisation::Kind;
use records::{Ask, Field, Shown, Typed, Verb, shown};
use std::collections::BTreeMap;
use web::{Choice, Ctx, PatientUpload};

/// The form of an act.
pub(super) struct ActForm {
    pub(super) word: &'static str,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) fields: Vec<Shown>,
}

/// Fields and files of a form; the files are judged and lie safely on disk.
pub(super) async fn received(ctx: &Ctx, upload: PatientUpload) -> Result<(Typed, Vec<Problem>), base::Fault> {
    let PatientUpload { upload, refused: mut problems } = upload;
    let mut typed = Typed::from(&upload.fields);
    if problems.is_empty() {
        let (staged, more) = files::Store::of(&ctx.app).take_all(upload.files_of("pictures")).await?;
        typed.files = staged;
        problems = more;
    }
    Ok((typed, problems))
}

/// An act's form, filled with what was typed before, or with what is likely.
pub(super) fn form(
    ctx: &Ctx,
    house: &House,
    verb: &'static Verb<Petition>,
    p: Option<&Petition>,
    words: &BTreeMap<String, String>,
    typed: &BTreeMap<String, String>,
) -> ActForm {
    let value = |field: &Field| {
        let likely = || p.map(|p| likely(house, verb.word, field, p, words)).unwrap_or_default();
        typed.get(field.name).cloned().unwrap_or_else(likely)
    };
    let choices = |field: &Field| match field.ask {
        Ask::Unit => units(house, field.name, p),
        Ask::Person => {
            let person = |(id, name): &(base::Id, String)| Choice::new(id.to_string(), name.clone());
            house.looked.people.iter().map(person).collect()
        }
        _ => topics(ctx),
    };
    ActForm {
        word: verb.word,
        title: ctx.l.t(format!("feedback-act-{}", verb.word)),
        hint: ctx.l.t(format!("feedback-act-{}-hint", verb.word)),
        fields: shown(ctx.l, "feedback", verb.asks, value, choices),
    }
}

/// What will mostly be chosen or written.
fn likely(house: &House, act: &str, field: &Field, p: &Petition, words: &BTreeMap<String, String>) -> String {
    let word = |name: &str| words.get(name).cloned().unwrap_or_default();
    match (act, field.name) {
        ("sort", "topic") => p.topic.clone(),
        ("raise", "concerned") => p.area.map(|area| area.to_string()).unwrap_or_default(),
        ("sort", "class") if p.concerned.is_some() => "conduct".to_owned(),
        ("sort", "unit") => house
            .unit_of(&p.topic, p.area)
            .filter(|unit| house.workable(Some(*unit), p.concerned).is_ok())
            .or_else(|| house.unit_of("conduct", None).filter(|_| p.concerned.is_some()))
            .map(|unit| unit.to_string())
            .unwrap_or_default(),
        ("draft", "answer_text") | ("publish", "answer_public") => word("answer"),
        ("publish", "answer_question") => word("text"),
        _ => String::new(),
    }
}

/// The units a field offers.
pub(super) fn units(house: &House, field: &str, p: Option<&Petition>) -> Vec<Choice> {
    let tree = &house.tree;
    let choice = |agency: &&organisation::Agency| Choice::new(agency.id.to_string(), agency.name.clone());
    match field {
        "area" => super::areas(house),
        // Committees and departments: the one above each is an agency of its own.
        "concerned" => tree.departments().iter().chain(&tree.communes()).map(choice).collect(),
        _ => {
            // The divisions of where it lies first, then everybody else.
            let own = p.and_then(|p| tree.house_of(p.unit));
            let near = own.map(|own| tree.subtree(own.id)).unwrap_or_default();
            let own_is_root = own.is_some_and(|own| tree.root().is_some_and(|root| root.id == own.id));
            let departments = tree.departments();
            let bodies = tree.bodies();
            let beside = bodies.iter().flat_map(|one| tree.subtree(one.id));
            let far = departments.iter().flat_map(|one| tree.subtree(one.id)).chain(tree.communes()).chain(beside);
            let mut seen = std::collections::HashSet::new();
            near.into_iter()
                .filter(|_| !own_is_root)
                .chain(far)
                .filter(|agency| agency.kind != Kind::ServiceCentre && seen.insert(agency.id))
                .filter(|agency| house.workable(Some(agency.id), p.and_then(|p| p.concerned)).is_ok())
                .map(|agency| {
                    let of = tree.house_of(agency.id).filter(|of| of.id != agency.id);
                    let name =
                        of.map_or_else(|| agency.name.clone(), |of| format!("{} · {}", of.short_name, agency.name));
                    Choice::new(agency.id.to_string(), name)
                })
                .collect()
        }
    }
}
