//! The demo province's agencies, made from `data/agencies.toml` and the shipped units: today's agencies with their codes, and those of
//! the provinces and districts they followed.

use crate::agency::{Agency, Kind};
use crate::shipped::{self, Era, FIRST_DAY_AFTER, LAST_DAY_BEFORE};
use crate::tree::Tree;
use base::{Id, Level, System};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

const FILE: &str = include_str!("../../../data/agencies.toml");

/// Why the shipped file could not be used; a test keeps it from happening.
#[derive(Debug)]
pub struct BadFile(pub String);

impl std::fmt::Display for BadFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "data/agencies.toml: {}", self.0)
    }
}

impl std::error::Error for BadFile {}

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
    kind: Option<String>,
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
    kind: String,
    duty: String,
    name: String,
    ward: Option<String>,
}

#[derive(Deserialize)]
struct Before {
    code: String,
    old_code: String,
    province: String,
    name: String,
    short: String,
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
pub fn blueprint() -> Result<Vec<Agency>, BadFile> {
    let file: File = toml::from_str(FILE).map_err(|error| BadFile(error.to_string()))?;
    let units = shipped::units();
    let mut made = Maker { file: &file, agencies: Vec::new() };
    made.root();
    for department in &file.department {
        made.department(department)?;
    }
    let province = shipped::unit_id(Era::After, Level::Province, &file.province);
    let communes: Vec<&shipped::Unit> =
        units.iter().filter(|unit| unit.parent == province && province.is_some()).collect();
    for (index, unit) in communes.iter().enumerate() {
        made.commune(index as i64, unit)?;
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
pub fn demo_tree() -> Result<Tree, BadFile> {
    blueprint().map(Tree::new)
}

/// How an agency is called.
struct Called<'a> {
    code: String,
    name: &'a str,
    short: &'a str,
}

struct Maker<'a> {
    file: &'a File,
    agencies: Vec<Agency>,
}

impl Maker<'_> {
    fn today(&self, id: i64, parent: &str, called: Called<'_>, kind: Kind, level: Level) -> Agency {
        let Called { code, name, short } = called;
        Agency {
            id: Id(id),
            code,
            name: name.into(),
            short_name: short.into(),
            kind,
            level,
            parent: parent.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).map(Id),
            path: format!("{parent}{id}/"),
            valid_from: Some(FIRST_DAY_AFTER),
            decision: Some(DECISION_AFTER.into()),
            ..Agency::default()
        }
    }

    fn root(&mut self) {
        let root = &self.file.root;
        let mut agency = self.today(
            ROOT_ID,
            "/",
            Called { code: root.code.clone(), name: &root.name, short: &root.short },
            Kind::PeoplesCommittee,
            Level::Province,
        );
        agency.old_code = Some(root.old_code.clone());
        agency.unit_code = Some(self.file.province.clone());
        self.agencies.push(agency);
    }

    fn department(&mut self, department: &Department) -> Result<(), BadFile> {
        let id = DEPARTMENTS + department.number;
        let code = format!("{}.{:02}", self.file.root.code, department.number);
        let kind = kind(department.kind.as_deref().unwrap_or("department"))?;
        let mut agency = self.today(
            id,
            "/1/",
            Called { code: code.clone(), name: &department.name, short: &department.short },
            kind,
            Level::Province,
        );
        if kind == Kind::ServiceCentre {
            agency.duty = Some("desk".into());
        }
        let path = agency.path.clone();
        self.agencies.push(agency);
        for (index, (duty, name)) in department.divisions.iter().enumerate() {
            let number = index as i64 + 1;
            let mut division = self.today(
                id * 10 + number,
                &path,
                Called { code: format!("{code}.{number:02}"), name, short: name },
                Kind::Division,
                Level::Province,
            );
            division.duty = Some(duty.clone());
            self.agencies.push(division);
        }
        Ok(())
    }

    fn commune(&mut self, index: i64, unit: &shipped::Unit) -> Result<(), BadFile> {
        let id = COMMUNES + 1 + index;
        let code = format!("{}.{:02}", self.file.root.code, self.file.first_commune_number + index);
        // "Xã An Ninh" inside a sentence is "xã An Ninh".
        let place = lower_first(unit.name);
        let mut agency = self.today(
            id,
            "/1/",
            Called {
                code: code.clone(), name: &format!("Ủy ban nhân dân {place}"), short: &format!("UBND {place}")
            },
            Kind::CommuneCommittee,
            Level::Commune,
        );
        agency.unit_code = Some(unit.code.into());
        let path = agency.path.clone();
        self.agencies.push(agency);
        for division in &self.file.commune.division {
            let name = match (&division.ward, unit.kind) {
                (Some(ward), "ward") => ward,
                _ => &division.name,
            };
            let mut below = self.today(
                id * 10 + division.number,
                &path,
                Called {
                    code: format!("{code}.{:02}", division.number),
                    name: &format!("{name} {place}"),
                    short: name,
                },
                kind(&division.kind)?,
                Level::Commune,
            );
            below.duty = Some(division.duty.clone());
            below.unit_code = Some(unit.code.into());
            self.agencies.push(below);
        }
        Ok(())
    }

    /// A body of another system, and its divisions. Since when it stands, and by what decision, is for its own keepers to say.
    fn beside(&mut self, id: i64, body: &Beside) {
        let Beside { system, code, name, short, divisions } = body;
        let undated = |agency: Agency| Agency { valid_from: None, decision: None, ..agency };
        let called = Called { code: code.clone(), name, short };
        let root =
            Agency { parent: None, ..undated(self.today(id, &system.head(), called, Kind::Body, Level::Province)) };
        let path = root.path.clone();
        self.agencies.push(root);
        for (number, (duty, name)) in (1..).zip(divisions) {
            let called = Called { code: format!("{code}.{number:02}"), name, short: name };
            let division = self.today(id * 10 + number, &path, called, Kind::Division, Level::Province);
            self.agencies.push(Agency { duty: Some(duty.clone()), ..undated(division) });
        }
    }

    fn past(&self, id: i64, parent: &str, called: Called<'_>, kind: Kind, level: Level) -> Agency {
        let mut agency = self.today(id, parent, called, kind, level);
        agency.valid_from = None;
        agency.valid_to = Some(LAST_DAY_BEFORE);
        agency
    }

    fn province_before(&mut self, index: i64, before: &Before) -> Result<(), BadFile> {
        let id = BEFORE + 1 + index;
        let mut root = self.past(
            id,
            "/",
            Called { code: before.code.clone(), name: &before.name, short: &before.short },
            Kind::PeoplesCommittee,
            Level::Province,
        );
        root.old_code = Some(before.old_code.clone());
        root.unit_code = Some(before.province.clone());
        root.successors = vec![Id(ROOT_ID)];
        let path = root.path.clone();
        self.agencies.push(root);
        for number in &before.departments {
            let department = self
                .file
                .department
                .iter()
                .find(|department| department.number == *number)
                .ok_or_else(|| BadFile(format!("{}: no department {number}", before.code)))?;
            let stem = department.stem.as_ref().unwrap_or(&department.name);
            let past_id = BEFORE + (index + 1) * 100 + number;
            let kind = kind(department.kind.as_deref().unwrap_or("department"))?;
            let mut agency = self.past(
                past_id,
                &path,
                Called {
                    code: format!("{}.{number:02}", before.code),
                    name: &format!("{stem} {}", before.place),
                    short: &department.short,
                },
                kind,
                Level::Province,
            );
            agency.duty = (kind == Kind::ServiceCentre).then(|| "desk".into());
            agency.successors = vec![Id(DEPARTMENTS + number)];
            self.agencies.push(agency);
        }
        Ok(())
    }

    fn district(&mut self, index: i64, number: i64, before: &Before, unit: &shipped::Unit, after: BTreeSet<Id>) {
        let id = DISTRICTS + number;
        let place = lower_first(unit.name);
        let mut agency = self.past(
            id,
            &format!("/{}/", BEFORE + 1 + index),
            Called {
                code: format!("{}.{}", before.code, 30 + number),
                name: &format!("Ủy ban nhân dân {place}, {}", before.place),
                short: &format!("UBND {place}"),
            },
            Kind::PeoplesCommittee,
            Level::District,
        );
        agency.unit_code = Some(unit.code.into());
        agency.successors = after.into_iter().collect();
        self.agencies.push(agency);
    }
}

fn kind(word: &str) -> Result<Kind, BadFile> {
    Kind::read(word).ok_or_else(|| BadFile(format!("no kind {word:?}")))
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
        assert_eq!(tree.by_code_on("H13", LAST_DAY_BEFORE).unwrap().id, Id(9_001));
        assert_eq!(tree.by_code_on("H13", FIRST_DAY_AFTER).unwrap().id, Id(1));
        assert_eq!(tree.by_code_on("H51", LAST_DAY_BEFORE).unwrap().name, "Ủy ban nhân dân tỉnh Sóc Trăng");
        assert!(tree.by_code_on("H51", FIRST_DAY_AFTER).is_none());
    }

    #[test]
    fn three_provinces_their_departments_and_28_districts_stand_before_and_are_followed() {
        let tree = tree();
        let mut codes: Vec<&str> = tree.predecessors(Id(1)).iter().map(|agency| agency.code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["H13", "H30", "H51"]);
        let interior = tree.by_code("H13.02").unwrap();
        assert_eq!(tree.predecessors(interior.id).len(), 3);
        let districts: Vec<&Agency> = tree.all().iter().filter(|agency| agency.level == Level::District).collect();
        assert_eq!(districts.len(), 28);
        assert!(districts.iter().all(|district| !tree.successors(district.id).is_empty()));
        let ke_sach = districts.iter().find(|agency| agency.name.contains("Kế Sách")).unwrap();
        let after: Vec<&str> = tree.successors(ke_sach.id).iter().map(|agency| agency.name.as_str()).collect();
        assert!(after.contains(&"Ủy ban nhân dân xã Kế Sách"), "{after:?}");
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
        let found = tree.search("KE SACH", FIRST_DAY_AFTER, 5);
        assert_eq!(found[0].name, "Ủy ban nhân dân xã Kế Sách");
        let within = tree.children(found[0].id);
        assert!(!within.is_empty() && within.iter().all(|part| tree.place_of(part.id) == "Kế Sách"));
        let places = tree.departments().into_iter().chain(tree.root()).map(|agency| tree.place_of(agency.id));
        assert!(places.into_iter().all(|place| place == "Cần Thơ"));
        assert_eq!(tree.search("h13.31", FIRST_DAY_AFTER, 5)[0].code, "H13.31");
        assert!(tree.search("   ", FIRST_DAY_AFTER, 5).is_empty());
    }
}
