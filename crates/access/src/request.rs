//! What a request leaves in the record. Pure: who asked for which route and what came of it.

use crate::record::{Entry, Kind, account_subject};
use base::{Actor, DossierCode, Id, Instant};

/// A request that has been answered.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asked.
    pub actor: &'a Actor,
    /// Pattern of the route, `/dossiers/{code}`; empty when none matched.
    pub route: &'a str,
    /// The path asked for.
    pub path: &'a str,
    /// Query names and values.
    pub query: &'a [(String, String)],
    /// GET or HEAD.
    pub reads: bool,
    /// Status of the answer.
    pub status: u16,
    /// Rows that went out as a file, if any did.
    pub rows: Option<i64>,
    /// When.
    pub at: Instant,
}

/// Names of query parameters that look for people or dossiers.
const SEARCHES: [&str; 5] = ["q", "number", "owner_number", "phone", "owner_phone"];
/// Rooms whose pages and operations show what people wrote, or who wrote it, beside the dossiers.
const PRIVATE: [&str; 7] = [
    "/petitions",
    "/sittings",
    "/sitting-items",
    "/initiatives",
    "/my/feedback",
    "/api/v1/petitions",
    "/api/v1/initiatives",
];
/// Longest code of a subject.
const CODE_CHARS_MAX: usize = 40;
/// Longest purpose kept: words of a closed list are shorter.
const PURPOSE_CHARS_MAX: usize = 24;

/// The entry of a request and whether the answer waits for it to be on disk; none for what shows nothing of anybody.
///
/// People's own dossiers, petitions and accounts are theirs to look at. An act on a subject has its event; only an answer that shows
/// it (the page again, with what stands against the act) is a look.
pub fn entry_of(request: Request<'_>) -> Option<(Entry, bool)> {
    let Request { actor, route, path, query, reads, status, rows, at } = request;
    let official = actor.grants.iter().any(|grant| grant.role.is_official());
    let code = subject_code(route, path);
    let new = |kind, subject: String| {
        let purpose =
            query.iter().find(|(name, _)| name == "purpose").map(|(_, word)| word.as_str()).unwrap_or_default();
        let fine = purpose.len() <= PURPOSE_CHARS_MAX && purpose.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let purpose = if fine { purpose.to_owned() } else { String::new() };
        Entry { purpose, ..Entry::new(kind, Some(actor.account), subject, route, at).by(actor) }
    };
    let shows = matches!(status, 200 | 206 | 422);
    match (status, code) {
        (403, code) if !route.is_empty() => Some((new(Kind::Refused, code.unwrap_or_default()), true)),
        // One that may not be read is answered like one that is not there; the record tells them apart.
        (404, Some(code)) => Some((Entry { if_there: true, ..new(Kind::Refused, code) }, true)),
        _ if rows.is_some() && status == 200 => {
            Some((Entry { amount: rows.unwrap_or_default(), ..new(Kind::Exported, String::new()) }, true))
        }
        (_, Some(code)) if official && shows => Some((new(Kind::Read, code), false)),
        // The counter's form comes back with 200 when somebody was brought by number.
        _ if official && route == "/intake" && !reads && status == 200 => {
            Some((new(Kind::Searched, String::new()), false))
        }
        _ if !(official && reads && shows) => None,
        _ if route == "/accounts/{id}" => {
            let id = path.rsplit('/').next().and_then(|id| id.parse::<Id>().ok());
            id.map(|id| (new(Kind::Read, account_subject(id)), false))
        }
        _ => {
            let private = ["/work", "/search", "/find", "/accounts", "/dossiers", "/intake", "/api/v1/dossiers"];
            let searched =
                query.iter().any(|(name, value)| SEARCHES.contains(&name.as_str()) && !value.trim().is_empty());
            let there = private.iter().chain(&PRIVATE).any(|start| route.starts_with(start));
            (searched && there).then(|| (new(Kind::Searched, String::new()), false))
        }
    }
}

/// The subject a path names, where the route's pattern has a `{code}`: a dossier's anywhere, others' in the private rooms. Codes of
/// procedures are none.
fn subject_code(route: &str, path: &str) -> Option<String> {
    let mut parts = route.split('/').zip(path.split('/'));
    let (_, code) = parts.find(|(pattern, _)| *pattern == "{code}")?;
    if let Ok(code) = code.parse::<DossierCode>() {
        return Some(code.to_string());
    }
    let private = PRIVATE.iter().any(|start| route.starts_with(start));
    (private && is_code(code)).then(|| code.to_owned())
}

/// Letters of a book, numbers, hyphens, a point (`PA26-000123`, `DT26-0003.12`): whatever else is typed into an address is not kept.
fn is_code(typed: &str) -> bool {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    typed.len() <= CODE_CHARS_MAX
        && typed.bytes().take(2).filter(u8::is_ascii_uppercase).count() == 2
        && typed.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Grant, Role};

    const CODE: &str = "H13.08-261122-0012";

    fn actor(role: Role) -> Actor {
        let grants = vec![Grant::new(role, Id(7), "/1/7/")];
        Actor { account: Id(3), name: String::new(), grants, citizen_number: None }
    }

    fn asked(role: Role, route: &str, path: &str, status: u16, query: &[(&str, &str)]) -> Option<(Entry, bool)> {
        let query: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (actor, query) = (actor(role), query.as_slice());
        let request =
            Request { actor: &actor, route, path, query, reads: true, status, rows: None, at: Instant(1_000) };
        entry_of(request)
    }

    #[test]
    fn bringing_a_person_by_number_at_the_counter_is_a_search_and_taking_a_dossier_in_is_none() {
        let asked = |role, status| {
            let actor = actor(role);
            let (route, query) = ("/intake", &[][..]);
            let at = Instant(1_000);
            entry_of(Request { actor: &actor, route, path: route, query, reads: false, status, rows: None, at })
        };
        assert_eq!(asked(Role::Clerk, 200).map(|(entry, _)| entry.kind), Some(Kind::Searched));
        assert!(asked(Role::Clerk, 303).is_none());
    }

    #[test]
    fn every_route_that_names_a_dossier_is_a_look_for_an_official_and_none_for_its_owner() {
        for route in [
            "/dossiers/{code}",
            "/dossiers/{code}/print/{form}",
            "/api/v1/dossiers/{code}",
            "/dossiers/{code}/files/{file}",
        ] {
            let path = route.replace("{code}", CODE).replace("{file}", "12").replace("{form}", "receipt");
            let (entry, waits) = asked(Role::Officer, route, &path, 200, &[("purpose", "complaint")]).expect("a look");
            assert_eq!((entry.kind, entry.subject.as_str(), entry.purpose.as_str()), (Kind::Read, CODE, "complaint"));
            assert!(!waits);
            assert!(asked(Role::Citizen, route, &path, 200, &[]).is_none());
        }
    }

    #[test]
    fn a_subject_of_every_private_room_is_a_look_for_an_official_and_nobodys_own() {
        for start in PRIVATE {
            let route = format!("{start}/{{code}}");
            for code in ["PA26-000123", "DT26-0003.12", "SK26-0001"] {
                let path = format!("{start}/{code}");
                let (entry, waits) = asked(Role::Officer, &route, &path, 200, &[]).expect("a look");
                assert_eq!((entry.kind, entry.subject.as_str(), waits), (Kind::Read, code, false), "{route}");
                assert!(asked(Role::Citizen, &route, &path, 200, &[]).is_none(), "{route}");
                let (entry, waits) = asked(Role::Officer, &route, &path, 404, &[]).expect("an entry");
                assert!(entry.if_there && waits && entry.kind == Kind::Refused && entry.subject == code, "{route}");
            }
            let (entry, _) = asked(Role::Clerk, start, start, 200, &[("q", "0912345678")]).expect("a search");
            assert_eq!((entry.kind, entry.subject.as_str(), entry.route.as_str()), (Kind::Searched, "", start));
            assert!(asked(Role::Clerk, start, start, 200, &[]).is_none());
            // What is no code is never kept, refused or not.
            for typed in ["0912345678", "092190000017", "Nguyen-Van-A", "%C4%90", "P1", &"PA".repeat(30)] {
                let path = format!("{start}/{typed}");
                assert!(asked(Role::Officer, &route, &path, 404, &[]).is_none(), "{path}");
                let (entry, _) = asked(Role::Officer, &route, &path, 403, &[]).expect("an entry");
                assert_eq!(entry.subject, "", "{path}");
            }
        }
        // Elsewhere such a code names what everybody may know.
        assert!(asked(Role::Officer, "/feedback/{code}", "/feedback/PA26-000123", 200, &[]).is_none());
    }

    #[test]
    fn what_is_refused_is_recorded_and_what_is_not_there_only_if_it_is() {
        let path = format!("/dossiers/{CODE}");
        let (entry, waits) = asked(Role::Officer, "/dossiers/{code}", &path, 404, &[]).expect("an entry");
        assert!(entry.if_there && waits && entry.kind == Kind::Refused);
        let (entry, waits) = asked(Role::Citizen, "/accounts", "/accounts", 403, &[]).expect("an entry");
        assert!(!entry.if_there && waits && entry.kind == Kind::Refused && entry.subject.is_empty());
    }

    #[test]
    fn searching_is_recorded_without_what_was_searched() {
        let (entry, _) = asked(Role::Clerk, "/work", "/work", 200, &[("q", "092190000017")]).expect("a search");
        assert_eq!((entry.kind, entry.subject.as_str(), entry.route.as_str()), (Kind::Searched, "", "/work"));
        assert!(asked(Role::Clerk, "/work", "/work", 200, &[("tab", "all")]).is_none());
        assert!(asked(Role::Clerk, "/procedures/{code}", "/procedures/1.001193", 200, &[("q", "khai sinh")]).is_none());
    }

    #[test]
    fn a_purpose_is_a_word_and_never_a_name() {
        let path = format!("/dossiers/{CODE}");
        let (entry, _) =
            asked(Role::Clerk, "/dossiers/{code}", &path, 200, &[("purpose", "Nguyễn Văn A")]).expect("a look");
        assert_eq!(entry.purpose, "");
    }
}
