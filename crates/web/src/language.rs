//! The edge's own pages: switching the language, the search box of the header, help with the keys.

use crate::app::SearchBox;
use crate::ctx::Ctx;
use crate::failure::Answer;
use crate::form::{Form, Query};
use crate::{cookie, table};
use askama::Template;
use axum::http::header;
use axum::response::Response;
use base::{DossierCode, Lang};
use i18n::L;
use serde::Deserialize;
use std::sync::Arc;

/// Where to go next, if it is one of our own addresses; else the home page. Keeps a link from leading elsewhere.
pub fn safe_next(next: &str) -> String {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/\\")
        && next.len() <= 2_000
        && next.bytes().all(|b| b.is_ascii_graphic());
    if ours { next.to_owned() } else { "/".to_owned() }
}

#[derive(Deserialize)]
pub(crate) struct Switch {
    to: String,
    #[serde(default)]
    next: String,
}

/// A year: the choice of a language is nothing to ask twice.
const LANGUAGE_AGE_S: i64 = 365 * 24 * 3600;

fn switched(ctx: &Ctx, wish: &Switch) -> Response {
    let lang = if wish.to == "en" { Lang::En } else { Lang::Vi };
    let next = match (&ctx.referer, wish.next.as_str()) {
        (Some(referer), "") => referer.clone(),
        (_, next) => safe_next(next),
    };
    let mut response = ctx.redirect(next);
    let cookie = cookie::set(cookie::LANG, lang.code(), Some(LANGUAGE_AGE_S), ctx.app.secure_cookies);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// `GET /language?to=vi|en&next=/…`: changes nothing but how pages read, so a link may do it.
pub(crate) async fn switch(ctx: Ctx, Query(wish): Query<Switch>) -> Answer {
    Ok(switched(&ctx, &wish))
}

/// `POST /language`
pub(crate) async fn switch_form(ctx: Ctx, Form(wish): Form<Switch>) -> Answer {
    Ok(switched(&ctx, &wish))
}

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
}

/// The dossier code somebody typed, however it is spaced; the dossier itself may or may not exist.
fn code_in(q: &str) -> Option<String> {
    q.parse::<DossierCode>().ok().map(String::from)
}

/// `GET /search?q=`: a dossier code leads to the dossier, anything else to the page that searches best for this
/// person.
pub(crate) async fn search(ctx: Ctx, Query(search): Query<Search>) -> Answer {
    let q = search.q.trim();
    let boxes = ctx.app.all::<SearchBox>();
    let mine = |search: &&Arc<SearchBox>| match search.needs {
        None => ctx.is_official(),
        Some(needs) => ctx.actor.as_ref().is_some_and(|actor| actor.may(needs)),
    };
    let own = |of: fn(&SearchBox) -> &'static str| {
        boxes.iter().filter(mine).map(|search| of(search)).find(|address| !address.is_empty())
    };
    let (before, typed) = match code_in(q) {
        Some(code) => (own(|search| search.one).unwrap_or("/track?code="), code),
        None => (own(|search| search.list).unwrap_or("/procedures?q="), q.to_owned()),
    };
    Ok(ctx.redirect(format!("{before}{}", table::encode(&typed))))
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    l: L,
}

/// `GET /help`: the keys and how to get around.
pub(crate) async fn help(ctx: Ctx) -> Answer {
    Ok(ctx.page(&ctx.l.t("web-help"), &Help { l: ctx.l }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_followed() {
        assert_eq!(safe_next("/my?x=1"), "/my?x=1");
        for bad in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x", "javascript:1"]
        {
            assert_eq!(safe_next(bad), "/", "{bad}");
        }
    }

    #[test]
    fn a_dossier_code_is_told_from_words() {
        for typed in ["H13.08-261122-0012", "h13.08 – 261122 – 0012", " H13.08 261122 0012\u{200b}"] {
            assert_eq!(code_in(typed).as_deref(), Some("H13.08-261122-0012"), "{typed}");
        }
        assert!(code_in("H13-261122-10012").is_some());
        for words in ["đăng ký khai sinh", "H13.08", "a-b-c", "H13-26112-0012", "H13-261122-0012-1"] {
            assert_eq!(code_in(words), None, "{words}");
        }
    }
}
