//! Petitions and recommendations (phản ánh, kiến nghị): sent by anybody, sorted, worked on under a clock, answered by the head and
//! published without a name. The first register on the shared pieces ([`records`]).

pub mod actions;
pub mod api;
mod apply;
pub mod dialogue;
pub mod heard;
mod key;
mod letter;
mod module;
mod moving;
pub mod office;
mod open_work;
mod pages;
pub mod petition;
mod publishing;
pub mod rights;
pub mod rules;
pub mod store;
mod together;
pub mod verbs;

pub use actions::{Receipt, act, send, take};
pub use apply::MEASURES;
pub use module::{KIND, TOPIC, module};
pub use moving::move_to;
pub use open_work::open_at;
pub use pages::{list as public_list, lists, work as office_list};
pub use petition::{Petition, State};
pub use rules::{House, Looked};
pub use together::JOINED_MAX;

/// The tables this module owns.
pub const MIGRATIONS: ::store::Migrations = ::store::Migrations {
    module: "feedback",
    steps: &[
        ("0001_create", include_str!("../migrations/0001_create.sql")),
        ("0002_dialogues", include_str!("../migrations/0002_dialogues.sql")),
        ("0003_together", include_str!("../migrations/0003_together.sql")),
        ("0004_lists", include_str!("../migrations/0004_lists.sql")),
        ("0005_heard", include_str!("../migrations/0005_heard.sql")),
        ("0006_dossier", include_str!("../migrations/0006_dossier.sql")),
    ],
};
