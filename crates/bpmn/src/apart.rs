//! The reader in a process of its own: a file from outside is not read in the one that answers requests.

use crate::model::Diagram;
use crate::read::{read, text};
use crate::refusal::{BYTES_MAX, LeftOut, Refusal};
use sandbox::Stopped;

type Read = Result<(Diagram, Vec<LeftOut>), Refusal>;

sandbox::task! {
    /// A diagram read from a file's bytes.
    DIAGRAM = "bpmn.diagram", |_, bytes| {
        let read: Read = text(&bytes).and_then(|text| read(&text));
        serde_json::to_vec(&read).unwrap_or_default()
    };
}

/// [`read`](crate::read()) in a process of its own. It takes its time: not on a thread that answers requests.
///
/// # Errors
/// As [`read`](crate::read()), when the bytes are no Unicode, and when the bounds of the process stopped it.
pub fn read_apart(bytes: &[u8]) -> Read {
    // Nothing is started for what is refused anyway.
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > BYTES_MAX {
        return Err(Refusal::TooLarge { max: BYTES_MAX });
    }
    let answer = sandbox::run(DIAGRAM, "", bytes).map_err(|why| match why {
        Stopped::Busy => Refusal::Busy,
        why => Refusal::Stopped { why: why.to_string() },
    })?;
    let broken = |error: serde_json::Error| Refusal::Stopped { why: error.to_string() };
    serde_json::from_slice(&answer).map_err(broken)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_apart_as_it_is_here() {
        let diagram = Diagram { id: "p".into(), name: "Đăng ký".into(), ..Diagram::default() };
        let xml = crate::write(&diagram);
        assert_eq!(read_apart(xml.as_bytes()), Ok((diagram, vec![])));
        assert_eq!(read_apart(b"<a/>"), read("<a/>"));
        assert_eq!(read_apart(b"\xFF\xFE\x00"), Err(Refusal::Encoding));
        assert_eq!(read_apart(b""), Err(Refusal::Empty));
        assert_eq!(read_apart(&vec![b' '; BYTES_MAX + 1]), Err(Refusal::TooLarge { max: BYTES_MAX }));
    }
}
