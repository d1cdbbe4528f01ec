//! Files people hand in: judged by their content in a process of its own (`sheets::paper`), kept under their hash beside the database, given out only to those
//! who may see them.
//!
//! Order of a hand-in: [`Store::stage`] puts the bytes safely on disk (nothing is promised yet), then the action's
//! transaction calls [`keep`]. If the transaction fails, the bytes are an orphan that [`Store::sweep`] takes away
//! after [`ORPHAN_MS`]. A row never points to bytes that are not on disk.

mod disk;
mod download;
mod fit;
mod rows;
mod scanner;
mod seal;

pub use disk::{Damage, Staged, Store};
pub use download::{download, give};
pub use fit::at_field;
pub use rows::{File, file, files_of, forget, give_one, hand_over, is_kept, keep, read as read_row, some};
pub use scanner::{Scanner, WhenAway};
pub use seal::Seal;

/// One file: a scanned paper of some dozens of pages. The same bound as the web edge's.
pub const FILE_BYTES_MAX: u64 = web::limits::UPLOAD_BYTES_MAX;
/// How long bytes without a row are left alone, in milliseconds: longer than any hand-in takes.
pub const ORPHAN_MS: i64 = 24 * 3_600_000;

/// The `file` table.
pub const MIGRATIONS: ::store::Migrations =
    ::store::Migrations { module: "files", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };

/// The words of the refusals.
pub fn locales() -> i18n::Source {
    i18n::Source { module: "files", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") }
}
