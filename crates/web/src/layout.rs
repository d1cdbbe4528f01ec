//! The page around every page: the office's with its menu at the left, the portal's with its menu on top.

use crate::app::{AgencyName, NavItem};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::router::Menu;
use crate::routes::Access;
use crate::{assets, table};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base::vn_date;
use i18n::L;

/// Entries that stay in a phone's bottom bar; the rest is behind "More".
const BOTTOM_BAR_MAX: usize = 4;
/// Seconds after which a device in a hall is back at its beginning.
const KIOSK_IDLE_SECONDS: u32 = 60;

pub(crate) struct Entry {
    href: &'static str,
    word: String,
    icon: String,
    here: bool,
    /// How much waits there, written; empty when nothing does or nobody counts.
    waiting: String,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    l: L,
    title: &'a str,
    /// The body, rendered and safe.
    body: String,
    office: bool,
    demo: bool,
    flash: String,
    tabler_css: String,
    app_css: String,
    htmx_js: String,
    app_js: String,
    person: &'a str,
    signed_in: bool,
    agency: String,
    today: String,
    csrf: &'a str,
    /// This page's address, to come back to after switching the language or signing in.
    next: String,
    menu: Vec<Entry>,
    /// How many of the entries stand in the bottom bar.
    bar: usize,
    query: String,
}

fn shown(ctx: &Ctx) -> Vec<Entry> {
    let Some(menu) = ctx.app.get::<Menu>() else { return Vec::new() };
    let office = ctx.is_official();
    let visible = |item: &&NavItem| match item.access {
        Access::Public | Access::LookUp => true,
        Access::SignedIn => ctx.actor.is_some(),
        Access::Official => office,
        Access::Needs(permission) => ctx.actor.as_ref().is_some_and(|a| a.may(permission)),
    };
    let mut items: Vec<NavItem> = menu.0.iter().filter(visible).copied().collect();
    if office {
        // The portal's front only leads officials back to their desk.
        items.retain(|item| item.href != "/");
        // What an official does stands before what everybody may read.
        items.sort_by_key(|item| (item.access.is_public(), item.order));
    }
    let path = ctx.path();
    let is_under =
        |href: &str| path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')));
    let here = items.iter().map(|i| i.href).filter(|href| is_under(href)).max_by_key(|href| href.len());
    items
        .into_iter()
        .map(|item| Entry {
            href: item.href,
            word: ctx.l.t(item.key),
            icon: crate::icon(item.icon),
            here: Some(item.href) == here,
            waiting: ctx
                .nav_counts
                .iter()
                .find(|count| count.href == item.href && count.waiting > 0)
                .map(|count| ctx.l.number(count.waiting))
                .unwrap_or_default(),
        })
        .collect()
}

/// A whole page, status 200.
pub(crate) fn page(ctx: &Ctx, title: &str, body: &impl Template) -> Response {
    let body = match body.render() {
        Ok(body) => body,
        Err(error) => return Failure::from(error).into_response(),
    };
    let menu = shown(ctx);
    let agency = ctx
        .actor
        .as_ref()
        .and_then(|actor| actor.home())
        .and_then(|grant| ctx.app.get::<AgencyName>().and_then(|name| (name.0)(grant.agency)))
        .unwrap_or_default();
    let layout = Layout {
        l: ctx.l,
        title,
        body,
        office: ctx.is_official(),
        demo: ctx.app.demo,
        flash: ctx.flash.as_deref().map(|key| ctx.l.t(key)).unwrap_or_default(),
        tabler_css: assets::href("tabler.css"),
        app_css: assets::href("app.css"),
        htmx_js: assets::href("htmx.js"),
        app_js: assets::href("app.js"),
        person: ctx.actor.as_ref().map_or("", |a| a.name.as_str()),
        signed_in: ctx.actor.is_some(),
        agency,
        today: vn_date(ctx.now.date()),
        csrf: &ctx.csrf,
        next: table::encode(if ctx.reads { &ctx.uri } else { ctx.referer.as_deref().unwrap_or("/") }),
        // Five fit when nothing has to hide behind "More".
        bar: if menu.len() <= BOTTOM_BAR_MAX + 1 { menu.len() } else { BOTTOM_BAR_MAX },
        menu,
        query: table::query_value(&ctx.uri, "q"),
    };
    match layout.render() {
        Ok(html) => idle(ctx, Html(html).into_response()),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// What a device in a hall shows goes back to its beginning when nobody touches it: the next person finds nothing of the one before.
fn idle(ctx: &Ctx, mut response: Response) -> Response {
    let back = ctx.kiosk.as_deref().map(|start| HeaderValue::from_str(&format!("{KIOSK_IDLE_SECONDS}; url={start}")));
    if let Some(Ok(back)) = back {
        response.headers_mut().insert(header::REFRESH, back);
    }
    response
}
