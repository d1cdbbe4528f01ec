//! What every other crate stands on: ids, instants, the working-time calendar, codes, money, text folding, who may do what,
//! and the refusals a person can cause. No input or output, and no clock: the time is always a parameter.

pub mod actor;
pub mod calendar;
pub mod clean;
pub mod codes;
pub mod fault;
pub mod id;
pub mod locales;
pub mod months;
pub mod page;
pub mod person;
pub mod terms;
pub mod text;
pub mod time;
pub mod words;

pub use actor::{Actor, Grant, OwnRole, Permission, Role, is_root};
pub use calendar::{Basis, Calendar, DueDate, Extension, Limit, PausePolicy, WorkingHours};
pub use codes::plain as plain_code;
pub use codes::{AgencyCode, CitizenId, Dong, DossierCode, PersonNumber, Phone, Sex, TaxCode};
pub use fault::{BadData, Fault, Problem};
pub use id::Id;
pub use terms::Terms;
pub use text::fold;
pub use time::{Date, DateTime, Instant, Time, vn_date, vn_date_time, vn_date_words, vn_moment_words, vn_time};
pub use words::{Channel, Lang, Level, System};
