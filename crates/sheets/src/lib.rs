//! Files in and out: what people hand in is read and judged here.
//!
//! Heavy readers (ZIP, XML, PDF, pictures) live in this crate and nowhere else. Every reader works within named
//! bounds, and what is over them is refused with the rule that refused it: a file from outside can be
//! built to harm. What a bound of size does not hold, the reading process does (`apart.rs`, crate `sandbox`).

mod apart;
mod document;
mod docx;
pub mod paper;
mod pdf;
mod plain;
mod signature;

pub use apart::{judge_apart, read_apart, stopped};
pub use document::{DOCUMENT_BYTES_MAX, Format, Refusal, TEXT_BYTES_MAX, Text, read_document};

#[cfg(test)]
sandbox::test_entry!();
