//! Who there is: the country's administrative units on both sides of 01/07/2025 with their succession, and the agencies of a province
//! with their codes, divisions, service centres and history.

mod blueprint;
pub mod shipped;
mod tree;

pub use blueprint::{BadFile, Blueprint, blueprint, demo_tree};
pub use tree::{Agency, Kind, Tree};
