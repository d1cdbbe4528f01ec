//! The web edge: request context, access, forms and their safety, layout, components, assets, charts, exports.
//!
//! A module hands in a [`Module`] with its [`Routes`]; [`build_router`] turns all of them into one service. A
//! handler takes a [`Ctx`] and returns an [`Answer`]; any [`base::Fault`] it meets becomes a page (or
//! `application/problem+json`) in the reader's language.

extern crate self as web;

mod again;
mod app;
mod asked;
pub mod assets;
pub mod calm;
pub mod chart;
mod cleaning;
pub mod cookie;
mod ctx;
mod days;
mod failure;
mod form;
mod kept;
mod language;
mod layout;
pub mod limits;
pub mod once;
mod paging;
pub mod params;
mod printed;
mod pulse;
mod refill;
mod router;
mod routes;
pub mod safety;
mod sent;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod ui;
pub mod upload;
mod watched;

/// The tables of the edge: requests that came with a key, and the pulse of readiness.
pub const MIGRATIONS: store::Migrations =
    store::Migrations { module: "web", steps: &[("0001_edge", include_str!("../migrations/0001_edge.sql"))] };

pub use app::{
    AfterRequest, AgencyName, Answered, App, AppInner, BeforeRequest, Clock, ExportedRows, Extensions, Home, Hook,
    Module, NavCount, NavCounts, NavItem, NoSessions, Permissions, SearchBox, Sessions, SignedIn, home,
};
pub use asked::{Asked, Part};
pub use cleaning::knows_text_area;
pub use ctx::{Ctx, PublicUrl};
pub use days::{asked_day, day_shown, iso_day};
pub use failure::{Answer, Failure};
pub use form::{Form, FormMap, Json, Query};
pub use futures_util::future::BoxFuture;
pub use kept::{FormProof, KEPT_FORM_MS_MAX, KeptForm};
pub use language::safe_next;
pub use printed::pdf;
pub use pulse::can_write;
pub use router::{base_locales, build_router, locales, routes};
pub use routes::{Access, RouteEntry, Routes};
pub use sent::{BODY, Sent};
pub use ui::{Breadcrumb, Choice, error_of, icon, is_line, percent_width, problem_text, same};
pub use upload::{PatientUpload, Upload, Uploaded};
pub use watched::{Watched, fresh, reload};
