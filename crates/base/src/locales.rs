//! The messages behind every [`Problem`](crate::Problem) code of this crate, as Fluent texts.

/// Name of the module, the prefix of its message keys.
pub const MODULE: &str = "base";
/// Vietnamese messages.
pub const VI: &str = include_str!("../locales/vi.ftl");
/// English messages.
pub const EN: &str = include_str!("../locales/en.ftl");
