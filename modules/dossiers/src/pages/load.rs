//! Who has how much in hand, for whoever gives work to others.

use super::{house, names};
use crate::actions::House;
use crate::worklist::{Scope, load};
use askama::Template;
use base::{Actor, Fault, Grant, Id};
use i18n::L;
use organisation::Kind;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use web::{Answer, Ctx};

/// Rows shown at most: a province's leader looks at units first.
const ROWS_MAX: usize = 500;

struct Row {
    person: String,
    /// Holds what somebody else has to take over: works there no more.
    gone: bool,
    unit: String,
    held: String,
    near: String,
    late: String,
    opinions: String,
    /// The list narrowed to that person, without its tab; empty where no list shows the same.
    href: String,
}

#[derive(Template)]
#[template(path = "load.html")]
struct LoadPage {
    l: L,
    rows: Vec<Row>,
    /// Somebody holds something who works there no more.
    gone: bool,
    /// More than are shown.
    more: bool,
}

/// `GET /work/load`
pub async fn load(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::ASSIGN_DOSSIER)?.clone();
    let house = house(&ctx.app)?;
    let (looking, now) = (house.clone(), ctx.now);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let scope = Scope::over(&actor, &looking, crate::rights::ASSIGN_DOSSIER);
            let mut loads = load::loads(tx, &looking, &scope, now).await?;
            // Who has nothing in hand is whom one looks for.
            for head in &scope.heads {
                let path = looking.tree.path(*head);
                for (id, _) in identity::people_who(tx, crate::rights::PROCESS_DOSSIER, path, None, now).await? {
                    if !loads.iter().any(|one| one.person == Some(id)) {
                        loads.push(load::Load { unit: *head, person: Some(id), ..load::Load::default() });
                    }
                }
            }
            let names = names(tx, loads.iter().map(|one| one.person)).await?;
            loads.sort_by_key(|one| (looking.tree.path(one.unit).to_owned(), std::cmp::Reverse((one.late, one.held))));
            let mut gone = HashSet::new();
            let mut known: HashMap<Id, Option<Actor>> = HashMap::new();
            for one in loads.iter().take(ROWS_MAX).filter(|one| one.held + one.opinions > 0) {
                let Some(person) = one.person else { continue };
                if let Entry::Vacant(place) = known.entry(person) {
                    place.insert(identity::actor(tx, person, now).await?);
                }
                let there = known.get(&person).and_then(Option::as_ref);
                if !there.is_some_and(|actor| works_at(actor, looking.tree.path(one.unit))) {
                    gone.insert((one.unit, person));
                }
            }
            Ok::<_, Fault>((loads, names, gone))
        })
    });
    let (loads, names, gone) = read.await?;
    let l = ctx.l;
    let more = loads.len() > ROWS_MAX;
    let row = |one: load::Load| Row {
        person: match one.person {
            Some(id) => names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
            None => l.t("dossier-handler-none"),
        },
        gone: one.person.is_some_and(|person| gone.contains(&(one.unit, person))),
        unit: house.tree.name(one.unit),
        held: l.number(one.held),
        near: l.number(one.near),
        late: l.number(one.late),
        opinions: l.number(one.opinions),
        href: href(&house, &one),
    };
    let rows: Vec<Row> = loads.into_iter().take(ROWS_MAX).map(row).collect();
    let page = LoadPage { l, gone: rows.iter().any(|row| row.gone), rows, more };
    Ok(ctx.page(&l.t("dossier-load"), &page))
}

/// Whether somebody can hold a dossier at a unit, of whatever field.
fn works_at(actor: &Actor, path: &str) -> bool {
    use crate::rights::{APPROVE_DOSSIER, ASSIGN_DOSSIER, PROCESS_DOSSIER, RECEIVE_DOSSIER, RETURN_RESULT};
    let rights = [PROCESS_DOSSIER, ASSIGN_DOSSIER, APPROVE_DOSSIER, RECEIVE_DOSSIER, RETURN_RESULT];
    let holds = |grant: &Grant| path.starts_with(&grant.agency_path) && rights.iter().any(|right| grant.allows(*right));
    actor.grants.iter().any(holds)
}

/// The list's unit is where a dossier lies for a division alone; of an agency it is whatever it answers for.
fn href(house: &House, one: &load::Load) -> String {
    let unit = house.tree.get(one.unit).filter(|unit| unit.kind == Kind::Division);
    match (unit, one.person) {
        (Some(unit), person) => format!("/work?unit={}&handler={}", unit.code, person.unwrap_or(Id(0))),
        (None, Some(person)) => format!("/work?handler={person}"),
        (None, None) => String::new(),
    }
}
