//! What comes round, in words: on the page and by e-mail.

use crate::message::{Letter, foot};
use crate::topic::DIGEST;
use base::{Instant, Lang, vn_date_time};
use i18n::L;
use records::Kinds;
use serde_json::Value as Json;

/// What is owed by a name, in words; empty for one that no kind owes by any more.
fn owed(l: L, kinds: &Kinds, name: &str) -> String {
    kinds.of_due(name).map(|(_, due)| l.t(due.word)).unwrap_or_default()
}

/// A reminder as a line of the box: "Sắp đến hạn: Trả lời phản ánh (25/11/2026 17:00)".
pub(crate) fn reminder(l: L, kinds: &Kinds, kind: &str, said: &Json) -> String {
    let side = said.get("side").and_then(Json::as_str).unwrap_or("after");
    let due = Instant(said.get("due").and_then(Json::as_i64).unwrap_or_default());
    l.tr(format!("notices-reminder-{side}"), [("what", owed(l, kinds, kind)), ("due", vn_date_time(due))])
}

/// The lines of a digest: what is late, what falls due this week, each by name.
pub(crate) fn digest(l: L, kinds: &Kinds, said: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    for part in ["late", "week"] {
        for pair in said.get(part).and_then(Json::as_array).into_iter().flatten() {
            let name = pair.get(0).and_then(Json::as_str).unwrap_or_default();
            let n = pair.get(1).and_then(Json::as_i64).unwrap_or_default();
            let what = owed(l, kinds, name);
            if !what.is_empty() {
                lines.push(l.tr(format!("notices-digest-{part}"), [("what", what), ("n", l.number(n))]));
            }
        }
    }
    lines
}

/// A mail of what comes round.
pub(crate) fn letter(lang: Lang, kinds: &Kinds, topic: &str, said: &Json, origin: &str) -> Letter {
    let l = L(lang);
    let to = |path: &str| if origin.is_empty() { String::new() } else { format!("{origin}{path}") };
    let hello = l.t("notices-mail-hello");
    let (subject, lines, link) = if topic == DIGEST {
        let lines = std::iter::once(hello).chain(digest(l, kinds, said)).collect();
        (l.t("notices-digest-subject"), lines, to("/due"))
    } else {
        let n = l.number(said.get("n").and_then(Json::as_i64).unwrap_or_default());
        let line = l.tr("notices-reminder-line", [("n", n.as_str())]);
        (l.tr("notices-reminder-subject", [("n", n.as_str())]), vec![hello, line], to("/notices"))
    };
    Letter { short: subject.clone(), subject, lines, link, foot: foot(l, origin, true) }
}
