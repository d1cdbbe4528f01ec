//! A document read as a plan. It comes from outside, so both readers, of bytes and of text, work in a process of their own
//! (crate `sandbox`): page and command line alike.

use crate::document::{Body, ITEMS_MAX, TEXT_BYTES_MAX};
use base::{Fault, Problem};
use planreader::{Metadata, Plan};
use serde::{Deserialize, Serialize};
use sheets::{Format, Refusal};
use thiserror::Error;

/// A text read as a plan, not yet kept.
#[derive(Clone, Debug)]
pub struct Reading {
    pub file_name: String,
    /// 'text', 'markdown', 'docx', 'pdf'.
    pub format: &'static str,
    pub text: String,
    pub metadata: Metadata,
    pub items: Vec<Body>,
}

/// What the reading process answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    pub text: String,
    pub format: Format,
    pub plan: Plan,
}

/// Why a document is not read as a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Unread {
    #[error("{0}")]
    Refused(Refusal),
    #[error("văn bản dài hơn {max} byte / the text is longer than {max} bytes")]
    TextTooLong { max: usize },
    #[error("văn bản có hơn {max} mục / the text has more than {max} items")]
    TooManyItems { max: usize },
}

impl Unread {
    /// A stable name of the rule, for logs and tests.
    pub fn rule(&self) -> &'static str {
        match self {
            Unread::Refused(refusal) => refusal.rule(),
            Unread::TextTooLong { .. } => "plan_text_bytes",
            Unread::TooManyItems { .. } => "plan_items",
        }
    }
}

sandbox::task! {
    /// The argument is the file's name.
    READ = "plans.read", |name, bytes| serde_json::to_vec(&read_here(&bytes, name)).unwrap_or_default();
}

/// Reads bytes as a plan in this very process. For bytes of our own and for the reading process; [`read_apart`] for others.
///
/// # Errors
/// The rule that refuses them.
pub fn read_here(bytes: &[u8], file_name: &str) -> Result<Read, Unread> {
    let read = sheets::read_document(bytes, Some(file_name)).map_err(Unread::Refused)?;
    if read.text.len() > TEXT_BYTES_MAX {
        return Err(Unread::TextTooLong { max: TEXT_BYTES_MAX });
    }
    // One kind of line end, so that what a browser sends back can be found; a NUL is no letter in any database.
    let text = read.text.replace("\r\n", "\n").replace('\0', "\u{fffd}");
    let plan = planreader::read_plan(&text);
    if plan.targets.len() + plan.tasks.len() + plan.reports.len() > ITEMS_MAX {
        return Err(Unread::TooManyItems { max: ITEMS_MAX });
    }
    Ok(Read { text, format: read.format, plan })
}

/// The same in a process of its own. It takes its time: off the threads that answer requests.
///
/// # Errors
/// The rule that refuses them, and the bounds of the process.
pub fn read_apart(bytes: &[u8], file_name: &str) -> Result<Read, Unread> {
    if bytes.is_empty() {
        return Err(Unread::Refused(Refusal::Empty));
    }
    if bytes.len() > sheets::DOCUMENT_BYTES_MAX {
        return Err(Unread::Refused(Refusal::TooLarge { max: sheets::DOCUMENT_BYTES_MAX }));
    }
    let answer = sandbox::run(READ, file_name, bytes).map_err(|why| Unread::Refused(sheets::stopped(why)))?;
    serde_json::from_slice(&answer).unwrap_or(Err(Unread::Refused(Refusal::NotStarted)))
}

/// Reads a file's bytes as a plan, for the page.
///
/// # Errors
/// 413, 415 or 422 with the rule and the field `document`; 503 while too many are being read.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Reading, Fault> {
    let read = read_apart(bytes, file_name).map_err(|unread| refused(&unread))?;
    let format = match read.format {
        Format::Plain => "text",
        Format::Markdown => "markdown",
        Format::Docx => "docx",
        Format::Pdf => "pdf",
    };
    let metadata = read.plan.metadata.clone();
    let items = crate::document::bodies(read.plan);
    Ok(Reading { file_name: file_name.to_owned(), format, text: read.text, metadata, items })
}

/// A reader's refusal in the words of the page.
fn refused(unread: &Unread) -> Fault {
    use Refusal as R;
    let problem = |code| Problem::new(code).field("document");
    let megabytes = |max: &usize| (max / 1024 / 1024).max(1);
    let refusal = match unread {
        Unread::Refused(refusal) => refusal,
        Unread::TextTooLong { max } => {
            return Fault::TooLarge(problem("plan-text-too-long").arg("max", megabytes(max)));
        }
        Unread::TooManyItems { max } => return Fault::TooLarge(problem("plan-too-many-items").arg("max", max)),
    };
    match refusal {
        R::Empty => Fault::invalid(problem("plan-refused-empty")),
        R::Broken { .. } => Fault::invalid(problem("plan-refused-broken")),
        R::TooLarge { max } | R::Unpacked { max } | R::TextTooLong { max } => {
            Fault::TooLarge(problem("plan-refused-bytes").arg("max", megabytes(max)))
        }
        R::CellTooLong { max } => Fault::TooLarge(problem("plan-refused-cell").arg("max", max)),
        R::TooManyEntries { max } | R::TooDeep { max } | R::TooWide { max } => {
            Fault::TooLarge(problem("plan-refused-shape").arg("max", max))
        }
        R::TooManyPages { max } => Fault::TooLarge(problem("plan-refused-pages").arg("max", max)),
        R::TooSlow { max } => Fault::TooLarge(problem("plan-refused-slow").arg("max", max)),
        R::Memory { max } => Fault::TooLarge(problem("plan-refused-memory").arg("max", max / 1024 / 1024)),
        R::Endless => Fault::UnsupportedType(problem("plan-refused-endless")),
        R::NoTextLayer => Fault::UnsupportedType(problem("plan-refused-scan")),
        R::Locked => Fault::UnsupportedType(problem("plan-refused-locked")),
        R::Encoding => Fault::UnsupportedType(problem("plan-refused-encoding")),
        R::Kind { found } if matches!(found.as_ref(), "HTML" | "MHTML") => {
            Fault::UnsupportedType(problem("plan-refused-web-page").arg("found", found))
        }
        R::Font { font } => Fault::UnsupportedType(problem("plan-refused-font").arg("font", font)),
        R::Kind { found } => Fault::UnsupportedType(problem("plan-refused-kind").arg("found", found)),
        R::Busy => Fault::Busy,
        R::NotStarted => Fault::internal("the reading process does not start"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(fault: Fault) -> (&'static str, &'static str) {
        match fault {
            Fault::Invalid(problems) => ("422", problems[0].code),
            Fault::TooLarge(problem) => ("413", problem.code),
            Fault::UnsupportedType(problem) => ("415", problem.code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refused_document_names_its_rule_and_its_field() {
        let refusal = |bytes: &[u8], name| code(read(bytes, name).unwrap_err());
        assert_eq!(refusal(b"", "a.txt"), ("422", "plan-refused-empty"));
        assert_eq!(refusal(b"\xD0\xCF\x11\xE0", "a.doc"), ("415", "plan-refused-kind"));
        assert_eq!(refusal(b"<!DOCTYPE html><p>- 85%</p>", "a.pdf"), ("415", "plan-refused-web-page"));
        assert_eq!(refusal(b"K\xCA ho\xBAch", "a.txt"), ("415", "plan-refused-encoding"));
        assert_eq!(refusal(b"PK\x03\x04broken", "a.docx").0, "422");
        let long = "a ".repeat(TEXT_BYTES_MAX / 2 + 1);
        assert_eq!(refusal(long.as_bytes(), "a.txt"), ("413", "plan-text-too-long"));
    }

    #[test]
    fn line_ends_of_other_systems_become_one_kind_before_the_reading() {
        let reading = read("MỤC TIÊU\r\n- Đến năm 2025, tối thiểu 80% hồ sơ.\r\n".as_bytes(), "a.txt").unwrap();
        assert!(!reading.text.contains('\r'));
        let body = &reading.items[0];
        assert_eq!(crate::document::locate(&reading.text, body.quote(), body.offset()), Some(body.offset()));
    }
}
