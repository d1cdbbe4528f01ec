//! The one-stop: dossiers from intake to return, their clock, worklists and register.

pub mod actions;
pub mod api;
pub mod apply;
pub mod aside;
mod begun;
pub mod bulk;
pub mod correct;
pub mod dates;
pub mod decide;
pub mod dossier;
pub mod filing;
pub mod finding;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod fixture_db;
pub mod forms;
pub mod happening;
pub mod issue;
pub(crate) mod marks;
pub mod measures;
pub(crate) mod mishap;
mod module;
pub mod moving;
mod open_work;
pub mod opinion;
pub(crate) mod opinion_store;
pub mod owed;
mod owner;
pub mod pages;
pub mod papers;
pub mod part;
pub(crate) mod part_store;
pub mod person;
pub mod places;
pub mod rating;
pub mod reading;
pub mod report;
pub mod reuse;
pub mod rights;
pub mod row;
pub mod signing;
pub mod store;
pub mod topics;
mod uploads;
pub mod verbs;
pub mod verify;
pub mod wording;
pub mod worklist;
pub mod written;
pub(crate) mod written_store;

#[cfg(test)]
sandbox::test_entry!();

pub use actions::linked_prefix;
pub use actions::{
    Act, By, CounterIntake, House, LinkedTyped, NewPaper, act, check_together, file_online, file_online_with, new_id,
    receive_at_counter, together,
};
pub use dossier::{Applicant, Component, ComponentState, Dossier, Outcome, PaperKind, Status};
pub use filing::{Brought, Handed};
pub use measures::{MEASURES, flag};
pub use module::module;
pub use open_work::open_at;
pub use pages::{SEARCH_BOX, lists, nav_counts};
pub use places::places_of;

/// Wordings of papers among the kinds of the program.
pub const WORDINGS: records::Kind = records::Kind::of::<wording::Template>(
    &[],
    &[records::DueKind {
        name: wording::template::ANNOUNCE,
        word: "wording-due-announce",
        right: rights::ANNOUNCE_WORDINGS,
        served: false,
    }],
    rights::READ_WORDINGS,
    wording::pages::cards,
)
.searched("wording-title", "");

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "dossiers",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_owner_number", include_str!("../migrations/0002_owner_number.sql")),
        ("0003_papers", include_str!("../migrations/0003_papers.sql")),
        ("0004_words", include_str!("../migrations/0004_words.sql")),
        ("0005_papers_of_persons", include_str!("../migrations/0005_papers_of_persons.sql")),
        ("0006_rules", include_str!("../migrations/0006_rules.sql")),
        ("0007_rating", include_str!("../migrations/0007_rating.sql")),
        ("0008_remarks", include_str!("../migrations/0008_remarks.sql")),
        ("0009_dues", include_str!("../migrations/0009_dues.sql")),
        ("0010_notices", include_str!("../migrations/0010_notices.sql")),
        ("0011_decided_by", include_str!("../migrations/0011_decided_by.sql")),
        ("0012_links", include_str!("../migrations/0012_links.sql")),
        ("0013_put_off", include_str!("../migrations/0013_put_off.sql")),
        ("0014_handing", include_str!("../migrations/0014_handing.sql")),
        ("0015_opinions", include_str!("../migrations/0015_opinions.sql")),
        ("0016_parts", include_str!("../migrations/0016_parts.sql")),
        ("0017_moved", include_str!("../migrations/0017_moved.sql")),
        ("0018_moved_days", include_str!("../migrations/0018_moved_days.sql")),
        ("0019_drafts_of_results", include_str!("../migrations/0019_drafts_of_results.sql")),
        ("0020_branches", include_str!("../migrations/0020_branches.sql")),
        ("0021_mishaps", include_str!("../migrations/0021_mishaps.sql")),
        ("0022_begun", include_str!("../migrations/0022_begun.sql")),
    ],
};
