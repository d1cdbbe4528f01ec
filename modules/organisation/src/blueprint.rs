//! The demo province's agencies, made from `data/agencies.toml` and the shipped units: today's agencies with their codes, and those of
//! the provinces and districts they followed.

use crate::agency::{Agency, Kind};
use crate::shipped::{self, Era, FIRST_DAY_AFTER, LAST_DAY_BEFORE};
use crate::tree::Tree;
use base::{BadData, Id, Level, System};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

const FILE: &str = include_str!("../../../data/agencies.toml");

fn bad(what: impl std::fmt::Display) -> BadData {
    BadData(format!("data/agencies.toml: {what}"))
}

#[derive(Deserialize)]
struct File {
    province: String,
    first_commune_number: i64,
    root: Root,
    department: Vec<Department>,
    commune: Commune,
    before: Vec<Before>,
    beside: Vec<Beside>,
}

#[derive(Deserialize)]
struct Root {
    code: String,
    old_code: String,
    name: String,
    short: String,
}

#[derive(Deserialize)]
struct Department {
    number: i64,
    #[serde(default = "department")]
    kind: Kind,
    name: String,
    short: String,
    /// The name before the place in the former provinces; `name` when absent.
    stem: Option<String>,
    divisions: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Commune {
    division: Vec<CommuneDivision>,
}

#[derive(Deserialize)]
struct CommuneDivision {
    number: i64,
    kind: Kind,
    duty: String,
    name: String,
    ward: Option<String>,
}

#[derive(Deserialize)]
struct Before {
    #[serde(flatten)]
    root: Root,
    province: String,
    place: String,
    departments: Vec<i64>,
}

/// A body of another system: the root of a tree of its own.
#[derive(Deserialize)]
struct Beside {
    system: System,
    code: String,
    name: String,
    short: String,
    divisions: Vec<(String, String)>,
}

/// The provinces' decision on two-tier units; each commune's is the Standing Committee's resolution for its province.
const DECISION_AFTER: &str = "NQ 202/2025/QH15; NQ 1668/NQ-UBTVQH15";

const ROOT_ID: i64 = 1;
const DEPARTMENTS: i64 = 100;
const COMMUNES: i64 = 2_000;
const BESIDE: i64 = 7_000;
const BEFORE: i64 = 9_000;
const DISTRICTS: i64 = 9_500;

/// Makes the agencies. Ids are fixed by the file's order, so two databases made from one file agree.
pub fn blueprint() -> Result<Vec<Agency>, BadData> {
    let file: File = toml::from_str(FILE).map_err(bad)?;
    let units = shipped::units();
    let mut made = Maker { file: &file, agencies: Vec::new() };
    made.root();
    for department in &file.department {
        made.department(department);
    }
    let province = shipped::unit_id(Era::After, Level::Province, &file.province);
    let communes: Vec<&shipped::Unit> =
        units.iter().filter(|unit| unit.parent == province && province.is_some()).collect();
    for (index, unit) in communes.iter().enumerate() {
        made.commune(index as i64, unit);
    }
    let commune_ids: HashMap<i64, Id> =
        communes.iter().enumerate().map(|(index, unit)| (unit.id, Id(COMMUNES + 1 + index as i64))).collect();
    let steps = shipped::commune_successions();
    let mut district_number = 0;
    for (index, before) in file.before.iter().enumerate() {
        made.province_before(index as i64, before)?;
        let province = shipped::unit_id(Era::Before, Level::Province, &before.province);
        for district in units.iter().filter(|unit| unit.level == Level::District && unit.parent == province) {
            district_number += 1;
            let inside: BTreeSet<i64> =
                units.iter().filter(|unit| unit.parent == Some(district.id)).map(|unit| unit.id).collect();
            let after: BTreeSet<Id> = steps
                .iter()
                .filter(|step| inside.contains(&step.before))
                .filter_map(|step| commune_ids.get(&step.after).copied())
                .collect();
            made.district(index as i64, district_number, before, district, after);
        }
    }
    for (index, body) in file.beside.iter().enumerate() {
        made.beside(BESIDE + 1 + index as i64, body);
    }
    for (place, agency) in made.agencies.iter_mut().enumerate() {
        agency.place = place as i64;
    }
    Ok(made.agencies)
}

/// The demo province's tree without a database: what a fresh demo holds.
pub fn demo_tree() -> Result<Tree, BadData> {
    blueprint().map(Tree::new)
}

struct Maker<'a> {
    file: &'a File,
    agencies: Vec<Agency>,
}

/// Code, name and short name.
type Called<'a> = (String, &'a str, &'a str);

const PROVINCIAL: (Kind, Level) = (Kind::PeoplesCommittee, Level::Province);

impl Maker<'_> {
    /// One more agency of today, below a path; what else is its own is set by whoever makes it.
    fn add(&mut self, id: i64, above: &str, of: (Kind, Level), (code, name, short): Called<'_>) -> &mut Agency {
        let at = self.agencies.len();
        self.agencies.push(Agency {
            id: Id(id),
            code,
            name: name.into(),
            short_name: short.into(),
            kind: of.0,
            duty: (of.0 == Kind::ServiceCentre).then(|| "desk".into()),
            level: of.1,
            // Nothing where no id stands last: at the head of a system's trees.
            parent: above.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).map(Id),
            path: format!("{above}{id}/"),
            valid_from: Some(FIRST_DAY_AFTER),
            decision: Some(DECISION_AFTER.into()),
            ..Agency::default()
        });
        &mut self.agencies[at]
    }

    /// The same of before, with what followed it.
    fn past(&mut self, id: i64, above: &str, of: (Kind, Level), called: Called<'_>, after: Vec<Id>) -> &mut Agency {
        let agency = self.add(id, above, of, called);
        (agency.valid_from, agency.valid_to, agency.successors) = (None, Some(LAST_DAY_BEFORE), after);
        agency
    }

    fn root(&mut self) {
        let File { root: Root { code, old_code, name, short }, province, .. } = self.file;
        let root = self.add(ROOT_ID, "/", PROVINCIAL, (code.clone(), name, short));
        root.old_code = Some(old_code.clone());
        root.unit_code = Some(province.clone());
    }

    fn divisions(&mut self, of: i64, path: &str, code: &str, divisions: &[(String, String)]) {
        for (number, (duty, name)) in (1..).zip(divisions) {
            let (id, code) = (of * 10 + number, format!("{code}.{number:02}"));
            self.add(id, path, (Kind::Division, Level::Province), (code, name, name)).duty = Some(duty.clone());
        }
    }

    fn department(&mut self, department: &Department) {
        let Department { number, kind, name, short, divisions, .. } = department;
        let (id, code) = (DEPARTMENTS + number, format!("{}.{number:02}", self.file.root.code));
        self.add(id, "/1/", (*kind, Level::Province), (code.clone(), name, short));
        self.divisions(id, &format!("/1/{id}/"), &code, divisions);
    }

    fn commune(&mut self, index: i64, unit: &shipped::Unit) {
        let (id, file) = (COMMUNES + 1 + index, self.file);
        let code = format!("{}.{:02}", file.root.code, file.first_commune_number + index);
        // "Xã An Ninh" inside a sentence is "xã An Ninh".
        let place = lower_first(unit.name);
        let (name, short) = (format!("Ủy ban nhân dân {place}"), format!("UBND {place}"));
        let committee = self.add(id, "/1/", (Kind::CommuneCommittee, Level::Commune), (code.clone(), &name, &short));
        committee.unit_code = Some(unit.code.into());
        for division in &file.commune.division {
            let name = division.ward.as_ref().filter(|_| unit.kind == "ward").unwrap_or(&division.name);
            let (of, code) = ((division.kind, Level::Commune), format!("{code}.{:02}", division.number));
            let (id, path) = (id * 10 + division.number, format!("/1/{id}/"));
            let part = self.add(id, &path, of, (code, &format!("{name} {place}"), name));
            part.duty = Some(division.duty.clone());
            part.unit_code = Some(unit.code.into());
        }
    }

    /// A body of another system, and its divisions. Since when it stands, and by what decision, is for its own keepers to say.
    fn beside(&mut self, id: i64, body: &Beside) {
        let Beside { system, code, name, short, divisions } = body;
        let first = self.agencies.len();
        let path =
            self.add(id, &system.head(), (Kind::Body, Level::Province), (code.clone(), name, short)).path.clone();
        self.divisions(id, &path, code, divisions);
        for agency in &mut self.agencies[first..] {
            (agency.valid_from, agency.decision) = (None, None);
        }
    }

    fn province_before(&mut self, index: i64, before: &Before) -> Result<(), BadData> {
        let Before { root: Root { code, old_code, name, short }, province, place, departments } = before;
        let (id, file) = (BEFORE + 1 + index, self.file);
        let root = self.past(id, "/", PROVINCIAL, (code.clone(), name, short), vec![Id(ROOT_ID)]);
        root.old_code = Some(old_code.clone());
        root.unit_code = Some(province.clone());
        for number in departments {
            let department = file.department.iter().find(|department| department.number == *number);
            let department = department.ok_or_else(|| bad(format!("{code}: no department {number}")))?;
            let name = format!("{} {place}", department.stem.as_ref().unwrap_or(&department.name));
            let called = (format!("{code}.{number:02}"), name.as_str(), department.short.as_str());
            let (past, of) = (BEFORE + (index + 1) * 100 + number, (department.kind, Level::Province));
            self.past(past, &format!("/{id}/"), of, called, vec![Id(DEPARTMENTS + number)]);
        }
        Ok(())
    }

    fn district(&mut self, index: i64, number: i64, before: &Before, unit: &shipped::Unit, after: BTreeSet<Id>) {
        let (id, place) = (DISTRICTS + number, lower_first(unit.name));
        let (name, short) = (format!("Ủy ban nhân dân {place}, {}", before.place), format!("UBND {place}"));
        let called = (format!("{}.{}", before.root.code, 30 + number), name.as_str(), short.as_str());
        let (above, of) = (format!("/{}/", BEFORE + 1 + index), (Kind::PeoplesCommittee, Level::District));
        self.past(id, &above, of, called, after.into_iter().collect()).unit_code = Some(unit.code.into());
    }
}

fn department() -> Kind {
    Kind::Department
}

/// The text with its first letter in lower case.
fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn tree() -> Tree {
        demo_tree().unwrap()
    }

    #[test]
    fn the_province_has_its_departments_a_service_centre_and_103_communes_with_four_parts_each() {
        let tree = tree();
        let root = tree.root().unwrap();
        assert_eq!(root.code, "H13");
        assert_eq!(tree.departments().len(), 14);
        assert_eq!(tree.communes().len(), 103);
        assert!(tree.communes().iter().all(|commune| tree.children(commune.id).len() == 4));
        assert_eq!(tree.desk_of(root.id).unwrap().code, "H13.20");
        assert_eq!(tree.communes()[0].code, "H13.31");
        assert_eq!(tree.communes()[102].code, "H13.133");
    }

    #[test]
    fn ids_are_unique_and_standing_codes_are_unique_and_well_formed() {
        let tree = tree();
        let ids: HashSet<Id> = tree.all().iter().map(|agency| agency.id).collect();
        assert_eq!(ids.len(), tree.all().len());
        for day in [LAST_DAY_BEFORE, FIRST_DAY_AFTER] {
            let mut codes = HashSet::new();
            for agency in tree.all().iter().filter(|agency| agency.stands_on(day)) {
                assert!(codes.insert(&agency.code), "{day} {}", agency.code);
                assert!(agency.code.parse::<base::AgencyCode>().is_ok(), "{}", agency.code);
            }
        }
    }

    #[test]
    fn an_identifier_belongs_to_another_agency_before_the_merger() {
        let tree = tree();
        let by_code = |code, day| tree.all().iter().find(|agency| agency.code == code && agency.stands_on(day));
        assert_eq!(by_code("H13", LAST_DAY_BEFORE).unwrap().id, Id(9_001));
        assert_eq!(by_code("H13", FIRST_DAY_AFTER).unwrap().id, Id(1));
        assert_eq!(by_code("H51", LAST_DAY_BEFORE).unwrap().name, "Ủy ban nhân dân tỉnh Sóc Trăng");
        assert!(by_code("H51", FIRST_DAY_AFTER).is_none());
    }

    #[test]
    fn three_provinces_their_departments_and_28_districts_stand_before_and_are_followed() {
        let tree = tree();
        let before = |id| tree.all().iter().filter(move |agency| agency.successors.contains(&id));
        let mut codes: Vec<&str> = before(Id(1)).map(|agency| agency.code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["H13", "H30", "H51"]);
        let interior = tree.by_code("H13.02").unwrap();
        assert_eq!(before(interior.id).count(), 3);
        let districts: Vec<&Agency> = tree.all().iter().filter(|agency| agency.level == Level::District).collect();
        assert_eq!(districts.len(), 28);
        assert!(districts.iter().all(|district| !district.successors.is_empty()));
        let ke_sach = districts.iter().find(|agency| agency.name.contains("Kế Sách")).unwrap();
        let after: Vec<String> = ke_sach.successors.iter().map(|id| tree.name(*id)).collect();
        assert!(after.iter().any(|name| name == "Ủy ban nhân dân xã Kế Sách"), "{after:?}");
    }

    #[test]
    fn bodies_of_other_systems_have_trees_of_their_own_and_the_province_stays_what_it_is() {
        let tree = tree();
        let systems: Vec<System> = tree.bodies().iter().map(|body| body.system()).collect();
        assert!(System::BESIDE.iter().all(|system| systems.contains(system)) && systems.is_sorted(), "{systems:?}");
        for body in tree.bodies() {
            assert!(body.parent.is_none() && body.lineage() == [body.id], "{}", body.path);
            assert!(
                tree.subtree(body.id)
                    .iter()
                    .all(|part| tree.is_within(part.id, body.id) && !tree.is_within(part.id, Id(1)))
            );
            assert_eq!(tree.house_of(tree.subtree(body.id).last().unwrap().id).unwrap().id, body.id);
            assert_eq!(tree.place_of(body.id), "Cần Thơ");
        }
        assert_eq!(tree.root().unwrap().id, Id(1));
        let of_state = tree.all().iter().filter(|agency| tree.is_within(agency.id, Id(1)));
        assert!(of_state.into_iter().all(|agency| agency.system() == System::State));
    }

    #[test]
    fn a_desk_serves_every_agency_and_a_division_is_found_by_its_duty() {
        let tree = tree();
        let commune = tree.communes()[1];
        assert_eq!(tree.desk_of(commune.id).unwrap().parent, Some(commune.id));
        let office = tree.division(commune.id, "office").unwrap();
        assert_eq!(tree.desk_of(office.id).unwrap().parent, Some(commune.id));
        assert_eq!(tree.house_of(office.id).unwrap().id, commune.id);
        // A commune's desk receives for the commune; a clerk there acts at the desk's path.
        let desk = tree.desk_of(commune.id).unwrap();
        assert_eq!((tree.served_by(desk.id), tree.desk_path(commune.id)), (vec![commune.id], desk.path.as_str()));
        assert!(tree.is_within(office.id, Id(1)) && !tree.is_within(Id(1), office.id));
        assert!(tree.subtree(Id(1)).len() > 500);
    }

    #[test]
    fn the_search_forgives_case_and_marks() {
        let tree = tree();
        let found = tree.search("KE SACH", FIRST_DAY_AFTER);
        assert_eq!(found[0].name, "Ủy ban nhân dân xã Kế Sách");
        let within = tree.children(found[0].id);
        assert!(!within.is_empty() && within.iter().all(|part| tree.place_of(part.id) == "Kế Sách"));
        let places = tree.departments().into_iter().chain(tree.root()).map(|agency| tree.place_of(agency.id));
        assert!(places.into_iter().all(|place| place == "Cần Thơ"));
        assert_eq!(tree.search("h13.31", FIRST_DAY_AFTER)[0].code, "H13.31");
        assert!(tree.search("   ", FIRST_DAY_AFTER).is_empty());
    }
}
