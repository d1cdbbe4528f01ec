//! Printed forms: a template of a module, filled with data, comes out as a PDF for the archive.
//!
//! Knows no business. A module names its forms ([`templates!`]), each a Typst text in the look of a Vietnamese state form
//! (`look.typ`), and hands over anything that serialises. Data is read by the template as JSON and never becomes part of its text:
//! whatever somebody typed is printed and nothing of it is obeyed. What comes out is PDF/A-2a and PDF/UA-1: tagged, in Vietnamese,
//! with its typeface within; the same data at the same moment gives the same bytes.

mod letters;
mod press;
mod qr;
mod sheet;
mod template;
mod world;

#[doc(hidden)]
pub use linkme;
pub use press::{Failed, PAGES_MAX, Pdf, print, render};
pub use qr::{QR_BYTES_MAX, qr};
pub use sheet::{DATA_BYTES_MAX, Sheet};
pub use template::{TEMPLATES, Template};
