//! The readers in a process of their own: what they do to themselves there, they do to nobody else.

use crate::document::{DOCUMENT_BYTES_MAX, Refusal, Text, read_document};
use crate::paper::{self, Judged, Unfit};
use sandbox::Stopped;

sandbox::task! {
    /// A document read as text; the argument is the file's name.
    TEXT = "sheets.text", |name, bytes| {
        let read = read_document(&bytes, Some(name).filter(|name| !name.is_empty()));
        serde_json::to_vec(&read).unwrap_or_default()
    };
    /// A paper judged: one line of JSON, then the bytes to keep when they are others.
    PAPER = "sheets.paper", |name, bytes| {
        let (judged, instead) = match paper::judge(&bytes, name) {
            Ok((judged, instead)) => (Ok(judged), instead),
            Err(unfit) => (Err(unfit), None),
        };
        let mut answer = serde_json::to_vec(&judged).unwrap_or_default();
        answer.push(b'\n');
        answer.extend(instead.unwrap_or_default());
        answer
    };
}

/// [`read_document`] in a process of its own. It takes its time: not on a thread that answers requests.
///
/// # Errors
/// As [`read_document`], and when the bounds of the process stopped it.
pub fn read_apart(bytes: &[u8], file_name: Option<&str>) -> Result<Text, Refusal> {
    // Nothing is started for what is refused anyway.
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(Refusal::TooLarge { max: DOCUMENT_BYTES_MAX });
    }
    let answer = sandbox::run(TEXT, file_name.unwrap_or(""), bytes).map_err(stopped)?;
    serde_json::from_slice(&answer).unwrap_or(Err(Refusal::NotStarted))
}

/// [`paper::judge`] in a process of its own: what the file is, and the bytes to keep instead when they are others. It takes its
/// time: not on a thread that answers requests.
///
/// # Errors
/// As [`paper::judge`], and when the bounds of the process stopped it.
pub fn judge_apart(bytes: &[u8], file_name: &str) -> Result<(Judged, Option<Vec<u8>>), Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    let mut answer = sandbox::run(PAPER, file_name, bytes).map_err(|why| Unfit::Stopped(stopped(why)))?;
    let broken = || Unfit::Stopped(Refusal::NotStarted);
    let line = answer.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
    let judged: Result<Judged, Unfit> = serde_json::from_slice(&answer[..line]).map_err(|_| broken())?;
    let judged = judged?;
    answer.drain(..=line);
    Ok((judged, Some(answer).filter(|bytes| !bytes.is_empty())))
}

/// The reading process's end in the words of a refusal.
pub fn stopped(why: Stopped) -> Refusal {
    match why {
        Stopped::Memory { max_bytes } => Refusal::Memory { max: max_bytes },
        Stopped::Time { max_seconds } => Refusal::TooSlow { max: max_seconds },
        Stopped::Stack => Refusal::Endless,
        Stopped::Output { max_bytes } => Refusal::TextTooLong { max: usize::try_from(max_bytes).unwrap_or(usize::MAX) },
        Stopped::Crashed => Refusal::Broken { what: "the reader broke down".into() },
        Stopped::Busy => Refusal::Busy,
        Stopped::NotStarted => Refusal::NotStarted,
    }
}
