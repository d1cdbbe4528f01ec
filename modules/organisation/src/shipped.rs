//! The administrative units shipped with the program: every province, district and commune before 01/07/2025, every province and
//! commune since, and which followed which. Facts from `data/units`; see its README for the sources.

use base::{Date, Level};

/// The last day of the three-tier units (NQ 202/2025/QH15: two tiers from 01/07/2025).
pub const LAST_DAY_BEFORE: Date = jiff::civil::date(2025, 6, 30);
/// The first day of the units of the two-tier model.
pub const FIRST_DAY_AFTER: Date = jiff::civil::date(2025, 7, 1);

const PROVINCES_BEFORE: &str = include_str!("../../../data/units/provinces_before.csv");
const PROVINCES_AFTER: &str = include_str!("../../../data/units/provinces_after.csv");
const DISTRICTS_BEFORE: &str = include_str!("../../../data/units/districts_before.csv");
const COMMUNES_BEFORE: &str = include_str!("../../../data/units/communes_before.csv");
const COMMUNES_AFTER: &str = include_str!("../../../data/units/communes_after.csv");
const MAPPING: &str = include_str!("../../../data/units/mapping.csv");

/// On which side of 01/07/2025 a unit stands. Codes were used again, so a code alone names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Era {
    Before,
    After,
}

/// One administrative unit as shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Fixed by era, level and code, so that a second seeding meets the same rows.
    pub id: i64,
    pub code: &'static str,
    pub name: &'static str,
    /// What it is in law: `city`, `province`, `urban-district`, `district`, `town`, `provincial-city`, `commune`, `ward`, `township`, `special-zone`.
    pub kind: &'static str,
    pub level: Level,
    pub parent: Option<i64>,
    pub era: Era,
}

/// One step of succession: (a part of) the unit before went to the unit after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Succession {
    pub before: i64,
    pub after: i64,
    /// Only a part of the old unit went there.
    pub partial: bool,
    /// The unit to take when it is not known which part is meant.
    pub default: bool,
}

/// The id of the unit with this code at this level on this side of 01/07/2025.
pub fn unit_id(era: Era, level: Level, code: &str) -> Option<i64> {
    let number: i64 = code.parse().ok()?;
    Some(1_000_000 * (era as i64 + 1) + 100_000 * (level as i64 + 1) + number)
}

/// What the first words of an official name say the unit is.
fn kind_of(name: &str, level: Level) -> &'static str {
    const WORDS: [(&str, &str); 9] = [
        ("Tỉnh ", "province"),
        ("Quận ", "urban-district"),
        ("Huyện ", "district"),
        ("Thị xã ", "town"),
        ("Xã ", "commune"),
        ("Phường ", "ward"),
        ("Thị trấn ", "township"),
        ("Đặc khu ", "special-zone"),
        ("Thành phố ", "city"),
    ];
    match WORDS.iter().find(|(word, _)| name.starts_with(word)) {
        Some((_, "city")) if level == Level::District => "provincial-city",
        Some((_, kind)) => kind,
        None => "unit",
    }
}

/// The columns of one line; the shipped files hold no quotes and no commas inside a value.
fn lines<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| line.split(',').collect::<Vec<_>>().try_into().ok())
}

/// Every unit, parents before children.
pub fn units() -> Vec<Unit> {
    let mut all = Vec::with_capacity(14_200);
    for (era, level, text, above) in [
        (Era::Before, Level::Province, PROVINCES_BEFORE, None),
        (Era::After, Level::Province, PROVINCES_AFTER, None),
        (Era::Before, Level::District, DISTRICTS_BEFORE, Some(Level::Province)),
        (Era::Before, Level::Commune, COMMUNES_BEFORE, Some(Level::District)),
        (Era::After, Level::Commune, COMMUNES_AFTER, Some(Level::Province)),
    ] {
        all.extend(text.lines().skip(1).filter_map(|line| {
            let mut columns = line.split(',');
            let (code, name) = (columns.next()?, columns.next()?);
            let parent = columns.next().zip(above).and_then(|(code, level)| unit_id(era, level, code));
            Some(Unit { id: unit_id(era, level, code)?, code, name, kind: kind_of(name, level), level, parent, era })
        }));
    }
    all
}

fn step(of: (Level, Level), before: &str, after: &str, partial: bool, default: bool) -> Option<Succession> {
    let (before, after) = (unit_id(Era::Before, of.0, before)?, unit_id(Era::After, of.1, after)?);
    Some(Succession { before, after, partial, default })
}

/// The successions between communes (10,572 rows; five island districts had no commune and stand for themselves).
pub fn commune_successions() -> Vec<Succession> {
    let read = |[before, after, partial, default]: [&str; 4]| {
        // District codes have three digits, commune codes five.
        let level = if before.len() == 3 { Level::District } else { Level::Commune };
        step((level, Level::Commune), before, after, partial == "1", default == "1")
    };
    lines(MAPPING).filter_map(read).collect()
}

/// The successions between provinces (63 rows).
pub fn province_successions() -> Vec<Succession> {
    let read = |[before, _, after]: [&str; 3]| step((Level::Province, Level::Province), before, after, false, true);
    lines(PROVINCES_BEFORE).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    fn count(era: Era, level: Level) -> usize {
        units().iter().filter(|unit| unit.era == era && unit.level == level).count()
    }

    #[test]
    fn every_unit_before_and_after_the_first_of_july_2025_is_there() {
        assert_eq!(count(Era::Before, Level::Province), 63);
        assert_eq!(count(Era::Before, Level::District), 696);
        assert_eq!(count(Era::Before, Level::Commune), 10_035);
        assert_eq!(count(Era::After, Level::Province), 34);
        assert_eq!(count(Era::After, Level::District), 0);
        assert_eq!(count(Era::After, Level::Commune), 3_321);
        assert_eq!(commune_successions().len(), 10_572);
        assert_eq!(province_successions().len(), 63);
    }

    #[test]
    fn ids_are_unique_and_every_parent_and_successor_exists() {
        let units = units();
        let ids: HashSet<i64> = units.iter().map(|unit| unit.id).collect();
        assert_eq!(ids.len(), units.len());
        for unit in &units {
            assert_eq!(unit.parent.is_none(), unit.level == Level::Province, "{unit:?}");
            assert!(unit.parent.is_none_or(|parent| ids.contains(&parent)), "{unit:?}");
            assert_ne!(unit.kind, "unit", "{unit:?}");
        }
        for step in commune_successions().iter().chain(&province_successions()) {
            assert!(ids.contains(&step.before) && ids.contains(&step.after), "{step:?}");
        }
    }

    #[test]
    fn every_old_commune_has_a_successor_and_every_new_one_a_predecessor() {
        let steps = commune_successions();
        let before: HashSet<i64> = steps.iter().map(|step| step.before).collect();
        let after: HashSet<i64> = steps.iter().map(|step| step.after).collect();
        for unit in units().iter().filter(|unit| unit.level == Level::Commune) {
            match unit.era {
                Era::Before => assert!(before.contains(&unit.id), "{unit:?}"),
                Era::After => assert!(after.contains(&unit.id), "{unit:?}"),
            }
        }
    }

    #[test]
    fn a_commune_goes_only_to_the_province_its_province_went_to() {
        let units: HashMap<i64, Unit> = units().into_iter().map(|unit| (unit.id, unit)).collect();
        let provinces: HashMap<i64, i64> =
            province_successions().iter().map(|step| (step.before, step.after)).collect();
        let province = |mut id: i64| {
            while let Some(parent) = units[&id].parent {
                id = parent;
            }
            id
        };
        for step in commune_successions() {
            assert_eq!(provinces[&province(step.before)], province(step.after), "{step:?}");
        }
    }

    #[test]
    fn giong_rieng_had_nineteen_communes_and_became_six() {
        let units = units();
        let district = unit_id(Era::Before, Level::District, "906");
        let before: HashSet<i64> = units.iter().filter(|unit| unit.parent == district).map(|unit| unit.id).collect();
        assert_eq!(before.len(), 19);
        let after: HashSet<i64> =
            commune_successions().iter().filter(|s| before.contains(&s.before)).map(|s| s.after).collect();
        let mut names: Vec<&str> = units.iter().filter(|unit| after.contains(&unit.id)).map(|unit| unit.name).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["Xã Giồng Riềng", "Xã Hòa Hưng", "Xã Hòa Thuận", "Xã Long Thạnh", "Xã Ngọc Chúc", "Xã Thạnh Hưng"]
        );
    }

    #[test]
    fn a_code_used_again_names_two_units() {
        let units = units();
        let find = |era, level, code| {
            let id = unit_id(era, level, code);
            units.iter().find(|unit| Some(unit.id) == id).map(|unit| (unit.name, unit.kind))
        };
        assert_eq!(find(Era::Before, Level::Commune, "30904"), Some(("Thị trấn Giồng Riềng", "township")));
        assert_eq!(find(Era::After, Level::Commune, "30904"), Some(("Xã Giồng Riềng", "commune")));
        assert_eq!(find(Era::Before, Level::Province, "91"), Some(("Tỉnh Kiên Giang", "province")));
        assert_eq!(find(Era::After, Level::Province, "91"), Some(("Tỉnh An Giang", "province")));
    }

    #[test]
    fn soc_trang_hau_giang_and_can_tho_became_can_tho_with_103_communes() {
        let units = units();
        let can_tho = unit_id(Era::After, Level::Province, "92").unwrap();
        let mut from: Vec<&str> = province_successions()
            .iter()
            .filter(|step| step.after == can_tho)
            .filter_map(|step| units.iter().find(|unit| unit.id == step.before))
            .map(|unit| unit.name)
            .collect();
        from.sort_unstable();
        assert_eq!(from, ["Thành phố Cần Thơ", "Tỉnh Hậu Giang", "Tỉnh Sóc Trăng"]);
        assert_eq!(units.iter().filter(|unit| unit.parent == Some(can_tho)).count(), 103);
    }

    #[test]
    fn no_line_of_the_shipped_files_is_dropped() {
        for (text, columns) in [
            (PROVINCES_BEFORE, 3),
            (PROVINCES_AFTER, 2),
            (DISTRICTS_BEFORE, 3),
            (COMMUNES_BEFORE, 3),
            (COMMUNES_AFTER, 3),
            (MAPPING, 4),
        ] {
            assert!(text.lines().all(|line| line.split(',').count() == columns));
        }
    }
}
