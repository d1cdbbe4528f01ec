//! What the one-stop hands to the application.

use crate::rights::READ_WORDINGS;
use crate::rights::{ASSIGN_DOSSIER, KEEP_WORDINGS, OVERSEE_DOSSIERS, READ_DOSSIERS, RECEIVE_DOSSIER};
use crate::wording::{Template, pages as wordings};
use crate::{MIGRATIONS, api, pages};
use audit::rights::READ_AUDIT;
use organisation::rights::KEEP_ORGANISATION;
use records::frame;
use web::{Access, Module, NavItem, Routes};

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "dossiers", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Routes, words, tables and menu of the one-stop.
pub fn module() -> Module {
    let routes = Routes::new()
        // The officials' day.
        .get("/work", Access::Needs(READ_DOSSIERS), pages::work)
        .get("/work/next", Access::Needs(READ_DOSSIERS), pages::next)
        .get("/work/load", Access::Needs(ASSIGN_DOSSIER), pages::load)
        .get("/work/handover", Access::Needs(READ_DOSSIERS), pages::handover)
        .get("/work/register", Access::Needs(READ_DOSSIERS), pages::register)
        // Several at once; each act asks for its own permission at each dossier.
        .post("/work/marked", Access::Needs(READ_DOSSIERS), pages::marked)
        .get("/dossiers/{code}", Access::Needs(READ_DOSSIERS), pages::show)
        .get("/dossiers/{code}/slip", Access::Needs(READ_DOSSIERS), pages::slip)
        // Its forms as PDF.
        .get("/dossiers/{code}/print/{form}", Access::Needs(READ_DOSSIERS), pages::print)
        .post("/dossiers/{code}/{verb}", Access::Needs(READ_DOSSIERS), pages::act)
        // The draft of its result; whoever holds its step writes.
        .get("/dossiers/{code}/draft", Access::Needs(READ_DOSSIERS), pages::draft)
        .post("/dossiers/{code}/draft", Access::Needs(READ_DOSSIERS), pages::draft_keep)
        .post("/dossiers/{code}/draft/preview", Access::Needs(READ_DOSSIERS), pages::draft_preview)
        .get("/dossiers/{code}/draft/{n}", Access::Needs(READ_DOSSIERS), pages::draft_version)
        .get("/dossiers/{code}/files/{file}", Access::Needs(READ_DOSSIERS), pages::download)
        // What an emergency decision moves, dossier by dossier.
        .get("/closings/dossiers", Access::Needs(KEEP_ORGANISATION), pages::closing)
        // The wording of papers: what results say, and the forms' own pieces.
        .get("/wordings", Access::Needs(READ_WORDINGS), wordings::list)
        .get("/wordings/new", Access::Needs(KEEP_WORDINGS), wordings::new)
        .post("/wordings/new", Access::Needs(KEEP_WORDINGS), wordings::create)
        .post("/wordings/preview", Access::Needs(KEEP_WORDINGS), wordings::preview_typed)
        .get("/wordings/{code}", Access::Needs(READ_WORDINGS), frame::show::<Template>)
        .get("/wordings/{code}/preview", Access::Needs(READ_WORDINGS), wordings::preview_kept)
        .post("/wordings/{code}/{verb}", Access::Needs(READ_WORDINGS), frame::act::<Template>)
        // Those who oversee: how dossiers go, without people.
        .get("/oversight", Access::Needs(OVERSEE_DOSSIERS), pages::oversight)
        .get("/oversight/{code}", Access::Needs(OVERSEE_DOSSIERS), pages::oversight_one)
        // The counter.
        .get("/intake", Access::Needs(RECEIVE_DOSSIER), pages::choose_or_form)
        .post("/intake", Access::Needs(RECEIVE_DOSSIER), pages::receive)
        .get("/intake/received", Access::Needs(RECEIVE_DOSSIER), pages::received)
        .post("/intake/keep", Access::Needs(RECEIVE_DOSSIER), pages::keep_typed)
        .post("/intake/begun/{id}/drop", Access::Needs(RECEIVE_DOSSIER), pages::drop_begun)
        // Anybody: what hangs at the counter; status by code.
        .get("/posting", Access::Public, pages::posting)
        .get("/track", Access::LookUp, pages::track)
        .get("/rate", Access::Public, pages::rate_form)
        .post("/rate", Access::LookUp, pages::rate_look_up)
        .post("/rate/answer", Access::LookUp, pages::rate_answer)
        // Inspectors: what people wrote with their ratings.
        .get("/rate/remarks", Access::Needs(READ_AUDIT), pages::remarks)
        .get("/api/v1/dossiers/{code}/status", Access::LookUp, api::status)
        // Programs of officials.
        .asking("/api/v1/dossiers", Access::Needs(READ_DOSSIERS), api::LIST, api::list)
        .post("/api/v1/dossiers", Access::Needs(RECEIVE_DOSSIER), api::receive)
        .asking("/api/v1/dossiers/{code}", Access::Needs(READ_DOSSIERS), api::ONE, api::get)
        .post("/api/v1/dossiers/{code}/{verb}", Access::SignedIn, api::act);
    let nav = vec![
        NavItem {
            key: "dossier-nav-work",
            href: "/work",
            icon: "list",
            access: Access::Needs(READ_DOSSIERS),
            order: 10,
        },
        NavItem {
            key: "dossier-nav-intake",
            href: "/intake",
            icon: "plus",
            access: Access::Needs(RECEIVE_DOSSIER),
            order: 20,
        },
        NavItem {
            key: "dossier-nav-oversight",
            href: "/oversight",
            icon: "target",
            access: Access::Needs(OVERSEE_DOSSIERS),
            order: 22,
        },
        NavItem { key: "dossier-nav-posting", href: "/posting", icon: "file", access: Access::Public, order: 32 },
        NavItem {
            key: "wording-title",
            href: "/wordings",
            icon: "file",
            access: Access::Needs(READ_WORDINGS),
            order: 48,
        },
        NavItem { key: "dossier-nav-track", href: "/track", icon: "search", access: Access::Public, order: 30 },
    ];
    const HOMES: &[web::Home] = &[
        web::Home { rank: 10, needs: crate::rights::OWN_DOSSIERS, href: "/my", whole: false },
        web::Home { rank: 20, needs: crate::rights::READ_DOSSIERS, href: "/work", whole: false },
        web::Home { rank: 25, needs: OVERSEE_DOSSIERS, href: "/oversight", whole: false },
    ];
    Module {
        name: "dossiers",
        routes,
        migrations: MIGRATIONS,
        locales: LOCALES,
        nav,
        permissions: crate::rights::ALL,
        homes: HOMES,
    }
}
