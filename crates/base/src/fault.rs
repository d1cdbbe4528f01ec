//! Why an action was not done. What a person can cause names the rule and the field; everything else is one opaque fault.

use serde::Serialize;
use std::fmt;

/// One thing that is wrong, for the person who can put it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code, which is also the Fluent key of the message, such as `dossier-reason-required`.
    pub code: &'static str,
    /// The form or JSON field it concerns.
    pub field: Option<String>,
    /// The article it rests on, such as `NĐ 118/2025 Điều 17`.
    pub rule: Option<&'static str>,
    /// Values named in the message.
    pub args: Vec<(String, String)>,
}

impl Problem {
    /// A problem with its code only.
    pub fn new(code: &'static str) -> Self {
        Problem { code, field: None, rule: None, args: Vec::new() }
    }

    /// A text of more than so many letters.
    pub fn too_long(max: usize) -> Self {
        Problem::new("base-text-long").arg("max", max)
    }

    /// Names the field it concerns.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the article it rests on.
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Gives the message one value.
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
}

impl fmt::Display for Problem {
    /// The code and the field, for logs; the values a person typed are left out on purpose (personal data).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        self.field.as_ref().map_or(Ok(()), |field| write!(f, " ({field})"))
    }
}

impl std::error::Error for Problem {}

/// A data file that ships with the program and cannot be used: a sentence naming the file. A test of its reader keeps it from happening.
#[derive(Debug)]
pub struct BadData(pub String);

impl fmt::Display for BadData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadData {}

/// The outcome of an action that was not done. Each kind has its HTTP status ([`Fault::status`]).
#[derive(Debug)]
pub enum Fault {
    /// What was sent breaks rules; at least one problem.
    Invalid(Vec<Problem>),
    /// It no longer fits the present state (somebody else was quicker, or the step is not allowed now).
    Conflict(Problem),
    /// This account may not do it.
    Forbidden(Problem),
    /// There is no such thing, or none this account may know of. The value is a Fluent key.
    NotFound(&'static str),
    /// Nobody is signed in.
    SignInNeeded,
    /// Larger than the stated limit.
    TooLarge(Problem),
    /// A kind of file or content that is not accepted.
    UnsupportedType(Problem),
    /// Too many requests; try again after so many seconds.
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The database is busy beyond its bound; trying again is right.
    Busy,
    /// Our own fault; logged once at the edge, never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// One broken rule.
    pub fn invalid(problem: Problem) -> Self {
        Fault::Invalid(vec![problem])
    }

    /// Wraps an error nobody outside can cause.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Fault::Internal(error.into())
    }

    /// The HTTP status of this kind.
    pub const fn status(&self) -> u16 {
        match self {
            Fault::Invalid(_) => 422,
            Fault::Conflict(_) => 409,
            Fault::Forbidden(_) => 403,
            Fault::NotFound(_) => 404,
            Fault::SignInNeeded => 401,
            Fault::TooLarge(_) => 413,
            Fault::UnsupportedType(_) => 415,
            Fault::TooMany { .. } => 429,
            Fault::Busy => 503,
            Fault::Internal(_) => 500,
        }
    }

    /// The problems it carries, for showing beside the fields.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Fault::Invalid(list) => list,
            Fault::Conflict(p) | Fault::Forbidden(p) | Fault::TooLarge(p) | Fault::UnsupportedType(p) => {
                std::slice::from_ref(p)
            }
            _ => &[],
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status())?;
        match self {
            Fault::NotFound(key) => write!(f, " {key}"),
            Fault::Internal(error) => write!(f, " {error}"),
            other => other.problems().iter().try_for_each(|p| write!(f, " {p}")),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Fault::Internal(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Fault::invalid(problem)
    }
}

impl From<Vec<Problem>> for Fault {
    fn from(problems: Vec<Problem>) -> Self {
        Fault::Invalid(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_in_the_log_names_the_code_and_field_but_not_what_was_typed() {
        let p = Problem::new("base-phone-shape").field("phone").rule("R").arg("value", "0912345678");
        assert_eq!(p.to_string(), "base-phone-shape (phone)");
        let fault = Fault::from(p);
        assert_eq!(fault.to_string(), "422 base-phone-shape (phone)");
        assert_eq!(fault.problems().len(), 1);
    }

    #[test]
    fn an_internal_fault_keeps_its_source() {
        let fault = Fault::internal("disk full");
        assert_eq!(fault.status(), 500);
        assert_eq!(std::error::Error::source(&fault).unwrap().to_string(), "disk full");
        assert!(fault.problems().is_empty());
    }
}
