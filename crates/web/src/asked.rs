//! What a request says about the bytes it wants: all of them, a part, only when they changed, to look at or to keep.
//! RFC 9110, sections 13 and 14.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

/// The conditions of a request for a file's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `Range`, as sent.
    pub range: Option<String>,
    /// `If-Range`: the part is wanted only of these very bytes.
    pub if_range: Option<String>,
    /// `If-None-Match`: the client's copies.
    pub if_none_match: Option<String>,
    /// `?view=1`: to be looked at in the browser instead of being saved.
    pub view: bool,
}

/// Which bytes an answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All: 200.
    Whole,
    /// From the first to the last of these, counted from 0: 206.
    Bytes { first: u64, last: u64 },
    /// The client has them already: 304.
    Unchanged,
    /// None of what is asked for exists: 416.
    Nowhere,
}

impl Part {
    /// Status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Part::Whole => StatusCode::OK,
            Part::Bytes { .. } => StatusCode::PARTIAL_CONTENT,
            Part::Unchanged => StatusCode::NOT_MODIFIED,
            Part::Nowhere => StatusCode::RANGE_NOT_SATISFIABLE,
        }
    }

    /// First byte and number of bytes sent, of `size`.
    pub fn span(self, size: u64) -> (u64, u64) {
        match self {
            Part::Whole => (0, size),
            Part::Bytes { first, last } => (first, last - first + 1),
            Part::Unchanged | Part::Nowhere => (0, 0),
        }
    }

    /// The `Content-Range` of the answer, where it has one.
    pub fn content_range(self, size: u64) -> Option<HeaderValue> {
        let text = match self {
            Part::Bytes { first, last } => format!("bytes {first}-{last}/{size}"),
            Part::Nowhere => format!("bytes */{size}"),
            Part::Whole | Part::Unchanged => return None,
        };
        HeaderValue::from_str(&text).ok()
    }
}

impl Asked {
    pub(crate) fn read(uri: &Uri, headers: &HeaderMap) -> Asked {
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Asked {
            range: text(header::RANGE),
            if_range: text(header::IF_RANGE),
            if_none_match: text(header::IF_NONE_MATCH),
            view: uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "view=1")),
        }
    }

    /// The bytes to send of a file of `size` whose entity tag is `tag` (with its quotes). One range is served; several, or
    /// other units, are answered with the whole, as the standard allows.
    pub fn part(&self, tag: &str, size: u64) -> Part {
        let same = |text: &str| text.trim().trim_start_matches("W/") == tag;
        if self.if_none_match.as_deref().is_some_and(|all| all.trim() == "*" || all.split(',').any(same)) {
            return Part::Unchanged;
        }
        // A date can be no proof of the very same bytes: only the tag counts.
        if self.if_range.as_deref().is_some_and(|known| known.trim() != tag) {
            return Part::Whole;
        }
        self.range.as_deref().map_or(Part::Whole, |range| range_of(range, size))
    }
}

/// The text when it is a number without a sign.
fn number(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn range_of(range: &str, size: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|one| one.trim().split_once('-')) else {
        return Part::Whole;
    };
    let end = size.saturating_sub(1);
    // A number too long for 64 bits lies beyond every file.
    let value = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    match (number(first), number(last)) {
        (Some(_), None) if !last.is_empty() => Part::Whole,
        (Some(first), Some(last)) if value(first) > value(last) => Part::Whole,
        (Some(first), last) => match value(first) {
            first if first >= size => Part::Nowhere,
            first => Part::Bytes { first, last: last.map_or(end, value).min(end) },
        },
        (None, Some(tail)) if first.is_empty() => match value(tail).min(size) {
            0 => Part::Nowhere,
            tail => Part::Bytes { first: size - tail, last: end },
        },
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Part {
        Asked { range: Some(text.into()), ..Asked::default() }.part("\"t\"", 1000)
    }

    #[test]
    fn one_range_of_bytes_is_served_and_what_is_not_understood_is_the_whole() {
        assert_eq!(range("bytes=0-99"), Part::Bytes { first: 0, last: 99 });
        assert_eq!(range("bytes=900-"), Part::Bytes { first: 900, last: 999 });
        assert_eq!(range("bytes=990-5000"), Part::Bytes { first: 990, last: 999 });
        assert_eq!(range("bytes=-10"), Part::Bytes { first: 990, last: 999 });
        assert_eq!(range("bytes=-5000"), Part::Bytes { first: 0, last: 999 });
        for beyond in ["bytes=1000-", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(range(beyond), Part::Nowhere, "{beyond}");
        }
        for odd in
            ["bytes=5-4", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=1-b", "bytes=", "bytes=-", "bytes=+1-2"]
        {
            assert_eq!(range(odd), Part::Whole, "{odd}");
        }
        assert_eq!(range("bytes=990-5000").content_range(1000).unwrap(), "bytes 990-999/1000");
        assert_eq!(range("bytes=1000-").content_range(1000).unwrap(), "bytes */1000");
        assert_eq!((Part::Whole.span(7), range("bytes=-10").span(1000)), ((0, 7), (990, 10)));
    }

    #[test]
    fn a_part_is_given_of_the_very_same_bytes_only_and_a_known_copy_is_not_sent_again() {
        let asked = |if_range: &str, none: &str| Asked {
            range: Some("bytes=0-0".into()),
            if_range: Some(if_range.to_owned()).filter(|text| !text.is_empty()),
            if_none_match: Some(none.to_owned()).filter(|text| !text.is_empty()),
            view: false,
        };
        assert_eq!(asked("\"t\"", "").part("\"t\"", 9), Part::Bytes { first: 0, last: 0 });
        for other in ["\"u\"", "W/\"t\"", "Sun, 29 Nov 2026 07:00:00 GMT"] {
            assert_eq!(asked(other, "").part("\"t\"", 9), Part::Whole, "{other}");
        }
        for known in ["\"t\"", "*", "\"u\", \"t\"", "W/\"t\""] {
            assert_eq!(asked("", known).part("\"t\"", 9), Part::Unchanged, "{known}");
        }
        assert_eq!(asked("", "\"u\"").part("\"t\"", 9), Part::Bytes { first: 0, last: 0 });
    }
}
