//! Targets of plans, as dated data.

use base::Date;
use serde::Deserialize;
use std::sync::LazyLock;

/// What a plan asks for, within its period.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    id: String,
    from: Date,
    until: Date,
    /// In hundredths of a percent.
    pub basis_points: i64,
    pub source: String,
}

#[derive(Deserialize)]
struct File {
    target: Vec<Target>,
}

/// The shipped targets; a test reads the file.
static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let text = include_str!("../../../data/control/targets.toml");
    toml::from_str::<File>(text).map(|file| file.target).unwrap_or_default()
});

/// The target of procedures simplified in a year; none on a day that no plan speaks of.
pub fn simplified_on(day: Date) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.id == "simplified" && target.from <= day && day <= target.until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_holds_within_the_period_of_its_plan() {
        let on = |year, month, day| simplified_on(Date::constant(year, month, day)).map(|target| target.basis_points);
        assert_eq!(on(2021, 1, 1), Some(2_000));
        assert_eq!(on(2025, 12, 31), Some(2_000));
        assert_eq!((on(2020, 12, 31), on(2026, 1, 1)), (None, None));
        assert!(TARGETS.iter().all(|target| !target.source.is_empty() && target.from <= target.until));
    }
}
