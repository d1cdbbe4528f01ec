//! What the one-stop hands to the application.

use crate::{MIGRATIONS, api, pages};
use base::Permission::{ReadAudit, ReadDossiers, ReceiveDossier};
use web::{Access, Module, NavItem, Routes};

/// Words of this module.
pub const LOCALES: i18n::Source =
    i18n::Source { module: "dossiers", vi: include_str!("../locales/vi.ftl"), en: include_str!("../locales/en.ftl") };

/// Routes, words, tables and menu of the one-stop.
pub fn module() -> Module {
    let routes = Routes::new()
        // The officials' day.
        .get("/work", Access::Needs(ReadDossiers), pages::work)
        .get("/work/next", Access::Needs(ReadDossiers), pages::next)
        // Several at once; each act asks for its own permission at each dossier.
        .post("/work/marked", Access::Needs(ReadDossiers), pages::marked)
        .get("/dossiers/{code}", Access::Needs(ReadDossiers), pages::show)
        .get("/dossiers/{code}/slip", Access::Needs(ReadDossiers), pages::slip)
        .post("/dossiers/{code}/{verb}", Access::Needs(ReadDossiers), pages::act)
        .get("/dossiers/{code}/files/{file}", Access::Needs(ReadDossiers), pages::download)
        // The counter.
        .get("/intake", Access::Needs(ReceiveDossier), pages::choose_or_form)
        .post("/intake", Access::Needs(ReceiveDossier), pages::receive)
        // Anybody: status by code.
        .get("/track", Access::LookUp, pages::track)
        .get("/rate", Access::Public, pages::rate_form)
        .post("/rate", Access::LookUp, pages::rate_look_up)
        .post("/rate/answer", Access::LookUp, pages::rate_answer)
        // Inspectors: what people wrote with their ratings.
        .get("/rate/remarks", Access::Needs(ReadAudit), pages::remarks)
        .get("/api/v1/dossiers/{code}/status", Access::LookUp, api::status)
        // Programs of officials.
        .asking("/api/v1/dossiers", Access::Needs(ReadDossiers), api::LIST, api::list)
        .post("/api/v1/dossiers", Access::Needs(ReceiveDossier), api::receive)
        .asking("/api/v1/dossiers/{code}", Access::Needs(ReadDossiers), api::ONE, api::get)
        .post("/api/v1/dossiers/{code}/{verb}", Access::SignedIn, api::act);
    let nav = vec![
        NavItem {
            key: "dossier-nav-work",
            href: "/work",
            icon: "list",
            access: Access::Needs(ReadDossiers),
            order: 10,
        },
        NavItem {
            key: "dossier-nav-intake",
            href: "/intake",
            icon: "plus",
            access: Access::Needs(ReceiveDossier),
            order: 20,
        },
        NavItem { key: "dossier-nav-track", href: "/track", icon: "search", access: Access::Public, order: 30 },
    ];
    Module { name: "dossiers", routes, migrations: MIGRATIONS, locales: LOCALES, nav }
}
