//! Why a file is not taken, in the words of the product: which rule, and how to mend it.

use base::{Fault, Problem};
use sheets::Refusal;
use sheets::paper::Unfit;

/// A judgement as a fault that names the file.
pub(crate) fn fault(unfit: Unfit, name: &str) -> Fault {
    let problem = |code| Problem::new(code).arg("name", name);
    let refused = |code| Fault::UnsupportedType(problem(code));
    let found = |code, found: &str| Fault::UnsupportedType(problem(code).arg("found", found));
    match unfit {
        Unfit::Empty => Fault::invalid(problem("files-empty")),
        Unfit::Kind { found: kind } if kind.is_empty() => refused("files-type-refused"),
        Unfit::Kind { found: kind } => found("files-kind-refused", &kind),
        Unfit::Heic => refused("files-heic-refused"),
        Unfit::OldOffice { found: kind } => found("files-old-office-refused", &kind),
        Unfit::WebPage { found: kind } => found("files-web-page-refused", &kind),
        Unfit::Ending { found: kind } => found("files-extension-disagrees", &kind),
        Unfit::Locked => refused("files-locked-refused"),
        Unfit::Macros => refused("files-macros-refused"),
        Unfit::Active { found: kind } => found("files-active-refused", &kind),
        Unfit::Pixels { megapixels } => Fault::TooLarge(problem("files-pixels-refused").arg("megapixels", megapixels)),
        Unfit::Remote { found: kind } => found("files-remote-refused", &kind),
        Unfit::Broken => refused("files-broken"),
        Unfit::Stopped(Refusal::Busy) => Fault::Busy,
        Unfit::Stopped(Refusal::NotStarted) => Fault::internal("foreign files cannot be judged"),
        // Whatever it did to its reader, nobody else is to open it.
        Unfit::Stopped(_) => refused("files-harmful-refused"),
    }
}

/// The problems of a refused file at the form's field, so that the form can be shown again.
///
/// # Errors
/// What is no fault of the file: the service is busy, or our own.
pub fn at_field(fault: Fault, field: &str) -> Result<Vec<Problem>, Fault> {
    match fault {
        Fault::Invalid(problems) => Ok(problems.into_iter().map(|problem| problem.field(field)).collect()),
        Fault::TooLarge(problem) | Fault::UnsupportedType(problem) => Ok(vec![problem.field(field)]),
        other => Err(other),
    }
}
