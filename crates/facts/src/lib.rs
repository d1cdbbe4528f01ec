//! Facts, their roll-up, and the indicators evaluated over them.
//!
//! A *fact* says that something countable happened on a day at an agency: "a dossier was received online", "a dossier was
//! settled on time". Actions append facts in their own transaction. In the background facts are rolled up by period and
//! node of the agency tree; a reading adds the rows not yet rolled up, in one snapshot, so that it is exact at every
//! moment. *Indicators* are dated definitions (TOML) of a numerator and a denominator over facts.
//!
//! Facts are derived: `verify` rebuilds them from the events and compares.

mod append;
mod cases;
mod cut;
mod fact;
mod figure;
mod indicator;
mod measure;
mod read;
mod rebuild;
mod rollup;

pub use append::{INSERT_FACT, append, fact_rows, judge, set_scope};
pub use cases::{Asked, Case, Part, Spot, cases, count_cases};
pub use cut::{By, Cut, Single, Slice, agencies_of, cells_by, cut, of_procedure, singles};
pub use fact::Fact;
pub use figure::{Cell, Cube, Figure, Filter};
pub use indicator::{Count, Indicator, Indicators, Unit, Written, WrittenCount};
pub use measure::{DONG_MAX, Measure, Measures, Quantity};
pub use read::{
    by_unit, cube, cube_by_month, cubes_by_unit, figures_by_measure, generation, rolled_by_unit, rolled_cube,
    series_by_month, tail, tail_by_unit, value,
};
pub use rebuild::{Group, Sum, facts_of_group, forget_group, hold, set_sums};
pub use rollup::{Rollup, Word, Words, rebuild_rollup, roll_up};

/// The tables this crate owns.
pub const MIGRATIONS: store::Migrations = store::Migrations {
    module: "facts",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_official", include_str!("../migrations/0002_official.sql")),
    ],
};
