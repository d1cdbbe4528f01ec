//! Where a step of the internal process is done, seen from the competent agency.

use crate::store::{BY_CODE, read};
use ::store::{StoreError, Tx, params};
use base::{Id, Permission, Role};
use catalogue::flow::Known;
use catalogue::{StepUnit, Version};
use organisation::{Agency, Kind, Tree};

/// The word a division goes by in a process: its folded name with hyphens.
pub fn kebab(name: &str) -> String {
    base::fold(name)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// A division "whatever its name": the specialist one in charge.
const SPECIALIST: &str = "chuyen-mon";
/// The duty of the office of a committee, which is not a specialist division.
const OFFICE: &str = "office";

/// The unit that does a step. A named division the agency does not have falls to its specialist division, and where there
/// is none to the agency itself: a dossier is never without a place.
pub fn unit_for(tree: &Tree, competent: Id, unit: &StepUnit) -> Id {
    unit_seen(tree, Seen { competent, intake: competent, department: None }, unit)
}

/// From where a step's unit is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The competent agency.
    pub competent: Id,
    /// The agency whose desk received it.
    pub intake: Id,
    /// The province's department of the field.
    pub department: Option<Id>,
}

/// The unit that does a step. What is named and does not stand falls to the competent agency: a dossier is never without a place.
pub fn unit_seen(tree: &Tree, seen: Seen, unit: &StepUnit) -> Id {
    let competent = seen.competent;
    match unit {
        StepUnit::Agency(code) => {
            let standing = tree.by_code(code).filter(|agency| agency.valid_to.is_none());
            // One that ended is followed by whoever takes its work on.
            let ended = || tree.all().iter().rev().find(|agency| agency.code == *code);
            standing.or_else(|| ended().and_then(|ended| tree.followed(ended.id))).map_or(competent, |agency| agency.id)
        }
        StepUnit::Department => seen.department.unwrap_or(competent),
        StepUnit::Intake => tree.desk_of(seen.intake).map_or(seen.intake, |desk| desk.id),
        StepUnit::Desk => tree.desk_of(competent).map_or(competent, |desk| desk.id),
        StepUnit::Leader => competent,
        StepUnit::Division(word) => {
            let divisions: Vec<_> =
                tree.children(competent).into_iter().filter(|child| child.kind == Kind::Division).collect();
            let named = divisions.iter().find(|child| {
                word != SPECIALIST && (child.duty.as_deref() == Some(word) || kebab(&child.name) == *word)
            });
            let specialist = divisions.iter().find(|child| child.duty.as_deref() != Some(OFFICE));
            named.or(specialist).or(divisions.first()).map_or(competent, |child| child.id)
        }
    }
}

/// Paths of the agencies a dossier lies with: where it is worked on, the competent one, where it came in and where the result goes
/// out, with the desks of these two; none when there is no such dossier.
///
/// # Errors
/// Those of the database.
pub async fn places_of(tx: &Tx, tree: &Tree, code: &str) -> Result<Option<Vec<String>>, StoreError> {
    let Some(row) = tx.query_opt(BY_CODE, params![code]).await? else { return Ok(None) };
    let d = read(&row)?.dossier;
    let own = [d.unit, d.competent, d.intake, d.return_to].map(|place| tree.path(place));
    let desks = [d.intake, d.return_to].map(|place| tree.desk_path(place));
    let paths = own.into_iter().chain(desks).filter(|path| !path.is_empty());
    Ok(Some(paths.map(str::to_owned).collect()))
}

/// What the holder of a step must be allowed to do at its unit.
pub fn permission_for(role: Role) -> Permission {
    match role {
        Role::Clerk => crate::rights::RECEIVE_DOSSIER,
        Role::DivisionHead => crate::rights::ASSIGN_DOSSIER,
        Role::Leader => crate::rights::APPROVE_DOSSIER,
        _ => crate::rights::PROCESS_DOSSIER,
    }
}

/// The first step after intake: steps at the desk before it are done by receiving.
pub fn first_step(version: &Version) -> usize {
    first_step_as(version, &Known::default())
}

/// The same as things are known.
pub fn first_step_as(version: &Version, known: &Known<'_>) -> usize {
    let at_desk = |step: &usize| version.process.get(*step).is_some_and(|step| step.unit == StepUnit::Desk);
    version.path(known).into_iter().find(|step| !at_desk(step)).unwrap_or(0)
}

/// The step after `step`, if the process goes on before the result is handed out at the desk.
pub fn next_step(version: &Version, step: usize) -> Option<usize> {
    next_step_as(version, step, &Known::default())
}

/// The same as things are known.
pub fn next_step_as(version: &Version, step: usize, known: &Known<'_>) -> Option<usize> {
    let next = version.step_after(step, known)?;
    version.process.get(next).filter(|found| found.unit != StepUnit::Desk).map(|_| next)
}

/// The step before `step` as things are known, as far back as the first after intake.
pub fn previous_step_as(version: &Version, step: usize, known: &Known<'_>) -> Option<usize> {
    let first = first_step_as(version, known);
    if version.ways.is_empty() {
        return step.checked_sub(1).filter(|previous| *previous >= first);
    }
    let at_desk = |step: &usize| version.process.get(*step).is_some_and(|step| step.unit == StepUnit::Desk);
    version.step_before(step, known).filter(|before| step != first && !at_desk(before))
}

/// The department a provincial procedure belongs to; of one that ended the agency that followed it; else the committee itself.
pub fn department_of(tree: &Tree, version: &Version) -> Option<Id> {
    let word = version.department.as_deref();
    let named = |department: &&Agency| word.is_some_and(|word| kebab(&department.name) == word);
    let ended = tree.all().iter().filter(|agency| agency.kind == Kind::Department && agency.valid_to.is_some());
    let last = ended.filter(named).max_by_key(|department| department.valid_to);
    tree.departments()
        .into_iter()
        .find(named)
        .or_else(|| last.and_then(|last| tree.followed(last.id)))
        .or_else(|| tree.root())
        .map(|agency| agency.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;
    use base::Limit;
    use catalogue::Step;

    fn before(version: &Version, step: usize) -> Option<usize> {
        previous_step_as(version, step, &Known::default())
    }

    #[test]
    fn a_procedure_of_a_department_that_ended_is_settled_by_what_followed_it() {
        let named = version_where(|version| version.department = Some("so-tu-phap".to_owned()));
        assert_eq!(department_of(&tree(), &named), Some(JUSTICE));
        let mut agencies = tree().all().to_vec();
        let justice = agencies.iter_mut().find(|agency| agency.id == JUSTICE).unwrap();
        (justice.valid_to, justice.successors) = (Some(base::Date::constant(2026, 1, 1)), vec![NEAR]);
        assert_eq!(department_of(&Tree::new(agencies.clone()), &named), Some(NEAR));
        agencies.retain(|agency| agency.id != JUSTICE);
        assert_eq!(department_of(&Tree::new(agencies), &named), Some(ROOT));
    }

    #[test]
    fn a_step_is_done_where_the_process_says_seen_from_the_competent_agency() {
        let (tree, division) = (tree(), |word: &str| StepUnit::Division(word.to_owned()));
        assert_eq!(unit_for(&tree, NEAR, &StepUnit::Desk), NEAR_DESK);
        assert_eq!(unit_for(&tree, NEAR, &StepUnit::Leader), NEAR);
        assert_eq!(unit_for(&tree, NEAR, &division("culture-society")), NEAR_DIVISION);
        assert_eq!(unit_for(&tree, NEAR, &division("phong-van-hoa-xa-hoi")), NEAR_DIVISION);
        // The office is no specialist division, unless it is all there is.
        assert_eq!(unit_for(&tree, NEAR, &division("chuyen-mon")), NEAR_DIVISION);
        assert_eq!(unit_for(&tree, FAR, &division("culture-society")), FAR_OFFICE);
        assert_eq!(unit_for(&tree, ROOT, &division("land")), ROOT);
        // A department has no desk of its own: the province's centre serves it.
        assert_eq!(unit_for(&tree, JUSTICE, &StepUnit::Desk), CENTRE);
        assert_eq!(unit_for(&tree, JUSTICE, &division("land")), JUSTICE_DIVISION);
    }

    #[test]
    fn a_desk_serves_its_own_commune_and_the_centre_the_departments() {
        let tree = tree();
        assert_eq!(tree.served_by(NEAR_DESK), [NEAR]);
        assert_eq!(tree.served_by(CENTRE), [ROOT, JUSTICE]);
        assert_eq!(tree.desk_path(JUSTICE), "/1/2/");
        assert_eq!(tree.desk_path(NEAR), "/1/10/11/");
    }

    #[test]
    fn the_desks_own_steps_are_neither_gone_back_to_nor_forwarded_to() {
        let version = version();
        assert_eq!(first_step(&version), 1);
        assert_eq!((next_step(&version, 1), next_step(&version, 3), next_step(&version, 9)), (Some(2), None, None));
        assert_eq!((before(&version, 1), before(&version, 2)), (None, Some(1)));
        assert_eq!(before(&version, 0), None);
    }

    #[test]
    fn a_process_at_the_desk_alone_stays_there() {
        let at_desk = |id: &str| Step {
            id: id.to_owned(),
            name: id.to_owned(),
            role: Role::Clerk,
            unit: StepUnit::Desk,
            norm: Limit::Hours(1),
            allowed: vec!["approve".to_owned()],
            asks: Vec::new(),
        };
        let version = Version { process: vec![at_desk("certify"), at_desk("hand-out")], ..version() };
        assert_eq!((first_step(&version), next_step(&version, 0), before(&version, 1)), (0, None, Some(0)));
    }

    #[test]
    fn a_provincial_procedure_belongs_to_its_department_or_to_the_committee() {
        let at = |department: Option<&str>| {
            department_of(&tree(), &Version { department: department.map(str::to_owned), ..version() })
        };
        assert_eq!(at(Some("so-tu-phap")), Some(JUSTICE));
        assert_eq!((at(Some("so-y-te")), at(None)), (Some(ROOT), Some(ROOT)));
    }

    #[test]
    fn every_role_that_can_hold_a_step_has_its_permission_there() {
        for role in [Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader] {
            assert!(role.allows(permission_for(role)), "{role}");
        }
    }
}
