//! A province that does not exist: its people and companies, and the days of its offices.

pub mod dice;
pub mod people;
