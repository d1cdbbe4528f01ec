//! Files in and out: what people hand in as documents becomes text here.
//!
//! Heavy readers (ZIP, XML, PDF) live in this crate and nowhere else. Every reader works within named
//! bounds, and what is over them is refused with the rule that refused it: a file from outside can be
//! built to harm.

mod document;
mod docx;
mod pdf;
mod plain;

pub use document::{DOCUMENT_BYTES_MAX, Format, Refusal, TEXT_BYTES_MAX, Text, read_document};
