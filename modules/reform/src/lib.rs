//! reform
