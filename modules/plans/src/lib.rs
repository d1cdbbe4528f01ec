//! Plans: programmes and tasks read from documents.

pub mod cli;
