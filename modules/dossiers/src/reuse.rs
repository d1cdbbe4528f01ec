//! Papers that need not be handed in again (Luật Giao dịch điện tử 2023; NĐ 45/2020/NĐ-CP Điều 16; TT 01/2023/TT-VPCP).
//!
//! What stands in for a paper is always a paper that can be named: of an earlier dossier that was granted, of the same
//! person, lasting by its nature and not too old. A child's birth notice never stands in for the next child's.

use crate::actions::House;
use crate::dossier::Outcome;
use crate::papers::Source;
use crate::store::{self as sql, Loaded, read};
use ::store::{Tx, params};
use base::{Actor, CitizenId, Date, Fault, Id, Problem, vn_date};
use jiff::ToSpan;
use std::collections::BTreeMap;

/// A paper handed in earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub source: Source,
    /// Code of its dossier.
    pub dossier: String,
    /// Code of the component it was handed in for.
    pub component: String,
    pub name: String,
    pub files: Vec<Id>,
    /// Whose dossier it was.
    pub owner_number: String,
    /// Somebody else brought that dossier; whose card lies in it is not known then.
    pub brought_for_another: bool,
    /// What it was handed in for was asked for as a lasting document of its owner.
    pub lasting: bool,
    pub granted: bool,
    pub handed_on: Date,
}

impl Earlier {
    /// The last day on which it may stand in.
    pub fn until(&self, months: u16) -> Date {
        self.handed_on.checked_add(i32::from(months).months()).unwrap_or(self.handed_on)
    }

    /// Whether it may stand in for `component` of a dossier of that person on `today`.
    ///
    /// # Errors
    /// The rule it offends, at no field yet.
    pub fn stands_in(
        &self,
        component: &catalogue::Component,
        owner_number: &str,
        for_another: bool,
        today: Date,
    ) -> Result<(), Problem> {
        let named = |problem: Problem| problem.arg("name", &component.name).arg("code", &self.dossier);
        if component.lasting_months == 0 {
            return Err(named(Problem::new("dossier-component-not-reusable")));
        }
        if for_another || self.brought_for_another {
            return Err(named(Problem::new("dossier-reuse-by-owner-only")));
        }
        let same = owner_number.parse::<CitizenId>().is_ok_and(|number| number.as_str() == self.owner_number);
        if !same || !self.lasting || !self.granted || self.component != component.code {
            return Err(named(Problem::new("dossier-reuse-unknown")));
        }
        let until = self.until(component.lasting_months);
        if today > until {
            return Err(named(Problem::new("dossier-reuse-expired")).arg("until", vn_date(until)));
        }
        Ok(())
    }
}

/// The paper of `dossier` that a component wants to stand in for it.
pub fn named<'a>(earlier: &'a [Earlier], dossier: &str, component: &str) -> Option<&'a Earlier> {
    earlier.iter().find(|paper| paper.dossier == dossier.trim() && paper.component == component)
}

/// Papers of a person that `actor` may know of: a citizen those of their own dossiers, an official those of dossiers within
/// their scope. Latest first. Nothing for a number that is no citizen's.
pub async fn papers_of(tx: &Tx, house: &House, actor: &Actor, owner_number: &str) -> Result<Vec<Earlier>, Fault> {
    let Ok(number) = owner_number.parse::<CitizenId>() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut more: BTreeMap<Id, BTreeMap<i64, Vec<Id>>> = BTreeMap::new();
    for row in tx.query(sql::EARLIER_PAPERS, params![number.as_str()]).await? {
        let loaded = read(&row)?;
        if !may_know(actor, &loaded, house) {
            continue;
        }
        let (d, a) = (&loaded.dossier, &loaded.applicant);
        let (n, component): (i64, String) = (row.get("paper_n")?, row.get("paper_code")?);
        if let std::collections::btree_map::Entry::Vacant(place) = more.entry(d.id) {
            let mut files: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
            for row in tx.query(sql::MORE_FILES, params![d.id]).await? {
                files.entry(row.get("n")?).or_default().push(row.get("file_id")?);
            }
            place.insert(files);
        }
        let further = more.get(&d.id).and_then(|files| files.get(&n)).cloned().unwrap_or_default();
        let first: Id = row.get("paper_file")?;
        let lasting = house.shelf.version(d.version).is_some_and(|version| {
            version.components.iter().any(|asked| asked.code == component && asked.lasting_months > 0)
        });
        found.push(Earlier {
            source: Source { dossier: d.id, n },
            dossier: d.code.clone(),
            name: row.get("paper_name")?,
            files: std::iter::once(first).chain(further).collect(),
            owner_number: a.owner_number.clone(),
            brought_for_another: !a.submitter_name.is_empty(),
            lasting,
            granted: d.outcome == Outcome::Granted,
            handed_on: d.filed_at.date(),
            component,
        });
    }
    Ok(found)
}

/// Dossiers of one person looked at for what is known of them.
const KNOWN_FROM_MAX: i64 = 50;

/// The latest dossiers under a number as typed; none where nothing is.
async fn of_owner(tx: &Tx, owner_number: &str) -> Result<Vec<Loaded>, Fault> {
    let number = crate::filing::number_of(owner_number);
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(sql::BY_OWNER, params![number.as_str(), KNOWN_FROM_MAX]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// A person who was here before, as their latest dossier within the official's scope has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    pub phone: String,
    pub address: String,
    /// Code of that dossier.
    pub dossier: String,
}

/// What an official may know of a person by number: from dossiers within their scope and from no others.
pub async fn known(tx: &Tx, house: &House, actor: &Actor, owner_number: &str) -> Result<Option<Known>, Fault> {
    let latest = of_owner(tx, owner_number).await?;
    let here = latest.into_iter().find(|loaded| crate::reading::by_place(actor, loaded, house));
    Ok(here.map(|Loaded { dossier, applicant: a }| Known {
        name: a.owner_name,
        phone: a.owner_phone,
        address: a.owner_address,
        dossier: dossier.code,
    }))
}

/// Codes of open dossiers of a person for the same procedure that the actor may know of, the latest first: filed twice, or meant otherwise.
///
/// # Errors
/// The database's.
pub async fn same_open(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    (owner_number, procedure): (&str, Id),
    except: Option<Id>,
) -> Result<Vec<String>, Fault> {
    let same = |loaded: &Loaded| {
        let d = &loaded.dossier;
        d.procedure == procedure && d.status.is_open() && Some(d.id) != except && may_know(actor, loaded, house)
    };
    let latest = of_owner(tx, owner_number).await?;
    Ok(latest.into_iter().filter(same).map(|loaded| loaded.dossier.code).collect())
}

fn may_know(actor: &Actor, loaded: &Loaded, house: &House) -> bool {
    crate::person::is_own(actor, loaded) || crate::reading::by_place(actor, loaded, house)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn card() -> Earlier {
        Earlier {
            source: Source { dossier: Id(1), n: 2 },
            dossier: "H13.31-261102-0001".to_owned(),
            component: "can-cuoc".to_owned(),
            name: "Căn cước".to_owned(),
            files: vec![Id(7), Id(8)],
            owner_number: "094190000017".to_owned(),
            brought_for_another: false,
            lasting: true,
            granted: true,
            handed_on: Date::constant(2026, 1, 31),
        }
    }

    fn asked(months: u16) -> catalogue::Component {
        let version = fixture::version();
        catalogue::Component { code: "can-cuoc".into(), lasting_months: months, ..version.components[0].clone() }
    }

    #[track_caller]
    fn refused(earlier: Earlier, component: &catalogue::Component, number: &str, today: Date) -> &'static str {
        earlier.stands_in(component, number, false, today).unwrap_err().code
    }

    #[test]
    fn a_lasting_paper_of_the_same_person_stands_in_until_its_time_is_over() {
        let (paper, today) = (card(), Date::constant(2026, 11, 2));
        assert_eq!(paper.stands_in(&asked(12), "094 190 000 017", false, today), Ok(()));
        assert_eq!(paper.until(1), Date::constant(2026, 2, 28));
        assert_eq!(paper.stands_in(&asked(1), "094190000017", false, Date::constant(2026, 2, 28)), Ok(()));
        assert_eq!(refused(paper, &asked(1), "094190000017", Date::constant(2026, 3, 1)), "dossier-reuse-expired");
    }

    #[test]
    fn a_paper_of_the_case_never_stands_in_whatever_it_is_called() {
        let today = Date::constant(2026, 2, 1);
        assert_eq!(refused(card(), &asked(0), "094190000017", today), "dossier-component-not-reusable");
        let notice = Earlier { lasting: false, ..card() };
        assert_eq!(refused(notice, &asked(12), "094190000017", today), "dossier-reuse-unknown");
        let other = Earlier { component: "giay-chung-sinh".into(), ..card() };
        assert_eq!(refused(other, &asked(12), "094190000017", today), "dossier-reuse-unknown");
        let turned_down = Earlier { granted: false, ..card() };
        assert_eq!(refused(turned_down, &asked(12), "094190000017", today), "dossier-reuse-unknown");
    }

    #[test]
    fn another_persons_paper_never_stands_in() {
        let today = Date::constant(2026, 2, 1);
        assert_eq!(refused(card(), &asked(12), "094190000025", today), "dossier-reuse-unknown");
        assert_eq!(refused(card(), &asked(12), "", today), "dossier-reuse-unknown");
        let brought = Earlier { brought_for_another: true, ..card() };
        assert_eq!(refused(brought, &asked(12), "094190000017", today), "dossier-reuse-by-owner-only");
        let for_another = card().stands_in(&asked(12), "094190000017", true, today).unwrap_err();
        assert_eq!(for_another.code, "dossier-reuse-by-owner-only");
    }
}
