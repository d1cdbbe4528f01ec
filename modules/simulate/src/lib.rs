//! A province that does not exist: its people and companies, the days of its offices, and its dossiers' lives.

mod answers;
pub mod dice;
pub mod life;
mod officials;
pub mod people;
mod returning;
mod run;
pub mod volume;

pub use officials::Officials;
pub use run::{Made, Plan, Stage, run};
