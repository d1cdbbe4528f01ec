//! What is owed as a calendar file (RFC 5545).

use base::Instant;

/// Longest line in bytes, without its end (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Stays the same as long as it is the same thing that is owed.
    pub uid: String,
    pub at: Instant,
    pub summary: String,
    /// Where it is opened; empty for nowhere.
    pub url: String,
}

/// A calendar of moments, made at `now`.
pub fn calendar(name: &str, entries: &[CalendarEntry], now: Instant) -> String {
    let mut out = String::new();
    let mut line = |text: String| fold(&mut out, &text);
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//motcua//due//VI", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        line(text.to_owned());
    }
    line(format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}", entry.uid));
        line(format!("DTSTAMP:{}", utc(now)));
        line(format!("DTSTART:{}", utc(entry.at)));
        line(format!("SUMMARY:{}", escaped(&entry.summary)));
        if !entry.url.is_empty() {
            line(format!("URL:{}", entry.url));
        }
        line("TRANSP:TRANSPARENT".to_owned());
        line("END:VEVENT".to_owned());
    }
    line("END:VCALENDAR".to_owned());
    out
}

/// `20261125T020000Z`. Local time is seven hours ahead all year round.
fn utc(at: Instant) -> String {
    at.plus_ms(-7 * 3_600_000).local().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, broken where it is too long, never within a letter.
fn fold(out: &mut String, line: &str) {
    let mut bytes = 0;
    for c in line.chars() {
        if bytes + c.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(c);
        bytes += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Date;

    #[test]
    fn long_vietnamese_lines_are_folded_between_letters_and_marks_are_escaped() {
        let at = Instant::from_local(Date::constant(2026, 11, 25).at(9, 0, 0, 0));
        let summary = "Trả lời; phản ánh, kiến nghị \\ ".to_owned() + &"Đường ngập nước ".repeat(12) + "\nhết";
        let entry = CalendarEntry { uid: "1-a@motcua".into(), at, summary: summary.clone(), url: String::new() };
        let text = calendar("Việc của tôi", &[entry], at);
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX));
        assert!(text.contains("DTSTART:20261125T020000Z\r\n"));
        let unfolded = text.replace("\r\n ", "");
        let wanted = summary.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
        assert!(unfolded.contains(&format!("SUMMARY:{wanted}\r\n")));
    }
}
